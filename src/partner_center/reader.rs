//! Reading. GET only: whoever holds a reader can change nothing.

use serde::Deserialize;

use crate::submission::{Application, Document, Status};

use super::error::{Call, StoreError};
use super::http::{Answer, Connection};
use super::place::Place;

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
        document("GET", &path, &answer)
    }

    /// The status of a submission; much cheaper than the submission.
    pub async fn status(&self, place: &Place, submission: &str) -> Result<StatusReport, StoreError> {
        let path = format!("{}/status", place.submission(submission));
        let answer = self.0.get(&path).await?;
        let wire: WireStatus = serde_json::from_slice(&answer.body)
            .map_err(|error| not_a_document("GET", &path, &answer, &error))?;
        let details = wire.status_details.unwrap_or_default();
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

    /// The document with the state of its rollout as the rollout call tells it, which is the authority. What the
    /// service owns is taken over and nothing else: the flag and the percentage are the document's own.
    pub(super) async fn with_rollout(
        &self,
        place: &Place,
        mut document: Document,
    ) -> Result<Document, StoreError> {
        let path = format!("{}/packagerollout", place.submission(document.id()));
        let answer = self.0.get(&path).await?;
        let mut rollout: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&answer.body)
            .map_err(|error| not_a_document("GET", &path, &answer, &error))?;
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
