//! The files that manifests name: texts, images, packages.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::asset::{self, Fingerprint, ImageFormat, Package, VideoHeader};
use crate::submission::vocabulary::{
    IMAGE_MAX_BYTES, Sizes, TRAILER_ADVISED_SECONDS, TRAILER_EXTENSIONS, TRAILER_MAX_BYTES, TRAILER_SIZES,
};

use super::budget::Budget;
use super::code::Code;
use super::desired::{Asset, AssetContent};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::heading::{HeadingError, Headings};
use super::source::{SourceId, Sources, Span};
use super::value::Nothing;
use super::workspace::Workspace;
use super::yaml::{self, Node};

/// How many values the YAML and JSON files that manifests name may hold in a run. Those of twenty apps in forty languages
/// hold some ten thousands.
const MAX_NODES: usize = 250_000;

/// What keeping a heading takes, and what looking at it is counted as, in bytes.
const HEADING_BYTES: usize = 200;
const LOOK_BYTES: usize = 8;

/// Opens files for manifests, each one once.
#[derive(Debug)]
pub struct Files<'w> {
    workspace: &'w Workspace,
    texts: HashMap<PathBuf, SourceId>,
    documents: HashMap<SourceId, Option<Rc<Vec<Node>>>>,
    headings: HashMap<SourceId, Headings>,
    sections: HashMap<(SourceId, String), Result<Range<usize>, HeadingError>>,
    /// Those that were probably meant by those that are not there.
    near: HashMap<PathBuf, Option<Arc<str>>>,
    /// What is said of places where nothing is.
    hints: HashMap<(SourceId, String), Option<String>>,
    /// What the run may take.
    pub(super) budget: Budget,
    /// How many values the documents hold.
    nodes: usize,
    // By where on disk the bytes lie.
    packages: HashMap<PathBuf, Package>,
    pixels: HashMap<PathBuf, (u32, u32)>,
    fingerprints: HashMap<PathBuf, Fingerprint>,
    /// Every file that was asked for, read or not.
    named: HashSet<PathBuf>,
}

impl<'w> Files<'w> {
    /// Opens files of this workspace.
    pub fn new(workspace: &'w Workspace) -> Self {
        Self {
            workspace,
            texts: HashMap::new(),
            documents: HashMap::new(),
            nodes: 0,
            headings: HashMap::new(),
            sections: HashMap::new(),
            near: HashMap::new(),
            hints: HashMap::new(),
            budget: Budget::default(),
            packages: HashMap::new(),
            pixels: HashMap::new(),
            fingerprints: HashMap::new(),
            named: HashSet::new(),
        }
    }

    /// Takes over what was read of a file already.
    pub fn know(&mut self, asset: &Asset) {
        self.fingerprints.insert(asset.path.clone(), asset.fingerprint);
        match &asset.content {
            AssetContent::Image { width, height } => {
                self.pixels.insert(asset.path.clone(), (*width, *height));
            }
            AssetContent::Package(package) => {
                self.packages.insert(asset.path.clone(), package.clone());
            }
            AssetContent::Video(_) => {}
        }
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
        self.named.insert(path.to_owned());
        // Asked first: once it is used up, nothing more is read.
        self.budget.hold(0)?;
        let source = self.workspace.read_text(path, at, sources)?;
        self.budget.hold(sources.get(source).text.len())?;
        self.texts.insert(path.to_owned(), source);
        Ok(source)
    }

    /// The documents in a source; `Err` where it is no YAML, which was reported.
    pub fn documents(
        &mut self,
        source: SourceId,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) -> Result<Rc<Vec<Node>>, Nothing> {
        if let Some(known) = self.documents.get(&source) {
            return known.clone().ok_or(Nothing);
        }
        if self.nodes > MAX_NODES {
            // Said by the file that went over it.
            return Err(Nothing);
        }
        let parsed = yaml::parse(sources, source, diagnostics);
        self.nodes += parsed.nodes;
        if self.nodes > MAX_NODES {
            let message = format!("the files that manifests name hold more than {MAX_NODES} values together");
            let diagnostic = Diagnostic::error(Code::TooComplex, sources.whole(source), message);
            diagnostics.push(diagnostic.help("check less at a time"));
        }
        let documents = parsed.whole.then(|| Rc::new(parsed.documents));
        self.documents.insert(source, documents.clone());
        documents.ok_or(Nothing)
    }

