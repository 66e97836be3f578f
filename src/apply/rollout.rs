//! Calls that change a running rollout, at once and without a submission.

use serde_json::Value;

use crate::partner_center::RolloutChange;
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
            let (change, words) = call(change);
            self.step(StepKind::Rollout, words);
            self.settle(
                Again::Try,
                async || self.writer.change_rollout(&place, published.id(), &change).await,
                async || {
                    let state = self.reader.rollout(&place, published.id()).await?;
                    Ok(state.has(&change).then_some(()))
                },
            )
            .await?;
            closed |= !matches!(change, RolloutChange::Percentage(_));
        }
        let Some(published) = self.live.published.as_ref().filter(|_| closed) else { return Ok(None) };
        let published = self.reader.published(&place, published.id()).await?;
        Ok(Some(LiveProduct { published: Some(published), ..self.live.clone() }))
    }
}

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
