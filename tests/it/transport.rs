//! What the network and the services' moods do to a run: blips, pauses, answers that are none.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use storeward::partner_center::{Connection, Credential, Part, Place, Reader, Settings, Subject};
use storeward::submission::Live;

use crate::support::plain_http::Answer;
use crate::support::proxy::{Passing, proxy};
use crate::support::story::{Ran, Story, run};
use crate::support::things::{self, APP};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";
const PUBLISH: &[&str] = &["apply", "--yes", "--wait", "published"];

fn story() -> Story {
    Story::new(&things::app_submission(), TEXTS)
}

/// The sandbox's address, which serves API and login.
fn host(story: &Story) -> String {
    story.store.endpoints.login.trim_end_matches('/').to_owned()
}

/// A fault that answers like this, so often; null is always.
fn answers(operation: &str, times: &Value, answer: &Value) -> Value {
    json!({ "on": { "operation": operation }, "times": times, "do": [{ "answer": answer }] })
}

/// A connection of this process.
fn connection(address: &str, token: &str, time_scale: f64) -> Connection {
    Connection::new(Settings {
        api: format!("{address}/v1.0/my").parse().unwrap(),
        login: address.parse().unwrap(),
        credential: Credential::Token(token.to_owned().into()),
        correlation_id: "3f2b-ours".to_owned(),
        time_scale,
        now: jiff::Timestamp::now,
    })
    .unwrap()
}

fn creates(story: &Story) -> usize {
    story.mutations().iter().filter(|line| line.contains("/submissions?")).count()
}

/// When a request of the log came.
fn time(request: &Value) -> Timestamp {
    request["time"].as_str().unwrap().parse().unwrap()
}

fn between(earlier: &Value, later: &Value) -> SignedDuration {
    time(later).duration_since(time(earlier))
}

#[test]
fn a_login_that_fails_for_a_moment_ends_nothing() {
    let story = story();
    story.store.fault("slowly", &answers("get-token", &json!(1), &json!({ "status": 429, "retryAfter": 2 })));
    story.store.fault("later", &answers("get-token", &json!(1), &json!({ "status": 503 })));
    story.run(PUBLISH).ended(0);
    assert_eq!((story.store.fired("slowly"), story.store.fired("later")), (1, 1));
}

#[test]
fn a_login_whose_line_breaks_is_asked_again() {
    for when in ["before", "inAnswer"] {
        let story = story();
        let reset = json!({ "on": { "operation": "get-token" }, "do": [{ "reset": when }] });
        story.store.fault("reset", &reset);
        story.run(&["plan"]).ended(0).says("New words.");
        assert_eq!(story.store.fired("reset"), 1);
    }
}

#[test]
fn a_login_is_asked_five_times_at_most_and_once_where_it_refuses() {
    for (status, description, exit, times) in
        [(503, "AADSTS90033: later", 1, 5), (401, "AADSTS7000215: Invalid client secret provided.", 10, 1)]
    {
        let story = story();
        let body = json!({ "exactly": { "error_description": description } });
        story.store.fault(
            "refusal",
            &answers("get-token", &Value::Null, &json!({ "status": status, "body": body })),
        );
        story.run(&["plan"]).ended(exit);
        assert_eq!(story.store.fired("refusal"), times, "{status}");
    }
}

#[test]
fn nothing_is_sent_while_a_service_wants_to_be_left_alone() {
    // At a scale of 0.01.
    let pause = SignedDuration::from_millis(140);
    for answer in [
        json!({ "status": 429, "tryAgainIn": 14 }),
        json!({ "status": 429, "retryAfter": 14, "body": "empty" }),
        json!({ "status": 503, "retryAfter": 14, "body": "empty" }),
    ] {
        for operation in ["A2", "S1", "S3", "S4"] {
            let story = story();
            story.store.fault("pause", &answers(operation, &json!(2), &answer));
            story.run(PUBLISH).ended(0);
            let requests = story.store.requests();
            let pauses: Vec<SignedDuration> = requests
                .windows(2)
                .filter(|two| two[0].get("fault").is_some())
                .map(|two| between(&two[0], &two[1]))
                .collect();
            assert_eq!(pauses.len(), 2, "{operation} {answer}");
            assert!(pauses.iter().all(|it| *it >= pause), "{operation} {answer} {pauses:?}");
            assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
        }
    }
}

