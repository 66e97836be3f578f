//! One plan for all products.

use serde_json::Value;

use crate::manifest::{Code, Creation, Finding, Guard, Resource, Severity};
use crate::submission::{Document, Kind, Live, LiveProduct};

use super::approved::forget_what_was_not_begun;
use super::begun::begun;
use super::blocker::{Blocker, BlockerKind};
use super::busy::Busy;
use super::checks::{Due, check};
use super::creation;
use super::fingerprint::fingerprints;
use super::flights::Flights;
use super::guards::{Risk, obstacles, risks};
use super::intended::Intended;
use super::offline::leave_unknown_out;
use super::order::{block_flights_above_nothing, in_order_of_start};
use super::origin::{self, Told};
use super::overlay::{Baseline, Options, Overlay, lay_over};
use super::pending::{Pending, classify};
use super::running::RolloutCall;
use super::types::{
    Action, AssetRef, Base, Change, ChangeRoute, Counts, FileCount, GuardHit, InProgress, LiveSource, MadeOf,
    Plan, PublishedBy, ResourcePlan, Route, Step, StepKind,
};

/// A resource and what Partner Center holds of it.
#[derive(Debug, Clone, Copy)]
pub struct Product<'a> {
    /// What is wanted.
    pub resource: &'a Resource,
    /// What is there.
    pub live: &'a Live,
    /// What git says of it at the baseline; `None` where it says nothing, and where there is no baseline.
    pub baseline: Option<&'a Resource>,
}

/// Compares wanted with live state.
///
/// `findings` is what loading the manifests had to say.
pub fn plan(products: &[Product<'_>], made_of: MadeOf, mut findings: Vec<Finding>) -> Plan {
    if made_of.live != LiveSource::Baseline {
        // Which flights there are is known better now.
        findings.retain(|finding| finding.code != Code::UnknownFlight.as_str());
    }
    let options = Options { replace_untrusted: made_of.replace_untrusted };
    let mut plan = Plan { diagnostics: findings, ..Plan::empty(made_of) };
    let loaded = plan.diagnostics.len();
    let flights = Flights::of(products);
    for product in products {
        plan_product(&mut plan, *product, &flights, options);
    }
    forget_what_was_not_begun(&mut plan);
    plan.fingerprints = fingerprints(&plan.resources, plan.made_of.live);
    in_order_of_start(&mut plan, products, &flights);
    block_flights_above_nothing(&mut plan, products, &flights);
    if plan.made_of.live == LiveSource::Baseline {
        leave_unknown_out(&mut plan, loaded);
    }
    plan
}

/// The plan for one product among these flights, with nothing in it that is about all products.
pub(super) fn plan_one(product: Product<'_>, made_of: &MadeOf, flights: &Flights<'_>) -> Plan {
    let mut plan = Plan::empty(made_of.clone());
    let options = Options { replace_untrusted: made_of.replace_untrusted };
    plan_product(&mut plan, product, flights, options);
    plan
}

fn plan_product(plan: &mut Plan, product: Product<'_>, flights: &Flights<'_>, options: Options) {
    let Product { resource, live, baseline } = product;
    let told = plan.made_of.baseline.as_ref().map(|_| Told(baseline));
    let address = resource.address.as_str();
    let mut planned = ResourcePlan {
        address: address.to_owned(),
        kind: resource.kind(),
        id: resource.id.clone().unwrap_or_default(),
        name: String::new(),
        action: Action::None,
        route: None,
        base: None,
        pending: None,
        changes: Vec::new(),
        uploads: Vec::new(),
        permits: resource.permits.iter().map(|permit| permit.guard).collect(),
        counts: Counts::default(),
        unmanaged: Vec::new(),
        file_counts: Vec::new(),
        kept_packages: Vec::new(),
    };
    match live {
        Live::Unsupported(words) => {
            plan.blockers.push(Blocker::new(
                address,
                BlockerKind::UnsupportedProduct,
                format!("the Store says: {words}"),
            ));
        }
        Live::NoSuchApp(words) => plan.diagnostics.push(no_such_app(resource, words)),
        Live::Unreadable(words) => {
            plan.blockers.push(Blocker::new(address, BlockerKind::Unreadable, words.as_str()));
        }
        Live::Readable(live) => {
            planned.name = match resource.kind() {
                Kind::App => live.application.primary_name().to_owned(),
                Kind::AddOn | Kind::Flight => creation::name(resource, live.member.as_ref()),
            };
            if let Some(member) = &live.member {
                member.id().clone_into(&mut planned.id);
            }
            planned.pending = live.pending.as_ref().map(in_progress);
            planned.base = live.published.as_ref().map(base);
            let mut planning =
                Planning { plan, planned: &mut planned, resource, live, told, flights, options };
            match (resource.kind(), &live.member, &resource.absent) {
                (Kind::App, ..) | (_, Some(_), None) => planning.existing(),
                (_, None, None) if resource.id.is_some() => planning.no_such_id(),
                (_, None, None) => planning.create(),
                (_, Some(_), Some(_)) => planning.delete(),
                (_, None, Some(_)) => {}
            }
        }
    }
    plan.resources.push(planned);
}

fn no_such_app(resource: &Resource, words: &str) -> Finding {
    let said = if words.is_empty() { String::new() } else { format!(": {words}") };
    Finding {
        code: Code::NoSuchApp.to_string(),
        severity: Severity::Error,
        message: format!("{}: the account has no app with this id{said}", resource.address),
        at: Some(resource.at.clone()),
        help: Some("correct `id`; Partner Center shows it under Product identity".to_owned()),
    }
}

fn in_progress(document: &Document) -> InProgress {
    InProgress {
        submission: document.id().to_owned(),
        name: document.friendly_name().to_owned(),
        status: document.status(),
    }
}

fn base(document: &Document) -> Base {
    Base { submission: document.id().to_owned(), name: document.friendly_name().to_owned() }
}

/// One resource being planned.
struct Planning<'a> {
    plan: &'a mut Plan,
    planned: &'a mut ResourcePlan,
    resource: &'a Resource,
    live: &'a LiveProduct,
    /// Absent where there is no baseline to tell by.
    told: Option<Told<'a>>,
    flights: &'a Flights<'a>,
    options: Options,
}

