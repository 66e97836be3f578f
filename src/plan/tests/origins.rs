//! Whose a change is, for every shape of value.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::manifest::{Guard, Others, Resource, Severity};
use crate::plan::{Change, MadeOf, Options, Origin, Plan, Product, plan};
use crate::submission::{Document, Kind, Live, LiveProduct, Path, Section};

use super::generate::{desired, live as live_document, resource as any_resource};
use super::live::{document, image_name, live_image, published, published_showing, published_with};
use super::local::{captioned, package, remote, shot};
use super::manifests::{GOLD, INSIDERS, app, gold, gold_published, live, resource, with_package};
use super::properties::{as_it_is, copy};
use super::rollouts::{RUNNING, rolled_out};
use super::run::{Case, at_baseline, case, diagnostics, guards, has_guard, made_of};
use super::want::{Want, want};

use Origin::{Config, Conflict, Drift};

fn change<'p>(plan: &'p Plan, path: &str) -> &'p Change {
    let changes = &plan.resources[0].changes;
    let found = changes.iter().find(|change| change.path.dotted() == path);
    found.unwrap_or_else(|| {
        panic!(
            "no change at {path}, only at {:?}",
            changes.iter().map(|c| c.path.dotted()).collect::<Vec<_>>()
        )
    })
}

/// The origin at a path, of a plan for `wanted` over `live` where git said `earlier`.
#[track_caller]
fn origin(live: &Document, earlier: Want, wanted: Want, path: &str) -> Origin {
    change(&case(live.clone()).since(earlier).plan(wanted), path).origin.unwrap()
}

fn says(path: &str, value: impl Into<Value>) -> Want {
    want().value(path, value)
}

const TEXT: &str = "listings.en-us.description";

#[test]
fn every_cell_of_the_table_for_a_text() {
    let live = published();
    let plan =
        |earlier: &str, wanted: &str| case(live.clone()).since(says(TEXT, earlier)).plan(says(TEXT, wanted));
    let is = |plan: &Plan| plan.resources[0].changes.first().map(|change| change.origin.unwrap());
    let is_live = "Plain text.";
    assert_eq!(is(&plan("Before.", is_live)), None, "live is as wanted");
    assert_eq!(is(&plan(is_live, is_live)), None);
    assert_eq!(is(&plan(is_live, "New.")), Some(Config));
    assert_eq!(is(&plan("Plain text.\r\n", "New.")), Some(Config), "the same in another spelling");
    assert_eq!(is(&plan("Before.", "Before.")), Some(Drift));
    assert_eq!(is(&plan("Before. \n", "Before.")), Some(Drift));
    assert_eq!(is(&plan("Before.", "New.")), Some(Conflict));

    let conflict = plan("Before.", "New.");
    let change = change(&conflict, TEXT);
    assert_eq!((&change.baseline, &change.before), (&Some(json!("Before.")), &Some(json!(is_live))));
    assert_eq!(origin(&live, want(), says(TEXT, "New."), TEXT), Config, "git said nothing of it");
    let nothing = case(live.clone()).since_nothing().plan(says(TEXT, "New."));
    assert_eq!(is(&nothing), Some(Config), "there was no such manifest");
    let untold = case(live).plan(says(TEXT, "New."));
    assert_eq!(untold.resources[0].changes[0].origin, None, "no baseline to tell by");
}

#[test]
fn what_drifted_needs_a_permit_to_be_overwritten() {
    let earlier = || says(TEXT, "Before.").value("visibility", "Private");
    let wanted =
        || says(TEXT, "New.").value("visibility", "Private").value("listings.en-us.keywords", json!(["a"]));
    let plan = case(published()).since(earlier()).plan(wanted());
    assert!(
        guards(&plan).contains(&"reverts-drift: 2 fields, first visibility".to_owned()),
        "{:?}",
        guards(&plan)
    );
    assert!(plan.unpermitted().any(|hit| hit.guard == Guard::RevertsDrift));
    let permits = [Guard::RevertsDrift, Guard::VisibilityReduced];
    let plan = case(published()).since(earlier()).permits(permits).plan(wanted());
    assert_eq!(plan.unpermitted().count(), 0);
    assert!(diagnostics(&plan).is_empty(), "the permit is used");
    let plan = case(published()).since(says(TEXT, "Plain text.")).permits(permits).plan(says(TEXT, "New."));
    assert!(!has_guard(&plan, Guard::RevertsDrift));
    assert_eq!(diagnostics(&plan), ["SW2004", "SW2004"], "nothing drifted");
}

