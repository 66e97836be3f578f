//! Waiting until nothing else is on its way, and planning again then.

use std::time::Duration;

use tokio::time::Instant;

use crate::manifest::{Resource, Severity};
use crate::partner_center::{Reader, Subject};
use crate::plan::{self, BlockerKind, MadeOf, Plan, Product, ResourcePlan};
use crate::submission::{Document, Live};

use super::error::ApplyError;
use super::event::Event;
use super::follow::{Followed, WaitFor, follow};
use super::job::Job;
use super::verify;
use super::work::place;

/// The longest pause before a product is looked at again that still names what has come to its end.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A resource whose turn has come: the same is to be done as was approved, and nothing is in the way.
pub(super) struct Turn {
    pub(super) plan: Plan,
    pub(super) planned: ResourcePlan,
    pub(super) live: Live,
}

/// Follows what is on its way to its end, whatever that is, and plans the resource again. What was approved is done, or
/// nothing: another plan is stale.
pub(super) async fn turn(
    job: &Job<'_>,
    planned: &ResourcePlan,
    product: &Product<'_>,
    subject: &Subject,
    emit: &(dyn Fn(Event) + Sync),
) -> Result<Turn, ApplyError> {
    let reader = Reader::new(job.connection.clone());
    let address = planned.address.as_str();
    let deadline = job.deadline();
    let mut live = product.live.clone();
    let mut pause = Duration::from_secs(1);
    loop {
        to_its_end(job, &reader, product.resource, &live, deadline, emit).await?;
        live = reader.live(std::slice::from_ref(subject)).await?.pop().unwrap_or_else(|| live.clone());
        let again = Product { resource: product.resource, live: &live };
        let made_at = job.connection.now().to_string();
        let made_of = MadeOf { read_at: made_at.clone(), made_at, ..job.plan.made_of.clone() };
        let plan = plan::plan(&[again], made_of, Vec::new(), job.stance);
        if !plan.is_blocked_only_by(address, |kind| kind == BlockerKind::InFlight) {
            let planned = still_approved(job.plan, planned, &plan)?;
            return Ok(Turn { plan, planned, live });
        }
        // The next one is on its way, or the product is behind its submission.
        if deadline.is_some_and(|deadline| Instant::now() >= deadline)
            && let Some(pending) = pending(&live)
        {
            let (submission, status) = (pending.id().to_owned(), pending.status());
            return Err(ApplyError::Timeout { submission, status });
        }
        tokio::time::sleep(job.connection.scaled(pause)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn pending(live: &Live) -> Option<&Document> {
    match live {
        Live::Readable(product) => product.pending.as_ref(),
        Live::Unsupported(_) | Live::NoSuchApp(_) | Live::Unreadable(_) => None,
    }
}

async fn to_its_end(
    job: &Job<'_>,
    reader: &Reader,
    resource: &Resource,
    live: &Live,
    deadline: Option<Instant>,
    emit: &(dyn Fn(Event) + Sync),
) -> Result<(), ApplyError> {
    let Live::Readable(live) = live else { return Ok(()) };
    let Some(pending) = &live.pending else { return Ok(()) };
    let text = format!("waiting for submission {}, which is {}", pending.id(), pending.status());
    emit(Event::Remark { address: resource.address.to_string(), text });
    let followed = Followed {
        connection: job.connection,
        reader,
        address: resource.address.as_str(),
        place: &place(resource, live),
        submission: pending.id(),
        desired: &resource.desired,
    };
    match follow(followed, WaitFor::Published, deadline, emit).await {
        // What has come of it, the next plan says.
        Ok(_) | Err(ApplyError::Rejected { .. } | ApplyError::FellBack { .. } | ApplyError::Gone { .. }) => {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The resource as it is planned now, if that is what was approved.
fn still_approved(approved: &Plan, planned: &ResourcePlan, now: &Plan) -> Result<ResourcePlan, ApplyError> {
    if !now.blockers.is_empty() {
        return Err(ApplyError::Blocked { blockers: now.blockers.clone() });
    }
    let is_permitted = |guard| {
        let mut known = approved.guards.iter().filter(|hit| hit.address == planned.address);
        known.any(|hit| hit.guard == guard && hit.permitted)
    };
    let errors = now.diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
    let mut differences: Vec<String> = errors.map(|finding| finding.message.clone()).collect();
    let open = now.unpermitted().filter(|hit| !is_permitted(hit.guard));
    differences.extend(open.map(|hit| format!("{} needs a permit by now: {}", hit.guard, hit.detail)));
    let [fresh] = now.resources.as_slice() else { unreachable!("one product was planned") };
    if !fresh.does_the_same(planned) {
        differences.extend(verify::change_differences(&planned.changes, &fresh.changes));
        if differences.is_empty() {
            differences.push("something else is to be done by now".to_owned());
        }
    }
    if differences.is_empty() { Ok(fresh.clone()) } else { Err(ApplyError::Stale { differences }) }
}
