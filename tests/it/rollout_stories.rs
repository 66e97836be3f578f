//! A version on its way to customers, step by step, with the calls that people make in Partner Center in between.

use serde_json::{Value, json};

use crate::support::story::Story;
use crate::support::things::{APP, account, app_submission, package};

const RELEASE: &str = "release:\n  packages: {files: [$(release)/*.msix]}\n";

/// The manifest of a team that rolls its versions out.
fn manifest(share: &str, rest: &str) -> String {
    format!(
        "submission:\n  listings: {{en-us: {{description: New words}}}}\n{RELEASE}  packageRollout: {share}\n  \
         listings: {{en-us: {{releaseNotes: Notes of the next version}}}}\n{rest}"
    )
}

const TO_EVERYBODY: &str = "app/harbor-notes=dist";

/// What a plan says, in few words.
#[derive(Debug, PartialEq)]
struct Said {
    action: String,
    changes: Vec<String>,
    /// Guards without a permit.
    guards: Vec<String>,
    blockers: Vec<String>,
}

impl Said {
    /// Of one resource of a plan.
    fn of(plan: &Value, address: &str) -> Self {
        let resource =
            plan["resources"].as_array().unwrap().iter().find(|r| r["address"] == address).unwrap();
        let own = |key: &str, word: &str, counts: &dyn Fn(&Value) -> bool| -> Vec<String> {
            let own = plan[key]
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| item["address"] == address && counts(item));
            own.map(|item| item[word].as_str().unwrap().to_owned()).collect()
        };
        let path = |change: &Value| {
            let keys = change["path"].as_array().unwrap().iter().map(|key| key.as_str().unwrap());
            keys.collect::<Vec<_>>().join(".")
        };
        Self {
            action: resource["action"].as_str().unwrap().to_owned(),
            changes: resource["changes"].as_array().unwrap().iter().map(path).collect(),
            guards: own("guards", "guard", &|hit| hit["permitted"] == json!(false)),
            blockers: own("blockers", "kind", &|_| true),
        }
    }

    fn nothing(&self) -> bool {
        self.action == "none" && self.changes.is_empty() && self.guards.is_empty() && self.blockers.is_empty()
    }

    fn is(&self, action: &str, changes: &[&str]) -> bool {
        self.action == action && self.changes == changes && self.guards.is_empty() && self.blockers.is_empty()
    }
}

struct Team(Story);

impl Team {
    /// A team that has rolled 1.5.0.0 out to 10 %; everybody else has 1.0.0.0.
    fn with_open_rollout() -> Self {
        let story = Story::new(&app_submission(), &manifest("{percentage: 10}", ""));
        story.write("dist/a.msix", package("1.5.0.0"));
        story.publish(&["--release", TO_EVERYBODY]).ended(0);
        Self(story)
    }

    fn rollout(&self) -> Value {
        self.0.published()["packageDeliveryOptions"]["packageRollout"].clone()
    }

    /// The versions that are published, sorted.
    fn versions(&self) -> Vec<String> {
        let published = self.0.published();
        let packages = published["applicationPackages"].as_array().unwrap().iter();
        let mut versions: Vec<String> =
            packages.map(|package| package["version"].as_str().unwrap().to_owned()).collect();
        versions.sort();
        versions
    }

    /// What somebody presses in Partner Center.
    fn press(&self, button: &str) {
        let id = self.0.published()["id"].as_str().unwrap().to_owned();
        self.0.store.expect(200, "POST", &format!("applications/{APP}/submissions/{id}/{button}"), None);
    }

    /// What a plan says of the app.
    fn plan(&self, arguments: &[&str]) -> Said {
        Said::of(&self.0.plan(arguments), "app/harbor-notes")
    }

    fn plan_release(&self) -> Said {
        self.plan(&["--release", TO_EVERYBODY])
    }

    fn publish_release(&self) {
        self.0.publish(&["--release", TO_EVERYBODY]).ended(0);
    }
}

#[test]
fn a_rollout_is_raised_by_one_line() {
    let team = Team::with_open_rollout();
    assert_eq!(team.rollout()["packageRolloutStatus"], json!("PackageRolloutInProgress"));
    assert_eq!(team.versions(), ["1.0.0.0", "1.5.0.0"], "the others go on with the old one");
    assert!(team.plan(&[]).nothing(), "the same manifest asks for nothing");
    let line = |line: &str| {
        team.0.manifest(&manifest("{percentage: 10}", &format!("rollout: {{of: 1.5.0.0, {line}}}\n")));
    };
    line("percentage: 50");
    assert!(team.plan(&[]).is("live", &["rollout.percentage"]));
    team.press("updatepackagerolloutpercentage?percentage=50");
    assert!(team.plan(&[]).nothing());
    line("percentage: 100");
    team.press("updatepackagerolloutpercentage?percentage=100");
    assert!(team.plan(&[]).nothing(), "it stays open until it is finalized");
    line("state: finalized");
    assert_eq!(team.plan(&[]).guards, ["closes-rollout"]);
    team.press("finalizepackagerollout");
    assert!(team.plan(&[]).nothing());
}

