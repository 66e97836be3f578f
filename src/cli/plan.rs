//! `storeward plan`.

use crate::render;

use super::args::{Global, Output, PlanArgs};
use super::exit::{Exit, Failure};
use super::out;
use super::run::{Run, has_errors};

pub(super) async fn run(global: &Global, args: &PlanArgs) -> Result<Exit, Failure> {
    let run = Run::start(global, &args.selection).await?;
    let plan = run.plan(&run.products());
    match global.output {
        Output::Text => {
            out::result(&render::plan_text(&plan, &run.releases, args.steps, global.look_of_stdout()));
        }
        Output::Json => {
            let json = serde_json::to_string_pretty(&plan).expect("a plan can be written as JSON");
            out::result(&format!("{json}\n"));
        }
    }
    run.end().await;
    Ok(if has_errors(&plan) {
        Exit::Invalid
    } else if args.detailed_exitcode && plan.has_changes() {
        Exit::Changes
    } else {
        Exit::Ok
    })
}
