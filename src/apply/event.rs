//! What happens during an apply, as data.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::partner_center::Heard;
use crate::plan::{Action, BlockerKind, StepKind};
use crate::submission::{FileEntry, Status};

use super::error::ApplyError;
use super::follow::WaitFor;

/// The version of the format that events and receipts are written in.
pub const EVENTS_VERSION: &str = "1.0";

/// Who hears what happens.
pub type Emit = Arc<dyn Fn(Event) + Send + Sync>;

/// One line of `--events`: something that happened, and when.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Storeward event")]
pub struct Record {
    /// When, in RFC 3339, UTC.
    pub time: String,
    /// Milliseconds since the run began.
    pub elapsed_ms: u64,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// The first line: the run begins, or ends before it could.
    Started {
        /// `MAJOR.MINOR` of this format. A reader of the same major passes over events and members that it does not know.
        format_version: &'static str,
        /// The version of Storeward.
        tool_version: &'static str,
        /// The fingerprint of the plan; absent where the run ended before there was one.
        #[serde(skip_serializing_if = "Option::is_none")]
        plan_hash: Option<String>,
        /// What is planned for each resource, in the order of the plan.
        resources: Vec<Planned>,
    },
    /// The resource is left alone.
    Blocked {
        /// The resource.
        address: String,
        /// Why.
        blocker: BlockerKind,
        /// What exactly.
        detail: String,
    },
    /// A step begins.
    Step {
        /// The resource.
        address: String,
        /// What is done.
        step: StepKind,
        /// In words.
        detail: String,
    },
    /// A draft is there to work on.
    Draft {
        /// The resource.
        address: String,
        /// The draft's id.
        submission: String,
        /// The name that Partner Center shows.
        name: String,
        /// Whether an earlier run had made it.
        adopted: bool,
    },
    /// Bytes have been uploaded.
    Uploaded {
        /// The resource.
        address: String,
        /// So far.
        bytes: u64,
        /// In all.
        of: u64,
    },
    /// The Store carried out a call that changes something.
    Changed {
        /// The resource.
        address: String,
        /// Method and path.
        call: String,
        /// What Microsoft's support asks for.
        correlation_id: String,
    },
    /// The submission has a new status.
    Status {
        /// The resource.
        address: String,
        /// The submission.
        submission: String,
        /// The status.
        status: Status,
    },
    /// Nothing is done for a while.
    Waiting {
        /// The resource.
        address: String,
        /// Why.
        #[serde(flatten)]
        why: Why,
        /// Until when, in RFC 3339, UTC.
        until: String,
    },
    /// The Store remarked something that is no failure.
    Remark {
        /// The resource.
        address: String,
        /// The words.
        text: String,
    },
    /// What was committed was read once more, and is what was sent.
    Verified {
        /// The resource.
        address: String,
        /// The submission.
        submission: String,
        /// The packages in it.
        packages: Vec<PackageThere>,
    },
    /// The last event of a resource: it came to the point that was asked for.
    Done {
        /// The resource.
        address: String,
        /// Its submission; absent where there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        submission: Option<String>,
        /// Its status then.
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
        /// Whether this run changed something, or only followed what an earlier one had sent.
        sent: bool,
    },
    /// The last event of a resource: it failed.
    Failed {
        /// The resource.
        address: String,
        /// What was being done.
        #[serde(skip_serializing_if = "Option::is_none")]
        stage: Option<StepKind>,
        /// What kind of failure it is, in one word.
        error: &'static str,
        /// In words.
        message: String,
        /// The submission that it is about, if there is one by then.
        #[serde(skip_serializing_if = "Option::is_none")]
        submission: Option<String>,
        /// What Microsoft's support asks for.
        #[serde(skip_serializing_if = "Option::is_none")]
        correlation_id: Option<String>,
    },
    /// The last line: the run is over.
    Finished {
        /// The word of the exit code.
        result: String,
        /// The exit code.
        exit_code: u8,
        /// Why it ended early.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
}

/// Why nothing is done.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "reason", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Why {
    /// The submission has not come to the status that is waited for.
    Status {
        /// The submission.
        submission: String,
        /// Its status now.
        status: Status,
        /// What is waited for.
        wanted: WaitFor,
    },
    /// A draft or submission is in the way, and has to go first.
    Busy {
        /// What.
        blocker: BlockerKind,
        /// Which.
        detail: String,
    },
    /// The Store throttles; every call of the run is held back.
    Throttled,
    /// A call failed in a way that passes, and is sent again.
    Retry {
        /// What failed.
        message: String,
        /// What Microsoft's support asks for.
        #[serde(skip_serializing_if = "Option::is_none")]
        correlation_id: Option<String>,
    },
}

