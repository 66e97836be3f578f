//! Writing. Only `apply` holds a writer.

use bytes::Bytes;
use reqwest::Method;

use crate::submission::Document;

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
}
