//! Tokens: asked for when needed, kept until shortly before they expire.
//!
//! | File | What it is for |
//! |---|---|
//! | `entra` | the token request: a secret or an assertion for a token |
//! | `codes` | ONE table of what the login service's codes mean |
//! | `certificate`, `federated_file`, `github`, `azure_pipelines` | the ways to an assertion, a fresh one for each token request |
//! | `oidc` | what GitHub and Azure Pipelines have in common |
//! | `azure_cli` | a token of whoever is signed in there |

mod azure_cli;
mod azure_pipelines;
mod certificate;
mod codes;
mod entra;
mod federated_file;
mod github;
mod oidc;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::body::{self, BodyError, reason};
use super::gate::{TRIES, asked, backoff};
use super::http::Connection;

pub use azure_cli::{AzureCli, AzureCliError};
pub use azure_pipelines::AzurePipelines;
pub use certificate::{Certificate, CertificateError};
pub use federated_file::{FederatedTokenFile, TokenFileError};
pub use github::GitHub;
pub use oidc::OidcError;

/// What tokens are for; without a slash at the end, with which the API refuses them.
const RESOURCE: &str = "https://manage.devcenter.microsoft.com";
/// What federated tokens are made out to, by convention.
const AUDIENCE: &str = "api://AzureADTokenExchange";
/// Tokens are renewed this long before they expire.
const EARLY: Duration = Duration::from_mins(5);
/// Whoever got a token elsewhere looks after its end.
const NO_END_KNOWN: Duration = Duration::from_hours(24 * 365);

/// Who asks.
#[derive(Clone)]
pub enum Credential {
    /// A token that somebody else got; it cannot be renewed.
    Token(SecretString),
    /// An application in Entra.
    Application {
        /// The tenant: a GUID or a verified domain.
        tenant: String,
        /// The application's id.
        client_id: String,
        /// What it proves itself with.
        proof: Proof,
    },
    /// Whoever is signed in to the Azure CLI.
    AzureCli(AzureCli),
}

/// What an application proves itself with.
#[derive(Clone)]
pub enum Proof {
    /// A secret that Entra knows, too.
    ClientSecret(SecretString),
    /// A certificate that is registered in Entra.
    Certificate(Certificate),
    /// A token of an issuer that Entra trusts, in a file.
    FederatedTokenFile(FederatedTokenFile),
    /// The same, asked for at GitHub.
    GitHub(GitHub),
    /// The same, asked for at Azure Pipelines.
    AzurePipelines(AzurePipelines),
}

impl Credential {
    /// Where a secret goes besides the login service and the Store.
    pub(super) fn endpoint(&self) -> Option<&Url> {
        match self {
            Self::Application { proof: Proof::GitHub(GitHub { url, .. }), .. }
            | Self::Application { proof: Proof::AzurePipelines(AzurePipelines { url, .. }), .. } => Some(url),
            _ => None,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token(hidden)",
            Self::Application { proof, .. } => return proof.fmt(f),
            Self::AzureCli(_) => "AzureCli(hidden)",
        })
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientSecret(_) => "ClientSecret(hidden)",
            Self::Certificate(_) => "Certificate(hidden)",
            Self::FederatedTokenFile(_) => "FederatedTokenFile(hidden)",
            Self::GitHub(_) => "GitHub(hidden)",
            Self::AzurePipelines(_) => "AzurePipelines(hidden)",
        })
    }
}

impl Proof {
    /// The secret or a fresh assertion.
    async fn secret(
        &self,
        client: &reqwest::Client,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<SecretString, Failure> {
        match self {
            Self::ClientSecret(secret) => Ok(secret.clone()),
            Self::Certificate(certificate) => {
                let made = certificate.assertion(client_id, audience, now).await;
                made.map_err(|problem| Failure::lasting(AuthError::Certificate(problem)))
            }
            Self::FederatedTokenFile(file) => {
                let read = file.assertion().await;
                read.map_err(|problem| Failure::lasting(AuthError::TokenFile(problem)))
            }
            Self::GitHub(github) => github.assertion(client).await,
            Self::AzurePipelines(pipelines) => pipelines.assertion(client).await,
        }
    }
}

/// Whom a request for a token goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Entra.
    Login,
    /// GitHub's OIDC endpoint.
    GitHub,
    /// The OIDC endpoint of Azure Pipelines.
    AzurePipelines,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "the login service",
            Self::GitHub => "GitHub's OIDC endpoint",
            Self::AzurePipelines => "the OIDC endpoint of Azure Pipelines",
        })
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The login service refused the credential.
    #[error("the login service refused the credential: {description}")]
    Refused {
        /// The number after `AADSTS`, the one stable part of the answer.
        code: Option<u32>,
        /// The service's words, with every secret taken out.
        description: String,
    },
    /// A certificate signs nothing.
    #[error("the file that AZURE_CLIENT_CERTIFICATE_PATH names {0}")]
    Certificate(CertificateError),
    /// A file gives no token.
    #[error("the file that AZURE_FEDERATED_TOKEN_FILE names {0}")]
    TokenFile(TokenFileError),
    /// A CI service gives no token.
    #[error("{service} {problem}")]
    Oidc {
        /// Which.
        service: Service,
        /// Why.
        problem: OidcError,
    },
    /// The Azure CLI gives no token.
    #[error(transparent)]
    AzureCli(#[from] AzureCliError),
    /// A service could not be reached or understood.
    #[error("{service} could not be used: {reason}")]
    Unavailable {
        /// Which.
        service: Service,
        /// Why.
        reason: String,
    },
    /// An answer that does not end.
    #[error("{0} answered with more than 64 MiB")]
    TooLong(Service),
}

