//! `storeward plan`.

use crate::render::{self, Format};

use super::args::{Global, PlanArgs};
use super::exit::{Exit, Failure};
use super::results::Results;
use super::run::Run;

pub(super) async fn run(global: &Global, results: &Results, args: &PlanArgs) -> Result<Exit, Failure> {
    let run = Run::start(global, results, &args.selection).await?;
    let plan = run.plan(&run.products());
    let given = results.give(|format, look, _| match format {
        Format::Text => render::plan_text(&plan, args.steps, look),
        Format::Json => render::json(&plan),
        _ => unreachable!("`Results` refuses forms that a command has not"),
    });
    run.end().await;
    given?;
    Ok(Exit::of_plan(&plan, args.detailed_exitcode))
}
