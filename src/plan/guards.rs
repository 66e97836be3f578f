//! The risks and obstacles in one product's changes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::asset::Version;
use crate::manifest::Guard;
use crate::submission::vocabulary::{VISIBILITIES, is_price};
use crate::submission::{Application, Document, Kind, Rollout};

use super::blocker::{Blocker, BlockerKind};
use super::overlay::{Baseline, Overlay};
use super::targets::{LivePackage, newest_of_each};
use super::types::{Change, Op};

/// How many packages a submission may hold (`microsoft/msstore-cli#62`).
const MAX_PACKAGES: usize = 30;

fn word(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or("not set")
}

fn keys(change: &Change) -> Vec<&str> {
    change.path.keys().iter().map(String::as_str).collect()
}

/// The price that holds in a market: its own, else the base price.
fn price_in_market<'p>(own: Option<&'p Value>, document: &'p Document) -> Option<&'p str> {
    own.and_then(Value::as_str).filter(|price| *price != "Base").or_else(|| document.price_id())
}

/// Every risk of these changes, with what exactly is at stake.
pub(super) fn risks(live: &Document, overlay: &Overlay) -> Vec<(Guard, String)> {
    let mut risks = Vec::new();
    // What was never published has no customers who could pay another price, or no longer find it.
    let is_new = live.json().is_empty();
    for change in &overlay.changes {
        let (before, after) = (word(change.before.as_ref()), word(change.after.as_ref()));
        match keys(change).as_slice() {
            ["pricing", "priceId" | "marketSpecificPricings", ..] | ["visibility"] if is_new => {}
            ["pricing", "priceId"] => {
                if !is_price(before) {
                    risks.push((
                        Guard::ReplacesMarketPrices,
                        format!("prices set in Partner Center → {after}"),
                    ));
                }
                if after == "Free" {
                    risks.push((Guard::BecomesFree, format!("{before} → Free")));
                }
                if after == "NotAvailable" {
                    let markets = "every market without a price of its own".to_owned();
                    risks.push((Guard::MarketRemoved, markets));
                }
                risks.push((Guard::PriceChange, format!("{before} → {after}")));
            }
            ["pricing", "marketSpecificPricings", market] => {
                let own =
                    |price: Option<&Value>| price.map_or("base price", |price| word(Some(price))).to_owned();
                let words =
                    format!("{market}: {} → {}", own(change.before.as_ref()), own(change.after.as_ref()));
                let before = price_in_market(change.before.as_ref(), live);
                let after = price_in_market(change.after.as_ref(), &overlay.document);
                if after == Some("NotAvailable") {
                    risks.push((Guard::MarketRemoved, (*market).to_owned()));
                } else {
                    if after == Some("Free") && before != after {
                        risks.push((Guard::BecomesFree, words.clone()));
                    }
                    risks.push((Guard::PriceChange, words));
                }
            }
            ["listings", language] if change.op == Op::Remove => {
                risks.push((Guard::ListingRemoved, (*language).to_owned()));
            }
            ["isMandatoryUpdate"] if after_is_true(change) => {
                risks.push((Guard::MandatoryUpdate, "the new packages are forced upon customers".to_owned()));
            }
            ["visibility"] => {
                // From what is not set or not known, everything but the most open is a step down.
                let rank = |name: &str| VISIBILITIES.iter().position(|known| *known == name).unwrap_or(0);
                if rank(after) > rank(before) {
                    risks.push((Guard::VisibilityReduced, format!("{before} → {after}")));
                }
            }
            _ => {}
        }
    }
    for count in overlay.image_counts.iter().filter(|count| count.after < count.before) {
        let words = format!("{}: {} → {}", count.path, count.before, count.after);
        risks.push((Guard::ImagesRemoved, words));
    }
    for dropped in &overlay.packages.dropped {
        risks.push((Guard::DropsTarget, dropped.clone()));
    }
    for downgraded in &overlay.packages.downgraded {
        risks.push((Guard::PackageDowngrade, downgraded.clone()));
    }
    if !overlay.changes.is_empty() && live.rollout() == Rollout::Stopped {
        risks.extend(ships_halted(live, overlay));
    }
    if overlay.inherits_rollout {
        let share = live.get(&["packageDeliveryOptions", "packageRollout", "packageRolloutPercentage"]);
        let share = share.map_or_else(|| "an unknown share".to_owned(), |share| format!("{share} %"));
        risks.push((
            Guard::InheritsRollout,
            format!("would start with {share} of customers; state `packageRollout`"),
        ));
    }
    risks
}

