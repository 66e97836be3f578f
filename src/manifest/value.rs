//! What a value says: scalars, lists, `{file:, at:, else:}`, and the three expansions.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use crate::submission::{FIELDS, Shape};

use super::code::Code;
use super::diagnostic::{Diagnostic, Diagnostics, brief, did_you_mean};
use super::files::Files;
use super::source::{SourceId, Sources, Span};
use super::yaml::{Entry, Node, Yaml};

/// How long a text may become by expansion. No field takes as much.
const MAX_EXPANDED_BYTES: usize = 1024 * 1024;

/// How many keys an error names, and how many it guesses from: a hostile file can have any number.
const MAX_NAMED: usize = 12;
const MAX_GUESSED: usize = 1000;

/// How long a text, or a list, that a file holds may be. The longest field takes 10,000 characters.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The longest `at`, in bytes.
const MAX_AT_BYTES: usize = 1024;

/// What surrounds a value: what expansions mean in it.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// What `$(lang)` means, below `listings`.
    pub lang: Option<&'a str>,
    /// What `$(release)` means: the folder that the command line named; `Err` says why it means nothing here.
    pub release: Result<&'a Path, NoRelease>,
    /// What `$(package.version)` means, in runs that have packages of one version.
    pub package_version: Option<&'a str>,
}

impl Scope<'static> {
    /// The surroundings of words that are no values of fields: nothing expands, and no file is named.
    pub fn plain() -> Self {
        Self { lang: None, release: Err(NoRelease::OutsideRelease), package_version: None }
    }
}

/// Why `$(release)` means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRelease {
    /// The value stands in `submission`, which holds in every run.
    OutsideRelease,
    /// The run names no release for this resource; the value is not needed.
    NotNamed,
}

/// The text or list that a value says, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing: the value is to be cleared.
    Null(Span),
    /// One text.
    Text(String, Span),
    /// A list of texts.
    List(Vec<(String, Span)>, Span),
}

/// A value that has no content now: a problem that was reported, or a value that this run does not need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nothing;

/// Reads values; collects what is wrong with them.
#[derive(Debug)]
pub struct Values<'a, 'w> {
    /// Opens the files that values name.
    pub files: &'a mut Files<'w>,
    /// Every text that was read.
    pub sources: &'a mut Sources,
    /// What was found.
    pub diagnostics: &'a mut Diagnostics,
}

impl Values<'_, '_> {
    /// Reports a problem.
    pub fn report(&mut self, diagnostic: Diagnostic) -> Nothing {
        self.diagnostics.push(diagnostic);
        Nothing
    }

    /// Reports a value of the wrong type.
    pub fn wrong_type(&mut self, node: &Node, wanted: &str) -> Nothing {
        let message = format!("expected {wanted}, found {}", node.kind());
        let diagnostic = Diagnostic::error(Code::WrongType, node.span, message);
        let help = match &node.value {
            _ if node.is_null() => "write a value, or leave it out",
            Yaml::Scalar { .. } if wanted.contains("`{file: …}`") => "name the file as `{file: …}`",
            Yaml::Scalar { .. } if wanted.starts_with("a list") => "write it as a list: `[…]`",
            Yaml::Scalar { .. } => "write `key: value` lines below it",
            Yaml::Map(_) if wanted.starts_with("a list of") => {
                "write it as a list: each item with `- ` before it"
            }
            Yaml::Map(_) if wanted.starts_with("a text") => {
                "write the text, or name the file that has it: `{file: …}`"
            }
            Yaml::List(_) if wanted.starts_with("a map") => {
                "write `key: value` lines, without `- ` before them"
            }
            Yaml::Map(_) | Yaml::List(_) => "write one value",
        };
        self.report(diagnostic.help(help))
    }

    /// Refuses a text of more than so many characters.
    pub fn within(&mut self, text: &str, max: usize, at: Span) -> Result<(), Nothing> {
        let length = text.chars().count();
        if length <= max {
            return Ok(());
        }
        let message = format!("{length} characters; the Store takes {max}");
        let diagnostic = Diagnostic::error(Code::TooLong, at, message);
        Err(self.report(diagnostic.help(format!("shorten it by {}", length - max))))
    }

