//! Lines with styles and a right-hand column.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::hygiene::without_commands;
use super::wrap::columns;

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
        self
    }

    fn width(&self) -> usize {
        columns(&self.spans)
    }
}

/// A text in the making.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) look: Look,
    text: String,
}

impl Page {
    pub(super) fn new(look: Look) -> Self {
        Self { look, text: String::new() }
    }

    /// Adds a line. The right column stands at the right edge, or one line below where there is no room.
    pub(super) fn line(&mut self, line: Line) {
        let width = line.width();
        let mut text = String::new();
        for (style, span) in line.spans {
            self.styled(&mut text, style, &span);
        }
        if let Some(right) = line.right {
            let room = self.look.width.saturating_sub(width + right.width());
            if room >= 2 {
                text.push_str(&" ".repeat(room));
            } else {
                self.end_line(&std::mem::take(&mut text));
                text.push_str(&" ".repeat(self.look.width.saturating_sub(right.width()).max(6)));
            }
            self.styled(&mut text, DIM, &right);
        }
        self.end_line(&text);
    }

    /// Wrapping and joining may have put together what a CI service takes for a command.
    fn end_line(&mut self, line: &str) {
        self.text.push_str(&without_commands(line.trim_end_matches(' ')));
        self.text.push('\n');
    }

    /// Adds an empty line.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn styled(&self, line: &mut String, style: Style, text: &str) {
        if self.look.colour && style != PLAIN && !text.is_empty() {
            line.push_str(&format!("{style}{text}{style:#}"));
        } else {
            line.push_str(text);
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// The symbols of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Add,
    Remove,
    Change,
    Replace,
    Move,
    #[allow(dead_code, reason = "conflicts are shown once origins are told")]
    Unsure,
    Guard,
    Keep,
}

impl Symbol {
    /// The first column of a diff that says the same: `+`, `-`, `!` for what changes, a blank for what stays.
    pub(super) fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Remove => '-',
            Self::Change | Self::Replace | Self::Move | Self::Unsure | Self::Guard => '!',
            Self::Keep => ' ',
        }
    }

    /// Whether the symbol says more than the first column of a diff.
    pub(super) fn says_more(self) -> bool {
        matches!(self, Self::Replace | Self::Move | Self::Unsure | Self::Keep)
    }

    pub(super) fn text(self, ascii: bool) -> &'static str {
        match (self, ascii) {
            (Self::Add, _) => "+",
            (Self::Remove, _) => "-",
            (Self::Change, _) => "~",
            (Self::Replace, false) => "±",
            (Self::Replace, true) => "-/+",
            (Self::Move, false) => "↕",
            (Self::Move, true) => "mv",
            (Self::Unsure, _) => "?",
            (Self::Guard, _) => "!",
            (Self::Keep, _) => "=",
        }
    }

    pub(super) fn style(self) -> Style {
        match self {
            Self::Add => GREEN,
            Self::Remove => RED,
            Self::Change | Self::Replace | Self::Unsure => YELLOW,
            Self::Move => CYAN,
            Self::Guard => ALARM,
            Self::Keep => DIM,
        }
    }
}
