//! One block of a manifest into leaves, along the field table.

use std::collections::HashSet;
use std::path::Path as FilePath;

use crate::submission::field::{IGNORED_BY_API, SAID_OTHERWISE};
use crate::submission::vocabulary::{
    DIRECTX, IMAGE_TYPES, ImageType, MARKETS, RETIRED_IMAGE_TYPES, SYSTEM_RAM, is_market,
};
use crate::submission::{Field, Kind, Path, Scope as FieldScope, Shape};

use super::code::Code;
use super::desired::{Desired, Others, Retain};
use super::diagnostic::Diagnostic;
use super::include::{FILE, Included};
use super::languages::LanguageKeys;
use super::lower::Names;
use super::misplaced::{self, PACKAGE_KEYS};
use super::source::{Location, Span};
use super::value::{NoRelease, Nothing, Scope, Values, is_like_secret};
use super::words::{OPEN_ROLLOUT, OTHERS, RETAIN, word};
use super::yaml::{Entry, Node, Yaml};

/// A value on its way: where it belongs and where it stands, not yet read.
#[derive(Clone)]
pub(super) struct Leaf<'n> {
    pub(super) path: Path,
    /// The row of the field table; `None` for a whole language that is to go.
    pub(super) field: Option<&'static Field>,
    pub(super) node: &'n Node,
    /// What `$(release)` means there.
    pub(super) release: Result<&'n FilePath, NoRelease>,
    /// Whether it is the `null` of the group that the field lies in.
    pub(super) with_group: bool,
}

/// One block, flattened; what it says of languages is not looked into yet.
#[derive(Default)]
pub(super) struct Layer<'n> {
    /// What holds once a submission.
    pub(super) once: Vec<Leaf<'n>>,
    /// The maps that hold for every language.
    pub(super) each: Vec<&'n Entry>,
    /// The languages that are named, each once.
    pub(super) own: Vec<Own<'n>>,
    /// What is no leaf.
    pub(super) settings: Desired,
    /// Which packages stay, and where that is written.
    pub(super) retain: Option<(Retain, Span)>,
    /// The last `packages` that names no files; those of another part may.
    without_files: Option<Span>,
}

/// What a block says of one language.
pub(super) struct Own<'n> {
    /// The language, in lower case.
    pub(super) language: String,
    /// What `$(lang)` means for it, where `$as` says so.
    pub(super) meaning: Option<String>,
    /// Its maps; later ones win.
    maps: Vec<&'n Node>,
    /// The `null` that takes it away.
    goes: Option<&'n Node>,
}

impl<'n> Layer<'n> {
    /// What is said of a language, if it is named.
    fn own(&self, language: &str) -> Option<&Own<'n>> {
        self.own.iter().find(|own| own.language == language)
    }

    /// Whether a language is to go, if it is named.
    pub(super) fn takes_away(&self, language: &str) -> Option<bool> {
        self.own(language).map(|own| own.goes.is_some())
    }
}

/// The Store documents about 350 language codes.
const MAX_LANGUAGES: usize = 400;
/// How many keys one manifest may say, those that hold for every language counted for each. A hundred languages with
/// every field and image take 20,000.
const MAX_KEYS: usize = 500_000;

/// Flattens the blocks of one manifest.
pub(super) struct Flatten<'a, 'v, 'w, 'n> {
    pub(super) values: &'a mut Values<'v, 'w>,
    pub(super) kind: Kind,
    pub(super) included: &'n Included,
    release: Result<&'n FilePath, NoRelease>,
    layer: Layer<'n>,
    keys: usize,
    /// The entries that were told to be wrong.
    told: HashSet<*const Entry>,
}

impl<'a, 'v, 'w, 'n> Flatten<'a, 'v, 'w, 'n> {
    pub(super) fn new(values: &'a mut Values<'v, 'w>, kind: Kind, included: &'n Included) -> Self {
        Self {
            values,
            kind,
            included,
            release: Err(NoRelease::OutsideRelease),
            layer: Layer::default(),
            keys: 0,
            told: HashSet::new(),
        }
    }

