//! The admin surface: faults as JSON.
//!
//! | Method | Path below `/_sandbox` | What it does |
//! |---|---|---|
//! | GET | `faults` | lists the faults that are switched on, in their order, with how often each was met |
//! | DELETE | `faults` | switches all off |
//! | PUT | `faults/NAME` | switches a fault on, in place of one with the same name |
//! | GET | `faults/NAME` | the same as in the list |
//! | DELETE | `faults/NAME` | switches it off: lets go of what it holds, and heals what of it lasts |
//! | GET | `faults/NAME/held?millis=N` | the requests that it holds, as soon as there is one; an empty list after N ms (30,000) |
//! | POST | `faults/NAME/release` | lets go of them; answered when they have come to their end, or to their next stop |
//! | GET | `schema` | the JSON Schema of a fault |
//!
//! Errors are answered as `{"error": …}`. Nothing of this is in `requests.ndjson`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::fault::Fault;
use crate::sandbox::request::{Asked, whole};
use crate::sandbox::response;
use crate::sandbox::server::Server;

/// How long a request for held ones waits when it does not say so, and at most.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Answers a request to the admin surface.
pub(in crate::sandbox) async fn administer(server: &Arc<Server>, asked: Asked) -> Response<Body> {
    let (status, body) = match answer(server, asked).await {
        Ok(body) => (StatusCode::OK, body),
        Err((status, reason)) => (status, json!({ "error": reason })),
    };
    response::json(status, &body)
}

type Answered = Result<Value, (StatusCode, String)>;

async fn answer(server: &Arc<Server>, mut asked: Asked) -> Answered {
    let faults = &server.faults;
    let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    match (asked.method.as_str(), &path[..]) {
        ("GET", ["schema"]) => Ok(schemars::schema_for!(Fault).to_value()),
        ("GET", ["faults"]) => value(&json!({ "faults": faults.list() })),
        ("DELETE", ["faults"]) => {
            for name in faults.names() {
                switch_off(server, &name).await;
            }
            value(&json!({ "faults": faults.list() }))
        }
        ("PUT", ["faults", name]) => {
            let name = (*name).to_owned();
            if !is_name(&name) {
                let reason = format!("`{name}` is no name for a fault; use up to 64 of `a-z`, `0-9` and `-`");
                return Err((StatusCode::BAD_REQUEST, reason));
            }
            let body = whole(&mut asked.body).await.map_err(|_| bad_request("the body cannot be read"))?;
            let fault: Fault =
                serde_json::from_slice(&body).map_err(|error| bad_request(error.to_string()))?;
            let mistakes = fault.mistakes();
            if !mistakes.is_empty() {
                return Err(bad_request(mistakes.join("; ")));
            }
            switch_off(server, &name).await;
            faults.put(&name, fault);
            shown(server, &name)
        }
        ("GET", ["faults", name]) => shown(server, name),
        ("DELETE", ["faults", name]) => {
            let was = shown(server, name)?;
            switch_off(server, name).await;
            Ok(was)
        }
        ("GET", ["faults", name, "held"]) => {
            shown(server, name)?;
            let most = match asked.query.iter().find(|(key, _)| key == "millis") {
                None => LONGEST_WAIT,
                Some((_, text)) => text
                    .parse()
                    .map(|millis| LONGEST_WAIT.min(Duration::from_millis(millis)))
                    .map_err(|_| bad_request(format!("`millis={text}` is no number")))?,
            };
            value(&json!({ "held": faults.held(name, most).await }))
        }
        ("POST", ["faults", name, "release"]) => {
            shown(server, name)?;
            value(&json!({ "released": faults.holds.release(name).await }))
        }
        (_, ["schema" | "faults"] | ["faults", _] | ["faults", _, "held" | "release"]) => {
            let reason = format!("there is no {} of this", asked.method);
            Err((StatusCode::METHOD_NOT_ALLOWED, reason))
        }
        _ => Err((StatusCode::NOT_FOUND, "there is nothing here; faults are below `faults`".to_owned())),
    }
}

async fn switch_off(server: &Arc<Server>, name: &str) {
    server.faults.remove(name).await;
    server.store().aftermath.forget(name);
}

fn shown(server: &Arc<Server>, name: &str) -> Answered {
    match server.faults.find(name) {
        Some(listed) => value(&listed),
        None => Err((StatusCode::NOT_FOUND, format!("no fault is called `{name}`"))),
    }
}

fn value(body: &impl serde::Serialize) -> Answered {
    serde_json::to_value(body).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn bad_request(reason: impl Into<String>) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, reason.into())
}

fn is_name(name: &str) -> bool {
    let is_letter = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(is_letter)
}
