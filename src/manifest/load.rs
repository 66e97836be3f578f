//! Finding manifests and loading them.

use std::collections::{BTreeSet, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::submission::Kind;

use super::code::Code;
use super::decode::decode;
use super::desired::{Address, Releases, Resource, is_name};
use super::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use super::files::Files;
use super::finding::{Finding, Findings};
use super::include::Included;
use super::source::{Sources, Span};
use super::together::{KeySpans, check_together};
use super::value::Values;
use super::workspace::{MAX_TEXT_BYTES, Workspace};
use super::yaml::{self, Entry, Node, Yaml};

/// What loading gave: every resource that could be read, and everything there is to say.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The resources, in the order of files and documents.
    pub resources: Vec<Resource>,
    /// The texts that positions refer to.
    pub sources: Sources,
    /// What was found.
    pub diagnostics: Diagnostics,
    /// How many images and packages were read, beside the texts.
    pub assets: usize,
}

impl Loaded {
    /// What was found, for programs.
    pub fn findings(&self) -> Findings {
        let findings = self.diagnostics.sorted().into_iter();
        let findings = findings.map(|diagnostic| Finding::of(diagnostic, &self.sources)).collect();
        Findings::new(findings, self.resources.iter().map(|resource| resource.address.to_string()).collect())
    }
}

const WHAT_IS_ONE: &str = "a manifest is a YAML document with `kind: App`, `kind: AddOn` or `kind: Flight`";

/// Loads the manifests at `paths`, or those found from the current folder down.
///
/// `releases` names the resources whose `release` block is laid over `submission`, each with its folder.
/// Reads files (manifests, texts, images, packages) and computes digests; does not touch the network.
pub fn load(workspace: &Workspace, paths: &[PathBuf], releases: &Releases) -> Loaded {
    let mut loaded = Loaded::default();
    let mut files = Files::new(workspace);
    let mut spans = Vec::new();
    for (path, named) in manifest_files(workspace, paths, &mut loaded.diagnostics) {
        let before = (loaded.resources.len(), loaded.diagnostics.errors());
        load_file(&path, named, &mut files, Asked { releases, only: None }, &mut loaded, &mut spans);
        let now = (loaded.resources.len(), loaded.diagnostics.errors());
        if named && path.is_file() && now == before {
            let message = format!("`{}` holds no manifest", workspace.display(&path));
            loaded.diagnostics.push(Diagnostic::error(Code::NoManifest, None, message).help(WHAT_IS_ONE));
        }
    }
    loaded.assets = files.assets();
    check_together(&loaded.resources, &spans, releases, &mut loaded.diagnostics);
    if loaded.resources.is_empty() && !loaded.diagnostics.has_errors() {
        loaded.diagnostics.push(
            Diagnostic::error(Code::NoManifest, None, "no manifest was found")
                .help(format!("{WHAT_IS_ONE}; name its file, or run where it lies")),
        );
    }
    loaded
}

/// The files to look into, and whether the user named each one.
fn manifest_files(
    workspace: &Workspace,
    paths: &[PathBuf],
    diagnostics: &mut Diagnostics,
) -> Vec<(PathBuf, bool)> {
    if paths.is_empty() {
        let found = workspace.yaml_files(workspace.current(), diagnostics);
        return found.into_iter().map(|file| (file, false)).collect();
    }
    let mut files = Vec::new();
    for path in paths {
        let path = workspace.current().join(path);
        if let Err(diagnostic) = workspace.check_named(&path) {
            diagnostics.push(diagnostic);
        } else if path.is_dir() {
            let found = workspace.yaml_files(&path, diagnostics);
            if found.is_empty() {
                let message = format!("`{}` holds no YAML file", workspace.display(&path));
                diagnostics.push(Diagnostic::error(Code::NoManifest, None, message).help(WHAT_IS_ONE));
            }
            files.extend(found.into_iter().map(|file| (file, false)));
        } else if path.is_file() {
            files.push((path, true));
        } else {
            let shown = workspace.display(&path);
            let (code, what, help) = if path.exists() {
                (Code::NotAFile, "is neither a file nor a folder", "name a YAML file, or a folder to look in")
            } else {
                (Code::FileMissing, "does not exist", "name a YAML file, or a folder to look in")
            };
            let near = workspace.near(&path).filter(|_| code == Code::FileMissing);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => help.to_owned(),
            };
            diagnostics.push(Diagnostic::error(code, None, format!("`{shown}` {what}")).help(help));
        }
    }
    // A file can be named, and lie in a folder that is.
    let mut seen = HashSet::new();
    files.sort_by_key(|(_, named)| !named);
    files.retain(|(path, _)| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    files.sort();
    files
}

