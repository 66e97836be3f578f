//! A plan being carried out: every resource in its turn, side by side.

use std::time::Duration;

use futures::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::partner_center::{Connection, Subject};
use crate::plan::{Action, BlockerKind, Options, Plan, Product, ResourcePlan, Stance};
use crate::submission::Live;

use super::event::{Event, Outcome, Report};
use super::follow::WaitFor;
use super::turn::{Turn, turn};
use super::work::Work;

/// What to carry out, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What the plan was made from.
    pub products: &'a [Product<'a>],
    /// How each of these products is found in the Store.
    pub subjects: &'a [Subject],
    /// The options that it was made with.
    pub options: Options,
    /// What the run may do about submissions in the way.
    pub stance: Stance,
    /// Whether a resource waits for what is on its way and blocks it.
    pub waits: bool,
    /// The connection to the Store.
    pub connection: &'a Connection,
    /// How far to follow.
    pub wait: WaitFor,
    /// How long to wait for what is on its way, and then how long to follow.
    pub timeout: Option<Duration>,
    /// How many resources are worked on at a time.
    pub parallel: usize,
}

impl Job<'_> {
    /// When the time is up that begins now; one that ends beyond what the clock can tell is none. It is scaled like every
    /// wait of the run.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.timeout.and_then(|timeout| Instant::now().checked_add(self.connection.scaled(timeout)))
    }
}

/// Carries a plan out. Resources with blockers are left alone, unless they wait for their turn; the others are worked on
/// side by side, and the failure of one stops none of the others. They are begun in the order of the plan, in which
/// reports come too; none waits for another one's end. The caller has seen to guards.
pub async fn apply(job: &Job<'_>, emit: &(dyn Fn(Event) + Sync)) -> Vec<Report> {
    let lanes = &Semaphore::new(job.parallel.max(1));
    let begun = job.plan.resources.iter().filter_map(|planned| {
        let is_blocked = job.plan.blockers_of(&planned.address).next().is_some();
        let waits =
            job.waits && job.plan.is_blocked_only_by(&planned.address, |kind| kind == BlockerKind::InFlight);
        if planned.action == Action::None || (is_blocked && !waits) {
            return None;
        }
        let is =
            |(product, _): &(&Product<'_>, &Subject)| product.resource.address.as_str() == planned.address;
        let (product, subject) = job.products.iter().zip(job.subjects).find(is)?;
        Some(async move {
            let outcome = if waits {
                in_its_turn(job, planned, product, subject, lanes, emit).await
            } else {
                at_once(job, planned, product, lanes, emit).await
            };
            Report { address: planned.address.clone(), outcome }
        })
    });
    join_all(begun).await
}

async fn in_its_turn(
    job: &Job<'_>,
    planned: &ResourcePlan,
    product: &Product<'_>,
    subject: &Subject,
    lanes: &Semaphore,
    emit: &(dyn Fn(Event) + Sync),
) -> Outcome {
    // Whoever only waits takes no lane from others.
    match turn(job, planned, product, subject, emit).await {
        Ok(Turn { plan, planned, live }) => {
            let job = Job { plan: &plan, ..*job };
            let product = Product { resource: product.resource, live: &live };
            at_once(&job, &planned, &product, lanes, emit).await
        }
        Err(error) => Outcome::Failed(error),
    }
}

async fn at_once(
    job: &Job<'_>,
    planned: &ResourcePlan,
    product: &Product<'_>,
    lanes: &Semaphore,
    emit: &(dyn Fn(Event) + Sync),
) -> Outcome {
    let _lane = lanes.acquire().await.expect("the lanes are never closed");
    match product.live {
        Live::Readable(live) => {
            let work = Work::new(job, planned, product.resource, live, emit);
            work.carry_out().await.unwrap_or_else(Outcome::Failed)
        }
        Live::Unsupported(_) | Live::NoSuchApp(_) | Live::Unreadable(_) => {
            unreachable!("such a product has a blocker, or a plan with errors")
        }
    }
}
