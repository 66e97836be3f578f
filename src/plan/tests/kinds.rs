//! Add-ons, flights and running rollouts, from manifests as people write them.

use serde_json::{Value, json};

use crate::manifest::{Guard, Owned, Releases, Resource, Wanted, Workspace, load};
use crate::plan::{Action, BaselineRef, BlockerKind, MadeOf, Options, Origin, Plan, Product, plan};
use crate::submission::{Application, Document, Field, Kind, Live, LiveProduct, Member, Path};

use super::live::{document, published, published_with};
use super::local::{Pack, package};
use super::run::{blockers, diagnostics, guards, has_guard, listed, made_of};
use super::want::{at, span};

/// The resource that a manifest describes; the app that it may need is there as well.
pub(super) fn resource(manifest: &str) -> Resource {
    let folder = tempfile::tempdir().unwrap();
    let app =
        if manifest.contains("kind: App") { "" } else { "---\nkind: App\nname: reader\nid: 9NBLGGH4R315\n" };
    std::fs::write(folder.path().join("app.yaml"), format!("{manifest}{app}")).unwrap();
    let mut loaded = load(&Workspace::around(folder.path()).unwrap(), &[], &Releases::new());
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics.sorted());
    loaded.resources.remove(0)
}

fn application() -> Application {
    let app = json!({
        "id": "9NBLGGH4R315", "primaryName": "Contoso Reader",
        "lastPublishedApplicationSubmission": {"id": "100"},
    });
    Application::from_json(app.to_string().as_bytes()).unwrap()
}

fn member(value: &Value) -> Member {
    Member::from_json(value.to_string().as_bytes()).unwrap()
}

/// What there is of a resource whose app is there.
fn live(own: Option<&Value>, published: Option<Document>) -> LiveProduct {
    LiveProduct { application: application(), member: own.map(member), published, ..LiveProduct::default() }
}

fn planned(resource: &Resource, live: LiveProduct) -> Plan {
    let live = Live::Readable(Box::new(live));
    plan(&[Product { resource, live: &live, baseline: None }], made_of(Options::default()), Vec::new())
}

/// The origins of the changes to a resource of which git said `earlier`, and whether they need a permit for it.
fn origins(resource: &Resource, earlier: &Resource, live: LiveProduct) -> (Vec<Origin>, bool) {
    let live = Live::Readable(Box::new(live));
    let baseline = Some(BaselineRef { name: "origin/main".to_owned(), commit: "4f1c9e2".to_owned() });
    let made_of = MadeOf { baseline, ..made_of(Options::default()) };
    let plan = plan(&[Product { resource, live: &live, baseline: Some(earlier) }], made_of, Vec::new());
    let mut origins: Vec<Origin> =
        plan.resources[0].changes.iter().map(|change| change.origin.unwrap()).collect();
    origins.dedup();
    (origins, has_guard(&plan, Guard::RevertsDrift))
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{:?}", step.kind).to_lowercase()).collect()
}

fn with_package(mut resource: Resource, pack: Pack) -> Resource {
    let path = Path::new(["packages"]);
    let field = Field::all_of(resource.kind()).find(|field| field.path == ["packages"]);
    let wanted = Wanted::Packages(vec![pack.asset()]);
    let owned = Owned { path, field, wanted, at: at(1), span: span() };
    resource.desired.owned.push(owned);
    resource
}

pub(super) const GOLD: &str =
    "kind: AddOn\nname: gold\napp: reader\nproductId: contoso.gold\nproductType: Durable\n";

fn gold() -> Value {
    json!({"id": "9NGOLD000001", "productId": "contoso.gold", "productType": "Durable"})
}

fn gold_published() -> Document {
    document(&json!({
        "id": "300", "status": "Published", "contentType": "OnlineDownload", "lifetime": "Forever",
        "listings": {"en": {"title": "Gold", "description": "All themes.",
            "icon": {"fileName": "en/icon.png", "fileStatus": "Uploaded"}}},
        "pricing": {"priceId": "Tier1012", "marketSpecificPricings": {}, "isAdvancedPricingModel": true},
        "visibility": "Public", "tag": "", "somethingNew": 1.50,
    }))
}

