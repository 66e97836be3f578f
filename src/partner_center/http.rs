//! One HTTP client for everything, with retry, one gate for the whole run, and no secret in any error.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::auth::{Credential, Tokens};
use super::error::{Call, ServiceAnswer, StoreError};

/// A create on a large product took 268 s (`microsoft/StoreBroker#71`).
const CALL_TIMEOUT: Duration = Duration::from_mins(5);
/// How often a call is tried.
const TRIES: u32 = 5;
/// The longest pause that a `Retry-After` can ask for.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);

/// Where the services are and who asks.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API, with `/v1.0/my`.
    pub api: Url,
    /// The login service's root.
    pub login: Url,
    /// Who asks.
    pub credential: Credential,
    /// Sent with every call of a run, so that Microsoft's support can find them.
    pub correlation_id: String,
    /// What every wait is multiplied with; other than 1 on loopback only.
    pub time_scale: f64,
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A token would travel in the clear.
    #[error("`{0}` must begin with https://; plain http is taken for this machine itself only")]
    NotSecure(String),
    /// Waits are shortened in tests only.
    #[error("STOREWARD_TIME_SCALE has a meaning for services on this machine only")]
    ScaledRemote,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(String),
}

/// A connection to Partner Center; readers, writers and uploaders share it.
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

struct Inner {
    client: reqwest::Client,
    settings: Settings,
    tokens: Tokens,
    /// No call starts before this instant: the service asked for a pause.
    gate: Mutex<Instant>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.0.settings.api)
    }
}

/// A good answer.
pub(super) struct Answer {
    pub(super) body: Bytes,
    pub(super) correlation_id: Option<String>,
}

enum Outcome {
    Good(Answer),
    Failed { error: StoreError, pause: Option<Duration> },
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Connection {
    /// Checks the settings. Nothing is sent yet.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        for url in [&settings.api, &settings.login] {
            if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
                return Err(SettingsError::NotSecure(format!(
                    "{}://{}",
                    url.scheme(),
                    url.host_str().unwrap_or_default()
                )));
            }
        }
        let local = is_loopback(&settings.api) && is_loopback(&settings.login);
        if !local && (settings.time_scale - 1.0).abs() > f64::EPSILON {
            return Err(SettingsError::ScaledRemote);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("storeward/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none());
        if local {
            builder = builder.no_proxy();
        }
        let client =
            builder.build().map_err(|error| SettingsError::Client(error.without_url().to_string()))?;
        let tokens = Tokens::new(settings.credential.clone(), settings.login.clone());
        Ok(Self(Arc::new(Inner { client, settings, tokens, gate: Mutex::new(Instant::now()) })))
    }

    /// A wait of this run: the real time on the real service, shortened in tests.
    pub fn scaled(&self, wait: Duration) -> Duration {
        wait.mul_f64(self.0.settings.time_scale)
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    /// Reads. Repeated while the failure is one that passes.
    pub(super) async fn get(&self, path: &str) -> Result<Answer, StoreError> {
        let mut tries = 1;
        loop {
            match self.call(reqwest::Method::GET, path, Bytes::new()).await {
                Outcome::Good(answer) => return Ok(answer),
                Outcome::Failed { error, pause } => {
                    if tries == TRIES || !(error.is_ambiguous() || error.status() == Some(429)) {
                        return Err(error);
                    }
                    self.pause(pause, tries).await;
                    tries += 1;
                }
            }
        }
    }

    /// Changes something. Repeated only when the gateway turned the call away before the service saw it (429).
    pub(super) async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Bytes,
    ) -> Result<Answer, StoreError> {
        let mut tries = 1;
        loop {
            match self.call(method.clone(), path, body.clone()).await {
                Outcome::Good(answer) => return Ok(answer),
                Outcome::Failed { error, pause } => {
                    if tries == TRIES || error.status() != Some(429) {
                        return Err(error);
                    }
                    self.pause(pause, tries).await;
                    tries += 1;
                }
            }
        }
    }

    /// Waits as the service asked, and holds every other call of the run as long; else 1, 2, 4, 8 s.
    async fn pause(&self, asked: Option<Duration>, tries: u32) {
        let wait = self.scaled(asked.unwrap_or(Duration::from_secs(1 << (tries - 1))).min(LONGEST_PAUSE));
        let until = Instant::now() + wait;
        if asked.is_some() {
            let mut gate = self.0.gate.lock().await;
            *gate = (*gate).max(until);
        }
        tokio::time::sleep_until(until).await;
    }

    /// One call; an expired token is renewed once.
    async fn call(&self, method: reqwest::Method, path: &str, body: Bytes) -> Outcome {
        let first = self.once(method.clone(), path, body.clone()).await;
        match &first {
            Outcome::Failed { error: StoreError::Refused { status: 401, .. }, .. }
                if self.0.tokens.can_renew() =>
            {
                self.0.tokens.forget().await;
                self.once(method, path, body).await
            }
            _ => first,
        }
    }

    async fn once(&self, method: reqwest::Method, path: &str, body: Bytes) -> Outcome {
        let open = *self.0.gate.lock().await;
        tokio::time::sleep_until(open).await;
        let call = Call {
            method: method_name(&method),
            path: path.split('?').next().unwrap_or_default().to_owned(),
        };
        let failed = |error| Outcome::Failed { error, pause: None };
        let token = match self.0.tokens.token(&self.0.client).await {
            Ok(token) => token,
            Err(error) => return failed(error.into()),
        };
        let url = format!("{}/{path}", self.0.settings.api.as_str().trim_end_matches('/'));
        let mut request = self
            .0
            .client
            .request(method.clone(), url)
            .timeout(CALL_TIMEOUT)
            .bearer_auth(token.expose_secret())
            .header("MS-CorrelationId", &self.0.settings.correlation_id)
            .header("Accept", "application/json");
        if method == reqwest::Method::POST || method == reqwest::Method::PUT {
            // Also with an empty body: a body-less POST of another type is refused
            // (`baldbeardedbuilder/WeatherExtension#151`), and one without a length may be (`MicrosoftDocs/windows-driver-docs#2732`).
            request = request
                .header("Content-Type", "application/json")
                .header("Content-Length", body.len())
                .body(body);
        }
        let no_answer =
            |error: reqwest::Error| StoreError::NoAnswer { call: call.clone(), reason: reason(error) };
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return failed(no_answer(error)),
        };
        let status = response.status();
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let correlation_id = header("MS-CorrelationId");
        let retry_after =
            header("Retry-After").and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
        let body = match response.bytes().await {
            Ok(body) => body,
            Err(error) => return failed(no_answer(error)),
        };
        if status.is_success() {
            return Outcome::Good(Answer { body, correlation_id });
        }
        let answer = ServiceAnswer::of(&body);
        let pause = retry_after
            .or_else(|| (status.as_u16() == 429).then(|| seconds_in(answer.message.as_deref())).flatten());
        let error =
            StoreError::Refused { call, status: status.as_u16(), answer: Box::new(answer), correlation_id };
        Outcome::Failed { error, pause }
    }
}

