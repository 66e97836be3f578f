//! Where a product stands at the Store, and what can be done about it: for people in a hurry.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::asset::Version;
use crate::manifest::Resource;
use crate::submission::{Document, FileEntry, FileStatus, Kind, Live, LiveProduct, Phase, Rollout, Status};

use super::busy::Busy;
use super::intended::Intended;
use super::overlay::Options;
use super::pending::{DraftKind, Pending, classify};
use super::running::newest;
use super::types::InTheWay;

/// The version of the form of [`StatusOfAll`]: `MAJOR.MINOR`, where MINOR grows with each addition.
pub const STATUS_VERSION: &str = "1.0";

/// Where products stand.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusOfAll {
    /// The version of this form.
    pub format_version: &'static str,
    /// When the Store was read.
    pub read_at: String,
    /// The products, in the order in which they were asked for.
    pub products: Vec<ProductStatus>,
}

/// Where a product stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductStatus {
    /// What it was asked for as: its address, or its Store ID.
    pub asked: String,
    /// Its name in Partner Center; empty where it could not be read.
    pub name: String,
    /// The Store ID of the app that it is, or belongs to.
    pub app: String,
    /// Why nothing more is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The submission that was published last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedStatus>,
    /// The rollout of its packages, where it is running or was halted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<RolloutStatus>,
    /// The submission in progress: a draft, one on its way, or a failed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingStatus>,
    /// What can be done, a sentence each, with the commands.
    pub next: Vec<String>,
}

/// A published submission.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublishedStatus {
    /// Its id.
    pub submission: String,
    /// What Partner Center calls it.
    pub name: String,
    /// Its packages.
    pub packages: Vec<PackageStatus>,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackageStatus {
    /// Its version; absent where the Store does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its architecture as the Store spells it; empty where it names none.
    pub architecture: String,
}

/// A gradual rollout.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RolloutStatus {
    /// Whether it goes on.
    pub state: RolloutWord,
    /// The newest version in it; absent where the Store does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The share of customers that gets it, 0 to 100.
    pub percentage: Value,
    /// The submission that the other customers have; absent where the Store names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_submission: Option<String>,
    /// Its packages; empty where they could not be read.
    pub fallback_packages: Vec<PackageStatus>,
}

/// Whether a gradual rollout goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RolloutWord {
    /// It is running.
    InProgress,
    /// It was halted.
    Halted,
}

/// A submission in progress.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingStatus {
    /// Its id.
    pub submission: String,
    /// What Partner Center calls it.
    pub name: String,
    /// Its status, as the Store spells it.
    pub status: Status,
    /// What that means.
    pub state: PendingState,
    /// Whose it is, as far as that can be told.
    pub made_by: MadeBy,
    /// Its packages.
    pub packages: Vec<PackageStatus>,
    /// What the Store said of it, and what it changes, a line each.
    pub lines: Vec<String>,
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PendingState {
    /// It was not committed, or its commit failed.
    Draft,
    /// It is on its way.
    InProgress,
    /// It is certified, and not yet published.
    Certified,
    /// It failed, or was cancelled.
    Failed,
}

impl PendingState {
    fn of(status: &Status) -> Self {
        match status.phase() {
            Phase::Draft => Self::Draft,
            Phase::Committing | Phase::Accepted => Self::InProgress,
            Phase::Certified | Phase::Published => Self::Certified,
            Phase::Dead => Self::Failed,
        }
    }
}

/// Whose a submission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MadeBy {
    /// An earlier run made it.
    Storeward,
    /// A copy of the published submission that nobody touched.
    Untouched,
    /// Somebody else made it.
    SomebodyElse,
    /// It was started in Partner Center, where alone it can be changed.
    PartnerCenter,
    /// It cannot be told.
    Unknown,
}

impl MadeBy {
    /// In words for people; empty where there is nothing to say.
    pub fn words(self) -> &'static str {
        match self {
            Self::Storeward => "made by Storeward, as far as that can be told",
            Self::Untouched => "a copy of the published one that nobody touched",
            Self::SomebodyElse => "somebody else's",
            Self::PartnerCenter => "started in Partner Center",
            Self::Unknown => "",
        }
    }
}

/// A product that somebody asks about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What they call it: an address, or a Store ID.
    pub name: &'a str,
    /// The resource; without a manifest, one that manages nothing.
    pub resource: &'a Resource,
    /// Whether a manifest says what is wanted of it.
    pub has_manifest: bool,
}

