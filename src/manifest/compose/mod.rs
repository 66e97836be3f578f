//! Live state into manifests, as a careful person would write them by hand.
//!
//! [`compose`] is the door: documents in, files out, as data. Only what holds something is written, in the order of the
//! field table; long texts get files of their own; what most languages share is said once. Whatever a manifest cannot say
//! is left out with the reason, which the reader of manifests gives: a text is never written so that it says another thing.

mod listings;
mod names;
mod page;
mod probe;
mod resource;
mod said;
mod writing;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::submission::{Application, Document, Kind, LiveProduct, Member, Path};

use super::desired::Address;
use writing::Writing;

pub(in crate::manifest) use page::scalar;

/// A resource that is to be written down.
#[derive(Debug, Clone)]
pub struct Pulled<'a> {
    /// What it is to be called.
    pub address: Address,
    /// What it is.
    pub kind: Kind,
    /// What is there of it.
    pub live: &'a LiveProduct,
    /// The submission whose values are taken; `None` where there is none.
    pub document: Option<&'a Document>,
    /// Whether another one of its app has the same name in the Store.
    pub is_ambiguous: bool,
}

/// What is to be written, where there is a choice.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Notes for certification as well, which often hold test accounts.
    pub with_notes: bool,
    /// What is to be left out, and why.
    pub except: BTreeMap<(Address, Path), String>,
}

/// Something that is not in the manifests, and stays as it is in Partner Center.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftOut {
    /// The resource.
    pub address: Address,
    /// Where it would stand below `submission`, or a key of the manifest itself; empty: all of it.
    pub path: Path,
    /// Why, and what can be done.
    pub why: String,
}

impl LeftOut {
    /// What is left out, in words, each with its reason; the same in several languages is said once.
    pub fn folded(all: &[Self]) -> Vec<(String, String)> {
        resource::folded(all)
    }
}

/// Manifests, and the files that they name, by their paths below one folder.
#[derive(Debug, Clone, Default)]
pub struct Composed {
    /// The files.
    pub files: BTreeMap<String, String>,
    /// What they do not hold.
    pub left_out: Vec<LeftOut>,
}

/// What an app is called, by its name in Partner Center.
pub fn app_address(app: &Application) -> Address {
    Address::app(&names::name(app.primary_name(), app.id()))
}

/// What the add-ons, or the flights, of an app are called, in their order.
pub fn member_addresses(kind: Kind, app: &Address, members: &[&Member]) -> Vec<Address> {
    let called: Vec<(&str, &str)> = members
        .iter()
        .map(|member| match kind {
            Kind::AddOn => (member.product_id(), member.id()),
            Kind::App | Kind::Flight => (member.friendly_name(), member.id()),
        })
        .collect();
    names::unique(&called).iter().map(|name| Address::below(kind, app.app_name(), name)).collect()
}

/// What the manifest of an app starts with.
const ABOUT: &str = "# What a manifest does not mention stays as it is in Partner Center.\n";

/// The manifests of some resources: an app and its flights have a file each, its add-ons one for every one of them.
pub fn compose(all: &[Pulled<'_>], choices: &Choices) -> Composed {
    let mut composed = Composed::default();
    for pulled in all {
        let name = pulled.address.name();
        let (file, notes) = match pulled.kind {
            Kind::App => ("app.yaml".to_owned(), "notes.md".to_owned()),
            Kind::AddOn => (format!("add-ons/{name}.yaml"), String::new()),
            Kind::Flight => ("flights.yaml".to_owned(), format!("notes/{name}.md")),
        };
        let mut writing = Writing::new(&pulled.address, pulled.kind, choices);
        let document = resource::document(&mut writing, pulled, &notes);
        if let Some(document) = document {
            let text = composed.files.entry(file).or_default();
            if !text.is_empty() {
                text.push_str("---\n");
            } else if pulled.kind == Kind::App {
                text.push_str(ABOUT);
            }
            text.push_str(&document);
            composed.files.append(&mut writing.files);
        }
        composed.left_out.append(&mut writing.left_out);
    }
    composed
}
