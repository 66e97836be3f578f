//! Apps, and the lists below them.

use serde_json::{Value, json};

use super::paging::page;
use super::{Call, Desk};
use crate::sandbox::answer::{Answer, Refusal, Reply};
use crate::sandbox::state::text;

/// What a page of apps, or of what an app has, holds when nothing else is asked for.
const PAGE: Option<usize> = Some(10);

/// The app that a path names, if the API can be used for it.
pub(super) fn find(desk: &Desk, id: &str) -> Result<usize, Refusal> {
    let apps = &desk.store.applications;
    let Some(at) = apps.iter().position(|app| app.product.id().eq_ignore_ascii_case(id)) else {
        let identity = |name: &str| name.eq_ignore_ascii_case(id);
        // The service fails on the name of the package where the Store ID belongs
        // (`microsoft/windows-dev-center-vsts-extension#62`).
        return Err(if apps.iter().any(|app| identity(text(&app.product.resource, "packageIdentityName"))) {
            Refusal::internal()
        } else {
            Refusal::missing("applicationId", "Application not found")
        });
    };
    if apps[at].unsupported {
        return Err(Refusal::unsupported());
    }
    Ok(at)
}

pub(super) fn list(desk: &Desk, call: &Call) -> Reply {
    let apps = desk.store.applications.iter().map(|app| app.product.resource.clone().into()).collect();
    page(desk, call, "applications", apps, PAGE)
}

pub(super) fn read(desk: &Desk, app: usize) -> Answer {
    Answer::json(200, desk.store.applications[app].product.resource.clone())
}

pub(super) fn list_add_ons(desk: &Desk, call: &Call, app: usize) -> Reply {
    let app = &desk.store.applications[app];
    let ids: Vec<Value> = app.add_ons.iter().map(|add_on| json!({ "inAppProductId": add_on.id() })).collect();
    let link = format!("applications/{}/listinappproducts/", app.product.id());
    page(desk, call, &link, ids, PAGE)
}

pub(super) fn list_flights(desk: &Desk, call: &Call, app: usize) -> Reply {
    let app = &desk.store.applications[app];
    let flights: Vec<Value> = app.flights.iter().map(|flight| flight.resource.clone().into()).collect();
    let link = format!("applications/{}/listflights/", app.product.id());
    page(desk, call, &link, flights, PAGE)
}
