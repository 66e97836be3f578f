//! The same plan has the same fingerprint, and another one has another.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::manifest::{Asset, Guard, ImageContent, TrailerAsset, TrailerContent, Wanted, WantedTrailer};
use crate::plan::{Options, Plan, Product};
use crate::submission::{Document, Path};

use super::live::{live_image, published, published_showing, published_with};
use super::local::{captioned, package, remote, shot};
use super::run::{Case, case, plan_all, with_plan_of_all};
use super::want::{Want, at, want};

fn base() -> Want {
    want().value("visibility", "Hidden").value("notesForCertification", "Sign in as tester.")
}

fn print(case: Case, want: Want) -> String {
    case.plan(want).fingerprints.plan
}

fn of(want: Want) -> String {
    print(case(published()), want)
}

#[test]
fn it_has_its_form() {
    let print = of(base());
    let digits = print.strip_prefix("sp1:").unwrap();
    assert!(digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()), "{print}");
}

#[test]
fn another_value_digest_order_or_permit_makes_another_one() {
    let shots = |first, second| want().screenshots([first, second, remote("503")]);
    let home = || shot("home", b"home");
    let all = [
        of(want()),
        of(base()),
        of(base().value("visibility", "Private")),
        of(base().value("notesForCertification", "Sign in as nobody else.")),
        of(base().value("listings.en-us.releaseNotes", "")),
        of(base().value("listings.en-us.releaseNotes", "Slower start.")),
        of(base().value("listings.de-de.releaseNotes", "Slower start.")),
        of(base().value("pricing.priceId", "Tier1013")),
        of(base().nothing("pricing.marketSpecificPricings.CN")),
        of(base().nothing("listings.de-de")),
        of(want().packages([package("1.5.0.0", "x64")])),
        of(want().packages([package("1.5.0.0", "x64").content(b"built again")])),
        of(shots(home(), shot("notes", b"again"))),
        of(shots(home(), shot("notes", b"once more"))),
        of(shots(shot("notes", b"notes"), home())),
        of(shots(captioned(home(), "Your books"), shot("notes", b"notes"))),
        print(case(published()).permits([Guard::VisibilityReduced]), base()),
        print(case(published()).permits([Guard::PriceChange]), base()),
        print(case(published()).named("writer"), base()),
        print(case(published_with([("visibility", json!("Private"))])), base()),
    ];
    for (i, one) in all.iter().enumerate() {
        assert!(!all[..i].contains(one), "number {i} is no other than an earlier one");
    }
}

fn picture(content: &[u8]) -> Arc<Asset> {
    match shot("still", content).content {
        ImageContent::File(asset) => asset,
        ImageContent::Remote(_) => unreachable!("a shot is a file"),
    }
}

#[test]
fn whatever_is_sent_of_a_trailer_or_a_package_is_in_it() {
    let trailer = |video: &[u8], title: &str, still: &[u8], description: &str| {
        let assets = vec![TrailerAsset {
            language: "en-us".to_owned(),
            title: title.to_owned(),
            image: picture(still),
            description: description.to_owned(),
        }];
        let content = TrailerContent::File { video: picture(video), assets };
        let trailers = Wanted::Trailers(vec![WantedTrailer { content, at: at(1) }]);
        of(want().own(&Path::new(["trailers"]), trailers))
    };
    let memory = |ram: Option<&str>| {
        let mut want = want().packages([package("1.5.0.0", "x64")]);
        want.0.minimum_system_ram = ram.map(str::to_owned);
        of(want)
    };
    let all = [
        trailer(b"video", "Reading", b"still", "A page"),
        trailer(b"other", "Reading", b"still", "A page"),
        trailer(b"video", "Writing", b"still", "A page"),
        trailer(b"video", "Reading", b"other", "A page"),
        trailer(b"video", "Reading", b"still", "A book"),
        memory(None),
        memory(Some("Memory2048")),
    ];
    for (i, one) in all.iter().enumerate() {
        assert!(!all[..i].contains(one), "number {i} is no other than an earlier one");
    }
}

#[test]
fn what_does_not_change_what_is_done_makes_no_other_one() {
    let print = of(base());
    let mut later = published_with([("id", json!("900")), ("friendlyName", json!("Submission 9"))]);
    later.set(&["somethingNew"], json!(null));
    later.set(&["listings", "en-us", "baseListing", "keywords"], json!(["other"]));
    assert_eq!(print, self::print(case(later), base()), "ids, names and what is not managed");
    let spelled = base().value("notesForCertification", "\u{feff}Sign in as tester. \r\n");
    assert_eq!(print, of(spelled), "spelling");
    assert_eq!(
        print,
        of(base().value("applicationCategory", "Productivity")),
        "a value that is there already"
    );
    let mut trusting = case(published());
    trusting.options = Options { replace_untrusted: true };
    assert_eq!(print, self::print(trusting, base()));
    let permits = |guards| self::print(case(published()).permits(guards), base());
    assert_eq!(
        permits([Guard::VisibilityReduced, Guard::PriceChange]),
        permits([Guard::PriceChange, Guard::VisibilityReduced])
    );
}

#[test]
fn a_product_without_changes_is_not_part_of_it() {
    let alone = plan_all([(case(published()), base())]);
    let beside = plan_all([(case(published()).named("writer"), want()), (case(published()), base())]);
    assert_eq!(alone.fingerprints.plan, beside.fingerprints.plan);
    assert_eq!(beside.fingerprints.live.len(), 2);
}

