//! What JSON writes and YAML cannot read.

/// JSON with the characters written that it escapes in two halves, such as `\ud83d\ude00`: YAML, by whose rules it is
/// read, knows no halves. With it, where each character stands in the text as it was. `None` where it has none.
pub(super) fn joined_surrogates(text: &str) -> Option<(String, Vec<usize>)> {
    let half = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut joined = String::new();
    let (mut bytes, mut at, mut has_halves) = (Vec::new(), 0, false);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let halves = half(rest).zip(rest.get(6..).and_then(half));
        let whole = halves.and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok());
        bytes.push(at);
        if let Some(c) = whole.filter(|c| c.len_utf16() == 2) {
            joined.push(c);
            at += 12;
            has_halves = true;
            continue;
        }
        joined.push(c);
        at += c.len_utf8();
        // An escaped backslash starts no other escape.
        if let Some(escaped) = text[at..].chars().next().filter(|_| c == '\\') {
            bytes.push(at);
            joined.push(escaped);
            at += escaped.len_utf8();
        }
    }
    bytes.push(text.len());
    has_halves.then_some((joined, bytes))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::super::diagnostic::Diagnostics;
    use super::super::super::source::Sources;
    use super::super::{Yaml, parse};
    use super::*;

    #[test]
    fn halves_of_a_character_are_joined_and_nothing_else_changes() {
        let (read, bytes) = joined_surrogates("[\"\\ud83d\\ude00 \\u00e9\"]").unwrap();
        assert_eq!(read, "[\"😀 \\u00e9\"]");
        assert_eq!(bytes[..5], [0, 1, 2, 14, 15]);
        for same in ["\\\\ud83d\\ude00", "\\ud83d x", "\\", "\\ü\\uü", ""] {
            assert_eq!(joined_surrogates(same), None, "{same}");
        }
        let mut sources = Sources::default();
        let text = "{\"title\":\"\\ud83d\\ude00\\ud83d\\ude00\",\"foo\":1}";
        let source = sources.add("l.json", Path::new(""), text);
        let parsed = parse(&sources, source, &mut Diagnostics::default());
        let entries = parsed.documents[0].entries().unwrap();
        assert_eq!(sources.location(entries[1].key_span).column, 37);
        assert!(matches!(&entries[0].value.value, Yaml::Scalar { text, .. } if text == "😀😀"));
    }
}
