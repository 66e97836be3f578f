//! Answers on their way out.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::answer::{Answer, Content, Reply};

/// Nothing but a status.
pub(super) fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A body of this type.
pub(super) fn typed(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// A body of JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(body) {
        Ok(text) => typed(status, "application/json; charset=utf-8", text),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// An answer of the API.
pub(super) fn api(reply: Reply, correlation: &str) -> Response<Body> {
    let answer = reply.unwrap_or_else(Answer::from);
    let status = status(answer.status);
    let mut response = match answer.body {
        Content::Empty => plain(status),
        Content::Json(value) => json(status, &value),
        Content::Html(text) => typed(status, "text/html; charset=us-ascii", text),
    };
    retry_after(&mut response, answer.retry_after);
    if let Ok(correlation) = HeaderValue::from_str(correlation) {
        response.headers_mut().insert("ms-correlationid", correlation);
    }
    response
}

/// Says in how many seconds to come back.
pub(super) fn retry_after(response: &mut Response<Body>, seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// A status that is known to be one.
pub(super) fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
