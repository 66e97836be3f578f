//! `storeward rollout`: a running rollout raised, halted or finalized by hand.

use serde_json::{Value, json};

use crate::apply::{self, Job, Outcome, WaitFor};
use crate::manifest::{Guard, Location, RolloutWanted, RunningRollout};
use crate::plan::{self, Action, Allowance, Options, Product, ProductStatus};
use crate::render::{self, Format};
use crate::submission::{Document, Kind, Live, LiveProduct, Rollout};

use super::apply::refuse_unpermitted;
use super::approval::confirm;
use super::args::{Global, RolledOut, RolloutArgs, RolloutCommand};
use super::command_line;
use super::exit::{Exit, Failure};
use super::remedy::remedy;
use super::results::Results;
use super::run::Account;
use super::signals::{Signals, interrupted};
use super::wait::unread;
use super::watch::{Watch, Written};
use super::whom::{self, Found};

pub(super) async fn run(
    global: &Global,
    results: &Results,
    args: &RolloutArgs,
    signals: &Signals,
) -> Result<Exit, Failure> {
    let (asked, wanted) = match &args.what {
        RolloutCommand::Set { rollout, percentage } => {
            (rollout, RolloutWanted::Percentage(percentage.clone()))
        }
        RolloutCommand::Halt(rollout) => (rollout, RolloutWanted::Halted),
        RolloutCommand::Finalize(rollout) => (rollout, RolloutWanted::Finalized),
    };
    let mut found = whom::find_one(global, results, &asked.whom)?;
    if found.resource.kind() == Kind::AddOn {
        let message = format!("{} is an add-on: it has no packages, and so no rollout", found.name);
        return Err(Failure::new(Exit::Usage, message).help("name an app or a flight"));
    }
    let said_before = found.resource.rollout.take();
    let mut watch = Watch::open(global, results, Written::default(), signals).await?;
    let mut account = signals.or_interrupted(Account::connect(global)).await?;
    account.connection = watch.over(&account.connection);
    watch.doing(Some("reading what Partner Center holds"));
    let read = signals.or_interrupted(account.read(std::slice::from_ref(&found.subject))).await;
    watch.doing(None);
    let ended = match read {
        Ok((live, read_at)) => {
            let call = Call { global, asked, wanted: &wanted, account: &account, signals };
            call.carry_out(&mut found, &live[0], read_at, &mut watch).await
        }
        Err(failure) => Err(failure),
    };
    watch.rest();
    account.end().await;
    let done = ended?;
    let lasting = Lasting::of(&found, said_before.as_ref(), &done, &wanted);
    let name = &found.name;
    results.give(|format, _, _| match format {
        Format::Json => render::json(&json!({
            "asked": name, "submission": done.submission, "version": done.version, "changed": done.changed,
            "state": word(&wanted), "percentage": share(&wanted), "manifest": lasting.json(),
        })),
        _ => {
            let already = if done.changed { "" } else { "already " };
            let outcome = match &wanted {
                RolloutWanted::Percentage(share) => format!("{already}at {share} % of customers"),
                RolloutWanted::Halted => format!("{already}halted"),
                RolloutWanted::Finalized => format!("{already}finalized"),
            };
            let line = format!("{name}: the rollout of {} is {outcome}", done.version);
            format!("{}\n{}", render::visible_line(&line), render::visible(&lasting.text()))
        }
    })?;
    Ok(Exit::Ok)
}

/// What became of the rollout.
struct Done {
    submission: String,
    version: String,
    /// Whether this run changed it.
    changed: bool,
}

fn word(wanted: &RolloutWanted) -> &'static str {
    match wanted {
        RolloutWanted::Percentage(_) => "in-progress",
        RolloutWanted::Finalized => "finalized",
        RolloutWanted::Halted => "halted",
    }
}

fn share(wanted: &RolloutWanted) -> Option<&serde_json::Number> {
    match wanted {
        RolloutWanted::Percentage(share) => Some(share),
        RolloutWanted::Finalized | RolloutWanted::Halted => None,
    }
}

/// All that a change of a rollout is made with.
struct Call<'a> {
    global: &'a Global,
    asked: &'a RolledOut,
    wanted: &'a RolloutWanted,
    account: &'a Account,
    signals: &'a Signals,
}

