//! A version on its way to customers, step by step, with the calls that people make in Partner Center in between.

use serde_json::{Value, json};

use crate::support::story::Story;
use crate::support::things::{APP, app_submission, package};

const RELEASE: &str = "release:\n  packages: {files: [$(release)/*.msix]}\n";

/// The manifest of a team that rolls its versions out.
fn manifest(share: &str, rest: &str) -> String {
    format!(
        "submission:\n  listings: {{en-us: {{description: New words}}}}\n{RELEASE}  packageRollout: {share}\n  \
         listings: {{en-us: {{releaseNotes: Notes of the next version}}}}\n{rest}"
    )
}

struct Team(Story);

impl Team {
    /// A team that has rolled 1.5.0.0 out to 10 %.
    fn with_open_rollout() -> Self {
        let story = Story::new(&app_submission(), &manifest("{percentage: 10}", ""));
        story.write("dist/a.msix", package("1.5.0.0"));
        story.publish(&["--release", "app/harbor-notes=dist"]).ended(0);
        Self(story)
    }

    fn rollout(&self) -> Value {
        self.0.published()["packageDeliveryOptions"]["packageRollout"].clone()
    }

    /// What somebody presses in Partner Center.
    fn press(&self, button: &str) {
        let id = self.0.published()["id"].as_str().unwrap().to_owned();
        self.0.store.expect(200, "POST", &format!("applications/{APP}/submissions/{id}/{button}"), None);
    }

