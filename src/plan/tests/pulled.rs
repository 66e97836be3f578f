//! Manifests made of live documents say exactly what these say.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::manifest::{Address, Choices, Composed, Loaded, Pulled, Releases, Workspace, compose, load};
use crate::plan::unlike;
use crate::submission::{Application, Document, Kind, LiveProduct, Member};

use super::generate::{live_of, text};

const READ_AT: &str = "2026-09-01T08:00:00Z";

/// A product of each kind, with these documents and names.
fn products(documents: &[Value; 3], names: &[String; 3]) -> Vec<(Address, Kind, LiveProduct)> {
    let application: Application =
        serde_json::from_value(json!({"id": "9NBLGGH4R315", "primaryName": names[0]})).unwrap();
    let members = [
        json!(null),
        json!({"id": "9NBLGGH4TNMP", "productId": names[1], "productType": "Durable"}),
        json!({"flightId": "f", "friendlyName": names[2], "groupIds": ["1"], "rankHigherThan": ""}),
    ];
    let app = Address::app("reader");
    let addresses = [
        app.clone(),
        Address::below(Kind::AddOn, "reader", "gold"),
        Address::below(Kind::Flight, "reader", "f"),
    ];
    let member =
        |value: &Value| (!value.is_null()).then(|| serde_json::from_value::<Member>(value.clone()).unwrap());
    let flights: Vec<Member> = member(&members[2]).into_iter().collect();
    let live = |place: usize| LiveProduct {
        application: application.clone(),
        member: member(&members[place]),
        flights: if place == 2 { flights.clone() } else { Vec::new() },
        published: Some(Document::from_json(documents[place].to_string().as_bytes()).unwrap()),
        ..LiveProduct::default()
    };
    addresses
        .into_iter()
        .zip(Kind::ALL)
        .enumerate()
        .map(|(i, (address, kind))| (address, *kind, live(i)))
        .collect()
}

fn loaded(composed: &Composed) -> Loaded {
    let folder = tempfile::Builder::new().prefix("pulled-").tempdir().unwrap();
    for (name, text) in &composed.files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    load(&Workspace::around(folder.path()).unwrap(), &[], &Releases::new())
}

proptest! {
    // Each case writes files and reads them again.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_pulled_is_what_is_live(
        app in live_of(Kind::App),
        add_on in live_of(Kind::AddOn),
        flight in live_of(Kind::Flight),
        names in [text(), text(), text()],
        with_notes in any::<bool>(),
    ) {
        let products = products(&[app, add_on, flight], &names);
        let all: Vec<Pulled<'_>> = products
            .iter()
            .map(|(address, kind, live)| Pulled {
                address: address.clone(), kind: *kind, live, document: live.published.as_ref(), is_ambiguous: false,
            })
            .collect();
        let mut choices = Choices { with_notes, ..Choices::default() };
        let first = compose(&all, &choices);
        choices.except = unlike(&loaded(&first), &all, READ_AT).unwrap();
        // Only what depends on another field is found by looking at the whole; then all of it is right.
        let depends = |path: &str| path.starts_with("gamingOptions") || path == "lifetime";
        let others: BTreeMap<_, _> =
            choices.except.iter().filter(|((_, path), _)| !depends(&path.dotted())).collect();
        prop_assert!(others.is_empty(), "{others:?}\n{:#?}", first.files);
        let second = compose(&all, &choices);
        let loaded = loaded(&second);
        prop_assert_eq!(unlike(&loaded, &all, READ_AT).unwrap(), BTreeMap::new(), "{:#?}", second.files);
        prop_assert_eq!(loaded.resources.len(), 3);
        prop_assert_eq!(compose(&all, &choices).files, second.files, "the same every time");
    }

    /// A value that is there is either managed, or named as left out.
    #[test]
    fn nothing_that_can_be_managed_is_passed_over(app in live_of(Kind::App), kind in select(&["description", "releaseNotes", "keywords"][..])) {
        let products = products(&[app, json!({}), json!({})], &[String::new(), String::new(), String::new()]);
        let (address, _, live) = &products[0];
        let document = live.published.as_ref();
        let pulled = Pulled { address: address.clone(), kind: Kind::App, live, document, is_ambiguous: false };
        let composed = compose(&[pulled], &Choices::default());
        let loaded = loaded(&composed);
        for language in document.unwrap().languages() {
            let path = ["listings", language, "baseListing", kind];
            let is_said = document.unwrap().get(&path).is_some_and(|live| crate::submission::canonical::value(live).is_some());
            let is_here = |keys: &[String]| keys[0] == "listings" && keys[1] == language.to_lowercase() && keys[2] == kind;
            let is_managed = loaded.resources[0].desired.owned.iter().any(|owned| owned.path.keys().len() > 2 && is_here(owned.path.keys()));
            let is_left_out = composed.left_out.iter().any(|left| left.path.keys().len() > 2 && is_here(left.path.keys()));
            prop_assert!(!is_said || is_managed != is_left_out, "{language} {kind}: {:#?}", composed.files);
        }
    }
}
