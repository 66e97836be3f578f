//! Edits in a file as it is on disk: sources have LF and no byte order mark, files may have others.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::super::source::Source;
use super::{Edit, EditedFile};

/// The file of a source with these edits, sorted and apart from each other. `None` where the file no longer is what was
/// read, or cannot be read.
pub(super) fn edited(source: &Source, edits: &[&Edit]) -> Option<EditedFile> {
    let path = source.folder.join(Path::new(&*source.name).file_name()?);
    let before = fs::read_to_string(&path).ok()?;
    let mark = if before.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if before[mark..].replace("\r\n", "\n") != source.text {
        return None;
    }
    let with_returns = before.contains("\r\n");
    let mut after = before[..mark].to_owned();
    let mut rest = Rest { text: &before[mark..], read: 0 };
    for edit in edits {
        after.push_str(rest.up_to(edit.range.start));
        after.push_str(&if with_returns { edit.text.replace('\n', "\r\n") } else { edit.text.clone() });
        rest.up_to(edit.range.end);
    }
    after.push_str(rest.text);
    Some(EditedFile { path, name: Arc::clone(&source.name), before, after, holds_notes: false })
}

/// What was not taken over yet, and how far that is in the source.
struct Rest<'a> {
    text: &'a str,
    read: usize,
}

impl<'a> Rest<'a> {
    /// What stands up to a place of the source, with its own line ends.
    fn up_to(&mut self, end: usize) -> &'a str {
        let mut at = 0;
        let bytes = self.text.as_bytes();
        while self.read < end && at < bytes.len() {
            // In the source the two are one.
            let is_return = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            at += 1;
            self.read += usize::from(!is_return);
        }
        let (taken, rest) = self.text.split_at(at);
        self.text = rest;
        taken
    }
}
