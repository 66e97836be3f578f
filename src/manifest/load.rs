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
use super::tree::Entry as Found;
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
        let before = loaded.resources.len();
        load_file(&path, named, &mut files, Asked { releases, only: None }, &mut loaded, &mut spans);
        if named && path.is_file() && loaded.resources.len() == before && !loaded.diagnostics.has_errors() {
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

/// Loads some resources from another state of their workspace: from `paths` as they were then and, where these do not
/// hold one, from anywhere in the workspace, because its manifest may have moved. Of two with one address neither is
/// taken.
///
/// What is asked for are the resources of `now`; nothing else is read, and no image or package once more. Manifests are
/// not checked against each other, and that one is not there is no mistake.
pub fn load_earlier(
    workspace: &Workspace,
    paths: &[PathBuf],
    releases: &Releases,
    now: &[Resource],
) -> Loaded {
    let mut loaded = Loaded::default();
    let mut files = Files::new(workspace);
    now.iter().flat_map(|resource| resource.desired.assets()).for_each(|asset| files.know(asset));
    let mut asked_for: BTreeSet<Address> = now.iter().map(|resource| resource.address.clone()).collect();
    let named = named_files(workspace, paths);
    for path in &named {
        let asked = Asked { releases, only: Some(&asked_for) };
        load_file(path, false, &mut files, asked, &mut loaded, &mut Vec::new());
    }
    asked_for.retain(|address| loaded.resources.iter().all(|found| found.address != *address));
    let named: HashSet<PathBuf> = named.into_iter().collect();
    let elsewhere = if asked_for.is_empty() { Vec::new() } else { workspace.yaml_files(workspace.root()) };
    for path in elsewhere.iter().filter(|path| !named.contains(*path)) {
        // Mistakes in files that turn out to hold nothing that is asked for are not worth a word.
        let said = std::mem::take(&mut loaded.diagnostics);
        let before = loaded.resources.len();
        let asked = Asked { releases, only: Some(&asked_for) };
        load_file(path, false, &mut files, asked, &mut loaded, &mut Vec::new());
        let found = std::mem::replace(&mut loaded.diagnostics, said);
        if loaded.resources.len() > before {
            found.sorted().into_iter().for_each(|diagnostic| loaded.diagnostics.push(diagnostic.clone()));
        }
    }
    let addresses: Vec<Address> = loaded.resources.iter().map(|found| found.address.clone()).collect();
    loaded.resources.retain(|found| addresses.iter().filter(|other| **other == found.address).count() == 1);
    loaded
}

/// The files at `paths`, or below them, in whichever state the workspace is.
fn named_files(workspace: &Workspace, paths: &[PathBuf]) -> Vec<PathBuf> {
    let current = [PathBuf::new()];
    let paths = if paths.is_empty() { &current } else { paths };
    let mut files = Vec::new();
    for path in paths {
        let path = workspace.absolute(path);
        match workspace.tree().look(&path) {
            Ok(Some(Found::File)) => files.push(path),
            Ok(Some(Found::Folder)) => files.extend(workspace.yaml_files(&path)),
            _ => {}
        }
    }
    files
}

/// The files to look into, and whether the user named each one.
fn manifest_files(
    workspace: &Workspace,
    paths: &[PathBuf],
    diagnostics: &mut Diagnostics,
) -> Vec<(PathBuf, bool)> {
    if paths.is_empty() {
        return workspace.yaml_files(workspace.current()).into_iter().map(|file| (file, false)).collect();
    }
    let mut files = Vec::new();
    for path in paths {
        let path = workspace.current().join(path);
        if let Err(diagnostic) = workspace.check_named(&path) {
            diagnostics.push(diagnostic);
        } else if path.is_dir() {
            files.extend(workspace.yaml_files(&path).into_iter().map(|file| (file, false)));
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
struct Asked<'a> {
    /// The resources whose `release` block is laid over `submission`.
    releases: &'a Releases,
    /// These resources alone; `None`: all.
    only: Option<&'a BTreeSet<Address>>,
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
    /// No kind, and a block of a manifest.
    Missing {
        at: Span,
    },
    /// None of our business.
    Other,
}

fn kind_of(document: &Node) -> KindOf<'_> {
    let entries = document.entries().unwrap_or_default();
    let word = |entry: &'_ Entry| match &entry.value.value {
        Yaml::Scalar { text, .. } => Some((text.clone(), entry.value.span)),
        _ => None,
    };
    let looks_like_one = ["submission", "release"].iter().any(|key| document.get(key).is_some());
    let Some(entry) = entries.iter().find(|entry| entry.key == "kind") else {
        let near = entries.iter().find(|entry| {
            entry.key.eq_ignore_ascii_case("kind")
                && word(entry).is_some_and(|(text, _)| Kind::parse(&text).is_some())
        });
        return match near {
            Some(near) => KindOf::Misspelt { at: near.key_span },
            None if looks_like_one => {
                KindOf::Missing { at: entries.first().map_or(document.span, |first| first.key_span) }
            }
            None => KindOf::Other,
        };
    };
    let Yaml::Scalar { text, .. } = &entry.value.value else { return KindOf::Other };
    match Kind::parse(text) {
        Some(kind) => KindOf::Known(kind),
        None if text.is_empty() && looks_like_one => KindOf::Missing { at: entry.key_span },
        None => match did_you_mean(text, kinds()) {
            None if !looks_like_one => KindOf::Other,
            kind => KindOf::Meant { written: text, at: entry.value.span, kind },
        },
    }
}

fn kinds() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().map(|kind| kind.as_str())
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
                    let kind =
                        words.find(|word| !word.is_empty() && !word.starts_with('&')).unwrap_or_default();
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

fn load_file(
    path: &Path,
    named: bool,
    files: &mut Files<'_>,
    asked: Asked<'_>,
    loaded: &mut Loaded,
    spans: &mut Vec<KeySpans>,
) {
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
    if !named && !may_hold_manifest(&text) {
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
    use std::io;

    use super::super::tree::{Disk, Entries, Tree};
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

    /// The state of a workspace that lies in another folder.
    #[derive(Debug)]
    struct Elsewhere {
        root: PathBuf,
        folder: PathBuf,
    }

    impl Elsewhere {
        fn there(&self, path: &Path) -> PathBuf {
            self.folder.join(path.strip_prefix(&self.root).unwrap())
        }

        fn here(&self, path: &Path) -> PathBuf {
            self.root.join(path.strip_prefix(&self.folder).unwrap())
        }
    }

    impl Tree for Elsewhere {
        fn look(&self, path: &Path) -> io::Result<Option<Found>> {
            Disk.look(&self.there(path))
        }

        fn entries<'t>(&'t self, folder: &Path) -> io::Result<Entries<'t>> {
            let entries: Vec<_> = Disk.entries(&self.there(folder))?.collect();
            Ok(Box::new(entries.into_iter().map(|entry| entry.map(|(path, kind)| (self.here(&path), kind)))))
        }

        fn files_below(&self, folder: &Path) -> Vec<PathBuf> {
            Disk.files_below(&self.there(folder)).iter().map(|path| self.here(path)).collect()
        }

        fn on_disk(&self, file: &Path) -> io::Result<PathBuf> {
            Ok(self.there(file))
        }
    }

    fn manifest(name: &str, description: &str) -> String {
        format!(
            "kind: App\nname: {name}\nid: 9NBLGGH4R3{}\nsubmission: {{listings: {{en-us: {{description: {description}}}}}}}\n",
            format!("{name:0>2}").to_uppercase()
        )
    }

    /// The addresses and descriptions that were found, and how many mistakes.
    fn earlier(now: &[(&str, String)], then: &[(&str, String)], paths: &[&str]) -> (Vec<String>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        for (state, files) in [("now", now), ("then", then)] {
            fs::create_dir_all(folder.join(state).join(".git")).unwrap();
            for (name, text) in files {
                let path = folder.join(state).join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        let workspace = Workspace::around(&folder.join("now")).unwrap();
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let loaded = load(&workspace, &paths, &Releases::new());
        assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
        let then = Elsewhere { root: folder.join("now"), folder: folder.join("then") };
        let then =
            load_earlier(&workspace.in_state(Box::new(then)), &paths, &Releases::new(), &loaded.resources);
        let said = |resource: &Resource| {
            let description = resource.desired.value(&["listings", "en-us", "description"]);
            let description = description.map_or_else(String::new, |owned| format!("{:?}", owned.wanted));
            format!("{} {description}", resource.address)
        };
        (then.resources.iter().map(said).collect(), then.findings().counts.errors)
    }

    #[test]
    fn an_earlier_state_is_looked_through_for_what_there_is_now() {
        let now = [("a.yaml", manifest("a", "now"))];
        let then = [
            ("a.yaml", manifest("a", "then")),
            ("b.yaml", manifest("b", "nobody asks")),
            ("broken.yaml", "kind: App\nname: [".to_owned()),
        ];
        let a = vec!["app/a Value(String(\"then\"))".to_owned()];
        assert_eq!(earlier(&now, &then, &[]), (a.clone(), 1), "a mistake in a folder that is named");
        assert_eq!(earlier(&now, &then, &["a.yaml"]), (a, 0));
    }

    #[test]
    fn a_manifest_that_moved_is_found_where_it_was() {
        let now = [("apps/a/store.yaml", manifest("a", "now")), ("apps/c.yaml", manifest("c", "now"))];
        let then = [
            ("store/a.yaml", "text: x".to_owned()),
            ("store/b.yaml", manifest("a", "then")),
            ("old/c.yaml", manifest("c", "one")),
            ("older/c.yaml", manifest("c", "two")),
            ("broken.yaml", "kind: App\nname: [".to_owned()),
        ];
        let a = vec!["app/a Value(String(\"then\"))".to_owned()];
        assert_eq!(earlier(&now, &then, &["apps"]), (a, 0), "of two with one address neither is taken");
        assert_eq!(earlier(&now, &[], &["apps"]), (Vec::new(), 0));
    }

    #[test]
    fn a_path_that_is_named_comes_before_one_that_is_not() {
        let now = [("live/a.yaml", manifest("a", "now")), ("trial/a.yaml", manifest("a", "trial"))];
        let then = [("live/a.yaml", manifest("a", "then")), ("trial/a.yaml", manifest("a", "trial then"))];
        let a = vec!["app/a Value(String(\"then\"))".to_owned()];
        assert_eq!(earlier(&now, &then, &["live"]), (a, 0));
    }

    #[test]
    fn what_can_no_longer_be_read_is_said_and_the_rest_is_there() {
        let now = [("a.yaml", manifest("a", "now"))];
        let then = [("a.yaml", manifest("a", "then") + "rollout: 1\n")];
        assert_eq!(earlier(&now, &then, &[]), (vec!["app/a Value(String(\"then\"))".to_owned()], 1));
    }
}
