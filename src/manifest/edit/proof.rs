//! Reading the changed files before they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::submission::canonical;

use super::super::desired::{Owned, Releases, Resource, Wanted};
use super::super::earlier::load_earlier;
use super::super::load::Loaded;
use super::super::tree::{Disk, Entries, Entry, Tree};
use super::super::walk::Walked;
use super::super::workspace::Workspace;
use super::{EditedFile, Wish};

/// What changed files are held against.
pub(super) struct Proof<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) paths: &'a [PathBuf],
    pub(super) loaded: &'a Loaded,
}

impl Proof<'_> {
    /// Whether the manifests with these files say what was wished, and otherwise what they say now.
    pub(super) fn holds(&self, files: &[EditedFile], wishes: &[&Wish]) -> bool {
        let Ok(tree) = Changed::new(files) else { return false };
        let workspace = self.workspace.in_state(Box::new(tree));
        let now = &self.loaded.resources;
        let then = load_earlier(&workspace, self.paths, &Releases::new(), now);
        if then.diagnostics.has_errors() || then.resources.len() != now.len() {
            return false;
        }
        now.iter().all(|before| {
            let after = then.resources.iter().find(|after| after.address == before.address);
            after.is_some_and(|after| is_fulfilled(before, after, wishes))
        })
    }
}

fn is_fulfilled(before: &Resource, after: &Resource, wishes: &[&Wish]) -> bool {
    let own: Vec<&Wish> = wishes.iter().copied().filter(|wish| wish.address == before.address).collect();
    let paths: BTreeSet<_> =
        before.desired.owned.iter().chain(&after.desired.owned).map(|owned| &owned.path).collect();
    let find = |resource: &Resource, path: &crate::submission::Path| {
        resource.desired.owned.iter().find(|owned| owned.path == *path).map(said)
    };
    let kept = paths
        .iter()
        .all(|path| own.iter().any(|wish| wish.path == **path) || find(before, path) == find(after, path));
    kept && own.iter().all(|wish| match (find(after, &wish.path), &wish.live) {
        (Some(Said::Value(Some(value))), Some(live)) => canonical::same(Some(&value), Some(live)),
        (Some(Said::Value(value)), None) => value.is_none_or(|value| canonical::value(&value).is_none()),
        _ => false,
    })
}

/// What is wanted at a path, to be compared.
#[derive(Debug, PartialEq)]
enum Said {
    Value(Option<Value>),
    Files(Vec<String>),
}

fn said(owned: &Owned) -> Said {
    match &owned.wanted {
        Wanted::Value(value) => Said::Value(Some(value.clone())),
        Wanted::Nothing => Said::Value(None),
        files => Said::Files(files.assets().iter().map(|asset| asset.archive_name.clone()).collect()),
    }
}

/// The files on disk, some of them as they are to be.
#[derive(Debug)]
struct Changed {
    folder: TempDir,
    files: BTreeMap<PathBuf, PathBuf>,
}

impl Changed {
    fn new(files: &[EditedFile]) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut copies = BTreeMap::new();
        for (number, file) in files.iter().enumerate() {
            // A file of the same name, because its ending says how it is read.
            let below = folder.path().join(number.to_string());
            fs::create_dir(&below)?;
            let copy = below.join(file.path.file_name().unwrap_or_default());
            fs::write(&copy, &file.after)?;
            copies.insert(file.path.canonicalize()?, copy);
        }
        Ok(Self { folder, files: copies })
    }
}

impl Tree for Changed {
    fn look(&self, path: &Path) -> io::Result<Option<Entry>> {
        Disk.look(path)
    }

    fn entries<'t>(&'t self, folder: &Path) -> io::Result<Entries<'t>> {
        debug_assert!(self.folder.path().is_dir());
        Disk.entries(folder)
            .map(|entries| -> Entries<'t> { Box::new(entries.collect::<Vec<_>>().into_iter()) })
    }

    fn files_below(&self, root: &Path, folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Walked {
        Disk.files_below(root, folder, is_wanted)
    }

    fn on_disk(&self, file: &Path, max: u64) -> io::Result<PathBuf> {
        let real = file.canonicalize()?;
        match self.files.get(&real) {
            Some(copy) => Ok(copy.clone()),
            None => Disk.on_disk(file, max),
        }
    }
}
