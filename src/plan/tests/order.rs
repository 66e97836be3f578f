//! In which order work on the resources starts.

use serde_json::json;

use crate::plan::{Plan, StepKind};
use crate::submission::LiveProduct;

use super::live::published_with;
use super::local::package;
use super::manifests::{
    GOLD, INSIDERS, app, gold, gold_published, insiders, live, member, planned_all, resource, with_package,
};
use super::run::blockers;

fn order(plan: &Plan) -> Vec<&str> {
    plan.resources.iter().map(|resource| resource.address.as_str()).collect()
}

/// The resources of the steps, each once, in their order; what makes a step first with its kind.
fn started(plan: &Plan) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for step in &plan.steps {
        let word = match step.kind {
            StepKind::Rollout => format!("rollout {}", step.address),
            _ => step.address.clone(),
        };
        if seen.last() != Some(&word) {
            seen.push(word);
        }
    }
    seen
}

#[test]
fn rollouts_add_ons_flights_by_rank_apps_and_deletions_last() {
    let rollout = json!({
        "isPackageRollout": true, "packageRolloutPercentage": 10.0,
        "packageRolloutStatus": "PackageRolloutInProgress", "fallbackSubmissionId": "99",
    });
    let running = || published_with([("packageDeliveryOptions.packageRollout", rollout.clone())]);
    let text = "submission: {visibility: Private}\npermit: [visibility-reduced]\n";
    let reader = app(&text.replace("Private", "Private, openRollout: finalize"));
    let gone = resource(&format!(
        "{}state: absent\npermit: [deletes-add-on]\n",
        GOLD.replace("name: gold", "name: old")
    ));
    let high =
        with_package(resource(&format!("{INSIDERS}rankHigherThan: Nightly\n")), package("1.5.0.0", "x64"));
    let low = INSIDERS.replace("Insiders", "Nightly").replace("insiders", "nightly");
    let low = with_package(resource(&low), package("1.5.0.0", "x64"));
    let raised =
        resource("kind: App\nname: writer\nid: 9NBLGGH4R316\nrollout: {of: 1.4.0.0, percentage: 50}\n");
    let new = resource(&format!(
        "{GOLD}submission: {{pricing: {{priceId: Tier1012}}, listings: {{en: {{title: Gold}}}}}}\n"
    ));
    let plan = planned_all(vec![
        (&gone, live(Some(&gold()), Some(gold_published()))),
        (&reader, live(None, Some(running()))),
        (&high, live(None, None)),
        (&low, live(None, None)),
        (&new, live(None, None)),
        (&raised, live(None, Some(running()))),
    ]);
    assert_eq!(blockers(&plan), []);
    assert_eq!(
        order(&plan),
        [
            "app/writer", "add-on/reader/gold", "flight/reader/nightly", "flight/reader/insiders",
            "app/reader", "add-on/reader/old",
        ]
    );
    assert_eq!(
        started(&plan),
        [
            "rollout app/writer", "rollout app/reader", "add-on/reader/gold", "flight/reader/nightly",
            "flight/reader/insiders", "app/reader", "add-on/reader/old",
        ]
    );
}

#[test]
fn flights_that_are_there_rank_as_the_store_says() {
    let (high, low) =
        (resource(INSIDERS), resource(&INSIDERS.replace("Insiders", "Beta").replace("insiders", "beta")));
    let of_beta = json!({"flightId": "f2", "friendlyName": "Beta", "groupIds": ["7", "8"]});
    let flights = || vec![member(&insiders()), member(&of_beta)];
    let product = |own| LiveProduct { flights: flights(), ..live(Some(own), None) };
    let plan = planned_all(vec![(&high, product(&insiders())), (&low, product(&of_beta))]);
    assert_eq!(order(&plan), ["flight/reader/beta", "flight/reader/insiders"]);
}

#[test]
fn what_starts_together_stays_in_the_order_of_the_manifests() {
    let named = |name: &str| resource(&GOLD.replace("gold", name));
    let (b, a) = (named("b"), named("a"));
    let plan = planned_all(vec![(&b, live(None, None)), (&a, live(None, None))]);
    assert_eq!(order(&plan), ["add-on/reader/b", "add-on/reader/a"]);
}
