//! Every example in the documents is read: manifests by `validate`, command lines by the program's own parser.

use std::fs;
use std::path::Path;

use clap::Parser as _;
use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use serde::Deserialize as _;
use storeward::cli::Cli;
use tempfile::TempDir;

use super::{Document, all, root};
use crate::support::story::{run, storeward};

/// A piece of code in a document.
pub(super) struct Block {
    /// The document and the line.
    pub(super) place: String,
    /// What stands behind the fence.
    pub(super) info: String,
    pub(super) text: String,
}

/// The code of a document, in order.
pub(super) fn blocks(document: &Document) -> Vec<Block> {
    let arena = Arena::new();
    let tree = parse_document(&arena, &document.text, &Options::default());
    let mut blocks = Vec::new();
    for node in tree.descendants() {
        let data = node.data.borrow();
        if let NodeValue::CodeBlock(block) = &data.value {
            blocks.push(Block {
                place: format!("{}:{}", document.name, data.sourcepos.start.line),
                info: block.info.clone(),
                text: block.literal.clone(),
            });
        }
    }
    blocks
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A repository with the texts, pictures and packages of the example, and no manifest.
fn repository() -> TempDir {
    let repository = tempfile::tempdir().unwrap();
    let example = root().join("examples/contoso-reader");
    copy(&example.join("storeward"), &repository.path().join("storeward"));
    copy(&example.join("dist"), &repository.path().join("dist"));
    fs::create_dir(repository.path().join(".git")).unwrap();
    fs::remove_file(repository.path().join("storeward/contoso-reader.yaml")).unwrap();
    repository
}

const APP: &str = "kind: App\nname: contoso-reader\nid: 9NBLGGH4R315\n";

/// An example with the head that it leaves out, or with the app that it belongs to.
fn whole(text: &str) -> String {
    match (text.contains("kind: App\n"), text.contains("kind: ")) {
        (true, _) => text.to_owned(),
        (false, true) => format!("{APP}---\n{text}"),
        (false, false) => format!("{APP}{text}"),
    }
}

/// Reads an example as a manifest; what was found.
fn codes(repository: &Path, text: &str) -> Vec<String> {
    let manifest = whole(text);
    fs::write(repository.join("storeward/example.yaml"), &manifest).unwrap();
    let mut command = storeward(repository);
    command.args(["validate", "--output", "json"]);
    if manifest.contains("release:") {
        command.args(["--release", "app/contoso-reader=dist"]);
        if manifest.contains("kind: Flight") {
            command.args(["--release", "flight/contoso-reader/insiders=dist"]);
        }
    }
    let findings = run(&mut command).json();
    let findings = findings["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_manifest_that_is_shown_is_right_or_wrong_as_it_says() {
    let (mut right, mut wrong) = (0, 0);
    for document in all() {
        let repository = repository();
        for block in blocks(&document) {
            let Some(about) = block.info.strip_prefix("yaml") else { continue };
            let about = about.trim();
            if let Some(file) = about.strip_prefix("file=") {
                let path = repository.path().join("storeward").join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, &block.text).unwrap();
                continue;
            }
            if about == "pipeline" {
                let document = serde_yaml::Deserializer::from_str(&block.text);
                serde_yaml::Value::deserialize(document)
                    .unwrap_or_else(|error| panic!("{}: {error}", block.place));
                continue;
            }
            let codes = codes(repository.path(), &block.text);
            match about.strip_prefix("wrong=") {
                Some(code) => {
                    wrong += 1;
                    assert_eq!(codes, [code], "{}\n{}", block.place, block.text);
                }
                None => {
                    right += 1;
                    assert_eq!(about, "", "{}", block.place);
                    assert!(codes.is_empty(), "{}: {codes:?}\n{}", block.place, block.text);
                }
            }
        }
    }
    assert!(right > 10 && wrong > 3, "{right} and {wrong}");
}

/// The command lines of a piece of shell, without comments, each in one line.
fn command_lines(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let lines = joined.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_command_line_that_is_shown_is_one() {
    let mut seen = 0;
    for document in all() {
        for block in blocks(&document).iter().filter(|block| block.info == "sh") {
            for line in command_lines(&block.text) {
                let words = shlex::split(&line).unwrap_or_else(|| panic!("{}: {line}", block.place));
                let program = words.iter().position(|word| word == "storeward");
                let start = program.or_else(|| {
                    // `cargo run --release -- …` is the program as well.
                    words.starts_with(&["cargo".to_owned(), "run".to_owned()]).then(|| {
                        words.iter().position(|word| word == "--").unwrap_or_else(|| panic!("{line}"))
                    })
                });
                let Some(start) = start else { continue };
                seen += 1;
                let parsed = Cli::try_parse_from(&words[start..]);
                let error = parsed.err().filter(clap::Error::use_stderr);
                assert!(error.is_none(), "{}: {line}\n{}", block.place, error.unwrap());
            }
        }
    }
    assert!(seen > 5, "{seen}");
}
