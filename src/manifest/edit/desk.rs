//! Manifests with edits that nobody has written down yet, read as a later run would read them.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tempfile::TempDir;

use crate::submission::Shape;

use super::super::desired::{Owned, Releases, Resource};
use super::super::diagnostic::Diagnostics;
use super::super::load::{Loaded, load_knowing};
use super::super::source::{SourceId, Span};
use super::super::tree::{Disk, Entries, Entry, Tree};
use super::super::walk::Walked;
use super::super::workspace::Workspace;
use super::super::yaml::{self, Node};
use super::Wish;
use super::text::{Draft, applied};

/// The files on disk, but for those that were edited: of these there are copies.
#[derive(Debug)]
struct Edited {
    copies: BTreeMap<PathBuf, PathBuf>,
    _folder: TempDir,
}

impl Tree for Edited {
    fn look(&self, path: &Path) -> io::Result<Option<Entry>> {
        if self.copies.contains_key(path) {
            return Ok(Some(Entry::File));
        }
        let is_folder = self.copies.keys().any(|file| file.starts_with(path));
        Ok(Disk.look(path)?.or(is_folder.then_some(Entry::Folder)))
    }

    fn entries<'t>(&'t self, folder: &Path) -> io::Result<Entries<'t>> {
        Disk.entries(folder)
    }

    fn files_below(&self, root: &Path, folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Walked {
        Disk.files_below(root, folder, is_wanted)
    }

    fn on_disk(&self, file: &Path, max: u64) -> io::Result<PathBuf> {
        match self.copies.get(file) {
            Some(copy) => Ok(copy.clone()),
            None => Disk.on_disk(file, max),
        }
    }
}

/// What was loaded, here or before.
#[derive(Debug)]
pub(super) enum Held<'w> {
    Before(&'w Loaded),
    Here(Box<Loaded>),
}

impl Deref for Held<'_> {
    type Target = Loaded;

    fn deref(&self) -> &Loaded {
        match self {
            Self::Before(loaded) => loaded,
            Self::Here(loaded) => loaded,
        }
    }
}

/// Manifests as they are with some edits.
#[derive(Debug)]
pub(super) struct Desk<'w> {
    workspace: &'w Workspace,
    pub(super) loaded: Held<'w>,
    /// The files that were edited, as they are to be written.
    pub(super) files: BTreeMap<PathBuf, String>,
    parsed: RefCell<HashMap<SourceId, Rc<Vec<Node>>>>,
}

impl<'w> Desk<'w> {
    pub(super) fn new(workspace: &'w Workspace, loaded: &'w Loaded) -> Self {
        Self { workspace, loaded: Held::Before(loaded), files: BTreeMap::new(), parsed: RefCell::default() }
    }

    /// The same with more edits.
    pub(super) fn with(&self, draft: &Draft) -> io::Result<Self> {
        let mut files = self.files.clone();
        for (path, edits) in &draft.edits {
            let raw = self.raw(path)?;
            files.insert(path.clone(), applied(&raw, edits));
        }
        files.extend(draft.new.iter().map(|(path, text)| (path.clone(), text.clone())));
        let folder = tempfile::Builder::new().prefix("storeward-pull-").tempdir()?;
        let mut copies = BTreeMap::new();
        for (number, (path, text)) in files.iter().enumerate() {
            let own = folder.path().join(number.to_string());
            fs::create_dir(&own)?;
            let copy = own.join(path.file_name().unwrap_or_default());
            fs::write(&copy, text)?;
            copies.insert(path.clone(), copy);
        }
        let edited = self.workspace.in_state(Box::new(Edited { copies, _folder: folder }));
        let loaded = load_knowing(&edited, &[], &Releases::new(), &self.loaded.resources);
        let loaded = Held::Here(Box::new(loaded));
        Ok(Self { workspace: self.workspace, loaded, files, parsed: RefCell::default() })
    }

    fn raw(&self, path: &Path) -> io::Result<String> {
        match self.files.get(path) {
            Some(text) => Ok(text.clone()),
            None => fs::read_to_string(path),
        }
    }

    /// Whether notes for certification stand in a file.
    pub(super) fn has_notes(&self, path: &Path) -> bool {
        let is_notes =
            |owned: &&Owned| owned.field.is_some_and(|field| matches!(field.shape, Shape::Notes { .. }));
        let all = self.loaded.resources.iter().flat_map(|resource| &resource.desired.owned);
        all.filter(is_notes).any(|owned| self.path(owned.span.source).as_deref() == Some(path))
    }

    /// Whether there is a file, on disk or to be written.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.files.contains_key(path) || path.exists()
    }

    /// A folder's file below the root of the workspace, and not in a hidden folder.
    pub(super) fn may_hold(&self, path: &Path) -> bool {
        path.starts_with(self.workspace.root())
            && !self.workspace.is_hidden(path, None)
            && !path.ancestors().any(|folder| self.workspace.is_led_out(folder))
    }

    /// Where a source lies.
    pub(super) fn path(&self, source: SourceId) -> Option<PathBuf> {
        let source = self.loaded.sources.get(source);
        Some(source.folder.join(Path::new(&*source.name).file_name()?))
    }

    /// The text of a source, as it is read.
    pub(super) fn text(&self, source: SourceId) -> &str {
        &self.loaded.sources.get(source).text
    }

    /// The documents of a source; none where it is no YAML.
    pub(super) fn documents(&self, source: SourceId) -> Rc<Vec<Node>> {
        if let Some(known) = self.parsed.borrow().get(&source) {
            return Rc::clone(known);
        }
        let mut unheard = Diagnostics::default();
        let parsed = yaml::parse(&self.loaded.sources, source, &mut unheard);
        let documents = Rc::new(if parsed.whole { parsed.documents } else { Vec::new() });
        self.parsed.borrow_mut().insert(source, Rc::clone(&documents));
        documents
    }

    pub(super) fn resource(&self, wish: &Wish) -> Option<&Resource> {
        self.loaded.resources.iter().find(|resource| resource.address == wish.address)
    }

    pub(super) fn owned(&self, wish: &Wish) -> Option<&Owned> {
        self.resource(wish)?.desired.owned.iter().find(|owned| owned.path == wish.path)
    }

    /// What stands at a span, or overlaps it, for all resources.
    pub(super) fn owners(&self, span: Span) -> impl Iterator<Item = (&Resource, &Owned)> {
        let overlaps = move |own: Span| {
            own == span || (own.source == span.source && own.start < span.end && span.start < own.end)
        };
        self.loaded.resources.iter().flat_map(move |resource| {
            let own = resource.desired.owned.iter().filter(move |owned| overlaps(owned.span));
            own.map(move |owned| (resource, owned))
        })
    }
}
