//! A team with a repository and a sandbox, and the real binary between them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::local::Local;
use super::things::{self, APP};

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The command must have ended like this.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// What was printed, on either stream, must hold this, also where it was wrapped.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        let said = format!("{}{}", self.stdout, self.stderr);
        let unwrapped = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words) || unwrapped.contains(words), "`{words}` is not in:\n{said}");
        self
    }
}

/// The team's folder and the Store.
pub(crate) struct Story {
    pub(crate) store: Local,
    pub(crate) repo: TempDir,
}

/// An environment with nothing in it but what a program needs to run.
pub(crate) fn hermetic(command: &mut Command) -> &mut Command {
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("COLUMNS", "100")
        .stdin(Stdio::null())
}

pub(crate) fn run(command: &mut Command) -> Ran {
    let output = hermetic_output(command);
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn hermetic_output(command: &mut Command) -> std::process::Output {
    command.output().unwrap()
}

/// The binary, in a hermetic environment.
pub(crate) fn storeward(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_storeward"));
    hermetic(&mut command).arg("-C").arg(folder);
    command
}

impl Story {
    /// A story that starts with this submission published, and this manifest below its head.
    pub(crate) fn new(published: &Value, manifest: &str) -> Self {
        let mut seed = things::account();
        seed["applications"][0]["published"] = published.clone();
        Self::with_seed(&seed, manifest)
    }

    pub(crate) fn with_seed(seed: &Value, manifest: &str) -> Self {
        let store = Local::start(seed);
        let repo = tempfile::tempdir().unwrap();
        fs::create_dir(repo.path().join(".git")).unwrap();
        let story = Self { store, repo };
        story.write("store.yaml", format!("kind: App\nname: harbor-notes\nid: {APP}\n{manifest}"));
        story
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.repo.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The manifest below its head.
    pub(crate) fn manifest(&self, manifest: &str) {
        self.write("store.yaml", format!("kind: App\nname: harbor-notes\nid: {APP}\n{manifest}"));
    }

    /// The binary against this Store.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_in(".", arguments)
    }

    /// The binary against this Store, run in a folder of the repository.
    pub(crate) fn command_in(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = storeward(&self.path(folder));
        command
            .args(arguments)
            .env("STOREWARD_API_URL", &self.store.endpoints.api)
            .env("STOREWARD_LOGIN_URL", &self.store.endpoints.login)
            .env("STOREWARD_TIME_SCALE", "0.01")
            .env("AZURE_TENANT_ID", "sandbox")
            .env("AZURE_CLIENT_ID", "sandbox")
            .env("AZURE_CLIENT_SECRET", "sandbox-secret");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    /// The plan as JSON.
    pub(crate) fn plan(&self, arguments: &[&str]) -> Value {
        self.run(&[&["plan", "--output", "json"], arguments].concat()).ended(0).json()
    }

    /// Applies and follows to the end.
    pub(crate) fn publish(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["apply", "--yes", "--wait", "published"], arguments].concat())
    }

    /// The app as it is now.
    pub(crate) fn app(&self) -> Value {
        self.store.get(&format!("applications/{APP}"))
    }

    /// The submission that is published now.
    pub(crate) fn published(&self) -> Value {
        let id = self.app()["lastPublishedApplicationSubmission"]["id"].clone();
        self.submission(id.as_str().unwrap())
    }

    pub(crate) fn submission(&self, id: &str) -> Value {
        self.store.get(&format!("applications/{APP}/submissions/{id}"))
    }

    /// How many requests with a path that ends like this the service has carried out, whatever the client was told.
    pub(crate) fn successes(&self, method: &str, end: &str) -> usize {
        let is_good = |request: &&Value| {
            let status = request.get("applied").or(request.get("status")).and_then(Value::as_u64);
            request["method"] == method && status.is_some_and(|status| status < 300)
        };
        let path =
            |request: &Value| request["path"].as_str().unwrap().split('?').next().unwrap().ends_with(end);
        self.store.requests().iter().filter(is_good).filter(|request| path(request)).count()
    }

    /// Requests to the Store so far that could change something; tokens are not among them.
    pub(crate) fn mutations(&self) -> Vec<String> {
        self.store
            .requests()
            .iter()
            .filter(|request| request["method"] != json!("GET"))
            .map(|request| {
                format!("{} {}", request["method"].as_str().unwrap(), request["path"].as_str().unwrap())
            })
            .filter(|line| !line.contains("/oauth2/"))
            .collect()
    }
}

/// The paths at which two JSON values differ; lists are one value each.
pub(crate) fn json_differences(a: &Value, b: &Value) -> Vec<String> {
    fn walk(a: Option<&Value>, b: Option<&Value>, at: &str, found: &mut Vec<String>) {
        match (a, b) {
            _ if a == b => {}
            (Some(Value::Object(a)), Some(Value::Object(b))) => {
                let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
                keys.sort();
                keys.dedup();
                for key in keys {
                    let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    walk(a.get(key), b.get(key), &at, found);
                }
            }
            _ => found.push(at.to_owned()),
        }
    }
    let mut found = Vec::new();
    walk(Some(a), Some(b), "", &mut found);
    found
}