    fn actions(&self, arguments: &[&str]) -> (String, Vec<String>, Vec<String>, Vec<String>) {
        let plan = self.0.plan(arguments);
        let texts = |key: &str, of: &str| -> Vec<String> {
            plan[key].as_array().unwrap().iter().map(|item| item[of].as_str().unwrap().to_owned()).collect()
        };
        let changes = plan["resources"][0]["changes"].as_array().unwrap().iter();
        let paths = changes.map(|change| {
            let keys: Vec<&str> =
                change["path"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
            keys.join(".")
        });
        let action = plan["resources"][0]["action"].as_str().unwrap().to_owned();
        (action, paths.collect(), texts("guards", "guard"), texts("blockers", "kind"))
    }
}

impl Team {
    /// The guards that nobody permits.
    fn open_guards(&self, arguments: &[&str]) -> Vec<String> {
        let plan = self.0.plan(arguments);
        let open = plan["guards"].as_array().unwrap().iter().filter(|hit| hit["permitted"] == json!(false));
        open.map(|hit| hit["guard"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn a_rollout_is_raised_by_one_line() {
    let team = Team::with_open_rollout();
    assert_eq!(team.rollout()["packageRolloutStatus"], json!("PackageRolloutInProgress"));
    assert_eq!(team.actions(&[]).0, "none", "the same manifest asks for nothing");
    team.0.manifest(&manifest("{percentage: 10}", "rollout: {of: 1.5.0.0, percentage: 50}\n"));
    let (action, changes, guards, blockers) = team.actions(&[]);
    assert_eq!((action.as_str(), changes), ("live", vec!["rollout.percentage".to_owned()]));
    assert_eq!((guards, blockers), (vec![], vec![]));
    team.press("updatepackagerolloutpercentage?percentage=50");
    assert_eq!(team.actions(&[]).0, "none");
}

#[test]
fn the_next_release_waits_for_an_open_rollout_or_closes_it() {
    let team = Team::with_open_rollout();
    team.0.write("dist/a.msix", package("1.6.0.0"));
    let release = ["--release", "app/harbor-notes=dist"];
    assert_eq!(team.actions(&release).3, ["rollout-open"]);
    let shown = team.0.run(&["plan", release[0], release[1]]).ended(0);
    assert!(shown.stdout.contains("openRollout"), "the remedy is named: {}", shown.stdout);
    team.0.manifest(&manifest("{percentage: 10}\n  openRollout: finalize", ""));
    let (action, changes, guards, blockers) = team.actions(&release);
    assert_eq!((action.as_str(), blockers, guards), ("update", vec![], vec!["closes-rollout".to_owned()]));
    assert_eq!(team.open_guards(&release), Vec::<String>::new(), "naming it is the permit");
    assert_eq!(changes.iter().filter(|path| *path == "rollout.state").count(), 1, "{changes:?}");
    assert_eq!(team.actions(&[]).0, "none", "without a release there is nothing to close it for");
}

#[test]
fn after_an_emergency_halt_nothing_ships_the_bad_version_by_accident() {
    let team = Team::with_open_rollout();
    team.0.manifest(&manifest("{percentage: 10}", "rollout: {of: 1.5.0.0, state: halted}\n"));
    let (action, changes, guards, _) = team.actions(&[]);
    assert_eq!((action.as_str(), changes), ("live", vec!["rollout.state".to_owned()]));
    assert_eq!(guards, ["closes-rollout"]);
    team.press("haltpackagerollout");
    assert_eq!(team.actions(&[]).0, "none");
    // A translator corrects a word: the next submission starts as a copy of the halted one.
    let texts = manifest("{percentage: 10}", "").replace("New words", "Better words");
    team.0.manifest(&texts);
    assert!(team.actions(&[]).2.contains(&"ships-halted".to_owned()));
    // The hotfix brings a newer package, and the bad one goes.
    team.0.write("dist/a.msix", package("1.5.1.0"));
    team.0.manifest(&texts.replace("packageRollout: {percentage: 10}", "packageRollout: null"));
    let (_, changes, guards, blockers) = team.actions(&["--release", "app/harbor-notes=dist"]);
    assert_eq!(blockers, Vec::<String>::new());
    assert!(!guards.contains(&"ships-halted".to_owned()), "{guards:?} {changes:?}");
}

#[test]
fn a_change_of_texts_between_releases_is_no_rollout() {
    let team = Team::with_open_rollout();
    team.press("finalizepackagerollout");
    team.0.manifest(&manifest("{percentage: 10}", "").replace("New words", "Better words"));
    let (action, changes, guards, blockers) = team.actions(&[]);
    assert_eq!((action.as_str(), guards, blockers), ("update", vec![], vec![]));
    assert_eq!(changes, ["packageRollout.isPackageRollout", "listings.en-us.description"]);
}

#[test]
fn notes_for_the_next_version_do_not_reach_the_live_one() {
    let team = Team::with_open_rollout();
    team.press("finalizepackagerollout");
    team.0
        .manifest(&manifest("{percentage: 10}", "").replace("Notes of the next", "Other notes of the next"));
    assert_eq!(team.actions(&[]).0, "none", "they stand under `release`, and no release is named");
    team.0.write("dist/a.msix", package("1.7.0.0"));
    let (_, changes, ..) = team.actions(&["--release", "app/harbor-notes=dist"]);
    assert!(changes.contains(&"listings.en-us.releaseNotes".to_owned()), "{changes:?}");
}

#[test]
fn a_flight_gets_the_package_first_and_then_everybody() {
    let team = Team::with_open_rollout();
    team.press("finalizepackagerollout");
    team.0.write("dist/a.msix", package("1.6.0.0"));
    team.0.write(
        "flight.yaml",
        "kind: Flight\nname: insiders\napp: harbor-notes\nfriendlyName: Insiders\ngroupIds: [\"1\"]\n\
         release: {packages: {files: [$(release)/*.msix]}}\n",
    );
    let flight = team.0.plan(&["--release", "flight/harbor-notes/insiders=dist"]);
    let of = |plan: &Value, address: &str| {
        let resources = plan["resources"].as_array().unwrap();
        resources.iter().find(|resource| resource["address"] == address).unwrap()["action"].clone()
    };
    assert_eq!(of(&flight, "flight/harbor-notes/insiders"), json!("create"));
    assert_eq!(of(&flight, "app/harbor-notes"), json!("none"), "a beta cannot reach retail by accident");
    let retail = team.0.plan(&["--release", "app/harbor-notes=dist"]);
    assert_eq!(of(&retail, "app/harbor-notes"), json!("update"));
    assert_eq!(of(&retail, "flight/harbor-notes/insiders"), json!("none"));
}
