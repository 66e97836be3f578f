//! JSON that is safe to print anywhere.

use serde::Serialize;

use super::hygiene::{is_invisible, starts_command};

/// A value as indented JSON, with a line feed at its end.
///
/// A CI service reads standard output line by line and takes `##[` and `##vso[` for its own wherever they stand, and a
/// terminal obeys control characters. Both are written as `\u` escapes, so that a reader of the JSON gets the text as it is.
pub fn json(value: &impl Serialize) -> String {
    safe(&serde_json::to_string_pretty(value).expect("results have text keys and no other reason to fail"))
}

/// The same on one line.
pub fn json_line(value: &impl Serialize) -> String {
    safe(&serde_json::to_string(value).expect("results have text keys and no other reason to fail"))
}

fn safe(plain: &str) -> String {
    let mut safe = String::with_capacity(plain.len() + 1);
    let mut bracket_is_command = false;
    for (at, c) in plain.char_indices() {
        bracket_is_command |= starts_command(&plain[at..]);
        if c == '[' && std::mem::take(&mut bracket_is_command) || is_invisible(c) {
            // Such characters stand in strings only, where an escape means the same.
            for unit in c.encode_utf16(&mut [0; 2]) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    safe.push('\n');
    safe
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{json, json_line};

    #[test]
    fn texts_are_the_same_and_start_nothing() {
        let texts = [
            "##vso[task.setvariable variable=x]y", "##VSO[x", "##[error]", "###[x[y", "a\r\n::error::x",
            "\u{9b}31m\u{202e}\u{200b}\u{feff}\u{e0041}\u{7f}", "## [x] [y]", "\\##[x", "Größe 東京 ✓",
        ];
        let value = json!({ "texts": texts, "##vso[key]": [1.10, []] });
        let written = json(&value);
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
        assert!(!written.to_lowercase().contains("##vso[") && !written.contains("##["), "{written}");
        assert!(!written.chars().any(|c| super::is_invisible(c) && c != '\n'), "{written:?}");
        assert!(written.contains("## [x] [y]") && written.contains("東京"), "{written}");
        assert!(written.lines().all(|line| !line.trim_start().starts_with("::")), "{written}");
        assert!(written.ends_with("}\n"));
        let line = json_line(&value);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
        assert!(line.lines().count() == 1 && !line.contains("##["), "{line}");
    }
}
