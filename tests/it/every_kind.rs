//! Apps, add-ons and flights, from nothing to published and gone again: each is carried out, and then there is nothing left.

use serde_json::{Value, json};

use crate::support::story::Story;
use crate::support::things::{self, APP, package};

const RELEASES: [&str; 4] =
    ["--release", "app/harbor-notes=dist", "--release", "flight/harbor-notes/insiders=dist"];

const APP_MANIFEST: &str = "submission:\n  listings: {en-us: {description: New words}}\nrelease:\n  packages: {files: \
                            [$(release)/*.msix]}\n  packageRollout: {percentage: 10}\n";

fn gold(rest: &str) -> String {
    format!(
        "kind: AddOn\nname: gold\napp: harbor-notes\nproductId: gold\nproductType: Durable\n{rest}submission:\n  \
         contentType: OnlineDownload\n  lifetime: Forever\n  pricing: {{priceId: Tier1012}}\n  listings:\n    en-us: \
         {{title: Gold, description: All of it, icon: {{file: gold.png}}}}\n"
    )
}

fn insiders(groups: &str, rest: &str) -> String {
    format!(
        "kind: Flight\nname: insiders\napp: harbor-notes\nfriendlyName: Insiders\ngroupIds: [{groups}]\n{rest}release: \
         {{packages: {{files: [$(release)/*.msix]}}}}\n"
    )
}

/// A team with an app, an add-on and a flight, of which the Store knows the app only.
struct Team(Story);

impl Team {
    fn new() -> Self {
        Self::with_seed(&things::account())
    }

    fn with_seed(seed: &Value) -> Self {
        let story = Story::with_seed(seed, APP_MANIFEST);
        story.write("gold.yaml", gold(""));
        story.write("gold.png", things::png(300, 300));
        story.write("flight.yaml", insiders("\"1\"", ""));
        story.write("dist/a.msix", package("1.5.0.0"));
        Self(story)
    }

    fn released() -> Self {
        let team = Self::new();
        team.0.publish(&RELEASES).ended(0);
        team
    }

    /// The add-ons of the account.
    fn add_ons(&self) -> Vec<Value> {
        self.list("inappproducts")
    }

    fn flights(&self) -> Vec<Value> {
        self.list(&format!("applications/{APP}/listflights"))
    }

    fn list(&self, path: &str) -> Vec<Value> {
        self.0.store.get(path)["value"].as_array().unwrap().clone()
    }

    fn rollout(&self) -> Value {
        self.0.published()["packageDeliveryOptions"]["packageRollout"].clone()
    }

    /// There is nothing left to do, and applying again sends nothing.
    #[track_caller]
    fn converged(&self, arguments: &[&str]) {
        let before = self.0.mutations();
        let plan = self.0.plan(arguments);
        for resource in plan["resources"].as_array().unwrap() {
            assert_eq!(resource["action"], "none", "{resource:#}");
        }
        self.0.publish(arguments).ended(0).says("nothing was sent");
        assert_eq!(self.0.mutations(), before);
    }
}

#[test]
fn all_of_it_is_released_and_then_there_is_nothing_left_to_do() {
    let team = Team::new();
    let ran = team.0.publish(&RELEASES).ended(0);
    for address in ["app/harbor-notes", "add-on/harbor-notes/gold", "flight/harbor-notes/insiders"] {
        assert!(ran.stdout.contains(&format!("{address}: submission ")), "{}", ran.stdout);
    }
    let [add_on] = &team.add_ons()[..] else { panic!("one add-on") };
    assert_eq!((&add_on["productId"], &add_on["productType"]), (&json!("gold"), &json!("Durable")));
    let id = add_on["lastPublishedInAppProductSubmission"]["id"].as_str().unwrap();
    let path = format!("inappproducts/{}/submissions/{id}", add_on["id"].as_str().unwrap());
    let submission = team.0.store.get(&path);
    assert_eq!(submission["pricing"]["priceId"], "Tier1012");
    assert_eq!(submission["listings"]["en-us"]["icon"]["fileStatus"], "Uploaded");
    let [flight] = &team.flights()[..] else { panic!("one flight") };
    let id = flight["lastPublishedFlightSubmission"]["id"].as_str().unwrap();
    let path =
        format!("applications/{APP}/flights/{}/submissions/{id}", flight["flightId"].as_str().unwrap());
    assert_eq!(team.0.store.get(&path)["flightPackages"][0]["version"], "1.5.0.0");
    assert_eq!(team.rollout()["packageRolloutStatus"], "PackageRolloutInProgress");
    team.converged(&[]);
    team.converged(&RELEASES);
}

#[test]
fn a_flight_that_comes_without_a_submission_gets_one() {
    let mut seed = things::account();
    seed["rules"]["flightCreatesSubmission"] = json!(false);
    let team = Team::with_seed(&seed);
    team.0.publish(&RELEASES).ended(0);
    assert!(team.flights()[0]["lastPublishedFlightSubmission"].is_object());
    team.converged(&RELEASES);
}