#[test]
fn a_new_add_on_is_created_with_all_that_the_manifest_says() {
    let manifest = format!(
        "{GOLD}submission: {{contentType: OnlineDownload, lifetime: Forever, pricing: {{priceId: Tier1012}}, \
         listings: {{en: {{title: Gold}}}}}}\n"
    );
    let plan = planned(&resource(&manifest), live(None, None));
    assert_eq!((plan.resources[0].action, plan.resources[0].kind), (Action::Create, Kind::AddOn));
    assert_eq!(
        listed(&plan.resources[0].changes),
        [
            "set productId", "set productType", "set pricing.priceId", "set contentType", "set lifetime",
            "add listings.en", "set listings.en.title",
        ]
    );
    assert_eq!(blockers(&plan), []);
    assert_eq!(guards(&plan), Vec::<String>::new(), "nobody pays another price than before");
    assert_eq!(steps(&plan), ["create", "clone", "check", "update", "verify", "commit", "wait"]);
}

#[test]
fn a_new_add_on_without_a_price_would_be_free_and_is_blocked() {
    let manifest = format!("{GOLD}submission: {{listings: {{en: {{title: Gold}}}}}}\n");
    let plan = planned(&resource(&manifest), live(None, None));
    assert_eq!(blockers(&plan), [BlockerKind::PriceUnreadable]);
    assert_eq!(steps(&plan), Vec::<String>::new());
    let plan =
        planned(&resource(&format!("{GOLD}submission: {{pricing: {{priceId: Free}}}}\n")), live(None, None));
    assert_eq!(diagnostics(&plan), ["SW1102"], "it needs a listing");
}

#[test]
fn an_add_on_that_is_there_is_updated_and_nothing_else_changes() {
    let manifest =
        format!("{GOLD}submission: {{listings: {{en: {{title: Gold pack, description: All themes.}}}}}}\n");
    let plan = planned(&resource(&manifest), live(Some(&gold()), Some(gold_published())));
    assert_eq!(plan.resources[0].action, Action::Update);
    assert_eq!(plan.resources[0].id, "9NGOLD000001");
    assert_eq!(listed(&plan.resources[0].changes), ["set listings.en.title"]);
    let same = format!("{GOLD}submission: {{listings: {{en: {{title: Gold}}}}}}\n");
    let plan = planned(&resource(&same), live(Some(&gold()), Some(gold_published())));
    assert_eq!(plan.resources[0].action, Action::None);
}

#[test]
fn what_an_add_on_was_created_with_stays() {
    let consumable = GOLD.replace("Durable", "Consumable");
    let plan = planned(&resource(&consumable), live(Some(&gold()), Some(gold_published())));
    assert_eq!(blockers(&plan), [BlockerKind::PortalOnly]);
    assert!(plan.has_changes(), "it is to be done, and blocked");
}

#[test]
fn absent_deletes_what_is_there_and_nothing_twice() {
    let manifest = format!("{GOLD}state: absent\npermit: [deletes-add-on]\n");
    let there = planned(&resource(&manifest), live(Some(&gold()), Some(gold_published())));
    assert_eq!((there.resources[0].action, steps(&there)), (Action::Delete, vec!["delete".to_owned()]));
    assert_eq!(guards(&there), ["deletes-add-on: contoso.gold"]);
    let gone = planned(&resource(&manifest), live(None, None));
    assert_eq!((gone.resources[0].action, steps(&gone)), (Action::None, vec![]));
}

#[test]
fn what_is_known_by_an_id_is_never_created() {
    let manifest = "kind: AddOn\nname: gold\napp: reader\nid: 9NGOLD000001\n";
    let plan = planned(&resource(manifest), live(None, None));
    assert_eq!((plan.resources[0].action, diagnostics(&plan)), (Action::None, vec!["SW2008"]));
    let gone = planned(&resource(&format!("{manifest}state: absent\n")), live(None, None));
    assert_eq!((gone.resources[0].action, diagnostics(&gone)), (Action::None, vec![]));
}

