//! What a plan stands on, in short: the same plan always has the same fingerprint.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::asset::Digest;
use crate::submission::canonical;

use super::types::{ANEW, Action, Change, ChangeRoute, Fingerprints, LiveSource, ResourcePlan};

/// What is done with products, in canonical spelling, by address.
pub(super) type Actions<'a> = BTreeMap<&'a str, String>;

fn spelled(value: &Value) -> String {
    canonical::value(value).unwrap_or(Value::Null).to_string()
}

/// 32 hex digits of SHA-256.
fn digest(spelled: &str) -> String {
    let mut hex = Digest::of(spelled.as_bytes()).to_string();
    hex.truncate(32);
    hex
}

/// A change. What a flight was that is made anew nobody can tell once it is deleted.
fn change(change: &Change, is_anew: bool) -> Value {
    let before = change.before.as_ref().filter(|_| !(is_anew && change.route == ChangeRoute::Create));
    json!({
        "path": change.path,
        "op": change.op,
        "before": before,
        "after": change.after,
        "asset": change.asset.as_ref().map(|asset| &asset.sha256),
    })
}

/// What is done with a product, without times and ids of things yet to be made; `None` where that is nothing.
pub(super) fn action(resource: &ResourcePlan) -> Option<String> {
    let is_anew = resource.is_made_anew();
    let id = if is_anew { ANEW } else { &resource.id };
    let mut changes: Vec<Value> = resource.changes.iter().map(|own| change(own, is_anew)).collect();
    changes.sort_by_key(ToString::to_string);
    // Some changes bring several files.
    let mut files: Vec<&str> = resource.uploads.iter().map(|asset| asset.sha256.as_str()).collect();
    files.sort_unstable();
    let mut permits: Vec<&str> = resource.permits.iter().map(|guard| guard.as_str()).collect();
    permits.sort_unstable();
    (resource.action != Action::None).then(|| {
        spelled(&json!({
            "action": resource.action, "id": id, "changes": changes, "files": files, "permits": permits,
        }))
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
        live.insert(resource.address.clone(), digest(&spelled(&json!(before))));
        for asset in &resource.uploads {
            assets.insert(asset.file.clone(), asset.sha256.clone());
        }
    }
    Fingerprints { plan: of_all(&actions(resources), live_source), live, assets }
}

pub(super) fn actions(resources: &[ResourcePlan]) -> Actions<'_> {
    resources.iter().filter_map(|resource| Some((resource.address.as_str(), action(resource)?))).collect()
}

/// The fingerprint of a plan that does this. The actions are spelled before, so that many plans of the same ones are
/// looked at quickly.
pub(super) fn of_all(actions: &Actions<'_>, live_source: LiveSource) -> String {
    let members: Vec<String> =
        actions.iter().map(|(address, action)| format!("{}:{action}", json!(address))).collect();
    let all = if members.is_empty() { None } else { Some(format!("{{{}}}", members.join(","))) };
    let over = match (all, live_source) {
        (None, _) => "null".to_owned(),
        (Some(all), LiveSource::Account | LiveSource::Snapshot) => all,
        (Some(all), LiveSource::Baseline) => format!("{{\"offline\":{all}}}"),
    };
    format!("sp1:{}", digest(&over))
}

/// Whether two products get the same.
pub(super) fn is_same(a: &ResourcePlan, b: &ResourcePlan) -> bool {
    action(a) == action(b)
}
