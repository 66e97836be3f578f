//! Where the services are and who asks: from the environment, or the local Partner Center.

use std::path::Path;

use url::Url;

use crate::partner_center::{Connection, Credential, Settings};
use crate::sandbox::{self, Sandbox};

use super::args::Global;
use super::exit::{Exit, Failure};

const API: &str = "https://manage.devcenter.microsoft.com/v1.0/my";
const LOGIN: &str = "https://login.microsoftonline.com";

pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// A connection to the Store, or to a local Partner Center in this process.
pub(super) async fn connect(global: &Global, base: &Path) -> Result<(Connection, Option<Sandbox>), Failure> {
    let correlation_id = uuid::Uuid::new_v4().to_string();
    let time_scale = match variable("STOREWARD_TIME_SCALE") {
        Some(text) => {
            text.trim().parse().ok().filter(|scale: &f64| (0.0..=1.0).contains(scale)).ok_or_else(|| {
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
        let credential = Credential::ClientSecret {
            tenant: credentials.tenant_id,
            client_id: credentials.client_id,
            secret: credentials.client_secret.into(),
        };
        let endpoints = sandbox.endpoints();
        let settings = Settings {
            api: url("the sandbox", &endpoints.api)?,
            login: url("the sandbox", &endpoints.login)?,
            credential,
            correlation_id,
            time_scale,
        };
        (settings, Some(sandbox))
    } else {
        if global.sandbox_seed.is_some() {
            return Err(Failure::new(Exit::Usage, "--sandbox-seed needs --sandbox"));
        }
        let api = variable("STOREWARD_API_URL").unwrap_or_else(|| API.to_owned());
        let login = variable("STOREWARD_LOGIN_URL").unwrap_or_else(|| LOGIN.to_owned());
        let settings = Settings {
            api: url("STOREWARD_API_URL", &api)?,
            login: url("STOREWARD_LOGIN_URL", &login)?,
            credential: credential()?,
            correlation_id,
            time_scale,
        };
        (settings, None)
    };
    let connection =
        Connection::new(settings).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    Ok((connection, sandbox))
}

fn url(name: &str, text: &str) -> Result<Url, Failure> {
    Url::parse(text.trim())
        .ok()
        .filter(Url::has_host)
        .ok_or_else(|| Failure::new(Exit::Usage, format!("{name} is not a URL; it begins with https://")))
}

fn credential() -> Result<Credential, Failure> {
    if let Some(token) = variable("STOREWARD_ACCESS_TOKEN") {
        return Ok(Credential::Token(token.trim().to_owned().into()));
    }
    let names = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
    if let [Some(tenant), Some(client_id), Some(secret)] = names.map(variable) {
        let secret = secret.into();
        return Ok(Credential::ClientSecret { tenant: tenant.trim().to_owned(), client_id, secret });
    }
    let missing: Vec<&str> = names.into_iter().filter(|name| variable(name).is_none()).collect();
    Err(Failure::new(Exit::Auth, format!("no credential: {} not set", missing.join(", ")))
        .help("set STOREWARD_ACCESS_TOKEN, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; or try with --sandbox"))
}
