//! What the pending submission of somebody else changes, in few words: enough to know whose work it is, and how much.

use serde_json::Value;

use crate::submission::{Document, Field, FileEntry, FileStatus, Kind, Path, Phase, Scope, Shape, canonical};

use super::types::Change;

/// How many changes are told.
const MAX_LINES: usize = 12;
/// How many are named in a line.
const MAX_NAMED: usize = 3;
/// Longer values are told by their size.
const MAX_VALUE: usize = 40;

/// Two submissions of one resource.
pub(super) struct Theirs<'a> {
    pub(super) kind: Kind,
    /// The published one, where there is any.
    pub(super) published: Option<&'a Document>,
    pub(super) pending: &'a Document,
    /// What this plan changes.
    pub(super) planned: &'a [Change],
}

impl Theirs<'_> {
    /// A line for each change, sorted by path. What is in a member that no manifest can own is not shown.
    pub(super) fn lines(&self) -> Vec<String> {
        let Some(published) = self.published else {
            return vec!["nothing was published yet; it is the first submission".to_owned()];
        };
        let mut lines: Vec<String> =
            self.differences(published).iter().flat_map(|path| self.told(published, path)).collect();
        lines.dedup();
        if lines.is_empty() {
            return vec!["compared with the published submission it changes nothing".to_owned()];
        }
        let more = lines.len().saturating_sub(MAX_LINES);
        let mut told = vec!["compared with the published submission it changes:".to_owned()];
        told.extend(lines.into_iter().take(MAX_LINES));
        if more > 0 {
            told.push(format!("  … and {more} more"));
        }
        told
    }

    /// What it changes in a few words of one line, without values.
    pub(super) fn in_short(&self) -> String {
        let Some(published) = self.published else { return "it is the first submission".to_owned() };
        let mut paths: Vec<String> = self
            .differences(published)
            .iter()
            .map(|api| match field_at(self.kind, api) {
                Some((path, _)) => one_line(&path.dotted()),
                None => one_line(&api.join(".")),
            })
            .collect();
        paths.dedup();
        let more = paths.len().saturating_sub(MAX_NAMED);
        paths.truncate(MAX_NAMED);
        match (paths.is_empty(), more) {
            (true, _) => "it changes nothing".to_owned(),
            (false, 0) => format!("it changes {}", paths.join(", ")),
            (false, more) => format!("it changes {} and {more} more", paths.join(", ")),
        }
    }

    fn differences(&self, published: &Document) -> Vec<Vec<String>> {
        match self.pending.status().phase() {
            Phase::Draft => published.differences(self.pending),
            _ => published.differences_once_committed(self.pending),
        }
    }

    /// The lines of the difference at a path of the API's keys. Lists are one difference.
    fn told(&self, published: &Document, api: &[String]) -> Vec<String> {
        let (before, after) = (published.get(api), self.pending.get(api));
        let keys: Vec<&str> = api.iter().map(String::as_str).collect();
        let (path, words) = match (keys.as_slice(), field_at(self.kind, api)) {
            (["listings", language], _) => (Path::new(["listings", *language]), None),
            (["listings", language, ..], Some((path, field))) if matches!(field.shape, Shape::Images) => {
                return self.images(published, language, &path);
            }
            (_, Some((path, field))) => (path, Some(summary(field, before, after))),
            (keys, None) => (Path::new(keys.iter().copied()), Some("changed".to_owned())),
        };
        vec![self.line(&path, before, after, words)]
    }

    fn images(&self, published: &Document, language: &str, path: &Path) -> Vec<String> {
        let changed = changed_image_types(published, self.pending, language).into_iter();
        let line = |(kind, before, after)| {
            let words = sizes(before, after, "image");
            self.line(&path.child(kind), Some(&Value::Null), Some(&Value::Null), Some(words))
        };
        changed.map(line).collect()
    }

    fn line(
        &self,
        path: &Path,
        before: Option<&Value>,
        after: Option<&Value>,
        words: Option<String>,
    ) -> String {
        let symbol = match (before, after) {
            (None, Some(_)) => '+',
            (Some(_), None) => '-',
            _ => '~',
        };
        let mut line = format!("  {symbol} {}", one_line(&path.dotted()));
        if let Some(words) = words {
            line.push_str(&format!("   {words}"));
        }
        if self.planned.iter().any(|change| path.covers(&change.path) || change.path.covers(path)) {
            line.push_str("   (also changed by this plan)");
        }
        line
    }
}

/// Whether two entries are the same image, committed or not.
fn is_same_image(a: &Value, b: &Value) -> bool {
    ["fileName", "description", "id"].iter().all(|key| canonical::same(a.get(key), b.get(key)))
}

