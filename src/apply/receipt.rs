//! What a run came to, for an audit later.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::{Action, AssetRef, Plan};
use crate::submission::Status;

use super::event::{EVENTS_VERSION, PackageThere};
use super::standing::{DoneCall, End, Standing, Stands, TimedStep, Waited};

/// What a run of `apply` came to, however it ended.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Storeward receipt")]
pub struct Receipt {
    /// `MAJOR.MINOR` of this format. A reader of the same major understands it.
    pub format_version: &'static str,
    /// The version of Storeward.
    pub tool_version: &'static str,
    /// When the run began, in RFC 3339, UTC.
    pub began: String,
    /// When it ended.
    pub ended: String,
    /// The word of its exit code.
    pub result: String,
    /// Its exit code.
    pub exit_code: u8,
    /// Why it ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The commit that it was run from, where git or the CI service names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Where the run can be looked at, on a CI service that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_url: Option<String>,
    /// The fingerprint of the plan; absent where the run ended before there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_hash: Option<String>,
    /// The content of every file that the plan stands on: SHA-256, by file.
    pub assets: BTreeMap<String, String>,
    /// The products, in the order of the plan.
    pub resources: Vec<ResourceReceipt>,
}

/// What became of one product.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceReceipt {
    /// How the repository calls it.
    pub address: String,
    /// Its Store ID, for a flight the flight's id; empty for what was yet to be created.
    pub id: String,
    /// What was to be done.
    pub action: Action,
    /// How it ended.
    pub outcome: OutcomeWord,
    /// Why it failed or was left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What kind of failure it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// Its submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission: Option<String>,
    /// The name that Partner Center shows for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission_name: Option<String>,
    /// Whether the Store took the commit.
    pub committed: bool,
    /// The last status that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What was in its way, and was waited for with `--if-busy wait`.
    pub waited: Vec<Waited>,
    /// What was done, and how long it took.
    pub steps: Vec<TimedStep>,
    /// The files that were to be uploaded: name in the upload, size, SHA-256.
    pub uploads: Vec<AssetRef>,
    /// How many bytes of the upload arrived, files and directory together.
    pub uploaded_bytes: u64,
    /// The packages of the submission, as they were read once more after the commit.
    pub packages: Vec<PackageThere>,
    /// The calls that changed something in the Store.
    pub calls: Vec<DoneCall>,
}

/// How a product ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeWord {
    /// There was nothing to do.
    NoChange,
    /// It came to the point that was asked for.
    Done,
    /// An earlier run had sent it; this one followed it to the point that was asked for.
    Followed,
    /// It failed.
    Failed,
    /// It was left alone.
    Blocked,
    /// The run ended while it was being worked on.
    Unfinished,
    /// The run ended before it was begun.
    NotBegun,
}

/// What a receipt has from outside of the run.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// When the run began.
    pub began: String,
    /// When it ended.
    pub ended: String,
    /// The word of its exit code.
    pub result: String,
    /// Its exit code.
    pub exit_code: u8,
    /// Why it ended early.
    pub error: Option<String>,
    /// The commit that it was run from.
    pub commit: Option<String>,
    /// Where the run can be looked at.
    pub run_url: Option<String>,
}

impl Receipt {
    /// Puts together what is known at the end of a run.
    pub fn new(circumstances: Circumstances, plan: Option<&Plan>, standing: &Standing) -> Self {
        let Circumstances { began, ended, result, exit_code, error, commit, run_url } = circumstances;
        Self {
            format_version: EVENTS_VERSION,
            tool_version: env!("CARGO_PKG_VERSION"),
            began,
            ended,
            result,
            exit_code,
            error,
            commit,
            run_url,
            plan_hash: plan.map(|plan| plan.fingerprints.plan.clone()),
            assets: plan.map(|plan| plan.fingerprints.assets.clone()).unwrap_or_default(),
            resources: plan.map(|plan| resources(plan, standing)).unwrap_or_default(),
        }
    }
}

fn resources(plan: &Plan, standing: &Standing) -> Vec<ResourceReceipt> {
    let of = |planned: &crate::plan::ResourcePlan| {
        let stands = standing.of(&planned.address).cloned().unwrap_or_default();
        let outcome = outcome(planned.action, &stands);
        let pending = planned.pending.as_ref();
        let Stands {
            waited, steps, submission, name, uploaded, committed, status, calls, packages, end, ..
        } = stands;
        let named = pending.filter(|pending| submission.as_deref() == Some(&pending.submission));
        let (error, message) = match end {
            Some(End::Failed { error, message }) => (Some(error), Some(message)),
            Some(End::Blocked { message }) => (None, Some(message)),
            Some(End::Done { .. }) | None => (None, None),
        };
        ResourceReceipt {
            address: planned.address.clone(),
            id: planned.id.clone(),
            action: planned.action,
            outcome,
            message,
            error,
            submission_name: name.or_else(|| named.map(|pending| pending.name.clone())),
            submission,
            committed,
            status: status.map(|(status, _)| status),
            waited,
            steps,
            uploads: planned.uploads.clone(),
            uploaded_bytes: uploaded.map_or(0, |(bytes, _)| bytes),
            packages,
            calls,
        }
    };
    plan.resources.iter().map(of).collect()
}

fn outcome(action: Action, stands: &Stands) -> OutcomeWord {
    match &stands.end {
        Some(End::Done { sent: true }) => OutcomeWord::Done,
        Some(End::Done { sent: false }) => OutcomeWord::Followed,
        Some(End::Failed { .. }) => OutcomeWord::Failed,
        Some(End::Blocked { .. }) => OutcomeWord::Blocked,
        None if action == Action::None => OutcomeWord::NoChange,
        None if stands.steps.is_empty() => OutcomeWord::NotBegun,
        None => OutcomeWord::Unfinished,
    }
}
