//! `storeward plan`.

use crate::render::{self, Format, Level};

use super::args::{Global, PlanArgs};
use super::exit::{Exit, Failure};
use super::out;
use super::results::Results;
use super::run::{Run, has_errors};

pub(super) async fn run(global: &Global, results: &Results, args: &PlanArgs) -> Result<Exit, Failure> {
    let run = Run::start(global, results, &args.selection).await?;
    let plan = run.plan(&run.products());
    run.tell(results, &plan, Level::Warning);
    let is_for_a_service = matches!(results.on_stdout(), Format::Github | Format::Azure | Format::Gitlab);
    if is_for_a_service && !global.quiet {
        // People read along in the log.
        out::progress(&render::plan_text(&plan, args.steps, global.look_of_stderr()));
    }
    let given = results.give(|format, look, sink| match format {
        Format::Text => render::plan_text(&plan, args.steps, look),
        Format::Json => render::json(&plan),
        Format::Markdown => render::plan_markdown(&plan, &results.ci.setting(sink)),
        Format::Github | Format::Azure | Format::Gitlab => {
            results.ci.annotated(format, &results.ci.known.borrow().annotations)
        }
    });
    run.end().await;
    given?;
    Ok(if has_errors(&plan) {
        Exit::Invalid
    } else if args.detailed_exitcode && plan.has_changes() {
        Exit::Changes
    } else {
        Exit::Ok
    })
}
