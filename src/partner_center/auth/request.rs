//! One request of this room: what came back, or why nothing did and whether asking again may help.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::error::{AuthError, Service};
use crate::partner_center::body::{self, BodyError, reason};
use crate::partner_center::gate::asked;

/// A request for a token that failed.
pub(super) struct Failure {
    pub(super) error: AuthError,
    /// Where asking again may help: the pause that the service asked for.
    pub(super) again: Option<Duration>,
}

impl Failure {
    pub(super) fn lasting(error: AuthError) -> Self {
        Self { error, again: None }
    }

    fn network(service: Service, error: reqwest::Error) -> Self {
        Self { error: AuthError::Unavailable { service, reason: reason(error) }, again: Some(Duration::ZERO) }
    }
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// Why there is no token, where that says nothing of who asks: the service is throttled or in trouble.
    pub(super) fn trouble(&self, service: Service) -> Option<AuthError> {
        let reason = format!("it answered with {}", self.status);
        match self.status {
            429 => Some(AuthError::Throttled { service, reason }),
            408 | 500.. => Some(AuthError::Unavailable { service, reason }),
            _ => None,
        }
    }

    /// The pause before another try that the service asks for, by a header or in these words.
    pub(super) fn pause(&self, words: Option<&str>) -> Duration {
        asked(self.status, &self.headers, words).unwrap_or_default()
    }
}

/// Sends one request of this room.
pub(super) async fn fetch(service: Service, request: reqwest::RequestBuilder) -> Result<Answer, Failure> {
    let response = request.send().await.map_err(|error| Failure::network(service, error))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = body::read(response).await.map_err(|error| match error {
        BodyError::Broken(error) => Failure::network(service, error),
        BodyError::TooLong => Failure::lasting(AuthError::TooLong(service)),
    })?;
    Ok(Answer { status, headers, body })
}

/// A number of seconds, which some answers give as a text.
pub(super) fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
