//! Gradual package rollouts.

use serde_json::Value;

use super::submissions::find;
use super::{Call, Desk};
use crate::sandbox::answer::{Answer, Refusal, Reply};
use crate::sandbox::model::Kind;
use crate::sandbox::state::Place;

/// Answers a call below a submission that is about its rollout.
pub(super) fn answer(desk: &mut Desk, call: &Call, place: Place, id: &str, rest: &[&str]) -> Reply {
    if desk.store.product(place).kind == Kind::AddOn {
        return Err(Refusal::no_such_path());
    }
    match (call.method.as_str(), rest) {
        ("GET", ["packagerollout"]) => Ok(Answer::json(200, find(desk, place, id)?.rollout())),
        ("POST", ["updatepackagerolloutpercentage"]) => {
            running(desk, place, id)?;
            let share = call.query("percentage").and_then(|text| text.parse::<f64>().ok());
            match share.filter(|share| (0.0..=100.0).contains(share)) {
                Some(share) => set(desk, place, id, &[("packageRolloutPercentage", share.into())]),
                None => Err(Refusal::invalid("percentage", "The percentage must be between 0 and 100")),
            }
        }
        ("POST", ["haltpackagerollout"]) => end(desk, place, id, 0.0, "PackageRolloutStopped"),
        ("POST", ["finalizepackagerollout"]) => end(desk, place, id, 100.0, "PackageRolloutComplete"),
        (
            _,
            [
                "packagerollout"
                | "updatepackagerolloutpercentage"
                | "haltpackagerollout"
                | "finalizepackagerollout",
            ],
        ) => Err(Refusal::no_such_method(&call.method)),
        _ => Err(Refusal::no_such_path()),
    }
}

/// Only the rollout of the published submission can be changed, and only while it is in progress.
fn running(desk: &Desk, place: Place, id: &str) -> Result<(), Refusal> {
    let submission = find(desk, place, id)?;
    if desk.store.product(place).published.as_deref() != Some(id) {
        return Err(Refusal::state("submissionId", "Submission is not published"));
    }
    if !submission.rollout_in_progress() {
        return Err(Refusal::state("submissionId", "Package rollout is not in progress"));
    }
    Ok(())
}

fn end(desk: &mut Desk, place: Place, id: &str, share: f64, status: &str) -> Reply {
    running(desk, place, id)?;
    let members = [("packageRolloutPercentage", share.into()), ("packageRolloutStatus", status.into())];
    set(desk, place, id, &members)
}

fn set(desk: &mut Desk, place: Place, id: &str, members: &[(&str, Value)]) -> Reply {
    if let Some(submission) = desk.store.edit().product_mut(place).submission_mut(id) {
        submission.set_rollout(members);
    }
    Ok(Answer::json(200, find(desk, place, id)?.rollout()))
}
