//! What is found in a submission that is due, before the Store finds it.

use serde_json::{Value, json};

use crate::manifest::{Finding, Retain, Severity};
use crate::submission::Document;
use crate::submission::vocabulary::LANGUAGES;

use super::live::{live_package, published, published_shipping, published_with};
use super::local::{package, shot_in};
use super::run::case;
use super::want::{Want, at, want};

/// The findings of a plan with a code.
fn found(live: Document, want: Want, code: &str) -> Vec<Finding> {
    let plan = case(live).plan(want);
    plan.diagnostics.into_iter().filter(|finding| finding.code == code).collect()
}

/// How bad a plan's findings with a code are.
fn severities(live: Document, want: Want, code: &str) -> Vec<Severity> {
    found(live, want, code).iter().map(|finding| finding.severity).collect()
}

const ERROR: [Severity; 1] = [Severity::Error];
const WARNING: [Severity; 1] = [Severity::Warning];
const NOTHING: [Severity; 0] = [];

/// Some change.
fn due() -> Want {
    want().value("visibility", "Hidden")
}

/// A language that comes with all that it needs but a title.
fn untitled(language: &str) -> Want {
    let listing = format!("listings.{language}");
    want()
        .value("visibility", "Hidden")
        .value(&format!("{listing}.description"), "Texte.")
        .images(&format!("{listing}.images.Screenshot"), [shot_in("fr", "Screenshot", "maison", b"fr")])
}

/// The published document with one package in these languages.
fn speaking(languages: &Value) -> Document {
    let mut package = live_package("701", "1.4.0.0", "x64", "Windows.Desktop");
    package["languages"] = languages.clone();
    published_shipping([package])
}

#[test]
fn a_language_with_all_that_it_needs_is_no_finding() {
    let plan = case(published()).plan(untitled("fr").value("listings.fr.title", "Lecteur"));
    assert_eq!(plan.diagnostics, []);
}

#[test]
fn a_new_language_needs_a_title_unless_a_package_is_in_it() {
    let with = |languages: Value, want: Want| severities(speaking(&languages), want, "SW2011");
    assert_eq!(with(json!(["en-us"]), untitled("fr")), ERROR);
    assert_eq!(with(json!(["en-us", "FR"]), untitled("fr")), NOTHING, "languages have no case");
    assert_eq!(with(json!(["fr-fr"]), untitled("fr")), ERROR, "another region is another language");
    assert_eq!(with(json!(["fr"]), untitled("fr-fr")), ERROR);
    assert_eq!(with(json!(["en-us"]), untitled("fr").value("listings.fr.title", "Lecteur")), NOTHING);
    assert_eq!(with(json!(["en-us"]), untitled("fr").value("listings.fr.title", Value::Null)), ERROR);
    assert_eq!(with(json!(["en-us"]), due().value("listings.de-de.devStudio", "C")), NOTHING, "it is there");
    let finding = found(speaking(&json!(["en-us"])), untitled("fr"), "SW2011").remove(0);
    assert_eq!(finding.at, Some(at(2)), "the first line of the language");
    assert_eq!(finding.message, "app/reader: the new language `fr` has no title, and no package is in it");
    assert!(finding.help.is_some_and(|help| help.contains("add `title` to `fr`")));
}

#[test]
fn the_languages_of_packages_that_come_count_and_those_that_go_do_not() {
    let ships = |pack: &[&str]| untitled("fr").packages([package("1.5.0.0", "x64").speaking(pack)]);
    let live = || speaking(&json!(["en-us", "fr"]));
    assert_eq!(severities(live(), ships(&["en-us", "fr"]), "SW2011"), NOTHING);
    assert_eq!(severities(live(), ships(&["en-us"]), "SW2011"), ERROR, "the package in `fr` goes");
    assert_eq!(severities(live(), ships(&["en-us"]).retain(Retain::All), "SW2011"), NOTHING, "it stays");
    assert_eq!(severities(speaking(&json!(["en-us"])), ships(&["fr"]), "SW2011"), NOTHING);
}

