//! Finding manifests and loading them.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::submission::Kind;

use super::code::Code;
use super::decode::decode;
use super::desired::{Address, Releases, Resource, is_name};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::files::Files;
use super::finding::{Finding, Findings};
use super::include::Included;
use super::recognise::{KindOf, holds_manifest, kind_of, looks_like_manifest};
use super::source::Sources;
use super::together::{KeySpans, check_together};
use super::value::Values;
use super::workspace::Workspace;
use super::yaml::{self, Node, Yaml};

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
    /// Every manifest, and every file that they name: what nobody wants to be replaced.
    pub files: BTreeSet<PathBuf>,
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
    load_knowing(workspace, paths, releases, &[])
}

/// The same where the images and packages of some resources were read already, and are not read again.
pub(super) fn load_knowing(
    workspace: &Workspace,
    paths: &[PathBuf],
    releases: &Releases,
    known: &[Resource],
) -> Loaded {
    let mut loaded = Loaded::default();
    let mut files = Files::new(workspace);
    known.iter().flat_map(|resource| resource.desired.assets()).for_each(|asset| files.know(asset));
    let mut spans = Vec::new();
    for (path, named) in manifest_files(workspace, paths, &mut loaded.diagnostics) {
        let before = (loaded.resources.len(), loaded.diagnostics.errors());
        load_file(
            &path,
            named,
            &mut files,
            Asked { releases, only: None, ids: None },
            &mut loaded,
            &mut spans,
        );
        let now = (loaded.resources.len(), loaded.diagnostics.errors());
        if named && path.is_file() && now == before {
            let message = format!("`{}` holds no manifest", workspace.display(&path));
            loaded.diagnostics.push(Diagnostic::error(Code::NoManifest, None, message).help(WHAT_IS_ONE));
        }
    }
    loaded.assets = files.assets();
    loaded.files.extend(files.named().cloned());
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
    /// Beside them those with one of these ids, whatever they are called.
    pub(super) ids: Option<&'a BTreeSet<String>>,
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
        let id = || match &document.get("id")?.value {
            Yaml::Scalar { text, .. } => Some(text.as_str()),
            _ => None,
        };
        let is_known = || self.ids.is_some_and(|ids| id().is_some_and(|id| ids.contains(id)));
        self.only.is_none_or(|only| address().is_some_and(|address| only.contains(&address)) || is_known())
    }
}

pub(super) fn load_file(
    path: &Path,
    named: bool,
    files: &mut Files<'_>,
    asked: Asked<'_>,
    loaded: &mut Loaded,
    spans: &mut Vec<KeySpans>,
) {
    let text = match manifest_text(path, named, files) {
        Ok(Some(text)) => text,
        Ok(None) => return,
        Err(diagnostic) => return loaded.diagnostics.push(diagnostic),
    };
    loaded.files.insert(path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    let folder = path.parent().unwrap_or(Path::new(""));
    let source = loaded.sources.add(files.workspace().display(path), folder, &text);
    let parsed = yaml::parse(&loaded.sources, source, &mut loaded.diagnostics);
    for document in &parsed.documents {
        load_document(document, files, asked, loaded, spans);
    }
}

/// The text of a file; `None` where it is somebody else's.
fn manifest_text(path: &Path, named: bool, files: &mut Files<'_>) -> Result<Option<String>, Diagnostic> {
    // Asked first: once they are used up, nothing more is read.
    files.budget.hold(0)?;
    files.budget.look(0)?;
    let text = match files.workspace().read(path, None) {
        Ok(text) if named || holds_manifest(&text, &mut files.budget)? => text,
        Ok(_) => return Ok(None),
        Err(diagnostic) if named => return Err(diagnostic),
        Err(diagnostic) => {
            // A file that cannot be read and that nobody named is somebody else's file, unless it looks like a manifest
            // that was saved in another encoding.
            let workspace = files.workspace();
            let is_ours = matches!(diagnostic.code, Code::NotUtf8 | Code::TooLarge)
                && looks_like_manifest(workspace, path, &mut files.budget)?;
            return if is_ours { Err(diagnostic) } else { Ok(None) };
        }
    };
    files.budget.hold(text.len())?;
    Ok(Some(text))
}

fn load_document(
    document: &Node,
    files: &mut Files<'_>,
    asked: Asked<'_>,
    loaded: &mut Loaded,
    spans: &mut Vec<KeySpans>,
) {
    let is = kind_of(document);
    match is {
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
        _ => is.mistake().into_iter().for_each(|mistake| loaded.diagnostics.push(mistake)),
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
}
