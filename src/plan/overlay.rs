//! Desired state laid over a live document: the changes and, in the same pass, what would be sent.
//!
//! One pass makes both, so that what is listed and what is sent cannot differ. A path whose values mean the
//! same is not touched: the live spelling travels back.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::asset::{Archive, ArchiveError, Entry};
use crate::manifest::{Asset, Code, Desired, Finding, Location, Others, Owned, Severity, Wanted};
use crate::submission::{Document, Field, Kind, Path, Scope, Section, Shape, canonical, hidden};

use super::icons::lay_icon;
use super::images::lay_images;
use super::packages::{PackageFacts, lay_packages};
use super::rollout::lay_rollout;
use super::trailers::lay_trailers;
use super::types::{AssetRef, Change, ChangeRoute, Counts, FileCount, Op};

/// How to compare.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Upload images anew that would be taken on trust.
    pub replace_untrusted: bool,
}

/// What desired state is laid over.
#[derive(Debug, Clone, Copy)]
pub struct Baseline<'a> {
    /// What kind of submission it is.
    pub kind: Kind,
    /// The live document.
    pub document: &'a Document,
    /// The submission that customers fall back to, where its rollout was halted.
    pub fallback: Option<&'a Document>,
}

impl<'a> From<&'a Document> for Baseline<'a> {
    /// An app's submission.
    fn from(document: &'a Document) -> Self {
        Self { kind: Kind::App, document, fallback: None }
    }
}

/// The result of laying desired state over a document.
#[derive(Debug)]
pub struct Overlay {
    /// Every difference, in the order of risk.
    pub changes: Vec<Change>,
    /// The document with the changes made: what would be sent.
    pub document: Document,
    /// The files that would be uploaded, by name in the upload.
    pub uploads: Vec<Arc<Asset>>,
    /// What was looked at and not changed.
    pub counts: Counts,
    /// What else there is to say.
    pub findings: Vec<Finding>,
    /// What happens to packages.
    pub packages: PackageFacts,
    /// Whether new packages start as the gradual rollout that the last submission was, because the manifest is silent.
    pub inherits_rollout: bool,
    /// How many images, trailers or icons an owned path has before and after.
    pub file_counts: Vec<FileCount>,
    /// The live fields that no manifest mentions.
    pub unmanaged: Vec<Path>,
}

/// Lays desired state over a live document.
pub fn lay_over<'a>(baseline: impl Into<Baseline<'a>>, desired: &Desired, options: Options) -> Overlay {
    let baseline = baseline.into();
    let live = baseline.document;
    let mut overlay = Overlay {
        changes: Vec::new(),
        document: live.clone(),
        uploads: Vec::new(),
        counts: Counts::default(),
        findings: Vec::new(),
        packages: PackageFacts::default(),
        inherits_rollout: false,
        file_counts: Vec::new(),
        unmanaged: Vec::new(),
    };
    let going = going_languages(desired);
    let stays = |owned: &&Owned| !owned.path.language().is_some_and(|language| going.contains(language));
    let (settings, content): (Vec<&Owned>, Vec<&Owned>) = desired
        .owned
        .iter()
        .filter(stays)
        .partition(|owned| owned.field.is_some_and(|field| field.rides_along));
    overlay.languages(baseline, desired);
    for owned in content {
        overlay.lay(baseline, owned, desired, options);
    }
    overlay.other_markets(live, desired);
    if overlay.changes.is_empty() {
        overlay.counts.waiting = settings.iter().filter(|owned| waits(live, owned)).count();
    } else {
        for owned in settings.iter().filter(|owned| !is_rollout(owned)) {
            overlay.lay(baseline, owned, desired, options);
        }
        if baseline.kind != Kind::AddOn {
            lay_rollout(&mut overlay, live, desired);
        }
    }
    overlay.unmanaged = unmanaged(baseline, &overlay.document, desired);
    overlay.counts.unmanaged = overlay.unmanaged.len();
    overlay.changes.sort_by_key(|change| change.section);
    overlay.uploads.sort_by(|a, b| a.archive_name.cmp(&b.archive_name));
    overlay.uploads.dedup_by(|a, b| a.archive_name == b.archive_name);
    overlay
}

/// Whether two values of a field mean the same to the service. Notes are compared by digest, which may be all that is
/// known of the live ones.
fn means_the_same(field: &Field, a: Option<&Value>, b: Option<&Value>) -> bool {
    if !is_notes(field) {
        return canonical::same(a, b);
    }
    canonical::same(a.map(hidden::notes).as_ref(), b.map(hidden::notes).as_ref())
}

fn is_notes(field: &Field) -> bool {
    matches!(field.shape, Shape::Notes { .. })
}

fn is_rollout(owned: &Owned) -> bool {
    owned.field.is_some_and(|field| matches!(field.shape, Shape::Percentage))
}