#[test]
fn where_the_languages_of_a_package_are_unknown_a_title_is_advised() {
    for unknown in [json!([]), json!(null)] {
        assert_eq!(severities(speaking(&unknown), untitled("fr"), "SW2011"), WARNING);
    }
    assert_eq!(severities(published_shipping([]), untitled("fr"), "SW2011"), WARNING);
    let mut other = live_package("702", "1.4.0.0", "arm64", "Windows.Desktop");
    other["languages"] = json!([]);
    let live =
        || published_shipping([live_package("701", "1.4.0.0", "x64", "Windows.Desktop"), other.clone()]);
    let finding = found(live(), untitled("fr"), "SW2011").remove(0);
    assert_eq!(finding.severity, Severity::Warning, "one of two packages can be in `fr`");
    assert!(finding.message.contains("cannot be told"), "{}", finding.message);
    assert_eq!(severities(live(), untitled("fr").value("listings.fr.title", "Lecteur"), "SW2011"), NOTHING);
}

#[test]
fn a_new_language_needs_a_description_and_should_have_a_screenshot() {
    let titled = || due().value("listings.fr.title", "Lecteur");
    let described = || titled().value("listings.fr.description", "Texte.");
    let showing = |kind: &str| {
        described().images(&format!("listings.fr.images.{kind}"), [shot_in("fr", kind, "maison", b"fr")])
    };
    let description = found(published(), titled(), "SW2015");
    assert_eq!(description[0].severity, Severity::Error);
    assert_eq!((description.len(), description[0].at.clone()), (1, Some(at(2))));
    assert_eq!(severities(published(), described(), "SW2015"), NOTHING);
    assert_eq!(severities(published(), described(), "SW2016"), WARNING);
    assert_eq!(severities(published(), showing("Screenshot"), "SW2016"), NOTHING);
    assert_eq!(severities(published(), showing("XboxScreenshot"), "SW2016"), NOTHING);
    assert_eq!(severities(published(), showing("StoreLogoSquare"), "SW2016"), WARNING);
    // The live `de-de` has no screenshot either.
    let known = || due().value("listings.de-de.devStudio", "Contoso");
    assert_eq!(severities(published(), known(), "SW2016"), NOTHING);
    assert_eq!(severities(published(), known(), "SW2015"), NOTHING);
}

