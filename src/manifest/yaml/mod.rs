//! YAML into nodes that know where they stand.
//!
//! Scalars stay texts until a field says what it wants, so `NO` is Norway and `1.10` is not 1.1. Duplicate keys,
//! merge keys and tags are errors; aliases are copied within a budget.

mod json;
mod node;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::code::Code;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::source::{SourceId, Sources, Span};
use super::value::is_like_secret;
use json::joined_surrogates;
pub(super) use node::truth;
pub use node::{Entry, Node, Yaml};
use node::{Size, size, texts};

/// How deep maps and lists may be nested.
const MAX_DEPTH: usize = 48;
/// How many values one file may hold, aliases counted each time they are used.
const MAX_NODES: usize = 100_000;
/// How many signs of YAML one file may hold: brackets, colons and the like.
const MAX_SIGNS: usize = 250_000;
/// How much text the aliases and anchors of one file may copy, in bytes.
const MAX_COPIED_BYTES: usize = 16 * 1024 * 1024;

/// What to do about errors of the parser, by words in them.
const ADVICE: &[(&str, &str)] = &[
    (
        "unknown anchor",
        "define it above, as in `key: &name value`; a text that starts with `*` stands in quotes",
    ),
    ("mapping values are not allowed", "put a text that holds `: ` in quotes, or look at the indentation"),
    ("unexpected character", "put a text that starts with a sign, such as `%`, `@` or a backtick, in quotes"),
    ("simple key", "write a colon and a blank behind the key"),
    ("tab", "indent with blanks"),
    ("escape", "double quotes give `\\` a meaning; single quotes do not"),
    ("after double-quoted", "put the whole text in quotes; between items belongs a comma"),
    ("after single-quoted", "put the whole text in quotes; between items belongs a comma"),
    ("quoted scalar", "close the quote, and indent every line of a quoted text"),
    ("block scalar", "indent every line of the text by more than its key"),
];
const LOOK_AROUND: &str = "look at the indentation, the colons and the quotes, here and just above";

enum Open {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, keys: HashSet<String>, key: Option<Key> },
}

/// A key that waits for its value.
struct Key {
    text: String,
    span: Span,
    /// Whether the value must not be shown.
    secret: bool,
    /// Whether the map has the key already: the first one stays.
    is_twice: bool,
}

struct Builder<'a> {
    source: SourceId,
    /// Byte offset of each character, where they differ.
    bytes: Option<Vec<usize>>,
    diagnostics: &'a mut Diagnostics,
    open: Vec<(Open, Span, usize)>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    copied_bytes: usize,
    documents: Vec<Node>,
    /// Where the last event ended, in bytes.
    reached: usize,
    /// Where the last secret value ended, until another key is read: a slip in its indentation cuts it short.
    secret_end: Option<usize>,
}

/// What reading a source gave.
#[derive(Debug)]
pub struct Parsed {
    /// Its documents, up to the first syntax error.
    pub documents: Vec<Node>,
    /// Whether there was no syntax error.
    pub whole: bool,
    /// How many values they hold, aliases counted each time they are used.
    pub nodes: usize,
}

