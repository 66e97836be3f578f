//! One plan for all products.

use crate::manifest::{Code, Finding, Resource, Severity};
use crate::submission::{Document, Kind, Live};

use super::approved::forget_what_was_not_begun;
use super::blocker::{Blocker, BlockerKind};
use super::creation;
use super::fingerprint::fingerprints;
use super::flights::Flights;
use super::offline::leave_unknown_out;
use super::order::{block_flights_above_nothing, in_order_of_start};
use super::origin::Told;
use super::overlay::Options;
use super::planning::Planning;
use super::types::{Action, Base, Counts, InProgress, LiveSource, MadeOf, Plan, ResourcePlan};

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
