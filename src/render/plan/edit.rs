//! A text before and after, as data: by lines, and by words where lines changed.

use similar::{ChangeTag, DiffTag, TextDiff};

use crate::render::hygiene::visible;
use crate::render::plural;

use super::layout::{Detail, Glyphs, Side};

/// Below this share of common text, old and new are shown as blocks.
const ALIKE: f32 = 0.5;
/// Texts of at most this many characters, all in one line, stand on one line: `old → new`.
pub(super) const SHORT: usize = 80;

/// How a long text changes. Everything in it is harmless already.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) struct TextEdit {
    /// Columns before it.
    pub indent: usize,
    /// From top to bottom.
    pub pieces: Vec<Piece>,
}

/// A piece of a text that changes.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) enum Piece {
    /// So many unchanged lines are left out.
    Folded(usize),
    /// An unchanged line, and its number in the new text.
    Same { number: usize, line: String },
    /// Changed lines, by words, and the number of the first one in the new text. There are line ends in them.
    Words { number: usize, stretches: Vec<Stretch> },
    /// Old or new text as a whole: the two have little in common.
    Block { side: Side, text: String },
}

/// Whether two texts differ in blanks and line ends only.
pub(super) fn differ_in_blanks_only(before: &str, after: &str) -> bool {
    before != after && before.split_whitespace().eq(after.split_whitespace())
}

/// Blanks that are seen.
pub(super) fn seen(text: &str, glyphs: &Glyphs) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        match c {
            ' ' => shown.push_str(glyphs.blank),
            '\n' => shown.push_str(glyphs.line_end),
            '\t' => shown.push_str(glyphs.tab),
            c if c.is_whitespace() => shown.push_str(&format!("<U+{:04X}>", u32::from(c))),
            c => shown.push(c),
        }
    }
    visible(&shown)
}

/// How a long text changes: changed lines by words, unchanged ones folded; all of old and new where they have little in
/// common.
pub(super) fn text_edit(indent: usize, before: &str, after: &str, detail: Detail) -> TextEdit {
    let blanks_only = differ_in_blanks_only(before, after);
    let alike = || TextDiff::from_words(before, after).ratio() >= ALIKE;
    if before.is_empty() || after.is_empty() || !(blanks_only || alike()) {
        let block = |side, text: &str| Piece::Block { side, text: visible(text) };
        let sides = [(Side::Old, before), (Side::New, after)];
        let pieces = sides.into_iter().filter(|(_, text)| !text.is_empty());
        return TextEdit { indent, pieces: pieces.map(|(side, text)| block(side, text)).collect() };
    }
    let lines = TextDiff::from_lines(before, after);
    let mut pieces = Vec::new();
    let ops = lines.ops();
    for (at, op) in ops.iter().enumerate() {
        if op.tag() == DiffTag::Equal {
            let edges = (at > 0, at + 1 < ops.len());
            let all = op.new_range().filter_map(|line| Some((line + 1, lines.new_slice(line)?)));
            unchanged(&mut pieces, &all.collect::<Vec<_>>(), edges, detail);
        } else {
            let old: String = op.old_range().filter_map(|line| lines.old_slice(line)).collect();
            let new: String = op.new_range().filter_map(|line| lines.new_slice(line)).collect();
            let number = op.new_range().start + 1;
            let stretches = harmless(changed(&old, &new), blanks_only, detail.glyphs());
            pieces.push(Piece::Words { number, stretches });
        }
    }
    TextEdit { indent, pieces }
}

/// Unchanged lines: those next to a change as far as they are wanted, the others as a number. `edges` says whether a change
/// stands before and after them.
fn unchanged(pieces: &mut Vec<Piece>, lines: &[(usize, &str)], edges: (bool, bool), detail: Detail) {
    let wanted = detail.context.unwrap_or(lines.len());
    let above = if edges.0 { wanted } else { 0 };
    let below = if edges.1 { wanted } else { 0 };
    let all = detail.context.is_none() || above + below >= lines.len();
    let above = above.min(lines.len());
    let below = below.min(lines.len() - above);
    for (at, (number, line)) in lines.iter().enumerate() {
        if all || at < above || at >= lines.len() - below {
            pieces.push(Piece::Same { number: *number, line: visible(line.trim_end_matches('\n')) });
        } else if at == above {
            pieces.push(Piece::Folded(lines.len() - above - below));
        }
    }
}

/// Changed lines by words. A line end that only one side has is seen.
fn changed(old: &str, new: &str) -> Vec<Stretch> {
    let ends = |text: &str| text.len() - text.trim_end_matches('\n').len();
    let common = ends(old).min(ends(new));
    if old.trim_end_matches('\n').is_empty() || new.trim_end_matches('\n').is_empty() {
        // Whole lines come or go; the last line end goes without saying, unless they are empty.
        let whole = |text: &str| match text.trim_end_matches('\n') {
            "" => text.to_owned(),
            core => core.to_owned(),
        };
        return vec![Stretch::Edit { old: whole(old), new: whole(new) }];
    }
    stretches(&old[..old.len() - common], &new[..new.len() - common])
}

fn harmless(stretches: Vec<Stretch>, blanks_only: bool, glyphs: &Glyphs) -> Vec<Stretch> {
    let edited = |text: String| {
        if blanks_only || (!text.is_empty() && text.trim().is_empty()) {
            seen(&text, glyphs)
        } else {
            visible(&text)
        }
    };
    stretches
        .into_iter()
        .map(|stretch| match stretch {
            Stretch::Same(text) => Stretch::Same(visible(&text)),
            Stretch::Edit { old, new } => Stretch::Edit { old: edited(old), new: edited(new) },
        })
        .collect()
}

