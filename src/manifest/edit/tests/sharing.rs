//! What is shared, what is one's own, and how it is laid out: manifests before and after.

use std::fs;

use serde_json::{Value, json};
use similar::TextDiff;

use super::super::super::desired::Releases;
use super::super::super::load::load;
use super::super::*;

/// A path with what is live there.
fn wish(path: &str, live: Value) -> Wish {
    Wish {
        address: Address::app("a"),
        path: Path::new(path.split('.')),
        live: if live == json!("no language") { LiveValue::NoLanguage } else { LiveValue::Value(live) },
    }
}

/// What becomes of files, as a diff, and what is left to people.
#[track_caller]
fn edited(files: &[(&str, &str)], wishes: &[Wish]) -> String {
    let folder = tempfile::Builder::new().prefix("edit").tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let workspace = Workspace::around(folder.path()).unwrap();
    let loaded = load(&workspace, &[], &Releases::new());
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.findings());
    let adopted = adopt(&workspace, &loaded, wishes).unwrap();
    let mut text = String::new();
    for file in &adopted.files {
        let before = file.before.clone().unwrap_or_default();
        let diff = TextDiff::from_lines(&before, &file.after);
        text.push_str(&diff.unified_diff().context_radius(1).header(&file.name, &file.name).to_string());
    }
    for left in &adopted.by_hand {
        let at = left.at.as_ref().map(|at| format!(" at {}:{}", at.file, at.line)).unwrap_or_default();
        text.push_str(&format!("by hand: {}{at}\n", left.wish.path));
    }
    text
}

const HEAD: &str = "kind: App\nname: a\nid: 9NBLGGH4R315\n";

fn manifest(submission: &str) -> String {
    format!("# ours\n{HEAD}submission:   # what holds\n{submission}")
}

#[test]
fn scalars_keep_their_style() {
    let manifest = manifest(
        "  visibility:   Public   # everybody\n  automaticBackupEnabled: true # kept\n  pricing: {priceId: Tier1012, trialPeriod: 'OneDay'}  # short\n\
         \n  listings:\n    en:\n      title: \"A: b\" # quoted\n      shortTitle: 'it''s'\n      description: |  # ours\n        One.\n\n        Two.\n        Three.\n      # after\n\
         \x20     shortDescription: >-\n        folded words that go\n        on and on\n\n        end\n      releaseNotes: plain words\n      copyrightAndTrademarkInfo: one\n",
    );
    insta::assert_snapshot!(edited(
        &[("app.yaml", &manifest)],
        &[
            wish("visibility", json!("Hidden")),
            wish("automaticBackupEnabled", json!(false)),
            wish("pricing.priceId", json!("Free")),
            wish("pricing.trialPeriod", json!("NoFreeTrial")),
            wish("listings.en.title", json!("C \"d\"")),
            wish("listings.en.shortTitle", json!("what's")),
            wish("listings.en.description", json!("One.\n\nTwo $(lang).\nThree.\nFour.")),
            wish("listings.en.shortDescription", json!("folded words that go on and on and on\nend")),
            wish("listings.en.releaseNotes", json!("- a\n- b: #c")),
            wish("listings.en.copyrightAndTrademarkInfo", json!("yes")),
        ]
    ));
}

#[test]
fn items_that_stay_keep_their_lines() {
    let manifest = manifest(
        "  hardwarePreferences: [Touch, Keyboard]\n  listings:\n    en:\n      keywords:\n        - ebook   # the main one\n        # for libraries\n        - \"library\"\n        - epub\n\
         \x20     features: [\n        one, # first\n        'two',\n        three\n      ]\n    de:\n      keywords: [a, b]\n      features: {file: features.md}\n",
    );
    insta::assert_snapshot!(edited(
        &[("app.yaml", &manifest), ("features.md", "* eins\r\n* zwei\r\n\r\n* drei\r\n")],
        &[
            wish("listings.en.keywords", json!(["ebook", "library", "comics", "pdf"])),
            wish("listings.en.features", json!(["zero", "one", "two", "four"])),
            wish("listings.de.keywords", json!([])),
            wish("listings.de.features", json!(["eins", "zwei!", "drei", "vier"])),
            wish("hardwarePreferences", json!(["Touch", "Mouse"])),
        ]
    ));
}

const SHARED: &str = "  listings:\n    $each:\n      # said once\n      description: {file: copy/$(lang)/description.md, else: copy/en/description.md}\n      copyrightAndTrademarkInfo: (c) us\n      releaseNotes: {file: notes.json, at: /notes/$(lang)}\n\
    \x20   en: {title: A}\n    de: {$as: german}\n    fr:\n      title: F\n      # the last\n";

