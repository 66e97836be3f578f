//! The packages of a submission: what is added, what stays, what goes.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::asset::{Architecture, LiveName, Package, Version};
use crate::manifest::{Asset, Code, Desired, Owned, Retain, Severity, Wanted};
use crate::submission::{Document, FileEntry, FileStatus, Section};

use super::overlay::Overlay;
use super::types::{AssetRef, Op};

/// What happens to packages, for guards and blockers.
#[derive(Debug, Default)]
pub struct PackageFacts {
    /// The packages that are uploaded.
    pub added: Vec<Arc<Asset>>,
    /// Live packages that stay, as (version, file name).
    pub kept: Vec<(Option<Version>, String)>,
    /// Targets that lose their last package, in words.
    pub dropped: Vec<String>,
    /// The newest version before and after, where both are known.
    pub newest: Option<(Version, Version)>,
    /// Whether an earlier version was a bundle and a new package is none.
    pub loses_bundle: bool,
    /// How many packages the submission holds afterwards.
    pub total: usize,
}

/// Architecture and device family, as far as known; an empty word is unknown.
type Target = (String, String);

struct LivePackage<'a> {
    entry: FileEntry<'a>,
    version: Option<Version>,
    /// `None` where the name does not tell: an upload container holds either.
    is_bundle: Option<bool>,
    targets: BTreeSet<Target>,
}

impl<'a> LivePackage<'a> {
    fn new(entry: FileEntry<'a>) -> Self {
        let is_bundle = is_bundle(entry.file_name());
        // The API names no inner architectures of a bundle.
        let mut architecture = entry.architecture().to_lowercase();
        if is_bundle != Some(false) && architecture == "neutral" {
            architecture.clear();
        }
        let mut targets: BTreeSet<Target> =
            entry.device_families().map(|family| (architecture.clone(), family.to_owned())).collect();
        if targets.is_empty() {
            targets.insert((architecture, String::new()));
        }
        Self { entry, version: entry.version().and_then(|v| v.parse().ok()), is_bundle, targets }
    }

