//! The steps of a submission, and how it takes effect.

use serde_json::Value;

use crate::submission::Phase;

use super::overlay::Overlay;
use super::pending::{DraftKind, Pending};
use super::planner::Planning;
use super::types::{PublishedBy, Route, Step, StepKind};

impl Planning<'_> {
    pub(super) fn step(&mut self, kind: StepKind, detail: impl Into<String>) {
        let address = self.address().to_owned();
        self.plan.steps.push(Step { address, kind, detail: detail.into(), submission: None });
    }

    /// The removal of the pending submission, which `apply` walks as it stands here.
    fn step_of_removal(&mut self, pending: Pending) {
        let Some(document) = &self.live.pending else { return };
        let (id, status) = (document.id(), document.status());
        let detail = match pending {
            _ if status.phase() == Phase::Dead => format!("remove submission {id}, which is {status}"),
            Pending::Draft(DraftKind::OlderOurs) => format!("remove draft {id}, which an earlier run left"),
            _ => format!("remove draft {id}, which somebody else made"),
        };
        let (address, submission) = (self.address().to_owned(), Some(id.to_owned()));
        self.plan.steps.push(Step { address, kind: StepKind::Discard, detail, submission });
    }

    /// What is done for a submission. `removes` says that the pending one goes first.
    pub(super) fn steps_of_submission(
        &mut self,
        pending: Pending,
        removes: bool,
        overlay: &Overlay,
        route: &Route,
    ) {
        if removes {
            self.step_of_removal(pending);
        }
        if matches!(pending, Pending::Draft(_)) && !removes {
            self.step(StepKind::Clone, "go on with the draft that an earlier run left");
        } else {
            let words = match &self.planned.base {
                Some(base) => format!("make a draft from submission {}", base.submission),
                None => "make the first draft, or take the one that came with it".to_owned(),
            };
            self.step(StepKind::Clone, words);
        }
        self.step(StepKind::Check, "plan again on the draft: the same changes, else remove it and stop");
        let changes = overlay.changes.len();
        self.step(
            StepKind::Update,
            format!("send the draft with {changes} change{}", if changes == 1 { "" } else { "s" }),
        );
        if route.upload_files > 0 {
            let files = if route.upload_files == 1 { "file" } else { "files" };
            self.step(
                StepKind::Upload,
                format!("{} {files}, {} bytes", route.upload_files, route.upload_bytes),
            );
        }
        self.step(StepKind::Verify, "read the draft back: it must equal what was sent, price first");
        self.step(StepKind::Commit, "point of no return");
        self.step(StepKind::Wait, "follow the status");
    }
}

impl Route {
    /// With a submission.
    pub(super) fn of(overlay: &Overlay, upload_bytes: u64) -> Self {
        let text = |key: &str| overlay.document.get(&[key]).and_then(Value::as_str).unwrap_or_default();
        let published_by = match text("targetPublishMode") {
            "Manual" => PublishedBy::Hand,
            "SpecificDate" => PublishedBy::Date(text("targetPublishDate").to_owned()),
            _ => PublishedBy::Itself,
        };
        Self {
            certification: true,
            published_by,
            reversible: false,
            upload_bytes: if overlay.uploads.is_empty() { 0 } else { upload_bytes },
            upload_files: overlay.uploads.len(),
        }
    }
}