#[test]
fn an_icon_is_known_by_name_and_goes_by_null() {
    let manifest = format!("{GOLD}submission: {{listings: {{en: {{icon: null}}}}}}\n");
    let plan = planned(&resource(&manifest), live(Some(&gold()), Some(gold_published())));
    assert_eq!(listed(&plan.resources[0].changes), ["clear listings.en.icon"]);
}

pub(super) const INSIDERS: &str =
    "kind: Flight\nname: insiders\napp: reader\nfriendlyName: Insiders\ngroupIds: [\"7\", \"8\"]\n";

fn insiders() -> Value {
    json!({"flightId": "f1", "friendlyName": "Insiders", "groupIds": ["8", "7"], "rankHigherThan": "Beta"})
}

fn beta() -> Member {
    member(&json!({"flightId": "f2", "friendlyName": "Beta", "rankHigherThan": "Canary"}))
}

#[test]
fn a_flight_is_created_with_its_first_packages() {
    let plan = planned(&resource(INSIDERS), live(None, None));
    assert_eq!((plan.resources[0].action, diagnostics(&plan)), (Action::None, vec!["SW2031"]));
    let with_package = with_package(resource(INSIDERS), package("1.5.0.0", "x64"));
    let plan = planned(&with_package, live(None, None));
    assert_eq!(plan.resources[0].action, Action::Create);
    let changes = listed(&plan.resources[0].changes);
    assert_eq!(changes[..2], ["set friendlyName", "set groupIds"]);
    assert!(changes[2].starts_with("add packages."), "{changes:?}");
    assert_eq!(blockers(&plan), []);
    assert_eq!(steps(&plan)[0], "create");
}

#[test]
fn ranks_are_right_when_the_other_flight_lies_anywhere_below() {
    for (below, right) in [("Beta", true), ("f2", true), ("Canary", true), ("Other", false)] {
        let resource = resource(&format!("{INSIDERS}rankHigherThan: {below}\n"));
        let live =
            LiveProduct { flights: vec![member(&insiders()), beta()], ..live(Some(&insiders()), None) };
        assert_eq!(blockers(&planned(&resource, live)).is_empty(), right, "{below}");
    }
}

#[test]
fn changed_groups_need_the_portal_or_the_permit_to_create_the_flight_anew() {
    let other = INSIDERS.replace("\"8\"", "\"9\"");
    let plan = planned(&resource(&other), live(Some(&insiders()), None));
    assert_eq!(blockers(&plan), [BlockerKind::PortalOnly]);
    let permitted = resource(&format!("{other}permit: [recreates-flight]\n"));
    let plan = planned(&with_package(permitted, package("1.5.0.0", "x64")), live(Some(&insiders()), None));
    assert_eq!((plan.resources[0].action, blockers(&plan)), (Action::Create, vec![]));
    assert!(plan.guards.iter().any(|hit| hit.guard == Guard::RecreatesFlight && hit.permitted));
    assert_eq!(steps(&plan)[..2], ["delete", "create"]);
}

fn rolled_out(status: &str) -> Document {
    let rollout = json!({
        "isPackageRollout": true, "packageRolloutPercentage": 10.0, "packageRolloutStatus": status,
        "fallbackSubmissionId": "99",
    });
    published_with([("packageDeliveryOptions.packageRollout", rollout)])
}

pub(super) fn app(rest: &str) -> Resource {
    resource(&format!("kind: App\nname: reader\nid: 9NBLGGH4R315\n{rest}"))
}

const RUNNING: &str = "PackageRolloutInProgress";

