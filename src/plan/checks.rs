//! What the Store would refuse or show wrongly of a submission that is due, found before anything is sent.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::manifest::{Code, Finding, Location, Resource, Severity};
use crate::submission::vocabulary::{KEYWORD_LANGUAGES_MAX, REQUIRED_DEVICE_FAMILIES, is_screenshot};
use crate::submission::{Document, FileEntry, FileStatus, Kind, canonical};

use super::overlay::Overlay;
use super::types::{Change, Op};

/// How many languages one finding names.
const MAX_NAMED: usize = 12;

/// A submission that is due: something changes.
pub(super) struct Due<'a> {
    pub(super) resource: &'a Resource,
    /// What the changes are laid over.
    pub(super) live: &'a Document,
    pub(super) overlay: &'a Overlay,
    /// RFC 3339.
    pub(super) now: &'a str,
}

type Check = fn(&Due<'_>) -> Vec<Finding>;

const APP: &[Kind] = &[Kind::App];

/// Every check with the kinds of submission that it is made of, in the order in which a plan names its findings.
const CHECKS: &[(&[Kind], Check)] = &[
    (&[Kind::App, Kind::AddOn], no_listing),
    (APP, titles),
    (APP, descriptions),
    (APP, screenshots),
    (&[Kind::App, Kind::AddOn], regions),
    (APP, keyword_languages),
    (APP, package_languages),
    (APP, old_release_notes),
    (Kind::ALL, no_date),
    (Kind::ALL, past_date),
    (APP, device_families),
];

/// What is to be said of a submission that is due.
pub(super) fn check(due: &Due<'_>) -> Vec<Finding> {
    let kind = due.resource.kind();
    CHECKS.iter().filter(|(kinds, _)| kinds.contains(&kind)).flat_map(|(_, check)| check(due)).collect()
}

impl<'a> Due<'a> {
    fn find(
        &self,
        (code, severity): (Code, Severity),
        at: &Location,
        message: &str,
        help: String,
    ) -> Finding {
        let message = format!("{}: {message}", self.resource.address);
        Finding { code: code.to_string(), severity, message, at: Some(at.clone()), help: Some(help) }
    }

    /// Where a change was written, else where the manifest starts.
    fn place(&self, change: &'a Change) -> &'a Location {
        change.source.as_ref().unwrap_or(&self.resource.at)
    }

    /// The languages that come, each with its first line.
    fn added_languages(&self) -> impl Iterator<Item = (&'a str, &'a Location)> {
        let comes = |change: &&Change| change.op == Op::Add && change.path.keys().len() == 2;
        let changes = self.overlay.changes.iter().filter(comes);
        changes.filter_map(|change| Some((change.path.language()?, self.place(change))))
    }

    /// Whether a listing says something under a key, as it would be sent.
    fn listing_says(&self, language: &str, key: &str) -> bool {
        let value = self.overlay.document.get(&["listings", language, "baseListing", key]);
        value.and_then(canonical::value).is_some()
    }

    fn text(&self, key: &str) -> &str {
        self.overlay.document.get(&[key]).and_then(Value::as_str).unwrap_or_default()
    }

    /// The languages of every package of the submission; an empty set is unknown.
    fn languages_of_packages(&self) -> Vec<BTreeSet<String>> {
        let new = |entry: &FileEntry<'_>| {
            self.overlay.packages.added.iter().find(|asset| asset.archive_name == entry.file_name())
        };
        let stays = |entry: &FileEntry<'_>| entry.status() != FileStatus::PendingDelete;
        let packages = self.overlay.document.entries(&["applicationPackages"]).into_iter().filter(stays);
        packages
            .map(|entry| match new(&entry).and_then(|asset| asset.package()) {
                Some(package) => package.languages.iter().map(|name| canonical::language(name)).collect(),
                None => entry.languages().map(canonical::language).collect(),
            })
            .collect()
    }
}

/// The service refuses a submission without any (`microsoft/StoreBroker#225`).
fn no_listing(due: &Due<'_>) -> Vec<Finding> {
    if due.overlay.document.languages().next().is_some() {
        return Vec::new();
    }
    let last = due
        .overlay
        .changes
        .iter()
        .rfind(|change| change.op == Op::Remove && change.path.language().is_some());
    let (message, help) = match last {
        Some(_) => ("the last listing would go", "keep one language"),
        None => ("there is no listing yet", "add `listings: {en-us: {title: …}}` with its language"),
    };
    let at = last.map_or(&due.resource.at, |change| due.place(change));
    vec![due.find((Code::NoListing, Severity::Error), at, message, help.to_owned())]
}

/// A language that no package covers needs a title, else the commit fails after the upload with `MissingTitle`; `de`
/// does not cover `de-de` (`prof18/pcenter-cli`, `docs/TROUBLESHOOTING.md`).
fn titles(due: &Due<'_>) -> Vec<Finding> {
    let packages = due.languages_of_packages();
    let all_known = !packages.is_empty() && packages.iter().all(|languages| !languages.is_empty());
    let needs = |language: &str| {
        !due.listing_says(language, "title")
            && !packages.iter().any(|languages| languages.contains(&canonical::language(language)))
    };
    let added = due.added_languages().filter(|(language, _)| needs(language));
    added
        .map(|(language, at)| {
            let help = format!(
                "add `title` to `{language}`, a reserved name of the app, or ship a package in `{language}`"
            );
            if all_known {
                let message = format!("the new language `{language}` has no title, and no package is in it");
                due.find((Code::MissingTitle, Severity::Error), at, &message, help)
            } else {
                let message = format!(
                    "it cannot be told whether the new language `{language}` needs a title: the languages of the \
                     packages are not known"
                );
                due.find((Code::MissingTitle, Severity::Warning), at, &message, help)
            }
        })
        .collect()
}

fn descriptions(due: &Due<'_>) -> Vec<Finding> {
    let added = due.added_languages().filter(|(language, _)| !due.listing_says(language, "description"));
    added
        .map(|(language, at)| {
            let message = format!("the new language `{language}` has no description");
            let help = format!("add `description` to `{language}`; every listing needs one");
            due.find((Code::MissingDescription, Severity::Error), at, &message, help)
        })
        .collect()
}

fn screenshots(due: &Due<'_>) -> Vec<Finding> {
    let shows = |entry: &FileEntry<'_>| {
        entry.status() != FileStatus::PendingDelete && is_screenshot(entry.image_type())
    };
    let added = due
        .added_languages()
        .filter(|(language, _)| !due.overlay.document.images(language).iter().any(shows));
    added
        .map(|(language, at)| {
            let message = format!("the new language `{language}` has no screenshot");
            let help = format!("add `images` with a `Screenshot` to `{language}`");
            due.find((Code::NoScreenshot, Severity::Warning), at, &message, help)
        })
        .collect()
}

