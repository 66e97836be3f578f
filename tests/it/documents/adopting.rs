//! The account of an adoption: what `docs/adopting.md` shows is what these commands print.

use std::fs;

use serde_json::json;

use super::has_parts;
use crate::support::git::{commit, git};
use crate::support::realistic;
use crate::support::story::{Ran, Story, run};

/// What a terminal shows of a command, without what differs from run to run.
fn shown(command: &str, ran: &Ran) -> String {
    let mut text = format!("```console\n$ {command}\n");
    let mut following = false;
    for line in format!("{}{}", ran.stderr, ran.stdout).lines() {
        // Which statuses are met, and when something is waited for, depends on the machine.
        let is_status = line.contains("  status   ")
            || line.contains("still waiting")
            || line.contains("looking again at");
        if is_status {
            if !following {
                text.push_str("        ⋯ every status on the way\n");
            }
            following = true;
            continue;
        }
        following = false;
        text.push_str(&without_times(line));
        text.push('\n');
    }
    let text = text.trim_end().to_owned();
    text + "\n```"
}

/// Times become one: of the day, of the run, and how long an answer took.
fn without_times(line: &str) -> String {
    let mut line = line.to_owned();
    if let Some((before, rest)) = line.split_once("live read ") {
        line = format!("{before}live read 2026-09-01 09:14:07Z{}", &rest["2026-09-01 09:14:07Z".len()..]);
    }
    if let Some((before, rest)) = line.split_once(" answers, in ") {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let host = before.trim_end_matches(|c: char| c != ' ');
        line = format!("{host}https://… answers, in 80{unit}");
    }
    let is_clock = line.len() > 6
        && line.starts_with("  ")
        && line[2..6].chars().all(|c| c.is_ascii_digit() || c == ':');
    if is_clock { format!("  0:00{}", &line[6..]) } else { line }
}

#[test]
fn the_account_of_an_adoption_is_what_happens() {
    let mut account = realistic::account();
    let (tenant, client, secret) =
        ("northwind.example", "5f1c9e2a-7d40-4c1b-9a3e-2b8f6d0c4e71", "a-secret~of+ours");
    account["credentials"] = json!({ "tenantId": tenant, "clientId": client, "clientSecret": secret });
    let story = Story::with_seed(&account, "");
    fs::remove_file(story.path("store.yaml")).unwrap();
    fs::remove_dir(story.path(".git")).unwrap();
    git(story.repo.path(), &["init", "--quiet", "--initial-branch=main"]);
    let run = |arguments: &[&str]| {
        let mut command = story.command(arguments);
        let credential =
            [("AZURE_TENANT_ID", tenant), ("AZURE_CLIENT_ID", client), ("AZURE_CLIENT_SECRET", secret)];
        run(command.envs(credential)).ended(0)
    };
    let printed = |arguments: &[&str]| shown(&format!("storeward {}", arguments.join(" ")), &run(arguments));

    let doctor = printed(&["doctor"]);
    let doctor = doctor.replace(
        "other services, named by STOREWARD_API_URL and STOREWARD_LOGIN_URL",
        "the Store's own addresses",
    );
    let init = printed(&["init", "--from", realistic::APP]);
    let validate = printed(&["validate"]);
    let plan = printed(&["plan"]);
    assert!(plan.contains("No changes."), "{plan}");
    assert!(story.mutations().is_empty(), "nothing changed in Partner Center");
    commit(story.repo.path(), "What is in the Store");

    let file = "store/harbor-notes/copy/en-us/description.md";
    let text = fs::read_to_string(story.path(file)).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    story.write(file, format!("{first} Now also without a network.\n{rest}"));
    commit(story.repo.path(), "Say that it works without a network");
    let change = printed(&["plan"]);
    let hash = change.split("plan hash ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let apply = printed(&["apply", "--expect", &hash, "--wait", "published"]);
    let after = printed(&["plan"]);
    assert!(after.contains("No changes."), "{after}");
    has_parts(
        "docs/adopting.md",
        &[
            ("doctor", doctor),
            ("init", init),
            ("validate", validate),
            ("plan", plan),
            ("change", change),
            ("apply", apply),
            ("after", after),
        ],
    );
}
