//! Packages: files and patterns into packages that were opened and read.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use super::code::Code;
use super::desired::Asset;
use super::diagnostic::Diagnostic;
use super::pattern::{FilePattern, PatternError};
use super::read::Reader;
use super::source::Span;
use super::value::{NoRelease, Nothing, Scope};
use super::yaml::{Node, Yaml};

/// A submission holds far fewer packages.
pub(super) const MAX_MATCHES: usize = 100;

impl Reader<'_, '_, '_> {
    pub(super) fn packages(&mut self, files: &Node, scope: Scope<'_>) -> Result<Vec<Arc<Asset>>, Nothing> {
        let Yaml::List(patterns) = &files.value else {
            return Err(self.values.wrong_type(files, "a list of files or patterns"));
        };
        let mut assets: Vec<Arc<Asset>> = Vec::new();
        let mut complete = !patterns.is_empty();
        if patterns.is_empty() {
            let diagnostic = Diagnostic::error(Code::NothingMatches, files.span, "no package is named");
            self.values.report(diagnostic.help("name a file or a pattern, or leave `packages` out"));
        }
        if patterns.len() > MAX_MATCHES {
            let message = format!("more than {MAX_MATCHES} files or patterns");
            let diagnostic = Diagnostic::error(Code::TooLong, files.span, message);
            return Err(self.values.report(diagnostic.help("a submission takes far fewer packages")));
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
        let folder = self.values.sources.get(at.source).folder.clone();
        let full = folder.join(self.values.scalar(node, "a file or a pattern", scope)?);
        let release = scope.release.ok();
        let inside = self.values.files.workspace().check(&full, release, at);
        inside.map_err(|diagnostic| self.values.report(diagnostic))?;
        // What the user wrote is a pattern; the release folder in it is not.
        let escape = |folder: &FilePath| PathBuf::from(glob::Pattern::escape(&folder.to_string_lossy()));
        let escaped_release = release.map(escape);
        let literal = Scope { release: escaped_release.as_deref().ok_or(NoRelease::OutsideRelease), ..scope };
        let written = self.values.scalar(node, "a file or a pattern", literal)?;
        let found = self.find(&folder, &written, release, at);
        let found = found.map_err(|diagnostic| self.values.report(diagnostic))?;
        let shown = self.values.files.workspace().display(&full);
        if found.is_empty() {
            let diagnostic =
                Diagnostic::error(Code::NothingMatches, at, format!("nothing matches `{shown}`"));
            return Err(self.values.report(diagnostic.help("build the packages first, or correct the path")));
        }
        if found.len() > MAX_MATCHES {
            let message = format!("`{shown}` matches more than {MAX_MATCHES} files");
            let diagnostic = Diagnostic::error(Code::TooLong, at, message);
            return Err(self.values.report(diagnostic.help("a submission takes far fewer packages")));
        }
        let mut assets = Vec::new();
        let mut complete = true;
        for path in found {
            let asset = match self.values.files.workspace().file(&path, release, at) {
                Ok(Some(real)) => self.values.files.package(&real, at, self.values.diagnostics),
                Ok(None) => {
                    let shown = self.values.files.workspace().display(&path);
                    let message = format!("`{shown}` is a symbolic link to nothing");
                    let diagnostic = Diagnostic::error(Code::FileMissing, at, message);
                    self.values.report(diagnostic.help("let it lead to a package, or remove it"));
                    None
                }
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
        let shown = self.values.files.workspace().display(&folder.join(written));
        let explained = |error: PatternError| {
            let (code, help) = match error {
                PatternError::Malformed(_) => {
                    (Code::NothingMatches, "`[*]`, `[?]` and `[[]` stand for `*`, `?` and `[`")
                }
                PatternError::Upwards => (Code::OutsideWorkspace, "write `..` before the pattern"),
                PatternError::TooMany => (Code::TooComplex, "name the folder more closely"),
                PatternError::Unreadable(_) => {
                    (Code::Unreadable, "check the permissions of the folders in it")
                }
            };
            Diagnostic::error(code, at, format!("`{shown}`: {error}")).help(help)
        };
        let pattern = FilePattern::new(folder, written).map_err(explained)?;
        let workspace = self.values.files.workspace();
        match workspace.folder(pattern.folder(), release, at)? {
            Some(start) => pattern.find(workspace.tree(), start).map_err(explained),
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
