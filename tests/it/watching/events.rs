//! `--events`.

use std::fs;
#[cfg(unix)]
use std::io::{BufRead, BufReader, Read as _};
#[cfg(unix)]
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::things::APP;

use super::{finished, first, lines, names, story, story_of_two, story_with_a_picture};

#[test]
fn a_run_is_told_from_its_first_line_to_its_last() {
    let story = story_with_a_picture();
    story.publish(&["--events", "events.ndjson", "--quiet"]).ended(0);
    let events = lines(&story.path("events.ndjson"));
    finished(&events, "ok", 0);
    let started = &events[0];
    assert_eq!(started["formatVersion"], "1.0");
    assert_eq!(started["toolVersion"], env!("CARGO_PKG_VERSION"));
    assert!(started["planHash"].as_str().unwrap().starts_with("sp1:"), "{started}");
    assert_eq!(started["resources"], json!([{ "address": "app/harbor-notes", "action": "update" }]));
    let steps: Vec<&str> = events.iter().filter_map(|event| event["step"].as_str()).collect();
    assert_eq!(steps, ["clone", "check", "update", "upload", "verify", "commit", "wait"]);
    let calls: Vec<&str> = events.iter().filter_map(|event| event["call"].as_str()).collect();
    let draft = first(&events, "draft")["submission"].as_str().unwrap();
    let path = format!("applications/{APP}/submissions");
    assert_eq!(
        calls,
        [format!("POST {path}"), format!("PUT {path}/{draft}"), format!("POST {path}/{draft}/commit")]
    );
    let done = &events[events.len() - 2];
    assert_eq!(
        (&done["event"], &done["status"], &done["sent"]),
        (&json!("done"), &json!("Published"), &json!(true))
    );
    let verified = first(&events, "verified");
    assert_eq!(verified["packages"][0]["version"], "1.0.0.0");

    let mut before = 0;
    for event in &events {
        let time = event["time"].as_str().unwrap();
        assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "{time}");
        let elapsed = event["elapsedMs"].as_u64().unwrap();
        assert!(elapsed >= before, "{event} comes after {before} ms");
        before = elapsed;
    }
    let text = fs::read_to_string(story.path("events.ndjson")).unwrap();
    for secret in ["sandbox-secret", "sig=", "Bearer", story.store.token.as_str()] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