    /// Flattens a block; `release` is what `$(release)` means in it.
    pub(super) fn block(
        &mut self,
        node: Option<&'n Node>,
        release: Result<&'n FilePath, NoRelease>,
    ) -> Layer<'n> {
        self.release = release;
        if let Some(node) = node {
            for part in self.parts(node, "a map of fields", None) {
                self.block_part(part);
            }
        }
        self.refuse_no_files();
        std::mem::take(&mut self.layer)
    }

    /// The parts of `packages` may lie in several files; one of them names the packages.
    fn refuse_no_files(&mut self) {
        let names_some =
            |leaf: &Leaf<'_>| leaf.field.is_some_and(|field| matches!(field.shape, Shape::Packages));
        let Some(at) = self.layer.without_files.filter(|_| !self.layer.once.iter().any(names_some)) else {
            return;
        };
        let diagnostic = Diagnostic::error(Code::MissingKey, at, "`packages` needs `files`");
        let help = "name files or patterns, such as `$(release)/*.msixbundle`";
        self.values.report(diagnostic.help(help));
    }

    fn scope<'s>(&self, lang: Option<&'s str>) -> Scope<'s>
    where
        'n: 's,
    {
        Scope { lang, release: self.release, package_version: None }
    }

    fn parts(&mut self, node: &'n Node, wanted: &str, lang: Option<&str>) -> Vec<&'n Node> {
        let scope = self.scope(lang);
        self.included.parts(self.values, node, wanted, scope)
    }

    /// The entries of one part of a map, within the budget.
    fn entries(&mut self, part: &'n Node) -> impl Iterator<Item = &'n Entry> + use<'n> {
        let entries = part.entries().unwrap_or_default();
        self.keys += entries.len();
        if self.keys > MAX_KEYS {
            let message = format!("more than {MAX_KEYS} keys, those for every language counted for each");
            let help = "no manifest needs as many; look at what `$each` and `$file` repeat";
            self.values.diagnostics.about(None, 0);
            self.values.report(Diagnostic::error(Code::TooComplex, part.span, message).help(help));
        }
        let within = self.keys <= MAX_KEYS;
        entries.iter().filter(move |entry| within && entry.key != FILE)
    }

    fn block_part(&mut self, part: &'n Node) {
        for entry in self.entries(part) {
            match entry.key.as_str() {
                "listings" if self.kind != Kind::Flight => {
                    for part in self.parts(&entry.value, "a map from language to listing", None) {
                        self.listings(part);
                    }
                }
                "openRollout" if self.kind != Kind::AddOn => {
                    self.layer.settings.open_rollout = word(self.values, &entry.value, OPEN_ROLLOUT);
                }
                _ => {
                    let mut leaves = Vec::new();
                    self.field(FieldScope::Submission, entry, None, &mut leaves);
                    self.layer.once.extend(leaves);
                }
            }
        }
    }

    /// The leaves of one key of a block or of a language.
    fn field(&mut self, scope: FieldScope, entry: &'n Entry, lang: Option<&str>, leaves: &mut Vec<Leaf<'n>>) {
        let found = Field::all_of(self.kind).find(|field| field.scope == scope && field.path == [&entry.key]);
        let Some(field) = found else {
            let extra: &[&str] = match scope {
                FieldScope::Submission => misplaced::block_keys(self.kind),
                FieldScope::Listing => &["$as", FILE],
            };
            let fields =
                Field::all_of(self.kind).filter(|field| field.scope == scope && field.path.len() == 1);
            let known = fields.map(|field| field.path[0]);
            self.unknown(entry, extra.iter().copied().chain(known));
            return;
        };
        match field.shape {
            Shape::Group => self.group(field, entry, leaves),
            Shape::Images if !entry.value.is_null() => {
                for part in self.parts(&entry.value, "a map from image type to a list of images", lang) {
                    self.images(field, part, leaves);
                }
            }
            Shape::Packages if !entry.value.is_null() => self.packages(field, entry, leaves),
            _ => leaves.push(self.leaf(field, &entry.value)),
        }
    }

    fn leaf(&self, field: &'static Field, node: &'n Node) -> Leaf<'n> {
        let path = Path::new(field.path.iter().copied());
        Leaf { path, field: Some(field), node, release: self.release, with_group: false }
    }

    fn leaf_below(&self, field: &'static Field, entry: &'n Entry) -> Leaf<'n> {
        let leaf = self.leaf(field, &entry.value);
        Leaf { path: leaf.path.child(&entry.key), ..leaf }
    }

    /// Reports a key that means nothing, once for all languages that share it.
    fn unknown(&mut self, entry: &Entry, known: impl Iterator<Item = &'static str> + Clone) {
        if !self.is_told(entry) {
            let diagnostic = self.about_unknown(entry, known);
            self.values.diagnostics.push_for_all(diagnostic);
        }
    }

    /// Whether an entry was told to be wrong. Where languages share it, it comes again for each of them.
    fn is_told(&mut self, entry: &Entry) -> bool {
        !self.told.insert(std::ptr::from_ref(entry))
    }

    fn about_unknown(&self, entry: &Entry, known: impl Iterator<Item = &'static str> + Clone) -> Diagnostic {
        let find = |table: &'static [(&str, &'static str)]| {
            table.iter().find(|(key, _)| *key == entry.key).map(|(_, advice)| *advice)
        };
        if let Some(advice) = find(IGNORED_BY_API) {
            let message = format!("the Store's API ignores `{}`", entry.key);
            return Diagnostic::error(Code::IgnoredByStore, entry.key_span, message).help(advice);
        }
        let advice = find(SAID_OTHERWISE).map(str::to_owned);
        match advice.or_else(|| misplaced::advice(self.kind, &entry.key)) {
            Some(advice) => {
                let message = format!("unknown key `{}`", entry.key);
                let diagnostic = Diagnostic::error(Code::UnknownKey, entry.key_span, message).help(advice);
                diagnostic.hiding_text(is_like_secret(&entry.key))
            }
            None => self.values.about_unknown_key(&entry.key, entry.key_span, known),
        }
    }

    /// Keys that lie together below one key, such as `pricing`.
    fn group(&mut self, group: &'static Field, entry: &'n Entry, leaves: &mut Vec<Leaf<'n>>) {
        let below = Field::all_of(self.kind)
            .filter(move |field| field.path.len() > 1 && field.path[0] == group.path[0]);
        let mut node = &entry.value;
        if node.is_null() {
            if group.rides_along {
                // Each of its keys is cleared.
                let with_group = |leaf| Leaf { with_group: true, ..leaf };
                leaves.extend(below.map(|field| with_group(self.leaf(field, node))));
            } else {
                leaves.push(self.leaf(group, node));
            }
            return;
        }
        // The API writes a list of one where a manifest writes the one.
        if let (Yaml::List(items), true) = (&node.value, group.is_first_of_list()) {
            match items.as_slice() {
                [] => return leaves.push(self.leaf(group, node)),
                [one] => node = one,
                [_, second, ..] => {
                    let message = format!("`{}` has one element", group.path[0]);
                    let diagnostic = Diagnostic::error(Code::OneElement, second.span, message);
                    self.values.report(diagnostic.help("the commit fails with more; leave one of them out"));
                    return;
                }
            }
        }
        let before = leaves.len();
        let mut keys = 0;
        let keys_of_it: Vec<&str> = below.clone().map(|field| field.path[1]).take(3).collect();
        let wanted = format!("a map with keys such as `{}`", keys_of_it.join("`, `"));
        for part in self.parts(node, &wanted, None) {
            for inner in self.entries(part) {
                keys += 1;
                match below.clone().find(|field| field.path[1] == inner.key) {
                    Some(field) if matches!(field.shape, Shape::Markets) && !inner.value.is_null() => {
                        for part in self.parts(&inner.value, "a map from market to price", None) {
                            self.markets(field, part, leaves);
                        }
                    }
                    Some(field) => leaves.push(self.leaf(field, &inner.value)),
                    None => self.unknown(inner, below.clone().map(|field| field.path[1])),
                }
            }
        }
        if keys == 0 && leaves.len() == before && node.entries().is_some_and(<[Entry]>::is_empty) {
            let message = format!("`{}` says nothing", entry.key);
            let diagnostic = Diagnostic::error(Code::MissingKey, entry.key_span, message);
            self.values.report(diagnostic.help("name a key below it, or leave it out"));
        }
    }

    fn markets(&mut self, field: &'static Field, part: &'n Node, leaves: &mut Vec<Leaf<'n>>) {
        for entry in self.entries(part) {
            if entry.key == "$others" {
                let others = self.others(entry);
                self.layer.settings.other_markets = others.or(self.layer.settings.other_markets.take());
            } else if is_market(&entry.key) {
                leaves.push(self.leaf_below(field, entry));
            } else if entry.key.starts_with('$') {
                self.unknown(entry, ["$others", FILE].into_iter());
            } else {
                let message = format!("`{}` is not a market", entry.key);
                let diagnostic = Diagnostic::error(Code::BadMarket, entry.key_span, message);
                let upper = entry.key.to_uppercase();
                let meant = if MARKETS.contains(&upper.as_str()) {
                    Some(upper.as_str())
                } else {
                    self.values.diagnostics.guess(&upper, MARKETS.iter().copied())
                };
                self.values.report(match meant {
                    Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
                    None => diagnostic.help("write its two capital letters, such as DE"),
                });
            }
        }
    }

    fn images(&mut self, field: &'static Field, part: &'n Node, leaves: &mut Vec<Leaf<'n>>) {
        for entry in self.entries(part) {
            if image_type(&entry.key).is_some() {
                leaves.push(self.leaf_below(field, entry));
                continue;
            }
            if entry.key.starts_with('$') {
                self.unknown(entry, [FILE].into_iter());
                continue;
            }
            if self.is_told(entry) {
                continue;
            }
            let names = IMAGE_TYPES.iter().map(|kind| kind.name);
            let (message, help) = if RETIRED_IMAGE_TYPES.contains(&entry.key.as_str()) {
                let message = format!("the Store takes no new images of type `{}`", entry.key);
                (message, "leave it out: images that are there stay".to_owned())
            } else {
                let message = format!("there is no image type `{}`", entry.key);
                match self.values.diagnostics.guess(&entry.key, names.clone()) {
                    Some(meant) => (message, format!("did you mean `{meant}`?")),
                    None => (message, format!("image types are {}", names.collect::<Vec<_>>().join(", "))),
                }
            };
            let diagnostic = Diagnostic::error(Code::NotAllowed, entry.key_span, message).help(help);
            self.values.diagnostics.push_for_all(diagnostic);
        }
    }

    fn packages(&mut self, field: &'static Field, entry: &'n Entry, leaves: &mut Vec<Leaf<'n>>) {
        let mut files = None;
        for part in self.parts(&entry.value, "a map with `files`", None) {
            for inner in self.entries(part) {
                let settings = &mut self.layer.settings;
                match inner.key.as_str() {
                    "files" => files = Some(&inner.value),
                    "retain" => self.retain(&inner.value),
                    "minimumDirectXVersion" => {
                        settings.minimum_direct_x_version = one_of(self.values, &inner.value, DIRECTX);
                    }
                    "minimumSystemRam" => {
                        settings.minimum_system_ram = one_of(self.values, &inner.value, SYSTEM_RAM);
                    }
                    _ => {
                        self.values.unknown_key(&inner.key, inner.key_span, PACKAGE_KEYS.iter().copied());
                    }
                }
            }
        }
        match files {
            Some(files) => leaves.push(self.leaf(field, files)),
            None if entry.value.entries().is_some() => self.layer.without_files = Some(entry.key_span),
            None => {}
        }
    }

    fn retain(&mut self, written: &Node) {
        if let Some(retain) = word(self.values, written, RETAIN) {
            self.layer.settings.retain = Some(retain);
            self.layer.retain = Some((retain, written.span));
        }
    }

    fn others(&mut self, entry: &Entry) -> Option<(Others, Location)> {
        let others = word(self.values, &entry.value, OTHERS)?;
        Some((others, self.values.sources.location(entry.value.span)))
    }

    fn listings(&mut self, part: &'n Node) {
        let mut languages = LanguageKeys::default();
        for entry in self.entries(part) {
            match entry.key.as_str() {
                "$others" => {
                    let others = self.others(entry);
                    self.layer.settings.other_languages =
                        others.or(self.layer.settings.other_languages.take());
                }
                "$each" => self.layer.each.push(entry),
                other if other.starts_with('$') => {
                    self.unknown(entry, ["$each", "$others", FILE].into_iter());
                }
                _ => {
                    if let Some(language) = languages.name(self.values, entry) {
                        self.language(&language, entry);
                    }
                }
            }
            if self.layer.own.len() > MAX_LANGUAGES {
                let message = format!("more than {MAX_LANGUAGES} languages; the Store knows fewer");
                let diagnostic = Diagnostic::error(Code::TooLong, part.span, message);
                self.values.report(diagnostic.help("leave those out that no customer reads"));
                self.layer.own.clear();
                return;
            }
        }
    }

    fn language(&mut self, language: &str, entry: &'n Entry) {
        let meaning = entry.value.get("$as").and_then(|node| self.meaning(node));
        let place = self.layer.own.iter().position(|own| own.language == language);
        let place = place.unwrap_or_else(|| {
            let language = language.to_owned();
            self.layer.own.push(Own { language, meaning: None, maps: Vec::new(), goes: None });
            self.layer.own.len() - 1
        });
        let own = &mut self.layer.own[place];
        own.meaning = meaning.or(own.meaning.take());
        // The later of two parts wins as a whole where one of them takes the language away.
        if entry.value.is_null() {
            own.maps.clear();
            own.goes = Some(&entry.value);
        } else {
            own.maps.push(&entry.value);
            own.goes = None;
        }
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

    /// The leaves of a layer: what holds once, then for every language what `$each` says and what it says itself.
    /// Later ones win.
    pub(super) fn leaves(
        &mut self,
        layer: &Layer<'n>,
        languages: &Names,
        release: Result<&'n FilePath, NoRelease>,
    ) -> Vec<Leaf<'n>> {
        self.release = release;
        let staying = languages.iter().filter(|(own, _)| layer.takes_away(own) != Some(true)).count();
        let mut leaves = layer.once.clone();
        for (language, meaning) in languages.iter() {
            let own = layer.own(language);
            let base = Path::new(["listings", language]);
            if let Some(node) = own.and_then(|own| own.goes) {
                // `$each` says nothing about a language that goes.
                leaves.push(Leaf { path: base, field: None, node, release, with_group: false });
                continue;
            }
            let each = layer.each.iter().map(|entry| (&entry.value, None));
            let own = own.iter().flat_map(|own| own.maps.iter().map(|map| (*map, Some(*map))));
            let mut below = Vec::new();
            for (map, own) in each.chain(own) {
                self.values.diagnostics.about(own.is_none().then_some(language), staying);
                for part in self.parts(map, "a map of texts and images", Some(meaning)) {
                    self.listing(part, own, meaning, &mut below);
                }
            }
            leaves.extend(below.into_iter().map(|leaf| Leaf { path: base.join(&leaf.path), ..leaf }));
        }
        self.values.diagnostics.settle();
        leaves
    }

    /// The leaves of one part of a language's map; `own` is that map, unless it is the one for every language.
    fn listing(&mut self, part: &'n Node, own: Option<&'n Node>, meaning: &str, leaves: &mut Vec<Leaf<'n>>) {
        for entry in self.entries(part) {
            if entry.key != "$as" {
                self.field(FieldScope::Listing, entry, Some(meaning), leaves);
            } else if !own.is_some_and(|own| std::ptr::eq(own, part)) {
                let message = "`$as` has no effect here";
                let diagnostic = Diagnostic::error(Code::BadMeaning, entry.key_span, message);
                self.values
                    .report(diagnostic.help("write it directly below the language that it is said of"));
            }
        }
    }
}

