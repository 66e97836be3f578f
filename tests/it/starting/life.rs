//! The life of a repository on GitHub, job by job: the shell of the workflows that `init` wrote is run as it is.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::github::{Ended, GitHub, Trigger};
use crate::support::git::{commit, git};
use crate::support::jwt::certificate;
use crate::support::oidc::{KEY, Oidc, SUBJECT};
use crate::support::story::{Story, run};
use crate::support::things::{self, APP, package};

/// Whether what the scripts need is here. Where it is not, that is said, and the test is none.
#[expect(clippy::print_stdout, reason = "what is skipped has to be seen")]
fn has_what_it_needs() -> bool {
    let missing: Vec<&str> = ["bash", "curl", "jq", "tar", "sha256sum"]
        .into_iter()
        .filter(|program| Command::new(program).arg("--version").output().is_err())
        .collect();
    if !missing.is_empty() {
        println!("SKIPPED: the workflows need {}", missing.join(", "));
    }
    missing.is_empty()
}

/// A team on GitHub.
struct Team {
    story: Story,
    github: GitHub,
    _oidc: Oidc,
}

impl Team {
    fn new() -> Self {
        let mut seed = things::account();
        let federated =
            json!({ "issuer": "https://github.example", "subject": SUBJECT, "publicKey": KEY.jwk() });
        seed["credentials"] = json!({
            "tenantId": "contoso.example", "clientId": "2f877daa-b6f5-42a3-8430-acf238b234e1",
            "clientSecret": "nobody-uses-it", "certificates": [certificate("app.pem")],
            "federatedCredentials": [federated],
        });
        let story = Story::with_seed(&seed, &text("Plain text."));
        fs::remove_dir(story.path(".git")).unwrap();
        let root = story.repo.path();
        git(root, &["init", "--quiet", "--initial-branch=trunk"]);
        // It was not made today.
        commit(root, "What was there before");
        let oidc = Oidc::github();
        let mut of_the_store = oidc.variables_of_github();
        of_the_store.extend([
            ("STOREWARD_API_URL".to_owned(), story.store.endpoints.api.clone()),
            ("STOREWARD_LOGIN_URL".to_owned(), story.store.endpoints.login.clone()),
            ("STOREWARD_TIME_SCALE".to_owned(), "0.01".to_owned()),
        ]);
        let github = GitHub::new(root.to_owned(), of_the_store);
        let digest = github.release();
        let releases = format!("{}/releases", github.address);
        let arguments =
            ["init", "--ci", "github", "--branch", "trunk", "--releases", &releases, "--sha256", &digest];
        run(&mut story.command(&arguments)).ended(0);
        commit(root, "Begin");
        Self { story, github, _oidc: oidc }
    }

    fn sha(&self) -> String {
        git(self.story.repo.path(), &["rev-parse", "HEAD"]).trim().to_owned()
    }

    fn job(&mut self, workflow: &str, job: &str, event: &str, payload: Value, needs: Value) -> Ended {
        self.job_with(workflow, job, event, payload, needs, json!({}))
    }

    fn job_with(
        &mut self,
        workflow: &str,
        job: &str,
        event: &str,
        payload: Value,
        needs: Value,
        inputs: Value,
    ) -> Ended {
        let trigger = Trigger { event, payload, sha: self.sha(), inputs, needs };
        self.github.job(workflow, job, &trigger)
    }

    fn watch(&mut self) -> Ended {
        self.job("store-watch.yml", "watch", "schedule", json!({}), json!({}))
    }

    /// Opens a pull request, or pushes to it again, and plans it.
    fn propose(&mut self, number: u64, description: &str) -> Ended {
        let root = self.story.repo.path().to_owned();
        let branch = format!("change-{number}");
        let known = git(&root, &["branch", "--list", &branch]);
        let arguments: &[&str] = if known.trim().is_empty() {
            &["checkout", "--quiet", "-b", &branch]
        } else {
            &["checkout", "--quiet", &branch]
        };
        git(&root, arguments);
        self.story.manifest(&text(description));
        commit(&root, description);
        let sha = self.sha();
        let mut kept = self.github.kept.lock().unwrap();
        kept.pulls.retain(|pull| pull["number"] != number);
        kept.pulls.push(
            json!({ "number": number, "head": { "sha": sha }, "merged_at": null, "merge_commit_sha": null }),
        );
        if kept.issues.iter().all(|issue| issue["number"] != number) {
            kept.issues.push(json!({
                "number": number, "state": "open", "labels": [], "pull_request": {}, "user": { "login": "kim" }
            }));
        }
        drop(kept);
        let payload = json!({
            "pull_request": { "number": number, "head": { "sha": sha, "repo": { "full_name": "contoso/reader" } } },
            "repository": { "default_branch": "trunk" },
        });
        self.job("store-plan.yml", "plan", "pull_request", payload, json!({}))
    }

