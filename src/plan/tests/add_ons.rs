//! Add-ons.

use serde_json::json;

use crate::plan::{Action, BlockerKind};
use crate::submission::{Kind, LiveProduct};

use super::manifests::{GOLD, gold, gold_published, live, planned, resource, steps, unpublished};
use super::run::{blockers, diagnostics, guards, listed};

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
    assert!(plan.blockers[0].remedies[0].contains("state `pricing.priceId`"), "{:?}", plan.blockers);
    let plan =
        planned(&resource(&format!("{GOLD}submission: {{pricing: {{priceId: Free}}}}\n")), live(None, None));
    assert_eq!(diagnostics(&plan), ["SW2019"], "it needs a listing");
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
    assert_eq!(plan.blockers[0].detail, "productType: Durable → Consumable");
    assert!(!plan.blockers[0].remedies.join(" ").contains("Partner Center"), "it cannot change it either");
    assert!(plan.has_changes(), "it is to be done, and blocked");
    let at = plan.resources[0].changes[0].source.as_ref().unwrap();
    assert_eq!((at.line, at.column), (5, 14), "its own line");
}

#[test]
fn an_add_on_can_be_submitted_before_its_app_was() {
    let manifest =
        format!("{GOLD}submission: {{pricing: {{priceId: Free}}, listings: {{en: {{title: Gold}}}}}}\n");
    let product = LiveProduct { application: unpublished(), ..live(None, None) };
    let plan = planned(&resource(&manifest), product);
    assert_eq!((plan.resources[0].action, blockers(&plan)), (Action::Create, vec![]));
}

#[test]
fn the_last_language_of_an_add_on_cannot_go() {
    let manifest = format!("{GOLD}permit: [listing-removed]\nsubmission: {{listings: {{en: null}}}}\n");
    let plan = planned(&resource(&manifest), live(Some(&gold()), Some(gold_published())));
    assert_eq!(diagnostics(&plan), ["SW2019"]);
    let other = manifest.replace("en: null", "en: null, de: {title: Gold}");
    let plan = planned(&resource(&other), live(Some(&gold()), Some(gold_published())));
    assert_eq!(diagnostics(&plan), Vec::<&str>::new());
    assert_eq!(guards(&plan), ["listing-removed: en"]);
}

#[test]
fn fewer_can_find_an_add_on_too() {
    let with = |visibility: &str| {
        let manifest = format!("{GOLD}submission: {{visibility: {visibility}}}\n");
        guards(&planned(&resource(&manifest), live(Some(&gold()), Some(gold_published()))))
    };
    assert_eq!(with("Hidden"), ["visibility-reduced: Public → Hidden"]);
    assert!(with("Public").is_empty());
}

#[test]
fn absent_deletes_what_is_there_and_nothing_twice() {
    let manifest = format!("{GOLD}state: absent\npermit: [deletes-add-on]\n");
    let there = planned(&resource(&manifest), live(Some(&gold()), Some(gold_published())));
    assert_eq!((there.resources[0].action, steps(&there)), (Action::Delete, vec!["delete".to_owned()]));
    assert_eq!(guards(&there), ["deletes-add-on: contoso.gold"]);
    let gone = planned(&resource(&manifest), live(None, None));
    assert_eq!((gone.resources[0].action, steps(&gone)), (Action::None, vec![]));
    let silent =
        planned(&resource(&manifest.replace("permit: [deletes-add-on]\n", "")), live(Some(&gold()), None));
    assert_eq!(silent.unpermitted().count(), 1);
}

#[test]
fn nobodys_work_is_deleted_together_with_an_add_on() {
    let manifest = format!("{GOLD}state: absent\npermit: [deletes-add-on]\n");
    let with = |status: &str, title: &str| {
        let mut pending = gold_published();
        pending.set(&["status"], json!(status));
        pending.set(&["fileUploadUrl"], json!("https://blob.example/301?sig=x"));
        pending.set(&["listings", "en", "title"], json!(title));
        let product = LiveProduct { pending: Some(pending), ..live(Some(&gold()), Some(gold_published())) };
        let plan = planned(&resource(&manifest), product);
        assert_eq!(plan.steps.is_empty(), !plan.blockers.is_empty());
        blockers(&plan)
    };
    assert_eq!(with("PendingCommit", "By hand"), [BlockerKind::ForeignDraft]);
    assert_eq!(with("CertificationFailed", "By hand"), [BlockerKind::ForeignFailure]);
    assert_eq!(with("Certification", "Gold"), [BlockerKind::InFlight], "the Store deletes nothing meanwhile");
    assert_eq!(with("PendingCommit", "Gold"), [], "an untouched copy is nobody's work");
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
