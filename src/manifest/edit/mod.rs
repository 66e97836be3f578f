//! Live values written into the manifests that say something else: only what has to change changes, in the file that says
//! it, and comments, order, quotes and layout stay.
//!
//! [`adopt`] is the door. What it gives was proven: the files are read again as they would be, and say what is live at the
//! wished paths and the same as before at all others. What cannot be written so is left to people, with the place.
//!
//! | File | What it is for |
//! |---|---|
//! | `draft` | which places have to change for a wish |
//! | `spot` | where a value stands in a YAML document, and what surrounds it |
//! | `list` | a list of texts, item by item |
//! | `insert` | a key that is not there yet |
//! | `style` | values as YAML, in the style of what stood there |
//! | `bytes` | the same places in the file as it is on disk, with its line ends |
//! | `proof` | reading the changed files before they are written |

mod bytes;
mod draft;
mod insert;
mod list;
mod proof;
mod spot;
mod style;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::submission::{Path, Shape};

use super::desired::Address;
use super::load::Loaded;
use super::source::{Location, SourceId};
use super::workspace::Workspace;
use draft::draft;
use proof::Proof;

/// A live value that a manifest is to say from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// The resource.
    pub address: Address,
    /// Where, in the words of the manifest.
    pub path: Path,
    /// What is live there; `None` where nothing is.
    pub live: Option<Value>,
}

/// A file that is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name for people.
    pub name: Arc<str>,
    /// What it holds now.
    pub before: String,
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

/// New text in place of a stretch of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    source: SourceId,
    range: Range<usize>,
    text: String,
}

/// Why a wish cannot be drafted.
type Refusal = &'static str;

const NOT_PROVEN: Refusal = "no small change of the file says exactly this";

/// Finds what has to change so that the manifests at `paths`, which were loaded without mistakes, fulfil all wishes.
/// Nothing is written.
pub fn adopt(workspace: &Workspace, paths: &[PathBuf], loaded: &Loaded, wishes: &[Wish]) -> Adopted {
    let proof = Proof { workspace, paths, loaded };
    let mut adopted = Adopted::default();
    let mut drafted: Vec<(Vec<&Wish>, Vec<Edit>)> = Vec::new();
    for group in draft::groups(loaded, wishes) {
        match draft(loaded, &group) {
            Ok(edits) => drafted.push((group, edits)),
            Err(why) => adopted.by_hand.extend(group.into_iter().map(|wish| by_hand(loaded, wish, why))),
        }
    }
    let all: Vec<&Edit> = drafted.iter().flat_map(|(_, edits)| edits).collect();
    let wished: Vec<&Wish> = drafted.iter().flat_map(|(group, _)| group.iter().copied()).collect();
    if let Some(files) = applied(loaded, &all).filter(|files| proof.holds(files, &wished)) {
        adopted.files = files;
        return adopted;
    }
    // One of them spoils the rest: each is tried by itself, on top of those that hold.
    let mut kept: Vec<&Edit> = Vec::new();
    let mut fulfilled: Vec<&Wish> = Vec::new();
    for (group, edits) in &drafted {
        let with: Vec<&Edit> = kept.iter().copied().chain(edits).collect();
        let then: Vec<&Wish> = fulfilled.iter().chain(group).copied().collect();
        match applied(loaded, &with).filter(|files| proof.holds(files, &then)) {
            Some(files) => (adopted.files, kept, fulfilled) = (files, with, then),
            None => adopted.by_hand.extend(group.iter().map(|wish| by_hand(loaded, wish, NOT_PROVEN))),
        }
    }
    adopted
}

fn by_hand(loaded: &Loaded, wish: &Wish, why: Refusal) -> ByHand {
    let at = draft::owned(loaded, wish).map(|owned| owned.at.clone());
    ByHand { wish: wish.clone(), at, why }
}

/// The files with these edits made; `None` where two of them meet, or a file cannot be read as it was.
fn applied(loaded: &Loaded, edits: &[&Edit]) -> Option<Vec<EditedFile>> {
    let mut by_source: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        by_source.entry(edit.source).or_default().push(edit);
    }
    let mut files = Vec::new();
    for (id, mut edits) in by_source {
        // Several insertions at one place come in the order of the wishes.
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        if edits.windows(2).any(|pair| pair[0].range.end > pair[1].range.start) {
            return None;
        }
        let holds_notes = loaded.resources.iter().flat_map(|resource| &resource.desired.owned).any(|owned| {
            owned.span.source == id
                && owned.field.is_some_and(|field| matches!(field.shape, Shape::Notes { .. }))
        });
        files.push(EditedFile { holds_notes, ..bytes::edited(loaded.sources.get(id), &edits)? });
    }
    Some(files)
}
