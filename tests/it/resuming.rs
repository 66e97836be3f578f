//! A run for several products was killed when one of them was through already: the same command goes on with the
//! others, or says what is left.

use std::fs;

use serde_json::{Value, json};

use crate::support::git::{commit, git};
use crate::support::story::{Ran, Story};
use crate::support::things::{self, APP, package};

const OTHER: &str = "9PSANDBOX002";
const TEXTS: &str = "submission:\n  listings: {en-us: {description: New words.}}\n";
const FLIGHT: &str = "kind: Flight\nname: ring\napp: harbor-notes\nfriendlyName: Ring\n";
const PACKAGES: &str = "release: {packages: {files: [$(release)/*.msix]}}\n";
const GOLD: &str = "kind: AddOn\nname: gold\napp: harbor-notes\nproductId: gold\nproductType: Durable\n";

/// A second app, and what its manifest says; it is what is left in the end.
fn pens() -> String {
    format!("kind: App\nname: harbor-pens\nid: {OTHER}\n{TEXTS}")
}

/// The account with both apps.
fn seed() -> Value {
    let mut seed = things::account();
    let mut other = seed["applications"][0].clone();
    other["application"]["id"] = json!(OTHER);
    other["published"]["id"] = json!("1152921500000000200");
    seed["applications"].as_array_mut().unwrap().push(other);
    seed
}

impl Story {
    /// Approves the plan by its hash, lets a run get through with one product, and gives the same command again.
    fn resume(&self, first: &str, arguments: &[&str]) -> (String, Ran) {
        let hash = self.plan(arguments)["fingerprints"]["plan"].as_str().unwrap().to_owned();
        self.publish(&[&["--target", first], arguments].concat()).ended(0);
        let again = [&["apply", "--wait", "published", "--expect", &hash], arguments].concat();
        let ran = self.run(&again);
        (hash, ran)
    }

    fn pens(&self) -> Value {
        let app = self.store.get(&format!("applications/{OTHER}"));
        let id = app["lastPublishedApplicationSubmission"]["id"].as_str().unwrap().to_owned();
        let published = self.store.get(&format!("applications/{OTHER}/submissions/{id}"));
        published["listings"]["en-us"]["baseListing"]["description"].clone()
    }
}

#[track_caller]
fn went_on(story: &Story, (_, ran): (String, Ran)) {
    ran.ended(0).says("app/harbor-pens: submission");
    assert_eq!(story.pens(), "New words.");
}

#[test]
fn what_was_created_by_then_is_known_by_its_manifest() {
    let story = Story::with_seed(&seed(), "");
    story.write("pens.yaml", pens());
    story.write("gold.png", things::png(300, 300));
    story.write(
        "gold.yaml",
        format!(
            "{GOLD}submission:\n  contentType: OnlineDownload\n  lifetime: Forever\n  pricing: {{priceId: Tier1012}}\n  \
             listings: {{en-us: {{title: Gold, description: All, icon: {{file: gold.png}}}}}}\n"
        ),
    );
    went_on(&story, story.resume("add-on/*", &[]));
}

#[test]
fn a_share_of_customers_that_was_set_by_then_is_one_of_a_few_numbers() {
    let mut seed = seed();
    seed["applications"][0]["published"]["packageDeliveryOptions"]["packageRollout"] = json!({
        "isPackageRollout": true, "packageRolloutPercentage": 10.0,
        "packageRolloutStatus": "PackageRolloutInProgress", "fallbackSubmissionId": "0"
    });
    let story = Story::with_seed(&seed, "rollout: {of: 1.0.0.0, percentage: 25}\n");
    story.write("pens.yaml", pens());
    went_on(&story, story.resume("app/harbor-notes", &[]));
}

#[test]
fn what_was_deleted_by_then_is_known_by_its_id_only() {
    let with = |id: &str| {
        let mut seed = seed();
        seed["applications"][0]["addOns"] = json!([{
            "addOn": {
                "id": "9PSANDBOXADD", "productId": "gold", "productType": "Durable",
                "applications": { "value": [{ "id": APP }], "totalCount": 1 }
            }
        }]);
        let story = Story::with_seed(&seed, "");
        story.write("pens.yaml", pens());
        story.write("gold.yaml", format!("{GOLD}{id}state: absent\npermit: [deletes-add-on]\n"));
        story
    };
    let story = with("id: 9PSANDBOXADD\n");
    went_on(&story, story.resume("add-on/*", &[]));
    let story = with("");
    story
        .resume("add-on/*", &[])
        .1
        .ended(4)
        .says("add-on/harbor-notes/gold is already as the manifests want it");
}

#[test]
fn what_was_published_by_then_is_known_by_git() {
    let story = Story::with_seed(&seed(), &TEXTS.replace("New words.", "Plain text."));
    fs::remove_dir(story.path(".git")).unwrap();
    git(story.repo.path(), &["init", "--quiet", "--initial-branch", "main"]);
    story.write("pens.yaml", pens().replace("New words.", "Plain text."));
    commit(story.repo.path(), "what is published");
    story.manifest(TEXTS);
    story.write("pens.yaml", pens());
    commit(story.repo.path(), "what is wanted");
    went_on(&story, story.resume("app/harbor-notes", &[]));
}

