//! A request as it came in.

use axum::body::{Body, BodyDataStream};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use uuid::Uuid;

use super::answer::Refusal;

/// The largest body that the API and the login take in.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// One of the surfaces of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Surface {
    /// The submission API; paths begin below `/v1.0/my/`.
    Api,
    /// The login; paths begin with the tenant.
    Login,
    /// The blob service; paths begin below `/blob/`.
    Blob,
}

/// A request to the service.
pub(super) struct Received {
    pub head: Head,
    pub body: BodyDataStream,
}

/// All of a request but its body.
pub(super) struct Head {
    /// When it came.
    pub at: Timestamp,
    pub parts: Parts,
    pub surface: Surface,
    /// The path below the root of its surface, decoded, without empty segments.
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    /// The client's id for it, or a new one.
    pub correlation: String,
}

/// Whom a request is for.
pub(super) enum For {
    /// The service.
    Service(Box<Received>),
    /// The admin surface.
    Admin(Asked),
}

/// A request to the admin surface.
pub(super) struct Asked {
    pub method: String,
    /// The path below its root.
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: BodyDataStream,
}

/// What the path of the admin surface begins with. No tenant is called so: an underscore is not in domain names.
pub(super) const ADMIN: &str = "_sandbox";

impl For {
    pub(super) fn of(parts: Parts, body: Body) -> Self {
        let body = body.into_data_stream();
        let query = query(&parts);
        let mut path = segments(parts.uri.path());
        let is = |path: &[String], at: usize, name: &str| {
            path.get(at).is_some_and(|s| s.eq_ignore_ascii_case(name))
        };
        if is(&path, 0, ADMIN) {
            return Self::Admin(Asked {
                method: parts.method.to_string(),
                path: path.split_off(1),
                query,
                body,
            });
        }
        let (surface, path) = if is(&path, 0, "v1.0") && is(&path, 1, "my") {
            (Surface::Api, path.split_off(2))
        } else if is(&path, 0, "blob") {
            (Surface::Blob, path.split_off(1))
        } else {
            (Surface::Login, path)
        };
        let correlation = correlation_id(&parts);
        let head = Head { at: Timestamp::now(), parts, surface, path, query, correlation };
        Self::Service(Box::new(Received { head, body }))
    }
}

impl Head {
    pub(super) fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(&self.parts, name)
    }
}

impl Received {
    /// The whole of a body that is not too large.
    pub(super) async fn whole(&mut self) -> Result<Vec<u8>, Refusal> {
        whole(&mut self.body).await
    }

    /// Receives the body, so that it is there when the client is not. It is as long as it is.
    pub(super) async fn take_in(&mut self) {
        let mut pieces: Vec<Result<Bytes, axum::Error>> = Vec::new();
        while let Some(piece) = self.body.next().await {
            pieces.push(piece);
        }
        self.body = Body::from_stream(stream::iter(pieces)).into_data_stream();
    }

    /// Receives half of the body.
    pub(super) async fn take_in_half(&mut self) {
        let length =
            self.head.header(CONTENT_LENGTH.as_str()).and_then(|length| length.parse::<usize>().ok());
        let mut left = length.unwrap_or_default() / 2;
        while left > 0
            && let Ok(Some(piece)) = self.body.try_next().await
        {
            left = left.saturating_sub(piece.len());
        }
    }

    /// Receives what is left of the body and forgets it. Who is answered before would see a reset instead.
    pub(super) async fn drain(&mut self) {
        while let Ok(Some(_)) = self.body.try_next().await {}
    }
}

/// The name of the blob that a path below the root of the blob service is about.
pub(super) fn blob_name(path: &[String]) -> &str {
    match path {
        [folder, name, ..] if folder == "ingestion" => name,
        _ => "",
    }
}

/// The whole of a body that is not too large.
pub(super) async fn whole(body: &mut BodyDataStream) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| Refusal::invalid("body", "The request body cannot be read."))?;
        if bytes.len() + piece.len() > LARGEST_BODY {
            return Err(Refusal::too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect()
}

/// A segment of a path without its percent signs. A form would also read `+` and `&`, which a path does not.
fn decoded(segment: &str) -> String {
    let form = format!("segment={}", segment.replace('+', "%2B").replace('&', "%26"));
    let value = form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned());
    value.unwrap_or_default()
}

/// The query, decoded as a form: a raw `+` is a space.
fn query(parts: &Parts) -> Vec<(String, String)> {
    form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).and_then(|value| value.to_str().ok())
}

fn correlation_id(parts: &Parts) -> String {
    let given = header(parts, "ms-correlationid").or(header(parts, "correlationid"));
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn a_segment_is_decoded_as_a_path() {
        assert_eq!(decoded("9NBLGGH4R315"), "9NBLGGH4R315");
        assert_eq!(decoded("a%20b+c&d=e"), "a b+c&d=e");
    }
}
