//! What `plan` and `apply` share: load, connect, read live state, plan.

use std::path::PathBuf;

use futures::{StreamExt, TryStreamExt, stream};

use crate::manifest::{Finding, Loaded, Releases, Severity, Workspace, load};
use crate::partner_center::{Connection, Reader};
use crate::plan::{self, Options, Plan, Product};
use crate::render;
use crate::sandbox::Sandbox;
use crate::submission::Live;

use super::args::{Global, Selection};
use super::exit::{Exit, Failure};
use super::{out, settings};

/// Reads in flight at a time.
const PARALLEL_READS: usize = 8;

/// A run: what is wanted, what is there, and the way to the Store.
pub(super) struct Run {
    pub(super) loaded: Loaded,
    pub(super) live: Vec<Live>,
    pub(super) options: Options,
    pub(super) connection: Connection,
    pub(super) releases: Vec<String>,
    read_at: String,
    sandbox: Option<Sandbox>,
}

impl Run {
    /// Loads manifests, connects, and reads what Partner Center holds of them.
    pub(super) async fn start(global: &Global, selection: &Selection) -> Result<Self, Failure> {
        let base = base(global)?;
        let workspace = Workspace::around(&base).map_err(|error| {
            Failure::new(Exit::Usage, format!("`{}` is no folder: {error}", base.display()))
        })?;
        let releases = releases(&workspace, selection)?;
        let mut loaded = load(&workspace, &selection.paths, &releases);
        for diagnostic in loaded.resources.iter().flat_map(plan::not_yet) {
            loaded.diagnostics.push(diagnostic);
        }
        let text = render::diagnostics(&loaded.diagnostics, &loaded.sources, global.look_of_stderr());
        if loaded.diagnostics.has_errors() {
            out::progress(&text);
            return Err(Failure::new(Exit::Invalid, "").help("nothing was sent"));
        }
        if !global.quiet {
            out::progress(&text);
        }
        let (connection, sandbox) = settings::connect(global, &base).await?;
        let reader = Reader::new(connection.clone());
        let read_at = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let ids: Vec<String> = loaded.resources.iter().filter_map(|resource| resource.id.clone()).collect();
        let live = stream::iter(ids)
            .map(|id| {
                let reader = reader.clone();
                async move { reader.live_app(&id).await }
            })
            .buffered(PARALLEL_READS)
            .try_collect()
            .await?;
        let releases =
            selection.release.iter().map(|r| format!("{}={}", r.address, r.folder.display())).collect();
        let options = Options { replace_untrusted: selection.replace_untrusted };
        Ok(Self { loaded, live, options, connection, releases, read_at, sandbox })
    }

    /// What is wanted beside what is there.
    pub(super) fn products(&self) -> Vec<Product<'_>> {
        let pairs = self.loaded.resources.iter().zip(&self.live);
        pairs.map(|(resource, live)| Product { resource, live }).collect()
    }

    /// The plan.
    pub(super) fn plan(&self, products: &[Product<'_>]) -> Plan {
        let findings = self.loaded.diagnostics.sorted().into_iter().map(|diagnostic| Finding {
            code: diagnostic.code.to_string(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            at: diagnostic.span.map(|span| self.loaded.sources.location(span)),
            help: diagnostic.help.clone(),
        });
        plan::plan(products, self.options, &self.read_at, findings.collect())
    }

    /// Ends the run.
    pub(super) async fn end(self) {
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
    }
}

/// Whether a plan holds errors that only the live state shows.
pub(super) fn has_errors(plan: &Plan) -> bool {
    plan.diagnostics.iter().any(|finding| finding.severity == Severity::Error)
}

/// The folder that the command runs in.
pub(super) fn base(global: &Global) -> Result<PathBuf, Failure> {
    let current = std::env::current_dir()
        .map_err(|error| Failure::new(Exit::Error, format!("the current folder cannot be read: {error}")))?;
    Ok(global.directory.as_ref().map_or_else(|| current.clone(), |folder| current.join(folder)))
}

fn releases(workspace: &Workspace, selection: &Selection) -> Result<Releases, Failure> {
    let mut releases = Releases::new();
    for release in &selection.release {
        let folder = workspace.current().join(&release.folder);
        let shown = release.folder.display();
        let folder = folder.canonicalize().ok().filter(|folder| folder.is_dir()).ok_or_else(|| {
            Failure::new(Exit::Invalid, format!("the release folder `{shown}` does not exist"))
                .help("build the packages first, or correct the path")
        })?;
        let empty = folder.read_dir().map_or(true, |mut entries| entries.next().is_none());
        if empty {
            return Err(Failure::new(Exit::Invalid, format!("the release folder `{shown}` is empty"))
                .help("build the packages first, or correct the path"));
        }
        if releases.insert(release.address.clone(), folder).is_some() {
            return Err(Failure::new(Exit::Usage, format!("two releases are named for {}", release.address)));
        }
    }
    Ok(releases)
}
