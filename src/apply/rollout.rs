//! Calls that change a running rollout, at once and without a submission.

use serde_json::Value;

use crate::partner_center::{Place, RolloutChange};
use crate::plan::{Change, ChangeRoute, StepKind};
use crate::submission::LiveProduct;

use super::error::ApplyError;
use super::settle::Again;
use super::work::Work;

impl Work<'_> {
    /// Makes the planned calls. Returns the resource as it is then, where one of them closed the rollout: the next draft
    /// is a copy of that.
    pub(super) async fn change_rollout(&self) -> Result<Option<LiveProduct>, ApplyError> {
        let place = self.place(self.live);
        let mut closed = false;
        for change in self.planned.changes.iter().filter(|change| change.route == ChangeRoute::Live) {
            let Some(published) = &self.live.published else { continue };
            let before = change.before.as_ref();
            let (change, words) = call(change);
            self.step(StepKind::Rollout, words);
            // Somebody may have changed it since it was read, also while a person was asked.
            let state = self.reader.rollout(&place, published.id()).await?;
            let closes = !matches!(change, RolloutChange::Percentage(_));
            if state.has(&change) {
                closed |= closes;
                continue;
            }
            if !state.is_as(before) {
                let differences = vec![format!("the rollout is {state} now")];
                return Err(ApplyError::Stale { differences });
            }
            self.settle(
                Again::Try,
                async || self.writer.change_rollout(&place, published.id(), &change).await,
                async || {
                    let state = self.reader.rollout(&place, published.id()).await?;
                    Ok(state.has(&change).then_some(()))
                },
            )
            .await?;
            self.verify_rollout(&place, published.id(), &change).await?;
            closed |= closes;
        }
        let Some(published) = self.live.published.as_ref().filter(|_| closed) else { return Ok(None) };
        let published = self.reader.published(&place, published.id()).await?;
        Ok(Some(LiveProduct { published: Some(published), ..self.live.clone() }))
    }

    /// Green means done: the rollout is read until it is as it was asked to be.
    async fn verify_rollout(
        &self,
        place: &Place,
        submission: &str,
        change: &RolloutChange,
    ) -> Result<(), ApplyError> {
        let mut state = self.reader.rollout(place, submission).await?;
        for look in 1..=LOOKS {
            if state.has(change) {
                return Ok(());
            }
            self.pause(look).await;
            state = self.reader.rollout(place, submission).await?;
        }
        if state.has(change) {
            return Ok(());
        }
        let differences = vec![format!("the rollout, which is {state}")];
        Err(ApplyError::RolloutNotTaken { submission: submission.to_owned(), differences })
    }
}

/// How often a rollout is looked at that is not yet as it was asked to be.
const LOOKS: u32 = 3;

/// The call that a planned change asks for, and what it does.
fn call(change: &Change) -> (RolloutChange, String) {
    match change.after.as_ref() {
        Some(Value::Number(share)) => {
            (RolloutChange::Percentage(share.clone()), format!("to {share} % of customers"))
        }
        Some(Value::String(state)) if state == "halted" => (RolloutChange::Halt, "halt".to_owned()),
        Some(Value::String(state)) if state == "finalized" => {
            (RolloutChange::Finalize, "finalize".to_owned())
        }
        _ => unreachable!("the planner writes a share or one of these words"),
    }
}
