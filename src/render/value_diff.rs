//! A text before and after, by words.

use anstyle::Style;
use similar::{ChangeTag, TextDiff};
use unicode_width::UnicodeWidthStr;

use super::glyphs;
use super::hygiene::{visible, visible_line};
use super::page::{DIM, GREEN, Line, PLAIN, Page, RED, words};

/// Below this share of common text, old and new are shown as blocks.
const ALIKE: f32 = 0.5;
/// Texts of at most this many characters stand on one line, `old → new`.
const SHORT: usize = 80;

/// Whether a text needs lines of its own.
pub(super) fn is_long(text: &str) -> bool {
    text.contains('\n') || text.chars().count() > SHORT
}

/// A text with one kind of line ends. Partner Center keeps those that it was given, and they are no difference.
pub(super) fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Whether two texts differ in blanks and line ends alone.
pub(super) fn whitespace_only(before: &str, after: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    before != after && letters(before) == letters(after)
}

/// Shows how a long text changes: line numbers of the new text, changed lines by words, unchanged ones folded unless the
/// text is shown in `full`.
pub(super) fn text_diff(page: &mut Page, before: &str, after: &str, full: bool) {
    let (before, after) = (with_line_feeds(before), with_line_feeds(after));
    let blanks = whitespace_only(&before, &after);
    let (before, after) = (visible(&before), visible(&after));
    let alike = TextDiff::from_words(before.as_str(), after.as_str()).ratio() >= ALIKE;
    if !blanks && (before.is_empty() || !alike) {
        block(page, '-', RED, &before);
        block(page, '+', GREEN, &after);
        return;
    }
    let lines = TextDiff::from_lines(before.as_str(), after.as_str());
    let mut folded = 0;
    for op in lines.ops() {
        let old: String = op.old_range().filter_map(|line| lines.old_slice(line)).collect();
        let new: String = op.new_range().filter_map(|line| lines.new_slice(line)).collect();
        let number = op.new_range().start + 1;
        match op.tag() {
            similar::DiffTag::Equal if full => same(page, number, &new),
            similar::DiffTag::Equal => folded += op.new_range().len(),
            _ => {
                fold(page, std::mem::take(&mut folded));
                if blanks {
                    block(page, '-', RED, &with_blanks(&old));
                    block(page, '+', GREEN, &with_blanks(&new));
                } else if page.diff {
                    both_sides(page, &old, &new);
                } else {
                    edited(page, number, &old, &new);
                }
            }
        }
    }
    fold(page, folded);
}

/// Blanks, tabs and line ends as signs.
fn with_blanks(text: &str) -> String {
    let mut shown = String::new();
    // Tabs are spelled out by now.
    for c in text.replace("<U+0009>", &glyphs::TAB.to_string()).replace("<U+000D>", "").chars() {
        match c {
            ' ' => shown.push(glyphs::BLANK),
            '\n' => shown.push_str(&format!("{}\n", glyphs::LINE_END)),
            c => shown.push(c),
        }
    }
    shown
}

fn fold(page: &mut Page, lines: usize) {
    if lines > 0 {
        let lines = super::plural(lines, "line");
        page.line(Line::new(DIM, format!("           {} {lines} unchanged", glyphs::FOLD)));
    }
}

/// The start of a line of a text, with its number where it is the first piece of it.
fn head(number: Option<usize>) -> Line {
    let number = number.map_or_else(String::new, |number| number.to_string());
    Line::new(DIM, format!("      {number:>4} {} ", glyphs::BAR))
}

fn same(page: &mut Page, number: usize, text: &str) {
    for (i, line) in text.lines().enumerate() {
        put(page, number + i, &[(PLAIN, line.to_owned())]);
    }
}

fn block(page: &mut Page, sign: char, style: Style, text: &str) {
    for line in text.lines() {
        page.line_with(page.signed(6, sign, style).and(style, line), 8);
    }
}

/// So many words of a stretch that stays are shown on each side of an edit in a diff.
const WORDS_AROUND: usize = 6;

