//! From a seed to a state.

use jiff::Timestamp;
use serde_json::Value;

use super::login;
use super::model::Kind;
use super::seed::{Seed, SeedAddOn, SeedApplication, SeedFlight};
use super::state::{Application, Document, Phase, Product, State, Submission, text};

/// Makes the state that a seed describes. The error says what in the seed cannot be used.
pub(super) fn plant(seed: Seed, now: Timestamp) -> Result<State, String> {
    login::check_keys(&seed.credentials)?;
    let mut state = State::new(seed.credentials, seed.rules);
    // Ids of an earlier sandbox may be in the seed.
    for app in &seed.applications {
        let used = serde_json::to_value(app).map_err(|error| error.to_string())?;
        state.skip_ids_in(&used);
    }
    for app in seed.applications {
        let app = application(&mut state, app, now)?;
        state.applications.push(app);
    }
    unique_ids(&state)?;
    Ok(state)
}

fn application(state: &mut State, seed: SeedApplication, now: Timestamp) -> Result<Application, String> {
    let product = product(state, Kind::App, seed.application, seed.published, seed.pending, now)?;
    let flight = |state: &mut State, seed: SeedFlight| {
        self::product(state, Kind::Flight, seed.flight, seed.published, seed.pending, now)
    };
    let add_on = |state: &mut State, seed: SeedAddOn| {
        self::product(state, Kind::AddOn, seed.add_on, seed.published, seed.pending, now)
    };
    Ok(Application {
        product,
        reserved_names: seed.reserved_names,
        unsupported: seed.unsupported,
        flights: seed.flights.into_iter().map(|seed| flight(state, seed)).collect::<Result<_, _>>()?,
        add_ons: seed.add_ons.into_iter().map(|seed| add_on(state, seed)).collect::<Result<_, _>>()?,
    })
}

fn product(
    state: &mut State,
    kind: Kind,
    resource: Document,
    published: Option<Document>,
    pending: Option<Document>,
    now: Timestamp,
) -> Result<Product, String> {
    let mut product = Product { kind, resource, published: None, pending: None, submissions: Vec::new() };
    if product.id().is_empty() {
        let (what, id) = match kind {
            Kind::App => ("an application", "id"),
            Kind::AddOn => ("an add-on", "id"),
            Kind::Flight => ("a flight", "flightId"),
        };
        return Err(format!("{what} has no `{id}`"));
    }
    product.published = referred(&product.resource, Product::published_member(kind));
    product.pending = referred(&product.resource, Product::pending_member(kind));
    if let Some(document) = published {
        let submission = submission(state, document, "Published", now);
        let id = submission.id().to_owned();
        match product.published {
            // The reference comes back as it is; the submission is known by its own id.
            Some(_) => product.published = Some(id),
            None => product.set_published(&id),
        }
        product.submissions.push(submission);
    }
    if let Some(document) = pending {
        let mut submission = submission(state, document, "PendingCommit", now);
        if submission.document.get("fileUploadUrl").is_some_and(Value::is_string) {
            submission.upload = Some(state.new_upload(now));
        }
        let id = submission.id().to_owned();
        match product.pending {
            Some(_) => product.pending = Some(id),
            None => product.set_pending(Some(&id)),
        }
        product.submissions.push(submission);
    }
    Ok(product)
}

/// The id in a reference, unless it stands for none.
fn referred(resource: &Document, member: &str) -> Option<String> {
    let id = resource.get(member)?.get("id")?.as_str()?;
    (!id.is_empty() && id != "0").then(|| id.to_owned())
}

fn submission(state: &mut State, mut document: Document, status: &str, now: Timestamp) -> Submission {
    if text(&document, "id").is_empty() {
        document.insert("id".into(), state.next_id().into());
    }
    if text(&document, "status").is_empty() {
        document.insert("status".into(), status.into());
    }
    lower_languages(document.get_mut("listings"));
    let trailers = document.get_mut("trailers").and_then(Value::as_array_mut);
    for trailer in trailers.into_iter().flatten() {
        lower_languages(trailer.get_mut("trailerAssets"));
    }
    Submission { document, upload: None, phase: Phase { since: now, seen: None } }
}

/// The service answers languages in lower case.
fn lower_languages(map: Option<&mut Value>) {
    if let Some(map) = map.and_then(Value::as_object_mut) {
        *map = std::mem::take(map).into_iter().map(|(key, value)| (key.to_lowercase(), value)).collect();
    }
}

/// Paths must name one thing.
fn unique_ids(state: &State) -> Result<(), String> {
    let mut seen = std::collections::HashSet::new();
    for place in state.places() {
        let product = state.product(place);
        if !seen.insert((product.kind as u8, product.id().to_ascii_lowercase())) {
            return Err(format!("the id `{}` is given twice", product.id()));
        }
        let twice = |at: usize, submission: &Submission| {
            product.submissions[..at].iter().any(|other| other.id() == submission.id())
        };
        if let Some((_, submission)) = product.submissions.iter().enumerate().find(|(at, s)| twice(*at, s)) {
            return Err(format!("`{}` has two submissions `{}`", product.id(), submission.id()));
        }
    }
    Ok(())
}
