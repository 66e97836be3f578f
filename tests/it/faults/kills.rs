//! An end at every request: the same command again goes on where the first one was killed.

use std::process::Stdio;

use serde_json::{Value, json};

use super::scene::{End, Scene, publish};
use crate::support::cells::{each, print};
use crate::support::story::Story;

/// How the run was approved, which the next one has to live with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Approval {
    Yes,
    Hash,
    File,
}

const APPROVALS: [Approval; 3] = [Approval::Yes, Approval::Hash, Approval::File];

impl Approval {
    /// Plans, and says how the plan is approved on the command line.
    fn of(self, scene: Scene, story: &Story) -> Vec<String> {
        let mut words: Vec<String> = scene.arguments().iter().map(|word| (*word).to_owned()).collect();
        if self == Self::Yes {
            return [vec!["--yes".to_owned()], words].concat();
        }
        let save = ["--save", "plan.json"];
        let plan = story.plan(&[&save, scene.arguments()].concat());
        let hash = plan["fingerprints"]["plan"].as_str().unwrap().to_owned();
        if self == Self::File {
            return vec!["plan.json".to_owned()];
        }
        words.extend(["--expect".to_owned(), hash]);
        words
    }
}

/// A request of a scene that the run is killed at.
#[derive(Debug, Clone)]
struct Kill {
    scene: Scene,
    /// The request, counted from 0.
    nth: usize,
    when: &'static str,
    approval: Approval,
}

fn named(kill: &Kill) -> String {
    let Kill { scene, nth, when, approval } = kill;
    format!("{scene:?}: {when} request {nth}, {approval:?}")
}

/// How it went.
struct Went {
    /// What the run was killed at; nothing where it came to its end before.
    at: Option<String>,
    /// How the next run ended.
    code: i32,
}

/// Kills a run at a request, and runs the same command again.
fn go_on(kill: &Kill) -> Went {
    let Kill { scene, nth, when, approval } = kill;
    let story = scene.open();
    let approval = approval.of(*scene, &story);
    let approval: Vec<&str> = approval.iter().map(String::as_str).collect();
    story.store.fault("kill", &json!({ "skip": nth, "do": [{ "hold": when }] }));
    let mut command = story.command(&[&["apply", "--wait", "published"], &approval[..]].concat());
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let held = loop {
        let held = story.store.admin("GET", "faults/kill/held?millis=50", None).json()["held"].clone();
        if let Some(held) = held.as_array().unwrap().first() {
            break Some(held.clone());
        }
        if process.try_wait().unwrap().is_some() {
            break None;
        }
    };
    // Nothing of it is told to the process: SIGKILL.
    process.kill().unwrap();
    process.wait().unwrap();
    // What was sent arrives nevertheless.
    story.store.heal("kill");
    let again = publish(&story, &approval);
    assert_eq!(again.code, 0, "{}: at {held:?} and then {again:?}", named(kill));
    assert_eq!(End::of(&story), scene.end(), "{}: {again:?}", named(kill));
    let at = held.map(|held| {
        let path = held["path"].as_str().unwrap();
        let word = |part: &&str| part.chars().all(|c| c.is_ascii_lowercase()) && !part.is_empty();
        let words: Vec<&str> = path.split('/').filter(word).filter(|word| *word != "my").collect();
        format!("{} {}", held["method"].as_str().unwrap(), words.join("/"))
    });
    Went { at, code: again.code }
}

/// The requests of a scene that goes well, and which of them change something.
fn requests(scene: Scene) -> Vec<bool> {
    let story = scene.open();
    let before = story.store.requests().len();
    publish(&story, &[&["--yes"], scene.arguments()].concat()).ended(0);
    let requests = story.store.requests().split_off(before);
    let changes = |request: &Value| {
        request["method"] != "GET" && !request["path"].as_str().unwrap().contains("/oauth2/")
    };
    requests.iter().map(changes).collect()
}

fn table(kills: &[Kill]) {
    let went = each(kills, named, go_on);
    let head = ["scene", "killed at", "when", "approved by", "exit code of the next run"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (kill, went) in kills.iter().zip(&went) {
        rows.push(vec![
            format!("{:?}", kill.scene),
            format!("{} {}", kill.nth, went.at.as_deref().unwrap_or("(had ended)")),
            kill.when.to_owned(),
            format!("{:?}", kill.approval),
            went.code.to_string(),
        ]);
    }
    let killed = went.iter().filter(|went| went.at.is_some()).count();
    print(&rows);
    print(&[vec![format!("{killed} kills, all of them taken up by the next run")]]);
}

const SCENES: [Scene; 11] = [
    Scene::Release,
    Scene::DeadApp,
    Scene::FinalizedApp,
    Scene::FirstAddOn,
    Scene::AddOn,
    Scene::GoneAddOn,
    Scene::FirstFlight,
    Scene::Flight,
    Scene::GoneFlight,
    Scene::AnewFlight,
    Scene::Everything,
];

#[test]
fn a_run_that_is_killed_at_a_change_is_taken_up_by_the_same_command() {
    let kills: Vec<Kill> = [Scene::FirstAddOn, Scene::FirstFlight, Scene::AnewFlight]
        .into_iter()
        .flat_map(|scene| {
            let changes = requests(scene).into_iter().enumerate().filter(|(_, changes)| *changes);
            changes.map(move |(nth, _)| Kill { scene, nth, when: "after", approval: Approval::Hash })
        })
        .collect();
    table(&kills);
}

#[test]
#[ignore = "the whole table; `cargo test --test it -- faults:: --ignored --nocapture --test-threads=1`"]
fn a_run_that_is_killed_at_any_request_is_taken_up_by_the_same_command() {
    let kills = SCENES.into_iter().flat_map(|scene| {
        requests(scene).into_iter().enumerate().flat_map(move |(nth, changes)| {
            // A question changes nothing, so its two sides are one; each is approved in another way than the one before.
            let whens: &[&str] = if changes { &["before", "after"] } else { &["before"] };
            let approvals = if changes { &APPROVALS[..] } else { &APPROVALS[nth % 3..=nth % 3] };
            whens.iter().flat_map(move |when| {
                approvals.iter().map(move |approval| Kill { scene, nth, when, approval: *approval })
            })
        })
    });
    table(&kills.collect::<Vec<_>>());
}
