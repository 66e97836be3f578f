//! What a plan says of what stays beside what changes.

use serde_json::json;

use crate::manifest::Retain;
use crate::plan::{Plan, Why};

use super::live::{live_image, live_package, published, published_shipping, published_showing};
use super::local::{package, shot};
use super::run::case;
use super::want::{Want, want};

fn kept(plan: &Plan) -> Vec<String> {
    let one = |kept: &crate::plan::Kept| format!("{} {}", kept.path, json!(kept.why).as_str().unwrap());
    plan.resources[0].kept.iter().map(one).collect()
}

fn of(live: crate::submission::Document, want: Want) -> Vec<String> {
    kept(&case(live).plan(want))
}

#[test]
fn the_other_slots_of_a_type_that_changes() {
    let three = || want().screenshots([shot("home", b"home"), shot("new", b"new"), shot("night", b"night")]);
    assert_eq!(
        of(published(), three()),
        ["listings.en-us.images.Screenshot.1 wanted", "listings.en-us.images.Screenshot.3 on-trust"]
    );
    let moved = want().screenshots([shot("notes", b"notes"), shot("home", b"home"), shot("night", b"night")]);
    assert_eq!(
        of(published(), moved),
        ["listings.en-us.images.Screenshot.2 wanted", "listings.en-us.images.Screenshot.3 on-trust"],
        "what moves is a change"
    );
}

#[test]
fn images_on_trust_are_always_told_and_others_only_beside_changes() {
    let same =
        || want().screenshots([shot("home", b"home"), shot("notes", b"notes"), shot("night", b"night")]);
    assert_eq!(of(published(), same()), ["listings.en-us.images.Screenshot.3 on-trust"]);
    let ours =
        published_showing(vec![live_image("1", &super::live::image_name("home", b"home"), "Screenshot")]);
    assert!(of(ours, want().screenshots([shot("home", b"home")])).is_empty());
}

#[test]
fn packages_say_why_they_stay() {
    let live = || {
        published_shipping([
            live_package("1", "1.4.0.0", "X64", "Windows.Desktop"),
            live_package("2", "1.4.0.0", "ARM64", "Windows.Desktop"),
            live_package("3", "1.2.0.0", "X86", "Windows.Desktop"),
        ])
    };
    let wanted = || want().packages([package("1.5.0.0", "x64"), package("1.4.0.0", "arm64")]);
    let arm = "packages.Reader_1.4.0.0_ARM64.msix wanted";
    assert_eq!(of(live(), wanted()), [arm, "packages.Reader_1.2.0.0_X86.msix newest-per-target"]);
    assert_eq!(
        of(live(), wanted().retain(Retain::All)),
        ["packages.Reader_1.4.0.0_X64.msix retain-all", arm, "packages.Reader_1.2.0.0_X86.msix retain-all"]
    );
    assert_eq!(of(live(), wanted().retain(Retain::None)), [arm]);
}

#[test]
fn prices_of_other_markets_are_told_where_prices_change() {
    let price =
        want().value("pricing.priceId", "Tier1020").value("pricing.marketSpecificPricings.CN", "Tier2");
    assert_eq!(of(published(), price), ["pricing.marketSpecificPricings.JP unmanaged"]);
    assert!(of(published(), want().value("visibility", "Hidden")).is_empty());
}

#[test]
fn what_nobody_manages_is_named_and_counted() {
    let plan =
        case(published()).plan(want().value("visibility", "Hidden").value("listings.en-us.title", "Reader"));
    let resource = &plan.resources[0];
    let paths: Vec<String> = resource.unmanaged.iter().map(ToString::to_string).collect();
    assert_eq!(resource.counts.unmanaged, paths.len());
    assert!(
        paths.contains(&"listings.de-de.title".to_owned()) && paths.contains(&"packages".to_owned()),
        "{paths:?}"
    );
    assert!(!paths.contains(&"listings.en-us.title".to_owned()) && !paths.contains(&"visibility".to_owned()));
    assert!(resource.kept.iter().all(|kept| kept.why != Why::Unmanaged));
}

#[test]
fn the_flights_below_a_new_one_are_named_from_top_to_bottom() {
    let flight = |name: &str, id: &str, below: &str| {
        let json = json!({"flightId": id, "friendlyName": name, "rankHigherThan": below});
        crate::submission::Member::from_json(json.to_string().as_bytes()).unwrap()
    };
    let flights = [flight("Beta", "b", "Canary"), flight("Canary", "c", "Non-flighted submission")];
    let below = |word: &str| super::super::kept::ranks_below(word, &flights).value;
    assert_eq!(below("Beta"), json!(["Beta", "Canary"]));
    assert_eq!(below("c"), json!(["Canary"]));
    assert_eq!(below("Other"), json!(["Other"]), "it may be created by the same plan");
    let circle = [flight("A", "a", "B"), flight("B", "b", "A")];
    assert_eq!(super::super::kept::ranks_below("A", &circle).value, json!(["A", "B"]));
}
