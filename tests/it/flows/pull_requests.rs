//! From the first plan of a pull request to a release.

use super::*;

/// The only comment on a pull request.
#[track_caller]
fn comment(team: &Team, pull: &Pull) -> String {
    let mut said = team.hub.service.said(pull.number);
    assert_eq!(said.len(), 1, "{said:#?}");
    said.remove(0)
}

#[test]
fn a_change_goes_from_its_first_plan_to_a_release_with_one_comment() {
    if !has_tools() {
        return;
    }
    let team = Team::new(|_| {});
    let watched = team.watch();
    assert_eq!(watched.result, "success", "{}", watched.log);
    assert!(team.hub.service.issues().is_empty());

    // Opened. Who writes what looks like the comment is not taken for it, and there are many.
    let pull = team.propose(None, |story| story.manifest(&words("New words.")));
    for at in 0..120 {
        team.hub.service.write(
            pull.number,
            "mallory",
            &format!("<!-- storeward v1 {{\"hash\":\"sp1:{at}\"}} -->\n"),
        );
    }
    let plan = team.plan_of(&pull, false);
    assert_eq!((plan.code("Plan"), plan.result.as_str()), (0, "success"), "{}", plan.log);
    let first = comment(&team, &pull);
    assert!(first.contains("1 submission, needs certification") && first.contains("New words."), "{first}");
    assert!(first.contains("compared with a snapshot"), "{first}");
    assert!(plan.summary.contains("New words."), "{}", plan.summary);

    // Pushed again.
    team.hub.service.written();
    let pull = team.propose(Some(pull), |story| story.manifest(&words("Better.")));
    assert_eq!(team.plan_of(&pull, false).result, "success");
    let [outdated, second] = &team.hub.service.written()[..] else { panic!("two writes") };
    assert!(outdated.contains("> **Outdated.**") && outdated.contains("New words."), "{outdated}");
    assert_eq!(outdated.lines().count(), first.lines().count() + 3, "all else is there: {outdated}");
    assert_eq!(*second, comment(&team, &pull));
    assert!(second.contains("Better.") && !second.contains("Outdated"), "{second}");
    assert_ne!(facts(&first)["hash"], facts(second)["hash"]);
    assert_eq!(facts(second)["head"], pull.event["pull_request"]["head"]["sha"]);
    assert!(team.story.mutations().is_empty());

    // Merged.
    team.hub.service.written();
    let (run, jobs) = team.merge(&pull);
    let apply = &jobs["apply"];
    assert_eq!((apply.code("Apply"), apply.result.as_str()), (0, "success"), "{}", apply.log);
    let written = team.hub.service.written();
    assert!(written[0].contains("> **Being applied** by [this run]"), "{}", written[0]);
    let resolved = comment(&team, &pull);
    assert_eq!(facts(&resolved)["result"], "ok", "{resolved}");
    assert!(
        resolved.contains("### Store apply · 1 submission") && !resolved.contains("Being applied"),
        "{resolved}"
    );
    assert!(team.hub.service.thread(pull.number).labels.is_empty());
    let receipt = fs::read_to_string(team.hub.artifact(run, "store-receipt").join("receipt.json")).unwrap();
    let receipt: Value = serde_json::from_str(&receipt).unwrap();
    assert_eq!(receipt["planHash"], facts(second)["hash"], "{receipt}");
    team.publish();
    assert_eq!(team.description(), "Better.");

    // Run once more, there is nothing to do.
    let (_, jobs) = team.start("store-apply", "push", &json!({}), json!({}));
    assert_eq!((jobs["approved"].result.as_str(), jobs["apply"].result.as_str()), ("success", "skipped"));

    // Released.
    let built = team.hub.artifact(17, "msix");
    fs::create_dir_all(&built).unwrap();
    fs::write(built.join("app.msix"), things::package("1.1.0.0")).unwrap();
    let inputs =
        json!({ "address": "app/harbor-notes", "artifact": "msix", "run-id": "17", "wait": "published" });
    let (run, jobs) = team.start("store-release", "workflow_dispatch", &json!({}), inputs);
    let release = &jobs["release"];
    assert_eq!((release.code("Release"), release.result.as_str()), (0, "success"), "{}", release.log);
    let versions = team.story.published()["applicationPackages"].to_string();
    assert!(versions.contains("1.1.0.0"), "{versions}");
    assert!(team.hub.artifact(run, "store-receipt").join("receipt.json").is_file());
    assert_eq!(comment(&team, &pull), resolved);
}