#[test]
fn a_running_rollout_is_raised_by_one_line_and_without_a_submission() {
    let plan =
        planned(&app("rollout: {of: 1.4.0.0, percentage: 50}\n"), live(None, Some(rolled_out(RUNNING))));
    assert_eq!(plan.resources[0].action, Action::Live);
    assert_eq!(listed(&plan.resources[0].changes), ["set rollout.percentage"]);
    assert_eq!((guards(&plan), blockers(&plan), steps(&plan)), (vec![], vec![], vec!["rollout".to_owned()]));
    let same =
        planned(&app("rollout: {of: 1.4.0.0, percentage: 10}\n"), live(None, Some(rolled_out(RUNNING))));
    assert_eq!(same.resources[0].action, Action::None);
    let other =
        planned(&app("rollout: {of: 1.3.0.0, percentage: 50}\n"), live(None, Some(rolled_out(RUNNING))));
    assert_eq!(other.resources[0].action, Action::None, "inert for other versions");
}

#[test]
fn less_and_the_end_of_a_rollout_need_a_permit() {
    let run = |line: &str| {
        let resource = app(&format!("rollout: {{of: 1.4.0.0, {line}}}\n"));
        guards(&planned(&resource, live(None, Some(rolled_out(RUNNING)))))
    };
    assert_eq!(run("percentage: 5"), ["rollout-decrease: 10 % → 5 % of customers"]);
    assert_eq!(run("state: finalized"), ["closes-rollout: the rollout of 1.4.0.0 is finalized"]);
    assert_eq!(run("state: halted"), ["closes-rollout: the rollout of 1.4.0.0 is halted"]);
}

#[test]
fn what_is_over_is_over() {
    for (line, status, said) in [
        ("state: halted", "PackageRolloutStopped", vec![]),
        ("state: finalized", "PackageRolloutComplete", vec![]),
        ("percentage: 50", "PackageRolloutComplete", vec![]),
        ("percentage: 50", "PackageRolloutStopped", vec!["SW2030"]),
        ("state: finalized", "PackageRolloutStopped", vec!["SW2030"]),
        ("state: halted", "PackageRolloutComplete", vec!["SW2030"]),
    ] {
        let plan = planned(
            &app(&format!("rollout: {{of: 1.4.0.0, {line}}}\n")),
            live(None, Some(rolled_out(status))),
        );
        assert_eq!((plan.resources[0].action, diagnostics(&plan)), (Action::None, said), "{line} {status}");
    }
}

#[test]
fn an_open_rollout_blocks_the_next_submission_unless_it_is_closed_first() {
    let texts = "submission: {visibility: Private}\npermit: [visibility-reduced]\n";
    let blocked = planned(&app(texts), live(None, Some(rolled_out(RUNNING))));
    assert_eq!(blockers(&blocked), [BlockerKind::RolloutOpen]);
    let finalize = texts.replace("Private", "Private, openRollout: finalize");
    let plan = planned(&app(&finalize), live(None, Some(rolled_out(RUNNING))));
    assert_eq!((blockers(&plan), plan.resources[0].action), (vec![], Action::Update));
    assert_eq!(guards(&plan), ["visibility-reduced: Public → Private"], "naming it is the permit");
    assert_eq!(steps(&plan)[..2], ["rollout", "clone"]);
    let halt = texts.replace("Private", "Private, openRollout: halt");
    let plan = planned(&app(&halt), live(None, Some(rolled_out(RUNNING))));
    assert!(guards(&plan).iter().any(|guard| guard.starts_with("ships-halted")), "{:?}", guards(&plan));
    let state = format!("{texts}rollout: {{of: 1.4.0.0, state: finalized}}\n");
    let plan = planned(&app(&state), live(None, Some(rolled_out(RUNNING))));
    assert_eq!((blockers(&plan), plan.resources[0].action), (vec![], Action::Update));
}

