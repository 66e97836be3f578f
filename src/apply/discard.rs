//! Removing a submission: a draft, or one that failed.

use crate::partner_center::Place;
use crate::plan::{Step, StepKind};
use crate::submission::{Document, Phase};

use super::error::ApplyError;
use super::settle::Again;
use super::work::Work;

impl Work<'_> {
    /// The step of the plan that removes this submission, if there is one.
    pub(super) fn removal_of(&self, pending: &Document) -> Option<&Step> {
        self.job.plan.steps.iter().find(|step| {
            step.kind == StepKind::Discard
                && step.address == self.planned.address
                && step.submission.as_deref() == Some(pending.id())
        })
    }

    /// Removes a submission that was planned on, if it still is what it was then: nobody has seen what was done to it since.
    pub(super) async fn discard(&self, place: &Place, planned_on: &Document) -> Result<(), ApplyError> {
        let id = planned_on.id();
        let now = match self.reader.submission(place, id).await {
            Err(error) if error.status() == Some(404) => return Ok(()),
            now => now?,
        };
        if now.status() != planned_on.status() {
            return Err(stale(format!("submission {id} is {} by now; it is left alone", now.status())));
        }
        if !now.differences(planned_on).is_empty() {
            return Err(stale(format!("submission {id} was changed by somebody else; it is left alone")));
        }
        match self.delete_submission(place, id).await {
            // The service refuses to delete what was committed.
            Err(ApplyError::Store(error)) if error.status() == Some(409) => {
                let status = self.reader.status(place, id).await?.status;
                if matches!(status.phase(), Phase::Draft | Phase::Dead) {
                    return Err(error.into());
                }
                Err(stale(format!("submission {id} is {status} by now; it is left alone")))
            }
            deleted => deleted,
        }
    }

    /// Deletes a submission; one that is gone already is as good.
    pub(super) async fn delete_submission(&self, place: &Place, id: &str) -> Result<(), ApplyError> {
        self.settle(
            Again::Try,
            async || match self.writer.delete_submission(place, id).await {
                Err(error) if error.status() == Some(404) => Ok(()),
                outcome => outcome,
            },
            async || {
                let now = self.reader.references(place).await?.unwrap_or_default();
                Ok((now.pending.as_deref() != Some(id)).then_some(()))
            },
        )
        .await
    }
}

fn stale(difference: String) -> ApplyError {
    ApplyError::Stale { differences: vec![difference] }
}
