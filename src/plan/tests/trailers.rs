//! Trailers, an ordered list that is owned whole.

use serde_json::{Value, json};

use crate::manifest::{TrailerContent, WantedTrailer};
use crate::submission::Document;

use super::live::{published, published_with};
use super::local::trailer;
use super::run::{codes, get, lay, listed};
use super::want::{at, want};

fn own(stem: &str) -> WantedTrailer {
    trailer(stem, stem.as_bytes(), &[("en-us", stem)])
}

/// The published document with these trailers of ours, as the Store gives them back: with ids.
fn showing<const N: usize>(trailers: [WantedTrailer; N]) -> Document {
    let mut sent = lay(&published(), &want().trailers(trailers)).document;
    let mut entries = get(&sent, "trailers").cloned().unwrap_or_default();
    for (i, entry) in entries.as_array_mut().into_iter().flatten().enumerate() {
        entry["id"] = json!(format!("t{i}"));
        entry["videoFileId"] = json!(format!("v{i}"));
    }
    sent.set(&["trailers"], entries);
    sent
}

fn names(document: &Document) -> Vec<&str> {
    let entries = get(document, "trailers").and_then(Value::as_array).into_iter().flatten();
    entries.map(|entry| entry["videoFileName"].as_str().unwrap().split('.').next().unwrap()).collect()
}

#[test]
fn a_trailer_comes_with_its_still_and_is_known_by_its_content_afterwards() {
    let overlay = lay(&published(), &want().trailers([own("intro")]));
    assert_eq!(listed(&overlay.changes), ["add trailers.1"]);
    assert_eq!(overlay.uploads.len(), 2, "the video and the picture");
    let again = lay(&showing([own("intro")]), &want().trailers([own("intro")]));
    assert!(again.changes.is_empty() && again.uploads.is_empty());
    assert_eq!(again.counts.by_digest, 1);
}

#[test]
fn one_drag_is_one_move_and_what_moves_up_by_itself_is_none() {
    let live = || showing([own("a"), own("b"), own("c")]);
    let with = |wanted: Vec<&str>| {
        let wanted: Vec<WantedTrailer> = wanted.into_iter().map(own).collect();
        let overlay = match <[WantedTrailer; 3]>::try_from(wanted) {
            Ok(three) => lay(&live(), &want().trailers(three)),
            Err(two) => lay(&live(), &want().trailers(<[WantedTrailer; 2]>::try_from(two).unwrap())),
        };
        let changes = listed(&overlay.changes);
        (changes, names(&overlay.document).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let (changes, sent) = with(vec!["c", "a", "b"]);
    assert_eq!((changes, sent.join("")), (vec!["move trailers.1".to_owned()], "cab".to_owned()));
    let (changes, sent) = with(vec!["b", "c"]);
    assert_eq!((changes, sent.join("")), (vec!["remove trailers.1".to_owned()], "bc".to_owned()));
}

#[test]
fn another_title_makes_it_a_new_one() {
    let retitled = trailer("intro", b"intro", &[("en-us", "Welcome")]);
    let overlay = lay(&showing([own("intro")]), &want().trailers([retitled]));
    assert_eq!(listed(&overlay.changes), ["replace trailers.1"]);
    let entry = &get(&overlay.document, "trailers").unwrap()[0];
    assert!(entry.get("id").is_none(), "the API has no way to change one: {entry}");
}

#[test]
fn one_from_elsewhere_stays_by_its_id() {
    let elsewhere =
        json!({"id": "77", "videoFileName": "trailers\\intro.mp4", "trailerAssets": {}, "odd": 1.50});
    let live = published_with([("trailers", json!([elsewhere.clone()]))]);
    let remote = |id: &str| WantedTrailer { content: TrailerContent::Remote(id.to_owned()), at: at(1) };
    let overlay = lay(&live, &want().trailers([own("tour"), remote("77")]));
    assert_eq!(listed(&overlay.changes), ["add trailers.1"]);
    assert_eq!(get(&overlay.document, "trailers").unwrap()[1], elsewhere);
    assert_eq!(codes(&lay(&live, &want().trailers([remote("78")]))), ["SW2007"]);
}
