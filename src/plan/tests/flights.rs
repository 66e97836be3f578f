//! Package flights.

use serde_json::json;

use crate::manifest::{Code, Finding, Guard, Severity};
use crate::plan::{Action, BlockerKind, LiveSource, MadeOf, Options, Product, Stance, plan};
use crate::submission::{Live, LiveProduct};

use super::live::document;
use super::local::package;
use super::manifests::{
    INSIDERS, beta, insiders, live, member, planned, planned_all, resource, steps, unpublished, with_package,
};
use super::run::{blockers, diagnostics, guards, listed, made_of};

#[test]
fn a_flight_is_created_with_its_first_packages() {
    let plan = planned(&resource(INSIDERS), live(None, None));
    assert_eq!((plan.resources[0].action, diagnostics(&plan)), (Action::None, vec!["SW2031"]));
    let with_package = with_package(resource(INSIDERS), package("1.5.0.0", "x64"));
    let plan = planned(&with_package, live(None, None));
    assert_eq!(plan.resources[0].action, Action::Create);
    let changes = listed(&plan.resources[0].changes);
    assert_eq!(changes[..2], ["set friendlyName", "set groupIds"]);
    assert!(changes[2].starts_with("add packages."), "{changes:?}");
    assert_eq!(blockers(&plan), []);
    assert_eq!(steps(&plan)[0], "create");
}

#[test]
fn ranks_are_right_when_the_other_flight_lies_anywhere_below() {
    for (below, right) in [("Beta", true), ("f2", true), ("Canary", true), ("canary", true), ("Other", false)]
    {
        let plan = planned(&resource(&format!("{INSIDERS}rankHigherThan: {below}\n")), above_three());
        assert_eq!(blockers(&plan).is_empty(), right, "{below}");
        assert_eq!(diagnostics(&plan), Vec::<&str>::new());
    }
    let inverted = planned(&resource(&format!("{INSIDERS}rankHigherThan: Other\n")), above_three());
    assert_eq!(inverted.blockers[0].detail, "rankHigherThan: Beta → Other");
    assert_eq!(inverted.resources[0].changes[0].source.as_ref().unwrap().line, 6, "its own line");
}

/// Insiders above Beta above Canary, and Other on top of all.
fn above_three() -> LiveProduct {
    let canary = member(&json!({"flightId": "f3", "friendlyName": "Canary"}));
    let other = member(&json!({"flightId": "f4", "friendlyName": "Other", "rankHigherThan": "Insiders"}));
    LiveProduct { flights: vec![member(&insiders()), beta(), canary, other], ..live(Some(&insiders()), None) }
}

#[test]
fn a_rank_above_no_flight_is_a_mistake() {
    let with = |below: &str| {
        let resource = resource(&format!("{INSIDERS}rankHigherThan: {below}\n"));
        let there = planned(&resource, above_three());
        let new = with_package(resource, package("1.5.0.0", "x64"));
        let created = planned(&new, LiveProduct { member: None, ..above_three() });
        [there, created].map(|plan| {
            let found = plan.diagnostics.into_iter().find(|finding| finding.code == "SW1505");
            found.map(|found| (found.help.unwrap(), found.at.unwrap().line))
        })
    };
    assert_eq!(with("Betta"), [0, 0].map(|_| Some(("did you mean `Beta`?".to_owned(), 6))));
    assert_eq!(with("Beta"), [None, None]);
    assert!(with("Nightly")[0].as_ref().unwrap().0.starts_with("name a flight of the app"));
}

#[test]
fn only_the_live_flights_tell_that_a_rank_is_a_mistake() {
    let resource = resource(&format!("{INSIDERS}rankHigherThan: Betta\n"));
    let product = Live::Readable(Box::new(above_three()));
    let near_miss = Finding {
        code: Code::UnknownFlight.to_string(),
        severity: Severity::Warning,
        message: "no manifest describes it".to_owned(),
        at: None,
        help: None,
    };
    let told = |live| {
        let made_of = MadeOf { live, ..made_of(Options::default()) };
        let plan = plan(
            &[Product { resource: &resource, live: &product }],
            made_of,
            vec![near_miss.clone()],
            Stance::default(),
        );
        plan.diagnostics.into_iter().map(|finding| finding.severity).collect::<Vec<_>>()
    };
    assert_eq!(told(LiveSource::Account), [Severity::Error], "said once");
    assert_eq!(told(LiveSource::Snapshot), [Severity::Error]);
    assert_eq!(told(LiveSource::Baseline), [Severity::Warning]);
}

const NIGHTLY: &str =
    "kind: Flight\nname: nightly\napp: reader\nfriendlyName: Every night\ngroupIds: [\"9\"]\n";

#[test]
fn a_flight_may_be_called_as_its_manifest_calls_it() {
    let insiders =
        with_package(resource(&format!("{INSIDERS}rankHigherThan: nightly\n")), package("1.5.0.0", "x64"));
    let nightly = with_package(resource(NIGHTLY), package("1.5.0.0", "x64"));
    let plan = planned_all(vec![(&insiders, live(None, None)), (&nightly, live(None, None))]);
    let rank = plan.resources.iter().flat_map(|r| &r.changes).find(|c| c.path.dotted() == "rankHigherThan");
    assert_eq!(rank.unwrap().after, Some(json!("Every night")), "the API knows no other name");
    assert_eq!((blockers(&plan), diagnostics(&plan)), (vec![], vec![]));
    let order: Vec<&str> = plan.resources.iter().map(|resource| resource.address.as_str()).collect();
    assert_eq!(order, ["flight/reader/nightly", "flight/reader/insiders"], "from the lowest up");
}