/// Reads every document of a source. A syntax error ends reading; the documents before it are returned as well.
pub fn parse(sources: &Sources, source: SourceId, diagnostics: &mut Diagnostics) -> Parsed {
    let text = &sources.get(source).text;
    let is_json = Path::new(&*sources.get(source).name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let joined = if is_json { joined_surrogates(text) } else { None };
    let (read, bytes) = match joined {
        Some((joined, bytes)) => (Cow::Owned(joined), Some(bytes)),
        None => {
            let bytes = || text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
            (Cow::Borrowed(text.as_str()), (!text.is_ascii()).then(bytes))
        }
    };
    let mut builder = Builder {
        source,
        bytes,
        diagnostics,
        open: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        copied_bytes: 0,
        documents: Vec::new(),
        reached: 0,
        secret_end: None,
    };
    if let Some(at) = crowded(text) {
        let diagnostic = too_many(Span { source, start: at, end: text.len() });
        builder.diagnostics.push(diagnostic);
        builder.hide_rest(text);
        return Parsed { documents: builder.documents, whole: false, nodes: builder.nodes };
    }
    let mut parser = Parser::new_from_str(&read);
    while let Some(event) = parser.next_event() {
        let outcome = match event {
            Ok((event, span)) => {
                let span = builder.span(span.start.index(), span.end.index(), text);
                let outcome = builder.take(event, span);
                builder.reached = span.end;
                outcome
            }
            Err(error) => {
                let at = builder.span(error.marker().index(), error.marker().index() + 1, text);
                if error.info().contains("recursion limit") {
                    // The parser's own limit, which it reaches while it looks ahead.
                    Err(too_deep(at))
                } else {
                    let format = if is_json { "JSON" } else { "YAML" };
                    let diagnostic =
                        Diagnostic::error(Code::Syntax, at, format!("not valid {format}: {}", error.info()));
                    Err(diagnostic.help(builder.advice(error.info(), sources)))
                }
            }
        };
        if let Err(diagnostic) = outcome {
            builder.diagnostics.push(diagnostic);
            builder.hide_rest(text);
            return Parsed { documents: builder.documents, whole: false, nodes: builder.nodes };
        }
    }
    Parsed { documents: builder.documents, whole: true, nodes: builder.nodes }
}

impl Builder<'_> {
    fn span(&self, start: usize, end: usize, text: &str) -> Span {
        let byte = |index: usize| match &self.bytes {
            Some(bytes) => bytes.get(index).copied().unwrap_or(text.len()),
            None => index.min(text.len()),
        };
        let start = byte(start);
        let end = start + text[start..byte(end).max(start)].trim_end().len();
        Span { source: self.source, start, end }
    }

    /// What to do about a syntax error.
    fn advice(&self, error: &str, sources: &Sources) -> String {
        let known = ADVICE.iter().find(|(words, _)| error.contains(words)).map(|(_, advice)| *advice);
        let Some((_, span, _)) = self.open.last() else {
            return known.unwrap_or(LOOK_AROUND).to_owned();
        };
        let text = &sources.get(self.source).text;
        let close = match text[span.start..].chars().next() {
            Some('[') if error.contains("flow") => ']',
            Some('{') if error.contains("flow") => '}',
            _ => return known.unwrap_or(LOOK_AROUND).to_owned(),
        };
        let at = sources.location(*span);
        format!("close what is opened in line {}, column {}, with `{close}`", at.line, at.column)
    }

    /// The key whose value, now being read, must not be shown.
    fn secret(&self) -> Option<&Key> {
        self.open.iter().find_map(|(open, ..)| match open {
            Open::Map { key: Some(key), .. } if key.secret => Some(key),
            _ => None,
        })
    }

    /// Where reading stopped, nobody knows where a secret value ends: it is taken to go on to the end of the text.
    fn hide_rest(&mut self, text: &str) {
        let next = || {
            let found = words(&text[self.reached..]).find(|(_, word)| is_like_secret(word));
            found.map(|(at, word)| self.reached + at + word.len())
        };
        let start = self.secret().map(|key| key.span.end).or(self.secret_end).or_else(next);
        if let Some(start) = start {
            self.diagnostics.keep_secret(Span { source: self.source, start, end: text.len() });
        }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
            Event::Alias(anchor) => {
                let Some(size) = self.anchors.get(&anchor).map(size) else {
                    let message = "an alias inside of the value that it stands for";
                    let help = "write the value out; it cannot hold itself";
                    return Err(Diagnostic::error(Code::Syntax, span, message).help(help));
                };
                self.count_copy(size, span)?;
                let Node { value, span: anchored } = self.anchors[&anchor].clone();
                if self.secret().is_some() {
                    self.diagnostics.keep_secret(anchored);
                }
                self.add(Node { value, span }, 0)
            }
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                self.count(1, span)?;
                // Escapes can write other line ends than those of the file.
                let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text.into_owned() };
                let value = Yaml::Scalar { text, plain: style == ScalarStyle::Plain };
                self.add(Node { value, span }, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                self.enter(Open::List(Vec::new()), span, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                let (entries, keys) = (Vec::new(), HashSet::new());
                self.enter(Open::Map { entries, keys, key: None }, span, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (open, start, anchor) = self.open.pop().expect("the parser closes only what it opened");
                let value = match open {
                    Open::List(items) => Yaml::List(items),
                    Open::Map { entries, .. } => Yaml::Map(entries),
                };
                let span = Span { end: span.end.max(start.end), ..start };
                self.add(Node { value, span }, anchor)
            }
        }
    }

    fn enter(&mut self, open: Open, span: Span, anchor: usize) -> Result<(), Diagnostic> {
        self.count(1, span)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.open.push((open, span, anchor));
        Ok(())
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Diagnostic> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(too_many(span));
        }
        Ok(())
    }

    /// Counts a copy before it is made, or it could exhaust memory before the budget stops it.
    fn count_copy(&mut self, size: Size, span: Span) -> Result<(), Diagnostic> {
        self.count(size.nodes, span)?;
        self.copied_bytes += size.bytes;
        if self.copied_bytes > MAX_COPIED_BYTES {
            let message = format!("aliases repeat more than {} MiB of text", MAX_COPIED_BYTES / 1024 / 1024);
            let help = "say what is the same in every language below `$each`";
            return Err(Diagnostic::error(Code::TooComplex, span, message).help(help));
        }
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Diagnostic> {
        if anchor != 0 {
            self.count_copy(size(&node), node.span)?;
            self.anchors.insert(anchor, node.clone());
        }
        let hidden = self.diagnostics.hides_text() || self.secret().is_some();
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some((Open::List(items), ..)) => items.push(node),
            Some((Open::Map { entries, key: key @ Some(_), .. }, ..)) => {
                let key = key.take().expect("matched as present");
                if key.secret {
                    self.diagnostics.keep_secret(node.span);
                    for text in texts(&node) {
                        self.diagnostics.keep_secret_text(text);
                    }
                    self.secret_end = Some(node.span.end);
                }
                if !key.is_twice {
                    entries.push(Entry { key: key.text, key_span: key.span, value: node });
                }
            }
            Some((Open::Map { keys, key, .. }, ..)) => {
                let Yaml::Scalar { text, plain } = node.value else {
                    let diagnostic = Diagnostic::error(Code::Syntax, node.span, "a key must be a text");
                    return Err(diagnostic.help("write a word before the colon, without brackets"));
                };
                if text == "<<" && plain {
                    let message = "merge keys are not supported";
                    return Err(Diagnostic::error(Code::Syntax, node.span, message)
                        .help("use `$each`, or write the keys out"));
                }
                let secret = is_like_secret(&text);
                let is_twice = !keys.insert(text.clone());
                if is_twice {
                    let message = if hidden {
                        "a key is given twice".to_owned()
                    } else {
                        format!("the key `{text}` is given twice")
                    };
                    self.diagnostics.push(
                        Diagnostic::error(Code::DuplicateKey, node.span, message)
                            .help("remove one of the two")
                            .hiding_text(secret),
                    );
                }
                *key = Some(Key { text, span: node.span, secret, is_twice });
                self.secret_end = None;
            }
        }
        Ok(())
    }
}

