//! The files that manifests name: texts, images, packages.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::asset::{self, Fingerprint, ImageFormat};
use crate::submission::vocabulary::{IMAGE_MAX_BYTES, ImageType};

use super::code::Code;
use super::desired::{Asset, AssetContent};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::source::{SourceId, Sources, Span};
use super::workspace::Workspace;
use super::yaml::{self, Node};

/// Opens files for manifests, each one once.
#[derive(Debug)]
pub struct Files<'w> {
    workspace: &'w Workspace,
    texts: HashMap<PathBuf, SourceId>,
    documents: HashMap<SourceId, Rc<Vec<Node>>>,
    fingerprints: HashMap<PathBuf, Fingerprint>,
}

impl<'w> Files<'w> {
    /// Opens files of this workspace.
    pub fn new(workspace: &'w Workspace) -> Self {
        Self { workspace, texts: HashMap::new(), documents: HashMap::new(), fingerprints: HashMap::new() }
    }

    /// The workspace.
    pub fn workspace(&self) -> &'w Workspace {
        self.workspace
    }

    /// The text of a file.
    pub fn text(&mut self, path: &Path, at: Span, sources: &mut Sources) -> Result<SourceId, Diagnostic> {
        if let Some(known) = self.texts.get(path) {
            return Ok(*known);
        }
        let source = self.workspace.read_text(path, at, sources)?;
        self.texts.insert(path.to_owned(), source);
        Ok(source)
    }

    /// The documents in a source that `at` points into.
    pub fn documents(
        &mut self,
        source: SourceId,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) -> Rc<Vec<Node>> {
        let read = || Rc::new(yaml::parse(sources, source, diagnostics));
        Rc::clone(self.documents.entry(source).or_insert_with(read))
    }

    /// How many images and packages were read.
    pub fn assets(&self) -> usize {
        self.fingerprints.len()
    }

    fn fingerprint(&mut self, path: &Path, at: Span) -> Result<Fingerprint, Diagnostic> {
        if let Some(known) = self.fingerprints.get(path) {
            return Ok(*known);
        }
        let fingerprint = asset::fingerprint(path).map_err(|error| {
            let shown = self.workspace.display(path);
            Diagnostic::error(Code::Unreadable, at, format!("`{shown}` cannot be read: {error}"))
        })?;
        self.fingerprints.insert(path.to_owned(), fingerprint);
        Ok(fingerprint)
    }

    /// An image for a listing, checked against what its type takes.
    pub fn image(
        &mut self,
        path: &Path,
        language: &str,
        kind: &ImageType,
        at: Span,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<Asset>> {
        let shown = self.workspace.display(path);
        let checked = self.checked_image(path, &shown, kind, at);
        let ((width, height), fingerprint) =
            checked.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()?;
        let archive_name = asset::archive_name(&[language, kind.name], path, &fingerprint.digest);
        let content = AssetContent::Image { width, height };
        Some(Arc::new(Asset {
            path: path.to_owned(),
            name: shown,
            archive_name,
            fingerprint,
            content,
            span: at,
        }))
    }

    fn checked_image(
        &mut self,
        path: &Path,
        shown: &str,
        kind: &ImageType,
        at: Span,
    ) -> Result<((u32, u32), Fingerprint), Diagnostic> {
        let header = asset::image_header(path).map_err(|error| {
            Diagnostic::error(Code::BadImage, at, format!("`{shown}` is no image: {error}"))
        })?;
        if header.format != ImageFormat::Png {
            return Err(Diagnostic::error(Code::BadImage, at, format!("`{shown}` is not a PNG file"))
                .help("export it as PNG; the Store takes no other format"));
        }
        let (width, height) = (header.width, header.height);
        if !kind.sizes.take(width, height) {
            let message = format!("`{shown}` is {width}×{height}; {} takes {}", kind.name, kind.sizes);
            return Err(Diagnostic::error(Code::ImageSize, at, message)
                .label(format!("{width}×{height}"))
                .help(format!("export it again as {}", kind.sizes)));
        }
        let fingerprint = self.fingerprint(path, at)?;
        if fingerprint.size > IMAGE_MAX_BYTES {
            return Err(Diagnostic::error(Code::BadImage, at, format!("`{shown}` is larger than 50 MB")));
        }
        Ok(((width, height), fingerprint))
    }

    /// A package, opened and read.
    pub fn package(&mut self, path: &Path, at: Span, diagnostics: &mut Diagnostics) -> Option<Arc<Asset>> {
        let shown = self.workspace.display(path);
        let read = asset::read_package(path)
            .map_err(|error| Diagnostic::error(Code::BadPackage, at, error.to_string()))
            .and_then(|package| Ok((package, self.fingerprint(path, at)?)));
        let (package, fingerprint) = read.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()?;
        let archive_name = asset::archive_name(&[], path, &fingerprint.digest);
        let content = AssetContent::Package(package);
        Some(Arc::new(Asset {
            path: path.to_owned(),
            name: shown,
            archive_name,
            fingerprint,
            content,
            span: at,
        }))
    }
}
