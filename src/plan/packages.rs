//! The packages of a submission: what is added, what stays, what goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::asset::{LiveName, Package};
use crate::manifest::{Asset, Code, Desired, Owned, Retain, Severity};
use crate::submission::{Document, FileEntry, FileStatus, Section};

use super::overlay::{Baseline, Overlay};
use super::rollout::is_gradual;
use super::targets::{Cover, LivePackage, Server, Target, newest_of_each};
use super::types::{AssetRef, KeptPackage, Op};

/// What happens to packages, for guards and blockers.
#[derive(Debug, Default)]
pub struct PackageFacts {
    /// The packages that are uploaded.
    pub added: Vec<Arc<Asset>>,
    /// Targets that lose their last package, or may lose it, in words.
    pub dropped: Vec<String>,
    /// Targets whose newest package is older than before, in words.
    pub downgraded: Vec<String>,
    /// The packages that stay because `retain` says so.
    pub kept: Vec<KeptPackage>,
    /// Whether an earlier version was a bundle and a new package is none.
    pub loses_bundle: bool,
    /// How many packages the submission holds afterwards; 0 where none is added: none can be let go then.
    pub total: usize,
}

/// Lays the wanted packages over those of the live document.
pub(super) fn lay_packages(
    overlay: &mut Overlay,
    baseline: Baseline<'_>,
    owned: &Owned,
    wanted: &[Arc<Asset>],
    desired: &Desired,
) {
    let live = baseline.document;
    let retain = desired.retain.unwrap_or_default();
    let all = live.packages();
    let old = LivePackage::all(live);
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
        return;
    }
    let gradually = is_gradual(live, desired);
    if gradually && retain == Retain::None {
        let message = "`retain: none` leaves customers outside the rollout without a package".to_owned();
        let help = "say `retain: newest-per-target`, or release to everybody".to_owned();
        overlay.find(Code::RetainsNothing, Severity::Error, &owned.at, message, Some(help));
    }
    let kept = retained(&old, &matched, &added, retain, gradually, baseline.fallback);
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
        change.after = Some(described(package, desired));
        change.asset = Some(AssetRef::from(&**asset));
        entries.push(Value::Object(entry_of(asset, desired)));
        overlay.uploads.push(Arc::clone(asset));
    }
    let key = owned.field.map_or(live.packages_key(), |field| field.api[0]);
    overlay.document.set(&[key], Value::Array(entries));
    overlay.packages = facts(&old, &kept, added);
    let stays = old.iter().zip(&kept).zip(&matched).filter(|((_, kept), matched)| **kept && !**matched);
    overlay.packages.kept = stays.map(|((package, _), _)| kept_package(package, retain)).collect();
}

fn kept_package(package: &LivePackage<'_>, retain: Retain) -> KeptPackage {
    let by = match retain {
        Retain::None => "none",
        Retain::NewestPerTarget => "newest-per-target",
        Retain::All => "all",
    };
    KeptPackage {
        file_name: package.entry.file_name().to_owned(),
        version: package.entry.version().unwrap_or_default().to_owned(),
        architecture: package.entry.architecture().to_owned(),
        by: by.to_owned(),
    }
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

/// Which live packages stay.
fn retained(
    old: &[LivePackage<'_>],
    matched: &[bool],
    added: &[Arc<Asset>],
    retain: Retain,
    gradually: bool,
    fallback: Option<&Document>,
) -> Vec<bool> {
    let mut kept = matched.to_vec();
    match retain {
        Retain::All => kept.fill(true),
        Retain::None => {}
        Retain::NewestPerTarget => {
            let new = servers(added);
            for (target, newest) in newest_of_customers(old, fallback) {
                // Customers outside a gradual rollout go on getting the newest published package.
                if gradually || target.covered_by(&new) != Cover::Whole {
                    kept[newest] = true;
                }
            }
        }
    }
    kept
}

/// Every target with the newest package that customers have: after a rollout that was halted, most of them have those
/// of the submission before it.
fn newest_of_customers<'p>(
    old: &'p [LivePackage<'_>],
    fallback: Option<&Document>,
) -> BTreeMap<&'p Target, usize> {
    let mut newest: BTreeMap<&Target, usize> = newest_of_each(old, |_| true).into_iter().collect();
    if let Some(fallback) = fallback {
        newest.extend(newest_of_each(old, |package| is_in(fallback, package.entry)));
    }
    newest
}

