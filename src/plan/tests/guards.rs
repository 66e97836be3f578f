//! Every guard and every blocker, once on and once off. Prices and rollouts have theirs beside what they guard.

use serde_json::{Value, json};

use crate::manifest::{Guard, Others, Retain};
use crate::plan::{Action, BlockerKind, Plan};
use crate::submission::{Document, Kind, Live};

use super::live::{
    document, live_bundle, live_package, published, published_in_rollout, published_shipping, published_with,
    published_without,
};
use super::local::{Pack, bundle, package, remote, shot, trailer};
use super::manifests::{GOLD, gold, gold_published, live, planned, resource};
use super::run::{Case, blockers, case, diagnostics, guards, has_guard, lay, listed, plan_all};
use super::want::{Want, want, want_of};

fn guards_of(live: Document, want: Want) -> Vec<String> {
    guards(&case(live).plan(want))
}

#[test]
fn listing_removed() {
    assert_eq!(guards_of(published(), want().nothing("listings.de-de")), ["listing-removed: de-de"]);
    assert!(guards_of(published(), want().nothing("listings.fr")).is_empty());
    assert!(guards_of(published(), want().value("listings.fr.description", "Texte.")).is_empty());
    let others = |others| {
        guards_of(published(), want().value("listings.en-us.title", "Reader").other_languages(others))
    };
    assert_eq!(others(Others::Remove), ["listing-removed: de-de"]);
    assert!(others(Others::Keep).is_empty());
}

#[test]
fn images_removed() {
    let with = |want: Want| guards_of(published(), want);
    assert_eq!(
        with(want().screenshots([shot("home", b"home"), remote("503")])),
        ["images-removed: listings.en-us.images.Screenshot: 3 → 2"]
    );
    assert!(
        with(want().screenshots([shot("home", b"again"), shot("notes", b"notes"), remote("503")])).is_empty()
    );
    assert_eq!(with(want().screenshots([])), ["images-removed: listings.en-us.images.Screenshot: 3 → 0"]);
}

#[test]
fn an_icon_and_a_trailer_are_images_too() {
    let manifest = format!("{GOLD}submission: {{listings: {{en: {{icon: null}}}}}}\n");
    let plan = planned(&resource(&manifest), live(Some(&gold()), Some(gold_published())));
    assert_eq!(guards(&plan), ["images-removed: listings.en.icon: 1 → 0"]);
    let showing = |trailers: Want| lay(&published(), &trailers).document;
    let (intro, tour) =
        (|| trailer("intro", b"1", &[("en-us", "Intro")]), || trailer("tour", b"2", &[("en-us", "Tour")]));
    let two = showing(want().trailers([intro(), tour()]));
    assert_eq!(guards_of(two.clone(), want().trailers([tour()])), ["images-removed: trailers: 2 → 1"]);
    let other = trailer("intro", b"3", &[("en-us", "Intro")]);
    assert!(guards_of(two.clone(), want().trailers([other, tour()])).is_empty(), "one in place of another");
    assert!(guards_of(two, want().trailers([tour(), intro()])).is_empty(), "the order alone");
}

#[test]
fn visibility_reduced() {
    let with = |live: Document, after: &str| guards_of(live, want().value("visibility", after));
    let live = |name: &str| published_with([("visibility", json!(name))]);
    assert_eq!(with(live("Public"), "Private"), ["visibility-reduced: Public → Private"]);
    assert_eq!(with(live("Private"), "Hidden"), ["visibility-reduced: Private → Hidden"]);
    assert!(with(live("Hidden"), "Private").is_empty());
    assert_eq!(with(published_without("visibility"), "Hidden"), ["visibility-reduced: not set → Hidden"]);
    assert!(with(published_without("visibility"), "Public").is_empty());
    assert!(with(live("NotSet"), "Public").is_empty(), "nothing is more than public");
}

#[test]
fn drops_target() {
    let with = |want: Want| guards_of(published(), want.packages([package("1.5.0.0", "x64")]));
    assert_eq!(
        with(want().retain(Retain::None)),
        ["drops-target: Windows.Desktop arm64 (1.4.0.0) loses its last package"]
    );
    assert!(with(want()).is_empty());
}

