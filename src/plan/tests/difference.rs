//! How two plans differ, and whether one is what remains of the other.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::manifest::{Address, Guard};
use crate::plan::{Action, Allowance, ChangeDifference, Difference, Plan, difference};
use crate::submission::Document;

use super::generate::{desired, live};
use super::live::{document, live_image, published, published_showing, published_with};
use super::local::{package, shot};
use super::properties::copy;
use super::run::{case, diagnostics, plan_all};
use super::want::{Want, want};

fn hidden() -> Want {
    want().value("visibility", "Hidden")
}

fn plan(want: Want) -> Plan {
    case(published()).plan(want)
}

/// The one product that differs: each of its changes as `path: was before → after, is before → after`.
fn changes(difference: &Difference) -> Vec<String> {
    let [resource] = difference.resources.as_slice() else {
        panic!("one product differs, not {:?}", difference.resources)
    };
    let words = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), ToString::to_string);
    let words = |ChangeDifference { was, is }: &ChangeDifference| {
        let either = was.as_ref().or(is.as_ref()).unwrap();
        let side = |name: &str, change: &Option<crate::plan::Change>| {
            change.as_ref().map(|change| {
                format!("{name} {:?} {} → {}", change.op, words(&change.before), words(&change.after))
            })
        };
        let sides: Vec<String> = [side("was", was), side("is", is)].into_iter().flatten().collect();
        format!("{}: {}", either.path, sides.join(", "))
    };
    resource.changes.iter().map(words).collect()
}

proptest! {
    #[test]
    fn whatever_makes_another_fingerprint_is_named(
        live in live(), want in desired(), other_live in live(), other_want in desired(), same in any::<[bool; 2]>(),
    ) {
        let other_live = if same[0] { live.clone() } else { other_live };
        let other_want = if same[1] { copy(&want) } else { other_want };
        let was = case(document(&live)).plan(copy(&want));
        let is = case(document(&other_live)).plan(copy(&other_want));
        let is_same = was.fingerprints.plan == is.fingerprints.plan;
        prop_assert_eq!(difference(&was, &is).resources.is_empty(), is_same);
    }
}

#[test]
fn a_plan_does_not_differ_from_itself_nor_by_what_is_not_its_matter() {
    let one = plan(hidden().packages([package("1.5.0.0", "x64")]));
    let mut other = published_with([("id", json!("900")), ("friendlyName", json!("Submission 9"))]);
    other.set(&["listings", "en-us", "baseListing", "keywords"], json!(["other"]));
    let mut two = case(other).plan(hidden().packages([package("1.5.0.0", "x64")]));
    two.made_of.read_at = "2027-01-01T00:00:00Z".to_owned();
    for change in &mut two.resources[0].changes {
        change.source = None;
        change.origin = Some(crate::plan::Origin::Drift);
    }
    let found = difference(&one, &two);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(one.fingerprints.plan, two.fingerprints.plan);
}

#[test]
fn what_came_went_and_is_another_one_is_named() {
    let was = plan(hidden().value("listings.en-us.releaseNotes", "A."));
    let live = published_with([("listings.en-us.baseListing.releaseNotes", json!("Theirs."))]);
    let is = case(live)
        .plan(want().value("listings.en-us.releaseNotes", "A.").value("listings.de-de.releaseNotes", "B."));
    let found = difference(&was, &is);
    assert_eq!(
        changes(&found),
        [
            "listings.en-us.releaseNotes: was Set \"Faster start.\" → \"A.\", is Set \"Theirs.\" → \"A.\"",
            "listings.de-de.releaseNotes: is Set nothing → \"B.\"",
            "visibility: was Set \"Public\" → \"Hidden\"",
        ]
    );
    assert_eq!(found.resources[0].action, None);
    let went: Vec<Guard> = found.guards.went.iter().map(|hit| hit.guard).collect();
    assert_eq!((went, found.guards.came.len()), (vec![Guard::VisibilityReduced], 0));
}

#[test]
fn another_file_is_named_also_where_it_has_the_same_name() {
    let of = |content: &[u8]| {
        let live = published_showing(vec![live_image("1", "other.png", "Screenshot")]);
        case(live).plan(want().screenshots([shot("home", content)]))
    };
    let found = difference(&of(b"one"), &of(b"two"));
    let [change] = found.resources[0].changes.as_slice() else { panic!("{found:?}") };
    let digest = |change: &Option<crate::plan::Change>| change.clone().unwrap().asset.unwrap().sha256;
    assert_ne!(digest(&change.was), digest(&change.is));
}

#[test]
fn a_product_that_is_only_in_one_of_them_is_named() {
    let both = plan_all([(case(published()), hidden()), (case(published()).named("writer"), hidden())]);
    let one = plan(hidden());
    for (was, is, pair) in
        [(&both, &one, (Action::Update, Action::None)), (&one, &both, (Action::None, Action::Update))]
    {
        let found = difference(was, is);
        let [resource] = found.resources.as_slice() else { panic!("{found:?}") };
        let action = resource.action.as_ref().unwrap();
        assert_eq!((resource.address.as_str(), (action.was, action.is)), ("app/writer", pair));
    }
}