/// Whether a text can stand for a language, also in paths: short, so that repeating it makes nothing long.
pub(super) fn is_tag(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

pub(super) fn image_type(name: &str) -> Option<&'static ImageType> {
    IMAGE_TYPES.iter().find(|kind| kind.name == name)
}

/// So many words are all named where one of them is expected.
const MAX_WORDS_SAID: usize = 6;

/// A word that is one of those allowed.
pub(super) fn one_of(values: &mut Values<'_, '_>, node: &Node, words: &[&str]) -> Option<String> {
    let text = values.scalar(node, &one_of_words(words), Scope::plain()).ok()?;
    if words.contains(&text.as_str()) {
        return Some(text);
    }
    not_allowed(values, &text, node.span, words);
    None
}

/// What is expected where one of these words is.
pub(super) fn one_of_words(words: &[&str]) -> String {
    if words.len() <= MAX_WORDS_SAID { format!("one of {}", words.join(", ")) } else { "a word".to_owned() }
}

pub(super) fn not_allowed(values: &mut Values<'_, '_>, text: &str, at: Span, words: &[&str]) -> Nothing {
    // `EReader` is `BooksAndReference_EReader`.
    let is_end = |word: &&&str| word.rsplit_once('_').is_some_and(|(_, end)| end.eq_ignore_ascii_case(text));
    let meant =
        values.diagnostics.guess(text, words.iter().copied()).or_else(|| words.iter().find(is_end).copied());
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if words.len() <= 16 => format!("allowed: {}", words.join(", ")),
        None => "`storeward schema manifest` lists the words".to_owned(),
    };
    values.report(Diagnostic::error(Code::NotAllowed, at, format!("`{text}` is not allowed here")).help(help))
}
