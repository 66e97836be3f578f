//! Requests that are held: where a client can be ended.

use std::io::Read as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::{draft, submissions};
use super::{create_line, met, once, pending, with_fault};
use crate::support::local::{Local, upload};
use crate::support::plain_http::{begin, try_send};
use crate::support::things;

#[test]
fn a_request_is_held_until_it_is_released() {
    for when in ["before", "after"] {
        let local = with_fault(&once("S1", &json!({ "hold": when })));
        std::thread::scope(|scope| {
            let client = scope.spawn(|| local.call("POST", &submissions(), None));
            let held = local.held("fault");
            assert_eq!(
                (&held["when"], &held["method"], &held["path"]),
                (&json!(when), &json!("POST"), &json!(format!("/v1.0/my/{}", submissions())))
            );
            assert_eq!(local.admin("GET", "faults/fault", None).json()["held"], json!([held]));
            assert_eq!(pending(&local).is_some(), when == "after");
            assert_eq!(met(&local), Vec::<Value>::new());
            local.release("fault");
            assert_eq!(client.join().unwrap().status, 201);
        });
        assert!(pending(&local).is_some());
        assert_eq!(met(&local), [create_line(&json!({ "status": 201 }))]);
        assert_eq!(local.admin("POST", "faults/fault/release", None).json(), json!({ "released": 0 }));
    }
}

#[test]
fn a_request_whose_client_is_gone_is_carried_out_when_it_is_released() {
    for when in ["before", "after"] {
        let local = Local::start(&things::account());
        let (path, mut document) = draft(&local);
        document["notesForCertification"] = "Sent and left.".into();
        local.fault("fault", &once("S3", &json!({ "hold": when })));
        let client = local.begin("PUT", &path, Some(&document));
        local.held("fault");
        drop(client);
        let notes = || local.get(&path)["notesForCertification"].clone();
        assert_eq!(notes() == "Sent and left.", when == "after");
        // Released is: carried out and written down.
        local.release("fault");
        assert_eq!(notes(), "Sent and left.");
        let lines = met(&local);
        assert_eq!((lines.len(), &lines[0]["status"]), (1, &json!(200)));
    }
}

#[test]
fn an_upload_is_held_with_all_that_was_sent() {
    let local = Local::start(&things::account());
    let (_, document) = draft(&local);
    let url = document["fileUploadUrl"].as_str().unwrap().replace('+', "%2B");
    local.fault("fault", &once("put-blob", &json!({ "hold": "before" })));
    let client = begin("PUT", &url, &[("x-ms-blob-type", "BlockBlob")], Some(b"whole")).unwrap();
    local.held("fault");
    drop(client);
    assert_eq!(try_send("GET", &url, &[], None).unwrap().status, 404);
    local.release("fault");
    assert_eq!(try_send("GET", &url, &[], None).unwrap().body, b"whole");
    assert_eq!(upload(&url, b"again").status, 201);
}

#[test]
fn a_request_can_be_held_twice() {
    let act = json!([{ "hold": "before" }, { "hold": "after" }, { "reset": "after" }]);
    let local = with_fault(&json!({ "on": { "operation": "S1" }, "do": act }));
    let mut client = local.begin("POST", &submissions(), None);
    assert_eq!(local.held("fault")["when"], "before");
    // Answered when it has come to its next stop.
    local.release("fault");
    assert!(pending(&local).is_some());
    assert_eq!(local.held("fault")["when"], "after");
    local.release("fault");
    client.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(met(&local), [create_line(&json!({ "applied": 201 }))]);
}

#[test]
fn who_waits_for_a_held_request_is_told_at_once_or_that_there_is_none() {
    let local = with_fault(&once("S1", &json!({ "hold": "after" })));
    let asked = Instant::now();
    let none = local.admin("GET", "faults/fault/held?millis=100", None).json();
    assert_eq!(none, json!({ "held": [] }));
    assert!((100..10_000).contains(&asked.elapsed().as_millis()));
    assert_eq!(local.admin("GET", "faults/fault/held?millis=x", None).status, 400);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| local.held("fault"));
        std::thread::sleep(Duration::from_millis(50));
        let client = local.begin("POST", &submissions(), None);
        assert_eq!(waiting.join().unwrap()["method"], "POST");
        drop(client);
    });
    local.release("fault");
}

#[test]
fn a_fault_that_is_switched_off_lets_go() {
    let local = with_fault(&once("S1", &json!({ "hold": "before" })));
    std::thread::scope(|scope| {
        let client = scope.spawn(|| local.call("POST", &submissions(), None));
        local.held("fault");
        local.heal("fault");
        assert_eq!(client.join().unwrap().status, 201);
    });
}

#[test]
fn what_is_held_when_the_sandbox_ends_is_not_carried_out() {
    let mut local = with_fault(&once("S1", &json!({ "hold": "before" })));
    let client = local.begin("POST", &submissions(), None);
    local.held("fault");
    let stopped = Instant::now();
    local.restart();
    assert!(stopped.elapsed() < Duration::from_secs(4), "{:?}", stopped.elapsed());
    drop(client);
    assert_eq!(pending(&local), None);
    assert_eq!(met(&local), [create_line(&json!({}))]);
}
