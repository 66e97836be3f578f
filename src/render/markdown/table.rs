//! The products of a plan, one in a row.

use crate::plan::{Action, Plan, PublishedBy, ResourcePlan};
use crate::render::plan::in_few_words;
use crate::render::{bytes, plural};

use super::words::{cell, code, name, prose};

/// Products without changes are listed in small plans only.
const FEW_PRODUCTS: usize = 5;

/// The last column.
#[derive(Clone, Copy)]
pub(super) struct Column<'c> {
    /// What stands above.
    pub(super) head: &'c str,
    /// What stands beside a product.
    pub(super) of: &'c dyn Fn(&ResourcePlan) -> String,
}

/// The table within so many bytes, and whether rows had to be left out. Those are counted below.
pub(super) fn table(plan: &Plan, last: Column<'_>, room: usize) -> (String, bool) {
    let is_quiet = |resource: &&ResourcePlan| {
        resource.action == Action::None && plan.blockers_of(&resource.address).next().is_none()
    };
    let (quiet, busy): (Vec<&ResourcePlan>, Vec<&ResourcePlan>) = plan.resources.iter().partition(is_quiet);
    let (listed, unlisted) =
        if plan.resources.len() <= FEW_PRODUCTS { ([busy, quiet].concat(), 0) } else { (busy, quiet.len()) };
    let mut text = String::new();
    let mut left_out = 0;
    if !listed.is_empty() {
        text.push_str(&format!("| Product | Change | Route | {} |\n|---|---|---|---|\n", last.head));
    }
    for resource in listed {
        let row = row(plan, resource, last);
        if left_out > 0 || text.len() + row.len() > room {
            left_out += 1;
        } else {
            text.push_str(&row);
        }
    }
    let mut rest = Vec::new();
    if left_out > 0 {
        rest.push(format!("{} with changes, not listed here", plural(left_out, "more product")));
    }
    if unlisted > 0 {
        rest.push(format!("{} without changes", plural(unlisted, "more product")));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    if !rest.is_empty() {
        text.push_str(&format!("{}\n\n", rest.join(" · ")));
    }
    (text, left_out > 0)
}

fn row(plan: &Plan, resource: &ResourcePlan, last: Column<'_>) -> String {
    let address = code(&resource.address);
    let product = match resource.name.as_str() {
        "" => address,
        shown => format!("**{}** {address}", name(shown)),
    };
    let is_blocked = plan.blockers_of(&resource.address).next().is_some();
    let route = if is_blocked { "**blocked**".to_owned() } else { prose(&route(resource)) };
    let cells = [product, prose(&in_few_words(resource)), route, (last.of)(resource)];
    format!("| {} |\n", cells.map(|markdown| cell(&markdown)).join(" | "))
}

/// What is uploaded for each product.
pub(super) fn upload(resource: &ResourcePlan) -> String {
    match resource.route.as_ref().map_or(0, |route| route.upload_bytes) {
        0 => "–".to_owned(),
        size => bytes(size),
    }
}

/// How it takes effect, in a few words.
fn route(resource: &ResourcePlan) -> String {
    let start = match resource.action {
        Action::None => return "–".to_owned(),
        Action::InProgress => {
            return resource.pending.as_ref().map_or_else(String::new, |pending| pending.status.to_string());
        }
        Action::Delete => return "at once, for good".to_owned(),
        Action::Live => return "at once, without a submission".to_owned(),
        Action::Create => "create → certification",
        Action::Update => "submission → certification",
    };
    match resource.route.as_ref().map(|route| &route.published_by) {
        None | Some(PublishedBy::Itself) => start.to_owned(),
        Some(PublishedBy::Hand) => format!("{start} → somebody presses Publish now"),
        Some(PublishedBy::Date(date)) => format!("{start} → on {}", date.get(..10).unwrap_or(date)),
    }
}
