//! Plans without the Store.

use proptest::prelude::*;
use serde_json::json;

use crate::manifest::{Guard, Resource};
use crate::plan::{
    Action, LiveSource, MadeOf, Op, Options, Origin, Plan, Product, as_git_says, lay_over, plan,
};
use crate::submission::Live;

use super::generate::desired;
use super::live::published;
use super::local::{captioned, package, remote, shot};
use super::manifests::{GOLD, INSIDERS, app, resource};
use super::properties::copy;
use super::run::{at_baseline, case, diagnostics, guards, listed, made_of};
use super::want::{Want, want};

fn offline() -> MadeOf {
    MadeOf { live: LiveSource::Baseline, baseline: Some(at_baseline()), ..made_of(Options::default()) }
}

/// The plan for one resource of which git said `earlier`.
fn planned(wanted: &Resource, earlier: Option<&Resource>) -> Plan {
    let known = earlier.map(std::slice::from_ref).unwrap_or_default();
    let live = as_git_says(std::slice::from_ref(wanted), known);
    plan(&[Product { resource: wanted, live: &live[0], baseline: earlier }], offline(), Vec::new())
}

fn wants(want: Want) -> Resource {
    Resource { desired: want.0, ..app("") }
}

#[test]
fn edits_are_shown_with_what_git_said_before() {
    let before = want()
        .value("pricing.priceId", "Tier2")
        .value("listings.en-us.title", "Reader")
        .value("listings.en-us.description", "Old.")
        .value("targetPublishMode", "Manual");
    let after = copy(&before).value("pricing.priceId", "Free").value("listings.en-us.description", "New.");
    let plan = planned(&wants(after), Some(&wants(before)));
    let changes = &plan.resources[0].changes;
    assert_eq!(listed(changes), ["set pricing.priceId", "set listings.en-us.description"]);
    assert_eq!(changes[1].before, Some(json!("Old.")));
    assert_eq!(changes[1].baseline, Some(json!("Old.")));
    assert!(changes.iter().all(|change| change.origin == Some(Origin::Config)));
    assert_eq!(guards(&plan), ["becomes-free: Tier2 → Free", "price-change: Tier2 → Free"]);
    assert_eq!(plan.resources[0].action, Action::Update);
}

#[test]
fn nothing_is_claimed_of_what_only_the_store_knows() {
    let before = want().value("listings.en-us.description", "Old.").packages([package("1.4.0.0", "x64")]);
    let after = want()
        .value("listings.en-us.description", "New.")
        .value("listings.fr.releaseNotes", "Nouveau.")
        .value("allowTargetFutureDeviceFamilies.Xbox", true)
        .value("pricing.marketSpecificPricings.JP", "Tier2")
        .screenshots([remote("501")])
        .packages([package("1.3.0.0", "arm64")]);
    let earlier = wants(before);
    let mut wanted = wants(after);
    wanted.permits = case(published()).permits([Guard::ShipsHalted]).permitted();
    let plan = planned(&wanted, Some(&earlier));
    assert!(plan.blockers.is_empty() && plan.steps.is_empty(), "{:?} {:?}", plan.blockers, plan.steps);
    assert_eq!(diagnostics(&plan), Vec::<&str>::new());
    assert_eq!(guards(&plan), ["price-change: JP: base price → Tier2"]);
    assert_eq!(plan.resources[0].base, None);
    assert!(plan.has_changes());
}

#[test]
fn the_title_of_a_known_language_is_said_to_stay() {
    let title = |title: &str| wants(want().value("listings.en-us.title", title).screenshots([remote("501")]));
    let plan = planned(&title("New"), Some(&title("Old")));
    assert_eq!(diagnostics(&plan), ["SW2001"]);
    assert!(!plan.has_changes());
}

#[test]
fn images_and_packages_are_told_by_content() {
    let wanted = || {
        want()
            .screenshots([captioned(shot("home", b"home"), "Start"), remote("501"), shot("night", b"night")])
            .packages([package("1.4.0.0", "x64")])
    };
    assert!(!planned(&wants(wanted()), Some(&wants(wanted()))).has_changes());
    let other = wanted()
        .screenshots([captioned(shot("home", b"home 2"), "Start"), remote("501"), shot("night", b"night")])
        .packages([package("1.5.0.0", "x64")]);
    let plan = planned(&wants(other), Some(&wants(wanted())));
    let ops: Vec<Op> = plan.resources[0].changes.iter().map(|change| change.op).collect();
    assert_eq!(ops, [Op::Remove, Op::Add, Op::Replace]);
    assert_eq!(plan.resources[0].changes[0].before.as_ref().unwrap()["version"], "1.4.0.0");
}

#[test]
fn what_git_did_not_know_is_new_or_already_there_by_its_id() {
    let sold = "submission: {pricing: {priceId: Free}, listings: {en: {title: Gold}}}\n";
    let gold = resource(&format!("{GOLD}{sold}"));
    assert_eq!(planned(&gold, None).resources[0].action, Action::Create);
    assert!(!planned(&gold, Some(&gold)).has_changes());
    let by_id = resource(&format!("{GOLD}id: 9NGOLD000001\n{sold}"));
    assert_eq!(planned(&by_id, None).resources[0].action, Action::Update);
    let gone = resource(&format!("{GOLD}state: absent\n"));
    let plan = planned(&gone, Some(&gold));
    assert_eq!((plan.resources[0].action, guards(&plan).len()), (Action::Delete, 1));
    assert!(!planned(&gone, Some(&gone)).has_changes());
    let moved = resource(&INSIDERS.replace("\"8\"", "\"9\""));
    let plan = planned(&moved, Some(&resource(INSIDERS)));
    assert_eq!(listed(&plan.resources[0].changes), ["set groupIds"]);
    let private = planned(&app("submission: {visibility: Private}\n"), None);
    assert_eq!((private.resources[0].action, private.blockers.len()), (Action::Update, 0));
}

#[test]
fn its_hash_is_never_that_of_a_plan_with_the_store() {
    let earlier = app("submission: {visibility: Public}\n");
    let wanted = app("submission: {visibility: Private}\n");
    let offline_plan = planned(&wanted, Some(&earlier));
    let live = as_git_says(std::slice::from_ref(&wanted), std::slice::from_ref(&earlier));
    let product = Product { resource: &wanted, live: &live[0], baseline: Some(&earlier) };
    let with_store = plan(&[product], MadeOf { live: LiveSource::Account, ..offline() }, Vec::new());
    assert_eq!(with_store.resources[0].changes, offline_plan.resources[0].changes);
    assert_ne!(with_store.fingerprints.plan, offline_plan.fingerprints.plan);
    assert!(offline_plan.fingerprints.plan.starts_with("sp1:"));
}

proptest! {
    #[test]
    fn what_git_says_already_is_no_change(wanted in desired()) {
        let earlier = wants(copy(&wanted));
        let live = as_git_says(&[wants(copy(&wanted))], std::slice::from_ref(&earlier));
        let Live::Readable(product) = &live[0] else { panic!("it is made up") };
        let again = lay_over(product.published.as_ref().unwrap(), &wanted.0, Options::default());
        prop_assert!(again.changes.is_empty(), "{:?}", listed(&again.changes));
        let plan = planned(&wants(wanted), Some(&earlier));
        prop_assert!(!plan.has_changes(), "{:?}", listed(&plan.resources[0].changes));
        prop_assert_eq!(plan.resources[0].counts.waiting, 0);
    }
}
