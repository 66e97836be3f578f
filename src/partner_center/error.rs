//! What can go wrong between here and the Store.

use std::fmt;

use serde::Deserialize;

use super::auth::AuthError;

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

    /// The same in other words.
    pub(super) fn map(&self, words: impl Fn(&str) -> String) -> Self {
        let map = |text: &Option<String>| text.as_deref().map(&words);
        Self { code: map(&self.code), message: map(&self.message), target: map(&self.target) }
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
    /// What Microsoft's support asks for, where a call was sent.
    pub fn correlation_id(&self) -> Option<&str> {
        match self {
            Self::Refused { correlation_id, .. }
            | Self::NoAnswer { correlation_id, .. }
            | Self::TooLong { correlation_id, .. }
            | Self::NotADocument { correlation_id, .. } => Some(correlation_id),
            Self::Auth(_) | Self::EndlessList { .. } => None,
        }
    }

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
    pub fn passes(&self) -> bool {
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
            Self::Auth(error) => error.is_of_the_credential(),
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
            // The gateway's words (`microsoft/msstore-cli#50`), as opposed to those about who asks.
            Self::Refused { status: 401, answer, .. }
                if answer.message.as_deref().is_some_and(|words| words.contains("Access token")) =>
            {
                Some(
                    "the access token has expired, or is not for https://manage.devcenter.microsoft.com; where it comes from \
                     STOREWARD_ACCESS_TOKEN, get a new one",
                )
            }
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
