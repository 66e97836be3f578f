//! Every guard and every blocker, once on and once off. Prices and rollouts have theirs beside what they guard.

use serde_json::json;

use crate::manifest::{Guard, Retain};
use crate::plan::{BlockerKind, Plan};
use crate::submission::{Document, Live};

use super::live::{
    live_bundle, live_package, published, published_in_rollout, published_shipping, published_with,
    published_without,
};
use super::local::{bundle, package, remote, shot};
use super::run::{blockers, case, diagnostics, guards, has_guard};
use super::want::{Want, want};

fn guards_of(live: Document, want: Want) -> Vec<String> {
    guards(&case(live).plan(want))
}

#[test]
fn listing_removed() {
    assert_eq!(guards_of(published(), want().nothing("listings.de-de")), ["listing-removed: de-de"]);
    assert!(guards_of(published(), want().nothing("listings.fr")).is_empty());
    assert!(guards_of(published(), want().value("listings.fr.description", "Texte.")).is_empty());
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
    let mut unknown = live_package("1", "1.4.0.0", "x64", "Windows.Desktop");
    unknown["targetDeviceFamilies"] = json!([]);
    let plan = case(published_shipping([unknown]))
        .plan(want().packages([package("1.5.0.0", "x64")]).retain(Retain::None));
    assert_eq!(guards(&plan), ["drops-target: unknown family x64 (1.4.0.0) loses its last package"]);
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
    assert_eq!(blockers(&fresh.plan(want().value("visibility", "Hidden"))), [BlockerKind::FirstSubmission]);
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
