//! Image slots.

use serde_json::{Value, json};

use crate::plan::{Options, lay_over};
use crate::submission::Document;

use super::live::{image_name, live_image, published, published_showing, published_with};
use super::local::{captioned, remote, shot, shot_in};
use super::run::{change_at, codes, committed, images, lay, listed};
use super::want::{Want, want};

const SHOTS: &str = "listings.en-us.images.Screenshot";

fn ours(id: &str, stem: &str) -> Value {
    live_image(id, &image_name(stem, stem.as_bytes()), "Screenshot")
}

fn own(stem: &str) -> crate::manifest::WantedImage {
    shot(stem, stem.as_bytes())
}

fn name(stem: &str) -> String {
    image_name(stem, stem.as_bytes())
}

/// Screenshots a, b and c of ours.
fn three() -> Document {
    published_showing(vec![ours("1", "a"), ours("2", "b"), ours("3", "c")])
}

#[test]
fn known_images_in_their_places_are_no_change() {
    let overlay = lay(&three(), &want().screenshots([own("a"), own("b"), own("c")]));
    assert!(overlay.changes.is_empty());
    assert_eq!(overlay.document, three());
    assert_eq!((overlay.counts.by_digest, overlay.counts.on_trust, overlay.counts.unchanged), (3, 0, 1));
}

#[test]
fn an_image_comes_in_between_and_nothing_moves() {
    let overlay = lay(&three(), &want().screenshots([own("a"), own("new"), own("b"), own("c")]));
    assert_eq!(listed(&overlay.changes), [format!("add {SHOTS}.2")]);
    let added = change_at(&overlay, &format!("{SHOTS}.2"));
    assert_eq!(added.after, Some(json!({"fileName": name("new")})));
    assert_eq!(added.asset.as_ref().map(|asset| asset.pixels), Some(Some((1920, 1080))));
    assert_eq!(
        images(&overlay.document),
        [
            format!("Uploaded {}", name("a")),
            format!("PendingUpload {}", name("new")),
            format!("Uploaded {}", name("b")),
            format!("Uploaded {}", name("c")),
        ]
    );
    assert_eq!(overlay.uploads.len(), 1);
    assert_eq!(overlay.archive().unwrap().entries().next().unwrap().name, name("new"));
}

#[test]
fn an_image_goes_and_keeps_its_id() {
    let overlay = lay(&three(), &want().screenshots([own("a"), own("c")]));
    assert_eq!(listed(&overlay.changes), [format!("remove {SHOTS}.2")]);
    assert_eq!(
        images(&overlay.document),
        [
            format!("Uploaded {}", name("a")),
            format!("Uploaded {}", name("c")),
            format!("PendingDelete {}", name("b")),
        ]
    );
    assert_eq!(overlay.document.images("en-us")[2].id(), "2");
    assert!(overlay.uploads.is_empty());
}

#[test]
fn no_image_is_left_where_the_list_is_empty() {
    let overlay = lay(&three(), &want().screenshots([]));
    assert_eq!(listed(&overlay.changes), [1, 2, 3].map(|slot| format!("remove {SHOTS}.{slot}")));
    assert!(images(&overlay.document).iter().all(|entry| entry.starts_with("PendingDelete")));
}

#[test]
fn an_image_that_was_shot_again_replaces_the_one_in_its_place() {
    let overlay = lay(&three(), &want().screenshots([own("a"), shot("b", b"another"), own("c")]));
    assert_eq!(listed(&overlay.changes), [format!("replace {SHOTS}.2")]);
    let change = change_at(&overlay, &format!("{SHOTS}.2"));
    assert_eq!(change.before, Some(json!({"fileName": name("b"), "slot": 2})));
    assert_eq!(
        images(&overlay.document),
        [
            format!("Uploaded {}", name("a")),
            format!("PendingUpload {}", image_name("b", b"another")),
            format!("Uploaded {}", name("c")),
            format!("PendingDelete {}", name("b")),
        ]
    );
}

