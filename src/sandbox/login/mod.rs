//! The login: Entra's token endpoints, versions 1 and 2, for a client secret or an assertion.

mod assertion;
mod keys;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;
use uuid::Uuid;

use super::seed::Credentials;
use super::state::State;

pub(super) use self::keys::check_keys;

/// What tokens are asked for. With a slash at its end it is another resource, which no tenant knows.
const RESOURCE: &str = "https://manage.devcenter.microsoft.com";
/// How version 2 asks for it.
const SCOPE: &str = "https://manage.devcenter.microsoft.com/.default";

/// The one type of assertions.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Which of the two endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// A token request.
pub(super) struct Asked<'a> {
    pub tenant: &'a str,
    pub version: Version,
    /// The URL that it was sent to.
    pub url: &'a str,
    pub form: &'a [u8],
    pub now: Timestamp,
}

/// A refusal, by the number after `AADSTS`.
struct Problem {
    status: u16,
    error: &'static str,
    code: u32,
    message: String,
}

fn problem(status: u16, error: &'static str, code: u32, message: impl Into<String>) -> Problem {
    Problem { status, error, code, message: message.into() }
}

/// The tenant and the version that a path asks for.
pub(super) fn endpoint(path: &[String]) -> Option<(&str, Version)> {
    let lower: Vec<String> = path.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match lower[..] {
        [_, "oauth2", "token"] => Some((&path[0], Version::V1)),
        [_, "oauth2", "v2.0", "token"] => Some((&path[0], Version::V2)),
        _ => None,
    }
}

/// Answers a token request: status and body.
pub(super) fn answer(state: &mut State, asked: &Asked<'_>) -> (u16, Value) {
    let form: Vec<(String, String)> = form_urlencoded::parse(asked.form).into_owned().collect();
    match check(state, asked, &form) {
        Ok(()) => (200, token_answer(state, asked.version, asked.now)),
        Err(problem) => (problem.status, error_body(&problem, asked.now)),
    }
}

fn check(state: &mut State, asked: &Asked<'_>, form: &[(String, String)]) -> Result<(), Problem> {
    let tenant = asked.tenant;
    let get = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let need = |name: &str| {
        let message = format!("The request body must contain the following parameter: '{name}'.");
        get(name).ok_or_else(|| problem(400, "invalid_request", 900_144, message))
    };
    let ours = &state.credentials;
    if !tenant.eq_ignore_ascii_case(&ours.tenant_id) {
        let message =
            format!("Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID.");
        return Err(problem(400, "invalid_request", 90_002, message));
    }
    if need("grant_type")? != "client_credentials" {
        let message = "The app requested an unsupported grant type.";
        return Err(problem(400, "unsupported_grant_type", 70_003, message));
    }
    let client = need("client_id")?;
    if !client.eq_ignore_ascii_case(&ours.client_id) {
        let message =
            format!("Application with identifier '{client}' was not found in the directory '{tenant}'.");
        return Err(problem(400, "unauthorized_client", 700_016, message));
    }
    match (get("client_secret"), get("client_assertion")) {
        (Some(secret), _) => check_secret(ours, secret, asked.now)?,
        (None, Some(assertion)) => {
            if need("client_assertion_type")? != ASSERTION_TYPE {
                let message = "The assertion type of the request is not supported.";
                return Err(problem(400, "invalid_request", 900_144, message));
            }
            let used = assertion::check(ours, &state.assertions, assertion, asked)?;
            state.assertions.retain(|used| used.until > asked.now);
            state.assertions.extend(used);
        }
        (None, None) => {
            let message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err(problem(401, "invalid_client", 7_000_218, message));
        }
    }
    let (wanted, known) = match asked.version {
        Version::V1 => (need("resource")?, RESOURCE),
        Version::V2 => (need("scope")?, SCOPE),
    };
    if wanted != known {
        let message =
            format!("The resource principal named {wanted} was not found in the tenant named {tenant}.");
        return Err(problem(400, "invalid_resource", 500_011, message));
    }
    Ok(())
}

