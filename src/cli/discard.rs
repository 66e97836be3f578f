//! `storeward discard`.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::json;
use tokio::sync::Semaphore;

use crate::apply::{self, Emit, Job, WaitFor};
use crate::manifest::Guard;
use crate::plan::{Discard, InTheWay};
use crate::render::{self, EventLines, Format};
use crate::submission::{Document, Live};

use super::approval::confirm;
use super::args::{Baseline, DiscardArgs, Global, Manifests};
use super::command_line;
use super::exit::{Exit, Failure};
use super::out;
use super::remedy::remedy;
use super::results::Results;
use super::run::{Account, Named, Releasing, Run, Wanted};
use super::signals::{Signals, interrupted};
use super::targets::Target;
use super::wait::unread;

pub(super) async fn run(
    global: &Global,
    results: &Results,
    args: &DiscardArgs,
    signals: &Signals,
) -> Result<Exit, Failure> {
    let named = Named {
        manifests: Manifests { paths: args.paths.clone(), release: Vec::new() },
        targets: vec![Target::from(&args.address)],
        replace_untrusted: false,
        baseline: Baseline::None,
        in_the_way: InTheWay::default(),
    };
    let wanted = Wanted::load(global, results, named, Releasing::Now)?;
    let account = Account::connect(global).await?;
    let ended = match wanted.in_account(&account).await {
        Ok(run) => tokio::select! {
            ended = discard(global, args, &run, &account, signals) => ended,
            signal = signals.first() => Err(interrupted(signal)
                .help("whether something was deleted is not known: `storeward status` says how it is")),
        },
        Err(failure) => Err(failure),
    };
    account.end().await;
    let deleted = ended?;
    let address = &args.address;
    results.give(|format, _, _| match (format, &deleted) {
        (Format::Json, deleted) => {
            let word = if deleted.is_some() { "deleted" } else { "nothing" };
            render::json(&json!({ "address": address, "result": word, "submission": deleted }))
        }
        (_, Some(id)) => format!("{address}: submission {} is deleted\n", render::visible(id)),
        (_, None) => format!("{address}: there is no draft and no failed submission\n"),
    })?;
    Ok(Exit::Ok)
}

/// The id of the submission that was deleted; `None`: there was nothing to delete.
async fn discard(
    global: &Global,
    args: &DiscardArgs,
    run: &Run,
    account: &Account,
    signals: &Signals,
) -> Result<Option<String>, Failure> {
    let address = &args.address;
    let products = run.products();
    let plan = run.plan(&products);
    let product = products
        .first()
        .ok_or_else(|| Failure::new(Exit::Usage, format!("no manifest has the address {address}")))?;
    let Live::Readable(live) = product.live else {
        return Err(unread(address.as_str(), Some(product.live)));
    };
    let refuse = |lines: &[String], help: &str| {
        let words = format!("{address}: nothing was deleted: {}", lines.join("\n  "));
        Err(Failure::new(Exit::Blocked, words).help(help))
    };
    let guard = Guard::ReplacesDraft;
    let (lines, needs_permit) = match Discard::of(product.resource, live) {
        Discard::Nothing => return Ok(None),
        Discard::OnItsWay(lines) => {
            return refuse(
                &lines,
                "what was committed is not deleted; cancel it in Partner Center if it must not ship",
            );
        }
        Discard::Portal(lines) => {
            return refuse(&lines, "it was started in Partner Center, and only there it can be deleted");
        }
        Discard::First(lines) => {
            return refuse(
                &lines,
                "it is the app's first submission; delete it in Partner Center if it is not needed",
            );
        }
        Discard::Ours(lines) => (lines, false),
        Discard::Theirs(lines) => (lines, true),
    };
    out::progress(&render::visible(&format!("{address}: {}\n", lines.join("\n  "))));
    if needs_permit
        && !args.allow.iter().any(|allowed| allowed.guard == guard && allowed.covers(address.as_str()))
    {
        let message = format!("{guard} needs a permit: {}; nothing was deleted", guard.risk());
        return Err(Failure::new(Exit::NeedsApproval, message)
            .help(format!("if it is meant: {} --allow {guard}", command_line::given(global))));
    }
    if !args.yes {
        confirm("\nDelete this submission?", signals, || {
            Failure::new(Exit::NeedsApproval, "nobody to ask; nothing was deleted")
                .help("delete it with --yes")
        })
        .await?;
    }
    let options = run.options();
    let job = Job {
        plan: &plan,
        products: &products,
        options,
        connection: &account.connection,
        wait: WaitFor::None,
        timeout: None,
        lanes: &Semaphore::new(1),
    };
    let started = Instant::now();
    let lines = Mutex::new(EventLines::new(global.look_of_stderr()));
    let quiet = global.quiet;
    let emit: Emit = Arc::new(move |event| {
        let line = lines.lock().ok().and_then(|mut lines| lines.line(&event, started.elapsed()));
        if let Some(line) = line.filter(|_| !quiet) {
            out::progress(&line);
        }
    });
    apply::discard(&job, address.as_str(), &emit).await.map_err(|error| Failure {
        exit: Exit::of_apply(&error),
        message: format!("{address}: {error}"),
        help: remedy(&error),
    })?;
    Ok(live.pending.as_ref().map(Document::id).map(str::to_owned))
}
