//! What live packages run on, and what reaches the same devices.

use std::collections::BTreeSet;
use std::fmt;

use crate::asset::{Architecture, Package, Version};
use crate::submission::{Document, FileEntry, FileStatus};

/// Devices that a live package reaches: an architecture and a device family, as far as known; an empty word is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    architecture: String,
    family: String,
}

impl Target {
    /// Whether a local package reaches all of these devices.
    pub(super) fn is_reached_by(&self, package: &Package) -> bool {
        // Universal packages reach all families of Windows 10 and later, not what is unknown or older.
        let universal = self.family.starts_with("Windows.");
        let family = package
            .device_families
            .iter()
            .any(|own| own.name == self.family || (universal && own.name == "Windows.Universal"));
        let has =
            |architecture: &str| package.architectures.iter().any(|own| own.to_string() == architecture);
        let architecture =
            if self.architecture.is_empty() { package.kind.is_bundle() } else { has(&self.architecture) };
        family && (architecture || package.architectures.contains(&Architecture::Neutral))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |text: &'_ str, unknown: &'static str| {
            if text.is_empty() { unknown.to_owned() } else { text.to_owned() }
        };
        let family = word(&self.family, "unknown family");
        write!(f, "{family} {}", word(&self.architecture, "unknown architecture"))
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
    fn new(entry: FileEntry<'a>) -> Self {
        let is_bundle = is_bundle(entry.file_name());
        // The API names no inner architectures of a bundle.
        let mut architecture = entry.architecture().to_lowercase();
        if is_bundle != Some(false) && architecture == "neutral" {
            architecture.clear();
        }
        let target = |family: &str| Target { architecture: architecture.clone(), family: family.to_owned() };
        let mut targets: BTreeSet<Target> = entry.device_families().map(target).collect();
        if targets.is_empty() {
            targets.insert(target(""));
        }
        Self { entry, version: entry.version().and_then(|v| v.parse().ok()), is_bundle, targets }
    }

    /// The packages of a submission, without those that go.
    pub(super) fn all(document: &'a Document) -> Vec<Self> {
        let entries = document.packages();
        entries
            .into_iter()
            .filter(|entry| entry.status() != FileStatus::PendingDelete)
            .map(LivePackage::new)
            .collect()
    }

    /// Whether a local package has the version, the kind and, where the API names one, the architecture.
    pub(super) fn is_version_of(&self, package: &Package) -> bool {
        let same_architecture = self.targets.iter().any(|Target { architecture, .. }| {
            architecture.is_empty()
                || package.architectures.iter().any(|own| own.to_string() == *architecture)
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

/// Every target of some packages with the place of its newest package.
pub(super) fn newest_of_each<'p>(packages: &'p [LivePackage<'_>]) -> Vec<(&'p Target, usize)> {
    let targets: BTreeSet<&Target> = packages.iter().flat_map(|package| &package.targets).collect();
    let newest = |target: &Target| {
        (0..packages.len())
            .filter(|j| packages[*j].targets.contains(target))
            .max_by_key(|j| (packages[*j].version, *j))
    };
    targets.into_iter().filter_map(|target| Some((target, newest(target)?))).collect()
}