/// What is to be loaded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The resources whose `release` block is laid over `submission`.
    pub(super) releases: &'a Releases,
    /// These resources alone; `None`: all.
    pub(super) only: Option<&'a BTreeSet<Address>>,
}

impl Asked<'_> {
    /// Whether a document is asked for. One that cannot be told by its name is not, where some are asked for by name.
    fn takes(&self, kind: Kind, document: &Node) -> bool {
        let name = |key| match &document.get(key)?.value {
            Yaml::Scalar { text, .. } if is_name(text) => Some(text.as_str()),
            _ => None,
        };
        let address = || match kind {
            Kind::App => name("name").map(Address::app),
            Kind::AddOn | Kind::Flight => Some(Address::below(kind, name("app")?, name("name")?)),
        };
        self.only.is_none_or(|only| address().is_some_and(|address| only.contains(&address)))
    }
}

/// What a document is by its `kind`.
enum KindOf<'d> {
    Known(Kind),
    /// A word near that of a kind, or any other word in what else looks like a manifest.
    Meant {
        written: &'d str,
        at: Span,
        kind: Option<&'static str>,
    },
    /// The key in another case, with a kind.
    Misspelt {
        at: Span,
    },
    /// A list of manifests.
    Listed {
        at: Span,
    },
    /// No kind, and a block of a manifest.
    Missing {
        at: Span,
    },
    /// None of our business.
    Other,
}

/// Keys of which one, beside a `kind` or a block, tells a manifest from the documents of other programs.
const TELLING: [&str; 10] = [
    "name", "submission", "release", "rollout", "id", "app", "productId", "productType", "friendlyName",
    "groupIds",
];

fn kind_of(document: &Node) -> KindOf<'_> {
    if let Yaml::List(items) = &document.value {
        let is_one = |item: &&Node| item.entries().is_some() && matches!(kind_of(item), KindOf::Known(_));
        return items.iter().find(is_one).map_or(KindOf::Other, |item| KindOf::Listed { at: item.span });
    }
    let entries = document.entries().unwrap_or_default();
    let has = |key: &str| document.get(key).is_some();
    // Who else writes `kind` writes this beside it.
    if has("apiVersion") {
        return KindOf::Other;
    }
    let has_block = has("submission") || has("release");
    // What several manifests share may hold a block, but not who it is about.
    let looks_like_one = has_block && ["name", "id", "app", "productId"].into_iter().any(has);
    let tells = TELLING.into_iter().any(has);
    let missing = || KindOf::Missing { at: entries.first().map_or(document.span, |first| first.key_span) };
    let Some(entry) = entries.iter().find(|entry| entry.key == "kind") else {
        let is_kind = |entry: &&Entry| {
            let Yaml::Scalar { text, .. } = &entry.value.value else { return false };
            entry.key.eq_ignore_ascii_case("kind") && Kind::parse(text).is_some()
        };
        return match entries.iter().find(is_kind) {
            Some(near) => KindOf::Misspelt { at: near.key_span },
            None if looks_like_one => missing(),
            None => KindOf::Other,
        };
    };
    let Yaml::Scalar { text, .. } = &entry.value.value else {
        return if looks_like_one { KindOf::Missing { at: entry.key_span } } else { KindOf::Other };
    };
    match Kind::parse(text) {
        Some(kind) => KindOf::Known(kind),
        None if text.is_empty() && has_block => KindOf::Missing { at: entry.key_span },
        None => match did_you_mean(text, kinds()) {
            None if !has_block => KindOf::Other,
            Some(_) if !tells => KindOf::Other,
            kind => KindOf::Meant { written: text, at: entry.value.span, kind },
        },
    }
}