impl ProductStatus {
    /// Where it stands by what was read of it.
    pub fn of(asked: Asked<'_>, app: &str, live: &Live) -> Self {
        let nothing = Self {
            asked: asked.name.to_owned(),
            name: String::new(),
            app: app.to_owned(),
            problem: None,
            published: None,
            rollout: None,
            pending: None,
            next: Vec::new(),
        };
        let of_problem = |problem: &str, fallback: &str, next: &str| Self {
            problem: Some(if problem.is_empty() { fallback } else { problem }.to_owned()),
            next: vec![next.to_owned()],
            ..nothing.clone()
        };
        match live {
            Live::NoSuchApp(words) => of_problem(
                words, "the account has no such app", "check the Store ID, and whose account it is",
            ),
            Live::Unsupported(words) => of_problem(
                words,
                "the Store refuses every call for it",
                "it uses features that only Partner Center manages; look at it there",
            ),
            Live::Unreadable(words) => of_problem(
                words,
                "the Store did not answer for it",
                "run again; if it stays so, give the correlation id to Microsoft's support",
            ),
            Live::Readable(live) => Self::of_product(asked, live, nothing),
        }
    }

    fn of_product(asked: Asked<'_>, live: &LiveProduct, nothing: Self) -> Self {
        let name = match (asked.resource.kind(), &live.member) {
            (Kind::App, _) => live.application.primary_name(),
            (Kind::AddOn, Some(member)) => member.product_id(),
            (Kind::Flight, Some(member)) => member.friendly_name(),
            (_, None) => {
                let problem = Some("it is not at the Store".to_owned());
                let next = vec![if asked.has_manifest {
                    format!("`storeward apply --target {}` creates it", asked.name)
                } else {
                    "check its name; `storeward status` with the app's Store ID finds the app".to_owned()
                }];
                return Self { problem, next, ..nothing };
            }
        };
        let (pending, after_pending) = pending(asked, live).unzip();
        let (rollout, after_rollout) = rollout(asked, live).unzip();
        let mut next: Vec<String> = after_rollout.into_iter().flatten().chain(after_pending).collect();
        if next.is_empty() && live.published.is_none() {
            next.push(match asked.resource.kind() {
                Kind::App => {
                    "its first submission is made in Partner Center, the age ratings with it".to_owned()
                }
                Kind::AddOn | Kind::Flight => {
                    "nothing was published yet: `storeward apply` submits it".to_owned()
                }
            });
        }
        Self {
            name: name.to_owned(),
            app: live.application.id().to_owned(),
            published: live.published.as_ref().map(|document| PublishedStatus {
                submission: document.id().to_owned(),
                name: document.friendly_name().to_owned(),
                packages: packages(document),
            }),
            pending,
            rollout,
            next,
            ..nothing
        }
    }
}

/// The packages that stay, or come.
fn packages(document: &Document) -> Vec<PackageStatus> {
    let of = |package: FileEntry<'_>| PackageStatus {
        version: package.version().map(str::to_owned),
        architecture: package.architecture().to_owned(),
    };
    document
        .packages()
        .into_iter()
        .filter(|package| package.status() != FileStatus::PendingDelete)
        .map(of)
        .collect()
}

fn rollout(asked: Asked<'_>, live: &LiveProduct) -> Option<(RolloutStatus, Vec<String>)> {
    let document = live.published.as_ref()?;
    let (state, next) = match document.rollout() {
        Rollout::Closed => return None,
        Rollout::InProgress => (
            RolloutWord::InProgress,
            vec![
                match document.rollout_percentage().and_then(Value::as_f64) {
                    Some(share) if share >= 100.0 => {
                        "it stays open, and new customers get the packages before, until it is finalized".to_owned()
                    }
                    _ => format!("to more customers: `storeward rollout set {} PERCENT`", asked.name),
                },
                format!("to everybody, for good: `storeward rollout finalize {}`", asked.name),
                format!("to nobody else: `storeward rollout halt {}`", asked.name),
            ],
        ),
        Rollout::Stopped => (
            RolloutWord::Halted,
            vec![
                "the Store resumes no rollout: release a new version; the next submission is made from the halted one"
                    .to_owned(),
            ],
        ),
    };
    let status = RolloutStatus {
        state,
        version: newest(document).map(|version: Version| version.to_string()),
        percentage: document.rollout_percentage().cloned().unwrap_or_default(),
        fallback_submission: document.fallback_submission().map(str::to_owned),
        fallback_packages: live.fallback.as_ref().map(packages).unwrap_or_default(),
    };
    Some((status, next))
}

