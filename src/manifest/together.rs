//! What no single document can tell: resources that name each other, or the same thing.

use std::collections::HashMap;

use crate::submission::Kind;

use super::code::Code;
use super::desired::{Address, Creation, Releases, Resource};
use super::diagnostic::{Diagnostic, Diagnostics, did_you_mean};

/// Checks all resources of a run together.
pub(super) fn check_together(resources: &[Resource], releases: &Releases, diagnostics: &mut Diagnostics) {
    duplicates(resources, diagnostics);
    unknown_apps(resources, diagnostics);
    ranks(resources, diagnostics);
    for address in releases.keys() {
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

impl Mark<'_> {
    fn words(&self) -> String {
        match self {
            Self::Address(address) => format!("`{address}`"),
            Self::Id(_, id) => format!("the id `{id}`"),
            Self::ProductId(app, id) => format!("the product id `{id}` of `{app}`"),
            Self::FriendlyName(app, name) => format!("the flight `{name}` of `{app}`"),
        }
    }
}

fn marks(resource: &Resource) -> Vec<Mark<'_>> {
    let app = resource.address.app_name();
    let is_flight = resource.kind() == Kind::Flight;
    let id = resource.id.as_deref().map(|id| Mark::Id(is_flight, id.to_lowercase()));
    let creation = match &resource.creation {
        Creation::AddOn { product_id: Some(id), .. } => Some(Mark::ProductId(app, id)),
        Creation::Flight { friendly_name: Some(name), .. } => {
            Some(Mark::FriendlyName(app, name.to_lowercase()))
        }
        _ => None,
    };
    [Some(Mark::Address(&resource.address)), id, creation].into_iter().flatten().collect()
}

fn duplicates(resources: &[Resource], diagnostics: &mut Diagnostics) {
    let mut known: HashMap<Mark<'_>, &Resource> = HashMap::new();
    for resource in resources {
        for mark in marks(resource) {
            let Some(first) = known.get(&mark) else {
                known.insert(mark, resource);
                continue;
            };
            let first = format!("{}:{}", first.at.file, first.at.line);
            let message = format!("{} is managed by two manifests; the first is {first}", mark.words());
            let diagnostic = Diagnostic::error(Code::DuplicateResource, resource.span, message);
            diagnostics.push(diagnostic.help("two would undo each other's changes; remove one of them"));
            break;
        }
    }
}

fn unknown_apps(resources: &[Resource], diagnostics: &mut Diagnostics) {
    let apps = || resources.iter().filter(|resource| resource.kind() == Kind::App);
    for resource in resources.iter().filter(|resource| resource.kind() != Kind::App) {
        let name = resource.address.app_name();
        if apps().any(|app| app.address.app_name() == name) {
            continue;
        }
        let message = format!("no manifest describes the app `{name}`");
        let diagnostic = Diagnostic::error(Code::UnknownApp, resource.span, message);
        let help = match did_you_mean(name, apps().map(|app| app.address.app_name())) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "name the file or folder of the app's manifest as well".to_owned(),
        };
        diagnostics.push(diagnostic.help(help));
    }
}

/// The flight among the manifests that a flight is to rank above.
fn below<'r>(resources: &'r [Resource], flight: &Resource) -> Option<&'r Resource> {
    let Creation::Flight { rank_higher_than: Some(below), .. } = &flight.creation else { return None };
    resources.iter().find(|other| match &other.creation {
        Creation::Flight { friendly_name, .. } => {
            other.address.app_name() == flight.address.app_name()
                && (friendly_name.as_ref() == Some(below) || other.id.as_ref() == Some(below))
        }
        _ => false,
    })
}

fn ranks(resources: &[Resource], diagnostics: &mut Diagnostics) {
    for flight in resources.iter().filter(|resource| resource.kind() == Kind::Flight) {
        let mut at = flight;
        // As many steps as there are flights come back to the start, or never will.
        for _ in 0..resources.len() {
            let Some(next) = below(resources, at) else { break };
            if next.address == flight.address {
                let message = format!("`{}` is to rank above itself", flight.address);
                let diagnostic = Diagnostic::error(Code::RanksInACircle, flight.span, message);
                diagnostics.push(diagnostic.help("let one of the flights name none, or another one below"));
                break;
            }
            at = next;
        }
    }
}

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