#[test]
fn the_next_release_waits_for_an_open_rollout_or_closes_it() {
    let team = Team::with_open_rollout();
    team.0.write("dist/a.msix", package("1.6.0.0"));
    assert_eq!(team.plan_release().blockers, ["rollout-open"]);
    let shown = team.0.run(&["plan", "--release", TO_EVERYBODY]).ended(0);
    assert!(shown.stdout.contains("openRollout"), "the remedy is named: {}", shown.stdout);
    team.0.run(&["apply", "--yes", "--release", TO_EVERYBODY]).ended(5);
    team.0.manifest(&manifest("{percentage: 10}\n  openRollout: finalize", ""));
    let said = team.plan_release();
    assert_eq!((said.action.as_str(), said.guards, said.blockers), ("update", vec![], vec![]));
    assert_eq!(said.changes.iter().filter(|path| *path == "rollout.state").count(), 1, "{:?}", said.changes);
    let plan = team.0.plan(&["--release", TO_EVERYBODY]);
    assert_eq!(steps(&plan)[..2], ["rollout", "clone"], "it is closed first");
    assert!(team.plan(&[]).nothing(), "without a release there is nothing to close it for");
    team.press("finalizepackagerollout");
    team.publish_release();
    assert_eq!(team.versions(), ["1.5.0.0", "1.6.0.0"], "everybody has 1.5.0.0 by now");
    assert_eq!(team.rollout()["packageRolloutPercentage"].as_f64(), Some(10.0));
    assert!(team.plan_release().nothing());
}

