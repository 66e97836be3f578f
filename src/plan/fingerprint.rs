//! What a plan stands on, in short: the same plan always has the same fingerprint.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::asset::Digest;
use crate::submission::canonical;

use super::types::{Action, Change, Fingerprints, Plan, ResourcePlan};

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

impl Plan {
    /// Whether this is what remains of an approved plan that was carried out in part: whatever is sent now is what was
    /// approved, and the other products got it by now.
    pub fn is_rest_of(&self, approved: &Self) -> bool {
        // The approval is of a fingerprint, so what the plan says holds only as far as it has that one.
        let is_approved = fingerprints(&approved.resources).plan == approved.fingerprints.plan;
        let sends = |resource: &ResourcePlan| !matches!(resource.action, Action::None | Action::InProgress);
        let got_it = |was: &ResourcePlan, is: &ResourcePlan| match (is.action, was.action) {
            (Action::InProgress, _) | (Action::None, Action::Live | Action::Delete) => true,
            // Another submission was published; where it is the same, the manifest is another one.
            (Action::None, _) => was.base != is.base,
            _ => false,
        };
        let now = |was: &ResourcePlan| self.resources.iter().find(|is| is.address == was.address);
        let before = |is: &ResourcePlan| approved.resources.iter().find(|was| was.address == is.address);
        is_approved
            && self.resources.iter().filter(|is| sends(is)).all(|is| before(is).is_some_and(sends))
            && approved.resources.iter().filter(|was| sends(was)).all(|was| {
                now(was).is_some_and(|is| {
                    got_it(was, is) || action(is).as_ref().map(digest) == action(was).as_ref().map(digest)
                })
            })
    }
}
