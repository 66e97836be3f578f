//! What a plan stands on, in short: the same plan always has the same fingerprint.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::asset::Digest;
use crate::submission::canonical;

use super::types::{Action, Change, Fingerprints, LiveSource, Plan, ResourcePlan};

/// So many plans that may have been approved are looked at, where earlier runs have begun with several products.
const MOST_COMBINATIONS: usize = 4096;

/// What is done with products, by address.
type Actions<'a> = BTreeMap<&'a str, Value>;

/// 32 hex digits of SHA-256 over a value's canonical spelling.
fn digest(value: &Value) -> String {
    let spelled = canonical::value(value).unwrap_or(Value::Null).to_string();
    let mut hex = Digest::of(spelled.as_bytes()).to_string();
    hex.truncate(32);
    hex
}

fn change(change: &Change) -> Value {
    json!({
        "path": change.path,
        "op": change.op,
        "before": change.before,
        "after": change.after,
        "asset": change.asset.as_ref().map(|asset| &asset.sha256),
    })
}

/// What is done with a product, without times and ids of things yet to be made; `None` where that is nothing.
fn action(resource: &ResourcePlan) -> Option<Value> {
    let mut changes: Vec<Value> = resource.changes.iter().map(change).collect();
    changes.sort_by_key(ToString::to_string);
    // Some changes bring several files.
    let mut files: Vec<&str> = resource.uploads.iter().map(|asset| asset.sha256.as_str()).collect();
    files.sort_unstable();
    let mut permits: Vec<&str> = resource.permits.iter().map(|guard| guard.as_str()).collect();
    permits.sort_unstable();
    (resource.action != Action::None).then(|| {
        json!({
            "action": resource.action, "id": resource.id, "changes": changes, "files": files, "permits": permits,
        })
    })
}

/// Fingerprints of a plan: over actions, changes, digests and permits. All of that is in the plan, so that two plans with
/// different fingerprints can be told apart by reading. Those of a plan that was made without the Store are never those of
/// one that was made with it.
pub(super) fn fingerprints(resources: &[ResourcePlan], live_source: LiveSource) -> Fingerprints {
    let mut live = BTreeMap::new();
    let mut assets = BTreeMap::new();
    for resource in resources {
        let mut before: Vec<Value> = resource.changes.iter().map(|c| json!([c.path, c.before])).collect();
        before.sort_by_key(ToString::to_string);
        live.insert(resource.address.clone(), digest(&json!(before)));
        for asset in &resource.uploads {
            assets.insert(asset.file.clone(), asset.sha256.clone());
        }
    }
    Fingerprints { plan: of_all(&actions(resources), live_source), live, assets }
}

fn actions(resources: &[ResourcePlan]) -> Actions<'_> {
    resources.iter().filter_map(|resource| Some((resource.address.as_str(), action(resource)?))).collect()
}

fn of_all(actions: &Actions<'_>, live_source: LiveSource) -> String {
    let over = match live_source {
        LiveSource::Account | LiveSource::Snapshot => json!(actions),
        LiveSource::Baseline => json!({ "offline": actions }),
    };
    format!("sp1:{}", digest(&over))
}

/// Whether two products get the same.
pub(super) fn is_same(a: &ResourcePlan, b: &ResourcePlan) -> bool {
    action(a).as_ref().map(digest) == action(b).as_ref().map(digest)
}

/// Keeps of what may have been approved before only what differs from what is planned now.
pub(super) fn forget_what_was_not_begun(plan: &mut Plan) {
    let resources = &plan.resources;
    let is_planned = |before: &ResourcePlan| {
        resources.iter().any(|is| is.address == before.address && is_same(is, before))
    };
    plan.begun.retain(|before| !is_planned(before));
}

/// Whether a product got by now what was to be done with it, as far as it can be told.
fn got_it(was: &ResourcePlan, is: &ResourcePlan) -> bool {
    match (is.action, was.action) {
        (Action::InProgress, _) | (Action::None, Action::Live | Action::Delete) => true,
        // Another submission was published; where it is the same one, the manifest is another one.
        (Action::None, _) => was.base != is.base,
        _ => false,
    }
}

impl Plan {
    /// Whether this plan has an approved fingerprint, or had it before earlier runs began to carry it out: what is
    /// still sent was approved with it. What was published meanwhile can be told by a saved plan only.
    pub fn has_or_had(&self, approved: &str) -> bool {
        let mut candidates = vec![actions(&self.resources)];
        for before in &self.begun {
            let Some(action) = action(before) else { continue };
            // Either way of this one with every way of those before it.
            let mut more = candidates.clone();
            for candidate in &mut more {
                candidate.insert(&before.address, action.clone());
            }
            if candidates.len() + more.len() > MOST_COMBINATIONS {
                candidates = more;
            } else {
                candidates.extend(more);
            }
        }
        candidates.iter().any(|candidate| of_all(candidate, self.made_of.live) == approved)
    }

    /// Whether this is what remains of an approved plan that was carried out in part: whatever is sent now is what was
    /// approved, and the other products got it by now.
    pub fn is_rest_of(&self, approved: &Self) -> bool {
        // The approval is of a fingerprint, so what the plan says holds only as far as it has that one.
        if fingerprints(&approved.resources, approved.made_of.live).plan != approved.fingerprints.plan {
            return false;
        }
        let sends = |resource: &&ResourcePlan| !matches!(resource.action, Action::None | Action::InProgress);
        let holds = |was: &ResourcePlan| {
            self.resources.iter().find(|is| is.address == was.address).is_some_and(|is| {
                let mut before = self.begun.iter().filter(|before| before.address == is.address);
                got_it(was, is) || is_same(was, is) || before.any(|before| is_same(was, before))
            })
        };
        let was_sent =
            |is: &ResourcePlan| approved.resources.iter().filter(sends).any(|was| was.address == is.address);
        self.resources.iter().filter(sends).all(was_sent)
            && approved.resources.iter().filter(sends).all(holds)
    }
}
