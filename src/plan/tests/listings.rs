//! Languages, texts, titles.

use serde_json::{Value, json};

use crate::manifest::{Others, Severity};
use crate::plan::Op;

use super::live::{published, published_with, published_without};
use super::local::shot_in;
use super::run::{change_at, codes, get, lay, listed};
use super::want::want;

#[test]
fn a_language_comes_with_its_texts_title_and_images() {
    let wanted = want()
        .value("listings.fr.title", "Lecteur")
        .value("listings.fr.description", "Texte.")
        .value("listings.fr.features", json!([]))
        .images("listings.fr.images.Screenshot", [shot_in("fr", "Screenshot", "home", b"fr")]);
    let overlay = lay(&published(), &wanted);
    assert_eq!(
        listed(&overlay.changes),
        [
            "add listings.fr", "set listings.fr.title", "set listings.fr.description",
            "add listings.fr.images.Screenshot.1",
        ]
    );
    let listing = get(&overlay.document, "listings.fr.baseListing").unwrap();
    assert_eq!(
        (listing["title"].as_str(), listing["description"].as_str()),
        (Some("Lecteur"), Some("Texte."))
    );
    assert_eq!(overlay.document.languages().collect::<Vec<_>>(), ["en-us", "de-de", "fr"]);
    assert!(lay(&overlay.document, &wanted).changes.is_empty());
}

#[test]
fn a_language_goes_whole_and_once() {
    let wanted = || want().nothing("listings.de-de");
    let overlay = lay(&published(), &wanted());
    assert_eq!(listed(&overlay.changes), ["remove listings.de-de"]);
    assert_eq!(overlay.document.languages().collect::<Vec<_>>(), ["en-us"]);
    assert!(lay(&overlay.document, &wanted()).changes.is_empty());
}

#[test]
fn what_is_said_of_every_language_does_not_bring_back_one_that_goes() {
    let wanted = || {
        want()
            .nothing("listings.de-de")
            .value("listings.de-de.releaseNotes", "Neu.")
            .images("listings.de-de.images.Screenshot", [shot_in("de-de", "Screenshot", "home", b"de")])
            .value("listings.en-us.releaseNotes", "New.")
    };
    let overlay = lay(&published(), &wanted());
    assert_eq!(listed(&overlay.changes), ["remove listings.de-de", "set listings.en-us.releaseNotes"]);
    assert!(get(&overlay.document, "listings.de-de").is_none());
    assert!(overlay.uploads.is_empty());
    assert!(lay(&overlay.document, &wanted()).changes.is_empty());
}

#[test]
fn other_languages_stay_go_or_are_an_error() {
    let mut live = published();
    live.set(&["listings", "FR"], json!({"baseListing": {"description": "Texte."}}));
    let with = |others| {
        let wanted = want()
            .value("listings.en-us.description", "Plain text.")
            .value("listings.de-DE.description", "Nur Text.");
        lay(&live, &wanted.other_languages(others))
    };
    assert!(with(Others::Keep).changes.is_empty());
    let removed = with(Others::Remove);
    assert_eq!(listed(&removed.changes), ["remove listings.fr"]);
    assert_eq!(removed.document.languages().collect::<Vec<_>>(), ["en-us", "de-de"]);
    let refused = with(Others::Error);
    assert!(refused.changes.is_empty());
    assert_eq!(codes(&refused), ["SW2006"]);
    assert_eq!(refused.findings[0].severity, Severity::Error);
}

#[test]
fn the_title_of_a_language_that_is_there_is_reported_and_never_sent() {
    let overlay = lay(&published(), &want().value("listings.en-us.title", "Contoso Reader"));
    assert!(overlay.changes.is_empty());
    assert_eq!(codes(&overlay), ["SW2001"]);
    assert_eq!(overlay.findings[0].severity, Severity::Warning);
    assert_eq!(overlay.document, published());
    for title in [json!("Reader"), json!("Reader ")] {
        assert!(codes(&lay(&published(), &want().value("listings.en-us.title", title))).is_empty());
    }
    let live = published_without("listings.en-us.baseListing.title");
    assert!(codes(&lay(&live, &want().value("listings.en-us.title", Value::Null))).is_empty());
}

#[test]
fn texts_are_sent_as_written_and_compared_as_read() {
    let live = published_with([(
        "listings.en-us.baseListing.description",
        json!("\u{feff}One \r\nCafe\u{301}\r\n"),
    )]);
    assert!(lay(&live, &want().value("listings.en-us.description", "One\nCafé")).changes.is_empty());
    let overlay = lay(&live, &want().value("listings.en-us.description", "One  \nTwo\n"));
    assert_eq!(
        get(&overlay.document, "listings.en-us.baseListing.description"),
        Some(&json!("One  \nTwo\n"))
    );
    let change = change_at(&overlay, "listings.en-us.description");
    assert_eq!(change.op, Op::Set);
    assert_eq!(change.source.as_ref().map(|at| at.line), Some(1));
}

#[test]
fn a_cleared_value_is_cleared_and_stays_so() {
    for (path, cleared) in [
        ("listings.en-us.releaseNotes", json!("")),
        ("listings.en-us.features", json!([])),
        ("hardwarePreferences", json!([])),
    ] {
        let overlay = lay(&published(), &want().value(path, cleared.clone()));
        assert_eq!(listed(&overlay.changes), [format!("clear {path}")]);
        assert_eq!(overlay.changes[0].after, None);
        assert!(lay(&overlay.document, &want().value(path, cleared)).changes.is_empty());
    }
    for nothing in [json!(null), json!("")] {
        let live = published_with([("listings.en-us.baseListing.shortDescription", nothing)]);
        let overlay = lay(&live, &want().value("listings.en-us.shortDescription", ""));
        assert!(overlay.changes.is_empty());
        assert_eq!(overlay.document, live);
    }
}

#[test]
fn a_listing_without_base_listing_gets_one() {
    let live = published_with([("listings.en-us", Value::Null)]);
    let overlay = lay(&live, &want().value("listings.en-us.description", "Plain text."));
    assert_eq!(listed(&overlay.changes), ["set listings.en-us.description"]);
    assert_eq!(get(&overlay.document, "listings.en-us.baseListing.description"), Some(&json!("Plain text.")));
}

#[test]
fn what_is_left_alone_is_counted_without_languages_that_go() {
    let unmanaged = |want: super::want::Want| lay(&published(), &want).counts.unmanaged;
    let all = unmanaged(want());
    // Description, title; of an empty list of images nothing is said.
    assert_eq!(unmanaged(want().nothing("listings.de-de")), all - 2);
    let named = || want().value("listings.en-us.description", "Plain text.");
    assert_eq!(unmanaged(named()), all - 1);
    assert_eq!(unmanaged(named().other_languages(Others::Remove)), all - 3);
}