/// What is lost when this live package gives way to these.
fn drops<const N: usize>(live: Value, new: [Pack; N]) -> Vec<String> {
    let plan = case(published_shipping([live])).plan(want().packages(new).retain(Retain::None));
    let hits = plan.guards.into_iter().filter(|hit| hit.guard == Guard::DropsTarget);
    hits.map(|hit| hit.detail).collect()
}

#[test]
fn a_target_of_which_nobody_knows_whether_it_is_dropped_is_said_to_be_one() {
    let perhaps =
        |what: &str| vec![format!("{what}: it cannot be told whether all its devices still get a package")];
    let both = || bundle("1.5.0.0", &["x64", "arm64"]);
    let neutral = || live_package("1", "1.4.0.0", "Neutral", "Windows.Desktop");
    assert_eq!(drops(neutral(), [both()]), perhaps("Windows.Desktop neutral (1.4.0.0)"), "x86 may be in use");
    let every = bundle("1.5.0.0", &["x86", "x64", "arm", "arm64"]);
    assert!(drops(neutral(), [every]).is_empty());
    assert!(drops(neutral(), [package("1.5.0.0", "neutral")]).is_empty());
    let of_bundle = || live_bundle("1", "1.4.0.0", "Windows.Desktop");
    assert_eq!(
        drops(of_bundle(), [package("1.5.0.0", "x64")]),
        perhaps("Windows.Desktop unknown architecture (1.4.0.0)")
    );
    assert!(drops(of_bundle(), [both()]).is_empty(), "the next bundle is taken to be built as the last one");
    let mut unknown = live_package("1", "1.4.0.0", "x64", "Windows.Desktop");
    unknown["targetDeviceFamilies"] = json!([]);
    assert_eq!(drops(unknown.clone(), [package("1.5.0.0", "x64")]), perhaps("unknown family x64 (1.4.0.0)"));
    assert_eq!(
        drops(unknown, [package("1.5.0.0", "arm64")]),
        ["unknown family x64 (1.4.0.0) loses its last package"],
        "the architecture is known to"
    );
}

#[test]
fn a_family_loses_its_last_package_whatever_the_architecture() {
    let xbox = || live_bundle("1", "1.4.0.0", "Windows.Xbox");
    let new = || bundle("1.5.0.0", &["x64", "arm64"]);
    assert_eq!(
        drops(xbox(), [new()]),
        ["Windows.Xbox unknown architecture (1.4.0.0) loses its last package"]
    );
    assert!(drops(xbox(), [new().serving("x64", "Windows.Xbox")]).is_empty());
    assert!(drops(xbox(), [new().families(&["Windows.Universal"])]).is_empty());
}

#[test]
fn a_bundle_serves_a_family_with_the_architectures_that_do_and_no_others() {
    let arm64 = live_package("1", "1.4.0.0", "ARM64", "Windows.Holographic");
    let new = || bundle("1.5.0.0", &["x64", "arm64"]);
    let on_x64 = new().serving("x64", "Windows.Holographic");
    assert_eq!(
        drops(arm64.clone(), [on_x64]),
        ["Windows.Holographic arm64 (1.4.0.0) loses its last package"]
    );
    assert!(drops(arm64, [new().serving("arm64", "Windows.Holographic")]).is_empty());
}

#[test]
fn the_packages_of_a_flight_are_told_by_their_architecture() {
    let flight = |retain, new: Pack| {
        let mut old = live_package("1", "1.4.0.0", "X64", "");
        old["targetDeviceFamilies"].take();
        let live = document(&json!({"id": "100", "status": "Published", "flightPackages": [old]}));
        let plan = case(live).member().plan(want_of(Kind::Flight).packages([new]).retain(retain));
        let removed =
            listed(&plan.resources[0].changes).iter().filter(|line| line.starts_with("remove")).count();
        (removed, guards(&plan))
    };
    assert_eq!(flight(Retain::NewestPerTarget, package("1.5.0.0", "x64")), (1, vec![]));
    assert_eq!(flight(Retain::NewestPerTarget, package("1.5.0.0", "arm64")), (0, vec![]));
    assert_eq!(
        flight(Retain::None, package("1.5.0.0", "arm64")),
        (1, vec!["drops-target: x64 (1.4.0.0) loses its last package".to_owned()])
    );
}

