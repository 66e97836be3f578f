//! Leaves into owned values: each field reads what its shape says.

use std::collections::HashMap;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::submission::vocabulary::{is_language, is_price};
use crate::submission::{FIELDS, Field, Null, Path, Shape};

use super::code::Code;
use super::desired::{Asset, ImageContent, Owned, Wanted, WantedImage};
use super::diagnostic::Diagnostic;
use super::flatten::{Leaf, image_type, not_allowed};
use super::lower::Names;
use super::pattern::{FilePattern, PatternError};
use super::source::Span;
use super::value::{Content, NoRelease, Nothing, Scope, Values, lines_as_items};
use super::yaml::{Node, Yaml};

/// A submission holds far fewer packages.
const MAX_MATCHES: usize = 100;

/// Reads leaves in the order of risk, packages first.
pub(super) struct Reader<'a, 'v, 'w> {
    pub(super) values: &'a mut Values<'v, 'w>,
    pub(super) folder: &'a FilePath,
    pub(super) languages: &'a Names,
    /// What `$(package.version)` means, once the packages are read.
    pub(super) version: Option<String>,
}

type Standing<'n, 'p> = (Leaf<'n>, Result<&'p FilePath, NoRelease>);

impl Reader<'_, '_, '_> {
    /// Reads the leaves; of several at one path the last one wins.
    pub(super) fn read_all(&mut self, leaves: Vec<Standing<'_, '_>>) -> Vec<Owned> {
        let mut last: HashMap<Path, Standing<'_, '_>> = HashMap::new();
        for leaf in leaves {
            last.insert(leaf.0.path.clone(), leaf);
        }
        let mut winners: Vec<Standing<'_, '_>> = last.into_values().collect();
        winners.sort_by_key(|(leaf, _)| {
            let row = |own: &'static Field| FIELDS.iter().position(|field| std::ptr::eq(field, own));
            // Entries of one map in the order in which they are written.
            (self.languages.position(&leaf.path), leaf.field.and_then(row), leaf.node.span)
        });
        winners.iter().filter_map(|(leaf, release)| self.read_leaf(leaf, *release).ok()).collect()
    }

    fn read_leaf(
        &mut self,
        leaf: &Leaf<'_>,
        release: Result<&FilePath, NoRelease>,
    ) -> Result<Owned, Nothing> {
        let version = self.version.clone();
        let scope = Scope {
            folder: self.folder,
            lang: self.languages.meaning(&leaf.path),
            release,
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
        Ok(Owned { path: leaf.path.clone(), field: leaf.field, wanted, at, span })
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
            Shape::Percentage if node.is_null() && keys.len() == field.path.len() => {
                Ok((Wanted::Nothing, node.span))
            }
            Shape::Texts { items, max } => match self.values.content(node, "a list of texts", scope)? {
                Content::Null(at) => self.cleared(field, at),
                Content::Text(text, at) => {
                    let texts = lines_as_items(&text).into_iter().map(|item| (item, at)).collect();
                    self.texts(field, texts, items, max, at)
                }
                Content::List(texts, at) => self.texts(field, texts, items, max, at),
            },
            Shape::SomeOf(words) => self.some_of(field, node, words, scope),
            Shape::Text { max, lines } => self.text(field, node, max, lines, scope),
            Shape::Notes { max } => {
                self.values.diagnostics.hide_text(true);
                let read = self.text(field, node, max, true, scope);
                self.values.diagnostics.hide_text(false);
                read
            }
            Shape::Flag
            | Shape::OneOf(_)
            | Shape::Price
            | Shape::Markets
            | Shape::Date
            | Shape::Percentage
            | Shape::Images
            | Shape::Packages => {
                if node.is_null() {
                    return self.cleared(field, node.span);
                }
                let wanted = match field.shape {
                    Shape::Flag => "`true` or `false`",
                    Shape::Percentage => "a number",
                    _ => "a text",
                };
                let text = self.values.scalar(node, wanted, scope)?;
                self.one(field, &text, node).map(|value| (Wanted::Value(value), node.span))
            }
        }
    }

    /// What `null` sends. An empty text or list is the same wish, and must not slip past the refusal.
    fn cleared(&mut self, field: &Field, at: Span) -> Result<(Wanted, Span), Nothing> {
        match field.null {
            Null::EmptyText => Ok((Wanted::Value(Value::String(String::new())), at)),
            Null::EmptyList => Ok((Wanted::Value(Value::Array(Vec::new())), at)),
            Null::Null => Ok((Wanted::Value(Value::Null), at)),
            Null::Refused(reason) => {
                let message = format!("`{}` cannot be cleared", field.path.join("."));
                Err(self.values.report(Diagnostic::error(Code::CannotClear, at, message).help(reason)))
            }
        }
    }

    /// A value that is one word.
    fn one(&mut self, field: &Field, text: &str, node: &Node) -> Result<Value, Nothing> {
        let at = node.span;
        let problem = match field.shape {
            Shape::Flag => match text {
                "true" => return Ok(Value::Bool(true)),
                "false" => return Ok(Value::Bool(false)),
                _ => return Err(self.values.wrong_type(node, "`true` or `false`")),
            },
            Shape::OneOf(words) if words.contains(&text) => return Ok(Value::String(text.to_owned())),
            Shape::OneOf(words) => return Err(not_allowed(self.values, text, at, words)),
            Shape::Price | Shape::Markets if is_price(text) => return Ok(Value::String(text.to_owned())),
            Shape::Price | Shape::Markets => {
                let help = if text == "Base" {
                    "`Base` is what the API shows for prices that it cannot express; it can never be sent"
                } else {
                    "write `Free`, `NotAvailable` or a tier such as `Tier1012`; amounts are shown in Partner Center only"
                };
                Diagnostic::error(Code::BadPrice, at, format!("`{text}` is not a price")).help(help)
            }
            Shape::Date => match text.parse::<jiff::Timestamp>() {
                Ok(_) => return Ok(Value::String(text.to_owned())),
                Err(_) => {
                    Diagnostic::error(Code::BadDate, at, format!("`{text}` is not a date with a time zone"))
                        .help("write it as 2026-09-01T08:00:00Z")
                }
            },
            Shape::Percentage => {
                let share = text.parse::<f64>().ok().filter(|share| (0.0..=100.0).contains(share));
                match share.and_then(|_| serde_json::from_str::<serde_json::Number>(text).ok()) {
                    Some(number) => return Ok(Value::Number(number)),
                    None => Diagnostic::error(Code::OutOfRange, at, format!("`{text}` is not a percentage"))
                        .help("write a number from 0 to 100"),
                }
            }
            Shape::Images
            | Shape::Packages
            | Shape::Text { .. }
            | Shape::Notes { .. }
            | Shape::Texts { .. }
            | Shape::SomeOf(_) => unreachable!("read by their own functions"),
        };
        Err(self.values.report(problem))
    }

    fn text(
        &mut self,
        field: &Field,
        node: &Node,
        max: usize,
        lines: bool,
        scope: Scope<'_>,
    ) -> Result<(Wanted, Span), Nothing> {
        let (text, at) = match self.values.content(node, "a text", scope)? {
            Content::Null(at) => return self.cleared(field, at),
            Content::Text(text, at) => (text, at),
            Content::List(texts, at) => {
                (texts.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join("\n"), at)
            }
        };
        if text.trim().is_empty() {
            return self.cleared(field, at);
        }
        if !lines && text.contains('\n') {
            let message = format!("`{}` is one line", field.path.join("."));
            return Err(self.values.report(Diagnostic::error(Code::WrongType, at, message)));
        }
        self.within(&text, max, at)?;
        Ok((Wanted::Value(Value::String(text)), at))
    }

    fn within(&mut self, text: &str, max: usize, at: Span) -> Result<(), Nothing> {
        let length = text.chars().count();
        if length <= max {
            return Ok(());
        }
        let message = format!("{length} characters; the Store takes {max}");
        let diagnostic = Diagnostic::error(Code::TooLong, at, message);
        Err(self.values.report(diagnostic.help(format!("shorten it by {}", length - max))))
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
            self.values.report(Diagnostic::error(Code::TooLong, at, message));
            return Err(Nothing);
        }
        let mut list = Vec::new();
        for (text, at) in texts {
            self.within(&text, max, at)?;
            list.push(Value::String(text));
        }
        Ok((Wanted::Value(Value::Array(list)), at))
    }

    fn some_of(
        &mut self,
        field: &Field,
        node: &Node,
        words: &[&str],
        scope: Scope<'_>,
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
        let mut list = Vec::new();
        for item in items {
            let word = self.values.scalar(item, "a word", scope)?;
            if !words.contains(&word.as_str()) {
                return Err(not_allowed(self.values, &word, item.span, words));
            }
            list.push(Value::String(word));
        }
        Ok((Wanted::Value(Value::Array(list)), node.span))
    }

    fn images(
        &mut self,
        node: &Node,
        language: &str,
        kind: &str,
        scope: Scope<'_>,
    ) -> Result<Vec<WantedImage>, Nothing> {
        let kind = image_type(kind).ok_or(Nothing)?;
        let Yaml::List(items) = &node.value else {
            return Err(self.values.wrong_type(node, "a list of images"));
        };
        if items.len() > kind.max {
            let message =
                format!("{} images of type {}; a listing holds {}", items.len(), kind.name, kind.max);
            return Err(self.values.report(Diagnostic::error(Code::TooLong, node.span, message)));
        }
        let mut images = Vec::new();
        let mut complete = true;
        for item in items {
            match self.image(item, language, kind, scope) {
                Ok(image) => images.push(image),
                Err(Nothing) => complete = false,
            }
        }
        if complete { Ok(images) } else { Err(Nothing) }
    }

    fn image(
        &mut self,
        item: &Node,
        language: &str,
        kind: &'static crate::submission::vocabulary::ImageType,
        scope: Scope<'_>,
    ) -> Result<WantedImage, Nothing> {
        debug_assert!(is_language(language));
        let description = match item.get("description") {
            Some(caption) => match self.values.content(caption, "a text", scope)? {
                Content::Null(_) => Some(String::new()),
                Content::Text(text, at) => {
                    self.within(&text, 200, at)?;
                    Some(text)
                }
                Content::List(..) => return Err(self.values.wrong_type(caption, "a text")),
            },
            None => None,
        };
        let content = if let Some(remote) = item.get("remote") {
            for entry in item.entries().unwrap_or_default() {
                if !["remote", "description"].contains(&entry.key.as_str()) {
                    self.values.unknown_key(&entry.key, entry.key_span, ["remote", "description"]);
                }
            }
            ImageContent::Remote(self.values.scalar(remote, "the id of a live image", scope)?)
        } else {
            let Some((path, at)) = self.values.file(item, &["description"], scope)? else {
                return Err(self.values.wrong_type(item, "an image: `{file: …}` or `{remote: …}`"));
            };
            let asset = self.values.files.image(&path, language, kind, at, self.values.diagnostics);
            ImageContent::File(asset.ok_or(Nothing)?)
        };
        let at = self.values.sources.location(item.span);
        Ok(WantedImage { content, description, at, span: item.span })
    }

    fn packages(&mut self, node: &Node, scope: Scope<'_>) -> Result<Vec<Arc<Asset>>, Nothing> {
        for entry in node.entries().unwrap_or_default() {
            if !["files", "retain"].contains(&entry.key.as_str()) {
                self.values.unknown_key(&entry.key, entry.key_span, ["files", "retain"]);
            }
        }
        let Some(files) = node.get("files") else {
            let message = "`packages` needs `files`";
            let diagnostic = Diagnostic::error(Code::MissingKey, node.span, message);
            return Err(self
                .values
                .report(diagnostic.help("name files or patterns, such as `$(release)/*.msixbundle`")));
        };
        let Yaml::List(patterns) = &files.value else {
            return Err(self.values.wrong_type(files, "a list of files or patterns"));
        };
        let mut assets: Vec<Arc<Asset>> = Vec::new();
        let mut complete = !patterns.is_empty();
        if patterns.is_empty() {
            self.values.report(Diagnostic::error(Code::NothingMatches, files.span, "no package is named"));
        }
        if patterns.len() > MAX_MATCHES {
            let message = format!("more than {MAX_MATCHES} files or patterns");
            return Err(self.values.report(Diagnostic::error(Code::TooLong, files.span, message)));
        }
        for pattern in patterns {
            match self.matching(pattern, scope) {
                Ok(found) => assets.extend(found),
                Err(Nothing) => complete = false,
            }
        }
        assets.sort_by(|a, b| a.path.cmp(&b.path));
        assets.dedup_by(|a, b| a.path == b.path);
        self.refuse_twins(&assets)?;
        if complete { Ok(assets) } else { Err(Nothing) }
    }

    /// The packages that a file name or a pattern names.
    fn matching(&mut self, node: &Node, scope: Scope<'_>) -> Result<Vec<Arc<Asset>>, Nothing> {
        let at = node.span;
        let full = scope.folder.join(self.values.scalar(node, "a file or a pattern", scope)?);
        let release = scope.release.ok();
        let inside = self.values.files.workspace().check(&full, release, at);
        inside.map_err(|diagnostic| self.values.report(diagnostic))?;
        // What the user wrote is a pattern; the release folder in it is not.
        let escape = |folder: &FilePath| PathBuf::from(glob::Pattern::escape(&folder.to_string_lossy()));
        let escaped_release = release.map(escape);
        let literal = Scope { release: escaped_release.as_deref().ok_or(NoRelease::OutsideRelease), ..scope };
        let written = self.values.scalar(node, "a file or a pattern", literal)?;
        let found = self.find(scope.folder, &written, release, at);
        let found = found.map_err(|diagnostic| self.values.report(diagnostic))?;
        let shown = self.values.files.workspace().display(&full);
        if found.is_empty() {
            let diagnostic =
                Diagnostic::error(Code::NothingMatches, at, format!("nothing matches `{shown}`"));
            return Err(self.values.report(diagnostic.help("build the packages first, or correct the path")));
        }
        if found.len() > MAX_MATCHES {
            let message = format!("`{shown}` matches more than {MAX_MATCHES} files");
            return Err(self.values.report(Diagnostic::error(Code::TooLong, at, message)));
        }
        let mut assets = Vec::new();
        let mut complete = true;
        for path in found {
            let asset = match self.values.files.workspace().file(&path, release, at) {
                Ok(Some(real)) => self.values.files.package(&real, at, self.values.diagnostics),
                Ok(None) => None,
                Err(diagnostic) => {
                    self.values.report(diagnostic);
                    None
                }
            };
            complete &= asset.is_some();
            assets.extend(asset);
        }
        if complete { Ok(assets) } else { Err(Nothing) }
    }

    fn find(
        &self,
        folder: &FilePath,
        written: &str,
        release: Option<&FilePath>,
        at: Span,
    ) -> Result<Vec<PathBuf>, Diagnostic> {
        let explained = |error: PatternError| {
            let diagnostic = |code| Diagnostic::error(code, at, error.to_string());
            match error {
                PatternError::Malformed(_) => diagnostic(Code::NothingMatches),
                PatternError::Upwards => {
                    diagnostic(Code::OutsideWorkspace).help("write `..` before the pattern")
                }
                PatternError::TooMany => diagnostic(Code::TooComplex).help("name the folder more closely"),
                PatternError::Unreadable(_) => diagnostic(Code::Unreadable),
            }
        };
        let pattern = FilePattern::new(folder, written).map_err(explained)?;
        match self.values.files.workspace().folder(pattern.folder(), release, at)? {
            Some(start) => pattern.find(start).map_err(explained),
            None => Ok(Vec::new()),
        }
    }

    fn refuse_twins(&mut self, assets: &[Arc<Asset>]) -> Result<(), Nothing> {
        for (i, asset) in assets.iter().enumerate() {
            let Some(package) = asset.package() else { continue };
            let twin = assets[..i].iter().find(|earlier| {
                earlier.package().is_some_and(|other| {
                    other.name == package.name
                        && other.version == package.version
                        && other.architectures == package.architectures
                })
            });
            if let Some(twin) = twin {
                let message = format!(
                    "`{}` and `{}` are the same package: {} {}",
                    twin.name, asset.name, package.name, package.version
                );
                let diagnostic = Diagnostic::error(Code::SamePackageTwice, asset.span, message);
                return Err(self.values.report(diagnostic.help("leave one of them out")));
            }
        }
        Ok(())
    }
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
