//! What comes, what stays and what goes of packages.

use serde_json::{Value, json};

use crate::manifest::{Guard, Retain};
use crate::plan::Overlay;
use crate::submission::Document;

use super::live::{
    live_bundle, live_file, live_package, published, published_in_rollout, published_shipping, published_with,
};
use super::local::{Pack, bundle, package};
use super::run::{case, change_at, codes, committed, files, has_guard, lay, listed};
use super::want::want;

fn sent(overlay: &Overlay) -> Vec<String> {
    files(&overlay.document, "applicationPackages")
}

fn staying(overlay: &Overlay) -> Vec<String> {
    sent(overlay).into_iter().filter_map(|entry| Some(entry.strip_prefix("Uploaded ")?.to_owned())).collect()
}

fn old(version: &str, architecture: &str) -> String {
    format!("Reader_{version}_{architecture}.msix")
}

#[test]
fn a_new_package_comes_and_the_one_it_covers_goes() {
    let overlay = lay(&published(), &want().packages([package("1.5.0.0", "x64")]));
    let name = package("1.5.0.0", "x64").asset().archive_name.clone();
    assert_eq!(
        listed(&overlay.changes),
        [format!("remove packages.{}", old("1.4.0.0", "X64")), format!("add packages.{name}")]
    );
    assert_eq!(
        sent(&overlay),
        [
            format!("PendingDelete {}", old("1.4.0.0", "X64")),
            format!("Uploaded {}", old("1.4.0.0", "ARM64")),
            format!("PendingUpload {name}"),
        ]
    );
    let added = overlay.document.entries(&["applicationPackages"])[2].json().clone();
    assert_eq!(
        Value::Object(added),
        json!({
            "fileName": name,
            "fileStatus": "PendingUpload",
            "minimumDirectXVersion": "None",
            "minimumSystemRam": "None"
        })
    );
    let change = change_at(&overlay, &format!("packages.{name}"));
    let after = json!({
        "version": "1.5.0.0", "architectures": ["x64"], "deviceFamilies": ["Windows.Desktop"],
        "capabilities": [], "restrictedCapabilities": []
    });
    assert_eq!(change.after, Some(after));
    assert_eq!(overlay.uploads.len(), 1);
    assert_eq!(overlay.document.entries(&["applicationPackages"])[0].id(), "701");
}

#[test]
fn a_live_package_is_known_by_its_digest() {
    let wanted = || want().packages([package("1.5.0.0", "x64"), package("1.5.0.0", "arm64")]);
    let live =
        published_shipping([package("1.5.0.0", "arm64").live("1"), package("1.5.0.0", "x64").live("2")]);
    let overlay = lay(&live, &wanted());
    assert!(overlay.changes.is_empty() && codes(&overlay).is_empty());
    assert_eq!(overlay.counts.by_digest, 2);
    assert_eq!(overlay.document, live);
}

#[test]
fn the_same_version_with_other_bytes_is_a_warning_and_never_an_upload() {
    let overlay =
        lay(&published(), &want().packages([package("1.4.0.0", "x64"), package("1.4.0.0", "arm64")]));
    assert!(overlay.changes.is_empty() && overlay.uploads.is_empty());
    assert_eq!(codes(&overlay), ["SW2002", "SW2002"]);
    assert_eq!(overlay.document, published());
}

#[test]
fn version_kind_and_architecture_make_the_same_package() {
    let uploads = |live: Value, wanted: Pack| {
        lay(&published_shipping([live]), &want().packages([wanted])).uploads.len()
    };
    let live = || live_package("1", "1.4.0.0", "x64", "Windows.Desktop");
    assert_eq!(uploads(live(), package("1.4.0.0", "x64")), 0);
    assert_eq!(uploads(live(), package("1.4.0.0", "arm64")), 1);
    assert_eq!(uploads(live(), package("1.4.1.0", "x64")), 1);
    assert_eq!(uploads(live(), bundle("1.4.0.0", &["x64"])), 1);
    // The API names no architectures of a bundle.
    let live = || live_bundle("1", "1.4.0.0", "Windows.Desktop");
    assert_eq!(uploads(live(), bundle("1.4.0.0", &["x64", "arm64"])), 0);
    assert_eq!(uploads(live(), package("1.4.0.0", "x64")), 1);
    let mut unread = live_package("1", "1.4.0.0", "x64", "Windows.Desktop");
    unread["version"] = Value::Null;
    assert_eq!(uploads(unread, package("1.4.0.0", "x64")), 1);
}

