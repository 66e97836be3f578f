//! What many languages share is written once: it means the same as written for each, and what is wrong with it is said
//! where it is written.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use storeward::manifest::{Releases, Workspace, load};
use tempfile::TempDir;

use super::recipe;
use super::valid::lowered;
use crate::support::story::{run, storeward};

const HEAD: &str = "kind: App\nname: reader\nid: 9NBLGGH4R315\nsubmission:\n  listings:\n";

/// Each with what `$(lang)` means for it, where that is something else.
const LANGUAGES: [(&str, Option<&str>); 25] = [
    ("en-us", None),
    ("de-de", Some("de")),
    ("fr-fr", Some("fr")),
    ("es-es", None),
    ("it-it", None),
    ("ja-jp", None),
    ("ko-kr", None),
    ("zh-hans", None),
    ("zh-hant", None),
    ("pt-br", None),
    ("pt-pt", None),
    ("nl-nl", None),
    ("sv-se", None),
    ("da-dk", None),
    ("fi-fi", None),
    ("nb-no", None),
    ("pl-pl", None),
    ("cs-cz", None),
    ("hu-hu", None),
    ("ro-ro", None),
    ("el-gr", None),
    ("tr-tr", None),
    ("uk-ua", None),
    ("sr-latn-rs", None),
    ("ca-es", None),
];
/// The one that has a picture of its own, and says one thing in another way.
const OWN: &str = "fr-fr";

fn tags() -> impl Iterator<Item = (&'static str, &'static str)> {
    LANGUAGES.into_iter().map(|(language, meaning)| (language, meaning.unwrap_or(language)))
}

/// A repository with texts and pictures of every language.
struct Repo(TempDir);

impl Repo {
    fn new(manifest: &str) -> Self {
        let repo = Self(tempfile::tempdir().unwrap());
        let mut made = String::from("folder .git\npng shots/any.png 1366x768\npng shots/fr.png 1920x1080\n");
        let mut notes = serde_json::Map::new();
        for (language, tag) in tags() {
            writeln!(made, "text copy/{tag}.md What the reader is for, in {language}.").unwrap();
            writeln!(made, "text features/{tag}.txt - Speaks {tag}").unwrap();
            notes.insert(tag.to_owned(), format!("New in {language}.").into());
        }
        recipe::follow(&made, &repo.folder());
        repo.write("notes.json", &Value::Object(notes).to_string());
        repo.write("shared/common.yaml", "title: Reader\nshortTitle: Reader $(lang)\nsortTitle: none\n");
        repo.write("app.yaml", manifest);
        repo
    }

