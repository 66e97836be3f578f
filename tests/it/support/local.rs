//! A running sandbox with a client that is logged in.

use std::fs;
use std::io;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;
use storeward::sandbox::{self, Endpoints, Options, Sandbox, SandboxError};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::plain_http::{Answer, begin, send, try_send};

/// A sandbox in a folder of its own. Everything goes with it.
pub(crate) struct Local {
    runtime: Runtime,
    sandbox: Option<Sandbox>,
    pub(crate) folder: TempDir,
    pub(crate) endpoints: Endpoints,
    pub(crate) token: String,
}

impl Local {
    /// Starts a sandbox with this seed.
    pub(crate) fn start(seed: &Value) -> Self {
        Self::try_start(seed).unwrap()
    }

    pub(crate) fn try_start(seed: &Value) -> Result<Self, SandboxError> {
        let mut local = Self::try_start_without_token(seed)?;
        local.token = local.login();
        Ok(local)
    }

    /// A sandbox whose login may refuse its own secret.
    pub(crate) fn start_without_token(seed: &Value) -> Self {
        Self::try_start_without_token(seed).unwrap()
    }

    fn try_start_without_token(seed: &Value) -> Result<Self, SandboxError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("seed.json"), seed.to_string()).unwrap();
        let runtime = Runtime::new().unwrap();
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().join("data"),
            seed: Some(folder.path().join("seed.json")),
        };
        let sandbox = runtime.block_on(sandbox::start(options))?;
        let endpoints = sandbox.endpoints().clone();
        Ok(Self { runtime, sandbox: Some(sandbox), folder, endpoints, token: String::new() })
    }

    /// A client of a sandbox that another process runs in `folder`.
    pub(crate) fn elsewhere(folder: TempDir, endpoints: Endpoints) -> Self {
        let runtime = Runtime::new().unwrap();
        let mut local = Self { runtime, sandbox: None, folder, endpoints, token: String::new() };
        local.token = local.login();
        local
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Stops the sandbox and starts it again on the same folder, without its seed.
    pub(crate) fn restart(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.stop());
        }
        let options = Options { listen: "127.0.0.1:0".parse().unwrap(), data: self.data(), seed: None };
        let sandbox = self.runtime.block_on(sandbox::start(options)).unwrap();
        self.endpoints = sandbox.endpoints().clone();
        self.sandbox = Some(sandbox);
    }

    /// Another sandbox on the same folder.
    pub(crate) fn start_another(&self) -> Result<Sandbox, SandboxError> {
        let options = Options { listen: "127.0.0.1:0".parse().unwrap(), data: self.data(), seed: None };
        self.runtime.block_on(sandbox::start(options))
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// A new access token.
    pub(crate) fn login(&self) -> String {
        let given = self.sandbox.as_ref().map(Sandbox::credentials).unwrap_or_default();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&resource=https%3A%2F%2Fmanage.devcenter.microsoft.com",
            given.client_id, given.client_secret
        );
        let answer = self.log_in_with(&given.tenant_id, "oauth2/token", &form);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn log_in_with(&self, tenant: &str, endpoint: &str, form: &str) -> Answer {
        let url = format!("{}/{tenant}/{endpoint}", self.endpoints.login);
        let headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")];
        send("POST", &url, &headers, Some(form.as_bytes()))
    }

    /// A request to the API, as a careful client sends it.
    pub(crate) fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.try_call(method, path, body).unwrap()
    }

    /// The same, where the answer may not come.
    pub(crate) fn try_call(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Answer> {
        self.with_request(method, path, body, try_send)
    }

    /// Sends the same and does not wait for the answer.
    pub(crate) fn begin(&self, method: &str, path: &str, body: Option<&Value>) -> TcpStream {
        self.with_request(method, path, body, begin).unwrap()
    }

    fn with_request<T>(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        send: impl FnOnce(&str, &str, &[(&str, &str)], Option<&[u8]>) -> T,
    ) -> T {
        let url = format!("{}/{path}", self.endpoints.api);
        let authorization = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", authorization.as_str())];
        let has_body = method == "POST" || method == "PUT";
        if has_body {
            headers.push(("Content-Type", "application/json"));
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        send(method, &url, &headers, has_body.then_some(body.as_bytes()))
    }

    /// A request to the admin surface.
    pub(crate) fn admin(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let body = body.map(Value::to_string).unwrap_or_default();
        let has_body = method == "POST" || method == "PUT";
        let url = format!("{}/{path}", self.endpoints.admin);
        send(method, &url, &[], has_body.then_some(body.as_bytes()))
    }

    /// Switches a fault on, as `storeward::sandbox` describes it.
    #[track_caller]
    pub(crate) fn fault(&self, name: &str, fault: &Value) {
        let answer = self.admin("PUT", &format!("faults/{name}"), Some(fault));
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Switches a fault off.
    #[track_caller]
    pub(crate) fn heal(&self, name: &str) {
        assert_eq!(self.admin("DELETE", &format!("faults/{name}"), None).status, 200, "{name}");
    }

    /// How many requests have met a fault.
    #[track_caller]
    pub(crate) fn fired(&self, name: &str) -> u64 {
        let answer = self.admin("GET", &format!("faults/{name}"), None);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["fired"].as_u64().unwrap()
    }

    /// The one request that a fault holds, as soon as it does.
    #[track_caller]
    pub(crate) fn held(&self, name: &str) -> Value {
        let answer = self.admin("GET", &format!("faults/{name}/held?millis=20000"), None).json();
        let held = answer["held"].as_array().unwrap();
        assert_eq!(held.len(), 1, "{name} holds {held:?}");
        held[0].clone()
    }

    /// Lets go of what a fault holds, and waits until it has come to its end.
    #[track_caller]
    pub(crate) fn release(&self, name: &str) {
        let answer = self.admin("POST", &format!("faults/{name}/release"), None);
        assert_eq!(answer.json()["released"], 1, "{name}: {}", answer.text());
    }

    /// A call that must have this status; its JSON, or null.
    pub(crate) fn expect(&self, status: u16, method: &str, path: &str, body: Option<&Value>) -> Value {
        let answer = self.call(method, path, body);
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.expect(200, "GET", path, None)
    }

    /// Reads the status of a submission until it is one of `wanted`; all that it was on the way.
    pub(crate) fn follow(&self, submission: &str, wanted: &[&str]) -> Vec<String> {
        let start = Instant::now();
        let mut seen: Vec<String> = Vec::new();
        loop {
            let answer = self.get(&format!("{submission}/status"));
            let status = answer["status"].as_str().unwrap().to_owned();
            if seen.last() != Some(&status) {
                seen.push(status.clone());
            }
            if wanted.contains(&status.as_str()) {
                return seen;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "stays at {seen:?}: {answer}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The lines of `requests.ndjson`.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.data().join("requests.ndjson")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Puts a whole blob, as Microsoft's samples do: with `%2B` for every `+`.
pub(crate) fn upload(url: &str, bytes: &[u8]) -> Answer {
    let headers = [("x-ms-blob-type", "BlockBlob"), ("Content-Type", "application/octet-stream")];
    send("PUT", &url.replace('+', "%2B"), &headers, Some(bytes))
}
