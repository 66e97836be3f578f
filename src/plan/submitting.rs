//! What comes of an overlay: nothing, a rollout call, or a submission, with its steps, its risks and what is in its way.

use serde_json::Value;

use crate::manifest::{Code, Finding, Guard, Resource, Severity};

use super::blocker::BlockerKind;
use super::checks::{Due, check};
use super::guards::{obstacles, risks};
use super::origin;
use super::overlay::{Baseline, Overlay};
use super::pending::Pending;
use super::planning::Planning;
use super::running::RolloutCall;
use super::types::{Action, AssetRef, Change, ChangeRoute, FileCount, Plan, PublishedBy, Route, StepKind};

impl Planning<'_> {
    /// What comes of an overlay: nothing, a rollout call, a submission.
    pub(super) fn submit(
        &mut self,
        baseline: Baseline<'_>,
        overlay: Overlay,
        pending: Pending,
        created: Vec<Change>,
        calls: Vec<RolloutCall>,
        mut needed: Vec<Guard>,
    ) {
        self.plan.diagnostics.extend(overlay.findings.iter().cloned());
        self.planned.counts = overlay.counts;
        self.planned.unmanaged.clone_from(&overlay.unmanaged);
        let changes =
            |count: &&FileCount| overlay.changes.iter().any(|change| count.path.covers(&change.path));
        self.planned.file_counts = overlay.file_counts.iter().filter(changes).cloned().collect();
        self.planned.kept_packages.clone_from(&overlay.packages.kept);
        for call in &calls {
            needed.extend(call.risk.iter().map(|(guard, _)| *guard));
            if let Some(risk) = &call.risk {
                self.guard(risk.clone(), call.is_permit);
            }
            self.step(StepKind::Rollout, call.words.clone());
        }
        let is_new = self.planned.action == Action::Create;
        self.planned.changes = created;
        self.planned.changes.extend(calls.into_iter().map(|call| call.change));
        // What only Partner Center can change overwrites nothing.
        let sent = self.planned.changes.iter().filter(|change| is_new || change.route != ChangeRoute::Create);
        if let Some(risk) = origin::risk(sent.chain(&overlay.changes)) {
            needed.push(risk.0);
            self.guard(risk, false);
        }
        if overlay.changes.is_empty() && !is_new {
            // What only Partner Center can change is to be done, and blocked.
            if !self.planned.changes.is_empty() {
                self.planned.action = Action::Update;
            }
            self.nothing_to_submit(&overlay, pending);
            self.unused_permits(&needed);
            self.leave_blocked_out();
            return;
        }
        if !is_new {
            self.planned.action = Action::Update;
        }
        for risk in risks(baseline, &overlay) {
            needed.push(risk.0);
            self.guard(risk, false);
        }
        if self.live.member.is_some() && !is_new {
            self.needs_published_app();
        }
        let address = self.resource.address.as_str();
        self.plan.blockers.extend(obstacles(address, &self.live.application, baseline, &overlay));
        let in_the_way = self.busy(pending).obstacle(&overlay.document, &overlay.changes);
        let theirs = [BlockerKind::ForeignDraft, BlockerKind::ForeignFailure];
        if in_the_way.as_ref().is_some_and(|blocker| theirs.contains(&blocker.kind)) {
            // The permit is about the draft that is there.
            needed.push(Guard::ReplacesDraft);
        }
        if let Some(risk) = self.busy(pending).risk() {
            needed.push(risk.0);
            self.guard(risk, false);
        }
        if in_the_way.is_none() {
            let replaced = self.busy(pending).replaced();
            self.plan.diagnostics.extend(replaced);
        }
        self.plan.blockers.extend(in_the_way);
        self.unused_permits(&needed);
        let due = Due {
            resource: self.resource,
            live: baseline.document,
            overlay: &overlay,
            now: &self.plan.made_of.made_at,
        };
        let found = check(&due);
        self.plan.diagnostics.extend(found);
        let upload_bytes = match overlay.archive() {
            Ok(archive) => archive.size(),
            Err(error) => {
                self.plan.diagnostics.push(unpackable(self.resource, &error.to_string()));
                0
            }
        };
        let route = route(&overlay, upload_bytes);
        self.steps(pending, &overlay, &route);
        self.planned.route = Some(route);
        self.planned.uploads = overlay.uploads.iter().map(|asset| AssetRef::from(&**asset)).collect();
        self.planned.changes.extend(overlay.changes);
        self.planned.changes.sort_by_key(|change| (change.route != ChangeRoute::Create, change.section));
        self.leave_blocked_out();
    }

    /// What is blocked has no steps.
    pub(super) fn leave_blocked_out(&mut self) {
        if self.is_blocked() {
            let address = self.resource.address.as_str();
            self.plan.steps.retain(|step| step.address != address);
        }
    }

    fn nothing_to_submit(&mut self, overlay: &Overlay, pending: Pending) {
        if pending == Pending::OnItsWay {
            self.planned.action = Action::InProgress;
            self.planned.route = Some(route(overlay, 0));
            self.step(StepKind::Wait, "follow the submission that is on its way");
        }
        let not_wanted = self.busy(pending).not_wanted();
        self.plan.diagnostics.extend(not_wanted);
        if self.planned.changes.iter().any(|change| change.route == ChangeRoute::Live) {
            self.planned.action = Action::Live;
            self.planned.route = Some(Route::at_once());
        }
    }

    pub(super) fn unused_permits(&mut self, needed: &[Guard]) {
        unused_permits(self.plan, self.resource, needed);
    }

    fn steps(&mut self, pending: Pending, overlay: &Overlay, route: &Route) {
        let is_discarded = self.busy(pending).is_discarded();
        let is_taken_up = matches!(pending, Pending::Draft(_)) && !is_discarded;
        if let Some(document) = self.live.pending.as_ref().filter(|_| is_discarded) {
            self.step(
                StepKind::Discard,
                format!("remove submission {}, which is {}", document.id(), document.status()),
            );
        }
        if is_taken_up {
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

fn unpackable(resource: &Resource, reason: &str) -> Finding {
    Finding {
        code: Code::BadPackage.to_string(),
        severity: Severity::Error,
        message: format!("{}: the files cannot travel together: {reason}", resource.address),
        at: Some(resource.at.clone()),
        help: None,
    }
}

fn unused_permits(plan: &mut Plan, resource: &Resource, needed: &[Guard]) {
    for permit in &resource.permits {
        if !needed.contains(&permit.guard) {
            plan.diagnostics.push(Finding {
                code: Code::UnusedPermit.to_string(),
                severity: Severity::Warning,
                message: format!("{}: nothing needs the permit `{}`", resource.address, permit.guard),
                at: Some(permit.at.clone()),
                help: Some("remove it, so that it does not let a later change through".to_owned()),
            });
        }
    }
}

fn route(overlay: &Overlay, upload_bytes: u64) -> Route {
    let text = |key: &str| overlay.document.get(&[key]).and_then(Value::as_str).unwrap_or_default();
    let published_by = match text("targetPublishMode") {
        "Manual" => PublishedBy::Hand,
        "SpecificDate" => PublishedBy::Date(text("targetPublishDate").to_owned()),
        _ => PublishedBy::Itself,
    };
    Route {
        certification: true,
        published_by,
        reversible: false,
        upload_bytes: if overlay.uploads.is_empty() { 0 } else { upload_bytes },
        upload_files: overlay.uploads.len(),
    }
}
