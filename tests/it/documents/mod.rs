//! The documents say what is: what can be made from the program is, and what they show is what it prints.

mod adopting;
mod codes;
mod commands;
mod examples;
mod links;
mod markdown;
mod picture;
mod reference;
mod sources;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_blessing() -> bool {
    std::env::var_os("STOREWARD_BLESS").is_some_and(|value| value == "1")
}

/// A document that people read: its name below the root, and its text.
struct Document {
    name: String,
    text: String,
}

/// Every document: the README and what lies in `docs`.
fn all() -> Vec<Document> {
    let folder = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = folder
        .map(|name| format!("docs/{}", name.into_string().unwrap()))
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"))
        .collect();
    names.sort();
    names.insert(0, "README.md".to_owned());
    let read = |name: String| Document { text: fs::read_to_string(root().join(&name)).unwrap(), name };
    names.into_iter().map(read).collect()
}

/// Several tests write parts of one document.
static WRITING: Mutex<()> = Mutex::new(());

/// A file that is made whole. With `STOREWARD_BLESS=1` it is made anew.
#[track_caller]
fn is_made_of(file: &str, text: &str) {
    let path = root().join(file);
    if is_blessing() {
        fs::write(&path, text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "{file} is out of date; run the tests with STOREWARD_BLESS=1\n{text}");
}

/// Parts of a document that people write: what stands between `<!-- made: NAME -->` and `<!-- end of NAME -->`.
#[track_caller]
fn has_parts(file: &str, parts: &[(&str, String)]) {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = root().join(file);
    let mut text = fs::read_to_string(&path).unwrap();
    for (name, part) in parts {
        let (begin, end) = (format!("<!-- made: {name} -->\n"), format!("<!-- end of {name} -->"));
        let from = text.find(&begin).unwrap_or_else(|| panic!("{file} has no {begin}")) + begin.len();
        let length = text[from..].find(&end).unwrap_or_else(|| panic!("{file} has no {end}"));
        text.replace_range(from..from + length, &format!("\n{}\n\n", part.trim_matches('\n')));
    }
    is_made_of(file, &text);
}
