//! Answers that are not those of the service.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::{draft, submissions};
use super::{create_line, met, once, pending, with_fault};
use crate::support::local::{Local, upload};
use crate::support::things::{self, APP, PUBLISHED};

#[test]
fn an_answer_may_be_lost_before_or_after_a_request_is_carried_out() {
    for status in [408, 500, 502, 503, 504] {
        for (applied, body) in [("no", "words"), ("no", "html"), ("yes", "words"), ("yes", "empty")] {
            let act = json!({ "answer": { "status": status, "applied": applied, "body": body } });
            let local = with_fault(&once("S1", &act));
            let answer = local.call("POST", &submissions(), None);
            assert_eq!(answer.status, status);
            match body {
                "words" => assert!(answer.json()["message"].is_string(), "{}", answer.text()),
                "html" => {
                    assert_eq!(answer.header("content-type"), Some("text/html; charset=us-ascii"));
                    assert!(
                        answer.text().starts_with("<html>") && answer.text().contains(&status.to_string())
                    );
                }
                _ => assert_eq!((answer.text().as_str(), answer.header("content-type")), ("", None)),
            }
            assert_eq!(pending(&local).is_some(), applied == "yes", "{status} {applied}");
            let applied = if applied == "yes" { json!({ "applied": 201 }) } else { json!({}) };
            let mut line = create_line(&json!({ "status": status }));
            line.as_object_mut().unwrap().extend(applied.as_object().unwrap().clone());
            assert_eq!(met(&local), [line]);
        }
    }
}

#[test]
fn words_are_those_of_the_service() {
    let local = Local::start(&things::account());
    for (status, words) in [
        (
            400,
            json!({
                "code": "InvalidParameterValue", "data": [], "details": [], "message": "The request is invalid.",
                "source": "Ingestion Api", "target": "request"
            }),
        ),
        (
            401,
            json!({ "statusCode": 401, "message": "APIM: Unauthorized. Access token is missing or invalid." }),
        ),
        (429, json!({ "statusCode": 429, "message": "Rate limit is exceeded." })),
        (504, json!({ "statusCode": 504, "message": "The request has timed out." })),
    ] {
        local.fault("fault", &once("A1", &json!({ "answer": { "status": status } })));
        let answer = local.call("GET", "applications", None);
        assert_eq!((answer.status, answer.json()), (status, words));
        assert!(answer.header("ms-correlationid").is_some());
    }
    let exactly = json!({ "error": { "code": 1.50 } });
    local
        .fault("fault", &once("A1", &json!({ "answer": { "status": 200, "body": { "exactly": exactly } } })));
    assert_eq!(local.get("applications"), exactly);
}

#[test]
fn the_login_and_the_blob_service_have_their_own_words() {
    let local = Local::start(&things::account());
    local.fault("login", &json!({ "on": { "surface": "login" }, "do": [{ "answer": { "status": 503 } }] }));
    let answer = local.log_in_with("sandbox", "oauth2/token", "");
    assert_eq!((answer.status, &answer.json()["error_codes"]), (503, &json!([90_033])));
    let (_, document) = draft(&local);
    let url = document["fileUploadUrl"].as_str().unwrap();
    for (status, code) in [(503, "ServerBusy"), (403, "AuthenticationFailed"), (500, "InternalError")] {
        local.fault("blob", &once("put-blob", &json!({ "answer": { "status": status } })));
        let answer = upload(url, b"zip");
        assert_eq!((answer.status, answer.header("x-ms-error-code")), (status, Some(code)));
    }
    assert_eq!(upload(url, b"zip").status, 201);
}

#[test]
fn a_pause_is_asked_for_in_the_header_or_in_the_words() {
    for (act, header, words) in [
        (json!({ "status": 429, "retryAfter": 14 }), Some("14"), "Rate limit is exceeded."),
        (
            json!({ "status": 429, "tryAgainIn": 14 }),
            None,
            "Rate limit is exceeded. Try again in 14 seconds.",
        ),
        (
            json!({ "status": 429, "tryAgainIn": 14, "retryAfter": 14 }),
            Some("14"),
            "Rate limit is exceeded. Try again in 14 seconds.",
        ),
        (
            json!({ "status": 503, "retryAfter": 3 }),
            Some("3"),
            "The service is busy. Please retry the request with an exponential back-off.",
        ),
    ] {
        let local = with_fault(&once("S1", &json!({ "answer": act })));
        let answer = local.call("POST", &submissions(), None);
        assert_eq!((answer.header("retry-after"), &answer.json()["message"]), (header, &json!(words)));
        assert_eq!(pending(&local), None);
        draft(&local);
    }
}

