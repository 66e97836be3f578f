//! `storeward apply`.

use std::sync::Mutex;
use std::time::Instant;

use crate::apply::{self, Event, Job, WaitFor};
use crate::partner_center::Connection;
use crate::plan::{Action, Plan, PublishedBy, ResourcePlan};
use crate::render::{self, EventLines, View};

use super::approval::Approval;
use super::args::{ApplyArgs, Global, IfBusy, Wait};
use super::exit::{Exit, Failure};
use super::left::Left;
use super::out;
use super::results::Results;
use super::run::{Account, Named, Run, Wanted, has_errors};
use super::saved::{Saved, saved};

const DEFAULT_TIMEOUT: std::time::Duration = std::time::Duration::from_hours(1);

pub(super) async fn run(global: &Global, results: &Results, args: &ApplyArgs) -> Result<Exit, Failure> {
    let saved = saved(global, args)?;
    let named = match &saved {
        Some(saved) => saved.named(&args.selection.manifests.release)?,
        None => Named::of(global, &args.selection),
    };
    let wanted = Wanted::load(global, results, named)?;
    for address in args.allow.iter().filter_map(|allowance| allowance.address.as_ref()) {
        wanted.check_address("--allow", address)?;
    }
    let account = Account::connect(global).await?;
    let exit = match wanted.in_account(&account).await {
        Ok(run) => carry_out(global, results, args, saved.as_ref(), &run, &account.connection).await,
        Err(failure) => Err(failure),
    };
    account.end().await;
    exit
}

async fn carry_out(
    global: &Global,
    results: &Results,
    args: &ApplyArgs,
    saved: Option<&Saved>,
    run: &Run,
    connection: &Connection,
) -> Result<Exit, Failure> {
    let products = run.products();
    let mut plan = run.plan(&products, args.stance());
    plan.allow(&args.allow);
    let left = Left { if_busy: args.if_busy };
    run.tell(results, &plan, left.level(&plan));
    let approval = Approval::of(args, saved);
    let stale = approval.is_stale(&plan);
    if has_errors(&plan) || approval.asks(&plan) || !(stale || global.quiet) {
        out::progress(&render::plan_text(&plan, View::default(), global.look_of_stderr()));
    }
    if has_errors(&plan) {
        return Err(Failure::new(Exit::Invalid, "the plan has errors").help("nothing was sent"));
    }
    if stale {
        return Err(approval.refuse(global, results, &plan));
    }
    refuse_unpermitted(&plan)?;
    let work =
        |resource: &ResourcePlan| resource.action != Action::None && !left.leaves(&plan, &resource.address);
    if !plan.resources.iter().any(work) {
        return left.conclude(global, results, &plan, &[]);
    }
    let timeout = args.timeout.or((args.wait == Wait::Committed).then_some(DEFAULT_TIMEOUT));
    refuse_endless_wait(args, &plan, left)?;
    if timeout.is_none() {
        left.refuse_endless_turn(&plan, &products)?;
    }
    approval.ask(global, &plan)?;
    let started = Instant::now();
    let lines = Mutex::new(EventLines::new(global.look_of_stderr()));
    let quiet = global.quiet;
    let emit = move |event: Event| {
        let line = lines.lock().ok().and_then(|mut lines| lines.line(&event, started.elapsed()));
        if let Some(line) = line.filter(|_| !quiet) {
            out::progress(&line);
        }
    };
    let job = Job {
        plan: &plan,
        products: &products,
        subjects: run.subjects(),
        options: run.options(),
        stance: args.stance(),
        waits: args.if_busy == IfBusy::Wait,
        connection,
        wait: WaitFor::from(args.wait),
        timeout,
        parallel: usize::from(args.parallel),
    };
    if !quiet {
        out::progress("\n");
    }
    let reports = tokio::select! {
        reports = apply::apply(&job, &emit) => reports,
        signal = interrupted() => {
            return Err(Failure::new(Exit::Interrupted, format!("interrupted by {signal}"))
                .help("nothing is lost: run the same command again, and it goes on where it stopped"));
        }
    };
    // What was waited for is in nobody's way any longer, or its report says so.
    plan.blockers.retain(|blocker| reports.iter().all(|report| report.address != blocker.address));
    run.tell(results, &plan, left.level(&plan));
    left.conclude(global, results, &plan, &reports)
}

pub(super) fn remedy(error: &apply::ApplyError) -> Option<String> {
    use apply::ApplyError as E;
    Some(match error {
        E::Store(error) => return error.remedy().map(str::to_owned),
        E::Upload(_) | E::UploadExpired { .. } => {
            "the draft is kept; run the same command again, and it goes on from there".to_owned()
        }
        E::Archive(_) => "run again when the files are as they should be".to_owned(),
        E::Stale { .. } => "review the new plan with `storeward plan`, then apply it".to_owned(),
        E::PriceNotTaken { .. } => {
            "the account may not take this tier; choose another in the manifest".to_owned()
        }
        E::NotTaken { submission, .. } => format!(
            "look at draft {submission} in Partner Center; delete it there if it is wrong, then run again"
        ),
        E::Rejected { .. } => {
            "mend what the Store names, then run again: the failed submission is replaced".to_owned()
        }
        E::FellBack { .. } => "run again: the draft is taken up and committed once more".to_owned(),
        E::Gone { .. } => "find out who deleted it, then run again".to_owned(),
        E::Mismatch { .. } => {
            "look at the submission in Partner Center; run `storeward plan` to see what differs".to_owned()
        }
        E::Timeout { .. } => "run the same command again to go on waiting".to_owned(),
        E::Blocked { blockers } => {
            let remedies: Vec<&str> =
                blockers.iter().flat_map(|blocker| &blocker.remedies).map(String::as_str).collect();
            remedies.join("; ")
        }
    })
}

/// A guard without a permit anywhere stops everything.
fn refuse_unpermitted(plan: &Plan) -> Result<(), Failure> {
    let open: Vec<_> = plan.unpermitted().collect();
    if open.is_empty() {
        return Ok(());
    }
    let mut words: Vec<&str> = open.iter().map(|hit| hit.guard.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    Err(Failure::new(Exit::NeedsApproval, format!("{} needs a permit; nothing was sent", words.join(", ")))
        .help(format!(
            "if it is meant, add `permit: [{}]` to the manifest, where it is reviewed; or permit it for this run with {}",
            words.join(", "),
            words.iter().map(|word| format!("--allow {word}")).collect::<Vec<_>>().join(" ")
        )))
}

/// A submission that a person or a date publishes would be waited for without end.
fn refuse_endless_wait(args: &ApplyArgs, plan: &Plan, left: Left) -> Result<(), Failure> {
    let held = |resource: &&ResourcePlan| {
        resource.route.as_ref().is_some_and(|route| route.published_by != PublishedBy::Itself)
            && !left.leaves(plan, &resource.address)
    };
    match plan.resources.iter().find(held) {
        Some(resource) if args.wait == Wait::Published => Err(Failure::new(
            Exit::Usage,
            format!(
                "{} is not published by itself once it is certified, so --wait published would not end",
                resource.address
            ),
        )
        .help("use --wait certified")),
        _ => Ok(()),
    }
}

/// Waits for a signal to stop and names it.
async fn interrupted() -> &'static str {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return "SIGINT",
                _ = terminate.recv() => return "SIGTERM",
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // No signal can be heard: the run simply ends by itself.
        std::future::pending::<()>().await;
    }
    "SIGINT"
}
