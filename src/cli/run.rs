//! What `plan`, `apply` and `snapshot` share: load, connect, read live state, plan.

use std::path::Path;

use crate::manifest::{
    Address, Code, Creation, Diagnostic, Finding, Loaded, Releases, Resource, Severity, Workspace,
};
use crate::partner_center::{By, Connection, Part, Reader, Snapshot, StoreError, Subject};
use crate::plan::{self, InTheWay, LiveSource, MadeOf, Options, Plan, Product, ReleaseRef};
use crate::render::{Level, annotations_of_plan};
use crate::sandbox::Sandbox;
use crate::submission::{Kind, Live};

use super::args::{self, Global, Manifests, Release, Selection};
use super::baseline::{self, Asked, Baseline, Missing};
use super::ci::Known;
use super::exit::{Exit, Failure};
use super::kept;
use super::manifests::{Checked, as_services_see, base};
use super::results::Results;
use super::settings;
use super::targets::{self, Target};

/// What a run is about, as the command line names it, or a plan that was saved.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) manifests: Manifests,
    pub(super) targets: Vec<Target>,
    pub(super) replace_untrusted: bool,
    /// What tells changes made in Partner Center from those made in git.
    pub(super) baseline: args::Baseline,
    pub(super) in_the_way: InTheWay,
}