#[test]
fn what_timed_out_may_be_carried_out_late() {
    let local = with_fault(&once("S1", &json!({ "answer": { "status": 504, "applied": { "late": 800 } } })));
    let asked = Instant::now();
    local.expect(504, "POST", &submissions(), None);
    assert!(asked.elapsed() < Duration::from_millis(800), "the answer does not wait");
    assert_eq!(pending(&local), None);
    while pending(&local).is_none() {
        assert!(asked.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(asked.elapsed() >= Duration::from_millis(800));
    // The log tells when it was answered and when it was carried out.
    while met(&local).len() < 2 {
        assert!(asked.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(
        met(&local),
        [create_line(&json!({ "status": 504 })), create_line(&json!({ "applied": 201 }))]
    );
    assert_eq!(local.fired("fault"), 1);
}

#[test]
fn what_is_late_does_not_outlive_the_sandbox() {
    let mut local =
        with_fault(&once("S1", &json!({ "answer": { "status": 504, "applied": { "late": 800 } } })));
    local.expect(504, "POST", &submissions(), None);
    local.restart();
    std::thread::sleep(Duration::from_millis(900));
    assert_eq!(pending(&local), None);
}

#[test]
fn a_body_that_came_before_is_carried_out_late_as_well() {
    let local = Local::start(&things::account());
    let (path, mut document) = draft(&local);
    document["notesForCertification"] = "Late.".into();
    local.fault("fault", &once("S3", &json!({ "answer": { "status": 504, "applied": { "late": 50 } } })));
    local.expect(504, "PUT", &path, Some(&document));
    let asked = Instant::now();
    while local.get(&path)["notesForCertification"] != "Late." {
        assert!(asked.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_product_can_become_unsupported_for_every_call() {
    let mut seed = things::account();
    seed["applications"][0]["flights"] = json!([{ "flight": { "flightId": "f-1" } }]);
    let other = json!({ "application": { "id": "9POTHER" }, "published": { "id": "71" } });
    seed["applications"].as_array_mut().unwrap().push(other);
    let local = Local::start(&seed);
    let on = json!({ "path": format!("applications/{APP}/**") });
    local.fault("fault", &json!({ "on": on, "times": null, "do": [{ "answer": { "status": 409 } }] }));
    let calls = [
        ("GET", ""),
        ("GET", "/listflights"),
        ("POST", "/submissions"),
        ("GET", "/flights/f-1"),
        ("POST", "/flights"),
    ];
    for (method, rest) in calls {
        let body = local.expect(409, method, &format!("applications/{APP}{rest}"), None);
        assert!(body["message"].as_str().unwrap().contains("uses features that are not supported"));
    }
    local.get("applications/9POTHER");
    assert_eq!(local.fired("fault"), calls.len() as u64);
}

#[test]
fn a_status_call_fails_now_and_then() {
    let local = with_fault(
        &json!({ "on": { "operation": "S5" }, "skip": 1, "every": 3, "times": null, "do": [{ "answer": { "status": 500 } }] }),
    );
    let status = format!("{}/{PUBLISHED}/status", submissions());
    let got: Vec<u16> = (0..7).map(|_| local.call("GET", &status, None).status).collect();
    assert_eq!(got, [200, 500, 200, 200, 500, 200, 200]);
}

#[test]
fn a_token_expires_in_the_middle() {
    let mut local = with_fault(&once("S1", &json!("expireToken")));
    local.get("applications");
    let refused = local.expect(401, "POST", &submissions(), None);
    assert_eq!(
        refused,
        json!({ "statusCode": 401, "message": "APIM: Unauthorized. Access token is missing or invalid." })
    );
    // From then on, for this token alone.
    local.expect(401, "GET", "applications", None);
    assert_eq!(met(&local), [create_line(&json!({ "status": 401 }))]);
    let expired = std::mem::take(&mut local.token);
    local.token = local.login();
    assert_eq!(pending(&local), None);
    draft(&local);
    local.token = expired;
    local.expect(401, "GET", "applications", None);
    local.heal("fault");
    local.get("applications");
}

#[test]
fn a_request_without_a_token_expires_none() {
    let mut local = with_fault(&once("A1", &json!("expireToken")));
    let url = format!("{}/applications", local.endpoints.api);
    assert_eq!(crate::support::plain_http::send("GET", &url, &[], None).status, 401);
    assert_eq!((local.fired("fault"), met(&local).len()), (0, 0));
    local.expect(401, "GET", "applications", None);
    assert_eq!(local.fired("fault"), 1);
    local.token = local.login();
    local.get("applications");
}

#[test]
fn an_upload_url_expires_with_and_without_another_one() {
    for renewed in [false, true] {
        let mut seed = things::account();
        // The fault stands over the rule.
        seed["rules"]["renewUploadUrl"] = (!renewed).into();
        let local = Local::start(&seed);
        let (path, document) = draft(&local);
        let first = document["fileUploadUrl"].as_str().unwrap();
        local.fault("fault", &once("put-blob", &json!({ "expireUpload": { "renewed": renewed } })));
        let refused = upload(first, b"zip");
        assert_eq!((refused.status, refused.header("x-ms-error-code")), (403, Some("AuthenticationFailed")));
        assert_eq!(upload(first, b"zip").status, 403);
        assert_eq!(local.fired("fault"), 1);
        let read = local.get(&path)["fileUploadUrl"].clone();
        let status = upload(read.as_str().unwrap(), b"zip").status;
        assert_eq!((read != *first, status), if renewed { (true, 201) } else { (true, 403) });
        assert_eq!(upload(first, b"zip").status, 403);
    }
    // It may also expire while the draft is being updated.
    let local = Local::start(&things::account());
    let (path, document) = draft(&local);
    local.fault("fault", &once("S3", &json!({ "expireUpload": { "renewed": true } })));
    let updated = local.expect(200, "PUT", &path, Some(&document));
    assert_eq!(upload(updated["fileUploadUrl"].as_str().unwrap(), b"zip").status, 403);
    assert_eq!(upload(local.get(&path)["fileUploadUrl"].as_str().unwrap(), b"zip").status, 201);
}

#[test]
fn a_fault_that_cannot_happen_does_not() {
    let local = with_fault(&once("A1", &json!({ "expireUpload": { "renewed": true } })));
    let list = local.get("applications");
    assert_eq!((&list["totalCount"], local.fired("fault"), met(&local)), (&json!(1), 0, Vec::<Value>::new()));
    // It is still there for one that can.
    local.fault("fault", &json!({ "do": [{ "expireUpload": { "renewed": true } }] }));
    local.get("applications");
    assert_eq!(local.fired("fault"), 0);
    let (path, _) = draft(&local);
    assert_eq!(local.fired("fault"), 0, "before the create there was no draft");
    local.get(&path);
    assert_eq!(local.fired("fault"), 1);
}
