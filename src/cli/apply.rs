//! `storeward apply`.

use crate::apply::{self, End, Job, Outcome, Standing, WaitFor};
use crate::partner_center::Connection;
use crate::plan::{Plan, PublishedBy};
use crate::render::{self, Level, View};

use super::applied;
use super::approval::Approval;
use super::args::{ApplyArgs, Global, Wait};
use super::command_line;
use super::exit::{Exit, Failure};
use super::results::Results;
use super::run::{Account, Named, Releasing, Run, Wanted, has_errors};
use super::saved::saved;
use super::signals::{Signals, interrupted};
use super::watch::Watch;

const DEFAULT_TIMEOUT: std::time::Duration = std::time::Duration::from_hours(1);

pub(super) async fn run(
    global: &Global,
    results: &Results,
    args: &ApplyArgs,
    signals: &Signals,
) -> Result<Exit, Failure> {
    let mut watch = Watch::open(global, results, args, signals).await?;
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
    let saved = saved(global, args)?;
    let named = match &saved {
        Some(saved) => saved.named(&args.selection)?,
        None => Named::of(global, &args.selection),
    };
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
            let whole = Whole { global, results, args, approval, signals };
            whole.carry_out(&run, &account.connection, watch).await
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
    signals: &'a Signals,
}

impl Whole<'_> {
    async fn carry_out(
        &self,
        run: &Run,
        connection: &Connection,
        watch: &mut Watch,
    ) -> Result<Exit, Failure> {
        let Self { global, results, args, approval, signals } = self;
        let products = run.products();
        let mut plan = run.plan(&products);
        plan.allow(&args.allow);
        run.tell(results, &plan, Level::Error);
        let stale = approval.is_stale(&plan);
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
        let blocked: Vec<&str> = blocked(&plan);
        let work = plan.resources.iter().any(|resource| {
            resource.action != crate::plan::Action::None && !blocked.contains(&resource.address.as_str())
        });
        if !work {
            let exit = Exit::of_reports(&[], &plan.blockers);
            watch.block(&plan);
            print_blockers(global, &plan, exit);
            applied::give(results, &plan, &[], exit)?;
            return Ok(exit);
        }
        refuse_endless_wait(args, &plan)?;
        approval.ask(global, &plan, signals).await?;
        watch.begin(&plan);
        let job = Job {
            plan: &plan,
            products: &products,
            options: run.options(),
            connection,
            wait: WaitFor::from(args.wait),
            timeout: args.timeout.or((args.wait == Wait::Committed).then_some(DEFAULT_TIMEOUT)),
            parallel: usize::from(args.parallel),
        };
        let emit = watch.emit();
        let reports = tokio::select! {
            reports = apply::apply(&job, &emit) => reports,
            signal = signals.first() => {
                watch.rest();
                watch.print_left(&plan);
                return Err(interrupted(signal).help(self.how_to_go_on(&plan, &watch.standing())));
            }
        };
        watch.rest();
        let exit = Exit::of_reports(&reports, &plan.blockers);
        print_blockers(global, &plan, exit);
        for report in &reports {
            if let Outcome::Failed(error) = &report.outcome {
                let mut failure = Failure::new(exit, format!("{}: {error}", report.address));
                failure.help = remedy(error);
                failure.print(global);
            }
        }
        applied::give(results, &plan, &reports, exit)?;
        Ok(exit)
    }

    /// What to do after an interruption. What was committed is no longer part of the plan, so the hash of the whole does
    /// not fit what is left.
    fn how_to_go_on(&self, plan: &Plan, standing: &Standing) -> String {
        let busy = plan.resources.iter().filter(|planned| planned.action != crate::plan::Action::None);
        let is_sent = |planned: &crate::plan::ResourcePlan| {
            standing.of(&planned.address).is_some_and(|stands| {
                stands.committed || matches!(stands.end, Some(End::Done { sent: true }))
            })
        };
        let sent = busy.clone().filter(|planned| is_sent(planned)).count();
        if self.args.expect.is_some() && (1..busy.count()).contains(&sent) {
            return "nothing is lost; what is left has a hash of its own: `storeward plan` prints it, and the command to go on with"
                .to_owned();
        }
        let command = command_line::given(self.global);
        format!("nothing is lost: the same command goes on where it stopped\n\n    {command}")
    }
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
    })
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let mut addresses: Vec<&str> = plan.blockers.iter().map(|blocker| blocker.address.as_str()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
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
fn print_blockers(global: &Global, plan: &Plan, exit: Exit) {
    for blocker in &plan.blockers {
        let words = format!("{} is blocked: {}: {}", blocker.address, blocker.kind, blocker.detail);
        Failure::new(exit, words).print(global);
    }
}
