//! What a pending submission makes impossible, and what is to be said of it.

use serde_json::Value;

use crate::manifest::{Code, Finding, Guard, Resource, Severity};
use crate::submission::{Document, Kind, LiveProduct, Phase};

use super::blocker::{Blocker, BlockerKind};
use super::guards::Risk;
use super::pending::{DraftKind, Pending};
use super::stance::Stance;
use super::theirs::{Theirs, one_line};
use super::types::Change;

/// A pending submission, and what a plan wants to do beside it.
#[derive(Clone, Copy)]
pub(super) struct Busy<'a> {
    pub(super) resource: &'a Resource,
    pub(super) live: &'a LiveProduct,
    pub(super) pending: Pending,
    pub(super) stance: Stance,
}

/// What is to become of a pending submission, so that something else can be done.
#[derive(Debug)]
pub(super) enum Way {
    /// It is in nobody's way, or it is the draft to go on with.
    Clear,
    /// It is removed first, which is a risk where it is somebody else's.
    Removed(Option<Risk>),
    /// Nothing can be done beside it.
    Blocked(Blocker),
}

impl Busy<'_> {
    /// What becomes of it, so that a submission with this content can be made.
    pub(super) fn way(&self, planned: &Document, changes: &[Change]) -> Way {
        let Some(document) = self.live.pending.as_ref() else { return Way::Clear };
        if let Pending::Dead { service_fault: false, .. } = self.pending
            && !self.stance.resubmit
            // Release settings count: notes for the testers often are what was missing.
            && planned.differences_once_committed(document).is_empty()
        {
            return Way::Blocked(self.failed_before(document));
        }
        match self.pending {
            Pending::Dead { ours: true, .. } => Way::Removed(None),
            Pending::Draft(DraftKind::OlderOurs) if self.stance.replace => Way::Removed(None),
            Pending::Draft(DraftKind::OlderOurs) => {
                Way::Blocked(self.blocker(document, BlockerKind::OlderDraft, Some(WHY_OLDER), changes))
            }
            _ => self.way_past_others(document, changes),
        }
    }

    /// What becomes of it where the resource is deleted. What is ours goes along.
    pub(super) fn way_of_deletion(&self) -> Way {
        match &self.live.pending {
            Some(document) => self.way_past_others(document, &[]),
            None => Way::Clear,
        }
    }

    /// What is to become of it as far as it is not ours.
    fn way_past_others(&self, document: &Document, changes: &[Change]) -> Way {
        let (kind, why) = match self.pending {
            Pending::Draft(DraftKind::Portal) => (BlockerKind::PortalDraft, None),
            Pending::Draft(DraftKind::Foreign) => (BlockerKind::ForeignDraft, Some(WHY_FOREIGN)),
            // Whoever made it may want more of it than what is wanted here.
            Pending::Dead { ours: false, .. } => (BlockerKind::ForeignFailure, Some(WHY_DEAD_IS_FOREIGN)),
            Pending::OnItsWay => (BlockerKind::InFlight, None),
            Pending::None | Pending::Draft(_) | Pending::Dead { ours: true, .. } => return Way::Clear,
        };
        let is_replaceable = matches!(kind, BlockerKind::ForeignDraft | BlockerKind::ForeignFailure);
        if is_replaceable && self.stance.replace && document.has_upload_url() {
            return Way::Removed(Some((Guard::ReplacesDraft, self.at_stake(document))));
        }
        Way::Blocked(self.blocker(document, kind, why, changes))
    }

    /// What is lost with a submission of somebody else, in a line.
    fn at_stake(&self, document: &Document) -> String {
        format!("{}; {}", named(document), self.theirs(document, &[]).in_short())
    }

    fn theirs<'d>(&'d self, document: &'d Document, planned: &'d [Change]) -> Theirs<'d> {
        Theirs {
            kind: self.resource.kind(),
            published: self.live.published.as_ref(),
            pending: document,
            planned,
        }
    }

    fn blocker(
        &self,
        document: &Document,
        kind: BlockerKind,
        why: Option<&str>,
        changes: &[Change],
    ) -> Blocker {
        let mut lines = vec![named(document)];
        if document.status().phase() == Phase::Dead {
            lines.extend(said_of(document));
        }
        lines.extend(self.theirs(document, changes).lines());
        lines.extend(why.map(str::to_owned));
        let mut blocker = Blocker::new(self.resource.address.as_str(), kind, lines.join("\n"));
        if kind == BlockerKind::ForeignFailure && !document.has_upload_url() {
            // The API deletes nothing that was made in the portal.
            blocker.remedies.retain(|remedy| !remedy.contains("replaces-draft"));
        }
        if let (Some(id), Kind::App, false) =
            (&self.resource.id, self.resource.kind(), document.id().is_empty())
        {
            let page =
                format!("https://partner.microsoft.com/dashboard/apps/{id}/submissions/{}", document.id());
            blocker.remedies.push(format!("its page: {page}"));
        }
        blocker
    }

    fn failed_before(&self, document: &Document) -> Blocker {
        let address = self.resource.address.as_str();
        let lines: Vec<String> = [named(document)].into_iter().chain(said_of(document)).collect();
        Blocker::new(address, BlockerKind::Dead, lines.join("\n"))
    }

    /// What is to be said where this run needs no submission. A draft that somebody else is at is none of our business.
    pub(super) fn not_wanted(&self) -> Option<Finding> {
        let document = self.live.pending.as_ref()?;
        let is_nobodys_business = match self.pending {
            Pending::Draft(DraftKind::Untouched | DraftKind::Planned | DraftKind::OlderOurs)
            | Pending::Dead { .. } => false,
            Pending::Draft(DraftKind::Foreign | DraftKind::Portal) | Pending::None | Pending::OnItsWay => {
                true
            }
        };
        if is_nobodys_business {
            return None;
        }
        let help = "name the release that it was made for again, or delete it in Partner Center if nobody needs it; no \
                    other submission can be made meanwhile";
        Some(self.finding(Code::DraftNotWanted, document, "and nothing in this run needs it", help))
    }

    /// What the Store said of a failed submission that is removed, so that another one can be made.
    pub(super) fn replaced(&self) -> Option<Finding> {
        let document = self.live.pending.as_ref()?;
        let help = "make sure that what this run sends mends it";
        matches!(self.pending, Pending::Dead { .. })
            .then(|| self.finding(Code::FailedBefore, document, "and is replaced", help))
    }

    fn finding(&self, code: Code, document: &Document, what: &str, help: &str) -> Finding {
        let address = &self.resource.address;
        let words: Vec<String> = [format!("{address}: {}, {what}", named(document))]
            .into_iter()
            .chain(said_of(document))
            .collect();
        Finding {
            code: code.to_string(),
            severity: Severity::Warning,
            message: words.join("; "),
            at: None,
            help: Some(help.to_owned()),
        }
    }
}

