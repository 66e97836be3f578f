//! The seed file: the account that a fresh sandbox starts with.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SandboxError;
use super::state::Document;

/// The account that a fresh sandbox starts with.
///
/// Only this envelope is checked. The resources and submissions in it are free JSON, as the API answers them:
/// what the sandbox does not know comes back from GET unchanged.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(title = "Storeward sandbox seed")]
pub(super) struct Seed {
    /// For editors.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// What the login accepts.
    pub credentials: Credentials,
    /// How the sandbox behaves where the service leaves room.
    pub rules: Rules,
    /// The apps of the account, in the order in which they are listed.
    pub applications: Vec<SeedApplication>,
}

/// The one identity that the login of a sandbox accepts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Credentials {
    /// The Entra tenant, as in the path of the token request.
    pub tenant_id: String,
    /// The id of the Entra application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// When the secret expires; without it, never.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub client_secret_expires: Option<Timestamp>,
    /// The certificates that are registered on the application, each as PEM.
    pub certificates: Vec<String>,
    /// The tokens of others that are taken for the application.
    pub federated_credentials: Vec<FederatedCredential>,
}

/// Tokens of somebody else that are taken for the application.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FederatedCredential {
    /// The `iss` of the tokens.
    pub issuer: String,
    /// The `sub` of the tokens.
    pub subject: String,
    /// The `aud` of the tokens.
    #[serde(default = "token_exchange")]
    pub audience: String,
    /// What the issuer's signatures are checked with. A real Entra reads it from the issuer's web site.
    pub public_key: PublicKey,
}

fn token_exchange() -> String {
    "api://AzureADTokenExchange".into()
}

/// An RSA key for signatures with `RS256`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PublicKey {
    /// `-----BEGIN PUBLIC KEY-----`.
    Pem(String),
    /// A JSON Web Key with `kty`, `n` and `e`.
    Jwk(Document),
}

impl Default for Credentials {
    fn default() -> Self {
        Self {
            tenant_id: "sandbox".into(),
            client_id: "sandbox".into(),
            client_secret: "sandbox-secret".into(),
            client_secret_expires: None,
            certificates: Vec::new(),
            federated_credentials: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("tenant_id", &self.tenant_id)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// How the sandbox behaves where the service is not documented, or slow.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the seed file")]
pub(super) struct Rules {
    /// Milliseconds that each status after a commit lasts. It is not left before it was read once, or 20 times
    /// that long has passed.
    pub status_millis: u64,
    /// Seconds that an access token is good for.
    pub token_seconds: u32,
    /// Seconds that an upload URL is good for.
    pub upload_url_seconds: u32,
    /// Whether reading a draft whose upload URL has expired gives it a new one.
    pub renew_upload_url: bool,
    /// Whether creating a flight also creates a flight submission. Documentation and clients disagree.
    pub flight_creates_submission: bool,
    /// Whether an empty list is answered with 404 instead of an empty page.
    #[serde(rename = "emptyListIs404")]
    pub empty_list_is_404: bool,
    /// Whether an existing image that an update leaves out stays in its listing.
    pub keep_omitted_images: bool,
    /// Whether an update leaves the title of a language that the draft already has as it is, without a word
    /// (reported of one product; in others the title is stored).
    pub ignore_title_changes: bool,
    /// Whether language keys of an update must be in lower case; one report can be read so
    /// (`microsoft/msstore-cli#31`).
    pub refuse_upper_case_languages: bool,
    /// Whether a submission in `CommitFailed` can be updated and committed again.
    pub edit_after_commit_failed: bool,
    /// Requests to the API that are answered in a minute; more get 429. Without it there is no limit.
    pub requests_per_minute: Option<u32>,
    /// Checks that a commit leaves out.
    pub skip_checks: Vec<Check>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            status_millis: 800,
            token_seconds: 3599,
            upload_url_seconds: 24 * 60 * 60,
            renew_upload_url: false,
            flight_creates_submission: true,
            empty_list_is_404: false,
            keep_omitted_images: true,
            ignore_title_changes: false,
            refuse_upper_case_languages: false,
            edit_after_commit_failed: false,
            requests_per_minute: None,
            skip_checks: Vec::new(),
        }
    }
}

/// A check of a commit that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Check {
    /// The first submission of an app is made in the portal, where the age ratings are asked for.
    FirstSubmission,
    /// Images are PNG, of the pixel sizes of their type, and not too many.
    Images,
    /// Every listing of an app has a screenshot.
    Screenshots,
    /// A language that no package covers has a title, and titles are reserved names.
    Titles,
    /// Packages carry the identity of the app.
    Identity,
    /// Versions of packages, and what may stand beside what.
    Packages,
}

/// An app with all that belongs to it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedApplication {
    /// The app as the API answers it. Must have an `id`. References to submissions come back as they are; where a
    /// submission is given here and its reference is absent, the sandbox adds it.
    pub application: Document,
    /// The last published submission.
    #[serde(default)]
    pub published: Option<Document>,
    /// The submission in progress. Without a `fileUploadUrl` it was made in the portal, and the API leaves it alone;
    /// any URL is replaced by one of the sandbox.
    #[serde(default)]
    pub pending: Option<Document>,
    /// The names that a listing title may have. Without any, titles are not compared with reserved names.
    #[serde(default)]
    pub reserved_names: Vec<String>,
    /// Whether the app uses what the API does not support: every call for it is answered with 409.
    #[serde(default)]
    pub unsupported: bool,
    /// The package flights of the app.
    #[serde(default)]
    pub flights: Vec<SeedFlight>,
    /// The add-ons of the app.
    #[serde(default)]
    pub add_ons: Vec<SeedAddOn>,
}

/// A package flight.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedFlight {
    /// The flight as the API answers it. Must have a `flightId`.
    pub flight: Document,
    /// The last published submission.
    #[serde(default)]
    pub published: Option<Document>,
    /// The submission in progress.
    #[serde(default)]
    pub pending: Option<Document>,
}

/// An add-on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedAddOn {
    /// The add-on as the API answers it. Must have an `id`.
    pub add_on: Document,
    /// The last published submission.
    #[serde(default)]
    pub published: Option<Document>,
    /// The submission in progress.
    #[serde(default)]
    pub pending: Option<Document>,
}

impl Seed {
    /// Reads a seed file.
    pub(super) fn read(path: &Path) -> Result<Self, SandboxError> {
        let text = fs::read(path)
            .map_err(|source| SandboxError::SeedUnreadable { path: path.to_owned(), source })?;
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        serde_json::from_slice(text)
            .map_err(|source| SandboxError::SeedInvalid { path: path.to_owned(), source })
    }
}

/// The JSON Schema of a seed file.
pub fn seed_schema() -> Value {
    schemars::schema_for!(Seed).to_value()
}
