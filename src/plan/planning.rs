//! One resource being planned: what is to become of it.

use crate::manifest::{Code, Creation, Finding, Guard, Resource, Severity};
use crate::submission::{Document, Kind, LiveProduct, Phase};

use super::begun::begun;
use super::blocker::{Blocker, BlockerKind};
use super::busy::Busy;
use super::creation;
use super::flights::Flights;
use super::guards::{Risk, risks};
use super::intended::Intended;
use super::origin::{self, Told};
use super::overlay::{Baseline, Options, Overlay, lay_over};
use super::pending::{Pending, classify};
use super::types::{Action, Change, GuardHit, LiveSource, Plan, ResourcePlan, Route, Step, StepKind};

/// One resource being planned.
pub(super) struct Planning<'a> {
    pub(super) plan: &'a mut Plan,
    pub(super) planned: &'a mut ResourcePlan,
    pub(super) resource: &'a Resource,
    pub(super) live: &'a LiveProduct,
    /// Absent where there is no baseline to tell by.
    pub(super) told: Option<Told<'a>>,
    pub(super) flights: &'a Flights<'a>,
    pub(super) options: Options,
}

impl Planning<'_> {
    pub(super) fn address(&self) -> &str {
        self.resource.address.as_str()
    }

    pub(super) fn step(&mut self, kind: StepKind, detail: impl Into<String>) {
        let address = self.address().to_owned();
        self.plan.steps.push(Step { address, kind, detail: detail.into() });
    }

    fn block(&mut self, kind: BlockerKind, detail: impl Into<String>) {
        self.plan.blockers.push(Blocker::new(self.resource.address.as_str(), kind, detail));
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.plan.blockers_of(self.address()).next().is_some()
    }

    fn permits(&self, guard: Guard) -> bool {
        self.resource.permits.iter().any(|permit| permit.guard == guard)
    }

    /// Says whose each change of an overlay over this document is.
    fn tell(&self, overlay: &mut Overlay, live: Baseline<'_>) {
        if let Some(told) = self.told {
            let pending = self.live.pending.as_ref();
            let rejected =
                pending.filter(|pending| pending.status().phase() == Phase::Dead && pending.has_upload_url());
            told.tell(overlay, live, rejected, &self.resource.desired);
        }
    }

    pub(super) fn guard(&mut self, (guard, detail): Risk, permitted: bool) {
        let address = self.address().to_owned();
        let permitted = permitted || self.permits(guard);
        self.plan.guards.push(GuardHit { address, guard, detail, permitted });
    }

    pub(super) fn busy(&self, pending: Pending) -> Busy<'_> {
        Busy { resource: self.resource, live: self.live, pending, in_the_way: self.plan.made_of.in_the_way }
    }

    pub(super) fn delete(&mut self) {
        let id = self.planned.id.clone();
        self.planned.action = Action::Delete;
        self.planned.route = Some(Route::at_once());
        let guard = creation::guard_of_deletion(self.resource);
        if let Some(guard) = guard {
            self.guard((guard, self.planned.name.clone()), false);
        }
        self.unused_permits(guard.as_slice());
        self.leave_their_draft();
        self.step(StepKind::Delete, format!("delete {id}"));
        self.leave_blocked_out();
    }

    /// With the resource, a submission in it would go.
    fn leave_their_draft(&mut self) {
        let nothing = Document::default();
        let published = self.live.published.as_ref().unwrap_or(&nothing);
        let pending = classify(self.live.pending.as_ref(), published, published, self.resource);
        let obstacle = self.busy(pending).obstacle_to_deletion();
        self.plan.blockers.extend(obstacle);
    }

    /// What is known by its id was created before; it is not created again.
    pub(super) fn no_such_id(&mut self) {
        let finding = self.finding(Code::NoSuchApp, Severity::Error, "its app has none with this id");
        let help = Some("correct `id`, or leave it out to create it".to_owned());
        self.plan.diagnostics.push(Finding { help, ..finding });
    }

    pub(super) fn create(&mut self) {
        let nothing = Document::default();
        let baseline = Baseline { kind: self.resource.kind(), document: &nothing, fallback: None };
        let mut overlay = lay_over(baseline, &self.resource.desired, self.options);
        self.tell(&mut overlay, baseline);
        if self.waits_for_packages(&overlay) {
            return;
        }
        self.refuse_unknown_rank();
        self.needs_published_app();
        self.planned.action = Action::Create;
        let mut created = creation::created(self.resource, self.flights);
        if let Some(told) = self.told {
            told.tell_created(&mut created, self.flights, !overlay.packages.added.is_empty());
        }
        self.step(StepKind::Create, "create it; what is set now stays as it is");
        self.submit(baseline, overlay, Pending::None, created, Vec::new(), Vec::new());
        if creation::may_be_made_anew(self.resource) {
            // An earlier run may have deleted the one that was there.
            self.plan.begun.push(self.planned.anew());
        }
    }

    /// A flight is created with its first packages: its submission holds nothing else.
    fn waits_for_packages(&mut self, overlay: &Overlay) -> bool {
        let waits = self.resource.kind() == Kind::Flight && overlay.packages.added.is_empty();
        if waits {
            let finding = self.finding(
                Code::FlightWaits,
                Severity::Warning,
                "the flight is created with its first packages",
            );
            let help = Some(format!("name a release: --release {}=DIR", self.address()));
            self.plan.diagnostics.push(Finding { help, ..finding });
        }
        waits
    }

    /// Testers who leave a flight get the packages of everybody, so its app must have some (Microsoft's page *Package
    /// flights*). An add-on can be submitted before its app is (its overview of the API).
    pub(super) fn needs_published_app(&mut self) {
        if self.resource.kind() == Kind::Flight && self.live.application.published_submission().is_none() {
            self.block(BlockerKind::FirstSubmission, "no submission of its app was ever published");
        }
    }

    /// The flight that another one is to rank above must be one.
    fn refuse_unknown_rank(&mut self) {
        let Creation::Flight { rank_higher_than: Some(word), .. } = &self.resource.creation else { return };
        let app = self.resource.address.app_name();
        let is_told = self.plan.made_of.live != LiveSource::Baseline;
        if !is_told || self.flights.find(app, word).is_some() {
            return;
        }
        let finding = self.finding(
            Code::UnknownFlight,
            Severity::Error,
            &format!("there is no flight `{word}` to rank above"),
        );
        let help = match self.flights.near(app, word) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name a flight of the app, or leave `rankHigherThan` out".to_owned(),
        };
        let at = Some(self.resource.place("rankHigherThan").clone());
        self.plan.diagnostics.push(Finding { at, help: Some(help), ..finding });
    }

    fn finding(&self, code: Code, severity: Severity, message: &str) -> Finding {
        Finding {
            code: code.to_string(),
            severity,
            message: format!("{}: {message}", self.address()),
            at: Some(self.resource.at.clone()),
            help: None,
        }
    }

    pub(super) fn existing(&mut self) {
        let kind = self.resource.kind();
        self.refuse_unknown_rank();
        let (mut created, mut recreates) = (Vec::new(), false);
        if let Some(member) = &self.live.member {
            created = creation::different(self.resource, member, self.flights);
            if let Some(told) = self.told {
                told.tell_fixed(&mut created, member, self.flights);
            }
            recreates = !created.is_empty() && kind == Kind::Flight && self.permits(Guard::RecreatesFlight);
            if recreates && creation::may_be_made_anew(self.resource) {
                return self.recreate(&created);
            }
            for change in &created {
                self.plan.blockers.push(creation::portal_only(self.resource, member, change));
            }
        }
        if self.live.published.is_none() && kind == Kind::App {
            return self.never_published();
        }
        let mut intended = Intended::of(self.resource, self.live, self.options);
        self.plan.diagnostics.extend(intended.finding.clone());
        let published = intended.published.clone();
        let base = intended.baseline(self.resource, self.live, &published);
        self.tell(&mut intended.overlay, base);
        if let Some(told) = self.told {
            let before = self.live.published.as_ref().unwrap_or(&published);
            intended.calls.iter_mut().for_each(|call| told.tell_call(call, before));
        }
        // What is on its way has not shipped: its permits are needed still.
        let needed: Vec<Guard> = risks(base, &intended.overlay)
            .into_iter()
            .chain(origin::risk(&intended.overlay.changes))
            .map(|(guard, _)| guard)
            .chain(recreates.then_some(Guard::RecreatesFlight))
            .collect();
        let pending =
            classify(self.live.pending.as_ref(), &published, &intended.overlay.document, self.resource);
        let Some(document) = self.live.pending.as_ref().filter(|_| pending == Pending::OnItsWay) else {
            self.remember_before(&created, &intended);
            return self.submit(base, intended.overlay, pending, created, intended.calls, needed);
        };
        let mut over_pending = intended.over(self.resource, self.live, document, self.options);
        if over_pending.changes.is_empty() {
            self.remember_before(&created, &intended);
        }
        self.tell(&mut over_pending, intended.baseline(self.resource, self.live, document));
        if intended.overlay.changes.is_empty() && over_pending.changes.is_empty() {
            // Nothing that is wanted is on its way; what is, is somebody else's.
            self.submit(base, intended.overlay, Pending::None, created, intended.calls, needed);
        } else {
            let on_its_way = intended.baseline(self.resource, self.live, document);
            self.submit(on_its_way, over_pending, pending, created, intended.calls, needed);
        }
    }

    /// Keeps what may have been approved before an earlier run began with it, unless it cannot become what is wanted.
    fn remember_before(&mut self, different: &[Change], intended: &Intended) {
        if different.is_empty() {
            let before = begun(self.planned, self.resource, self.live, intended, self.flights);
            self.plan.begun.extend(before);
        }
    }

    /// An app whose manifest wants something of it before there is anything to start from. One that owns nothing is
    /// there for its add-ons.
    fn never_published(&mut self) {
        let wanted = lay_over(&Document::default(), &self.resource.desired, self.options);
        if !wanted.changes.is_empty() {
            self.block(BlockerKind::FirstSubmission, "no submission of this app was ever published");
        }
    }

    /// A flight that is to be another one, which the API cannot do: it is deleted and created.
    fn recreate(&mut self, changed: &[Change]) {
        let nothing = Document::default();
        let baseline = Baseline { kind: Kind::Flight, document: &nothing, fallback: None };
        let mut overlay = lay_over(baseline, &self.resource.desired, self.options);
        self.tell(&mut overlay, baseline);
        if self.waits_for_packages(&overlay) {
            return;
        }
        let words = changed.iter().map(|change| change.path.to_string()).collect::<Vec<_>>().join(", ");
        self.planned.action = Action::Create;
        self.guard((Guard::RecreatesFlight, format!("{words} of {}", self.planned.name)), false);
        self.needs_published_app();
        self.leave_their_draft();
        self.step(StepKind::Delete, format!("delete {}", self.planned.id));
        self.step(StepKind::Create, "create it anew");
        let created = creation::created_anew(self.resource, self.flights, changed);
        self.submit(baseline, overlay, Pending::None, created, Vec::new(), vec![Guard::RecreatesFlight]);
    }
}
