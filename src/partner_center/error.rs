//! What can go wrong between here and the Store.

use std::fmt;

use serde::Deserialize;

/// One call, for messages: method and path, without query values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The HTTP method.
    pub method: &'static str,
    /// The path below `/v1.0/my/`.
    pub path: String,
}

impl Call {
    pub(super) fn new(method: &'static str, path: &str) -> Self {
        Self { method, path: path.split('?').next().unwrap_or_default().to_owned() }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
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
    /// The login service could not be reached or understood.
    #[error("the login service could not be used: {0}")]
    Unavailable(String),
    /// The login service's answer does not end.
    #[error("the login service answered with more than 64 MiB")]
    TooLong,
}

impl AuthError {
    /// What to do.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "check the network, then run again",
            Self::TooLong => "find out what answers in place of the login service; check STOREWARD_LOGIN_URL",
            Self::Refused { code, .. } => match code {
                Some(7_000_215) => {
                    "AZURE_CLIENT_SECRET is wrong; often the secret's id was copied instead of its value"
                }
                Some(7_000_222) => "the client secret has expired; make a new one in Microsoft Entra",
                Some(700_016) => {
                    "AZURE_CLIENT_ID is not known in this tenant; compare both with the app registration"
                }
                Some(90_002) => "AZURE_TENANT_ID names no tenant; use its GUID or a verified domain",
                Some(500_011) => {
                    "the Store is not known in this tenant; associate the tenant with the Partner Center account"
                }
                Some(7_000_218) => "neither secret nor assertion was sent; set AZURE_CLIENT_SECRET",
                Some(50_196) => "the login service asks for a pause; run again in a minute",
                _ => "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
            },
        }
    }
}

/// Why a call to the Store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No token.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The service answered with an error.
    #[error("{call} was answered with {status}{answer} · correlation id {correlation_id}")]
    Refused {
        /// The call.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// What the answer said.
        answer: Box<ServiceAnswer>,
        /// What Microsoft's support asks for.
        correlation_id: String,
    },
    /// No answer: the connection failed or the time ran out.
    #[error("{call} got no answer: {reason} · correlation id {correlation_id}")]
    NoAnswer {
        /// The call.
        call: Call,
        /// Why, without the URL.
        reason: String,
        /// What the call was sent with.
        correlation_id: String,
    },
    /// An answer that does not end.
    #[error("{call} was answered with more than 64 MiB · correlation id {correlation_id}")]
    TooLong {
        /// The call.
        call: Call,
        /// What Microsoft's support asks for.
        correlation_id: String,
    },
    /// A list whose pages do not end.
    #[error("GET {path} has more pages than any account")]
    EndlessList {
        /// The list.
        path: String,
    },
    /// An answer that is no JSON document.
    #[error(
        "{call} was answered with something that is no document: {reason} · correlation id {correlation_id}"
    )]
    NotADocument {
        /// The call.
        call: Call,
        /// What is wrong with it.
        reason: String,
        /// What Microsoft's support asks for.
        correlation_id: String,
    },
}

/// What an error answer said. The service answers in several shapes; an empty body and an HTML page are among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ServiceAnswer {
    /// Such as `InvalidParameterValue`.
    pub code: Option<String>,
    /// The service's words.
    pub message: Option<String>,
    /// The field or thing it is about.
    pub target: Option<String>,
}

impl ServiceAnswer {
    /// Reads an answer's body; whatever is no JSON object says nothing.
    pub(super) fn of(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }
}

impl fmt::Display for ServiceAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        if let Some(target) = &self.target {
            write!(f, " ({target})")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {}", message.split_whitespace().collect::<Vec<_>>().join(" ")),
            None => Ok(()),
        }
    }
}

impl StoreError {
    /// The HTTP status of an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the call may nevertheless have been carried out: then the outcome is found by reading, never by repeating.
    pub fn is_ambiguous(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status == 408 || *status >= 500,
            Self::NoAnswer { .. } | Self::NotADocument { .. } | Self::TooLong { .. } => true,
            Self::Auth(_) | Self::EndlessList { .. } => false,
        }
    }

    /// Whether a call that reads may be answered when it is sent again after a while.
    pub(super) fn passes(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500..),
            Self::NoAnswer { .. } => true,
            Self::NotADocument { .. } | Self::TooLong { .. } | Self::EndlessList { .. } | Self::Auth(_) => {
                false
            }
        }
    }

    /// Whether it may be about the one thing that was asked for, so that others can be read all the same: it is not about
    /// the credential, the network or how often we ask.
    pub(super) fn may_be_about_one(&self) -> bool {
        match self {
            Self::Refused { status, .. } => !matches!(status, 401 | 403 | 429),
            Self::NotADocument { .. } | Self::TooLong { .. } => true,
            Self::NoAnswer { .. } | Self::EndlessList { .. } | Self::Auth(_) => false,
        }
    }

    /// Whether the credential is at fault.
    pub fn is_auth(&self) -> bool {
        match self {
            Self::Auth(AuthError::Refused { .. }) => true,
            Self::Refused { status, .. } => matches!(status, 401 | 403),
            _ => false,
        }
    }

    /// The service's words where it refuses every call for a product (`microsoft/StoreBroker#192`).
    pub fn unsupported_product(&self) -> Option<&str> {
        match self {
            Self::Refused { status: 409, answer, .. } => answer
                .message
                .as_deref()
                .filter(|message| message.contains("not supported by the submission API")),
            _ => None,
        }
    }

    /// What to do.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Auth(error) => Some(error.remedy()),
            Self::Refused { status: 401 | 403, .. } => Some(
                "add the Entra application in Partner Center under Account settings, User management, with the role Manager; \
                 check that `id` is a product of this account",
            ),
            Self::Refused { status: 404, .. } => Some("check `id`: the account has no such product"),
            Self::Refused { status: 429, .. } => {
                Some("the Store takes about 20 requests a minute; run again in a minute")
            }
            Self::Refused { status: 500.., .. } | Self::NoAnswer { .. } => {
                Some("nothing is half done that a second run does not pick up; run again")
            }
            _ => None,
        }
    }
}
