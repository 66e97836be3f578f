//! `storeward plan`.

use crate::plan::{FORMAT_VERSION, Notes};
use crate::render::{self, Format, Level, View};

use super::args::{Global, PlanArgs};
use super::command_line;
use super::exit::{Exit, Failure};
use super::kept;
use super::manifests::base;
use super::out;
use super::results::{Results, Sink};
use super::run::{Account, Named, Releasing, Run, Wanted, has_errors};

/// What saved plans are as files.
pub(super) const PLAN: kept::Kind =
    kept::Kind { word: "plan", version: FORMAT_VERSION, made_by: "`storeward plan --save FILE`" };

pub(super) async fn run(global: &Global, results: &Results, args: &PlanArgs) -> Result<Exit, Failure> {
    let save = match &args.save {
        Some(file) => Some(results.open_beside("--save", &base(global)?, file)?),
        None => None,
    };
    let run = compared(global, results, args).await?;
    let products = run.products();
    let plan = run.plan(&products);
    let notes = args.show_notes.then(|| Notes::of_products(&products));
    run.tell(results, &plan, Level::Warning);
    let options = command_line::of_sandbox(global);
    let view = View {
        full: args.full,
        steps: args.steps,
        unmanaged: args.show_unmanaged,
        options: &options,
        ..View::default()
    };
    let is_for_a_service = matches!(results.on_stdout(), Format::Github | Format::Azure | Format::Gitlab);
    if is_for_a_service && !global.quiet {
        // People read along in the log.
        out::progress(&render::plan_text(&plan, view, global.look_of_stderr()));
    }
    results.give(|format, look, sink| match format {
        Format::Text => {
            let view = View {
                legend: sink == Sink::Stdout && global.explains_symbols(),
                // Files stay behind, and are uploaded by CI.
                notes: notes.as_ref().filter(|_| sink == Sink::Stdout),
                ..view
            };
            render::plan_text(&plan, view, look)
        }
        Format::Json => render::json(&plan),
        Format::Markdown => render::plan_markdown(&plan, &results.ci.setting(sink)),
        Format::Github | Format::Azure | Format::Gitlab => {
            results.ci.annotated(format, &results.ci.known.borrow().annotations)
        }
    })?;
    match save {
        Some(_) if has_errors(&plan) => {
            out::progress("the plan was not saved: with errors it cannot be applied\n");
        }
        Some(file) => file.write(&render::json(&plan))?,
        None => {}
    }
    Ok(Exit::of_plan(&plan, args.detailed_exitcode))
}

/// What is wanted beside what is, or was, there.
async fn compared(global: &Global, results: &Results, args: &PlanArgs) -> Result<Run, Failure> {
    if args.live.is_some() && global.sandbox.is_some() {
        let message = "--live compares with a snapshot, --sandbox with a local Partner Center";
        return Err(Failure::new(Exit::Usage, message).help("leave one of the two out"));
    }
    let named = Named::of(global, &args.selection);
    if args.offline {
        let named = Named { baseline: args.selection.since.baseline.clone(), ..named };
        return Wanted::load(global, results, named, Releasing::Now)?.in_baseline();
    }
    let wanted = Wanted::load(global, results, named, Releasing::Earlier)?;
    if let Some(snapshot) = &args.live {
        return wanted.in_snapshot(global, results, snapshot);
    }
    let account = Account::connect(global).await?;
    let run = wanted.in_account(&account).await;
    account.end().await;
    run
}
