//! A product of each kind, published, with a change that is to be made; and what may stand in its way.

use serde_json::{Value, json};

use super::png::Png;
use super::story::Story;
use super::things::{self, APP, package};

const ADD_ON: &str = "9PADDON00001";
const FLIGHT: &str = "f-1";
/// The submission that a seed has in progress.
const PENDING: &str = "1152921500000000777";

/// A product of which something is to be released.
pub(crate) struct Product {
    pub(crate) address: &'static str,
    /// The options that name its release; none where only its texts change.
    pub(crate) release: Vec<&'static str>,
    /// The operations of the API on its submissions.
    pub(crate) create: &'static str,
    pub(crate) commit: &'static str,
    pub(crate) delete: &'static str,
    /// Where it lies in the API.
    path: String,
    /// What the API calls its pending submission.
    reference: &'static str,
    /// Its manifest with a number in what is wanted.
    manifest: fn(u32) -> String,
}

/// An app with new packages and a new description.
pub(crate) fn app() -> Product {
    Product {
        address: "app/harbor-notes",
        release: vec!["--release", "app/harbor-notes=dist"],
        create: "S1",
        commit: "S4",
        delete: "S6",
        path: format!("applications/{APP}"),
        reference: "pendingApplicationSubmission",
        manifest: |number| {
            format!(
                "submission:\n  listings: {{en-us: {{description: Words {number}}}}}\nrelease:\n  packages: {{files: \
                 [$(release)/*.msix]}}\n"
            )
        },
    }
}

/// An app with a new description.
pub(crate) fn app_text() -> Product {
    Product { release: Vec::new(), ..app() }
}

/// An add-on with a new icon and a new description.
pub(crate) fn add_on() -> Product {
    Product {
        address: "add-on/harbor-notes/gold",
        release: Vec::new(),
        create: "J1",
        commit: "J4",
        delete: "J6",
        path: format!("inappproducts/{ADD_ON}"),
        reference: "pendingInAppProductSubmission",
        manifest: |number| gold(number, "icon: {file: gold.png}, "),
    }
}

/// An add-on with a new description.
pub(crate) fn add_on_text() -> Product {
    Product { manifest: |number| gold(number, ""), ..add_on() }
}

fn gold(number: u32, more: &str) -> String {
    format!(
        "---\nkind: AddOn\nname: gold\napp: harbor-notes\nproductId: gold\nproductType: Durable\nsubmission:\n  listings: \
         {{en-us: {{{more}description: Words {number}}}}}\n"
    )
}

/// A flight with new packages.
pub(crate) fn flight() -> Product {
    Product {
        address: "flight/harbor-notes/insiders",
        release: vec!["--release", "flight/harbor-notes/insiders=dist"],
        create: "G1",
        commit: "G4",
        delete: "G6",
        path: format!("applications/{APP}/flights/{FLIGHT}"),
        reference: "pendingFlightSubmission",
        manifest: |_| {
            "---\nkind: Flight\nname: insiders\napp: harbor-notes\nfriendlyName: Insiders\ngroupIds: [\"1\"]\nrelease: \
             {packages: {files: [$(release)/*.msix]}}\n"
                .to_owned()
        },
    }
}

/// Icons are of one size, and each number has another one.
fn icon(number: u32) -> Vec<u8> {
    Png { width: 300, height: 300, noise: 64, seed: u64::from(number) }.bytes()
}

fn gold_published() -> Value {
    json!({
        "id": "1152921500000000801", "status": "Published", "contentType": "OnlineDownload", "keywords": [],
        "lifetime": "Forever", "tag": "", "visibility": "Public", "targetPublishMode": "Immediate",
        "targetPublishDate": "1601-01-01T00:00:00Z", "pricing": { "priceId": "Tier1012", "marketSpecificPricings": {} },
        "listings": { "en-us": { "title": "Gold", "description": "All of it", "icon":
            { "fileName": "old.png", "fileStatus": "Uploaded" } } },
        "fileUploadUrl": null,
    })
}

fn flight_published() -> Value {
    let mut packages = things::app_submission()["applicationPackages"].clone();
    packages[0]["id"] = json!("2000000000000000701");
    json!({
        "id": "1152921500000000701", "flightId": FLIGHT, "status": "Published", "flightPackages": packages,
        "targetPublishMode": "Immediate", "targetPublishDate": "", "notesForCertification": "", "fileUploadUrl": null,
    })
}

