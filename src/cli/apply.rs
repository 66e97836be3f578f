//! `storeward apply`.

use crate::apply::{End, Outcome, Standing};
use crate::plan::{Action, InTheWay, Plan, PublishedBy, ResourcePlan};
use crate::render::{self, Level, View};

use super::applied;
use super::approval::Approval;
use super::args::{ApplyArgs, Global, IfBusy, Wait};
use super::carrying::Carrying;
use super::command_line;
use super::exit::{Exit, Failure};
use super::manifests::base;
use super::out;
use super::remedy::remedy;
use super::results::{OutputFile, Results};
use super::run::{Account, Named, Releasing, Run, Wanted, has_errors};
use super::saved::saved;
use super::signals::{Signals, interrupted};
use super::watch::{Watch, Written};

pub(super) async fn run(
    global: &Global,
    results: &Results,
    args: &ApplyArgs,
    signals: &Signals,
) -> Result<Exit, Failure> {
    let written = Written { events: args.events.as_deref(), receipt: args.receipt.as_deref() };
    let mut watch = Watch::open(global, results, written, signals).await?;
    let ended = plan_and_carry_out(global, results, args, signals, &mut watch).await;
    let exit = ended.as_ref().map_or_else(|failure| failure.exit, |exit| *exit);
    let plan = results.ci.known.borrow().plan.clone();
    match (watch.end(exit, ended.as_ref().err(), plan.as_ref()), ended) {
        (Ok(()), ended) => ended,
        (Err(unwritten), Ok(Exit::Ok)) => Err(unwritten),
        (Err(unwritten), ended) => {
            unwritten.print(global);
            ended
        }
    }
}

async fn plan_and_carry_out(
    global: &Global,
    results: &Results,
    args: &ApplyArgs,
    signals: &Signals,
    watch: &mut Watch,
) -> Result<Exit, Failure> {
    let save = match &args.save {
        Some(file) => Some(results.open_beside("--save", &base(global)?, file)?),
        None => None,
    };
    let saved = saved(global, results, args)?;
    let mut named = match &saved {
        Some(saved) => saved.named(global, &args.selection)?,
        None => Named::of(global, &args.selection),
    };
    named.in_the_way = InTheWay { replace: args.if_busy == IfBusy::Replace, resubmit: args.resubmit };
    let wanted = Wanted::load(global, results, named, Releasing::Earlier)?;
    for address in args.allow.iter().filter_map(|allowance| allowance.address.as_ref()) {
        wanted.check_address("--allow", address)?;
    }
    let mut account = signals.or_interrupted(Account::connect(global)).await?;
    account.connection = watch.over(&account.connection);
    watch.doing(Some("reading what Partner Center holds"));
    let planned_on = signals.or_interrupted(wanted.in_account(&account)).await;
    watch.doing(None);
    let exit = match planned_on {
        Ok(run) => {
            let approval = Approval::of(args, saved.as_ref());
            let whole = Whole { global, results, args, approval, save, signals };
            whole.carry_out(&run, &account, watch).await
        }
        Err(failure) => Err(failure),
    };
    account.end().await;
    exit
}

/// All that a run of `apply` was given.
struct Whole<'a> {
    global: &'a Global,
    results: &'a Results,
    args: &'a ApplyArgs,
    approval: Approval<'a>,
    save: Option<OutputFile>,
    signals: &'a Signals,
}

impl Whole<'_> {
    async fn carry_out(&self, run: &Run, account: &Account, watch: &mut Watch) -> Result<Exit, Failure> {
        let Self { global, results, args, approval, save, signals } = self;
        let products = run.products();
        let mut plan = run.plan(&products);
        plan.allow(&args.allow);
        run.tell(results, &plan, Level::Error);
        let stale = approval.is_stale(&plan, &products);
        if has_errors(&plan) || approval.asks(&plan) || !(stale || global.quiet) {
            watch.print_plan(&render::plan_text(&plan, View::default(), global.look_of_stderr()));
        }
        if has_errors(&plan) {
            return Err(Failure::new(Exit::Invalid, "the plan has errors").help("nothing was sent"));
        }
        if stale {
            return Err(approval.refuse(global, results, &plan));
        }
        refuse_unpermitted(&plan)?;
        if let Some(file) = save {
            file.write(&render::json(&plan))?;
        }
        let busy = if args.if_busy == IfBusy::Wait { plan.busy() } else { Vec::new() };
        let deferred = if args.if_busy == IfBusy::Defer { plan.busy() } else { Vec::new() };
        let blocked = blocked(&plan);
        let works = plan
            .resources
            .iter()
            .any(|resource| resource.action != Action::None && !blocked.contains(&resource.address.as_str()));
        let reports = if works || !busy.is_empty() {
            refuse_endless_wait(args, &plan)?;
            approval.ask(global, &plan, signals).await?;
            watch.begin(&plan);
            let planned = plan.clone();
            let carrying = Carrying::new(args, account, approval.is_given(), run, watch.emit());
            let reports = tokio::select! {
                reports = carrying.all(&mut plan, &busy) => reports,
                signal = signals.first() => {
                    watch.rest();
                    watch.print_left(&planned);
                    return Err(interrupted(signal).help(self.how_to_go_on(&planned, &watch.standing())));
                }
            };
            watch.rest();
            reports
        } else {
            watch.block(&plan);
            Vec::new()
        };
        let left: Vec<_> =
            plan.blockers.iter().filter(|blocker| !deferred.contains(&blocker.address)).cloned().collect();
        let exit = Exit::of_reports(&reports, &left);
        print_blockers(global, &plan, &deferred, exit);
        for report in &reports {
            if let Outcome::Failed(error) = &report.outcome {
                let mut failure = Failure::new(exit, format!("{}: {error}", report.address));
                failure.help = remedy(error);
                failure.print(global);
            }
        }
        applied::give(results, &plan, &reports, &deferred, exit)?;
        Ok(exit)
    }

    /// What to do after an interruption. What was carried out is no longer part of the plan, and a hash alone does not
    /// always tell that it was.
    fn how_to_go_on(&self, plan: &Plan, standing: &Standing) -> String {
        let command = command_line::given(self.global);
        let is_sent = |planned: &ResourcePlan| {
            standing.of(&planned.address).is_some_and(|stands| {
                stands.committed || matches!(stands.end, Some(End::Done { sent: true }))
            })
        };
        let is_in_part = self.args.expect.is_some() && plan.resources.iter().any(is_sent);
        let exception = if is_in_part {
            "\n\nwhere it says that the hash is another one by now, it prints the command for what is left"
        } else {
            ""
        };
        format!("nothing is lost: the same command goes on where it stopped\n\n    {command}{exception}")
    }
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let mut addresses: Vec<&str> = plan.blockers.iter().map(|blocker| blocker.address.as_str()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// A guard without a permit anywhere stops everything.
pub(super) fn refuse_unpermitted(plan: &Plan) -> Result<(), Failure> {
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

/// What was left alone, and why: said also where the plan was not shown.
fn print_blockers(global: &Global, plan: &Plan, deferred: &[String], exit: Exit) {
    for blocker in &plan.blockers {
        if deferred.contains(&blocker.address) {
            let words = format!("{} is left for a later run: {}", blocker.address, blocker.kind.fact());
            out::progress(&format!("{}\n", render::visible(&words)));
            continue;
        }
        let words = format!("{} is blocked: {}: {}", blocker.address, blocker.kind, blocker.detail);
        Failure::new(exit, words).print(global);
    }
}