/// Whether a release setting differs and waits for a submission. A rollout share says how a submission with new
/// packages starts and is never compared with a running one.
fn waits(live: &Document, owned: &Owned) -> bool {
    let Some(field) = owned.field else { return false };
    match &owned.wanted {
        Wanted::Value(value) => {
            !is_rollout(owned) && !means_the_same(field, live.get(&field.api_path(None)), Some(value))
        }
        _ => false,
    }
}

impl Overlay {
    /// The upload, laid out: its exact size is known before anything is sent.
    pub fn archive(&self) -> Result<Archive, ArchiveError> {
        let entry = |asset: &Arc<Asset>| Entry {
            name: asset.archive_name.clone(),
            path: asset.path.clone(),
            shown: PathBuf::from(&*asset.name),
            fingerprint: asset.fingerprint,
        };
        Archive::layout(self.uploads.iter().map(entry).collect())
    }

    pub(super) fn change(
        &mut self,
        section: Section,
        path: Path,
        op: Op,
        at: Option<&Location>,
    ) -> &mut Change {
        self.changes.push(Change {
            path,
            op,
            before: None,
            after: None,
            route: ChangeRoute::Submission,
            origin: None,
            baseline: None,
            source: at.cloned(),
            asset: None,
            section: Some(section),
        });
        self.changes.last_mut().expect("was just pushed")
    }

    pub(super) fn find(
        &mut self,
        code: Code,
        severity: Severity,
        at: &Location,
        message: String,
        help: Option<String>,
    ) {
        self.findings.push(Finding { code: code.to_string(), severity, message, at: Some(at.clone()), help });
    }

    fn lay(&mut self, baseline: Baseline<'_>, owned: &Owned, desired: &Desired, options: Options) {
        let Some(field) = owned.field else { return };
        let live = baseline.document;
        match &owned.wanted {
            Wanted::Images(images) => lay_images(self, live, owned, images, options),
            Wanted::Packages(packages) => {
                lay_packages(self, baseline, owned, packages, desired);
            }
            Wanted::Value(value) => self.lay_value(live, owned, field, Some(value)),
            Wanted::Icon(icon) => lay_icon(self, live, owned, Some(icon), options),
            Wanted::Nothing if matches!(field.shape, Shape::Icon) => {
                lay_icon(self, live, owned, None, options);
            }
            Wanted::Trailers(trailers) => lay_trailers(self, live, owned, trailers),
            Wanted::Nothing => self.lay_value(live, owned, field, None),
        }
    }

    fn lay_value(&mut self, live: &Document, owned: &Owned, field: &'static Field, wanted: Option<&Value>) {
        let language = owned.path.language();
        let mut api = field.api_path(language);
        let below = &owned.path.keys()[field.path.len() + if language.is_some() { 2 } else { 0 }..];
        api.extend(below.iter().cloned());
        let before = live.get(&api);
        if means_the_same(field, before, wanted) {
            self.counts.unchanged += 1;
            return;
        }
        if field.only_when_added && language.is_some_and(|language| has_language(live, language)) {
            let shown = before.and_then(Value::as_str).unwrap_or("not set");
            let message = format!("`{}` is `{shown}`, and stays so", owned.path);
            let help = "the service drops a changed title; change it in Partner Center, or write the live title here";
            self.find(Code::TitleIsServers, Severity::Warning, &owned.at, message, Some(help.to_owned()));
            return;
        }
        let says_something = wanted.is_some_and(|value| canonical::value(value).is_some());
        let had_something = before.and_then(canonical::value).is_some();
        let op = match (below.is_empty(), had_something, says_something) {
            (true, _, true) => Op::Set,
            (true, _, false) => Op::Clear,
            (false, false, _) => Op::Add,
            (false, true, true) => Op::Set,
            (false, true, false) => Op::Remove,
        };
        let shown = |value: &Value| if is_notes(field) { hidden::notes(value) } else { value.clone() };
        let (before, after) =
            (before.filter(|_| had_something).map(shown), wanted.filter(|_| says_something).map(shown));
        let change = self.change(field.section, owned.path.clone(), op, Some(&owned.at));
        (change.before, change.after) = (before, after);
        match wanted {
            Some(value) => self.document.set(&api, value.clone()),
            None => self.document.remove(&api),
        }
    }

