//! What live packages run on, and what reaches the same devices, as far as the API tells.

use std::collections::BTreeSet;
use std::fmt;

use crate::asset::{Architecture, Package, Version};
use crate::submission::{Document, FileEntry, FileStatus};

/// Devices that a package reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    family: Family,
    processor: Processor,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Named(String),
    /// The API documents no families of a flight's packages: there the architecture alone is the target.
    Any,
    /// The API names none where it should.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Processor {
    /// In the spelling of [`Architecture`].
    Of(String),
    /// A package that runs on all of them.
    Every,
    /// Those of a bundle or upload container, which the API does not name.
    Unknown,
}

/// Whether devices still get a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cover {
    /// A family or a known architecture has none.
    Nothing,
    /// Some of them have one, or the API does not say who has.
    CannotBeTold,
    /// As far as is known, all of them.
    Whole,
}

/// What may run on the devices of a target.
pub(super) struct Server {
    target: Target,
    in_bundle: bool,
}

/// Architectures that together are every one.
const EVERY: [Architecture; 4] =
    [Architecture::X86, Architecture::X64, Architecture::Arm, Architecture::Arm64];

impl Server {
    /// What a local package serves, pair by pair.
    pub(super) fn of_new(package: &Package) -> impl Iterator<Item = Self> {
        package.targets.iter().map(|(architecture, family)| {
            let processor = match architecture {
                Architecture::Neutral => Processor::Every,
                one => Processor::Of(one.to_string()),
            };
            let target = Target { family: Family::Named(family.clone()), processor };
            Self { target, in_bundle: package.kind.is_bundle() }
        })
    }

    /// What a live package serves.
    pub(super) fn of_live<'p>(package: &'p LivePackage<'_>) -> impl Iterator<Item = Self> + use<'p> {
        let in_bundle = package.is_bundle == Some(true);
        package.targets.iter().map(move |target| Self { target: target.clone(), in_bundle })
    }

    /// Whether it serves a family; `None` where that is not known.
    fn serves(&self, family: &Family) -> Option<bool> {
        match (family, &self.target.family) {
            (Family::Any, _) | (_, Family::Any) => Some(true),
            (Family::Named(wanted), Family::Named(own)) => {
                // Universal packages reach all families of Windows 10 and later, not older ones.
                let universal = own == "Windows.Universal" && wanted.starts_with("Windows.");
                Some(own == wanted || universal)
            }
            (Family::Unknown, _) | (_, Family::Unknown) => None,
        }
    }
}

impl Target {
    /// Whether its devices get a package from these.
    pub(super) fn covered_by(&self, servers: &[Server]) -> Cover {
        if servers.iter().any(|server| server.target == *self) {
            return Cover::Whole;
        }
        let serving = |wanted: Option<bool>| {
            servers.iter().filter(move |server| server.serves(&self.family) == wanted).collect::<Vec<_>>()
        };
        let (sure, maybe) = (serving(Some(true)), serving(None));
        let by_sure = self.reached_by(&sure);
        if by_sure == Cover::Whole || maybe.is_empty() {
            return by_sure;
        }
        by_sure.max(self.reached_by(&maybe).min(Cover::CannotBeTold))
    }

    /// Whether its processors are among those of packages that serve its family.
    fn reached_by(&self, serving: &[&Server]) -> Cover {
        if serving.is_empty() {
            return Cover::Nothing;
        }
        let has = |processor: &Processor| serving.iter().any(|server| server.target.processor == *processor);
        let every = has(&Processor::Every) || EVERY.iter().all(|one| has(&Processor::Of(one.to_string())));
        match &self.processor {
            _ if every => Cover::Whole,
            Processor::Of(_) if has(&self.processor) => Cover::Whole,
            Processor::Of(_) if has(&Processor::Unknown) => Cover::CannotBeTold,
            Processor::Of(_) => Cover::Nothing,
            // The next bundle is taken to hold what the last one held.
            Processor::Unknown if serving.iter().any(|server| server.in_bundle) => Cover::Whole,
            Processor::Unknown | Processor::Every => Cover::CannotBeTold,
        }
    }

