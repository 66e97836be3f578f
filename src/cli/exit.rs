//! Exit codes: public, documented, decided in one place.

use std::fmt;

use crate::apply::{ApplyError, Outcome, Report};
use crate::partner_center::StoreError;

use super::args::Global;
use super::out;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// Unexpected failure, network after retries, 5xx.
    Error = 1,
    /// With `--detailed-exitcode` only: there are changes.
    Changes = 2,
    /// A manifest, asset or package is wrong; nothing was sent.
    Invalid = 3,
    /// The plan no longer holds, or a snapshot lacks a product; no change was sent.
    Stale = 4,
    /// All that was to be done is blocked.
    Blocked = 5,
    /// A guard without permit, or nobody to ask; nothing was sent.
    NeedsApproval = 6,
    /// Outcomes differ between resources.
    Partial = 7,
    /// A dead state, a mismatch after commit, or the submission is gone.
    Rejected = 8,
    /// Still in progress at the Store.
    Timeout = 9,
    /// No, expired or insufficient credential.
    Auth = 10,
    /// The command line is wrong.
    Usage = 64,
    /// Interrupted; safe to run again.
    Interrupted = 130,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The word for machines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Changes => "changes",
            Self::Invalid => "invalid",
            Self::Stale => "stale",
            Self::Blocked => "blocked",
            Self::NeedsApproval => "needs-approval",
            Self::Partial => "partial",
            Self::Rejected => "rejected",
            Self::Timeout => "timeout",
            Self::Auth => "auth",
            Self::Usage => "usage",
            Self::Interrupted => "interrupted",
        }
    }

    /// How a failed resource ends the command.
    pub fn of_apply(error: &ApplyError) -> Self {
        match error {
            ApplyError::Store(error) => Self::of_store(error),
            ApplyError::Upload(_)
            | ApplyError::UploadExpired { .. }
            | ApplyError::PriceNotTaken { .. }
            | ApplyError::NotTaken { .. } => Self::Error,
            // A file is no longer what was planned.
            ApplyError::Archive(_) => Self::Stale,
            ApplyError::Stale { .. } => Self::Stale,
            ApplyError::Rejected { .. }
            | ApplyError::FellBack { .. }
            | ApplyError::Gone { .. }
            | ApplyError::Mismatch { .. } => Self::Rejected,
            ApplyError::Timeout { .. } => Self::Timeout,
        }
    }

    /// How a failed call ends the command.
    pub fn of_store(error: &StoreError) -> Self {
        if error.is_auth() { Self::Auth } else { Self::Error }
    }

    /// How an apply ends: the one outcome of all resources, or partial. `blocked` resources were left alone; `rejected`
    /// says that one of them failed at the Store with the same content before.
    pub fn of_reports(reports: &[Report], blocked: usize, rejected: bool) -> Self {
        let mut outcomes: Vec<Self> = reports
            .iter()
            .map(|report| match &report.outcome {
                Outcome::Submitted { .. } | Outcome::AtOnce | Outcome::Deleted => Self::Ok,
                Outcome::Failed(error) => Self::of_apply(error),
            })
            .collect();
        if blocked > 0 {
            outcomes.push(if rejected { Self::Rejected } else { Self::Blocked });
        }
        outcomes.dedup();
        match outcomes.as_slice() {
            [] => Self::Ok,
            [one] => *one,
            _ => Self::Partial,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.word(), self.code())
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// In words for people.
    pub(super) fn text(&self, colour: bool) -> String {
        let style = if colour { anstyle::AnsiColor::Red.on_default().bold() } else { anstyle::Style::new() };
        let mut text = String::new();
        if !self.message.is_empty() {
            text.push_str(&format!("{style}error{style:#}: {}\n", crate::render::visible(&self.message)));
        }
        if let Some(help) = &self.help {
            text.push_str(&format!("  help: {}\n", crate::render::visible(help)));
        }
        text
    }

    pub(super) fn print(&self, global: &Global) {
        out::progress(&self.text(global.look_of_stderr().colour));
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let help = error.remedy().map(str::to_owned);
        Self { exit: Exit::of_store(&error), message: error.to_string(), help }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_as_its_resources_do_or_partial() {
        assert_eq!(Exit::of_reports(&[], 0, false), Exit::Ok);
        assert_eq!(Exit::of_reports(&[], 2, false), Exit::Blocked);
        let failed = || Report {
            address: "app/a".into(),
            outcome: Outcome::Failed(ApplyError::Stale { differences: Vec::new() }),
        };
        assert_eq!(Exit::of_reports(&[failed(), failed()], 0, false), Exit::Stale);
        assert_eq!(Exit::of_reports(&[failed()], 1, false), Exit::Partial);
    }
}