/// `de` beside `de-de` makes a listing that nobody sees (`whispaste/whispaste`, `scripts/submit-ms-store.ps1`).
fn regions(due: &Due<'_>) -> Vec<Finding> {
    let stays =
        |language: &str| due.overlay.document.languages().any(|known| known.eq_ignore_ascii_case(language));
    let neighbour = |language: &str| {
        let mut live = due.live.languages().map(canonical::language);
        live.find(|known| stays(known) && differ_by_a_region(known, &canonical::language(language)))
    };
    due.added_languages()
        .filter_map(|(language, at)| {
            let known = neighbour(language)?;
            let message = format!(
                "the new language `{language}` differs only by the region from `{known}`, which is live"
            );
            let help = format!("write `{known}` if that listing is meant; customers see one of the two");
            Some(due.find((Code::LanguageBesideRegion, Severity::Warning), at, &message, help))
        })
        .collect()
}

/// Whether one language is the other with a region: two letters, or three digits.
fn differ_by_a_region(a: &str, b: &str) -> bool {
    let adds_region = |longer: &str, shorter: &str| {
        let region = longer.strip_prefix(shorter).and_then(|rest| rest.strip_prefix('-'));
        region.is_some_and(|region| match region.len() {
            2 => region.bytes().all(|b| b.is_ascii_alphabetic()),
            3 => region.bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        })
    };
    adds_region(a, b) || adds_region(b, a)
}

fn keyword_languages(due: &Due<'_>) -> Vec<Finding> {
    let is_about_them = |change: &&Change| match change.path.keys() {
        [listings, _] => listings == "listings" && change.op == Op::Add,
        [listings, _, key] => listings == "listings" && key == "keywords",
        _ => false,
    };
    let changes: Vec<&Change> = due.overlay.changes.iter().filter(is_about_them).collect();
    let count =
        due.overlay.document.languages().filter(|language| due.listing_says(language, "keywords")).count();
    let Some(change) = changes.last().filter(|_| count > KEYWORD_LANGUAGES_MAX) else { return Vec::new() };
    let message = format!(
        "{count} languages would have keywords; the Store takes {KEYWORD_LANGUAGES_MAX} of a submission"
    );
    let more = count - KEYWORD_LANGUAGES_MAX;
    let languages = if more == 1 { "language" } else { "languages" };
    let help = format!("clear those of {more} {languages} with `keywords: null`");
    vec![due.find((Code::TooManyKeywords, Severity::Error), due.place(change), &message, help)]
}

