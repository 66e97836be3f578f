//! What happens when somebody, or the network, comes in between.

use serde_json::{Value, json};

use crate::support::local::Local;
use crate::support::plain_http::Answer;
use crate::support::proxy::{Passing, gateway_timeout, proxy};
use crate::support::story::{Ran, Story, run};
use crate::support::things::{self, APP};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";

type Forward<'a> = &'a dyn Fn(&Passing) -> Answer;

/// Applies through a meddler, who is given every API request.
fn apply_through(story: &Story, meddle: impl FnMut(Passing, Forward<'_>) -> Answer + Send + 'static) -> Ran {
    let host = story.store.endpoints.login.trim_end_matches('/').to_owned();
    let between = proxy(&host, Box::new(meddle));
    let mut command = story.command(&["apply", "--yes", "--wait", "published"]);
    run(command.env("STOREWARD_API_URL", format!("{between}/v1.0/my")))
}

/// A colleague's client for the same account.
fn colleague(story: &Story) -> impl Fn(&str, &str, Option<&Value>) -> Answer + Send + 'static {
    let (api, token) = (story.store.endpoints.api.clone(), story.store.token.clone());
    move |method, path, body| {
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let body = body.map(Value::to_string).unwrap_or_default();
        let has_body = method == "POST" || method == "PUT";
        crate::support::plain_http::send(
            method,
            &format!("{api}/{path}"),
            &headers,
            has_body.then_some(body.as_bytes()),
        )
    }
}

fn successes(store: &Local, method: &str, end: &str) -> usize {
    store
        .requests()
        .iter()
        .filter(|request| request["method"] == method && request["status"].as_u64().unwrap() < 300)
        .filter(|request| request["path"].as_str().unwrap().split('?').next().unwrap().ends_with(end))
        .count()
}

#[test]
fn a_plan_that_went_stale_sends_nothing_and_leaves_nothing() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let other = colleague(&story);
    let mut published = false;
    let ran = apply_through(&story, move |passing, forward| {
        if passing.is("POST", "/submissions") && !published {
            published = true;
            let path = format!("applications/{APP}/submissions");
            let mut draft = other("POST", &path, None).json();
            draft["listings"]["en-us"]["baseListing"]["description"] = json!("A colleague's words.");
            let id = draft["id"].as_str().unwrap().to_owned();
            assert_eq!(other("PUT", &format!("{path}/{id}"), Some(&draft)).status, 200);
            assert_eq!(other("POST", &format!("{path}/{id}/commit"), None).status, 202);
            while other("GET", &format!("{path}/{id}/status"), None).json()["status"] != "Published" {
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        }
        forward(&passing)
    });
    ran.ended(4).says("listings.en-us.description is another change now");
    assert_eq!(story.app().get("pendingApplicationSubmission"), None, "the clone is removed");
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "A colleague's words.");
    story.run(&["plan"]).ended(0).says("\"A colleague's words.\" → \"New words.\"");
}

#[test]
fn another_price_than_was_sent_removes_the_draft() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let ran = apply_through(&story, |mut passing, forward| {
        if passing.method == "PUT" {
            let mut body: Value = serde_json::from_slice(&passing.body).unwrap();
            assert_eq!(body["pricing"]["priceId"], "Tier1012", "a concrete price is always sent");
            body["pricing"]["priceId"] = Value::Null;
            passing.body = body.to_string().into_bytes();
        }
        forward(&passing)
    });
    ran.ended(1).says("Tier1012 → Free").says("the draft was deleted");
    assert_eq!(story.app().get("pendingApplicationSubmission"), None);
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
}

#[test]
fn a_draft_that_somebody_changes_before_the_commit_is_left_and_not_committed() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let other = colleague(&story);
    let mut reads_after_update = None;
    let ran = apply_through(&story, move |passing, forward| {
        if passing.method == "PUT" {
            reads_after_update = Some(0);
        } else if let Some(reads) = &mut reads_after_update
            && passing.method == "GET"
        {
            *reads += 1;
            if *reads == 2 {
                let path = passing.target.trim_start_matches("/v1.0/my/").to_owned();
                let mut draft = other("GET", &path, None).json();
                draft["listings"]["en-us"]["baseListing"]["keywords"] = json!(["sneaked", "in"]);
                assert_eq!(other("PUT", &path, Some(&draft)).status, 200);
            }
        }
        forward(&passing)
    });
    ran.ended(1).says("was not committed").says("listings.en-us.baseListing.keywords");
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
    assert!(story.app().get("pendingApplicationSubmission").is_some(), "somebody's work is not destroyed");
    story.run(&["apply", "--yes"]).ended(5).says("foreign-draft");
}

#[test]
fn answers_that_got_lost_are_found_by_reading() {
    for (method, end) in [("POST", "/submissions"), ("PUT", ""), ("POST", "/commit")] {
        let story = Story::new(&things::app_submission(), TEXTS);
        let mut lost = false;
        let ran = apply_through(&story, move |passing, forward| {
            let answer = forward(&passing);
            if passing.is(method, end) && !lost {
                lost = true;
                return gateway_timeout();
            }
            answer
        });
        ran.ended(0).says("504");
        assert_eq!(successes(&story.store, "POST", "/submissions"), 1, "{method} {end}");
        assert_eq!(successes(&story.store, "POST", "/commit"), 1, "{method} {end}");
        assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
    }
}

