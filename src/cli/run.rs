//! What `plan` and `apply` share: load, connect, read live state, plan.

use crate::manifest::{Creation, Finding, Loaded, Resource, Severity};
use crate::partner_center::{By, Connection, Part, Reader, Subject};
use crate::plan::{self, LiveSource, MadeOf, Options, Plan, Product, ReleaseRef};
use crate::sandbox::Sandbox;
use crate::submission::{Kind, Live};

use super::args::{Global, Release, Selection};
use super::exit::Failure;
use super::manifests::{Checked, base};
use super::results::Results;
use super::settings;

/// A run: what is wanted, what is there, and the way to the Store.
pub(super) struct Run {
    loaded: Loaded,
    findings: Vec<Finding>,
    live: Vec<Live>,
    pub(super) options: Options,
    pub(super) connection: Connection,
    made_of: MadeOf,
    sandbox: Option<Sandbox>,
}

impl Run {
    /// Loads manifests, connects, and reads what Partner Center holds of them.
    pub(super) async fn start(
        global: &Global,
        results: &Results,
        selection: &Selection,
    ) -> Result<Self, Failure> {
        let checked = Checked::load(global, &selection.manifests)?;
        checked.refuse_errors(global, results)?;
        let Checked { loaded, findings, .. } = checked;
        let (connection, sandbox) = settings::connect(global, &base(global)?).await?;
        let reader = Reader::new(connection.clone());
        let read_at = now();
        let live = reader.live(&subjects(&loaded.resources)).await?;
        let named = &selection.manifests;
        let release = |release: &Release| ReleaseRef {
            address: release.address.to_string(),
            folder: release.folder.display().to_string(),
        };
        let options = Options { replace_untrusted: selection.replace_untrusted };
        let made_of = MadeOf {
            made_at: now(),
            live: LiveSource::Account,
            read_at,
            baseline: None,
            paths: named.paths.iter().map(|path| path.display().to_string()).collect(),
            releases: named.release.iter().map(release).collect(),
            replace_untrusted: options.replace_untrusted,
        };
        Ok(Self { loaded, findings: findings.findings, live, options, connection, made_of, sandbox })
    }

    /// What is wanted beside what is there.
    pub(super) fn products(&self) -> Vec<Product<'_>> {
        let pairs = self.loaded.resources.iter().zip(&self.live);
        pairs.map(|(resource, live)| Product { resource, live, baseline: None }).collect()
    }

    /// The plan.
    pub(super) fn plan(&self, products: &[Product<'_>]) -> Plan {
        plan::plan(products, self.made_of.clone(), self.findings.clone())
    }

    /// Ends the run.
    pub(super) async fn end(self) {
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
    }
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What to look for. The manifests were checked: each resource has an app, and an id or a name.
fn subjects(resources: &[Resource]) -> Vec<Subject> {
    let store_id = |name: &str| {
        let app = resources.iter().find(|app| app.kind() == Kind::App && app.address.app_name() == name);
        app.and_then(|app| app.id.clone()).unwrap_or_default()
    };
    let by = |id: &Option<String>, name: &Option<String>| match (id, name) {
        (Some(id), _) => By::Id(id.clone()),
        (None, name) => By::Name(name.clone().unwrap_or_default()),
    };
    let subject = |resource: &Resource| Subject {
        app: store_id(resource.address.app_name()),
        part: match &resource.creation {
            Creation::App => Part::Itself,
            Creation::AddOn { product_id, .. } => Part::AddOn(by(&resource.id, product_id)),
            Creation::Flight { friendly_name, .. } => Part::Flight(by(&resource.id, friendly_name)),
        },
    };
    resources.iter().map(subject).collect()
}

/// Whether a plan holds errors that only the live state shows.
pub(super) fn has_errors(plan: &Plan) -> bool {
    plan.diagnostics.iter().any(|finding| finding.severity == Severity::Error)
}