#[test]
fn a_digest_is_stronger_than_a_version() {
    // Both bundles fit the live one by version; one of them is it.
    let (ours, other) = (bundle("1.4.0.0", &["arm64"]).content(b"live"), bundle("1.4.0.0", &["x64"]));
    let overlay = lay(
        &published_shipping([ours.clone().live("1")]),
        &want().packages([other.clone(), ours]).retain(Retain::All),
    );
    assert!(codes(&overlay).is_empty(), "{:?}", overlay.findings);
    let uploads: Vec<&str> = overlay.uploads.iter().map(|asset| asset.archive_name.as_str()).collect();
    assert_eq!(uploads, [other.asset().archive_name.as_str()]);
}

#[test]
fn the_name_of_an_upload_container_does_not_tell_a_bundle() {
    let inside = || bundle("1.4.0.0", &["x64", "arm64"]).in_upload_container();
    let live = live_file("1", "Reader.msixupload", "1.4.0.0", "Neutral", "Windows.Desktop");
    let same = lay(&published_shipping([live.clone()]), &want().packages([inside()]));
    assert_eq!((same.uploads.len(), codes(&same)), (0, vec!["SW2002"]));
    let single = live_file("1", "Reader.msixupload", "1.4.0.0", "x64", "Windows.Desktop");
    let same = lay(&published_shipping([single]), &want().packages([package("1.4.0.0", "x64")]));
    assert_eq!((same.uploads.len(), codes(&same)), (0, vec!["SW2002"]));
    let next = lay(
        &published_shipping([live]),
        &want().packages([bundle("1.5.0.0", &["x64", "arm64"]).in_upload_container()]),
    );
    assert!(staying(&next).is_empty(), "the next bundle covers the last one");
}

#[test]
fn a_package_that_goes_already_counts_as_gone() {
    let mut going = package("1.5.0.0", "x64").live("1");
    going["fileStatus"] = json!("PendingDelete");
    let overlay = lay(&published_shipping([going.clone()]), &want().packages([package("1.5.0.0", "x64")]));
    assert_eq!(overlay.uploads.len(), 1);
    assert_eq!(Value::Object(overlay.document.entries(&["applicationPackages"])[0].json().clone()), going);
}

#[test]
fn an_upload_that_was_never_committed_is_taken_back_by_leaving_it_out() {
    let mut never = package("1.4.9.0", "x64").live("1");
    never["fileStatus"] = json!("PendingUpload");
    never["id"] = Value::Null;
    let overlay = lay(&published_shipping([never]), &want().packages([package("1.5.0.0", "x64")]));
    assert_eq!(overlay.changes.len(), 2);
    assert_eq!(sent(&overlay), [format!("PendingUpload {}", package("1.5.0.0", "x64").asset().archive_name)]);
}

#[test]
fn retain_says_what_stays() {
    let live = published_shipping([
        live_package("1", "1.3.0.0", "x64", "Windows.Desktop"),
        live_package("2", "1.4.0.0", "x64", "Windows.Desktop"),
        live_package("3", "1.2.0.0", "arm64", "Windows.Desktop"),
        live_package("4", "1.3.0.0", "arm64", "Windows.Desktop"),
    ]);
    let with = |retain| staying(&lay(&live, &want().packages([package("1.5.0.0", "x64")]).retain(retain)));
    assert_eq!(with(Retain::None), Vec::<String>::new());
    assert_eq!(with(Retain::NewestPerTarget), [old("1.3.0.0", "arm64")]);
    assert_eq!(with(Retain::All).len(), 4);
    let unsaid = lay(&live, &want().packages([package("1.5.0.0", "x64")]));
    assert_eq!(staying(&unsaid), [old("1.3.0.0", "arm64")], "newest-per-target is what is meant");
}