    /// The bytes of a source that stand below a heading.
    pub(super) fn section(
        &mut self,
        source: SourceId,
        heading: &str,
        sources: &Sources,
    ) -> Result<Result<Range<usize>, HeadingError>, Diagnostic> {
        let key = (source, heading.to_owned());
        if let Some(known) = self.sections.get(&key) {
            return Ok(known.clone());
        }
        let headings = match self.headings.entry(source) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let headings = Headings::of(&sources.get(source).text);
                self.budget.hold(headings.count() * HEADING_BYTES)?;
                place.insert(headings)
            }
        };
        self.budget.take(headings.count() * LOOK_BYTES)?;
        let mut found = headings.section(heading, false);
        if matches!(found, Err(HeadingError::NotFound { .. })) && self.budget.may_guess() {
            found = headings.section(heading, true);
        }
        self.sections.insert(key, found.clone());
        Ok(found)
    }

    /// What there is to say of a place in a source where nothing is, worked out by `hint`, once, and not too often.
    pub(super) fn hint(
        &mut self,
        source: SourceId,
        place: &str,
        hint: impl FnOnce() -> Option<String>,
    ) -> Option<String> {
        let key = (source, place.to_owned());
        if let Some(known) = self.hints.get(&key) {
            return known.clone();
        }
        let said = if self.budget.may_guess() { hint() } else { None };
        self.hints.insert(key, said.clone());
        said
    }

    /// The name of the file that was probably meant by one that is not there.
    pub(super) fn near(&mut self, missing: &Path) -> Option<Arc<str>> {
        if let Some(known) = self.near.get(missing) {
            return known.clone();
        }
        let near = if self.budget.may_guess() { self.workspace.near(missing) } else { None };
        self.near.insert(missing.to_owned(), near.clone());
        near
    }

    /// Every file that was asked for, read or not.
    pub(super) fn named(&self) -> impl Iterator<Item = &PathBuf> {
        self.named.iter()
    }

    /// How many images and packages were read.
    pub fn assets(&self) -> usize {
        self.fingerprints.len()
    }

    /// Reads images that will be asked for, on all cores. What cannot be read is left for then.
    pub fn read_ahead(&mut self, mut images: Vec<PathBuf>) {
        images.sort_unstable();
        images.dedup();
        let tree = self.workspace.tree();
        images = images.into_iter().filter_map(|path| tree.on_disk(&path, IMAGE_MAX_BYTES).ok()).collect();
        images.retain(|path| !self.fingerprints.contains_key(path) && !is_larger(path, IMAGE_MAX_BYTES));
        let read = asset::read_images(&images);
        for (path, (header, fingerprint)) in
            images.into_iter().zip(read).filter_map(|(p, r)| Some((p, r.ok()?)))
        {
            if header.format == ImageFormat::Png {
                self.pixels.insert(path.clone(), (header.width, header.height));
                self.fingerprints.insert(path, fingerprint);
            }
        }
    }

    /// Where on disk the bytes of a file lie.
    fn on_disk(&self, path: &Path, max: u64, at: Span) -> Result<PathBuf, Diagnostic> {
        self.workspace.tree().on_disk(path, max).map_err(|error| self.unreadable(path, &error, at))
    }

    fn unreadable(&self, path: &Path, error: &io::Error, at: Span) -> Diagnostic {
        let shown = self.workspace.display(path);
        Diagnostic::error(Code::Unreadable, at, format!("`{shown}` cannot be read: {error}"))
    }

    fn fingerprint(&mut self, path: &Path, at: Span) -> Result<Fingerprint, Diagnostic> {
        let on_disk = self.on_disk(path, u64::MAX, at)?;
        if let Some(known) = self.fingerprints.get(&on_disk) {
            return Ok(*known);
        }
        let fingerprint = asset::fingerprint(&on_disk).map_err(|error| self.unreadable(path, &error, at))?;
        self.fingerprints.insert(on_disk, fingerprint);
        Ok(fingerprint)
    }

    /// A picture, checked against what is taken where it is shown.
    pub fn picture(
        &mut self,
        path: &Path,
        picture: &Picture<'_>,
        at: Span,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<Asset>> {
        let checked = self.checked_picture(path, picture, at);
        let ((width, height), fingerprint) =
            checked.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()?;
        let content = AssetContent::Image { width, height };
        Some(self.asset(path, picture.prefix, fingerprint, content, at))
    }

    fn checked_picture(
        &mut self,
        path: &Path,
        picture: &Picture<'_>,
        at: Span,
    ) -> Result<((u32, u32), Fingerprint), Diagnostic> {
        let shown = self.workspace.display(path);
        let (width, height) = self.pixels(path, &shown, at)?;
        if !picture.sizes.take(width, height) {
            let (takes, sizes) = (picture.takes, picture.sizes);
            let message = format!("`{shown}` is {width}×{height}; {takes} takes {sizes}");
            return Err(Diagnostic::error(Code::ImageSize, at, message)
                .label(format!("{width}×{height}"))
                .help(format!("export it again as {sizes}")));
        }
        Ok(((width, height), self.fingerprint(path, at)?))
    }

    fn pixels(&mut self, path: &Path, shown: &str, at: Span) -> Result<(u32, u32), Diagnostic> {
        self.named.insert(path.to_owned());
        let on_disk = self.on_disk(path, IMAGE_MAX_BYTES, at)?;
        if let Some(known) = self.pixels.get(&on_disk) {
            return Ok(*known);
        }
        if is_larger(&on_disk, IMAGE_MAX_BYTES) {
            let message = format!("`{shown}` is larger than 50 MB");
            let help = "export it in fewer colours, or with stronger compression";
            return Err(Diagnostic::error(Code::BadImage, at, message).help(help));
        }
        let header = asset::image_header(&on_disk).map_err(|error| {
            wrong(Code::BadImage, at, &error.to_string(), &on_disk, shown, "export it as PNG again")
        })?;
        if header.format != ImageFormat::Png {
            let message = format!("`{shown}` is a {} file", header.format);
            return Err(Diagnostic::error(Code::BadImage, at, message)
                .help("export it as PNG; the Store takes no other format"));
        }
        self.pixels.insert(on_disk, (header.width, header.height));
        Ok((header.width, header.height))
    }

    /// The video of a trailer.
    pub fn video(&mut self, path: &Path, at: Span, diagnostics: &mut Diagnostics) -> Option<Arc<Asset>> {
        self.named.insert(path.to_owned());
        let shown = self.workspace.display(path);
        let mut refuse = |diagnostic| {
            diagnostics.push(diagnostic);
            None
        };
        let on_disk = match self.on_disk(path, TRAILER_MAX_BYTES, at) {
            Ok(on_disk) => on_disk,
            Err(diagnostic) => return refuse(diagnostic),
        };
        if is_larger(&on_disk, TRAILER_MAX_BYTES) {
            let message = format!("`{shown}` is larger than 2 GB");
            let diagnostic = Diagnostic::error(Code::BadVideo, at, message);
            return refuse(diagnostic.help("export it with a lower bit rate, or shorter"));
        }
        let header = match asset::video_header(&on_disk) {
            Ok(header) => header,
            Err(error) => {
                return refuse(wrong(
                    Code::BadVideo,
                    at,
                    &error.to_string(),
                    &on_disk,
                    &shown,
                    "export it as MP4 or MOV",
                ));
            }
        };
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if !TRAILER_EXTENSIONS.contains(&extension.as_str()) {
            let message = format!("`{shown}` has the extension `{extension}`");
            let format = header.format.to_string().to_lowercase();
            let help = format!("rename it to end in .{format}");
            return refuse(Diagnostic::error(Code::BadVideo, at, message).help(help));
        }
        for message in unusual(&header) {
            let diagnostic = Diagnostic::warning(Code::VideoSize, at, format!("`{shown}` {message}"));
            diagnostics.push(diagnostic.help(format!(
                "export it as {TRAILER_SIZES}, at most {TRAILER_ADVISED_SECONDS} seconds long"
            )));
        }
        let fingerprint =
            self.fingerprint(path, at).map_err(|diagnostic| diagnostics.push(diagnostic)).ok()?;
        Some(self.asset(path, &["trailer"], fingerprint, AssetContent::Video(header), at))
    }

    /// A package, opened and read.
    pub fn package(&mut self, path: &Path, at: Span, diagnostics: &mut Diagnostics) -> Option<Arc<Asset>> {
        self.named.insert(path.to_owned());
        let read =
            self.opened_package(path, at).and_then(|package| Ok((package, self.fingerprint(path, at)?)));
        let (package, fingerprint) = read.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()?;
        Some(self.asset(path, &[], fingerprint, AssetContent::Package(package), at))
    }

    fn opened_package(&mut self, path: &Path, at: Span) -> Result<Package, Diagnostic> {
        let on_disk = self.on_disk(path, u64::MAX, at)?;
        if let Some(known) = self.packages.get(&on_disk) {
            return Ok(known.clone());
        }
        let package = asset::read_package(&on_disk).map_err(|error| {
            let shown = self.workspace.display(path);
            let usual = "build or download it again";
            wrong(Code::BadPackage, at, &error.to_string(), &on_disk, &shown, usual)
        })?;
        self.packages.insert(on_disk, package.clone());
        Ok(package)
    }

    fn asset(
        &self,
        path: &Path,
        prefix: &[&str],
        fingerprint: Fingerprint,
        content: AssetContent,
        span: Span,
    ) -> Arc<Asset> {
        let archive_name = asset::archive_name(prefix, path, &fingerprint.digest);
        let name = self.workspace.display(path);
        Arc::new(Asset { path: path.to_owned(), name, archive_name, fingerprint, content, span })
    }
}

