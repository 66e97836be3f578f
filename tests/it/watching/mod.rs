//! What is seen of an apply: by a person, by the log of a CI service, by programs; and how it ends when it is told to.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::story::Story;
use crate::support::things;

mod events;
mod logs;
mod receipts;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod terminals;

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";
const WITH_A_PICTURE: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n      images: {Screenshot: [{file: other.png}]}\n";

fn story() -> Story {
    Story::new(&things::app_submission(), TEXTS)
}

fn story_with_a_picture() -> Story {
    let story = Story::new(&things::app_submission(), WITH_A_PICTURE);
    story.write("other.png", things::png(1366, 768));
    story
}

/// A story with an app and an add-on that does not exist yet.
fn story_of_two() -> Story {
    let story = story();
    story.write(
        "gold.yaml",
        "kind: AddOn\nname: gold\napp: harbor-notes\nproductId: gold\nproductType: Durable\nsubmission:\n  contentType: \
         OnlineDownload\n  lifetime: Forever\n  pricing: {priceId: Tier1012}\n  listings: {en-us: {title: Gold, description: All \
         of it}}\n",
    );
    story
}

/// The objects of an NDJSON file.
fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The names of events, each once in a row.
fn names(events: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    names.dedup();
    names
}

/// The first of the events with this name.
#[track_caller]
fn first<'a>(events: &'a [Value], name: &str) -> &'a Value {
    let found = events.iter().find(|event| event["event"] == name);
    found.unwrap_or_else(|| panic!("no event `{name}` in {events:#?}"))
}

/// The events must begin and end as those of every run do.
#[track_caller]
fn finished(events: &[Value], result: &str, code: i32) {
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["result"], &last["exitCode"]),
        (&json!("finished"), &json!(result), &json!(code))
    );
    assert_eq!(events[0]["event"], "started");
    assert_eq!(events.iter().filter(|event| event["event"] == "finished").count(), 1);
}

/// Fills what a pipe can hold, so that it takes no more.
#[cfg(unix)]
fn fill(mut pipe: &fs::File) {
    use std::io::Write as _;

    rustix::io::ioctl_fionbio(pipe, true).unwrap();
    while pipe.write(&[b'\n'; 512]).is_ok() {}
    rustix::io::ioctl_fionbio(pipe, false).unwrap();
}
