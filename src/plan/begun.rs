//! What an earlier run did of a resource already: what was planned before it, so that the approval of that plan still
//! holds for its rest.
//!
//! Only what the live state shows to be done is taken back here: a resource that is there and was never published, a
//! submission that is on its way with what is wanted, a rollout that is closed as the manifest says. So whatever is
//! approved with the plan before covers all that is still sent.

use super::creation;
use super::flights::Flights;
use super::intended::Intended;
use super::running;
use super::types::{Action, AssetRef, ResourcePlan};
use crate::manifest::Resource;
use crate::submission::LiveProduct;

/// The plans that may have been approved for a resource before a run began with it. `planned` is its plan with nothing
/// in it yet.
pub(super) fn begun(
    planned: &ResourcePlan,
    resource: &Resource,
    live: &LiveProduct,
    intended: &Intended,
    flights: &Flights<'_>,
) -> Vec<ResourcePlan> {
    if !intended.calls.is_empty() {
        // The calls come first: nothing was begun.
        return Vec::new();
    }
    let overlay = &intended.overlay;
    // What is known by its id was not created by a run of this manifest.
    let is_new = live.member.is_some() && live.published.is_none() && resource.id.is_none();
    let submits = is_new || !overlay.changes.is_empty();
    let mut before = planned.clone();
    before.changes.clone_from(&overlay.changes);
    before.uploads = overlay.uploads.iter().map(|asset| AssetRef::from(&**asset)).collect();
    before.action = if is_new { Action::Create } else { Action::Update };
    if is_new {
        before.id.clear();
        before.changes.extend(creation::created(resource, flights));
    }
    let anew = (is_new && creation::may_be_made_anew(resource)).then(|| before.anew());
    let with_call = running::closed(resource, &intended.published, submits).map(|call| {
        let mut before = before.clone();
        before.changes.push(call);
        before.action = if submits { before.action } else { Action::Live };
        before
    });
    let without = submits.then_some(before);
    without.into_iter().chain(anew).chain(with_call).collect()
}
