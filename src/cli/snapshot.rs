//! `storeward snapshot`.

use crate::partner_center::Snapshot;
use crate::plan::InTheWay;
use crate::render::{self, Format};
use crate::submission::Live;

use super::args::{Baseline, Global, Manifests, SnapshotArgs};
use super::exit::{Exit, Failure};
use super::out;
use super::results::{Results, Sink};
use super::run::{Account, Named, Releasing, Wanted};

pub(super) async fn run(global: &Global, results: &Results, args: &SnapshotArgs) -> Result<Exit, Failure> {
    let named = Named {
        manifests: Manifests { paths: args.paths.clone(), release: Vec::new() },
        targets: global.target.clone(),
        replace_untrusted: false,
        baseline: Baseline::None,
        in_the_way: InTheWay::default(),
    };
    let wanted = Wanted::load(global, results, named, Releasing::Now)?;
    let account = Account::connect(global).await?;
    let read = account.read(wanted.subjects()).await;
    account.end().await;
    let (live, taken_at) = read?;
    for (resource, live) in wanted.resources().iter().zip(&live) {
        if let Live::NoSuchApp(words) | Live::Unsupported(words) = live
            && !global.quiet
        {
            let why = if words.is_empty() { "the account has no app with its id" } else { words };
            out::progress(&format!("{}\n", render::visible(&format!("{}: {why}", resource.address))));
        }
    }
    let sum = format!("snapshot of {}, taken {taken_at}\n", render::plural(live.len(), "product"));
    let snapshot = Snapshot::of(wanted.subjects().iter().cloned().zip(live), taken_at);
    results.give(|format, _, sink| match (format, sink) {
        // Whoever names a file does not want it in a log as well.
        (Format::Text, Sink::Stdout) if results.has_files() => sum.clone(),
        _ => render::json(&snapshot),
    })?;
    Ok(Exit::Ok)
}
