//! A gradual rollout that is running: raised, finalized or halted by a call of its own, without a submission.

use serde_json::{Value, json};

use crate::asset::Version;
use crate::manifest::{Code, Finding, Guard, OpenRollout, Resource, RolloutWanted, Severity};
use crate::submission::{Document, Path, Rollout, Section};

use super::types::{Change, ChangeRoute, Op, RolloutState};

/// A call that changes a running rollout.
#[derive(Debug)]
pub(super) struct RolloutCall {
    /// What it changes.
    pub(super) change: Change,
    /// What is at stake.
    pub(super) risks: Vec<(Guard, String)>,
    /// What it does, for the steps.
    pub(super) words: String,
    /// The state of the rollout afterwards.
    pub(super) leaves: Rollout,
}

/// The newest version among the packages of a submission: the one that its rollout brings.
fn newest(published: &Document) -> Option<Version> {
    published.packages().into_iter().filter_map(|package| package.version()?.parse().ok()).max()
}

/// The gradual rollout of a published submission that is running or was halted.
pub(super) fn open(published: &Document) -> Option<RolloutState> {
    let halted = match published.rollout() {
        Rollout::Closed => return None,
        Rollout::InProgress => false,
        Rollout::Stopped => true,
    };
    Some(RolloutState {
        of: newest(published).map(|version| version.to_string()),
        percentage: published.rollout_percentage().cloned(),
        halted,
        fallback: published.fallback_submission().map(str::to_owned),
    })
}

/// What `rollout` asks of the rollout that is running; nothing where it speaks of another version, or is as it should be.
pub(super) fn asked(resource: &Resource, published: &Document) -> Result<Option<RolloutCall>, Box<Finding>> {
    let Some(wanted) = resource.rollout.as_ref().filter(|wanted| newest(published) == Some(wanted.of)) else {
        return Ok(None);
    };
    let state = published.rollout();
    let share = published.rollout_percentage();
    let change = |key: &str, before: Value, after: Value| Change {
        path: Path::new(["rollout", key]),
        op: Op::Set,
        before: Some(before),
        after: Some(after),
        route: ChangeRoute::Live,
        origin: None,
        baseline: None,
        source: Some(wanted.at.clone()),
        asset: None,
        section: Some(Section::Rollout),
    };
    let closes = |word: &str, leaves| RolloutCall {
        change: change("state", json!("in progress"), json!(word)),
        risks: vec![(Guard::ClosesRollout, format!("the rollout of {} is {word}", wanted.of))],
        words: format!("the rollout of {} is {word}", wanted.of),
        leaves,
    };
    match (&wanted.wanted, state) {
        (RolloutWanted::Finalized, Rollout::InProgress) => Ok(Some(closes("finalized", Rollout::Closed))),
        (RolloutWanted::Halted, Rollout::InProgress) => Ok(Some(closes("halted", Rollout::Stopped))),
        (RolloutWanted::Percentage(after), Rollout::InProgress) => {
            let before = share.and_then(Value::as_f64).unwrap_or_default();
            let after_share = after.as_f64().unwrap_or_default();
            // A whole rollout stays open until it is finalized.
            if (before - after_share).abs() < f64::EPSILON {
                return Ok(None);
            }
            let words = format!("{before} % → {after} % of customers");
            let decreases = after_share < before;
            Ok(Some(RolloutCall {
                change: change("percentage", share.cloned().unwrap_or_default(), json!(after)),
                risks: if decreases { vec![(Guard::RolloutDecrease, words.clone())] } else { Vec::new() },
                words,
                leaves: Rollout::InProgress,
            }))
        }
        (RolloutWanted::Halted, Rollout::Stopped) | (RolloutWanted::Finalized, Rollout::Closed) => Ok(None),
        (RolloutWanted::Percentage(_), Rollout::Closed) => Ok(None),
        (RolloutWanted::Percentage(_) | RolloutWanted::Finalized, Rollout::Stopped) => Err(over(
            resource, wanted.of, "was halted", "the Store resumes no rollout; release a new version",
        )),
        (RolloutWanted::Halted, Rollout::Closed) => Err(over(
            resource,
            wanted.of,
            "reached everybody",
            "customers have the packages; release a version that mends them",
        )),
    }
}

/// A wish that comes too late.
fn over(resource: &Resource, of: Version, how: &str, help: &str) -> Box<Finding> {
    Box::new(Finding {
        code: Code::RolloutOver.to_string(),
        severity: Severity::Warning,
        message: format!("{}: the rollout of {of} {how}, and cannot be changed", resource.address),
        at: resource.rollout.as_ref().map(|rollout| rollout.at.clone()),
        help: Some(format!("{help}; remove `rollout`")),
    })
}

/// What `openRollout` does with a rollout that is in the way of a submission.
pub(super) fn in_the_way(resource: &Resource, published: &Document) -> Option<RolloutCall> {
    let (word, leaves) = match resource.desired.open_rollout.unwrap_or_default() {
        OpenRollout::Block => return None,
        OpenRollout::Finalize => ("finalized", Rollout::Closed),
        OpenRollout::Halt => ("halted", Rollout::Stopped),
    };
    let share = published.rollout_percentage().cloned().unwrap_or_default();
    let change = Change {
        path: Path::new(["rollout", "state"]),
        op: Op::Set,
        before: Some(json!("in progress")),
        after: Some(json!(word)),
        route: ChangeRoute::Live,
        origin: None,
        baseline: None,
        source: None,
        asset: None,
        section: Some(Section::Rollout),
    };
    // Naming it is the permit.
    Some(RolloutCall {
        change,
        risks: Vec::new(),
        words: format!("the rollout at {share} % is {word} first"),
        leaves,
    })
}

/// The published submission as it is once its rollout was changed.
pub(super) fn afterwards(published: &Document, leaves: Rollout) -> Document {
    let status = match leaves {
        Rollout::Closed => "PackageRolloutComplete",
        Rollout::InProgress => "PackageRolloutInProgress",
        Rollout::Stopped => "PackageRolloutStopped",
    };
    let mut after = published.clone();
    after.set(&["packageDeliveryOptions", "packageRollout", "packageRolloutStatus"], json!(status));
    after
}