/// The types of which one of two documents has other images than the other, with how many there are in each.
pub(super) fn changed_image_types<'d>(
    before: &'d Document,
    after: &'d Document,
    language: &str,
) -> Vec<(&'d str, usize, usize)> {
    let (before, after) = (images_by_type(before, language), images_by_type(after, language));
    let mut kinds: Vec<&str> = before.iter().chain(&after).map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let changed = kinds.into_iter().filter_map(|kind| {
        let own = |all: &[(&str, Vec<FileEntry<'_>>)]| -> Vec<Value> {
            let own = all.iter().find(|(other, _)| *other == kind);
            own.into_iter()
                .flat_map(|(_, images)| images)
                .map(|image| Value::Object(image.json().clone()))
                .collect()
        };
        let (before, after) = (own(&before), own(&after));
        let same = before.len() == after.len() && before.iter().zip(&after).all(|(a, b)| is_same_image(a, b));
        (!same).then_some((kind, before.len(), after.len()))
    });
    changed.collect()
}

fn images_by_type<'d>(document: &'d Document, language: &str) -> Vec<(&'d str, Vec<FileEntry<'d>>)> {
    let mut found: Vec<(&str, Vec<FileEntry<'_>>)> = Vec::new();
    for image in document.images(language).into_iter().filter(|i| i.status() != FileStatus::PendingDelete) {
        match found.iter_mut().find(|(kind, _)| *kind == image.image_type()) {
            Some((_, images)) => images.push(image),
            None => found.push((image.image_type(), vec![image])),
        }
    }
    found
}

/// The field of a path of the API's keys, with the path in the words of a manifest.
pub(super) fn field_at(kind: Kind, api: &[String]) -> Option<(Path, &'static Field)> {
    let language = api.get(1).filter(|_| api[0] == "listings").map(String::as_str);
    let fits = |field: &&Field| (field.scope == Scope::Listing) == language.is_some();
    let found = Field::all_of(kind).filter(fits).filter_map(|field| {
        let own = field.api_path(language);
        api.starts_with(&own).then_some((own.len(), field))
    });
    let (length, field) = found.max_by_key(|(length, _)| *length)?;
    let listing = language.map(|language| ["listings", language]);
    let keys = listing.iter().flatten().copied().chain(field.path.iter().copied());
    let below = if matches!(field.shape, Shape::Markets) { &api[length..] } else { &[] };
    Some((Path::new(keys.chain(below.iter().map(String::as_str))), field))
}

/// What becomes of a field's value.
fn summary(field: &Field, before: Option<&Value>, after: Option<&Value>) -> String {
    let items = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
    let entries = |value: Option<&Value>| {
        let all = value.and_then(Value::as_array).into_iter().flatten();
        all.filter(|entry| entry.get("fileStatus").is_none_or(|status| status != "PendingDelete")).count()
    };
    match field.shape {
        // It often holds test accounts.
        Shape::Notes { .. } => "changed (hidden)".to_owned(),
        Shape::Texts { .. } | Shape::SomeOf { .. } => sizes(items(before), items(after), "item"),
        Shape::Trailers => sizes(items(before), items(after), "trailer"),
        Shape::Packages => sizes(entries(before), entries(after), "package"),
        Shape::Text { .. }
        | Shape::Flag
        | Shape::OneOf(_)
        | Shape::Players
        | Shape::Price
        | Shape::Markets
        | Shape::Date
        | Shape::Percentage => values(before, after),
        Shape::Group | Shape::Images | Shape::Icon => "changed".to_owned(),
    }
}

fn sizes(before: usize, after: usize, what: &str) -> String {
    let plural = if after == 1 { "" } else { "s" };
    if before == after {
        format!("{after} {what}{plural}, changed")
    } else {
        format!("{before} → {after} {what}{plural}")
    }
}

/// Both values where they are short, else how long they are.
fn values(before: Option<&Value>, after: Option<&Value>) -> String {
    let text = |value: Option<&Value>| match value.filter(|value| canonical::value(value).is_some()) {
        None => "nothing".to_owned(),
        Some(Value::String(text)) if text.chars().any(char::is_whitespace) => format!("\"{text}\""),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let has_parts = |value: Option<&Value>| value.is_some_and(|value| value.is_object() || value.is_array());
    if has_parts(before) || has_parts(after) {
        return "changed".to_owned();
    }
    let (old, new) = (text(before), text(after));
    let is_short = |text: &str| !text.contains(['\n', '\r']) && text.chars().count() <= MAX_VALUE;
    if is_short(&old) && is_short(&new) {
        return one_line(&format!("{old} → {new}"));
    }
    let length = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().chars().count();
    format!("{} → {} chars", length(before), length(after))
}

/// Text from outside cannot make lines of its own.
pub(super) fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).collect::<Vec<_>>().join(" ")
}