const WHY_FOREIGN: &str = "why foreign: it is neither an untouched copy of the published submission nor this plan's \
                           own draft, and no new file in it has a name of ours";
const WHY_OLDER: &str = "a new file in it has a name of ours, so an earlier run made it; its content is not what this \
                         plan wants";
const WHY_DEAD_IS_FOREIGN: &str = "why foreign: what is in it is neither published nor wanted here, and more than the manifest decides about";

pub(super) fn named(document: &Document) -> String {
    format!("submission {} \"{}\" is {}", document.id(), document.friendly_name(), document.status())
}

/// What the service said of a failed submission, in its words: errors, and where reports of certification can be read.
pub(super) fn said_of(document: &Document) -> Vec<String> {
    let items = |key: &str| {
        let items = document.get(&["statusDetails", key]).and_then(Value::as_array);
        items.into_iter().flatten()
    };
    let text = |item: &Value, key: &str| one_line(item.get(key).and_then(Value::as_str).unwrap_or_default());
    let errors = items("errors")
        .map(|error| format!("the Store said: {} {}", text(error, "code"), text(error, "details")));
    let reports = items("certificationReports").map(|report| text(report, "reportUrl"));
    errors.chain(reports.filter(|url| !url.is_empty()).map(|url| format!("its report: {url}"))).collect()
}
