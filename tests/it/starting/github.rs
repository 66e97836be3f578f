//! GitHub as the workflows meet it: its API on loopback, and a runner that takes the steps of a job.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use serde_yaml::Value as Yaml;
use tempfile::TempDir;

use super::expressions::{Context, filled, holds};
use crate::support::git::git;
use crate::support::oidc::json_answer;
use crate::support::plain_http::Answer;
use crate::support::proxy::{Passing, proxy};

const REPOSITORY: &str = "contoso/reader";
const TOKEN: &str = "a-token-of-github";
const BOT: &str = "github-actions[bot]";

/// What GitHub keeps of a repository.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) comments: Vec<Value>,
    pub(super) issues: Vec<Value>,
    /// Pull requests, which are issues as well.
    pub(super) pulls: Vec<Value>,
    archive: Vec<u8>,
}

impl Kept {
    pub(super) fn labels(&self, number: u64) -> Vec<String> {
        let issue = self.issues.iter().find(|issue| issue["number"] == number).unwrap();
        issue["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap().to_owned()).collect()
    }

    fn answer(&mut self, passing: &Passing) -> Answer {
        if passing.target.starts_with("/releases/") {
            return Answer { status: 200, headers: Vec::new(), body: self.archive.clone() };
        }
        if passing.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return json_answer(401, &json!({ "message": "Bad credentials" }));
        }
        let (path, _) = passing.target.split_once('?').unwrap_or((&passing.target, ""));
        let path = path.strip_prefix(&format!("/repos/{REPOSITORY}/")).unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let body: Value = serde_json::from_slice(&passing.body).unwrap_or_default();
        let number = |text: &str| text.parse::<u64>().unwrap();
        match (passing.method.as_str(), parts.as_slice()) {
            ("GET", ["issues", on, "comments"]) => {
                let of_it = self.comments.iter().filter(|comment| comment["issue"] == number(on));
                json_answer(200, &of_it.cloned().collect())
            }
            ("POST", ["issues", on, "comments"]) => {
                let id = self.comments.len() + 100;
                let user = json!({ "login": BOT });
                self.comments
                    .push(json!({ "id": id, "issue": number(on), "user": user, "body": body["body"] }));
                json_answer(201, &json!({ "id": id }))
            }
            ("PATCH", ["issues", "comments", id]) => {
                let found = self.comments.iter_mut().find(|comment| comment["id"] == number(id)).unwrap();
                found["body"] = body["body"].clone();
                json_answer(200, found)
            }
            ("GET", ["issues"]) => {
                let (label, state) = (passing.field("labels").unwrap(), passing.field("state").unwrap());
                let fits = |issue: &&Value| {
                    issue["labels"].as_array().unwrap().contains(&json!(label))
                        && (state == "all" || issue["state"] == json!(state))
                };
                json_answer(200, &self.issues.iter().filter(fits).cloned().collect())
            }
            ("POST", ["issues"]) => {
                let number = self.issues.len() + 1;
                let mut issue = body;
                issue["number"] = json!(number);
                issue["state"] = json!("open");
                issue["user"] = json!({ "login": BOT });
                self.issues.push(issue);
                json_answer(201, &json!({ "number": number }))
            }
            ("PATCH", ["issues", on]) => {
                let issue = self.issues.iter_mut().find(|issue| issue["number"] == number(on)).unwrap();
                for (key, value) in body.as_object().unwrap() {
                    issue[key] = value.clone();
                }
                json_answer(200, issue)
            }
            ("POST", ["issues", on, "labels"]) => {
                let issue = self.issues.iter_mut().find(|issue| issue["number"] == number(on)).unwrap();
                let labels = issue["labels"].as_array_mut().unwrap();
                for label in body["labels"].as_array().unwrap() {
                    if !labels.contains(label) {
                        labels.push(label.clone());
                    }
                }
                json_answer(200, &json!([]))
            }
            ("DELETE", ["issues", on, "labels", label]) => {
                let issue = self.issues.iter_mut().find(|issue| issue["number"] == number(on)).unwrap();
                issue["labels"].as_array_mut().unwrap().retain(|own| own != label);
                json_answer(200, &json!([]))
            }
            ("GET", ["commits", sha, "pulls"]) => {
                let of_it = self.pulls.iter().filter(|pull| pull["merge_commit_sha"] == *sha);
                json_answer(200, &of_it.cloned().collect())
            }
            ("GET", ["pulls", on]) => {
                json_answer(200, self.pulls.iter().find(|pull| pull["number"] == number(on)).unwrap())
            }
            _ => json_answer(
                404,
                &json!({ "message": format!("{} {path} is not known here", passing.method) }),
            ),
        }
    }
}

/// GitHub, and the machines that it runs jobs on.
pub(super) struct GitHub {
    pub(super) kept: Arc<Mutex<Kept>>,
    pub(super) address: String,
    /// The repository that people push to.
    pub(super) origin: PathBuf,
    folder: TempDir,
    runs: u64,
    /// What jobs with `id-token: write` find in their environment, beside what GitHub sets.
    pub(super) of_the_store: Vec<(String, String)>,
}

