//! `apply --if-busy wait`: products that a draft or submission is in the way of are planned again once it is gone.

use std::time::Duration;

use tokio::time::Instant;

use crate::apply::{ApplyError, Emit, Event, Why, change_differences};
use crate::manifest::Severity;
use crate::plan::{Action, BlockerKind, Plan};
use crate::submission::Live;

use super::exit::Exit;
use super::run::{Account, Run};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);

/// Waiting for a product.
pub(super) struct Waiting<'a> {
    pub(super) account: &'a Account,
    pub(super) run: &'a Run,
    pub(super) emit: &'a Emit,
    pub(super) deadline: Option<Instant>,
}

impl Waiting<'_> {
    /// Waits until nothing is in the way of a product any more. Its plan then, and what that was made from.
    pub(super) async fn until_free(&self, address: &str) -> Result<(Plan, Vec<Live>), ApplyError> {
        let mut live = self.run.live().to_vec();
        let mut pause = FIRST;
        let mut told = None;
        let mut last = None;
        loop {
            let plan = self.run.plan(&self.run.products_with(&live)).only(&[address.to_owned()]);
            // What could not be read may be on its way from one state to the next.
            let is_unread = plan.blockers_of(address).any(|blocker| blocker.kind == BlockerKind::Unreadable);
            if plan.busy().is_empty() && !is_unread {
                return Ok((plan, live));
            }
            if let Some(pending) = plan.resource(address).and_then(|planned| planned.pending.as_ref()) {
                last = Some((pending.submission.clone(), pending.status.clone()));
            }
            if let Some(blocker) = plan.blockers_of(address).next() {
                let detail = blocker.detail.lines().next().unwrap_or_default().to_owned();
                if told.as_ref() != Some(&detail) {
                    pause = FIRST;
                    let why = Why::Busy { blocker: blocker.kind, detail: detail.clone() };
                    let until = later(self.account.connection.scaled(pause));
                    (self.emit)(Event::Waiting { address: address.to_owned(), why, until });
                    told = Some(detail);
                }
            }
            let now = Instant::now();
            if let Some((submission, status)) =
                last.as_ref().filter(|_| self.deadline.is_some_and(|deadline| now >= deadline))
            {
                let (submission, status) = (submission.clone(), status.clone());
                return Err(ApplyError::Timeout { submission, status });
            }
            let next = now + self.account.connection.scaled(pause);
            tokio::time::sleep_until(self.deadline.map_or(next, |deadline| next.min(deadline))).await;
            pause = (pause * 2).min(LONGEST);
            if let Err(error) = self.run.read_again(self.account, address, &mut live).await {
                let error = ApplyError::Store(error);
                if Exit::of_apply(&error) == Exit::Auth {
                    return Err(error);
                }
                // It is waited for hours; a bad minute of the network must not end that.
                (self.emit)(Event::Remark { address: address.to_owned(), text: error.to_string() });
            }
        }
    }
}

/// The time so much later than now, in RFC 3339, UTC.
fn later(wait: Duration) -> String {
    let wait = jiff::SignedDuration::try_from(wait).unwrap_or_default();
    let then = jiff::Timestamp::now().saturating_add(wait).unwrap_or(jiff::Timestamp::MAX);
    then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Why a product that was waited for is not carried out: it is not what was approved. Where nothing is to be done any
/// more, somebody else did it.
pub(super) fn stale(approved: &Plan, now: &Plan, address: &str) -> Option<ApplyError> {
    let (was, is) = (approved.resource(address)?, now.resource(address)?);
    if matches!(is.action, Action::None | Action::InProgress) || approved.does_the_same(now, address) {
        return None;
    }
    let mut differences = vec!["what is to be done is not what was approved before waiting".to_owned()];
    differences.extend(change_differences(&was.changes, &is.changes));
    Some(ApplyError::Stale { differences })
}

/// Why a product that was waited for must not be carried out, whatever was approved.
pub(super) fn impossible(now: &Plan, address: &str) -> Option<ApplyError> {
    let open = now.unpermitted().filter(|hit| hit.address == address);
    let guards = open.map(|hit| format!("{} needs a permit now: {}", hit.guard, hit.detail));
    let errors = now.diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
    let differences: Vec<String> = guards.chain(errors.map(|finding| finding.message.clone())).collect();
    (!differences.is_empty()).then_some(ApplyError::Stale { differences })
}
