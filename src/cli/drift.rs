//! `storeward drift`.

use crate::plan::{Drift, InTheWay};
use crate::render::{self, Format};

use super::args::{DriftArgs, Global};
use super::exit::{Exit, Failure};
use super::results::Results;
use super::run::{Account, Named, Releasing, Wanted, has_errors};

pub(super) async fn run(global: &Global, results: &Results, args: &DriftArgs) -> Result<Exit, Failure> {
    let named = Named {
        manifests: args.manifests.clone(),
        targets: global.target.clone(),
        replace_untrusted: false,
        baseline: args.since.baseline.clone(),
        in_the_way: InTheWay::default(),
    };
    let wanted = Wanted::load(global, results, named, Releasing::Earlier)?;
    wanted.needed_baseline("`drift`")?;
    let account = Account::connect(global).await?;
    let run = wanted.in_account(&account).await;
    account.end().await;
    let run = run?;
    let plan = run.plan(&run.products());
    let drift = Drift::of(&plan);
    results.give(|format, look, _| match format {
        Format::Text => render::drift_text(&drift, look),
        Format::Json => render::json(&drift),
        Format::Markdown => render::drift_markdown(&drift),
        Format::Github | Format::Azure | Format::Gitlab => {
            unreachable!("`Results` refuses forms that a command has not")
        }
    })?;
    Ok(if has_errors(&plan) {
        Exit::Invalid
    } else if args.detailed_exitcode && !drift.is_none() {
        Exit::Changes
    } else {
        Exit::Ok
    })
}
