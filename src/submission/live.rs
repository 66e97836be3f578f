//! The live state of a product, as it was read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::document::Document;
use super::hidden;

/// An app as the API returns it, unknown members included.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Application(Map<String, Value>);

impl Application {
    /// Reads an app from JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes).map(Self)
    }

    /// The same with nothing in it that is secret.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        Self(hidden::without_secrets(&self.0))
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

    fn reference(&self, key: &str) -> Option<&str> {
        reference(&self.0, key)
    }
}

/// References are absent, null, or carry the id `0` where there is none (`StoreBroker` guards for all three).
fn reference<'a>(members: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    let id = members.get(key)?.get("id")?.as_str()?;
    (!id.is_empty() && id != "0").then_some(id)
}

/// An add-on or a flight as the API returns it, unknown members included.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Member(Map<String, Value>);

impl Member {
    /// Reads an add-on or a flight from JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes).map(Self)
    }

    /// The same with nothing in it that is secret.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        Self(hidden::without_secrets(&self.0))
    }

    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The Store ID of an add-on, the id of a flight.
    pub fn id(&self) -> &str {
        if self.0.contains_key("flightId") { self.text("flightId") } else { self.text("id") }
    }

    /// The developer's id of an add-on.
    pub fn product_id(&self) -> &str {
        self.text("productId")
    }

    /// The type of an add-on.
    pub fn product_type(&self) -> &str {
        self.text("productType")
    }

    /// The name of a flight.
    pub fn friendly_name(&self) -> &str {
        self.text("friendlyName")
    }

    /// The groups of testers of a flight. Samples show numbers where answers have texts.
    pub fn group_ids(&self) -> Vec<String> {
        let ids = self.0.get("groupIds").and_then(Value::as_array);
        let text = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        ids.into_iter().flatten().map(text).collect()
    }

    /// The flight right below, by name or id; `None` where customers without a flight are.
    pub fn rank_higher_than(&self) -> Option<&str> {
        Some(self.text("rankHigherThan"))
            .filter(|below| !below.is_empty() && *below != "Non-flighted submission")
    }

    /// The Store IDs of the apps that an add-on belongs to.
    pub fn applications(&self) -> impl Iterator<Item = &str> {
        let apps = self.0.get("applications").and_then(|apps| apps.get("value")).and_then(Value::as_array);
        apps.into_iter().flatten().filter_map(|app| app.get("id")?.as_str())
    }

    /// The id of the last published submission.
    pub fn published_submission(&self) -> Option<&str> {
        ["lastPublishedInAppProductSubmission", "lastPublishedFlightSubmission"]
            .iter()
            .find_map(|key| reference(&self.0, key))
    }

    /// The id of the pending submission.
    pub fn pending_submission(&self) -> Option<&str> {
        ["pendingInAppProductSubmission", "pendingFlightSubmission"]
            .iter()
            .find_map(|key| reference(&self.0, key))
    }
}

/// What Partner Center holds of a resource.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Live {
    /// It could be read, or is not there.
    Readable(Box<LiveProduct>),
    /// The API refuses every call for it (409): it uses features that only Partner Center manages. The service's words.
    Unsupported(String),
    /// There is no app with its id. The service's words.
    NoSuchApp(String),
    /// It could not be read, though others could: the service failed, or gave an answer that is none. Its words, with the
    /// correlation id.
    Unreadable(String),
}

impl Live {
    /// The same with nothing in it that is secret.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        match self {
            Self::Readable(product) => Self::Readable(Box::new(product.without_secrets())),
            Self::Unsupported(_) | Self::NoSuchApp(_) | Self::Unreadable(_) => self.clone(),
        }
    }
}

/// A resource and its submissions.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LiveProduct {
    /// The app that it is, or belongs to.
    pub application: Application,
    /// The add-on or flight itself; `None` for an app, and for what is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<Member>,
    /// Every flight of the app, where it is a flight: its rank is among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flights: Vec<Member>,
    /// The last published submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Document>,
    /// The one in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<Document>,
    /// The submission that customers outside the rollout have, where it is running or was halted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Document>,
}

impl LiveProduct {
    fn without_secrets(&self) -> Self {
        let document = |document: &Option<Document>| document.as_ref().map(Document::without_secrets);
        Self {
            application: self.application.without_secrets(),
            member: self.member.as_ref().map(Member::without_secrets),
            flights: self.flights.iter().map(Member::without_secrets).collect(),
            published: document(&self.published),
            pending: document(&self.pending),
            fallback: document(&self.fallback),
        }
    }

    /// The submission that most customers have, where the rollout of `published` was halted.
    pub fn fallback_of(&self, published: &Document) -> Option<&Document> {
        self.fallback.as_ref().filter(|_| published.rollout() == Rollout::Stopped)
    }
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

    /// The share of customers that gets the new packages of a gradual rollout.
    pub fn rollout_percentage(&self) -> Option<&Value> {
        self.get(&["packageDeliveryOptions", "packageRollout", "packageRolloutPercentage"])
    }

    /// The submission that customers outside a gradual rollout have.
    pub fn fallback_submission(&self) -> Option<&str> {
        let id = self.get(&["packageDeliveryOptions", "packageRollout", "fallbackSubmissionId"])?.as_str()?;
        (!id.is_empty() && id != "0").then_some(id)
    }

    /// Whether this submission is, or was, a gradual rollout; clones inherit it (`microsoft/msstore-cli#110`).
    pub fn is_package_rollout(&self) -> bool {
        self.get(&["packageDeliveryOptions", "packageRollout", "isPackageRollout"])
            == Some(&Value::Bool(true))
    }
}