#[test]
fn package_downgrade() {
    let live = || {
        published_shipping([
            live_package("1", "1.4.0.0", "x64", "Windows.Desktop"),
            live_package("2", "1.6.0.0", "arm64", "Windows.Desktop"),
        ])
    };
    let with = |live: Document, version: &str, architecture: &str, retain| {
        guards_of(live, want().packages([package(version, architecture)]).retain(retain))
    };
    assert_eq!(
        with(live(), "1.3.0.0", "x64", Retain::NewestPerTarget),
        ["package-downgrade: Windows.Desktop x64: 1.4.0.0 → 1.3.0.0"],
        "also while another architecture has a newer one"
    );
    assert!(with(live(), "1.5.0.0", "x64", Retain::NewestPerTarget).is_empty());
    assert!(with(live(), "1.3.0.0", "x64", Retain::All).is_empty(), "the newer one stays");
    let both = want().packages([package("1.5.0.0", "x64"), package("1.5.0.0", "arm64")]);
    assert_eq!(guards_of(live(), both), ["package-downgrade: Windows.Desktop arm64: 1.6.0.0 → 1.5.0.0"]);
    let bundles = published_shipping([live_bundle("1", "2.0.0.0", "Windows.Desktop")]);
    let older = want().packages([bundle("1.9.0.0", &["x64"])]);
    assert_eq!(
        guards_of(bundles, older),
        ["package-downgrade: Windows.Desktop unknown architecture: 2.0.0.0 → 1.9.0.0"]
    );
}

#[test]
fn ships_halted() {
    let halted = |packages| {
        let mut live = published_in_rollout("PackageRolloutStopped", json!(10.0));
        live.set(&["applicationPackages"], packages);
        live
    };
    let x64 = || live_package("1", "1.5.0.0", "x64", "Windows.Desktop");
    let arm64 = || live_package("2", "1.4.1.0", "arm64", "Windows.Desktop");
    let ships = |live: Document, want: Want| {
        let plan = case(live).plan(want.nothing("packageRollout.percentage"));
        plan.guards
            .into_iter()
            .filter(|hit| hit.guard == Guard::ShipsHalted)
            .map(|hit| hit.detail)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ships(halted(json!([x64()])), want().value("visibility", "Hidden")),
        ["1.5.0.0 of the halted rollout"]
    );
    assert!(ships(halted(json!([x64()])), want().packages([package("1.6.0.0", "x64")])).is_empty());
    assert_eq!(
        ships(halted(json!([x64(), arm64()])), want().packages([package("1.6.0.0", "x64")])),
        ["1.4.1.0 of the halted rollout"],
        "the newest for these devices, though not the newest of all"
    );
    let older = || live_package("3", "1.3.0.0", "x64", "Windows.Desktop");
    let kept = want().packages([package("1.6.0.0", "x64")]).retain(Retain::All);
    assert_eq!(ships(halted(json!([older(), x64()])), kept), ["1.5.0.0 of the halted rollout"]);
    assert!(ships(published(), want().value("visibility", "Hidden")).is_empty());
}

#[test]
fn what_was_there_before_a_halted_rollout_is_not_what_was_halted() {
    let (x64, arm64) = (
        || live_package("1", "1.5.0.0", "x64", "Windows.Desktop"),
        || live_package("2", "1.4.1.0", "arm64", "Windows.Desktop"),
    );
    let mut halted = published_in_rollout("PackageRolloutStopped", json!(0.0));
    halted.set(&["applicationPackages"], json!([x64(), arm64()]));
    let with = |want: Want| {
        let mut case = case(halted.clone());
        if let Live::Readable(product) = &mut case.live {
            product.fallback = Some(published_shipping([arm64()]));
        }
        guards(&case.plan(want.nothing("packageRollout.percentage")))
    };
    assert_eq!(with(want().value("visibility", "Hidden"))[1], "ships-halted: 1.5.0.0 of the halted rollout");
    assert_eq!(
        with(want().packages([package("1.6.0.0", "x64")])),
        Vec::<String>::new(),
        "arm64 was well before"
    );
}