#[test]
fn retain_is_no_reason_for_a_submission() {
    let live = published_shipping([
        package("1.5.0.0", "x64").live("1"),
        live_package("2", "1.0.0.0", "x64", "Windows.Desktop"),
    ]);
    let overlay = lay(&live, &want().packages([package("1.5.0.0", "x64")]).retain(Retain::None));
    assert!(overlay.changes.is_empty());
}

#[test]
fn a_wanted_package_stays_whatever_retain_says() {
    let live = published_shipping([
        package("1.4.0.0", "arm64").live("1"),
        live_package("2", "1.4.0.0", "x86", "Windows.Desktop"),
    ]);
    let wanted = want().packages([package("1.4.0.0", "arm64"), package("1.5.0.0", "x64")]);
    let overlay = lay(&live, &wanted.retain(Retain::None));
    assert_eq!(staying(&overlay), [package("1.4.0.0", "arm64").asset().archive_name.clone()]);
}

/// Whether a live package stays beside a new one that is newer.
fn stays(live: Value, new: Pack) -> bool {
    staying(&lay(&published_shipping([live]), &want().packages([new]))).len() == 1
}

#[test]
fn a_target_is_covered_by_what_reaches_all_of_its_devices() {
    let desktop = || live_package("1", "1.0.0.0", "X64", "Windows.Desktop");
    let universal = || live_package("1", "1.0.0.0", "x64", "Windows.Universal");
    let neutral = || live_package("1", "1.0.0.0", "Neutral", "Windows.Desktop");
    let of_bundle = || live_bundle("1", "1.0.0.0", "Windows.Desktop");
    let new = |architecture: &str, family: &str| package("2.0.0.0", architecture).families(&[family]);
    let both = || bundle("2.0.0.0", &["x64", "arm64"]);
    for (live, new, stay, why) in [
        (desktop(), new("x64", "Windows.Desktop"), false, "the same target"),
        (desktop(), new("x64", "Windows.Universal"), false, "universal runs on desktops"),
        (desktop(), new("neutral", "Windows.Desktop"), false, "neutral runs everywhere"),
        (desktop(), new("arm64", "Windows.Desktop"), true, "another architecture"),
        (desktop(), new("x64", "Windows.Xbox"), true, "another family"),
        (desktop(), both(), false, "a bundle with that architecture"),
        (desktop(), bundle("2.0.0.0", &["arm64"]), true, "a bundle without it"),
        (universal(), new("x64", "Windows.Desktop"), true, "other families lose theirs"),
        (universal(), new("x64", "Windows.Universal"), false, "the same target"),
        (neutral(), new("x64", "Windows.Desktop"), true, "other architectures lose theirs"),
        (neutral(), new("neutral", "Windows.Desktop"), false, "the same target"),
        (of_bundle(), both(), false, "the next bundle"),
        (of_bundle(), new("x64", "Windows.Desktop"), true, "nobody knows what is in the bundle"),
        (
            live_package("1", "1.0.0.0", "x64", "None"),
            new("x64", "Windows.Universal"),
            true,
            "made for Windows 8",
        ),
    ] {
        assert_eq!(stays(live, new), stay, "{why}");
    }
    let mut unknown = live_package("1", "1.0.0.0", "x64", "");
    unknown["targetDeviceFamilies"] = json!([]);
    assert!(stays(unknown, new("x64", "Windows.Universal")), "families that nobody names");
}

#[test]
fn a_gradual_rollout_keeps_the_newest_of_every_target() {
    let live = published_shipping([
        live_package("1", "1.3.0.0", "x64", "Windows.Desktop"),
        live_package("2", "1.4.0.0", "x64", "Windows.Desktop"),
    ]);
    let with =
        |share: u32| want().packages([package("1.5.0.0", "x64")]).value("packageRollout.percentage", share);
    assert_eq!(staying(&lay(&live, &with(25))), [old("1.4.0.0", "x64")]);
    assert!(staying(&lay(&live, &with(100))).is_empty(), "everybody gets the new one");
}