    /// Whether a local package has the version, the kind and, where the API names one, the architecture.
    fn is_version_of(&self, package: &Package) -> bool {
        let same_architecture = self.targets.iter().any(|(architecture, _)| {
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

/// Whether a package reaches the devices of a live package's target.
fn covers(package: &Package, (architecture, family): &Target) -> bool {
    let reaches_family =
        package.device_families.iter().any(|own| own.name == *family || own.name == "Windows.Universal");
    let reaches_architecture = if architecture.is_empty() {
        package.kind.is_bundle() || package.architectures.contains(&Architecture::Neutral)
    } else {
        package
            .architectures
            .iter()
            .any(|own| *own == Architecture::Neutral || own.to_string() == *architecture)
    };
    reaches_family && reaches_architecture
}

/// Lays the wanted packages over those of the live document.
pub(super) fn lay_packages(
    overlay: &mut Overlay,
    live: &Document,
    owned: &Owned,
    wanted: &[Arc<Asset>],
    retain: Retain,
    desired: &Desired,
) {
    let all = live.entries(&["applicationPackages"]);
    let old: Vec<LivePackage<'_>> = all
        .iter()
        .filter(|entry| entry.status() != FileStatus::PendingDelete)
        .map(|entry| LivePackage::new(*entry))
        .collect();
    let matches = matching(wanted, &old);
    let mut matched = vec![false; old.len()];
    let mut added: Vec<Arc<Asset>> = Vec::new();
    for (asset, found) in wanted.iter().zip(matches) {
        let Some(package) = asset.package() else { continue };
        match found {
            Some(Match { place, same_bytes: true }) => {
                matched[place] = true;
                overlay.counts.by_digest += 1;
            }
            Some(Match { place, same_bytes: false }) => {
                matched[place] = true;
                let message = format!(
                    "`{}` has version {}, which is live already with other content or from elsewhere",
                    asset.name, package.version
                );
                let help = "raise the version and build again if it is to reach customers".to_owned();
                overlay.find(Code::RaiseVersion, Severity::Warning, &owned.at, message, Some(help));
            }
            None => added.push(Arc::clone(asset)),
        }
    }
    if added.is_empty() {
        overlay.counts.unchanged += 1;
        overlay.packages.kept = old.iter().map(|p| (p.version, p.entry.file_name().to_owned())).collect();
        overlay.packages.total = old.len();
        return;
    }
    let kept: Vec<bool> = retained(&old, &matched, &added, retain, starts_gradually(desired));
    let mut entries = Vec::new();
    let mut kept_of = kept.iter();
    for entry in &all {
        let mut entry_json = entry.json().clone();
        if entry.status() != FileStatus::PendingDelete && kept_of.next() == Some(&false) {
            let path = owned.path.child(entry.file_name());
            let change = overlay.change(Section::Packages, path, Op::Remove, Some(&owned.at));
            change.before = Some(shown(*entry));
            if entry.status() == FileStatus::PendingUpload {
                continue;
            }
            entry_json.insert("fileStatus".into(), json!("PendingDelete"));
        }
        entries.push(Value::Object(entry_json));
    }
    for asset in &added {
        let Some(package) = asset.package() else { continue };
        let path = owned.path.child(&asset.archive_name);
        let change = overlay.change(Section::Packages, path, Op::Add, Some(&owned.at));
        change.after = Some(described(package));
        change.asset = Some(AssetRef::from(&**asset));
        entries.push(Value::Object(entry_of(asset)));
        overlay.uploads.push(Arc::clone(asset));
    }
    overlay.document.set(&["applicationPackages"], Value::Array(entries));
    overlay.packages = facts(&old, &kept, added);
}

/// Where among the live packages a local one is.
#[derive(Clone, Copy)]
struct Match {
    place: usize,
    same_bytes: bool,
}

/// The live package that each local one is: by digest, else by version and kind and, where the API names one,
/// architecture. All digests first, so that no version takes a package that another file is by content.
fn matching(wanted: &[Arc<Asset>], old: &[LivePackage<'_>]) -> Vec<Option<Match>> {
    let digest_of = |name: &str| LiveName::parse(name, &[]).digest;
    let digests: Vec<Option<String>> = old.iter().map(|live| digest_of(live.entry.file_name())).collect();
    let mut matches: Vec<Option<Match>> = vec![None; wanted.len()];
    let mut taken = vec![false; old.len()];
    for (i, asset) in wanted.iter().enumerate() {
        let short = Some(asset.fingerprint.digest.short());
        if let Some(place) = (0..old.len()).find(|j| !taken[*j] && digests[*j] == short) {
            taken[place] = true;
            matches[i] = Some(Match { place, same_bytes: true });
        }
    }
    for (i, asset) in wanted.iter().enumerate() {
        let Some(package) = asset.package().filter(|_| matches[i].is_none()) else { continue };
        if let Some(place) = (0..old.len()).find(|j| !taken[*j] && old[*j].is_version_of(package)) {
            taken[place] = true;
            matches[i] = Some(Match { place, same_bytes: false });
        }
    }
    matches
}

/// Whether the submission starts with a share of the customers.
fn starts_gradually(desired: &Desired) -> bool {
    desired.value(&["packageRollout", "percentage"]).is_some_and(|owned| match &owned.wanted {
        Wanted::Value(Value::Number(share)) => share.as_f64().is_some_and(|share| share < 100.0),
        _ => false,
    })
}

/// Which live packages stay.
fn retained(
    old: &[LivePackage<'_>],
    matched: &[bool],
    added: &[Arc<Asset>],
    retain: Retain,
    gradually: bool,
) -> Vec<bool> {
    let newest_of = |target: &Target| {
        (0..old.len()).filter(|j| old[*j].targets.contains(target)).max_by_key(|j| (old[*j].version, *j))
    };
    let mut kept = matched.to_vec();
    match retain {
        Retain::All => kept.fill(true),
        Retain::None => {}
        Retain::NewestPerTarget => {
            let targets: BTreeSet<&Target> = old.iter().flat_map(|package| &package.targets).collect();
            for target in targets {
                let covered =
                    added.iter().filter_map(|asset| asset.package()).any(|package| covers(package, target));
                // Customers outside a gradual rollout go on getting the newest published package.
                if (gradually || !covered)
                    && let Some(j) = newest_of(target)
                {
                    kept[j] = true;
                }
            }
        }
    }
    kept
}

fn facts(old: &[LivePackage<'_>], kept: &[bool], added: Vec<Arc<Asset>>) -> PackageFacts {
    let packages: Vec<&Package> = added.iter().filter_map(|asset| asset.package()).collect();
    let staying: Vec<&LivePackage<'_>> =
        old.iter().zip(kept).filter(|(_, kept)| **kept).map(|(p, _)| p).collect();
    let mut dropped = Vec::new();
    for package in old.iter().zip(kept).filter(|(_, kept)| !**kept).map(|(p, _)| p) {
        for target in &package.targets {
            let still = packages.iter().any(|new| covers(new, target))
                || staying.iter().any(|other| other.targets.contains(target));
            if !still {
                let (architecture, family) = target;
                let word = |text: &str, unknown: &str| {
                    if text.is_empty() { unknown.to_owned() } else { text.to_owned() }
                };
                let version = package.version.map_or_else(|| "version unknown".to_owned(), |v| v.to_string());
                dropped.push(format!(
                    "{} {} ({version}) loses its last package",
                    word(family, "unknown family"),
                    word(architecture, "unknown architecture")
                ));
            }
        }
    }
    dropped.sort();
    dropped.dedup();
    let newest_before = old.iter().filter_map(|package| package.version).max();
    let newest_after = packages
        .iter()
        .map(|package| package.version)
        .chain(staying.iter().filter_map(|package| package.version))
        .max();
    PackageFacts {
        newest: newest_before.zip(newest_after),
        loses_bundle: old.iter().any(|package| package.is_bundle == Some(true))
            && packages.iter().any(|package| !package.kind.is_bundle()),
        kept: staying.iter().map(|p| (p.version, p.entry.file_name().to_owned())).collect(),
        total: staying.len() + packages.len(),
        dropped,
        added,
    }
}

/// A new entry. `None` for DirectX and RAM, which only mattered for Windows 8 but are documented as required.
fn entry_of(asset: &Asset) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("fileName".into(), json!(asset.archive_name));
    entry.insert("fileStatus".into(), json!("PendingUpload"));
    entry.insert("minimumDirectXVersion".into(), json!("None"));
    entry.insert("minimumSystemRam".into(), json!("None"));
    entry
}

fn shown(entry: FileEntry<'_>) -> Value {
    json!({
        "fileName": entry.file_name(),
        "version": entry.version(),
        "architecture": entry.architecture(),
        "deviceFamilies": entry.device_families().collect::<Vec<_>>(),
    })
}

fn described(package: &Package) -> Value {
    json!({
        "version": package.version.to_string(),
        "architectures": package.architectures.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "deviceFamilies": package.device_families.iter().map(|family| family.name.clone()).collect::<Vec<_>>(),
    })
}
