//! Uploading, through Microsoft's own blob client on our transport, so that no upload URL can reach an error.

use std::collections::HashSet;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::request::Body;
use azure_core::http::{
    AsyncRawResponse, HttpClient, Method, NoFormat, Request, RequestContent, RetryOptions, Transport,
};
use azure_storage_blob::models::{BlockBlobClientUploadOptions, BlockListType, BlockLookupList};
use azure_storage_blob::{BlockBlobClient, BlockBlobClientOptions};
use bytes::Bytes;
use futures::TryStreamExt;
use tokio::time::Instant;
use url::Url;

use crate::submission::UploadUrl;

use super::body::reason;
use super::heard::Heard;
use super::http::{Connection, is_secure, origin};

/// How long one block may take.
const BLOCK_TIMEOUT: Duration = Duration::from_mins(10);
/// How often a request is tried again, the first time after so long; each further pause is twice as long.
const RETRIES: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// After so long none is tried again.
const LONGEST: Duration = BLOCK_TIMEOUT.saturating_mul(3);
/// The headers in which the service asks for a pause, and how many milliseconds each counts by.
const PAUSES: [(HeaderName, u64); 3] = [
    (HeaderName::from_static("x-ms-retry-after-ms"), 1),
    (HeaderName::from_static("retry-after-ms"), 1),
    (HeaderName::from_static("retry-after"), 1000),
];
/// No pause is longer, whatever is asked for.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Why an upload failed. Never holds the upload URL.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The draft's upload URL cannot be read.
    #[error("the draft's upload URL is not a URL")]
    NotAUrl,
    /// The upload URL, a credential, would travel in the clear.
    #[error(
        "the draft's upload URL leads to `{0}`; nothing was sent, since only https:// is taken, and plain http on this machine"
    )]
    NotSecure(String),
    /// The storage service refused.
    #[error("the storage service refused {stage}: {status} {code}")]
    Refused {
        /// What was being done.
        stage: &'static str,
        /// The HTTP status.
        status: u16,
        /// The service's code, such as `AuthenticationFailed`.
        code: String,
    },
    /// No answer after several tries.
    #[error("{stage} got no answer: {reason}")]
    NoAnswer {
        /// What was being done.
        stage: &'static str,
        /// Why.
        reason: String,
    },
}

impl UploadError {
    /// Whether the upload URL is good no longer: it lives for about a day (`microsoft/StoreBroker#88`).
    pub fn is_expired(&self) -> bool {
        matches!(self, Self::Refused { status: 403, .. })
    }

    /// Whether the same may be taken a little later.
    fn passes(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500..),
            Self::NoAnswer { .. } => true,
            Self::NotAUrl | Self::NotSecure(_) => false,
        }
    }
}

/// Uploads to one draft's upload URL.
pub struct Uploader {
    blob: BlockBlobClient,
    connection: Connection,
}

impl std::fmt::Debug for Uploader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Uploader(hidden)")
    }
}

impl Uploader {
    /// An uploader for a draft. Nothing is sent yet.
    pub fn new(connection: &Connection, to: &UploadUrl) -> Result<Self, UploadError> {
        let url = Url::parse(to.expose()).map_err(|_| UploadError::NotAUrl)?;
        if !is_secure(&url) {
            return Err(UploadError::NotSecure(origin(&url)));
        }
        let mut options = BlockBlobClientOptions::default();
        options.client_options.transport =
            Some(Transport::new(Arc::new(Redacting(connection.client().clone()))));
        // The client would try again in silence.
        options.client_options.retry = RetryOptions::none();
        let blob = BlockBlobClient::new(url, None, Some(options)).map_err(|_| UploadError::NotAUrl)?;
        Ok(Self { blob, connection: connection.clone() })
    }

    /// Makes a request, again and again while it fails in a way that passes. All of them can be made twice.
    async fn again<T>(
        &self,
        stage: &'static str,
        request: impl AsyncFn() -> azure_core::Result<T>,
    ) -> Result<T, UploadError> {
        let began = Instant::now();
        let (mut tries, mut pause) = (0, FIRST_PAUSE);
        loop {
            let error = match request().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let failed = failure(stage, &error);
            if tries == RETRIES || began.elapsed() >= LONGEST || !failed.passes() {
                return Err(failed);
            }
            let wait = asked(&error).unwrap_or(pause).min(LONGEST_PAUSE);
            let next = Instant::now() + self.connection.scaled(wait);
            self.connection.tell(|| Heard::Again {
                message: failed.to_string(),
                correlation_id: None,
                until: self.connection.time_of(next),
            });
            tokio::time::sleep_until(next).await;
            tries += 1;
            pause *= 2;
        }
    }

    /// Uploads everything in one request; replaces whatever was there.
    pub async fn put_blob(&self, bytes: Bytes) -> Result<(), UploadError> {
        self.again("the upload", async || {
            let options = BlockBlobClientUploadOptions {
                // One request, whatever the client would think best.
                partition_size: NonZero::new((bytes.len() as u64).max(1)),
                ..BlockBlobClientUploadOptions::default()
            };
            let body: RequestContent<Bytes, NoFormat> = bytes.clone().into();
            self.blob.upload(body, Some(options)).await.map(|_| ())
        })
        .await
    }

