//! Comparing and planning, and what came of it in words that are easy to compare.

use serde_json::{Value, json};

use crate::manifest::{Address, Creation, Guard, Permit, Resource};
use crate::plan::{
    Baseline, BaselineRef, BlockerKind, Change, InTheWay, LiveSource, MadeOf, Op, Options, Overlay, Plan,
    Product, lay_over, plan,
};
use crate::submission::{Application, Document, Kind, Live, LiveProduct, Member};

use super::live;
use super::local::{IDENTITY, describe};
use super::want::{Want, at, span};

/// Lays a desired state over a live document.
pub(super) fn lay(live: &Document, want: &Want) -> Overlay {
    let baseline = Baseline { kind: want.1, document: live, fallback: None };
    lay_over(baseline, &want.0, Options::default())
}

/// Every change as `op path`, in the order of the plan.
pub(super) fn listed(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|change| {
            let op = match change.op {
                Op::Set => "set",
                Op::Clear => "clear",
                Op::Add => "add",
                Op::Remove => "remove",
                Op::Move => "move",
                Op::Replace => "replace",
            };
            format!("{op} {}", change.path)
        })
        .collect()
}

/// The change at a dotted path.
pub(super) fn change_at<'o>(overlay: &'o Overlay, path: &str) -> &'o Change {
    let found = overlay.changes.iter().find(|change| change.path.dotted() == path);
    found.unwrap_or_else(|| panic!("no change at `{path}`, only {:?}", listed(&overlay.changes)))
}

/// The codes of what the overlay found.
pub(super) fn codes(overlay: &Overlay) -> Vec<&str> {
    overlay.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// The member at a dotted path of the API's own keys.
pub(super) fn get<'d>(document: &'d Document, path: &str) -> Option<&'d Value> {
    document.get(&path.split('.').collect::<Vec<_>>())
}

/// The file entries of a list as `status name`, in order.
pub(super) fn files(document: &Document, path: &str) -> Vec<String> {
    let entries = document.entries(&path.split('.').collect::<Vec<_>>());
    entries.iter().map(|entry| format!("{:?} {}", entry.status(), entry.file_name())).collect()
}

/// The images of `en-us` as `status name`, in order.
pub(super) fn images(document: &Document) -> Vec<String> {
    files(document, "listings.en-us.baseListing.images")
}

/// What a commit that was processed makes of a document: new files get ids, and what was to go is gone.
pub(super) fn committed(document: &Document) -> Document {
    fn process(value: &mut Value, next: &mut usize) {
        match value {
            Value::Array(items) => {
                items.retain(|item| item["fileStatus"] != "PendingDelete");
                for item in items {
                    process(item, next);
                }
            }
            Value::Object(members) => {
                if members.get("fileStatus").is_some_and(|status| status == "PendingUpload") {
                    *next += 1;
                    members.insert("fileStatus".into(), json!("Uploaded"));
                    members.insert("id".into(), json!(format!("new-{next}")));
                }
                members.values_mut().for_each(|member| process(member, next));
            }
            _ => {}
        }
    }
    let mut all = Value::Object(document.json().clone());
    process(&mut all, &mut 0);
    live::document(&all)
}

/// What publishing makes of what was sent: committed, and the packages described.
pub(super) fn shipped(overlay: &Overlay) -> Document {
    let mut document = committed(&overlay.document);
    let mut packages: Vec<Value> = Vec::new();
    for entry in document.packages() {
        let mut entry = Value::Object(entry.json().clone());
        let asset =
            overlay.packages.added.iter().find(|asset| entry["fileName"] == json!(asset.archive_name));
        if let Some(package) = asset.and_then(|asset| asset.package()) {
            describe(package, &mut entry);
        }
        packages.push(entry);
    }
    if !packages.is_empty() {
        document.set(&[document.packages_key()], Value::Array(packages));
    }
    document
}

/// One app, what Partner Center holds of it, and what is wanted.
pub(super) struct Case {
    pub(super) live: Live,
    pub(super) permits: Vec<Guard>,
    pub(super) options: Options,
    pub(super) name: &'static str,
    pub(super) baseline: Since,
    pub(super) in_the_way: InTheWay,
}

/// What git says of a resource at a baseline.
#[derive(Default)]
#[expect(clippy::large_enum_variant, reason = "one at a time")]
pub(super) enum Since {
    /// There is no baseline.
    #[default]
    NoBaseline,
    Nothing,
    Said(Want),
}

/// An app whose published submission is this one.
pub(super) fn case(published: Document) -> Case {
    let application = Application::from_json(
        json!({
            "id": "9NBLGGH4R315",
            "primaryName": "Contoso Reader",
            "packageIdentityName": IDENTITY.0,
            "publisherName": IDENTITY.1,
            "lastPublishedApplicationSubmission": {"id": "100"},
        })
        .to_string()
        .as_bytes(),
    );
    let app = LiveProduct {
        application: application.unwrap(),
        published: Some(published),
        ..LiveProduct::default()
    };
    Case {
        live: Live::Readable(Box::new(app)),
        permits: Vec::new(),
        options: Options::default(),
        name: "reader",
        baseline: Since::NoBaseline,
        in_the_way: InTheWay::default(),
    }
}

