//! What the OIDC endpoints of CI services have in common: one request, a token in one member of the answer.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::error::{AuthError, Service};
use super::request::{Failure, fetch};

/// Why an OIDC endpoint gave no token. Nothing of its answer is told: who asked is in it.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// It refused.
    #[error("answered with {0}")]
    Refused(u16),
    /// It sends elsewhere; the secret that a request carries does not go there.
    #[error("answered with {0}, a redirect, which is not followed")]
    Redirect(u16),
    /// A good answer without a token.
    #[error("answered with something that holds no token")]
    NoToken,
}

/// Sends `request` as the bearer of `token`, and takes the text in `member` of the answer.
pub(super) async fn ask(
    service: Service,
    request: reqwest::RequestBuilder,
    token: &SecretString,
    member: &str,
) -> Result<SecretString, Failure> {
    let request = request
        .timeout(Duration::from_mins(1))
        .bearer_auth(token.expose_secret())
        .header("Accept", "application/json");
    let answer = fetch(service, request).await?;
    if let Some(error) = answer.trouble(service) {
        return Err(Failure { error, again: Some(answer.pause(None)) });
    }
    let failed = |problem| Failure::lasting(AuthError::Oidc { service, problem });
    match answer.status {
        200 => {}
        status @ 300..400 => return Err(failed(OidcError::Redirect(status))),
        status => return Err(failed(OidcError::Refused(status))),
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let token = body.get(member).and_then(Value::as_str).filter(|token| !token.trim().is_empty());
    token.map(|token| token.trim().to_owned().into()).ok_or_else(|| failed(OidcError::NoToken))
}