    /// The ids of the blocks that are there, whether they make the upload or wait to.
    pub async fn blocks(&self) -> Result<HashSet<Vec<u8>>, UploadError> {
        let list = self
            .again("the question which blocks are there", async || {
                self.blob.get_block_list(BlockListType::All, None).await?.into_model()
            })
            .await;
        let list = match list {
            // Nothing was uploaded yet.
            Err(UploadError::Refused { status: 404, .. }) => return Ok(HashSet::new()),
            list => list?,
        };
        let blocks = list.committed_blocks.into_iter().chain(list.uncommitted_blocks).flatten();
        Ok(blocks.filter_map(|block| block.name).collect())
    }

    /// Uploads one block. Blocks can be sent in any order and again; each is tried several times.
    pub async fn put_block(&self, id: &[u8], bytes: Bytes) -> Result<(), UploadError> {
        self.again("a block", async || {
            let body: RequestContent<Bytes, NoFormat> = bytes.clone().into();
            self.blob.stage_block(id, bytes.len() as u64, body, None).await.map(|_| ())
        })
        .await
    }

    /// Makes the upload of these blocks, in this order; replaces whatever was there.
    pub async fn commit_blocks(&self, ids: Vec<Vec<u8>>) -> Result<(), UploadError> {
        self.again("the list of blocks", async || {
            let list = BlockLookupList { latest: Some(ids.clone()), ..BlockLookupList::default() };
            self.blob.commit_block_list(list.try_into()?, None).await.map(|_| ())
        })
        .await
    }
}

/// The pause that the service asks for.
fn asked(error: &azure_core::Error) -> Option<Duration> {
    let ErrorKind::HttpResponse { raw_response: Some(response), .. } = error.kind() else { return None };
    PAUSES.iter().find_map(|(name, unit)| {
        let count: u64 = response.headers().get_optional_str(name)?.trim().parse().ok()?;
        Some(Duration::from_millis(count.saturating_mul(*unit)))
    })
}

/// Only status and code are taken over: messages may quote the URL.
fn failure(stage: &'static str, error: &azure_core::Error) -> UploadError {
    match error.kind() {
        ErrorKind::HttpResponse { status, error_code, .. } => UploadError::Refused {
            stage,
            status: u16::from(*status),
            // A code is one word; whatever else stands there may quote the URL.
            code: error_code.clone().filter(|code| is_word(code)).unwrap_or_default(),
        },
        _ => {
            let inner = error.get_ref().map(ToString::to_string).unwrap_or_default();
            UploadError::NoAnswer { stage, reason: inner }
        }
    }
}

fn is_word(code: &str) -> bool {
    code.len() <= 64 && code.chars().all(|c| c.is_ascii_alphabetic())
}

/// Our HTTP client as the SDK's transport. Errors are stripped of the URL before the SDK sees them.
#[derive(Debug)]
struct Redacting(reqwest::Client);

#[async_trait]
impl HttpClient for Redacting {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let method = match request.method() {
            Method::Delete => reqwest::Method::DELETE,
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
            Method::Patch => reqwest::Method::PATCH,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            other => {
                let message = format!("the method {other} is not one of those that uploads use");
                return Err(azure_core::Error::with_message(ErrorKind::Other, message));
            }
        };
        let mut outgoing = self.0.request(method, request.url().clone()).timeout(BLOCK_TIMEOUT);
        for (name, value) in request.headers().iter() {
            outgoing = outgoing.header(name.as_str(), value.as_str());
        }
        outgoing = match request.body().clone() {
            Body::Bytes(bytes) => outgoing.body(bytes),
            Body::SeekableStream(stream) => outgoing.body(reqwest::Body::wrap_stream(stream)),
        };
        let response = outgoing.send().await.map_err(scrub)?;
        let headers: std::collections::HashMap<HeaderName, HeaderValue> = response
            .headers()
            .iter()
            .filter_map(|(name, value)| {
                let value = value.to_str().ok()?.to_owned();
                Some((HeaderName::from(name.as_str().to_owned()), HeaderValue::from(value)))
            })
            .collect();
        let status = response.status().as_u16().into();
        let body = Box::pin(response.bytes_stream().map_err(scrub));
        Ok(AsyncRawResponse::new(status, Headers::from(headers), body))
    }
}

fn scrub(error: reqwest::Error) -> azure_core::Error {
    let kind = if error.is_connect() { ErrorKind::Connection } else { ErrorKind::Io };
    azure_core::Error::with_error(kind, std::io::Error::other(reason(error)), "the request failed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner_center::{Credential, Settings};

    #[test]
    fn an_upload_url_is_not_sent_in_the_clear() {
        let connection = Connection::new(Settings {
            api: Url::parse("https://store.example/v1.0/my").unwrap(),
            login: Url::parse("https://login.example").unwrap(),
            credential: Credential::Token("t".to_owned().into()),
            correlation_id: String::new(),
            time_scale: 1.0,
            now: jiff::Timestamp::now,
        })
        .unwrap();
        let open = |url: &str| Uploader::new(&connection, &UploadUrl::new(url));
        for (url, origin) in [
            ("http://blob.example/c/b?sig=s3cret", "http://blob.example"),
            ("http://127.0.0.1.blob.example/c/b?sig=s3cret", "http://127.0.0.1.blob.example"),
            ("ftp://127.0.0.1/c/b?sig=s3cret", "ftp://127.0.0.1"),
        ] {
            let error = open(url).unwrap_err();
            assert!(matches!(&error, UploadError::NotSecure(to) if to == origin), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
        assert!(open("https://blob.example/c/b?sig=s3cret").is_ok());
        assert!(open("http://127.0.0.1:1/c/b?sig=s3cret").is_ok());
    }
}
