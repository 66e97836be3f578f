//! `storeward apply`.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Instant;

use crate::apply::{self, Event, Job, Outcome, Report, WaitFor};
use crate::manifest::Findings;
use crate::plan::{BlockerKind, Plan, PublishedBy};
use crate::render::{self, EventLines, Format};
use crate::submission::Kind;

use super::args::{ApplyArgs, Global, Wait};
use super::exit::{Exit, Failure};
use super::out;
use super::results::{Results, Sink};
use super::run::{Run, has_errors};

const DEFAULT_TIMEOUT: std::time::Duration = std::time::Duration::from_hours(1);

pub(super) async fn run(global: &Global, results: &Results, args: &ApplyArgs) -> Result<Exit, Failure> {
    let run = Run::start(global, results, &args.selection).await?;
    let exit = carry_out(global, results, args, &run).await;
    run.end().await;
    exit
}

async fn carry_out(
    global: &Global,
    results: &Results,
    args: &ApplyArgs,
    run: &Run<'_>,
) -> Result<Exit, Failure> {
    let products = run.products();
    let plan = run.plan(&products);
    let asks = plan.has_changes() && !args.yes && args.expect.is_none();
    if asks || !global.quiet {
        out::progress(&render::plan_text(&plan, false, global.look_of_stderr()));
    }
    if has_errors(&plan) {
        let addresses = plan.resources.iter().map(|resource| resource.address.clone()).collect();
        let findings = Findings::new(plan.diagnostics.clone(), addresses);
        results.give(|format, look, sink| match (format, sink) {
            (Format::Json, _) => render::json(&findings),
            (_, Sink::Stdout) => String::new(),
            (_, Sink::File) => render::plan_text(&plan, false, look),
        })?;
        return Err(Failure::new(Exit::Invalid, "the plan has errors").help("nothing was sent"));
    }
    // Where nothing is to be sent, the approved plan was carried out already.
    if let Some(expected) = args.expect.as_ref().filter(|_| plan.has_changes())
        && *expected != plan.fingerprints.plan
    {
        return Err(Failure::new(
            Exit::Stale,
            format!("the plan's hash is {}, not {expected}; nothing was sent", plan.fingerprints.plan),
        )
        .help("the manifests, a file or the live state changed since it was approved; review the plan above and use its hash"));
    }
    refuse_unpermitted(args, &plan)?;
    refuse_not_yet(&plan)?;
    let blocked: Vec<&str> = blocked(&plan);
    let rejected = plan.blockers.iter().any(|blocker| blocker.kind == BlockerKind::Dead);
    let work = plan.resources.iter().any(|resource| {
        resource.action != crate::plan::Action::None && !blocked.contains(&resource.address.as_str())
    });
    if !work {
        let exit = Exit::of_reports(&[], blocked.len(), rejected);
        print_blockers(global, &plan, exit);
        give_result(results, &plan, &[], exit)?;
        return Ok(exit);
    }
    refuse_endless_wait(args, &plan)?;
    if asks {
        approve(&plan)?;
    }
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
        options: run.options,
        connection: &run.connection,
        wait: WaitFor::from(args.wait),
        timeout: args.timeout.or((args.wait == Wait::Committed).then_some(DEFAULT_TIMEOUT)),
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
    let exit = Exit::of_reports(&reports, blocked.len(), rejected);
    print_blockers(global, &plan, exit);
    for report in &reports {
        if let Outcome::Failed(error) = &report.outcome {
            let mut failure = Failure::new(exit, format!("{}: {error}", report.address));
            failure.help = remedy(error);
            failure.print(global);
        }
    }
    give_result(results, &plan, &reports, exit)?;
    Ok(exit)
}

/// What is planned and not carried out yet is refused, not left out.
fn refuse_not_yet(plan: &Plan) -> Result<(), Failure> {
    use crate::plan::{Action, ChangeRoute};
    let carried_out = |resource: &&crate::plan::ResourcePlan| {
        let calls = resource.changes.iter().any(|change| change.route != ChangeRoute::Submission);
        let known = matches!(resource.action, Action::None | Action::Update | Action::InProgress);
        resource.action == Action::None || (resource.kind == Kind::App && known && !calls)
    };
    let others: Vec<&str> = plan
        .resources
        .iter()
        .filter(|resource| !carried_out(resource))
        .map(|resource| resource.address.as_str())
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let message =
        format!("this version plans, and does not carry out, what is to be done with {}", others.join(", "));
    Err(Failure::new(Exit::Invalid, message)
        .help("nothing was sent; apply the apps alone, by naming their manifests"))
}

