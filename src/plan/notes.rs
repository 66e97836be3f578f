//! The notes for certification that a plan changes, in clear text. They often hold test accounts, so a plan holds a digest
//! of them, and the texts are handed on beside it, to whoever asked to see them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::submission::{Document, Live};

use super::overlay::hidden;
use super::planner::Product;
use super::types::Plan;

const NOTES: &str = "notesForCertification";

/// Notes for certification by address. It is not printed by accident: there is no `Debug`.
#[derive(Default)]
pub struct Notes(BTreeMap<String, NotesText>);

/// The notes of one resource, before and after; `None` where there are none, or where the text is not known.
pub struct NotesText {
    /// The live text.
    pub before: Option<String>,
    /// The wanted text.
    pub after: Option<String>,
}

impl Notes {
    /// The notes of a resource, where the plan changes them.
    pub fn of(&self, address: &str) -> Option<&NotesText> {
        self.0.get(address)
    }
}

/// The texts whose digests a plan lists.
pub fn notes(plan: &Plan, products: &[Product<'_>]) -> Notes {
    let mut notes = BTreeMap::new();
    for resource in &plan.resources {
        let own = products.iter().find(|product| product.resource.address.as_str() == resource.address);
        let change = resource.changes.iter().find(|change| change.path.dotted() == NOTES);
        if let (Some(product), Some(change)) = (own, change) {
            let texts = texts(*product);
            let text_of = |digest: &Option<Value>| {
                texts.iter().find(|text| digest.as_ref() == Some(&hidden(text)))?.as_str().map(str::to_owned)
            };
            let text = NotesText { before: text_of(&change.before), after: text_of(&change.after) };
            notes.insert(resource.address.clone(), text);
        }
    }
    Notes(notes)
}

/// Every text that the digest of a product's notes may be of.
fn texts(product: Product<'_>) -> Vec<&Value> {
    let live: Vec<&Document> = match product.live {
        Live::Readable(live) => live.published.iter().chain(&live.pending).collect(),
        Live::Unsupported(_) | Live::NoSuchApp(_) => Vec::new(),
    };
    let wanted = product.resource.desired.value(&[NOTES]).and_then(|owned| match &owned.wanted {
        crate::manifest::Wanted::Value(value) => Some(value),
        _ => None,
    });
    live.into_iter().filter_map(|document| document.get(&[NOTES])).chain(wanted).collect()
}
