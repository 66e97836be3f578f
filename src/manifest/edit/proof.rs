//! Whether edited manifests say what was wished for, and nothing else in another way.

use std::collections::BTreeMap;

use crate::submission::{Path, canonical};

use super::super::desired::{Asset, Desired, ImageContent, Others, Owned, Resource, TrailerContent, Wanted};
use super::super::load::Loaded;
use super::{LiveValue, Wish, images};

/// Whether it holds for manifests before and after.
pub(super) fn holds(before: &Loaded, after: &Loaded, wishes: &[&Wish]) -> bool {
    !after.diagnostics.has_errors()
        && before.resources.len() == after.resources.len()
        && before.resources.iter().zip(&after.resources).all(|(before, after)| {
            let own: Vec<&Wish> =
                wishes.iter().copied().filter(|wish| wish.address == before.address).collect();
            is_same_but_for(before, after, &own) && own.iter().all(|wish| says(after, wish))
        })
}

/// Whether a resource says what is live at the path of a wish.
fn says(resource: &Resource, wish: &Wish) -> bool {
    let owned = resource.desired.owned.iter().find(|owned| owned.path == wish.path);
    match (&wish.live, owned.map(|owned| &owned.wanted)) {
        (LiveValue::Value(live), Some(Wanted::Value(said))) => canonical::same(Some(said), Some(live)),
        (LiveValue::Value(live), Some(Wanted::Nothing) | None) => canonical::value(live).is_none(),
        (LiveValue::Images(live), _) => owned.is_some_and(|owned| images::says(owned, live)),
        (LiveValue::Language, owned) => owned.is_none(),
        (LiveValue::NoLanguage, _) => {
            let below = resource.desired.owned.iter().filter(|owned| wish.path.covers(&owned.path));
            below.into_iter().all(|owned| matches!(owned.wanted, Wanted::Nothing) && owned.path == wish.path)
        }
        _ => false,
    }
}

fn is_same_but_for(before: &Resource, after: &Resource, wishes: &[&Wish]) -> bool {
    let frame = |resource: &Resource| {
        let permits: Vec<_> = resource.permits.iter().map(|permit| permit.guard).collect();
        let rollout = resource.rollout.as_ref().map(|rollout| (rollout.of, rollout.wanted.clone()));
        (
            resource.address.clone(),
            resource.id.clone(),
            resource.creation.clone(),
            resource.absent.is_some(),
            permits,
            rollout,
        )
    };
    frame(before) == frame(after)
        && settings(&before.desired, wishes) == settings(&after.desired, wishes)
        && same_values(&before.desired, &after.desired, wishes)
}

/// What is no value of a path.
fn settings(desired: &Desired, wishes: &[&Wish]) -> impl PartialEq + use<> {
    let is_wished = |language: &String| wishes.iter().any(|wish| wish.path.language() == Some(language));
    let is_priced = |market: &String| wishes.iter().any(|wish| wish.path.keys().last() == Some(market));
    let others = |others: &Option<(Others, super::super::source::Location)>| {
        others.as_ref().map(|(others, _)| *others)
    };
    (
        desired.named_languages.iter().filter(|language| !is_wished(language)).cloned().collect::<Vec<_>>(),
        desired.named_markets.iter().filter(|market| !is_priced(market)).cloned().collect::<Vec<_>>(),
        (others(&desired.other_languages), others(&desired.other_markets)),
        (desired.retain, desired.open_rollout),
        (desired.minimum_direct_x_version.clone(), desired.minimum_system_ram.clone()),
        desired.ignore.clone(),
    )
}

fn same_values(before: &Desired, after: &Desired, wishes: &[&Wish]) -> bool {
    let unwished = |desired: &'_ Desired| -> BTreeMap<Path, Owned> {
        let is_wished = |path: &Path| wishes.iter().any(|wish| wish.path.covers(path));
        desired
            .owned
            .iter()
            .filter(|own| !is_wished(&own.path))
            .map(|own| (own.path.clone(), own.clone()))
            .collect()
    };
    let (before, after) = (unwished(before), unwished(after));
    before.len() == after.len()
        && before
            .iter()
            .zip(&after)
            .all(|((path, own), (other_path, other))| path == other_path && same(&own.wanted, &other.wanted))
}

fn same_file(own: &Asset, other: &Asset) -> bool {
    own.path == other.path && own.fingerprint.digest == other.fingerprint.digest
}

fn same(own: &Wanted, other: &Wanted) -> bool {
    match (own, other) {
        (Wanted::Value(own), Wanted::Value(other)) => {
            canonical::same(Some(own), Some(other)) && own.is_null() == other.is_null()
        }
        (Wanted::Nothing, Wanted::Nothing) => true,
        (Wanted::Icon(own), Wanted::Icon(other)) => same_file(own, other),
        (Wanted::Packages(own), Wanted::Packages(other)) => {
            own.len() == other.len() && own.iter().zip(other).all(|(own, other)| same_file(own, other))
        }
        (Wanted::Images(own), Wanted::Images(other)) => {
            own.len() == other.len()
                && own.iter().zip(other).all(|(own, other)| {
                    own.description == other.description
                        && match (&own.content, &other.content) {
                            (ImageContent::Remote(own), ImageContent::Remote(other)) => own == other,
                            (ImageContent::File(own), ImageContent::File(other)) => same_file(own, other),
                            _ => false,
                        }
                })
        }
        (Wanted::Trailers(own), Wanted::Trailers(other)) => {
            own.len() == other.len()
                && own.iter().zip(other).all(|(own, other)| match (&own.content, &other.content) {
                    (TrailerContent::Remote(own), TrailerContent::Remote(other)) => own == other,
                    (
                        TrailerContent::File { video, assets },
                        TrailerContent::File { video: other, assets: others },
                    ) => {
                        same_file(video, other)
                            && assets.len() == others.len()
                            && assets.iter().zip(others).all(|(own, other)| {
                                (&own.language, &own.title, &own.description)
                                    == (&other.language, &other.title, &other.description)
                                    && same_file(&own.image, &other.image)
                            })
                    }
                    _ => false,
                })
        }
        _ => false,
    }
}
