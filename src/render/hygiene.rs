//! Text from outside, made harmless.

use std::fmt::Write;

use super::glyphs::is_sign;

/// The text with everything that is invisible or moves the cursor spelled out, such as `<U+202E>`: control
/// characters but the line feed, zero-width and bidirectional ones, and the tags that hide text. What a CI service would
/// take for a command (`##[`, `##vso[`, and `::` at the start of a line) is broken by a zero-width space.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            write!(shown, "<U+{:04X}>", u32::from(c)).expect("writing to a String cannot fail");
        } else {
            shown.push(c);
        }
    }
    without_commands(&shown)
}

/// The text with what a CI service would take for a command broken, and all else as it is.
pub fn without_commands(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut starts_line = true;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        shown.push(c);
        if starts_command(rest) || (starts_line && rest.starts_with("::")) {
            shown.push('\u{200B}');
        }
        starts_line = c == '\n' || (starts_line && c.is_whitespace());
    }
    shown
}

/// Whether a text starts with what a CI service takes for a command of its own wherever in a line it stands.
pub(super) fn starts_command(text: &str) -> bool {
    text.starts_with("##[") || text.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("##vso["))
}

/// Whether a character but the line feed is not seen, moves what is seen, or stands for a sign of ours.
pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\n')
        || is_sign(c)
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The same in one line: line feeds become `⏎`.
pub fn visible_line(text: &str) -> String {
    visible(text).replace('\n', "⏎")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_or_hides() {
        assert_eq!(visible("a\u{1b}[31mb\r\u{202e}c\u{200b}\n"), "a<U+001B>[31mb<U+000D><U+202E>c<U+200B>\n");
        assert_eq!(visible("Größe 東京 ✓"), "Größe 東京 ✓");
        assert_eq!(visible_line("a\nb"), "a⏎b");
    }

    #[test]
    fn nothing_is_a_command_to_a_ci_service() {
        for text in ["::error::x", "a\n  ::add-mask::x", "a ##vso[task.x]", "##[error]", "##VSO[x]"] {
            let shown = visible(text);
            for command in ["##[", "##vso[", "##VSO[", "\n  ::", "\n::"] {
                assert!(!shown.contains(command) && !shown.starts_with("::"), "{shown:?}");
            }
        }
        assert_eq!(visible("std::fmt # ## [x]"), "std::fmt # ## [x]");
    }
}
