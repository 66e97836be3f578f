//! Source texts and positions in them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Which source a span lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(usize);

/// A stretch of a source, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The byte range.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A place that people can go to: a file below the workspace, a line and a column, both from 1, in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The file, with `/`, relative to the current folder where it lies below it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line where the stretch that starts here ends, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_line: Option<usize>,
    /// The column behind its last character, in the line where it ends.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_column: Option<usize>,
}

/// One text: its name for people, and its content with LF and without byte order mark.
#[derive(Debug)]
pub struct Source {
    /// The name for people.
    pub name: Arc<str>,
    /// The content.
    pub text: String,
    /// The folder in which it lies: paths that it names start there.
    pub folder: PathBuf,
    line_starts: Vec<usize>,
}

/// Every text that was read in a run.
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Keeps a text. Line ends become LF here, once, for comparing and for sending; a byte order mark goes.
    pub fn add(&mut self, name: impl Into<Arc<str>>, folder: &Path, text: &str) -> SourceId {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1))
            .collect();
        self.0.push(Source { name: name.into(), text, folder: folder.to_owned(), line_starts });
        SourceId(self.0.len() - 1)
    }

    /// A source.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0]
    }

    /// The span of a whole source.
    pub fn whole(&self, id: SourceId) -> Span {
        Span { source: id, start: 0, end: self.get(id).text.len() }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The place where a span starts.
    pub fn location(&self, span: Span) -> Location {
        let source = self.get(span.source);
        let (line, column) = source.place(span.start);
        Location { file: Arc::clone(&source.name), line, column, end_line: None, end_column: None }
    }

    /// The place where a span starts, and where its last visible character ends.
    pub fn stretch(&self, span: Span) -> Location {
        let source = self.get(span.source);
        let (line, column) = source.place(span.start + source.text[span.range()].trim_end().len());
        Location { end_line: Some(line), end_column: Some(column), ..self.location(span) }
    }
}

impl Source {
    /// The line and the column of a byte, both from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= at);
        (line, self.text[self.line_starts[line - 1]..at].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_ignore_line_ends() {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", Path::new(""), "\u{feff}ä: 1\r\nbü: x\r\n");
        let start = sources.get(id).text.find('x').unwrap();
        let location = sources.location(Span { source: id, start, end: start + 1 });
        assert_eq!((location.line, location.column), (2, 5));
        assert_eq!(sources.location(sources.whole(id)).line, 1);
    }
}
