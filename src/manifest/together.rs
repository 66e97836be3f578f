//! What no single document can tell: resources that name each other, or the same thing.

use std::collections::{HashMap, HashSet};

use crate::submission::Kind;

use super::code::Code;
use super::desired::{Address, Creation, Releases, Resource};
use super::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use super::source::Span;
use super::yaml::Node;

/// Where the values of a document's keys stand.
pub(super) struct KeySpans(HashMap<String, Span>);

impl KeySpans {
    /// Those of a document.
    pub(super) fn of(document: &Node) -> Self {
        let entries = document.entries().unwrap_or_default();
        Self(entries.iter().map(|entry| (entry.key.clone(), entry.value.span)).collect())
    }
}

/// A resource with the places of its keys.
#[derive(Clone, Copy)]
struct Placed<'r> {
    resource: &'r Resource,
    spans: &'r KeySpans,
}

impl Placed<'_> {
    /// Where a key's value stands, else the kind of the resource.
    fn span(&self, key: &str) -> Span {
        self.spans.0.get(key).copied().unwrap_or(self.resource.span)
    }
}

/// Checks all resources of a run together; `spans` are those of their documents, in the same order.
pub(super) fn check_together(
    resources: &[Resource],
    spans: &[KeySpans],
    releases: &Releases,
    diagnostics: &mut Diagnostics,
) {
    let placed: Vec<Placed<'_>> =
        resources.iter().zip(spans).map(|(resource, spans)| Placed { resource, spans }).collect();
    duplicates(&placed, diagnostics);
    unknown_apps(&placed, diagnostics);
    ranks(&placed, diagnostics);
    // Where nothing could be read, that is the mistake.
    let unread = resources.is_empty() && diagnostics.has_errors();
    for address in releases.keys().filter(|_| !unread) {
        if !resources.iter().any(|resource| resource.address == *address) {
            diagnostics.push(unknown_release(address, resources));
        }
    }
}

/// What no two resources may have in common.
#[derive(PartialEq, Eq, Hash)]
enum Mark<'r> {
    Address(&'r Address),
    /// Ids of flights are told apart from Store IDs, and are the same in any case.
    Id(bool, String),
    ProductId(&'r str, &'r str),
    FriendlyName(&'r str, String),
}

/// What tells a resource from others: the mark, in words, and the key that makes it.
fn marks(resource: &Resource) -> Vec<(Mark<'_>, String, &'static str)> {
    let app = resource.address.app_name();
    let is_flight = resource.kind() == Kind::Flight;
    let mut marks = vec![(Mark::Address(&resource.address), format!("`{}`", resource.address), "name")];
    if let Some(id) = &resource.id {
        marks.push((Mark::Id(is_flight, id.to_lowercase()), format!("the id `{id}`"), "id"));
    }
    match &resource.creation {
        Creation::AddOn { product_id: Some(id), .. } => {
            let words = format!("the product id `{id}` of `{app}`");
            marks.push((Mark::ProductId(app, id), words, "productId"));
        }
        Creation::Flight { friendly_name: Some(name), .. } => {
            let words = format!("the flight `{name}` of `{app}`");
            marks.push((Mark::FriendlyName(app, name.to_lowercase()), words, "friendlyName"));
        }
        _ => {}
    }
    marks
}

fn duplicates(resources: &[Placed<'_>], diagnostics: &mut Diagnostics) {
    let mut known: HashMap<Mark<'_>, &Resource> = HashMap::new();
    for placed in resources {
        for (mark, words, key) in marks(placed.resource) {
            let Some(first) = known.get(&mark) else {
                known.insert(mark, placed.resource);
                continue;
            };
            let first = format!("{}:{}", first.at.file, first.at.line);
            let message = format!("{words} is managed by two manifests; the first is {first}");
            let diagnostic = Diagnostic::error(Code::DuplicateResource, placed.span(key), message);
            diagnostics.push(diagnostic.help("two would undo each other's changes; remove one of them"));
            break;
        }
    }
}

fn unknown_apps(resources: &[Placed<'_>], diagnostics: &mut Diagnostics) {
    let apps: HashSet<&str> = resources
        .iter()
        .filter(|placed| placed.resource.kind() == Kind::App)
        .map(|placed| placed.resource.address.app_name())
        .collect();
    for placed in resources.iter().filter(|placed| placed.resource.kind() != Kind::App) {
        let name = placed.resource.address.app_name();
        if apps.contains(name) {
            continue;
        }
        let message = format!("no manifest describes the app `{name}`");
        let diagnostic = Diagnostic::error(Code::UnknownApp, placed.span("app"), message);
        let mut near: Vec<&str> = apps.iter().copied().take(MAX_GUESSED).collect();
        near.sort_unstable();
        let help = match did_you_mean(name, near) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "name the file or folder of the app's manifest as well".to_owned(),
        };
        diagnostics.push(diagnostic.help(help));
    }
}

/// The flights of the manifests by what `rankHigherThan` may call them: their names in the Store and their ids first, then
/// what the manifests call them. In lower case: nobody means two flights that differ by case only.
fn named_flights<'r>(resources: &[Placed<'r>]) -> HashMap<(&'r str, String), usize> {
    let mut named = HashMap::new();
    let flights =
        || resources.iter().enumerate().filter(|(_, placed)| placed.resource.kind() == Kind::Flight);
    for (i, Placed { resource, .. }) in flights() {
        let Creation::Flight { friendly_name, .. } = &resource.creation else { continue };
        for name in [friendly_name, &resource.id].into_iter().flatten() {
            named.entry((resource.address.app_name(), name.to_lowercase())).or_insert(i);
        }
    }
    for (i, Placed { resource, .. }) in flights() {
        named.entry((resource.address.app_name(), resource.address.name().to_owned())).or_insert(i);
    }
    named
}