#[test]
fn an_upload_that_is_tried_again_says_so() {
    let story = story_with_a_picture();
    let busy = json!({ "answer": { "status": 503, "retryAfter": 20 } });
    story.store.fault("busy", &json!({ "on": { "operation": "put-blob" }, "times": 2, "do": [busy] }));
    let ran = story.publish(&["--events", "events.ndjson"]).ended(0);
    ran.says("the storage service refused the upload: 503");
    let events = lines(&story.path("events.ndjson"));
    let waits: Vec<&Value> = events.iter().filter(|event| event["reason"] == "retry").collect();
    assert_eq!(waits.len(), 2, "{waits:?}");
    for wait in waits {
        assert_eq!((&wait["event"], &wait["address"]), (&json!("waiting"), &json!("app/harbor-notes")));
        let time = |name: &str| wait[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        let pause = time("until").duration_since(time("time")).as_millis();
        assert!((150..=210).contains(&pause), "20 s, scaled: {pause} ms");
    }
}

#[test]
fn what_is_waited_for_is_told_with_its_reason_and_its_end() {
    let story = story();
    let throttled = json!({ "answer": { "status": 429, "retryAfter": 20 } });
    story.store.fault("slow", &json!({ "on": { "operation": "S2" }, "skip": 1, "do": [throttled] }));
    let broken = json!({ "answer": { "status": 503 } });
    story.store.fault("broken", &json!({ "on": { "operation": "S5" }, "do": [broken] }));
    story.publish(&["--events", "events.ndjson"]).ended(0).says("the Store asks for a pause").says("again  ");
    assert_eq!((story.store.fired("slow"), story.store.fired("broken")), (1, 1));
    let events = lines(&story.path("events.ndjson"));
    let waits: Vec<&Value> = events.iter().filter(|event| event["event"] == "waiting").collect();
    for wait in &waits {
        assert!(wait["until"].as_str().unwrap() >= wait["time"].as_str().unwrap(), "{wait}");
    }
    let of = |reason: &str| waits.iter().find(|wait| wait["reason"] == reason).unwrap();
    let retries: Vec<_> = waits.iter().filter(|wait| wait["reason"] == "retry").collect();
    assert!(retries.iter().all(|retry| retry["correlationId"].is_string()), "{retries:#?}");
    for status in ["429", "503"] {
        let told = retries.iter().any(|retry| retry["message"].as_str().unwrap().contains(status));
        assert!(told, "{status} is not in {retries:#?}");
    }
    assert_eq!(of("throttled")["address"], "app/harbor-notes");
    assert_eq!(
        (&of("status")["wanted"], &of("status")["status"]),
        (&json!("published"), &json!("CommitStarted"))
    );
}

#[test]
fn a_failure_is_told_with_its_stage_and_correlation_id() {
    let story = story_of_two();
    let refused = json!({ "answer": { "status": 400 } });
    story.store.fault("bad", &json!({ "on": { "operation": "S3" }, "do": [refused] }));
    story.publish(&["--events", "events.ndjson"]).ended(7).says("failed ");
    let events = lines(&story.path("events.ndjson"));
    finished(&events, "partial", 7);
    let failed = first(&events, "failed");
    assert_eq!(
        (&failed["address"], &failed["stage"], &failed["error"]),
        (&json!("app/harbor-notes"), &json!("update"), &json!("store"))
    );
    assert!(failed["correlationId"].as_str().is_some_and(|id| id.len() == 36), "{failed}");
    assert!(failed["message"].as_str().unwrap().contains("was answered with 400"), "{failed}");
    assert_eq!(first(&events, "done")["address"], "add-on/harbor-notes/gold");
}

#[test]
fn a_run_that_ends_before_it_begins_is_told_too() {
    let story = story();
    let ran = story.run(&["apply", "--events", "events.ndjson"]).ended(6);
    let events = lines(&story.path("events.ndjson"));
    finished(&events, "needs-approval", 6);
    assert_eq!(names(&events), ["started", "finished"]);
    assert!(ran.stderr.contains(events[0]["planHash"].as_str().unwrap()), "{ran:?}");
    assert_eq!(events[1]["error"], "nobody to ask; nothing was sent");

    story.manifest("submission: {visibility: Nowhere}\n");
    story.run(&["apply", "--yes", "--events", "events.ndjson"]).ended(3);
    let events = lines(&story.path("events.ndjson"));
    finished(&events, "invalid", 3);
    assert_eq!(events[0].get("planHash"), None);
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_before_anything_is_sent() {
    let story = story();
    story.publish(&["--events", "nowhere/events.ndjson"]).ended(1).says("nothing was sent");
    story.publish(&["--events", "x.json", "--receipt", "x.json"]).ended(64);
    story.publish(&["--events", "-"]).ended(64).says("/dev/stderr");
    story.publish(&["--events", "x.json", "--out", "json=x.json"]).ended(64).says("--out both name");
    assert_eq!(story.mutations(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_elsewhere_is_not_followed() {
    let story = story();
    story.write("precious", "kept");
    std::os::unix::fs::symlink(story.path("precious"), story.path("events.ndjson")).unwrap();
    story.publish(&["--events", "events.ndjson"]).ended(1).says("symbolic link");
    assert_eq!(fs::read_to_string(story.path("precious")).unwrap(), "kept");
}

#[cfg(unix)]
fn pipe(story: &crate::support::story::Story) -> std::path::PathBuf {
    let path = story.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[cfg(unix)]
#[test]
fn a_pipe_gets_each_event_as_it_happens() {
    let story = story();
    let path = pipe(&story);
    story.store.fault("hold", &json!({ "on": { "operation": "S4" }, "do": [{ "hold": "before" }] }));
    let running = story.command(&["apply", "--yes", "--events", "pipe", "--quiet"]).spawn().unwrap();
    let mut reader = BufReader::new(fs::File::open(path).unwrap());
    let mut event = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    while event()["step"] != "commit" {}
    // The commit has not been answered, and what came before it has been read.
    story.store.held("hold");
    story.store.release("hold");
    while event()["event"] != "finished" {}
    assert!(running.wait_with_output().unwrap().status.success());
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_warned_of_and_loses_no_release() {
    let story = story();
    let path = pipe(&story);
    story.store.fault("hold", &json!({ "on": { "operation": "S4" }, "do": [{ "hold": "before" }] }));
    let mut command = story.command(&["apply", "--yes", "--events", "pipe", "--quiet"]);
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut few = [0; 40];
    fs::File::open(path).unwrap().read_exact(&mut few).unwrap();
    story.store.held("hold");
    story.store.release("hold");
    let output = running.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("warning: no more events are written to").count(), 1, "{said}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_takes_nothing_holds_no_release_up() {
    let story = story();
    let path = pipe(&story);
    // Open at both ends, so that nobody waits for it to be opened.
    let both = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    super::fill(&both);
    story.publish(&["--events", "pipe"]).ended(0).says("is Published").says("its reader takes no more");
}