#[test]
fn after_a_halt_the_packages_that_customers_have_stay() {
    let mut fallback = published();
    fallback.set(&["id"], json!("99"));
    let old = published_with([(
        "applicationPackages",
        json!([
            {"id": "701", "fileName": "a.msix", "fileStatus": "Uploaded", "version": "1.4.0.0",
             "architecture": "X64", "targetDeviceFamilies": ["Windows.Desktop min version 10.0.0.0"]},
            {"id": "600", "fileName": "b.msix", "fileStatus": "Uploaded", "version": "1.3.0.0",
             "architecture": "X64", "targetDeviceFamilies": ["Windows.Desktop min version 10.0.0.0"]},
        ]),
    )]);
    let mut halted = old;
    halted.set(
        &["packageDeliveryOptions", "packageRollout"],
        json!({
            "isPackageRollout": true, "packageRolloutPercentage": 0.0,
            "packageRolloutStatus": "PackageRolloutStopped", "fallbackSubmissionId": "99",
        }),
    );
    fallback.set(&["applicationPackages"], json!([halted.packages()[1].json()]));
    let resource = with_package(app("submission: {packageRollout: null}\n"), package("1.5.0.0", "x64"));
    let product = LiveProduct { fallback: Some(fallback), ..live(None, Some(halted.clone())) };
    let kept = listed(&planned(&resource, product).resources[0].changes);
    assert!(kept.contains(&"remove packages.a.msix".to_owned()), "{kept:?}");
    assert!(!kept.contains(&"remove packages.b.msix".to_owned()), "{kept:?}");
    let without = listed(&planned(&resource, live(None, Some(halted))).resources[0].changes);
    assert!(without.contains(&"remove packages.b.msix".to_owned()), "{without:?}");
}

#[test]
fn an_add_on_that_git_knew_and_the_store_has_not_was_removed_there() {
    let manifest = |price: &str| {
        resource(&format!(
            "{GOLD}submission: {{pricing: {{priceId: {price}}}, listings: {{en: {{title: Gold}}}}}}\n"
        ))
    };
    let gone = || live(None, None);
    let absent = resource(&format!("{GOLD}state: absent\n"));
    assert_eq!(origins(&manifest("Free"), &manifest("Free"), gone()), (vec![Origin::Drift], true));
    let plan = origins(&manifest("Free"), &manifest("Tier2"), gone());
    assert_eq!(plan, (vec![Origin::Drift, Origin::Conflict, Origin::Drift], true));
    assert_eq!(origins(&manifest("Free"), &absent, gone()), (vec![Origin::Config], false));
}

#[test]
fn a_flight_waits_for_its_first_packages_and_nobody_removed_it() {
    let insiders = with_package(resource(INSIDERS), package("1.5.0.0", "x64"));
    let waited = resource(INSIDERS);
    assert_eq!(origins(&insiders, &waited, live(None, None)), (vec![Origin::Config], false));
    assert_eq!(origins(&insiders, &insiders, live(None, None)), (vec![Origin::Config], false));
}

#[test]
fn whose_change_a_running_rollout_meets() {
    let wants = |line: &str| app(&format!("rollout: {{of: 1.4.0.0, {line}}}\n"));
    let of = |earlier: &str, wanted: &str| {
        origins(&wants(wanted), &wants(earlier), live(None, Some(rolled_out(RUNNING))))
    };
    assert_eq!(of("percentage: 10", "percentage: 50"), (vec![Origin::Config], false));
    assert_eq!(of("percentage: 50", "percentage: 50"), (vec![Origin::Drift], true));
    assert_eq!(of("percentage: 25", "percentage: 50"), (vec![Origin::Conflict], true));
    assert_eq!(of("percentage: 25", "state: halted"), (vec![Origin::Conflict], true));
    assert_eq!(of("percentage: 10", "state: halted"), (vec![Origin::Config], false));
    let other = app("rollout: {of: 1.3.0.0, percentage: 50}\n");
    let plan = origins(&wants("percentage: 50"), &other, live(None, Some(rolled_out(RUNNING))));
    assert_eq!(plan, (vec![Origin::Config], false), "git spoke of another version");
}

#[test]
fn what_only_partner_center_can_change_overwrites_nothing() {
    let consumable = resource(&GOLD.replace("Durable", "Consumable"));
    let there = || live(Some(&gold()), Some(gold_published()));
    assert_eq!(origins(&consumable, &consumable, there()), (vec![Origin::Drift], false));
    assert_eq!(origins(&consumable, &resource(GOLD), there()), (vec![Origin::Config], false));
}
