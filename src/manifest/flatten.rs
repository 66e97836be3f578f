//! One block of a manifest into leaves, along the field table.

use crate::submission::vocabulary::{IMAGE_TYPES, ImageType, is_language, is_market};
use crate::submission::{FIELDS, Field, Path, Scope as FieldScope, Shape, field::IGNORED_BY_API};

use super::code::Code;
use super::desired::{Desired, Others, Retain};
use super::diagnostic::{Diagnostic, did_you_mean};
use super::source::{Location, Span};
use super::value::{Nothing, Scope, Values};
use super::yaml::{Entry, Node};

/// A value on its way: where it belongs and where it stands, not yet read.
#[derive(Clone)]
pub(super) struct Leaf<'n> {
    pub(super) path: Path,
    pub(super) field: Option<&'static Field>,
    pub(super) node: &'n Node,
}

/// One block, flattened.
#[derive(Default)]
pub(super) struct Layer<'n> {
    /// What holds once a submission.
    pub(super) once: Vec<Leaf<'n>>,
    /// What `$each` says, with paths below a language.
    pub(super) each: Vec<Leaf<'n>>,
    /// What each language says itself, with paths below it.
    pub(super) own: Vec<(String, Vec<Leaf<'n>>)>,
    /// What `$(lang)` means for a language, where `$as` says so.
    pub(super) meanings: Vec<(String, String)>,
    /// Which packages stay, and where that is written.
    pub(super) retain: Option<(Retain, Span)>,
}

impl<'n> Layer<'n> {
    /// What a language says itself, if it is named.
    pub(super) fn own(&self, language: &str) -> Option<&[Leaf<'n>]> {
        self.own.iter().find(|(known, _)| known == language).map(|(_, leaves)| leaves.as_slice())
    }

    /// Whether a language is to go, if it is named.
    pub(super) fn takes_away(&self, language: &str) -> Option<bool> {
        self.own(language).map(|leaves| leaves.iter().any(|leaf| leaf.field.is_none()))
    }
}

/// The Store documents about 350 language codes.
const MAX_LANGUAGES: usize = 400;

/// Flattens a block; what is not a leaf (`$others`, `retain`) goes to `settings`.
pub(super) fn flatten<'n>(
    values: &mut Values<'_, '_>,
    settings: &mut Desired,
    block: Option<&'n Node>,
) -> Layer<'n> {
    let mut flatten = Flatten { values, settings, layer: Layer::default() };
    if let Some(node) = block {
        flatten.block(node);
    }
    flatten.layer
}

struct Flatten<'a, 'v, 'w, 'n> {
    values: &'a mut Values<'v, 'w>,
    settings: &'a mut Desired,
    layer: Layer<'n>,
}

