//! What is to be carried out, and the calls that it takes: one table.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, OnceLock};

use serde_json::Value;

use super::account::{self, Start, carried_out, published, seed};
use crate::support::story::{Ran, Story};
use crate::support::things::{self, package};

/// Something to be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scene {
    Release,
    LargeRelease,
    DeadApp,
    RaisedApp,
    HaltedApp,
    FinalizedApp,
    FirstAddOn,
    AddOn,
    DeadAddOn,
    GoneAddOn,
    FirstFlight,
    Flight,
    DeadFlight,
    GoneFlight,
    RaisedFlight,
    HaltedFlight,
    FinalizedFlight,
    /// A flight with other testers, which is deleted and made anew.
    AnewFlight,
    /// An app, an add-on and a flight at once, the latter two new.
    Everything,
}

const TEXTS: &str = "submission:\n  listings: {en-us: {description: New words}}\n";
const PACKAGES: &str = "release:\n  packages: {files: [$(release)/*.msix]}\n";
const APP_RELEASE: &[&str] = &["--release", "app/harbor-notes=dist"];
const FLIGHT_RELEASE: &[&str] = &["--release", "flight/harbor-notes/ring=dist"];
const BOTH_RELEASES: &[&str] =
    &["--release", "app/harbor-notes=dist", "--release", "flight/harbor-notes/ring=dist"];

/// How a scene is set.
struct Set {
    name: &'static str,
    start: Start,
    /// The manifests below their heads; empty where there is none.
    app: String,
    add_on: String,
    flight: String,
    arguments: &'static [&'static str],
}

impl Scene {
    fn set(self) -> Set {
        let set = |name, start| Set {
            name,
            start,
            app: String::new(),
            add_on: String::new(),
            flight: String::new(),
            arguments: &[],
        };
        let rolled = |line: &str| format!("permit: [closes-rollout]\nrollout: {{of: 1.0.0.0, {line}}}\n");
        let texts = || TEXTS.to_owned();
        let icon = || "submission: {listings: {en-us: {icon: {file: icon.png}}}}\n".to_owned();
        let first = || {
            "submission:\n  contentType: OnlineDownload\n  lifetime: Forever\n  pricing: {priceId: Tier1012}\n  \
             listings: {en-us: {title: Silver, description: All of it, icon: {file: icon.png}}}\n"
                .to_owned()
        };
        let packages = || PACKAGES.to_owned();
        match self {
            Self::Release | Self::LargeRelease => Set {
                app: format!("{TEXTS}{PACKAGES}"),
                arguments: APP_RELEASE,
                ..set(if self == Self::Release { "release" } else { "large release" }, Start::App)
            },
            Self::DeadApp => Set { app: texts(), ..set("after a failure", Start::Dead) },
            Self::RaisedApp => Set { app: rolled("percentage: 50"), ..set("raised", Start::Rollout) },
            Self::HaltedApp => Set { app: rolled("state: halted"), ..set("halted", Start::Rollout) },
            Self::FinalizedApp => Set {
                app: format!(
                    "{TEXTS}{PACKAGES}  packageRollout: {{percentage: 25}}\n  openRollout: finalize\n"
                ),
                arguments: APP_RELEASE,
                ..set("finalized, release", Start::Rollout)
            },
            Self::FirstAddOn => Set { add_on: first(), ..set("first", Start::App) },
            Self::AddOn => Set { add_on: icon(), ..set("update", Start::All) },
            Self::DeadAddOn => Set { add_on: icon(), ..set("after a failure", Start::Dead) },
            Self::GoneAddOn => Set {
                add_on: "state: absent\npermit: [deletes-add-on]\n".to_owned(),
                ..set("absent", Start::Unpublished)
            },
            Self::FirstFlight => {
                Set { flight: packages(), arguments: FLIGHT_RELEASE, ..set("first", Start::App) }
            }
            Self::Flight => {
                Set { flight: packages(), arguments: FLIGHT_RELEASE, ..set("update", Start::All) }
            }
            Self::DeadFlight => {
                Set { flight: packages(), arguments: FLIGHT_RELEASE, ..set("after a failure", Start::Dead) }
            }
            Self::GoneFlight => Set {
                flight: "state: absent\npermit: [deletes-flight]\n".to_owned(),
                ..set("absent", Start::All)
            },
            Self::RaisedFlight => Set { flight: rolled("percentage: 50"), ..set("raised", Start::Rollout) },
            Self::HaltedFlight => Set { flight: rolled("state: halted"), ..set("halted", Start::Rollout) },
            Self::FinalizedFlight => {
                Set { flight: rolled("state: finalized"), ..set("finalized", Start::Rollout) }
            }
            Self::AnewFlight => Set {
                flight: format!("permit: [recreates-flight]\n{PACKAGES}"),
                arguments: FLIGHT_RELEASE,
                ..set("anew", Start::All)
            },
            Self::Everything => Set {
                app: format!("{TEXTS}{PACKAGES}"),
                add_on: first(),
                flight: packages(),
                arguments: BOTH_RELEASES,
                ..set("everything", Start::App)
            },
        }
    }