impl Case {
    /// With this submission in progress.
    pub(super) fn pending(mut self, document: Document) -> Self {
        match &mut self.live {
            Live::Readable(app) => app.pending = Some(document),
            Live::Unsupported(_) | Live::NoSuchApp(_) | Live::Unreadable(_) => {
                panic!("nothing is in progress of a product that cannot be read")
            }
        }
        self
    }

    pub(super) fn permits<const N: usize>(mut self, guards: [Guard; N]) -> Self {
        self.permits = guards.into();
        self
    }

    /// An add-on or a flight, which is there.
    pub(super) fn member(mut self) -> Self {
        if let Live::Readable(product) = &mut self.live {
            product.member = Some(Member::from_json(br#"{"id": "9N", "flightId": "f"}"#).unwrap());
        }
        self
    }

    /// With a way with what is in the way.
    pub(super) fn in_the_way(self, in_the_way: InTheWay) -> Self {
        Self { in_the_way, ..self }
    }

    /// What it permits, as the manifest says it.
    pub(super) fn permitted(&self) -> Vec<Permit> {
        self.permits.iter().map(|guard| Permit { guard: *guard, at: at(80) }).collect()
    }

    /// With this at the baseline in git.
    pub(super) fn since(self, want: Want) -> Self {
        Self { baseline: Since::Said(want), ..self }
    }

    /// With a baseline in git that has no such manifest.
    pub(super) fn since_nothing(self) -> Self {
        Self { baseline: Since::Nothing, ..self }
    }

    /// Another app.
    pub(super) fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    pub(super) fn resource(&self, want: Want) -> Resource {
        let (address, creation) = match want.1 {
            Kind::App => (Address::app(self.name), Creation::App),
            Kind::AddOn => {
                let creation = Creation::AddOn { product_id: None, product_type: None };
                (Address::below(Kind::AddOn, "reader", self.name), creation)
            }
            Kind::Flight => {
                let creation =
                    Creation::Flight { friendly_name: None, group_ids: None, rank_higher_than: None };
                (Address::below(Kind::Flight, "reader", self.name), creation)
            }
        };
        Resource {
            address,
            id: Some(format!("9N{:A>10}", self.name.to_uppercase())),
            creation,
            absent: None,
            permits: self.permitted(),
            desired: want.0,
            rollout: None,
            at: at(1),
            keys: std::collections::BTreeMap::new(),
            span: span(),
        }
    }

    pub(super) fn plan(self, want: Want) -> Plan {
        plan_all([(self, want)])
    }
}

/// One plan for several apps.
pub(super) fn plan_all<const N: usize>(cases: [(Case, Want); N]) -> Plan {
    with_plan_of_all(cases, |plan, _| plan)
}

/// What can be asked of one plan for several apps, with what it was made from.
pub(super) fn with_plan_of_all<T, const N: usize>(
    cases: [(Case, Want); N],
    ask: impl FnOnce(Plan, &[Product<'_>]) -> T,
) -> T {
    let mut made_of = made_of(cases.first().map(|(case, _)| case.options).unwrap_or_default());
    let mut parts: Vec<(Resource, Live, Option<Resource>)> = Vec::new();
    for (mut case, want) in cases {
        made_of.in_the_way = case.in_the_way;
        let baseline = std::mem::take(&mut case.baseline);
        if !matches!(baseline, Since::NoBaseline) {
            made_of.baseline = Some(at_baseline());
        }
        let earlier = match baseline {
            Since::Said(earlier) => Some(case.resource(earlier)),
            Since::NoBaseline | Since::Nothing => None,
        };
        parts.push((case.resource(want), case.live, earlier));
    }
    let products: Vec<Product<'_>> = parts
        .iter()
        .map(|(resource, live, earlier)| Product { resource, live, baseline: earlier.as_ref() })
        .collect();
    ask(plan(&products, made_of, Vec::new()), &products)
}

/// A commit to compare with.
pub(super) fn at_baseline() -> BaselineRef {
    BaselineRef { name: "origin/main".to_owned(), commit: "4f1c9e2".to_owned() }
}

/// What the plans of tests are made of.
pub(super) fn made_of(options: Options) -> MadeOf {
    MadeOf {
        made_at: "2026-09-01T08:00:00Z".to_owned(),
        live: LiveSource::Account,
        read_at: "2026-09-01T08:00:00Z".to_owned(),
        baseline: None,
        paths: Vec::new(),
        releases: Vec::new(),
        targets: Vec::new(),
        replace_untrusted: options.replace_untrusted,
        in_the_way: InTheWay::default(),
    }
}

/// The guards of a plan as `guard: detail`.
pub(super) fn guards(plan: &Plan) -> Vec<String> {
    plan.guards.iter().map(|hit| format!("{}: {}", hit.guard, hit.detail)).collect()
}

/// Whether a plan names a guard.
pub(super) fn has_guard(plan: &Plan, guard: Guard) -> bool {
    plan.guards.iter().any(|hit| hit.guard == guard)
}

/// The blockers of a plan.
pub(super) fn blockers(plan: &Plan) -> Vec<BlockerKind> {
    plan.blockers.iter().map(|blocker| blocker.kind).collect()
}

/// The codes of a plan's diagnostics.
pub(super) fn diagnostics(plan: &Plan) -> Vec<&str> {
    plan.diagnostics.iter().map(|finding| finding.code.as_str()).collect()
}
