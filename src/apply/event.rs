//! What happens during an apply, as data.

use serde::Serialize;

use crate::plan::StepKind;
use crate::submission::Status;

use super::error::ApplyError;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
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
    /// The submission has a new status.
    Status {
        /// The resource.
        address: String,
        /// The submission.
        submission: String,
        /// The status.
        status: Status,
    },
    /// The Store remarked something that is no failure.
    Remark {
        /// The resource.
        address: String,
        /// The words.
        text: String,
    },
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
