//! The listener: what every request goes through, whichever surface it is for.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::extract::{Request, State as Shared};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, RETRY_AFTER, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode};
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::Value;
use url::form_urlencoded;
use uuid::Uuid;

use super::Endpoints;
use super::answer::{Answer, Content, Refusal, Reply};
use super::api::{self, Call, Desk};
use super::blob::{self, Asked, Blobs};
use super::log::{Line, Log, Trouble};
use super::store::Store;
use super::{clock, login};

/// The largest body that the API and the login take in.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// What requests share.
pub(super) struct Server {
    pub store: Mutex<Store>,
    pub blobs: Arc<Blobs>,
    pub endpoints: Endpoints,
    pub log: Log,
    /// When the requests of the last minute were made.
    pub pace: Mutex<VecDeque<Instant>>,
}

/// The surface that a path belongs to.
enum Surface {
    /// The rest of the path.
    Api(Vec<String>),
    Login(Vec<String>),
    /// The name of the blob.
    Blob(String),
}

/// Answers every request there is. A fault that is to be injected belongs here, before or after `answer`.
pub(super) async fn handle(Shared(server): Shared<Arc<Server>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut body = body.into_data_stream();
    let correlation = correlation_id(&parts);
    let mut response = answer(&server, &parts, &mut body, &correlation).await;
    // Who is answered before the body was read would see a reset instead of the answer.
    while let Some(Ok(_)) = body.next().await {}
    let trouble = response.extensions_mut().remove::<Trouble>();
    match server.log.write(&Line::of(&parts, response.status(), &correlation, trouble)) {
        Ok(()) => response,
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn answer(
    server: &Arc<Server>,
    parts: &Parts,
    body: &mut BodyDataStream,
    correlation: &str,
) -> Response<Body> {
    match surface(parts.uri.path()) {
        Surface::Api(path) => match api_call(server, parts, path, body).await {
            Ok(reply) => api_response(reply, correlation),
            Err(error) => {
                let mut response = api_response(Err(Refusal::internal()), correlation);
                response.extensions_mut().insert(Trouble::of(&error));
                response
            }
        },
        Surface::Login(path) => login_call(server, parts, &path, body).await,
        Surface::Blob(name) => blob_call(server, parts, &name, body).await,
    }
}

fn surface(path: &str) -> Surface {
    let segments: Vec<String> = path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect();
    let is = |at: usize, name: &str| segments.get(at).is_some_and(|s| s.eq_ignore_ascii_case(name));
    if is(0, "v1.0") && is(1, "my") {
        Surface::Api(segments[2..].to_vec())
    } else if is(0, "blob") {
        Surface::Blob(segments.get(2).filter(|_| segments[1] == "ingestion").cloned().unwrap_or_default())
    } else {
        Surface::Login(segments)
    }
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

/// The client's id for the request, or a new one.
fn correlation_id(parts: &Parts) -> String {
    let given = header(parts, "ms-correlationid").or(header(parts, "correlationid"));
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// The whole of a body that is not too large.
async fn whole(body: &mut BodyDataStream) -> Result<Vec<u8>, Refusal> {
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

impl Server {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, or says in how many seconds there will be room for it.
    fn admit(&self, per_minute: Option<u32>) -> Result<(), u64> {
        const MINUTE: Duration = Duration::from_mins(1);
        let Some(most) = per_minute else { return Ok(()) };
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        while pace.front().is_some_and(|at| at.elapsed() >= MINUTE) {
            pace.pop_front();
        }
        if pace.len() < most as usize {
            pace.push_back(Instant::now());
            return Ok(());
        }
        let wait = pace.front().map_or(MINUTE, |at| MINUTE.saturating_sub(at.elapsed()));
        Err(wait.as_secs() + 1)
    }

    /// Brings the account up to date, lets `work` at it, and writes it down before anybody is told.
    fn at_desk(&self, now: Timestamp, work: impl FnOnce(&mut Desk) -> Reply) -> io::Result<Reply> {
        let mut store = self.store();
        clock::advance(&mut store, &self.blobs, now)?;
        let mut desk = Desk { store: &mut store, blob_root: &self.endpoints.blob, now, gone: Vec::new() };
        let reply = work(&mut desk);
        let gone = desk.gone;
        store.save()?;
        for name in gone {
            self.blobs.remove(&name)?;
        }
        Ok(reply)
    }
}

async fn api_call(
    server: &Arc<Server>,
    parts: &Parts,
    path: Vec<String>,
    body: &mut BodyDataStream,
) -> io::Result<Reply> {
    let call = match gate(server, parts, path, body).await {
        Ok(call) => call,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let server = Arc::clone(server);
    let work = move || server.at_desk(Timestamp::now(), |desk| api::answer(desk, &call));
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// What a request has to pass before the service looks at it.
async fn gate(
    server: &Arc<Server>,
    parts: &Parts,
    path: Vec<String>,
    body: &mut BodyDataStream,
) -> Result<Call, Refusal> {
    let now = Timestamp::now();
    let method = parts.method.as_str();
    let with_body = method == "POST" || method == "PUT";
    if with_body
        && !parts.headers.contains_key(CONTENT_LENGTH)
        && !parts.headers.contains_key(TRANSFER_ENCODING)
    {
        return Err(Refusal::length_required());
    }
    let (authorized, per_minute) = {
        let store = server.store();
        let authorization = header(parts, AUTHORIZATION.as_str());
        (login::is_authorized(&store, authorization, now), store.rules.requests_per_minute)
    };
    if !authorized {
        return Err(Refusal::unauthorized());
    }
    server.admit(per_minute).map_err(Refusal::throttled)?;
    let json = |text: &str| {
        let kind = text.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    };
    if with_body && header(parts, CONTENT_TYPE.as_str()).is_some_and(|text| !json(text)) {
        return Err(Refusal::invalid("mediaType", "Only JSON content is accepted"));
    }
    Ok(Call { method: method.to_owned(), path, query: query(parts), body: whole(body).await? })
}

fn api_response(reply: Reply, correlation: &str) -> Response<Body> {
    let answer = reply.unwrap_or_else(Answer::from);
    let (content_type, body) = match answer.body {
        Content::Empty => (None, Body::empty()),
        Content::Json(value) => (Some("application/json; charset=utf-8"), Body::from(value.to_string())),
        Content::Html(text) => (Some("text/html; charset=us-ascii"), Body::from(text)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if let Some(seconds) = answer.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Ok(correlation) = HeaderValue::from_str(correlation) {
        headers.insert("ms-correlationid", correlation);
    }
    response
}

async fn login_call(
    server: &Arc<Server>,
    parts: &Parts,
    path: &[String],
    body: &mut BodyDataStream,
) -> Response<Body> {
    let Some((tenant, version)) = login::endpoint(path) else {
        return plain(StatusCode::NOT_FOUND);
    };
    if parts.method != "POST" {
        return plain(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Ok(form) = whole(body).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let host = header(parts, HOST.as_str()).unwrap_or_default();
    let url = format!("http://{host}{}", parts.uri.path());
    let asked = login::Asked { tenant, version, url: &url, form: &form, now: Timestamp::now() };
    let (status, answer): (u16, Value) = login::answer(server.store().edit(), &asked);
    let mut response = Response::new(Body::from(answer.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert("cache-control", HeaderValue::from_static("no-store, no-cache"));
    response
}

async fn blob_call(
    server: &Arc<Server>,
    parts: &Parts,
    name: &str,
    body: &mut BodyDataStream,
) -> Response<Body> {
    let upload = server.store().upload(name).cloned();
    let query = query(parts);
    let asked = Asked {
        method: parts.method.as_str(),
        name,
        query: &query,
        headers: &parts.headers,
        now: Timestamp::now(),
    };
    blob::serve(&server.blobs, upload.as_ref(), &asked, body).await
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
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