    pub(super) fn name(self) -> &'static str {
        self.set().name
    }

    /// The team and the Store before anything was done.
    pub(super) fn open(self) -> Story {
        self.open_with(|_| ())
    }

    /// The same in an account that is a little different.
    pub(super) fn open_with(self, differ: impl FnOnce(&mut Value)) -> Story {
        let set = self.set();
        let mut seed = seed(set.start);
        differ(&mut seed);
        let story = Story::with_seed(&seed, &set.app);
        if !set.add_on.is_empty() {
            let head =
                "kind: AddOn\nname: silver\napp: harbor-notes\nproductId: silver\nproductType: Durable\n";
            story.write("add-on.yaml", format!("{head}{}", set.add_on));
            story.write("icon.png", things::png(300, 300));
        }
        if !set.flight.is_empty() {
            let group = if self == Self::AnewFlight { 2 } else { 1 };
            let head = format!(
                "kind: Flight\nname: ring\napp: harbor-notes\nfriendlyName: Ring\ngroupIds: [\"{group}\"]\n"
            );
            story.write("flight.yaml", format!("{head}{}", set.flight));
        }
        let bytes =
            if self == Self::LargeRelease { account::large_package("1.5.0.0") } else { package("1.5.0.0") };
        story.write("dist/a.msix", bytes);
        story
    }

    /// What the command line says beside the command.
    pub(super) fn arguments(self) -> &'static [&'static str] {
        self.set().arguments
    }

    /// How it ends where nothing goes wrong; asked once.
    pub(super) fn end(self) -> End {
        static ENDS: OnceLock<Mutex<HashMap<Scene, End>>> = OnceLock::new();
        let ends = ENDS.get_or_init(Mutex::default);
        if let Some(end) = ends.lock().unwrap().get(&self) {
            return end.clone();
        }
        let story = self.open();
        let before = published(&story.store);
        publish(&story, &[&["--yes"], self.arguments()].concat()).ended(0);
        let end = End::of(&story);
        assert_ne!(end.published, before, "{self:?} does something");
        ends.lock().unwrap().insert(self, end.clone());
        end
    }
}

/// Applies and follows to the end.
pub(super) fn publish(story: &Story, approval: &[&str]) -> Ran {
    let follow = ["apply", "--wait", "published", "--timeout", "400s"];
    story.run(&[&follow, approval].concat())
}

/// How a scene ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct End {
    pub(super) published: Value,
    /// How often each call was carried out that must not be made twice.
    pub(super) calls: BTreeMap<String, usize>,
}

impl End {
    pub(super) fn of(story: &Story) -> Self {
        Self { published: published(&story.store), calls: carried_out(&story.store) }
    }
}

/// A call that changes something.
pub(super) struct Call {
    /// The operation, as the sandbox names it.
    pub(super) operation: &'static str,
    pub(super) kind: &'static str,
    pub(super) what: What,
    pub(super) scene: Scene,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Create,
    CreateSubmission,
    Update,
    Commit,
    DeleteSubmission,
    Delete,
    Rollout,
    Upload,
}

const fn call(operation: &'static str, kind: &'static str, what: What, scene: Scene) -> Call {
    Call { operation, kind, what, scene }
}

/// Every call that changes something, and a scene in which it is made.
pub(super) static CALLS: &[Call] = &[
    call("S1", "app", What::CreateSubmission, Scene::Release),
    call("S3", "app", What::Update, Scene::Release),
    call("put-blob", "app", What::Upload, Scene::Release),
    call("put-block", "app", What::Upload, Scene::LargeRelease),
    call("put-block-list", "app", What::Upload, Scene::LargeRelease),
    call("S4", "app", What::Commit, Scene::Release),
    call("S6", "app", What::DeleteSubmission, Scene::DeadApp),
    call("R2", "app", What::Rollout, Scene::RaisedApp),
    call("R3", "app", What::Rollout, Scene::HaltedApp),
    call("R4", "app", What::Rollout, Scene::FinalizedApp),
    call("I3", "add-on", What::Create, Scene::FirstAddOn),
    call("J1", "add-on", What::CreateSubmission, Scene::FirstAddOn),
    call("J3", "add-on", What::Update, Scene::FirstAddOn),
    call("J1", "add-on", What::CreateSubmission, Scene::AddOn),
    call("J3", "add-on", What::Update, Scene::AddOn),
    call("put-blob", "add-on", What::Upload, Scene::AddOn),
    call("J4", "add-on", What::Commit, Scene::AddOn),
    call("J6", "add-on", What::DeleteSubmission, Scene::DeadAddOn),
    call("I4", "add-on", What::Delete, Scene::GoneAddOn),
    call("F1", "flight", What::Create, Scene::FirstFlight),
    call("G1", "flight", What::CreateSubmission, Scene::FirstFlight),
    call("G3", "flight", What::Update, Scene::FirstFlight),
    call("G1", "flight", What::CreateSubmission, Scene::Flight),
    call("G3", "flight", What::Update, Scene::Flight),
    call("put-blob", "flight", What::Upload, Scene::Flight),
    call("G4", "flight", What::Commit, Scene::Flight),
    call("G6", "flight", What::DeleteSubmission, Scene::DeadFlight),
    call("F3", "flight", What::Delete, Scene::GoneFlight),
    call("R6", "flight", What::Rollout, Scene::RaisedFlight),
    call("R7", "flight", What::Rollout, Scene::HaltedFlight),
    call("R8", "flight", What::Rollout, Scene::FinalizedFlight),
];
