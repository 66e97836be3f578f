//! Resources from manifests as people write them, with what there is of them.

use serde_json::{Value, json};

use crate::manifest::{Owned, Releases, Resource, Wanted, Workspace, load};
use crate::plan::{Options, Plan, Product, plan};
use crate::submission::{Application, Document, Field, Live, LiveProduct, Member, Path};

use super::live::document;
use super::local::Pack;
use super::run::made_of;
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

pub(super) fn application() -> Application {
    let app = json!({
        "id": "9NBLGGH4R315", "primaryName": "Contoso Reader",
        "lastPublishedApplicationSubmission": {"id": "100"},
    });
    Application::from_json(app.to_string().as_bytes()).unwrap()
}

/// An app that nobody has submitted yet.
pub(super) fn unpublished() -> Application {
    Application::from_json(br#"{"id": "9NBLGGH4R315", "primaryName": "Contoso Reader"}"#).unwrap()
}

pub(super) fn member(value: &Value) -> Member {
    Member::from_json(value.to_string().as_bytes()).unwrap()
}

/// What there is of a resource whose app is there.
pub(super) fn live(own: Option<&Value>, published: Option<Document>) -> LiveProduct {
    LiveProduct { application: application(), member: own.map(member), published, ..LiveProduct::default() }
}

pub(super) fn planned(resource: &Resource, live: LiveProduct) -> Plan {
    let live = Live::Readable(Box::new(live));
    plan(&[Product { resource, live: &live, baseline: None }], made_of(Options::default()), Vec::new())
}

/// One plan for several resources.
pub(super) fn planned_all(resources: Vec<(&Resource, LiveProduct)>) -> Plan {
    let (resources, lives): (Vec<&Resource>, Vec<Live>) =
        resources.into_iter().map(|(resource, live)| (resource, Live::Readable(Box::new(live)))).unzip();
    let products: Vec<Product<'_>> = resources
        .iter()
        .zip(&lives)
        .map(|(resource, live)| Product { resource, live, baseline: None })
        .collect();
    plan(&products, made_of(Options::default()), Vec::new())
}

pub(super) fn steps(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{:?}", step.kind).to_lowercase()).collect()
}

pub(super) fn with_package(mut resource: Resource, pack: Pack) -> Resource {
    let path = Path::new(["packages"]);
    let field = Field::all_of(resource.kind()).find(|field| field.path == ["packages"]);
    let wanted = Wanted::Packages(vec![pack.asset()]);
    let owned = Owned { path, field, wanted, at: at(1), span: span(), written: span() };
    resource.desired.owned.push(owned);
    resource
}

pub(super) const GOLD: &str =
    "kind: AddOn\nname: gold\napp: reader\nproductId: contoso.gold\nproductType: Durable\n";

pub(super) fn gold() -> Value {
    json!({"id": "9NGOLD000001", "productId": "contoso.gold", "productType": "Durable"})
}

pub(super) fn gold_published() -> Document {
    document(&json!({
        "id": "300", "status": "Published", "contentType": "OnlineDownload", "lifetime": "Forever",
        "listings": {"en": {"title": "Gold", "description": "All themes.",
            "icon": {"fileName": "en/icon.png", "fileStatus": "Uploaded"}}},
        "pricing": {"priceId": "Tier1012", "marketSpecificPricings": {}, "isAdvancedPricingModel": true},
        "visibility": "Public", "tag": "", "somethingNew": 1.50,
    }))
}

pub(super) const INSIDERS: &str =
    "kind: Flight\nname: insiders\napp: reader\nfriendlyName: Insiders\ngroupIds: [\"7\", \"8\"]\n";

pub(super) fn insiders() -> Value {
    json!({"flightId": "f1", "friendlyName": "Insiders", "groupIds": ["8", "7"], "rankHigherThan": "Beta"})
}

pub(super) fn beta() -> Member {
    member(&json!({"flightId": "f2", "friendlyName": "Beta", "rankHigherThan": "Canary"}))
}

/// The app of the account, with the rest of its manifest.
pub(super) fn app(rest: &str) -> Resource {
    resource(&format!("kind: App\nname: reader\nid: 9NBLGGH4R315\n{rest}"))
}