#[test]
fn two_changes_at_one_path_are_told_apart() {
    // `notes` moves to the place from which `home` goes.
    let live = || {
        published_showing(vec![
            live_image("1", "home.png", "Screenshot"),
            live_image("2", "notes.png", "Screenshot"),
            live_image("3", "night.png", "Screenshot"),
        ])
    };
    let ids = |ids: &[&str]| {
        let images: Vec<_> = ids.iter().map(|id| super::local::remote(id)).collect();
        let path = crate::submission::Path::new(["listings", "en-us", "images", "Screenshot"]);
        case(live()).plan(want().own(&path, crate::manifest::Wanted::Images(images)))
    };
    assert!(difference(&ids(&["3", "2"]), &ids(&["3", "2"])).is_empty());
    let found = difference(&ids(&["3", "2"]), &ids(&["2"]));
    assert!(!found.is_empty());
    for ChangeDifference { was, is } in &found.resources[0].changes {
        assert!(was.is_some() || is.is_some());
        assert_ne!(was, is);
    }
}

#[test]
fn a_permit_that_nothing_needs_makes_another_plan_and_is_named() {
    let with = |permits: &[Guard]| {
        let mut case = case(published());
        case.permits = permits.to_vec();
        case.plan(hidden())
    };
    let (was, is) =
        (with(&[Guard::VisibilityReduced]), with(&[Guard::VisibilityReduced, Guard::BecomesFree]));
    assert_ne!(was.fingerprints.plan, is.fingerprints.plan);
    let found = difference(&was, &is);
    assert_eq!(found.resources[0].permits.came, [Guard::BecomesFree]);
    assert_eq!(found.resources[0].permits.went, []);
    assert!(found.resources[0].changes.is_empty());
}

fn draft(status: &str, visibility: &str) -> Document {
    let mut draft = published_with([("id", json!("101")), ("visibility", json!(visibility))]);
    draft.set(&["status"], json!(status));
    draft
}

#[test]
fn what_remains_of_an_approved_plan_needs_no_other_approval() {
    let both = |reader: Document, writer: Document| {
        plan_all([(case(reader), hidden()), (case(writer).named("writer"), hidden())])
    };
    let approved = both(published(), published());
    assert!(approved.is_rest_of(&approved));
    let on_its_way = plan_all([
        (case(published()).pending(draft("Certification", "Hidden")), hidden()),
        (case(published()).named("writer"), hidden()),
    ]);
    assert_ne!(on_its_way.fingerprints.plan, approved.fingerprints.plan);
    assert!(on_its_way.is_rest_of(&approved));
    assert!(!approved.is_rest_of(&on_its_way), "more is sent than was approved");
    let shipped = both(draft("Published", "Hidden"), published());
    assert!(shipped.is_rest_of(&approved));
    // The manifest is another one: what was approved together is not taken apart.
    let reverted = plan_all([(case(published()), want()), (case(published()).named("writer"), hidden())]);
    assert!(!reverted.is_rest_of(&approved));
    assert!(!plan(hidden()).is_rest_of(&approved), "a product is gone");
    let other = both(draft("Published", "Hidden"), draft("Published", "Private"));
    assert!(!other.is_rest_of(&approved), "the rest is another change");
    let mut edited = approved.clone();
    edited.resources[1].changes.clear();
    assert!(!on_its_way.is_rest_of(&edited), "what it says is not what its fingerprint says");
}

#[test]
fn an_allowance_permits_one_guard_and_changes_no_fingerprint() {
    let allow = |guard, address: Option<&str>| Allowance {
        guard,
        address: address.map(|address| address.parse::<Address>().unwrap()),
    };
    let unpermitted = |allowances: &[Allowance]| {
        let mut plan = plan_all([
            (case(published()), hidden().value("pricing.priceId", "Tier1013")),
            (case(published()).named("writer"), hidden()),
        ]);
        let before = plan.fingerprints.clone();
        plan.allow(allowances);
        assert_eq!(plan.fingerprints, before);
        let open = plan.unpermitted().map(|hit| format!("{} {}", hit.address, hit.guard)).collect::<Vec<_>>();
        let remarks = diagnostics(&plan).into_iter().filter(|code| *code == "SW2004").count();
        (open, remarks)
    };
    let (price, reader, writer) =
        ("app/reader price-change", "app/reader visibility-reduced", "app/writer visibility-reduced");
    assert_eq!(unpermitted(&[]).0, [price, reader, writer]);
    assert_eq!(unpermitted(&[allow(Guard::VisibilityReduced, None)]).0, [price]);
    assert_eq!(
        unpermitted(&[allow(Guard::VisibilityReduced, Some("app/writer"))]),
        (vec![price.to_owned(), reader.to_owned()], 0)
    );
    assert_eq!(
        unpermitted(&[allow(Guard::PriceChange, Some("app/writer"))]),
        (vec![price.to_owned(), reader.to_owned(), writer.to_owned()], 1)
    );
    assert_eq!(unpermitted(&[allow(Guard::BecomesFree, None)]).1, 1);
}

#[test]
fn an_allowance_for_what_is_on_its_way_is_not_remarked_on() {
    let mut plan = case(published()).pending(draft("Certification", "Hidden")).plan(hidden());
    plan.allow(&[Allowance { guard: Guard::VisibilityReduced, address: None }]);
    assert!(diagnostics(&plan).is_empty(), "{:?}", plan.diagnostics);
}