#[test]
fn a_rollout_is_raised_and_halted_at_once_and_without_a_submission() {
    let team = Team::released();
    let with = |rest: &str| team.0.manifest(&format!("{APP_MANIFEST}{rest}"));
    let submissions = |team: &Team| {
        team.0
            .mutations()
            .iter()
            .filter(|line| line.split('?').next().unwrap().ends_with("/submissions"))
            .count()
    };
    let before = submissions(&team);
    with("rollout: {of: 1.5.0.0, percentage: 50}\n");
    team.0.publish(&[]).ended(0).says("to 50 % of customers").says("the rollout is changed");
    assert_eq!(team.rollout()["packageRolloutPercentage"].as_f64(), Some(50.0));
    team.converged(&[]);
    with("rollout: {of: 1.5.0.0, state: halted}\n");
    team.0.publish(&[]).ended(6).says("closes-rollout");
    team.0.publish(&["--allow", "closes-rollout"]).ended(0);
    assert_eq!(team.rollout()["packageRolloutStatus"], "PackageRolloutStopped");
    assert_eq!(submissions(&team), before);
    team.converged(&[]);
}

#[test]
fn an_open_rollout_is_finalized_before_the_next_release() {
    let team = Team::released();
    let first = team.0.published()["id"].as_str().unwrap().to_owned();
    team.0.write("dist/a.msix", package("1.6.0.0"));
    team.0.publish(&RELEASES[..2]).ended(5).says("rollout-open");
    team.0.manifest(&format!("{APP_MANIFEST}  openRollout: finalize\n"));
    let ran = team.0.publish(&RELEASES[..2]).ended(0);
    let at = |word: &str| ran.stderr.rfind(word).unwrap_or_else(|| panic!("{word}: {}", ran.stderr));
    assert!(at("  finalize") < at("make a draft from submission"), "{}", ran.stderr);
    assert_eq!(
        team.0.submission(&first)["packageDeliveryOptions"]["packageRollout"]["packageRolloutStatus"],
        "PackageRolloutComplete"
    );
    assert_eq!(team.rollout()["packageRolloutStatus"], "PackageRolloutInProgress");
    team.converged(&RELEASES[..2]);
}

#[test]
fn what_is_absent_is_deleted_behind_a_permit() {
    let team = Team::new();
    team.0.publish(&RELEASES[2..]).ended(0);
    assert_eq!(team.flights().len(), 1);
    team.0.write("flight.yaml", insiders("\"1\"", "state: absent\n"));
    team.0.publish(&[]).ended(6).says("deletes-flight").says("nothing was sent");
    team.0.write("flight.yaml", insiders("\"1\"", "state: absent\npermit: [deletes-flight]\n"));
    team.0.publish(&[]).ended(0).says("flight/harbor-notes/insiders: deleted");
    assert_eq!(team.flights(), Vec::<Value>::new());
    team.converged(&[]);
}

#[test]
fn a_flight_that_is_to_be_another_one_is_made_anew() {
    let team = Team::released();
    let first = team.flights()[0]["flightId"].clone();
    team.0.write("flight.yaml", insiders("\"1\", \"2\"", ""));
    team.0.write("dist/a.msix", package("1.6.0.0"));
    team.0.publish(&RELEASES[2..]).ended(5).says("portal-only");
    team.0.write("flight.yaml", insiders("\"1\", \"2\"", "permit: [recreates-flight]\n"));
    team.0.publish(&RELEASES[2..]).ended(0);
    let [flight] = &team.flights()[..] else { panic!("one flight") };
    assert_eq!(flight["groupIds"], json!(["1", "2"]));
    assert_ne!(flight["flightId"], first);
}

#[test]
fn a_flight_that_is_named_by_its_id_is_not_made_anew_under_another() {
    let team = Team::released();
    let before = team.flights();
    let id = before[0]["flightId"].as_str().unwrap().to_owned();
    let manifest = |rest: &str| insiders("\"1\", \"2\"", &format!("permit: [recreates-flight]\n{rest}"));
    team.0.write("flight.yaml", manifest(&format!("id: {id}\n")));
    let sent = team.0.mutations();
    team.0.publish(&RELEASES[2..]).ended(5).says("portal-only").says("without `id`");
    let renamed = manifest(&format!("id: {id}\n")).replace("Insiders", "Outsiders");
    team.0.write("flight.yaml", renamed);
    team.0.publish(&RELEASES[2..]).ended(5).says("delete the flight first").says("deletes-flight");
    assert_eq!((team.flights(), team.0.mutations()), (before, sent));
    team.0.write("flight.yaml", manifest(""));
    team.0.publish(&RELEASES[2..]).ended(0);
    let [flight] = &team.flights()[..] else { panic!("one flight") };
    assert_ne!(flight["flightId"], id);
    team.converged(&RELEASES[2..]);
}

#[test]
fn the_failure_of_one_takes_no_other_down() {
    let team = Team::new();
    // Somebody works on the add-on's first submission in Partner Center.
    let body = json!({ "applicationIds": [APP], "productId": "gold", "productType": "Durable" });
    let id = team.0.store.expect(201, "POST", "inappproducts", Some(&body))["id"].clone();
    let path = format!("inappproducts/{}/submissions", id.as_str().unwrap());
    let mut draft = team.0.store.expect(201, "POST", &path, None);
    draft["listings"] = json!({ "en-us": { "title": "Something else" } });
    draft["pricing"] = json!({ "priceId": "Tier2" });
    let path = format!("{path}/{}", draft["id"].as_str().unwrap());
    team.0.store.expect(200, "PUT", &path, Some(&draft));
    let ran = team.0.publish(&RELEASES).ended(7).says("add-on/harbor-notes/gold is blocked: foreign-draft");
    assert!(ran.stdout.contains("flight/harbor-notes/insiders: submission"), "{}", ran.stdout);
    assert!(ran.stdout.contains("app/harbor-notes: submission"), "{}", ran.stdout);
    assert_eq!(team.0.store.get(&path)["listings"]["en-us"]["title"], "Something else");
}