#[test]
fn one_drag_is_one_move() {
    let overlay = lay(&three(), &want().screenshots([own("c"), own("a"), own("b")]));
    assert_eq!(listed(&overlay.changes), [format!("move {SHOTS}.1")]);
    let change = change_at(&overlay, &format!("{SHOTS}.1"));
    assert_eq!(change.before.as_ref().map(|before| before["slot"].clone()), Some(json!(3)));
    assert_eq!(images(&overlay.document), ["c", "a", "b"].map(|stem| format!("Uploaded {}", name(stem))));
    assert!(overlay.uploads.is_empty());
}

#[test]
fn a_caption_changes_without_an_upload() {
    let live = published();
    let with = |caption: &str| {
        want().screenshots([
            captioned(shot("home", b"home"), caption),
            shot("notes", b"notes"),
            remote("503"),
        ])
    };
    let path = format!("{SHOTS}.1.description");
    let overlay = lay(&live, &with("Your books"));
    assert_eq!(listed(&overlay.changes), [format!("set {path}")]);
    let change = change_at(&overlay, &path);
    assert_eq!(
        (change.before.clone(), change.after.clone()),
        (Some(json!("Your library")), Some(json!("Your books")))
    );
    assert_eq!(overlay.document.images("en-us")[0].description(), "Your books");
    assert_eq!(overlay.document.images("en-us")[0].json()["dominantColor"], "#2f6f6b");
    assert!(overlay.uploads.is_empty());
    let cleared = lay(&live, &with(""));
    assert_eq!(listed(&cleared.changes), [format!("clear {path}")]);
    assert_eq!(cleared.document.images("en-us")[0].json()["description"], "");
    assert!(lay(&cleared.document, &with("")).changes.is_empty());
}

#[test]
fn a_caption_that_the_service_spells_otherwise_is_no_change() {
    let mut image = ours("1", "a");
    image["description"] = json!("\u{feff}Cafe\u{301} \r\n");
    let live = published_showing(vec![image]);
    let overlay = lay(&live, &want().screenshots([captioned(own("a"), "Café")]));
    assert!(overlay.changes.is_empty(), "{:?}", listed(&overlay.changes));
    let other = lay(&live, &want().screenshots([captioned(own("a"), "Café"), own("b")]));
    assert_eq!(listed(&other.changes), [format!("add {SHOTS}.2")]);
    assert_eq!(other.document.images("en-us")[0].json(), live.images("en-us")[0].json());
}

#[test]
fn a_caption_that_is_not_managed_stays() {
    let live = published();
    let overlay =
        lay(&live, &want().screenshots([shot("home", b"home"), shot("notes", b"notes"), remote("503")]));
    assert!(overlay.changes.is_empty());
    let moved =
        lay(&live, &want().screenshots([shot("notes", b"notes"), shot("home", b"home"), remote("503")]));
    assert_eq!(moved.document.images("en-us")[1].description(), "Your library");
}

#[test]
fn a_caption_that_is_not_managed_stays_also_under_an_image_that_was_shot_again() {
    let overlay = lay(
        &published(),
        &want().screenshots([shot("home", b"again"), shot("notes", b"notes"), remote("503")]),
    );
    assert_eq!(listed(&overlay.changes), [format!("replace {SHOTS}.1")]);
    assert_eq!(overlay.document.images("en-us")[0].description(), "Your library");
    let change = change_at(&overlay, &format!("{SHOTS}.1"));
    assert_eq!(change.after.as_ref().map(|after| after["description"].clone()), Some(json!("Your library")));
    let cleared = lay(
        &published(),
        &want().screenshots([captioned(shot("home", b"again"), ""), shot("notes", b"notes"), remote("503")]),
    );
    assert_eq!(cleared.document.images("en-us")[0].description(), "");
}

