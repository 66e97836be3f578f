//! What may have been planned for a product that is as the manifests want it by now.
//!
//! An earlier run of an approved plan may have carried its part of it out before it was killed. Partner Center does not
//! say what was there before; but what a resource is created with stands in its manifest, a share of customers is one of a
//! few numbers, and where nobody else was at work git says what was published.

use crate::submission::{Live, LiveProduct};

use super::flights::Flights;
use super::offline;
use super::planner::{Product, plan_one};
use super::running;
use super::types::{Action, MadeOf, ResourcePlan};

/// The plans that may have been approved for a product with which nothing is to be done now.
pub(super) fn done(product: Product<'_>, made_of: &MadeOf, flights: &Flights<'_>) -> Vec<ResourcePlan> {
    let Live::Readable(live) = product.live else { return Vec::new() };
    let on = |live: LiveProduct| -> Vec<ResourcePlan> {
        let live = Live::Readable(Box::new(live));
        let plan = plan_one(Product { live: &live, ..product }, made_of, flights);
        let planned = plan.resources.into_iter().filter(|planned| planned.action != Action::None);
        planned.chain(plan.begun).collect()
    };
    let before = [was_deleted(product, live), was_created(product, live), was_published(product, live)];
    let mut plans: Vec<ResourcePlan> = before.into_iter().flatten().flat_map(on).collect();
    plans.extend(was_raised(product, made_of, flights, live));
    plans
}

/// The resource as it was before it was deleted. Of one that no manifest knows by its id, the id is gone.
fn was_deleted(product: Product<'_>, live: &LiveProduct) -> Option<LiveProduct> {
    let Product { resource, baseline, .. } = product;
    let is_gone = resource.absent.is_some() && live.member.is_none();
    let known = [Some(resource), baseline].into_iter().flatten().find(|known| known.id.is_some());
    let member = known.filter(|_| is_gone).and_then(offline::member);
    member.map(|member| LiveProduct { member: Some(member), ..live.clone() })
}

/// The resource before it was created. One that is known by its id, or that git knew before, was there already.
fn was_created(product: Product<'_>, live: &LiveProduct) -> Option<LiveProduct> {
    let Product { resource, baseline, .. } = product;
    let member = live.member.as_ref()?;
    let is_created = resource.absent.is_none()
        && resource.id.is_none()
        && baseline.is_none_or(|baseline| baseline.absent.is_some());
    is_created.then(|| LiveProduct {
        member: None,
        published: None,
        pending: None,
        flights: live.flights.iter().filter(|flight| flight.id() != member.id()).cloned().collect(),
        ..live.clone()
    })
}

/// The resource as git says it was before a submission was published.
fn was_published(product: Product<'_>, live: &LiveProduct) -> Option<LiveProduct> {
    let Product { resource, baseline, .. } = product;
    let baseline = baseline.filter(|baseline| baseline.absent.is_none() && resource.absent.is_none())?;
    let published = offline::published_over(live.published.as_ref()?, resource.kind(), &baseline.desired);
    Some(LiveProduct { published: Some(published), pending: None, ..live.clone() })
}

/// The calls that may have set the share of customers that a rollout has.
fn was_raised(
    product: Product<'_>,
    made_of: &MadeOf,
    flights: &Flights<'_>,
    live: &LiveProduct,
) -> Vec<ResourcePlan> {
    let Some(published) = &live.published else { return Vec::new() };
    let calls = running::raised(product.resource, published);
    let Some(planned) = plan_one(product, made_of, flights).resources.pop().filter(|_| !calls.is_empty())
    else {
        return Vec::new();
    };
    let before = |call| ResourcePlan { action: Action::Live, changes: vec![call], ..planned.clone() };
    calls.into_iter().map(before).collect()
}
