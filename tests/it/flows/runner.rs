//! Runs workflows as GitHub does: their jobs one after the other, each step with bash, and what GitHub's own actions do with git
//! and folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::expressions::{Status, filled, holds, shown};
use super::service::{REPOSITORY, Service};
use crate::support::git::git;
use crate::support::story::{hermetic, run};

/// What starts a workflow.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub(super) workflow: &'static str,
    pub(super) event_name: &'static str,
    pub(super) event: Value,
    /// The commit that is checked out, and its name.
    pub(super) commit: String,
    pub(super) git_ref: String,
    pub(super) inputs: Value,
    /// Whether its token may only read.
    pub(super) is_from_fork: bool,
}

/// How a job ended.
#[derive(Debug, Default)]
pub(super) struct Job {
    /// `success`, `failure` or `skipped`.
    pub(super) result: String,
    /// Each step that ran, by its name, with its exit code.
    pub(super) steps: Vec<(String, i32)>,
    /// What the steps printed.
    pub(super) log: String,
    /// The page of the run.
    pub(super) summary: String,
    outputs: Value,
}

impl Job {
    /// The exit code of a step that ran.
    #[track_caller]
    pub(super) fn code(&self, step: &str) -> i32 {
        let ran = self.steps.iter().find(|(name, _)| name == step);
        ran.unwrap_or_else(|| panic!("`{step}` did not run: {:?}\n{}", self.steps, self.log)).1
    }

    pub(super) fn ran(&self, step: &str) -> bool {
        self.steps.iter().any(|(name, _)| name == step)
    }
}

/// Where workflows run.
pub(super) struct Runner {
    pub(super) service: Service,
    /// The repository that is checked out.
    pub(super) origin: PathBuf,
    pub(super) folder: TempDir,
    /// Variables for every step, such as where the Store is.
    pub(super) variables: Vec<(&'static str, String)>,
    /// `vars` of the workflows.
    pub(super) vars: Value,
    runs: Mutex<u64>,
    /// What was kept in the cache of the default branch, the newest last.
    caches: Mutex<Vec<(String, PathBuf)>>,
}

/// All that is known while a job runs.
struct Running<'r> {
    runner: &'r Runner,
    trigger: &'r Trigger,
    run: u64,
    workspace: PathBuf,
    temp: PathBuf,
    contexts: Value,
    variables: BTreeMap<String, String>,
    path: String,
    ended: Job,
}

impl Runner {
    pub(super) fn new(service: Service, origin: PathBuf, folder: TempDir) -> Self {
        let (runs, caches) = (Mutex::new(4710), Mutex::default());
        Self { service, origin, folder, variables: Vec::new(), vars: json!({}), runs, caches }
    }

    /// An artifact of a run.
    pub(super) fn artifact(&self, run: u64, name: &str) -> PathBuf {
        self.folder.path().join(format!("artifacts/{run}/{name}"))
    }