#[test]
fn throttling_without_a_time_holds_the_other_calls_of_the_run_as_well() {
    let story = story();
    story.store.fault("busy", &answers("A2", &json!(1), &json!({ "status": 429 })));
    let reader = Reader::new(connection(&host(&story), &story.store.token, 1.0));
    let (first, second) = story.store.block_on(async {
        let other = async {
            while story.store.fired("busy") == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            // Long enough for the answer to arrive, much shorter than the pause of 1 s.
            tokio::time::sleep(Duration::from_millis(200)).await;
            reader.submission(&Place::App { app: APP.to_owned() }, things::PUBLISHED).await
        };
        futures::join!(reader.application(APP), other)
    });
    assert!(first.is_ok() && second.is_ok());
    let requests = story.store.requests();
    let [.., refused, next, _] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(refused["status"], 429);
    assert!(between(refused, next) >= SignedDuration::from_secs(1), "{requests:?}");
}

#[test]
fn a_create_that_names_no_draft_is_found_by_reading() {
    let story = story();
    let short = json!({ "status": 201, "applied": "yes", "body": { "exactly": {} } });
    story.store.fault("short", &answers("S1", &json!(1), &short));
    story.run(PUBLISH).ended(0).says("it has no `id`");
    assert_eq!(creates(&story), 1);
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
}

/// The same answer behind 65 MiB of blanks, packed to a few kilobytes.
fn swollen(answer: &Answer) -> Answer {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..65 {
        packed.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    packed.write_all(&answer.body).unwrap();
    let mut headers = answer.headers.clone();
    headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
    Answer { status: answer.status, headers, body: packed.finish().unwrap() }
}

#[test]
fn an_answer_that_does_not_end_is_left_and_not_asked_for_again() {
    for (method, end, who) in
        [("GET", APP, "was answered with"), ("POST", "/token", "the login service answered with")]
    {
        let story = story();
        let times = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&times);
        let meddle = move |passing: Passing, forward: &dyn Fn(&Passing) -> Answer| {
            let answer = forward(&passing);
            if !passing.is(method, end) {
                return answer;
            }
            *counter.lock().unwrap() += 1;
            swollen(&answer)
        };
        let address = proxy(&host(&story), Box::new(meddle));
        let mut command = story.command(&["plan"]);
        command.env("STOREWARD_API_URL", format!("{address}/v1.0/my")).env("STOREWARD_LOGIN_URL", address);
        run(&mut command).ended(1).says(&format!("{who} more than 64 MiB"));
        assert_eq!(*times.lock().unwrap(), 1);
    }
}

#[test]
fn every_error_names_a_correlation_id() {
    let story = story();
    let gone = json!({ "status": 404, "body": { "exactly": { "message": "no such page" } } });
    story.store.fault("gone", &answers("A2", &json!(1), &gone));
    story.store.fault("page", &answers("A2", &json!(1), &json!({ "status": 200, "body": "html" })));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let store = host(&story);
    for (address, words) in [(&nobody, "got no answer"), (&store, "with 404"), (&store, "no document")] {
        let reader = Reader::new(connection(address, &story.store.token, 0.0));
        let error = story.store.block_on(reader.application(APP)).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(error.ends_with("· correlation id 3f2b-ours"), "{error}");
    }
}

#[test]
fn the_rollout_call_tells_what_the_service_owns_and_nothing_else() {
    let mut published = things::app_submission();
    published["packageDeliveryOptions"]["packageRollout"]["isPackageRollout"] = json!(true);
    published["packageDeliveryOptions"]["packageRollout"]["packageRolloutPercentage"] = json!(25.0);
    let story = Story::new(&published, TEXTS);
    let body = json!({
        "@odata.context": "x", "isPackageRollout": false, "packageRolloutPercentage": 90.0,
        "packageRolloutStatus": "PackageRolloutInProgress", "fallbackSubmissionId": "1152921500000000042"
    });
    story.store.fault(
        "rollout",
        &answers("R1", &Value::Null, &json!({ "status": 200, "body": { "exactly": body } })),
    );
    let reader = Reader::new(connection(&host(&story), &story.store.token, 1.0));
    let subject = Subject { app: APP.to_owned(), part: Part::Itself };
    let live = story.store.block_on(reader.live(&[subject])).unwrap().remove(0);
    let Live::Readable(live) = live else { panic!() };
    let got = live.published.unwrap();
    assert_eq!(
        got.get(&["packageDeliveryOptions", "packageRollout"]),
        Some(&json!({
            "isPackageRollout": true, "packageRolloutPercentage": 25.0,
            "packageRolloutStatus": "PackageRolloutInProgress", "fallbackSubmissionId": "1152921500000000042"
        }))
    );
}