#[test]
fn the_fingerprint_is_that_of_the_changes_not_of_their_origins() {
    let plan = |earlier: &str| case(published()).since(says(TEXT, earlier)).plan(says(TEXT, "New."));
    let untold = case(published()).plan(says(TEXT, "New."));
    for plan in [plan("Plain text."), plan("New."), plan("Before.")] {
        assert_eq!(plan.fingerprints, untold.fingerprints);
    }
}

#[test]
fn a_list_is_told_whole() {
    let listed = |words: &[&str]| says("listings.en-us.keywords", json!(words));
    let of = |earlier: &[&str], wanted: &[&str]| {
        origin(&published(), listed(earlier), listed(wanted), "listings.en-us.keywords")
    };
    assert_eq!(of(&["notes"], &["notes", "ink"]), Config);
    assert_eq!(of(&["ink"], &["ink"]), Drift);
    assert_eq!(of(&["a", "b"], &["b", "a"]), Conflict, "the order counts");
}

#[test]
fn clearing_is_wanting_something() {
    let cleared = || want().nothing("pricing.marketSpecificPricings.JP");
    let set = |price: &str| says("pricing.marketSpecificPricings.JP", price);
    let of = |earlier, wanted| origin(&published(), earlier, wanted, "pricing.marketSpecificPricings.JP");
    assert_eq!(of(set("Tier1015"), cleared()), Config);
    assert_eq!(of(cleared(), cleared()), Drift, "somebody set a price");
    assert_eq!(of(set("Tier2"), cleared()), Conflict);
    assert_eq!(of(cleared(), set("Tier2")), Conflict);
    let others = || want().other_markets(Others::Remove);
    assert_eq!(of(others(), others()), Drift);
    assert_eq!(of(cleared(), others()), Drift);
    assert_eq!(of(set("Tier1015"), others()), Config);
    assert_eq!(of(others(), set("Tier2")), Conflict);
    assert_eq!(of(want(), others()), Config);
}

#[test]
fn languages_that_come_and_go() {
    let german = |text: &str| says("listings.de-de.description", text);
    let french = |text: &str| says("listings.fr.description", text);
    let of = |earlier, wanted, path: &str| origin(&published(), earlier, wanted, path);
    // One that the Store has not.
    assert_eq!(of(want(), french("Texte."), "listings.fr"), Config);
    assert_eq!(of(want(), french("Texte."), "listings.fr.description"), Config);
    assert_eq!(of(french("Texte."), french("Texte."), "listings.fr"), Drift, "somebody removed it");
    assert_eq!(of(french("Texte."), french("Texte."), "listings.fr.description"), Drift);
    assert_eq!(of(french("Avant."), french("Texte."), "listings.fr"), Drift);
    assert_eq!(of(french("Avant."), french("Texte."), "listings.fr.description"), Conflict);
    let more = || french("Texte.").value("listings.fr.keywords", json!(["a"]));
    assert_eq!(of(french("Texte."), more(), "listings.fr.keywords"), Config, "git said nothing of it");
    assert_eq!(
        of(want().nothing("listings.fr"), french("Texte."), "listings.fr"),
        Config,
        "it was to be gone"
    );
    // One that it has.
    let gone = || want().nothing("listings.de-de");
    assert_eq!(of(german("Nur Text."), gone(), "listings.de-de"), Config);
    assert_eq!(of(gone(), gone(), "listings.de-de"), Drift, "somebody added it");
    assert_eq!(of(german("Vorher."), gone(), "listings.de-de"), Conflict, "somebody works on what is to go");
    assert_eq!(of(gone(), german("Neu."), "listings.de-de.description"), Conflict);
    let others = || says(TEXT, "Plain text.").other_languages(Others::Remove);
    assert_eq!(of(others(), others(), "listings.de-de"), Drift);
    assert_eq!(of(others(), gone(), "listings.de-de"), Drift);
    assert_eq!(of(want(), others(), "listings.de-de"), Config);
}

