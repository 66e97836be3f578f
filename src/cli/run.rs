//! What `plan` and `apply` share: load, connect, read live state, plan.

use crate::manifest::{Creation, Finding, Loaded, Releases, Resource, Severity};
use crate::partner_center::{By, Connection, Part, Reader, Subject};
use crate::plan::{self, LiveSource, MadeOf, Options, Plan, Product, ReleaseRef};
use crate::sandbox::Sandbox;
use crate::submission::{Kind, Live};

use super::args::{Global, Manifests, Release, Selection, Since};
use super::baseline::{self, Asked, Baseline, Missing};
use super::exit::{Exit, Failure};
use super::manifests::{Checked, base};
use super::results::Results;
use super::settings;

/// What a run is about, as the command line names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) manifests: &'a Manifests,
    pub(super) since: &'a Since,
    pub(super) replace_untrusted: bool,
}

impl<'a> From<&'a Selection> for Named<'a> {
    fn from(selection: &'a Selection) -> Self {
        let Selection { manifests, since, replace_untrusted } = selection;
        Self { manifests, since, replace_untrusted: *replace_untrusted }
    }
}

/// What is wanted, and what git said before.
pub(super) struct Wanted<'a> {
    named: Named<'a>,
    loaded: Loaded,
    findings: Vec<Finding>,
    baseline: Result<Baseline, Missing>,
}

impl<'a> Wanted<'a> {
    /// Loads manifests. Needs no network.
    pub(super) fn load(
        global: &Global,
        results: &Results,
        named: impl Into<Named<'a>>,
        releases: Releasing,
    ) -> Result<Self, Failure> {
        let named = named.into();
        let checked = Checked::load(global, named.manifests)?;
        checked.refuse_errors(global, results)?;
        let none = Releases::new();
        let asked = Asked {
            workspace: &checked.workspace,
            paths: &named.manifests.paths,
            releases: if releases == Releasing::Earlier { &checked.releases } else { &none },
            resources: &checked.loaded.resources,
        };
        let baseline = baseline::read(&named.since.baseline, &asked)?;
        let Checked { loaded, findings, .. } = checked;
        let mut findings = findings.findings;
        match &baseline {
            Ok(baseline) => findings.extend(baseline.findings.iter().cloned()),
            Err(missing) => findings.extend(missing.finding()),
        }
        Ok(Self { named, loaded, findings, baseline })
    }

    /// The baseline, for what makes no sense without one.
    pub(super) fn needed_baseline(&self, what: &str) -> Result<&Baseline, Failure> {
        self.baseline.as_ref().map_err(|missing| {
            Failure::new(Exit::Usage, format!("{what} needs a baseline in git: {missing}"))
                .help(missing.remedy())
        })
    }

    /// The plan against the baseline alone.
    pub(super) fn offline_plan(&self) -> Result<Plan, Failure> {
        let baseline = self.needed_baseline("`plan --offline`")?;
        let live = plan::as_git_says(&self.loaded.resources, &baseline.resources);
        let made_of = self.made_of(LiveSource::Baseline, baseline.committed.clone());
        Ok(plan::plan(&self.products(&live), made_of, self.findings.clone()))
    }

    fn made_of(&self, live: LiveSource, read_at: String) -> MadeOf {
        let named = self.named.manifests;
        let release = |release: &Release| ReleaseRef {
            address: release.address.to_string(),
            folder: release.folder.display().to_string(),
        };
        MadeOf {
            made_at: now(),
            live,
            read_at,
            baseline: self.baseline.as_ref().ok().map(|baseline| baseline.reference.clone()),
            paths: named.paths.iter().map(|path| path.display().to_string()).collect(),
            releases: named.release.iter().map(release).collect(),
            replace_untrusted: self.named.replace_untrusted,
        }
    }

    fn products<'p>(&'p self, live: &'p [Live]) -> Vec<Product<'p>> {
        let earlier: &[Resource] = self.baseline.as_ref().map_or(&[], |baseline| &baseline.resources);
        let product = |(resource, live): (&'p Resource, &'p Live)| {
            let baseline = earlier.iter().find(|earlier| earlier.address == resource.address);
            Product { resource, live, baseline }
        };
        self.loaded.resources.iter().zip(live).map(product).collect()
    }
}

/// Whether a release that the run names is laid over what git said before, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Releasing {
    /// It is: what it says may be live already.
    Earlier,
    /// It is not: all of it is new.
    Now,
}

/// A run: what is wanted, what is there, and the way to the Store.
pub(super) struct Run<'a> {
    wanted: Wanted<'a>,
    live: Vec<Live>,
    pub(super) options: Options,
    pub(super) connection: Connection,
    made_of: MadeOf,
    sandbox: Option<Sandbox>,
}

impl<'a> Run<'a> {
    /// Loads manifests, connects, and reads what Partner Center holds of them.
    pub(super) async fn start(
        global: &Global,
        results: &Results,
        selection: &'a Selection,
    ) -> Result<Self, Failure> {
        Self::of(global, Wanted::load(global, results, selection, Releasing::Earlier)?).await
    }

    /// Connects, and reads what Partner Center holds of what is wanted.
    pub(super) async fn of(global: &Global, wanted: Wanted<'a>) -> Result<Self, Failure> {
        let (connection, sandbox) = settings::connect(global, &base(global)?).await?;
        let reader = Reader::new(connection.clone());
        let read_at = now();
        let live = reader.live(&subjects(&wanted.loaded.resources)).await?;
        let options = Options { replace_untrusted: wanted.named.replace_untrusted };
        let made_of = wanted.made_of(LiveSource::Account, read_at);
        Ok(Self { wanted, live, options, connection, made_of, sandbox })
    }

    /// What is wanted beside what is there.
    pub(super) fn products(&self) -> Vec<Product<'_>> {
        self.wanted.products(&self.live)
    }

    /// The plan.
    pub(super) fn plan(&self, products: &[Product<'_>]) -> Plan {
        plan::plan(products, self.made_of.clone(), self.wanted.findings.clone())
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