    /// Whether a local package reaches all of these devices, as far as is known.
    pub(super) fn is_reached_by(&self, package: &Package) -> bool {
        self.covered_by(&Server::of_new(package).collect::<Vec<_>>()) == Cover::Whole
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.family {
            // What the API calls the family of packages for Windows 8.x.
            Family::Named(name) if name == "None" => f.write_str("Windows 8.x ")?,
            Family::Named(name) => write!(f, "{name} ")?,
            Family::Any => {}
            Family::Unknown => f.write_str("unknown family ")?,
        }
        match &self.processor {
            Processor::Of(architecture) => f.write_str(architecture),
            Processor::Every => f.write_str("neutral"),
            Processor::Unknown => f.write_str("unknown architecture"),
        }
    }
}

/// A live package, as far as the API describes it.
pub(super) struct LivePackage<'a> {
    pub(super) entry: FileEntry<'a>,
    pub(super) version: Option<Version>,
    /// `None` where the name does not tell: an upload container holds either.
    pub(super) is_bundle: Option<bool>,
    pub(super) targets: BTreeSet<Target>,
}

impl<'a> LivePackage<'a> {
    fn new(entry: FileEntry<'a>, unnamed: &Family) -> Self {
        let is_bundle = is_bundle(entry.file_name());
        let processor = match entry.architecture().to_lowercase().as_str() {
            "neutral" if is_bundle == Some(false) => Processor::Every,
            "neutral" | "" => Processor::Unknown,
            one => Processor::Of(one.to_owned()),
        };
        let target = |family: Family| Target { family, processor: processor.clone() };
        let named = entry.device_families().map(|family| target(Family::Named(family.to_owned())));
        let mut targets: BTreeSet<Target> = named.collect();
        if targets.is_empty() {
            targets.insert(target(unnamed.clone()));
        }
        Self { entry, version: entry.version().and_then(|v| v.parse().ok()), is_bundle, targets }
    }

    /// The packages of a submission, without those that go.
    pub(super) fn all(document: &'a Document) -> Vec<Self> {
        let mut entries = document.packages();
        entries.retain(|entry| entry.status() != FileStatus::PendingDelete);
        let of_flight = document.packages_key() == "flightPackages";
        let none_named = entries.iter().all(|entry| entry.device_families().next().is_none());
        let unnamed = if of_flight && none_named { Family::Any } else { Family::Unknown };
        entries.into_iter().map(|entry| Self::new(entry, &unnamed)).collect()
    }

    /// Whether a local package has the version, the kind and, where the API names one, the architecture.
    pub(super) fn is_version_of(&self, package: &Package) -> bool {
        let has = |own: &str| package.architectures.iter().any(|other| other.to_string() == own);
        let same_architecture = self.targets.iter().any(|target| match &target.processor {
            Processor::Of(architecture) => has(architecture),
            Processor::Every => package.architectures.contains(&Architecture::Neutral),
            Processor::Unknown => true,
        });
        let same_kind = self.is_bundle.is_none_or(|is_bundle| is_bundle == package.kind.is_bundle());
        self.version == Some(package.version) && same_kind && same_architecture
    }
}

fn is_bundle(name: &str) -> Option<bool> {
    let (_, extension) = name.rsplit_once('.')?;
    match extension.to_lowercase().as_str() {
        "msixbundle" | "appxbundle" => Some(true),
        "msix" | "appx" => Some(false),
        _ => None,
    }
}

/// Every target of some packages with the place of its newest package, among those that `counts` takes.
pub(super) fn newest_of_each<'p>(
    packages: &'p [LivePackage<'_>],
    counts: impl Fn(&LivePackage<'_>) -> bool,
) -> Vec<(&'p Target, usize)> {
    let targets: BTreeSet<&Target> = packages.iter().flat_map(|package| &package.targets).collect();
    let newest = |target: &Target| {
        (0..packages.len())
            .filter(|j| packages[*j].targets.contains(target) && counts(&packages[*j]))
            .max_by_key(|j| (packages[*j].version, *j))
    };
    targets.into_iter().filter_map(|target| Some((target, newest(target)?))).collect()
}
