//! Plans without the Store: the manifests against what git says at the baseline.
//!
//! What the Store would hold if it held what git says is made up, so that such a plan is made as every other one. What
//! nobody can know without looking is left out of it then: what stands in the way, what is done step by step, and risks
//! that are about what only the Store knows.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::asset::Package;
use crate::manifest::{
    Code, Creation, Desired, Guard, ImageContent, Owned, Resource, TrailerContent, Wanted, WantedImage,
};
use crate::submission::{Document, Kind, Live, LiveProduct, Member};

use super::overlay::{Baseline, Options, Overlay, going_languages, lay_over};
use super::types::{Plan, PublishedBy};

/// Each resource as it would be in the Store if that held what git said at the baseline. A release is no part of it:
/// what it brings is new, whatever its folder holds.
pub fn as_git_says(resources: &[Resource], earlier: &[Resource]) -> Vec<Live> {
    let there: Vec<&Resource> = earlier.iter().filter(|resource| resource.absent.is_none()).collect();
    let live = |resource: &Resource| {
        let own = there.iter().copied().find(|known| known.address == resource.address);
        // What is known by its id is there, whether git spoke of it before or not.
        let stands_in = own.or(resource.id.is_some().then_some(resource));
        let is_flight_beside = |other: &&&Resource| {
            matches!(other.creation, Creation::Flight { .. })
                && other.address.app_name() == resource.address.app_name()
        };
        Live::Readable(Box::new(LiveProduct {
            member: stands_in.and_then(member),
            flights: there.iter().filter(is_flight_beside).filter_map(|flight| member(flight)).collect(),
            published: Some(own.map(document).unwrap_or_default()),
            ..LiveProduct::default()
        }))
    };
    resources.iter().map(live).collect()
}

/// An add-on or a flight as the API would return it.
pub(super) fn member(resource: &Resource) -> Option<Member> {
    let id = resource.id.as_deref().unwrap_or_default();
    let member = match &resource.creation {
        Creation::App => return None,
        Creation::AddOn { product_id, product_type } => {
            json!({ "id": id, "productId": product_id, "productType": product_type })
        }
        Creation::Flight { friendly_name, group_ids, rank_higher_than } => json!({
            "flightId": id, "friendlyName": friendly_name, "groupIds": group_ids, "rankHigherThan": rank_higher_than,
        }),
    };
    serde_json::from_value(member).ok()
}

/// What would be published if all that a manifest says were.
fn document(resource: &Resource) -> Document {
    let going = going_languages(&resource.desired);
    let stays = |owned: &&Owned| !owned.path.language().is_some_and(|language| going.contains(language));
    let owned = resource.desired.owned.iter().filter(stays).cloned().collect();
    let desired = Desired { owned, ..Desired::default() };
    // The images and trailers that a manifest knows by their ids have to be there before it can keep them.
    let mut known = Document::default();
    for owned in &desired.owned {
        match (&owned.wanted, owned.path.language(), owned.path.keys().last()) {
            (Wanted::Images(images), Some(language), Some(kind)) => {
                let place = ["listings", language, "baseListing", "images"];
                let mut all = known.get(&place).and_then(Value::as_array).cloned().unwrap_or_default();
                all.extend(images.iter().filter_map(|image| remote_image(image, kind)));
                known.set(&place, Value::Array(all));
            }
            (Wanted::Trailers(trailers), ..) => {
                let remote = trailers.iter().filter_map(|trailer| match &trailer.content {
                    TrailerContent::Remote(id) => Some(json!({ "id": id })),
                    TrailerContent::File { .. } => None,
                });
                known.set(&["trailers"], remote.collect());
            }
            _ => {}
        }
    }
    let mut document = published_over(&known, resource.kind(), &desired);
    // How the last submission started is not for git to say.
    document.remove(&["packageDeliveryOptions", "packageRollout"]);
    document
}