const SHOTS: &str = "listings.en-us.images.Screenshot";

#[test]
fn images_are_told_by_content_order_and_caption_and_not_by_name() {
    let live = published_showing(vec![
        live_image("501", &image_name("home", b"home"), "Screenshot"),
        live_image("502", &image_name("notes", b"notes"), "Screenshot"),
    ]);
    let home = || shot("home", b"home");
    let notes = || shot("notes", b"notes");
    let new = || shot("new", b"new");
    let shots = |images: [_; 2]| want().screenshots(images);
    let of = |earlier, wanted, path: &str| origin(&live, earlier, wanted, &format!("{SHOTS}.{path}"));
    assert_eq!(of(shots([home(), notes()]), shots([new(), notes()]), "1"), Config);
    assert_eq!(of(shots([shot("start", b"home"), notes()]), shots([new(), notes()]), "1"), Config);
    assert_eq!(of(shots([new(), notes()]), shots([new(), notes()]), "1"), Drift);
    assert_eq!(of(shots([shot("renamed", b"new"), notes()]), shots([new(), notes()]), "1"), Drift);
    assert_eq!(of(shots([shot("older", b"older"), notes()]), shots([new(), notes()]), "1"), Conflict);
    assert_eq!(of(shots([notes(), home()]), shots([new(), notes()]), "1"), Conflict, "somebody moved them");
    assert_eq!(of(shots([notes(), home()]), shots([notes(), home()]), "2"), Drift);
    assert_eq!(of(shots([home(), notes()]), want().screenshots([home()]), "2"), Config);
    assert_eq!(
        of(want().screenshots([home()]), want().screenshots([home()]), "2"),
        Drift,
        "somebody added one"
    );
    assert_eq!(of(shots([remote("501"), notes()]), shots([new(), notes()]), "1"), Config);

    let named = |caption: &str| shots([captioned(home(), caption), notes()]);
    assert_eq!(of(named(""), named("Start"), "1.description"), Config);
    assert_eq!(of(named("Start"), named("Start "), "1.description"), Drift);
    assert_eq!(of(named("Before"), named("Start"), "1.description"), Conflict);
    let plan = case(live.clone()).since(named("Before")).plan(named("Start"));
    assert_eq!(change(&plan, &format!("{SHOTS}.1.description")).baseline, Some(json!("Before")));
    let earlier = || shots([shot("older", b"older"), notes()]);
    let plan = case(live.clone()).since(earlier()).plan(shots([new(), new()]));
    assert_eq!(
        change(&plan, &format!("{SHOTS}.1")).baseline,
        Some(json!({"fileName": image_name("older", b"older")}))
    );
    assert_eq!(guards(&plan), [format!("reverts-drift: 1 field: {SHOTS}")], "a list is one field");
}

#[test]
fn uploading_anew_for_want_of_trust_reverts_nothing() {
    let live = published_showing(vec![live_image("503", "en-us/night.png", "Screenshot")]);
    let night = || want().screenshots([shot("night", b"night")]);
    let mut case = case(live).since(night());
    case.options.replace_untrusted = true;
    let plan = case.plan(night());
    assert_eq!(plan.resources[0].changes[0].origin, Some(Config));
}

#[test]
fn packages_are_told_by_content() {
    let ships = |version: &str| want().packages([package(version, "x64"), package(version, "arm64")]);
    let of = |earlier: &str, wanted: &str| {
        let plan = case(published()).since(ships(earlier)).plan(ships(wanted));
        let changes = &plan.resources[0].changes;
        let mut origins: Vec<Origin> = changes.iter().map(|change| change.origin.unwrap()).collect();
        assert_eq!(origins.len(), 4);
        origins.dedup();
        (origins, has_guard(&plan, Guard::RevertsDrift))
    };
    assert_eq!(of("1.4.0.0", "1.5.0.0"), (vec![Config], false));
    assert_eq!(of("1.5.0.0", "1.5.0.0"), (vec![Drift], true));
    assert_eq!(of("1.4.9.0", "1.5.0.0"), (vec![Conflict], true));
}

