//! YAML as people write it: block style, short maps in a line, comments, quotes only where they are needed.
//!
//! A library that writes YAML writes no comments and no layout. Here every text is either plain beyond doubt or in
//! double quotes with escapes, so that whatever the Store holds cannot become anything else than a text.

use std::fmt::Write;

/// How long a line is at most, where there is a choice.
const WIDTH: usize = 100;

/// A value to be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Page {
    /// A text, in which nothing expands.
    Text(String),
    /// A word of ours, written as it is.
    Word(String),
    /// A list, an item a line where it is long.
    List(Vec<Self>),
    /// A map.
    Map(Vec<Line>),
}

/// A key with its value, and the comment behind it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    key: String,
    value: Page,
    comment: String,
}

impl Line {
    pub(super) fn new(key: &str, value: Page) -> Self {
        Self { key: key.to_owned(), value, comment: String::new() }
    }

    pub(super) fn value(&self) -> &Page {
        &self.value
    }

    /// With a comment behind it, made harmless.
    pub(super) fn comment(self, comment: &str) -> Self {
        Self { comment: harmless(comment), ..self }
    }
}

impl Page {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn word(word: impl Into<String>) -> Self {
        Self::Word(word.into())
    }

    /// `{key: word}`.
    pub(super) fn naming(key: &str, word: &str) -> Self {
        Self::Map(vec![Line::new(key, Self::word(word))])
    }

    /// Puts a value at a path of keys; maps on the way are made.
    pub(super) fn put(&mut self, path: &[&str], value: Self) {
        let Self::Map(lines) = self else { return };
        let [key, rest @ ..] = path else { return };
        let place = lines.iter().position(|line| line.key == *key).unwrap_or_else(|| {
            lines.push(Line::new(key, Self::Map(Vec::new())));
            lines.len() - 1
        });
        if rest.is_empty() {
            lines[place].value = value;
        } else {
            lines[place].value.put(rest, value);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Map(lines) => lines.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Text(_) | Self::Word(_) => false,
        }
    }

    /// The lines of a map, written out.
    pub(super) fn written(&self) -> String {
        let mut out = String::new();
        self.block(0, &mut out);
        out
    }

    /// The value behind its key, or behind the dash of its item.
    fn behind(&self, indent: usize, column: usize, may_flow: bool, out: &mut String) {
        let in_line = self.in_line();
        let is_short = column + in_line.chars().count() < WIDTH;
        let fits = is_short && self.is_flat();
        match self {
            Self::Map(lines) if !(lines.is_empty() || may_flow && fits) => {
                out.push('\n');
                self.block(indent + 2, out);
            }
            Self::List(items) if !items.is_empty() && !fits => {
                out.push('\n');
                for item in items {
                    let _ = write!(out, "{:indent$}- {}", "", item.in_line(), indent = indent + 2);
                    out.push_str(&item.trailing_comment());
                    out.push('\n');
                }
            }
            _ => {
                let _ = writeln!(out, " {in_line}");
            }
        }
    }

    fn block(&self, indent: usize, out: &mut String) {
        let Self::Map(lines) = self else { return };
        for line in lines {
            let start = format!("{:indent$}{}:", "", key(&line.key));
            if !line.comment.is_empty() {
                let _ = writeln!(out, "{:indent$}# {}", "", line.comment);
            }
            out.push_str(&start);
            // The outer maps are the frame of a manifest, and stand in lines of their own.
            line.value.behind(indent, start.chars().count() + 1, indent >= 2, out);
        }
    }

    /// Whether it can stand in one line: what is in it is small, and has no comments.
    fn is_flat(&self) -> bool {
        match self {
            Self::Text(_) | Self::Word(_) => true,
            Self::List(items) => items.iter().all(|item| !matches!(item, Self::Map(_)) && item.is_flat()),
            Self::Map(lines) => {
                self.depth() <= 2 && lines.iter().all(|line| line.comment.is_empty() && line.value.is_flat())
            }
        }
    }

    /// How many maps lie in each other.
    fn depth(&self) -> usize {
        match self {
            Self::Map(lines) => 1 + lines.iter().map(|line| line.value.depth()).max().unwrap_or(0),
            Self::List(_) | Self::Text(_) | Self::Word(_) => 0,
        }
    }

    fn in_line(&self) -> String {
        match self {
            Self::Text(text) => scalar(&unexpanded(text)),
            Self::Word(word) => word.clone(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::in_line).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(lines) => {
                let pair = |line: &Line| format!("{}: {}", key(&line.key), line.value.in_line());
                format!("{{{}}}", lines.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What is said in comments inside a map that stands in one line.
    fn trailing_comment(&self) -> String {
        let Self::Map(lines) = self else { return String::new() };
        let said: Vec<&str> =
            lines.iter().map(|line| line.comment.as_str()).filter(|comment| !comment.is_empty()).collect();
        if said.is_empty() { String::new() } else { format!("  # {}", said.join(", ")) }
    }
}

/// Keeps `$(` as it is.
fn unexpanded(text: &str) -> String {
    text.replace("$(", "$$(")
}

/// A key; those that start with `$` are our own.
fn key(text: &str) -> String {
    let is_own = text.strip_prefix('$').is_some_and(|word| word.bytes().all(|b| b.is_ascii_lowercase()));
    if is_own && text.len() > 1 { text.to_owned() } else { scalar(text) }
}

/// Words that a reader of YAML 1.1 or 1.2 takes for something else than a text.
const WORDS: &[&str] =
    &["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"];

/// A text as a scalar that means this text to every reader of YAML.
pub(in crate::manifest) fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_seen(c) => quoted.push(c),
            c => {
                let _ = match u32::from(c) {
                    code @ ..=0xffff => write!(quoted, "\\u{code:04X}"),
                    code => write!(quoted, "\\U{code:08X}"),
                };
            }
        }
    }
    quoted.push('"');
    quoted
}

fn is_plain(text: &str) -> bool {
    // From right to left is hard to read beside signs that are not.
    let is_turned =
        |c: char| matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}');
    let inside = |c: char| (c.is_alphanumeric() && !is_turned(c)) || " _-./()".contains(c);
    let is_code =
        |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric()) && text.parse::<f64>().is_err();
    let is_hex = || text.starts_with("0x") || text.starts_with("0o") || text.starts_with("0b");
    let Some(first) = text.chars().next() else { return false };
    let starts_well = first.is_alphabetic() || (first.is_ascii_digit() && is_code(text) && !is_hex());
    starts_well
        && !text.ends_with(' ')
        && text.chars().all(inside)
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a character shows, and stays where it is: no control, no change of direction, nothing without width.
fn is_seen(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{00A0}' | '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}'
            | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
}