impl Call<'_> {
    /// Plans the one call, as `apply` does where a manifest asks for it; asks; and makes it.
    async fn carry_out(
        &self,
        found: &mut Found,
        live: &Live,
        read_at: String,
        watch: &mut Watch,
    ) -> Result<Done, Failure> {
        let Live::Readable(product) = live else { return Err(unread(&found.name, Some(live))) };
        let published = self.running(found, product)?;
        let of = plan::newest_version(published).ok_or_else(|| {
            Failure::new(
                Exit::Blocked,
                format!("{}: the Store names no version of what is rolled out", found.name),
            )
            .help("change the rollout in Partner Center")
        })?;
        let done = |changed| Done { submission: published.id().to_owned(), version: of.to_string(), changed };
        // Nothing else of the resource takes part: the call is all that is planned.
        let managed = std::mem::take(&mut found.resource.desired);
        let at = found.resource.at.clone();
        found.resource.rollout = Some(RunningRollout { of, wanted: self.wanted.clone(), at });
        let products = [Product { resource: &found.resource, live, baseline: None }];
        let mut plan = plan::plan(&products, found.made_of(read_at), Vec::new());
        let changed = if plan.resources.iter().all(|planned| planned.action == Action::None) {
            false
        } else {
            plan.allow(&self.asked.allow);
            plan.allow(&self.is_said());
            watch.print_plan(&self.shown(found, live));
            refuse_unpermitted(&plan)?;
            self.ask().await?;
            let job = Job {
                plan: &plan,
                products: &products,
                options: Options::default(),
                connection: &self.account.connection,
                wait: WaitFor::None,
                timeout: None,
                lanes: &tokio::sync::Semaphore::new(1),
            };
            watch.begin(&plan);
            let emit = watch.emit();
            let reports = tokio::select! {
                reports = apply::apply(&job, &emit) => reports,
                signal = self.signals.first() => {
                    watch.rest();
                    let help = "whether the Store took the change is not known: `storeward status` says how it is; the same command \
                                may be run again";
                    return Err(interrupted(signal).help(help));
                }
            };
            for report in reports {
                if let Outcome::Failed(error) = report.outcome {
                    return Err(Failure {
                        exit: Exit::of_apply(&error),
                        message: format!("{}: {error}", found.name),
                        help: remedy(&error).or_else(|| {
                            Some(
                                "`storeward status` says how it is; the same command may be run again"
                                    .to_owned(),
                            )
                        }),
                    });
                }
            }
            true
        };
        found.resource.desired = managed;
        Ok(done(changed))
    }

    /// The submission whose rollout can become what is wanted, or is so already.
    fn running<'p>(&self, found: &Found, product: &'p LiveProduct) -> Result<&'p Document, Failure> {
        let refuse = |words: &str, help: &str| {
            Err(Failure::new(Exit::Blocked, format!("{}: {words}", found.name)).help(help))
        };
        let Some(published) = &product.published else {
            return refuse(
                "nothing was published yet, so nothing is rolled out",
                "`storeward status` says what is on its way",
            );
        };
        // A rollout that is about to start is what somebody in an emergency has to know of.
        let coming = product.pending.as_ref().filter(|pending| pending.is_package_rollout()).map(|pending| {
            let share = pending.rollout_percentage().and_then(Value::as_f64).unwrap_or_default();
            format!(
                "submission {} is {}, and starts one at {share} % when it is published",
                pending.id(),
                pending.status()
            )
        });
        match (published.rollout(), self.wanted) {
            (Rollout::InProgress, _) | (Rollout::Stopped, RolloutWanted::Halted) => Ok(published),
            (Rollout::Closed, RolloutWanted::Finalized) if published.is_package_rollout() => Ok(published),
            (Rollout::Stopped, _) => refuse(
                "its rollout was halted, and the Store resumes none",
                "release a new version; the next submission is made from the halted one",
            ),
            (Rollout::Closed, _) if coming.is_some() => refuse(
                &format!("no rollout is running yet: {}", coming.unwrap_or_default()),
                "it can be changed once it runs; to stop it before, cancel the submission in Partner Center",
            ),
            (Rollout::Closed, _) => refuse(
                &format!("no rollout is running: everybody has submission {}", published.id()),
                "a rollout starts with a release: `release: {packageRollout: {percentage: 10}}` in the manifest",
            ),
        }
    }

    /// Who says halt or finalize means that the rollout is closed. A smaller share may be a slip.
    fn is_said(&self) -> Vec<Allowance> {
        match self.wanted {
            RolloutWanted::Percentage(_) => Vec::new(),
            RolloutWanted::Finalized | RolloutWanted::Halted => {
                vec![Allowance { guard: Guard::ClosesRollout, address: None }]
            }
        }
    }

    /// What is running, and what becomes of it.
    fn shown(&self, found: &Found, live: &Live) -> String {
        let status = ProductStatus::of(found.asked(), &found.subject.app, live);
        let running = status.rollout.as_ref().map(render::rollout_line).unwrap_or_default();
        let then = match self.wanted {
            RolloutWanted::Percentage(share) => format!("{share} % of customers get it"),
            RolloutWanted::Halted => {
                "nobody else gets it, and who has it keeps it; there is no way back".to_owned()
            }
            RolloutWanted::Finalized => "everybody gets it; there is no way back".to_owned(),
        };
        let name = render::visible_line(&found.name);
        format!("{name}\n  now    {running}\n  then   at once, without certification: {then}\n")
    }

    async fn ask(&self) -> Result<(), Failure> {
        if self.asked.yes {
            return Ok(());
        }
        let question = match self.wanted {
            RolloutWanted::Percentage(share) => format!("\nLet {share} % of customers have it?"),
            RolloutWanted::Halted => "\nHalt it? There is no way back.".to_owned(),
            RolloutWanted::Finalized => "\nLet everybody have it? There is no way back.".to_owned(),
        };
        confirm(&question, self.signals, || {
            let command = command_line::given(self.global);
            Failure::new(Exit::NeedsApproval, "nobody to ask; nothing was sent")
                .help(format!("say so beforehand:\n\n    {command} --yes"))
        })
        .await
    }
}

