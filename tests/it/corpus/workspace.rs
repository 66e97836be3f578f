//! A fixture, copied to where its recipe can be followed and the binary can run.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::recipe;
use crate::support::process::Ended;
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

/// Far more than it takes, so that a busy machine does not fail the test; hours are what is to be noticed.
const MAX_TIME: Duration = Duration::from_secs(30);
const MAX_MEMORY: u64 = 100 * 1024 * 1024;

/// What is told of a folder.
pub(super) struct Told {
    pub(super) code: i32,
    /// The findings, as they are printed.
    pub(super) json: String,
}

/// Runs `storeward validate`, which must be quick and take little memory, whatever the folder holds.
#[expect(clippy::print_stdout, reason = "how long it took, for those who ask with --nocapture")]
pub(super) fn measured(what: &str, folder: &Path, arguments: &[String]) -> Told {
    let file = folder.parent().unwrap().join("findings.json");
    let mut command = storeward(folder);
    command.arg("validate").arg("--out").arg(format!("json={}", file.display())).args(arguments);
    let ended = Ended::run(&mut command);
    let memory = ended.usage.peak_memory;
    let shown = memory.map_or("memory unknown".to_owned(), |bytes| format!("{} MiB", bytes / 1024 / 1024));
    println!("{:>6.2} s {shown:>8} {what}", ended.wall.as_secs_f64());
    assert!(ended.wall < MAX_TIME, "{what} took {:?}", ended.wall);
    assert!(memory.is_none_or(|bytes| bytes < MAX_MEMORY), "{what} took {shown}");
    let words: usize = ended.stderr.iter().map(|(_, line)| line.len()).sum();
    assert!(words < 500_000, "{what} is told to people at length");
    Told { code: ended.status.code().unwrap_or(-1), json: fs::read_to_string(file).unwrap() }
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
    pub(super) fn validate(&self) -> Ran {
        run(storeward(&self.folder()).arg("validate").args(self.arguments()))
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