fn check_secret(ours: &Credentials, secret: &str, now: Timestamp) -> Result<(), Problem> {
    let client = &ours.client_id;
    if !same_secret(secret, &ours.client_secret) {
        let message = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
             value, not the client secret ID, for a secret added to app '{client}'."
        );
        return Err(problem(401, "invalid_client", 7_000_215, message));
    }
    if ours.client_secret_expires.is_some_and(|end| end <= now) {
        let message = format!(
            "The provided client secret keys for app '{client}' are expired. Create new keys for your app, or \
             consider using certificate credentials for added security."
        );
        return Err(problem(401, "invalid_client", 7_000_222, message));
    }
    Ok(())
}

/// A client that does not encode its secret sends a `+` that a form reads as a space.
fn same_secret(sent: &str, ours: &str) -> bool {
    let plain = |secret: &str| secret.replace('+', " ");
    plain(sent) == plain(ours)
}

fn token_answer(state: &State, version: Version, now: Timestamp) -> Value {
    let lasts = i64::from(state.rules.token_seconds);
    let expires = now.saturating_add(SignedDuration::from_secs(lasts)).unwrap_or(Timestamp::MAX);
    let token = issue(state, expires);
    match version {
        Version::V1 => json!({
            "token_type": "Bearer",
            "expires_in": lasts.to_string(),
            "ext_expires_in": lasts.to_string(),
            "expires_on": expires.as_second().to_string(),
            "not_before": (now.as_second() - 300).to_string(),
            "resource": RESOURCE,
            "access_token": token,
        }),
        Version::V2 => json!({
            "token_type": "Bearer",
            "expires_in": lasts,
            "ext_expires_in": lasts,
            "access_token": token,
        }),
    }
}

fn error_body(problem: &Problem, now: Timestamp) -> Value {
    let (trace, correlation) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let time = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    json!({
        "error": problem.error,
        "error_description": format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}",
            problem.code, problem.message
        ),
        "error_codes": [problem.code],
        "timestamp": time,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={}", problem.code),
    })
}

/// The body of an answer with this status, whatever was asked for.
pub(super) fn trouble(status: u16, now: Timestamp) -> Value {
    let problem = match status {
        429 => problem(
            429,
            "invalid_request",
            50_196,
            "The server terminated an operation because it encountered a client request loop.",
        ),
        400..500 => problem(status, "invalid_client", 7_000_215, "Invalid client secret provided."),
        _ => problem(
            status, "temporarily_unavailable", 90_033, "A transient error has occurred. Please try again.",
        ),
    };
    error_body(&problem, now)
}

/// A token says when it ends, and is sealed with the key of the state: it outlives a restart.
fn issue(state: &State, expires: Timestamp) -> String {
    let open = format!("{}.{}", expires.as_millisecond(), Uuid::new_v4().simple());
    let seal = seal(state, &open);
    format!("{open}.{seal}")
}

fn seal(state: &State, open: &str) -> String {
    use base64::Engine as _;
    let digest = Sha256::digest(format!("{}.{open}.{}", state.key, state.key));
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
}

/// Whether an `Authorization` header holds a token that is still good.
pub(super) fn is_authorized(state: &State, header: Option<&str>, now: Timestamp) -> bool {
    let token = header.and_then(|header| header.split_once(' '));
    let Some((scheme, token)) = token else {
        return false;
    };
    let Some((open, sealed)) = token.trim().rsplit_once('.') else {
        return false;
    };
    let expires = open.split_once('.').and_then(|(expires, _)| expires.parse::<i64>().ok());
    scheme.eq_ignore_ascii_case("bearer")
        && seal(state, open) == sealed
        && expires.is_some_and(|expires| now.as_millisecond() < expires)
}
