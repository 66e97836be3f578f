//! The remote API: one HTTP client with retry, a shared gate and redaction; authentication; reading and writing.
//!
//! [`Reader`] sends GET only. Whatever plans holds a reader and nothing else, or a [`Snapshot`] of what one read earlier;
//! a [`Writer`] is made by the command that applies. [`Uploader`] talks to the storage service through Microsoft's own client on our transport.
//!
//! This room never decides what to send, and nothing that it says holds a token, a secret or an upload URL.

mod auth;
mod blob;
mod body;
mod error;
mod gate;
mod heard;
mod http;
mod hush;
mod look;
mod place;
mod probe;
mod reader;
mod snapshot;
mod writer;

pub use auth::{
    AuthError, AzureCli, AzureCliError, AzurePipelines, Certificate, CertificateError, Credential,
    FederatedTokenFile, GitHub, OidcError, Proof, Service, TokenFileError,
};
pub use blob::{UploadError, Uploader};
pub use error::{Call, StoreError};
pub use heard::Heard;
pub use http::{Connection, Settings, SettingsError};
pub use look::{By, Part, Subject};
pub use place::Place;
pub use probe::{Host, Reached};
pub use reader::{Reader, References, RolloutState, StatusReport, StoreMessage};
pub use snapshot::Snapshot;
pub use writer::{RolloutChange, Writer};
