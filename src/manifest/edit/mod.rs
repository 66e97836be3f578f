//! Manifests that take over what is live, and stay as somebody wrote them.
//!
//! [`adopt`] is the door: manifests and wishes in, files with edits out, as data. Every way of editing is tried on a
//! copy, which is read as a later run would read it: what was wished for must be there, and nothing else may have changed.
//! What cannot be proven so is left to people.

mod desk;
mod images;
mod keys;
mod list;
mod place;
mod proof;
mod scalar;
#[cfg(test)]
mod tests;
mod text;
mod ways;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::submission::{Null, Path, canonical};

use super::desired::Address;
use super::load::Loaded;
use super::source::Location;
use super::workspace::Workspace;
use desk::Desk;
use text::Draft;
use ways::{in_release, is_shared_by_all, ways};

/// A path that is to say what is live.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// The resource.
    pub address: Address,
    /// Where, in the words of the manifest; as deep as manifests own it.
    pub path: Path,
    /// What is live there.
    pub live: LiveValue,
}

/// What is live at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveValue {
    /// A value; null where there is none.
    Value(Value),
    /// The images of a type, in display order.
    Images(Vec<LiveImage>),
    /// No listing in the language that the path names.
    NoLanguage,
    /// A listing in the language that the path names, of which the manifest says that it is to go.
    Language,
}

impl LiveValue {
    /// The value, where it is one that says something.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) if !value.is_null() => Some(value),
            _ => None,
        }
    }
}

/// An image as the Store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveImage {
    /// The service's id.
    pub id: String,
    /// Its name there.
    pub file_name: String,
    /// Its caption.
    pub description: String,
}

/// A file that is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name for people.
    pub name: Arc<str>,
    /// What it holds now; `None` where it is not there yet.
    pub before: Option<String>,
    /// What it is to hold.
    pub after: String,
    /// Whether notes for certification, which often hold test accounts, stand in it.
    pub holds_notes: bool,
}

/// A wish that nobody but a person can fulfil.
#[derive(Debug, Clone, PartialEq)]
pub struct ByHand {
    /// The wish.
    pub wish: Wish,
    /// Where the manifest speaks of it now; `None` where it does not.
    pub at: Option<Location>,
    /// Why.
    pub why: &'static str,
}

/// What is to change so that the manifests say what is live.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Adopted {
    /// The files.
    pub files: Vec<EditedFile>,
    /// What is left to people.
    pub by_hand: Vec<ByHand>,
}

const OF_RELEASE: &str =
    "the `release` block says it, and a release lays it over what holds always; change it there";
const CANNOT_BE_CLEARED: &str = "the manifest has no way to say that nothing is there; leave the key out";
const NOT_PROVEN: &str = "no small change of the file says exactly this";

/// Finds what has to change so that manifests, which were loaded without mistakes, fulfil all wishes. Nothing is written.
pub fn adopt(workspace: &Workspace, loaded: &Loaded, wishes: &[Wish]) -> io::Result<Adopted> {
    let first = Desk::new(workspace, loaded);
    let groups = groups(&first, wishes);
    let mut editor = Editor { first: &first, latest: None, wishes, done: Vec::new(), by_hand: Vec::new() };
    editor.settle(&groups)?;
    let Editor { latest, by_hand, .. } = editor;
    let mut files = Vec::new();
    for (path, after) in latest.iter().flat_map(|desk| &desk.files) {
        let before = match std::fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if before.as_ref() != Some(after) {
            let holds_notes =
                [Some(&first), latest.as_ref()].into_iter().flatten().any(|desk| desk.has_notes(path));
            let (name, path, after) = (workspace.display(path), path.clone(), after.clone());
            files.push(EditedFile { path, name, before, after, holds_notes });
        }
    }
    let by_hand = by_hand.into_iter().map(|place| {
        let wish = wishes[place].clone();
        let owned = first.owned(&wish);
        let cannot_clear = owned.and_then(|owned| owned.field).is_some_and(|field| {
            matches!(field.null, Null::Refused(_)) && wish.live == LiveValue::Value(Value::Null)
        });
        let (at, why) = match in_release(&first, &wish) {
            Some(at) => (Some(at), OF_RELEASE),
            None if cannot_clear => (owned.map(|owned| owned.at.clone()), CANNOT_BE_CLEARED),
            None => (owned.map(|owned| owned.at.clone()), NOT_PROVEN),
        };
        ByHand { wish, at, why }
    });
    Ok(Adopted { files, by_hand: by_hand.collect() })
}