    /// Merges a pull request, and runs what is started by that.
    fn merge(&mut self, number: u64) -> Ended {
        let root = self.story.repo.path().to_owned();
        let before = git(&root, &["rev-parse", "trunk"]).trim().to_owned();
        git(&root, &["checkout", "--quiet", "trunk"]);
        git(&root, &["merge", "--quiet", "--no-ff", "--message", "Merge", &format!("change-{number}")]);
        let (sha, merged_at) = (self.sha(), format!("2026-09-01T09:00:{number:02}Z"));
        let mut kept = self.github.kept.lock().unwrap();
        for pull in kept.pulls.iter_mut().filter(|pull| pull["number"] == number) {
            pull["merge_commit_sha"] = json!(sha);
            pull["merged_at"] = json!(merged_at);
        }
        for issue in kept.issues.iter_mut().filter(|issue| issue["number"] == number) {
            issue["state"] = json!("closed");
            issue["pull_request"] = json!({ "merged_at": merged_at });
        }
        drop(kept);
        self.apply("push", json!({ "before": before, "repository": { "default_branch": "trunk" } }))
    }

    fn apply(&mut self, event: &str, payload: Value) -> Ended {
        let approved = self.job("store-apply.yml", "approved", event, payload.clone(), json!({}));
        assert!(approved.succeeded, "{}", approved.log);
        if approved.outputs["work"] != "true" {
            return approved;
        }
        let needs = json!({ "approved": { "outputs": approved.outputs } });
        self.job("store-apply.yml", "apply", event, payload, needs)
    }

    fn comments(&self) -> Vec<String> {
        let kept = self.github.kept.lock().unwrap();
        kept.comments.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
    }

    fn description(&self) -> String {
        let live = self.story.published();
        live["listings"]["en-us"]["baseListing"]["description"].as_str().unwrap().to_owned()
    }

    /// Waits until the Store is through with what was committed.
    fn certified(&self) {
        run(&mut self.with_credential(&["wait", APP, "--for", "published"])).ended(0);
    }

    fn with_credential(&self, arguments: &[&str]) -> Command {
        let mut command = self.story.command(arguments);
        command
            .env("AZURE_TENANT_ID", "contoso.example")
            .env("AZURE_CLIENT_ID", "2f877daa-b6f5-42a3-8430-acf238b234e1")
            .env("AZURE_CLIENT_SECRET", "nobody-uses-it");
        command
    }
}

fn text(description: &str) -> String {
    format!(
        "submission:\n  listings: {{en-us: {{description: {description}}}}}\nrelease:\n  packages: {{files: [$(release)/*.msix]}}\n"
    )
}

