//! `storeward plan`.

use crate::render::{self, Format};

use super::args::{Global, PlanArgs};
use super::exit::{Exit, Failure};
use super::results::Results;
use super::run::{Releasing, Run, Wanted, has_errors};

pub(super) async fn run(global: &Global, results: &Results, args: &PlanArgs) -> Result<Exit, Failure> {
    let (plan, run) = if args.offline {
        let wanted = Wanted::load(global, results, &args.selection, Releasing::Now)?;
        (wanted.offline_plan()?, None)
    } else {
        let run = Run::start(global, results, &args.selection).await?;
        (run.plan(&run.products()), Some(run))
    };
    let given = results.give(|format, look, _| match format {
        Format::Text => render::plan_text(&plan, args.steps, look),
        Format::Json => render::json(&plan),
        _ => unreachable!("`Results` refuses forms that a command has not"),
    });
    if let Some(run) = run {
        run.end().await;
    }
    given?;
    Ok(if has_errors(&plan) {
        Exit::Invalid
    } else if args.detailed_exitcode && plan.has_changes() {
        Exit::Changes
    } else {
        Exit::Ok
    })
}
