//! Tokens: asked for when needed, kept until shortly before they expire.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::body::{self, BodyError, reason};
use super::error::AuthError;
use super::gate::{TRIES, asked, backoff};
use super::http::Connection;

/// What the token is for; without a slash at the end, with which the API refuses it.
const SCOPE: &str = "https://manage.devcenter.microsoft.com/.default";
/// Tokens are renewed this long before they expire.
const EARLY: Duration = Duration::from_mins(5);

/// Who asks.
#[derive(Clone)]
pub enum Credential {
    /// A token that somebody else got; it cannot be renewed.
    Token(SecretString),
    /// An application and its secret.
    ClientSecret {
        /// The tenant: a GUID or a verified domain.
        tenant: String,
        /// The application's id.
        client_id: String,
        /// The secret's value.
        secret: SecretString,
    },
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token(hidden)",
            Self::ClientSecret { .. } => "ClientSecret(hidden)",
        })
    }
}

struct Token {
    value: SecretString,
    renew_at: Instant,
}

/// A request for a token that failed.
struct Failure {
    error: AuthError,
    /// Where asking again may help: the pause that the service asked for.
    again: Option<Duration>,
}

impl Failure {
    fn lasting(error: AuthError) -> Self {
        Self { error, again: None }
    }

    fn network(error: reqwest::Error) -> Self {
        Self { error: AuthError::Unavailable(reason(error)), again: Some(Duration::ZERO) }
    }
}

/// The token of a run.
pub(super) struct Tokens {
    credential: Credential,
    login: Url,
    current: Mutex<Option<Token>>,
}

impl Tokens {
    pub(super) fn new(credential: Credential, login: Url) -> Self {
        Self { credential, login, current: Mutex::new(None) }
    }

    /// Whether a refused token can be replaced by a new one.
    pub(super) fn can_renew(&self) -> bool {
        !matches!(self.credential, Credential::Token(_))
    }

    /// Drops the token, so that the next call asks for a new one.
    pub(super) async fn forget(&self) {
        *self.current.lock().await = None;
    }

    /// A token that is good for a while; calls that ask at the same time share one request.
    ///
    /// Asking again is always safe: nothing has been sent to the Store by then.
    pub(super) async fn token(&self, connection: &Connection) -> Result<SecretString, AuthError> {
        let (tenant, client_id, secret) = match &self.credential {
            Credential::Token(token) => return Ok(token.clone()),
            Credential::ClientSecret { tenant, client_id, secret } => (tenant, client_id, secret),
        };
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| Instant::now() < token.renew_at) {
            return Ok(token.value.clone());
        }
        let mut tries = 1;
        let token = loop {
            match self.ask(connection.client(), tenant, client_id, secret).await {
                Ok(token) => break token,
                Err(Failure { again: Some(pause), .. }) if tries < TRIES => {
                    tokio::time::sleep(connection.scaled(pause.max(backoff(tries)))).await;
                    tries += 1;
                }
                Err(Failure { error, .. }) => return Err(error),
            }
        };
        let value = token.value.clone();
        *current = Some(token);
        Ok(value)
    }

    async fn ask(
        &self,
        client: &reqwest::Client,
        tenant: &str,
        client_id: &str,
        secret: &SecretString,
    ) -> Result<Token, Failure> {
        let unusable = |why: &str| Failure::lasting(AuthError::Unavailable(why.to_owned()));
        let mut url = self.login.clone();
        url.path_segments_mut()
            .map_err(|()| unusable("the login address cannot have a path"))?
            .pop_if_empty()
            .extend([tenant, "oauth2", "v2.0", "token"]);
        // Secrets that were pasted with a line end fail exactly like wrong ones.
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id.trim()),
            ("client_secret", secret.expose_secret().trim()),
            ("scope", SCOPE),
        ];
        let response = client.post(url).timeout(Duration::from_mins(1)).form(&form).send().await;
        let response = response.map_err(Failure::network)?;
        let status = response.status();
        let headers = response.headers().clone();
        let body = body::read(response).await.map_err(|error| match error {
            BodyError::Broken(error) => Failure::network(error),
            BodyError::TooLong => Failure::lasting(AuthError::TooLong),
        })?;
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return read(&answer).ok_or_else(|| unusable("its answer holds no token"));
        }
        let status = status.as_u16();
        let passes = status == 429 || status >= 500;
        let pause = asked(status, &headers, description(&answer));
        let again = passes.then(|| pause.unwrap_or_default());
        Err(Failure { error: refusal(status, &answer, secret), again })
    }
}

fn description(answer: &Value) -> Option<&str> {
    answer.get("error_description").and_then(Value::as_str)
}

/// Reads v1 answers, whose numbers are texts, and v2 answers, whose numbers are numbers.
fn read(answer: &Value) -> Option<Token> {
    let value = answer.get("access_token")?.as_str()?.to_owned().into();
    let seconds = match answer.get("expires_in") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let lifetime = Duration::from_secs(seconds.unwrap_or(3600));
    let renew_at = Instant::now() + lifetime.saturating_sub(EARLY).max(lifetime / 2);
    Some(Token { value, renew_at })
}

fn refusal(status: u16, answer: &Value, secret: &SecretString) -> AuthError {
    let description = description(answer).unwrap_or_default();
    let code = description
        .split_once("AADSTS")
        .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
        .and_then(|digits| digits.parse().ok());
    // Codes of a service in trouble, such as `AADSTS90033`, say nothing about the credential.
    if status >= 500 || (status == 429 && code.is_none()) {
        return AuthError::Unavailable(format!("it answered with {status}"));
    }
    let first = description.lines().next().unwrap_or_default().split(" Trace ID:").next().unwrap_or_default();
    let first = if first.is_empty() { format!("it answered with {status}") } else { first.to_owned() };
    AuthError::Refused { code, description: first.replace(secret.expose_secret().trim(), "(hidden)") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_kinds_of_answers_are_read() {
        for answer in [
            json!({"access_token": "t", "expires_in": "3599"}),
            json!({"access_token": "t", "expires_in": 3599}),
        ] {
            let left = read(&answer).unwrap().renew_at - Instant::now();
            assert!(left > Duration::from_secs(3290) && left < Duration::from_mins(55), "{left:?}");
        }
        assert!(read(&json!({"expires_in": 1})).is_none());
    }

    #[test]
    fn a_refusal_tells_the_code_and_no_secret() {
        let answer = json!({"error_description": "AADSTS7000215: Invalid client secret 's3cret' provided. Trace ID: x"});
        let error = refusal(401, &answer, &"s3cret\n".to_owned().into());
        assert!(error.remedy().contains("AZURE_CLIENT_SECRET is wrong"));
        assert_eq!(
            error.to_string(),
            "the login service refused the credential: AADSTS7000215: Invalid client secret '(hidden)' provided."
        );
    }
}