#[test]
fn a_language_that_differs_only_by_the_region_is_named() {
    let beside = |live: &str, new: &str| {
        let live = published_with([("listings", json!({live: {"baseListing": {"description": "x"}}}))]);
        found(live, untitled(new), "SW2014").into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(
        beside("de-DE", "de"),
        ["app/reader: the new language `de` differs only by the region from `de-de`, which is live"]
    );
    for (live, new) in
        [("de", "de-at"), ("es", "es-419"), ("zh-hans-cn", "zh-hans"), ("sr-latn", "sr-latn-rs")]
    {
        assert_eq!(beside(live, new).len(), 1, "{live} {new}");
    }
    for (live, new) in [
        ("en-us", "en-gb"),
        ("zh-hans", "zh-hant"),
        ("sr-latn", "sr"),
        ("de", "da"),
        ("fi", "fil"),
        ("de", "en-de"),
        ("zh", "zh-yue"),
    ] {
        assert!(beside(live, new).is_empty(), "{live} {new}");
    }
    let exchanged = untitled("de").nothing("listings.de-de");
    assert_eq!(severities(published(), exchanged, "SW2014"), NOTHING, "the other one goes");
    assert_eq!(severities(published(), due().value("listings.de-de.devStudio", "C"), "SW2014"), NOTHING);
}

#[test]
fn at_most_21_languages_have_keywords() {
    let live = |count: usize| {
        let listing = |i: usize| {
            let keywords = if i < count { json!(["word"]) } else { json!([]) };
            json!({"baseListing": {"description": "x", "keywords": keywords}})
        };
        let languages = LANGUAGES.iter().take(30).enumerate();
        let listings: serde_json::Map<String, Value> =
            languages.map(|(i, language)| ((*language).to_owned(), listing(i))).collect();
        published_with([("listings", listings.into())])
    };
    let keywords =
        |i: usize, words: Value| due().value(&format!("listings.{}.keywords", LANGUAGES[i]), words);
    let with = |count: usize, want: Want| severities(live(count), want, "SW1603");
    assert_eq!(with(20, keywords(20, json!(["new"]))), NOTHING, "the 21st");
    assert_eq!(with(21, keywords(21, json!(["new"]))), ERROR, "the 22nd");
    assert_eq!(with(21, keywords(20, json!(["new"]))), NOTHING, "others for the 21st");
    assert_eq!(with(22, keywords(21, json!([]))), NOTHING, "one less");
    assert_eq!(with(23, keywords(22, json!([]))), ERROR, "one less is not enough");
    assert_eq!(with(22, due()), NOTHING, "the plan has nothing to do with them");
    assert_eq!(with(22, untitled("zu")), ERROR);
    let exchanged =
        keywords(21, json!(["new"])).value(&format!("listings.{}.keywords", LANGUAGES[3]), json!([]));
    assert_eq!(with(21, exchanged), NOTHING);
    let finding = found(live(21), keywords(21, json!(["new"])), "SW1603").remove(0);
    assert!(finding.message.contains("22 languages"), "{}", finding.message);
    assert_eq!(finding.at, Some(at(2)));
}

#[test]
fn a_language_of_a_new_package_should_have_a_listing() {
    let ships = |languages: &[&str]| want().packages([package("1.5.0.0", "x64").speaking(languages)]);
    let finding = found(published(), ships(&["EN-US", "de", "fr-CA", "fr", "it"]), "SW2013").remove(0);
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(
        finding.message,
        "app/reader: the new packages are also in `fr`, `fr-ca`, `it`, and no listing is"
    );
    assert_eq!(severities(published(), ships(&["en-gb", "de"]), "SW2013"), NOTHING, "another region will do");
    let added = untitled("fr").packages([package("1.5.0.0", "x64").speaking(&["fr-ca"])]);
    assert_eq!(severities(published(), added, "SW2013"), NOTHING, "a listing that comes counts");
    let gone = ships(&["de"]).nothing("listings.de-de");
    assert_eq!(severities(published(), gone, "SW2013"), WARNING, "a listing that goes does not");
    let same = due().packages([package("1.4.0.0", "x64").speaking(&["fr"])]);
    assert_eq!(severities(published(), same, "SW2013"), NOTHING, "no package comes");
    let many = found(published(), ships(&LANGUAGES[..60]), "SW2013").remove(0);
    assert!(
        many.message.contains(" more, and no listing is") && many.message.len() < 300,
        "{}",
        many.message
    );
}

#[test]
fn a_specific_date_needs_a_date() {
    let dated = |want: Want| want.value("targetPublishMode", "SpecificDate");
    assert_eq!(severities(published(), dated(due()), "SW1601"), ERROR);
    assert_eq!(found(published(), dated(due()), "SW1601")[0].at, Some(at(2)));
    assert_eq!(severities(published(), dated(want()), "SW1601"), NOTHING, "no submission is due");
    assert_eq!(
        severities(published(), dated(due()).value("targetPublishDate", Value::Null), "SW1601"),
        ERROR
    );
    let stated = dated(due()).value("targetPublishDate", "2026-10-01T08:00:00Z");
    assert_eq!(severities(published(), stated, "SW1601"), NOTHING);
    let live = || published_with([("targetPublishDate", json!("2026-10-01T08:00:00Z"))]);
    assert_eq!(severities(live(), dated(due()), "SW1601"), NOTHING, "the live date stays");
    let unmanaged = published_with([("targetPublishMode", json!("SpecificDate"))]);
    assert_eq!(found(unmanaged, due(), "SW1601")[0].at, Some(at(1)), "where the manifest starts");
}

#[test]
fn a_date_that_has_passed_is_an_error_once_a_submission_is_due() {
    let on = |want: Want, mode: &str, date: &str| {
        let want = want.value("targetPublishMode", mode).value("targetPublishDate", date);
        severities(published(), want, "SW2010")
    };
    assert_eq!(on(due(), "SpecificDate", "2026-09-01T07:59:59Z"), ERROR);
    assert_eq!(on(due(), "SpecificDate", "2026-09-01T09:30:00+02:00"), ERROR);
    assert_eq!(on(due(), "SpecificDate", "2026-09-01T08:00:00Z"), ERROR, "it is now");
    assert_eq!(on(due(), "SpecificDate", "2026-09-01T08:00:01Z"), NOTHING);
    assert_eq!(on(due(), "Manual", "2026-09-01T07:59:59Z"), NOTHING);
    assert_eq!(on(want(), "SpecificDate", "2026-09-01T07:59:59Z"), NOTHING);
}

#[test]
fn a_date_that_is_inherited_and_has_passed_is_a_warning() {
    let live = |date: &str| {
        published_with([("targetPublishMode", json!("SpecificDate")), ("targetPublishDate", json!(date))])
    };
    let past = || live("2026-03-01T08:00:00Z");
    assert_eq!(severities(past(), due(), "SW2010"), WARNING);
    assert_eq!(severities(past(), due().value("targetPublishMode", "Immediate"), "SW2010"), NOTHING);
    assert_eq!(
        severities(past(), due().value("targetPublishDate", "2026-10-01T08:00:00Z"), "SW2010"),
        NOTHING
    );
    assert_eq!(severities(live("2026-10-01T08:00:00Z"), due(), "SW2010"), NOTHING);
    assert_eq!(severities(past(), want(), "SW2010"), NOTHING, "no submission is due");
}

#[test]
fn one_listing_must_stay() {
    let gone = || want().nothing("listings.en-us").nothing("listings.de-de");
    let finding = found(published(), gone(), "SW2019").remove(0);
    assert_eq!((finding.severity, finding.at), (Severity::Error, Some(at(2))));
    assert_eq!(severities(published(), want().nothing("listings.en-us"), "SW2019"), NOTHING);
    let others = want().other_languages(crate::manifest::Others::Remove);
    assert_eq!(severities(published(), others, "SW2019"), ERROR);
}

/// The want with a switch of `allowTargetFutureDeviceFamilies`.
fn allows(want: Want, family: &str, allowed: bool) -> Want {
    want.value(&format!("allowTargetFutureDeviceFamilies.{family}"), allowed)
}

#[test]
fn a_change_of_device_families_needs_all_of_them() {
    const MAP: &str = "allowTargetFutureDeviceFamilies";
    let live = |map: Value| published_with([(MAP, map)]);
    let whole = json!({"Desktop": true, "Mobile": false, "Xbox": false, "Holographic": false});
    let finding = found(live(json!({"Desktop": true})), allows(want(), "Xbox", true), "SW2018").remove(0);
    assert_eq!((finding.severity, finding.at), (Severity::Error, Some(at(1))));
    assert!(finding.message.ends_with("lacks `Mobile`, `Holographic`"), "{}", finding.message);
    assert_eq!(severities(live(whole.clone()), allows(want(), "Xbox", true), "SW2018"), NOTHING);
    assert_eq!(severities(live(whole.clone()), allows(want(), "Team", true), "SW2018"), NOTHING);
    assert_eq!(severities(live(json!({"Desktop": true})), due(), "SW2018"), NOTHING, "it is not touched");
    assert_eq!(severities(live(json!({})), allows(want(), "Team", true), "SW2018"), ERROR);
    let mut null = whole;
    null["Mobile"] = Value::Null;
    assert_eq!(severities(live(null), allows(want(), "Xbox", true), "SW2018"), ERROR);
    let all = ["Desktop", "Mobile", "Xbox", "Holographic"];
    let want = all.into_iter().fold(want(), |want, family| allows(want, family, false));
    assert_eq!(severities(live(Value::Null), want, "SW2018"), NOTHING);
}
