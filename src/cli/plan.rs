//! `storeward plan`.

use crate::plan::Notes;
use crate::render::{self, Format, View};

use super::args::{Global, PlanArgs};
use super::exit::{Exit, Failure};
use super::results::{Results, Sink};
use super::run::{Run, has_errors};

pub(super) async fn run(global: &Global, results: &Results, args: &PlanArgs) -> Result<Exit, Failure> {
    let run = Run::start(global, results, &args.selection).await?;
    let products = run.products();
    let plan = run.plan(&products);
    let notes = args.show_notes.then(|| Notes::of_products(&products));
    let given = results.give(|format, look, sink| match format {
        Format::Text => {
            let view = View {
                full: args.full,
                steps: args.steps,
                unmanaged: args.show_unmanaged,
                legend: sink == Sink::Stdout && global.explains_symbols(),
                // Files stay behind, and are uploaded by CI.
                notes: notes.as_ref().filter(|_| sink == Sink::Stdout),
            };
            render::plan_text(&plan, view, look)
        }
        Format::Json => render::json(&plan),
        _ => unreachable!("`Results` refuses forms that a command has not"),
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