/// The words of a text that could be keys, each with its place.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric();
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_part)?;
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |at| start + at);
        rest = end;
        Some((start, &text[start..end]))
    })
}

/// Where a text has had as many commas as a file may hold values, or as many of all signs between values as they could
/// stand in. The parser keeps every token of a list or map in brackets until it is closed, before any can be counted.
fn crowded(text: &str) -> Option<usize> {
    let (mut commas, mut signs) = (0, 0);
    text.bytes().position(|byte| {
        // A quoted text has two of them, and words have some.
        let halves = match byte {
            b',' | b'[' | b']' | b'{' | b'}' | b':' | b'?' | b'*' | b'&' | b'!' => 2,
            b'"' | b'\'' => 1,
            _ => 0,
        };
        commas += usize::from(byte == b',');
        signs += halves;
        commas > MAX_NODES || signs > 2 * MAX_SIGNS
    })
}

fn too_many(span: Span) -> Diagnostic {
    let message = format!("more than {MAX_NODES} values, aliases counted each time they are used");
    let help = "no manifest needs as many; say what is the same in every language below `$each`";
    Diagnostic::error(Code::TooComplex, span, message).help(help)
}

fn too_deep(span: Span) -> Diagnostic {
    let message = format!("nested more than {MAX_DEPTH} levels deep");
    Diagnostic::error(Code::TooComplex, span, message).help("no manifest needs as many; look at the brackets")
}

