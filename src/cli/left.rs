//! What an apply leaves alone because something is in the way, and how it ends with that.

use crate::apply::{Outcome, Report};
use crate::plan::{BlockerKind, Plan, Product};
use crate::render::Level;
use crate::submission::{Document, Live};

use super::applied;
use super::apply::remedy;
use super::args::{Global, IfBusy};
use super::exit::{Exit, Failure};
use super::out;
use super::results::Results;

/// How a run deals with what is in the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pub(super) if_busy: IfBusy,
}

impl Left {
    /// Whether a resource is left alone. One that waits for its turn is not.
    pub(super) fn leaves(self, plan: &Plan, address: &str) -> bool {
        plan.blockers_of(address).next().is_some() && !self.waits(plan, address)
    }

    fn waits(self, plan: &Plan, address: &str) -> bool {
        self.if_busy == IfBusy::Wait && plan.is_blocked_only_by(address, |kind| kind == BlockerKind::InFlight)
    }

    /// Whether a resource is left to another run, which is no failure.
    pub(super) fn defers(self, plan: &Plan, address: &str) -> bool {
        self.if_busy == IfBusy::Defer && plan.is_blocked_only_by(address, BlockerKind::is_busy)
    }

    /// The level of blockers in annotations.
    pub(super) fn level(self, plan: &Plan) -> Level {
        let fails = |address: &str| self.leaves(plan, address) && !self.defers(plan, address);
        if plan.blockers.iter().any(|blocker| fails(&blocker.address)) {
            Level::Error
        } else {
            Level::Warning
        }
    }

    /// What a person or a date publishes would be waited for without end.
    pub(super) fn refuse_endless_turn(self, plan: &Plan, products: &[Product<'_>]) -> Result<(), Failure> {
        let by_itself = |document: &Document| {
            let mode = document.get(&["targetPublishMode"]).and_then(|mode| mode.as_str());
            mode.is_none_or(|mode| mode == "Immediate")
        };
        let held = products.iter().find_map(|product| {
            let address = product.resource.address.as_str();
            let Live::Readable(live) = product.live else { return None };
            let pending = live.pending.as_ref().filter(|pending| !by_itself(pending))?;
            self.waits(plan, address).then_some((address, pending.id()))
        });
        match held {
            Some((address, submission)) => Err(Failure::new(
                Exit::Usage,
                format!(
                    "{address} waits for submission {submission}, which is not published by itself once it is certified, \
                     so --if-busy wait might not end"
                ),
            )
            .help("say with --timeout how long to wait")),
            None => Ok(()),
        }
    }

    /// Says what was left alone and what failed, also where the plan was not shown, and gives the result.
    pub(super) fn conclude(
        self,
        global: &Global,
        results: &Results,
        plan: &Plan,
        reports: &[Report],
    ) -> Result<Exit, Failure> {
        let exit = Exit::of_reports(reports, &plan.blockers, self.if_busy == IfBusy::Defer);
        for blocker in &plan.blockers {
            let (address, kind, detail) = (&blocker.address, blocker.kind, &blocker.detail);
            if !self.defers(plan, address) {
                Failure::new(exit, format!("{address} is blocked: {kind}: {detail}")).print(global);
            } else if !global.quiet {
                let words = format!("{address} is left to another run: {kind}: {detail}");
                out::progress(&format!("{}\n", crate::render::visible(&words)));
            }
        }
        for report in reports {
            if let Outcome::Failed(error) = &report.outcome {
                let mut failure = Failure::new(exit, format!("{}: {error}", report.address));
                failure.help = remedy(error);
                failure.print(global);
            }
        }
        applied::give(results, plan, reports, exit, self)?;
        Ok(exit)
    }
}
