//! How carrying out a plan can fail.

use crate::asset::ArchiveError;
use crate::partner_center::{StoreError, UploadError};
use crate::submission::Status;

use super::complaint::Complaint;

/// Why a resource was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The Store refused or could not be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The upload failed.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The draft's upload URL has expired, and the draft shows no other.
    #[error("the upload address of draft {submission} has expired: {error}")]
    UploadExpired {
        /// The draft.
        submission: String,
        /// What the storage service said.
        #[source]
        error: UploadError,
    },
    /// A local file cannot be packed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The live state is no longer the one that was planned on. Nothing was sent.
    #[error("the live state changed since the plan was made: {}", .differences.join("; "))]
    Stale {
        /// What differs, one a line.
        differences: Vec<String>,
    },
    /// The draft that was read back has another price than was sent. It was deleted.
    #[error(
        "the Store took another price than was sent ({sent} → {got}); the draft was deleted, nothing ships"
    )]
    PriceNotTaken {
        /// What was sent.
        sent: String,
        /// What came back.
        got: String,
    },
    /// The draft that was read back differs elsewhere from what was sent. It was left.
    #[error("draft {submission} is not what was sent, and was not committed; it differs at {}", .paths.join(", "))]
    NotTaken {
        /// The draft.
        submission: String,
        /// Where it differs.
        paths: Vec<String>,
    },
    /// The submission failed at the Store.
    #[error("submission {submission} ended as {status}{}", list(.errors, .reports))]
    Rejected {
        /// The submission.
        submission: String,
        /// The status.
        status: Status,
        /// What the Store says is wrong.
        errors: Vec<Complaint>,
        /// Where its reports are.
        reports: Vec<String>,
    },
    /// The commit was taken back by the service.
    #[error("submission {submission} fell back to a draft after the commit{}", list(.errors, &[]))]
    FellBack {
        /// The submission.
        submission: String,
        /// What the Store says is wrong.
        errors: Vec<Complaint>,
    },
    /// The submission is no longer there.
    #[error("submission {submission} is gone: it was deleted while it was on its way")]
    Gone {
        /// The submission.
        submission: String,
    },
    /// What the Store took in, or publishes, is not what was committed.
    #[error("submission {submission} is {status}, but not with what was committed; it differs at {}", .differences.join(", "))]
    Mismatch {
        /// The submission.
        submission: String,
        /// The status.
        status: Status,
        /// Where it differs.
        differences: Vec<String>,
    },
    /// The Store took a change of the rollout, and did not make it.
    #[error("submission {submission}: the Store took the change and did not make it; it differs at {}", .differences.join(", "))]
    RolloutNotTaken {
        /// The submission.
        submission: String,
        /// What differs.
        differences: Vec<String>,
    },
    /// The time ran out while the Store was still at it.
    #[error("submission {submission} is still {status}; the time to wait ran out, nothing is lost")]
    Timeout {
        /// The submission.
        submission: String,
        /// The status.
        status: Status,
    },
}

impl ApplyError {
    /// What kind of failure it is, for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Upload(_) => "upload",
            Self::UploadExpired { .. } => "upload-expired",
            Self::Archive(_) => "archive",
            Self::Stale { .. } => "stale",
            Self::PriceNotTaken { .. } => "price-not-taken",
            Self::NotTaken { .. } => "not-taken",
            Self::Rejected { .. } => "rejected",
            Self::FellBack { .. } => "fell-back",
            Self::Gone { .. } => "gone",
            Self::Mismatch { .. } => "mismatch",
            Self::RolloutNotTaken { .. } => "rollout-not-taken",
            Self::Timeout { .. } => "timeout",
        }
    }

    /// What Microsoft's support asks for, where the Store failed a call.
    pub fn correlation_id(&self) -> Option<&str> {
        match self {
            Self::Store(error) => error.correlation_id(),
            _ => None,
        }
    }

    /// The submission that it is about, if there is one by then.
    pub fn submission(&self) -> Option<&str> {
        match self {
            Self::NotTaken { submission, .. }
            | Self::UploadExpired { submission, .. }
            | Self::Rejected { submission, .. }
            | Self::FellBack { submission, .. }
            | Self::Gone { submission }
            | Self::Mismatch { submission, .. }
            | Self::RolloutNotTaken { submission, .. }
            | Self::Timeout { submission, .. } => Some(submission),
            Self::Store(_)
            | Self::Upload(_)
            | Self::Archive(_)
            | Self::Stale { .. }
            | Self::PriceNotTaken { .. } => None,
        }
    }
}

fn list(errors: &[Complaint], reports: &[String]) -> String {
    let errors = errors.iter().map(|error| format!("\n  {error}"));
    errors.chain(reports.iter().map(|url| format!("\n  report: {url}"))).collect()
}