/// With the paths of the `release` block.
fn released(want: Want, paths: &[&str]) -> Want {
    let mut want = want;
    want.0.of_release = paths.iter().map(|path| Path::new(path.split('.'))).collect();
    want
}

#[test]
fn what_comes_with_a_release_waited_for_it() {
    const NOTES: &str = "listings.en-us.releaseNotes";
    let release = |version: &str, notes: &str| {
        let packages = want().packages([package(version, "x64"), package(version, "arm64")]);
        released(packages.value(NOTES, notes), &["packages", NOTES])
    };
    let plan = case(published()).since(release("1.5.0.0", "New.")).plan(release("1.5.0.0", "New."));
    assert!(plan.resources[0].changes.iter().all(|change| change.origin == Some(Config)));
    assert_eq!(change(&plan, NOTES).baseline, Some(json!("New.")), "what git said is told all the same");
    // Text that holds without the release is told as ever.
    let plan = case(published())
        .since(release("1.5.0.0", "New.").value(TEXT, "Before."))
        .plan(release("1.5.0.0", "New.").value(TEXT, "Before."));
    assert_eq!(change(&plan, TEXT).origin, Some(Drift));
    // The release was made: whoever changed its notes since, did it in Partner Center.
    let plan = case(published()).since(release("1.4.0.0", "New.")).plan(release("1.4.0.0", "New."));
    assert_eq!(change(&plan, NOTES).origin, Some(Drift));
}

#[test]
fn release_settings_wait_and_never_drift() {
    let wanted = |text: &str| {
        says("targetPublishMode", "Manual").value("notesForCertification", "Sign in.").value(TEXT, text)
    };
    let plan =
        case(published_with([("packageDeliveryOptions.packageRollout.isPackageRollout", json!(true))]))
            .since(wanted("Plain text."))
            .plan(wanted("New."));
    let changes = &plan.resources[0].changes;
    assert_eq!(changes.len(), 4);
    assert!(changes.iter().all(|change| change.origin == Some(Config)), "{changes:?}");
    assert!(!serde_json::to_string(&plan).unwrap().contains("Sign in"));
    assert!(change(&plan, "notesForCertification").baseline.as_ref().unwrap()["hidden"].is_string());
}

/// A resource of a kind that is there.
fn of_kind(live: Document, kind: Kind) -> Case {
    if kind == Kind::App { case(live) } else { case(live).member() }
}

proptest! {
    #[test]
    fn where_live_is_as_the_baseline_says_every_change_is_ours((live, wanted) in any_resource()) {
        let live = document(&live);
        let earlier = as_it_is(wanted.1, &live);
        let plan = of_kind(live, wanted.1).since(earlier).plan(wanted);
        for change in &plan.resources[0].changes {
            prop_assert_eq!(change.origin, Some(Config), "{:?}", change);
        }
    }

    #[test]
    fn where_nothing_changed_in_git_every_change_is_drift((live, wanted) in any_resource()) {
        let live = document(&live);
        let plan = of_kind(live, wanted.1).since(copy(&wanted)).plan(copy(&wanted));
        // With an error, nothing is sent.
        if plan.diagnostics.iter().any(|finding| finding.severity == Severity::Error) {
            return Ok(());
        }
        for change in &plan.resources[0].changes {
            let owner = wanted.0.owned.iter().find(|owned| owned.path.covers(&change.path));
            let waits = change.section == Some(Section::Rollout)
                || owner.and_then(|owned| owned.field).is_some_and(|field| field.rides_along);
            prop_assert_eq!(change.origin, Some(if waits { Config } else { Drift }), "{:?}", change);
        }
    }

    #[test]
    fn no_drift_is_overwritten_without_a_guard(live in live_document(), earlier in desired(), wanted in desired()) {
        let live = document(&live);
        let before = super::run::lay(&live, &earlier).changes;
        let fields: Vec<Path> = before.iter().map(Change::field).collect();
        let plan = case(live).since(earlier).plan(wanted);
        let overwritten = |change: &&Change| fields.contains(&change.field());
        let waits = |change: &&Change| {
            change.section == Some(Section::Rollout)
                || ["targetPublishMode", "targetPublishDate", "notesForCertification"].contains(&change.path.dotted().as_str())
        };
        let mut changes = plan.resources[0].changes.iter().filter(overwritten);
        if changes.any(|change| !waits(&change)) {
            prop_assert!(has_guard(&plan, Guard::RevertsDrift));
        }
    }
}

