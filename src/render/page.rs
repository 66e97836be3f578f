//! Lines with styles and a right-hand column.

use std::collections::BTreeSet;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::glyphs::{self, drawn};

/// The words of a text, each with the blank behind it; a word that is wider than `width` columns is cut, as texts without
/// blanks are.
pub(super) fn words(text: &str, width: usize) -> Vec<&str> {
    let mut words = Vec::new();
    for mut word in text.split_inclusive(' ') {
        while word.trim_end().width() > width {
            let mut used = 0;
            let cut = word.char_indices().find_map(|(at, c)| {
                used += c.width().unwrap_or(0);
                (used > width && at > 0).then_some(at)
            });
            let (head, tail) = word.split_at(cut.unwrap_or(word.len()));
            words.push(head);
            word = tail;
        }
        words.push(word);
    }
    words
}

/// How text is to look.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether colours are used.
    pub colour: bool,
    /// Whether symbols are ASCII only.
    pub ascii: bool,
    /// Columns.
    pub width: usize,
}

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
pub(super) const RED: Style = AnsiColor::Red.on_default();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();
pub(super) const ALARM: Style = AnsiColor::Red.on_default().bold();

/// A line in the making.
#[derive(Debug, Default, Clone)]
pub(super) struct Line {
    spans: Vec<(Style, String)>,
    right: Option<String>,
    /// What stands in the first column of a diff.
    sign: Option<char>,
}

impl Line {
    /// A line that starts with this.
    pub(super) fn new(style: Style, text: impl Into<String>) -> Self {
        Self::default().and(style, text)
    }

    /// With one more stretch.
    pub(super) fn and(mut self, style: Style, text: impl Into<String>) -> Self {
        let text = text.into();
        match self.spans.last_mut() {
            Some((last, before)) if *last == style => before.push_str(&text),
            _ => self.spans.push((style, text)),
        }
        self
    }

    /// With a right-hand column.
    pub(super) fn right(mut self, text: Option<String>) -> Self {
        self.right = text;
        self
    }

    /// This line and then another one.
    pub(super) fn join(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        self.right = self.right.or(other.right);
        self.sign = self.sign.or(other.sign);
        self
    }

    fn drawn(mut self, ascii: bool) -> Self {
        for (_, text) in &mut self.spans {
            *text = drawn(text, ascii);
        }
        self.right = self.right.map(|text| drawn(&text, ascii));
        self
    }

    fn trim_end(&mut self) {
        if let Some((_, text)) = self.spans.last_mut() {
            text.truncate(text.trim_end_matches(' ').len());
        }
    }

    fn width(&self) -> usize {
        self.spans.iter().map(|(_, text)| text.width()).sum()
    }

    /// The line in pieces that fit, broken at blanks; what follows the first piece is indented.
    fn wrapped(self, width: usize, indent: usize) -> Vec<Self> {
        if self.width() <= width {
            return vec![self];
        }
        let sign = self.sign;
        let begun = |spans| Self { spans, right: None, sign };
        let mut lines = vec![begun(Vec::new())];
        let mut used = 0;
        for (style, text) in self.spans {
            for word in words(&text, width.saturating_sub(indent).max(1)) {
                let length = word.trim_end().width();
                if used > indent && used + length > width {
                    if let Some(last) = lines.last_mut() {
                        last.trim_end();
                    }
                    lines.push(begun(vec![(PLAIN, " ".repeat(indent))]));
                    used = indent;
                }
                let line = lines.pop().expect("there is always a line");
                lines.push(line.and(style, word));
                used += word.width();
            }
        }
        if let Some(last) = lines.last_mut() {
            last.right = self.right;
        }
        lines
    }
}

/// A text in the making.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) look: Look,
    /// Whether it is to be shown as a diff: each sign in the first column, what goes and what comes in lines of their own.
    pub(super) diff: bool,
    text: String,
    used: BTreeSet<Symbol>,
}

impl Page {
    pub(super) fn new(look: Look) -> Self {
        Self { look, diff: false, text: String::new(), used: BTreeSet::new() }
    }

    /// A page in the form of a diff, so many columns wide.
    pub(super) fn of_diff(width: usize) -> Self {
        Self { diff: true, ..Self::new(Look { colour: false, ascii: false, width }) }
    }

    /// Adds a line; one that is too long goes on below, indented. The right column stands at the right edge, or one line below
    /// where there is no room.
    pub(super) fn line(&mut self, line: Line) {
        self.line_with(line, 6);
    }

