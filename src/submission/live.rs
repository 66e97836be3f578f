//! The live state of a product, as it was read.

use serde_json::{Map, Value};

use super::document::Document;

/// An app as the API returns it, unknown members included.
#[derive(Debug, Clone, Default)]
pub struct Application(Map<String, Value>);

impl Application {
    /// Reads an app from JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes).map(Self)
    }

    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The Store ID.
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// The name that Partner Center shows.
    pub fn primary_name(&self) -> &str {
        self.text("primaryName")
    }

    /// The `Identity/@Name` that its packages must carry; empty where the API does not say.
    pub fn package_identity_name(&self) -> &str {
        self.text("packageIdentityName")
    }

    /// The `Identity/@Publisher` that its packages must carry; empty where the API does not say.
    pub fn publisher_name(&self) -> &str {
        self.text("publisherName")
    }

    /// The id of the last published submission; after a halted rollout this is the halted one.
    pub fn published_submission(&self) -> Option<&str> {
        self.reference("lastPublishedApplicationSubmission")
    }

    /// The id of the pending submission: a draft, one in certification, or a failed one.
    pub fn pending_submission(&self) -> Option<&str> {
        self.reference("pendingApplicationSubmission")
    }

    /// References are absent, null, or carry the id `0` where there is none (`StoreBroker` guards for all three).
    fn reference(&self, key: &str) -> Option<&str> {
        let id = self.0.get(key)?.get("id")?.as_str()?;
        (!id.is_empty() && id != "0").then_some(id)
    }
}

/// What Partner Center holds of a product.
#[derive(Debug, Clone)]
pub enum Live {
    /// It could be read.
    Readable(Box<LiveApp>),
    /// The API refuses every call for it (409): it uses features that only Partner Center manages. The service's words.
    Unsupported(String),
}

/// An app and its submissions.
#[derive(Debug, Clone, Default)]
pub struct LiveApp {
    /// The app itself.
    pub application: Application,
    /// The last published submission.
    pub published: Option<Document>,
    /// The one in progress.
    pub pending: Option<Document>,
}

/// The state of a gradual rollout, as a submission's document tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollout {
    /// There is none, or it has not started, or it is complete.
    Closed,
    /// Some customers get the new packages; the service refuses new submissions.
    InProgress,
    /// It was halted; the next clone is the halted submission.
    Stopped,
}

impl Document {
    /// The state of this submission's gradual rollout.
    pub fn rollout(&self) -> Rollout {
        let status = self.get(&["packageDeliveryOptions", "packageRollout", "packageRolloutStatus"]);
        match status.and_then(Value::as_str) {
            Some("PackageRolloutInProgress") => Rollout::InProgress,
            Some("PackageRolloutStopped") => Rollout::Stopped,
            _ => Rollout::Closed,
        }
    }

    /// Whether this submission is, or was, a gradual rollout; clones inherit it (`microsoft/msstore-cli#110`).
    pub fn is_package_rollout(&self) -> bool {
        self.get(&["packageDeliveryOptions", "packageRollout", "isPackageRollout"])
            == Some(&Value::Bool(true))
    }
}
