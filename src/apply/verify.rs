//! Reading back: what the Store holds against what was sent.

use crate::plan::{self, Change, ChangeDifference, ChangeRoute, Overlay};
use crate::submission::{Document, FileStatus, Phase};

/// What a comparison of a draft, or of a committed submission, with what was sent found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The base price sent and found, or a market's, where they differ.
    pub(super) price: Option<(String, String)>,
    /// Other paths that differ, in words.
    pub(super) paths: Vec<String>,
    /// Titles that differ. The service is known to change them by itself (`microsoft/msstore-cli#92`), so they are
    /// reported and do not fail.
    pub(super) titles: Vec<String>,
}

impl Findings {
    fn of(differences: Vec<Vec<String>>, sent: &Document, got: &Document) -> Self {
        let mut findings = Self::default();
        for path in differences {
            let keys: Vec<&str> = path.iter().map(String::as_str).collect();
            match keys.as_slice() {
                ["pricing", ..] => {
                    let spelled =
                        |document: &Document| document.get(&path).map_or_else(|| "none".to_owned(), words);
                    findings.price.get_or_insert_with(|| (spelled(sent), spelled(got)));
                }
                ["listings", _, "baseListing", "title"] => findings.titles.push(path.join(".")),
                _ => findings.paths.push(path.join(".")),
            }
        }
        findings
    }
}

fn words(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A draft against what was sent.
pub(super) fn draft(sent: &Document, got: &Document) -> Findings {
    Findings::of(sent.differences(got), sent, got)
}

/// A committed submission against what was sent: all texts, prices and files by name, and new packages by version.
/// Packages have been dropped in silence (`daruyanagi/XTimelineViewer#150`), so from certification on each new one must be
/// taken in, with the version that it was built with; before, the Store may not have read it yet.
pub(super) fn committed(sent: &Document, got: &Document, overlay: &Overlay, phase: Phase) -> Findings {
    let mut findings = Findings::of(sent.differences_once_committed(got), sent, got);
    let entries = got.packages();
    for asset in &overlay.packages.added {
        let Some(package) = asset.package() else { continue };
        let version = package.version.to_string();
        let Some(entry) = entries.iter().find(|entry| entry.file_name() == asset.archive_name) else {
            continue;
        };
        let wrong = match entry.version() {
            Some(found) if found != version => Some(format!("has version {found}, not {version}")),
            None if phase >= Phase::Certified => Some("has no version".to_owned()),
            _ if phase >= Phase::Certified && entry.status() != FileStatus::Uploaded => {
                Some("was not taken in".to_owned())
            }
            _ => None,
        };
        if let Some(wrong) = wrong {
            findings.paths.push(format!("applicationPackages: {} {wrong}", asset.archive_name));
        }
    }
    findings
}

/// How the changes that a submission was planned with differ from those that it would make now, in words. What a rollout
/// that was closed meanwhile leaves as its share is the service's affair; the share that is sent stays the same.
pub(super) fn submission_differences(planned: &[Change], now: &[Change]) -> Vec<String> {
    let closes = planned.iter().any(|change| change.route == ChangeRoute::Live);
    let compared = |change: &&Change| {
        let is_share = change.path.keys().first().is_some_and(|key| key == "packageRollout");
        change.route == ChangeRoute::Submission && !(closes && is_share)
    };
    let of = |changes: &[Change]| changes.iter().filter(compared).cloned().collect::<Vec<_>>();
    change_differences(&of(planned), &of(now))
}

/// How two lists of changes differ, in words; empty when they are the same.
pub fn change_differences(planned: &[Change], now: &[Change]) -> Vec<String> {
    let words = |ChangeDifference { was, is }: &ChangeDifference| {
        let what = match (was, is) {
            (Some(_), Some(_)) => "is another change now",
            (Some(_), None) => "is no longer to be changed",
            (None, _) => "would change as well",
        };
        let path = was.as_ref().or(is.as_ref()).map(|change| change.path.dotted()).unwrap_or_default();
        format!("{path} {what}")
    };
    plan::change_differences(planned, now).iter().map(words).collect()
}
