//! What an apply does where another submission is in the way.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::products::{self, Product};
use crate::support::things::APP;

/// What a team may have in the Store, each with a change that is to be made.
fn every_product() -> [Product; 3] {
    [products::app(), products::add_on(), products::flight()]
}

#[test]
fn an_older_draft_of_ours_is_replaced_where_that_is_asked_for() {
    for product in every_product() {
        let story = product.story();
        let draft = product.older_draft(&story);
        let refused = story.run(&product.apply(&[])).ended(5).says("blocker older-draft");
        refused.says("--if-busy replace");
        assert_eq!(product.pending(&story), Some(draft.clone()), "it is left alone");
        let hash = story.plan(&product.release)["fingerprints"]["plan"].as_str().unwrap().to_owned();
        // What was approved is the same.
        let ran =
            story.run(&product.apply(&["--expect", &hash, "--if-busy", "replace", "--wait", "published"]));
        ran.ended(0).says(&format!("remove draft {draft}, which an earlier run left")).says("is Published");
        assert_eq!(story.successes("DELETE", &format!("/submissions/{draft}")), 1);
        product.converged(&story);
    }
}

#[test]
fn a_draft_of_somebody_else_is_replaced_behind_a_permit_only() {
    for product in every_product() {
        let story = product.story();
        let draft = product.foreign_draft(&story);
        let before = (story.mutations(), product.submission(&story, &draft));
        let unharmed = |why: &str| {
            assert_eq!((story.mutations(), product.submission(&story, &draft)), before, "{why}");
        };
        story
            .run(&product.apply(&["--yes"]))
            .ended(5)
            .says("blocker foreign-draft")
            .says("--allow replaces-draft");
        unharmed("nothing was asked for");
        let refused = story.run(&product.apply(&["--yes", "--if-busy", "replace"])).ended(6);
        refused.says("replaces-draft needs a permit").says(&draft).says("remove draft");
        unharmed("there is no permit");
        story.run(&product.apply(&["--yes", "--allow", "replaces-draft"])).ended(5).says("nothing needs");
        unharmed("a permit alone replaces nothing");
        let allowed = format!("replaces-draft={}", product.address);
        let ran = story.run(
            &product.apply(&["--yes", "--if-busy", "replace", "--allow", &allowed, "--wait", "published"]),
        );
        ran.ended(0).says(&format!("remove draft {draft}, which somebody else made"));
        assert_eq!(story.successes("DELETE", &format!("/submissions/{draft}")), 1);
        product.converged(&story);
    }
}

#[test]
fn what_is_on_its_way_or_from_the_portal_is_never_deleted() {
    for product in every_product() {
        for (status, url, blocker) in [
            ("CommitStarted", true, "in-flight"),
            ("Certification", true, "in-flight"),
            ("Release", true, "in-flight"),
            ("PendingCommit", false, "portal-draft"),
            ("CertificationFailed", false, "foreign-failure"),
        ] {
            let story = product.story_with_pending(status, url);
            let all = ["--yes", "--if-busy", "replace", "--resubmit", "--allow", "replaces-draft"];
            story.run(&product.apply(&all)).ended(5).says(&format!("blocker {blocker}"));
            assert!(story.mutations().is_empty(), "{status}: {:?}", story.mutations());
        }
    }
}

#[test]
fn a_draft_that_was_touched_after_the_plan_is_not_replaced() {
    let product = products::app();
    for event in [json!({ "edit": { "visibility": "Private" } }), json!("publish")] {
        let story = product.story();
        let draft = product.foreign_draft(&story);
        // It is read for the plan, and once more before it is removed.
        story.store.fault(
            "meddling",
            &json!({
                "on": { "operation": "S2", "path": format!("applications/{APP}/submissions/{draft}") }, "skip": 1,
                "do": [{ "meanwhile": { "when": "before", "events": [event] } }]
            }),
        );
        let all = ["--yes", "--if-busy", "replace", "--allow", "replaces-draft"];
        story.run(&product.apply(&all)).ended(4).says("it is left alone");
        assert_eq!(story.store.fired("meddling"), 1);
        assert_eq!(story.successes("DELETE", ""), 0);
    }
}

#[test]
fn a_removal_whose_answer_is_lost_is_settled_by_reading() {
    for product in every_product() {
        for answer in [
            json!({ "answer": { "status": 504, "applied": "yes", "body": "html" } }),
            json!({ "answer": { "status": 503 } }),
            json!({ "reset": "after" }),
        ] {
            let story = product.story();
            let draft = product.older_draft(&story);
            story.store.fault("lost", &json!({ "on": { "operation": product.delete }, "do": [answer] }));
            story.run(&product.apply(&["--yes", "--if-busy", "replace", "--wait", "published"])).ended(0);
            assert_eq!(story.store.fired("lost"), 1);
            assert_eq!(story.successes("DELETE", &format!("/submissions/{draft}")), 1, "{answer}");
            product.converged(&story);
        }
    }
}

