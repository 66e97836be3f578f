//! The listener: what every request goes through, whichever surface it is for.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Endpoints;
use super::answer::Refusal;
use super::api::{Call, Desk};
use super::blob::{self, Asked, Blobs};
use super::faults::{self, Connection, Deeds, Fate, Faults};
use super::log::{Line, Log, Trouble};
use super::request::{For, Head, Received, Surface, blob_name};
use super::response::{self, plain};
use super::store::Store;
use super::{clock, login};

/// What requests share.
pub(super) struct Server {
    pub store: Mutex<Store>,
    pub blobs: Arc<Blobs>,
    pub endpoints: Endpoints,
    pub log: Log,
    /// When the requests of the last minute were made.
    pub pace: Mutex<VecDeque<Instant>>,
    pub faults: Faults,
    /// The requests that are on their way.
    pub work: TaskTracker,
}

/// Answers every request there is.
pub(super) async fn handle(
    Shared(server): Shared<Arc<Server>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let request = match For::of(parts, body) {
        For::Service(request) => *request,
        For::Admin(asked) => return faults::administer(&server, asked).await,
    };
    let gone = CancellationToken::new();
    let _tells_when_it_is_dropped = gone.clone().drop_guard();
    let work = server.work.spawn(see_through(Arc::clone(&server), request, connection, gone));
    work.await.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Carries a request out and writes it down, whether or not the client is still there to hear of it.
async fn see_through(
    server: Arc<Server>,
    mut request: Received,
    connection: Connection,
    gone: CancellationToken,
) -> Response<Body> {
    let mut line = Line::of(&request.head);
    let mut met = server.faults.meet(&request.head);
    let mut late = None;
    let mut carried_out = match met.before(&server, &mut request, &gone).await {
        Ok(Fate::CarriedOut) => {
            let (response, happened) = answer(&server, &mut request, &met.deeds()).await;
            if !happened {
                met.miss(&server.faults);
            }
            Some(response)
        }
        Ok(Fate::Late(time)) => {
            late = Some(time);
            None
        }
        Ok(Fate::LeftUndone | Fate::GivenUp) => None,
        Err(error) => Some(failed(&error, &request.head)),
    };
    line.trouble = carried_out.as_mut().and_then(|response| response.extensions_mut().remove::<Trouble>());
    let told = met.after(&server, &request.head, carried_out, &connection, &mut line, &gone).await;
    let written = server.log.write(&line);
    let deeds = met.deeds();
    // Whoever has released the request waits up to here.
    drop(met);
    if let Some(time) = late {
        server.work.spawn(carry_out_late(Arc::clone(&server), request, deeds, line, time));
    } else if told.is_some() {
        // Who is answered before the body was read would see a reset instead of the answer.
        request.drain().await;
    }
    match (told, written) {
        (Some(response), Ok(())) => response,
        _ => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Carries a request out that was answered before.
async fn carry_out_late(
    server: Arc<Server>,
    mut request: Received,
    deeds: Deeds,
    line: Line,
    time: Duration,
) {
    if server.faults.ended.run_until_cancelled(tokio::time::sleep(time)).await.is_none() {
        return;
    }
    let (mut response, _) = answer(&server, &mut request, &deeds).await;
    let trouble = response.extensions_mut().remove::<Trouble>();
    // Nobody is left to be told when the log cannot be written.
    let _ = server.log.write(&line.late(response.status(), trouble));
}

/// Carries a request out, with what a fault does to the account beside it. Tells whether that could happen.
async fn answer(server: &Arc<Server>, request: &mut Received, deeds: &Deeds) -> (Response<Body>, bool) {
    let answered = match request.head.surface {
        Surface::Api => api_call(server, request, deeds).await,
        Surface::Login => Ok((login_call(server, request).await, deeds.is_empty())),
        Surface::Blob => blob_call(server, request, deeds).await,
    };
    answered.unwrap_or_else(|error| (failed(&error, &request.head), true))
}

/// The answer when the sandbox itself fails.
fn failed(error: &io::Error, head: &Head) -> Response<Body> {
    let mut response = response::api(Err(Refusal::internal()), &head.correlation);
    response.extensions_mut().insert(Trouble::of(error));
    response
}

impl Server {
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
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
    pub(super) async fn at_desk<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Desk) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let server = Arc::clone(self);
        let in_turn = move || {
            let now = Timestamp::now();
            let mut store = server.store();
            clock::advance(&mut store, &server.blobs, now)?;
            let (blobs, blob_root) = (&server.blobs, &server.endpoints.blob);
            let mut desk = Desk { store: &mut store, blobs, blob_root, now, gone: Vec::new() };
            let done = work(&mut desk);
            let gone = desk.gone;
            store.save()?;
            for name in gone {
                server.blobs.remove(&name)?;
            }
            done
        };
        tokio::task::spawn_blocking(in_turn).await.map_err(io::Error::other)?
    }
}

async fn api_call(
    server: &Arc<Server>,
    request: &mut Received,
    deeds: &Deeds,
) -> io::Result<(Response<Body>, bool)> {
    let (reply, happened) = match gate(server, request).await {
        Ok(mut call) => {
            let deeds = deeds.clone();
            server.at_desk(move |desk| deeds.around(desk, &mut call)).await?
        }
        Err(refusal) => (Err(refusal), deeds.is_empty()),
    };
    Ok((response::api(reply, &request.head.correlation), happened))
}

/// What a request has to pass before the service looks at it.
async fn gate(server: &Arc<Server>, request: &mut Received) -> Result<Call, Refusal> {
    let method = request.head.method().to_owned();
    let with_body = method == "POST" || method == "PUT";
    let headers = &request.head.parts.headers;
    if with_body && !headers.contains_key(CONTENT_LENGTH) && !headers.contains_key(TRANSFER_ENCODING) {
        return Err(Refusal::length_required());
    }
    let (authorized, per_minute) = {
        let store = server.store();
        let authorization = request.head.header(AUTHORIZATION.as_str());
        let good = login::is_authorized(&store, authorization, Timestamp::now());
        (good && !store.aftermath.is_expired(authorization), store.rules.requests_per_minute)
    };
    if !authorized {
        return Err(Refusal::unauthorized());
    }
    server.admit(per_minute).map_err(Refusal::throttled)?;
    let json = |text: &str| {
        let kind = text.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    };
    if with_body && request.head.header(CONTENT_TYPE.as_str()).is_some_and(|text| !json(text)) {
        return Err(Refusal::invalid("mediaType", "Only JSON content is accepted"));
    }
    let body = request.whole().await?;
    Ok(Call { method, path: request.head.path.clone(), query: request.head.query.clone(), body })
}

async fn login_call(server: &Arc<Server>, request: &mut Received) -> Response<Body> {
    let endpoint = login::endpoint(&request.head.path).map(|(tenant, version)| (tenant.to_owned(), version));
    let Some((tenant, version)) = endpoint else {
        return plain(StatusCode::NOT_FOUND);
    };
    if request.head.method() != "POST" {
        return plain(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Ok(form) = request.whole().await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let host = request.head.header(HOST.as_str()).unwrap_or_default();
    let url = format!("http://{host}{}", request.head.parts.uri.path());
    let asked = login::Asked { tenant: &tenant, version, url: &url, form: &form, now: Timestamp::now() };
    let (status, answer): (u16, Value) = login::answer(server.store().edit(), &asked);
    let mut response = response::json(response::status(status), &answer);
    let no_store = HeaderValue::from_static("no-store, no-cache");
    response.headers_mut().insert("cache-control", no_store);
    response
}

async fn blob_call(
    server: &Arc<Server>,
    request: &mut Received,
    deeds: &Deeds,
) -> io::Result<(Response<Body>, bool)> {
    let happened = deeds.alone_before(server, &request.head).await?;
    let name = blob_name(&request.head.path);
    let upload = server.store().upload(name).cloned();
    let asked = Asked {
        method: request.head.parts.method.as_str(),
        name,
        query: &request.head.query,
        headers: &request.head.parts.headers,
        now: Timestamp::now(),
    };
    let response = blob::serve(&server.blobs, upload.as_ref(), &asked, &mut request.body).await;
    let happened = happened && deeds.alone_after(server, &request.head, response.status().as_u16()).await?;
    Ok((response, happened))
}