/// Lets the next status calls, or all of them, answer this status.
fn status_says(story: &Story, status: &str, times: &Value) {
    let details = json!({ "errors": [], "warnings": [], "certificationReports": [] });
    let body = json!({ "exactly": { "status": status, "statusDetails": details } });
    let fault = answers("S5", times, &json!({ "status": 200, "body": body }));
    story.store.fault(&status.to_lowercase(), &fault);
}

/// Applies; how it ended, and the calls for the status of the submission.
fn follow(story: &Story, arguments: &[&str]) -> (Ran, Vec<Value>) {
    let ran = story.run(&[PUBLISH, arguments].concat());
    let mut asked = story.store.requests();
    asked.retain(|request| request["path"].as_str().unwrap().ends_with("/status"));
    (ran, asked)
}

fn lasted(asked: &[Value]) -> SignedDuration {
    between(asked.first().unwrap(), asked.last().unwrap())
}

#[test]
fn a_commit_that_shows_late_is_no_fallback() {
    let story = story();
    status_says(&story, "PendingCommit", &json!(1));
    follow(&story, &[]).0.ended(0);
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
    assert_eq!(story.store.fired("pendingcommit"), 1);
}

#[test]
fn a_commit_that_never_shows_is_one() {
    let story = story();
    status_says(&story, "PendingCommit", &Value::Null);
    let (ran, asked) = follow(&story, &[]);
    ran.ended(8).says("fell back to a draft");
    // 5 s at a scale of 0.01.
    assert!(lasted(&asked) >= SignedDuration::from_millis(40), "{asked:?}");
}

#[test]
fn a_commit_that_was_taken_and_is_lost_again_is_a_fallback_at_once() {
    let story = story();
    status_says(&story, "CommitStarted", &json!(1));
    status_says(&story, "PendingCommit", &Value::Null);
    let (ran, asked) = follow(&story, &[]);
    ran.ended(8).says("fell back to a draft");
    assert_eq!(asked.len(), 2);
}

#[test]
fn a_commit_that_falls_back_tells_why() {
    let story = story();
    let course = json!({
        "statuses": ["PendingCommit"], "errors": [{ "code": "InvalidState", "details": "Paused by a person." }]
    });
    story.store.fault("fallback", &json!({ "on": { "operation": "S4" }, "do": [{ "course": course }] }));
    follow(&story, &[]).0.ended(8).says("fell back to a draft").says("Paused by a person.");
    assert!(story.app().get("pendingApplicationSubmission").is_some());
}

#[test]
fn statuses_that_are_skipped_or_unknown_are_followed() {
    let story = story();
    let statuses = json!(["CertificationInProgress", "Certification", "PendingRelease", "Published"]);
    let course = json!({ "course": { "statuses": statuses } });
    story.store.fault("course", &json!({ "on": { "operation": "S4" }, "do": [course] }));
    follow(&story, &[]).0.ended(0).says("CertificationInProgress").says("PendingRelease");
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
}

#[test]
fn waiting_takes_the_whole_time_and_looks_once_more_at_its_end() {
    let story = story();
    story
        .store
        .fault("stuck", &json!({ "on": { "operation": "S4" }, "do": [{ "course": { "statuses": [] } }] }));
    // 1.15 s at a scale of 0.01. Before, the status is asked last after 0.91 s; the next would be after 1.21 s.
    let (ran, asked) = follow(&story, &["--timeout", "115s"]);
    ran.ended(9);
    assert!(lasted(&asked) >= SignedDuration::from_millis(1100), "{:?}", lasted(&asked));
}

#[test]
fn a_time_beyond_every_clock_is_refused() {
    let story = story();
    story.run(&["apply", "--yes", "--timeout", "18446744073709551615s"]).ended(64).says("at most 720h");
    story.run(&["apply", "--yes", "--wait", "none", "--timeout", "720h"]).ended(0);
}