impl<'n> Flatten<'_, '_, '_, 'n> {
    fn block(&mut self, node: &'n Node) {
        let Some(entries) = node.entries() else {
            self.values.wrong_type(node, "a map");
            return;
        };
        for entry in entries {
            if entry.key == "listings" {
                self.listings(&entry.value);
            } else if entry.key == "openRollout" {
                let message = "this version does not carry out `openRollout`";
                let diagnostic = Diagnostic::error(Code::NotInThisVersion, entry.key_span, message);
                self.values.report(
                    diagnostic.help("leave the key out; finish an open rollout in Partner Center first"),
                );
            } else {
                let leaves = self.field(FieldScope::Submission, entry);
                self.layer.once.extend(leaves);
            }
        }
    }

    /// The leaves of one key of a block or of a language.
    fn field(&mut self, scope: FieldScope, entry: &'n Entry) -> Vec<Leaf<'n>> {
        let rows: Vec<&'static Field> =
            FIELDS.iter().filter(|field| field.scope == scope && field.path[0] == entry.key).collect();
        match rows.as_slice() {
            [] => {
                self.unknown(scope, entry);
                Vec::new()
            }
            [field] if field.path.len() == 1 => self.single(field, entry),
            rows => self.group(rows, entry),
        }
    }

    fn unknown(&mut self, scope: FieldScope, entry: &Entry) {
        if let Some((key, advice)) = IGNORED_BY_API.iter().find(|(key, _)| *key == entry.key) {
            let message = format!("the Store's API ignores `{key}`");
            let diagnostic = Diagnostic::error(Code::IgnoredByStore, entry.key_span, message).help(*advice);
            self.values.report(diagnostic);
            return;
        }
        let extra: &[&str] = match scope {
            FieldScope::Submission => &["listings"],
            FieldScope::Listing => &["$as"],
        };
        let known = FIELDS.iter().filter(|field| field.scope == scope).map(|field| field.path[0]);
        self.values.unknown_key(&entry.key, entry.key_span, extra.iter().copied().chain(known));
    }

    fn single(&mut self, field: &'static Field, entry: &'n Entry) -> Vec<Leaf<'n>> {
        let path = Path::new(field.path.iter().copied());
        match field.shape {
            Shape::Images if !entry.value.is_null() => self.images(field, &path, entry),
            Shape::Packages if !entry.value.is_null() => {
                self.retain(&entry.value);
                vec![Leaf { path, field: Some(field), node: &entry.value }]
            }
            _ => vec![Leaf { path, field: Some(field), node: &entry.value }],
        }
    }

    /// Keys that lie together below one key, such as `pricing`.
    fn group(&mut self, rows: &[&'static Field], entry: &'n Entry) -> Vec<Leaf<'n>> {
        if entry.value.is_null() && rows.iter().all(|field| matches!(field.shape, Shape::Percentage)) {
            return rows.iter().map(|field| leaf(field, &entry.value)).collect();
        }
        let Some(entries) = entry.value.entries() else {
            self.values.wrong_type(&entry.value, "a map");
            return Vec::new();
        };
        let mut leaves = Vec::new();
        for inner in entries {
            match rows.iter().find(|field| field.path[1] == inner.key) {
                Some(field) if matches!(field.shape, Shape::Markets) && !inner.value.is_null() => {
                    leaves.extend(self.markets(field, inner));
                }
                Some(field) => leaves.push(leaf(field, &inner.value)),
                None => match IGNORED_BY_API.iter().find(|(key, _)| *key == inner.key) {
                    Some((key, advice)) => {
                        let message = format!("the Store's API ignores `{key}`");
                        let at = inner.key_span;
                        self.values
                            .report(Diagnostic::error(Code::IgnoredByStore, at, message).help(*advice));
                    }
                    None => {
                        let known = rows.iter().map(|field| field.path[1]);
                        self.values.unknown_key(&inner.key, inner.key_span, known);
                    }
                },
            }
        }
        leaves
    }

    fn markets(&mut self, field: &'static Field, entry: &'n Entry) -> Vec<Leaf<'n>> {
        let Some(entries) = entry.value.entries() else {
            self.values.wrong_type(&entry.value, "a map from market to price");
            return Vec::new();
        };
        let mut leaves = Vec::new();
        for inner in entries {
            if inner.key == "$others" {
                self.settings.other_markets = self.others(inner);
            } else if is_market(&inner.key) {
                let path = Path::new(field.path.iter().copied()).child(&inner.key);
                leaves.push(Leaf { path, field: Some(field), node: &inner.value });
            } else {
                let message = format!("`{}` is not a market", inner.key);
                let mut diagnostic = Diagnostic::error(Code::BadMarket, inner.key_span, message);
                let upper = inner.key.to_uppercase();
                if is_market(&upper) {
                    diagnostic = diagnostic.help(format!("did you mean `{upper}`?"));
                }
                self.values.report(diagnostic);
            }
        }
        leaves
    }

    fn images(&mut self, field: &'static Field, path: &Path, entry: &'n Entry) -> Vec<Leaf<'n>> {
        let Some(entries) = entry.value.entries() else {
            self.values.wrong_type(&entry.value, "a map from image type to a list of images");
            return Vec::new();
        };
        let mut leaves = Vec::new();
        for inner in entries {
            if image_type(&inner.key).is_some() {
                leaves.push(Leaf { path: path.child(&inner.key), field: Some(field), node: &inner.value });
            } else {
                let names = IMAGE_TYPES.iter().map(|kind| kind.name);
                let message = format!("there is no image type `{}`", inner.key);
                let help = match did_you_mean(&inner.key, names.clone()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("image types are {}", names.collect::<Vec<_>>().join(", ")),
                };
                self.values.report(Diagnostic::error(Code::NotAllowed, inner.key_span, message).help(help));
            }
        }
        leaves
    }

    fn retain(&mut self, node: &Node) {
        let Some(written) = node.get("retain") else { return };
        let words =
            [("none", Retain::None), ("newest-per-target", Retain::NewestPerTarget), ("all", Retain::All)];
        if let Some(retain) = self.word(written, &words) {
            self.settings.retain = Some(retain);
            self.layer.retain = Some((retain, written.span));
        }
    }

    fn others(&mut self, entry: &Entry) -> Option<(Others, Location)> {
        let words = [("keep", Others::Keep), ("error", Others::Error), ("remove", Others::Remove)];
        let others = self.word(&entry.value, &words)?;
        Some((others, self.values.sources.location(entry.value.span)))
    }

    fn word<T: Copy>(&mut self, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let text = self.values.scalar(node, "a word", Scope::plain()).ok()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            not_allowed(self.values, &text, node.span, &names);
        }
        found
    }

    fn listings(&mut self, node: &'n Node) {
        let Some(entries) = node.entries() else {
            self.values.wrong_type(node, "a map from language to listing");
            return;
        };
        if entries.len() > MAX_LANGUAGES {
            let message = format!("more than {MAX_LANGUAGES} languages; the Store knows fewer");
            self.values.report(Diagnostic::error(Code::TooLong, node.span, message));
            return;
        }
        for entry in entries {
            match entry.key.as_str() {
                "$others" => self.settings.other_languages = self.others(entry),
                "$each" => {
                    if let Some(entries) = entry.value.entries() {
                        for inner in entries {
                            let leaves = self.field(FieldScope::Listing, inner);
                            self.layer.each.extend(leaves);
                        }
                    } else {
                        self.values.wrong_type(&entry.value, "a map");
                    }
                }
                language if is_language(language) => self.language(entry),
                other => {
                    let message = format!("`{other}` is not a listing language");
                    let mut diagnostic = Diagnostic::error(Code::BadLanguage, entry.key_span, message);
                    if is_language(&other.replace('_', "-")) {
                        diagnostic = diagnostic
                            .help(format!("did you mean `{}`?", other.replace('_', "-").to_lowercase()));
                    }
                    self.values.report(diagnostic);
                }
            }
        }
    }

    fn language(&mut self, entry: &'n Entry) {
        let language = entry.key.to_ascii_lowercase();
        if self.layer.own.iter().any(|(known, _)| *known == language) {
            let message = format!("the language `{language}` is given twice");
            self.values.report(
                Diagnostic::error(Code::DuplicateKey, entry.key_span, message).help("remove one of the two"),
            );
            return;
        }
        let mut leaves = Vec::new();
        if entry.value.is_null() {
            leaves.push(Leaf { path: Path::default(), field: None, node: &entry.value });
        } else if let Some(entries) = entry.value.entries() {
            for inner in entries {
                if inner.key == "$as" {
                    let meaning = self.meaning(&inner.value);
                    self.layer.meanings.extend(meaning.map(|meaning| (language.clone(), meaning)));
                } else {
                    leaves.extend(self.field(FieldScope::Listing, inner));
                }
            }
        } else {
            self.values.wrong_type(&entry.value, "a map");
        }
        self.layer.own.push((language, leaves));
    }

    fn meaning(&mut self, node: &Node) -> Option<String> {
        let meaning = self.values.scalar(node, "a text", Scope::plain()).ok()?;
        if is_tag(&meaning) {
            return Some(meaning);
        }
        self.values.report(
            Diagnostic::error(Code::BadMeaning, node.span, "`$as` takes a short tag")
                .help("use at most 64 letters, digits, `-`, `_` and `.`"),
        );
        None
    }
}

/// Whether a text can stand for a language, also in paths: short, so that repeating it makes nothing long.
fn is_tag(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn leaf<'n>(field: &'static Field, node: &'n Node) -> Leaf<'n> {
    Leaf { path: Path::new(field.path.iter().copied()), field: Some(field), node }
}

pub(super) fn image_type(name: &str) -> Option<&'static ImageType> {
    IMAGE_TYPES.iter().find(|kind| kind.name == name)
}

pub(super) fn not_allowed(values: &mut Values<'_, '_>, text: &str, at: Span, words: &[&str]) -> Nothing {
    let help = match did_you_mean(text, words.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if words.len() <= 14 => format!("allowed: {}", words.join(", ")),
        None => "the reference of the field lists the words".to_owned(),
    };
    values.report(Diagnostic::error(Code::NotAllowed, at, format!("`{text}` is not allowed here")).help(help))
}
