//! Carrying out what was approved: at once what nothing is in the way of, and each of the others in its turn.

use std::time::Duration;

use futures::future::{join, join_all};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::apply::{self, ApplyError, Emit, Event, Job, Outcome, Report, WaitFor};
use crate::plan::{Plan, Product};

use super::args::{ApplyArgs, Wait};
use super::busy::{Waiting, impossible, stale};
use super::run::{Account, Run};

const DEFAULT_TIMEOUT: Duration = Duration::from_hours(1);

/// Carrying out what was approved.
pub(super) struct Carrying<'a> {
    args: &'a ApplyArgs,
    account: &'a Account,
    /// Whether one plan was approved, and no other.
    is_approved: bool,
    run: &'a Run,
    emit: Emit,
    /// The places of `--parallel`. Whoever only waits for a turn takes none.
    lanes: Semaphore,
}

impl<'a> Carrying<'a> {
    pub(super) fn new(
        args: &'a ApplyArgs,
        account: &'a Account,
        is_approved: bool,
        run: &'a Run,
        emit: Emit,
    ) -> Self {
        let lanes = Semaphore::new(usize::from(args.parallel).max(1));
        Self { args, account, is_approved, run, emit, lanes }
    }

    /// All that nothing is in the way of, and each of the `busy` ones as soon as it is free. The plan becomes what was
    /// carried out.
    pub(super) async fn all(&self, plan: &mut Plan, busy: &[String]) -> Vec<Report> {
        let addresses = plan.resources.iter().map(|resource| &resource.address);
        let at_once: Vec<String> = addresses.filter(|address| !busy.contains(address)).cloned().collect();
        let products = self.run.products();
        let first = plan.clone().only(&at_once);
        let timeout = self.timeout().map(|timeout| self.account.connection.scaled(timeout));
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let turns = busy.iter().map(|address| self.in_its_turn(plan, address, deadline));
        let (mut reports, turns) = join(self.round(&products, &first), join_all(turns)).await;
        plan.blockers.retain(|blocker| !busy.contains(&blocker.address));
        for (own, now) in turns {
            reports.extend(own);
            if let Some(now) = now {
                plan.take_over(now);
            }
        }
        let place =
            |report: &Report| plan.resources.iter().position(|resource| resource.address == report.address);
        reports.sort_by_key(place);
        reports
    }

    /// Waits until a product is free, and carries out then what is planned then, if that is what was approved. With the
    /// plan that was carried out.
    async fn in_its_turn(
        &self,
        approved: &Plan,
        address: &str,
        deadline: Option<Instant>,
    ) -> (Vec<Report>, Option<Plan>) {
        let waiting = Waiting { account: self.account, run: self.run, emit: &self.emit, deadline };
        let refused = |error: ApplyError| {
            let report = Report { address: address.to_owned(), outcome: Outcome::Failed(error) };
            (self.emit)(Event::ended(report.address.clone(), &report.outcome, None));
            (vec![report], None)
        };
        let (mut now, live) = match waiting.until_free(address).await {
            Ok(free) => free,
            Err(error) => return refused(error),
        };
        now.allow(&self.args.allow);
        let changed = self.is_approved.then(|| stale(approved, &now, address)).flatten();
        if let Some(error) = changed.or_else(|| impossible(&now, address)) {
            return refused(error);
        }
        let reports = self.round(&self.run.products_with(&live), &now).await;
        (reports, Some(now))
    }

    async fn round(&self, products: &[Product<'_>], plan: &Plan) -> Vec<Report> {
        let job = Job {
            plan,
            products,
            options: self.run.options(),
            connection: &self.account.connection,
            wait: WaitFor::from(self.args.wait),
            timeout: self.timeout(),
            lanes: &self.lanes,
        };
        apply::apply(&job, &self.emit).await
    }

    fn timeout(&self) -> Option<Duration> {
        self.args.timeout.or((self.args.wait == Wait::Committed).then_some(DEFAULT_TIMEOUT))
    }
}