    /// Reports a key that means nothing.
    pub fn unknown_key<'c>(&mut self, key: &str, at: Span, known: impl IntoIterator<Item = &'c str> + Clone) {
        let diagnostic = self.about_unknown_key(key, at, known);
        self.diagnostics.push(diagnostic);
    }

    /// What there is to say of a key that means nothing.
    pub fn about_unknown_key<'c>(
        &self,
        key: &str,
        at: Span,
        known: impl IntoIterator<Item = &'c str> + Clone,
    ) -> Diagnostic {
        // A slip in the syntax makes a key of what was meant as a value.
        let message =
            if self.diagnostics.hides_text() { "unknown key".into() } else { format!("unknown key `{key}`") };
        let diagnostic = Diagnostic::error(Code::UnknownKey, at, message);
        if self.diagnostics.is_full() {
            // Only counted.
            return diagnostic;
        }
        let help = match did_you_mean(key, known.clone()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known here: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
        };
        diagnostic.help(help).hiding_text(is_like_secret(key))
    }

    /// A scalar as it was written, without expansions: words, numbers, prices and dates are whole in the manifest. Null
    /// and other values are the wrong type.
    pub fn literal<'n>(&mut self, node: &'n Node, wanted: &str) -> Result<&'n str, Nothing> {
        match &node.value {
            Yaml::Scalar { text, .. } if !node.is_null() => Ok(text),
            _ => Err(self.wrong_type(node, wanted)),
        }
    }

    /// A scalar with its expansions; null and other values are the wrong type.
    pub fn scalar(&mut self, node: &Node, wanted: &str, scope: Scope<'_>) -> Result<String, Nothing> {
        let text = self.literal(node, wanted)?;
        self.expand(text, node.span, scope)
    }

    /// Replaces `$(lang)`, `$(release)` and `$(package.version)`; `$$(` stands for `$(`.
    fn expand(&mut self, text: &str, at: Span, scope: Scope<'_>) -> Result<String, Nothing> {
        self.take(text.len())?;
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("$(") {
            if rest[..start].ends_with('$') {
                expanded.push_str(&rest[..start]);
                expanded.push('(');
                rest = &rest[start + 2..];
                continue;
            }
            expanded.push_str(&rest[..start]);
            let Some(name) = rest[start + 2..].split_once(')').map(|(name, _)| name) else {
                let diagnostic = Diagnostic::error(Code::BadExpansion, at, "a `$(` without its `)`");
                return Err(self.report(diagnostic.help("close it, or write `$$(` for a literal `$(`")));
            };
            match (name, scope.lang, scope.release, scope.package_version) {
                ("lang", Some(lang), ..) => expanded.push_str(lang),
                ("release", _, Ok(folder), _) => expanded.push_str(&folder.to_string_lossy()),
                ("release", _, Err(NoRelease::NotNamed), _)
                | ("package.version", _, Err(NoRelease::NotNamed), None) => return Err(Nothing),
                ("package.version", .., Some(version)) => expanded.push_str(version),
                _ => return Err(self.report(bad_expansion(name, at))),
            }
            rest = &rest[start + 2 + name.len() + 1..];
            if expanded.len() > MAX_EXPANDED_BYTES {
                break;
            }
        }
        expanded.push_str(rest);
        if expanded.len() > MAX_EXPANDED_BYTES {
            let message = format!("longer than {} MiB with its expansions", MAX_EXPANDED_BYTES / 1024 / 1024);
            return Err(self.report(Diagnostic::error(Code::TooLong, at, message).help("shorten the text")));
        }
        self.take(expanded.len() - expanded.len().min(text.len()))?;
        Ok(expanded)
    }

    /// Counts what a value takes.
    fn take(&mut self, bytes: usize) -> Result<(), Nothing> {
        self.files.budget.take(bytes).map_err(|diagnostic| self.report(diagnostic))
    }

    /// Refuses a text or a list in a file that is longer than any field takes, before it is copied.
    fn refuse_long(&mut self, bytes: usize, at: Span) -> Result<(), Nothing> {
        if bytes > MAX_TEXT_BYTES {
            let message = format!("longer than {} KiB, and no field takes as much", MAX_TEXT_BYTES / 1024);
            return Err(self.report(Diagnostic::error(Code::TooLong, at, message).help("shorten the text")));
        }
        self.take(bytes)
    }

    /// What a value says: itself, or what the file that it names says.
    pub fn content(&mut self, node: &Node, wanted: &str, scope: Scope<'_>) -> Result<Content, Nothing> {
        if node.is_null() {
            return Ok(Content::Null(node.span));
        }
        match &node.value {
            Yaml::Scalar { text, .. } => Ok(Content::Text(self.expand(text, node.span, scope)?, node.span)),
            Yaml::List(items) => {
                // Each one is looked at, also where an earlier one is wrong.
                let texts: Vec<_> =
                    items.iter().map(|item| Ok((self.scalar(item, "a text", scope)?, item.span))).collect();
                Ok(Content::List(texts.into_iter().collect::<Result<_, _>>()?, node.span))
            }
            Yaml::Map(_) => {
                let Some((path, at)) = self.file(node, &["at"], scope)? else {
                    return Err(self.no_file(node, wanted, &["at"]));
                };
                self.file_content(node, &path, at, scope)
            }
        }
    }

    fn file_content(
        &mut self,
        node: &Node,
        path: &Path,
        at: Span,
        scope: Scope<'_>,
    ) -> Result<Content, Nothing> {
        self.refuse_hidden(path, at, scope)?;
        let read = self.files.text(path, at, self.sources);
        let source = read.map_err(|diagnostic| self.report(diagnostic))?;
        if self.diagnostics.hides_text() {
            self.diagnostics.keep_secret(self.sources.whole(source));
        }
        let Some(place) = node.get("at") else {
            self.refuse_long(self.sources.get(source).text.len(), at)?;
            let text = self.sources.get(source).text.trim_end_matches('\n').to_owned();
            return Ok(Content::Text(text, self.sources.whole(source)));
        };
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "json" | "yaml" | "yml" => {
                let pointer = self.scalar(place, "a JSON Pointer", scope)?;
                self.at_pointer(source, &pointer, place.span)
            }
            "md" | "markdown" => {
                let heading = self.scalar(place, "a heading", scope)?;
                self.below_heading(source, &heading, place.span)
            }
            _ => {
                let message = format!("`at` finds nothing in a .{extension} file");
                let help = "it is a JSON Pointer into .json and .yaml files, and a heading in .md files";
                Err(self.report(Diagnostic::error(Code::NothingAtPointer, place.span, message).help(help)))
            }
        }
    }

    /// Files whose names start with a dot hold settings and credentials, and no text that customers read.
    pub fn refuse_hidden(&mut self, path: &Path, at: Span, scope: Scope<'_>) -> Result<(), Nothing> {
        if !self.files.workspace().is_hidden(path, scope.release.ok()) {
            return Ok(());
        }
        let message = format!("`{}` is hidden", self.files.workspace().display(path));
        let help = "keep texts for the Store in files and folders whose names do not start with a dot";
        Err(self.report(Diagnostic::error(Code::HiddenFile, at, message).help(help)))
    }

    fn below_heading(&mut self, source: SourceId, heading: &str, at: Span) -> Result<Content, Nothing> {
        self.refuse_long_at(source, heading, at)?;
        let found = self.files.section(source, heading, self.sources);
        match found.map_err(|diagnostic| self.report(diagnostic))? {
            Ok(range) => {
                self.refuse_long(range.len(), at)?;
                let span = Span { source, start: range.start, end: range.end };
                Ok(Content::Text(self.sources.get(source).text[range].to_owned(), span))
            }
            Err(error) => {
                let name = &self.sources.get(source).name;
                let message = format!("in `{name}`: {error}");
                let diagnostic = Diagnostic::error(Code::NothingAtPointer, at, message);
                // The help names headings, and those of notes can say what notes say.
                let hides = self.diagnostics.hides_text();
                Err(self.report(if hides { diagnostic } else { diagnostic.help(error.help()) }))
            }
        }
    }

    fn refuse_long_at(&mut self, source: SourceId, place: &str, at: Span) -> Result<(), Nothing> {
        if place.len() <= MAX_AT_BYTES {
            return Ok(());
        }
        let name = &self.sources.get(source).name;
        let message = format!("nothing at `{}` in `{name}`", brief(place));
        let help = format!("no place has a name of more than {MAX_AT_BYTES} bytes");
        Err(self.report(Diagnostic::error(Code::NothingAtPointer, at, message).help(help)))
    }

    fn at_pointer(&mut self, source: SourceId, pointer: &str, at: Span) -> Result<Content, Nothing> {
        self.refuse_long_at(source, pointer, at)?;
        let documents = self.files.documents(source, self.sources, self.diagnostics)?;
        let root = documents.first();
        let (found, looked_at) = root.map_or((None, 0), |root| follow(root, pointer));
        self.take(looked_at)?;
        let Some(found) = found else {
            let name = &self.sources.get(source).name;
            let message = format!("nothing at `{pointer}` in `{name}`");
            let mut diagnostic = Diagnostic::error(Code::NothingAtPointer, at, message);
            let hides = self.diagnostics.hides_text();
            if !pointer.starts_with('/') {
                diagnostic = diagnostic.help(format!("a JSON Pointer starts with a slash: `/{pointer}`"));
            } else if let Some(keys) = (!hides)
                .then(|| self.files.hint(source, pointer, || root.and_then(|root| keys_near(root, pointer))))
                .flatten()
            {
                diagnostic = diagnostic.help(keys);
            }
            return Err(self.report(diagnostic));
        };
        match &found.value {
            Yaml::Scalar { .. } if found.is_null() => Ok(Content::Null(found.span)),
            Yaml::Scalar { text, .. } => {
                self.refuse_long(text.len(), at)?;
                Ok(Content::Text(text.clone(), found.span))
            }
            Yaml::List(items) => {
                let lengths = items.iter().map(|item| match &item.value {
                    Yaml::Scalar { text, .. } => text.len().max(1),
                    _ => 1,
                });
                self.refuse_long(lengths.sum(), at)?;
                let mut texts = Vec::new();
                for item in items {
                    match &item.value {
                        Yaml::Scalar { text, .. } if !item.is_null() => texts.push((text.clone(), item.span)),
                        _ => return Err(self.wrong_type(item, "a text")),
                    }
                }
                Ok(Content::List(texts, found.span))
            }
            Yaml::Map(_) => {
                let name = &self.sources.get(source).name;
                let message =
                    format!("expected a text or a list of texts at `{pointer}` in `{name}`, found a map");
                let diagnostic = Diagnostic::error(Code::WrongType, at, message);
                Err(self.report(diagnostic.help(format!("name a key of it: `{pointer}/…`"))))
            }
        }
    }

    /// The file that a `{file:, else:}` map names; `also` are further keys that the map may have.
    ///
    /// `Ok(None)`: the map names no file.
    pub fn file(
        &mut self,
        node: &Node,
        also: &[&str],
        scope: Scope<'_>,
    ) -> Result<Option<(PathBuf, Span)>, Nothing> {
        let Some(first) = node.get("file") else {
            return Ok(None);
        };
        for entry in node.entries().unwrap_or_default() {
            if !["file", "else"].contains(&entry.key.as_str()) && !also.contains(&entry.key.as_str()) {
                self.unknown_key(
                    &entry.key,
                    entry.key_span,
                    ["file", "else"].into_iter().chain(also.iter().copied()),
                );
            }
        }
        let mut missing = Vec::new();
        for named in [Some(first), node.get("else")].into_iter().flatten() {
            match self.existing(named, scope)? {
                Ok(path) => return Ok(Some((path, named.span))),
                Err(path) => missing.push(path),
            }
        }
        Err(self.missing_file(&missing, missing.len() == 1, first.span))
    }

    /// The file that a path names, which must be there.
    pub fn one_file(&mut self, node: &Node, scope: Scope<'_>) -> Result<PathBuf, Nothing> {
        let found = self.existing(node, scope)?;
        found.map_err(|path| self.missing_file(&[path], false, node.span))
    }

    /// The regular file that a path names, else where it would lie.
    fn existing(&mut self, node: &Node, scope: Scope<'_>) -> Result<Result<PathBuf, PathBuf>, Nothing> {
        let written = self.scalar(node, "a path", scope)?;
        let path = self.sources.get(node.span.source).folder.join(&written);
        let found = self.files.workspace().file(&path, scope.release.ok(), node.span);
        let found = found.map_err(|diagnostic| self.report(diagnostic))?;
        Ok(found.ok_or(path))
    }

    fn missing_file(&mut self, missing: &[PathBuf], has_fallback: bool, at: Span) -> Nothing {
        let shown: Vec<_> = missing.iter().map(|path| self.files.workspace().display(path)).collect();
        let message = match shown.as_slice() {
            [one] => format!("`{one}` does not exist"),
            several => format!("neither `{}` exists", several.join("` nor `")),
        };
        let near = missing.first().and_then(|path| self.files.near(path));
        let has_backslash = || missing.iter().any(|path| path.to_string_lossy().contains('\\'));
        let help = match near {
            _ if MAIN_SEPARATOR == '/' && has_backslash() => {
                "write `/` between folders, which every system takes".to_owned()
            }
            Some(near) => format!("did you mean `{near}`?"),
            None if has_fallback => {
                "paths are relative to the file they are written in; `else` names a fallback".to_owned()
            }
            None => "paths are relative to the file they are written in".to_owned(),
        };
        self.report(Diagnostic::error(Code::FileMissing, at, message).help(help))
    }

    /// Reports a map that should name a file, and does not.
    pub fn no_file(&mut self, node: &Node, wanted: &str, also: &[&str]) -> Nothing {
        let known: Vec<&str> = ["file", "else"].into_iter().chain(also.iter().copied()).collect();
        let unknown = |entry: &&Entry| !known.contains(&entry.key.as_str());
        let meant = |entry: &&Entry| did_you_mean(&entry.key, known.iter().copied()).is_some();
        let slips: Vec<&Entry> =
            node.entries().unwrap_or_default().iter().filter(unknown).filter(meant).collect();
        for slip in &slips {
            self.unknown_key(&slip.key, slip.key_span, known.iter().copied());
        }
        if slips.is_empty() {
            match &node.value {
                Yaml::Map(_) => {
                    let message = format!("expected {wanted}, found a map without `file`");
                    let diagnostic = Diagnostic::error(Code::WrongType, node.span, message);
                    self.report(diagnostic.help("name the file: `{file: …}`"));
                }
                _ => {
                    self.wrong_type(node, wanted);
                }
            }
        }
        Nothing
    }
}