#[test]
fn the_same_bytes_may_stand_twice() {
    let wanted = || want().screenshots([own("a"), own("b"), own("a")]);
    let live = published_showing(vec![ours("1", "a"), ours("2", "b")]);
    let overlay = lay(&live, &wanted());
    assert_eq!(listed(&overlay.changes), [format!("add {SHOTS}.3")]);
    assert_eq!(overlay.uploads.len(), 1);
    let shipped = committed(&overlay.document);
    assert!(lay(&shipped, &wanted()).changes.is_empty());
    // Under one name, new twins travel once.
    let twins = lay(&published_showing(vec![]), &want().screenshots([own("a"), own("a")]));
    assert_eq!(listed(&twins.changes), [format!("add {SHOTS}.1"), format!("add {SHOTS}.2")]);
    assert_eq!(twins.archive().unwrap().len(), 1);
    assert_eq!(images(&twins.document).len(), 2);
}

#[test]
fn twins_stay_where_they_are() {
    let live = published_showing(vec![ours("1", "a"), ours("2", "b"), ours("3", "a")]);
    let overlay = lay(&live, &want().screenshots([own("c"), own("b"), own("a")]));
    assert_eq!(listed(&overlay.changes), [format!("replace {SHOTS}.1")]);
    assert_eq!(overlay.document.images("en-us")[2].id(), "3");
}

#[test]
fn an_image_from_elsewhere_is_trusted_by_place_and_stem() {
    let live = published_showing(vec![live_image("1", "en-us/home.png", "Screenshot"), ours("2", "b")]);
    let wanted = || want().screenshots([own("home"), own("b")]);
    let overlay = lay(&live, &wanted());
    assert!(overlay.changes.is_empty());
    assert_eq!((overlay.counts.by_digest, overlay.counts.on_trust), (1, 1));
    // In another place, or of another name, it is not known.
    for unknown in [[own("b"), own("home")], [own("house"), own("b")]] {
        assert_eq!(lay(&live, &want().screenshots(unknown)).uploads.len(), 1);
    }
    let options = Options { replace_untrusted: true };
    let anew = lay_over(&live, &wanted().0, options);
    assert_eq!(listed(&anew.changes), [format!("replace {SHOTS}.1")]);
    assert_eq!(anew.counts.on_trust, 0);
    assert!(lay_over(&committed(&anew.document), &wanted().0, options).changes.is_empty());
}

#[test]
fn twins_of_which_one_is_trusted_converge() {
    let wanted = || want().screenshots([shot("home", b"same"), shot("notes", b"same")]);
    let live = published_showing(vec![live_image("1", "home.png", "Screenshot")]);
    let overlay = lay(&live, &wanted());
    assert_eq!(listed(&overlay.changes), [format!("add {SHOTS}.2")]);
    let again = lay(&committed(&overlay.document), &wanted());
    assert!(again.changes.is_empty(), "{:?}", listed(&again.changes));
}

#[test]
fn what_is_known_by_content_is_not_left_for_what_could_be_trusted() {
    let live = published_showing(vec![live_image("1", "home.png", "Screenshot"), ours("2", "home")]);
    let overlay = lay(&live, &want().screenshots([own("home"), own("b")]));
    let ids: Vec<&str> = overlay.document.images("en-us").iter().map(|image| image.id()).collect();
    assert_eq!(ids, ["2", "", "1"]);
    assert_eq!((overlay.counts.by_digest, overlay.counts.on_trust), (1, 0));
}

#[test]
fn an_image_of_ours_with_other_content_is_not_trusted() {
    let live = published_showing(vec![live_image("1", &image_name("home", b"old"), "Screenshot")]);
    let overlay = lay(&live, &want().screenshots([shot("home", b"new")]));
    assert_eq!(listed(&overlay.changes), [format!("replace {SHOTS}.1")]);
}

