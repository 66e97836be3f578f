//! What a request asks for: parameters, conditions, limits.

use axum::http::HeaderMap;
use jiff::Timestamp;

use super::access;
use super::folder::{About, Record};
use super::wire::Problem;

/// How much one request may carry, from which version of the service on: a block, and a whole blob.
const LIMITS: [(&str, u64, u64); 3] =
    [("2019-12-12", 4000 << 20, 5000 << 20), ("2016-05-31", 100 << 20, 256 << 20), ("", 4 << 20, 64 << 20)];

/// What is asked for.
pub(in crate::sandbox) struct Asked<'a> {
    pub method: &'a str,
    /// The name of the blob.
    pub name: &'a str,
    pub query: &'a [(String, String)],
    pub headers: &'a HeaderMap,
    pub now: Timestamp,
}

impl Asked<'_> {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The largest block and the largest whole blob.
    pub(super) fn limits(&self) -> (u64, u64) {
        // Older clients of Azure name the version in the URL.
        let version = self.header("x-ms-version").or(self.query("api-version")).unwrap_or(access::VERSION);
        let fits = LIMITS.iter().find(|(since, ..)| version >= *since);
        fits.map_or((0, 0), |(_, block, whole)| (*block, *whole))
    }

    /// What the client says of the content.
    pub(super) fn about(&self, plain_type: Option<&str>) -> About {
        let content_type = self.header("x-ms-blob-content-type").or(plain_type);
        About {
            content_type: content_type.unwrap_or("application/octet-stream").to_owned(),
            content_md5: self.header("x-ms-blob-content-md5").map(str::to_owned),
        }
    }
}

/// The conditions that a request makes.
pub(super) struct Condition {
    matches: Option<String>,
    differs: Option<String>,
    write: bool,
}

impl Condition {
    pub(super) fn of(asked: &Asked<'_>) -> Self {
        Self {
            matches: asked.header("if-match").map(str::to_owned),
            differs: asked.header("if-none-match").map(str::to_owned),
            write: asked.method == "PUT",
        }
    }

    /// Whether the blob is as the client wants it.
    pub(super) fn check(&self, record: Option<&Record>) -> Result<(), Problem> {
        let is = |tag: &str| record.is_some_and(|record| tag == "*" || tag == record.etag);
        if self.matches.as_deref().is_some_and(|tag| !is(tag)) {
            return Err(Problem::condition_not_met());
        }
        match self.differs.as_deref() {
            Some("*") if is("*") && self.write => Err(Problem::already_exists()),
            Some(tag) if is(tag) && !self.write => Err(Problem::not_modified()),
            Some(tag) if is(tag) => Err(Problem::condition_not_met()),
            _ => Ok(()),
        }
    }
}
