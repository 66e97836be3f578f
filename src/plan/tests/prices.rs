//! Prices: what is sent, what is guarded, what blocks.

use serde_json::{Value, json};

use crate::manifest::{Guard, Others};
use crate::plan::{BlockerKind, Plan};
use crate::submission::Document;

use super::live::{published, published_with, published_without};
use super::run::{blockers, case, codes, get, guards, has_guard, lay, listed};
use super::want::{Want, want};

const MARKETS: &str = "pricing.marketSpecificPricings";

fn priced(price: Value) -> Document {
    published_with([("pricing.priceId", price)])
}

fn hidden() -> Want {
    want().value("visibility", "Hidden")
}

fn blocks(plan: &Plan) -> bool {
    blockers(plan).contains(&BlockerKind::PriceUnreadable)
}

#[test]
fn a_price_that_cannot_be_read_is_never_sent() {
    for live in [
        priced(json!("Base")),
        priced(json!(null)),
        priced(json!("")),
        priced(json!(12)),
        priced(json!("NotSet")),
        published_without("pricing.priceId"),
        published_without("pricing"),
        published_with([("pricing", Value::Null)]),
        published_with([("pricing", json!({}))]),
    ] {
        let price = get(&live, "pricing.priceId").cloned();
        assert!(blocks(&case(live.clone()).plan(hidden())), "{price:?}");
        let unmanaged_base = hidden().value("pricing.marketSpecificPricings.DE", "Tier1020");
        assert!(blocks(&case(live.clone()).plan(unmanaged_base)), "{price:?}");
        let stated = hidden().value("pricing.priceId", "Tier1012");
        assert_eq!(get(&lay(&live, &stated).document, "pricing.priceId"), Some(&json!("Tier1012")));
        let plan = case(live).plan(stated);
        assert!(!blocks(&plan), "{price:?}");
        assert!(has_guard(&plan, Guard::ReplacesMarketPrices), "{price:?}: {:?}", guards(&plan));
        assert!(has_guard(&plan, Guard::PriceChange));
    }
}

#[test]
fn a_concrete_price_travels_back_as_it_is() {
    for price in ["Free", "NotAvailable", "Tier2", "Tier1424"] {
        let plan = case(priced(json!(price))).plan(hidden());
        assert_eq!((blockers(&plan), guards(&plan).len()), (vec![], 1), "{price}: {:?}", guards(&plan));
        let overlay = lay(&priced(json!(price)), &hidden());
        assert_eq!(overlay.document.json()["pricing"], priced(json!(price)).json()["pricing"]);
    }
}

#[test]
fn nothing_is_blocked_where_nothing_is_sent() {
    assert!(case(priced(json!("Base"))).plan(want().value("visibility", "Public")).blockers.is_empty());
}

#[test]
fn a_changed_price_is_guarded() {
    let with = |before: &str, after: &str| {
        guards(&case(priced(json!(before))).plan(want().value("pricing.priceId", after)))
    };
    assert_eq!(with("Tier1012", "Tier1020"), ["price-change: Tier1012 → Tier1020"]);
    assert_eq!(with("Tier1012", "Free"), ["becomes-free: Tier1012 → Free", "price-change: Tier1012 → Free"]);
    assert_eq!(with("Free", "Tier1012"), ["price-change: Free → Tier1012"]);
    assert_eq!(with("Tier1012", "Tier1012"), Vec::<String>::new());
    assert_eq!(
        with("Tier1012", "NotAvailable"),
        ["market-removed: every market without a price of its own", "price-change: Tier1012 → NotAvailable"]
    );
    assert_eq!(
        with("Base", "Tier1012"),
        ["replaces-market-prices: prices set in Partner Center → Tier1012", "price-change: Base → Tier1012"]
    );
}

#[test]
fn a_market_comes_changes_and_goes() {
    let wanted = || {
        want()
            .value("pricing.marketSpecificPricings.DE", "Tier1020")
            .value("pricing.marketSpecificPricings.JP", "Tier1016")
            .nothing("pricing.marketSpecificPricings.CN")
            .nothing("pricing.marketSpecificPricings.BR")
    };
    let overlay = lay(&published(), &wanted());
    assert_eq!(
        listed(&overlay.changes),
        [format!("add {MARKETS}.DE"), format!("set {MARKETS}.JP"), format!("remove {MARKETS}.CN")]
    );
    assert_eq!(get(&overlay.document, MARKETS), Some(&json!({"JP": "Tier1016", "DE": "Tier1020"})));
    assert!(lay(&overlay.document, &wanted()).changes.is_empty());
    assert_eq!(
        guards(&case(published()).plan(wanted())),
        [
            "price-change: DE: base price → Tier1020", "price-change: JP: Tier1015 → Tier1016",
            "price-change: CN: NotAvailable → base price",
        ]
    );
}

