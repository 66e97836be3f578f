//! Whole plans as JSON.

use serde_json::json;

use crate::manifest::{Guard, Others};
use crate::plan::Plan;
use crate::submission::Live;

use super::live::{published, published_with};
use super::local::{bundle, captioned, package, remote, shot, shot_in};
use super::run::{case, lay, plan_all};
use super::want::want;

/// As it is written; the snapshot's own JSON does not know numbers of any precision.
fn json(plan: &Plan) -> String {
    serde_json::to_string_pretty(plan).unwrap()
}

#[test]
fn nothing_to_do() {
    let want = want().value("visibility", "Public").value("targetPublishMode", "Manual");
    insta::assert_snapshot!(json(&case(published()).plan(want)));
}

#[test]
fn much_to_do() {
    let reader = want()
        .packages([package("1.5.0.0", "x64"), package("1.4.0.0", "arm64")])
        .value("packageRollout.percentage", 25)
        .value("pricing.priceId", "Free")
        .value("pricing.marketSpecificPricings.DE", "Tier1020")
        .nothing("pricing.marketSpecificPricings.CN")
        .value("visibility", "Private")
        .value("applicationCategory", "Business")
        .value("notesForCertification", "Sign in as tester / hunter2.")
        .value("targetPublishMode", "Manual")
        .value("listings.en-us.title", "Contoso Reader")
        .value("listings.en-us.description", "Two\nlines.")
        .value("listings.en-us.features", json!(["Works offline", "No account"]))
        .value("listings.en-us.releaseNotes", "")
        .screenshots([
            shot("notes", b"notes"),
            captioned(shot("home", b"home"), "Your books"),
            shot("new", b"new"),
        ])
        .value("listings.fr.title", "Lecteur")
        .value("listings.fr.description", "Texte.")
        .images("listings.fr.images.Screenshot", [shot_in("fr", "Screenshot", "maison", b"fr"), remote("9")])
        .other_languages(Others::Remove);
    let way = || want().value("listings.en-us.description", "On its way.");
    let mut on_its_way = lay(&published(), &way()).document;
    on_its_way.set(&["status"], json!("Certification"));
    on_its_way.set(&["id"], json!("101"));
    let mut unsupported = case(published()).named("maker");
    unsupported.live =
        Live::Unsupported("The product uses features that the API does not support.".to_owned());
    let mut draft = published_with([("visibility", json!("Hidden"))]);
    draft.set(&["id"], json!("102"));
    draft.set(&["status"], json!("PendingCommit"));
    let plan = plan_all([
        (case(published()).permits([Guard::PriceChange, Guard::BecomesFree, Guard::ShipsHalted]), reader),
        (case(published()).named("writer").pending(on_its_way), way()),
        (unsupported, way()),
        (
            case(published()).named("painter").pending(draft),
            want().packages([bundle("2.0.0.0", &["x64", "arm64"])]),
        ),
    ]);
    insta::assert_snapshot!(json(&plan));
}
