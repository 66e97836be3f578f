//! An account with many products, and the manifests of a team that manages some of them.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::things::app_submission;

/// How many products there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) apps: usize,
    /// Of each app.
    pub(crate) add_ons: usize,
    /// Of each app.
    pub(crate) flights: usize,
}

/// The Store ID of an app.
pub(crate) fn app_id(app: usize) -> String {
    format!("9PCROWD{app:05}")
}

fn add_on_id(app: usize, add_on: usize) -> String {
    format!("9PADD{app:04}{add_on:03}")
}

fn flight_id(app: usize, flight: usize) -> String {
    format!("5a0dbc4e-0000-4000-8000-{app:06}{flight:06}")
}

/// The id of a submission: `part` tells the products of an app apart.
fn submission_id(app: usize, part: usize) -> String {
    format!("11529215{app:06}{part:05}")
}

impl Crowd {
    /// What the sandbox starts with.
    pub(crate) fn seed(self) -> Value {
        json!({ "rules": { "statusMillis": 1 }, "applications": (0..self.apps).map(|app| self.app(app)).collect::<Vec<_>>() })
    }

    fn app(self, app: usize) -> Value {
        let mut published = app_submission();
        published["id"] = json!(submission_id(app, 0));
        let add_ons = (0..self.add_ons).map(|add_on| json!({
            "addOn": {
                "id": add_on_id(app, add_on), "productId": format!("extra.{add_on}"), "productType": "Durable",
                "applications": { "value": [{ "id": app_id(app) }], "totalCount": 1 }
            },
            "published": {
                "id": submission_id(app, 100 + add_on), "status": "Published", "contentType": "OnlineDownload",
                "lifetime": "Forever", "visibility": "Public", "targetPublishMode": "Immediate", "keywords": [], "tag": "",
                "listings": { "en-us": { "title": "Extra", "description": "More." } },
                "pricing": { "priceId": "Free", "marketSpecificPricings": {} }
            }
        }));
        let flights = (0..self.flights).map(|flight| json!({
            "flight": {
                "flightId": flight_id(app, flight), "friendlyName": format!("Ring {flight}"), "groupIds": ["1"],
                "rankHigherThan": match flight { 0 => "Non-flighted submission".to_owned(), _ => flight_id(app, flight - 1) }
            },
            "published": {
                "id": submission_id(app, 200 + flight), "flightId": flight_id(app, flight), "status": "Published",
                "flightPackages": [], "targetPublishMode": "Immediate"
            }
        }));
        json!({
            "application": {
                "id": app_id(app), "primaryName": format!("App {app}"),
                "packageFamilyName": format!("12345Northwind.App{app}_a1b2c3d4e5f6g"),
                "packageIdentityName": format!("12345Northwind.App{app}"), "publisherName": "CN=Northwind",
                "firstPublishedDate": "2024-03-02T10:00:00Z", "hasAdvancedListingPermission": true
            },
            "published": published,
            "addOns": add_ons.collect::<Vec<_>>(),
            "flights": flights.collect::<Vec<_>>(),
        })
    }

    /// Writes the manifests of these products, a file for each app.
    pub(crate) fn write(self, folder: &Path) {
        for app in 0..self.apps {
            let mut text = format!(
                "kind: App\nname: app-{app}\nid: {}\nsubmission: {{visibility: Public}}\n",
                app_id(app)
            );
            for add_on in 0..self.add_ons {
                text += &format!(
                    "---\nkind: AddOn\nname: extra-{add_on}\napp: app-{app}\nproductId: extra.{add_on}\n\
                     productType: Durable\nsubmission: {{visibility: Public}}\n"
                );
            }
            for flight in 0..self.flights {
                text += &format!(
                    "---\nkind: Flight\nname: ring-{flight}\napp: app-{app}\nfriendlyName: Ring {flight}\n\
                     groupIds: [\"1\"]\nsubmission: {{targetPublishMode: Immediate}}\n"
                );
            }
            fs::write(folder.join(format!("app-{app}.yaml")), text).unwrap();
        }
    }

    /// The fewest requests that tell all of it: the pages of the lists of apps and add-ons, the flights of each app, and
    /// one document for each resource.
    pub(crate) fn requests(self) -> usize {
        let pages = |items: usize| items.div_ceil(100);
        let resources = self.apps * (1 + self.add_ons + self.flights);
        let flights = if self.flights > 0 { self.apps } else { 0 };
        pages(self.apps) + pages(self.apps * self.add_ons) + flights + resources
    }
}
