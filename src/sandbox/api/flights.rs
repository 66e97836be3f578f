//! Package flights: create, read, delete, and how they rank.

use serde_json::{Value, json};

use super::{Call, Desk, drafts, submissions};
use crate::sandbox::answer::{Answer, Refusal, Reply};
use crate::sandbox::model::Kind;
use crate::sandbox::state::{Place, Product, text};
use crate::sandbox::values::member;

/// What the lowest flight ranks higher than.
const LOWEST: &str = "Non-flighted submission";

/// The flight that a path names.
pub(super) fn find(desk: &Desk, app: usize, id: &str) -> Result<Place, Refusal> {
    let flights = &desk.store.applications[app].flights;
    match flights.iter().position(|flight| flight.id().eq_ignore_ascii_case(id)) {
        Some(flight) => Ok(Place::Flight(app, flight)),
        None => Err(Refusal::missing("flightId", "Flight not found")),
    }
}

pub(super) fn read(desk: &Desk, app: usize, id: &str) -> Reply {
    Ok(Answer::json(200, desk.store.product(find(desk, app, id)?).resource.clone()))
}

pub(super) fn create(desk: &mut Desk, call: &Call, app: usize) -> Reply {
    let sent = call.required_object()?;
    let name = match member(&sent, "friendlyName") {
        None | Some(Value::Null) => "",
        Some(Value::String(name)) => name,
        Some(_) => {
            return Err(Refusal::invalid("friendlyName", "The value of FriendlyName has the wrong type"));
        }
    };
    let groups = groups(member(&sent, "groupIds"))?;
    let flights = &desk.store.applications[app].flights;
    let below = below(flights, member(&sent, "rankHigherThan"))?;
    let state = desk.store.edit();
    let id = format!("5a0dbc4e-0000-4000-8000-{:012}", state.next_number());
    let flights = &mut state.applications[app].flights;
    // What ranked directly above now ranks above the new one.
    for other in flights.iter_mut().filter(|other| text(&other.resource, "rankHigherThan") == below) {
        other.resource.insert("rankHigherThan".into(), id.clone().into());
    }
    let resource =
        json!({ "flightId": id, "friendlyName": name, "groupIds": groups, "rankHigherThan": below });
    flights.push(Product {
        kind: Kind::Flight,
        resource: resource.as_object().cloned().unwrap_or_default(),
        published: None,
        pending: None,
        submissions: Vec::new(),
    });
    let place = Place::Flight(app, flights.len() - 1);
    if desk.store.rules.flight_creates_submission {
        drafts::add_blank_draft(desk, place);
    }
    Ok(Answer::json(201, desk.store.product(place).resource.clone()))
}

/// Group ids are texts in answers; the documentation sends a number.
fn groups(sent: Option<&Value>) -> Result<Vec<String>, Refusal> {
    let wrong = || Refusal::invalid("groupIds", "The value of GroupIds has the wrong type");
    match sent {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(ids)) => ids
            .iter()
            .map(|id| match id {
                Value::String(id) => Ok(id.clone()),
                Value::Number(id) => Ok(id.to_string()),
                _ => Err(wrong()),
            })
            .collect(),
        Some(_) => Err(wrong()),
    }
}

/// The flight directly below a new one, by its id. It may be named by its id or its name; nothing means that the new
/// flight ranks highest.
fn below(flights: &[Product], sent: Option<&Value>) -> Result<String, Refusal> {
    let wanted = match sent {
        None | Some(Value::Null) => None,
        Some(Value::String(wanted)) => Some(wanted.as_str()),
        Some(_) => {
            return Err(Refusal::invalid("rankHigherThan", "The value of RankHigherThan has the wrong type"));
        }
    };
    let Some(wanted) = wanted else {
        let is_below = |flight: &Product| {
            flights.iter().any(|other| text(&other.resource, "rankHigherThan") == flight.id())
        };
        let highest = flights.iter().rfind(|flight| !is_below(flight));
        return Ok(highest.map_or(LOWEST, Product::id).to_owned());
    };
    let is_wanted = |flight: &&Product| {
        flight.id().eq_ignore_ascii_case(wanted) || text(&flight.resource, "friendlyName") == wanted
    };
    match flights.iter().find(is_wanted) {
        Some(flight) => Ok(flight.id().to_owned()),
        None if wanted.eq_ignore_ascii_case(LOWEST) => Ok(LOWEST.to_owned()),
        None => Err(Refusal::invalid("rankHigherThan", format!("The flight '{wanted}' does not exist"))),
    }
}

/// Deletes a flight. What ranked above it ranks above what was below it.
pub(super) fn delete(desk: &mut Desk, app: usize, id: &str) -> Reply {
    let place = find(desk, app, id)?;
    let product = desk.store.product(place);
    if !submissions::is_quiet(product) {
        return Err(Refusal::state("flightId", "Flight in its current state cannot be deleted"));
    }
    submissions::remove_pending(desk, place);
    let Place::Flight(app, flight) = place else {
        return Err(Refusal::internal());
    };
    let flights = &mut desk.store.edit().applications[app].flights;
    let gone = flights.remove(flight);
    let below = gone.resource.get("rankHigherThan").cloned().unwrap_or(Value::Null);
    for other in flights.iter_mut().filter(|other| text(&other.resource, "rankHigherThan") == gone.id()) {
        other.resource.insert("rankHigherThan".into(), below.clone());
    }
    Ok(Answer::empty(204))
}
