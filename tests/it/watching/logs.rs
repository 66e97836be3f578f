//! The log of a CI service.

use std::process::Command;

use serde_json::json;

use crate::support::story::{Ran, Story, run};

use super::{story, story_of_two};

fn on(story: &Story, service: (&str, &str), arguments: &[&str]) -> Ran {
    let mut command: Command =
        story.command(&[&["apply", "--yes", "--wait", "published"], arguments].concat());
    run(command.env(service.0, service.1)).ended(0)
}

fn position(text: &str, words: &str) -> usize {
    text.find(words).unwrap_or_else(|| panic!("`{words}` is not in:\n{text}"))
}

#[test]
fn outside_of_a_service_nothing_folds_and_nothing_moves() {
    let ran = on(&story_of_two(), ("TERM", "xterm"), &[]);
    assert!(!ran.stderr.contains("group") && !ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
}

#[test]
fn on_azure_the_plan_folds_and_so_do_the_lines_of_each_product_at_the_end() {
    let ran = on(&story_of_two(), ("TF_BUILD", "True"), &[]);
    let text = &ran.stderr;
    assert_eq!(text.matches("##[group]").count(), 3, "{text}");
    assert_eq!(text.matches("##[endgroup]").count(), 3, "{text}");
    let live = &text[..position(text, "##[group]add-on/harbor-notes/gold")];
    assert!(position(live, "##[group]Plan") < position(live, "2 products to change"));
    assert!(live.contains("app/harbor-notes  done"), "lines come as things happen: {live}");
    let (_, own) = text.split_once("##[group]app/harbor-notes\n").unwrap();
    let (own, _) = own.split_once("##[endgroup]").unwrap();
    assert!(own.lines().count() > 5 && own.lines().all(|line| line.contains("app/harbor-notes")), "{own}");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn one_product_is_in_one_piece_as_it_is() {
    let ran = on(&story(), ("TF_BUILD", "True"), &[]);
    assert_eq!(ran.stderr.matches("##[group]").count(), 1, "{}", ran.stderr);
}

#[test]
fn on_github_commands_are_obeyed_for_the_folds_alone() {
    let ran = on(&story_of_two(), ("GITHUB_ACTIONS", "true"), &[]);
    let mut obeys = true;
    let mut folds = 0;
    for line in ran.stderr.lines() {
        let word = line.strip_prefix("::").and_then(|rest| rest.strip_suffix("::"));
        if line.starts_with("::stop-commands::") {
            obeys = false;
        } else if word.is_some_and(|word| word.len() == 32) {
            obeys = true;
        } else if line.starts_with("::group::") || line == "::endgroup::" {
            assert!(obeys, "the runner passes over {line} in:\n{}", ran.stderr);
            folds += 1;
        } else {
            assert!(!obeys, "the runner would obey {line:?}");
        }
    }
    assert_eq!(folds, 6);
}

#[test]
fn on_gitlab_sections_open_and_close_by_the_same_name() {
    let ran = on(&story(), ("GITLAB_CI", "true"), &[]);
    let name = |what: &str| {
        let (_, rest) = ran.stderr.split_once(what).unwrap();
        rest.split(['[', '\r']).next().unwrap().split(':').nth(1).unwrap().to_owned()
    };
    assert_eq!(name("section_start:"), name("section_end:"));
}

#[test]
fn a_long_silence_is_broken_by_what_is_waited_for() {
    let story = story();
    story.store.fault("hold", &json!({ "on": { "operation": "S5" }, "do": [{ "hold": "before" }] }));
    // A minute is 0.6 s here.
    let mut command = story.command(&["apply", "--yes", "--ascii"]);
    let child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    story.store.held("hold");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    story.store.release("hold");
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let still = text
        .lines()
        .filter(|line| line.contains("still waiting  app/harbor-notes: asking for the status since 0:0"))
        .count();
    assert!((1..=2).contains(&still), "{text}");
    assert!(text.is_ascii(), "{text}");
}

#[test]
fn a_silence_while_the_plan_is_made_is_broken_too() {
    let story = story();
    story.store.fault("hold", &json!({ "on": { "operation": "A2" }, "do": [{ "hold": "before" }] }));
    let mut command = story.command(&["apply", "--yes"]);
    let child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    story.store.held("hold");
    std::thread::sleep(std::time::Duration::from_millis(800));
    story.store.release("hold");
    let text = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(text.contains("still waiting  reading what Partner Center holds"), "{text}");
}