/// What starts a job.
pub(super) struct Trigger<'t> {
    pub(super) event: &'t str,
    pub(super) payload: Value,
    pub(super) sha: String,
    pub(super) inputs: Value,
    pub(super) needs: Value,
}

/// How a job ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) succeeded: bool,
    pub(super) outputs: Value,
    pub(super) log: String,
    pub(super) summary: String,
    /// What each step set, by its id.
    pub(super) steps: Value,
}

impl GitHub {
    pub(super) fn new(origin: PathBuf, of_the_store: Vec<(String, String)>) -> Self {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let of_server = Arc::clone(&kept);
        let address =
            proxy("nowhere", Box::new(move |passing, _| of_server.lock().unwrap().answer(&passing)));
        let folder = tempfile::tempdir().unwrap();
        Self { kept, address, origin, folder, runs: 0, of_the_store }
    }

    /// The archive of a release, and its digest: the program that is tested, under the name that people download.
    pub(super) fn release(&self) -> String {
        let packed = self.folder.path().join("packed");
        fs::create_dir_all(&packed).unwrap();
        let program = packed.join("storeward");
        fs::write(&program, format!("#!/bin/sh\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_storeward"))).unwrap();
        let archive = self.folder.path().join("archive.tar.gz");
        let script = "chmod +x storeward && tar --create --gzip --file ../archive.tar.gz storeward";
        assert!(Command::new("bash").args(["-c", script]).current_dir(&packed).status().unwrap().success());
        let bytes = fs::read(archive).unwrap();
        let digest = storeward::asset::Digest::of(&bytes).to_string();
        self.kept.lock().unwrap().archive = bytes;
        digest
    }

    fn shared(&self, what: &str, name: &str) -> PathBuf {
        self.folder.path().join(what).join(name.replace('/', "_"))
    }

    /// Keeps an artifact of a run.
    pub(super) fn keep_artifact(&self, run: u64, name: &str, file: &str, content: &[u8]) {
        let folder = self.shared("artifacts", &format!("{run}-{name}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), content).unwrap();
    }

    /// Runs a job of a workflow, as it is at the commit.
    pub(super) fn job(&mut self, workflow: &str, job: &str, trigger: &Trigger<'_>) -> Ended {
        self.runs += 1;
        let text = git(&self.origin, &["show", &format!("{}:.github/workflows/{workflow}", trigger.sha)]);
        let parsed: Yaml = serde_yaml::from_str(&text).unwrap();
        let job = &parsed["jobs"][job];
        let machine = self.folder.path().join(format!("run-{}", self.runs));
        let (workspace, temp) = (machine.join("work"), machine.join("temp"));
        for folder in [&workspace, &temp] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(machine.join("event.json"), trigger.payload.to_string()).unwrap();
        let mut context: Context = json!({
            "github": {
                "token": TOKEN, "server_url": "https://github.example", "repository": REPOSITORY,
                "run_id": self.runs, "run_attempt": 1, "event": trigger.payload,
            },
            "runner": { "temp": temp },
            "inputs": trigger.inputs, "needs": trigger.needs, "steps": {},
            "vars": { "AZURE_TENANT_ID": "contoso.example", "AZURE_CLIENT_ID": "2f877daa-b6f5-42a3-8430-acf238b234e1" },
        });
        let of_job = texts(&job["env"], &context);
        let opens_the_store = job["permissions"]["id-token"] == "write";
        let mut ended = Ended {
            succeeded: true,
            outputs: json!({}),
            log: String::new(),
            summary: String::new(),
            steps: json!({}),
        };
        for step in job["steps"].as_sequence().unwrap() {
            let condition = step["if"].as_str().unwrap_or("true");
            let whatever = condition.contains("cancelled()") || condition.contains("always()");
            let id = step["id"].as_str().unwrap_or_default().to_owned();
            if !(ended.succeeded || whatever) || !holds(condition, &context) {
                context["steps"][&id]["outcome"] = json!("skipped");
                continue;
            }
            let succeeded = match (step["uses"].as_str(), step["run"].as_str()) {
                (Some(action), _) => {
                    self.action(action, &texts(&step["with"], &context), trigger, &workspace)
                }
                (None, Some(script)) => {
                    let mut command = Command::new("bash");
                    command.args(["-e", "-c", script]).current_dir(&workspace).env_clear();
                    command.envs(self.environment(&machine, trigger)).envs(of_job.clone());
                    if opens_the_store {
                        command.envs(self.of_the_store.clone());
                    }
                    command.envs(texts(&step["env"], &context));
                    let ran = command.output().unwrap();
                    ended.log.push_str(&String::from_utf8_lossy(&ran.stdout));
                    ended.log.push_str(&String::from_utf8_lossy(&ran.stderr));
                    let set = fs::read_to_string(machine.join("output")).unwrap_or_default();
                    for line in set.lines() {
                        let (key, value) = line.split_once('=').unwrap();
                        context["steps"][&id]["outputs"][key] = json!(value);
                    }
                    let _ = fs::remove_file(machine.join("output"));
                    ran.status.success()
                }
                _ => panic!("a step does nothing"),
            };
            context["steps"][&id]["outcome"] = json!(if succeeded { "success" } else { "failure" });
            ended.succeeded &= succeeded || step["continue-on-error"] == true;
        }
        for (name, value) in texts(&job["outputs"], &context) {
            ended.outputs[name] = json!(value);
        }
        ended.summary = fs::read_to_string(machine.join("summary")).unwrap_or_default();
        ended.steps = context["steps"].clone();
        ended
    }

    fn environment(&self, machine: &Path, trigger: &Trigger<'_>) -> Vec<(String, String)> {
        let added = fs::read_to_string(machine.join("path")).unwrap_or_default();
        let path = std::env::var("PATH").unwrap_or_default();
        let path: Vec<&str> = added.lines().chain([path.as_str()]).collect();
        let file = |name: &str| machine.join(name).display().to_string();
        let base = if trigger.event == "pull_request" { "trunk" } else { "" };
        [
            ("PATH", path.join(":")),
            ("HOME", file("home")),
            ("CI", "true".to_owned()),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_API_URL", self.address.clone()),
            ("GITHUB_SERVER_URL", "https://github.example".to_owned()),
            ("GITHUB_REPOSITORY", REPOSITORY.to_owned()),
            ("GITHUB_EVENT_NAME", trigger.event.to_owned()),
            ("GITHUB_EVENT_PATH", file("event.json")),
            ("GITHUB_SHA", trigger.sha.clone()),
            ("GITHUB_BASE_REF", base.to_owned()),
            ("GITHUB_RUN_ID", self.runs.to_string()),
            ("GITHUB_WORKSPACE", file("work")),
            ("GITHUB_OUTPUT", file("output")),
            ("GITHUB_PATH", file("path")),
            ("GITHUB_STEP_SUMMARY", file("summary")),
            ("RUNNER_TEMP", file("temp")),
            // Nobody who has no business with the Store reaches it.
            ("STOREWARD_API_URL", "http://127.0.0.1:1/v1.0/my".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// What GitHub's own actions do.
    fn action(
        &self,
        action: &str,
        with: &BTreeMap<String, String>,
        trigger: &Trigger<'_>,
        workspace: &Path,
    ) -> bool {
        let option = |name: &str| with.get(name).map(String::as_str).unwrap_or_default();
        let name = action.split('@').next().unwrap();
        match name {
            "actions/checkout" => {
                let folder = workspace.join(option("path"));
                let at = if option("ref").is_empty() {
                    trigger.sha.clone()
                } else {
                    format!("origin/{}", option("ref"))
                };
                if folder == workspace {
                    fs::remove_dir_all(workspace).unwrap();
                }
                git(&self.origin, &["clone", "--quiet", ".", folder.to_str().unwrap()]);
                git(&folder, &["checkout", "--quiet", "--detach", &at]);
                true
            }
            "actions/cache/save" => copied(Path::new(option("path")), &self.shared("caches", option("key"))),
            "actions/cache/restore" => {
                let prefix = option("restore-keys").trim();
                let newest = fs::read_dir(self.folder.path().join("caches"))
                    .into_iter()
                    .flatten()
                    .map(|entry| entry.unwrap().path())
                    .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix))
                    .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
                newest.is_none_or(|cache| copied(&cache, Path::new(option("path"))))
            }
            "actions/upload-artifact" => {
                let from = PathBuf::from(option("path"));
                if from.is_file() {
                    self.keep_artifact(
                        self.runs,
                        option("name"),
                        from.file_name().unwrap().to_str().unwrap(),
                        &fs::read(&from).unwrap(),
                    );
                }
                true
            }
            "actions/download-artifact" => {
                let run = if option("run-id").is_empty() {
                    self.runs.to_string()
                } else {
                    option("run-id").to_owned()
                };
                copied(
                    &self.shared("artifacts", &format!("{run}-{}", option("name"))),
                    Path::new(option("path")),
                )
            }
            other => panic!("{other} is not known here"),
        }
    }
}

fn copied(from: &Path, to: &Path) -> bool {
    let Ok(entries) = fs::read_dir(from) else { return false };
    fs::create_dir_all(to).unwrap();
    for entry in entries {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    true
}

fn texts(map: &Yaml, context: &Context) -> BTreeMap<String, String> {
    let entries = map.as_mapping().into_iter().flatten();
    entries
        .map(|(key, value)| {
            let text = match value {
                Yaml::String(text) => text.clone(),
                Yaml::Number(number) => number.to_string(),
                Yaml::Bool(flag) => flag.to_string(),
                other => panic!("{other:?} is no text"),
            };
            (key.as_str().unwrap().to_owned(), filled(&text, context))
        })
        .collect()
}