    /// Languages that come and languages that go.
    fn languages(&mut self, baseline: Baseline<'_>, desired: &Desired) {
        let live = baseline.document;
        let going = |owned: &&Owned| owned.field.is_none() && matches!(owned.wanted, Wanted::Nothing);
        for language in ordered_languages(desired) {
            let goes =
                desired.owned.iter().filter(going).find(|owned| owned.path.language() == Some(language));
            let path = Path::new(["listings", language]);
            match (goes, has_language(live, language)) {
                (Some(owned), true) => self.remove_language(path, &owned.at),
                (None, false) => {
                    let at =
                        desired.owned.iter().find(|o| o.path.language() == Some(language)).map(|o| &o.at);
                    self.change(Section::Listings, path, Op::Add, at);
                    match baseline.kind {
                        Kind::App => self.document.set(&["listings", language, "baseListing"], json!({})),
                        _ => self.document.set(&["listings", language], json!({})),
                    }
                }
                _ => {}
            }
        }
        let Some((others, at)) = &desired.other_languages else {
            return;
        };
        for language in live
            .languages()
            .map(canonical::language)
            .filter(|language| !desired.named_languages.contains(language))
            .filter(|language| !desired.ignores(&Path::new(["listings", language.as_str()])))
        {
            match others {
                Others::Keep => {}
                Others::Remove => self.remove_language(Path::new(["listings", &language]), at),
                Others::Error => {
                    let message = format!("the Store has a listing in `{language}` that no manifest names");
                    let help = format!("add `{language}`, or say `$others: keep` or `remove`");
                    self.find(Code::EntryNotManaged, Severity::Error, at, message, Some(help));
                }
            }
        }
    }

    fn remove_language(&mut self, path: Path, at: &Location) {
        self.document.remove(path.keys());
        self.change(Section::Listings, path, Op::Remove, Some(at));
    }

    fn other_markets(&mut self, live: &Document, desired: &Desired) {
        let Some((others, at)) = &desired.other_markets else {
            return;
        };
        let base = Path::new(["pricing", "marketSpecificPricings"]);
        let owned: BTreeSet<&str> = desired
            .owned
            .iter()
            .filter(|owned| base.covers(&owned.path))
            .filter_map(|owned| owned.path.keys().get(2).map(String::as_str))
            .collect();
        let live_markets = live.get(base.keys()).and_then(Value::as_object);
        for (market, price) in live_markets.into_iter().flatten().filter(|(market, _)| {
            !owned.contains(market.as_str()) && !desired.named_markets.contains(market.as_str())
        }) {
            let path = base.child(market);
            if desired.ignores(&path) {
                continue;
            }
            match others {
                Others::Keep => {}
                Others::Remove => {
                    self.document.remove(path.keys());
                    self.change(Section::Pricing, path, Op::Remove, Some(at)).before = Some(price.clone());
                }
                Others::Error => {
                    let message = format!("the Store has a price for `{market}` that no manifest names");
                    let help = format!("add `{market}`, or say `$others: keep` or `remove`");
                    self.find(Code::EntryNotManaged, Severity::Error, at, message, Some(help));
                }
            }
        }
    }
}

/// The languages that are to go. What else is said of them, by a key that holds for every language, is void: it
/// would bring them back.
pub(super) fn going_languages(desired: &Desired) -> BTreeSet<&str> {
    let goes = |owned: &&Owned| owned.field.is_none() && matches!(owned.wanted, Wanted::Nothing);
    desired.owned.iter().filter(goes).filter_map(|owned| owned.path.language()).collect()
}

fn ordered_languages(desired: &Desired) -> Vec<&str> {
    let mut languages = Vec::new();
    for language in desired.owned.iter().filter_map(|owned| owned.path.language()) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    languages
}

fn has_language(live: &Document, language: &str) -> bool {
    live.languages().any(|known| known.eq_ignore_ascii_case(language))
}

/// The live fields that say something, that the manifest does not own, and that do not go with their language.
fn unmanaged(baseline: Baseline<'_>, after: &Document, desired: &Desired) -> Vec<Path> {
    let live = baseline.document;
    let says = |path: &[String]| live.get(path).and_then(canonical::value).is_some();
    let owns = |path: &Path| desired.owned.iter().any(|owned| path.covers(&owned.path));
    let mut paths = Vec::new();
    for field in Field::all_of(baseline.kind).filter(|field| !field.is_group()) {
        match field.scope {
            Scope::Submission => {
                let path = Path::new(field.path.iter().copied());
                paths.extend((says(&field.api_path(None)) && !owns(&path)).then_some(path));
            }
            Scope::Listing => {
                for language in live.languages().filter(|language| has_language(after, language)) {
                    let lower = canonical::language(language);
                    let keys = ["listings", lower.as_str()].into_iter().chain(field.path.iter().copied());
                    let path = Path::new(keys);
                    paths.extend((says(&field.api_path(Some(language))) && !owns(&path)).then_some(path));
                }
            }
        }
    }
    paths
}

impl From<&Asset> for AssetRef {
    fn from(asset: &Asset) -> Self {
        Self {
            file: asset.name.to_string(),
            archive_name: asset.archive_name.clone(),
            bytes: asset.fingerprint.size,
            sha256: asset.fingerprint.digest.to_string(),
            pixels: match &asset.content {
                crate::manifest::AssetContent::Image { width, height } => Some((*width, *height)),
                crate::manifest::AssetContent::Package(_) | crate::manifest::AssetContent::Video(_) => None,
            },
        }
    }
}