#[test]
fn a_run_that_is_killed_around_the_removal_converges() {
    for product in every_product() {
        for (operation, when) in [
            (product.delete, "before"),
            (product.delete, "after"),
            (product.create, "before"),
            (product.create, "after"),
        ] {
            let story = product.story();
            product.older_draft(&story);
            let arguments = product.apply(&["--yes", "--if-busy", "replace", "--wait", "published"]);
            story.store.fault("kill", &json!({ "on": { "operation": operation }, "do": [{ "hold": when }] }));
            let mut command = story.command(&arguments);
            let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            assert_eq!(story.store.held("kill")["when"], when);
            process.kill().unwrap();
            assert!(!process.wait().unwrap().success());
            story.store.release("kill");
            story.run(&arguments).ended(0);
            // The older draft was one.
            assert_eq!(story.successes("POST", "/submissions"), 2, "{operation} {when}");
            assert_eq!(story.successes("POST", "/commit"), 1, "{operation} {when}");
            product.converged(&story);
        }
    }
}

/// What the Store says of a commit that failed.
fn failing(operation: &str, error: &Value) -> Value {
    let course = json!({ "statuses": ["PreProcessing", "CertificationFailed"], "errors": [error] });
    json!({ "on": { "operation": operation }, "do": [{ "course": course }] })
}

#[test]
fn what_was_rejected_is_sent_again_once_it_is_mended() {
    let error = json!({ "code": "InvalidParameterValue", "details": "The description is too good" });
    for product in every_product().into_iter().chain([products::app_text(), products::add_on_text()]) {
        let story = product.story();
        story.store.fault("reject", &failing(product.commit, &error));
        let apply = product.apply(&["--yes", "--wait", "published"]);
        story.run(&apply).ended(8).says("too good");
        let sent = story.mutations();
        story.run(&apply).ended(8).says("too good").says("--resubmit");
        assert_eq!(story.mutations(), sent, "unchanged, it is not sent again");
        story.run(&[&apply[..], &["--if-busy", "replace"]].concat()).ended(8);
        assert_eq!(story.mutations(), sent, "replacing is another wish");
        product.want(&story, 2);
        story.run(&apply).ended(0).says("is Published");
        assert_eq!(story.successes("DELETE", ""), 1, "the failed one is removed");
        product.converged(&story);
    }
}

#[test]
fn what_was_rejected_is_sent_again_unchanged_where_that_is_asked_for() {
    let error = json!({ "code": "InvalidParameterValue", "details": "The description is too good" });
    for product in every_product() {
        let story = product.story();
        story.store.fault("reject", &failing(product.commit, &error));
        let apply = product.apply(&["--yes", "--wait", "published"]);
        story.run(&apply).ended(8);
        story.run(&[&apply[..], &["--resubmit"]].concat()).ended(0).says("is Published");
        product.converged(&story);
    }
}

#[test]
fn a_fault_of_the_service_is_sent_again_unasked() {
    let errors = [
        json!({ "code": "InvalidParameterValue", "details": "Request it is not IngestionWeb or IngestionApi" }),
        json!({ "code": "IsInternalError", "details": "Commit workflow 7 is cancelled" }),
    ];
    for (product, error) in every_product().iter().zip(errors.iter().cycle()) {
        let story = product.story();
        story.store.fault("incident", &failing(product.commit, error));
        let apply = product.apply(&["--yes", "--wait", "published"]);
        story.run(&apply).ended(8);
        story.run(&apply).ended(0).says("is Published");
        product.converged(&story);
    }
}

#[test]
fn a_failed_submission_of_somebody_else_blocks() {
    for product in every_product() {
        let story = product.story_with_pending("CertificationFailed", true);
        let told = story.run(&product.apply(&["--yes"])).ended(5).says("blocker foreign-failure");
        told.says(&format!("`--if-busy replace --allow replaces-draft={}`", product.address));
        assert!(story.mutations().is_empty());
        let all = ["--yes", "--if-busy", "replace", "--allow", "replaces-draft", "--wait", "published"];
        // The submission comes from a seed, which has uploads of the sandbox for drafts and failed ones alike.
        story.run(&product.apply(&all)).ended(0);
        product.converged(&story);
    }
}