#[test]
fn an_inherited_rollout_keeps_the_newest_as_well() {
    let shipping = |share: Value| {
        let mut live = published_in_rollout("PackageRolloutComplete", share);
        live.set(&["applicationPackages"], json!([live_package("2", "1.4.0.0", "x64", "Windows.Desktop")]));
        live
    };
    let plain = || want().packages([package("1.5.0.0", "x64")]);
    assert_eq!(staying(&lay(&shipping(json!(25.0)), &plain())), [old("1.4.0.0", "x64")]);
    assert!(staying(&lay(&shipping(json!(100)), &plain())).is_empty());
    let closed = plain().nothing("packageRollout.percentage");
    assert!(staying(&lay(&shipping(json!(25.0)), &closed)).is_empty(), "the manifest ends it");
}

#[test]
fn nothing_retained_in_a_rollout_below_everybody_is_an_error() {
    let wanted = |retain, share: u32| {
        want().packages([package("1.5.0.0", "x64")]).retain(retain).value("packageRollout.percentage", share)
    };
    let found = |live: &Document, retain, share| {
        lay(live, &wanted(retain, share))
            .findings
            .iter()
            .map(|finding| finding.code.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&published(), Retain::None, 25), ["SW1403"]);
    assert!(found(&published(), Retain::None, 100).is_empty());
    assert!(found(&published(), Retain::NewestPerTarget, 25).is_empty());
    let live = published_shipping([package("1.5.0.0", "x64").live("1")]);
    assert!(found(&live, Retain::None, 25).is_empty(), "no package comes, so nothing goes");
}

#[test]
fn a_published_release_converges() {
    let wanted = || {
        want()
            .packages([package("1.5.0.0", "x64"), bundle("1.5.0.0", &["arm64"])])
            .value("packageRollout.percentage", 25)
    };
    let overlay = lay(&published(), &wanted());
    let mut shipped = committed(&overlay.document);
    assert!(lay(&shipped, &wanted()).changes.is_empty());
    shipped.set(
        &["packageDeliveryOptions", "packageRollout", "packageRolloutStatus"],
        json!("PackageRolloutComplete"),
    );
    assert!(lay(&shipped, &wanted()).changes.is_empty());
}

#[test]
fn old_release_notes_under_new_packages_are_a_warning() {
    let said = |live: Document, want: super::want::Want| {
        let mut found = case(live).plan(want).diagnostics;
        found.retain(|finding| finding.code == "SW2003");
        found.pop().map(|finding| (finding.message, finding.at.map(|at| at.line)))
    };
    let new = || want().packages([package("1.5.0.0", "x64")]);
    let old = |languages: &str| {
        let words = format!(
            "app/reader: new packages, and the release notes in {languages} stay those of the last version"
        );
        Some((words, Some(1)))
    };
    assert_eq!(said(published(), new()), old("`en-us`"));
    assert_eq!(said(published(), new().value("listings.en-us.releaseNotes", "Even faster.")), None);
    assert_eq!(said(published(), new().value("listings.en-us.releaseNotes", "")), None, "none are shown");
    assert_eq!(said(published(), want().value("listings.en-us.description", "Other text.")), None);
    let both = published_with([("listings.de-de.baseListing.releaseNotes", json!("Schneller."))]);
    assert_eq!(
        said(both.clone(), new().value("listings.en-us.releaseNotes", "Even faster.")),
        old("`de-de`")
    );
    assert_eq!(said(both.clone(), new()), old("`en-us`, `de-de`"));
    let same = new().value("listings.en-us.releaseNotes", "Faster start. ").nothing("listings.de-de");
    assert_eq!(said(both, same), old("`en-us`"), "they are stated, and are the same");
}

#[test]
fn a_package_without_version_is_no_downgrade() {
    let mut unread = live_package("1", "9.0.0.0", "x64", "Windows.Desktop");
    unread["version"] = Value::Null;
    let plan = case(published_shipping([unread])).plan(want().packages([package("1.5.0.0", "x64")]));
    assert!(!has_guard(&plan, Guard::PackageDowngrade));
}
