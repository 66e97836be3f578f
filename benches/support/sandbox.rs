//! The program as processes: a local Partner Center, and clients of it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use storeward::sandbox::{Credentials, Endpoints};

/// The program, with nothing in its environment but what it needs to run.
pub(crate) fn storeward(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_storeward"));
    command.current_dir(folder).env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command
}

/// The program as a client of a local Partner Center.
pub(crate) fn client(folder: &Path, endpoints: &Endpoints) -> Command {
    let Credentials { tenant_id, client_id, client_secret, .. } = Credentials::default();
    let mut command = storeward(folder);
    command
        .env("STOREWARD_API_URL", &endpoints.api)
        .env("STOREWARD_LOGIN_URL", &endpoints.login)
        .env("AZURE_TENANT_ID", tenant_id)
        .env("AZURE_CLIENT_ID", client_id)
        .env("AZURE_CLIENT_SECRET", client_secret);
    command
}

/// A local Partner Center that starts with `seed.json` of a folder, and ends with this value.
pub(crate) struct Sandbox {
    pub(crate) process: Child,
    pub(crate) endpoints: Endpoints,
}

impl Sandbox {
    pub(crate) fn start(folder: &Path) -> Self {
        let data = folder.join("data");
        if data.exists() {
            fs::remove_dir_all(&data).unwrap();
        }
        let mut command = storeward(folder);
        command.args(["sandbox", "--quiet", "--data", "data", "--seed", "seed.json"]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let endpoints = serde_json::from_str(&line).unwrap();
        Self { process, endpoints }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
