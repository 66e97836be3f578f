//! `requests.ndjson`: one line a request, without anything secret in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Serialize;

/// The log of one process.
#[derive(Debug)]
pub(super) struct Log(Mutex<File>);

/// One request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    method: String,
    /// With its query, but for signatures.
    path: String,
    status: u16,
    correlation_id: String,
    /// What went wrong in the sandbox itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

/// What went wrong in the sandbox itself: rides along with an answer, for the log.
#[derive(Debug, Clone)]
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
    pub(super) fn of(parts: &Parts, status: StatusCode, correlation: &str, trouble: Option<Trouble>) -> Self {
        let query = parts.uri.query().map(|query| format!("?{}", open(query))).unwrap_or_default();
        Self {
            method: parts.method.to_string(),
            path: format!("{}{query}", parts.uri.path()),
            status: status.as_u16(),
            correlation_id: correlation.to_owned(),
            trouble: trouble.map(|trouble| trouble.0),
        }
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
