//! The draft of a submission: made, found again, checked, removed.

use crate::manifest::Severity;
use crate::partner_center::StoreError;
use crate::plan::{DraftKind, Intended, Overlay, Pending, StepKind, classify};
use crate::submission::{Document, Phase};

use super::error::ApplyError;
use super::event::Event;
use super::settle::Again;
use super::submit::Submit;
use super::verify;

/// A draft to work on, and what is to be sent in its place.
pub(super) struct Draft {
    pub(super) document: Document,
    pub(super) overlay: Overlay,
    /// Whether this run is sure to have made it, and so may remove it.
    pub(super) made_here: bool,
}

/// The id of a new draft.
enum Created {
    /// The service answered with it.
    Here(String),
    /// The answer was lost; a draft is there that was not there before.
    Found(String),
}

/// How often a draft is tried to be made while the service republishes what a closed rollout left.
const TRIES_AFTER_ROLLOUT: u32 = 12;

impl Submit<'_> {
    /// The draft to work on. `closed_rollout` says that a rollout was closed just before.
    pub(super) async fn draft(&self, closed_rollout: bool) -> Result<Draft, ApplyError> {
        let Some(pending) = &self.live.pending else { return self.make_draft(closed_rollout).await };
        if let Some(step) = self.work.removal_of(pending) {
            self.work.step(step.kind, step.detail.as_str());
            self.work.discard(&self.place, pending).await?;
            return self.make_draft(closed_rollout).await;
        }
        let words = if self.work.live.pending.is_some() {
            "go on with the draft that an earlier run left"
        } else {
            "take the draft that came with it"
        };
        self.work.step(StepKind::Clone, words);
        self.take_up(pending.id()).await
    }

    /// A new draft, or the one that an answer was lost of.
    pub(super) async fn make_draft(&self, closed_rollout: bool) -> Result<Draft, ApplyError> {
        let published = &self.intended.published;
        let words = if self.is_first() {
            "make the first draft".to_owned()
        } else {
            format!("make a draft from submission {}", published.id())
        };
        self.work.step(StepKind::Clone, words);
        let id = match self.create(closed_rollout).await? {
            Created::Here(id) => id,
            Created::Found(id) => return self.take_up(&id).await,
        };
        let document = self.work.reader.submission(&self.place, &id).await?;
        self.announce(&document, false);
        self.refuse_touched(&document).await?;
        match self.check(&document) {
            Ok(overlay) => Ok(Draft { document, overlay, made_here: true }),
            Err(stale) => {
                self.work.step(StepKind::Discard, "remove the clone that was made for the check");
                self.work.delete_submission(&self.place, &id).await?;
                Err(stale)
            }
        }
    }

    /// Whether nothing of the resource was published yet.
    fn is_first(&self) -> bool {
        self.intended.published.json().is_empty()
    }

    fn kind_of(&self, draft: &Document) -> Pending {
        let Intended { published, overlay, .. } = &self.intended;
        classify(Some(draft), published, &overlay.document, self.work.resource)
    }

    /// Goes on with a draft that this run is not sure to have made. It is read and classified afresh: only one that
    /// nobody touched, or that holds exactly the planned changes, is taken up; any other is left alone.
    async fn take_up(&self, id: &str) -> Result<Draft, ApplyError> {
        let document = self.work.reader.submission(&self.place, id).await?;
        let overlay = match self.kind_of(&document) {
            Pending::Draft(DraftKind::Untouched) => self.check(&document)?,
            // The changes are made already; what is to be sent is the draft itself.
            Pending::Draft(DraftKind::Planned) => {
                let planned = Intended::of(self.work.resource, self.live, self.work.job.options).overlay;
                Overlay { document: document.clone(), ..planned }
            }
            _ => return Err(left_alone(id)),
        };
        self.announce(&document, true);
        Ok(Draft { document, overlay, made_here: false })
    }

    /// A new draft must be a copy of what is published, or blank where nothing is. Where it is not, something else was
    /// published since the plan was made, or somebody edited the draft already: then it is left alone, because nobody
    /// planned those edits.
    async fn refuse_touched(&self, draft: &Document) -> Result<(), ApplyError> {
        if self.kind_of(draft) == Pending::Draft(DraftKind::Untouched)
            || draft.differences(&self.intended.published).is_empty()
        {
            return Ok(());
        }
        let now = self.work.reader.references(&self.place).await?.unwrap_or_default().published;
        if let Some(id) = now.filter(|id| id != self.intended.published.id()) {
            let published = self.work.reader.submission(&self.place, &id).await?;
            if draft.differences(&published).is_empty() {
                return Ok(());
            }
        }
        Err(left_alone(draft.id()))
    }

    fn announce(&self, draft: &Document, adopted: bool) {
        let (address, submission) = (self.work.address(), draft.id().to_owned());
        self.work.emit(Event::Draft { address, submission, adopted });
    }

    /// Plans again with the draft as live: the same changes, at the same price, or stale.
    fn check(&self, draft: &Document) -> Result<Overlay, ApplyError> {
        let Self { work, live, intended, .. } = self;
        work.step(StepKind::Check, "plan again on the draft");
        let overlay = intended.over(work.resource, live, draft, work.job.options);
        let errors = overlay.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let mut differences: Vec<String> = errors.map(|finding| finding.message.clone()).collect();
        if self.is_first() {
            // A blank draft has values of its own, some of them as they should be.
            if !overlay.document.holds(&intended.overlay.document) {
                differences.push("the first draft cannot take what was planned".to_owned());
            }
        } else {
            differences.extend(verify::change_differences(&intended.overlay.changes, &overlay.changes));
            if verify::draft(&intended.published, draft).price.is_some() {
                differences.push("the draft's prices are not those of the published submission".to_owned());
            }
        }
        differences.extend(verify::submission_differences(&work.planned.changes, &intended.overlay.changes));
        if draft.upload_url().is_none() || draft.status().phase() != Phase::Draft {
            differences.push("the draft cannot be edited by the API".to_owned());
        }
        differences.dedup();
        if differences.is_empty() { Ok(overlay) } else { Err(ApplyError::Stale { differences }) }
    }

    /// Makes a draft, or finds the one that an answer was lost of.
    async fn create(&self, closed_rollout: bool) -> Result<Created, ApplyError> {
        // A failed one that this run just deleted may still be named.
        let before = self.live.pending.as_ref().map(Document::id);
        let mut tries = 0;
        loop {
            let created = self
                .work
                .settle(
                    Again::Try,
                    async || self.work.writer.create_submission(&self.place).await.map(Created::Here),
                    async || {
                        let now = self.work.reader.references(&self.place).await?.unwrap_or_default();
                        Ok(now.pending.filter(|id| Some(id.as_str()) != before).map(Created::Found))
                    },
                )
                .await;
            tries += 1;
            match created {
                Err(ApplyError::Store(error))
                    if closed_rollout && tries < TRIES_AFTER_ROLLOUT && is_republishing(&error) =>
                {
                    self.work
                        .remark(format!("{error}; the Store is still closing the rollout, trying again"));
                    self.work.pause(tries).await;
                }
                created => return created,
            }
        }
    }
}

fn left_alone(id: &str) -> ApplyError {
    let words = format!("draft {id} was made or changed by somebody else; it is left alone");
    ApplyError::Stale { differences: vec![words] }
}

/// Right after a rollout was finalized the service finds no listings to clone: it is still republishing
/// (`prof18/feed-flow`).
fn is_republishing(error: &StoreError) -> bool {
    let StoreError::Refused { status: 400, answer, .. } = error else { return false };
    let says =
        |text: &Option<String>| text.as_deref().is_some_and(|text| text.to_lowercase().contains("listings"));
    says(&answer.message) || says(&answer.target)
}