/// Whether a submission has this package too; its id stays the same as long as it stays.
pub(super) fn is_in(document: &Document, package: FileEntry<'_>) -> bool {
    !package.id().is_empty() && document.packages().iter().any(|entry| entry.id() == package.id())
}

fn servers(added: &[Arc<Asset>]) -> Vec<Server> {
    added.iter().filter_map(|asset| asset.package()).flat_map(Server::of_new).collect()
}

fn facts(old: &[LivePackage<'_>], kept: &[bool], added: Vec<Arc<Asset>>) -> PackageFacts {
    let packages: Vec<&Package> = added.iter().filter_map(|asset| asset.package()).collect();
    let staying: Vec<&LivePackage<'_>> =
        old.iter().zip(kept).filter(|(_, kept)| **kept).map(|(p, _)| p).collect();
    let mut left = servers(&added);
    left.extend(staying.iter().flat_map(|package| Server::of_live(package)));
    let mut dropped = Vec::new();
    for package in old.iter().zip(kept).filter(|(_, kept)| !**kept).map(|(p, _)| p) {
        let version = package.version.map_or_else(|| "version unknown".to_owned(), |v| v.to_string());
        dropped.extend(package.targets.iter().filter_map(|target| match target.covered_by(&left) {
            Cover::Whole => None,
            Cover::Nothing => Some(format!("{target} ({version}) loses its last package")),
            Cover::CannotBeTold => Some(format!(
                "{target} ({version}): it cannot be told whether all its devices still get a package"
            )),
        }));
    }
    dropped.sort();
    dropped.dedup();
    let downgraded = newest_of_each(old, |_| true).into_iter().filter_map(|(target, newest)| {
        let before = old[newest].version?;
        let new = packages.iter().filter(|new| target.is_reached_by(new)).map(|new| new.version);
        let stay = staying.iter().filter(|p| p.targets.contains(target)).filter_map(|p| p.version);
        let after = new.chain(stay).max()?;
        (after < before).then(|| format!("{target}: {before} → {after}"))
    });
    PackageFacts {
        downgraded: downgraded.collect(),
        loses_bundle: old.iter().any(|package| package.is_bundle == Some(true))
            && packages.iter().any(|package| !package.kind.is_bundle()),
        total: staying.len() + packages.len(),
        dropped,
        added,
        kept: Vec::new(),
    }
}

/// The entry of a new package. What the Store heeds for Windows 8.x only must be there all the same.
fn entry_of(asset: &Asset, desired: &Desired) -> Map<String, Value> {
    let or_none = |word: &Option<String>| json!(word.as_deref().unwrap_or("None"));
    let mut entry = Map::new();
    entry.insert("fileName".into(), json!(asset.archive_name));
    entry.insert("fileStatus".into(), json!("PendingUpload"));
    entry.insert("minimumDirectXVersion".into(), or_none(&desired.minimum_direct_x_version));
    entry.insert("minimumSystemRam".into(), or_none(&desired.minimum_system_ram));
    entry
}

fn shown(entry: FileEntry<'_>) -> Value {
    json!({
        "fileName": entry.file_name(),
        "version": entry.version(),
        "architecture": entry.architecture(),
        "deviceFamilies": entry.device_families().collect::<Vec<_>>(),
        "capabilities": entry.capabilities().collect::<Vec<_>>(),
    })
}

pub(super) fn described(package: &Package, desired: &Desired) -> Value {
    let names = |restricted_only: bool| -> Vec<&str> {
        let all = package.capabilities.iter();
        all.filter(|own| own.restricted || !restricted_only).map(|own| own.name.as_str()).collect()
    };
    let mut described = json!({
        "version": package.version.to_string(),
        "architectures": package.architectures.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "deviceFamilies": package.device_families.iter().map(|family| family.name.clone()).collect::<Vec<_>>(),
        "capabilities": names(false),
        "restrictedCapabilities": names(true),
    });
    let stated = [
        ("minimumDirectXVersion", &desired.minimum_direct_x_version),
        ("minimumSystemRam", &desired.minimum_system_ram),
    ];
    for (key, word) in stated {
        if let Some(word) = word {
            described[key] = json!(word);
        }
    }
    described
}