    /// Runs a workflow as it is at the commit that it is triggered for; how its jobs ended.
    pub(super) fn start(&self, trigger: &Trigger) -> (u64, BTreeMap<String, Job>) {
        let run = {
            let mut runs = self.runs.lock().unwrap();
            *runs += 1;
            *runs
        };
        let file = format!("{}:.github/workflows/{}.yml", trigger.commit, trigger.workflow);
        let workflow: Value = serde_yaml::from_str(&git(&self.origin, &["show", &file])).unwrap();
        let mut jobs: BTreeMap<String, Job> = BTreeMap::new();
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            let needs: serde_json::Map<String, Value> = job["needs"]
                .as_str()
                .map(|needed| {
                    (
                        needed.to_owned(),
                        json!({ "outputs": jobs[needed].outputs, "result": jobs[needed].result }),
                    )
                })
                .into_iter()
                .collect();
            let failed = needs.values().any(|needed| needed["result"] != "success");
            let contexts = self.contexts(trigger, run, &workflow, &Value::Object(needs));
            let ended = if holds(&job["if"], &contexts, Status { failed }) {
                self.job(trigger, run, name, job, contexts)
            } else {
                Job { result: "skipped".to_owned(), ..Job::default() }
            };
            jobs.insert(name.clone(), ended);
        }
        (run, jobs)
    }

    fn contexts(&self, trigger: &Trigger, run: u64, workflow: &Value, needs: &Value) -> Value {
        let mut inputs = serde_json::Map::new();
        for (name, input) in workflow["on"][trigger.event_name]["inputs"].as_object().into_iter().flatten() {
            let given = trigger.inputs.get(name).unwrap_or(&input["default"]);
            assert!(!given.is_null() || input["required"] != true, "{name} is required");
            inputs.insert(name.clone(), given.clone());
        }
        json!({
            "github": {
                "event_name": trigger.event_name, "event": trigger.event, "repository": REPOSITORY,
                "server_url": "https://github.example", "run_id": run, "run_attempt": 1,
            },
            "inputs": inputs, "vars": self.vars, "needs": needs, "steps": {},
        })
    }

    fn job(&self, trigger: &Trigger, run: u64, name: &str, job: &Value, mut contexts: Value) -> Job {
        let folder = self.folder.path().join(format!("runs/{run}/{name}"));
        let (workspace, temp) = (folder.join("workspace"), folder.join("temp"));
        fs::create_dir_all(&workspace).unwrap();
        fs::create_dir_all(&temp).unwrap();
        let permitted = |how: &Value| if trigger.is_from_fork { "read".to_owned() } else { shown(how) };
        let permissions: Vec<String> = job["permissions"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(scope, how)| format!("{scope}={}", permitted(how)))
            .collect();
        contexts["github"]["token"] = json!(format!("job:{}", permissions.join(",")));
        let mut variables = BTreeMap::new();
        for (key, value) in job["env"].as_object().into_iter().flatten() {
            variables.insert(key.clone(), filled(&shown(value), &contexts));
        }
        contexts["runner"] = json!({ "temp": temp });
        if permissions.contains(&"id-token=write".to_owned()) {
            let environment = job["environment"].as_str().unwrap_or("none");
            let url = format!("{}/token?environment={environment}", self.service.address);
            variables.insert("ACTIONS_ID_TOKEN_REQUEST_URL".to_owned(), url);
            variables.insert("ACTIONS_ID_TOKEN_REQUEST_TOKEN".to_owned(), "request-token".to_owned());
        }
        let path = std::env::var("PATH").unwrap();
        let mut running = Running {
            runner: self,
            trigger,
            run,
            workspace,
            temp,
            contexts,
            variables,
            path,
            ended: Job::default(),
        };
        let mut failed = false;
        for (at, step) in job["steps"].as_array().unwrap().iter().enumerate() {
            let goes_on = running.step(at, step, failed);
            failed |= !goes_on;
        }
        let outputs = job["outputs"].as_object().into_iter().flatten();
        let outputs =
            outputs.map(|(key, value)| (key.clone(), json!(filled(&shown(value), &running.contexts))));
        running.ended.outputs = Value::Object(outputs.collect());
        if failed { "failure" } else { "success" }.clone_into(&mut running.ended.result);
        running.ended
    }
}

