//! `storeward status`.

use crate::partner_center::Subject;
use crate::plan::{PendingState, ProductStatus, STATUS_VERSION, StatusOfAll};
use crate::render::{self, Format};
use crate::submission::Live;

use super::args::{Global, StatusArgs};
use super::exit::{Exit, Failure};
use super::results::Results;
use super::run::Account;
use super::whom;

pub(super) async fn run(global: &Global, results: &Results, args: &StatusArgs) -> Result<Exit, Failure> {
    let named = whom::find(global, results, &args.whom)?;
    let account = Account::connect(global).await?;
    let read = async {
        let found = whom::with_parts(named, &account).await?;
        let subjects: Vec<Subject> = found.iter().map(|found| found.subject.clone()).collect();
        let (live, read_at) = account.read(&subjects).await?;
        Ok::<_, Failure>((found, live, read_at))
    }
    .await;
    account.end().await;
    let (found, live, read_at) = read?;
    let products: Vec<ProductStatus> = found
        .iter()
        .zip(&live)
        .map(|(found, live)| ProductStatus::of(found.asked(), &found.subject.app, live))
        .collect();
    // What a manifest wants to be created is not there yet, and that is no failure.
    let unknown = products.iter().zip(found.iter().zip(&live)).any(|(product, (found, live))| {
        product.problem.is_some() && !(found.has_manifest && matches!(live, Live::Readable(_)))
    });
    let failed = products
        .iter()
        .filter_map(|product| product.pending.as_ref())
        .any(|p| p.state == PendingState::Failed);
    let status = StatusOfAll { format_version: STATUS_VERSION, read_at, products };
    results.give(|format, look, _| match format {
        Format::Json => render::json(&status),
        _ => render::status_text(&status, look),
    })?;
    Ok(match (unknown, failed && args.detailed_exitcode) {
        (true, _) => Exit::Error,
        (false, true) => Exit::Rejected,
        (false, false) => Exit::Ok,
    })
}
