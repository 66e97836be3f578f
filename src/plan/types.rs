//! The plan: serialisable, comparable data without closures.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::manifest::{Finding, Guard, Location};
use crate::submission::{Kind, Path, Section, Status};

use super::blocker::Blocker;

/// What `apply` would do, and all that is to be said about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// `MAJOR.MINOR` of this format. A reader of the same major understands it.
    pub format_version: String,
    /// What it was made of, and when.
    pub made_of: MadeOf,
    /// The products, in the order in which `apply` starts with them: rollout calls, add-ons, flights from the lowest rank
    /// up, apps, deletions; what starts together is in the order of the manifests.
    pub resources: Vec<ResourcePlan>,
    /// Risks that need a permit.
    pub guards: Vec<GuardHit>,
    /// Facts that make `apply` impossible now.
    pub blockers: Vec<Blocker>,
    /// What `apply` will do, in order.
    pub steps: Vec<Step>,
    /// What else there is to say.
    pub diagnostics: Vec<Finding>,
    /// What the plan stands on.
    pub fingerprints: Fingerprints,
    /// Of products that an earlier run has begun with: the plans for them that may have been approved before.
    #[serde(skip)]
    pub(super) begun: Vec<ResourcePlan>,
}

/// What is done about a submission that is in the way of another one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InTheWay {
    /// A draft is deleted: an older one of ours, and with a permit somebody else's.
    pub replace: bool,
    /// A failed submission is deleted and sent once more, though its content is the same.
    pub resubmit: bool,
}

/// What a plan was made of, and when. Instants are RFC 3339, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MadeOf {
    /// When the plan was made.
    pub made_at: String,
    /// Where the live state is from.
    pub live: LiveSource,
    /// When the live state was read; for the baseline in git, when its commit was made.
    pub read_at: String,
    /// What origins of changes were told by; absent where they were not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<BaselineRef>,
    /// The manifests and folders that were named, as they were named; empty: the current folder.
    pub paths: Vec<String>,
    /// The releases that were named.
    pub releases: Vec<ReleaseRef>,
    /// The addresses or patterns that chose the resources; empty: all.
    #[serde(default)]
    pub targets: Vec<String>,
    /// Whether images are uploaded anew that would be taken on trust.
    pub replace_untrusted: bool,
    /// What is done about a submission that is in the way.
    #[serde(default)]
    pub in_the_way: InTheWay,
}

/// Where the live state of a plan is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LiveSource {
    /// From the account.
    Account,
    /// From a snapshot that was taken earlier. Such a plan is not applied.
    Snapshot,
    /// From nowhere: the manifests were compared with the baseline in git. Such a plan is not applied.
    Baseline,
}

/// A state of the repository that origins of changes are told by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BaselineRef {
    /// What it is called, such as `origin/main`.
    pub name: String,
    /// Its commit.
    pub commit: String,
}

/// A release that a plan was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseRef {
    /// The resource.
    pub address: String,
    /// Where its packages are, as it was named.
    pub folder: String,
}

/// The version of the plan format.
pub const FORMAT_VERSION: &str = "1.0";

/// Stands for the id of a flight that is deleted and made anew, where there is none any more.
pub(super) const ANEW: &str = "anew";

/// What would happen to one product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourcePlan {
    /// How the repository calls it.
    pub address: String,
    /// What kind of resource it is.
    pub kind: Kind,
    /// Its Store ID, for a flight the flight's id; empty for what is yet to be created.
    pub id: String,
    /// The name that Partner Center shows.
    pub name: String,
    /// What is to be done.
    pub action: Action,
    /// How it takes effect, and with what consequence; absent when nothing is to be done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub route: Option<Route>,
    /// The published submission that the plan starts from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base: Option<Base>,
    /// The pending submission, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pending: Option<InProgress>,
    /// Every difference, in the order of risk.
    pub changes: Vec<Change>,
    /// Every file that is uploaded, by its name in the upload.
    #[serde(default)]
    pub uploads: Vec<AssetRef>,
    /// The guards that the manifest accepts.
    #[serde(default)]
    pub permits: BTreeSet<Guard>,
    /// What was looked at and not changed.
    pub counts: Counts,
    /// The live fields that no manifest mentions, in the words of one.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unmanaged: Vec<Path>,
    /// How many files each list that changes has, before and after.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub file_counts: Vec<FileCount>,
    /// The packages that stay beside new ones because `retain` says so.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub kept_packages: Vec<KeptPackage>,
}

