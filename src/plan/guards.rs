//! The risks and obstacles in one product's changes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::asset::Version;
use crate::manifest::Guard;
use crate::submission::vocabulary::{VISIBILITIES, is_price};
use crate::submission::{Application, Document, Kind, Rollout};

use super::blocker::{Blocker, BlockerKind};
use super::overlay::{Baseline, Overlay};
use super::packages::is_in;
use super::targets::{LivePackage, newest_of_each};
use super::types::{Change, FileCount, Op};

/// How many packages a submission may hold (`microsoft/msstore-cli#62`).
const MAX_PACKAGES: usize = 30;

/// A guard, and what exactly is at stake.
pub(super) type Risk = (Guard, String);

fn word(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or("not set")
}

fn keys(change: &Change) -> Vec<&str> {
    change.path.keys().iter().map(String::as_str).collect()
}

/// Every risk of these changes.
pub(super) fn risks(baseline: Baseline<'_>, overlay: &Overlay) -> Vec<Risk> {
    let live = baseline.document;
    let mut risks = Vec::new();
    for change in &overlay.changes {
        let (before, after) = (word(change.before.as_ref()), word(change.after.as_ref()));
        match keys(change).as_slice() {
            // What was never published has no customers who could pay another price, or no longer find it.
            ["pricing", ..] | ["visibility"] if live.json().is_empty() => {}
            ["pricing", "priceId"] => risks.extend(of_base_price(before, after)),
            ["pricing", "marketSpecificPricings", market] => {
                risks.extend(of_market(live, &overlay.document, market, change));
            }
            ["pricing", "trialPeriod"] if must_be_paid(live) && !must_be_paid(&overlay.document) => {
                let words = format!("the trial: {before} → {after}, so nobody need pay");
                risks.push((Guard::BecomesFree, words));
            }
            ["listings", language] if change.op == Op::Remove => {
                risks.push((Guard::ListingRemoved, (*language).to_owned()));
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
    let fewer = overlay.file_counts.iter().filter(|count| count.after < count.before);
    let words = |count: &FileCount| format!("{}: {} → {}", count.path, count.before, count.after);
    risks.extend(fewer.map(|count| (Guard::ImagesRemoved, words(count))));
    risks.extend(overlay.packages.dropped.iter().map(|dropped| (Guard::DropsTarget, dropped.clone())));
    risks.extend(overlay.packages.downgraded.iter().map(|older| (Guard::PackageDowngrade, older.clone())));
    if !overlay.changes.is_empty() && live.rollout() == Rollout::Stopped {
        risks.extend(ships_halted(baseline, overlay));
    }
    if overlay.inherits_rollout {
        let share = live.rollout_percentage();
        let share = share.map_or_else(|| "an unknown share".to_owned(), |share| format!("{share} %"));
        let words = format!("would start with {share} of customers; state `packageRollout`");
        risks.push((Guard::InheritsRollout, words));
    }
    risks.extend(of_mandatory_update(live, overlay));
    risks
}

fn of_base_price(before: &str, after: &str) -> Vec<Risk> {
    let mut risks = Vec::new();
    if !is_price(before) {
        risks.push((Guard::ReplacesMarketPrices, format!("prices set in Partner Center → {after}")));
    }
    if after == "Free" {
        risks.push((Guard::BecomesFree, format!("{before} → Free")));
    }
    if after == "NotAvailable" {
        risks.push((Guard::MarketRemoved, "every market without a price of its own".to_owned()));
    }
    risks.push((Guard::PriceChange, format!("{before} → {after}")));
    risks
}

/// The price that holds in a market: its own, else the base price.
fn price_in_market<'p>(own: Option<&'p Value>, document: &'p Document) -> Option<&'p str> {
    own.and_then(Value::as_str).filter(|price| *price != "Base").or_else(|| document.price_id())
}

fn of_market(live: &Document, planned: &Document, market: &str, change: &Change) -> Vec<Risk> {
    let own =
        |price: &Option<Value>| price.as_ref().map_or("base price", |price| word(Some(price))).to_owned();
    let words = format!("{market}: {} → {}", own(&change.before), own(&change.after));
    let before = price_in_market(change.before.as_ref(), live);
    let after = price_in_market(change.after.as_ref(), planned);
    match after.filter(|after| before != Some(*after)) {
        Some("NotAvailable") => vec![(Guard::MarketRemoved, market.to_owned())],
        Some("Free") => vec![(Guard::BecomesFree, words.clone()), (Guard::PriceChange, words)],
        // One that is what held before is none that follows the base price from now on, or follows it again.
        _ => vec![(Guard::PriceChange, words)],
    }
}

/// Whether somebody who uses the app must pay for it at some time. A trial that never expires asks for nothing.
fn must_be_paid(document: &Document) -> bool {
    document.price_id() != Some("Free")
        && document.get(&["pricing", "trialPeriod"]).and_then(Value::as_str) != Some("TrialNeverExpires")
}

/// New packages are mandatory by what the manifest says, or by what the last submission said.
fn of_mandatory_update(live: &Document, overlay: &Overlay) -> Option<Risk> {
    let is_mandatory = |document: &Document| {
        document.get(&["packageDeliveryOptions", "isMandatoryUpdate"]) == Some(&Value::Bool(true))
    };
    let adds = !overlay.packages.added.is_empty();
    let words = match (is_mandatory(live), is_mandatory(&overlay.document)) {
        (false, true) => "`isMandatoryUpdate` is turned on",
        (true, true) if adds => "`isMandatoryUpdate` stays on, and new packages come",
        _ => return None,
    };
    Some((Guard::MandatoryUpdate, words.to_owned()))
}

/// What a halted rollout brought and this submission keeps. Where the submission before it cannot be read, that is the
/// newest package of each target. A package that stays travels back unchanged.
fn ships_halted(baseline: Baseline<'_>, overlay: &Overlay) -> Vec<Risk> {
    let after = overlay.document.packages();
    let before = LivePackage::all(baseline.document);
    let versions: BTreeSet<Version> = newest_of_each(&before, |_| true)
        .into_iter()
        .map(|(_, newest)| &before[newest])
        .filter(|package| !baseline.fallback.is_some_and(|fallback| is_in(fallback, package.entry)))
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
    if live.rollout() == Rollout::InProgress {
        let share = live.rollout_percentage();
        let share = share.map_or_else(String::new, |share| format!(" at {share} %"));
        let detail = format!("the rollout of submission {}{share} is in progress", live.id());
        blockers.push(Blocker::new(address, BlockerKind::RolloutOpen, detail));
    }
    // What a flight costs is the app's affair.
    if baseline.kind != Kind::Flight {
        blockers.extend(no_price(address, live, &overlay.document));
    }
    let mut block = |kind, detail: String| blockers.push(Blocker::new(address, kind, detail));
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
        let is_game = |value: Option<&Value>| {
            let category = value.and_then(Value::as_str).filter(|category| *category != "NotSet");
            category.map(|name| name.starts_with("Games"))
        };
        let (before, after) = (is_game(change.before.as_ref()), is_game(change.after.as_ref()));
        if before.is_some() && after.is_some() && before != after {
            let detail = format!("{} → {}", word(change.before.as_ref()), word(change.after.as_ref()));
            block(BlockerKind::CategoryFrozen, detail);
        }
    }
    blockers
}

/// A price is always sent as a concrete value: the service takes a missing one for *Free*, without a word
/// (`microsoft/msstore-cli#175`).
fn no_price(address: &str, live: &Document, planned: &Document) -> Option<Blocker> {
    let detail = match planned.price_id() {
        Some(price) if is_price(price) => return None,
        Some(price) => format!("the price is shown as `{price}`"),
        None if live.json().is_empty() => {
            "nothing was published yet, and the manifest states no `pricing.priceId`".to_owned()
        }
        None => "the API shows no price".to_owned(),
    };
    let mut blocker = Blocker::new(address, BlockerKind::PriceUnreadable, detail);
    if live.json().is_empty() {
        let remedy = "state `pricing.priceId` in the manifest: `Free`, or a tier from the table that Partner Center shows";
        blocker.remedies = vec![remedy.to_owned()];
    }
    Some(blocker)
}