impl Planning<'_> {
    fn address(&self) -> &str {
        self.resource.address.as_str()
    }

    fn step(&mut self, kind: StepKind, detail: impl Into<String>) {
        let address = self.address().to_owned();
        self.plan.steps.push(Step { address, kind, detail: detail.into() });
    }

    fn block(&mut self, kind: BlockerKind, detail: impl Into<String>) {
        self.plan.blockers.push(Blocker::new(self.resource.address.as_str(), kind, detail));
    }

    fn is_blocked(&self) -> bool {
        self.plan.blockers_of(self.address()).next().is_some()
    }

    fn permits(&self, guard: Guard) -> bool {
        self.resource.permits.iter().any(|permit| permit.guard == guard)
    }

    /// Says whose each change of an overlay over this document is.
    fn tell(&self, overlay: &mut Overlay, live: Baseline<'_>) {
        if let Some(told) = self.told {
            told.tell(overlay, live, &self.resource.desired);
        }
    }

    fn guard(&mut self, (guard, detail): Risk, permitted: bool) {
        let address = self.address().to_owned();
        let permitted = permitted || self.permits(guard);
        self.plan.guards.push(GuardHit { address, guard, detail, permitted });
    }

    fn busy(&self, pending: Pending) -> Busy<'_> {
        Busy { resource: self.resource, live: self.live, pending, in_the_way: self.plan.made_of.in_the_way }
    }

    fn delete(&mut self) {
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
    fn no_such_id(&mut self) {
        let finding = self.finding(Code::NoSuchApp, Severity::Error, "its app has none with this id");
        let help = Some("correct `id`, or leave it out to create it".to_owned());
        self.plan.diagnostics.push(Finding { help, ..finding });
    }

    fn create(&mut self) {
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
    fn needs_published_app(&mut self) {
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

    fn existing(&mut self) {
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

    /// What comes of an overlay: nothing, a rollout call, a submission.
    fn submit(
        &mut self,
        baseline: Baseline<'_>,
        overlay: Overlay,
        pending: Pending,
        created: Vec<Change>,
        calls: Vec<RolloutCall>,
        mut needed: Vec<Guard>,
    ) {
        self.plan.diagnostics.extend(overlay.findings.iter().cloned());
        self.planned.counts = overlay.counts;
        self.planned.unmanaged.clone_from(&overlay.unmanaged);
        let changes =
            |count: &&FileCount| overlay.changes.iter().any(|change| count.path.covers(&change.path));
        self.planned.file_counts = overlay.file_counts.iter().filter(changes).cloned().collect();
        self.planned.kept_packages.clone_from(&overlay.packages.kept);
        for call in &calls {
            needed.extend(call.risk.iter().map(|(guard, _)| *guard));
            if let Some(risk) = &call.risk {
                self.guard(risk.clone(), call.is_permit);
            }
            self.step(StepKind::Rollout, call.words.clone());
        }
        let is_new = self.planned.action == Action::Create;
        self.planned.changes = created;
        self.planned.changes.extend(calls.into_iter().map(|call| call.change));
        // What only Partner Center can change overwrites nothing.
        let sent = self.planned.changes.iter().filter(|change| is_new || change.route != ChangeRoute::Create);
        if let Some(risk) = origin::risk(sent.chain(&overlay.changes)) {
            needed.push(risk.0);
            self.guard(risk, false);
        }
        if overlay.changes.is_empty() && !is_new {
            // What only Partner Center can change is to be done, and blocked.
            if !self.planned.changes.is_empty() {
                self.planned.action = Action::Update;
            }
            self.nothing_to_submit(&overlay, pending);
            self.unused_permits(&needed);
            self.leave_blocked_out();
            return;
        }
        if !is_new {
            self.planned.action = Action::Update;
        }
        for risk in risks(baseline, &overlay) {
            needed.push(risk.0);
            self.guard(risk, false);
        }
        if self.live.member.is_some() && !is_new {
            self.needs_published_app();
        }
        let address = self.resource.address.as_str();
        self.plan.blockers.extend(obstacles(address, &self.live.application, baseline, &overlay));
        let in_the_way = self.busy(pending).obstacle(&overlay.document, &overlay.changes);
        let theirs = [BlockerKind::ForeignDraft, BlockerKind::ForeignFailure];
        if in_the_way.as_ref().is_some_and(|blocker| theirs.contains(&blocker.kind)) {
            // The permit is about the draft that is there.
            needed.push(Guard::ReplacesDraft);
        }
        if let Some(risk) = self.busy(pending).risk() {
            needed.push(risk.0);
            self.guard(risk, false);
        }
        if in_the_way.is_none() {
            let replaced = self.busy(pending).replaced();
            self.plan.diagnostics.extend(replaced);
        }
        self.plan.blockers.extend(in_the_way);
        self.unused_permits(&needed);
        let due = Due {
            resource: self.resource,
            live: baseline.document,
            overlay: &overlay,
            now: &self.plan.made_of.made_at,
        };
        let found = check(&due);
        self.plan.diagnostics.extend(found);
        let upload_bytes = match overlay.archive() {
            Ok(archive) => archive.size(),
            Err(error) => {
                self.plan.diagnostics.push(unpackable(self.resource, &error.to_string()));
                0
            }
        };
        let route = route(&overlay, upload_bytes);
        self.steps(pending, &overlay, &route);
        self.planned.route = Some(route);
        self.planned.uploads = overlay.uploads.iter().map(|asset| AssetRef::from(&**asset)).collect();
        self.planned.changes.extend(overlay.changes);
        self.planned.changes.sort_by_key(|change| (change.route != ChangeRoute::Create, change.section));
        self.leave_blocked_out();
    }

    /// What is blocked has no steps.
    fn leave_blocked_out(&mut self) {
        if self.is_blocked() {
            let address = self.resource.address.as_str();
            self.plan.steps.retain(|step| step.address != address);
        }
    }

    fn nothing_to_submit(&mut self, overlay: &Overlay, pending: Pending) {
        if pending == Pending::OnItsWay {
            self.planned.action = Action::InProgress;
            self.planned.route = Some(route(overlay, 0));
            self.step(StepKind::Wait, "follow the submission that is on its way");
        }
        let not_wanted = self.busy(pending).not_wanted();
        self.plan.diagnostics.extend(not_wanted);
        if self.planned.changes.iter().any(|change| change.route == ChangeRoute::Live) {
            self.planned.action = Action::Live;
            self.planned.route = Some(Route::at_once());
        }
    }

    fn unused_permits(&mut self, needed: &[Guard]) {
        unused_permits(self.plan, self.resource, needed);
    }

    fn steps(&mut self, pending: Pending, overlay: &Overlay, route: &Route) {
        let is_discarded = self.busy(pending).is_discarded();
        let is_taken_up = matches!(pending, Pending::Draft(_)) && !is_discarded;
        if let Some(document) = self.live.pending.as_ref().filter(|_| is_discarded) {
            self.step(
                StepKind::Discard,
                format!("remove submission {}, which is {}", document.id(), document.status()),
            );
        }
        if is_taken_up {
            self.step(StepKind::Clone, "go on with the draft that an earlier run left");
        } else {
            let words = match &self.planned.base {
                Some(base) => format!("make a draft from submission {}", base.submission),
                None => "make the first draft, or take the one that came with it".to_owned(),
            };
            self.step(StepKind::Clone, words);
        }
        self.step(StepKind::Check, "plan again on the draft: the same changes, else remove it and stop");
        let changes = overlay.changes.len();
        self.step(
            StepKind::Update,
            format!("send the draft with {changes} change{}", if changes == 1 { "" } else { "s" }),
        );
        if route.upload_files > 0 {
            let files = if route.upload_files == 1 { "file" } else { "files" };
            self.step(
                StepKind::Upload,
                format!("{} {files}, {} bytes", route.upload_files, route.upload_bytes),
            );
        }
        self.step(StepKind::Verify, "read the draft back: it must equal what was sent, price first");
        self.step(StepKind::Commit, "point of no return");
        self.step(StepKind::Wait, "follow the status");
    }
}

fn unpackable(resource: &Resource, reason: &str) -> Finding {
    Finding {
        code: Code::BadPackage.to_string(),
        severity: Severity::Error,
        message: format!("{}: the files cannot travel together: {reason}", resource.address),
        at: Some(resource.at.clone()),
        help: None,
    }
}

fn unused_permits(plan: &mut Plan, resource: &Resource, needed: &[Guard]) {
    for permit in &resource.permits {
        if !needed.contains(&permit.guard) {
            plan.diagnostics.push(Finding {
                code: Code::UnusedPermit.to_string(),
                severity: Severity::Warning,
                message: format!("{}: nothing needs the permit `{}`", resource.address, permit.guard),
                at: Some(permit.at.clone()),
                help: Some("remove it, so that it does not let a later change through".to_owned()),
            });
        }
    }
}

fn route(overlay: &Overlay, upload_bytes: u64) -> Route {
    let text = |key: &str| overlay.document.get(&[key]).and_then(Value::as_str).unwrap_or_default();
    let published_by = match text("targetPublishMode") {
        "Manual" => PublishedBy::Hand,
        "SpecificDate" => PublishedBy::Date(text("targetPublishDate").to_owned()),
        _ => PublishedBy::Itself,
    };
    Route {
        certification: true,
        published_by,
        reversible: false,
        upload_bytes: if overlay.uploads.is_empty() { 0 } else { upload_bytes },
        upload_files: overlay.uploads.len(),
    }
}
