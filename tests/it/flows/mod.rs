//! The workflows that `init --ci github` writes, run: their jobs, conditions and shell steps, with a service that answers as
//! GitHub does, a Store, and a real repository.

mod drift;
mod expressions;
mod later;
mod pull_requests;
mod runner;
mod service;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::git::{commit, git};
use crate::support::oidc::KEY;
use crate::support::story::{Story, hermetic, run, storeward};
use crate::support::things::{self, APP};

use runner::{Job, Runner, Trigger};
use service::{REPOSITORY, Service, subject};

const TENANT: &str = "contoso.example";
const CLIENT: &str = "2f877daa-b6f5-42a3-8430-acf238b234e1";
const RELEASE: &str = "release: {packages: {files: [$(release)/*.msix]}}\n";

fn words(description: &str) -> String {
    format!("{RELEASE}submission:\n  listings:\n    en-us:\n      description: {description}\n")
}

/// A team with a repository on GitHub.
struct Team {
    story: Story,
    hub: Runner,
}

/// A pull request.
struct Pull {
    number: u64,
    branch: String,
    event: Value,
    /// The commit that merging it would make.
    merge: String,
}

/// Whether the machine has what the scripts need. Said so that it is seen where it has not.
fn has_tools() -> bool {
    let missing: Vec<&str> = ["bash", "curl", "jq", "sha256sum", "tar"]
        .into_iter()
        .filter(|tool| hermetic(Command::new(tool).arg("--version")).output().is_err())
        .collect();
    if !missing.is_empty() {
        // Unlike what is printed with a macro, this is shown for tests that pass.
        let _ = writeln!(std::io::stderr(), "SKIPPED: workflows, because {} is not here", missing.join(", "));
    }
    missing.is_empty()
}

/// A release of storeward that runs the binary of these tests.
fn archive(folder: &Path) -> Vec<u8> {
    fs::write(
        folder.join("storeward"),
        format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_storeward")),
    )
    .unwrap();
    let mut tar = Command::new("tar");
    hermetic(&mut tar)
        .current_dir(folder)
        .args(["--create", "--gzip", "--mode", "755", "--file", "release.tar.gz", "storeward"]);
    assert_eq!(run(&mut tar).code, 0);
    fs::read(folder.join("release.tar.gz")).unwrap()
}

