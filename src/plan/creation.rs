//! What can be set only while a resource is created: creating, and what cannot be changed afterwards.

use serde_json::{Value, json};

use crate::manifest::{Creation, Guard, Resource};
use crate::submission::{Member, Path, Section};

use super::types::{Change, ChangeRoute, Op};

/// What a resource is created with, as changes.
pub(super) fn created(resource: &Resource) -> Vec<Change> {
    stated(resource)
        .into_iter()
        .map(|(key, value)| change(resource, key, None, value, ChangeRoute::Create))
        .collect()
}

/// What is stated and differs from what is there. The API changes none of it.
pub(super) fn different(resource: &Resource, member: &Member, flights: &[Member]) -> Vec<Change> {
    let is_rank_right = match &resource.creation {
        Creation::Flight { rank_higher_than: Some(below), .. } => ranks_above(member, below, flights),
        _ => true,
    };
    stated(resource)
        .into_iter()
        .filter_map(|(key, wanted)| {
            let live = match key {
                "productId" => json!(member.product_id()),
                "productType" => json!(member.product_type()),
                "friendlyName" => json!(member.friendly_name()),
                "groupIds" => json!(sorted(member.group_ids())),
                _ => json!(member.rank_higher_than()),
            };
            let same = if key == "rankHigherThan" { is_rank_right } else { live == wanted };
            (!same).then(|| change(resource, key, Some(live), wanted, ChangeRoute::Create))
        })
        .collect()
}

fn change(resource: &Resource, key: &str, before: Option<Value>, after: Value, route: ChangeRoute) -> Change {
    Change {
        path: Path::new([key]),
        op: Op::Set,
        before: before.filter(|value| !value.is_null()),
        after: Some(after),
        route,
        origin: None,
        baseline: None,
        source: Some(resource.at.clone()),
        asset: None,
        section: Some(Section::Properties),
    }
}

/// What the manifest states, by key.
fn stated(resource: &Resource) -> Vec<(&'static str, Value)> {
    let text = |key, text: &Option<String>| text.as_ref().map(|text| (key, json!(text)));
    let stated = match &resource.creation {
        Creation::App => Vec::new(),
        Creation::AddOn { product_id, product_type } => {
            vec![text("productId", product_id), text("productType", product_type)]
        }
        Creation::Flight { friendly_name, group_ids, rank_higher_than } => vec![
            text("friendlyName", friendly_name),
            group_ids.as_ref().map(|ids| ("groupIds", json!(sorted(ids.clone())))),
            text("rankHigherThan", rank_higher_than),
        ],
    };
    stated.into_iter().flatten().collect()
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids.dedup();
    ids
}

/// Whether a flight named by name or id lies anywhere below.
fn ranks_above(flight: &Member, wanted: &str, flights: &[Member]) -> bool {
    let is = |flight: &Member, name: &str| flight.friendly_name() == name || flight.id() == name;
    let mut at = flight;
    for _ in 0..=flights.len() {
        let Some(below) = at.rank_higher_than() else { return false };
        if below == wanted {
            return true;
        }
        let Some(next) = flights.iter().find(|other| is(other, below)) else { return false };
        if is(next, wanted) {
            return true;
        }
        at = next;
    }
    false
}

/// The guard of deleting a resource.
pub(super) fn guard_of_deletion(resource: &Resource) -> Option<Guard> {
    match &resource.creation {
        Creation::App => None,
        Creation::AddOn { .. } => Some(Guard::DeletesAddOn),
        Creation::Flight { .. } => Some(Guard::DeletesFlight),
    }
}

/// The name for people.
pub(super) fn name(resource: &Resource, member: Option<&Member>) -> String {
    let live = member.map(|member| match resource.creation {
        Creation::AddOn { .. } => member.product_id().to_owned(),
        _ => member.friendly_name().to_owned(),
    });
    let own = match &resource.creation {
        Creation::AddOn { product_id, .. } => product_id.clone(),
        Creation::Flight { friendly_name, .. } => friendly_name.clone(),
        Creation::App => None,
    };
    live.or(own).unwrap_or_default()
}
