//! The API: which path and method is which operation.
//!
//! | Room | What it is for |
//! |---|---|
//! | `applications` | apps, and the lists below them |
//! | `add_ons` | add-ons: list, read, create, delete |
//! | `flights` | package flights: create, read, delete, and how they rank |
//! | `submissions` | the six operations on submissions, the same for all three |
//! | `drafts` | how one begins |
//! | `rollouts` | gradual package rollouts |
//! | `paging` | pages of lists |

mod add_ons;
mod applications;
mod drafts;
mod flights;
mod paging;
mod rollouts;
mod submissions;

use jiff::Timestamp;
use serde_json::Value;

pub(super) use self::drafts::clone_published;
pub(super) use self::submissions::remove_pending;

use super::answer::{Refusal, Reply};
use super::blob::Blobs;
use super::state::{Document, Place};
use super::store::Store;

/// A request to the API, past its gate.
pub(super) struct Call {
    pub method: String,
    /// The path below the root of the API, decoded, without empty segments.
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What an operation works on.
pub(super) struct Desk<'a> {
    pub store: &'a mut Store,
    pub blobs: &'a Blobs,
    /// The root of upload URLs.
    pub blob_root: &'a str,
    pub now: Timestamp,
    /// Blobs that nothing refers to any more. They go when that is written down.
    pub gone: Vec<String>,
}

impl Call {
    /// A query value, whatever the case of its name.
    fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as an object; none when it is empty.
    fn object(&self) -> Result<Option<Document>, Refusal> {
        if self.body.is_empty() {
            return Ok(None);
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(Some(object)),
            Ok(_) => Err(Refusal::invalid("body", "The request body must be an object.")),
            Err(error) => {
                Err(Refusal::invalid("body", format!("The request body is not valid JSON: {error}")))
            }
        }
    }

    /// The body, which must be there.
    fn required_object(&self) -> Result<Document, Refusal> {
        self.object()?.ok_or_else(|| Refusal::invalid("body", "The request body is required."))
    }
}

/// The product that a path leads to.
pub(super) fn product(desk: &Desk, path: &[String]) -> Option<Place> {
    let lower = lower(path);
    let path: Vec<&str> = lower.iter().map(String::as_str).collect();
    let found = match path[..] {
        ["applications", app, "flights", flight, ..] => {
            applications::find(desk, app).and_then(|app| flights::find(desk, app, flight))
        }
        ["applications", app, ..] => applications::find(desk, app).map(Place::App),
        ["inappproducts", add_on, ..] => add_ons::find(desk, add_on),
        _ => return None,
    };
    found.ok()
}

fn lower(path: &[String]) -> Vec<String> {
    path.iter().map(|segment| segment.to_ascii_lowercase()).collect()
}

/// Answers a call. Paths are found whatever their case.
pub(super) fn answer(desk: &mut Desk, call: &Call) -> Reply {
    let lower = lower(&call.path);
    let path: Vec<&str> = lower.iter().map(String::as_str).collect();
    let no_method = || Err(Refusal::no_such_method(&call.method));
    match (call.method.as_str(), &path[..]) {
        ("GET", ["applications"]) => applications::list(desk, call),
        (method, ["applications", app, rest @ ..]) => {
            let app = applications::find(desk, app)?;
            match (method, rest) {
                ("GET", []) => Ok(applications::read(desk, app)),
                ("GET", ["listinappproducts"]) => applications::list_add_ons(desk, call, app),
                ("GET", ["listflights"]) => applications::list_flights(desk, call, app),
                ("POST", ["flights"]) => flights::create(desk, call, app),
                ("GET", ["flights", flight]) => flights::read(desk, app, flight),
                ("DELETE", ["flights", flight]) => flights::delete(desk, app, flight),
                (_, ["flights", flight, "submissions", rest @ ..]) => {
                    let place = flights::find(desk, app, flight)?;
                    submissions::answer(desk, call, place, rest)
                }
                (_, ["submissions", rest @ ..]) => submissions::answer(desk, call, Place::App(app), rest),
                (_, [] | ["listinappproducts" | "listflights" | "flights"] | ["flights", _]) => no_method(),
                _ => Err(Refusal::no_such_path()),
            }
        }
        ("GET", ["inappproducts"]) => add_ons::list(desk, call),
        ("POST", ["inappproducts"]) => add_ons::create(desk, call),
        ("GET", ["inappproducts", add_on]) => add_ons::read(desk, add_on),
        ("DELETE", ["inappproducts", add_on]) => add_ons::delete(desk, add_on),
        (_, ["inappproducts", add_on, "submissions", rest @ ..]) => {
            let place = add_ons::find(desk, add_on)?;
            submissions::answer(desk, call, place, rest)
        }
        (_, ["applications" | "inappproducts"] | ["inappproducts", _]) => no_method(),
        _ => Err(Refusal::no_such_path()),
    }
}