impl Team {
    /// A team whose app is published as its manifest says, and whose workflows are merged.
    fn new(change: impl FnOnce(&mut Value)) -> Self {
        let mut seed = things::account();
        let federated = |environment| json!({ "issuer": "https://github.example", "subject": subject(environment), "publicKey": KEY.jwk() });
        seed["credentials"] = json!({
            "tenantId": TENANT, "clientId": CLIENT, "clientSecret": "~good+secret/=",
            "federatedCredentials": [federated("store"), federated("store-watch")]
        });
        change(&mut seed);
        let story = Story::with_seed(&seed, &words("Plain text."));
        let folder = tempfile::tempdir().unwrap();
        let archive = archive(folder.path());
        let digest = storeward::asset::Digest::of(&archive).to_string();
        let service = Service::start(archive);
        let root = story.repo.path();
        git(root, &["init", "--quiet", "--initial-branch=main"]);
        commit(root, "what is published");
        let releases = format!("{}/releases", service.address);
        run(storeward(root).args(["init", "--ci", "github", "--sha256", &digest, "--releases", &releases]))
            .ended(0);
        let origin = folder.path().join("origin.git");
        git(folder.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "origin.git"]);
        git(&origin, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        git(root, &["remote", "add", "origin", origin.to_str().unwrap()]);
        let mut hub = Runner::new(service, origin, folder);
        hub.vars = json!({ "AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT });
        hub.variables = vec![
            ("STOREWARD_API_URL", story.store.endpoints.api.clone()),
            ("STOREWARD_LOGIN_URL", story.store.endpoints.login.clone()),
            ("STOREWARD_TIME_SCALE", "0.01".to_owned()),
        ];
        let team = Self { story, hub };
        team.push("the workflows");
        team
    }

    /// Commits to main and pushes; the commit.
    fn push(&self, message: &str) -> String {
        let commit = commit(self.story.repo.path(), message);
        git(self.story.repo.path(), &["push", "--quiet", "origin", "main"]);
        commit
    }

    fn start(
        &self,
        workflow: &'static str,
        event_name: &'static str,
        event: &Value,
        inputs: Value,
    ) -> (u64, BTreeMap<String, Job>) {
        let commit = git(self.story.repo.path(), &["rev-parse", "main"]);
        let mut event = event.clone();
        event["repository"] = json!({ "full_name": REPOSITORY, "default_branch": "main" });
        let git_ref = "refs/heads/main".to_owned();
        self.hub.start(&Trigger { workflow, event_name, event, commit, git_ref, inputs, is_from_fork: false })
    }

    fn watch(&self) -> Job {
        self.start("store-watch", "schedule", &json!({}), json!({})).1.remove("watch").unwrap()
    }

    /// Opens a pull request with this change, or pushes it to the one that is there.
    fn propose(&self, to: Option<Pull>, change: impl FnOnce(&Story)) -> Pull {
        let root = self.story.repo.path();
        let branch = to.as_ref().map(|pull| pull.branch.clone());
        let branch =
            branch.unwrap_or_else(|| format!("change-{}", git(root, &["rev-list", "--all", "--count"])));
        git(root, &["checkout", "--quiet", "-B", &branch]);
        change(&self.story);
        let head = commit(root, "a change");
        let number = self.hub.service.pull(to.map(|pull| pull.number), &head);
        git(root, &["checkout", "--quiet", "--detach", "main"]);
        git(root, &["merge", "--quiet", "--no-ff", "--message", "merged", &branch]);
        let merge = git(root, &["rev-parse", "HEAD"]);
        git(root, &["push", "--quiet", "--force", "origin", &format!("HEAD:refs/pull/{number}/merge")]);
        git(root, &["checkout", "--quiet", &branch]);
        let event = json!({
            "pull_request": {
                "number": number, "head": { "sha": head, "repo": { "full_name": REPOSITORY } }, "base": { "ref": "main" },
            },
            "repository": { "full_name": REPOSITORY, "default_branch": "main" },
        });
        Pull { number, branch, event, merge }
    }

    fn plan_of(&self, pull: &Pull, is_from_fork: bool) -> Job {
        let trigger = Trigger {
            workflow: "store-plan",
            event_name: "pull_request",
            event: pull.event.clone(),
            commit: pull.merge.clone(),
            git_ref: format!("refs/pull/{}/merge", pull.number),
            inputs: json!({}),
            is_from_fork,
        };
        self.hub.start(&trigger).1.remove("plan").unwrap()
    }

    /// Opens a pull request and plans it.
    #[track_caller]
    fn planned(&self, change: impl FnOnce(&Story)) -> Pull {
        let pull = self.propose(None, change);
        let plan = self.plan_of(&pull, false);
        assert_eq!(plan.result, "success", "{}", plan.log);
        pull
    }

    /// Merges a pull request; what the push to main starts.
    fn merge(&self, pull: &Pull) -> (u64, BTreeMap<String, Job>) {
        let root = self.story.repo.path();
        git(root, &["checkout", "--quiet", "main"]);
        let before = git(root, &["rev-parse", "main"]);
        git(root, &["merge", "--quiet", "--no-ff", "--message", "merge", &pull.branch]);
        git(root, &["push", "--quiet", "origin", "main"]);
        let after = git(root, &["rev-parse", "main"]);
        self.hub.service.merge(pull.number, &after);
        self.start("store-apply", "push", &json!({ "before": before, "after": after }), json!({}))
    }

    fn description(&self) -> String {
        let published = self.story.published();
        published["listings"]["en-us"]["baseListing"]["description"].as_str().unwrap().to_owned()
    }

    /// Waits until what was committed is published.
    fn publish(&self) {
        let Some(pending) =
            self.story.app().get("pendingApplicationSubmission").map(|known| known["id"].clone())
        else {
            return;
        };
        let submission = format!("applications/{APP}/submissions/{}", pending.as_str().unwrap());
        self.story.store.follow(&submission, &["Published"]);
    }

    /// Somebody does something in Partner Center.
    fn in_partner_center(&self, event: &Value) {
        let act = json!([{ "meanwhile": { "when": "before", "events": [event] } }]);
        self.story.store.fault("portal", &json!({ "on": { "operation": "S2" }, "do": act }));
        let id = self.story.app()["lastPublishedApplicationSubmission"]["id"].as_str().unwrap().to_owned();
        self.story.submission(&id);
        self.story.store.heal("portal");
    }

    /// Somebody writes another description in Partner Center.
    fn describe(&self, description: &str) {
        let listing = json!({ "en-us": { "baseListing": { "description": description } } });
        self.in_partner_center(&json!({ "editPublished": { "listings": listing } }));
    }
}

/// What the first line of a comment says of it.
#[track_caller]
fn facts(comment: &str) -> Value {
    let line = comment.lines().next().unwrap();
    serde_json::from_str(line.strip_prefix("<!-- storeward v1 ").unwrap().strip_suffix(" -->").unwrap())
        .unwrap()
}