impl AuthError {
    /// Whether the credential is at fault, and not what lies between here and the services.
    pub fn is_of_the_credential(&self) -> bool {
        match self {
            Self::Refused { .. }
            | Self::Certificate(_)
            | Self::TokenFile(_)
            | Self::Oidc { .. }
            | Self::AzureCli(_) => true,
            Self::Unavailable { .. } | Self::TooLong(_) => false,
        }
    }

    /// What to do.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Refused { code, .. } => match code.and_then(codes::find) {
                Some(code) => code.remedy,
                None => {
                    "check AZURE_TENANT_ID, AZURE_CLIENT_ID, and the secret, certificate or federated credential of the application"
                }
            },
            Self::Certificate(problem) => problem.remedy(),
            Self::TokenFile(_) => {
                "AZURE_FEDERATED_TOKEN_FILE is the path of a file that holds a token and nothing else; see that it was written"
            }
            Self::Oidc { service: Service::AzurePipelines, .. } => {
                "see that SYSTEM_ACCESSTOKEN is $(System.AccessToken), that AZURESUBSCRIPTION_SERVICE_CONNECTION_ID is the id of a service \
                 connection with workload identity federation, and that this pipeline may use it"
            }
            Self::Oidc { .. } => {
                "see that the job has `permissions: id-token: write`; what it asks with is good until the job ends"
            }
            Self::AzureCli(problem) => problem.remedy(),
            Self::Unavailable { .. } => "check the network, then run again",
            Self::TooLong(Service::Login) => {
                "find out what answers in place of the login service; check STOREWARD_LOGIN_URL"
            }
            Self::TooLong(_) => "find out what answers in place of the CI service",
        }
    }
}

/// A token, and when to ask for the next one.
struct Token {
    value: SecretString,
    renew_at: Instant,
}

impl Token {
    fn lasting(value: SecretString, lifetime: Duration) -> Self {
        let renew_at = Instant::now() + lifetime.saturating_sub(EARLY).max(lifetime / 2);
        Self { value, renew_at }
    }
}

/// A number of seconds, which some answers give as a text.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
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

    fn network(service: Service, error: reqwest::Error) -> Self {
        Self { error: AuthError::Unavailable { service, reason: reason(error) }, again: Some(Duration::ZERO) }
    }
}

/// What came back.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// The pause before another try, where the service is throttled or in trouble; `words` are those of the answer.
    fn pause(&self, words: Option<&str>) -> Option<Duration> {
        let passes = self.status == 429 || self.status >= 500;
        passes.then(|| asked(self.status, &self.headers, words).unwrap_or_default())
    }
}

/// Sends one request of this room.
async fn fetch(service: Service, request: reqwest::RequestBuilder) -> Result<Answer, Failure> {
    let response = request.send().await.map_err(|error| Failure::network(service, error))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = body::read(response).await.map_err(|error| match error {
        BodyError::Broken(error) => Failure::network(service, error),
        BodyError::TooLong => Failure::lasting(AuthError::TooLong(service)),
    })?;
    Ok(Answer { status, headers, body })
}

/// The token of a run.
pub(super) struct Tokens {
    credential: Credential,
    login: Url,
    now: fn() -> Timestamp,
    current: Mutex<Option<Token>>,
}

impl Tokens {
    pub(super) fn new(credential: Credential, login: Url, now: fn() -> Timestamp) -> Self {
        Self { credential, login, now, current: Mutex::new(None) }
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
            Credential::Token(token) => Ok(Token::lasting(token.clone(), NO_END_KNOWN)),
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
