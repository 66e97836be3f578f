//! Add-ons: list, read, create, delete.

use serde_json::{Value, json};

use super::paging::page;
use super::{Call, Desk, submissions};
use crate::sandbox::answer::{Answer, Refusal, Reply};
use crate::sandbox::model::Kind;
use crate::sandbox::state::{Place, Product, text};
use crate::sandbox::values::member;

/// What a product id must not contain.
const FORBIDDEN: &str = "<>*%&:\\?+,";
const LONGEST_PRODUCT_ID: usize = 100;

/// The add-on that a path names.
pub(super) fn find(desk: &Desk, id: &str) -> Result<Place, Refusal> {
    desk.store
        .places()
        .into_iter()
        .filter(|place| matches!(place, Place::AddOn(..)))
        .find(|place| desk.store.product(*place).id().eq_ignore_ascii_case(id))
        .ok_or_else(|| Refusal::missing("inAppProductId", "In app product not found"))
}

/// All add-ons of the account; without `top` they come on one page.
pub(super) fn list(desk: &Desk, call: &Call) -> Reply {
    let all = desk.store.applications.iter().flat_map(|app| &app.add_ons);
    let all: Vec<Value> = all.map(|add_on| add_on.resource.clone().into()).collect();
    page(desk, call, "inappproducts/", all, None)
}

pub(super) fn read(desk: &Desk, id: &str) -> Reply {
    Ok(Answer::json(200, desk.store.product(find(desk, id)?).resource.clone()))
}

pub(super) fn create(desk: &mut Desk, call: &Call) -> Reply {
    let sent = call.required_object()?;
    let ids: Vec<&str> = match member(&sent, "applicationIds") {
        Some(Value::Array(ids)) => ids.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let [app] = ids[..] else {
        return Err(Refusal::invalid("applicationIds", "The size of ApplicationIds must be 1"));
    };
    let app = super::applications::find(desk, app)?;
    let product_id = member(&sent, "productId").and_then(Value::as_str).unwrap_or_default();
    if product_id.is_empty() {
        return Err(Refusal::invalid("productId", "The length of ProductId must be 1 or more"));
    }
    if product_id.encode_utf16().count() > LONGEST_PRODUCT_ID {
        let message = format!("The length of ProductId must be {LONGEST_PRODUCT_ID} or less");
        return Err(Refusal::invalid("productId", message));
    }
    if let Some(letter) = product_id.chars().find(|letter| FORBIDDEN.contains(*letter)) {
        return Err(Refusal::invalid("productId", format!("ProductId must not contain '{letter}'")));
    }
    let product_type = member(&sent, "productType").and_then(Value::as_str).unwrap_or_default();
    if !["Durable", "Consumable"].contains(&product_type) {
        let message = format!("'{product_type}' is not a valid value for ProductType.");
        return Err(Refusal::invalid("productType", message));
    }
    let same = |add_on: &Product| text(&add_on.resource, "productId") == product_id;
    if desk.store.applications[app].add_ons.iter().any(same) {
        return Err(Refusal::state("productId", "An in app product with the same ProductId already exists"));
    }
    let state = desk.store.edit();
    let id = format!("9SBX{:08}", state.next_number());
    let app = &mut state.applications[app];
    let app_id = app.product.id();
    let resource = json!({
        "applications": {
            "value": [{ "id": app_id, "resourceLocation": format!("applications/{app_id}") }],
            "totalCount": 1
        },
        "id": id,
        "productId": product_id,
        "productType": product_type,
    });
    app.add_ons.push(Product {
        kind: Kind::AddOn,
        resource: resource.as_object().cloned().unwrap_or_default(),
        published: None,
        pending: None,
        submissions: Vec::new(),
    });
    Ok(Answer::json(201, resource))
}

/// Deletes an add-on. One that was published stays for ever.
pub(super) fn delete(desk: &mut Desk, id: &str) -> Reply {
    let place = find(desk, id)?;
    let product = desk.store.product(place);
    if product.published.is_some() || !submissions::is_quiet(product) {
        return Err(Refusal::state(
            "inAppProductId", "In app product in its current state cannot be deleted",
        ));
    }
    submissions::remove_pending(desk, place);
    if let Place::AddOn(app, add_on) = place {
        desk.store.edit().applications[app].add_ons.remove(add_on);
    }
    Ok(Answer::empty(204))
}
