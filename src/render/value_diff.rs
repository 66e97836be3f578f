//! A text before and after, by words.

use anstyle::Style;
use similar::{ChangeTag, TextDiff};

use super::hygiene::visible;
use super::page::{DIM, GREEN, Line, PLAIN, Page, RED};

/// Below this share of common text, old and new are shown as blocks.
const ALIKE: f32 = 0.5;
/// Texts of at most this many characters stand on one line, `old → new`.
pub(super) const SHORT: usize = 60;

/// Shows how a long text changes: line numbers of the new text, changed lines by words, unchanged ones folded.
pub(super) fn text_diff(page: &mut Page, before: &str, after: &str) {
    let (before, after) = (visible(before), visible(after));
    if before.is_empty() || TextDiff::from_words(before.as_str(), after.as_str()).ratio() < ALIKE {
        block(page, "-", RED, &before);
        block(page, "+", GREEN, &after);
        return;
    }
    let lines = TextDiff::from_lines(before.as_str(), after.as_str());
    let mut folded = 0;
    for op in lines.ops() {
        let old: String = op.old_range().filter_map(|line| lines.old_slice(line)).collect();
        let new: String = op.new_range().filter_map(|line| lines.new_slice(line)).collect();
        if op.tag() == similar::DiffTag::Equal {
            folded += op.new_range().len();
            continue;
        }
        fold(page, std::mem::take(&mut folded));
        words(page, op.new_range().start + 1, &old, &new);
    }
    fold(page, folded);
}

fn fold(page: &mut Page, lines: usize) {
    if lines > 0 {
        let text = format!("           ⋯ {} unchanged", super::plural(lines, "line"));
        page.line(Line::new(DIM, if page.look.ascii { text.replace('⋯', "...") } else { text }));
    }
}

fn bar(page: &Page) -> &'static str {
    if page.look.ascii { "|" } else { "│" }
}

fn block(page: &mut Page, sign: &str, style: Style, text: &str) {
    for line in text.lines() {
        for piece in wrapped(line, page.look.width.saturating_sub(10)) {
            page.line(Line::new(style, format!("      {sign} {piece}")));
        }
    }
}

fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in line.split_inclusive(' ') {
        let piece = pieces.last_mut().expect("there is always a piece");
        if !piece.is_empty() && piece.chars().count() + word.trim_end().chars().count() > width {
            pieces.push(word.to_owned());
        } else {
            piece.push_str(word);
        }
    }
    pieces
}

/// Changed lines by words, wrapped, with the number of the first one.
fn words(page: &mut Page, number: usize, old: &str, new: &str) {
    let diff = TextDiff::from_words(old.trim_end_matches('\n'), new.trim_end_matches('\n'));
    let mut stretches: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match stretches.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => stretches.push((change.tag(), change.value().to_owned())),
        }
    }
    let colour = page.look.colour;
    let mut pieces: Vec<(Style, String)> = Vec::new();
    for (tag, text) in stretches {
        let (style, open, close) = match tag {
            ChangeTag::Equal => (PLAIN, "", ""),
            ChangeTag::Delete if colour => (RED.strikethrough(), "", ""),
            ChangeTag::Insert if colour => (GREEN, "", ""),
            ChangeTag::Delete => (PLAIN, "[-", "-]"),
            ChangeTag::Insert => (PLAIN, "{+", "+}"),
        };
        pieces.push((style, format!("{open}{text}{close}")));
    }
    let width = page.look.width.saturating_sub(14);
    let bar = bar(page);
    let head = |first: bool| {
        let number = if first { number.to_string() } else { String::new() };
        Line::new(DIM, format!("      {number:>4} {bar} "))
    };
    let (mut line, mut used, mut first) = (head(true), 0, true);
    for (style, text) in pieces {
        for word in text.split_inclusive([' ', '\n']) {
            let length = word.trim_end().chars().count();
            if used > 0 && used + length > width {
                page.line(std::mem::replace(&mut line, head(false)));
                (used, first) = (0, false);
            }
            line = line.and(style, word.trim_end_matches('\n'));
            used += word.chars().count();
            if word.ends_with('\n') {
                page.line(std::mem::replace(&mut line, head(false)));
                (used, first) = (0, false);
            }
        }
    }
    if used > 0 || first {
        page.line(line);
    }
}
