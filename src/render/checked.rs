//! Steps that were examined one after the other, each with what was found and what to do.

use super::hygiene::visible_line;
use super::page::{ALARM, BOLD, DIM, GREEN, Line, Look, PLAIN, Page, YELLOW};

/// How a step came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Well.
    Good,
    /// Perhaps not.
    Doubtful,
    /// Not.
    Bad,
    /// It could not be examined.
    Unknown,
}

/// A step that was examined.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// How it came out.
    pub mark: Mark,
    /// Which.
    pub what: &'a str,
    /// What was found.
    pub found: &'a str,
    /// What to do.
    pub remedy: Option<&'a str>,
}

/// The steps and, below them, what they come to.
pub fn checked(steps: &[Checked<'_>], end: &str, look: Look) -> String {
    const INDENT: usize = 23;
    let mut page = Page::new(look);
    for step in steps {
        let (word, style) = match step.mark {
            Mark::Good => ("ok", GREEN),
            Mark::Doubtful => ("warning", YELLOW),
            Mark::Bad => ("failed", ALARM),
            Mark::Unknown => ("skipped", DIM),
        };
        let head = Line::new(style, format!("  {word:<9}")).and(BOLD, format!("{:<12}", step.what));
        page.line_with(head.and(PLAIN, visible_line(step.found)), INDENT);
        if let Some(remedy) = step.remedy {
            for (at, line) in remedy.lines().enumerate() {
                let start = if at == 0 { format!("{:INDENT$}help: ", "") } else { " ".repeat(INDENT) };
                page.line_with(Line::new(DIM, start).and(PLAIN, visible_line(line)), INDENT);
            }
        }
    }
    page.gap();
    page.line(Line::new(PLAIN, visible_line(end)));
    page.finish()
}