#[test]
fn the_live_fingerprint_tells_what_the_plan_stands_on() {
    let of = |live, want: Want| case(live).plan(want).fingerprints.live["app/reader"].clone();
    let price = |price: &str| published_with([("pricing.priceId", json!(price))]);
    let to_free = || want().value("pricing.priceId", "Free");
    assert_ne!(of(price("Tier1012"), to_free()), of(price("Tier1013"), to_free()));
    let both = || want().value("pricing.priceId", "Free").value("visibility", "Hidden");
    let turned = || want().value("visibility", "Hidden").value("pricing.priceId", "Free");
    assert_eq!(of(published(), both()), of(published(), turned()));
    let elsewhere = published_with([("listings.en-us.baseListing.description", json!("Other."))]);
    assert_eq!(of(published(), to_free()), of(elsewhere, to_free()));
}

#[test]
fn every_file_to_upload_is_named_with_its_digest() {
    let live = published_showing(vec![live_image("1", "home.png", "Screenshot")]);
    let want =
        want().packages([package("1.5.0.0", "x64")]).screenshots([shot("home", b"home"), shot("b", b"b")]);
    let plan: Plan = case(live).plan(want);
    let files: Vec<&str> = plan.fingerprints.assets.keys().map(String::as_str).collect();
    assert_eq!(files, ["Reader_1.5.0.0_x64.msix", "b.png"], "home is taken on trust");
    let digest = package("1.5.0.0", "x64").asset().fingerprint.digest.to_string();
    assert_eq!(plan.fingerprints.assets["Reader_1.5.0.0_x64.msix"], digest);
    let route = plan.resources[0].route.as_ref().unwrap();
    assert_eq!(route.upload_files, 2);
    assert!(route.upload_bytes > 0);
}

#[test]
fn a_plan_comes_back_from_json_as_it_was() {
    let plan = case(published()).plan(base().packages([package("1.5.0.0", "x64")]));
    let mut back: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    // The section is not part of the plan; it follows from the path.
    for (change, was) in back.resources[0].changes.iter_mut().zip(&plan.resources[0].changes) {
        change.section = was.section;
    }
    assert_eq!(back, plan);
    assert_eq!(
        crate::plan::fingerprint::fingerprints(&back.resources, back.made_of.live),
        plan.fingerprints,
        "it says it all"
    );
    let json: Value = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["formatVersion"], "1.0");
}

#[test]
fn an_approval_holds_for_what_is_left_of_a_plan_and_for_nothing_else() {
    let hidden = || want().value("visibility", "Hidden");
    let both =
        |reader: Case, writer: Case| plan_all([(reader, hidden()), (writer.named("writer"), hidden())]);
    let holds = |reader: Case, writer: Case, approved: &str| {
        with_plan_of_all([(reader, hidden()), (writer.named("writer"), hidden())], |plan, products| {
            plan.has_or_had(approved, products)
        })
    };
    let on_its_way = |visibility: &str| {
        let mut pending = published_with([("id", json!("101")), ("visibility", json!(visibility))]);
        pending.set(&["status"], json!("Certification"));
        case(published()).pending(pending)
    };
    let approved = both(case(published()), case(published())).fingerprints.plan;
    for (reader, writer) in [
        (case(published()), case(published())),
        (on_its_way("Hidden"), case(published())),
        (case(published()), on_its_way("Hidden")),
        (on_its_way("Hidden"), on_its_way("Hidden")),
    ] {
        assert!(holds(reader, writer, &approved));
    }
    assert!(!holds(on_its_way("Private"), case(published()), &approved), "something else is on its way");
    let other = || case(published_with([("visibility", json!("Private"))]));
    assert!(!holds(on_its_way("Hidden"), other(), &approved), "the rest is another change");
    let less = both(on_its_way("Hidden"), case(published())).fingerprints.plan;
    assert!(!holds(case(published()), case(published()), &less), "more would be sent than was approved");
}

#[test]
fn what_was_published_meanwhile_is_told_by_git_where_only_a_manifest_changed() {
    let said = |visibility, text, shown: &[u8]| {
        let want = want().value("visibility", visibility).value("listings.en-us.description", text);
        want.screenshots([shot("still", shown)])
    };
    let earlier = || said("Public", "Plain.", b"a");
    let now = || said("Hidden", "Fancy.", b"b");
    let live = |visibility: &str, text: &str, shown: &[u8]| {
        let mut live = published_showing(vec![live_image("1", &picture(shown).archive_name, "Screenshot")]);
        live.set(&["visibility"], json!(visibility));
        live.set(&["listings", "en-us", "baseListing", "description"], json!(text));
        live
    };
    let before = || live("Public", "Plain.", b"a");
    let after = || live("Hidden", "Fancy.", b"b");
    let both =
        |reader: Document, writer: Document, then: fn(Plan, &[Product<'_>], &str) -> bool, approved: &str| {
            let of = |live: Document| case(live).since(earlier());
            let both = [(of(reader), now()), (of(writer).named("writer"), now())];
            with_plan_of_all(both, |plan, products| then(plan, products, approved))
        };
    let print = {
        let of = || case(before()).since(earlier());
        plan_all([(of(), now()), (of().named("writer"), now())]).fingerprints.plan
    };
    let holds: fn(Plan, &[Product<'_>], &str) -> bool =
        |plan, products, approved| plan.has_or_had(approved, products);
    assert!(both(after(), before(), holds, &print), "the reader was published");
    assert!(both(before(), after(), holds, &print), "the writer was published");
    assert!(!both(after(), live("Public", "Other.", b"a"), holds, &print), "the rest is another change");
    assert!(!both(after(), before(), holds, &print.replace(&print[5..9], "0000")));
}
