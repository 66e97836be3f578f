//! The order in which work on resources starts: rollout calls, add-ons, flights from the lowest rank up, apps, deletions.

use std::collections::HashMap;

use crate::manifest::{Creation, Resource};
use crate::submission::Kind;

use super::blocker::{Blocker, BlockerKind};
use super::flights::Flights;
use super::planner::Product;
use super::types::{Action, Plan, ResourcePlan, StepKind};

/// When work on a resource starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Start {
    /// A call that changes a running rollout, and nothing else.
    Rollout,
    AddOn,
    /// So many flights lie below it.
    Flight(usize),
    App,
    Deletion,
}

fn start(planned: &ResourcePlan, resource: &Resource, flights: &Flights<'_>) -> Start {
    match (planned.action, planned.kind) {
        (Action::Live, _) => Start::Rollout,
        (Action::Delete, _) => Start::Deletion,
        (_, Kind::AddOn) => Start::AddOn,
        (_, Kind::Flight) => Start::Flight(flights.height(resource)),
        (_, Kind::App) => Start::App,
    }
}

/// Puts resources and steps in the order in which work on them starts; what starts together stays in the order of the
/// manifests. A rollout call comes first also where a submission of the same resource waits for it.
pub(super) fn in_order_of_start(plan: &mut Plan, products: &[Product<'_>], flights: &Flights<'_>) {
    let resources = std::mem::take(&mut plan.resources);
    let mut started: Vec<(Start, ResourcePlan)> = resources
        .into_iter()
        .zip(products)
        .map(|(planned, product)| (start(&planned, product.resource, flights), planned))
        .collect();
    started.sort_by_key(|(start, _)| *start);
    plan.resources = started.into_iter().map(|(_, planned)| planned).collect();
    let place: HashMap<&str, usize> =
        plan.resources.iter().enumerate().map(|(place, planned)| (planned.address.as_str(), place)).collect();
    plan.steps
        .sort_by_key(|step| (step.kind != StepKind::Rollout, place.get(step.address.as_str()).copied()));
}

/// A flight is created above one that is there by then. Resources are in the order in which work on them starts.
pub(super) fn block_flights_above_nothing(plan: &mut Plan, products: &[Product<'_>], flights: &Flights<'_>) {
    for at in 0..plan.resources.len() {
        let planned = &plan.resources[at];
        let resource =
            products.iter().map(|product| product.resource).find(|r| r.address.as_str() == planned.address);
        let Some(Creation::Flight { rank_higher_than: Some(word), .. }) = resource.map(|r| &r.creation)
        else {
            continue;
        };
        let app = resource.map_or("", |resource| resource.address.app_name());
        let Some(below) = flights.find(app, word).filter(|_| planned.action == Action::Create) else {
            continue;
        };
        let comes = plan.resources[..at].iter().any(|lower| {
            Some(lower.address.as_str()) == below.address()
                && lower.action == Action::Create
                && plan.blockers_of(&lower.address).next().is_none()
        });
        if below.is_there() || comes {
            continue;
        }
        let address = planned.address.clone();
        let detail = format!("`{word}` is not there yet, and this run does not create it");
        plan.steps.retain(|step| step.address != address);
        plan.blockers.push(Blocker::new(&address, BlockerKind::FlightMissing, detail));
    }
}
