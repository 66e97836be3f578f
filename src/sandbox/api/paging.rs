//! Pages of lists.

use serde_json::{Value, json};

use super::{Call, Desk};
use crate::sandbox::answer::{Answer, Refusal, Reply};

/// The page of a list that a call asks for.
///
/// `link` is the path that `@nextLink` begins with, which is relative to the root of the API and spelled differently
/// from list to list. Without `top` a page has `default` items, or all of them.
pub(super) fn page(desk: &Desk, call: &Call, link: &str, items: Vec<Value>, default: Option<usize>) -> Reply {
    if items.is_empty() && desk.store.rules.empty_list_is_404 {
        return Err(Refusal::missing("value", "No resources were found"));
    }
    let number = |name: &str, least: usize| match call.query(name) {
        None => Ok(None),
        Some(text) => match text.parse::<usize>() {
            Ok(number) if number >= least => Ok(Some(number)),
            _ => Err(Refusal::invalid(name, format!("The value '{text}' is not valid for {name}"))),
        },
    };
    let total = items.len();
    let skip = number("skip", 0)?.unwrap_or(0);
    let top = number("top", 1)?.or(default).unwrap_or(total.max(1));
    let mut body = serde_json::Map::new();
    let next = skip.saturating_add(top);
    if next < total {
        body.insert("@nextLink".into(), format!("{link}?skip={next}&top={top}").into());
    }
    let value: Vec<Value> = items.into_iter().skip(skip).take(top).collect();
    body.insert("value".into(), value.into());
    body.insert("totalCount".into(), json!(total));
    Ok(Answer::json(200, body))
}
