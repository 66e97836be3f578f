//! One submission: from a draft to one that is on its way, or published.

use std::sync::Arc;

use crate::partner_center::{Place, Uploader};
use crate::plan::{Intended, Overlay, StepKind};
use crate::submission::{Document, LiveProduct, Phase, Status};

use super::draft::Draft;
use super::error::ApplyError;
use super::event::{Event, Outcome, PackageThere};
use super::follow::{Followed, WaitFor, follow};
use super::job::Job;
use super::settle::Again;
use super::upload::{Before, upload};
use super::verify;
use super::work::Work;

/// How often an update is tried. It may be repeated: it replaces everything.
const TRIES: u32 = 3;
/// How many addresses of a draft are uploaded to, where each is refused as expired and the draft shows another one.
const ADDRESSES: u32 = 3;

/// The submission of one resource.
pub(super) struct Submit<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) place: Place,
    pub(super) live: &'a LiveProduct,
    pub(super) intended: Intended,
}

impl Submit<'_> {
    /// Makes and commits the submission, and follows it. `closed_rollout` says that a rollout was closed just before.
    pub(super) async fn carry_out(&self, closed_rollout: bool) -> Result<Outcome, ApplyError> {
        let draft = match self.send(self.draft(closed_rollout).await?).await {
            // Nobody has worked in the draft, which is useless; a new one has a new address.
            Err(ApplyError::UploadExpired { submission, .. }) => {
                self.work.step(StepKind::Discard, "remove the draft: its upload address has expired");
                self.delete(&submission).await?;
                self.send(self.make_draft(closed_rollout).await?).await?
            }
            sent => sent?,
        };
        let (id, overlay) = (draft.document.id(), &draft.overlay);
        self.verify_and_commit(id, &overlay.document).await?;
        let status = self.follow(id).await?;
        self.verify_committed(id, &status, overlay).await?;
        Ok(Outcome::Submitted { submission: id.to_owned(), status, sent: true })
    }

    /// Sends the changes and the files of a draft; it is then ready to be committed.
    async fn send(&self, draft: Draft) -> Result<Draft, ApplyError> {
        let Draft { document, overlay, made_here } = draft;
        let document = self.update(&document, &overlay.document).await?;
        let before = if made_here { Before::Nothing } else { Before::PerhapsBlocks };
        match self.upload(&document, &overlay, before).await {
            // A local file changed: the draft names one that no longer exists.
            Err(ApplyError::Archive(error)) if made_here => {
                self.work.step(StepKind::Discard, "remove the draft: a file changed since the plan was made");
                self.delete(document.id()).await?;
                Err(ApplyError::Stale { differences: vec![error.to_string()] })
            }
            uploaded => uploaded.map(|()| Draft { document, overlay, made_here }),
        }
    }

    /// Follows what an earlier run committed.
    pub(super) async fn follow_what_is_on_its_way(&self) -> Result<Outcome, ApplyError> {
        let id = self.live.pending.as_ref().map(Document::id).unwrap_or_default();
        let status = self.follow(id).await?;
        self.verify_on_its_way(id, &status).await?;
        Ok(Outcome::Submitted { submission: id.to_owned(), status, sent: false })
    }

    /// Sends the draft with the changes and reads it back. An update may be repeated: it replaces everything.
    async fn update(&self, draft: &Document, sent: &Document) -> Result<Document, ApplyError> {
        let changes = self.work.planned.changes.len();
        self.work.step(
            StepKind::Update,
            format!("send the draft with {changes} change{}", if changes == 1 { "" } else { "s" }),
        );
        let mut tries = 0;
        loop {
            let outcome = self.work.writer.update_submission(&self.place, draft.id(), sent).await;
            tries += 1;
            match outcome {
                Err(error) if !error.is_ambiguous() || tries == TRIES => return Err(error.into()),
                Err(error) => {
                    self.work.remark(format!("{error}; sending it again"));
                    self.work.pause(tries).await;
                }
                Ok(()) => {
                    let got = self.work.reader.submission(&self.place, draft.id()).await?;
                    self.compare(draft.id(), sent, &got).await?;
                    return Ok(got);
                }
            }
        }
    }

    /// What comes back from an update must equal what was sent. Another price removes the draft: it must never ship.
    async fn compare(&self, id: &str, sent: &Document, got: &Document) -> Result<(), ApplyError> {
        if let Some((sent, back)) = verify::draft(sent, got).price {
            self.work.step(StepKind::Discard, "remove the draft: its price is not what was sent");
            self.delete(id).await?;
            return Err(ApplyError::PriceNotTaken { sent, got: back });
        }
        self.must_be_as_sent(id, sent, got)
    }

    /// A draft that was taken as it was sent must stay so. What is there now, somebody else has written: it is left.
    fn must_be_as_sent(&self, id: &str, sent: &Document, got: &Document) -> Result<(), ApplyError> {
        let findings = verify::draft(sent, got);
        let price = findings.price.map(|_| "pricing.priceId".to_owned());
        let paths: Vec<String> = price.into_iter().chain(findings.paths).collect();
        if !paths.is_empty() {
            return Err(ApplyError::NotTaken { submission: id.to_owned(), paths });
        }
        for title in findings.titles {
            self.work.remark(format!("the Store keeps another `{title}` than was sent"));
        }
        Ok(())
    }

    async fn upload(&self, draft: &Document, overlay: &Overlay, before: Before) -> Result<(), ApplyError> {
        if overlay.uploads.is_empty() {
            return Ok(());
        }
        let archive = Arc::new(overlay.archive()?);
        let size = archive.size();
        self.work.step(StepKind::Upload, format!("{} files, {size} bytes", archive.len()));
        let progress = |bytes| {
            self.work.emit(Event::Uploaded { address: self.work.address(), bytes, of: size });
        };
        let (mut url, mut before) = (draft.upload_url(), before);
        let mut tries = 0;
        loop {
            let there = url.as_ref().ok_or_else(|| ApplyError::NotTaken {
                submission: draft.id().to_owned(),
                paths: vec!["fileUploadUrl".to_owned()],
            })?;
            let uploader = Uploader::new(&self.work.connection, there)?;
            let error = match upload(&uploader, Arc::clone(&archive), before, progress).await {
                Err(ApplyError::Upload(error)) if error.is_expired() => error,
                outcome => return outcome,
            };
            // The draft may show a new address by now.
            let now = self.work.reader.submission(&self.place, draft.id()).await?;
            // An upload takes long enough for somebody to work in the draft meanwhile.
            self.must_be_as_sent(draft.id(), &overlay.document, &now)?;
            let fresh = now.upload_url();
            tries += 1;
            if fresh == url || tries == ADDRESSES {
                return Err(ApplyError::UploadExpired { submission: draft.id().to_owned(), error });
            }
            self.work.remark("the upload address has expired; going on with a new one");
            self.work.pause(tries).await;
            (url, before) = (fresh, Before::PerhapsBlocks);
        }
    }

    /// Reads the draft once more and commits it. Committing twice is an error (`scottlerch/HostsFileEditor#126`), so after
    /// an ambiguous failure the status is asked.
    async fn verify_and_commit(&self, id: &str, sent: &Document) -> Result<(), ApplyError> {
        self.work.step(StepKind::Verify, "read the draft back");
        let got = self.work.reader.submission(&self.place, id).await?;
        self.must_be_as_sent(id, sent, &got)?;
        self.work.step(StepKind::Commit, format!("submission {id}"));
        self.work
            .settle(
                Again::Try,
                async || self.work.writer.commit_submission(&self.place, id).await,
                async || {
                    let now = self.work.reader.status(&self.place, id).await?.status;
                    Ok((now.phase() != Phase::Draft).then_some(()))
                },
            )
            .await
    }

    pub(super) async fn follow(&self, id: &str) -> Result<Status, ApplyError> {
        let Job { connection, wait, timeout, .. } = self.work.job;
        if *wait != WaitFor::None {
            self.work.step(StepKind::Wait, format!("follow submission {id}"));
        }
        let followed = Followed {
            connection,
            reader: &self.work.reader,
            address: &self.work.planned.address,
            place: &self.place,
            submission: id,
            desired: &self.work.resource.desired,
        };
        let report = follow(followed, *wait, *timeout, |event| self.work.emit(event)).await?;
        for warning in &report.warnings {
            self.work.remark(format!("the Store warns: {} {}", warning.code, warning.details));
        }
        Ok(report.status)
    }

    /// Green means shipped: what the Store has taken in, or publishes, is read once more.
    async fn verify_committed(&self, id: &str, status: &Status, overlay: &Overlay) -> Result<(), ApplyError> {
        if self.work.job.wait == WaitFor::None {
            return Ok(());
        }
        let got = self.work.reader.submission(&self.place, id).await?;
        let findings = verify::committed(&overlay.document, &got, overlay, status.phase());
        let price = findings.price.map(|(sent, got)| format!("the price ({sent} → {got})"));
        let differences: Vec<String> = price.into_iter().chain(findings.paths).collect();
        for title in findings.titles {
            self.work.remark(format!("the Store keeps another `{title}` than was sent"));
        }
        if differences.is_empty() {
            self.announce_verified(&got);
            Ok(())
        } else {
            Err(ApplyError::Mismatch { submission: id.to_owned(), status: status.clone(), differences })
        }
    }

    fn announce_verified(&self, got: &Document) {
        self.work.emit(Event::Verified {
            address: self.work.address(),
            submission: got.id().to_owned(),
            packages: got.packages().into_iter().map(PackageThere::from).collect(),
        });
    }

    /// The same for a submission that an earlier run sent: it must still be what the manifest wants.
    async fn verify_on_its_way(&self, id: &str, status: &Status) -> Result<(), ApplyError> {
        if self.work.job.wait == WaitFor::None {
            return Ok(());
        }
        let got = self.work.reader.submission(&self.place, id).await?;
        let overlay = self.intended.over(self.work.resource, self.live, &got, self.work.job.options);
        if overlay.changes.is_empty() {
            self.announce_verified(&got);
            return Ok(());
        }
        let differences = overlay.changes.iter().map(|change| change.path.dotted()).collect();
        Err(ApplyError::Mismatch { submission: id.to_owned(), status: status.clone(), differences })
    }
}
