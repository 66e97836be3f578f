//! Leaves into owned values: each field reads what its shape says.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::submission::canonical;
use crate::submission::vocabulary::is_price;
use crate::submission::{FIELDS, Field, Null, Path, Shape};

use super::code::Code;
use super::desired::{Asset, Owned, Wanted};
use super::diagnostic::{Diagnostic, did_you_mean};
use super::flatten::{Leaf, not_allowed, one_of_words};
use super::lower::Names;
use super::secrets::looks_like_secret;
use super::source::Span;
use super::value::{Content, Nothing, Scope, Values, lines_as_items};
use super::yaml::{Node, Yaml, truth};

/// How many people can play together, where several can.
pub(super) const PLAYERS: std::ops::RangeInclusive<u32> = 2..=1000;

/// Reads leaves in the order of risk, packages first.
pub(super) struct Reader<'a, 'v, 'w> {
    pub(super) values: &'a mut Values<'v, 'w>,
    pub(super) languages: &'a Names,
    /// What `$(package.version)` means, once the packages are read.
    pub(super) version: Option<String>,
    /// Paths at which something is said that could not be read.
    pub(super) unread: Vec<Path>,
}

impl Reader<'_, '_, '_> {
    /// Reads the leaves; of several at one path the last one wins, and of a group and a key below it.
    pub(super) fn read_all(&mut self, leaves: Vec<Leaf<'_>>) -> Vec<Owned> {
        let mut last: HashMap<Path, Leaf<'_>> = HashMap::new();
        for leaf in leaves {
            if leaf.field.is_some_and(Field::is_group) {
                last.retain(|path, _| !leaf.path.covers(path));
            } else if let [group, _, ..] = leaf.path.keys() {
                last.remove(&Path::new([group]));
            }
            last.insert(leaf.path.clone(), leaf);
        }
        let mut winners: Vec<Leaf<'_>> = last.into_values().collect();
        winners.sort_by_cached_key(|leaf| {
            let row = |own: &'static Field| FIELDS.iter().position(|field| std::ptr::eq(field, own));
            // Entries of one map in the order in which they are written.
            (self.languages.position(&leaf.path), leaf.field.and_then(row), leaf.node.span)
        });
        self.read_ahead(&winners);
        // What stands below `$each`, or in a file that several languages include, is read for each of them.
        let mut sharing: HashMap<*const Node, usize> = HashMap::new();
        for leaf in &winners {
            *sharing.entry(std::ptr::from_ref(leaf.node)).or_default() += 1;
        }
        let mut owned = Vec::new();
        for leaf in &winners {
            let sharing = sharing[&std::ptr::from_ref(leaf.node)];
            self.values.diagnostics.about(leaf.path.language(), sharing);
            match self.read_leaf(leaf) {
                Ok(read) => owned.push(read),
                Err(Nothing) => self.unread.push(leaf.path.clone()),
            }
        }
        self.values.diagnostics.settle();
        owned
    }

    fn read_leaf(&mut self, leaf: &Leaf<'_>) -> Result<Owned, Nothing> {
        let version = self.version.clone();
        let scope = Scope {
            lang: leaf.path.language().and_then(|language| self.languages.meaning(language)),
            release: leaf.release,
            package_version: version.as_deref(),
        };
        let (wanted, span) = match leaf.field {
            None => (Wanted::Nothing, leaf.node.span),
            Some(field) => self.read(field, leaf, scope)?,
        };
        if let Wanted::Packages(packages) = &wanted {
            self.version = one_version(packages);
        }
        let at = self.values.sources.location(span);
        let written = leaf.node.span;
        Ok(Owned { path: leaf.path.clone(), field: leaf.field, wanted, at, span, written })
    }

    fn read(
        &mut self,
        field: &'static Field,
        leaf: &Leaf<'_>,
        scope: Scope<'_>,
    ) -> Result<(Wanted, Span), Nothing> {
        let node = leaf.node;
        let keys = leaf.path.keys();
        match field.shape {
            Shape::Images if !node.is_null() => {
                let language = leaf.path.language().unwrap_or_default().to_owned();
                let kind = keys.last().map_or("", String::as_str);
                Ok((Wanted::Images(self.images(node, &language, kind, scope)?), node.span))
            }
            Shape::Packages if !node.is_null() => {
                Ok((Wanted::Packages(self.packages(node, scope)?), node.span))
            }
            // An entry of a map is removed; the map itself cannot be cleared.
            Shape::Markets if node.is_null() && keys.len() > field.path.len() => {
                Ok((Wanted::Nothing, node.span))
            }
            Shape::Percentage if leaf.with_group => Ok((Wanted::Nothing, node.span)),
            Shape::Trailers if !node.is_null() => {
                Ok((Wanted::Trailers(self.trailers(node, scope)?), node.span))
            }
            Shape::Icon if !node.is_null() => {
                let language = leaf.path.language().unwrap_or_default();
                Ok((Wanted::Icon(self.icon(node, language, scope)?), node.span))
            }
            Shape::Icon => Ok((Wanted::Nothing, node.span)),
            Shape::Texts { items, max } => match self.values.content(node, "a list of texts", scope)? {
                Content::Null(at) => self.cleared(field, at),
                Content::Text(text, at) => {
                    let texts = self.placed_items(&text, at);
                    self.texts(field, texts, items, max, at)
                }
                Content::List(texts, at) => self.texts(field, texts, items, max, at),
            },
            Shape::SomeOf { words, items } => self.some_of(field, node, words, items),
            Shape::Text { max, lines } => self.text(field, node, max, lines, scope),
            Shape::Notes { max } => {
                self.values.diagnostics.hide_text(true);
                let read = self.notes(field, node, max, scope);
                self.values.diagnostics.hide_text(false);
                read
            }
            Shape::Flag
            | Shape::OneOf(_)
            | Shape::Price
            | Shape::Markets
            | Shape::Date
            | Shape::Percentage
            | Shape::Players
            | Shape::Images
            | Shape::Packages
            | Shape::Trailers
            | Shape::Group => {
                if node.is_null() || field.is_group() {
                    return self.cleared(field, node.span);
                }
                let wanted = match field.shape {
                    Shape::Flag => "`true` or `false`".to_owned(),
                    Shape::Percentage | Shape::Players => "a number".to_owned(),
                    Shape::Price | Shape::Markets => "a price such as `Tier1012`".to_owned(),
                    Shape::Date => "a date such as `2026-09-01T08:00:00Z`".to_owned(),
                    Shape::OneOf(words) => one_of_words(words),
                    _ => "a word".to_owned(),
                };
                let text = self.values.literal(node, &wanted)?;
                self.one(field, text, node).map(|value| (Wanted::Value(value), node.span))
            }
        }
    }

    /// What `null` sends. An empty text or list is the same wish, and must not slip past the refusal.
    fn cleared(&mut self, field: &Field, at: Span) -> Result<(Wanted, Span), Nothing> {
        match field.null {
            Null::EmptyText => Ok((Wanted::Value(Value::String(String::new())), at)),
            Null::EmptyList => Ok((Wanted::Value(Value::Array(Vec::new())), at)),
            Null::Null => Ok((Wanted::Value(Value::Null), at)),
            Null::Refused(reason) => Err(cannot_be_cleared(self.values, field, reason, at)),
        }
    }

    /// A value that is one word.
    fn one(&mut self, field: &Field, text: &str, node: &Node) -> Result<Value, Nothing> {
        let at = node.span;
        let problem = match field.shape {
            Shape::Flag => match truth(text) {
                Some(truth) => return Ok(Value::Bool(truth)),
                None => {
                    let help = match text.to_lowercase().as_str() {
                        "yes" | "y" | "on" | "1" => "write `true`",
                        "no" | "n" | "off" | "0" => "write `false`",
                        _ => "write `true` or `false`",
                    };
                    let message = format!("expected `true` or `false`, found `{text}`");
                    Diagnostic::error(Code::WrongType, at, message).help(help)
                }
            },
            Shape::OneOf(words) if words.contains(&text) => return Ok(Value::String(text.to_owned())),
            Shape::OneOf(words) => return Err(not_allowed(self.values, text, at, words)),
            Shape::Price | Shape::Markets if is_price(text) => return Ok(Value::String(text.to_owned())),
            Shape::Price | Shape::Markets => {
                let tier = text.to_lowercase().strip_prefix("tier").map(|number| format!("Tier{number}"));
                let meant = tier
                    .filter(|tier| is_price(tier))
                    .or_else(|| did_you_mean(text, ["Free", "NotAvailable"]).map(str::to_owned));
                let help = match (text, field.shape, meant) {
                    ("Base", Shape::Markets, _) => "write `null` for the base price".to_owned(),
                    ("Base", ..) => {
                        "write a price: `Base` is what the API shows for one that it cannot express".to_owned()
                    }
                    (_, _, Some(meant)) => format!("did you mean `{meant}`?"),
                    _ => "write `Free`, `NotAvailable` or a tier such as `Tier1012`; amounts are shown in Partner Center only".to_owned(),
                };
                Diagnostic::error(Code::BadPrice, at, format!("`{text}` is not a price")).help(help)
            }
            Shape::Date => match canonical::instant(text) {
                Some(_) if canonical::is_unset_date(text) => {
                    let message = format!("`{text}` is what the Store shows for no date");
                    Diagnostic::error(Code::BadDate, at, message).help("leave it out")
                }
                Some(_) => return Ok(Value::String(text.to_owned())),
                None => {
                    Diagnostic::error(Code::BadDate, at, format!("`{text}` is not a date with a time zone"))
                        .help("write it as 2026-09-01T08:00:00Z")
                }
            },
            Shape::Percentage => match percentage(text) {
                Some(number) => return Ok(Value::Number(number)),
                None => Diagnostic::error(Code::OutOfRange, at, format!("`{text}` is not a percentage"))
                    .help("write a number from 0 to 100"),
            },
            Shape::Players => {
                let number = text.parse::<u32>().ok().filter(|number| PLAYERS.contains(number));
                match number {
                    Some(number) => return Ok(Value::from(number)),
                    None => {
                        Diagnostic::error(Code::OutOfRange, at, format!("`{text}` is no number of players"))
                            .help(format!("write a number from {} to {}", PLAYERS.start(), PLAYERS.end()))
                    }
                }
            }
            Shape::Group
            | Shape::Images
            | Shape::Packages
            | Shape::Trailers
            | Shape::Icon
            | Shape::Text { .. }
            | Shape::Notes { .. }
            | Shape::Texts { .. }
            | Shape::SomeOf { .. } => unreachable!("read by their own functions"),
        };
        Err(self.values.report(problem))
    }

    /// One text; `Err` with where it stands if it says nothing.
    fn one_text(&mut self, node: &Node, scope: Scope<'_>) -> Result<Result<(String, Span), Span>, Nothing> {
        let (text, at) = match self.values.content(node, "a text", scope)? {
            Content::Null(at) => return Ok(Err(at)),
            Content::Text(text, at) => (text, at),
            Content::List(texts, at) => {
                (texts.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join("\n"), at)
            }
        };
        if text.trim().is_empty() {
            return Ok(Err(at));
        }
        self.refuse_control(&text, at)?;
        Ok(Ok((text, at)))
    }

    pub(super) fn refuse_control(&mut self, text: &str, at: Span) -> Result<(), Nothing> {
        let Some(found) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) else {
            return Ok(());
        };
        let message = format!("the text holds the control character U+{:04X}", u32::from(found));
        // An escape in quotes stands there in other characters.
        let written = &self.values.sources.get(at.source).text[at.range()];
        let at = match written.find(found) {
            Some(start) => Span { start: at.start + start, end: at.start + start + found.len_utf8(), ..at },
            None => at,
        };
        let diagnostic = Diagnostic::error(Code::ControlCharacter, at, message);
        Err(self.values.report(diagnostic.help("remove it; customers cannot see it")))
    }

    fn text(
        &mut self,
        field: &Field,
        node: &Node,
        max: usize,
        lines: bool,
        scope: Scope<'_>,
    ) -> Result<(Wanted, Span), Nothing> {
        let (text, at) = match self.one_text(node, scope)? {
            Ok(found) => found,
            Err(at) => return self.cleared(field, at),
        };
        if !lines && text.contains('\n') {
            let message = format!("`{}` is one line", field.path.join("."));
            let diagnostic = Diagnostic::error(Code::WrongType, at, message);
            return Err(self.values.report(diagnostic.help("write it without line ends")));
        }
        self.values.within(&text, max, at)?;
        Ok((Wanted::Value(Value::String(text)), at))
    }

    /// Notes for the testers. Their limit is documented for another API only, so it is a warning here.
    fn notes(
        &mut self,
        field: &Field,
        node: &Node,
        max: usize,
        scope: Scope<'_>,
    ) -> Result<(Wanted, Span), Nothing> {
        let (text, at) = match self.one_text(node, scope)? {
            Ok(found) => found,
            Err(at) => return self.cleared(field, at),
        };
        let length = text.chars().count();
        if length > max {
            let message = format!("{length} characters; the Store may take {max} only");
            let help = format!("shorten it by {} to be safe", length - max);
            self.values.report(Diagnostic::warning(Code::DisputedLimit, at, message).help(help));
        }
        if let Some(kind) = looks_like_secret(&text) {
            let message = format!("the notes hold what looks like {kind}");
            let help = "give testers an account made for them; keep keys and tokens out of git";
            self.values.report(Diagnostic::warning(Code::SecretInNotes, at, message).help(help));
        }
        Ok((Wanted::Value(Value::String(text)), at))
    }

    fn texts(
        &mut self,
        field: &Field,
        texts: Vec<(String, Span)>,
        items: usize,
        max: usize,
        at: Span,
    ) -> Result<(Wanted, Span), Nothing> {
        if texts.is_empty() {
            return self.cleared(field, at);
        }
        if texts.len() > items {
            let message = format!("{} items; the Store takes {items}", texts.len());
            let diagnostic = Diagnostic::error(Code::TooLong, at, message);
            return Err(self.values.report(diagnostic.help(format!("leave {} out", texts.len() - items))));
        }
        let mut list = Vec::new();
        let mut complete = true;
        for (text, at) in texts {
            if text.trim().is_empty() {
                let diagnostic = Diagnostic::error(Code::WrongType, at, "expected a text, found a blank one");
                self.values.report(diagnostic.help("remove the item"));
                complete = false;
            }
            complete &=
                self.refuse_control(&text, at).and_then(|()| self.values.within(&text, max, at)).is_ok();
            list.push(Value::String(text));
        }
        if !complete {
            return Err(Nothing);
        }
        Ok((Wanted::Value(Value::Array(list)), at))
    }

    /// The items of a text, each with its own place as far as it stands in the source as it is.
    fn placed_items(&self, text: &str, at: Span) -> Vec<(String, Span)> {
        let written = &self.values.sources.get(at.source).text[at.range()];
        let mut reached = 0;
        let place = |item: String| match written[reached..].find(&item) {
            Some(found) => {
                let start = at.start + reached + found;
                reached += found + item.len();
                let end = start + item.len();
                (item, Span { start, end, ..at })
            }
            None => (item, at),
        };
        lines_as_items(text).into_iter().map(place).collect()
    }

    fn some_of(
        &mut self,
        field: &Field,
        node: &Node,
        words: &[&str],
        max: usize,
    ) -> Result<(Wanted, Span), Nothing> {
        if node.is_null() {
            return self.cleared(field, node.span);
        }
        let Yaml::List(items) = &node.value else {
            return Err(self.values.wrong_type(node, "a list of words"));
        };
        if items.is_empty() {
            return self.cleared(field, node.span);
        }
        if items.len() > max {
            let message = format!("{} items; the Store takes {max}", items.len());
            let diagnostic = Diagnostic::error(Code::TooLong, node.span, message);
            return Err(self.values.report(diagnostic.help(format!("leave {} out", items.len() - max))));
        }
        let mut list = Vec::new();
        let mut complete = true;
        for item in items {
            let Ok(word) = self.values.literal(item, "a word") else {
                complete = false;
                continue;
            };
            if !words.contains(&word) {
                not_allowed(self.values, word, item.span, words);
                complete = false;
            } else if list.contains(&Value::String(word.to_owned())) {
                let message = format!("`{word}` is given twice");
                let diagnostic = Diagnostic::error(Code::DuplicateKey, item.span, message);
                self.values.report(diagnostic.help("remove one of the two"));
                complete = false;
            }
            list.push(Value::String(word.to_owned()));
        }
        if complete { Ok((Wanted::Value(Value::Array(list)), node.span)) } else { Err(Nothing) }
    }
}

/// A share of customers, 0 to 100, digit by digit as it was written.
pub(super) fn percentage(text: &str) -> Option<serde_json::Number> {
    text.parse::<f64>().ok().filter(|share| (0.0..=100.0).contains(share))?;
    serde_json::from_str(text).ok()
}

/// Reports a value that would clear what the API has no way to clear.
pub(super) fn cannot_be_cleared(
    values: &mut Values<'_, '_>,
    field: &Field,
    reason: &str,
    at: Span,
) -> Nothing {
    let message = format!("`{}` cannot be cleared", field.path.join("."));
    values.report(Diagnostic::error(Code::CannotClear, at, message).help(reason))
}

/// The version that all packages share.
fn one_version(packages: &[Arc<Asset>]) -> Option<String> {
    let mut versions: Vec<String> = packages
        .iter()
        .filter_map(|asset| asset.package())
        .map(|package| package.version.to_string())
        .collect();
    versions.dedup();
    match versions.as_slice() {
        [version] => Some(version.clone()),
        _ => None,
    }
}
