//! Connections that break, and answers that do not come.

use std::io::{ErrorKind, Read as _};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::{draft, submissions};
use super::{create_line, met, once, pending, with_fault};
use crate::support::local::{Local, upload};
use crate::support::plain_http::try_send;
use crate::support::things;

/// Waits for the lines of the requests that met a fault.
fn wait_for_lines(local: &Local, count: usize) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let lines = met(local);
        if lines.len() >= count {
            return lines;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{lines:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_connection_is_reset_before_or_after_a_request_is_carried_out() {
    for (when, applied) in [("before", None), ("after", Some(201))] {
        let local = with_fault(&once("S1", &json!({ "reset": when })));
        let error = local.try_call("POST", &submissions(), None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{when}");
        assert_eq!(pending(&local).is_some(), applied.is_some(), "{when}");
        let line = applied.map_or(json!({}), |applied| json!({ "applied": applied }));
        assert_eq!(met(&local), [create_line(&line)]);
        assert_eq!(local.fired("fault"), 1);
    }
}

#[test]
fn a_connection_is_reset_in_the_middle_of_an_answer() {
    let whole = Local::start(&things::account()).call("GET", "applications", None).body.len();
    let local = with_fault(&once("A1", &json!({ "reset": "inAnswer" })));
    let mut stream = local.begin("GET", "applications", None);
    let mut raw = Vec::new();
    assert_eq!(stream.read_to_end(&mut raw).unwrap_err().kind(), ErrorKind::ConnectionReset);
    let text = String::from_utf8(raw).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains(&format!("content-length: {whole}")), "{head}");
    assert_eq!(body.len(), whole / 2);
    assert_eq!(met(&local)[0]["status"], 200);

    let local = with_fault(&once("S1", &json!({ "reset": "inAnswer" })));
    local.try_call("POST", &submissions(), None).unwrap_err();
    assert!(pending(&local).is_some(), "it was carried out");
}

#[test]
fn a_connection_is_reset_in_the_middle_of_an_upload() {
    let local = Local::start(&things::account());
    let (_, document) = draft(&local);
    let url = document["fileUploadUrl"].as_str().unwrap().replace('+', "%2B");
    local.fault("fault", &once("put-blob", &json!({ "reset": "inBody" })));
    // More than fits into the buffers of a connection.
    let bytes = vec![7; 32 << 20];
    let headers = [("x-ms-blob-type", "BlockBlob")];
    let error = try_send("PUT", &url, &headers, Some(&bytes)).unwrap_err();
    assert!([ErrorKind::ConnectionReset, ErrorKind::BrokenPipe].contains(&error.kind()), "{error}");
    assert_eq!(try_send("GET", &url, &[], None).unwrap().status, 404, "nothing was kept");
    let lines = met(&local);
    assert_eq!((lines.len(), lines[0].get("status"), lines[0].get("applied")), (1, None, None));
    assert_eq!(upload(&url, &bytes).status, 201);

    // A block, too, and the other blocks are not touched.
    let block = |id: &str| format!("{url}&comp=block&blockid={id}");
    assert_eq!(try_send("PUT", &block("QQ%3D%3D"), &[], Some(b"one")).unwrap().status, 201);
    local.fault("fault", &once("put-block", &json!({ "reset": "inBody" })));
    try_send("PUT", &block("Qg%3D%3D"), &[], Some(&bytes)).unwrap_err();
    let list =
        try_send("GET", &format!("{url}&comp=blocklist&blocklisttype=uncommitted"), &[], None).unwrap();
    assert!(list.text().contains("<Name>QQ==</Name>") && !list.text().contains("<Name>Qg==</Name>"));
}

#[test]
fn a_request_hangs_until_the_client_gives_up() {
    for (when, applied) in [("before", None), ("after", Some(201))] {
        let local = with_fault(&once("S1", &json!({ "hang": { "when": when } })));
        let mut stream = local.begin("POST", &submissions(), None);
        stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let error = stream.read(&mut [0; 1]).unwrap_err();
        assert!([ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()), "{error}");
        assert_eq!((local.fired("fault"), met(&local).len()), (1, 0));
        drop(stream);
        let line = applied.map_or(json!({}), |applied| json!({ "applied": applied }));
        assert_eq!(wait_for_lines(&local, 1), [create_line(&line)]);
        assert_eq!(pending(&local).is_some(), applied.is_some(), "{when}");
    }
}

#[test]
fn an_answer_may_be_slow() {
    for when in ["before", "after"] {
        let local = with_fault(&once("S1", &json!({ "hang": { "when": when, "millis": 150 } })));
        let asked = Instant::now();
        draft(&local);
        assert!(asked.elapsed() >= Duration::from_millis(150));
        assert_eq!(met(&local), [create_line(&json!({ "status": 201 }))]);
    }
    // And come to nothing.
    let act = json!([{ "hang": { "when": "before", "millis": 100 } }, { "answer": { "status": 504 } }]);
    let local = with_fault(&json!({ "on": { "operation": "S1" }, "do": act }));
    let asked = Instant::now();
    local.expect(504, "POST", &submissions(), None);
    assert!(asked.elapsed() >= Duration::from_millis(100));
    assert_eq!(pending(&local), None);
}

#[test]
fn a_sandbox_that_ends_waits_for_nothing_that_hangs() {
    let mut local = with_fault(&once("S1", &json!({ "hang": { "when": "before" } })));
    let stream = local.begin("POST", &submissions(), None);
    while local.fired("fault") == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }
    let stopped = Instant::now();
    local.restart();
    assert!(stopped.elapsed() < Duration::from_secs(4), "{:?}", stopped.elapsed());
    drop(stream);
    assert_eq!(pending(&local), None);
}
