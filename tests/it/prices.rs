//! No product changes its price by accident: every row of the table of what a client must do, through the real binary.

use serde_json::{Value, json};

use crate::support::cells::each;
use crate::support::story::Story;
use crate::support::things::{self, APP};

const ADD_ON: &str = "9PSANDBOXADD";
const CONSENT: &str = "permit: [price-change, becomes-free, market-removed, replaces-market-prices]\n";

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Do {
    /// A submission is published, with this price.
    Ships(&'static str),
    /// Nothing is sent, because a guard of these words has no permit.
    Asks(&'static [&'static str]),
    /// Nothing is sent: there is no price that could be.
    Refuses,
    /// The draft is removed, and nothing is committed.
    Withdraws,
}

/// What the Store does to the price of the draft on its way.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meddling {
    None,
    /// It keeps what was there before.
    Untaken(&'static str),
    /// It is something else when it is read back.
    Changed(&'static str),
}

struct Row {
    /// What is published, and so what the clone shows.
    shows: &'static str,
    /// What the manifest says of the price; empty: nothing.
    says: &'static str,
    consent: bool,
    meddling: Meddling,
    does: Do,
}

const fn row(shows: &'static str, says: &'static str, consent: bool, does: Do) -> Row {
    Row { shows, says, consent, meddling: Meddling::None, does }
}

const fn meddled(says: &'static str, meddling: Meddling) -> Row {
    Row { shows: r#""Tier1012""#, says, consent: true, meddling, does: Do::Withdraws }
}

const CHANGES: &[&str] = &["price-change"];
const FREES: &[&str] = &["price-change", "becomes-free"];
const REPLACES: &[&str] = &["replaces-market-prices"];

static ROWS: &[Row] = &[
    // Nothing about the price: what was there is sent back.
    row(r#""Free""#, "", false, Do::Ships("Free")),
    row(r#""NotAvailable""#, "", false, Do::Ships("NotAvailable")),
    row(r#""Tier1012""#, "", false, Do::Ships("Tier1012")),
    row(r#""Tier2""#, "", false, Do::Ships("Tier2")),
    row(r#""Tier1012""#, "{marketSpecificPricings: {JP: Tier1015}}", false, Do::Ships("Tier1012")),
    // Another price: shown, and sent with consent only.
    row(r#""Tier1012""#, "{priceId: Tier1020}", false, Do::Asks(CHANGES)),
    row(r#""Tier1012""#, "{priceId: Tier1020}", true, Do::Ships("Tier1020")),
    row(r#""Tier1012""#, "{priceId: Free}", false, Do::Asks(FREES)),
    row(r#""Tier1012""#, "{priceId: Free}", true, Do::Ships("Free")),
    row(r#""Free""#, "{priceId: Tier1020}", false, Do::Asks(CHANGES)),
    row(r#""Free""#, "{priceId: Tier1020}", true, Do::Ships("Tier1020")),
    row(r#""NotAvailable""#, "{priceId: Tier1020}", false, Do::Asks(CHANGES)),
    row(r#""Tier1012""#, "{priceId: NotAvailable}", false, Do::Asks(CHANGES)),
    row(r#""Tier1012""#, "{priceId: NotAvailable}", true, Do::Ships("NotAvailable")),
    // `Base`, or nothing that can be read: refused, also where only a market has a price.
    row(r#""Base""#, "", true, Do::Refuses),
    row(r#""Base""#, "{marketSpecificPricings: {JP: Tier1020}}", true, Do::Refuses),
    row("null", "", true, Do::Refuses),
    row(r#""""#, "", true, Do::Refuses),
    // …unless a price is stated, with the consent that it replaces those of the markets.
    row(r#""Base""#, "{priceId: Tier1020}", false, Do::Asks(REPLACES)),
    row(r#""Base""#, "{priceId: Tier1020}", true, Do::Ships("Tier1020")),
    row(r#""Base""#, "{priceId: Free}", false, Do::Asks(REPLACES)),
    row(r#""Base""#, "{priceId: Free}", true, Do::Ships("Free")),
    // Whatever was sent is read back.
    meddled("{priceId: Tier1020}", Meddling::Untaken("/pricing/priceId")),
    meddled("{marketSpecificPricings: {JP: Tier1020}}", Meddling::Untaken("/pricing/marketSpecificPricings")),
    meddled("", Meddling::Changed(r#"{"priceId": "Free"}"#)),
    meddled("", Meddling::Changed(r#"{"priceId": "Base"}"#)),
    meddled("", Meddling::Changed(r#"{"priceId": null}"#)),
    meddled("", Meddling::Changed(r#"{"marketSpecificPricings": {"JP": "Free"}}"#)),
];

/// A product with a price of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Product {
    App,
    AddOn,
}

impl Product {
    fn path(self) -> String {
        match self {
            Self::App => format!("applications/{APP}"),
            Self::AddOn => format!("inappproducts/{ADD_ON}"),
        }
    }

    /// The operation that sends a draft.
    fn update(self) -> &'static str {
        if self == Self::App { "S3" } else { "J3" }
    }

    /// A team whose product shows this price and whose manifest changes a text, and says this of the price.
    fn team(self, row: &Row) -> Story {
        let price: Value = serde_json::from_str(row.shows).unwrap();
        let pricing = if row.says.is_empty() { String::new() } else { format!("  pricing: {}\n", row.says) };
        let consent = if row.consent { CONSENT } else { "" };
        let texts =
            format!("{consent}submission:\n  listings: {{en-us: {{description: New words}}}}\n{pricing}");
        let mut seed = things::account();
        let app = &mut seed["applications"][0];
        if self == Self::App {
            app["published"]["pricing"]["priceId"] = price;
            return Story::with_seed(&seed, &texts);
        }
        app["addOns"] = json!([{
            "addOn": {
                "id": ADD_ON, "productId": "silver", "productType": "Durable",
                "applications": { "value": [{ "id": APP }], "totalCount": 1 }
            },
            "published": {
                "id": "1152921500000000300", "status": "Published", "contentType": "OnlineDownload",
                "lifetime": "Forever", "visibility": "Public", "targetPublishMode": "Immediate", "keywords": [],
                "tag": "", "listings": { "en-us": { "title": "Silver", "description": "Some of it." } },
                "pricing": { "priceId": price, "marketSpecificPricings": { "JP": "Tier1015" } }
            }
        }]);
        let story = Story::with_seed(&seed, "");
        let head = "kind: AddOn\nname: silver\napp: harbor-notes\nproductId: silver\nproductType: Durable\n";
        story.write("add-on.yaml", format!("{head}{texts}"));
        story
    }

    /// What is published now, and whether a submission is pending.
    fn now(self, story: &Story) -> (Value, bool) {
        let product = story.store.get(&self.path());
        let [published, pending] = match self {
            Self::App => ["lastPublishedApplicationSubmission", "pendingApplicationSubmission"],
            Self::AddOn => ["lastPublishedInAppProductSubmission", "pendingInAppProductSubmission"],
        };
        let id = product[published]["id"].as_str().unwrap();
        (story.store.get(&format!("{}/submissions/{id}", self.path())), product[pending].is_object())
    }
}

fn check(product: Product, row: &Row) {
    let story = product.team(row);
    let on = json!({ "operation": product.update() });
    let act = match row.meddling {
        Meddling::None => None,
        Meddling::Untaken(pointer) => Some(json!({ "untaken": [pointer] })),
        Meddling::Changed(pricing) => {
            let pricing: Value = serde_json::from_str(pricing).unwrap();
            Some(json!({ "meanwhile": { "when": "after", "events": [{ "edit": { "pricing": pricing } }] } }))
        }
    };
    if let Some(act) = &act {
        story.store.fault("meddling", &json!({ "on": on, "do": [act] }));
    }
    let (before, _) = product.now(&story);
    let ran = story.publish(&[]);
    let (after, is_pending) = product.now(&story);
    let name = format!("{product:?} shows {} and says `{}`: {ran:?}", row.shows, row.says);
    assert!(act.is_none() || story.store.fired("meddling") == 1, "{name}");
    let commits = story.mutations().iter().filter(|line| line.ends_with("/commit")).count();
    let code = match row.does {
        Do::Ships(_) => 0,
        Do::Asks(_) => 6,
        Do::Refuses => 5,
        Do::Withdraws => 1,
    };
    assert_eq!((ran.code, is_pending), (code, false), "{name}");
    match row.does {
        Do::Ships(price) => {
            assert_eq!(after["pricing"]["priceId"], price, "{name}");
            assert_eq!(commits, 1, "{name}");
            let says_markets = row.says.contains("marketSpecificPricings");
            let markets = "marketSpecificPricings";
            assert!(says_markets || after["pricing"][markets] == before["pricing"][markets], "{name}");
        }
        Do::Asks(guards) => {
            for guard in guards {
                assert!(ran.stderr.contains(&format!("! guard {guard}")), "{guard}: {name}");
            }
            assert_eq!((story.mutations(), after), (vec![], before), "{name}");
        }
        Do::Refuses => {
            assert!(ran.stderr.contains("price-unreadable"), "{name}");
            assert_eq!((story.mutations(), after), (vec![], before), "{name}");
        }
        Do::Withdraws => {
            assert!(ran.stderr.contains("the draft was deleted"), "{name}");
            assert_eq!((commits, after), (0, before), "{name}");
        }
    }
}

#[test]
fn no_price_changes_by_accident() {
    let cells: Vec<(Product, &Row)> = [Product::App, Product::AddOn]
        .into_iter()
        .flat_map(|product| ROWS.iter().map(move |row| (product, row)))
        .collect();
    let name =
        |(product, row): &(Product, &Row)| format!("{product:?} shows {} and says `{}`", row.shows, row.says);
    each(&cells, name, |(product, row)| check(*product, row));
}