    fn folder(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The desired state, and every file in it by the name that it is uploaded under.
    fn desired(&self) -> (String, Vec<String>) {
        let workspace = Workspace::around(&self.folder()).unwrap();
        let loaded = load(&workspace, &[], &Releases::new());
        assert!(loaded.diagnostics.sorted().is_empty(), "{:#?}", loaded.diagnostics.sorted());
        let assets = loaded.resources[0].desired.assets();
        (lowered(&loaded.resources), assets.into_iter().map(|asset| asset.archive_name.clone()).collect())
    }

    /// What is said, each as code, place and message.
    fn said(&self) -> Vec<String> {
        let ran = run(storeward(&self.folder()).args(["validate", "--output", "json"])).ended(3);
        let found: Value = serde_json::from_str(&ran.stdout).unwrap();
        let words = |finding: &Value| {
            let at = &finding["at"];
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let (code, file, message) =
                (text(&finding["code"]), text(&at["file"]), text(&finding["message"]));
            format!("{code} {file}:{}:{} {message}", at["line"], at["column"])
        };
        found["findings"].as_array().unwrap().iter().map(words).collect()
    }
}

/// What all share, and after it each language with no more than its own.
fn written_once() -> String {
    let mut manifest = format!(
        "{HEAD}    $each:
      $file: shared/common.yaml
      sortTitle: Reader
      description: {{file: copy/$(lang).md}}
      features: {{file: features/$(lang).txt}}
      releaseNotes: {{file: notes.json, at: /$(lang)}}
      recommendedHardware: [\"Screen, $(lang)\", Touch]
      images:
        Screenshot: [{{file: shots/$(lang).png, else: shots/any.png, description: \"Home, $(lang)\"}}]
"
    );
    for (language, meaning) in LANGUAGES {
        let meaning = meaning.map(|tag| format!("$as: {tag}"));
        let own = (language == OWN).then(|| "title: Lecteur".to_owned());
        let keys: Vec<String> = meaning.into_iter().chain(own).collect();
        writeln!(manifest, "    {language}: {{{}}}", keys.join(", ")).unwrap();
    }
    manifest
}

/// The same without anything shared, and without a file of text.
fn spelled_out() -> String {
    let mut manifest = HEAD.to_owned();
    for (language, tag) in tags() {
        let title = if language == OWN { "Lecteur" } else { "Reader" };
        let shot = if language == OWN { "fr" } else { "any" };
        write!(
            manifest,
            "    {language}:
      title: {title}
      shortTitle: Reader {tag}
      sortTitle: Reader
      description: What the reader is for, in {language}.
      features: [Speaks {tag}]
      releaseNotes: New in {language}.
      recommendedHardware: [\"Screen, {tag}\", Touch]
      images:
        Screenshot:
          - file: shots/{shot}.png
            description: Home, {tag}
"
        )
        .unwrap();
    }
    manifest
}

#[test]
fn twenty_five_languages_written_once_are_what_they_are_spelled_out() {
    let (once, files) = Repo::new(&written_once()).desired();
    let (out, same_files) = Repo::new(&spelled_out()).desired();
    assert!(once.contains(" = \"Reader de\""), "{once}");
    assert_eq!(once.lines().filter(|line| line.contains(" = ")).count(), 25 * 8, "{once}");
    assert_eq!(once, out);
    assert_eq!(files.len(), 25);
    assert_eq!(files, same_files);
    assert!(written_once().lines().count() * 5 < spelled_out().lines().count());
}

#[test]
fn what_is_wrong_in_one_of_many_languages_is_said_where_it_is_written() {
    let said = |manifest: &str, change: &dyn Fn(&Repo)| {
        let repo = Repo::new(manifest);
        change(&repo);
        repo.said()
    };
    let nothing: &dyn Fn(&Repo) = &|_| {};
    let manifest = written_once();
    // In a file of one language: the line of that file.
    assert_eq!(
        said(&manifest, &|repo| repo
            .write("features/ja-jp.txt", &format!("- Fast\n- {}\n", "x".repeat(201)))),
        ["SW1202 features/ja-jp.txt:2:3 in `ja-jp`: 201 characters; the Store takes 200"]
    );
    // A file that one language lacks: the line that asks for it, with the language.
    assert_eq!(
        said(&manifest, &|repo| fs::remove_file(repo.folder().join("copy/de.md")).unwrap()),
        ["SW1301 app.yaml:9:27 in `de-de`: `copy/de.md` does not exist"]
    );
    // In what all share: once, where it is written.
    assert_eq!(
        said(&manifest.replace("sortTitle: Reader", "sortTitel: Reader"), nothing),
        ["SW1101 app.yaml:8:7 unknown key `sortTitel`"]
    );
    assert_eq!(
        said(&manifest, &|repo| repo.write("shared/common.yaml", "title: Reader\nshortTitel: x\n")),
        ["SW1101 shared/common.yaml:2:1 unknown key `shortTitel`"]
    );
    // What one language says itself: its own line.
    assert_eq!(
        said(&manifest.replace("title: Lecteur", "titel: Lecteur"), nothing),
        ["SW1101 app.yaml:17:22 unknown key `titel`"]
    );
}