#[test]
fn a_gateway_that_asks_for_a_pause_gets_it() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let mut turned_away = 0;
    apply_through(&story, move |passing, forward| {
        if passing.method != "GET" && turned_away < 3 {
            turned_away += 1;
            let body =
                json!({ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 14 seconds." });
            return Answer { status: 429, headers: Vec::new(), body: body.to_string().into_bytes() };
        }
        forward(&passing)
    })
    .ended(0);
    assert_eq!(successes(&story.store, "POST", "/submissions"), 1);
}

#[test]
fn green_means_shipped() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let ran = apply_through(&story, |passing, forward| {
        let mut answer = forward(&passing);
        // The Store publishes what was there before (`microsoft/StoreBroker#280`).
        if passing.method == "GET"
            && answer.status == 200
            && let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body)
            && body["status"] == "Published"
            && body["listings"]["en-us"]["baseListing"]["description"] == "New words."
        {
            body["listings"]["en-us"]["baseListing"]["description"] = json!("Plain text.");
            answer.body = body.to_string().into_bytes();
        }
        answer
    });
    ran.ended(8).says("not with what was committed").says("listings.en-us.baseListing.description");
}

#[test]
fn a_token_that_expires_on_the_way_is_renewed() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let mut expired = false;
    apply_through(&story, move |passing, forward| {
        if passing.is("POST", "/submissions") && !expired {
            expired = true;
            let body = json!({ "statusCode": 401, "message": "APIM: Unauthorized. Access token is missing or invalid." });
            return Answer { status: 401, headers: Vec::new(), body: body.to_string().into_bytes() };
        }
        forward(&passing)
    })
    .ended(0);
}

#[test]
fn a_product_that_the_api_refuses_is_named_as_such() {
    let story = Story::new(&things::app_submission(), TEXTS);
    apply_through(&story, |_, _| Answer {
        status: 409,
        headers: Vec::new(),
        body: br#"{"code":"InvalidState","message":"This application uses features that are not supported by the submission API. To perform this operation, use the Dev Center dashboard."}"#.to_vec(),
    })
    .ended(5)
    .says("blocker unsupported-product")
    .says("leave it out of the manifests");
}

#[test]
fn a_draft_that_appears_while_an_answer_is_lost_may_be_somebody_elses() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let other = colleague(&story);
    let mut first = true;
    let ran = apply_through(&story, move |passing, forward| {
        if passing.is("POST", "/submissions") && std::mem::take(&mut first) {
            let path = format!("applications/{APP}/submissions");
            let mut draft = other("POST", &path, None).json();
            draft["listings"]["en-us"]["baseListing"]["keywords"] = json!(["half", "done"]);
            let id = draft["id"].as_str().unwrap().to_owned();
            assert_eq!(other("PUT", &format!("{path}/{id}"), Some(&draft)).status, 200);
            return gateway_timeout();
        }
        forward(&passing)
    });
    ran.ended(4).says("made or changed by somebody else; it is left alone");
    assert_eq!(successes(&story.store, "DELETE", ""), 0);
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
    assert!(story.app().get("pendingApplicationSubmission").is_some());
}

#[test]
fn an_untouched_draft_is_looked_at_again_before_it_is_taken_up() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let other = colleague(&story);
    let path = format!("applications/{APP}/submissions");
    let draft = other("POST", &path, None).json();
    let draft_path = format!("{path}/{}", draft["id"].as_str().unwrap());
    let mut reads = 0;
    let ran = apply_through(&story, move |passing, forward| {
        if passing.is("GET", &draft_path) {
            reads += 1;
            if reads == 2 {
                let mut draft = draft.clone();
                draft["listings"]["en-us"]["baseListing"]["keywords"] = json!(["half", "done"]);
                assert_eq!(other("PUT", &draft_path, Some(&draft)).status, 200);
            }
        }
        forward(&passing)
    });
    ran.ended(4).says("it is left alone");
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
}

#[test]
fn a_create_that_comes_late_is_found_when_the_second_try_meets_it() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let other = colleague(&story);
    let mut tries = 0;
    let ran = apply_through(&story, move |passing, forward| {
        if passing.is("POST", "/submissions") {
            tries += 1;
            if tries == 1 {
                return gateway_timeout();
            }
            // The first one arrives at last.
            assert_eq!(other("POST", &format!("applications/{APP}/submissions"), None).status, 201);
        }
        forward(&passing)
    });
    ran.ended(0).says("draft taken up");
    assert_eq!(successes(&story.store, "POST", "/submissions"), 1);
}

#[test]
fn a_fresh_clone_that_somebody_edits_at_once_is_left_alone() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let other = colleague(&story);
    let ran = apply_through(&story, move |passing, forward| {
        let answer = forward(&passing);
        if passing.is("POST", "/submissions") {
            let path = format!("applications/{APP}/submissions/{}", answer.json()["id"].as_str().unwrap());
            let mut draft = other("GET", &path, None).json();
            draft["visibility"] = json!("Hidden");
            assert_eq!(other("PUT", &path, Some(&draft)).status, 200);
        }
        answer
    });
    ran.ended(4).says("changed by somebody else; it is left alone");
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
    assert!(story.app().get("pendingApplicationSubmission").is_some());
}
