//! Edits of a text that leave every other byte as it is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use similar::{DiffTag, TextDiff};

/// A stretch of a text, as it is read (with LF and without byte order mark), and what is to stand there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) with: String,
}

impl Edit {
    pub(super) fn new(range: Range<usize>, with: impl Into<String>) -> Self {
        Self { range, with: with.into() }
    }

    /// Whether both can be made, in any order.
    fn is_apart(&self, other: &Self) -> bool {
        let is_same_place = self.range.is_empty() && self.range == other.range;
        is_same_place || self.range.end <= other.range.start || other.range.end <= self.range.start
    }
}

/// What is to become of some files.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) edits: BTreeMap<PathBuf, Vec<Edit>>,
    /// Files that are not there yet.
    pub(super) new: BTreeMap<PathBuf, String>,
}

impl Draft {
    pub(super) fn of(path: &Path, edits: Vec<Edit>) -> Self {
        Self { edits: BTreeMap::from([(path.to_owned(), edits)]), new: BTreeMap::new() }
    }

    pub(super) fn new_file(path: PathBuf, text: String) -> Self {
        Self { edits: BTreeMap::new(), new: BTreeMap::from([(path, text)]) }
    }

    /// Both together; `None` where they are in each other's way.
    pub(super) fn and(mut self, other: Self) -> Option<Self> {
        for (path, edits) in other.edits {
            let own = self.edits.entry(path).or_default();
            for edit in edits {
                if own.contains(&edit) && !edit.range.is_empty() {
                    continue;
                }
                if !own.iter().all(|own| own.is_apart(&edit)) {
                    return None;
                }
                own.push(edit);
            }
        }
        for (path, text) in other.new {
            if self.new.get(&path).is_some_and(|own| *own != text) {
                return None;
            }
            self.new.insert(path, text);
        }
        Some(self)
    }
}

/// Makes edits in a text as it lies on disk: its byte order mark and line ends stay.
pub(super) fn applied(raw: &str, edits: &[Edit]) -> String {
    let bom = if raw.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = &raw[bom..];
    let read = body.replace("\r\n", "\n");
    let windows = body.matches("\r\n").count();
    let is_windows = windows > 0 && windows * 2 >= body.matches('\n').count();
    let mut small: Vec<Edit> = edits.iter().flat_map(|edit| by_lines(&read, edit)).collect();
    small.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut places = Places { body, read: 0, raw: 0 };
    let mut text = raw[..bom].to_owned();
    let mut reached = 0;
    for edit in small {
        let (start, end) = (places.of(edit.range.start), places.of(edit.range.end));
        text.push_str(&body[reached..start]);
        text.push_str(&if is_windows { edit.with.replace('\n', "\r\n") } else { edit.with });
        reached = end;
    }
    text.push_str(&body[reached..]);
    text
}

/// Where bytes of the text that is read stand in the one on disk; asked in rising order.
struct Places<'t> {
    body: &'t str,
    read: usize,
    raw: usize,
}

impl Places<'_> {
    fn of(&mut self, read: usize) -> usize {
        let bytes = self.body.as_bytes();
        while self.read < read {
            self.raw += if bytes[self.raw..].starts_with(b"\r\n") { 2 } else { 1 };
            self.read += 1;
        }
        self.raw
    }
}

/// An edit of several lines as edits of those lines that differ.
fn by_lines(text: &str, edit: &Edit) -> Vec<Edit> {
    let old = &text[edit.range.clone()];
    if !old.contains('\n') {
        return vec![edit.clone()];
    }
    let diff = TextDiff::from_lines(old, edit.with.as_str());
    let lines = |text: &str| -> Vec<usize> {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| *at < text.len());
        std::iter::once(0).chain(ends).chain(std::iter::once(text.len())).collect()
    };
    let (before, after) = (lines(old), lines(&edit.with));
    let changed = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal);
    changed
        .map(|op| {
            let range = before[op.old_range().start]..before[op.old_range().end];
            let with = &edit.with[after[op.new_range().start]..after[op.new_range().end]];
            Edit::new(edit.range.start + range.start..edit.range.start + range.end, with)
        })
        .collect()
}

/// An edit whose further lines come below what stands behind the stretch in its line, such as a comment.
pub(super) fn with_lines_below(text: &str, range: Range<usize>, with: &str) -> Edit {
    match with.split_once('\n') {
        None => Edit::new(range, with),
        Some((first, below)) => {
            let end = line_end(text, range.end);
            Edit::new(range.start..end, format!("{first}{}\n{below}", &text[range.end..end]))
        }
    }
}

/// Where the line of a byte starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Where the line of a byte ends: its line end, or the end of the text.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_edited_keeps_its_bytes() {
        let raw = "\u{feff}ä: 1\r\nb: 2\nc: 3\r\nd: 4\r\n";
        let at = "ä: 1\nb: 2\n".len();
        let text = applied(raw, &[Edit::new(at + 3..at + 4, "x\ny"), Edit::new(4..5, "0")]);
        assert_eq!(text, "\u{feff}ä: 0\r\nb: 2\nc: x\r\ny\r\nd: 4\r\n");
    }

    #[test]
    fn of_many_lines_those_that_differ_are_edited() {
        let raw = "a\r\nb\nc\r\nd\r\n";
        assert_eq!(applied(raw, &[Edit::new(0..8, "a\nb\nC\nd\n")]), "a\r\nb\nC\r\nd\r\n");
    }

    #[test]
    fn edits_in_each_others_way_are_not_made() {
        let path = Path::new("a");
        let draft = |start, end, with: &str| Draft::of(path, vec![Edit::new(start..end, with)]);
        assert!(draft(0, 3, "x").and(draft(2, 5, "y")).is_none());
        assert!(draft(0, 3, "x").and(draft(3, 5, "y")).is_some());
        assert_eq!(draft(0, 3, "x").and(draft(0, 3, "x")).unwrap().edits[path].len(), 1);
    }
}
