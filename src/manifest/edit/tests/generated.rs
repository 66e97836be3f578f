//! Made-up manifests in many layouts, with any values: what is wished for is there afterwards, and every other line stays.

use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::super::desired::{Releases, Wanted};
use super::super::super::load::load;
use super::super::*;

const TEXTS: &[(&str, bool)] = &[
    ("title", false),
    ("description", true),
    ("shortDescription", true),
    ("releaseNotes", true),
    ("copyrightAndTrademarkInfo", true),
];
const LISTS: &[&str] = &["features", "keywords"];

/// How a value is laid out; what it says is made of words that need no quotes.
#[derive(Debug, Clone, Copy)]
enum Layout {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
    File,
}

fn layout() -> impl Strategy<Value = Layout> {
    use Layout::{Double, File, Folded, Literal, Plain, Single};
    prop_oneof![Just(Plain), Just(Single), Just(Double), Just(Literal), Just(Folded), Just(File)]
}

fn one_line() -> impl Strategy<Value = String> {
    prop_oneof!["[-:#a ,\\[\\]{}'\"\\\\|>&*!%@`~?$()]{0,12}z", "\\PC{0,20}z", "[a-z ]{0,40}z"]
}

/// As few words as the Store takes in a list of keywords, and no bullet, which lists in text files do not have as text.
fn item() -> impl Strategy<Value = String> {
    prop_oneof!["[#a,\\[\\]{}'\"\\\\|>&!%@`~?$()]{0,6}[:#]?z", "[a-z]{0,8}z", "[äé日]{1,4}"]
}

fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec(one_line(), 1..5).prop_map(|lines| lines.join("\n"))
}

/// A key with its lines, and the files that it names.
fn written_text(key: &'static str, layout: Layout, files: &mut Vec<(String, String)>) -> String {
    let comment = format!("# about {key}");
    let is_one_line = TEXTS.contains(&(key, false));
    match layout {
        Layout::Literal | Layout::Folded if is_one_line => format!("      {key}: one {comment}\n"),
        Layout::Plain => format!("      {key}: some words   {comment}\n"),
        Layout::Single => format!("      {key}: 'it''s: #1' {comment}\n"),
        Layout::Double => format!("      {key}:  \"a \\\"b\\\"\"{}{comment}\n", " "),
        Layout::Literal => format!("      {key}: |- {comment}\n        one\n\n        two\n"),
        Layout::Folded => format!("      {key}: > {comment}\n         one and\n         two\n\n"),
        Layout::File => {
            files.push((format!("{key}.md"), "From a file.\r\n".to_owned()));
            format!("      {key}: {{file: {key}.md}} {comment}\n")
        }
    }
}

fn written_list(key: &str, layout: Layout, files: &mut Vec<(String, String)>) -> String {
    match layout {
        Layout::Plain | Layout::Single => {
            format!(
                "      {key}:   # about {key}\n        - one   # first\n        # second\n        - 'two'\n        - three\n"
            )
        }
        Layout::Literal => format!(
            "      {key}: # about {key}\n      - one\n      - |-\n        two\n      - \"three\" # third\n"
        ),
        Layout::Double | Layout::Folded => format!("      {key}: [one, 'two',  three] # about {key}\n"),
        Layout::File => {
            files.push((format!("{key}.md"), "- one\n- two\n\n- three\n".to_owned()));
            format!("      {key}: {{file: {key}.md}} # about {key}\n")
        }
    }
}

/// The layout of each key, and what is live where a wish is made.
type Made = Vec<(&'static str, Layout, Option<Value>)>;

fn made() -> impl Strategy<Value = Made> {
    let texts = TEXTS.iter().map(|(key, several)| {
        let value = if *several { lines().boxed() } else { one_line().boxed() };
        let live = prop::option::of(value.prop_map(Value::String));
        (Just(*key), layout(), live).boxed()
    });
    let lists = LISTS.iter().map(|key| {
        let items = prop::collection::vec(
            prop_oneof![Just("one".to_owned()), Just("three".to_owned()), item()],
            1..6,
        );
        let live = prop::option::of(items.prop_map(|items| json!(items)));
        (Just(*key), layout(), live).boxed()
    });
    texts.chain(lists).collect::<Vec<_>>().prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_wished_for_is_there_and_every_other_line_stays(made in made(), windows in any::<bool>(), below in any::<bool>()) {
        let mut files = Vec::new();
        let mut manifest = "# ours\nkind: App\nname: a\nid: 9NBLGGH4R315\nsubmission:\n  listings:\n    # English\n    en:\n".to_owned();
        let mut kept: Vec<String> = manifest.lines().map(str::to_owned).collect();
        let mut wishes = Vec::new();
        for (key, layout, live) in &made {
            let is_list = LISTS.contains(key);
            let text = if is_list { written_list(key, *layout, &mut files) } else { written_text(key, *layout, &mut files) };
            let above = format!("      # above {key}");
            kept.push(above.clone());
            match live {
                None => kept.extend(text.lines().map(str::to_owned)),
                Some(live) => wishes.push(Wish {
                    address: Address::app("a"),
                    path: Path::new(["listings", "en", key]),
                    live: LiveValue::Value(live.clone()),
                }),
            }
            manifest.push_str(&format!("{above}\n{text}"));
        }
        if below {
            manifest.push_str("    de: {title: D}   # German\n# the end");
            kept.extend(["    de: {title: D}   # German".to_owned(), "# the end".to_owned()]);
        }
        if windows {
            manifest = manifest.replace('\n', "\r\n");
        }
        let folder = tempfile::Builder::new().prefix("edit").tempdir().unwrap();
        fs::write(folder.path().join("app.yaml"), &manifest).unwrap();
        for (name, text) in &files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let workspace = Workspace::around(folder.path()).unwrap();
        let loaded = load(&workspace, &[], &Releases::new());
        prop_assert!(!loaded.diagnostics.has_errors(), "{:?}\n{manifest}", loaded.findings());
        let adopted = adopt(&workspace, &loaded, &wishes).unwrap();
        prop_assert!(adopted.by_hand.is_empty(), "{:?}\n{manifest}", adopted.by_hand);
        for file in &adopted.files {
            fs::write(&file.path, &file.after).unwrap();
        }
        let read = load(&workspace, &[], &Releases::new());
        for wish in &wishes {
            let owned = read.resources[0].desired.owned.iter().find(|owned| owned.path == wish.path).unwrap();
            let Wanted::Value(said) = &owned.wanted else { panic!("{wish:?}") };
            prop_assert!(canonical::same(Some(said), wish.live.value()), "{said} {wish:?}");
        }
        let after = fs::read_to_string(folder.path().join("app.yaml")).unwrap();
        let mut lines = after.split('\n').map(|line| line.trim_end_matches('\r'));
        for line in &kept {
            prop_assert!(lines.any(|other| other == line), "{line:?} is gone or moved:\n{manifest}\n---\n{after}");
        }
        prop_assert_eq!(windows, after.contains("\r\n"));
        prop_assert_eq!(after.matches('\n').count() - after.matches("\r\n").count(), if windows { 0 } else { after.matches('\n').count() });
    }
}
