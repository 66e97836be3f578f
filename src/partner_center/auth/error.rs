//! Why there is no token, and what to do.

use std::fmt;

use super::azure_cli::AzureCliError;
use super::certificate::CertificateError;
use super::codes;
use super::federated_file::TokenFileError;
use super::oidc::OidcError;

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
    /// A service has had enough for now.
    #[error("{service} asks for a pause: {reason}")]
    Throttled {
        /// Which.
        service: Service,
        /// Its words.
        reason: String,
    },
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
            Self::Throttled { .. } | Self::Unavailable { .. } | Self::TooLong(_) => false,
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
            Self::Throttled { .. } => "run again in a minute",
            Self::Unavailable { .. } => "check the network, then run again",
            Self::TooLong(Service::Login) => {
                "find out what answers in place of the login service; check STOREWARD_LOGIN_URL"
            }
            Self::TooLong(_) => "find out what answers in place of the CI service",
        }
    }
}
