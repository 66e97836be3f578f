//! How a plan differs from an earlier one, such as the one that was approved.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manifest::Guard;
use crate::submission::canonical;

use super::blocker::Blocker;
use super::types::{Action, Change, GuardHit, Plan, ResourcePlan};

/// How a plan differs from an earlier one. Times, origins, places in files and what is not managed are no difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The products that differ: in the order of the later plan, then those that only the earlier one has.
    pub resources: Vec<ResourceDifference>,
    /// Risks that came or went; one whose detail changed did both.
    pub guards: CameAndWent<GuardHit>,
    /// Blockers that came or went.
    pub blockers: CameAndWent<Blocker>,
}

/// How the plan for one product differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceDifference {
    /// How the repository calls it.
    pub address: String,
    /// Its Store ID, or for a flight the flight's id, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<WasAndIs<String>>,
    /// What is to be done with it, where that is something else.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<WasAndIs<Action>>,
    /// The changes that are not the same in both, in the order of the later plan, then those that only the earlier one has.
    pub changes: Vec<ChangeDifference>,
    /// The guards that its manifest accepts now and did not, or the other way round.
    pub permits: CameAndWent<Guard>,
}

/// A value that is another one now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WasAndIs<T> {
    /// The earlier one.
    pub was: T,
    /// The later one.
    pub is: T,
}

/// What is new in a set, and what is no longer in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CameAndWent<T> {
    /// New.
    pub came: Vec<T>,
    /// Gone.
    pub went: Vec<T>,
}

/// A change that is not the same in both plans; one of the two is there at least.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeDifference {
    /// The change as it was planned; absent for what was not planned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub was: Option<Change>,
    /// The change as it is planned now; absent for what is no longer planned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub is: Option<Change>,
}

impl<T: Clone> CameAndWent<T> {
    fn of(was: &[T], is: &[T], same: impl Fn(&T, &T) -> bool) -> Self {
        let without = |all: &[T], others: &[T]| -> Vec<T> {
            all.iter().filter(|one| !others.iter().any(|other| same(one, other))).cloned().collect()
        };
        Self { came: without(is, was), went: without(was, is) }
    }
}

impl<T> CameAndWent<T> {
    fn is_empty(&self) -> bool {
        self.came.is_empty() && self.went.is_empty()
    }
}

impl<T: Clone + PartialEq> WasAndIs<T> {
    fn of(was: &T, is: &T) -> Option<Self> {
        (was != is).then(|| Self { was: was.clone(), is: is.clone() })
    }
}

impl Difference {
    /// Whether two plans do the same, as far as they tell.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.guards.is_empty() && self.blockers.is_empty()
    }
}

/// How `is` differs from `was`.
pub fn difference(was: &Plan, is: &Plan) -> Difference {
    let in_was = |address: &str| was.resources.iter().find(|resource| resource.address == address);
    let is_new = |address: &str| is.resources.iter().any(|resource| resource.address == address);
    let gone = was.resources.iter().filter(|resource| !is_new(&resource.address));
    let of_both = is.resources.iter().map(|resource| of_resource(in_was(&resource.address), Some(resource)));
    let resources = of_both.chain(gone.map(|resource| of_resource(Some(resource), None))).flatten().collect();
    let guard =
        |a: &GuardHit, b: &GuardHit| (&a.address, a.guard, &a.detail) == (&b.address, b.guard, &b.detail);
    let blocker =
        |a: &Blocker, b: &Blocker| (&a.address, a.kind, &a.detail) == (&b.address, b.kind, &b.detail);
    Difference {
        resources,
        guards: CameAndWent::of(&was.guards, &is.guards, guard),
        blockers: CameAndWent::of(&was.blockers, &is.blockers, blocker),
    }
}

/// `None` where both do the same. A product that is in one of the plans only is, in the other, one with which nothing is done.
fn of_resource(was: Option<&ResourcePlan>, is: Option<&ResourcePlan>) -> Option<ResourceDifference> {
    let address = was.or(is)?.address.clone();
    let changes = |plan: Option<&ResourcePlan>| plan.map_or(Vec::new(), |plan| plan.changes.clone());
    let action = |plan: Option<&ResourcePlan>| plan.map_or(Action::None, |plan| plan.action);
    // Where nothing is done, it does not matter with what, or by whose leave.
    let both = was.zip(is).filter(|(was, is)| was.action != Action::None && is.action != Action::None);
    let permits = |of: fn((&'_ ResourcePlan, &'_ ResourcePlan)) -> Vec<Guard>| both.map_or(Vec::new(), of);
    let difference = ResourceDifference {
        address,
        id: both.and_then(|(was, is)| WasAndIs::of(&was.id, &is.id)),
        action: WasAndIs::of(&action(was), &action(is)),
        changes: change_differences(&changes(was), &changes(is)),
        permits: CameAndWent::of(
            &permits(|(was, _)| was.permits.iter().copied().collect()),
            &permits(|(_, is)| is.permits.iter().copied().collect()),
            PartialEq::eq,
        ),
    };
    let is_empty = difference.id.is_none()
        && difference.action.is_none()
        && difference.changes.is_empty()
        && difference.permits.is_empty();
    (!is_empty).then_some(difference)
}

/// The changes of two lists that are not the same in both.
pub fn change_differences(was: &[Change], is: &[Change]) -> Vec<ChangeDifference> {
    let mut old: Vec<&Change> = was.iter().collect();
    let mut new: Vec<Option<&Change>> = is.iter().map(Some).collect();
    for place in &mut new {
        if let Some(at) = old.iter().position(|old| place.is_some_and(|new| is_same(old, new))) {
            old.remove(at);
            *place = None;
        }
    }
    // Two changes can be at one path: an image goes from a place that another one moves to.
    let pairs: [fn(&Change, &Change) -> bool; 2] =
        [|a, b| a.path == b.path && a.op == b.op, |a, b| a.path == b.path];
    let mut partners: Vec<Option<&Change>> = vec![None; new.len()];
    for is_pair in pairs {
        for (new, partner) in new.iter().zip(&mut partners) {
            let Some(new) = new.filter(|_| partner.is_none()) else { continue };
            if let Some(at) = old.iter().position(|old| is_pair(old, new)) {
                *partner = Some(old.remove(at));
            }
        }
    }
    let of_new = new.into_iter().zip(partners).filter_map(|(is, was)| is.map(|is| (was, Some(is))));
    let of_old = old.into_iter().map(|was| (Some(was), None));
    of_new.chain(of_old).map(|(was, is)| ChangeDifference { was: was.cloned(), is: is.cloned() }).collect()
}

/// Whether two changes do the same.
fn is_same(a: &Change, b: &Change) -> bool {
    let digest = |change: &Change| change.asset.as_ref().map(|asset| asset.sha256.clone());
    (&a.path, a.op) == (&b.path, b.op)
        && canonical::same(a.before.as_ref(), b.before.as_ref())
        && canonical::same(a.after.as_ref(), b.after.as_ref())
        && digest(a) == digest(b)
}