/// What would be published if the desired state were laid over a document and nothing went wrong.
pub(super) fn published_over(known: &Document, kind: Kind, desired: &Desired) -> Document {
    let known = Baseline { kind, document: known, fallback: None };
    let mut document = settled(&lay_over(known, desired, Options::default()));
    // Release settings are as git says, also where nothing else is said; so are titles, also of languages that were there.
    for owned in &desired.owned {
        let Some(field) = owned.field.filter(|field| field.rides_along || field.only_when_added) else {
            continue;
        };
        if let Wanted::Value(value) = &owned.wanted {
            document.set(&field.api_path(owned.path.language()), value.clone());
        }
    }
    document
}

fn remote_image(image: &WantedImage, kind: &str) -> Option<Value> {
    match &image.content {
        ImageContent::Remote(id) => {
            Some(json!({ "id": id, "fileName": id, "fileStatus": "Uploaded", "imageType": kind }))
        }
        ImageContent::File(_) => None,
    }
}

/// What processing makes of what would be sent: new files are there, and packages are described.
fn settled(overlay: &Overlay) -> Document {
    let packages: HashMap<&str, &Package> = overlay
        .packages
        .added
        .iter()
        .filter_map(|asset| Some((asset.archive_name.as_str(), asset.package()?)))
        .collect();
    let mut document = Value::Object(overlay.document.json().clone());
    settle(&mut document, &packages, &mut 0);
    serde_json::from_value(document).unwrap_or_default()
}

fn settle(value: &mut Value, packages: &HashMap<&str, &Package>, count: &mut usize) {
    match value {
        Value::Array(items) => {
            items.retain(|item| item.get("fileStatus").is_none_or(|status| status != "PendingDelete"));
            for item in items {
                settle(item, packages, count);
            }
        }
        Value::Object(members) => {
            if members.get("fileStatus").is_some_and(|status| status == "PendingUpload") {
                *count += 1;
                members.insert("fileStatus".into(), json!("Uploaded"));
                members.insert("id".into(), json!(format!("git-{count}")));
                let name = members.get("fileName").and_then(Value::as_str);
                if let Some(package) = name.and_then(|name| packages.get(name)) {
                    describe(package, members);
                }
            }
            members.values_mut().for_each(|member| settle(member, packages, count));
        }
        _ => {}
    }
}

/// What the service reads from a package.
fn describe(package: &Package, entry: &mut Map<String, Value>) {
    let own = package.architectures.first().filter(|_| !package.kind.is_bundle());
    let families = package.device_families.iter();
    let described = [
        ("version", json!(package.version.to_string())),
        ("architecture", json!(own.map_or("Neutral".to_owned(), ToString::to_string))),
        ("languages", json!(package.languages)),
        (
            "targetDeviceFamilies",
            families
                .map(|family| json!(format!("{} min version {}", family.name, family.min_version)))
                .collect(),
        ),
    ];
    entry.extend(described.map(|(key, value)| (key.to_owned(), value)));
}

/// Risks of which git knows both sides.
const KNOWN_TO_GIT: &[Guard] = &[
    Guard::PriceChange,
    Guard::BecomesFree,
    Guard::MarketRemoved,
    Guard::ListingRemoved,
    Guard::ImagesRemoved,
    Guard::VisibilityReduced,
    Guard::MandatoryUpdate,
    Guard::DeletesAddOn,
    Guard::DeletesFlight,
];

/// Leaves out of a plan what nobody can know without looking at the Store. The first `loaded` diagnostics are about the
/// manifests alone.
pub(super) fn leave_unknown_out(plan: &mut Plan, loaded: usize) {
    plan.blockers.clear();
    plan.steps.clear();
    plan.guards.retain(|hit| KNOWN_TO_GIT.contains(&hit.guard));
    let mut place = 0;
    plan.diagnostics.retain(|finding| {
        place += 1;
        place <= loaded || finding.code == Code::TitleIsServers.as_str()
    });
    for resource in &mut plan.resources {
        resource.base = None;
        // What the manifest does not say, the live submission does.
        if let Some(route) = resource.route.as_mut().filter(|route| route.published_by == PublishedBy::Itself)
        {
            route.published_by = PublishedBy::Unknown;
        }
    }
}