/// Wishes that one edit fulfils together, because what is said is said once for all of them; the others alone.
fn groups(desk: &Desk<'_>, wishes: &[Wish]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (place, wish) in wishes.iter().enumerate() {
        let span = desk.owned(wish).map(|owned| owned.span);
        let fits = |group: &&mut Vec<usize>| {
            let first = &wishes[group[0]];
            span.is_some() && desk.owned(first).map(|owned| owned.span) == span && is_same(desk, first, wish)
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    let together = |group: &Vec<usize>| {
        is_shared_by_all(desk, &group.iter().map(|place| &wishes[*place]).collect::<Vec<_>>())
    };
    groups
        .into_iter()
        .flat_map(|group| {
            if together(&group) { vec![group] } else { group.into_iter().map(|place| vec![place]).collect() }
        })
        .collect()
}

/// Whether two wishes for what is said once say the same of it.
fn is_same(desk: &Desk<'_>, own: &Wish, other: &Wish) -> bool {
    match (&own.live, &other.live) {
        (LiveValue::Value(own), LiveValue::Value(other)) => canonical::same(Some(own), Some(other)),
        (LiveValue::Images(_), LiveValue::Images(_)) => {
            let draft = images::in_place(desk, own);
            draft.is_some() && draft == images::in_place(desk, other)
        }
        _ => false,
    }
}

struct Editor<'a, 'w> {
    first: &'a Desk<'w>,
    /// With all that is proven so far.
    latest: Option<Desk<'w>>,
    wishes: &'a [Wish],
    done: Vec<usize>,
    by_hand: Vec<usize>,
}

impl<'a, 'w> Editor<'a, 'w> {
    fn desk(&self) -> &Desk<'w> {
        self.latest.as_ref().unwrap_or(self.first)
    }

    fn of(&self, group: &[usize]) -> Vec<&'a Wish> {
        group.iter().map(|place| &self.wishes[*place]).collect()
    }

    /// All of them at once, where that can be proven; else one half after the other.
    fn settle(&mut self, groups: &[Vec<usize>]) -> io::Result<()> {
        let Some((first, others)) = groups.split_first() else { return Ok(()) };
        if others.is_empty() {
            for way in ways(self.desk(), &self.of(first)) {
                if self.take(&way, first)? {
                    return Ok(());
                }
            }
            self.by_hand.extend(first);
            return Ok(());
        }
        let first_way = |group: &Vec<usize>| ways(self.desk(), &self.of(group)).into_iter().next();
        let together = groups.iter().try_fold(Draft::default(), |draft, group| draft.and(first_way(group)?));
        if let Some(draft) = together
            && self.take(&draft, &groups.concat())?
        {
            return Ok(());
        }
        let (one, other) = groups.split_at(groups.len() / 2);
        self.settle(one)?;
        self.settle(other)
    }

    /// Makes edits where they are proven to do what these wishes ask for, and nothing else.
    fn take(&mut self, draft: &Draft, wishes: &[usize]) -> io::Result<bool> {
        let next = self.desk().with(draft)?;
        let all: Vec<&Wish> = self.of(&[self.done.as_slice(), wishes].concat());
        if !proof::holds(&self.first.loaded, &next.loaded, &all) {
            return Ok(false);
        }
        self.latest = Some(next);
        self.done.extend(wishes);
        Ok(true)
    }
}