/// An account in which a product of each kind is published.
fn account() -> Value {
    let mut seed = things::account();
    seed["applications"][0]["flights"] = json!([{
        "flight": { "flightId": FLIGHT, "friendlyName": "Insiders", "groupIds": ["1"],
                    "rankHigherThan": "Non-flighted submission" },
        "published": flight_published(),
    }]);
    seed["applications"][0]["addOns"] = json!([{
        "addOn": { "id": ADD_ON, "productId": "gold", "productType": "Durable",
                   "applications": { "value": [{ "id": APP }], "totalCount": 1 } },
        "published": gold_published(),
    }]);
    seed
}

impl Product {
    /// A team with this product.
    pub(crate) fn story(&self) -> Story {
        self.story_with(&account())
    }

    fn story_with(&self, seed: &Value) -> Story {
        let story = Story::with_seed(seed, "");
        self.want(&story, 1);
        story
    }

    /// Its manifest, for a file of its own beside that of the app.
    pub(crate) fn document(&self) -> String {
        (self.manifest)(1)
    }

    /// Something else is wanted than before: other words, and another file.
    pub(crate) fn want(&self, story: &Story, number: u32) {
        story.manifest(&(self.manifest)(number));
        story.write("dist/a.msix", package(&format!("1.{number}.0.0")));
        story.write("gold.png", icon(number));
    }

    /// A team with this product, of which somebody's submission is in this status.
    pub(crate) fn story_with_pending(&self, status: &str, has_upload_url: bool) -> Story {
        let mut seed = account();
        // What is on its way stays where it is.
        seed["rules"]["statusMillis"] = json!(if status.ends_with("Failed") { 20 } else { 60_000 });
        let app = &mut seed["applications"][0];
        let place = match self.path.split('/').collect::<Vec<_>>().as_slice() {
            [_, _, "flights", _] => &mut app["flights"][0],
            ["inappproducts", _] => &mut app["addOns"][0],
            _ => app,
        };
        let mut pending = place["published"].clone();
        pending["id"] = json!(PENDING);
        pending["status"] = json!(status);
        pending["fileUploadUrl"] =
            if has_upload_url { json!("https://storage.example/x?sig=y") } else { Value::Null };
        self.meddle(&mut pending);
        place["pending"] = pending;
        self.story_with(&seed)
    }

    /// What somebody else changes in a submission, which no manifest here manages.
    fn meddle(&self, submission: &mut Value) {
        match self.reference {
            "pendingFlightSubmission" => submission["notesForCertification"] = json!("Half a note"),
            _ => submission["visibility"] = json!("Hidden"),
        }
    }

    /// A draft that an earlier run left, before something else was wanted.
    pub(crate) fn older_draft(&self, story: &Story) -> String {
        story.store.fault(
            "left",
            &json!({ "on": { "operation": self.commit }, "do": [{ "answer": { "status": 400 } }] }),
        );
        story.run(&self.apply(&["--yes"])).ended(1);
        story.store.heal("left");
        self.want(story, 2);
        self.pending(story).unwrap()
    }

    /// A draft that somebody else is at.
    pub(crate) fn foreign_draft(&self, story: &Story) -> String {
        let mut draft = story.store.expect(201, "POST", &format!("{}/submissions", self.path), None);
        let id = draft["id"].as_str().unwrap().to_owned();
        self.meddle(&mut draft);
        story.store.expect(200, "PUT", &format!("{}/submissions/{id}", self.path), Some(&draft));
        id
    }

    /// A submission of somebody else that is on its way.
    pub(crate) fn committed(&self, story: &Story) -> String {
        let id = self.foreign_draft(story);
        story.store.expect(202, "POST", &format!("{}/submissions/{id}/commit", self.path), None);
        id
    }

    /// The id of the submission in progress.
    pub(crate) fn pending(&self, story: &Story) -> Option<String> {
        let product = story.store.get(&self.path);
        product.get(self.reference)?["id"].as_str().map(str::to_owned)
    }

    pub(crate) fn submission(&self, story: &Story, id: &str) -> Value {
        story.store.get(&format!("{}/submissions/{id}", self.path))
    }

    /// The arguments that apply it.
    pub(crate) fn apply<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        [&["apply"][..], &self.release, more].concat()
    }

    /// There is nothing left to do, and applying again sends nothing.
    #[track_caller]
    pub(crate) fn converged(&self, story: &Story) {
        let before = story.mutations();
        story.run(&self.apply(&["--yes"])).ended(0).says("nothing was sent").says("No changes.");
        assert_eq!(story.mutations(), before);
        assert_eq!(self.pending(story), None);
    }
}