impl Running<'_> {
    /// Whether the job goes on as it would have without this step.
    fn step(&mut self, at: usize, step: &Value, failed: bool) -> bool {
        let name = step["name"].as_str().or(step["uses"].as_str()).unwrap_or_default().to_owned();
        let id = step["id"].as_str().unwrap_or("unnamed").to_owned();
        if !holds(&step["if"], &self.contexts, Status { failed }) {
            self.contexts["steps"][&id] = json!({ "outcome": "skipped", "outputs": {} });
            return true;
        }
        let (code, outputs) = match step["run"].as_str() {
            Some(script) => self.script(at, script, step),
            None => (i32::from(!self.action(step["uses"].as_str().unwrap(), &step["with"])), json!({})),
        };
        self.ended.steps.push((name, code));
        let outcome = if code == 0 { "success" } else { "failure" };
        self.contexts["steps"][&id] = json!({ "outcome": outcome, "outputs": outputs });
        code == 0 || step["continue-on-error"] == true
    }

    /// Runs a script; its exit code and outputs.
    fn script(&mut self, at: usize, script: &str, step: &Value) -> (i32, Value) {
        let named = |what: &str| self.temp.join(format!(".{what}-{at}"));
        let (file, event) = (named("script.sh"), named("event.json"));
        fs::write(&file, script).unwrap();
        fs::write(&event, self.trigger.event.to_string()).unwrap();
        let files = [
            ("GITHUB_OUTPUT", named("output")),
            ("GITHUB_STEP_SUMMARY", named("summary")),
            ("GITHUB_PATH", named("path")),
        ];
        let mut command = Command::new("bash");
        hermetic(&mut command).arg("-e").arg(&file).current_dir(&self.workspace);
        for (variable, file) in &files {
            fs::write(file, "").unwrap();
            command.env(variable, file);
        }
        command
            .env("PATH", &self.path)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_API_URL", &self.runner.service.address)
            .env("GITHUB_SERVER_URL", "https://github.example")
            .env("GITHUB_REPOSITORY", REPOSITORY)
            .env("GITHUB_RUN_ID", self.run.to_string())
            .env("GITHUB_EVENT_NAME", self.trigger.event_name)
            .env("GITHUB_EVENT_PATH", &event)
            .env("GITHUB_SHA", &self.trigger.commit)
            .env("GITHUB_REF", &self.trigger.git_ref)
            .env("RUNNER_TEMP", &self.temp)
            .envs(self.runner.variables.iter().cloned())
            .envs(&self.variables);
        if let Some(base) = self.trigger.event.pointer("/pull_request/base/ref") {
            command.env("GITHUB_BASE_REF", shown(base));
        }
        for (key, value) in step["env"].as_object().into_iter().flatten() {
            command.env(key, filled(&shown(value), &self.contexts));
        }
        let ran = run(&mut command);
        self.ended.log += &format!("$ {script}\n{}{}", ran.stdout, ran.stderr);
        let [output, summary, path] = files.map(|(_, file)| fs::read_to_string(file).unwrap());
        self.ended.summary += &summary;
        for added in path.lines() {
            self.path = format!("{added}:{}", self.path);
        }
        let outputs = output.lines().map(|line| {
            let (name, value) = line.split_once('=').unwrap();
            (name.to_owned(), json!(value))
        });
        (ran.code, Value::Object(outputs.collect()))
    }

    /// What an action of GitHub does; whether it succeeds.
    fn action(&self, uses: &str, with: &Value) -> bool {
        let with = |key: &str| filled(&shown(&with[key]), &self.contexts);
        match uses.split('@').next().unwrap() {
            "actions/checkout" => self.check_out(&with),
            "actions/cache/restore" => self.restore(&with),
            "actions/cache/save" => {
                let kept = self.runner.folder.path().join("caches").join(with("key"));
                copy(Path::new(&with("path")), &kept);
                self.runner.caches.lock().unwrap().push((with("key"), kept));
            }
            "actions/upload-artifact" => {
                let (from, into) =
                    (PathBuf::from(with("path")), self.runner.artifact(self.run, &with("name")));
                assert!(
                    from.exists() || with("if-no-files-found") == "ignore",
                    "{} is not there",
                    from.display()
                );
                copy(&from, &into);
            }
            "actions/download-artifact" => {
                let run = with("run-id").parse().unwrap();
                let from = self.runner.artifact(run, &with("name"));
                if !from.exists() {
                    return false;
                }
                copy(&from, Path::new(&with("path")));
            }
            other => panic!("{other} is not GitHub's"),
        }
        true
    }

    fn check_out(&self, with: &dyn Fn(&str) -> String) {
        let folder = self.workspace.join(with("path"));
        fs::create_dir_all(&folder).unwrap();
        let origin = format!("file://{}", self.runner.origin.display());
        git(&folder, &["init", "--quiet"]);
        git(&folder, &["remote", "add", "origin", &origin]);
        let named = with("ref");
        let wanted = if named.is_empty() { &self.trigger.commit } else { &named };
        let mut fetch = vec!["fetch", "--quiet", "--no-tags"];
        if with("fetch-depth") == "0" {
            fetch.extend(["origin", "+refs/heads/*:refs/remotes/origin/*"]);
        } else {
            fetch.extend(["--depth", "1", "origin"]);
        }
        git(&folder, &[&fetch[..], &[wanted]].concat());
        let commit = git(&folder, &["ls-remote", "origin", wanted]);
        let commit = commit.split_whitespace().next().map_or(wanted.clone(), str::to_owned);
        if !with("sparse-checkout").is_empty() {
            git(&folder, &["sparse-checkout", "set", with("sparse-checkout").trim()]);
        }
        git(&folder, &["checkout", "--quiet", "--detach", &commit]);
    }

    fn restore(&self, with: &dyn Fn(&str) -> String) {
        let caches = self.runner.caches.lock().unwrap();
        let fits = |key: &str| key == with("key") || key.starts_with(&with("restore-keys"));
        if let Some((_, kept)) = caches.iter().rfind(|(key, _)| fits(key)) {
            copy(kept, Path::new(&with("path")));
        }
    }
}

/// Copies a file, or the files of a folder, into a folder.
fn copy(from: &Path, into: &Path) {
    if !from.exists() {
        return;
    }
    fs::create_dir_all(into).unwrap();
    if from.is_file() {
        fs::copy(from, into.join(from.file_name().unwrap())).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, into.join(path.file_name().unwrap())).unwrap();
    }
}