#[test]
fn where_it_is_not_known_the_command_for_what_is_left_is_printed_and_a_saved_plan_goes_on() {
    for saves in [false, true] {
        let story = Story::with_seed(&seed(), TEXTS);
        story.write("pens.yaml", pens());
        story.run(&["plan", "--save", "plan.json"]).ended(0);
        let (hash, ran) = story.resume("app/harbor-notes", &[]);
        let ran = ran
            .ended(4)
            .says("app/harbor-notes is already as the manifests want it")
            .says("that may be what an earlier run of the approved plan did")
            .says("A plan that was saved with `storeward plan --save` goes on by itself");
        assert_eq!(story.pens(), "Plain text.");
        let line = ran.stderr.lines().rfind(|line| line.trim().starts_with("storeward ")).unwrap();
        assert!(!line.contains(&hash), "{line}");
        let words: Vec<&str> = line.split_whitespace().skip_while(|word| *word != "apply").collect();
        let command = if saves { vec!["apply", "plan.json", "--wait", "published"] } else { words };
        went_on(&story, (hash, story.run(&command)));
    }
}

#[test]
fn nothing_that_was_not_approved_slips_through_beside_what_was_done() {
    let story = Story::with_seed(&seed(), "");
    story.write("pens.yaml", pens());
    story.write(
        "gold.yaml",
        format!(
            "{GOLD}submission:\n  contentType: OnlineDownload\n  lifetime: Forever\n  pricing: {{priceId: Tier1012}}\n  \
             listings: {{en-us: {{title: Gold, description: All}}}}\n"
        ),
    );
    let hash = story.plan(&[])["fingerprints"]["plan"].as_str().unwrap().to_owned();
    story.publish(&["--target", "add-on/*"]).ended(0);
    story.write("pens.yaml", pens().replace("New", "Other"));
    story.run(&["apply", "--expect", &hash]).ended(4);
    assert_eq!(story.pens(), "Plain text.");
}

/// A flight that is deleted and made anew, killed between the two: by hash and by file.
#[test]
fn a_flight_that_was_deleted_to_be_made_anew_is_made_by_the_same_command() {
    for by_file in [false, true] {
        let story = Story::with_seed(&seed(), "");
        story.write("dist/a.msix", package("1.5.0.0"));
        story.write("flight.yaml", format!("{FLIGHT}groupIds: [\"1\"]\n{PACKAGES}"));
        let release = ["--release", "flight/harbor-notes/ring=dist"];
        story.publish(&release).ended(0);
        let flights =
            |story: &Story| story.store.get(&format!("applications/{APP}/listflights"))["value"].clone();
        let first = flights(&story)[0]["flightId"].clone();
        story.write("dist/a.msix", package("1.6.0.0"));
        story.write(
            "flight.yaml",
            format!("{FLIGHT}groupIds: [\"2\"]\npermit: [recreates-flight]\n{PACKAGES}"),
        );
        story.write("pens.yaml", pens());
        let plan = story.plan(&[&["--save", "plan.json"], &release[..]].concat());
        let hash = plan["fingerprints"]["plan"].as_str().unwrap();
        let command = if by_file {
            vec!["apply", "plan.json", "--wait", "published"]
        } else {
            [&["apply", "--wait", "published", "--expect", hash], &release[..]].concat()
        };
        // As a run does that is killed right after the first of its calls.
        let path = format!("applications/{APP}/flights/{}", first.as_str().unwrap());
        story.store.expect(204, "DELETE", &path, None);
        assert_eq!(flights(&story), json!([]));
        // What is created now was approved; other groups were not.
        let approved = fs::read_to_string(story.path("flight.yaml")).unwrap();
        story.write("flight.yaml", approved.replace("\"2\"", "\"2\", \"3\""));
        story.run(&command).ended(4);
        assert_eq!(flights(&story), json!([]));
        story.write("flight.yaml", approved);
        story.run(&command).ended(0);
        assert_eq!(flights(&story)[0]["groupIds"], json!(["2"]));
        assert_eq!(flights(&story).as_array().unwrap().len(), 1);
        assert_eq!(story.pens(), "New words.");
        story.run(&command).ended(0).says("nothing to do");
    }
}

/// A flight of that name that somebody creates is not deleted by leave of a plan that only created one.
#[test]
fn a_plan_that_creates_a_flight_is_no_leave_to_delete_another() {
    let story = Story::with_seed(&seed(), "");
    story.write("dist/a.msix", package("1.5.0.0"));
    story.write("flight.yaml", format!("{FLIGHT}groupIds: [\"2\"]\npermit: [recreates-flight]\n{PACKAGES}"));
    let release = ["--release", "flight/harbor-notes/ring=dist"];
    let plan = story.plan(&[&["--save", "plan.json"], &release[..]].concat());
    let hash = plan["fingerprints"]["plan"].as_str().unwrap();
    let theirs = json!({ "friendlyName": "Ring", "groupIds": ["9"] });
    story.store.expect(201, "POST", &format!("applications/{APP}/flights"), Some(&theirs));
    let before = story.mutations();
    story.run(&["apply", "plan.json"]).ended(4);
    story.run(&[&["apply", "--expect", hash], &release[..]].concat()).ended(4);
    assert_eq!(story.mutations(), before);
}