#[test]
fn other_markets_stay_go_or_are_an_error() {
    let with = |others| {
        lay(
            &published(),
            &want().value("pricing.marketSpecificPricings.JP", "Tier1015").other_markets(others),
        )
    };
    assert!(with(Others::Keep).changes.is_empty());
    let removed = with(Others::Remove);
    assert_eq!(listed(&removed.changes), [format!("remove {MARKETS}.CN")]);
    assert_eq!(removed.changes[0].before, Some(json!("NotAvailable")));
    assert_eq!(get(&removed.document, MARKETS), Some(&json!({"JP": "Tier1015"})));
    assert_eq!(codes(&with(Others::Error)), ["SW2006"]);
    assert!(with(Others::Error).changes.is_empty());
}

#[test]
fn a_market_is_removed_or_becomes_free_also_through_the_base_price() {
    use Guard::{BecomesFree, MarketRemoved, PriceChange};
    let with = |base: &str, own: Value, wanted: Option<&str>| {
        let mut live = priced(json!(base));
        live.set(&["pricing", "marketSpecificPricings"], json!({"DE": own}));
        let want = match wanted {
            Some(price) => want().value("pricing.marketSpecificPricings.DE", price),
            None => want().nothing("pricing.marketSpecificPricings.DE"),
        };
        let plan = case(live).plan(want);
        plan.guards.iter().map(|hit| hit.guard).collect::<Vec<_>>()
    };
    assert_eq!(with("Tier1012", json!("Tier1020"), Some("NotAvailable")), [MarketRemoved]);
    assert_eq!(with("NotAvailable", json!("Tier1020"), None), [MarketRemoved]);
    assert_eq!(with("Tier1012", json!("Tier1020"), Some("Free")), [BecomesFree, PriceChange]);
    assert_eq!(with("Free", json!("Tier1020"), None), [BecomesFree, PriceChange]);
    // It was free before, by the base price.
    assert_eq!(with("Free", json!("Base"), Some("Free")), [PriceChange]);
    assert_eq!(with("Tier1012", json!("NotAvailable"), None), [PriceChange]);
    assert_eq!(
        with("NotAvailable", json!("Base"), Some("NotAvailable")),
        [PriceChange],
        "it was not sold before"
    );
    assert_eq!(with("NotAvailable", json!("Tier1012"), Some("Free")), [BecomesFree, PriceChange]);
}

#[test]
fn a_trial_that_never_expires_makes_a_paid_app_free() {
    let with = |price: &str, before: &str, want: Want| {
        let mut live = priced(json!(price));
        live.set(&["pricing", "trialPeriod"], json!(before));
        guards(&case(live).plan(want))
    };
    let trial = |after: &str| want().value("pricing.trialPeriod", after);
    assert_eq!(
        with("Tier1012", "SevenDays", trial("TrialNeverExpires")),
        ["becomes-free: the trial: SevenDays → TrialNeverExpires, so nobody need pay"]
    );
    assert!(with("Tier1012", "SevenDays", trial("ThirtyDays")).is_empty());
    assert!(with("Free", "NoFreeTrial", trial("TrialNeverExpires")).is_empty(), "it costs nothing anyway");
    assert!(with("Tier1012", "TrialNeverExpires", trial("NoFreeTrial")).is_empty());
    assert_eq!(
        with("Free", "NoFreeTrial", trial("TrialNeverExpires").value("pricing.priceId", "Tier1012")),
        ["price-change: Free → Tier1012"],
        "nobody had to pay before"
    );
}

#[test]
fn no_markets_have_many_spellings() {
    for nothing in [json!(null), json!({})] {
        let live = published_with([(MARKETS, nothing)]);
        let gone = lay(&live, &want().nothing("pricing.marketSpecificPricings.CN"));
        assert!(gone.changes.is_empty());
        assert_eq!(gone.document, live);
        let come = lay(&live, &want().value("pricing.marketSpecificPricings.DE", "Tier1020"));
        assert_eq!(get(&come.document, MARKETS), Some(&json!({"DE": "Tier1020"})));
    }
}
