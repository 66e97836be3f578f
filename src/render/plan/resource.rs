//! One product: its title, how its changes take effect, the changes in the order of risk, and what stands against them.

use serde_json::Value;

use crate::plan::{Action, Change, ChangeRoute, Plan, PublishedBy, ResourcePlan, Route, StepKind};
use crate::submission::{Kind, Section};

use super::super::glyphs::{ARROW, DOT};
use super::super::hygiene::visible_line;
use super::super::page::{BOLD, DIM, Line, PLAIN, Page, Symbol};
use super::super::{bytes, count, plural};
use super::values::value;
use super::{View, listings, markets, packages, risks};

/// All that there is to say of a product.
pub(in crate::render) fn resource_text(
    page: &mut Page,
    plan: &Plan,
    resource: &ResourcePlan,
    view: View<'_>,
) {
    title(page, resource);
    let removal =
        plan.steps.iter().filter(|step| step.kind == StepKind::Discard && step.address == resource.address);
    let removal = removal.map(|step| ("first", visible_line(&step.detail)));
    for (name, words) in consequences(resource).into_iter().chain(removal) {
        page.line_with(Line::new(DIM, format!("  {name:<7}")).and(PLAIN, words), 9);
    }
    let full = view.full;
    for (section, name) in SECTIONS {
        let of_section = |change: &&Change| change.section == Some(*section);
        let changes: Vec<&Change> = resource.changes.iter().filter(of_section).collect();
        if changes.is_empty() {
            continue;
        }
        match section {
            Section::Packages => {
                packages::packages(page, &changes, &resource.kept_packages, resource.route.as_ref());
            }
            Section::Listings => listings::listings(page, &changes, &resource.file_counts, full),
            Section::Pricing | Section::Rollout | Section::Properties => {
                page.gap();
                page.line(Line::new(BOLD, format!("  {name}")));
                match section {
                    Section::Pricing => markets::pricing(page, &changes, full),
                    _ => properties(page, resource, &changes, view),
                }
            }
        }
    }
    counts(page, resource, view);
    risks::risks(page, plan, &resource.address);
}

/// The parts of a product, in the order of risk.
const SECTIONS: &[(Section, &str)] = &[
    (Section::Packages, "packages"),
    (Section::Rollout, "rollout"),
    (Section::Pricing, "pricing"),
    (Section::Properties, "properties"),
    (Section::Listings, "listings"),
];

fn title(page: &mut Page, resource: &ResourcePlan) {
    let symbol = match resource.action {
        Action::Create => Symbol::Add,
        Action::Delete => Symbol::Remove,
        Action::Update | Action::Live => Symbol::Change,
        Action::None | Action::InProgress => Symbol::Keep,
    };
    let mut line = page.open(0, symbol).and(BOLD, visible_line(&resource.address));
    if resource.action == Action::Live {
        line = line.and(BOLD, format!(" {DOT} rollout"));
    }
    if !resource.name.is_empty() {
        line = line.and(PLAIN, format!("  \"{}\"", visible_line(&resource.name)));
    }
    if !resource.id.is_empty() {
        line = line.and(PLAIN, format!("  {}", visible_line(&resource.id)));
    }
    page.line_with(line, 4);
}