fn kinds() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().map(|kind| kind.as_str())
}

/// Whether a text, in a file that nobody named, holds what may be a manifest: a line of one, broken or not, or a document.
fn holds_manifest(text: &str) -> bool {
    if may_hold_manifest(text) {
        return true;
    }
    let folded = text.to_ascii_lowercase();
    if !["kind", "submission", "release"].into_iter().any(|word| folded.contains(word)) {
        return false;
    }
    let mut sources = Sources::default();
    let source = sources.add("", Path::new(""), text);
    let parsed = yaml::parse(&sources, source, &mut Diagnostics::default());
    parsed.documents.iter().any(|document| !matches!(kind_of(document), KindOf::Other))
}

/// Whether a text may hold a manifest at all. Other YAML in a repository is none of our business, broken or not.
fn may_hold_manifest(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    // Also indented, in quotes, in a map of one line, or behind an anchor.
    let start = [' ', '\t', '-', '{', '"', '\''];
    text.lines().any(|line| {
        let line = line.trim_start_matches(start);
        // A manifest without its kind.
        line.starts_with("submission:")
            || line.get(..4).is_some_and(|key| key.eq_ignore_ascii_case("kind"))
                && line[4..].trim_start_matches(['"', '\'', ' ']).strip_prefix(':').is_some_and(|kind| {
                    let mut words = kind.split([' ', ',', '}', '"', '\'', '#']);
                    let kind = words
                        .find(|word| !word.is_empty() && !word.starts_with(['&', '!']))
                        .unwrap_or_default();
                    did_you_mean(kind, kinds()).is_some()
                })
    })
}

/// Whether a file that is not UTF-8, or too large, starts with what a manifest holds.
fn looks_like_manifest(workspace: &Workspace, path: &Path) -> bool {
    let mut bytes = Vec::new();
    let start = workspace.open(path).map(|file| file.take(MAX_TEXT_BYTES));
    if start.and_then(|mut start| start.read_to_end(&mut bytes)).is_err() {
        return false;
    }
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let bytes: Vec<u8> = bytes.into_iter().filter(|byte| !wide || (*byte != 0 && *byte < 0xfe)).collect();
    may_hold_manifest(&String::from_utf8_lossy(&bytes))
}

