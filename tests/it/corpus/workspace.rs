//! A fixture, copied to where its recipe can be followed and the binary can run.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::recipe;
use crate::support::story::{Ran, run, storeward};

/// Files of a fixture that are no part of its workspace.
const BESIDE: [&str; 4] = ["make.txt", "arguments.txt", "expected.json", "lowered.txt"];

/// Every fixture of a folder below `tests/fixtures`, sorted.
pub(super) fn all(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(kind);
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// The name of a fixture.
pub(super) fn name(fixture: &Path) -> &str {
    fixture.file_name().unwrap().to_str().unwrap()
}

/// Compares a file of a fixture with what it has to hold; with `STOREWARD_BLESS=1` it is written anew. The complaint, if
/// there is one.
pub(super) fn compare(file: &Path, fresh: &str) -> Option<String> {
    if std::env::var_os("STOREWARD_BLESS").is_some_and(|value| value == "1") {
        fs::write(file, fresh).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    (kept != fresh).then(|| format!("{} is stale; now it would be\n{fresh}", file.display()))
}

/// A workspace that was made of a fixture. Everything goes with it.
pub(super) struct Workspace {
    /// The folder around it, for what lies outside.
    around: TempDir,
    fixture: PathBuf,
}

impl Workspace {
    /// Copies a fixture and follows its recipe.
    pub(super) fn of(fixture: &Path) -> Self {
        let workspace = Self { around: tempfile::tempdir().unwrap(), fixture: fixture.to_owned() };
        fs::create_dir_all(workspace.folder().join(".git")).unwrap();
        copy(fixture, &workspace.folder());
        if let Ok(recipe) = fs::read_to_string(fixture.join("make.txt")) {
            recipe::follow(&recipe, &workspace.folder());
        }
        workspace
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.around.path().canonicalize().unwrap().join("workspace")
    }

    /// The arguments that the fixture is validated with.
    pub(super) fn arguments(&self) -> Vec<String> {
        let written = fs::read_to_string(self.fixture.join("arguments.txt")).unwrap_or_default();
        written.split_whitespace().map(str::to_owned).collect()
    }

    /// `storeward validate`.
    pub(super) fn validate(&self, arguments: &[&str]) -> Ran {
        run(storeward(&self.folder()).arg("validate").args(arguments).args(self.arguments()))
    }

    /// The same text on every machine.
    pub(super) fn stable(&self, text: &str) -> String {
        let folder = self.folder();
        let around = folder.parent().unwrap().to_str().unwrap();
        text.replace(folder.to_str().unwrap(), "[WORKSPACE]").replace(around, "[OUTSIDE]")
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            fs::create_dir(to.join(&name)).unwrap();
            copy(&path, &to.join(&name));
        } else if !BESIDE.iter().any(|beside| name == *beside) {
            fs::copy(&path, to.join(&name)).unwrap();
        }
    }
}
