//! The packages of a submission: what is added, what stays, what goes.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::asset::{LiveName, Package};
use crate::manifest::{Asset, Code, Desired, Owned, Retain, Severity};
use crate::submission::{Document, FileEntry, FileStatus, Section};

use super::overlay::{Baseline, Overlay};
use super::rollout::is_gradual;
use super::targets::{LivePackage, newest_of_each};
use super::types::{AssetRef, Op};

/// What happens to packages, for guards and blockers.
#[derive(Debug, Default)]
pub struct PackageFacts {
    /// The packages that are uploaded.
    pub added: Vec<Arc<Asset>>,
    /// Targets that lose their last package, in words.
    pub dropped: Vec<String>,
    /// Targets whose newest package is older than before, in words.
    pub downgraded: Vec<String>,
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
    let mut kept: Vec<bool> = retained(&old, &matched, &added, retain, gradually);
    if let (Retain::NewestPerTarget, Some(fallback)) = (retain, baseline.fallback) {
        keep_fallback(&old, &mut kept, fallback);
    }
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
        entries.push(Value::Object(entry_of(asset, desired)));
        overlay.uploads.push(Arc::clone(asset));
    }
    let key = owned.field.map_or(live.packages_key(), |field| field.api[0]);
    overlay.document.set(&[key], Value::Array(entries));
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

/// Which live packages stay.
fn retained(
    old: &[LivePackage<'_>],
    matched: &[bool],
    added: &[Arc<Asset>],
    retain: Retain,
    gradually: bool,
) -> Vec<bool> {
    let mut kept = matched.to_vec();
    match retain {
        Retain::All => kept.fill(true),
        Retain::None => {}
        Retain::NewestPerTarget => {
            for (target, newest) in newest_of_each(old) {
                let covered =
                    added.iter().filter_map(|asset| asset.package()).any(|new| target.is_reached_by(new));
                // Customers outside a gradual rollout go on getting the newest published package.
                if gradually || !covered {
                    kept[newest] = true;
                }
            }
        }
    }
    kept
}

/// After a rollout that was halted, most customers have the newest packages of the submission before it.
fn keep_fallback(old: &[LivePackage<'_>], kept: &mut [bool], fallback: &Document) {
    let before = LivePackage::all(fallback);
    let newest: Vec<&str> =
        newest_of_each(&before).into_iter().map(|(_, newest)| before[newest].entry.id()).collect();
    for (package, kept) in old.iter().zip(kept) {
        *kept |= newest.contains(&package.entry.id());
    }
}

fn facts(old: &[LivePackage<'_>], kept: &[bool], added: Vec<Arc<Asset>>) -> PackageFacts {
    let packages: Vec<&Package> = added.iter().filter_map(|asset| asset.package()).collect();
    let staying: Vec<&LivePackage<'_>> =
        old.iter().zip(kept).filter(|(_, kept)| **kept).map(|(p, _)| p).collect();
    let mut dropped = Vec::new();
    for package in old.iter().zip(kept).filter(|(_, kept)| !**kept).map(|(p, _)| p) {
        for target in &package.targets {
            let still = packages.iter().any(|new| target.is_reached_by(new))
                || staying.iter().any(|other| other.targets.contains(target));
            if !still {
                let version = package.version.map_or_else(|| "version unknown".to_owned(), |v| v.to_string());
                dropped.push(format!("{target} ({version}) loses its last package"));
            }
        }
    }
    dropped.sort();
    dropped.dedup();
    let downgraded = newest_of_each(old).into_iter().filter_map(|(target, newest)| {
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

/// What a plan shows of a live package. What it may do is there where the API says it.
pub(super) fn shown(entry: FileEntry<'_>) -> Value {
    let mut shown = json!({
        "fileName": entry.file_name(),
        "version": entry.version(),
        "architecture": entry.architecture(),
        "deviceFamilies": entry.device_families().collect::<Vec<_>>(),
    });
    if let Some(capabilities) = entry.json().get("capabilities").filter(|names| names.is_array()) {
        shown["capabilities"] = capabilities.clone();
    }
    shown
}

fn described(package: &Package) -> Value {
    let mut described = json!({
        "version": package.version.to_string(),
        "architectures": package.architectures.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "deviceFamilies": package.device_families.iter().map(|family| family.name.clone()).collect::<Vec<_>>(),
    });
    for (key, restricted_only) in [("capabilities", false), ("restrictedCapabilities", true)] {
        let own = package.capabilities.iter().filter(|own| own.restricted || !restricted_only);
        let names: Vec<&str> = own.map(|own| own.name.as_str()).collect();
        if !names.is_empty() {
            described[key] = json!(names);
        }
    }
    described
}