#[test]
fn mandatory_update() {
    const FLAG: &str = "packageDeliveryOptions.isMandatoryUpdate";
    let new = || want().packages([package("1.5.0.0", "x64")]);
    let live = |on: bool| published_with([(FLAG, json!(on))]);
    let with = |on, want: Want| {
        let hits =
            case(live(on)).plan(want).guards.into_iter().filter(|hit| hit.guard == Guard::MandatoryUpdate);
        hits.map(|hit| hit.detail).collect::<Vec<_>>()
    };
    assert_eq!(with(false, new().value("isMandatoryUpdate", true)), ["`isMandatoryUpdate` is turned on"]);
    assert!(with(false, want().value("isMandatoryUpdate", true)).is_empty(), "it waits for a submission");
    assert_eq!(
        with(true, new()),
        ["`isMandatoryUpdate` stays on, and new packages come"],
        "the clone inherits it"
    );
    assert!(with(true, new().value("isMandatoryUpdate", false)).is_empty());
    assert!(with(true, want().value("visibility", "Hidden")).is_empty(), "no package comes");
    assert!(with(false, new()).is_empty());
}

#[test]
fn a_permit_to_replace_a_draft_is_about_the_draft_that_is_there() {
    let unused = |draft: Option<Document>| {
        let case = case(published()).permits([Guard::ReplacesDraft, Guard::VisibilityReduced]);
        let case = match draft {
            Some(draft) => case.pending(draft),
            None => case,
        };
        let plan = case.plan(want().value("visibility", "Hidden"));
        assert!(!has_guard(&plan, Guard::ReplacesDraft), "nothing replaces it");
        diagnostics(&plan).contains(&"SW2004")
    };
    let draft = |category: &str| {
        published_with([("status", json!("PendingCommit")), ("applicationCategory", json!(category))])
    };
    assert!(!unused(Some(draft("Business"))), "somebody changed the category");
    assert!(unused(Some(draft("Productivity"))), "it is an untouched copy");
    assert!(unused(None));
}

#[test]
fn a_permit_lets_a_guard_pass_and_an_unused_one_is_a_warning() {
    let want = || want().value("visibility", "Hidden");
    let open = case(published()).plan(want());
    assert_eq!(open.unpermitted().count(), 1);
    let permitted = case(published()).permits([Guard::VisibilityReduced]).plan(want());
    assert_eq!((permitted.guards.len(), permitted.unpermitted().count()), (1, 0));
    assert!(diagnostics(&permitted).is_empty());
    let other = case(published()).permits([Guard::PriceChange]).plan(want());
    assert_eq!((other.unpermitted().count(), diagnostics(&other)), (1, vec!["SW2004"]));
    let shipped = case(published_with([("visibility", json!("Hidden"))]))
        .permits([Guard::VisibilityReduced])
        .plan(want());
    assert_eq!(diagnostics(&shipped), ["SW2004"]);
}

fn blocks(plan: &Plan, kind: BlockerKind) -> bool {
    blockers(plan).contains(&kind)
}

#[test]
fn rollout_open() {
    let with = |status: &str, want: Want| {
        let live = published_in_rollout(status, json!(10.0));
        blocks(&case(live).plan(want), BlockerKind::RolloutOpen)
    };
    assert!(with("PackageRolloutInProgress", want().value("visibility", "Hidden")));
    assert!(!with("PackageRolloutComplete", want().value("visibility", "Hidden")));
    assert!(!with("PackageRolloutInProgress", want().value("visibility", "Public")), "nothing is to be sent");
}

#[test]
fn unsupported_product_and_first_submission() {
    let mut refused = case(published());
    refused.live = Live::Unsupported("uses advanced features".to_owned());
    let plan = refused.plan(want().value("visibility", "Hidden"));
    assert_eq!(blockers(&plan), [BlockerKind::UnsupportedProduct]);
    assert!(plan.blockers[0].detail.contains("uses advanced features"));
    let mut fresh = case(published());
    if let Live::Readable(app) = &mut fresh.live {
        app.published = None;
    }
    let owns_nothing = Case { live: fresh.live.clone(), ..case(published()) };
    assert_eq!(blockers(&fresh.plan(want().value("visibility", "Hidden"))), [BlockerKind::FirstSubmission]);
    assert_eq!(blockers(&owns_nothing.plan(want())), [], "it is there for its add-ons");
}

