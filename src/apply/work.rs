//! One resource being worked on.

use std::cell::Cell;
use std::sync::Arc;

use crate::manifest::Resource;
use crate::partner_center::{Connection, Place, Reader, Writer};
use crate::plan::{Action, Intended, ResourcePlan, Step, StepKind};
use crate::submission::{Document, Kind, LiveProduct, Status};

use super::error::ApplyError;
use super::event::{Emit, Event, Outcome};
use super::job::Job;
use super::submit::Submit;

/// One resource being worked on, strictly one call after the other.
pub(super) struct Work<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) planned: &'a ResourcePlan,
    pub(super) resource: &'a Resource,
    pub(super) live: &'a LiveProduct,
    /// The connection of the job, whose calls are those of this resource.
    pub(super) connection: Connection,
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    emit: &'a Emit,
    /// The step that was begun last.
    stage: Cell<Option<StepKind>>,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        job: &'a Job<'a>,
        planned: &'a ResourcePlan,
        resource: &'a Resource,
        live: &'a LiveProduct,
        emit: &'a Emit,
    ) -> Self {
        let (address, listener) = (planned.address.clone(), Arc::clone(emit));
        let connection = job.connection.heard_by(move |heard| listener(Event::heard(address.clone(), heard)));
        let reader = Reader::new(connection.clone());
        let writer = Writer::new(connection.clone());
        Self { job, planned, resource, live, connection, reader, writer, emit, stage: Cell::new(None) }
    }

    pub(super) async fn carry_out(&self) -> Result<Outcome, ApplyError> {
        match self.planned.action {
            Action::None => unreachable!("nothing is to be done"),
            Action::Delete => self.delete_resource().await,
            Action::Live => self.change_rollout().await.map(|_| Outcome::AtOnce),
            Action::InProgress => self.submit(self.live).follow_what_is_on_its_way().await,
            Action::Create => {
                if self.live.member.is_some() {
                    // The plan said so, and a permit: the API cannot change it into the one that is wanted.
                    self.delete_resource().await?;
                }
                let live = self.create().await?;
                self.submit(&live).carry_out(false).await
            }
            Action::Update => match self.change_rollout().await? {
                Some(live) => self.submit(&live).carry_out(true).await,
                None => self.submit(self.live).carry_out(false).await,
            },
        }
    }

    /// Deletes the pending submission, where there is one.
    pub(super) async fn discard(&self) -> Result<(), ApplyError> {
        match &self.live.pending {
            Some(pending) => self.submit(self.live).discard(pending).await,
            None => Ok(()),
        }
    }

    /// Follows the pending submission.
    pub(super) async fn follow_pending(&self) -> Result<Status, ApplyError> {
        let pending = self.live.pending.as_ref().map(Document::id).unwrap_or_default();
        self.submit(self.live).follow(pending).await
    }

    fn submit<'w>(&'w self, live: &'w LiveProduct) -> Submit<'w> {
        let intended = Intended::of(self.resource, live, self.job.options);
        Submit { work: self, place: self.place(live), live, intended }
    }

    /// Whether the plan deletes the submission that is in the way.
    pub(super) fn discards(&self) -> bool {
        let is_own = |step: &&Step| step.address == self.planned.address;
        self.job.plan.steps.iter().filter(is_own).any(|step| step.kind == StepKind::Discard)
    }

    /// Where the resource lies.
    pub(super) fn place(&self, live: &LiveProduct) -> Place {
        let app = live.application.id().to_owned();
        let member = || live.member.as_ref().map(|member| member.id().to_owned()).unwrap_or_default();
        match self.resource.kind() {
            Kind::App => Place::App { app },
            Kind::AddOn => Place::AddOn { add_on: member() },
            Kind::Flight => Place::Flight { app, flight: member() },
        }
    }

    pub(super) fn address(&self) -> String {
        self.planned.address.clone()
    }

    pub(super) fn emit(&self, event: Event) {
        (self.emit)(event);
    }

    /// The step that was begun last.
    pub(super) fn stage(&self) -> Option<StepKind> {
        self.stage.get()
    }

    pub(super) fn step(&self, step: StepKind, detail: impl Into<String>) {
        self.stage.set(Some(step));
        self.emit(Event::Step { address: self.address(), step, detail: detail.into() });
    }

    pub(super) fn remark(&self, text: impl Into<String>) {
        self.emit(Event::Remark { address: self.address(), text: text.into() });
    }
}
