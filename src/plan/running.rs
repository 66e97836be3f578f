//! A gradual rollout that is running: raised, finalized or halted by a call of its own, without a submission.

use serde_json::{Value, json};

use crate::asset::Version;
use crate::manifest::{
    Code, Finding, Guard, Location, OpenRollout, Resource, RolloutWanted, RunningRollout, Severity,
};
use crate::submission::{Document, Path, Rollout, Section};

use super::guards::Risk;
use super::types::{Change, ChangeRoute, Op};

/// A call that changes a running rollout.
#[derive(Debug)]
pub(super) struct RolloutCall {
    /// What it changes.
    pub(super) change: Change,
    /// What is at stake.
    pub(super) risk: Option<Risk>,
    /// Whether the line that asks for it permits it too.
    pub(super) is_permit: bool,
    /// What it does, for the steps.
    pub(super) words: String,
    /// The state of the rollout afterwards.
    pub(super) leaves: Rollout,
}

/// The newest version among the packages of a submission: the one that its rollout brings.
pub fn newest(published: &Document) -> Option<Version> {
    published.packages().into_iter().filter_map(|package| package.version()?.parse().ok()).max()
}

/// What `rollout` asks of the rollout that is running; nothing where it speaks of another version, or is as it should be.
pub(super) fn asked(resource: &Resource, published: &Document) -> Result<Option<RolloutCall>, Box<Finding>> {
    let Some(wanted) = resource.rollout.as_ref().filter(|wanted| newest(published) == Some(wanted.of)) else {
        return Ok(None);
    };
    let state = published.rollout();
    let closes = |word: &str, leaves| RolloutCall {
        change: Change { source: Some(wanted.at.clone()), ..closes(word) },
        risk: Some((Guard::ClosesRollout, format!("the rollout of {} is {word}", wanted.of))),
        is_permit: false,
        words: format!("the rollout of {} is {word}", wanted.of),
        leaves,
    };
    match (&wanted.wanted, state) {
        (RolloutWanted::Finalized, Rollout::InProgress) => Ok(Some(closes("finalized", Rollout::Closed))),
        (RolloutWanted::Halted, Rollout::InProgress) => Ok(Some(closes("halted", Rollout::Stopped))),
        (RolloutWanted::Percentage(after), Rollout::InProgress) => {
            let live = published.rollout_percentage().cloned().unwrap_or_default();
            let before = live.as_f64().unwrap_or_default();
            let after_share = after.as_f64().unwrap_or_default();
            // A whole rollout stays open until it is finalized.
            if (before - after_share).abs() < f64::EPSILON {
                return Ok(None);
            }
            let words = format!("{before} % → {after} % of customers");
            let decreases = after_share < before;
            Ok(Some(RolloutCall {
                change: share(wanted, live, json!(after)),
                risk: decreases.then(|| (Guard::RolloutDecrease, words.clone())),
                is_permit: false,
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

/// The change of the call that sets the share of customers who get the new packages.
fn share(wanted: &RunningRollout, before: Value, after: Value) -> Change {
    call("percentage", before, after, Some(&wanted.at))
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

/// The change that a call makes which closes a rollout.
fn closes(word: &str) -> Change {
    call("state", json!("in progress"), json!(word), None)
}

fn call(key: &str, before: Value, after: Value, source: Option<&Location>) -> Change {
    Change {
        path: Path::new(["rollout", key]),
        op: Op::Set,
        before: Some(before),
        after: Some(after),
        route: ChangeRoute::Live,
        origin: None,
        baseline: None,
        source: source.cloned(),
        asset: None,
        section: Some(Section::Rollout),
    }
}

/// What the manifest lets become of a rollout that is in the way of a submission.
fn makes_way(resource: &Resource) -> Option<(&'static str, Rollout)> {
    match resource.desired.open_rollout.unwrap_or_default() {
        OpenRollout::Block => None,
        OpenRollout::Finalize => Some(("finalized", Rollout::Closed)),
        OpenRollout::Halt => Some(("halted", Rollout::Stopped)),
    }
}

/// The change of a call that an earlier run may have made: the rollout is closed as the manifest says. `submits` tells
/// whether there is a submission for which `openRollout` would have closed it.
pub(super) fn closed(resource: &Resource, published: &Document, submits: bool) -> Option<Change> {
    let wanted = resource.rollout.as_ref().filter(|wanted| newest(published) == Some(wanted.of));
    let asked = match wanted.map(|wanted| &wanted.wanted) {
        Some(RolloutWanted::Finalized) => Some(("finalized", Rollout::Closed)),
        Some(RolloutWanted::Halted) => Some(("halted", Rollout::Stopped)),
        Some(RolloutWanted::Percentage(_)) | None => None,
    };
    let (word, leaves) = asked.or_else(|| makes_way(resource).filter(|_| submits))?;
    (published.rollout() == leaves).then(|| closes(word))
}

/// The changes of calls one of which an earlier run may have made: the rollout has the share that the manifest wants. Which
/// one it had before is not known any more.
pub(super) fn raised(resource: &Resource, published: &Document) -> Vec<Change> {
    let Some(wanted) = resource.rollout.as_ref().filter(|wanted| newest(published) == Some(wanted.of)) else {
        return Vec::new();
    };
    let (RolloutWanted::Percentage(after), Rollout::InProgress) = (&wanted.wanted, published.rollout())
    else {
        return Vec::new();
    };
    (0..=100).map(|before| share(wanted, json!(before), json!(after))).collect()
}

/// What `openRollout` does with a rollout that is in the way of a submission.
pub(super) fn in_the_way(resource: &Resource, published: &Document) -> Option<RolloutCall> {
    let (word, leaves) = makes_way(resource)?;
    let share = published.rollout_percentage().cloned().unwrap_or_default();
    let words = format!("the rollout at {share} % is {word} first");
    Some(RolloutCall {
        change: closes(word),
        risk: Some((Guard::ClosesRollout, words.clone())),
        is_permit: true,
        words,
        leaves,
    })
}

/// The published submission as it is once its rollout was changed, as the rollout calls answer (the
/// documentation of halt and finalize shows 0 and 100 %).
pub(super) fn afterwards(published: &Document, leaves: Rollout) -> Document {
    const AT: [&str; 2] = ["packageDeliveryOptions", "packageRollout"];
    let (status, share) = match leaves {
        Rollout::Closed => ("PackageRolloutComplete", Some(json!(100.0))),
        Rollout::InProgress => ("PackageRolloutInProgress", None),
        Rollout::Stopped => ("PackageRolloutStopped", Some(json!(0.0))),
    };
    let mut after = published.clone();
    after.set(&[AT[0], AT[1], "packageRolloutStatus"], json!(status));
    if let Some(share) = share {
        after.set(&[AT[0], AT[1], "packageRolloutPercentage"], share);
    }
    after
}
