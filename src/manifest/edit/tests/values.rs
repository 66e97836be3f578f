//! What changes in a file for a wish, as a difference that somebody can look at.

use std::fs;

use serde_json::json;
use similar::TextDiff;

use super::super::super::desired::Releases;
use super::super::super::load::load;
use super::super::*;

const APP: &str = "# Ours since 2019; ask Kim before you touch prices.
kind: App
name: notes          # never changes
id: 9NBLGGH4R315
submission:
  visibility: Public   # since the launch

  pricing: {priceId: Tier1012, marketSpecificPricings: {DE: Tier1020, BR: NotAvailable}}   # in one line on purpose
  listings:
    $each:
      description: {file: copy/$(lang).md}
      keywords: [notes, ink,   paper]
      releaseNotes: 'It''s faster.'
    en-us:
      title: \"Notes\"     # the same everywhere
      features:
        # The first one is in the video.
        - Write   # with a pen
        - Draw
        - 'Share: with anyone'
      shortDescription: |-
        Two lines
        of text
    de-de: {title: Notizen}
    fr: {}
";

fn difference(files: &[(&str, &str)], wishes: &[(&str, Option<Value>)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let workspace = Workspace::around(folder.path()).unwrap();
    let loaded = load(&workspace, &[], &Releases::new());
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.findings());
    let wish = |(path, live): &(&str, Option<Value>)| Wish {
        address: Address::app("notes"),
        path: Path::new(path.split('.')),
        live: LiveValue::Value(live.clone().unwrap_or_default()),
    };
    let wishes: Vec<Wish> = wishes.iter().map(wish).collect();
    let adopted = adopt(&workspace, &loaded, &wishes).unwrap();
    let mut shown = String::new();
    for file in &adopted.files {
        let lines = TextDiff::from_lines(file.before.as_deref().unwrap_or_default(), file.after.as_str());
        shown.push_str(&format!("== {}\n{}", file.name, lines.unified_diff().context_radius(1)));
    }
    for left in &adopted.by_hand {
        let at = left.at.as_ref().map(|at| format!("{}:{}", at.file, at.line));
        shown.push_str(&format!("by hand {} at {at:?}: {}\n", left.wish.path, left.why));
    }
    shown
}

fn of_app(wishes: &[(&str, Option<Value>)]) -> String {
    let texts: Vec<(String, &str)> = ["en-us", "de-de", "fr"]
        .iter()
        .map(|language| (format!("copy/{language}.md"), "A notebook.\n"))
        .collect();
    let mut files = vec![("app.yaml", APP)];
    files.extend(texts.iter().map(|(name, text)| (name.as_str(), *text)));
    difference(&files, wishes)
}

#[test]
fn values_change_where_they_stand() {
    insta::assert_snapshot!(of_app(&[
        ("visibility", Some(json!("Hidden"))),
        ("pricing.priceId", Some(json!("Tier1024"))),
        ("pricing.marketSpecificPricings.DE", Some(json!("Tier1030"))),
        ("pricing.marketSpecificPricings.BR", None),
        ("listings.en-us.title", Some(json!("Notes: for \"all\""))),
        ("listings.de-de.title", Some(json!("Notizen, Skizzen"))),
        ("listings.en-us.shortDescription", Some(json!("Three lines\nof text\n\nand a gap"))),
        ("listings.de-de.description", Some(json!("Ein Notizbuch.\n\nMit Stift."))),
    ]));
}

#[test]
fn a_list_changes_item_by_item() {
    insta::assert_snapshot!(of_app(&[(
        "listings.en-us.features",
        Some(json!(["Write", "Paint", "Draw", "Share: with friends"]))
    )]));
    insta::assert_snapshot!(of_app(&[("listings.en-us.features", Some(json!(["Draw"])))]));
}

#[test]
fn what_languages_share_changes_where_all_of_them_agree_and_else_is_said_by_each() {
    let all = |key: &str, value: &Value| -> Vec<(String, Option<Value>)> {
        ["en-us", "de-de", "fr"]
            .iter()
            .map(|l| (format!("listings.{l}.{key}"), Some(value.clone())))
            .collect()
    };
    let keywords = all("keywords", &json!(["notes", "ink", "pen"]));
    let mut wishes: Vec<(&str, Option<Value>)> =
        keywords.iter().map(|(path, value)| (path.as_str(), value.clone())).collect();
    wishes.push(("listings.en-us.releaseNotes", Some(json!("A hotfix.\nAnd more."))));
    wishes.push(("listings.de-de.releaseNotes", Some(json!("Ein Hotfix: schnell"))));
    wishes.push(("listings.fr.releaseNotes", Some(json!("Un correctif"))));
    insta::assert_snapshot!(of_app(&wishes));
}

#[test]
fn what_was_not_managed_gets_its_key() {
    insta::assert_snapshot!(of_app(&[
        ("hasExternalInAppProducts", Some(json!(true))),
        ("listings.en-us.copyrightAndTrademarkInfo", Some(json!("© Contoso"))),
        ("listings.de-de.copyrightAndTrademarkInfo", Some(json!("© Contoso, Inc."))),
        ("listings.fr.title", Some(json!("Carnet"))),
    ]));
}

#[test]
fn line_ends_and_the_mark_at_the_start_stay() {
    let app = format!(
        "\u{feff}{}",
        "kind: App\nname: notes\nid: 9NBLGGH4R315\nsubmission:\n  listings:\n    en-us:\n      \
                                     description: One\n      features: {file: f.md}\n"
            .replace('\n', "\r\n")
    );
    let shown = difference(
        &[("app.yaml", &app), ("f.md", "* One\r\n* Two\r\n")],
        &[
            ("listings.en-us.description", Some(json!("Two\nlines"))),
            ("listings.en-us.features", Some(json!(["One", "Three", "Four"]))),
        ],
    );
    insta::assert_snapshot!(shown.escape_debug().to_string().replace("\\n", "\\n\n"));
}

#[test]
fn places_in_other_files_change_there() {
    let app = "kind: App\nname: notes\nid: 9NBLGGH4R315\nsubmission:\n  listings:\n    $each:\n      $file: shared.yaml\n      \
               releaseNotes: {file: notes.json, at: /$(lang)/now}\n      description: {file: about.md, at: $(lang)}\n    \
               en-us: {title: N}\n    de-de: {}\n";
    let shown = difference(
        &[
            ("app.yaml", app),
            ("shared.yaml", "# Shared by all.\nshortTitle: Notes\n"),
            ("notes.json", "{\n  \"en-us\": {\"now\": \"Old.\"},\n  \"de-de\": {\"now\": \"Alt.\"}\n}\n"),
            ("about.md", "# en-us\n\nEnglish.\n\n# de-de\n\nDeutsch.\n"),
        ],
        &[
            ("listings.de-de.releaseNotes", Some(json!("Neu: \"jetzt\""))),
            ("listings.en-us.description", Some(json!("Better English."))),
            ("listings.en-us.shortTitle", Some(json!("Harbor"))),
            ("listings.de-de.shortTitle", Some(json!("Harbor"))),
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn what_cannot_be_written_is_left_to_people() {
    insta::assert_snapshot!(of_app(&[
        ("visibility", None),
        ("listings.en-us.title", Some(json!("x".repeat(300)))),
        ("listings.en-us.features", Some(json!(["- a dash", "b"]))),
        ("listings.de-de.title", Some(json!("Gut"))),
    ]));
}
