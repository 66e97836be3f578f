//! Text from outside, made harmless.

use std::fmt::Write;

/// The text with everything that is invisible or moves the cursor spelled out, such as `<U+202E>`: control
/// characters but the line feed, zero-width and bidirectional ones, and the private and unassigned-looking tags that
/// hide text.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            write!(shown, "<U+{:04X}>", u32::from(c)).expect("writing to a String cannot fail");
        } else {
            shown.push(c);
        }
    }
    shown
}

fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\n')
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
}