fn after_is_true(change: &Change) -> bool {
    change.after == Some(Value::Bool(true))
}

/// The newest packages of a halted submission that stay: the newest of each target, as the API does not tell which
/// of them the halted rollout brought. A package that stays travels back unchanged.
fn ships_halted(live: &Document, overlay: &Overlay) -> Vec<(Guard, String)> {
    let after = overlay.document.packages();
    let before = LivePackage::all(live);
    let versions: BTreeSet<Version> = newest_of_each(&before)
        .into_iter()
        .map(|(_, newest)| &before[newest])
        .filter(|package| after.iter().any(|entry| entry.json() == package.entry.json()))
        .filter_map(|package| package.version)
        .collect();
    versions
        .into_iter()
        .map(|version| (Guard::ShipsHalted, format!("{version} of the halted rollout")))
        .collect()
}

/// Everything that makes these changes impossible, apart from the pending submission.
pub(super) fn obstacles(
    address: &str,
    app: &Application,
    baseline: Baseline<'_>,
    overlay: &Overlay,
) -> Vec<Blocker> {
    let live = baseline.document;
    let mut blockers = Vec::new();
    let mut block = |kind, detail: String| blockers.push(Blocker::new(address, kind, detail));
    if live.rollout() == Rollout::InProgress {
        let share = live.get(&["packageDeliveryOptions", "packageRollout", "packageRolloutPercentage"]);
        let share = share.map_or_else(String::new, |share| format!(" at {share} %"));
        block(
            BlockerKind::RolloutOpen,
            format!("the rollout of submission {}{share} is in progress", live.id()),
        );
    }
    match overlay.document.price_id() {
        // What a flight costs is the app's affair.
        _ if baseline.kind == Kind::Flight => {}
        Some(price) if is_price(price) => {}
        Some(price) => block(BlockerKind::PriceUnreadable, format!("the price is shown as `{price}`")),
        None if live.json().is_empty() => {
            block(
                BlockerKind::PriceUnreadable,
                "a new add-on must state `pricing.priceId`: without one it would be free".to_owned(),
            );
        }
        None => block(BlockerKind::PriceUnreadable, "the API shows no price".to_owned()),
    }
    for asset in &overlay.packages.added {
        let Some(package) = asset.package() else { continue };
        let wrong = |what: &str, own: &str, wanted: &str| {
            (!wanted.is_empty() && own != wanted)
                .then(|| format!("`{}` has {what} `{own}`; the app has `{wanted}`", asset.name))
        };
        let name = wrong("the identity name", &package.name, app.package_identity_name());
        let publisher = wrong("the publisher", &package.publisher, app.publisher_name());
        for detail in name.into_iter().chain(publisher) {
            block(BlockerKind::PackageIdentity, detail);
        }
    }
    if overlay.packages.loses_bundle {
        block(BlockerKind::BundleRequired, "a new package is no bundle".to_owned());
    }
    if overlay.packages.total > MAX_PACKAGES {
        block(BlockerKind::TooManyPackages, format!("{} packages", overlay.packages.total));
    }
    for change in overlay.changes.iter().filter(|change| keys(change) == ["applicationCategory"]) {
        let is_game =
            |value: Option<&Value>| value.and_then(Value::as_str).map(|name| name.starts_with("Games"));
        let (before, after) = (is_game(change.before.as_ref()), is_game(change.after.as_ref()));
        if before.is_some() && after.is_some() && before != after {
            let detail = format!("{} → {}", word(change.before.as_ref()), word(change.after.as_ref()));
            block(BlockerKind::CategoryFrozen, detail);
        }
    }
    blockers
}