fn bad_expansion(name: &str, at: Span) -> Diagnostic {
    const ALL: [&str; 3] = ["lang", "release", "package.version"];
    let (message, help) = match name {
        "lang" => ("`$(lang)` means a language below `listings` only".to_owned(), "write the name out"),
        "release" => {
            let message = "`$(release)` means a folder below `release` only";
            (message.to_owned(), "move what needs it from `submission` to `release`")
        }
        "package.version" => {
            let message =
                "`$(package.version)` means nothing here: no packages are named, or several versions";
            (message.to_owned(), "write the version, or name packages of one version")
        }
        _ => {
            let message = format!("there is no `$({name})`");
            match did_you_mean(name, ALL) {
                Some(meant) => {
                    let help = format!("did you mean `$({meant})`?");
                    return Diagnostic::error(Code::BadExpansion, at, message).help(help);
                }
                None => {
                    (message, "there are $(lang), $(release) and $(package.version); `$$(` stands for `$(`")
                }
            }
        }
    };
    Diagnostic::error(Code::BadExpansion, at, message).help(help)
}

/// Whether a key is, or is meant as, one whose value is never shown.
pub fn is_like_secret(key: &str) -> bool {
    let secret = FIELDS.iter().filter(|field| matches!(field.shape, Shape::Notes { .. }));
    // Asked of every word of a text that cannot be read: most are too short.
    let secret = secret.map(|field| field.path[0]).filter(|name| key.len() + 4 >= name.len());
    did_you_mean(key, secret).is_some()
}