/// Whether a file is too large to be looked into: however large it is, that is known at once.
fn is_larger(path: &Path, max: u64) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > max)
}

/// What is wrong with a file, with its name as people know it. What to do stands at the end, behind a semicolon, unless
/// it is the usual.
fn wrong(code: Code, at: Span, said: &str, path: &Path, shown: &str, usual: &str) -> Diagnostic {
    let said = said.replace(&*path.to_string_lossy(), shown);
    match said.rsplit_once("; ") {
        Some((message, help)) => Diagnostic::error(code, at, message).help(help),
        None => Diagnostic::error(code, at, said).help(usual),
    }
}

/// What of a video is not as documented.
fn unusual(video: &VideoHeader) -> Vec<String> {
    let mut found = Vec::new();
    if !TRAILER_SIZES.take(video.width, video.height) {
        found.push(format!("is {}×{}; trailers are {TRAILER_SIZES}", video.width, video.height));
    }
    if let Some(seconds) = video.duration.map(|duration| duration.as_secs())
        && seconds > u64::from(TRAILER_ADVISED_SECONDS)
    {
        found.push(format!("plays {seconds} seconds; at most {TRAILER_ADVISED_SECONDS} are advised"));
    }
    found
}

/// Where a picture is shown, and what is taken there.
#[derive(Debug)]
pub struct Picture<'a> {
    /// How its name in the upload starts.
    pub prefix: &'a [&'a str],
    /// What it is, for messages.
    pub takes: &'a str,
    /// The sizes that are taken.
    pub sizes: &'a Sizes,
}