/// What to write into the manifest so that the change lasts.
enum Lasting {
    /// It says so already.
    Said(Location),
    /// It says something else there.
    Instead(Location, String),
    /// It says nothing of this version; the resource begins there.
    New(Location, String),
    /// No manifest was read.
    Somewhere(String),
}

impl Lasting {
    fn of(found: &Found, said: Option<&RunningRollout>, done: &Done, wanted: &RolloutWanted) -> Self {
        let of = &done.version;
        let line = match wanted {
            RolloutWanted::Percentage(share) => format!("rollout: {{of: {of}, percentage: {share}}}"),
            RolloutWanted::Finalized | RolloutWanted::Halted => {
                format!("rollout: {{of: {of}, state: {}}}", word(wanted))
            }
        };
        match said {
            _ if !found.has_manifest => Self::Somewhere(line),
            Some(said) if said.of.to_string() == *of && said.wanted == *wanted => Self::Said(said.at.clone()),
            Some(said) => Self::Instead(said.at.clone(), line),
            None => Self::New(found.resource.at.clone(), line),
        }
    }

    fn text(&self) -> String {
        let place = |at: &Location| format!("{}:{}", at.file, at.line);
        match self {
            Self::Said(at) => format!("The manifest says so too ({}).\n", place(at)),
            Self::Instead(at, line) => format!(
                "The manifest says something else, and the next apply would try to make it so. Write at {}:\n\n    {line}\n",
                place(at)
            ),
            Self::New(at, line) => {
                format!(
                    "So that the manifest says so too, write this into the product at {}:\n\n    {line}\n",
                    place(at)
                )
            }
            Self::Somewhere(line) => {
                format!(
                    "If a manifest manages this product, write there, or the next apply may undo it:\n\n    {line}\n"
                )
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Said(at) => json!({ "agrees": true, "at": at, "write": null }),
            Self::Instead(at, line) | Self::New(at, line) => {
                json!({ "agrees": false, "at": at, "write": line })
            }
            Self::Somewhere(line) => json!({ "agrees": null, "at": null, "write": line }),
        }
    }
}