fn refuse_tag(tagged: bool, span: Span) -> Result<(), Diagnostic> {
    if tagged {
        Err(Diagnostic::error(Code::Syntax, span, "tags such as `!name` are not supported")
            .help("leave it out; a text that starts with `!` stands in quotes"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> (Vec<Node>, Vec<String>) {
        let mut sources = Sources::default();
        let id = sources.add("m.yaml", Path::new(""), text);
        let mut diagnostics = Diagnostics::default();
        let documents = parse(&sources, id, &mut diagnostics).documents;
        let said = diagnostics
            .sorted()
            .iter()
            .map(|d| {
                let at = sources.location(d.span.unwrap());
                format!("{} {}:{} {}", d.code, at.line, at.column, d.message)
            })
            .collect();
        (documents, said)
    }

    #[test]
    fn words_stay_words() {
        let (documents, said) = read("a: NO\nb: 1.10\nc: on\nd:\ne: \"\"\n");
        assert!(said.is_empty());
        let text = |key: &str| match &documents[0].get(key).unwrap().value {
            Yaml::Scalar { text, .. } => text.clone(),
            _ => panic!(),
        };
        assert_eq!((text("a"), text("b"), text("c")), ("NO".into(), "1.10".into(), "on".into()));
        assert!(documents[0].get("d").unwrap().is_null());
        assert!(!documents[0].get("e").unwrap().is_null());
    }

    #[test]
    fn mistakes_are_found_where_they_are() {
        assert_eq!(read("ü: 1\nb: 2\nü: 3\n").1, ["SW1007 3:1 the key `ü` is given twice"]);
        assert!(read("a: [1, 2\nb: 3\n").1[0].starts_with("SW1006"));
        assert!(read("a: !x 1\n").1[0].contains("1:4"), "{:?}", read("a: !x 1\n").1);
    }

    #[test]
    fn bombs_are_stopped() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..9 {
            let items = vec![format!("*a{}", i - 1); 10].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{items}]\n"));
        }
        assert!(read(&bomb).1[0].starts_with("SW1008"));
        assert!(read(&"[".repeat(100_000)).1[0].starts_with("SW10"));
        let maps = (0..100).map(|depth| " ".repeat(depth) + "a:\n").collect::<String>();
        assert!(read(&maps).1[0].starts_with("SW1008"));
    }

    #[test]
    fn aliases_of_a_long_text_are_stopped_before_they_are_copied() {
        let mut bomb = format!("a: &a \"{}\"\nb:\n", "x".repeat(1024 * 1024));
        bomb.push_str(&"- *a\n".repeat(40_000));
        let (_, said) = read(&bomb);
        assert!(said[0].starts_with("SW1008 18:") && said[0].contains("16 MiB"), "{said:?}");
    }

    #[test]
    fn many_keys_are_told_apart_quickly() {
        let text = (0..45_000).map(|i| format!("k{i}: 1\n")).collect::<Vec<_>>().concat();
        let (documents, said) = read(&(text + "k7: 2\n"));
        assert_eq!(said, ["SW1007 45001:1 the key `k7` is given twice"]);
        assert_eq!(documents[0].entries().unwrap().len(), 45_000);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[\\PC\\n]{0,200}") {
            read(&text);
        }
    }
}
