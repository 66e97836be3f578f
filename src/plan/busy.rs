//! What a pending submission makes impossible, and what is to be said of it.

use serde_json::Value;

use crate::manifest::{Code, Finding, Guard, Resource, Severity};
use crate::submission::{Document, Kind, LiveProduct};

use super::blocker::{Blocker, BlockerKind};
use super::guards::Risk;
use super::pending::{DraftKind, Pending};
use super::theirs::{Theirs, one_line};
use super::types::{Change, InTheWay};

/// A pending submission, and what a plan wants to do beside it.
#[derive(Clone, Copy)]
pub(super) struct Busy<'a> {
    pub(super) resource: &'a Resource,
    pub(super) live: &'a LiveProduct,
    pub(super) pending: Pending,
    pub(super) in_the_way: InTheWay,
}

impl Busy<'_> {
    /// Why no submission with this content can be made.
    pub(super) fn obstacle(&self, planned: &Document, changes: &[Change]) -> Option<Blocker> {
        let document = self.live.pending.as_ref()?;
        let (kind, why) = match self.pending {
            Pending::Dead { ours, service_fault } => {
                // Release settings count: notes for the testers often are what was missing.
                let again = planned.differences_once_committed(document).is_empty();
                if again && !service_fault && !self.in_the_way.resubmit {
                    return Some(self.failed_before(document));
                }
                if ours {
                    return None;
                }
                // Whoever made it may want more of it than what is wanted here.
                (BlockerKind::ForeignFailure, Some(WHY_DEAD_IS_FOREIGN))
            }
            Pending::Draft(DraftKind::OlderOurs) => (BlockerKind::OlderDraft, Some(WHY_OLDER)),
            _ => self.hands_off()?,
        };
        if self.in_the_way.replace && self.can_go(document) {
            return None;
        }
        Some(self.blocker(document, kind, why, changes))
    }

    /// Whether a run can delete it: nothing that is committed and well, nor what was made in Partner Center.
    fn can_go(&self, document: &Document) -> bool {
        let may = match self.pending {
            Pending::Draft(_) | Pending::Dead { .. } => true,
            Pending::None | Pending::OnItsWay => false,
        };
        may && document.has_upload_url()
    }

    /// Whether the pending submission is deleted first, so that another one can be made.
    pub(super) fn is_discarded(&self) -> bool {
        match self.pending {
            Pending::Dead { .. } => true,
            Pending::Draft(DraftKind::OlderOurs | DraftKind::Foreign) => self.in_the_way.replace,
            Pending::None | Pending::OnItsWay | Pending::Draft(_) => false,
        }
    }

    /// What is at stake where it is: the work of somebody else.
    pub(super) fn risk(&self) -> Option<Risk> {
        let document = self.live.pending.as_ref().filter(|document| {
            // What stays is at no risk.
            self.in_the_way.replace && self.can_go(document)
        })?;
        let is_theirs = match self.pending {
            Pending::Draft(DraftKind::Foreign) => true,
            Pending::Dead { ours, .. } => !ours,
            Pending::None | Pending::OnItsWay | Pending::Draft(_) => false,
        };
        is_theirs.then(|| {
            let lines = self.theirs(document, &[]).lines();
            let changes: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
            (Guard::ReplacesDraft, format!("{}; {}", named(document), changes.join("; ")))
        })
    }

    /// Why the resource cannot be deleted, with the submission in it. What is ours goes along.
    pub(super) fn obstacle_to_deletion(&self) -> Option<Blocker> {
        let document = self.live.pending.as_ref()?;
        let (kind, why) = match self.pending {
            Pending::Dead { ours: false, .. } => (BlockerKind::ForeignFailure, Some(WHY_DEAD_IS_FOREIGN)),
            _ => self.hands_off()?,
        };
        Some(self.blocker(document, kind, why, &[]))
    }

    /// What nobody may touch, whatever is planned: the kind of blocker, and why it is somebody else's.
    fn hands_off(&self) -> Option<(BlockerKind, Option<&'static str>)> {
        match self.pending {
            Pending::Draft(DraftKind::Portal) => Some((BlockerKind::PortalDraft, None)),
            Pending::Draft(DraftKind::Foreign) => Some((BlockerKind::ForeignDraft, Some(WHY_FOREIGN))),
            Pending::OnItsWay => Some((BlockerKind::InFlight, None)),
            Pending::None | Pending::Draft(_) | Pending::Dead { .. } => None,
        }
    }

    fn blocker(
        &self,
        document: &Document,
        kind: BlockerKind,
        why: Option<&str>,
        changes: &[Change],
    ) -> Blocker {
        let mut lines = self.lines(document, changes);
        lines.extend(why.map(str::to_owned));
        let mut blocker = Blocker::new(self.resource.address.as_str(), kind, lines.join("\n"));
        if let (Some(id), Kind::App, false) =
            (&self.resource.id, self.resource.kind(), document.id().is_empty())
        {
            let page =
                format!("https://partner.microsoft.com/dashboard/apps/{id}/submissions/{}", document.id());
            blocker.remedies.push(format!("its page: {page}"));
        }
        let address = &self.resource.address;
        if self.pending == Pending::Draft(DraftKind::Foreign) {
            blocker
                .remedies
                .push(format!("wait for it: storeward apply --if-busy wait --timeout 6h --target {address}"));
        }
        if matches!(kind, BlockerKind::ForeignDraft | BlockerKind::ForeignFailure) && self.can_go(document) {
            let permit = Guard::ReplacesDraft;
            blocker.remedies.extend([
                format!("replace it: storeward apply --if-busy replace --allow {permit} --target {address}"),
                format!("only delete it: storeward discard {address} --allow {permit}"),
            ]);
        }
        blocker
    }

    /// What there is to say of it by itself.
    pub(super) fn told(&self) -> Vec<String> {
        self.live.pending.as_ref().map(|document| self.lines(document, &[])).unwrap_or_default()
    }

    fn lines(&self, document: &Document, changes: &[Change]) -> Vec<String> {
        let mut lines = vec![named(document)];
        lines.extend(said_of(document));
        lines.extend(self.theirs(document, changes).lines());
        lines
    }

    fn theirs<'b>(&'b self, document: &'b Document, planned: &'b [Change]) -> Theirs<'b> {
        Theirs {
            kind: self.resource.kind(),
            published: self.live.published.as_ref(),
            pending: document,
            planned,
        }
    }

    fn failed_before(&self, document: &Document) -> Blocker {
        let address = self.resource.address.as_str();
        let lines: Vec<String> = [named(document)].into_iter().chain(said_of(document)).collect();
        Blocker::new(address, BlockerKind::Dead, lines.join("\n"))
    }

    /// What is to be said where this run needs no submission. A draft that somebody else is at is none of our business.
    pub(super) fn not_wanted(&self) -> Option<Finding> {
        let document = self.live.pending.as_ref()?;
        let is_ours = match self.pending {
            Pending::Draft(DraftKind::Untouched | DraftKind::Planned | DraftKind::OlderOurs) => true,
            Pending::Draft(DraftKind::Foreign | DraftKind::Portal) => false,
            Pending::Dead { .. } => true,
            Pending::None | Pending::OnItsWay => false,
        };
        let help = format!(
            "name the release that it was made for again, or delete it if nobody needs it: storeward discard {}; no other \
             submission can be made meanwhile",
            self.resource.address
        );
        is_ours
            .then(|| self.finding(Code::DraftNotWanted, document, "and nothing in this run needs it", &help))
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
const WHY_DEAD_IS_FOREIGN: &str =
    "why foreign: it failed, and what is in it is neither published nor wanted here";

fn named(document: &Document) -> String {
    let name = one_line(document.friendly_name());
    format!("submission {} \"{name}\" is {}", one_line(document.id()), one_line(document.status().as_str()))
}

/// What the service said of a submission, in its words: errors, and where reports of certification can be read. A commit
/// that failed is a draft again, and has them, too.
fn said_of(document: &Document) -> Vec<String> {
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