fn remedy(error: &apply::ApplyError) -> Option<String> {
    use apply::ApplyError as E;
    Some(match error {
        E::Store(error) => return error.remedy().map(str::to_owned),
        E::Upload(_) => "the draft is kept; run the same command again, and it goes on from there".to_owned(),
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
    })
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let mut addresses: Vec<&str> = plan.blockers.iter().map(|blocker| blocker.address.as_str()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn refuse_unpermitted(args: &ApplyArgs, plan: &Plan) -> Result<(), Failure> {
    let allowed = |hit: &&crate::plan::GuardHit| {
        args.allow.iter().any(|allow| {
            allow.guard == hit.guard
                && allow.address.as_ref().is_none_or(|address| address.as_str() == hit.address)
        })
    };
    let open: Vec<_> = plan.unpermitted().filter(|hit| !allowed(hit)).collect();
    if open.is_empty() {
        return Ok(());
    }
    let mut words: Vec<&str> = open.iter().map(|hit| hit.guard.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    Err(Failure::new(Exit::NeedsApproval, format!("{} needs a permit; nothing was sent", words.join(", ")))
        .help(format!(
            "if it is meant, add `permit: [{}]` to the manifest, where it is reviewed",
            words.join(", ")
        )))
}

/// A submission that a person or a date publishes would be waited for without end.
fn refuse_endless_wait(args: &ApplyArgs, plan: &Plan) -> Result<(), Failure> {
    let held = |resource: &&crate::plan::ResourcePlan| {
        resource.route.as_ref().is_some_and(|route| route.published_by != PublishedBy::Itself)
            && plan.blockers_of(&resource.address).next().is_none()
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

fn approve(plan: &Plan) -> Result<(), Failure> {
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(Failure::new(Exit::NeedsApproval, "nobody to ask; nothing was sent").help(format!(
            "apply exactly this plan with --expect {}, or whatever the plan is with --yes",
            plan.fingerprints.plan
        )));
    }
    out::progress("\nApply this? Only `yes` is taken: ");
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    if read.is_ok() && answer.trim() == "yes" {
        Ok(())
    } else {
        Err(Failure::new(Exit::NeedsApproval, "not approved; nothing was sent"))
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

/// What was left alone, and why: said also where the plan was not shown.
fn print_blockers(global: &Global, plan: &Plan, exit: Exit) {
    for blocker in &plan.blockers {
        let words = format!("{} is blocked: {}: {}", blocker.address, blocker.kind, blocker.detail);
        Failure::new(exit, words).print(global);
    }
}

fn give_result(results: &Results, plan: &Plan, reports: &[Report], exit: Exit) -> Result<(), Failure> {
    results.give(|format, _, _| match format {
        Format::Text => result_text(reports, exit),
        Format::Json => render::json(&result_json(plan, reports, exit)),
        _ => unreachable!("`Results` refuses forms that a command has not"),
    })
}

fn result_json(plan: &Plan, reports: &[Report], exit: Exit) -> serde_json::Value {
    let resources = plan.resources.iter().map(|resource| {
        let report = reports.iter().find(|report| report.address == resource.address);
        let is_blocked = plan.blockers_of(&resource.address).next().is_some();
        match report.map(|report| &report.outcome) {
            Some(Outcome::Done { submission, status, sent }) => serde_json::json!({
                "address": resource.address, "result": "ok", "submission": submission,
                "status": status, "sent": sent,
            }),
            Some(Outcome::Failed(error)) => serde_json::json!({
                "address": resource.address, "result": Exit::of_apply(error).word(), "error": error.to_string(),
            }),
            None if is_blocked => serde_json::json!({ "address": resource.address, "result": "blocked" }),
            None => serde_json::json!({ "address": resource.address, "result": "no-change" }),
        }
    });
    serde_json::json!({
        "result": exit.word(), "planHash": plan.fingerprints.plan, "resources": resources.collect::<Vec<_>>(),
    })
}

fn result_text(reports: &[Report], exit: Exit) -> String {
    if reports.is_empty() && exit == Exit::Ok {
        return "nothing to do, nothing was sent\n".to_owned();
    }
    let mut text = String::new();
    for report in reports {
        if let Outcome::Done { submission, status, .. } = &report.outcome {
            let words = format!("{}: submission {submission} is {status}", report.address);
            text.push_str(&format!("{}\n", render::visible(&words)));
        }
    }
    text
}
