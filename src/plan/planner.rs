//! One plan for all products.

use serde_json::Value;

use crate::manifest::{Code, Finding, Guard, Resource, Severity};
use crate::submission::{Document, Live, LiveApp};

use super::blocker::{Blocker, BlockerKind};
use super::checks::{Due, check};
use super::fingerprint::fingerprints;
use super::guards::{obstacles, risks};
use super::overlay::{Options, Overlay, lay_over};
use super::pending::{DraftKind, Pending, classify};
use super::types::{
    Action, Base, Counts, FORMAT_VERSION, GuardHit, InProgress, Plan, PublishedBy, ResourcePlan, Route, Step,
    StepKind,
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
/// `read_at` is when the live state was read, RFC 3339; `findings` is what loading the manifests had to say.
pub fn plan(products: &[Product<'_>], options: Options, read_at: &str, findings: Vec<Finding>) -> Plan {
    let mut plan = Plan {
        format_version: FORMAT_VERSION.to_owned(),
        read_at: read_at.to_owned(),
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
        id: resource.id.clone().unwrap_or_default(),
        name: String::new(),
        action: Action::None,
        route: None,
        base: None,
        pending: None,
        changes: Vec::new(),
        counts: Counts::default(),
    };
    match live {
        Live::Unsupported(words) => {
            plan.blockers.push(Blocker::new(
                address,
                BlockerKind::UnsupportedProduct,
                format!("the Store says: {words}"),
            ));
        }
        Live::Readable(app) => {
            app.application.primary_name().clone_into(&mut planned.name);
            planned.pending = app.pending.as_ref().map(in_progress);
            match &app.published {
                Some(published) => {
                    planned.base = Some(Base {
                        submission: published.id().to_owned(),
                        name: published.friendly_name().to_owned(),
                    });
                    plan_app(plan, &mut planned, resource, app, published, options);
                }
                None => plan.blockers.push(Blocker::new(
                    address,
                    BlockerKind::FirstSubmission,
                    "no submission of this app was ever published",
                )),
            }
        }
    }
    plan.resources.push(planned);
}

fn in_progress(document: &Document) -> InProgress {
    InProgress {
        submission: document.id().to_owned(),
        name: document.friendly_name().to_owned(),
        status: document.status(),
    }
}

fn plan_app(
    plan: &mut Plan,
    planned: &mut ResourcePlan,
    resource: &Resource,
    app: &LiveApp,
    published: &Document,
    options: Options,
) {
    let address = resource.address.as_str();
    let over_published = lay_over(published, &resource.desired, options);
    // What is on its way has not shipped: its permits are needed still.
    let mut needed: Vec<Guard> =
        risks(published, &over_published).into_iter().map(|(guard, _)| guard).collect();
    let pending = classify(app.pending.as_ref(), published, &over_published.document);
    let on_its_way = app.pending.as_ref().filter(|_| pending == Pending::OnItsWay);
    let (baseline, overlay) = match on_its_way {
        Some(document) => (document, lay_over(document, &resource.desired, options)),
        None => (published, over_published),
    };
    plan.diagnostics.extend(overlay.findings.iter().cloned());
    planned.counts = overlay.counts;
    if overlay.changes.is_empty() {
        planned.action = if on_its_way.is_some() { Action::InProgress } else { Action::None };
        planned.route = on_its_way.map(|_| route(&overlay, 0));
        if on_its_way.is_some() {
            plan.steps.push(step(
                address,
                StepKind::Wait,
                "follow the submission that is on its way".to_owned(),
            ));
        }
        if let Some(document) = app.pending.as_ref().filter(|_| on_its_way.is_none()) {
            plan.diagnostics.push(not_wanted(address, document));
        }
        unused_permits(plan, resource, &needed);
        return;
    }
    planned.action = Action::Update;
    let risks = risks(baseline, &overlay);
    for (guard, detail) in &risks {
        let permitted = resource.permits.iter().any(|permit| permit.guard == *guard);
        plan.guards.push(GuardHit {
            address: address.to_owned(),
            guard: *guard,
            detail: detail.clone(),
            permitted,
        });
    }
    needed.extend(risks.iter().map(|(guard, _)| *guard));
    unused_permits(plan, resource, &needed);
    plan.blockers.extend(obstacles(address, &app.application, baseline, &overlay));
    plan.blockers.extend(pending_obstacle(address, pending, app.pending.as_ref(), &overlay.document));
    let due = Due { resource, live: baseline, overlay: &overlay, now: &plan.read_at };
    plan.diagnostics.extend(check(&due));
    let upload_bytes = match overlay.archive() {
        Ok(archive) => archive.size(),
        Err(error) => {
            plan.diagnostics.push(unpackable(resource, &error.to_string()));
            0
        }
    };
    let route = route(&overlay, upload_bytes);
    if plan.blockers_of(address).next().is_none() {
        steps(plan, address, pending, planned.base.as_ref(), &overlay, &route);
    }
    planned.route = Some(route);
    planned.changes = overlay.changes;
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

fn step(address: &str, kind: StepKind, detail: String) -> Step {
    Step { address: address.to_owned(), kind, detail }
}

fn steps(
    plan: &mut Plan,
    address: &str,
    pending: Pending,
    base: Option<&Base>,
    overlay: &Overlay,
    route: &Route,
) {
    let mut add = |kind, detail: String| plan.steps.push(step(address, kind, detail));
    match pending {
        Pending::Dead { .. } => add(StepKind::Discard, "remove the failed submission".to_owned()),
        Pending::Draft(_) => add(StepKind::Clone, "go on with the draft that an earlier run left".to_owned()),
        Pending::None | Pending::OnItsWay => {}
    }
    if !matches!(pending, Pending::Draft(_)) {
        let from = base.map_or("", |base| base.submission.as_str());
        add(StepKind::Clone, format!("make a draft from submission {from}"));
    }
    add(StepKind::Check, "plan again on the draft: the same changes, else remove it and stop".to_owned());
    let changes = overlay.changes.len();
    add(
        StepKind::Update,
        format!("send the draft with {changes} change{}", if changes == 1 { "" } else { "s" }),
    );
    if route.upload_files > 0 {
        let files = if route.upload_files == 1 { "file" } else { "files" };
        add(StepKind::Upload, format!("{} {files}, {} bytes", route.upload_files, route.upload_bytes));
    }
    add(StepKind::Verify, "read the draft back: it must equal what was sent, price first".to_owned());
    add(StepKind::Commit, "point of no return".to_owned());
    add(StepKind::Wait, "follow the status".to_owned());
}