fn method_name(method: &reqwest::Method) -> &'static str {
    match *method {
        reqwest::Method::GET => "GET",
        reqwest::Method::PUT => "PUT",
        reqwest::Method::POST => "POST",
        _ => "DELETE",
    }
}

/// The seconds that a throttling answer names: *Try again in 14 seconds* (`microsoft/msstore-cli#125`).
fn seconds_in(message: Option<&str>) -> Option<Duration> {
    let (_, rest) = message?.split_once("again in ")?;
    rest.split_whitespace().next()?.parse().ok().map(Duration::from_secs)
}

/// Why a request failed, with the innermost cause and without the URL, which may be a credential.
pub(super) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if error.is_timeout() { "the time ran out".to_owned() } else { innermost.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_throttling_answer_names_the_pause() {
        assert_eq!(
            seconds_in(Some("Rate limit is exceeded. Try again in 14 seconds.")),
            Some(Duration::from_secs(14))
        );
        assert_eq!(seconds_in(Some("busy")), None);
    }

    #[test]
    fn tokens_do_not_travel_in_the_clear() {
        let settings = |api: &str, time_scale| Settings {
            api: Url::parse(api).unwrap(),
            login: Url::parse("https://login.example").unwrap(),
            credential: Credential::Token("t".to_owned().into()),
            correlation_id: String::new(),
            time_scale,
        };
        assert!(matches!(
            Connection::new(settings("http://store.example/v1.0/my", 1.0)),
            Err(SettingsError::NotSecure(_))
        ));
        assert!(matches!(
            Connection::new(settings("https://store.example/v1.0/my", 0.1)),
            Err(SettingsError::ScaledRemote)
        ));
        assert!(Connection::new(settings("http://127.0.0.1:1/v1.0/my", 1.0)).is_ok());
    }
}