#[test]
fn without_changes_nobody_is_told_anything() {
    if !has_tools() {
        return;
    }
    let team = Team::new(|_| {});
    team.watch();
    let pull = team.planned(|story| story.write("README.md", "Words.\n"));
    assert!(team.hub.service.said(pull.number).is_empty());
    let (_, jobs) = team.merge(&pull);
    assert_eq!(jobs["apply"].result, "success", "{}", jobs["apply"].log);
    assert!(team.hub.service.said(pull.number).is_empty() && team.story.mutations().is_empty());

    // A comment that is there becomes one line.
    let pull = team.planned(|story| story.manifest(&words("New words.")));
    assert!(comment(&team, &pull).contains("New words."));
    let pull = team.propose(Some(pull), |story| story.manifest(&words("Plain text.")));
    team.plan_of(&pull, false);
    assert!(comment(&team, &pull).contains("No changes"));
}

#[test]
fn what_a_pull_request_brings_is_not_run_and_a_fork_writes_nothing() {
    if !has_tools() {
        return;
    }
    let team = Team::new(|_| {});
    team.watch();
    let mark = team.hub.folder.path().join("ran");
    let mut pull = team.propose(None, |story| {
        let touch = format!("#!/bin/sh\ntouch '{}'\n", mark.display());
        for name in
            [".github/storeward/install.sh", ".github/storeward/github.sh", "storeward", "jq", "trusted/x"]
        {
            story.write(name, &touch);
        }
        story.manifest(&words("Strange."));
    });
    pull.event["pull_request"]["head"]["repo"]["full_name"] = json!("mallory/reader");
    let plan = team.plan_of(&pull, true);
    assert_eq!(plan.result, "success", "{}", plan.log);
    assert!(plan.summary.contains("Strange."), "{}", plan.summary);
    assert!(!plan.ran("Comment") && !plan.ran("Mark the comment as outdated"));
    assert!(team.hub.service.said(pull.number).is_empty() && !mark.exists());
    // Were it to try, the token would not do.
    pull.event["pull_request"]["head"]["repo"]["full_name"] = json!(REPOSITORY);
    let plan = team.plan_of(&pull, true);
    assert!(plan.code("Comment") != 0 && plan.log.contains("403"), "{}", plan.log);
    assert!(team.hub.service.said(pull.number).is_empty() && !mark.exists());

    // Nobody saw a plan in the pull request, so nothing is sent until somebody names one.
    let pull = Pull { branch: pull.branch, ..pull };
    let root = team.story.repo.path();
    git(root, &["checkout", "--quiet", "main"]);
    let scripts = git(root, &["ls-files", ".github/storeward"]);
    git(root, &["checkout", "--quiet", &pull.branch]);
    git(root, &[&["checkout", "--quiet", "main", "--"], &scripts.lines().collect::<Vec<_>>()[..]].concat());
    commit(root, "without the scripts");
    let (_, jobs) = team.merge(&pull);
    assert_eq!(jobs["apply"].code("Apply"), 6, "{}", jobs["apply"].log);
    let said = comment(&team, &pull);
    assert!(
        said.contains("**Nothing was applied.**") && said.contains("/actions/workflows/store-apply.yml"),
        "{said}"
    );
    assert!(team.story.mutations().is_empty());
    assert_eq!(team.hub.service.thread(pull.number).labels, ["store-pending"]);
    let (_, jobs) =
        team.start("store-apply", "workflow_dispatch", &json!({}), json!({ "expect": facts(&said)["hash"] }));
    assert_eq!(jobs["apply"].result, "success", "{}", jobs["apply"].log);
    assert_eq!(facts(&comment(&team, &pull))["result"], "ok");
    assert!(team.hub.service.thread(pull.number).labels.is_empty());
}

#[test]
fn plans_begin_with_the_merge_of_the_workflows_and_need_no_snapshot() {
    if !has_tools() {
        return;
    }
    let team = Team::new(|_| {});
    let pull = team.planned(|story| story.manifest(&words("New words.")));
    let said = comment(&team, &pull);
    assert!(said.contains("not compared with the live Store") && said.contains("New words."), "{said}");

    let root = team.story.repo.path();
    git(root, &["checkout", "--quiet", "main"]);
    git(root, &["rm", "--quiet", "-r", ".github/storeward"]);
    team.push("without scripts");
    let pull = team.propose(None, |story| story.manifest(&words("Other words.")));
    let plan = team.plan_of(&pull, false);
    assert!(plan.result == "success" && plan.log.contains("plans begin once it is merged"), "{}", plan.log);
    assert!(team.hub.service.said(pull.number).is_empty());
}

#[test]
fn mistakes_are_told_in_the_comment() {
    if !has_tools() {
        return;
    }
    let team = Team::new(|_| {});
    team.watch();
    let pull = team.propose(None, |story| story.manifest("submission: {visibility: Publik}\n"));
    let plan = team.plan_of(&pull, false);
    assert_eq!((plan.code("Plan"), plan.result.as_str()), (3, "failure"));
    assert!(comment(&team, &pull).contains("Publik"), "{}", comment(&team, &pull));
}
