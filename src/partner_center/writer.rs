//! Writing. Only `apply` holds a writer.

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Number, json};

use crate::submission::{Document, Member};

use super::error::StoreError;
use super::http::Connection;
use super::place::Place;
use super::reader::{document, not_a_document};

/// Changes live state. Each call is sent once; an ambiguous failure is for the caller to reconcile by reading.
#[derive(Debug, Clone)]
pub struct Writer(Connection);

impl Writer {
    /// A writer on this connection.
    pub fn new(connection: Connection) -> Self {
        Self(connection)
    }

    /// Makes a draft, a clone of the published submission, and returns its id.
    ///
    /// No body, which the service would take as the submission itself; a short answer, which keeps the call from
    /// timing out on large products (`StoreBroker` 1.18).
    pub async fn create_submission(&self, place: &Place) -> Result<String, StoreError> {
        let path = format!("{}?isMinimalResponse=true", place.submissions());
        let answer = self.0.send(Method::POST, &path, Bytes::new()).await?;
        let draft = document("POST", &path, &answer)?;
        if draft.id().is_empty() {
            return Err(not_a_document("POST", &path, &answer, &"it has no `id`"));
        }
        Ok(draft.id().to_owned())
    }

    /// Replaces a draft: there is no partial update.
    pub async fn update_submission(&self, place: &Place, id: &str, new: &Document) -> Result<(), StoreError> {
        let body = serde_json::to_vec(new.json()).expect("a JSON map with text keys can be written");
        let path = place.submission(id);
        self.0.send(Method::PUT, &path, body.into()).await.map(|_| ())
    }

    /// Commits a draft: the point of no return.
    pub async fn commit_submission(&self, place: &Place, id: &str) -> Result<(), StoreError> {
        let path = format!("{}/commit", place.submission(id));
        self.0.send(Method::POST, &path, Bytes::new()).await.map(|_| ())
    }

    /// Deletes a draft or a failed submission.
    pub async fn delete_submission(&self, place: &Place, id: &str) -> Result<(), StoreError> {
        let path = place.submission(id);
        self.0.send(Method::DELETE, &path, Bytes::new()).await.map(|_| ())
    }

    /// Creates an add-on. No submission comes with it.
    pub async fn create_add_on(
        &self,
        app: &str,
        product_id: &str,
        product_type: &str,
    ) -> Result<Member, StoreError> {
        let body = json!({ "applicationIds": [app], "productId": product_id, "productType": product_type });
        self.create_member("inappproducts", &body).await
    }

    /// Creates a flight, above the one that `rank_higher_than` names by its friendly name; above all where it is `None`.
    /// A submission comes with it, or does not: sources disagree (Microsoft's Python sample, `StoreBroker`).
    pub async fn create_flight(
        &self,
        app: &str,
        friendly_name: &str,
        group_ids: &[String],
        rank_higher_than: Option<&str>,
    ) -> Result<Member, StoreError> {
        let body = json!({
            "friendlyName": friendly_name, "groupIds": group_ids, "rankHigherThan": rank_higher_than,
        });
        self.create_member(&format!("applications/{app}/flights"), &body).await
    }

    async fn create_member(&self, path: &str, body: &serde_json::Value) -> Result<Member, StoreError> {
        let answer = self.0.send(Method::POST, path, body.to_string().into()).await?;
        let member =
            Member::from_json(&answer.body).map_err(|error| not_a_document("POST", path, &answer, &error))?;
        if member.id().is_empty() {
            return Err(not_a_document("POST", path, &answer, &"it has no id"));
        }
        Ok(member)
    }

    /// Deletes an add-on or a flight.
    pub async fn delete_resource(&self, place: &Place) -> Result<(), StoreError> {
        self.0.send(Method::DELETE, &place.resource(), Bytes::new()).await.map(|_| ())
    }

    /// Changes the rollout of a published submission, at once.
    pub async fn change_rollout(
        &self,
        place: &Place,
        submission: &str,
        change: &RolloutChange,
    ) -> Result<(), StoreError> {
        let call = match change {
            RolloutChange::Percentage(share) => {
                format!("updatepackagerolloutpercentage?percentage={share}")
            }
            RolloutChange::Halt => "haltpackagerollout".to_owned(),
            RolloutChange::Finalize => "finalizepackagerollout".to_owned(),
        };
        let path = format!("{}/{call}", place.submission(submission));
        self.0.send(Method::POST, &path, Bytes::new()).await.map(|_| ())
    }
}

/// What is to become of a rollout that is running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RolloutChange {
    /// This share of customers gets the new packages, 0 to 100.
    Percentage(Number),
    /// Nobody else gets them; there is no way back.
    Halt,
    /// Everybody gets them, and the next submission can start.
    Finalize,
}