fn shared() -> Vec<(&'static str, String)> {
    vec![
        ("app.yaml", manifest(SHARED)),
        ("copy/en/description.md", "In English.\n".to_owned()),
        ("copy/german/description.md", "Auf Deutsch.\n".to_owned()),
        ("notes.json", "{\"notes\": {\n\t\"en\": \"New\",\n\t\"german\": \"Neu \\ud83d\\ude00\",\n\t\"fr\": \"\\u00e9\"\n}}\n".to_owned()),
    ]
}

fn edited_shared(wishes: &[Wish]) -> String {
    let files = shared();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    edited(&files, wishes)
}

#[test]
fn what_all_languages_share_changes_once() {
    let path = |language: &str| format!("listings.{language}.copyrightAndTrademarkInfo");
    let all: Vec<Wish> =
        ["en", "de", "fr"].iter().map(|language| wish(&path(language), json!("(c) them"))).collect();
    insta::assert_snapshot!(edited_shared(&all));
}

#[test]
fn what_one_language_has_alone_becomes_its_own() {
    insta::assert_snapshot!(edited_shared(&[
        wish("listings.de.copyrightAndTrademarkInfo", json!("(c) wir")),
        wish("listings.fr.copyrightAndTrademarkInfo", json!("(c) nous\net vous")),
        wish("listings.fr.description", json!("En français.")),
        wish("listings.de.description", json!("Besser auf Deutsch.\n\nZwei Absätze.")),
        wish("listings.de.releaseNotes", json!("Neuer \"jetzt\" 😀")),
    ]));
}

#[test]
fn a_file_that_several_share_stays_where_one_of_them_changes() {
    let app = manifest(
        "  listings:\n    en: {$file: shared.yaml}\n    de:\n      $file: shared.yaml\n      # theirs\n      title: D\n    fr: {description: {file: one.md}}\n    it: {description: {file: one.md}}\n",
    );
    let files = [
        ("app.yaml", app.as_str()),
        ("shared.yaml", "shortTitle: S   # short\nkeywords: [a]\n"),
        ("one.md", "one"),
    ];
    insta::assert_snapshot!(edited(
        &files,
        &[
            wish("listings.de.shortTitle", json!("T")),
            wish("listings.en.keywords", json!(["b"])),
            wish("listings.de.keywords", json!(["b"])),
            wish("listings.it.description", json!("due")),
        ]
    ));
}

#[test]
fn texts_below_headings_and_behind_pointers() {
    let app = manifest(
        "  listings:\n    en:\n      description: {file: all.md, at: Description}\n      features: {file: all.md, at: Features}\n      releaseNotes: {file: all.yaml, at: /notes/0}\n",
    );
    let files = [
        ("app.yaml", app.as_str()),
        ("all.md", "# Description\n\nOld text.\n\n# Features\n\n- a\n- b\n\n# End\n"),
        ("all.yaml", "notes:\n  # newest\n  - >\n    old\n  - other\n"),
    ];
    insta::assert_snapshot!(edited(
        &files,
        &[
            wish("listings.en.description", json!("New text.\n\nIt goes on.")),
            wish("listings.en.features", json!(["a", "c"])),
            wish("listings.en.releaseNotes", json!("new $(lang)")),
        ]
    ));
}

#[test]
fn entries_come_and_go() {
    let app = manifest(
        "  pricing:\n    priceId: Tier1012\n    marketSpecificPricings:\n      DE: Tier1020\n      # gone\n      FR: Free   # there\n  listings:\n    en: {title: A, description: D}\n    de:\n      title: D\n    fr: {title: F, releaseNotes: R}\n",
    );
    insta::assert_snapshot!(edited(
        &[("app.yaml", &app)],
        &[
            wish("pricing.marketSpecificPricings.FR", json!(null)),
            wish("pricing.marketSpecificPricings.NO", json!("Tier1030")),
            wish("pricing.marketSpecificPricings.DE", json!("NotAvailable")),
            wish("listings.de", json!("no language")),
            wish("listings.fr.releaseNotes", json!(null)),
            wish("listings.it.description", json!("Uno\nDue")),
            wish("listings.it.title", json!("I")),
            wish("listings.en.shortTitle", json!("E")),
            wish("visibility", json!("Public")),
        ]
    ));
}

#[test]
fn what_cannot_be_proven_is_left_to_people() {
    let app = manifest("  listings:\n    en: &en\n      title: &t One\n      shortTitle: *t\n");
    insta::assert_snapshot!(edited(
        &[("app.yaml", &app)],
        &[wish("listings.en.title", json!("Two")), wish("listings.en.description", json!("a\u{0}b"))]
    ));
}
