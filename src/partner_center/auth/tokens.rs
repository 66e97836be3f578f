//! The token of a run: asked for when needed, kept until shortly before it expires.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::error::AuthError;
use super::request::Failure;
use super::{Credential, entra};
use crate::partner_center::gate::{TRIES, backoff};
use crate::partner_center::http::Connection;

/// Tokens are renewed this long before they expire.
const EARLY: Duration = Duration::from_mins(5);
/// The longest that a token is kept, whatever its answer says; whoever got one elsewhere looks after its end.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// A token, and when to ask for the next one.
pub(super) struct Token {
    value: SecretString,
    pub(super) renew_at: Instant,
}

impl Token {
    pub(super) fn lasting(value: SecretString, lifetime: Duration) -> Self {
        let lifetime = lifetime.min(LONGEST);
        let renew_at = Instant::now() + lifetime.saturating_sub(EARLY).max(lifetime / 2);
        Self { value, renew_at }
    }
}

/// The token of a run.
pub(in crate::partner_center) struct Tokens {
    credential: Credential,
    login: Url,
    now: fn() -> Timestamp,
    current: Mutex<Option<Token>>,
}

impl Tokens {
    pub(in crate::partner_center) fn new(credential: Credential, login: Url, now: fn() -> Timestamp) -> Self {
        Self { credential, login, now, current: Mutex::new(None) }
    }

    /// Whether a refused token can be replaced by a new one.
    pub(in crate::partner_center) fn can_renew(&self) -> bool {
        !matches!(self.credential, Credential::Token(_))
    }

    /// Drops a token that was refused, so that the next call asks for a new one; unless another call did so before.
    pub(in crate::partner_center) async fn forget(&self, refused: &SecretString) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|token| token.value.expose_secret() == refused.expose_secret()) {
            *current = None;
        }
    }

    /// A token that is good for a while; calls that ask at the same time share one request.
    ///
    /// Asking again is always safe: nothing has been sent to the Store by then.
    pub(in crate::partner_center) async fn token(
        &self,
        connection: &Connection,
    ) -> Result<SecretString, AuthError> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| Instant::now() < token.renew_at) {
            return Ok(token.value.clone());
        }
        let mut tries = 1;
        let token = loop {
            match self.ask(connection.client()).await {
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

    async fn ask(&self, client: &reqwest::Client) -> Result<Token, Failure> {
        let now = (self.now)();
        match &self.credential {
            Credential::Token(token) => Ok(Token::lasting(token.clone(), LONGEST)),
            Credential::Application { tenant, client_id, proof } => {
                let url = entra::endpoint(&self.login, tenant)?;
                entra::ask(client, url, client_id, proof, now).await
            }
            Credential::AzureCli(cli) => {
                cli.token(now).await.map_err(|problem| Failure::lasting(problem.into()))
            }
        }
    }
}