impl Named {
    pub(super) fn of(global: &Global, selection: &Selection) -> Self {
        Self {
            manifests: selection.manifests.clone(),
            targets: global.target.clone(),
            replace_untrusted: selection.replace_untrusted,
            baseline: selection.since.of_run(global),
            in_the_way: InTheWay::default(),
        }
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

/// What is wanted: the resources that a run is about, what git said of them before, and how to find them in Partner Center.
pub(super) struct Wanted {
    checked: Checked,
    subjects: Vec<Subject>,
    named: Named,
    baseline: Result<Baseline, Missing>,
}

impl Wanted {
    /// Loads the manifests. Needs no network.
    pub(super) fn load(
        global: &Global,
        results: &Results,
        named: Named,
        releasing: Releasing,
    ) -> Result<Self, Failure> {
        let mut checked = Checked::load(global, results, &named.manifests)?;
        checked.refuse_errors(global, results)?;
        let none = Releases::new();
        let asked = Asked {
            workspace: &checked.workspace,
            paths: &named.manifests.paths,
            releases: if releasing == Releasing::Earlier { &checked.releases } else { &none },
            resources: &checked.loaded.resources,
        };
        let baseline = baseline::read(&named.baseline, &asked)?;
        let resources = std::mem::take(&mut checked.loaded.resources);
        let addresses: Vec<&str> = resources.iter().map(|resource| resource.address.as_str()).collect();
        let selected = targets::selected(&named.targets, &addresses)?;
        // The app of an add-on can be among those that are not selected.
        let subjects = subjects(&resources);
        let chosen = resources.into_iter().zip(subjects).zip(selected);
        let (resources, subjects) = chosen.filter(|(_, selected)| *selected).map(|(both, _)| both).unzip();
        checked.loaded.resources = resources;
        let wanted = Self { checked, subjects, named, baseline };
        for release in &wanted.named.manifests.release {
            wanted.check_address("--release", &release.address)?;
        }
        Ok(wanted)
    }

    pub(super) fn resources(&self) -> &[Resource] {
        &self.checked.loaded.resources
    }

    pub(super) fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// Everything that was loaded.
    pub(super) fn loaded(&self) -> &Loaded {
        &self.checked.loaded
    }

    pub(super) fn workspace(&self) -> &Workspace {
        &self.checked.workspace
    }

    /// The resources with how to find each.
    pub(super) fn into_parts(self) -> impl Iterator<Item = (Resource, Subject)> {
        self.checked.loaded.resources.into_iter().zip(self.subjects)
    }

    /// Refuses an address that an option names and no resource of the run has.
    pub(super) fn check_address(&self, option: &str, address: &Address) -> Result<(), Failure> {
        let addresses: Vec<&str> =
            self.resources().iter().map(|resource| resource.address.as_str()).collect();
        targets::check(option, address, &addresses)
    }

    /// The baseline, for what makes no sense without one.
    pub(super) fn needed_baseline(&self, what: &str) -> Result<&Baseline, Failure> {
        let refuse = |missing: &Missing| {
            Failure::new(Exit::Usage, format!("{what} needs a baseline in git: {missing}"))
                .help(missing.remedy())
        };
        let baseline = self.baseline.as_ref().map_err(refuse)?;
        baseline.whole().map_err(refuse)
    }

    /// What there is to say of the manifests, now and at the baseline.
    fn findings(&self) -> Vec<Finding> {
        let mut findings = self.checked.findings.findings.clone();
        match &self.baseline {
            Ok(baseline) => findings.extend(baseline.findings.iter().cloned()),
            Err(missing) => findings.extend(missing.finding()),
        }
        findings
    }

    /// With what git says of it at the baseline, as if the Store held exactly that.
    pub(super) fn in_baseline(self) -> Result<Run, Failure> {
        let baseline = self.needed_baseline("`plan --offline`")?;
        let live = plan::as_git_says(self.resources(), &baseline.resources);
        let committed = baseline.committed.clone();
        Ok(self.beside(live, LiveSource::Baseline, committed))
    }

    /// With what the account holds now.
    pub(super) async fn in_account(self, account: &Account) -> Result<Run, Failure> {
        let (live, read_at) = account.read(&self.subjects).await?;
        Ok(self.beside(live, LiveSource::Account, read_at))
    }

    /// With what a snapshot holds: no account is asked.
    pub(super) fn in_snapshot(
        mut self,
        global: &Global,
        results: &Results,
        file: &Path,
    ) -> Result<Run, Failure> {
        let shown = file.display().to_string();
        let file = base(global)?.join(file);
        results.keep(&[file.canonicalize().unwrap_or_default()])?;
        let snapshot: Snapshot = SNAPSHOT.read(&file, &shown)?;
        let taken_at: jiff::Timestamp = snapshot.taken_at.parse().map_err(|_| {
            Failure::new(
                Exit::Invalid,
                format!("`{shown}` does not say when it was taken: `takenAt` is no time"),
            )
            .help(format!("make it anew with {}", SNAPSHOT.made_by))
        })?;
        let taken_at = spelled(taken_at);
        let (mut live, mut missing) = (Vec::new(), Vec::new());
        for (subject, resource) in self.subjects.iter().zip(self.resources()) {
            match snapshot.live(subject) {
                Some(found) => live.push(found.clone()),
                None => missing.push(not_in_snapshot(resource, &taken_at)),
            }
        }
        if !missing.is_empty() {
            // The manifests are right; what they are to be compared with is too old.
            self.checked.refuse_late(global, results, missing, Exit::Stale)?;
        }
        Ok(self.beside(live, LiveSource::Snapshot, taken_at))
    }

    fn beside(self, live: Vec<Live>, source: LiveSource, read_at: String) -> Run {
        let Named { manifests, targets, replace_untrusted, in_the_way, .. } = &self.named;
        let release = |release: &Release| ReleaseRef {
            address: release.address.to_string(),
            folder: release.folder.display().to_string(),
        };
        let made_of = MadeOf {
            made_at: now(),
            live: source,
            read_at,
            baseline: self.baseline.as_ref().ok().map(|baseline| baseline.reference.clone()),
            paths: manifests.paths.iter().map(|path| path.display().to_string()).collect(),
            releases: manifests.release.iter().map(release).collect(),
            targets: targets.iter().map(ToString::to_string).collect(),
            replace_untrusted: *replace_untrusted,
            in_the_way: *in_the_way,
        };
        Run { wanted: self, live, made_of }
    }
}

/// What snapshots are as files.
pub(super) const SNAPSHOT: kept::Kind = kept::Kind {
    word: "snapshot",
    version: Snapshot::FORMAT_VERSION,
    made_by: "`storeward snapshot --out FILE`",
};

fn not_in_snapshot(resource: &Resource, taken_at: &str) -> Diagnostic {
    let message = format!("the snapshot of {taken_at} holds nothing of {}", resource.address);
    Diagnostic::error(Code::NotInSnapshot, resource.span, message)
        .help(format!("take a new one with {}, with this manifest among its paths", SNAPSHOT.made_by))
}

/// The account, or a local Partner Center in this process.
pub(super) struct Account {
    pub(super) connection: Connection,
    sandbox: Option<Sandbox>,
}

impl Account {
    pub(super) async fn connect(global: &Global) -> Result<Self, Failure> {
        let (connection, sandbox) = settings::connect(global, &base(global)?).await?;
        Ok(Self { connection, sandbox })
    }

    /// What is there of each subject, and since when that is known.
    pub(super) async fn read(&self, subjects: &[Subject]) -> Result<(Vec<Live>, String), Failure> {
        let read_at = now();
        let live = Reader::new(self.connection.clone()).live(subjects).await?;
        Ok((live, read_at))
    }

    pub(super) async fn end(self) {
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
    }
}

/// What is wanted beside what is there.
pub(super) struct Run {
    wanted: Wanted,
    live: Vec<Live>,
    made_of: MadeOf,
}

impl Run {
    pub(super) fn products(&self) -> Vec<Product<'_>> {
        self.products_with(&self.live)
    }

    /// The same beside what is there by now.
    pub(super) fn products_with<'r>(&'r self, live: &'r [Live]) -> Vec<Product<'r>> {
        let earlier: &[Resource] = self.wanted.baseline.as_ref().map_or(&[], |found| &found.resources);
        let pairs = self.wanted.resources().iter().zip(live);
        pairs
            .map(|(resource, live)| {
                let is_same = |earlier: &&Resource| {
                    earlier.address == resource.address || is_renamed(earlier, resource)
                };
                let baseline = earlier.iter().find(is_same);
                Product { resource, live, baseline }
            })
            .collect()
    }

    /// What was there, in the order of the products.
    pub(super) fn live(&self) -> &[Live] {
        &self.live
    }

    /// Reads what is there of a product once more.
    pub(super) async fn read_again(
        &self,
        account: &Account,
        address: &str,
        live: &mut [Live],
    ) -> Result<(), StoreError> {
        let is_asked_for = |resource: &Resource| resource.address.as_str() == address;
        let Some(place) = self.wanted.resources().iter().position(is_asked_for) else { return Ok(()) };
        let subjects = &self.wanted.subjects()[place..=place];
        let read = Reader::new(account.connection.clone()).live(subjects).await?;
        live[place..=place].clone_from_slice(&read);
        Ok(())
    }

    pub(super) fn options(&self) -> Options {
        Options { replace_untrusted: self.made_of.replace_untrusted }
    }

    /// The plan.
    pub(super) fn plan(&self, products: &[Product<'_>]) -> Plan {
        plan::plan(products, self.made_of.clone(), self.wanted.findings())
    }

    /// Lets a CI service know the plan, however the command ends. Blockers are annotated at this level.
    pub(super) fn tell(&self, results: &Results, plan: &Plan, blockers: Level) {
        let resources = self.wanted.resources();
        let workspace = &self.wanted.checked.workspace;
        let places = resources.iter().map(|resource| (resource.address.as_str(), &resource.at)).collect();
        let mut annotations = annotations_of_plan(plan, &places, blockers);
        as_services_see(workspace, annotations.iter_mut().filter_map(|annotation| annotation.at.as_mut()));
        let mut places: Vec<_> =
            places.into_iter().map(|(address, at)| (address.to_owned(), at.clone())).collect();
        as_services_see(workspace, places.iter_mut().map(|(_, at)| at));
        *results.ci.known.borrow_mut() =
            Known { plan: Some(plan.clone()), annotations, places, ..Known::default() };
    }
}

pub(super) fn now() -> String {
    spelled(jiff::Timestamp::now())
}

fn spelled(instant: jiff::Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Whether this is the same product under another name of the repository.
fn is_renamed(earlier: &Resource, now: &Resource) -> bool {
    earlier.kind() == now.kind() && now.id.is_some() && earlier.id == now.id
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
