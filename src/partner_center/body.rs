//! What comes back, within bounds, and why nothing does.

use bytes::{Bytes, BytesMut};

/// More than any good answer: a large app's submission has some MiB.
const LARGEST: usize = 64 * 1024 * 1024;

/// Why an answer could not be read to its end.
pub(super) enum BodyError {
    /// The connection failed.
    Broken(reqwest::Error),
    /// It is larger than any answer should be.
    TooLong,
}

/// Reads an answer, unpacked. One that never ends is left before it fills the memory.
pub(super) async fn read(mut response: reqwest::Response) -> Result<Bytes, BodyError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(BodyError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Why a request failed, with the innermost cause and without the URL, which may be a credential.
pub(super) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if error.is_timeout() { "the time ran out".to_owned() } else { innermost.to_string() }
}
