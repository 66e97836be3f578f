//! Creating and deleting add-ons and flights.

use crate::manifest::Creation;
use crate::plan::StepKind;
use crate::submission::{LiveProduct, Member};

use super::error::ApplyError;
use super::event::Outcome;
use super::settle::Again;
use super::work::Work;

impl Work<'_> {
    /// Creates the add-on or flight, and reads the submission that may have come with it.
    pub(super) async fn create(&self) -> Result<LiveProduct, ApplyError> {
        let app = self.live.application.id();
        self.step(StepKind::Create, self.resource.address.to_string());
        let member = match &self.resource.creation {
            Creation::AddOn { product_id: Some(product_id), product_type: Some(product_type) } => {
                // A product id is taken once only.
                self.settle(
                    Again::Try,
                    async || self.writer.create_add_on(app, product_id, product_type).await,
                    async || Ok(self.reader.add_on(app, product_id).await?),
                )
                .await?
            }
            Creation::Flight { friendly_name: Some(name), group_ids, rank_higher_than } => {
                let groups = group_ids.as_deref().unwrap_or_default();
                let below = rank_higher_than.as_deref();
                // The service may take a name twice, so that two flights would come of it.
                let before = self.live.member.as_ref().map(Member::id);
                self.settle(
                    Again::Never,
                    async || self.writer.create_flight(app, name, groups, below).await,
                    async || Ok(self.reader.flight(app, name).await?.filter(|new| Some(new.id()) != before)),
                )
                .await?
            }
            _ => unreachable!("what is yet to be created is known by its name, and its manifest was checked"),
        };
        let mut live = LiveProduct {
            application: self.live.application.clone(),
            flights: self.live.flights.clone(),
            member: Some(member),
            ..LiveProduct::default()
        };
        let place = self.place(&live);
        // What was created just now may take a moment to be found, and its answer may not name the submission.
        let pending = match live.member.as_ref().and_then(Member::pending_submission) {
            Some(id) => Some(id.to_owned()),
            None => self.reader.references(&place).await?.unwrap_or_default().pending,
        };
        if let Some(id) = pending {
            live.pending = Some(self.reader.submission(&place, &id).await?);
        }
        Ok(live)
    }

    /// Deletes the add-on or flight; one that is gone already is as good.
    pub(super) async fn delete_resource(&self) -> Result<Outcome, ApplyError> {
        let place = self.place(self.live);
        self.step(StepKind::Delete, format!("{} {}", self.planned.name, self.planned.id));
        self.settle(
            Again::Try,
            async || match self.writer.delete_resource(&place).await {
                Err(error) if error.status() == Some(404) => Ok(()),
                outcome => outcome,
            },
            async || Ok(self.reader.references(&place).await?.is_none().then_some(())),
        )
        .await?;
        Ok(Outcome::Deleted)
    }
}