fn pending(asked: Asked<'_>, live: &LiveProduct) -> Option<(PendingStatus, String)> {
    let document = live.pending.as_ref()?;
    let Asked { resource, has_manifest, .. } = asked;
    let intended = Intended::of(resource, live, Options::default());
    let pending = classify(Some(document), &intended.published, &intended.overlay.document, resource);
    // Without a manifest nobody knows what an earlier run wanted.
    let unless_planned = |made_by| if has_manifest { made_by } else { MadeBy::Unknown };
    let made_by = match pending {
        Pending::None | Pending::OnItsWay => MadeBy::Unknown,
        Pending::Draft(DraftKind::Untouched) => MadeBy::Untouched,
        Pending::Draft(DraftKind::Planned | DraftKind::OlderOurs) | Pending::Dead { ours: true, .. } => {
            MadeBy::Storeward
        }
        Pending::Draft(DraftKind::Foreign) | Pending::Dead { ours: false, .. } => {
            unless_planned(MadeBy::SomebodyElse)
        }
        Pending::Draft(DraftKind::Portal) => MadeBy::PartnerCenter,
    };
    let told = Busy { resource, live, pending, in_the_way: InTheWay::default() }.told();
    let status = PendingStatus {
        submission: document.id().to_owned(),
        name: document.friendly_name().to_owned(),
        status: document.status(),
        state: PendingState::of(&document.status()),
        made_by,
        packages: packages(document),
        // The first line names it.
        lines: told.into_iter().skip(1).collect(),
    };
    Some((status, after(asked, pending, document)))
}

/// What can be done about a pending submission.
fn after(asked: Asked<'_>, pending: Pending, document: &Document) -> String {
    let Asked { name, has_manifest, .. } = asked;
    let text = |key: &str| document.get(&[key]).and_then(Value::as_str).unwrap_or_default();
    let failed = document
        .get(&["statusDetails", "errors"])
        .and_then(Value::as_array)
        .is_some_and(|all| !all.is_empty());
    // Who has no manifest here has one elsewhere, where the command has to be run.
    let discard =
        if has_manifest { format!("`storeward discard {name}`") } else { "`storeward discard`".to_owned() };
    match (pending, document.status().phase()) {
        (Pending::Draft(DraftKind::Portal), _) => {
            "finish or delete it in Partner Center: the API can neither change nor delete it".to_owned()
        }
        (Pending::Draft(DraftKind::Untouched | DraftKind::Planned), _) if failed => {
            format!(
                "its commit failed: mend what the Store says, then apply again; or delete it with {discard}"
            )
        }
        (Pending::Draft(DraftKind::Untouched | DraftKind::Planned), _) => {
            format!(
                "the next `storeward apply` that needs a submission goes on with it; or delete it with {discard}"
            )
        }
        (Pending::Draft(DraftKind::OlderOurs), _) => {
            format!(
                "an earlier run made it for something else: `storeward apply --if-busy replace` begins anew, {discard} deletes it"
            )
        }
        (Pending::Draft(DraftKind::Foreign), _) => {
            format!(
                "finish or delete it in Partner Center; or delete it with {discard}, which needs --allow replaces-draft"
            )
        }
        (Pending::Dead { ours: true, .. }, _) => format!(
            "mend what went wrong and apply again, with --release where it was a release: that replaces it; or delete it with {discard}"
        ),
        (Pending::Dead { ours: false, .. }, _) => format!(
            "whoever made it has to mend it in Partner Center; or delete it with {discard}, which needs --allow replaces-draft"
        ),
        (_, Phase::Certified) if text("targetPublishMode") == "Manual" => {
            "it is certified and waits for somebody to publish it in Partner Center".to_owned()
        }
        (_, Phase::Certified) if text("targetPublishMode") == "SpecificDate" => {
            format!("it is certified, and is to be published on {}", text("targetPublishDate"))
        }
        (_, Phase::Certified) => format!("follow it: `storeward wait {name} --for published`"),
        _ => format!("follow it: `storeward wait {name} --for certified`"),
    }
}