/// The value that a pointer leads to, and how many keys were looked at on the way.
fn follow<'n>(root: &'n Node, pointer: &str) -> (Option<&'n Node>, usize) {
    let mut looked_at = 0;
    let Some(tokens) = pointer.strip_prefix('/') else {
        return (Some(root).filter(|_| pointer.is_empty()), looked_at);
    };
    let found = tokens.split('/').try_fold(root, |node, token| {
        let token = token.replace("~1", "/").replace("~0", "~");
        looked_at += node.entries().map_or(0, <[Entry]>::len);
        match &node.value {
            Yaml::Map(_) => node.get(&token),
            Yaml::List(items) => items.get(token.parse::<usize>().ok()?),
            Yaml::Scalar { .. } => None,
        }
    });
    (found, looked_at)
}

/// What is at the deepest place that a pointer reaches.
fn keys_near(root: &Node, pointer: &str) -> Option<String> {
    let mut reached = root;
    let mut missed = "";
    for token in pointer.strip_prefix('/')?.split('/') {
        match follow(reached, &format!("/{token}")).0 {
            Some(next) => reached = next,
            None => {
                missed = token;
                break;
            }
        }
    }
    match &reached.value {
        Yaml::Map(entries) => {
            let keys = || entries.iter().map(|entry| entry.key.as_str());
            match did_you_mean(missed, keys().take(MAX_GUESSED)) {
                Some(meant) => Some(format!("did you mean `{meant}`?")),
                None => Some(format!(
                    "there is {}",
                    keys().take(MAX_NAMED).map(brief).collect::<Vec<_>>().join(", ")
                )),
            }
        }
        Yaml::List(items) => Some(format!("the list there has {} items, counted from 0", items.len())),
        Yaml::Scalar { .. } => Some("what is there is no map".to_owned()),
    }
}

/// The items of a text that stands for a list: its lines, without blank ones and without bullets.
pub fn lines_as_items(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .map(|line| {
            ["- ", "* ", "+ ", "• "]
                .iter()
                .find_map(|bullet| line.strip_prefix(bullet))
                .unwrap_or(line)
                .trim()
        })
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_go_and_dashes_inside_stay() {
        assert_eq!(lines_as_items("- a - b\n\n* c\n  • d\n-5 degrees\n"), ["a - b", "c", "d", "-5 degrees"]);
    }
}
