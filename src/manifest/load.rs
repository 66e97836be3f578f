//! Finding manifests and loading them.

use std::path::{Path, PathBuf};

use super::code::Code;
use super::decode::decode;
use super::desired::{Releases, Resource};
use super::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use super::files::Files;
use super::finding::{Finding, Findings};
use super::source::Sources;
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
}

impl Loaded {
    /// What was found, for programs.
    pub fn findings(&self) -> Findings {
        let findings = self.diagnostics.sorted().into_iter();
        let findings = findings.map(|diagnostic| Finding::of(diagnostic, &self.sources)).collect();
        Findings::new(findings, self.resources.iter().map(|resource| resource.address.to_string()).collect())
    }
}

const KINDS: &[&str] = &["App", "AddOn", "Flight"];

/// Loads the manifests at `paths`, or those found from the current folder down.
///
/// `releases` names the resources whose `release` block is laid over `submission`, each with its folder.
/// Reads files (manifests, texts, images, packages) and computes digests; does not touch the network.
pub fn load(workspace: &Workspace, paths: &[PathBuf], releases: &Releases) -> Loaded {
    let mut loaded = Loaded::default();
    let mut files = Files::new(workspace);
    for (path, named) in manifest_files(workspace, paths, &mut loaded.diagnostics) {
        let before = loaded.resources.len();
        load_file(&path, named, &mut files, releases, &mut loaded);
        if named && path.is_file() && loaded.resources.len() == before && !loaded.diagnostics.has_errors() {
            let message = format!("`{}` holds no manifest", workspace.display(&path));
            loaded.diagnostics.push(Diagnostic::error(Code::NoManifest, None, message));
        }
    }
    loaded.assets = files.assets();
    check_together(releases, &mut loaded);
    if loaded.resources.is_empty() && !loaded.diagnostics.has_errors() {
        loaded.diagnostics.push(
            Diagnostic::error(Code::NoManifest, None, "no manifest was found")
                .help("a manifest is a YAML document with `kind: App`; name its file, or run where it lies"),
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
        return workspace.yaml_files(workspace.current()).into_iter().map(|file| (file, false)).collect();
    }
    let mut files = Vec::new();
    for path in paths {
        let path = workspace.current().join(path);
        if path.is_dir() {
            files.extend(workspace.yaml_files(&path).into_iter().map(|file| (file, false)));
        } else if path.is_file() {
            files.push((path, true));
        } else {
            let shown = workspace.display(&path);
            let (code, what) = if path.exists() {
                (Code::NotAFile, "is not a regular file")
            } else {
                (Code::FileMissing, "does not exist")
            };
            diagnostics.push(Diagnostic::error(code, None, format!("`{shown}` {what}")));
        }
    }
    files
}

/// The kind that a document names, if it names one as a text.
fn kind_of(document: &Node) -> Option<&str> {
    match &document.get("kind")?.value {
        Yaml::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// Whether a text may hold a manifest at all. Other YAML in a repository is none of our business, broken or not.
fn may_hold_manifest(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    // Also indented, in quotes, in a map of one line, or behind an anchor.
    let start = [' ', '\t', '-', '{', '"', '\''];
    text.lines().filter_map(|line| line.trim_start_matches(start).strip_prefix("kind")).any(|rest| {
        rest.trim_start_matches(['"', '\'', ' ']).strip_prefix(':').is_some_and(|kind| {
            let mut words = kind.split([' ', ',', '}', '"', '\'', '#']);
            let kind = words.find(|word| !word.is_empty() && !word.starts_with('&')).unwrap_or_default();
            KINDS.contains(&kind) || did_you_mean(kind, KINDS.iter().copied()).is_some()
        })
    })
}

/// Whether a file that is not UTF-8 holds what a manifest holds.
fn looks_like_manifest(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap_or_default();
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let bytes: Vec<u8> = bytes.into_iter().filter(|byte| !wide || (*byte != 0 && *byte < 0xfe)).collect();
    may_hold_manifest(&String::from_utf8_lossy(&bytes))
}

fn load_file(path: &Path, named: bool, files: &mut Files<'_>, releases: &Releases, loaded: &mut Loaded) {
    let text = match files.workspace().read(path, None) {
        Ok(text) => text,
        Err(diagnostic) => {
            // A file that cannot be read and that nobody named is somebody else's file, unless it looks like a manifest
            // that was saved in another encoding.
            let is_ours = || diagnostic.code == Code::NotUtf8 && looks_like_manifest(path);
            if named || is_ours() {
                loaded.diagnostics.push(diagnostic);
            }
            return;
        }
    };
    if !named && !may_hold_manifest(&text) {
        return;
    }
    let source = loaded.sources.add(files.workspace().display(path), &text);
    for document in yaml::parse(&loaded.sources, source, &mut loaded.diagnostics) {
        let Some(kind) = kind_of(&document) else { continue };
        let at = document.get("kind").map(|node| node.span);
        match kind {
            "App" => {
                let folder = path.parent().unwrap_or(Path::new("."));
                let resource =
                    decode(&document, folder, releases, files, &mut loaded.sources, &mut loaded.diagnostics);
                loaded.resources.extend(resource);
            }
            "AddOn" | "Flight" => loaded.diagnostics.push(
                Diagnostic::error(
                    Code::NotInThisVersion,
                    at,
                    format!("this version manages apps, not `kind: {kind}`"),
                )
                .help("move the document to a file that is not loaded"),
            ),
            other => {
                if let Some(meant) = did_you_mean(other, KINDS.iter().copied()) {
                    loaded.diagnostics.push(
                        Diagnostic::error(Code::UnknownKind, at, format!("there is no kind `{other}`"))
                            .help(format!("did you mean `{meant}`?")),
                    );
                }
            }
        }
    }
}

/// Checks what no single document can tell.
fn check_together(releases: &Releases, loaded: &mut Loaded) {
    for (i, resource) in loaded.resources.iter().enumerate() {
        for earlier in &loaded.resources[..i] {
            let what = if earlier.address == resource.address {
                format!("`{}`", resource.address)
            } else if earlier.id == resource.id {
                format!("the product `{}`", resource.id)
            } else {
                continue;
            };
            let first = format!("{}:{}", earlier.at.file, earlier.at.line);
            let second = format!("{}:{}", resource.at.file, resource.at.line);
            loaded.diagnostics.push(Diagnostic::error(
                Code::DuplicateResource,
                None,
                format!("{what} is managed by two manifests: {first} and {second}"),
            ));
        }
    }
    for address in releases.keys() {
        if !loaded.resources.iter().any(|resource| resource.address == *address) {
            let known: Vec<&str> =
                loaded.resources.iter().map(|resource| resource.address.as_str()).collect();
            let known = if known.is_empty() {
                "there are none".to_owned()
            } else {
                format!("there is {}", known.join(", "))
            };
            loaded.diagnostics.push(
                Diagnostic::error(Code::UnknownRelease, None, format!("no manifest describes `{address}`"))
                    .help(format!("name a resource that the manifests describe: {known}")),
            );
        }
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
