//! Whether somebody approved the plan: beforehand, by its file or its hash, or now, when asked.

use std::fmt::Write as _;
use std::io::IsTerminal;

use crate::plan::{Action, Plan, Product, difference};
use crate::render::{self, Format};
use crate::submission::Kind;

use super::args::{ApplyArgs, Global, PlanHash};
use super::command_line;
use super::ended;
use super::exit::{Exit, Failure};
use super::out;
use super::results::{Results, Sink};
use super::saved::Saved;
use super::signals::Signals;

/// What a run of `apply` brings along.
pub(super) struct Approval<'a> {
    args: &'a ApplyArgs,
    saved: Option<&'a Saved>,
}

impl<'a> Approval<'a> {
    pub(super) fn of(args: &'a ApplyArgs, saved: Option<&'a Saved>) -> Self {
        Self { args, saved }
    }

    /// Whether one plan is approved, and not whatever it is.
    pub(super) fn is_given(&self) -> bool {
        self.saved.is_some() || self.args.expect.is_some() || !self.args.yes
    }

    /// Whether a person has to be asked.
    pub(super) fn asks(&self, plan: &Plan) -> bool {
        plan.has_changes() && !self.args.yes && self.args.expect.is_none() && self.saved.is_none()
    }

    /// Whether another plan was approved. Where nothing is to be sent, the approved one was carried out already.
    pub(super) fn is_stale(&self, plan: &Plan, products: &[Product<'_>]) -> bool {
        let hash = &plan.fingerprints.plan;
        let holds = match (self.saved, &self.args.expect) {
            (Some(Saved { plan: saved, .. }), _) => {
                saved.fingerprints.plan == *hash || plan.is_rest_of(saved)
            }
            (None, Some(expected)) => !plan.has_changes() || plan.has_or_had(expected.as_str(), products),
            (None, None) => true,
        };
        plan.has_changes() && !holds
    }

    /// Says in what the plan is another one than was approved, and ends the run.
    pub(super) fn refuse(&self, global: &Global, results: &Results, plan: &Plan) -> Failure {
        let hash = &plan.fingerprints.plan;
        let expected = self.args.expect.as_ref().map(PlanHash::as_str);
        let expected = self.saved.map(|saved| saved.plan.fingerprints.plan.as_str()).or(expected);
        let difference = self.saved.map(|saved| difference(&saved.plan, plan));
        // Of a hash alone it cannot be told what was approved, so the plan as it is now is shown.
        let text = |look| match (self.saved, &difference) {
            (Some(saved), Some(difference)) => render::difference(difference, &saved.plan, plan, look),
            _ => render::plan_text(plan, render::View::default(), look),
        };
        out::progress(&format!("{}\n", text(global.look_of_stderr())));
        let shown = expected.unwrap_or_default();
        let failure = match self.saved {
            Some(saved) => Failure::new(
                Exit::Stale,
                format!("the plan is no longer the one in `{}`; nothing was sent", saved.file),
            )
            .help("if it is meant as it is now, make the plan anew with `storeward plan --save`, have it approved, and apply that"),
            None => Failure::new(Exit::Stale, format!("the plan's hash is {hash}, not {shown}; nothing was sent"))
                .help(how_to_go_on(global, plan)),
        };
        let given = results.give(|format, look, sink| match (format, sink) {
            (Format::Json, _) => render::json(&serde_json::json!({
                "result": Exit::Stale.word(), "exitCode": Exit::Stale.code(), "error": failure.message,
                "help": failure.help, "planHash": hash, "expected": expected, "difference": difference,
                "resources": [],
            })),
            (Format::Text, Sink::File) => text(look),
            _ => ended::form(results.command(), &failure, &results.ci, format, look, sink),
        });
        given.err().unwrap_or(failure)
    }

    /// Asks, where it was not approved beforehand.
    pub(super) async fn ask(&self, global: &Global, plan: &Plan, signals: &Signals) -> Result<(), Failure> {
        if !self.asks(plan) {
            return Ok(());
        }
        let nobody = || {
            let command = command_line::given_with_hash(global, &plan.fingerprints.plan);
            Failure::new(Exit::NeedsApproval, "nobody to ask; nothing was sent")
                .help(format!("apply exactly this plan, or whatever it is with --yes:\n\n    {command}"))
        };
        confirm("\nApply this?", signals, nobody).await
    }
}

/// What to do where another hash was approved. A product that is as it should be may be what an earlier run did, which of a
/// hash alone cannot always be told.
fn how_to_go_on(global: &Global, plan: &Plan) -> String {
    const SHOWN: usize = 3;
    let reason =
        "the manifests, a file or the live state changed since it was approved; review the plan above";
    let done: Vec<&str> = plan
        .resources
        .iter()
        .filter(|planned| {
            let is_managed = planned.counts.unchanged > 0 || planned.kind != Kind::App;
            planned.action == Action::None
                && is_managed
                && plan.blockers_of(&planned.address).next().is_none()
        })
        .map(|planned| planned.address.as_str())
        .collect();
    let command = command_line::given_with_hash(global, &plan.fingerprints.plan);
    let mut names = done.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if done.len() > SHOWN {
        let _ = write!(names, " and {} more", done.len() - SHOWN);
    }
    match done.len() {
        0 => format!("{reason}, and if it is meant, apply it:\n\n    {command}"),
        count => format!(
            "{reason}. {names} {} already as the manifests want {}: that may be what an earlier run of the approved plan \
             did, which its hash alone does not tell; what is left is the plan above. If it is meant, apply it:\n\n    {command}\n\n\
             A plan that was saved with `storeward plan --save` goes on by itself",
            if count == 1 { "is" } else { "are" },
            if count == 1 { "it" } else { "them" },
        ),
    }
}

/// Asks a person; `nobody` is what is said where there is none.
pub(super) async fn confirm(
    question: &str,
    signals: &Signals,
    nobody: impl FnOnce() -> Failure,
) -> Result<(), Failure> {
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(nobody());
    }
    out::progress(&format!("{question} Only `yes` is taken: "));
    let read = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map(|_| answer)
    });
    let answer = signals.or_interrupted(async { Ok(read.await) }).await?;
    if matches!(answer, Ok(Ok(answer)) if answer.trim() == "yes") {
        Ok(())
    } else {
        Err(Failure::new(Exit::NeedsApproval, "not approved; nothing was sent"))
    }
}
