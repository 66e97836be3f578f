//! Where the services are and who asks: from the environment, or the local Partner Center.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use url::Url;

use crate::partner_center::{Connection, Credential, Proof, Settings};
use crate::sandbox::{self, Sandbox};

use super::args::Global;
use super::credentials::{self, Surroundings, address};
use super::exit::{Exit, Failure};

const API_VARIABLE: &str = "STOREWARD_API_URL";
const LOGIN_VARIABLE: &str = "STOREWARD_LOGIN_URL";
const API: &str = "https://manage.devcenter.microsoft.com/v1.0/my";
const LOGIN: &str = "https://login.microsoftonline.com";

/// A variable, without the line ends that pasting leaves; one that is blank is not set.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// What the environment says of the services and of who asks, whether or not it holds.
pub(super) struct Environment {
    api: Result<Url, Failure>,
    login: Result<Url, Failure>,
    pub(super) credential: Result<Credential, Failure>,
    /// Which services these are, in words, or why that cannot be said.
    pub(super) services: Result<String, Failure>,
}

/// Reads the environment.
pub(super) fn of_environment(base: &Path) -> Environment {
    let service = |name, usual: &str| address(name, &variable(name).unwrap_or_else(|| usual.to_owned()));
    let (api, login) = (service(API_VARIABLE, API), service(LOGIN_VARIABLE, LOGIN));
    let set: Vec<&str> =
        [API_VARIABLE, LOGIN_VARIABLE].into_iter().filter(|name| variable(name).is_some()).collect();
    let services = match (&api, &login) {
        (Ok(_), Ok(_)) if set.is_empty() => Ok("the Store's own addresses".to_owned()),
        (Ok(api), Ok(_)) if !api.path().trim_end_matches('/').ends_with("/v1.0/my") => {
            Err(Failure::new(Exit::Usage, format!("{API_VARIABLE} does not end in /v1.0/my"))
                .help("the API's address is that of the host with /v1.0/my behind it"))
        }
        (Ok(_), Ok(_)) => Ok(format!("other services, named by {}", set.join(" and "))),
        (Err(wrong), _) | (_, Err(wrong)) => Err(Failure::new(wrong.exit, wrong.message.clone())
            .help("unset it for the Store itself; it ends in /v1.0/my for the API, and is the host's root for the login")),
    };
    let credential = credentials::find(&Surroundings { variable: &variable, base, az: azure_cli() });
    Environment { api, login, credential, services }
}

impl Environment {
    /// A connection; with a token that opens nothing where the credential does not hold, for looking who answers.
    pub(super) fn connect(self) -> Result<Connection, Failure> {
        let credential = self.credential.unwrap_or_else(|_| Credential::Token("none".to_owned().into()));
        connection(self.api?, self.login?, credential)
    }

    /// A connection, or the first thing that does not hold.
    fn connected(self) -> Result<Connection, Failure> {
        connection(self.api?, self.login?, self.credential?)
    }
}

fn connection(api: Url, login: Url, credential: Credential) -> Result<Connection, Failure> {
    let time_scale = match variable("STOREWARD_TIME_SCALE") {
        Some(text) => {
            text.parse().ok().filter(|scale: &f64| (0.0..=1.0).contains(scale)).ok_or_else(|| {
                Failure::new(Exit::Usage, "STOREWARD_TIME_SCALE is not a number from 0 to 1")
            })?
        }
        None => 1.0,
    };
    let correlation_id = uuid::Uuid::new_v4().to_string();
    let settings = Settings { api, login, credential, correlation_id, time_scale, now: Timestamp::now };
    Connection::new(settings).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

/// A connection to the Store, or to a local Partner Center in this process.
pub(super) async fn connect(global: &Global, base: &Path) -> Result<(Connection, Option<Sandbox>), Failure> {
    let Some(data) = &global.sandbox else {
        if global.sandbox_seed.is_some() {
            return Err(Failure::new(Exit::Usage, "--sandbox-seed needs --sandbox"));
        }
        return Ok((of_environment(base).connected()?, None));
    };
    let sandbox = sandbox::start(sandbox::Options {
        listen: ([127, 0, 0, 1], 0).into(),
        data: base.join(data),
        seed: global.sandbox_seed.as_ref().map(|seed| base.join(seed)),
    })
    .await
    .map_err(|error| Failure::new(Exit::Error, error.to_string()))?;
    keep_out_of_git(&base.join(data))?;
    let credentials = sandbox.credentials();
    let credential = Credential::Application {
        tenant: credentials.tenant_id,
        client_id: credentials.client_id,
        proof: Proof::ClientSecret(credentials.client_secret.into()),
    };
    let endpoints = sandbox.endpoints();
    let (api, login) = (address("the sandbox", &endpoints.api)?, address("the sandbox", &endpoints.login)?);
    Ok((connection(api, login, credential)?, Some(sandbox)))
}

/// What a sandbox keeps in the folder of that name is nobody's work, and does not belong into a repository.
fn keep_out_of_git(data: &Path) -> Result<(), Failure> {
    let own = data.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == ".storeward"));
    let Some(file) = own.map(|folder| folder.join(".gitignore")).filter(|file| !file.exists()) else {
        return Ok(());
    };
    std::fs::write(&file, "*\n").map_err(|error| {
        Failure::new(Exit::Error, format!("`{}` cannot be written: {error}", file.display()))
    })
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
