//! One plan for all products.

use serde_json::Value;

use crate::manifest::{Code, Creation, Finding, Guard, Resource, Severity};
use crate::submission::{Document, Kind, Live, LiveProduct, Rollout};

use super::blocker::{Blocker, BlockerKind};
use super::checks::{Due, check};
use super::creation;
use super::fingerprint::fingerprints;
use super::guards::{obstacles, risks};
use super::kept;
use super::overlay::{Baseline, Options, Overlay, lay_over};
use super::pending::{DraftKind, Pending, classify};
use super::running::{self, RolloutCall};
use super::types::{
    Action, Base, Change, ChangeRoute, Counts, FORMAT_VERSION, GuardHit, InProgress, MadeOf, Plan,
    PublishedBy, ResourcePlan, Route, Step, StepKind,
};

/// A resource and what Partner Center holds of it.
#[derive(Debug, Clone, Copy)]
pub struct Product<'a> {
    /// What is wanted.
    pub resource: &'a Resource,
    /// What is there.
    pub live: &'a Live,
}

/// Compares wanted with live state.
///
/// `findings` is what loading the manifests had to say.
pub fn plan(products: &[Product<'_>], made_of: MadeOf, findings: Vec<Finding>) -> Plan {
    let options = Options { replace_untrusted: made_of.replace_untrusted };
    let mut plan = Plan {
        format_version: FORMAT_VERSION.to_owned(),
        made_of,
        resources: Vec::new(),
        guards: Vec::new(),
        blockers: Vec::new(),
        steps: Vec::new(),
        diagnostics: findings,
        fingerprints: super::types::Fingerprints::default(),
    };
    for product in products {
        plan_product(&mut plan, *product, options);
    }
    let permits =
        |product: &Product<'_>| product.resource.permits.iter().map(|permit| permit.guard).collect();
    let parts: Vec<(&ResourcePlan, Vec<Guard>)> =
        plan.resources.iter().zip(products.iter().map(permits)).collect();
    plan.fingerprints = fingerprints(&parts);
    plan
}

fn plan_product(plan: &mut Plan, product: Product<'_>, options: Options) {
    let Product { resource, live } = product;
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
        counts: Counts::default(),
        kept: Vec::new(),
        unmanaged: Vec::new(),
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
            let mut planning = Planning { plan, planned: &mut planned, resource, live, options };
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
    Base {
        submission: document.id().to_owned(),
        name: document.friendly_name().to_owned(),
        rollout: running::open(document),
    }
}

/// One resource being planned.
struct Planning<'a> {
    plan: &'a mut Plan,
    planned: &'a mut ResourcePlan,
    resource: &'a Resource,
    live: &'a LiveProduct,
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

    fn guards(&mut self, risks: &[(Guard, String)]) {
        for (guard, detail) in risks {
            self.plan.guards.push(GuardHit {
                address: self.address().to_owned(),
                guard: *guard,
                detail: detail.clone(),
                permitted: self.permits(*guard),
            });
        }
    }

    fn delete(&mut self) {
        let id = self.planned.id.clone();
        self.planned.action = Action::Delete;
        self.planned.route = Some(Route::at_once());
        let guard = creation::guard_of_deletion(self.resource);
        let needed: Vec<(Guard, String)> =
            guard.into_iter().map(|guard| (guard, self.planned.name.clone())).collect();
        self.guards(&needed);
        self.unused_permits(&needed.iter().map(|(guard, _)| *guard).collect::<Vec<_>>());
        self.step(StepKind::Delete, format!("delete {id}"));
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
        let overlay = lay_over(baseline, &self.resource.desired, self.options);
        if self.waits_for_packages(&overlay) {
            return;
        }
        if self.app_is_unpublished() {
            self.block(BlockerKind::FirstSubmission, "no submission of this app was ever published");
        }
        self.planned.action = Action::Create;
        if let Creation::Flight { rank_higher_than: Some(below), .. } = &self.resource.creation {
            self.planned.kept.push(kept::ranks_below(below, &self.live.flights));
        }
        let created = creation::created(self.resource);
        self.step(StepKind::Create, "create it; what is set now stays as it is");
        self.submit(baseline, overlay, Pending::None, created, Vec::new(), Vec::new());
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

    /// Flights need an app that was published.
    fn app_is_unpublished(&self) -> bool {
        self.resource.kind() == Kind::Flight && self.live.application.published_submission().is_none()
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
        let nothing = Document::default();
        let kind = self.resource.kind();
        let mut created = Vec::new();
        if let Some(member) = &self.live.member {
            created = creation::different(self.resource, member, &self.live.flights);
            if !created.is_empty() && kind == Kind::Flight && self.permits(Guard::RecreatesFlight) {
                return self.recreate(created);
            }
            for change in &created {
                let words =
                    |value: &Option<Value>| value.as_ref().map_or("not set".to_owned(), ToString::to_string);
                self.block(
                    BlockerKind::PortalOnly,
                    format!("{}: {} → {}", change.path, words(&change.before), words(&change.after)),
                );
            }
        }
        let Some(published) = self.live.published.as_ref().or((kind != Kind::App).then_some(&nothing)) else {
            self.block(BlockerKind::FirstSubmission, "no submission of this app was ever published");
            return;
        };
        let call = running::asked(self.resource, published).unwrap_or_else(|finding| {
            self.plan.diagnostics.push(*finding);
            None
        });
        let mut calls: Vec<RolloutCall> = call.into_iter().collect();
        let mut published = match calls.first() {
            Some(call) => running::afterwards(published, call.leaves),
            None => published.clone(),
        };
        let fallback = self.live.fallback.as_ref();
        let halted = |document: &Document| fallback.filter(|_| document.rollout() == Rollout::Stopped);
        let over = |document: &Document| {
            let baseline = Baseline { kind, document, fallback: halted(document) };
            lay_over(baseline, &self.resource.desired, self.options)
        };
        let mut over_published = over(&published);
        if !over_published.changes.is_empty()
            && published.rollout() == Rollout::InProgress
            && let Some(call) = running::in_the_way(self.resource, &published)
        {
            published = running::afterwards(&published, call.leaves);
            over_published = over(&published);
            calls.push(call);
        }
        // What is on its way has not shipped: its permits are needed still.
        let needed: Vec<Guard> =
            risks(&published, &over_published).into_iter().map(|(guard, _)| guard).collect();
        let pending = classify(self.live.pending.as_ref(), &published, &over_published.document);
        let on_its_way = self.live.pending.as_ref().filter(|_| pending == Pending::OnItsWay);
        let (document, overlay) = match on_its_way {
            Some(document) => (document, over(document)),
            None => (&published, over_published),
        };
        let baseline = Baseline { kind, document, fallback: halted(document) };
        self.submit(baseline, overlay, pending, created, calls, needed);
    }

    /// A flight that is to be another one, which the API cannot do: it is deleted and created.
    fn recreate(&mut self, created: Vec<Change>) {
        let nothing = Document::default();
        let baseline = Baseline { kind: Kind::Flight, document: &nothing, fallback: None };
        let overlay = lay_over(baseline, &self.resource.desired, self.options);
        if self.waits_for_packages(&overlay) {
            return;
        }
        let words = created.iter().map(|change| change.path.to_string()).collect::<Vec<_>>().join(", ");
        self.planned.action = Action::Create;
        self.guards(&[(Guard::RecreatesFlight, format!("{words} of {}", self.planned.name))]);
        self.step(StepKind::Delete, format!("delete {}", self.planned.id));
        self.step(StepKind::Create, "create it anew");
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
        self.planned.kept.extend(kept::beside(baseline, &self.resource.desired, &overlay));
        self.planned.unmanaged.clone_from(&overlay.unmanaged);
        for call in &calls {
            needed.extend(call.risks.iter().map(|(guard, _)| *guard));
            self.guards(&call.risks);
            self.step(StepKind::Rollout, call.words.clone());
        }
        let is_new = self.planned.action == Action::Create;
        self.planned.changes = created;
        self.planned.changes.extend(calls.into_iter().map(|call| call.change));
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
        let risks = risks(baseline.document, &overlay);
        self.guards(&risks);
        needed.extend(risks.iter().map(|(guard, _)| *guard));
        self.unused_permits(&needed);
        let address = self.resource.address.as_str();
        self.plan.blockers.extend(obstacles(address, &self.live.application, baseline, &overlay));
        let in_the_way = pending_obstacle(address, pending, self.live.pending.as_ref(), &overlay.document);
        self.plan.blockers.extend(in_the_way);
        let due = Due {
            resource: self.resource,
            live: baseline.document,
            overlay: &overlay,
            now: &self.plan.made_of.made_at,
        };
        let found = check(&due);
        self.plan.diagnostics.extend(found);
        if is_new && baseline.kind == Kind::AddOn && overlay.document.languages().next().is_none() {
            let message = "a new add-on needs a listing";
            let finding = self.finding(Code::MissingKey, Severity::Error, message);
            let help = Some("add `listings: {en-us: {title: …}}` with its language".to_owned());
            self.plan.diagnostics.push(Finding { help, ..finding });
        }
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
        let document = self.live.pending.as_ref();
        if pending == Pending::OnItsWay {
            self.planned.action = Action::InProgress;
            self.planned.route = Some(route(overlay, 0));
            self.step(StepKind::Wait, "follow the submission that is on its way");
        } else if let Some(document) = document {
            self.plan.diagnostics.push(not_wanted(self.resource.address.as_str(), document));
        }
        if self.planned.changes.iter().any(|change| change.route == ChangeRoute::Live) {
            self.planned.action = Action::Live;
            self.planned.route = Some(Route::at_once());
        }
    }

    fn unused_permits(&mut self, needed: &[Guard]) {
        unused_permits(self.plan, self.resource, needed);
    }

    fn steps(&mut self, pending: Pending, overlay: &Overlay, route: &Route) {
        match pending {
            Pending::Dead { .. } => self.step(StepKind::Discard, "remove the failed submission"),
            Pending::Draft(_) => self.step(StepKind::Clone, "go on with the draft that an earlier run left"),
            Pending::None | Pending::OnItsWay => {}
        }
        if !matches!(pending, Pending::Draft(_)) {
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

/// What the pending submission makes impossible.
fn pending_obstacle(
    address: &str,
    pending: Pending,
    document: Option<&Document>,
    planned: &Document,
) -> Option<Blocker> {
    let document = document?;
    let words =
        format!("submission {} \"{}\" is {}", document.id(), document.friendly_name(), document.status());
    let kind = match pending {
        Pending::None | Pending::Draft(DraftKind::Untouched | DraftKind::Planned) => return None,
        Pending::Draft(DraftKind::Portal) => BlockerKind::PortalDraft,
        Pending::Draft(DraftKind::OlderOurs | DraftKind::Foreign) => BlockerKind::ForeignDraft,
        Pending::OnItsWay => BlockerKind::InFlight,
        Pending::Dead { ours, service_fault } => {
            // Release settings count: notes for the testers often are what was missing.
            let again = planned.differences_once_committed(document).is_empty();
            match (again, ours, service_fault) {
                (true, _, false) => {
                    let mut blocker = Blocker::new(address, BlockerKind::Dead, words);
                    blocker.remedies.splice(0..0, errors_of(document));
                    return Some(blocker);
                }
                (true, true, true) | (false, true, _) => return None,
                // Whoever made it may want more of it than what is wanted here.
                (_, false, _) => BlockerKind::ForeignDraft,
            }
        }
    };
    let mut blocker = Blocker::new(address, kind, words);
    if pending == Pending::Draft(DraftKind::OlderOurs) {
        blocker.detail.push_str("; an earlier run of Storeward made it for other content");
        blocker.remedies =
            vec![format!("delete submission {} in Partner Center, then run again", document.id())];
    }
    Some(blocker)
}

/// The errors of a failed submission, in the service's words.
fn errors_of(document: &Document) -> Vec<String> {
    let errors = document.get(&["statusDetails", "errors"]).and_then(Value::as_array);
    let text =
        |error: &Value, key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    errors
        .into_iter()
        .flatten()
        .map(|error| format!("the Store said: {} {}", text(error, "code"), text(error, "details")))
        .collect()
}

fn not_wanted(address: &str, document: &Document) -> Finding {
    Finding {
        code: Code::DraftNotWanted.to_string(),
        severity: Severity::Warning,
        message: format!(
            "{address}: submission {} \"{}\" is {} and nothing in the manifest needs it",
            document.id(),
            document.friendly_name(),
            document.status()
        ),
        at: None,
        help: Some(
            "delete it in Partner Center if nobody needs it; no other submission can be made meanwhile"
                .to_owned(),
        ),
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
