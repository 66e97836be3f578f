//! The directions of dependency between the rooms of the crate.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and the rooms that it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("cli", &["apply", "asset", "manifest", "partner_center", "plan", "render", "sandbox", "submission"]),
    ("render", &["apply", "manifest", "plan", "submission"]),
    ("apply", &["plan", "manifest", "asset", "submission", "partner_center"]),
    ("plan", &["manifest", "submission", "asset"]),
    ("manifest", &["submission", "asset"]),
    ("partner_center", &["submission"]),
    ("sandbox", &["asset"]),
    ("submission", &[]),
    ("asset", &[]),
];

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

/// The rooms that a source text names after `crate::`, also inside `use crate::{a::X, b::Y}`.
fn rooms_named(source: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in source.match_indices("crate::") {
        let rest = &source[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            let mut fresh = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 && (c.is_alphanumeric() || c == '_') && fresh {
                    word.push(c);
                } else {
                    if !word.is_empty() {
                        rooms.insert(std::mem::take(&mut word));
                    }
                    fresh = depth == 0 && (c == ',' || (c.is_whitespace() && fresh));
                }
            }
            if !word.is_empty() {
                rooms.insert(word);
            }
        } else {
            rooms.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    rooms
}

#[test]
fn rooms_are_found_in_every_form_of_use() {
    let source = "use crate::plan::Plan;\nuse crate::{asset::{Digest, x::Y}, submission};\nlet x = crate::render::f();";
    let found: Vec<_> = rooms_named(source).into_iter().collect();
    assert_eq!(found, ["asset", "plan", "render", "submission"]);
}

#[test]
fn nothing_points_back() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (room, may_use) in MAY_USE {
        let mut files = Vec::new();
        rust_files(&src.join(room), &mut files);
        assert!(!files.is_empty(), "the room `{room}` is empty");
        for file in files {
            seen += 1;
            for used in rooms_named(&fs::read_to_string(&file).unwrap()) {
                let is_room = MAY_USE.iter().any(|(name, _)| *name == used);
                if is_room && used != *room && !may_use.contains(&used.as_str()) {
                    wrong.push(format!("{}: `{room}` must not use `{used}`", file.display()));
                }
            }
        }
    }
    assert!(seen >= MAY_USE.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_in_the_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(MAY_USE.iter().any(|(room, _)| *room == name), "`{name}` is in no row");
        }
    }
}

/// A source text without its comments, which may name what the code must not.
fn code(source: &str) -> String {
    source.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn names(source: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    source
        .match_indices(word)
        .any(|(at, _)| !source[..at].ends_with(is_part) && !source[at + word.len()..].starts_with(is_part))
}

#[test]
fn a_word_is_found_where_it_stands_alone() {
    assert!(names("use x::{Reader, Writer};", "Writer"));
    assert!(!names("ZipWriter::new(); Writers", "Writer"));
    assert!(!names(&code("let x = 1; // a Writer\n/// The Writer"), "Writer"));
}

#[test]
fn only_apply_reaches_a_writer() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let (inside, outside): (Vec<_>, Vec<_>) = files
        .into_iter()
        .filter(|file| names(&code(&fs::read_to_string(file).unwrap()), "Writer"))
        .partition(|file| {
            file.starts_with(src.join("apply")) || file.starts_with(src.join("partner_center"))
        });
    assert!(!inside.is_empty(), "the type has another name now: {}", src.display());
    assert!(outside.is_empty(), "a `Writer` is named in {outside:?}");
}

#[test]
fn a_reader_sends_nothing_that_changes() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/partner_center");
    let calls = |file: &str| code(&fs::read_to_string(src.join(file)).unwrap()).contains("send(");
    assert!(calls("writer.rs"), "the call that changes has another name now");
    assert!(!calls("reader.rs"));
}