impl TextEdit {
    /// As lines of a diff: the first column, and the text behind it.
    pub(super) fn diff_lines(&self, glyphs: &Glyphs) -> Vec<(char, String)> {
        let mut lines = Vec::new();
        let mut side = |sign: char, text: &str| {
            lines.extend(text.lines().map(|line| (sign, line.to_owned())));
        };
        for piece in &self.pieces {
            match piece {
                Piece::Folded(count) => side(' ', &folded(*count, glyphs)),
                Piece::Same { line, .. } if line.is_empty() => side(' ', "\n"),
                Piece::Same { line, .. } => side(' ', line),
                Piece::Words { stretches, .. } => {
                    side('-', &whole(stretches, Side::Old));
                    side('+', &whole(stretches, Side::New));
                }
                Piece::Block { side: Side::Old, text } => side('-', text),
                Piece::Block { text, .. } => side('+', text),
            }
        }
        lines
    }
}

/// What stands for unchanged lines.
pub(super) fn folded(lines: usize, glyphs: &Glyphs) -> String {
    format!("{} {} unchanged", glyphs.fold, plural(lines, "line"))
}

/// One side of changed lines.
fn whole(stretches: &[Stretch], side: Side) -> String {
    stretches
        .iter()
        .map(|stretch| match (stretch, side) {
            (Stretch::Same(text), _) => text.as_str(),
            (Stretch::Edit { old, .. }, Side::Old) => old,
            (Stretch::Edit { new, .. }, _) => new,
        })
        .collect()
}

/// What a reader sees as one edit: a stretch that stays, or one that goes and one that comes in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) enum Stretch {
    /// It stays.
    Same(String),
    /// It goes, it comes; one of the two may be empty.
    Edit { old: String, new: String },
}

/// Edits by words. Common words between edits that are longer than they join these: `[-All notes of a book-]` reads
/// better than five edits of a word each.
pub(super) fn stretches(old: &str, new: &str) -> Vec<Stretch> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(before: &str, after: &str, context: Option<usize>) -> String {
        let detail = Detail { context, ..Detail::default() };
        let lines = text_edit(0, before, after, detail).diff_lines(detail.glyphs());
        lines
            .into_iter()
            .flat_map(|(sign, line)| [sign.to_string(), " ".to_owned(), line, "\n".to_owned()])
            .collect()
    }

    const BEFORE: &str = "One.\nTwo.\nKeeps your notes in sync across all your PCs.\nFour.\nFive.";
    const AFTER: &str = "One.\nTwo.\nKeeps your notes in sync across every device you own.\nFour.\nFive.";

    #[test]
    fn what_stays_is_folded_as_far_as_is_wanted() {
        insta::assert_snapshot!(lines(BEFORE, AFTER, Some(1)), @r"
          ⋯ 1 line unchanged
          Two.
        - Keeps your notes in sync across all your PCs.
        + Keeps your notes in sync across every device you own.
          Four.
          ⋯ 1 line unchanged
        ");
        assert_eq!(lines(BEFORE, AFTER, Some(2)), lines(BEFORE, AFTER, None));
        assert_eq!(lines(BEFORE, AFTER, Some(0)).lines().filter(|line| line.contains("2 lines")).count(), 2);
    }

    #[test]
    fn another_text_is_shown_as_two() {
        insta::assert_snapshot!(lines("Fixes.", "A whole new reader,\n\nwith notes.", Some(0)), @r"
        - Fixes.
        + A whole new reader,
        + 
        + with notes.
        ");
    }

    #[test]
    fn blanks_alone_are_seen() {
        insta::assert_snapshot!(lines("One two.\nThree\tfour.\nFive.", "One  two.\nThree four.\n\nFive.", Some(0)), @r"
        - One·two.
        - Three⇥four.
        + One··two.
        + Three·four.⏎
          ⋯ 1 line unchanged
        ");
        assert!(lines("a b\nc", "a b\n\nc", Some(0)).contains("+ ⏎\n"));
        assert!(lines("A b c d e.\nf", "A b c d g.\n\nf", Some(0)).contains("g."));
    }

    #[test]
    fn hostile_text_is_shown_and_does_nothing() {
        let shown = lines("a", "\u{1b}[2J\u{202e}b\u{200b}", Some(0));
        assert!(shown.contains("<U+001B>[2J<U+202E>b<U+200B>"), "{shown}");
    }

    proptest::proptest! {
        #[test]
        fn every_word_is_shown(before in "[a-d \n]{0,60}", after in "[a-d \n]{0,60}") {
            let all = stretches(&before, &after);
            proptest::prop_assert_eq!(whole(&all, Side::Old), before);
            proptest::prop_assert_eq!(whole(&all, Side::New), after);
        }

        #[test]
        fn no_line_is_lost(before in "[a-d \n]{1,60}", after in "[a-d \n]{1,60}") {
            let words = |sign: char| -> String {
                let detail = Detail { context: None, ..Detail::default() };
                let lines = text_edit(0, &before, &after, detail).diff_lines(detail.glyphs());
                let side = lines.into_iter().filter(|(own, _)| *own == sign || *own == ' ');
                side.map(|(_, line)| line).collect::<String>().replace(['·', '⏎', ' '], "")
            };
            proptest::prop_assert_eq!(words('-'), before.split_whitespace().collect::<String>());
            proptest::prop_assert_eq!(words('+'), after.split_whitespace().collect::<String>());
        }
    }
}
