//! What changed in manifests so that they say what is live.

use serde::Serialize;
use serde_json::Value;
use similar::TextDiff;

use crate::manifest::{Adopted, EditedFile, Wish};

use super::hygiene::{visible, visible_line};
use super::page::{CYAN, GREEN, Line, Look, PLAIN, Page, RED, YELLOW};
use super::plural;

/// What is never shown.
const NOTES: &str = "notesForCertification";
const HIDDEN: &str = "not shown: notes for certification often hold test accounts";

/// What `pull` changed in manifests that were there, or would change.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdatedReport {
    /// `MAJOR.MINOR` of this format. A reader of the same major understands it.
    pub format_version: &'static str,
    /// When the live state was read: RFC 3339, in UTC.
    pub read_at: String,
    /// Whether the files were written.
    pub written: bool,
    /// The fields that differ from what is live.
    pub fields: Vec<UpdatedField>,
    /// The files, each with its difference in the unified form.
    pub files: Vec<UpdatedFile>,
}

/// A field that differed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdatedField {
    /// The product.
    pub address: String,
    /// Where, below `submission`.
    pub path: String,
    /// What is live there; absent where it is in the files of the difference, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Value>,
    /// Why a person has to write it; absent where it was written, or would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<&'static str>,
    /// Where a person has to; absent where no manifest speaks of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// A file that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdatedFile {
    /// Its name as seen from the current folder.
    pub file: String,
    /// What changed.
    pub diff: String,
}

impl UpdatedReport {
    /// Of what was wished, and what came of it.
    pub fn new(read_at: String, wishes: &[Wish], adopted: &Adopted, written: bool) -> Self {
        let done = wishes.iter().filter(|wish| adopted.by_hand.iter().all(|left| left.wish != **wish));
        let field = |wish: &Wish| UpdatedField {
            address: wish.address.to_string(),
            path: wish.path.dotted(),
            live: None,
            by_hand: None,
            at: None,
        };
        let by_hand = adopted.by_hand.iter().map(|left| UpdatedField {
            live: left.wish.live.value().cloned(),
            by_hand: Some(left.why),
            at: left.at.as_ref().map(|at| format!("{}:{}", at.file, at.line)),
            ..field(&left.wish)
        });
        let of_notes = wishes.iter().any(|wish| wish.path.dotted() == NOTES);
        let diff = |file: &EditedFile| match file.holds_notes {
            true if of_notes => format!("{HIDDEN}\n"),
            // What stands beside a change may be notes.
            hides => {
                let lines =
                    TextDiff::from_lines(file.before.as_deref().unwrap_or_default(), file.after.as_str());
                lines.unified_diff().context_radius(if hides { 0 } else { 2 }).to_string()
            }
        };
        Self {
            format_version: "1.0",
            read_at,
            written,
            fields: done.map(field).chain(by_hand).collect(),
            files: adopted
                .files
                .iter()
                .map(|file| UpdatedFile { file: file.name.to_string(), diff: diff(file) })
                .collect(),
        }
    }

    /// Whether the manifests say something else than what is live.
    pub fn differs(&self) -> bool {
        !self.fields.is_empty()
    }
}

/// What changed, as text.
pub fn updated_text(report: &UpdatedReport, look: Look) -> String {
    let mut page = Page::new(look);
    for file in &report.files {
        page.gap();
        page.line(Line::new(CYAN, visible_line(&file.file)));
        for line in file.diff.lines() {
            let style = match line.as_bytes().first() {
                Some(b'+') => GREEN,
                Some(b'-') => RED,
                _ => PLAIN,
            };
            page.whole(Line::new(style, format!("  {}", visible(line.trim_end_matches('\r')))));
        }
    }
    let by_hand: Vec<&UpdatedField> = report.fields.iter().filter(|field| field.by_hand.is_some()).collect();
    if !by_hand.is_empty() {
        page.gap();
        page.line(Line::new(YELLOW, "To be written by hand:"));
    }
    for field in &by_hand {
        let place = visible_line(&format!("{}:{}", field.address, field.path));
        page.line(Line::new(PLAIN, format!("  {place}")).right(field.at.as_deref().map(visible_line)));
        page.line(Line::new(PLAIN, format!("      {}", field.by_hand.unwrap_or_default())));
        if let Some(live) = &field.live {
            page.line(Line::new(PLAIN, format!("      live  {}", visible_line(&live.to_string()))));
        }
    }
    page.gap();
    page.line(Line::new(PLAIN, sum(report, by_hand.len())));
    page.finish()
}

fn sum(report: &UpdatedReport, by_hand: usize) -> String {
    let fields = plural(report.fields.len() - by_hand, "field");
    let files = plural(report.files.len(), "file");
    match (report.fields.len(), report.written) {
        (0, _) => "The manifests say what is live. Nothing was written.".to_owned(),
        (_, true) if report.files.is_empty() => "Nothing was written.".to_owned(),
        (_, true) => format!("{fields} taken over in {files}. Next: `storeward plan`"),
        (_, false) => {
            format!("{fields} would be taken over in {files}; `--update` in place of `--check` writes them")
        }
    }
}