/// A language of a new package that no listing is in; another region of the same language counts as one.
fn package_languages(due: &Due<'_>) -> Vec<Finding> {
    let base = |language: &str| canonical::language(language.split('-').next().unwrap_or_default());
    let listed: BTreeSet<String> = due.overlay.document.languages().map(base).collect();
    let packages = due.overlay.packages.added.iter().filter_map(|asset| asset.package());
    let spoken: BTreeSet<String> =
        packages.flat_map(|package| &package.languages).map(|name| canonical::language(name)).collect();
    let without: Vec<String> = spoken
        .iter()
        .filter(|language| !listed.contains(&base(language)))
        .map(|language| format!("`{language}`"))
        .collect();
    if without.is_empty() {
        return Vec::new();
    }
    let named = named(&without);
    let at = due.resource.desired.value(&["packages"]).map_or(&due.resource.at, |owned| &owned.at);
    let message = format!("the new packages are also in {named}, and no listing is");
    let help = "add listings, or leave the languages out of the packages".to_owned();
    vec![due.find((Code::LanguageWithoutListing, Severity::Warning), at, &message, help)]
}

/// New packages under the release notes of the last version are usually a slip: the clone carries them on.
fn old_release_notes(due: &Due<'_>) -> Vec<Finding> {
    if due.overlay.packages.added.is_empty() {
        return Vec::new();
    }
    let notes = |document: &'_ Document, language: &str| {
        document.get(&["listings", language, "baseListing", "releaseNotes"]).and_then(canonical::value)
    };
    let is_old = |language: &&str| {
        let before = notes(due.live, language);
        before.is_some() && before == notes(&due.overlay.document, language)
    };
    let old: Vec<String> =
        due.overlay.document.languages().filter(is_old).map(|language| format!("`{language}`")).collect();
    if old.is_empty() {
        return Vec::new();
    }
    let named = named(&old);
    let message = format!("new packages, and the release notes in {named} stay those of the last version");
    let help = "write `releaseNotes` for this version under `release`, or clear them with `null`".to_owned();
    let at = due.resource.desired.value(&["packages"]).map_or(&due.resource.at, |owned| &owned.at);
    vec![due.find((Code::OldReleaseNotes, Severity::Warning), at, &message, help)]
}

/// A few of many languages.
fn named(languages: &[String]) -> String {
    let named = languages.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = languages.len().saturating_sub(MAX_NAMED);
    if more > 0 { format!("{named} and {more} more") } else { named }
}

fn no_date(due: &Due<'_>) -> Vec<Finding> {
    let date = due.overlay.document.get(&["targetPublishDate"]).and_then(canonical::value);
    if due.text("targetPublishMode") != "SpecificDate" || date.is_some() {
        return Vec::new();
    }
    let owned = due.resource.desired.value(&["targetPublishMode"]);
    let at = owned.map_or(&due.resource.at, |owned| &owned.at);
    let help = "add `targetPublishDate`, or name another `targetPublishMode`".to_owned();
    let message = "`targetPublishMode` is `SpecificDate`, and there is no date to publish on";
    vec![due.find((Code::DateMissing, Severity::Error), at, message, help)]
}

/// A date that has passed is none to wait for. It matters only now that a submission is due, also where nobody wrote it:
/// the clone has the one of the last submission.
fn past_date(due: &Due<'_>) -> Vec<Finding> {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let written = due.text("targetPublishDate");
    let (date, now) = (instant(written), instant(due.now));
    let is_set = due.overlay.document.get(&["targetPublishDate"]).and_then(canonical::value).is_some();
    if due.text("targetPublishMode") != "SpecificDate" || !is_set || date.is_none() || date > now {
        return Vec::new();
    }
    let help = "name a later one, or another `targetPublishMode`".to_owned();
    match due.resource.desired.value(&["targetPublishDate"]) {
        Some(owned) => {
            let message = format!("the date to publish on, {written}, has passed");
            vec![due.find((Code::DateHasPassed, Severity::Error), &owned.at, &message, help)]
        }
        None => {
            let message = format!(
                "the last submission was to be published on {written}, and this one inherits the date"
            );
            vec![due.find((Code::DateHasPassed, Severity::Warning), &due.resource.at, &message, help)]
        }
    }
}

/// The service answers 400 where one of them is missing (`microsoft/windows-dev-center-vsts-extension#22`).
fn device_families(due: &Due<'_>) -> Vec<Finding> {
    const MAP: &str = "allowTargetFutureDeviceFamilies";
    let touches = |change: &&Change| change.path.keys().first().is_some_and(|key| key == MAP);
    let Some(change) = due.overlay.changes.iter().find(touches) else { return Vec::new() };
    let is_missing =
        |family: &&&str| !matches!(due.overlay.document.get(&[MAP, **family]), Some(Value::Bool(_)));
    let missing: Vec<String> =
        REQUIRED_DEVICE_FAMILIES.iter().filter(is_missing).map(|family| format!("`{family}`")).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let missing = missing.join(", ");
    let message = format!("`{MAP}` lacks {missing}");
    let help = format!("add {missing}, each `true` or `false`; the Store takes the map only whole");
    vec![due.find((Code::IncompleteFamilies, Severity::Error), due.place(change), &message, help)]
}