/// How long what is quoted in a comment may be.
const COMMENT_MAX: usize = 300;

/// A text as the rest of a comment: one line, and nothing that is not seen.
pub(super) fn harmless(text: &str) -> String {
    let short: String = text.chars().take(COMMENT_MAX).collect();
    let whole = if short.len() < text.len() { format!("{short}…") } else { short };
    whole.chars().map(|c| if is_seen(c) { c } else { '?' }).collect()
}

/// A comment of several lines at most [`WIDTH`] long, each starting with `# `.
pub(super) fn comment(first: &str, others: &str, text: &str) -> String {
    let mut out = String::new();
    let mut line = first.to_owned();
    let mut is_fresh = true;
    for word in harmless(text).split(' ').filter(|word| !word.is_empty()) {
        if !is_fresh && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            others.clone_into(&mut line);
            is_fresh = true;
        }
        if !is_fresh {
            line.push(' ');
        }
        line.push_str(word);
        is_fresh = false;
    }
    out.push_str(&line);
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_yaml::Value;

    use super::super::super::diagnostic::Diagnostics;
    use super::super::super::source::Sources;
    use super::super::super::yaml::{self, Node, Yaml};
    use super::*;

    #[test]
    fn what_looks_like_something_else_is_quoted() {
        for plain in ["Contoso Reader", "9NBLGGH4R315", "Tier1012", "copy/de.md", "東京", "Größe (2)"] {
            assert_eq!(scalar(plain), plain);
        }
        for other in [
            "yes", "NO", "null", "~", "1.0", "12e3", "0x1F", "", " a", "a ", "- a", "a: b", "a #b",
            "2026-09-01", "{a", "*a", "&a", "!a", "%a", "@a", "`a",
        ] {
            assert!(scalar(other).starts_with('"'), "{other}");
        }
        assert_eq!(scalar("a\u{202e}b\u{e0041}\n"), "\"a\\u202Eb\\U000E0041\\n\"");
    }

    #[test]
    fn comments_stay_comments() {
        assert_eq!(harmless("a\nb\u{85}c"), "a?b?c");
        let long = comment("# - ", "#   ", &"word ".repeat(40));
        assert!(long.lines().all(|line| line.starts_with('#') && line.chars().count() <= WIDTH), "{long}");
    }

    /// The texts below `own` and in `outer.list`, as our reader of manifests reads them.
    fn read_by_us(written: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let source = sources.add("m.yaml", std::path::Path::new(""), written);
        let parsed = yaml::parse(&sources, source, &mut diagnostics);
        assert!(parsed.whole && !diagnostics.has_errors(), "{written}");
        let root = &parsed.documents[0];
        let list = root.get("outer").and_then(|outer| outer.get("list")).map(|list| &list.value);
        let Some(Yaml::List(items)) = list else { panic!("{written}") };
        let text = |node: &Node| match &node.value {
            Yaml::Scalar { text, .. } if !node.is_null() => text.clone(),
            _ => panic!("{written}"),
        };
        root.get("own").into_iter().chain(items).map(text).collect()
    }

    proptest! {
        /// Our reader and another one read the same, whatever the text and wherever it stands.
        #[test]
        fn every_text_is_read_back(text in any::<String>(), other in "\\PC{0,80}") {
            let page = Page::Map(vec![
                Line::new("own", Page::Word(scalar(&text))),
                Line::new("outer", Page::Map(vec![
                    Line::new("list", Page::List(vec![Page::Word(scalar(&text)), Page::Word(scalar(&other))])),
                    Line::new("map", Page::Map(vec![Line::new(&other, Page::Word(scalar(&text))).comment(&text)])),
                ])),
            ]);
            prop_assert_eq!(read_by_us(&page.written()), [text.clone(), text.clone(), other.clone()]);
            let read: Value = serde_yaml::from_str(&page.written()).unwrap();
            let said = |value: &Value| value.as_str().map(str::to_owned);
            prop_assert_eq!(said(&read["own"]), Some(text.clone()), "{}", page.written());
            prop_assert_eq!(said(&read["outer"]["list"][0]), Some(text.clone()));
            prop_assert_eq!(said(&read["outer"]["list"][1]), Some(other.clone()));
            prop_assert_eq!(said(&read["outer"]["map"][other.as_str()]), Some(text));
        }
    }
}