#[test]
fn a_change_goes_from_a_pull_request_to_the_store() {
    if !has_what_it_needs() {
        return;
    }
    let mut team = Team::new();
    let watched = team.watch();
    assert!(watched.succeeded, "{}", watched.log);
    assert!(team.github.kept.lock().unwrap().issues.is_empty(), "no drift, no issue");

    // Opened: a comment with the plan, made without a credential.
    let planned = team.propose(7, "New words.");
    assert!(planned.succeeded, "{}", planned.log);
    let [first] = team.comments().try_into().unwrap();
    assert!(first.contains("\"New") && first.starts_with("<!-- storeward v1 "), "{first}");
    assert!(planned.summary.contains("\"New"), "and on the page of the run");
    // Pushed again: the same comment.
    team.propose(7, "Better words.");
    let [second] = team.comments().try_into().unwrap();
    assert!(second.contains("\"Better") && !second.contains("\"New"), "{second}");
    assert!(!second.contains("Outdated"), "{second}");
    assert!(team.story.mutations().is_empty(), "a plan sends nothing");

    // Merged: exactly that is applied, and the comment says so.
    let applied = team.merge(7);
    assert!(applied.succeeded, "{}", applied.log);
    assert_eq!(applied.steps["apply"]["outputs"]["result"], "ok");
    team.certified();
    assert_eq!(team.description(), "Better words.");
    let [resolved] = team.comments().try_into().unwrap();
    assert!(resolved.contains("ok") && !resolved.contains("Being applied"), "{resolved}");
    assert!(team.github.kept.lock().unwrap().labels(7).is_empty());

    // Released: packages of an earlier run.
    team.github.keep_artifact(1000, "msix", "a.msix", &package("1.5.0.0"));
    let inputs = json!({
        "address": "app/harbor-notes", "artifact": "msix", "run-id": "1000", "expect": "", "if-busy": "fail", "wait": "published",
    });
    let released =
        team.job_with("store-release.yml", "release", "workflow_dispatch", json!({}), json!({}), inputs);
    assert!(released.succeeded, "{}", released.log);
    let versions = team.story.published()["applicationPackages"].to_string();
    assert!(versions.contains("1.5.0.0"), "{versions}");
}

#[test]
fn what_is_in_the_way_is_deferred_and_taken_up() {
    if !has_what_it_needs() {
        return;
    }
    let mut team = Team::new();
    assert!(team.watch().succeeded);
    assert!(team.propose(7, "New words.").succeeded);
    // A colleague opens a draft in between.
    let draft = team.story.store.expect(201, "POST", &format!("applications/{APP}/submissions"), None);
    let id = draft["id"].as_str().unwrap().to_owned();
    let path = format!("applications/{APP}/submissions/{id}");
    let mut edited = draft;
    edited["listings"]["en-us"]["baseListing"]["description"] = json!("A colleague's words.");
    team.story.store.expect(200, "PUT", &path, Some(&edited));
    let deferred = team.merge(7);
    assert!(deferred.succeeded, "{}", deferred.log);
    assert_eq!(deferred.steps["apply"]["outputs"]["result"], "deferred");
    assert_eq!(team.github.kept.lock().unwrap().labels(7), ["store-pending"]);
    assert_eq!(team.comments().len(), 1);

    // Still there: later again. Gone: taken up by itself.
    team.apply("schedule", json!({}));
    assert_eq!(team.github.kept.lock().unwrap().labels(7), ["store-pending"]);
    team.story.store.call("DELETE", &path, None);
    let taken_up = team.apply("schedule", json!({}));
    assert!(taken_up.succeeded, "{}", taken_up.log);
    assert_eq!(taken_up.steps["apply"]["outputs"]["result"], "ok");
    team.certified();
    assert_eq!(team.description(), "New words.");
    assert!(team.github.kept.lock().unwrap().labels(7).is_empty());
    assert_eq!(team.comments().len(), 1);
    let nothing = team.apply("schedule", json!({}));
    assert_eq!(nothing.outputs["work"], "false");
}

#[test]
fn drift_has_one_issue_that_is_opened_and_closed() {
    if !has_what_it_needs() {
        return;
    }
    let mut team = Team::new();
    assert!(team.watch().succeeded);
    let publish = |team: &Team, words: &str| {
        team.story.manifest(&text(words));
        run(&mut team.with_credential(&["apply", "--yes", "--baseline", "none", "--wait", "published"]))
            .ended(0);
        git(team.story.repo.path(), &["checkout", "--quiet", "--", "."]);
    };
    publish(&team, "A hotfix.");
    for _ in 0..2 {
        let watched = team.watch();
        assert!(watched.succeeded, "{}", watched.log);
        let kept = team.github.kept.lock().unwrap();
        let [issue] = kept.issues.as_slice() else { panic!("{:?}", kept.issues) };
        assert_eq!(issue["state"], "open");
        assert!(issue["body"].as_str().unwrap().contains("A hotfix"), "{issue}");
    }
    publish(&team, "Plain text.");
    assert!(team.watch().succeeded);
    let kept = team.github.kept.lock().unwrap();
    assert_eq!((kept.issues.len(), &kept.issues[0]["state"]), (1, &json!("closed")));
}
