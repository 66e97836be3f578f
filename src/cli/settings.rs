//! Where the services are and who asks: from the environment, or the local Partner Center.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::partner_center::{Connection, Credential, Proof, Settings};
use crate::sandbox::{self, Sandbox};

use super::args::Global;
use super::credentials::{self, Surroundings, address};
use super::exit::{Exit, Failure};

const API: &str = "https://manage.devcenter.microsoft.com/v1.0/my";
const LOGIN: &str = "https://login.microsoftonline.com";

/// A variable, without the line ends that pasting leaves; one that is blank is not set.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// A connection to the Store, or to a local Partner Center in this process.
pub(super) async fn connect(global: &Global, base: &Path) -> Result<(Connection, Option<Sandbox>), Failure> {
    let correlation_id = uuid::Uuid::new_v4().to_string();
    let time_scale = match variable("STOREWARD_TIME_SCALE") {
        Some(text) => {
            text.parse().ok().filter(|scale: &f64| (0.0..=1.0).contains(scale)).ok_or_else(|| {
                Failure::new(Exit::Usage, "STOREWARD_TIME_SCALE is not a number from 0 to 1")
            })?
        }
        None => 1.0,
    };
    let (settings, sandbox) = if let Some(data) = &global.sandbox {
        let sandbox = sandbox::start(sandbox::Options {
            listen: ([127, 0, 0, 1], 0).into(),
            data: base.join(data),
            seed: global.sandbox_seed.as_ref().map(|seed| base.join(seed)),
        })
        .await
        .map_err(|error| Failure::new(Exit::Error, error.to_string()))?;
        let credentials = sandbox.credentials();
        let credential = Credential::Application {
            tenant: credentials.tenant_id,
            client_id: credentials.client_id,
            proof: Proof::ClientSecret(credentials.client_secret.into()),
        };
        let endpoints = sandbox.endpoints();
        let settings = Settings {
            api: address("the sandbox", &endpoints.api)?,
            login: address("the sandbox", &endpoints.login)?,
            credential,
            correlation_id,
            time_scale,
            now: Timestamp::now,
        };
        (settings, Some(sandbox))
    } else {
        if global.sandbox_seed.is_some() {
            return Err(Failure::new(Exit::Usage, "--sandbox-seed needs --sandbox"));
        }
        let api = variable("STOREWARD_API_URL").unwrap_or_else(|| API.to_owned());
        let login = variable("STOREWARD_LOGIN_URL").unwrap_or_else(|| LOGIN.to_owned());
        let settings = Settings {
            api: address("STOREWARD_API_URL", &api)?,
            login: address("STOREWARD_LOGIN_URL", &login)?,
            credential: credentials::find(&Surroundings { variable: &variable, base, az: azure_cli() })?,
            correlation_id,
            time_scale,
            now: Timestamp::now,
        };
        (settings, None)
    };
    let connection =
        Connection::new(settings).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    Ok((connection, sandbox))
}

fn azure_cli() -> Option<PathBuf> {
    program(if cfg!(windows) { "az.cmd" } else { "az" })
}

/// A program on PATH. A relative folder in it is passed over: it would be looked for in the workspace, where anybody who
/// writes manifests could put a program of that name.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}