fn steps(plan: &Value) -> Vec<&str> {
    plan["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect()
}

#[test]
fn after_an_emergency_halt_nothing_ships_the_bad_version_by_accident() {
    let team = Team::with_open_rollout();
    team.0.manifest(&manifest("{percentage: 10}", "rollout: {of: 1.5.0.0, state: halted}\n"));
    let said = team.plan(&[]);
    assert_eq!((said.action.as_str(), said.changes), ("live", vec!["rollout.state".to_owned()]));
    assert_eq!(said.guards, ["closes-rollout"]);
    team.press("haltpackagerollout");
    assert!(team.plan(&[]).nothing());

    // A translator corrects a word: the next submission starts as a copy of the halted one.
    let texts = manifest("{percentage: 10}", "").replace("New words", "Better words");
    team.0.manifest(&texts);
    assert_eq!(team.plan(&[]).guards, ["ships-halted"]);
    let refused = team.0.run(&["apply", "--yes"]).ended(6).says("1.5.0.0 of the halted rollout");
    refused.says("permit: [ships-halted]");
    assert_eq!(team.versions(), ["1.0.0.0", "1.5.0.0"], "nothing was sent");

    // The hotfix goes to a share first: the others keep what they really have, and the bad one goes.
    team.0.write("dist/a.msix", package("1.5.1.0"));
    let said = team.plan_release();
    assert_eq!((said.guards, said.blockers), (vec![], vec![]), "{:?}", said.changes);
    team.publish_release();
    assert_eq!(team.versions(), ["1.0.0.0", "1.5.1.0"]);
    assert_eq!(team.rollout()["packageRolloutStatus"], json!("PackageRolloutInProgress"));
    assert!(team.plan_release().nothing());
    assert!(team.plan(&[]).nothing(), "the better words shipped with it");
}

#[test]
fn a_hotfix_for_everybody_leaves_nothing_of_the_halted_rollout() {
    let team = Team::with_open_rollout();
    team.press("haltpackagerollout");
    team.0.write("dist/a.msix", package("1.5.1.0"));
    team.0.manifest(&manifest("null", ""));
    let said = team.plan_release();
    assert_eq!((said.guards, said.blockers), (vec![], vec![]), "{:?}", said.changes);
    team.publish_release();
    assert_eq!(team.versions(), ["1.5.1.0"]);
    assert_eq!(team.rollout()["isPackageRollout"], json!(false));
    assert!(team.plan_release().nothing());
}

#[test]
fn a_change_of_texts_between_releases_is_no_rollout() {
    let team = Team::with_open_rollout();
    team.press("finalizepackagerollout");
    team.0.manifest(&manifest("{percentage: 10}", "").replace("New words", "Better words"));
    assert!(team.plan(&[]).is("update", &["packageRollout.isPackageRollout", "listings.en-us.description"]));
    team.0.publish(&[]).ended(0);
    assert_eq!(team.rollout()["isPackageRollout"], json!(false));
    assert!(team.plan(&[]).nothing());
}

#[test]
fn notes_for_the_next_version_do_not_reach_the_live_one() {
    let team = Team::with_open_rollout();
    team.press("finalizepackagerollout");
    let early = manifest("{percentage: 10}", "").replace("Notes of the next", "Other notes of the next");
    team.0.manifest(&early);
    assert!(team.plan(&[]).nothing(), "they stand under `release`, and no release is named");
    team.0.manifest(&early.replace("New words", "Better words"));
    team.0.publish(&[]).ended(0);
    let notes = || team.0.published()["listings"]["en-us"]["baseListing"]["releaseNotes"].clone();
    assert_eq!(notes(), json!("Notes of the next version"), "those of the version that is live");
    team.0.write("dist/a.msix", package("1.7.0.0"));
    assert!(team.plan_release().changes.contains(&"listings.en-us.releaseNotes".to_owned()));
    team.publish_release();
    assert_eq!(notes(), json!("Other notes of the next version"));
}

const INSIDERS: &str = "flight/harbor-notes/insiders";
const FLIGHT: &str = "kind: Flight\nname: insiders\napp: harbor-notes\nfriendlyName: Insiders\ngroupIds: [\"1\"]\n\
                      release: {packages: {files: [$(release)/*.msix]}}\n";

#[test]
fn a_flight_gets_the_package_first_and_then_everybody() {
    let story = Story::new(&app_submission(), &manifest("null", ""));
    story.write("dist/a.msix", package("1.6.0.0"));
    story.write("flight.yaml", FLIGHT);
    let to_insiders = format!("{INSIDERS}=dist");
    let plan = story.plan(&["--release", &to_insiders]);
    assert_eq!(Said::of(&plan, INSIDERS).action, "create");
    assert!(Said::of(&plan, "app/harbor-notes").action == "update", "its texts are new");
    let of_app = Said::of(&plan, "app/harbor-notes").changes;
    assert!(
        !of_app.iter().any(|path| path.starts_with("packages")),
        "a beta cannot reach retail by accident"
    );
    let uploaded = asset_name(&plan, INSIDERS);

    // The testers have it, by the name under which it was uploaded.
    let seed = with_flight(&uploaded);
    let team = Team(Story::with_seed(&seed, &manifest("null", "")));
    team.0.write("dist/a.msix", package("1.6.0.0"));
    team.0.write("flight.yaml", FLIGHT);
    let flight = |releases: &[&str]| Said::of(&team.0.plan(releases), INSIDERS);
    assert!(flight(&["--release", &to_insiders]).nothing(), "it is known by its digest");
    let retail = team.0.plan(&["--release", TO_EVERYBODY]);
    assert_eq!(asset_name(&retail, "app/harbor-notes"), uploaded, "the same package");
    assert!(Said::of(&retail, INSIDERS).nothing());
    team.publish_release();
    assert_eq!(team.versions(), ["1.6.0.0"]);
    let both = ["--release", TO_EVERYBODY, "--release", &to_insiders];
    assert!(team.plan(&both).nothing() && flight(&both).nothing());
}

/// The name that the new package of a resource has in the upload.
fn asset_name(plan: &Value, address: &str) -> String {
    let resource = plan["resources"].as_array().unwrap().iter().find(|r| r["address"] == address).unwrap();
    let mut assets = resource["changes"].as_array().unwrap().iter().filter_map(|change| change.get("asset"));
    assets.next().unwrap()["archiveName"].as_str().unwrap().to_owned()
}

/// The account with a flight that has this package.
fn with_flight(file_name: &str) -> Value {
    let mut seed = account();
    seed["applications"][0]["flights"] = json!([{
        "flight": {
            "flightId": "5a0dbc4e-0000-4000-8000-000000000001", "friendlyName": "Insiders", "groupIds": ["1"],
            "rankHigherThan": "Non-flighted submission"
        },
        "published": {
            "id": "1152921500000000700", "flightId": "5a0dbc4e-0000-4000-8000-000000000001", "status": "Published",
            "flightPackages": [{
                "fileName": file_name, "fileStatus": "Uploaded", "id": "2000000000000000700", "version": "1.6.0.0",
                "architecture": "X64"
            }],
            "targetPublishMode": "Immediate"
        }
    }]);
    seed
}
