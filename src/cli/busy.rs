//! `apply --if-busy wait`: products that a draft or submission is in the way of are planned again once it is gone.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::apply::{ApplyError, Emit, Event, Outcome, Report, Why, change_differences};
use crate::manifest::Severity;
use crate::plan::Plan;

use super::exit::Exit;
use super::run::{Account, Run};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);

/// Products that are waited for.
pub(super) struct Waiting<'a> {
    pub(super) account: &'a Account,
    pub(super) emit: &'a Emit,
    pub(super) deadline: Option<Instant>,
}

impl Waiting<'_> {
    /// Waits until at least one of the products is free or the time is up; the free ones, whose live state was read anew.
    pub(super) async fn any(&self, run: &mut Run, busy: &[String]) -> Vec<String> {
        let mut pause = FIRST;
        let mut told = BTreeMap::new();
        loop {
            let plan = run.plan(&run.products()).only(busy);
            let still = plan.busy();
            let free: Vec<String> = busy.iter().filter(|address| !still.contains(address)).cloned().collect();
            if !free.is_empty() {
                return free;
            }
            for address in &still {
                let Some(blocker) = plan.blockers_of(address).next() else { continue };
                let detail = blocker.detail.lines().next().unwrap_or_default().to_owned();
                if told.insert(address.clone(), detail.clone()).as_ref() != Some(&detail) {
                    pause = FIRST;
                    let why = Why::Busy { blocker: blocker.kind, detail };
                    let until = later(self.account.connection.scaled(pause));
                    (self.emit)(Event::Waiting { address: address.clone(), why, until });
                }
            }
            let now = Instant::now();
            if self.deadline.is_some_and(|deadline| now >= deadline) {
                return Vec::new();
            }
            let next = now + self.account.connection.scaled(pause);
            tokio::time::sleep_until(self.deadline.map_or(next, |deadline| next.min(deadline))).await;
            pause = (pause * 2).min(LONGEST);
            // It is waited for hours; a bad minute of the network must not end that.
            if let Err(failure) = run.read_again(self.account, busy).await {
                for address in busy {
                    let text = failure.message.clone();
                    (self.emit)(Event::Remark { address: address.clone(), text });
                }
                if failure.exit == Exit::Auth {
                    return Vec::new();
                }
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

/// Why a product that was waited for is not carried out: it is not what was approved.
pub(super) fn stale(approved: &Plan, now: &Plan, address: &str) -> Option<Report> {
    let mut differences = Vec::new();
    if !approved.does_the_same(now, address)
        && let (Some(was), Some(is)) = (approved.resource(address), now.resource(address))
    {
        differences.push("what is to be done is not what was approved before waiting".to_owned());
        differences.extend(change_differences(&was.changes, &is.changes));
    }
    failed(address, differences)
}

/// Why a product that was waited for must not be carried out, whatever was approved.
pub(super) fn impossible(now: &Plan, address: &str) -> Option<Report> {
    let open = now.unpermitted().filter(|hit| hit.address == address);
    let guards = open.map(|hit| format!("{} needs a permit now: {}", hit.guard, hit.detail));
    let errors = now.diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
    failed(address, guards.chain(errors.map(|finding| finding.message.clone())).collect())
}

fn failed(address: &str, differences: Vec<String>) -> Option<Report> {
    (!differences.is_empty()).then(|| Report {
        address: address.to_owned(),
        outcome: Outcome::Failed(ApplyError::Stale { differences }),
    })
}

/// What came of products that something is still in the way of when the time is up.
pub(super) fn timed_out(plan: &Plan, address: &str) -> Option<Report> {
    let pending = plan.resource(address)?.pending.as_ref()?;
    let (submission, status) = (pending.submission.clone(), pending.status.clone());
    Some(Report {
        address: address.to_owned(),
        outcome: Outcome::Failed(ApplyError::Timeout { submission, status }),
    })
}
