//! One resource, laid out.

use crate::plan::{Action, Change, Plan, PublishedBy, ResourcePlan, Route};
use crate::render::page::{BOLD, DIM, PLAIN, Symbol};
use crate::render::{count, plural};
use crate::submission::Section;

use super::layout::{Detail, Glyphs, Part, Row};
use super::listings::listings;
use super::obstacles::obstacles;
use super::packages::packages;
use super::value::value;

/// What is to be said of one resource, from top to bottom. A sink may leave parts of it out, or fold them away, but never
/// [`Sheet::obstacles`].
#[derive(Debug)]
pub(in crate::render) struct Sheet {
    /// Its symbol, address, name and id.
    pub title: Row,
    /// How it takes effect, and what it starts from.
    pub consequences: Vec<Part>,
    /// Its changes, in the order of risk.
    pub changes: Vec<Part>,
    /// What is not changed, in numbers.
    pub counts: Vec<Part>,
    /// Its guards and blockers.
    pub obstacles: Vec<Part>,
}

/// Lays a resource out.
pub(in crate::render) fn sheet(plan: &Plan, resource: &ResourcePlan, detail: Detail) -> Sheet {
    let glyphs = detail.glyphs();
    Sheet {
        title: title(resource, glyphs),
        consequences: consequences(resource, glyphs),
        changes: changes(resource, detail),
        counts: counts(resource, glyphs),
        obstacles: obstacles(plan, &resource.address, detail),
    }
}

fn title(resource: &ResourcePlan, glyphs: &Glyphs) -> Row {
    let symbol = match resource.action {
        Action::Create => Symbol::Add,
        Action::Delete => Symbol::Remove,
        Action::Update | Action::Live => Symbol::Change,
        Action::None | Action::InProgress => Symbol::Keep,
    };
    Row::sign(0, symbol)
        .cell(BOLD, resource.address.clone())
        .cell(PLAIN, format!("\"{}\"", glyphs.line(&resource.name)))
        .cell(PLAIN, glyphs.line(&resource.id))
}

fn consequences(resource: &ResourcePlan, glyphs: &Glyphs) -> Vec<Part> {
    let row = |label, words: String| Part::from(Row::at(2).column(5, DIM, label).cell(PLAIN, words));
    let mut parts = Vec::new();
    if let Some(route) = resource.route.as_ref().filter(|_| resource.action == Action::Update) {
        parts.push(row("route", route_text(route, glyphs)));
    }
    if let (Action::InProgress, Some(pending)) = (resource.action, &resource.pending) {
        let (submission, status) = (glyphs.line(&pending.submission), glyphs.line(pending.status.as_str()));
        parts.push(row(
            "route",
            format!("submission {submission} is {status}; what the manifest wants is on its way"),
        ));
    }
    if let Some(base) = resource.base.as_ref().filter(|_| resource.action == Action::Update) {
        let words = format!("submission {} \"{}\"", glyphs.line(&base.submission), glyphs.line(&base.name));
        parts.push(row("base", words));
    }
    parts
}

fn route_text(route: &Route, glyphs: &Glyphs) -> String {
    let published = match &route.published_by {
        PublishedBy::Itself => "publishes by itself once certified".to_owned(),
        PublishedBy::Hand => "then waits until somebody presses Publish now in Partner Center".to_owned(),
        PublishedBy::Date(date) => format!("publishes on {}", glyphs.line(date)),
    };
    let arrow = glyphs.arrow;
    format!("new submission {arrow} certification {arrow} {published}")
}

/// The parts of a plan in the order of risk, with their titles.
const SECTIONS: &[(Section, &str)] = &[
    (Section::Packages, "packages"),
    (Section::Rollout, "rollout"),
    (Section::Pricing, "pricing"),
    (Section::Properties, "properties"),
    (Section::Listings, "listings"),
];

fn changes(resource: &ResourcePlan, detail: Detail) -> Vec<Part> {
    let mut parts = Vec::new();
    for (section, name) in SECTIONS {
        let changes: Vec<&Change> =
            resource.changes.iter().filter(|change| change.section == Some(*section)).collect();
        match section {
            _ if changes.is_empty() => {}
            Section::Packages => parts.extend(packages(&changes, resource.route.as_ref(), detail)),
            Section::Listings => parts.extend(listings(&changes, detail)),
            _ => {
                parts.extend([Part::Gap, Row::at(2).cell(BOLD, *name).into()]);
                for change in changes {
                    let name = change.path.keys().last().map_or("", String::as_str);
                    parts.extend(value(4, change, name, detail));
                }
            }
        }
    }
    parts
}

fn counts(resource: &ResourcePlan, glyphs: &Glyphs) -> Vec<Part> {
    let counts = &resource.counts;
    let words = [
        (counts.unchanged, format!("{} unchanged", plural(counts.unchanged, "managed field"))),
        (counts.unmanaged, format!("{} unmanaged, left as they are", count(counts.unmanaged))),
        (
            counts.on_trust,
            format!("{} taken on trust (storeward explain SW2005)", plural(counts.on_trust, "image")),
        ),
        (
            counts.waiting,
            format!("waiting for the next submission: {}", plural(counts.waiting, "release setting")),
        ),
    ];
    let words: Vec<String> =
        words.into_iter().filter(|(number, _)| *number > 0).map(|(_, words)| words).collect();
    if words.is_empty() {
        return Vec::new();
    }
    vec![Part::Gap, Row::at(2).cell(DIM, words.join(&format!(" {} ", glyphs.dot))).into()]
}
