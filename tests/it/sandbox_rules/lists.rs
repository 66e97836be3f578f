//! Pages.

use serde_json::{Value, json};

use super::{account_with, refused};
use crate::support::local::Local;
use crate::support::things::{self, APP};

fn full() -> Local {
    let mut seed = things::account();
    let numbered = |of: usize, make: &dyn Fn(usize) -> Value| (0..of).map(make).collect::<Vec<Value>>();
    let app = &mut seed["applications"][0];
    app["addOns"] = numbered(12, &|n| json!({ "addOn": { "id": format!("9PADDON{n:05}") } })).into();
    app["flights"] = numbered(11, &|n| json!({ "flight": { "flightId": format!("flight-{n}") } })).into();
    let more = numbered(20, &|n| json!({ "application": { "id": format!("9PAPP{n:07}") } }));
    seed["applications"].as_array_mut().unwrap().extend(more);
    Local::start(&seed)
}

/// Follows the links of a list; how many pages and items there are, and how the first link is spelled.
fn walk(local: &Local, path: &str) -> (usize, usize, Option<String>) {
    let (mut pages, mut items, mut first, mut next) = (0, 0, None, Some(path.to_owned()));
    while let Some(path) = next {
        let page = local.get(&path);
        pages += 1;
        items += page["value"].as_array().unwrap().len();
        next = page.get("@nextLink").map(|link| link.as_str().unwrap().to_owned());
        first = first.or_else(|| next.clone());
    }
    (pages, items, first)
}

#[test]
fn lists_come_in_pages() {
    let local = full();
    let link = |text: &str| Some(text.to_owned());
    assert_eq!(walk(&local, "applications"), (3, 21, link("applications?skip=10&top=10")));
    assert_eq!(walk(&local, "inappproducts"), (1, 12, None));
    assert_eq!(walk(&local, "inappproducts?top=5"), (3, 12, link("inappproducts/?skip=5&top=5")));
    assert_eq!(
        walk(&local, &format!("applications/{APP}/listinappproducts")),
        (2, 12, link(&format!("applications/{APP}/listinappproducts/?skip=10&top=10")))
    );
    assert_eq!(
        walk(&local, &format!("applications/{APP}/listflights?top=4&skip=1")),
        (3, 10, link(&format!("applications/{APP}/listflights/?skip=5&top=4")))
    );
    let page = local.get("applications?top=2&skip=20");
    assert_eq!((page["totalCount"].as_u64(), page["value"].as_array().unwrap().len()), (Some(21), 1));
    assert_eq!(page.get("@nextLink"), None);
}

#[test]
fn a_page_beyond_the_end_is_empty() {
    let local = full();
    assert_eq!(local.get("applications?skip=21"), json!({ "value": [], "totalCount": 21 }));
    for query in ["top=0", "top=-1", "top=x", "skip=-1"] {
        refused(&local, 400, "GET", &format!("applications?{query}"), None);
    }
}

#[test]
fn an_empty_list_can_be_missing() {
    let local = Local::start(&things::account());
    assert_eq!(local.get("inappproducts"), json!({ "value": [], "totalCount": 0 }));
    let strict = Local::start(&account_with(&json!({ "emptyListIs404": true })));
    strict.expect(404, "GET", "inappproducts", None);
    strict.expect(404, "GET", &format!("applications/{APP}/listflights"), None);
    strict.get("applications");
}
