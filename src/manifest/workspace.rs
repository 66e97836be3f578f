//! Which files may be read, and reading them within limits.
//!
//! A manifest may come from a fork, so it can name only regular files inside the workspace, after symbolic
//! links are resolved. Release folders, which the command line names, are the exception.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
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

    /// Resolves a path that was written in a manifest to a regular file that may be read.
    ///
    /// `release` is a further folder that is trusted. The error is a finished diagnostic at `span`;
    /// `Ok(None)` means that there is no such file.
    pub fn file(
        &self,
        path: &Path,
        release: Option<&Path>,
        span: Span,
    ) -> Result<Option<PathBuf>, Diagnostic> {
        let shown = self.display(path);
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(Diagnostic::error(
                    Code::Unreadable,
                    span,
                    format!("`{shown}` cannot be read: {error}"),
                ));
            }
        };
        let allowed = real.starts_with(&self.root) || release.is_some_and(|folder| real.starts_with(folder));
        if !allowed {
            return Err(Diagnostic::error(
                Code::OutsideWorkspace,
                span,
                format!("`{shown}` lies outside the workspace"),
            )
            .help(format!("move it below `{}`, or name its folder with --release", self.display_root())));
        }
        if !real.is_file() {
            return Err(Diagnostic::error(Code::NotAFile, span, format!("`{shown}` is not a regular file")));
        }
        Ok(Some(real))
    }

    fn display_root(&self) -> String {
        self.root
            .file_name()
            .map_or_else(|| "the workspace".into(), |name| name.to_string_lossy().into_owned())
    }

    /// Reads a text file into the sources.
    pub fn read_text(
        &self,
        path: &Path,
        at: Option<Span>,
        sources: &mut Sources,
    ) -> Result<SourceId, Diagnostic> {
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
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let message = format!("`{shown}` is not UTF-8 (byte {})", error.valid_up_to());
            Diagnostic::error(Code::NotUtf8, at, message).help("save it as UTF-8")
        })?;
        Ok(sources.add(shown, text))
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
