//! What a plan has to say beside lines: findings, blockers, guards.

use std::collections::BTreeMap;

use crate::manifest::{Guard, Location};
use crate::plan::{Blocker, Change, GuardHit, Origin, Plan, ResourcePlan};

use super::{Annotation, Level};

/// Where each resource is written, by its address.
pub type Places<'p> = BTreeMap<&'p str, &'p Location>;

/// The annotations of a plan: what must be seen comes first, because services show only so many.
///
/// Blockers have a level of their own: a plan with blockers is no failure, an apply is. A guard is a notice: it is no
/// fault, and what fails an apply for want of a permit is said beside.
pub fn annotations_of_plan(plan: &Plan, places: &Places<'_>, blockers: Level) -> Vec<Annotation> {
    let place = |address: &str| places.get(address).map(|at| (*at).clone());
    let blockers = plan.blockers.iter().map(|blocker| of_blocker(blocker, blockers, place(&blocker.address)));
    let (permitted, open): (Vec<&GuardHit>, Vec<&GuardHit>) =
        plan.guards.iter().partition(|hit| hit.permitted);
    let guards = open.into_iter().chain(permitted).map(|hit| {
        let resource = plan.resources.iter().find(|resource| resource.address == hit.address);
        let cause = resource.and_then(|resource| cause(hit, resource).cloned());
        of_guard(hit, cause.or_else(|| place(&hit.address)))
    });
    blockers.chain(plan.diagnostics.iter().map(Annotation::from)).chain(guards).collect()
}

fn of_blocker(blocker: &Blocker, level: Level, at: Option<Location>) -> Annotation {
    Annotation {
        level,
        code: blocker.kind.as_str().to_owned(),
        title: Some("blocks apply"),
        message: format!("{}: {}: {}", blocker.address, blocker.kind.fact(), blocker.detail),
        help: Some(blocker.remedies.join("; ")).filter(|help| !help.is_empty()),
        at,
    }
}

fn of_guard(hit: &GuardHit, at: Option<Location>) -> Annotation {
    let help = if hit.permitted {
        "permitted".to_owned()
    } else {
        format!("if it is meant, add `permit: [{}]` to the manifest", hit.guard)
    };
    Annotation {
        level: Level::Notice,
        code: hit.guard.as_str().to_owned(),
        title: Some(if hit.permitted { "is permitted" } else { "needs a permit" }),
        message: format!("{}: {}: {}", hit.address, hit.guard.risk(), hit.detail),
        help: Some(help),
        at,
    }
}

/// Where the change is written that trips a guard: of those below the guard's keys, the one with a key (a market, a
/// language) that the guard names, else the first.
fn cause<'p>(hit: &GuardHit, resource: &'p ResourcePlan) -> Option<&'p Location> {
    let written = || {
        let own = resource.changes.iter().filter(|change| trips(hit.guard, change));
        own.filter_map(|change| Some((change, change.source.as_ref()?)))
    };
    let named = written().find(|(change, _)| {
        let is_named = |key: &String| hit.detail.split([' ', ':', '.']).any(|word| word == key);
        change.path.keys().iter().skip(1).any(is_named)
    });
    named.or_else(|| written().next()).map(|(_, at)| at)
}

/// Whether a change is of the kind that trips a guard.
fn trips(guard: Guard, change: &Change) -> bool {
    let keys: &[&str] = match guard {
        Guard::PriceChange | Guard::BecomesFree | Guard::ReplacesMarketPrices | Guard::MarketRemoved => {
            &["pricing"]
        }
        Guard::ListingRemoved | Guard::ImagesRemoved => &["listings"],
        Guard::DropsTarget | Guard::PackageDowngrade | Guard::ShipsHalted => &["packages"],
        Guard::InheritsRollout => &["packages", "packageRollout"],
        Guard::ClosesRollout | Guard::RolloutDecrease => &["rollout"],
        Guard::MandatoryUpdate => &["isMandatoryUpdate"],
        Guard::VisibilityReduced => &["visibility"],
        Guard::RevertsDrift => return matches!(change.origin, Some(Origin::Drift | Origin::Conflict)),
        // About the resource as a whole.
        Guard::DeletesAddOn | Guard::DeletesFlight | Guard::RecreatesFlight | Guard::ReplacesDraft => &[],
    };
    change.path.keys().first().is_some_and(|key| keys.contains(&key.as_str()))
}
