//! What `plan` and `apply` share: load, connect, read live state, plan.

use futures::{StreamExt, TryStreamExt, stream};

use crate::manifest::{Finding, Loaded, Severity};
use crate::partner_center::{Connection, Reader};
use crate::plan::{self, Options, Plan, Product};
use crate::sandbox::Sandbox;
use crate::submission::Live;

use super::args::{Global, Selection};
use super::exit::Failure;
use super::manifests::{Checked, base};
use super::results::Results;
use super::settings;

/// Reads in flight at a time.
const PARALLEL_READS: usize = 8;

/// A run: what is wanted, what is there, and the way to the Store.
pub(super) struct Run {
    loaded: Loaded,
    findings: Vec<Finding>,
    live: Vec<Live>,
    pub(super) options: Options,
    pub(super) connection: Connection,
    pub(super) releases: Vec<String>,
    read_at: String,
    sandbox: Option<Sandbox>,
}

impl Run {
    /// Loads manifests, connects, and reads what Partner Center holds of them.
    pub(super) async fn start(
        global: &Global,
        results: &Results,
        selection: &Selection,
    ) -> Result<Self, Failure> {
        let mut checked = Checked::load(global, &selection.manifests)?;
        checked.add(checked.loaded.resources.iter().flat_map(plan::not_yet).collect());
        checked.refuse_errors(global, results)?;
        let Checked { loaded, findings, .. } = checked;
        let (connection, sandbox) = settings::connect(global, &base(global)?).await?;
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
        let released = selection.manifests.release.iter();
        let releases = released.map(|r| format!("{}={}", r.address, r.folder.display())).collect();
        let options = Options { replace_untrusted: selection.replace_untrusted };
        Ok(Self {
            loaded,
            findings: findings.findings,
            live,
            options,
            connection,
            releases,
            read_at,
            sandbox,
        })
    }

    /// What is wanted beside what is there.
    pub(super) fn products(&self) -> Vec<Product<'_>> {
        let pairs = self.loaded.resources.iter().zip(&self.live);
        pairs.map(|(resource, live)| Product { resource, live }).collect()
    }

    /// The plan.
    pub(super) fn plan(&self, products: &[Product<'_>]) -> Plan {
        plan::plan(products, self.options, &self.read_at, self.findings.clone())
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
