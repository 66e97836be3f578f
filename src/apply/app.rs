//! One app: from a plan to a submission on its way.

use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};

use crate::manifest::{Resource, Severity};
use crate::partner_center::{Connection, Place, Reader, StoreError, Uploader, Writer};
use crate::plan::{
    Action, Baseline, DraftKind, Options, Overlay, Pending, Plan, Product, ResourcePlan, StepKind, classify,
    lay_over,
};
use crate::submission::{Document, Kind, Live, LiveProduct, Phase, Status};

use super::error::ApplyError;
use super::event::{Event, Outcome, Report};
use super::follow::{WaitFor, follow};
use super::upload::upload;
use super::verify;

/// What to carry out, and with what.
#[derive(Debug)]
pub struct Job<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What the plan was made from.
    pub products: &'a [Product<'a>],
    /// The options that it was made with.
    pub options: Options,
    /// The connection to the Store.
    pub connection: &'a Connection,
    /// How far to follow.
    pub wait: WaitFor,
    /// How long to follow.
    pub timeout: Option<Duration>,
    /// How many resources are worked on at a time.
    pub parallel: usize,
}

/// Carries a plan out. Resources with blockers are left alone; the others are worked on side by side, and the
/// failure of one stops none of the others. The caller has seen to guards.
pub async fn apply(job: &Job<'_>, emit: &(dyn Fn(Event) + Sync)) -> Vec<Report> {
    let product_of = |planned: &ResourcePlan| {
        job.products.iter().find(|product| product.resource.address.as_str() == planned.address)
    };
    let work = job
        .plan
        .resources
        .iter()
        .filter(|planned| {
            planned.action != Action::None && job.plan.blockers_of(&planned.address).next().is_none()
        })
        .filter_map(|planned| Some((planned, product_of(planned)?)));
    stream::iter(work)
        .map(|(planned, product)| async move {
            let outcome = match product.live {
                Live::Readable(live) => {
                    let app = App {
                        job,
                        planned,
                        resource: product.resource,
                        live,
                        reader: Reader::new(job.connection.clone()),
                        writer: Writer::new(job.connection.clone()),
                        emit,
                    };
                    app.carry_out().await.unwrap_or_else(Outcome::Failed)
                }
                Live::Unsupported(_) | Live::NoSuchApp(_) | Live::Unreadable(_) => {
                    unreachable!("such a product has a blocker, or a plan with errors")
                }
            };
            Report { address: planned.address.clone(), outcome }
        })
        .buffered(job.parallel.max(1))
        .collect()
        .await
}

/// How often a change is tried.
const TRIES: u32 = 3;

/// A draft to work on.
struct Draft {
    document: Document,
    /// Whether this run is sure to have made it, and so may remove it.
    made_here: bool,
}

/// The id of a new draft.
enum Created {
    /// The service answered with it.
    Here(String),
    /// The answer was lost; a draft is there that was not there before.
    Found(String),
}

struct App<'a> {
    job: &'a Job<'a>,
    planned: &'a ResourcePlan,
    resource: &'a Resource,
    live: &'a LiveProduct,
    reader: Reader,
    writer: Writer,
    emit: &'a (dyn Fn(Event) + Sync),
}

