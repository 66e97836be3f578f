//! `requests.ndjson`: one line a request, without anything secret in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use super::request::Head;

/// The log of one process.
#[derive(Debug)]
pub(super) struct Log(Mutex<File>);

/// One request.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    /// When it came.
    time: Timestamp,
    method: String,
    /// With its query, but for signatures.
    path: String,
    /// What the client was told; nothing when it was not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    correlation_id: String,
    /// The fault that it met.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// The status that the service answered with, when the client was not told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied: Option<u16>,
    /// What went wrong in the sandbox itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
}

/// What went wrong in the sandbox itself: rides along with an answer, for the log.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Trouble(String);

impl Trouble {
    pub(super) fn of(error: &io::Error) -> Self {
        Self(error.to_string())
    }
}

impl Log {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().create(true).append(true).open(path).map(|file| Self(Mutex::new(file)))
    }

    pub(super) fn write(&self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&text)
    }
}

impl Line {
    pub(super) fn of(request: &Head) -> Self {
        let uri = &request.parts.uri;
        let query = uri.query().map(|query| format!("?{}", open(query))).unwrap_or_default();
        Self {
            time: request.at,
            method: request.method().to_owned(),
            path: format!("{}{query}", uri.path()),
            status: None,
            correlation_id: request.correlation.clone(),
            fault: None,
            applied: None,
            trouble: None,
        }
    }

    /// How it ended.
    pub(super) fn ended(
        &mut self,
        fault: Option<&str>,
        told: Option<StatusCode>,
        applied: Option<StatusCode>,
    ) {
        self.fault = fault.map(str::to_owned);
        self.status = told.map(|status| status.as_u16());
        self.applied = applied.filter(|_| applied != told).map(|status| status.as_u16());
    }

    /// The second line of a request that is carried out after it was answered.
    pub(super) fn late(self, applied: StatusCode, trouble: Option<Trouble>) -> Self {
        Self { time: Timestamp::now(), status: None, applied: Some(applied.as_u16()), trouble, ..self }
    }
}

/// A query with only what may be read by anybody.
fn open(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("sig") => format!("{name}=hidden"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::open;

    #[test]
    fn signatures_are_hidden() {
        assert_eq!(open("sv=1&sig=a%2Bb&comp=block"), "sv=1&sig=hidden&comp=block");
        assert_eq!(open("SIG=a&top=1&x"), "SIG=hidden&top=1&x");
    }
}