#[test]
fn a_remote_image_keeps_its_place() {
    let overlay = lay(&published(), &want().screenshots([remote("503"), remote("501"), remote("502")]));
    assert_eq!(listed(&overlay.changes), [format!("move {SHOTS}.1")]);
    assert!(codes(&overlay).is_empty());
    let gone = lay(&published(), &want().screenshots([remote("501"), remote("504")]));
    assert_eq!(codes(&gone), ["SW2007"], "504 is a logo");
}

#[test]
fn a_remote_image_is_not_taken_by_a_file_with_the_same_bytes() {
    let live = published_showing(vec![ours("1", "a"), ours("2", "a")]);
    let overlay = lay(&live, &want().screenshots([own("a"), remote("1")]));
    assert!(codes(&overlay).is_empty(), "{:?}", overlay.findings);
    let ids: Vec<&str> = overlay.document.images("en-us").iter().map(|image| image.id()).collect();
    assert_eq!(ids, ["2", "1"]);
}

#[test]
fn two_types_of_one_language_change_together() {
    let wanted = || {
        want().screenshots([shot("home", b"again"), shot("notes", b"notes"), remote("503")]).images(
            "listings.en-us.images.StoreLogoSquare",
            [shot_in("en-us", "StoreLogoSquare", "art", b"art")],
        )
    };
    let overlay = lay(&published(), &wanted());
    assert_eq!(
        listed(&overlay.changes),
        [format!("replace {SHOTS}.1"), "replace listings.en-us.images.StoreLogoSquare.1".to_owned()]
    );
    let sent = images(&overlay.document);
    for asset in &overlay.uploads {
        assert!(sent.contains(&format!("PendingUpload {}", asset.archive_name)), "{sent:?}");
    }
    assert!(lay(&overlay.document, &wanted()).changes.is_empty());
}

#[test]
fn other_types_and_what_goes_already_stay_where_they_stand() {
    let mut going = ours("9", "gone");
    going["fileStatus"] = json!("PendingDelete");
    let logo = live_image("4", "logo.png", "StoreLogoSquare");
    let odd = live_image("5", "odd.png", "SomethingNew");
    let live =
        published_showing(vec![logo.clone(), ours("1", "a"), going.clone(), odd.clone(), ours("2", "b")]);
    let overlay = lay(&live, &want().screenshots([own("b")]));
    let sent = overlay.document.images("en-us");
    let sent: Vec<Value> = sent.iter().map(|image| Value::Object(image.json().clone())).collect();
    let mut a = ours("1", "a");
    a["fileStatus"] = json!("PendingDelete");
    assert_eq!(sent, [logo, ours("2", "b"), a, going, odd]);
}

#[test]
fn an_upload_that_was_never_committed_is_taken_back_by_leaving_it_out() {
    let never = json!({"fileName": "draft.png", "fileStatus": "PendingUpload", "imageType": "Screenshot"});
    let live = published_showing(vec![ours("1", "a"), never]);
    let overlay = lay(&live, &want().screenshots([own("a")]));
    assert_eq!(listed(&overlay.changes), [format!("remove {SHOTS}.2")]);
    assert_eq!(images(&overlay.document), [format!("Uploaded {}", name("a"))]);
}

#[test]
fn languages_are_found_in_any_case() {
    let mut live = published_with([]);
    live.remove(&["listings"]);
    live.set(&["listings", "en-US", "baseListing", "images"], json!([ours("1", "a")]));
    let overlay = lay(&live, &want().screenshots([own("a"), own("b")]));
    assert_eq!(listed(&overlay.changes), [format!("add {SHOTS}.2")]);
    assert_eq!(overlay.document.languages().collect::<Vec<_>>(), ["en-US"]);
}

#[test]
fn a_type_that_no_manifest_names_is_left_alone() {
    let overlay = lay(&published(), &Want::default());
    assert!(overlay.changes.is_empty() && overlay.file_counts.is_empty());
}
