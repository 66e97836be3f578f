//! A plan being carried out: every resource in its turn, side by side.

use std::time::Duration;

use futures::future::join_all;
use tokio::sync::Semaphore;

use crate::partner_center::Connection;
use crate::plan::{Action, Options, Plan, Product, ResourcePlan};
use crate::submission::{Live, Status};

use super::error::ApplyError;
use super::event::{Emit, Event, Outcome, Report};
use super::follow::WaitFor;
use super::work::Work;

/// What to carry out, and with what.
#[derive(Debug)]
pub struct Job<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What the plan was made from.
    pub products: &'a [Product<'a>],
    /// The options that it was made with.
    pub options: Options,
    /// The connection to the Store.
    pub connection: &'a Connection,
    /// How far to follow.
    pub wait: WaitFor,
    /// How long to follow.
    pub timeout: Option<Duration>,
    /// How many resources are worked on at a time: each takes one of these places.
    pub lanes: &'a Semaphore,
}

/// Deletes the pending submission of a resource of the plan, if it still is as it was when the plan was made; one that is
/// gone already is as good. The caller has seen to whose it is.
pub async fn discard(job: &Job<'_>, address: &str, emit: &Emit) -> Result<(), ApplyError> {
    let planned = job.plan.resource(address);
    let product = job.products.iter().find(|product| product.resource.address.as_str() == address);
    match (planned, product.map(|product| (product.resource, product.live))) {
        (Some(planned), Some((resource, Live::Readable(live)))) => {
            Work::new(job, planned, resource, live, emit).discard().await
        }
        _ => Ok(()),
    }
}

/// Follows the pending submission of a resource of the plan, and changes nothing. The caller has seen that there is one,
/// and that it was committed.
pub async fn follow_pending(job: &Job<'_>, address: &str, emit: &Emit) -> Result<Status, ApplyError> {
    let planned = job.plan.resource(address);
    let product = job.products.iter().find(|product| product.resource.address.as_str() == address);
    match (planned, product.map(|product| (product.resource, product.live))) {
        (Some(planned), Some((resource, Live::Readable(live)))) => {
            Work::new(job, planned, resource, live, emit).follow_pending().await
        }
        _ => unreachable!("the plan was made from this product"),
    }
}

/// What there is to tell of the resources that are left alone.
pub fn blocked(plan: &Plan) -> impl Iterator<Item = Event> {
    plan.blockers.iter().map(|blocker| {
        let (address, detail) = (blocker.address.clone(), blocker.detail.clone());
        Event::Blocked { address, blocker: blocker.kind, detail }
    })
}

/// Carries a plan out. Resources with blockers are left alone; the others are worked on side by side, and the
/// failure of one stops none of the others. They are begun in the order of the plan, in which reports come too; none
/// waits for another one's end. The caller has seen to guards.
pub async fn apply(job: &Job<'_>, emit: &Emit) -> Vec<Report> {
    blocked(job.plan).for_each(|event| emit(event));
    let product_of = |planned: &ResourcePlan| {
        job.products.iter().find(|product| product.resource.address.as_str() == planned.address)
    };
    let work = job
        .plan
        .resources
        .iter()
        .filter(|planned| {
            planned.action != Action::None && job.plan.blockers_of(&planned.address).next().is_none()
        })
        .filter_map(|planned| Some((planned, product_of(planned)?)));
    let reports = work.map(|(planned, product)| async move {
        let Live::Readable(live) = product.live else {
            unreachable!("such a product has a blocker, or a plan with errors")
        };
        let _lane = job.lanes.acquire().await.expect("the lanes are never closed");
        let work = Work::new(job, planned, product.resource, live, emit);
        let outcome = work.carry_out().await.unwrap_or_else(Outcome::Failed);
        let address = planned.address.clone();
        emit(Event::ended(address.clone(), &outcome, work.stage()));
        Report { address, outcome }
    });
    join_all(reports).await
}