pub(super) fn load_file(
    path: &Path,
    named: bool,
    files: &mut Files<'_>,
    asked: Asked<'_>,
    loaded: &mut Loaded,
    spans: &mut Vec<KeySpans>,
) {
    // Asked first: once it is used up, nothing more is read.
    if let Err(diagnostic) = files.budget.hold(0) {
        loaded.diagnostics.push(diagnostic);
        return;
    }
    let text = match files.workspace().read(path, None) {
        Ok(text) => text,
        Err(diagnostic) => {
            // A file that cannot be read and that nobody named is somebody else's file, unless it looks like a manifest
            // that was saved in another encoding.
            let is_ours = || {
                matches!(diagnostic.code, Code::NotUtf8 | Code::TooLarge)
                    && looks_like_manifest(files.workspace(), path)
            };
            if named || is_ours() {
                loaded.diagnostics.push(diagnostic);
            }
            return;
        }
    };
    if !named && !holds_manifest(&text) {
        return;
    }
    if let Err(diagnostic) = files.budget.hold(text.len()) {
        loaded.diagnostics.push(diagnostic);
        return;
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let source = loaded.sources.add(files.workspace().display(path), folder, &text);
    let parsed = yaml::parse(&loaded.sources, source, &mut loaded.diagnostics);
    for document in &parsed.documents {
        load_document(document, files, asked, loaded, spans);
    }
}

fn load_document(
    document: &Node,
    files: &mut Files<'_>,
    asked: Asked<'_>,
    loaded: &mut Loaded,
    spans: &mut Vec<KeySpans>,
) {
    let report = |loaded: &mut Loaded, diagnostic| loaded.diagnostics.push(diagnostic);
    match kind_of(document) {
        KindOf::Known(kind) if !asked.takes(kind, document) => {}
        KindOf::Known(kind) => {
            let included = Included::default();
            let (sources, diagnostics) = (&mut loaded.sources, &mut loaded.diagnostics);
            let mut values = Values { files, sources, diagnostics };
            if let Some(resource) = decode(&mut values, kind, document, asked.releases, &included) {
                loaded.resources.push(resource);
                spans.push(KeySpans::of(document));
            }
        }
        KindOf::Meant { written, at, kind } => {
            let message = format!("there is no kind `{written}`");
            let help = match kind {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("kinds are {}", kinds().collect::<Vec<_>>().join(", ")),
            };
            report(loaded, Diagnostic::error(Code::UnknownKind, at, message).help(help));
        }
        KindOf::Misspelt { at } => {
            let message = "the key is `kind`, in lower case";
            report(loaded, Diagnostic::error(Code::UnknownKey, at, message).help("write `kind`"));
        }
        KindOf::Listed { at } => {
            let message = "manifests in a list";
            let help = "put a line `---` between them, without `- ` before their keys";
            report(loaded, Diagnostic::error(Code::WrongType, at, message).help(help));
        }
        KindOf::Missing { at } => {
            let message = "this looks like a manifest, and has no `kind`";
            let help = "add `kind: App`, `kind: AddOn` or `kind: Flight`";
            report(loaded, Diagnostic::error(Code::MissingKey, at, message).help(help));
        }
        KindOf::Other => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn other_yaml_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("app.yaml"), "\u{feff}kind: App\nname: a\nid: 9NBLGGH4R315\n").unwrap();
        fs::write(folder.path().join("pipeline.yml"), "steps: [something else]\n").unwrap();
        let workspace = Workspace::around(folder.path()).unwrap();
        let loaded = load(&workspace, &[], &Releases::new());
        assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
        assert_eq!(loaded.resources.len(), 1);
        assert!(!format!("{:?}", loaded.sources).contains("something else"));
    }

    #[test]
    fn manifests_are_told_from_other_documents() {
        for text in [
            "{name: b, kind: App, id: bad}", "kind:\n  App", "kind: >-\n  App", "? kind\n: App",
            "kind: !!str App", "- kind: App\n  name: b", "kind: [App]\nname: b\nid: x\nsubmission: {}",
            "name: b\rkind: App\r", "name: b\nid: x\nrelease: {}", "kind: Ap\nid: x", "Kind: App",
            "kind: App\n: : [", "kind: App", "a: 1\n---\nkind: Flight",
        ] {
            assert!(holds_manifest(text), "{text}");
        }
        for text in
            ["kind: Deployment\nid: x", "- kind\n- release", "kind: [", "a: b", "{apiVersion: v1, kind: App}"]
        {
            assert!(!holds_manifest(text), "{text}");
        }
    }

    #[test]
    fn documents_of_other_programs_are_none_of_ours() {
        let is_other = |text: &str| {
            let mut sources = Sources::default();
            let source = sources.add("", Path::new(""), text);
            let parsed = yaml::parse(&sources, source, &mut Diagnostics::default());
            matches!(kind_of(&parsed.documents[0]), KindOf::Other)
        };
        for text in [
            "apiVersion: backstage.io/v1alpha1\nkind: API", "apiVersion: v1\nkind: App\nmetadata: {}",
            "kind: light\ncolour: red", "kind: Addon", "submission: {visibility: Public}", "release: {a: b}",
        ] {
            assert!(is_other(text), "{text}");
        }
        for text in ["kind: App", "kind: Addon\nname: a", "name: a\nrelease: {}", "kind:\nsubmission: {}"] {
            assert!(!is_other(text), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_manifest_is_looked_into() {
        for text in [
            "kind: App", " kind: App", "{kind: App, name: x}", "\"kind\": App", "kind: &a App # x",
            "kind: 'AddOn'", "kind: Ap",
        ] {
            assert!(may_hold_manifest(text), "{text}");
        }
        for text in ["kind: Deployment", "kinds: App", "a: kind", "kind:"] {
            assert!(!may_hold_manifest(text), "{text}");
        }
    }
}
