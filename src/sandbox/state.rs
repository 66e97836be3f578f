//! The state of the account: products, their submissions, uploads.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::model::{self, Kind};
use super::seed::{Credentials, Rules};

/// A resource or submission as the API answers it.
pub(super) type Document = Map<String, Value>;

/// Ids of the sandbox: 19 digits, counted up from here.
const FIRST_ID: u64 = 1_152_921_509_000_000_000;

/// All that is remembered between requests.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    pub credentials: Credentials,
    pub rules: Rules,
    /// What access tokens are sealed with.
    pub key: String,
    /// Assertions by certificate that were taken and have not expired.
    #[serde(default)]
    pub assertions: Vec<Used>,
    /// How many ids were given out.
    pub ids: u64,
    pub applications: Vec<Application>,
    pub uploads: Vec<Upload>,
    /// How many uploads there ever were.
    pub uploads_made: u64,
}

/// An assertion that is not taken again.
#[derive(Serialize, Deserialize)]
pub(super) struct Used {
    /// Its `jti`.
    pub id: String,
    pub until: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Application {
    pub product: Product,
    pub reserved_names: Vec<String>,
    pub unsupported: bool,
    pub flights: Vec<Product>,
    pub add_ons: Vec<Product>,
}

/// Anything that has submissions.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Product {
    pub kind: Kind,
    pub resource: Document,
    /// The last published submission, which need not be among `submissions`.
    pub published: Option<String>,
    /// The submission in progress, which need not be among `submissions`.
    pub pending: Option<String>,
    pub submissions: Vec<Submission>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Submission {
    pub document: Document,
    /// The name of its upload; without one it was made in the portal.
    pub upload: Option<String>,
    pub phase: Phase,
}

/// Where a submission is on its way.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub(super) struct Phase {
    /// When its status became what it is.
    pub since: Timestamp,
    /// When that was first read.
    pub seen: Option<Timestamp>,
}

/// A place that one ZIP can be uploaded to.
#[derive(Serialize, Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct Upload {
    pub name: String,
    pub signature: String,
    /// The `se` of its URL.
    pub expires: Timestamp,
    /// Whether its URL shows a `+` of the signature as it is.
    pub raw_plus: bool,
}

/// Which product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    App(usize),
    Flight(usize, usize),
    AddOn(usize, usize),
}

impl State {
    pub(super) fn new(credentials: Credentials, rules: Rules) -> Self {
        Self {
            credentials,
            rules,
            key: uuid::Uuid::new_v4().simple().to_string(),
            assertions: Vec::new(),
            ids: 0,
            applications: Vec::new(),
            uploads: Vec::new(),
            uploads_made: 0,
        }
    }

    /// Makes sure that no id that occurs in `value` is given out again.
    pub(super) fn skip_ids_in(&mut self, value: &Value) {
        match value {
            Value::Object(members) => members.values().for_each(|value| self.skip_ids_in(value)),
            Value::Array(entries) => entries.iter().for_each(|value| self.skip_ids_in(value)),
            Value::String(text) if text.len() == 19 => {
                let used = text.parse::<u64>().ok().and_then(|id| id.checked_sub(FIRST_ID));
                if let Some(used) = used.filter(|used| *used < 1_000_000_000) {
                    self.ids = self.ids.max(used);
                }
            }
            _ => {}
        }
    }

    /// A number that was never given out.
    pub(super) fn next_number(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// An id for a submission, image or package.
    pub(super) fn next_id(&mut self) -> String {
        (FIRST_ID + self.next_number()).to_string()
    }

    /// A new place to upload to.
    pub(super) fn new_upload(&mut self, now: Timestamp) -> String {
        let name = uuid::Uuid::new_v4().to_string();
        let upload = Upload {
            name: name.clone(),
            signature: signature(),
            expires: self.upload_expiry(now),
            raw_plus: self.uploads_made.is_multiple_of(2),
        };
        self.uploads_made += 1;
        self.uploads.push(upload);
        name
    }

    /// Gives an upload whose URL has expired another one.
    pub(super) fn renew_upload(&mut self, name: &str, now: Timestamp) {
        let expires = self.upload_expiry(now);
        if let Some(upload) = self.uploads.iter_mut().find(|upload| upload.name == name) {
            upload.signature = signature();
            upload.expires = expires;
        }
    }

    /// Ends the time that the URL of an upload is good for.
    pub(super) fn expire_upload(&mut self, name: &str, now: Timestamp) {
        let ended = now.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(now);
        if let Some(upload) = self.uploads.iter_mut().find(|upload| upload.name == name) {
            upload.expires = whole_second(ended);
        }
    }

    fn upload_expiry(&self, now: Timestamp) -> Timestamp {
        // A moment too short would be none.
        let lasts = SignedDuration::from_secs(i64::from(self.rules.upload_url_seconds));
        whole_second(now.saturating_add(lasts).expect("a duration of seconds can be added"))
    }

    pub(super) fn upload(&self, name: &str) -> Option<&Upload> {
        self.uploads.iter().find(|upload| upload.name == name)
    }

    /// Every product.
    pub(super) fn places(&self) -> Vec<Place> {
        let of = |(at, app): (usize, &Application)| {
            let flights = (0..app.flights.len()).map(move |flight| Place::Flight(at, flight));
            let add_ons = (0..app.add_ons.len()).map(move |add_on| Place::AddOn(at, add_on));
            [Place::App(at)].into_iter().chain(flights).chain(add_ons)
        };
        self.applications.iter().enumerate().flat_map(of).collect()
    }

    pub(super) fn product(&self, place: Place) -> &Product {
        match place {
            Place::App(app) => &self.applications[app].product,
            Place::Flight(app, flight) => &self.applications[app].flights[flight],
            Place::AddOn(app, add_on) => &self.applications[app].add_ons[add_on],
        }
    }

    pub(super) fn product_mut(&mut self, place: Place) -> &mut Product {
        match place {
            Place::App(app) => &mut self.applications[app].product,
            Place::Flight(app, flight) => &mut self.applications[app].flights[flight],
            Place::AddOn(app, add_on) => &mut self.applications[app].add_ons[add_on],
        }
    }

    /// The app that a product belongs to, or is.
    pub(super) fn application(&self, place: Place) -> &Application {
        let (Place::App(app) | Place::Flight(app, _) | Place::AddOn(app, _)) = place;
        &self.applications[app]
    }
}

/// URLs carry whole seconds.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).expect("the second of a time is a time")
}

