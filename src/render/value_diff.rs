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

/// What a reader sees as one edit: a stretch that stays, or one that goes and one that comes in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stretch {
    Same(String),
    Edit { old: String, new: String },
}

/// Edits by words. Common words between edits that are longer than they join these: `[-All notes of a book-]` reads
/// better than five edits of a word each.
fn stretches(old: &str, new: &str) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for change in TextDiff::from_words(old, new).iter_all_changes() {
        let word = change.value();
        match (change.tag(), stretches.last_mut()) {
            (ChangeTag::Equal, Some(Stretch::Same(text))) => text.push_str(word),
            (ChangeTag::Equal, _) => stretches.push(Stretch::Same(word.to_owned())),
            (ChangeTag::Delete, Some(Stretch::Edit { old, .. })) => old.push_str(word),
            (ChangeTag::Insert, Some(Stretch::Edit { new, .. })) => new.push_str(word),
            (ChangeTag::Delete, _) => {
                stretches.push(Stretch::Edit { old: word.to_owned(), new: String::new() });
            }
            (ChangeTag::Insert, _) => {
                stretches.push(Stretch::Edit { old: String::new(), new: word.to_owned() });
            }
        }
    }
    let size = |stretch: &Stretch| match stretch {
        Stretch::Same(text) => text.trim().chars().count(),
        Stretch::Edit { old, new } => old.chars().count().max(new.chars().count()),
    };
    let mut joined: Vec<Stretch> = Vec::new();
    let mut rest = stretches.into_iter().peekable();
    while let Some(stretch) = rest.next() {
        let small = match (&stretch, joined.last(), rest.peek()) {
            (Stretch::Same(text), Some(before), Some(after)) => {
                !text.contains('\n') && size(&stretch) <= size(before).min(size(after))
            }
            _ => false,
        };
        match (stretch, joined.last_mut()) {
            (Stretch::Same(text), Some(Stretch::Edit { old, new })) if small => {
                old.push_str(&text);
                new.push_str(&text);
            }
            (Stretch::Edit { old: more_old, new: more_new }, Some(Stretch::Edit { old, new })) => {
                old.push_str(&more_old);
                new.push_str(&more_new);
            }
            (stretch, _) => joined.push(stretch),
        }
    }
    joined
}

/// Changed lines by words, wrapped, with the number of the first one.
fn words(page: &mut Page, number: usize, old: &str, new: &str) {
    let colour = page.look.colour;
    let mut pieces: Vec<(Style, String)> = Vec::new();
    let mut edit = |text: String, style: Style, open: &str, close: &str| {
        if !text.is_empty() {
            // Blanks and line ends stay outside of the marks.
            let core = text.trim_end();
            let (core, tail) = if core.is_empty() { (text.as_str(), "") } else { text.split_at(core.len()) };
            pieces.push(if colour {
                (style, core.to_owned())
            } else {
                (PLAIN, format!("{open}{core}{close}"))
            });
            pieces.push((PLAIN, tail.to_owned()));
        }
    };
    for stretch in stretches(old.trim_end_matches('\n'), new.trim_end_matches('\n')) {
        match stretch {
            Stretch::Same(text) => edit(text, PLAIN, "", ""),
            Stretch::Edit { old, new } => {
                // The end that both share is shown once, after the new text.
                let old = if new.is_empty() { old } else { old.trim_end().to_owned() };
                edit(old, RED.strikethrough(), "[-", "-]");
                edit(new, GREEN, "{+", "+}");
            }
        }
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

#[cfg(test)]
mod tests {
    use super::super::page::Look;
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let mut page = Page::new(Look { colour: false, ascii: false, width: 80 });
        text_diff(&mut page, before, after);
        page.finish()
    }

    #[test]
    fn an_edit_is_shown_by_words_and_the_rest_is_folded() {
        let before = "One.\nTwo.\nKeeps your notes in sync across all your PCs.\nFour.\nFive.";
        let after = "One.\nTwo.\nKeeps your notes in sync across every device you own.\nFour.\nFive.";
        insta::assert_snapshot!(shown(before, after), @r"
                   ⋯ 2 lines unchanged
                 3 │ Keeps your notes in sync across [-all your PCs.-]{+every device
                   │ you own.+}
                   ⋯ 2 lines unchanged
        ");
    }

    #[test]
    fn another_text_is_shown_as_two() {
        insta::assert_snapshot!(shown("Fixes.", "A whole new reader,\nwith notes."), @r"
              - Fixes.
              + A whole new reader,
              + with notes.
        ");
    }

    #[test]
    fn hostile_text_is_shown_and_does_nothing() {
        let shown = shown("a", "\u{1b}[2J\u{202e}b\u{200b}");
        assert!(shown.contains("<U+001B>[2J<U+202E>b<U+200B>"), "{shown}");
    }

    proptest::proptest! {
        #[test]
        fn every_word_is_shown(before in "[a-d \n]{0,60}", after in "[a-d \n]{0,60}") {
            let all: Vec<Stretch> = stretches(&before, &after);
            let side = |old_side: bool| -> String {
                all.iter().map(|stretch| match stretch {
                    Stretch::Same(text) => text.as_str(),
                    Stretch::Edit { old, new } => if old_side { old } else { new },
                }).collect()
            };
            proptest::prop_assert_eq!(side(true), before);
            proptest::prop_assert_eq!(side(false), after);
        }
    }
}