#[test]
fn unreadable() {
    let mut silent = case(published());
    silent.live = Live::Unreadable("GET x was answered with 503 · correlation id c-1".to_owned());
    let plan = plan_all([
        (silent, want().value("visibility", "Hidden")),
        (case(published()).named("writer"), want().value("visibility", "Hidden")),
    ]);
    assert_eq!(blockers(&plan), [BlockerKind::Unreadable]);
    assert!(plan.blockers[0].detail.contains("503") && plan.blockers[0].detail.contains("c-1"));
    let actions: Vec<Action> = plan.resources.iter().map(|resource| resource.action).collect();
    assert_eq!(actions, [Action::None, Action::Update], "the others are planned");
    assert!(!plan.steps.is_empty());
}

#[test]
fn package_identity() {
    let with = |name: &str, publisher: &str| {
        let plan =
            case(published()).plan(want().packages([package("1.5.0.0", "x64").identity(name, publisher)]));
        plan.blockers.into_iter().map(|blocker| (blocker.kind, blocker.detail)).collect::<Vec<_>>()
    };
    assert!(with("Contoso.Reader", "CN=Contoso").is_empty());
    let both = with("Contoso.Scribe", "CN=Fabrikam");
    assert!(both.iter().all(|(kind, _)| *kind == BlockerKind::PackageIdentity));
    assert!(both[0].1.contains("`Contoso.Scribe`; the app has `Contoso.Reader`"), "{both:?}");
    assert!(both[1].1.contains("`CN=Fabrikam`; the app has `CN=Contoso`"), "{both:?}");
    assert_eq!(both.len(), 2);
}

#[test]
fn bundle_required() {
    let with = |live, new| {
        let plan = case(published_shipping([live])).plan(want().packages([new]));
        blocks(&plan, BlockerKind::BundleRequired)
    };
    let was_bundle = || live_bundle("1", "1.4.0.0", "Windows.Desktop");
    assert!(with(was_bundle(), package("1.5.0.0", "x64")));
    assert!(!with(was_bundle(), bundle("1.5.0.0", &["x64"])));
    assert!(!with(live_package("1", "1.4.0.0", "x64", "Windows.Desktop"), package("1.5.0.0", "x64")));
}

#[test]
fn too_many_packages() {
    let live = |count: usize| {
        let packages =
            (0..count).map(|n| live_package(&n.to_string(), &format!("1.0.{n}.0"), "x64", "Windows.Desktop"));
        published_with([("applicationPackages", packages.collect())])
    };
    let with = |count, want: Want| blocks(&case(live(count)).plan(want), BlockerKind::TooManyPackages);
    let new = || want().packages([package("2.0.0.0", "x64")]).retain(Retain::All);
    assert!(with(30, new()));
    assert!(!with(29, new()));
    assert!(!with(40, new().retain(Retain::NewestPerTarget)));
    let none_comes = want().packages([package("1.0.1.0", "x64")]).value("visibility", "Hidden");
    assert!(!with(40, none_comes), "none of the remedies could let one go");
}

#[test]
fn category_frozen() {
    let with = |after: &str| {
        let plan = case(published()).plan(want().value("applicationCategory", after));
        plan.blockers.into_iter().map(|blocker| blocker.detail).collect::<Vec<_>>()
    };
    assert_eq!(with("Games_Sports"), ["Productivity → Games_Sports"]);
    assert!(with("Business").is_empty());
    let game = published_with([("applicationCategory", json!("Games_Sports"))]);
    let unset = published_with([("applicationCategory", json!("NotSet"))]);
    let first = want().value("applicationCategory", "Games_Word");
    assert!(!blocks(&case(unset).plan(first), BlockerKind::CategoryFrozen), "it was nothing before");
    assert!(!blocks(
        &case(game).plan(want().value("applicationCategory", "Games_Word")),
        BlockerKind::CategoryFrozen
    ));
}

#[test]
fn a_guard_says_nothing_where_nothing_is_sent() {
    let plan = case(published_in_rollout("PackageRolloutStopped", json!(10.0)))
        .plan(want().value("visibility", "Public"));
    assert!(plan.guards.is_empty() && plan.blockers.is_empty());
    assert!(!has_guard(&plan, Guard::ShipsHalted));
}

#[test]
fn a_blocked_product_has_no_steps() {
    let blocked = case(published()).plan(want().value("applicationCategory", "Games_Sports"));
    assert!(blocked.steps.is_empty() && blocked.has_changes());
    assert!(!case(published()).plan(want().value("applicationCategory", "Business")).steps.is_empty());
}