    /// The same, indented by so many columns where it goes on.
    pub(super) fn line_with(&mut self, line: Line, indent: usize) {
        let width = self.look.width - usize::from(self.diff);
        for line in line.drawn(self.look.ascii).wrapped(width, indent) {
            self.put(line);
        }
    }

    /// Adds a line that is never wrapped, because it is there to be copied.
    pub(super) fn whole(&mut self, line: Line) {
        self.put(line.drawn(self.look.ascii));
    }

    fn put(&mut self, line: Line) {
        let mut width = line.width();
        if self.diff {
            // Signs that a diff has no colour for are one that it has.
            self.text.push(match line.sign {
                Some(sign @ ('+' | '-')) => sign,
                Some(_) => '!',
                None => ' ',
            });
            width += 1;
        }
        for (style, text) in line.spans {
            self.styled(style, &text);
        }
        if let Some(right) = line.right {
            let room = self.look.width.saturating_sub(width + right.width());
            match (room >= 2, self.diff) {
                (true, false) => self.text.push_str(&" ".repeat(room)),
                (false, false) => {
                    self.text.push('\n');
                    self.text.push_str(&" ".repeat(self.look.width.saturating_sub(right.width()).max(6)));
                }
                // What stands at the right edge is out of sight on a phone.
                (true, true) => self.text.push_str("  "),
                (false, true) => self.text.push_str("\n       "),
            }
            self.styled(DIM, &right);
        }
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        self.text.push('\n');
    }

    /// Adds an empty line.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn styled(&mut self, style: Style, text: &str) {
        if self.look.colour && style != PLAIN && !text.is_empty() {
            self.text.push_str(&format!("{style}{text}{style:#}"));
        } else {
            self.text.push_str(text);
        }
    }

    /// The start of a line that a symbol opens, behind so many blanks.
    pub(super) fn open(&mut self, indent: usize, symbol: Symbol) -> Line {
        self.used.insert(symbol);
        self.signed(indent, symbol.sign(), symbol.style())
    }

    /// The start of a line that a sign opens, behind so many blanks; in a diff it stands before them.
    pub(super) fn signed(&self, indent: usize, sign: char, style: Style) -> Line {
        let blanks = " ".repeat(indent);
        if !self.diff {
            return Line::new(style, format!("{blanks}{sign} "));
        }
        match Symbol::ALL.iter().find(|symbol| symbol.sign() == sign) {
            Some(Symbol::Keep) => Line::new(style, format!("{blanks}{sign} ")),
            Some(Symbol::Add | Symbol::Remove | Symbol::Change) => {
                Line { sign: Some(sign), ..Line::new(style, blanks) }
            }
            _ => Line { sign: Some(sign), ..Line::new(style, format!("{blanks}{sign} ")) },
        }
    }

    /// The symbols that opened lines so far.
    pub(super) fn symbols(&self) -> &BTreeSet<Symbol> {
        &self.used
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// The symbols of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Symbol {
    Add,
    Remove,
    Change,
    Replace,
    Move,
    Unknown,
    Guard,
    Keep,
}

impl Symbol {
    /// Every symbol, in the order of the legend.
    pub(super) const ALL: &'static [Self] = &[
        Self::Add,
        Self::Remove,
        Self::Change,
        Self::Replace,
        Self::Move,
        Self::Unknown,
        Self::Guard,
        Self::Keep,
    ];

    pub(super) fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Remove => '-',
            Self::Change => '~',
            Self::Replace => glyphs::REPLACE,
            Self::Move => glyphs::MOVE,
            Self::Unknown => '?',
            Self::Guard => '!',
            Self::Keep => '=',
        }
    }

    /// What it means, for the legend.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Add => "comes",
            Self::Remove => "goes",
            Self::Change => "changes",
            Self::Replace => "replaces a package",
            Self::Move => "moves",
            Self::Unknown => "conflict, or taken on trust",
            Self::Guard => "guard or blocker",
            Self::Keep => "stays on purpose",
        }
    }

    pub(super) fn style(self) -> Style {
        match self {
            Self::Add => GREEN,
            Self::Remove => RED,
            Self::Change | Self::Replace | Self::Unknown => YELLOW,
            Self::Move => CYAN,
            Self::Guard => ALARM,
            Self::Keep => DIM,
        }
    }
}