/// What is planned for a resource.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Planned {
    /// How the repository calls it.
    pub address: String,
    /// What is to be done.
    pub action: Action,
}

/// A package of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackageThere {
    /// Its name in the Store.
    pub file_name: String,
    /// Its version; absent until the Store has read the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its architecture, as the Store spells it; absent where it names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
}

impl From<FileEntry<'_>> for PackageThere {
    fn from(entry: FileEntry<'_>) -> Self {
        Self {
            file_name: entry.file_name().to_owned(),
            version: entry.version().map(str::to_owned),
            architecture: Some(entry.architecture().to_owned()).filter(|name| !name.is_empty()),
        }
    }
}

impl Event {
    /// The resource that it is about; none of the first and the last event of a run.
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::Started { .. } | Self::Finished { .. } => None,
            Self::Blocked { address, .. }
            | Self::Step { address, .. }
            | Self::Draft { address, .. }
            | Self::Uploaded { address, .. }
            | Self::Changed { address, .. }
            | Self::Status { address, .. }
            | Self::Waiting { address, .. }
            | Self::Remark { address, .. }
            | Self::Verified { address, .. }
            | Self::Done { address, .. }
            | Self::Failed { address, .. } => Some(address),
        }
    }

    /// What the connection of a resource lets know.
    pub(super) fn heard(address: String, heard: Heard) -> Self {
        match heard {
            Heard::Changed { call, correlation_id } => {
                Self::Changed { address, call: call.to_string(), correlation_id }
            }
            Heard::Held { until } => Self::Waiting { address, why: Why::Throttled, until },
            Heard::Again { message, correlation_id, until } => {
                Self::Waiting { address, why: Why::Retry { message, correlation_id }, until }
            }
        }
    }

    /// How a resource ended, and at which step.
    pub fn ended(address: String, outcome: &Outcome, stage: Option<StepKind>) -> Self {
        match outcome {
            Outcome::Submitted { submission, status, sent } => Self::Done {
                address,
                submission: Some(submission.clone()),
                status: Some(status.clone()),
                sent: *sent,
            },
            Outcome::AtOnce | Outcome::Deleted => {
                Self::Done { address, submission: None, status: None, sent: true }
            }
            Outcome::Failed(error) => Self::Failed {
                address,
                stage,
                error: error.word(),
                message: error.to_string(),
                submission: error.submission().map(str::to_owned),
                correlation_id: error.correlation_id().map(str::to_owned),
            },
        }
    }
}

/// How a resource ended.
#[derive(Debug)]
pub enum Outcome {
    /// Its submission reached the point that was asked for.
    Submitted {
        /// The submission.
        submission: String,
        /// Its status then.
        status: Status,
        /// Whether this run made and committed it, or only followed it.
        sent: bool,
    },
    /// A running rollout was changed, at once.
    AtOnce,
    /// It was deleted.
    Deleted,
    /// It failed.
    Failed(ApplyError),
}

/// A resource and how it ended.
#[derive(Debug)]
pub struct Report {
    /// The resource.
    pub address: String,
    /// How it ended.
    pub outcome: Outcome,
}