impl App<'_> {
    fn id(&self) -> &str {
        self.resource.id.as_deref().unwrap_or_default()
    }

    fn place(&self) -> Place {
        Place::App { app: self.id().to_owned() }
    }

    fn address(&self) -> String {
        self.planned.address.clone()
    }

    /// What is wanted, over a document that is, or started as, `published`.
    fn lay_over(&self, document: &Document, published: &Document) -> Overlay {
        let baseline = Baseline { kind: Kind::App, document, fallback: self.live.fallback_of(published) };
        lay_over(baseline, &self.resource.desired, self.job.options)
    }

    fn step(&self, step: StepKind, detail: impl Into<String>) {
        (self.emit)(Event::Step { address: self.address(), step, detail: detail.into() });
    }

    fn remark(&self, text: impl Into<String>) {
        (self.emit)(Event::Remark { address: self.address(), text: text.into() });
    }

    async fn carry_out(&self) -> Result<Outcome, ApplyError> {
        if let (Action::InProgress, Some(pending)) = (self.planned.action, &self.live.pending) {
            let status = self.follow(pending.id()).await?;
            self.verify_on_its_way(pending.id(), &status).await?;
            return Ok(Outcome::Done { submission: pending.id().to_owned(), status, sent: false });
        }
        let published =
            self.live.published.as_ref().expect("an app without a published submission has a blocker");
        let planned = self.lay_over(published, published);
        let (draft, overlay) = self.draft(published, planned).await?;
        let made_here = draft.made_here;
        let sent = &overlay.document;
        let draft = self.update(&draft.document, sent).await?;
        match self.upload(&draft, &overlay).await {
            // A local file changed: the draft names one that no longer exists.
            Err(ApplyError::Archive(error)) if made_here => {
                self.step(StepKind::Discard, "remove the draft: a file changed since the plan was made");
                self.delete(draft.id()).await?;
                return Err(ApplyError::Stale { differences: vec![error.to_string()] });
            }
            uploaded => uploaded?,
        }
        self.verify_and_commit(draft.id(), sent).await?;
        let status = self.follow(draft.id()).await?;
        self.verify_committed(draft.id(), &status, &overlay).await?;
        Ok(Outcome::Done { submission: draft.id().to_owned(), status, sent: true })
    }

    /// The draft to work on, and what is to be laid over it.
    async fn draft(&self, published: &Document, planned: Overlay) -> Result<(Draft, Overlay), ApplyError> {
        match classify(self.live.pending.as_ref(), published, &planned.document) {
            Pending::Draft(_) => {
                let pending = self.live.pending.as_ref().expect("a draft is pending");
                self.step(StepKind::Clone, "go on with the draft that an earlier run left");
                self.take_up(pending.id(), published, planned).await
            }
            pending => {
                if let (Pending::Dead { .. }, Some(dead)) = (pending, &self.live.pending) {
                    let words = format!("remove submission {}, which is {}", dead.id(), dead.status());
                    self.step(StepKind::Discard, words);
                    self.delete(dead.id()).await?;
                }
                self.step(StepKind::Clone, format!("make a draft from submission {}", published.id()));
                let id = match self.create().await? {
                    Created::Here(id) => id,
                    Created::Found(id) => return self.take_up(&id, published, planned).await,
                };
                let document = self.reader.submission(&self.place(), &id).await?;
                self.announce(&document, false);
                self.refuse_touched(&document, published).await?;
                match self.check(&document, published, &planned) {
                    Ok(overlay) => Ok((Draft { document, made_here: true }, overlay)),
                    Err(stale) => {
                        self.step(StepKind::Discard, "remove the clone that was made for the check");
                        self.delete(&id).await?;
                        Err(stale)
                    }
                }
            }
        }
    }

    /// Goes on with a draft that this run is not sure to have made. It is read and classified afresh: only one that
    /// nobody touched, or that holds exactly the planned changes, is taken up; any other is left alone.
    async fn take_up(
        &self,
        id: &str,
        published: &Document,
        planned: Overlay,
    ) -> Result<(Draft, Overlay), ApplyError> {
        let document = self.reader.submission(&self.place(), id).await?;
        match classify(Some(&document), published, &planned.document) {
            Pending::Draft(DraftKind::Untouched) => {
                let overlay = self.check(&document, published, &planned)?;
                self.announce(&document, true);
                Ok((Draft { document, made_here: false }, overlay))
            }
            // The changes are made already; what is to be sent is the draft itself.
            Pending::Draft(DraftKind::Planned) => {
                self.announce(&document, true);
                let overlay = Overlay { document: document.clone(), ..planned };
                Ok((Draft { document, made_here: false }, overlay))
            }
            _ => Err(ApplyError::Stale {
                differences: vec![format!(
                    "draft {id} was made or changed by somebody else; it is left alone"
                )],
            }),
        }
    }

    /// A new draft must be a copy of what is published. Where it is not, something else was published since the plan
    /// was made, or somebody edited the draft already: then it is left alone, because nobody planned those edits.
    async fn refuse_touched(&self, draft: &Document, published: &Document) -> Result<(), ApplyError> {
        if draft.differences(published).is_empty() {
            return Ok(());
        }
        let app = self.reader.application(self.id()).await?;
        if let Some(id) = app.published_submission().filter(|id| *id != published.id()) {
            let published = self.reader.submission(&self.place(), id).await?;
            if draft.differences(&published).is_empty() {
                return Ok(());
            }
        }
        let id = draft.id();
        let differences = vec![format!("draft {id} was changed by somebody else; it is left alone")];
        Err(ApplyError::Stale { differences })
    }

    fn announce(&self, draft: &Document, adopted: bool) {
        (self.emit)(Event::Draft { address: self.address(), submission: draft.id().to_owned(), adopted });
    }

    /// Plans again with the draft as live: the same changes, at the same price, or stale.
    fn check(
        &self,
        draft: &Document,
        published: &Document,
        planned: &Overlay,
    ) -> Result<Overlay, ApplyError> {
        self.step(StepKind::Check, "plan again on the draft");
        let overlay = self.lay_over(draft, published);
        let errors = overlay.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let mut differences: Vec<String> = errors.map(|finding| finding.message.clone()).collect();
        differences.extend(verify::change_differences(&planned.changes, &overlay.changes));
        differences.extend(verify::change_differences(&self.planned.changes, &planned.changes));
        if verify::draft(published, draft).price.is_some() {
            differences.push("the draft's prices are not those of the published submission".to_owned());
        }
        if draft.upload_url().is_none() || draft.status().phase() != Phase::Draft {
            differences.push("the draft cannot be edited by the API".to_owned());
        }
        differences.dedup();
        if differences.is_empty() { Ok(overlay) } else { Err(ApplyError::Stale { differences }) }
    }

    /// Makes a draft. A create that failed ambiguously often succeeded (`microsoft/StoreBroker#123`), also late, so the
    /// app is looked at before it is tried again, and when a later try meets a conflict.
    async fn create(&self) -> Result<Created, ApplyError> {
        let mut tries = 0;
        loop {
            let error = match self.writer.create_submission(&self.place()).await {
                Ok(id) => return Ok(Created::Here(id)),
                Err(error) => error,
            };
            tries += 1;
            let is_conflict = error.status() == Some(409);
            if !error.is_ambiguous() && !is_conflict {
                return Err(error.into());
            }
            self.remark(format!("{error}; looking whether there is a draft"));
            self.pause().await;
            let app = self.reader.application(self.id()).await?;
            // A failed one that this run just deleted may still be named.
            let before = self.live.application.pending_submission();
            match app.pending_submission() {
                Some(id) if Some(id) != before => return Ok(Created::Found(id.to_owned())),
                _ if is_conflict || tries == TRIES => return Err(error.into()),
                _ => {}
            }
        }
    }

    async fn pause(&self) {
        tokio::time::sleep(self.job.connection.scaled(Duration::from_secs(1))).await;
    }

    /// Deletes a submission; one that is gone already is as good.
    async fn delete(&self, id: &str) -> Result<(), ApplyError> {
        let mut tries = 0;
        loop {
            let error = match self.writer.delete_submission(&self.place(), id).await {
                Ok(()) | Err(StoreError::Refused { status: 404, .. }) => return Ok(()),
                Err(error) => error,
            };
            tries += 1;
            if !error.is_ambiguous() || tries == TRIES {
                return Err(error.into());
            }
            self.pause().await;
            if self.reader.application(self.id()).await?.pending_submission() != Some(id) {
                return Ok(());
            }
        }
    }

    /// Sends the draft with the changes and reads it back. An update may be repeated: it replaces everything.
    async fn update(&self, draft: &Document, sent: &Document) -> Result<Document, ApplyError> {
        let changes = self.planned.changes.len();
        self.step(
            StepKind::Update,
            format!("send the draft with {changes} change{}", if changes == 1 { "" } else { "s" }),
        );
        let mut tries = 0;
        loop {
            let outcome = self.writer.update_submission(&self.place(), draft.id(), sent).await;
            tries += 1;
            match outcome {
                Err(error) if !error.is_ambiguous() || tries == TRIES => return Err(error.into()),
                Err(error) => {
                    self.remark(format!("{error}; sending it again"));
                    self.pause().await;
                }
                Ok(()) => {
                    let got = self.reader.submission(&self.place(), draft.id()).await?;
                    self.compare(draft.id(), sent, &got).await?;
                    return Ok(got);
                }
            }
        }
    }

    /// A draft must equal what was sent. Another price removes it: it must never ship.
    async fn compare(&self, id: &str, sent: &Document, got: &Document) -> Result<(), ApplyError> {
        let findings = verify::draft(sent, got);
        if let Some((sent, back)) = findings.price {
            self.step(StepKind::Discard, "remove the draft: its price is not what was sent");
            self.delete(id).await?;
            return Err(ApplyError::PriceNotTaken { sent, got: back });
        }
        if !findings.paths.is_empty() {
            return Err(ApplyError::NotTaken { submission: id.to_owned(), paths: findings.paths });
        }
        for title in findings.titles {
            self.remark(format!("the Store keeps another `{title}` than was sent"));
        }
        Ok(())
    }

    async fn upload(&self, draft: &Document, overlay: &Overlay) -> Result<(), ApplyError> {
        if overlay.uploads.is_empty() {
            return Ok(());
        }
        let archive = Arc::new(overlay.archive()?);
        let size = archive.size();
        self.step(StepKind::Upload, format!("{} files, {size} bytes", archive.len()));
        let url = draft.upload_url().ok_or_else(|| ApplyError::NotTaken {
            submission: draft.id().to_owned(),
            paths: vec!["fileUploadUrl".to_owned()],
        })?;
        let uploader = Uploader::new(self.job.connection, &url)?;
        let progress = |bytes| (self.emit)(Event::Uploaded { address: self.address(), bytes, of: size });
        upload(&uploader, archive, progress).await
    }

    /// Reads the draft once more and commits it. Committing twice is an error (`scottlerch/HostsFileEditor#126`), so after
    /// an ambiguous failure the status is asked.
    async fn verify_and_commit(&self, id: &str, sent: &Document) -> Result<(), ApplyError> {
        self.step(StepKind::Verify, "read the draft back");
        let got = self.reader.submission(&self.place(), id).await?;
        self.compare(id, sent, &got).await?;
        self.step(StepKind::Commit, format!("submission {id}"));
        let mut tries = 0;
        loop {
            let error = match self.writer.commit_submission(&self.place(), id).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            tries += 1;
            // A conflict may be the echo of an earlier try that came late.
            let is_echo = tries > 1 && error.status() == Some(409);
            if !error.is_ambiguous() && !is_echo {
                return Err(error.into());
            }
            self.remark(format!("{error}; looking whether the commit was taken"));
            self.pause().await;
            if self.reader.status(&self.place(), id).await?.status.phase() != Phase::Draft {
                return Ok(());
            }
            if tries == TRIES || is_echo {
                return Err(error.into());
            }
        }
    }

    async fn follow(&self, id: &str) -> Result<Status, ApplyError> {
        let Job { connection, wait, timeout, .. } = self.job;
        if *wait != WaitFor::None {
            self.step(StepKind::Wait, format!("follow submission {id}"));
        }
        let place = self.place();
        let what = (self.planned.address.as_str(), &place, id);
        let report = follow(connection, &self.reader, what, *wait, *timeout, self.emit).await?;
        for warning in &report.warnings {
            self.remark(format!("the Store warns: {} {}", warning.code, warning.details));
        }
        Ok(report.status)
    }

    /// Green means shipped: what the Store has taken in, or publishes, is read once more.
    async fn verify_committed(&self, id: &str, status: &Status, overlay: &Overlay) -> Result<(), ApplyError> {
        if self.job.wait == WaitFor::None {
            return Ok(());
        }
        let got = self.reader.submission(&self.place(), id).await?;
        let findings = verify::committed(&overlay.document, &got, overlay, status.phase());
        let price = findings.price.map(|(sent, got)| format!("the price ({sent} → {got})"));
        let differences: Vec<String> = price.into_iter().chain(findings.paths).collect();
        for title in findings.titles {
            self.remark(format!("the Store keeps another `{title}` than was sent"));
        }
        if differences.is_empty() {
            Ok(())
        } else {
            Err(ApplyError::Mismatch { submission: id.to_owned(), status: status.clone(), differences })
        }
    }

    /// The same for a submission that an earlier run sent: it must still be what the manifest wants.
    async fn verify_on_its_way(&self, id: &str, status: &Status) -> Result<(), ApplyError> {
        if self.job.wait == WaitFor::None {
            return Ok(());
        }
        let got = self.reader.submission(&self.place(), id).await?;
        let overlay = self.lay_over(&got, &got);
        if overlay.changes.is_empty() {
            return Ok(());
        }
        let differences = overlay.changes.iter().map(|change| change.path.dotted()).collect();
        Err(ApplyError::Mismatch { submission: id.to_owned(), status: status.clone(), differences })
    }
}