/// What a flight is to rank above.
fn wanted_below(resource: &Resource) -> Option<&str> {
    match &resource.creation {
        Creation::Flight { rank_higher_than, .. } => rank_higher_than.as_deref(),
        _ => None,
    }
}

/// For each resource the one that it is to rank above, if that is among them. A word that is near to one and means none
/// is a warning: the Store may have a flight of that name, which a plan tells.
fn below(resources: &[Placed<'_>], diagnostics: &mut Diagnostics) -> Vec<Option<usize>> {
    let named = named_flights(resources);
    let mut guesses = 0..MAX_GUESSED;
    let below = |placed: &Placed<'_>| {
        let app = placed.resource.address.app_name();
        let word = wanted_below(placed.resource)?;
        let found = named.get(&(app, word.to_lowercase())).copied();
        if found.is_none() && guesses.next().is_some() {
            let of_app = named.keys().filter(|(own, _)| *own == app).map(|(_, name)| name.as_str());
            let mut near: Vec<&str> = of_app.collect();
            near.sort_unstable();
            near.truncate(MAX_GUESSED);
            if let Some(near) = did_you_mean(word, near) {
                let message = format!("no manifest describes a flight `{word}` of `{app}`");
                let diagnostic =
                    Diagnostic::warning(Code::UnknownFlight, placed.span("rankHigherThan"), message);
                let meant = spelled(resources[named[&(app, near.to_owned())]].resource, near);
                diagnostics.push(diagnostic.help(format!("did you mean `{meant}`?")));
            }
        }
        found
    };
    resources.iter().map(below).collect()
}

/// How a manifest spells a name of its flight.
fn spelled<'r>(flight: &'r Resource, lower: &'r str) -> &'r str {
    let friendly_name = match &flight.creation {
        Creation::Flight { friendly_name, .. } => friendly_name.as_deref(),
        _ => None,
    };
    let own = [friendly_name, flight.id.as_deref()].into_iter().flatten();
    own.into_iter().find(|name| name.to_lowercase() == lower).unwrap_or(lower)
}

/// Each circle is told once. Every flight is walked over once, however many there are.
fn ranks(resources: &[Placed<'_>], diagnostics: &mut Diagnostics) {
    let below = below(resources, diagnostics);
    let mut walked_from: Vec<Option<usize>> = vec![None; resources.len()];
    for start in 0..resources.len() {
        let mut at = Some(start);
        while let Some(flight) = at.filter(|flight| walked_from[*flight].is_none()) {
            walked_from[flight] = Some(start);
            at = below[flight];
        }
        if let Some(again) = at.filter(|flight| walked_from[*flight] == Some(start)) {
            let mut circle = vec![again];
            let mut next = below[again];
            while let Some(flight) = next.filter(|flight| *flight != again) {
                circle.push(flight);
                next = below[flight];
            }
            let first = circle.iter().enumerate().min_by_key(|(_, flight)| **flight).map_or(0, |(i, _)| i);
            circle.rotate_left(first);
            diagnostics.push(circular(&circle.iter().map(|flight| resources[*flight]).collect::<Vec<_>>()));
        }
    }
}

/// Says once what is true of each of these flights.
fn circular(circle: &[Placed<'_>]) -> Diagnostic {
    let first = circle[0];
    let message = match circle {
        [own] => format!("`{}` is to rank above itself", own.resource.address),
        _ => {
            let named = circle.iter().chain([&first]).take(MAX_NAMED);
            let named: Vec<String> = named.map(|own| format!("`{}`", own.resource.address)).collect();
            format!("flights rank above each other in a circle: {}", named.join(" above "))
        }
    };
    Diagnostic::error(Code::RanksInACircle, first.span("rankHigherThan"), message)
        .help("let one of them name no other, or one that lies below")
}

/// How many flights of a circle are named, and how many apps are guessed from: a hostile file can have any number.
const MAX_NAMED: usize = 12;
const MAX_GUESSED: usize = 100;

fn unknown_release(address: &Address, resources: &[Resource]) -> Diagnostic {
    let known: Vec<&str> = resources.iter().map(|resource| resource.address.as_str()).collect();
    let help = match did_you_mean(address.as_str(), known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "the manifests describe nothing".to_owned(),
        None => format!("name a resource that the manifests describe: there is {}", known.join(", ")),
    };
    let message = format!("no manifest describes `{address}`");
    Diagnostic::error(Code::UnknownRelease, None, message).help(help)
}