/// How the changes take effect, from what, and what of it cannot be taken back.
fn consequences(resource: &ResourcePlan) -> Vec<(&'static str, String)> {
    let Some(route) = &resource.route else { return Vec::new() };
    let base = resource.base.as_ref().map(|base| visible_line(&base.submission)).unwrap_or_default();
    let mut said = Vec::new();
    match resource.action {
        Action::None => return said,
        Action::Create => {
            let what = match resource.kind {
                Kind::Flight => "create flight",
                _ => "create product",
            };
            said.push(("route", format!("{what} {ARROW} {}", submission(route))));
            if resource.kind == Kind::AddOn {
                said.push(("note", "productId and productType cannot be changed later".to_owned()));
            }
        }
        Action::Update => {
            let calls = resource.changes.iter().any(|change| change.route == ChangeRoute::Live);
            let first = if calls { format!("the running rollout first {ARROW} ") } else { String::new() };
            said.push(("route", format!("{first}new {}", submission(route))));
        }
        Action::Delete => said.push(("route", "delete, at once; it cannot be taken back".to_owned())),
        Action::Live => said.push((
            "route",
            format!(
                "live operation on published submission {base}; no submission, no certification, effective at once"
            ),
        )),
        Action::InProgress => {
            if let Some(pending) = &resource.pending {
                let words = format!(
                    "submission {} is {}; what the manifest wants is on its way",
                    visible_line(&pending.submission),
                    visible_line(pending.status.as_str())
                );
                said.push(("route", words));
            }
        }
    }
    if let Some(base) = resource.base.as_ref().filter(|_| resource.action == Action::Update) {
        let name =
            if base.name.is_empty() { String::new() } else { format!(" \"{}\"", visible_line(&base.name)) };
        said.push(("base", format!("submission {}{name}", visible_line(&base.submission))));
    }
    // Packages say this themselves.
    let has_packages = resource.changes.iter().any(|change| change.section == Some(Section::Packages));
    if route.upload_files > 0 && !has_packages {
        let files = plural(route.upload_files, "file");
        said.push(("upload", format!("{files}, {}", bytes(route.upload_bytes))));
    }
    said
}

fn submission(route: &Route) -> String {
    let published = match &route.published_by {
        PublishedBy::Itself => "publishes by itself once certified".to_owned(),
        PublishedBy::Hand => "then waits until somebody presses Publish now in Partner Center".to_owned(),
        PublishedBy::Date(date) => format!("publishes on {}", visible_line(date)),
    };
    format!("submission {ARROW} certification {ARROW} {published}")
}

fn properties(page: &mut Page, resource: &ResourcePlan, changes: &[&Change], view: View<'_>) {
    for change in changes {
        let name = change.path.keys().last().map_or("", String::as_str);
        if change.route == ChangeRoute::Live {
            live(page, change, name);
            continue;
        }
        let notes = view.notes.and_then(|notes| notes.of(&resource.address));
        match notes.filter(|_| name == "notesForCertification") {
            Some((before, after)) => {
                let text = |text: &Option<String>| text.clone().map(Value::String);
                let clear = Change { before: text(before), after: text(after), ..(*change).clone() };
                value(page, 4, &clear, name, view.full);
            }
            None => value(page, 4, change, name, view.full),
        }
    }
}

/// A change of a running rollout.
fn live(page: &mut Page, change: &Change, name: &str) {
    let share = |value: Option<&Value>| match value {
        Some(Value::Number(share)) => format!("{share} %"),
        Some(value) => super::values::short(value),
        None => "nothing".to_owned(),
    };
    let words = format!("  {} {ARROW} {}", share(change.before.as_ref()), share(change.after.as_ref()));
    let line = page.open(4, Symbol::Change).and(BOLD, visible_line(name)).and(PLAIN, words);
    page.line(line.right(super::values::place(change)));
    let is_all = change.after.as_ref().and_then(Value::as_f64).is_some_and(|share| share >= 100.0);
    if is_all {
        let hint = "100 % keeps the rollout open; `state: finalized` under `rollout` closes it";
        page.line_with(Line::new(DIM, "      hint  ").and(PLAIN, hint), 12);
    }
}

fn counts(page: &mut Page, resource: &ResourcePlan, view: View<'_>) {
    let of = &resource.counts;
    let mut words = Vec::new();
    if of.unchanged > 0 {
        words.push(format!("{} unchanged", plural(of.unchanged, "managed field")));
    }
    if of.unmanaged > 0 {
        words.push(format!("{} unmanaged, left as they are", count(of.unmanaged)));
    }
    if of.on_trust > 0 {
        words.push(format!("{} taken on trust (storeward explain SW2005)", plural(of.on_trust, "image")));
    }
    if of.waiting > 0 {
        words.push(format!("waiting for the next submission: {}", plural(of.waiting, "release setting")));
    }
    if !words.is_empty() {
        page.gap();
        page.line_with(Line::new(DIM, format!("  {}", words.join(&format!(" {DOT} ")))), 4);
    }
    if view.unmanaged {
        for path in &resource.unmanaged {
            page.line_with(Line::new(DIM, format!("      {}", visible_line(&path.dotted()))), 8);
        }
    }
}
