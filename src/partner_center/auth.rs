//! Tokens: asked for when needed, kept until shortly before they expire.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::error::AuthError;
use super::http::reason;

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
    pub(super) async fn token(&self, client: &reqwest::Client) -> Result<SecretString, AuthError> {
        let (tenant, client_id, secret) = match &self.credential {
            Credential::Token(token) => return Ok(token.clone()),
            Credential::ClientSecret { tenant, client_id, secret } => (tenant, client_id, secret),
        };
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| Instant::now() < token.renew_at) {
            return Ok(token.value.clone());
        }
        let mut url = self.login.clone();
        url.path_segments_mut()
            .map_err(|()| AuthError::Unavailable("the login address cannot have a path".to_owned()))?
            .pop_if_empty()
            .extend([tenant.as_str(), "oauth2", "v2.0", "token"]);
        // Secrets that were pasted with a line end fail exactly like wrong ones.
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id.trim()),
            ("client_secret", secret.expose_secret().trim()),
            ("scope", SCOPE),
        ];
        let response = client.post(url).timeout(Duration::from_mins(1)).form(&form).send().await;
        let response = response.map_err(|error| AuthError::Unavailable(reason(error)))?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| AuthError::Unavailable(reason(error)))?;
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        if !status.is_success() {
            return Err(refusal(status.as_u16(), &answer, secret));
        }
        let token =
            read(&answer).ok_or_else(|| AuthError::Unavailable("its answer holds no token".to_owned()))?;
        let value = token.value.clone();
        *current = Some(token);
        Ok(value)
    }
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
    let description = answer.get("error_description").and_then(Value::as_str).unwrap_or_default();
    let code = description
        .split_once("AADSTS")
        .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
        .and_then(|digits| digits.parse().ok());
    if code.is_none() && (status == 429 || status >= 500) {
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
