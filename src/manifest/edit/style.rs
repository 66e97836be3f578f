//! Values as YAML, in the style of what stood there. What a text holds can never become something else than that text.

use serde_json::Value;

/// How a value is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// None, where the text allows it.
    Plain,
    /// Single ones, where the text allows them.
    Single,
    /// Double ones.
    Double,
}

impl Quotes {
    /// Those of a value as it was written.
    pub(super) fn of(written: &str) -> Self {
        match written.as_bytes().first() {
            Some(b'"') => Self::Double,
            Some(b'\'') => Self::Single,
            _ => Self::Plain,
        }
    }
}

/// A value in one line. `in_flow` tells that brackets are around it.
pub(super) fn in_line(value: &Value, quotes: Quotes, in_flow: bool) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::String(text) => Some(scalar(text, quotes, in_flow)),
        Value::Array(items) => {
            let items: Option<Vec<String>> =
                items.iter().map(|item| in_line(item, Quotes::Plain, true)).collect();
            items.map(|items| format!("[{}]", items.join(", ")))
        }
        Value::Object(_) => None,
    }
}

/// A text of several lines below its key, or `None` where a block cannot hold it.
pub(super) fn block(text: &str, indent: usize) -> Option<String> {
    let fits = text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && !text.ends_with('\n')
        && text.chars().all(|c| c == '\n' || is_printable(c));
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("{:indent$}{line}", "") };
    fits.then(|| format!("|-\n{}", escaped(text).split('\n').map(line).collect::<Vec<_>>().join("\n")))
}

/// A text as a scalar in one line.
pub(super) fn scalar(text: &str, quotes: Quotes, in_flow: bool) -> String {
    let text = escaped(text);
    match quotes {
        Quotes::Plain if is_plain(&text, in_flow) => text,
        Quotes::Single if text.chars().all(is_printable) => format!("'{}'", text.replace('\'', "''")),
        _ => double(&text),
    }
}

/// With nothing in it that would expand.
fn escaped(text: &str) -> String {
    text.replace("$(", "$$(")
}

fn double(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_printable(c) => quoted.push(c),
            c if u32::from(c) <= 0xFFFF => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a character stands for itself in every style, and is seen.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// Whether a text without quotes is that text and nothing else.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let null = ["", "~", "null", "Null", "NULL"].contains(&text);
    let starts = text.chars().next().is_some_and(|c| c.is_alphanumeric() || "(/.+".contains(c));
    let ends = !text.ends_with([' ', ':']);
    let inside = !text.contains(": ") && !text.contains(" #") && text.chars().all(is_printable);
    let flow = !in_flow || !text.contains([',', '[', ']', '{', '}']);
    !null && starts && ends && inside && flow && !text.starts_with("...")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::super::diagnostic::Diagnostics;
    use super::super::super::source::Sources;
    use super::super::super::yaml::{self, Yaml};
    use super::*;

    fn read_back(document: &str) -> String {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", Path::new(""), document);
        let mut diagnostics = Diagnostics::default();
        let parsed = yaml::parse(&sources, source, &mut diagnostics);
        match &parsed.documents[0].get("a").unwrap().value {
            Yaml::Scalar { text, .. } => text.replace("$$(", "$("),
            Yaml::List(items) => match &items[0].value {
                Yaml::Scalar { text, .. } => text.replace("$$(", "$("),
                _ => panic!("{document}"),
            },
            Yaml::Map(_) => panic!("{document}"),
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_back_in_every_style(
            text in prop_oneof!["\\PC*", "[-:#a ,\\[\\]{}'\"\\\\|>&*!%@`~?$()\n\t]{0,12}", any::<String>()]
        ) {
            // A text is compared in this form, and kept so in sources.
            let text = text.replace("\r\n", "\n").replace('\r', "").replace("$$", "$");
            for quotes in [Quotes::Plain, Quotes::Single, Quotes::Double] {
                prop_assert_eq!(&read_back(&format!("a: {}\n", scalar(&text, quotes, false))), &text);
                prop_assert_eq!(&read_back(&format!("a: [{}, b]\n", scalar(&text, quotes, true))), &text);
            }
            if let Some(block) = block(&text, 2) {
                prop_assert_eq!(&read_back(&format!("a: {block}\nb: c\n")), &text);
            }
        }
    }

    #[test]
    fn what_needs_no_quotes_gets_none() {
        for text in ["Faster start.", "Notes, and more", "v1.2: no", "It's here", "日本語"] {
            let plain = scalar(text, Quotes::Plain, false);
            assert_eq!(plain == text, !text.contains(": "), "{plain}");
        }
        assert_eq!(scalar("a, b", Quotes::Plain, true), "\"a, b\"");
        assert_eq!(scalar("$(lang)", Quotes::Plain, false), "\"$$(lang)\"");
    }
}
