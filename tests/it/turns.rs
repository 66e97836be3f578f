//! What an apply does while somebody else is at work: wait for its turn, or leave it to another run.

use serde_json::{Value, json};

use crate::support::products::{self, Product};
use crate::support::story::{Story, run};

fn every_product() -> [Product; 3] {
    [products::app(), products::add_on(), products::flight()]
}

#[test]
fn what_somebody_is_at_work_on_is_left_to_another_run() {
    for product in every_product() {
        for (status, has_url, blocker) in [
            ("Certification", true, "in-flight"),
            ("PendingCommit", true, "foreign-draft"),
            ("PendingCommit", false, "portal-draft"),
        ] {
            let story = product.story_with_pending(status, has_url);
            let outputs = story.path("outputs");
            let mut command = story.command(&product.apply(&["--yes", "--if-busy", "defer"]));
            let ran = run(command.env("GITHUB_OUTPUT", &outputs)).ended(0);
            let line = format!("{}: deferred, nothing was sent ({blocker})\n", product.address);
            assert!(ran.stdout.contains(&line), "{}", ran.stdout);
            assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
            let outputs = std::fs::read_to_string(outputs).unwrap();
            assert!(outputs.contains("result=deferred\n"), "{outputs}");
            let json = story.run(&product.apply(&["--if-busy", "defer", "--output", "json"])).ended(0).json();
            assert_eq!((&json["result"], &json["exitCode"]), (&json!("deferred"), &json!(0)));
            let own =
                json["resources"].as_array().unwrap().iter().find(|own| own["address"] == product.address);
            assert_eq!(own.unwrap()["result"], "deferred");
            assert!(story.mutations().is_empty(), "{:?}", story.mutations());
        }
        let dead = product.story_with_pending("CertificationFailed", true);
        let ran = dead.run(&product.apply(&["--yes", "--if-busy", "defer"])).ended(5);
        ran.says("blocked: foreign-failure");
    }
}

#[test]
fn what_nobody_else_is_at_work_on_is_not_deferred() {
    let (app, gold) = (products::app(), products::add_on());
    let story = app.story_with_pending("Certification", true);
    story.write("gold.yaml", gold.document());
    let ran = story.run(&app.apply(&["--yes", "--if-busy", "defer", "--wait", "none"])).ended(0);
    assert!(ran.stdout.contains("app/harbor-notes: deferred"), "{}", ran.stdout);
    assert!(ran.stdout.contains("add-on/harbor-notes/gold: submission"), "{}", ran.stdout);
    assert_eq!(story.successes("POST", "/commit"), 1);
    // An older draft of ours would be in the way of every run.
    let story = app.story();
    app.older_draft(&story);
    story.run(&app.apply(&["--yes", "--if-busy", "defer"])).ended(5).says("older-draft");
}

#[test]
fn a_turn_is_waited_for_and_planned_again() {
    for product in every_product() {
        let story = product.story();
        let other = product.committed(&story);
        let hash = story.plan(&product.release)["fingerprints"]["plan"].as_str().unwrap().to_owned();
        story.run(&product.apply(&["--yes"])).ended(5).says("blocker in-flight").says("--if-busy wait");
        let waiting = product.apply(&["--expect", &hash, "--if-busy", "wait", "--wait", "published"]);
        let ran = story.run(&waiting).ended(0).says(&format!("waiting for submission {other}"));
        assert!(ran.stdout.contains("is Published"), "{}", ran.stdout);
        assert!(!ran.stderr.contains("is blocked"), "{}", ran.stderr);
        assert_eq!(story.successes("POST", "/commit"), 2, "theirs and ours");
        product.converged(&story);
    }
    let app = products::app();
    let story = app.story();
    app.committed(&story);
    story.run(&app.apply(&["--yes", "--if-busy", "wait", "--wait", "published"])).ended(0);
    assert_eq!(story.published()["visibility"], "Hidden", "what was waited for is still there");
}

/// Lets the submission of somebody else fare in this way, and waits for it.
fn waiting(product: &Product, course: &Value) -> Story {
    let story = product.story();
    let fault = json!({ "on": { "operation": product.commit }, "do": [{ "course": course }] });
    story.store.fault("course", &fault);
    product.committed(&story);
    story
}

#[test]
fn nothing_is_applied_that_nobody_saw() {
    let product = products::app();
    let published = json!({ "listings": { "en-us": { "baseListing": { "description": "By hand" } } } });
    let story = waiting(&product, &json!({ "published": published }));
    let before = story.mutations();
    let ran = story.run(&product.apply(&["--yes", "--if-busy", "wait"])).ended(4);
    ran.says("listings.en-us.description is another change now");
    assert_eq!(story.mutations(), before);

    let published = json!({ "packageDeliveryOptions": { "packageRollout": {
        "isPackageRollout": true, "packageRolloutPercentage": 5.0 } } });
    let story = waiting(&product, &json!({ "published": published }));
    let before = story.mutations();
    story.run(&product.apply(&["--yes", "--if-busy", "wait"])).ended(5).says("rollout-open");
    assert_eq!(story.mutations(), before);
}

#[test]
fn what_is_in_the_way_after_the_wait_blocks() {
    for product in every_product() {
        let story = waiting(&product, &json!({ "statuses": ["PreProcessing", "CertificationFailed"] }));
        let before = story.mutations();
        let ran = story.run(&product.apply(&["--yes", "--if-busy", "wait"])).ended(5);
        ran.says("foreign-failure").says("--allow replaces-draft");
        assert_eq!(story.mutations(), before);
    }
}

#[test]
fn a_turn_that_does_not_come_in_time_takes_nobody_elses() {
    let (app, gold) = (products::app(), products::add_on());
    let story = app.story_with_pending("Certification", true);
    story.write("gold.yaml", gold.document());
    let ran =
        story
            .run(&app.apply(&[
                "--yes", "--if-busy", "wait", "--timeout", "5s", "--wait", "none", "--parallel", "1",
            ]))
            .ended(7);
    let ran = ran.says("is still Certification; the time to wait ran out");
    assert!(ran.stdout.contains("add-on/harbor-notes/gold: submission"), "{}", ran.stdout);
    assert_eq!(story.successes("POST", "/commit"), 1);
    std::fs::remove_file(story.path("gold.yaml")).unwrap();
    story.run(&app.apply(&["--yes", "--if-busy", "wait", "--timeout", "1s"])).ended(9);
    assert_eq!(story.successes("POST", "/commit"), 1);
}

#[test]
fn drafts_are_not_waited_for() {
    for product in every_product() {
        let story = product.story_with_pending("PendingCommit", true);
        story.run(&product.apply(&["--yes", "--if-busy", "wait"])).ended(5).says("foreign-draft");
        assert!(story.mutations().is_empty());
    }
}
