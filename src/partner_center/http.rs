//! One HTTP client for everything, with retry, one gate for the whole run, and no secret in any error.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use url::Url;

use super::auth::{AuthError, Credential, Tokens};
use super::body::{self, BodyError, reason};
use super::error::{Call, ServiceAnswer, StoreError};
use super::gate::{Gate, TRIES, asked, backoff};
use super::heard::{Heard, Listener};
use super::hush::Hush;

/// A create on a large product took 268 s (`microsoft/StoreBroker#71`).
const CALL_TIMEOUT: Duration = Duration::from_mins(5);
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
    /// The time of day, which assertions and tokens tell their ends in.
    pub now: fn() -> Timestamp,
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
pub struct Connection {
    inner: Arc<Inner>,
    /// Who hears what happens between calls and answers.
    listener: Option<Listener>,
}

struct Inner {
    client: reqwest::Client,
    settings: Settings,
    tokens: Tokens,
    gate: Gate,
    hush: Hush,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.inner.settings.api)
    }
}

/// A good answer.
pub(super) struct Answer {
    pub(super) body: Bytes,
    pub(super) correlation_id: String,
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a credential may travel there: over https, or in the clear on this machine only.
pub(super) fn is_secure(url: &Url) -> bool {
    url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)))
}

/// Scheme and host, the part of a URL that is never a secret.
pub(super) fn origin(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

impl Connection {
    /// Checks the settings. Nothing is sent yet.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let urls = || [&settings.api, &settings.login].into_iter().chain(settings.credential.endpoint());
        if let Some(url) = urls().find(|url| !is_secure(url)) {
            return Err(SettingsError::NotSecure(origin(url)));
        }
        let local = urls().all(is_loopback);
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
        let tokens = Tokens::new(settings.credential.clone(), settings.login.clone(), settings.now);
        let hush = Hush::default();
        if let Some(secret) = settings.credential.lasting_secret() {
            hush.keep(secret.expose_secret().trim());
        }
        let inner = Inner { client, settings, tokens, gate: Gate::new(), hush };
        Ok(Self { inner: Arc::new(inner), listener: None })
    }

    /// A wait of this run: the real time on the real service, shortened in tests.
    pub fn scaled(&self, wait: Duration) -> Duration {
        let seconds = wait.as_secs_f64() * self.inner.settings.time_scale;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// The same connection, whose calls this listener hears of.
    #[must_use]
    pub fn heard_by(&self, listener: impl Fn(Heard) + Send + Sync + 'static) -> Self {
        Self { inner: Arc::clone(&self.inner), listener: Some(Arc::new(listener)) }
    }

    pub(super) fn tell(&self, heard: impl FnOnce() -> Heard) {
        if let Some(listener) = &self.listener {
            listener(heard());
        }
    }

    /// The time of day at an instant of this run, in RFC 3339.
    pub fn time_of(&self, instant: Instant) -> String {
        let wait = instant.saturating_duration_since(Instant::now());
        let time = (self.inner.settings.now)().checked_add(wait).unwrap_or(Timestamp::MAX);
        time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// A service's words without any secret of this run.
    pub(super) fn hushed(&self, words: &str) -> String {
        self.inner.hush.text(words)
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.inner.client
    }

    pub(super) fn login(&self) -> &Url {
        &self.inner.settings.login
    }

    pub(super) fn api(&self) -> &Url {
        &self.inner.settings.api
    }

    pub(super) async fn token(&self) -> Result<SecretString, AuthError> {
        self.inner.tokens.token(self).await
    }

    /// Reads. Repeated while the failure is one that passes.
    pub(super) async fn get(&self, path: &str) -> Result<Answer, StoreError> {
        self.repeat(reqwest::Method::GET, path, &Bytes::new(), StoreError::passes).await
    }

    /// Changes something. Repeated only when the gateway turned the call away before the service saw it (429).
    pub(super) async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Bytes,
    ) -> Result<Answer, StoreError> {
        let call = Call::new(method_name(&method), path);
        let answer = self.repeat(method, path, &body, |error| error.status() == Some(429)).await?;
        self.tell(|| Heard::Changed { call, correlation_id: answer.correlation_id.clone() });
        Ok(answer)
    }

    async fn repeat(
        &self,
        method: reqwest::Method,
        path: &str,
        body: &Bytes,
        again: impl Fn(&StoreError) -> bool,
    ) -> Result<Answer, StoreError> {
        let mut tries = 1;
        loop {
            match self.call(&method, path, body, tries).await {
                Err(error) if tries < TRIES && again(&error) => {
                    let next = Instant::now() + self.scaled(backoff(tries));
                    self.tell(|| Heard::Again {
                        message: error.to_string(),
                        correlation_id: error.correlation_id().map(str::to_owned),
                        until: self.time_of(next),
                    });
                    tokio::time::sleep_until(next).await;
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// One call; an expired token is renewed once.
    async fn call(
        &self,
        method: &reqwest::Method,
        path: &str,
        body: &Bytes,
        tries: u32,
    ) -> Result<Answer, StoreError> {
        let tokens = &self.inner.tokens;
        let token = self.token().await?;
        match self.once(method, path, body, tries, &token).await {
            Err(StoreError::Refused { status: 401, .. }) if tokens.can_renew() => {
                tokens.forget(&token).await;
                self.once(method, path, body, tries, &tokens.token(self).await?).await
            }
            outcome => outcome,
        }
    }

    async fn once(
        &self,
        method: &reqwest::Method,
        path: &str,
        body: &Bytes,
        tries: u32,
        token: &SecretString,
    ) -> Result<Answer, StoreError> {
        let Inner { client, settings, gate, hush, .. } = &*self.inner;
        hush.keep(token.expose_secret());
        gate.pass(|until| self.tell(|| Heard::Held { until: self.time_of(until) })).await;
        let url = format!("{}/{path}", settings.api.as_str().trim_end_matches('/'));
        let mut request = client
            .request(method.clone(), url)
            .timeout(CALL_TIMEOUT)
            .bearer_auth(token.expose_secret())
            .header("MS-CorrelationId", &settings.correlation_id)
            .header("Accept", "application/json");
        if method == reqwest::Method::POST || method == reqwest::Method::PUT {
            // Also with an empty body: a body-less POST of another type is refused
            // (`baldbeardedbuilder/WeatherExtension#151`), and one without a length may be (`MicrosoftDocs/windows-driver-docs#2732`).
            request = request
                .header("Content-Type", "application/json")
                .header("Content-Length", body.len())
                .body(body.clone());
        }
        let call = || Call::new(method_name(method), path);
        let no_answer = |error: reqwest::Error| StoreError::NoAnswer {
            call: call(),
            reason: reason(error),
            correlation_id: settings.correlation_id.clone(),
        };
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status().as_u16();
        let good = response.status().is_success();
        let headers = response.headers().clone();
        let correlation_id = headers.get("MS-CorrelationId").and_then(|id| id.to_str().ok());
        let correlation_id = correlation_id.unwrap_or(&settings.correlation_id).to_owned();
        let body = body::read(response).await;
        let answer = body.as_deref().map(ServiceAnswer::of).unwrap_or_default();
        if let (Ok(body), true) = (&body, good) {
            hush.keep_signatures(body);
        }
        if !good {
            let pause = asked(status, &headers, answer.message.as_deref());
            if let Some(pause) = pause.or((status == 429).then(|| backoff(tries))) {
                gate.hold(Instant::now() + self.scaled(pause)).await;
            }
        }
        match body {
            Ok(body) if good => Ok(Answer { body, correlation_id }),
            Ok(_) => {
                let answer = Box::new(answer.map(|words| self.hushed(words)));
                Err(StoreError::Refused { call: call(), status, answer, correlation_id })
            }
            Err(BodyError::Broken(error)) => Err(no_answer(error)),
            Err(BodyError::TooLong) => Err(StoreError::TooLong { call: call(), correlation_id }),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_do_not_travel_in_the_clear() {
        let settings = |api: &str, time_scale| Settings {
            api: Url::parse(api).unwrap(),
            login: Url::parse("https://login.example").unwrap(),
            credential: Credential::Token("t".to_owned().into()),
            correlation_id: String::new(),
            time_scale,
            now: Timestamp::now,
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
