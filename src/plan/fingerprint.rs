//! What a plan stands on, in short: the same plan always has the same fingerprint.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::asset::Digest;
use crate::submission::canonical;

use super::types::{Action, Change, ChangeRoute, Fingerprints, Plan, ResourcePlan};

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
/// different fingerprints can be told apart by reading.
pub(super) fn fingerprints(resources: &[ResourcePlan]) -> Fingerprints {
    let mut actions: BTreeMap<&str, Value> = BTreeMap::new();
    let mut live = BTreeMap::new();
    let mut assets = BTreeMap::new();
    for resource in resources {
        if let Some(action) = action(resource) {
            actions.insert(&resource.address, action);
        }
        let mut before: Vec<Value> = resource.changes.iter().map(|c| json!([c.path, c.before])).collect();
        before.sort_by_key(ToString::to_string);
        live.insert(resource.address.clone(), digest(&json!(before)));
        for asset in &resource.uploads {
            assets.insert(asset.file.clone(), asset.sha256.clone());
        }
    }
    Fingerprints { plan: format!("sp1:{}", digest(&json!(actions))), live, assets }
}

/// Whether two products get the same.
fn is_same(a: &ResourcePlan, b: &ResourcePlan) -> bool {
    action(a).as_ref().map(digest) == action(b).as_ref().map(digest)
}

impl ResourcePlan {
    /// Whether the same is to be done as another plan of the product says.
    pub fn does_the_same(&self, other: &Self) -> bool {
        is_same(self, other)
    }
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

/// What remains of creating a product once it is there: its first submission.
fn once_created(was: &ResourcePlan, is: &ResourcePlan) -> Option<ResourcePlan> {
    let mut rest = was.clone();
    rest.changes.retain(|change| change.route != ChangeRoute::Create);
    (rest.id, rest.action) = (is.id.clone(), Action::Update);
    (was.action == Action::Create && is.base.is_none()).then_some(rest)
}

impl Plan {
    /// Whether this is what remains of an approved plan that was carried out in part: whatever is sent now is what was
    /// approved, and the other products got it by now.
    pub fn is_rest_of(&self, approved: &Self) -> bool {
        // The approval is of a fingerprint, so what the plan says holds only as far as it has that one.
        if fingerprints(&approved.resources).plan != approved.fingerprints.plan {
            return false;
        }
        let sends = |resource: &&ResourcePlan| !matches!(resource.action, Action::None | Action::InProgress);
        let holds = |was: &ResourcePlan| {
            self.resources.iter().find(|is| is.address == was.address).is_some_and(|is| {
                got_it(was, is)
                    || is_same(was, is)
                    || once_created(was, is).is_some_and(|rest| is_same(&rest, is))
            })
        };
        let was_sent =
            |is: &ResourcePlan| approved.resources.iter().filter(sends).any(|was| was.address == is.address);
        self.resources.iter().filter(sends).all(was_sent)
            && approved.resources.iter().filter(sends).all(holds)
    }
}
