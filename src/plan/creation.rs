//! What can be set only while a resource is created: creating, and what cannot be changed afterwards.

use serde_json::{Value, json};

use crate::manifest::{Creation, Guard, Resource};
use crate::submission::{Kind, Member, Path, Section};

use super::blocker::{Blocker, BlockerKind};
use super::flights::{Flight, Flights};
use super::types::{Change, ChangeRoute, Op};

/// What a resource is created with, as changes.
pub(super) fn created(resource: &Resource, flights: &Flights<'_>) -> Vec<Change> {
    stated(resource)
        .into_iter()
        .map(|(key, value)| {
            let value = if key == "rankHigherThan" { in_the_store(resource, value, flights) } else { value };
            change(resource, key, None, value, ChangeRoute::Create)
        })
        .collect()
}

/// The name by which the API knows the flight below, which the manifest may call by its own name for it.
fn in_the_store(resource: &Resource, word: Value, flights: &Flights<'_>) -> Value {
    let below = word.as_str().and_then(|word| flights.find(resource.address.app_name(), word));
    below.and_then(Flight::friendly_name).map_or(word, |name| json!(name))
}

/// What is stated and differs from what is there. The API changes none of it.
pub(super) fn different(resource: &Resource, member: &Member, flights: &Flights<'_>) -> Vec<Change> {
    let is_rank_right = match &resource.creation {
        Creation::Flight { rank_higher_than: Some(word), .. } => {
            let app = resource.address.app_name();
            // One that is no flight at all is another mistake.
            flights.find(app, word).is_none_or(|below| flights.ranks_above(app, member, below))
        }
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

/// Whether the manifest lets a flight that is another one be deleted and made anew. The new one gets another id, so that
/// a manifest with the old one would find none from then on.
pub(super) fn may_be_made_anew(resource: &Resource) -> bool {
    resource.kind() == Kind::Flight
        && resource.id.is_none()
        && resource.permits.iter().any(|permit| permit.guard == Guard::RecreatesFlight)
}

/// What a flight is created anew with, beside what of it was `different`.
pub(super) fn created_anew(resource: &Resource, flights: &Flights<'_>, different: &[Change]) -> Vec<Change> {
    let mut created = created(resource, flights);
    for change in &mut created {
        if let Some(was) = different.iter().find(|was| was.path == change.path) {
            change.before.clone_from(&was.before);
            change.origin = was.origin;
            change.baseline.clone_from(&was.baseline);
        }
    }
    created
}

/// What cannot be changed once a resource is there.
pub(super) fn portal_only(resource: &Resource, member: &Member, change: &Change) -> Blocker {
    let words = |value: &Option<Value>| match value {
        None => "not set".to_owned(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Some(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    };
    let detail = format!("{}: {} → {}", change.path, words(&change.before), words(&change.after));
    let mut blocker = Blocker::new(resource.address.as_str(), BlockerKind::PortalOnly, detail);
    if resource.kind() == Kind::AddOn {
        // Not even Partner Center changes what an add-on was created with (its page *Create an add-on submission*).
        blocker.remedies = vec![
            "write it here as it is there".to_owned(),
            "or describe another add-on, with a product id of its own".to_owned(),
        ];
    } else {
        let permit = Guard::RecreatesFlight;
        let is_found_by_name = matches!(
            &resource.creation,
            Creation::Flight { friendly_name: Some(name), .. } if name == member.friendly_name()
        );
        blocker.remedies.push(match (&resource.id, is_found_by_name) {
            (None, _) => format!(
                "or let the flight be deleted and created anew, with `permit: [{permit}]` and a release of it"
            ),
            (Some(_), true) => format!(
                "or let the flight be deleted and created anew, with `permit: [{permit}]` and a release of it, and without \
                 `id`: the new one gets another id, and is found by its `friendlyName`"
            ),
            (Some(_), false) => format!(
                "or delete the flight first, with `state: absent` and `permit: [{}]`; then leave `state` and `id` out, state \
                 its `friendlyName`, and it is created with its next release",
                Guard::DeletesFlight
            ),
        });
    }
    blocker
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
        source: Some(resource.place(key).clone()),
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