/// How many files a list has: the images of a type, the trailers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileCount {
    /// The language and type, such as `listings.en-us.images.Screenshot`.
    pub path: Path,
    /// Published now.
    pub before: usize,
    /// Wanted.
    pub after: usize,
}

/// A package that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptPackage {
    /// Its name in the Store.
    pub file_name: String,
    /// Its version; empty where the Store names none.
    pub version: String,
    /// Its architecture, as the Store spells it.
    pub architecture: String,
    /// The word of `retain` that keeps it.
    pub by: String,
}

/// What is to be done with a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing.
    None,
    /// The resource is created, with its first submission.
    Create,
    /// A new submission.
    Update,
    /// The resource is deleted.
    Delete,
    /// A running rollout is changed, at once and without a submission.
    Live,
    /// What is wanted is committed already and on its way.
    InProgress,
}

/// How a change takes effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Whether Microsoft certifies it first.
    pub certification: bool,
    /// Who publishes it once it is certified.
    pub published_by: PublishedBy,
    /// Whether it can be taken back without another submission.
    pub reversible: bool,
    /// The exact size of the upload in bytes; 0: nothing is uploaded.
    pub upload_bytes: u64,
    /// How many files the upload holds.
    pub upload_files: usize,
}

impl Route {
    /// By a call that takes effect at once, and cannot be taken back.
    pub(super) fn at_once() -> Self {
        Self {
            certification: false,
            published_by: PublishedBy::Itself,
            reversible: false,
            upload_bytes: 0,
            upload_files: 0,
        }
    }
}

/// Who publishes a certified submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PublishedBy {
    /// It goes live by itself.
    Itself,
    /// Somebody presses *Publish now* in Partner Center.
    Hand,
    /// It goes live on this date.
    Date(String),
    /// The Store was not asked.
    Unknown,
}

/// The published submission that a plan starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Base {
    /// Its id.
    pub submission: String,
    /// The name that Partner Center shows.
    pub name: String,
}

/// A pending submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InProgress {
    /// Its id.
    pub submission: String,
    /// The name that Partner Center shows.
    pub name: String,
    /// Its status.
    pub status: Status,
}

/// One difference at one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Where, in the words of the manifest.
    pub path: Path,
    /// What happens there.
    pub op: Op,
    /// The live value; absent where there is none. Notes for certification appear as a digest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<Value>,
    /// The wanted value; absent where nothing stays.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<Value>,
    /// How it takes effect.
    pub route: ChangeRoute,
    /// Whose change it is, where there is a baseline to tell; absent without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<Origin>,
    /// What git said at the baseline, where it is told and says anything.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<Value>,
    /// Where the wanted value was written; absent for what follows from other changes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Location>,
    /// The file that is uploaded for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub asset: Option<AssetRef>,
    /// The part of the plan that it is shown in.
    #[serde(skip)]
    #[schemars(skip)]
    pub section: Option<Section>,
}

/// How a change takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeRoute {
    /// With a submission, once it is certified and published.
    #[default]
    Submission,
    /// At once, by a rollout call.
    Live,
    /// While the resource is created; it cannot be changed afterwards.
    Create,
    /// By deleting the resource.
    Delete,
}

/// Whose change a difference is, compared with what the baseline in git says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The manifests changed, the live state is as the baseline says.
    Config,
    /// The live state changed, the manifests are as the baseline says.
    Drift,
    /// Both changed, to different values.
    Conflict,
}

