//! `storeward drift`.

use crate::plan::Drift;
use crate::render::{self, Format};

use super::args::{DriftArgs, Global};
use super::exit::{Exit, Failure};
use super::results::Results;
use super::run::{Named, Releasing, Run, Wanted, has_errors};

pub(super) async fn run(global: &Global, results: &Results, args: &DriftArgs) -> Result<Exit, Failure> {
    let named = Named { manifests: &args.manifests, since: &args.since, replace_untrusted: false };
    let wanted = Wanted::load(global, results, named, Releasing::Earlier)?;
    wanted.needed_baseline("`drift`")?;
    let run = Run::of(global, wanted).await?;
    let plan = run.plan(&run.products());
    run.end().await;
    let drift = Drift::of(&plan);
    let products = plan.resources.len();
    results.give(|format, look, _| match format {
        Format::Text => render::drift_text(&drift, products, look),
        Format::Json => render::json(&drift),
        Format::Markdown => render::drift_markdown(&drift, products),
        _ => unreachable!("`Results` refuses forms that a command has not"),
    })?;
    Ok(if has_errors(&plan) {
        Exit::Invalid
    } else if args.detailed_exitcode && !drift.is_none() {
        Exit::Changes
    } else {
        Exit::Ok
    })
}
