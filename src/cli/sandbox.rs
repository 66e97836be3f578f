//! `storeward sandbox`.

use crate::sandbox;

use super::args::{Global, SandboxArgs};
use super::exit::{Exit, Failure};
use super::manifests::base;
use super::out;
use super::results::Results;
use super::signals::Signals;

pub(super) async fn run(
    global: &Global,
    results: &Results,
    args: &SandboxArgs,
    signals: &Signals,
) -> Result<Exit, Failure> {
    let base = base(global)?;
    let sandbox = sandbox::start(sandbox::Options {
        listen: args.listen,
        data: base.join(&args.data),
        seed: args.seed.as_ref().map(|seed| base.join(seed)),
    })
    .await
    .map_err(|error| Failure::new(Exit::Error, error.to_string()))?;
    let addresses = serde_json::to_string(sandbox.endpoints()).expect("addresses can be written as JSON");
    results.give(|_, _, _| format!("{addresses}\n"))?;
    if !global.quiet {
        let shown = base.join(&args.data);
        out::progress(&format!(
            "serving a local Partner Center from `{}`; Ctrl-C ends it\n",
            shown.display()
        ));
    }
    signals.first().await;
    sandbox.stop().await;
    Ok(Exit::Ok)
}
