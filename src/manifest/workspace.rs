//! Which files may be read, and reading them within limits.
//!
//! A manifest may come from a fork, so it can name only regular files inside the workspace, after symbolic
//! links are resolved. Release folders, which the command line names, are the exception.

use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::source::{SourceId, Sources, Span};

/// The largest manifest or text file, in bytes.
pub const MAX_TEXT_BYTES: u64 = 4 * 1024 * 1024;

/// The folder whose files manifests may name.
#[derive(Debug)]
pub struct Workspace {
    current: PathBuf,
    root: PathBuf,
}

impl Workspace {
    /// The workspace around a folder: the git root above it, else the folder itself.
    pub fn around(current: &Path) -> std::io::Result<Self> {
        let current = current.canonicalize()?;
        let root =
            current.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&current).to_owned();
        Ok(Self { current, root })
    }

    /// The folder that commands run in.
    pub fn current(&self) -> &Path {
        &self.current
    }

    /// A path for people: relative to the current folder where it lies below it, with `/`.
    pub fn display(&self, path: &Path) -> Arc<str> {
        let shown = path.strip_prefix(&self.current).unwrap_or(path);
        Arc::from(shown.to_string_lossy().replace('\\', "/"))
    }

    /// Refuses a path that leaves the workspace as it is written, before anything is looked at on disk: not even
    /// whether a file outside exists can be learned. `release` is a further folder that is trusted.
    pub fn check(&self, path: &Path, release: Option<&Path>, span: Span) -> Result<(), Diagnostic> {
        let normal = lexically_normal(path);
        if normal.starts_with(&self.root) || release.is_some_and(|folder| normal.starts_with(folder)) {
            return Ok(());
        }
        let message = format!("`{}` lies outside the workspace", self.display(path));
        Err(Diagnostic::error(Code::OutsideWorkspace, span, message)
            .help("keep it inside the repository; for built packages, name their folder with --release"))
    }

    /// Resolves a path that was written in a manifest to a regular file that may be read, after symbolic links.
    ///
    /// `release` is a further folder that is trusted. The error is a finished diagnostic at `span`;
    /// `Ok(None)` means that there is no such file.
    pub fn file(
        &self,
        path: &Path,
        release: Option<&Path>,
        span: Span,
    ) -> Result<Option<PathBuf>, Diagnostic> {
        self.check(path, release, span)?;
        let shown = self.display(path);
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let message = format!("`{shown}` cannot be read: {error}");
                return Err(Diagnostic::error(Code::Unreadable, span, message));
            }
        };
        self.check(&real, release, span)?;
        if !real.is_file() {
            return Err(Diagnostic::error(Code::NotAFile, span, format!("`{shown}` is not a regular file")));
        }
        Ok(Some(real))
    }

    /// Reads a text file into the sources.
    pub fn read_text(&self, path: &Path, at: Span, sources: &mut Sources) -> Result<SourceId, Diagnostic> {
        let text = self.read(path, Some(at))?;
        Ok(sources.add(self.display(path), &text))
    }

    /// The text of a file, as it is.
    pub fn read(&self, path: &Path, at: Option<Span>) -> Result<String, Diagnostic> {
        let shown = self.display(path);
        let unreadable = |error: std::io::Error| {
            Diagnostic::error(Code::Unreadable, at, format!("`{shown}` cannot be read: {error}"))
        };
        let file = fs::File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_TEXT_BYTES {
            let message = format!("`{shown}` is larger than {} MiB", MAX_TEXT_BYTES / 1024 / 1024);
            return Err(Diagnostic::error(Code::TooLarge, at, message));
        }
        String::from_utf8(bytes).map_err(|error| {
            let message = format!("`{shown}` is not UTF-8 (byte {})", error.utf8_error().valid_up_to());
            Diagnostic::error(Code::NotUtf8, at, message).help("save it as UTF-8")
        })
    }

    /// The YAML files below a path, hidden and git-ignored ones left out, sorted.
    pub fn yaml_files(&self, below: &Path) -> Vec<PathBuf> {
        let is_yaml = |path: &Path| path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        let mut files: Vec<PathBuf> = ignore::WalkBuilder::new(below)
            .follow_links(false)
            .build()
            .flatten()
            .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
            .map(ignore::DirEntry::into_path)
            .filter(|path| is_yaml(path))
            .collect();
        files.sort();
        files
    }
}

/// A path without `.` and `..`, as text: nothing is looked up.
fn lexically_normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_workspace_is_refused_unseen() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("repo/.git")).unwrap();
        fs::create_dir_all(root.join("repo/app")).unwrap();
        fs::write(root.join("repo/inside.md"), "x").unwrap();
        fs::write(root.join("outside.md"), "x").unwrap();
        let workspace = Workspace::around(&root.join("repo/app")).unwrap();
        let mut sources = Sources::default();
        let source = sources.add("m.yaml", "x");
        let span = sources.whole(source);
        let found = |path: &str| workspace.file(&root.join("repo/app").join(path), None, span);
        assert!(found("../inside.md").unwrap().is_some());
        assert!(found("nothing.md").unwrap().is_none());
        for outside in ["../../outside.md", "../../nothing.md", "/etc/hostname", "/nothing"] {
            assert_eq!(found(outside).unwrap_err().code, Code::OutsideWorkspace, "{outside}");
        }
        assert_eq!(found("..").unwrap_err().code, Code::NotAFile);
        let trusted = workspace.file(&root.join("outside.md"), Some(&root), span).unwrap();
        assert!(trusted.is_some());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("outside.md"), root.join("repo/app/link.md")).unwrap();
            assert_eq!(found("link.md").unwrap_err().code, Code::OutsideWorkspace);
            std::os::unix::fs::symlink("loop.md", root.join("repo/app/loop.md")).unwrap();
            assert_eq!(found("loop.md").unwrap_err().code, Code::Unreadable);
        }
    }
}
