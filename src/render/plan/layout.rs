//! What a plan looks like before a sink draws it: rows of cells, and texts that change. No width, no colour.

use anstyle::Style;

use crate::render::hygiene::visible_line;
use crate::render::page::Symbol;

use super::edit::TextEdit;

/// How much is told, and in which characters.
#[derive(Debug, Clone, Copy)]
pub(in crate::render) struct Detail {
    /// How many unchanged lines of a long text are shown on either side of a changed one; the others are folded.
    /// `None`: all are shown.
    pub context: Option<usize>,
    /// Whether an edit that is the same in three or more languages or markets is told once.
    #[allow(dead_code, reason = "for sinks that have room")]
    pub fold_equal: bool,
    /// Whether what Storeward draws of its own is ASCII only. Text of others stays as it is.
    pub ascii: bool,
}

impl Default for Detail {
    fn default() -> Self {
        Self { context: Some(0), fold_equal: true, ascii: false }
    }
}

impl Detail {
    /// The characters that Storeward draws with.
    pub fn glyphs(self) -> &'static Glyphs {
        if self.ascii { &ASCII } else { &UNICODE }
    }
}

/// The characters beyond letters that Storeward draws with.
#[derive(Debug)]
pub(in crate::render) struct Glyphs {
    /// From what was to what will be.
    pub arrow: &'static str,
    /// Between things of one kind.
    pub dot: &'static str,
    /// Before an item.
    pub bullet: &'static str,
    /// Between width and height.
    pub times: &'static str,
    /// Where something is left out.
    pub ellipsis: &'static str,
    /// Where lines are left out.
    pub fold: &'static str,
    /// Beside lines of a text.
    pub bar: &'static str,
    /// A line end inside a line.
    pub line_end: &'static str,
    /// A blank that is to be seen.
    pub blank: &'static str,
    /// A tab that is to be seen.
    pub tab: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    arrow: "→",
    dot: "·",
    bullet: "·",
    times: "×",
    ellipsis: "…",
    fold: "⋯",
    bar: "│",
    line_end: "⏎",
    blank: "·",
    tab: "⇥",
};

const ASCII: Glyphs = Glyphs {
    arrow: "->",
    dot: "|",
    bullet: "-",
    times: "x",
    ellipsis: "...",
    fold: "...",
    bar: "|",
    line_end: "<LF>",
    blank: "<SP>",
    tab: "<TAB>",
};

impl Glyphs {
    /// A text from outside, harmless and in one line.
    pub fn line(&self, text: &str) -> String {
        visible_line(text).replace('⏎', self.line_end)
    }
}

/// Whether a stretch is one side of an edit inside a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Side {
    /// It stands on both sides.
    Both,
    /// It goes. Where there is no colour, a sink marks it: `[-…-]`.
    Old,
    /// It comes. Where there is no colour, a sink marks it: `{+…+}`.
    New,
}

/// A stretch of text of one look. It has no control characters and no line end, and is harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Span {
    pub style: Style,
    pub side: Side,
    pub text: String,
}

/// What stands together in a row, two blanks apart from its neighbours; the cells of neighbouring rows may be aligned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::render) struct Cell {
    pub spans: Vec<Span>,
    /// How wide it is at least.
    pub columns: usize,
}

/// One line, as long as it may be: the sink wraps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::render) struct Row {
    /// Columns before the symbol: 0 for a resource, 2 below it, 4 for a change, more for its parts.
    pub indent: usize,
    /// What happens; `None` where nothing does.
    pub symbol: Option<Symbol>,
    pub cells: Vec<Cell>,
    /// Where the wanted value was written, as `file:line`.
    pub right: Option<String>,
}

impl Row {
    /// A row that starts at a column.
    pub fn at(indent: usize) -> Self {
        Self { indent, ..Self::default() }
    }

    /// A row that says that something happens.
    pub fn sign(indent: usize, symbol: Symbol) -> Self {
        Self { symbol: Some(symbol), ..Self::at(indent) }
    }

    /// With one more cell; nothing where the text is empty.
    pub fn cell(mut self, style: Style, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.cells.push(Cell::default());
            return self.and(style, text);
        }
        self
    }

    /// With a cell of this width, also where its text is empty.
    pub fn column(mut self, columns: usize, style: Style, text: impl Into<String>) -> Self {
        self.cells.push(Cell { spans: Vec::new(), columns });
        self.and(style, text)
    }

    /// With more text in its last cell.
    pub fn and(self, style: Style, text: impl Into<String>) -> Self {
        self.side(style, Side::Both, text)
    }

    /// With one side of an edit in its last cell.
    pub fn side(mut self, style: Style, side: Side, text: impl Into<String>) -> Self {
        if self.cells.is_empty() {
            self.cells.push(Cell::default());
        }
        let text = text.into();
        if let Some(cell) = self.cells.last_mut().filter(|_| !text.is_empty()) {
            cell.spans.push(Span { style, side, text });
        }
        self
    }

    /// With a right-hand column.
    pub fn right(mut self, text: Option<String>) -> Self {
        self.right = text;
        self
    }

    /// Its text alone, for sinks without columns: cells two blanks apart, without indentation and right-hand column. The
    /// symbol is there where it says more than [`Symbol::sign`] does.
    pub fn text(&self, ascii: bool) -> String {
        let symbol =
            self.symbol.filter(|symbol| symbol.says_more()).map(|symbol| symbol.text(ascii).to_owned());
        let cells = self.cells.iter().map(Cell::text).filter(|text| !text.is_empty());
        symbol.into_iter().chain(cells).collect::<Vec<_>>().join("  ")
    }
}

impl Cell {
    fn text(&self) -> String {
        self.spans
            .iter()
            .map(|span| match span.side {
                Side::Both => span.text.clone(),
                Side::Old => format!("[-{}-]", span.text),
                Side::New => format!("{{+{}+}}", span.text),
            })
            .collect()
    }
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) enum Part {
    /// An empty line.
    Gap,
    /// A line.
    Row(Row),
    /// How a long text changes.
    Text(TextEdit),
}

impl From<Row> for Part {
    fn from(row: Row) -> Self {
        Self::Row(row)
    }
}

/// Makes the columns of some rows as wide as their widest cells; the last cell of a row is as wide as it is.
pub(super) fn align(rows: &mut [Row]) {
    use unicode_width::UnicodeWidthStr;
    let count = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    for column in 0..count {
        let cells = || rows.iter().filter_map(|row| row.cells.get(column));
        let widest = cells().map(|cell| cell.text().width()).max().unwrap_or_default();
        for row in rows.iter_mut() {
            if column + 1 < row.cells.len() {
                row.cells[column].columns = widest;
            }
        }
    }
}

/// Parts as the lines of a diff: the first column (`+`, `-`, `!` or a blank), and the text behind it. Long texts are their
/// old and new lines. Right-hand columns are left out.
#[allow(dead_code, reason = "for sinks without columns")]
pub(in crate::render) fn diff_lines(parts: &[Part], detail: Detail) -> Vec<(char, String)> {
    let mut lines = Vec::new();
    for part in parts {
        match part {
            Part::Gap => lines.push((' ', String::new())),
            Part::Row(row) => {
                let sign = row.symbol.map_or(' ', Symbol::sign);
                // Changes stand at the edge: their sign is the diff's own first column.
                let indent = " ".repeat(row.indent.saturating_sub(4));
                lines.push((sign, indent + &row.text(detail.ascii)));
            }
            Part::Text(edit) => lines.extend(edit.diff_lines(detail.glyphs())),
        }
    }
    lines
}