/// Changed lines in a diff: first as they were, then as they become, without the words in between that stay.
fn both_sides(page: &mut Page, old: &str, new: &str) {
    let stretches = stretches(old.trim_end_matches('\n'), new.trim_end_matches('\n'));
    let last = stretches.len().saturating_sub(1);
    let (mut before, mut after) = (String::new(), String::new());
    for (at, stretch) in stretches.iter().enumerate() {
        let (old, new) = match stretch {
            Stretch::Same(text) => {
                let text = around(text, at > 0, at < last);
                (text.clone(), text)
            }
            Stretch::Edit { old, new } => (old.clone(), new.clone()),
        };
        before.push_str(&old);
        after.push_str(&new);
    }
    block(page, '-', RED, before.trim());
    block(page, '+', GREEN, after.trim());
}

/// The words at the ends of a text that stand beside an edit.
fn around(text: &str, follows: bool, leads: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let head = if follows { WORDS_AROUND } else { 0 };
    let tail = if leads { WORDS_AROUND } else { 0 };
    if words.len() <= head + tail + 1 {
        return text.to_owned();
    }
    let (head, tail) = (words[..head].concat(), words[words.len() - tail..].concat());
    format!("{} {} {tail}", head.trim_end(), glyphs::ELLIPSIS)
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
    for change in TextDiff::from_unicode_words(old, new).iter_all_changes() {
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

/// How a short text became another one, on one line and by words.
pub(super) fn by_words(before: &str, after: &str) -> String {
    let mut line = String::new();
    for stretch in stretches(&visible_line(&with_line_feeds(before)), &visible_line(&with_line_feeds(after)))
    {
        match stretch {
            Stretch::Same(text) => line.push_str(&text),
            Stretch::Edit { old, new } => {
                for (open, text, close) in [("[-", old, "-]"), ("{+", new, "+}")] {
                    if !text.is_empty() {
                        line.push_str(&format!("{open}{text}{close}"));
                    }
                }
            }
        }
    }
    if line.contains(char::is_whitespace) { format!("\"{line}\"") } else { line }
}

/// Changed lines by words, wrapped, with the number of the first one.
fn edited(page: &mut Page, number: usize, old: &str, new: &str) {
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
    put(page, number, &pieces);
}

/// Lines of a text behind the bar, wrapped; the first one has a number.
fn put(page: &mut Page, number: usize, pieces: &[(Style, String)]) {
    let width = page.look.width.saturating_sub(14).max(10);
    let (mut line, mut used) = (head(Some(number)), 0);
    for (style, text) in pieces {
        for (i, part) in text.split('\n').enumerate() {
            if i > 0 {
                page.line(std::mem::replace(&mut line, head(None)));
                used = 0;
            }
            for word in words(part, width) {
                if used > 0 && used + word.trim_end().width() > width {
                    page.line(std::mem::replace(&mut line, head(None)));
                    used = 0;
                }
                line = line.and(*style, word);
                used += word.width();
            }
        }
    }
    page.line(line);
}

#[cfg(test)]
mod tests {
    use super::super::page::Look;
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let mut page = Page::new(Look { colour: false, ascii: false, width: 80 });
        text_diff(&mut page, before, after, false);
        page.finish()
    }

    #[test]
    fn line_ends_are_no_difference() {
        let (live, wanted) = ("One.\r\nTwo.\r\nThree.\r\n", "One.\nTwo!\nThree.\n");
        assert_eq!(shown(live, wanted), shown(&live.replace('\r', ""), wanted));
    }

    #[test]
    fn an_edit_is_shown_by_words_and_the_rest_is_folded() {
        let before = "One.\nTwo.\nKeeps your notes in sync across all your PCs.\nFour.\nFive.";
        let after = "One.\nTwo.\nKeeps your notes in sync across every device you own.\nFour.\nFive.";
        insta::assert_snapshot!(shown(before, after), @r"
                   ⋯ 2 lines unchanged
                 3 │ Keeps your notes in sync across [-all your PCs-]{+every device you
                   │ own+}.
                   ⋯ 2 lines unchanged
        ");
    }

    #[test]
    fn in_a_diff_both_sides_of_an_edit_have_lines_of_their_own() {
        let before = "One.\nNotes stay in sync, on the road and at home, across all your PCs.\nThree.";
        let after = "One.\nNotes stay in sync, on the road and at home, across every device.\nThree.";
        let mut page = Page::of_diff(40);
        text_diff(&mut page, before, after, false);
        let lines = [
            "            ⋯ 1 line unchanged", "-      … the road and at home, across",
            "-        all your PCs.", "+      … the road and at home, across", "+        every device.",
            "            ⋯ 1 line unchanged",
        ];
        assert_eq!(page.finish().lines().collect::<Vec<_>>(), lines);
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
