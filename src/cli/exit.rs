//! Exit codes: public, documented in ONE table, decided in one place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::apply::{ApplyError, Outcome, Report};
use crate::manifest::Severity;
use crate::partner_center::StoreError;
use crate::plan::{Blocker, BlockerKind, Plan};

use super::args::Global;
use super::out;

macro_rules! exits {
    ($($name:ident = $code:literal, $word:literal, $meaning:literal;)*) => {
        /// How a command ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Exit { $(#[doc = $meaning] $name = $code,)* }

        impl Exit {
            /// Every exit code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word for machines.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it tells people.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

exits! {
    Ok = 0, "ok", "done; `plan` found changes or none, also with guards and blockers";
    Error = 1, "error", "unexpected failure, network after retries, 5xx";
    Changes = 2, "changes", "only with `--detailed-exitcode`: there are changes";
    Invalid = 3, "invalid", "a manifest, file or package is wrong; nothing was sent";
    Stale = 4, "stale", "the plan no longer holds, or a snapshot lacks a product; no change was sent";
    Blocked = 5, "blocked", "all that was to be done is blocked";
    NeedsApproval = 6, "needs-approval", "a guard without permit, or nobody to ask; nothing was sent";
    Partial = 7, "partial", "outcomes differ between products";
    Rejected = 8, "rejected", "the Store refused it, took in something else, or the submission is gone";
    Timeout = 9, "timeout", "still in progress at the Store";
    Auth = 10, "auth", "no, expired or insufficient credential";
    Usage = 64, "usage", "the command line is wrong";
    Interrupted = 130, "interrupted", "safe to run again";
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        self as u8
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
            | ApplyError::Mismatch { .. }
            | ApplyError::RolloutNotTaken { .. } => Self::Rejected,
            ApplyError::Timeout { .. } => Self::Timeout,
        }
    }

    /// How a failed call ends the command.
    pub fn of_store(error: &StoreError) -> Self {
        if error.is_auth() { Self::Auth } else { Self::Error }
    }

    /// How a plan ends. One with errors is invalid. One in which a product could not be read is an error, though it has a
    /// blocker and the others are planned: nobody can say whether that product would change, so the run must not look
    /// like one that knows. With guards and other blockers a plan is a good plan.
    pub fn of_plan(plan: &Plan, detailed: bool) -> Self {
        if plan.diagnostics.iter().any(|finding| finding.severity == Severity::Error) {
            Self::Invalid
        } else if plan.blockers.iter().any(|blocker| blocker.kind == BlockerKind::Unreadable) {
            Self::Error
        } else if detailed && plan.has_changes() {
            Self::Changes
        } else {
            Self::Ok
        }
    }

    /// What a blocker makes of its resource: one that failed at the Store with the same content before is rejected, one
    /// that could not be read is an error.
    pub fn of_blocker(kind: BlockerKind) -> Self {
        match kind {
            BlockerKind::Dead => Self::Rejected,
            BlockerKind::Unreadable => Self::Error,
            _ => Self::Blocked,
        }
    }

    /// How an apply ends: the one outcome of all resources, or partial. Resources with `blockers` were left alone.
    pub fn of_reports(reports: &[Report], blockers: &[Blocker]) -> Self {
        let of_report = |report: &Report| match &report.outcome {
            Outcome::Submitted { .. } | Outcome::AtOnce | Outcome::Deleted => Self::Ok,
            Outcome::Failed(error) => Self::of_apply(error),
        };
        let outcomes: BTreeSet<Self> = reports.iter().map(of_report).chain(of_blockers(blockers)).collect();
        match Vec::from_iter(outcomes).as_slice() {
            [] => Self::Ok,
            [one] => *one,
            _ => Self::Partial,
        }
    }
}

/// The outcome of every blocked resource: of several blockers, the one that says most.
fn of_blockers(blockers: &[Blocker]) -> Vec<Exit> {
    let mut outcomes: BTreeMap<&str, Exit> = BTreeMap::new();
    for blocker in blockers {
        let outcome = Exit::of_blocker(blocker.kind);
        let known = outcomes.entry(&blocker.address).or_insert(outcome);
        if *known == Exit::Blocked {
            *known = outcome;
        }
    }
    outcomes.into_values().collect()
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
        let blocker = |address: &str, kind| Blocker::new(address, kind, "");
        let in_flight = || blocker("app/b", BlockerKind::InFlight);
        assert_eq!(Exit::of_reports(&[], &[]), Exit::Ok);
        assert_eq!(
            Exit::of_reports(&[], &[in_flight(), blocker("app/c", BlockerKind::RolloutOpen)]),
            Exit::Blocked
        );
        let dead = || blocker("app/b", BlockerKind::Dead);
        assert_eq!(Exit::of_reports(&[], &[dead()]), Exit::Rejected);
        assert_eq!(Exit::of_reports(&[], &[in_flight(), dead()]), Exit::Rejected, "of one resource");
        assert_eq!(Exit::of_reports(&[], &[blocker("app/c", BlockerKind::Unreadable)]), Exit::Error);
        assert_eq!(
            Exit::of_reports(&[], &[blocker("app/c", BlockerKind::Unreadable), dead()]),
            Exit::Partial
        );
        let failed = || Report {
            address: "app/a".into(),
            outcome: Outcome::Failed(ApplyError::Stale { differences: Vec::new() }),
        };
        assert_eq!(Exit::of_reports(&[failed(), failed()], &[]), Exit::Stale);
        assert_eq!(Exit::of_reports(&[failed()], &[in_flight()]), Exit::Partial);
    }
}
