//! Real signals to the real binary.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::story::{Ran, Story};

use super::{finished, json_of, lines, story, story_of_two, story_with_a_picture};

const WATCHED: [&str; 5] = ["apply", "--events", "events.ndjson", "--receipt", "receipt.json"];

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Interrupts an apply as soon as a request for an operation is held. It must end by itself, soon.
#[track_caller]
fn interrupt_at(story: &Story, operation: &str, signal: Signal, more: &[&str]) -> Ran {
    story.store.fault("hold", &json!({ "on": { "operation": operation }, "do": [{ "hold": "before" }] }));
    let child = start(story.command(&[&WATCHED, more].concat()));
    story.store.held("hold");
    let at = Instant::now();
    send(&child, signal);
    let ran = ended(child).ended(130);
    assert!(at.elapsed() < Duration::from_secs(3), "{:?}", at.elapsed());
    finished(&lines(&story.path("events.ndjson")), "interrupted", 130);
    assert_eq!(json_of(&story.path("receipt.json"))["result"], "interrupted");
    story.store.heal("hold");
    ran
}

fn outcome(story: &Story) -> Value {
    json_of(&story.path("receipt.json"))["resources"][0]["outcome"].clone()
}

#[test]
fn while_it_plans_nothing_was_sent() {
    let story = story();
    let ran = interrupt_at(&story, "A2", Signal::INT, &["--yes"]);
    assert!(
        ran.stderr.contains("interrupted by SIGINT") && ran.stderr.contains("nothing was sent"),
        "{ran:?}"
    );
    assert_eq!(story.mutations(), Vec::<String>::new());
    assert_eq!(json_of(&story.path("receipt.json"))["resources"], json!([]));
}

#[test]
fn while_it_uploads_the_draft_is_kept_and_taken_up_again() {
    let story = story_with_a_picture();
    let ran = interrupt_at(&story, "put-blob", Signal::TERM, &["--yes"]);
    let draft = story.app()["pendingApplicationSubmission"]["id"].as_str().unwrap().to_owned();
    ran.says("interrupted by SIGTERM")
        .says(&format!(
            "app/harbor-notes: stopped while uploading; draft {draft} is kept, and was not committed"
        ))
        .says("apply --events events.ndjson --receipt receipt.json --yes");
    assert_eq!(outcome(&story), "unfinished");
    story.publish(&[]).ended(0).says("draft taken up");
    assert_eq!(story.published()["id"], draft);
}

#[test]
fn while_it_commits_the_next_run_finds_out() {
    let story = story();
    interrupt_at(&story, "S4", Signal::INT, &["--yes"]).says("was on its way; the next run finds");
    story.publish(&[]).ended(0).says("is Published");
    let commits = story.mutations().iter().filter(|line| line.ends_with("/commit")).count();
    assert!(commits <= 2, "{:?}", story.mutations());
}

#[test]
fn while_it_follows_the_store_goes_on_by_itself() {
    let story = story();
    interrupt_at(&story, "S5", Signal::INT, &["--yes", "--wait", "published"])
        .says("is committed; the Store goes on with it by itself");
    let receipt = json_of(&story.path("receipt.json"));
    assert_eq!(receipt["resources"][0]["committed"], true);
    story.publish(&[]).ended(0).says("is Published");
}

#[test]
fn of_several_products_each_is_told_and_the_hash_holds_for_what_is_left() {
    let story = story_of_two();
    let hash = story.plan(&[])["fingerprints"]["plan"].as_str().unwrap().to_owned();
    // The add-on is through by then: it is begun first.
    let ran = interrupt_at(&story, "S4", Signal::INT, &["--expect", &hash, "--parallel", "1"]);
    let ran = ran
        .says("add-on/harbor-notes/gold: done: submission ")
        .says("app/harbor-notes: the commit of submission ")
        .says("it prints the command for what is left");
    let (_, help) = ran.stderr.split_once("error: interrupted").unwrap();
    assert!(help.contains(&format!("--expect {hash} --parallel 1")), "{help}");
    let receipt = json_of(&story.path("receipt.json"));
    let outcomes: Vec<&Value> =
        receipt["resources"].as_array().unwrap().iter().map(|resource| &resource["outcome"]).collect();
    assert_eq!(outcomes, ["done", "unfinished"]);
    story
        .run(&["apply", "--expect", &hash, "--wait", "published"])
        .ended(0)
        .says("app/harbor-notes: submission");
}

#[test]
fn a_plan_ends_with_the_same_code() {
    let story = story();
    story.store.fault("hold", &json!({ "on": { "operation": "A2" }, "do": [{ "hold": "before" }] }));
    let child = start(story.command(&["plan", "--output", "json"]));
    story.store.held("hold");
    send(&child, Signal::TERM);
    let ran = ended(child).ended(130);
    assert_eq!(ran.json()["result"], "interrupted");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let story = story();
    let path = story.path("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    // Nobody reads it, which the end waits two seconds for.
    let both = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    super::fill(&both);
    story.store.fault("hold", &json!({ "on": { "operation": "S4" }, "do": [{ "hold": "before" }] }));
    let mut child = start(story.command(&["apply", "--yes", "--events", "pipe"]));
    story.store.held("hold");
    send(&child, Signal::INT);
    // The first has been heard once it is said.
    let said = until(child.stderr.take().unwrap(), "was on its way");
    let at = Instant::now();
    send(&child, Signal::INT);
    let ran = ended(child).ended(130);
    assert!(at.elapsed() < Duration::from_millis(1500), "{:?} {said} {ran:?}", at.elapsed());
}

/// Reads until these words are said.
fn until(mut stderr: impl std::io::Read, words: &str) -> String {
    let mut said = Vec::new();
    let mut some = [0; 1024];
    while !String::from_utf8_lossy(&said).contains(words) {
        let count = stderr.read(&mut some).unwrap();
        assert!(count > 0, "`{words}` is not in {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&some[..count]);
    }
    String::from_utf8_lossy(&said).into_owned()
}
