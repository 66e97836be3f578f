//! The signs that Storeward draws, and what stands for them where only ASCII is wanted.
//!
//! In texts that are being made each sign is a character of the private use area, so that signs of ours and characters of
//! other people's texts are never taken for each other: [`visible`](super::visible) spells such characters out, and a
//! [`Page`](super::page::Page) puts the signs in their place.

pub(super) const ARROW: char = '\u{E000}';
pub(super) const DOT: char = '\u{E001}';
pub(super) const TIMES: char = '\u{E002}';
pub(super) const ELLIPSIS: char = '\u{E003}';
pub(super) const FOLD: char = '\u{E004}';
pub(super) const BAR: char = '\u{E005}';
pub(super) const REPLACE: char = '\u{E006}';
pub(super) const MOVE: char = '\u{E007}';
pub(super) const DASH: char = '\u{E008}';
pub(super) const BLANK: char = '\u{E009}';
pub(super) const LINE_END: char = '\u{E00A}';
pub(super) const TAB: char = '\u{E00B}';

const SIGNS: &[(char, &str, &str)] = &[
    (ARROW, "→", "->"),
    (DOT, "·", "-"),
    (TIMES, "×", "x"),
    (ELLIPSIS, "…", "..."),
    (FOLD, "⋯", "..."),
    (BAR, "│", "|"),
    (REPLACE, "±", "-/+"),
    (MOVE, "↕", "mv"),
    (DASH, "–", "-"),
    (BLANK, "·", "."),
    (LINE_END, "⏎", "\\n"),
    (TAB, "⇥", "\\t"),
];

/// Whether a character stands for a sign of ours.
pub(super) fn is_sign(c: char) -> bool {
    ('\u{E000}'..='\u{E01F}').contains(&c)
}

/// The text with every sign in its place.
pub(super) fn drawn(text: &str, ascii: bool) -> String {
    let mut drawn = String::with_capacity(text.len());
    for c in text.chars() {
        match SIGNS.iter().find(|(sign, ..)| *sign == c) {
            Some((_, unicode, plain)) => drawn.push_str(if ascii { plain } else { unicode }),
            None => drawn.push(c),
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_ours_alone_and_have_an_ascii_form() {
        for (sign, unicode, plain) in SIGNS {
            assert!(is_sign(*sign) && plain.is_ascii() && !unicode.is_empty());
        }
        assert_eq!(drawn("a \u{E000} → b", true), "a -> → b", "other people's arrows stay");
    }
}