/// The origins of the changes to a resource of which git said `earlier`, and whether they need a permit for it.
fn origins(resource: &Resource, earlier: &Resource, live: LiveProduct) -> (Vec<Origin>, bool) {
    let live = Live::Readable(Box::new(live));
    let made_of = MadeOf { baseline: Some(at_baseline()), ..made_of(Options::default()) };
    let plan = plan(&[Product { resource, live: &live, baseline: Some(earlier) }], made_of, Vec::new());
    let mut origins: Vec<Origin> =
        plan.resources[0].changes.iter().map(|change| change.origin.unwrap()).collect();
    origins.dedup();
    (origins, has_guard(&plan, Guard::RevertsDrift))
}

#[test]
fn an_add_on_that_git_knew_and_the_store_has_not_was_removed_there() {
    let manifest = |price: &str| {
        resource(&format!(
            "{GOLD}submission: {{pricing: {{priceId: {price}}}, listings: {{en: {{title: Gold}}}}}}\n"
        ))
    };
    let gone = || live(None, None);
    let absent = resource(&format!("{GOLD}state: absent\n"));
    assert_eq!(origins(&manifest("Free"), &manifest("Free"), gone()), (vec![Origin::Drift], true));
    let plan = origins(&manifest("Free"), &manifest("Tier2"), gone());
    assert_eq!(plan, (vec![Origin::Drift, Origin::Conflict, Origin::Drift], true));
    assert_eq!(origins(&manifest("Free"), &absent, gone()), (vec![Origin::Config], false));
}

#[test]
fn a_flight_waits_for_its_first_packages_and_nobody_removed_it() {
    let insiders = with_package(resource(INSIDERS), package("1.5.0.0", "x64"));
    let waited = resource(INSIDERS);
    assert_eq!(origins(&insiders, &waited, live(None, None)), (vec![Origin::Config], false));
    assert_eq!(origins(&insiders, &insiders, live(None, None)), (vec![Origin::Config], false));
}

#[test]
fn whose_change_a_running_rollout_meets() {
    let wants = |line: &str| app(&format!("rollout: {{of: 1.4.0.0, {line}}}\n"));
    let of = |earlier: &str, wanted: &str| {
        origins(&wants(wanted), &wants(earlier), live(None, Some(rolled_out(RUNNING))))
    };
    assert_eq!(of("percentage: 10", "percentage: 50"), (vec![Origin::Config], false));
    assert_eq!(of("percentage: 50", "percentage: 50"), (vec![Origin::Drift], true));
    assert_eq!(of("percentage: 25", "percentage: 50"), (vec![Origin::Conflict], true));
    assert_eq!(of("percentage: 25", "state: halted"), (vec![Origin::Conflict], true));
    assert_eq!(of("percentage: 10", "state: halted"), (vec![Origin::Config], false));
    let other = app("rollout: {of: 1.3.0.0, percentage: 50}\n");
    let plan = origins(&wants("percentage: 50"), &other, live(None, Some(rolled_out(RUNNING))));
    assert_eq!(plan, (vec![Origin::Config], false), "git spoke of another version");
}

#[test]
fn what_only_partner_center_can_change_overwrites_nothing() {
    let consumable = resource(&GOLD.replace("Durable", "Consumable"));
    let there = || live(Some(&gold()), Some(gold_published()));
    assert_eq!(origins(&consumable, &consumable, there()), (vec![Origin::Drift], false));
    assert_eq!(origins(&consumable, &resource(GOLD), there()), (vec![Origin::Config], false));
}
