//! A plan being carried out: every resource in its turn, side by side.

use std::time::Duration;

use futures::{StreamExt, stream};

use crate::partner_center::Connection;
use crate::plan::{Action, ChangeRoute, Options, Plan, Product, ResourcePlan};
use crate::submission::{Kind, Live};

use super::event::{Event, Outcome, Report};
use super::follow::WaitFor;
use super::work::Work;

/// What to carry out, and with what.
#[derive(Debug)]
pub struct Job<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What the plan was made from, in the same order.
    pub products: &'a [Product<'a>],
    /// The options that it was made with.
    pub options: Options,
    /// The connection to the Store.
    pub connection: &'a Connection,
    /// How far to follow.
    pub wait: WaitFor,
    /// How long to follow.
    pub timeout: Option<Duration>,
    /// How many resources are worked on at a time.
    pub parallel: usize,
}

/// Carries a plan out. Resources with blockers are left alone; the others are worked on side by side, and the
/// failure of one stops none of the others. The caller has seen to guards. Reports come in the order of the plan.
pub async fn apply(job: &Job<'_>, emit: &(dyn Fn(Event) + Sync)) -> Vec<Report> {
    let mut work: Vec<(usize, &ResourcePlan, &Product<'_>)> = job
        .plan
        .resources
        .iter()
        .zip(job.products)
        .enumerate()
        .map(|(place, (planned, product))| (place, planned, product))
        .filter(|(_, planned, _)| {
            planned.action != Action::None && job.plan.blockers_of(&planned.address).next().is_none()
        })
        .collect();
    work.sort_by_key(|(place, planned, _)| (turn(planned), *place));
    let mut reports: Vec<(usize, Report)> = stream::iter(work)
        .map(|(place, planned, product)| async move {
            let outcome = match product.live {
                Live::Readable(live) => {
                    let work = Work::new(job, planned, product.resource, live, emit);
                    work.carry_out().await.unwrap_or_else(Outcome::Failed)
                }
                Live::Unsupported(_) | Live::NoSuchApp(_) => {
                    unreachable!("such a product has a blocker, or a plan with errors")
                }
            };
            (place, Report { address: planned.address.clone(), outcome })
        })
        .buffer_unordered(job.parallel.max(1))
        .collect()
        .await;
    reports.sort_by_key(|(place, _)| *place);
    reports.into_iter().map(|(_, report)| report).collect()
}

/// When a resource is begun: what takes effect at once comes first, since people wait for it, and what cannot be undone
/// comes last. Only the start is ordered; no resource waits for another one's end.
fn turn(planned: &ResourcePlan) -> u8 {
    let is_live = planned.changes.iter().any(|change| change.route == ChangeRoute::Live);
    match (planned.action, planned.kind) {
        (Action::Delete, _) => 4,
        _ if is_live => 0,
        (_, Kind::AddOn) => 1,
        (_, Kind::Flight) => 2,
        (_, Kind::App) => 3,
    }
}
