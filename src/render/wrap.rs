//! Breaks styled text into lines of so many columns. Nothing is cut off: what is too long for a line goes on in the next.

use anstyle::Style;
use unicode_linebreak::linebreaks;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text of one style.
pub(super) type Styled = (Style, String);

/// The columns of some text.
pub(super) fn columns(spans: &[Styled]) -> usize {
    spans.iter().map(|(_, text)| text.width()).sum()
}

/// Lines of at most `width` columns, the first one of at most `first`; line ends in the text end a line. Lines break at
/// blanks and beside wide characters, as Unicode allows; where a word alone is too long, elsewhere.
pub(super) fn wrap(spans: &[Styled], first: usize, width: usize) -> Vec<Vec<Styled>> {
    let text: String = spans.iter().map(|(_, text)| text.as_str()).collect();
    ranges(&text, first, width).into_iter().map(|(from, to)| cut(spans, from, to)).collect()
}

/// The byte ranges of the lines of a text, without the blanks that they end with.
fn ranges(text: &str, first: usize, width: usize) -> Vec<(usize, usize)> {
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (from, to) in words(text) {
        let room = |lines: &[_]| if lines.is_empty() { first } else { width };
        let fits = |start: usize, room| text[start..to].trim_end().width() <= room;
        if end > start && !fits(start, room(&lines)) {
            lines.push((start, end));
            start = from;
        }
        // What is longer than a line goes on in the next.
        while !fits(start, room(&lines)) {
            let at = start + longest(text[start..to].trim_end(), room(&lines));
            if at >= to {
                break;
            }
            lines.push((start, at));
            start = at;
        }
        end = to;
        if text[from..to].ends_with('\n') {
            lines.push((start, end));
            start = end;
        }
    }
    if end > start || lines.is_empty() {
        lines.push((start, end));
    }
    lines.into_iter().map(|(from, to)| (from, from + text[from..to].trim_end().len())).collect()
}

/// The stretches between which lines break well: words, and wide characters.
fn words(text: &str) -> Vec<(usize, usize)> {
    let is_wide = |c: Option<char>| c.and_then(UnicodeWidthChar::width) == Some(2);
    let breaks_well = |at: usize| {
        let before = text[..at].chars().next_back();
        at == text.len()
            || before.is_some_and(char::is_whitespace)
            || is_wide(before)
            || is_wide(text[at..].chars().next())
    };
    let ends = linebreaks(text).map(|(at, _)| at).filter(|at| breaks_well(*at));
    let mut start = 0;
    ends.map(|end| (std::mem::replace(&mut start, end), end)).collect()
}

/// Where to break a word that is longer than a line: as late as Unicode allows, else as late as possible.
fn longest(word: &str, width: usize) -> usize {
    let fits = |at: &usize| word[..*at].width() <= width;
    let allowed = linebreaks(word).map(|(at, _)| at).filter(|at| *at < word.len()).take_while(fits).last();
    // What has no width belongs to the character before it.
    let starts = || word.char_indices().skip(1).filter(|(_, c)| c.width() != Some(0)).map(|(at, _)| at);
    allowed.or_else(|| starts().take_while(fits).last()).or_else(|| starts().next()).unwrap_or(word.len())
}

/// A part of some spans, by bytes.
fn cut(spans: &[Styled], from: usize, to: usize) -> Vec<Styled> {
    let mut at = 0;
    let mut parts = Vec::new();
    for (style, text) in spans {
        let (start, end) = (from.max(at), to.min(at + text.len()));
        if start < end {
            parts.push((*style, text[start - at..end - at].to_owned()));
        }
        at += text.len();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::page::{BOLD, PLAIN};
    use super::*;

    fn wrapped(text: &str, first: usize, width: usize) -> Vec<String> {
        let lines = wrap(&[(PLAIN, text.to_owned())], first, width);
        lines.into_iter().map(|line| line.into_iter().map(|(_, text)| text).collect()).collect()
    }

    #[test]
    fn lines_break_at_blanks_and_go_on() {
        assert_eq!(wrapped("one two three", 8, 5), ["one two", "three"]);
        assert_eq!(wrapped("one\n\ntwo ", 8, 5), ["one", "", "two"]);
        assert_eq!(wrapped("", 8, 5), [""]);
        assert_eq!(wrapped("one shots/en-us/home.png two", 8, 20), ["one", "shots/en-us/home.png", "two"]);
    }

    #[test]
    fn a_word_longer_than_a_line_loses_nothing() {
        assert_eq!(wrapped("a shots/en-us/home.png b", 8, 10), ["a", "shots/en-", "us/", "home.png b"]);
        assert_eq!(wrapped("abcdefgh i", 3, 3), ["abc", "def", "gh", "i"]);
        assert_eq!(wrapped("東", 1, 1), ["東"]);
    }

    #[test]
    fn wide_characters_count_by_columns() {
        assert_eq!(wrapped("東京の読書ノート。", 8, 8), ["東京の読", "書ノー", "ト。"]);
        assert_eq!(wrapped("a 🎉🎉🎉 b", 6, 6), ["a 🎉🎉", "🎉 b"]);
    }

    #[test]
    fn styles_go_on_in_the_next_line() {
        let spans = [(BOLD, "one two".to_owned()), (PLAIN, " three".to_owned())];
        let lines = wrap(&spans, 4, 20);
        assert_eq!(
            lines,
            [vec![(BOLD, "one".to_owned())], vec![(BOLD, "two".to_owned()), (PLAIN, " three".to_owned())],]
        );
    }

    proptest::proptest! {
        #[test]
        fn no_letter_is_lost_and_no_line_too_long(text in "[a-c 東é\\-/\u{301}\u{200b}]{0,60}", first in 2_usize..20, width in 2_usize..20) {
            let lines = wrapped(&text, first, width);
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            proptest::prop_assert_eq!(letters(&lines.concat()), letters(&text));
            for (i, line) in lines.iter().enumerate() {
                proptest::prop_assert!(line.width() <= if i == 0 { first } else { width }, "{:?}", lines);
            }
        }
    }
}
