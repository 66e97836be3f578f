//! Who asks, and the tokens that prove it.
//!
//! | File | What it is for |
//! |---|---|
//! | `tokens` | the token of a run: asked for when needed, kept until shortly before it expires |
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
mod error;
mod federated_file;
mod github;
mod oidc;
mod request;
mod tokens;

use std::fmt;

use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use self::request::Failure;

pub use azure_cli::{AzureCli, AzureCliError};
pub use azure_pipelines::AzurePipelines;
pub use certificate::{Certificate, CertificateError};
pub use error::{AuthError, Service};
pub use federated_file::{FederatedTokenFile, TokenFileError};
pub use github::GitHub;
pub use oidc::OidcError;
pub(super) use tokens::Tokens;

/// What tokens are for; without a slash at the end, with which the API refuses them.
const RESOURCE: &str = "https://manage.devcenter.microsoft.com";
/// What federated tokens are made out to, by convention.
const AUDIENCE: &str = "api://AzureADTokenExchange";

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
    /// What of it is secret and lasts longer than the call that it is sent with.
    pub(super) fn lasting_secret(&self) -> Option<&SecretString> {
        match self {
            Self::Token(secret) | Self::Application { proof: Proof::ClientSecret(secret), .. } => {
                Some(secret)
            }
            _ => None,
        }
    }

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
        match self {
            Self::Token(_) => f.write_str("Token(hidden)"),
            Self::Application { proof, .. } => proof.fmt(f),
            Self::AzureCli(_) => f.write_str("AzureCli(hidden)"),
        }
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