/// What happens at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// A value changes, or comes where there was none.
    Set,
    /// A value goes.
    Clear,
    /// An entry comes.
    Add,
    /// An entry goes.
    Remove,
    /// An entry stays and changes its place.
    Move,
    /// An entry's content changes.
    Replace,
}

/// A file that is to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetRef {
    /// The local file.
    pub file: String,
    /// Its name in the upload.
    pub archive_name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256, as hex.
    pub sha256: String,
    /// For an image: its pixel size.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pixels: Option<(u32, u32)>,
}

/// What was looked at and not changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Managed fields that are as they should be.
    pub unchanged: usize,
    /// Live fields that no manifest mentions; they are left as they are.
    pub unmanaged: usize,
    /// Release settings that differ and wait for the next submission.
    pub waiting: usize,
    /// Files whose content is known to be live, by digest.
    pub by_digest: usize,
    /// Images that are taken on trust.
    pub on_trust: usize,
}

/// A named risk in this plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuardHit {
    /// The resource.
    pub address: String,
    /// The guard.
    pub guard: Guard,
    /// What exactly, such as `Tier1012 → Free`.
    pub detail: String,
    /// Whether it is permitted, by the manifest or for this run.
    pub permitted: bool,
}

/// One step of `apply`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The resource.
    pub address: String,
    /// What is done.
    pub kind: StepKind,
    /// In words.
    pub detail: String,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Raise, finalize or halt a running rollout.
    Rollout,
    /// Create the add-on or flight.
    Create,
    /// Delete the add-on or flight.
    Delete,
    /// Remove a dead or older submission of ours.
    Discard,
    /// Make the draft, a copy of the published submission, or go on with the one that an earlier run left.
    Clone,
    /// Plan again with the draft as live: the same changes, or stop.
    Check,
    /// Send the draft with the planned changes.
    Update,
    /// Upload the new files.
    Upload,
    /// Read the draft back: it must equal what was sent.
    Verify,
    /// Commit it; the point of no return.
    Commit,
    /// Follow the status.
    Wait,
}

/// What a plan stands on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fingerprints {
    /// `sp1:` and 32 hex digits over what would be done. The same plan always has the same fingerprint; one that was made
    /// without the Store never has that of one that was made with it.
    pub plan: String,
    /// Of each resource's live values at the planned paths, by address.
    pub live: BTreeMap<String, String>,
    /// SHA-256 of every file that the plan stands on, by file.
    pub assets: BTreeMap<String, String>,
}

impl ResourcePlan {
    /// Whether a flight is deleted and made anew: what is to be created has no id otherwise.
    pub(super) fn is_made_anew(&self) -> bool {
        self.action == Action::Create && !self.id.is_empty()
    }

    /// The same for a flight that is there, and is deleted first.
    pub(super) fn anew(&self) -> Self {
        Self { id: ANEW.to_owned(), ..self.clone() }
    }
}

impl Plan {
    /// A plan with nothing in it.
    pub(super) fn empty(made_of: MadeOf) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            made_of,
            resources: Vec::new(),
            guards: Vec::new(),
            blockers: Vec::new(),
            steps: Vec::new(),
            diagnostics: Vec::new(),
            fingerprints: Fingerprints::default(),
            begun: Vec::new(),
        }
    }

    /// Whether its fingerprint is that of what it says. It is not where somebody edited one of the two.
    pub fn is_as_fingerprinted(&self) -> bool {
        super::fingerprint::fingerprints(&self.resources, self.made_of.live).plan == self.fingerprints.plan
    }

    /// Whether `apply` would send anything.
    pub fn has_changes(&self) -> bool {
        self.resources.iter().any(|resource| !matches!(resource.action, Action::None | Action::InProgress))
    }

    /// The guards that no manifest permits.
    pub fn unpermitted(&self) -> impl Iterator<Item = &GuardHit> {
        self.guards.iter().filter(|hit| !hit.permitted)
    }

    /// The blockers of a resource.
    pub fn blockers_of<'a>(&'a self, address: &'a str) -> impl Iterator<Item = &'a Blocker> {
        self.blockers.iter().filter(move |blocker| blocker.address == address)
    }
}