/// 32 bytes that nobody can guess, in base64 with a `+` and a `/` in it, so that a URL has something to escape.
fn signature() -> String {
    use base64::Engine as _;
    loop {
        let mut bytes = uuid::Uuid::new_v4().as_bytes().to_vec();
        bytes.extend(uuid::Uuid::new_v4().as_bytes());
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        if text.contains('+') && text.contains('/') {
            return text;
        }
    }
}

impl Product {
    /// The id by which paths name the product.
    pub(super) fn id(&self) -> &str {
        let name = if self.kind == Kind::Flight { "flightId" } else { "id" };
        text(&self.resource, name)
    }

    pub(super) fn submission(&self, id: &str) -> Option<&Submission> {
        self.submissions.iter().find(|submission| submission.id() == id)
    }

    pub(super) fn submission_mut(&mut self, id: &str) -> Option<&mut Submission> {
        self.submissions.iter_mut().find(|submission| submission.id() == id)
    }

    /// The last published submission, where it is there.
    pub(super) fn published(&self) -> Option<&Submission> {
        self.submission(self.published.as_deref()?)
    }

    pub(super) fn set_published(&mut self, id: &str) {
        self.published = Some(id.to_owned());
        self.refer(Self::published_member(self.kind), Some(id));
    }

    pub(super) fn set_pending(&mut self, id: Option<&str>) {
        self.pending = id.map(str::to_owned);
        self.refer(Self::pending_member(self.kind), id);
    }

    pub(super) fn published_member(kind: Kind) -> &'static str {
        match kind {
            Kind::App => "lastPublishedApplicationSubmission",
            Kind::Flight => "lastPublishedFlightSubmission",
            Kind::AddOn => "lastPublishedInAppProductSubmission",
        }
    }

    pub(super) fn pending_member(kind: Kind) -> &'static str {
        match kind {
            Kind::App => "pendingApplicationSubmission",
            Kind::Flight => "pendingFlightSubmission",
            Kind::AddOn => "pendingInAppProductSubmission",
        }
    }

    fn refer(&mut self, member: &str, id: Option<&str>) {
        let Some(id) = id else {
            self.resource.shift_remove(member);
            return;
        };
        let folder = match self.kind {
            Kind::App => "applications",
            // A flight's references are relative to its app.
            Kind::Flight => "flights",
            Kind::AddOn => "inappproducts",
        };
        let location = format!("{folder}/{}/submissions/{id}", self.id());
        self.resource.insert(member.into(), json!({ "id": id, "resourceLocation": location }));
    }
}

impl Submission {
    pub(super) fn id(&self) -> &str {
        text(&self.document, "id")
    }

    pub(super) fn status(&self) -> &str {
        text(&self.document, "status")
    }

    /// Gives it another status.
    pub(super) fn enter(&mut self, status: &str, since: Timestamp) {
        self.document.insert("status".into(), status.into());
        self.phase = Phase { since, seen: None };
    }

    /// Its `statusDetails`, of the given name.
    pub(super) fn set_details(&mut self, name: &str, details: Vec<Value>) {
        let whole = self.document.entry("statusDetails").or_insert(Value::Null);
        if !whole.is_object() {
            *whole = model::no_details();
        }
        whole[name] = details.into();
    }

    /// Its rollout, as `packagerollout` answers it.
    pub(super) fn rollout(&self) -> Value {
        let inside = self.document.get("packageDeliveryOptions").and_then(|o| o.get("packageRollout"));
        match inside {
            Some(rollout) if rollout.is_object() => rollout.clone(),
            _ => model::no_rollout(),
        }
    }

    /// Sets members of its rollout.
    pub(super) fn set_rollout(&mut self, members: &[(&str, Value)]) {
        let mut rollout = self.rollout();
        for (name, value) in members {
            rollout[name] = value.clone();
        }
        let options = self.document.entry("packageDeliveryOptions").or_insert_with(|| json!({}));
        if !options.is_object() {
            *options = json!({});
        }
        options["packageRollout"] = rollout;
    }

    pub(super) fn rollout_in_progress(&self) -> bool {
        self.rollout()["packageRolloutStatus"] == "PackageRolloutInProgress"
    }
}

/// A member that is a text, or nothing.
pub(super) fn text<'a>(document: &'a Document, name: &str) -> &'a str {
    document.get(name).and_then(Value::as_str).unwrap_or_default()
}