#[test]
fn a_flight_is_not_created_above_one_that_is_not_there_by_then() {
    let insiders =
        with_package(resource(&format!("{INSIDERS}rankHigherThan: nightly\n")), package("1.5.0.0", "x64"));
    let nightly = resource(NIGHTLY);
    let plan = planned_all(vec![(&insiders, live(None, None)), (&nightly, live(None, None))]);
    assert_eq!((blockers(&plan), diagnostics(&plan)), (vec![BlockerKind::FlightMissing], vec!["SW2031"]));
    assert!(plan.steps.is_empty());
    let there = json!({"flightId": "f9", "friendlyName": "Every night", "groupIds": ["9"]});
    let product = || LiveProduct { flights: vec![member(&there)], ..live(None, None) };
    let nightly_live = LiveProduct { member: Some(member(&there)), ..product() };
    let plan = planned_all(vec![(&insiders, product()), (&nightly, nightly_live)]);
    assert_eq!(blockers(&plan), []);
}

#[test]
fn a_flight_needs_an_app_that_was_published() {
    let product =
        |own: Option<&serde_json::Value>| LiveProduct { application: unpublished(), ..live(own, None) };
    let manifest = || with_package(resource(INSIDERS), package("1.5.0.0", "x64"));
    for own in [None, Some(&insiders())] {
        assert_eq!(blockers(&planned(&manifest(), product(own))), [BlockerKind::FirstSubmission]);
        assert_eq!(blockers(&planned(&manifest(), live(own, None))), []);
    }
    assert_eq!(
        blockers(&planned(&resource(INSIDERS), product(Some(&insiders())))),
        [],
        "nothing is to be done"
    );
}

#[test]
fn a_flight_has_no_price_and_needs_none() {
    let plan =
        planned(&with_package(resource(INSIDERS), package("1.5.0.0", "x64")), live(Some(&insiders()), None));
    assert_eq!((plan.resources[0].action, blockers(&plan)), (Action::Update, vec![]));
}

#[test]
fn a_flight_is_deleted_with_what_is_ours_in_it() {
    let absent = |permit: &str| resource(&format!("{INSIDERS}state: absent\n{permit}"));
    let draft = |packages: serde_json::Value, url: serde_json::Value| {
        document(
            &json!({"id": "7", "status": "PendingCommit", "flightPackages": packages, "fileUploadUrl": url}),
        )
    };
    let with = |pending| LiveProduct { pending: Some(pending), ..live(Some(&insiders()), None) };
    let url = json!("https://blob.example/7?sig=x");
    let blank = planned(&absent("permit: [deletes-flight]\n"), with(draft(json!([]), url.clone())));
    assert_eq!((blank.resources[0].action, blockers(&blank)), (Action::Delete, vec![]));
    assert_eq!(
        (guards(&blank), blank.unpermitted().count()),
        (vec!["deletes-flight: Insiders".to_owned()], 0)
    );
    assert_eq!(planned(&absent(""), live(Some(&insiders()), None)).unpermitted().count(), 1);
    let theirs = json!([{"fileName": "a.msix", "fileStatus": "PendingUpload"}]);
    let foreign = planned(&absent(""), with(draft(theirs, url)));
    assert_eq!(blockers(&foreign), [BlockerKind::ForeignDraft]);
    let portal = planned(&absent(""), with(draft(json!([]), serde_json::Value::Null)));
    assert_eq!(blockers(&portal), [BlockerKind::PortalDraft]);
}

#[test]
fn changed_groups_need_the_portal_or_the_permit_to_create_the_flight_anew() {
    let other = INSIDERS.replace("\"8\"", "\"9\"");
    let plan = planned(&resource(&other), live(Some(&insiders()), None));
    assert_eq!(blockers(&plan), [BlockerKind::PortalOnly]);
    assert_eq!(plan.blockers[0].detail, "groupIds: 7, 8 → 7, 9");
    assert!(plan.blockers[0].remedies.iter().any(|remedy| remedy.contains("permit: [recreates-flight]")));
    let permitted = resource(&format!("{other}permit: [recreates-flight]\n"));
    let plan = planned(&with_package(permitted, package("1.5.0.0", "x64")), live(Some(&insiders()), None));
    assert_eq!((plan.resources[0].action, blockers(&plan)), (Action::Create, vec![]));
    assert!(plan.guards.iter().any(|hit| hit.guard == Guard::RecreatesFlight && hit.permitted));
    assert_eq!(steps(&plan)[..2], ["delete", "create"]);
    let same = resource(&format!("{INSIDERS}permit: [recreates-flight]\n"));
    let plan = planned(&with_package(same, package("1.5.0.0", "x64")), live(Some(&insiders()), None));
    assert_eq!((plan.resources[0].action, guards(&plan)), (Action::Update, vec![]), "it is as it should be");
    assert_eq!(diagnostics(&plan), ["SW2004"]);
}

#[test]
fn a_flight_is_not_recreated_with_somebodys_draft_in_it() {
    let other = INSIDERS.replace("\"8\"", "\"9\"");
    let permitted = resource(&format!("{other}permit: [recreates-flight]\n"));
    let theirs = json!({
        "id": "7", "status": "PendingCommit", "fileUploadUrl": "https://blob.example/7?sig=x",
        "flightPackages": [{"fileName": "a.msix", "fileStatus": "PendingUpload"}],
    });
    let product = LiveProduct { pending: Some(document(&theirs)), ..live(Some(&insiders()), None) };
    let plan = planned(&with_package(permitted, package("1.5.0.0", "x64")), product);
    assert_eq!(blockers(&plan), [BlockerKind::ForeignDraft]);
    assert!(plan.steps.is_empty());
}
