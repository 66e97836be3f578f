//! What a plan stands on, in short: the same plan always has the same fingerprint.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::asset::Digest;
use crate::manifest::Guard;
use crate::submission::canonical;

use super::types::{Action, Change, Fingerprints, ResourcePlan};

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

/// Fingerprints of a plan: over actions, changes, digests and permits; not over times or ids of things yet to be made.
/// Those of a plan that was made without the Store are never those of one that was made with it.
pub(super) fn fingerprints(resources: &[(&ResourcePlan, Vec<Guard>)], is_offline: bool) -> Fingerprints {
    let mut actions: BTreeMap<&str, Value> = BTreeMap::new();
    let mut live = BTreeMap::new();
    let mut assets = BTreeMap::new();
    for (resource, permits) in resources {
        let mut permits: Vec<&str> = permits.iter().map(|guard| guard.as_str()).collect();
        permits.sort_unstable();
        let mut changes: Vec<Value> = resource.changes.iter().map(change).collect();
        changes.sort_by_key(ToString::to_string);
        if resource.action != Action::None {
            let action = json!({ "action": resource.action, "id": resource.id, "changes": changes, "permits": permits });
            actions.insert(&resource.address, action);
        }
        let mut before: Vec<Value> = resource.changes.iter().map(|c| json!([c.path, c.before])).collect();
        before.sort_by_key(ToString::to_string);
        live.insert(resource.address.clone(), digest(&json!(before)));
        for asset in resource.changes.iter().filter_map(|change| change.asset.as_ref()) {
            assets.insert(asset.file.clone(), asset.sha256.clone());
        }
    }
    let over = if is_offline { json!({ "offline": actions }) } else { json!(actions) };
    Fingerprints { plan: format!("sp1:{}", digest(&over)), live, assets }
}
