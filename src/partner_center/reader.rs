//! Reading. GET only: whoever holds a reader can change nothing.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::submission::{Application, Document, Member, Status, canonical};

use super::error::{Call, StoreError};
use super::http::{Answer, Connection};
use super::place::Place;
use super::writer::RolloutChange;

/// Reads live state.
#[derive(Debug, Clone)]
pub struct Reader(Connection);

/// An error or warning of the Store about a submission.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(default)]
pub struct StoreMessage {
    /// Such as `MissingFiles`; open.
    pub code: String,
    /// The Store's words.
    pub details: String,
}

/// What the status call tells.
#[derive(Debug, Clone)]
pub struct StatusReport {
    /// The status.
    pub status: Status,
    /// What is wrong.
    pub errors: Vec<StoreMessage>,
    /// What the Store remarks; `SalesUnsupportedWarning`, which most products carry, is left out.
    pub warnings: Vec<StoreMessage>,
    /// Where certification reports can be read in a signed-in browser.
    pub reports: Vec<String>,
}

/// The submissions that a resource has, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// The last published one.
    pub published: Option<String>,
    /// The one in progress: a draft, one on its way, or a failed one.
    pub pending: Option<String>,
}

/// What the rollout call tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RolloutState(Map<String, Value>);

impl RolloutState {
    /// Whether a change has been made: also one that was answered with an error (`prof18/feed-flow`).
    pub fn has(&self, change: &RolloutChange) -> bool {
        let status = self.status();
        match change {
            RolloutChange::Percentage(share) => {
                canonical::same(self.0.get("packageRolloutPercentage"), Some(&Value::Number(share.clone())))
            }
            RolloutChange::Halt => status == Some("PackageRolloutStopped"),
            RolloutChange::Finalize => status == Some("PackageRolloutComplete"),
        }
    }

    /// Whether it still is as a plan found it: at that percentage, or running.
    pub fn is_as(&self, before: Option<&Value>) -> bool {
        match before {
            Some(Value::Number(share)) => self.has(&RolloutChange::Percentage(share.clone())),
            _ => self.status() == Some("PackageRolloutInProgress"),
        }
    }

    fn status(&self) -> Option<&str> {
        self.0.get("packageRolloutStatus").and_then(Value::as_str)
    }
}

impl fmt::Display for RolloutState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = self.0.get("packageRolloutPercentage").and_then(Value::as_f64).unwrap_or_default();
        write!(f, "{} at {share} %", self.status().unwrap_or("of an unknown state"))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireStatus {
    status: Status,
    #[serde(default)]
    status_details: Option<WireDetails>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireDetails {
    errors: Vec<StoreMessage>,
    warnings: Vec<StoreMessage>,
    certification_reports: Vec<WireReport>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireReport {
    report_url: Option<String>,
}

impl Reader {
    /// A reader on this connection.
    pub fn new(connection: Connection) -> Self {
        Self(connection)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.0
    }

    /// An app.
    pub async fn application(&self, app: &str) -> Result<Application, StoreError> {
        let path = format!("applications/{app}");
        let answer = self.0.get(&path).await?;
        Application::from_json(&answer.body).map_err(|error| not_a_document("GET", &path, &answer, &error))
    }

    /// A submission.
    pub async fn submission(&self, place: &Place, submission: &str) -> Result<Document, StoreError> {
        let path = place.submission(submission);
        let answer = self.0.get(&path).await?;
        let mut document = document("GET", &path, &answer)?;
        for words in ["errors", "warnings"] {
            // They are shown in plans and kept in snapshots.
            let at = ["statusDetails", words];
            if let Some(said) = document.get(&at).filter(|said| *said != &json!([])) {
                let hushed = self.hushed(said);
                document.set(&at, hushed);
            }
        }
        Ok(document)
    }

    /// The same without any secret in its texts.
    fn hushed(&self, value: &Value) -> Value {
        match value {
            Value::String(words) => self.0.hushed(words).into(),
            Value::Array(items) => items.iter().map(|item| self.hushed(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(key, member)| (key.clone(), self.hushed(member))).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    /// The status of a submission; much cheaper than the submission.
    pub async fn status(&self, place: &Place, submission: &str) -> Result<StatusReport, StoreError> {
        let path = format!("{}/status", place.submission(submission));
        let answer = self.0.get(&path).await?;
        let wire: WireStatus = serde_json::from_slice(&answer.body)
            .map_err(|error| not_a_document("GET", &path, &answer, &error))?;
        let mut details = wire.status_details.unwrap_or_default();
        for message in details.errors.iter_mut().chain(&mut details.warnings) {
            message.code = self.0.hushed(&message.code);
            message.details = self.0.hushed(&message.details);
        }
        Ok(StatusReport {
            status: wire.status,
            errors: details.errors.into_iter().filter(|error| error.code != "None").collect(),
            warnings: details.warnings.into_iter().filter(|w| w.code != "SalesUnsupportedWarning").collect(),
            reports: details
                .certification_reports
                .into_iter()
                .filter_map(|report| report.report_url)
                .collect(),
        })
    }

    /// The ids of the submissions that a resource has now; `None` where it is not there.
    pub async fn references(&self, place: &Place) -> Result<Option<References>, StoreError> {
        let path = place.resource();
        let answer = match self.0.get(&path).await {
            Err(error) if error.status() == Some(404) => return Ok(None),
            answer => answer?,
        };
        let wrong = |error| not_a_document("GET", &path, &answer, &error);
        let of = |published: Option<&str>, pending: Option<&str>| References {
            published: published.map(str::to_owned),
            pending: pending.map(str::to_owned),
        };
        Ok(Some(match place {
            Place::App { .. } => {
                let app = Application::from_json(&answer.body).map_err(wrong)?;
                of(app.published_submission(), app.pending_submission())
            }
            Place::AddOn { .. } | Place::Flight { .. } => {
                let member = Member::from_json(&answer.body).map_err(wrong)?;
                of(member.published_submission(), member.pending_submission())
            }
        }))
    }

    /// The state of a submission's rollout.
    pub async fn rollout(&self, place: &Place, submission: &str) -> Result<RolloutState, StoreError> {
        let path = format!("{}/packagerollout", place.submission(submission));
        let answer = self.0.get(&path).await?;
        serde_json::from_slice(&answer.body)
            .map(RolloutState)
            .map_err(|error| not_a_document("GET", &path, &answer, &error))
    }

    /// The document with the state of its rollout as the rollout call tells it, which is the authority. What the
    /// service owns is taken over and nothing else: the flag and the percentage are the document's own.
    pub(super) async fn with_rollout(
        &self,
        place: &Place,
        mut document: Document,
    ) -> Result<Document, StoreError> {
        let RolloutState(mut rollout) = self.rollout(place, document.id()).await?;
        for key in ["packageRolloutStatus", "fallbackSubmissionId"] {
            if let Some(value) = rollout.remove(key) {
                document.set(&["packageDeliveryOptions", "packageRollout", key], value);
            }
        }
        Ok(document)
    }
}

pub(super) fn document(method: &'static str, path: &str, answer: &Answer) -> Result<Document, StoreError> {
    Document::from_json(&answer.body).map_err(|error| not_a_document(method, path, answer, &error))
}

/// `reason` must not quote the answer, as the error of a JSON reader does not: it names a position.
pub(super) fn not_a_document(
    method: &'static str,
    path: &str,
    answer: &Answer,
    reason: &dyn std::fmt::Display,
) -> StoreError {
    StoreError::NotADocument {
        call: Call::new(method, path),
        reason: reason.to_string(),
        correlation_id: answer.correlation_id.clone(),
    }
}
