//! What `plan` and `apply` give in each form where they end before their result.

use serde::Serialize;

use crate::manifest::Findings;
use crate::plan::{Blocker, GuardHit};
use crate::render::{self, Annotation, Ending, Format, Level, Look, Setting, Totals};

use super::ci::{Ci, Known};
use super::exit::{Exit, Failure};
use super::results::Sink;

/// The end of a command, for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended<'e> {
    result: &'static str,
    exit_code: u8,
    error: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_hash: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guards: Option<&'e [GuardHit]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blockers: Option<&'e [Blocker]>,
    #[serde(flatten)]
    findings: Option<&'e Findings>,
}

/// The end of a command that no plan was made in, as JSON. `findings` are the mistakes that ended it.
pub(super) fn json(failure: &Failure, findings: Option<&Findings>) -> String {
    json_of(failure, &Known::default(), findings)
}

/// The end of a command by mistakes in manifests, in Markdown.
pub(super) fn mistakes(exit: Exit, findings: &Findings, setting: &Setting, command: &str) -> String {
    let ending = Ending { command, word: exit.word(), error: None, applied: &[] };
    render::ended_markdown(&ending, Some(findings), setting)
}

fn json_of(failure: &Failure, known: &Known, findings: Option<&Findings>) -> String {
    let plan = known.plan.as_ref();
    render::json(&Ended {
        result: failure.exit.word(),
        exit_code: failure.exit.code(),
        error: &failure.message,
        help: failure.help.as_deref(),
        plan_hash: plan.map(|plan| plan.fingerprints.plan.as_str()),
        guards: plan.map(|plan| plan.guards.as_slice()),
        blockers: plan.map(|plan| plan.blockers.as_slice()),
        findings,
    })
}

/// The end of a command in any form. As text it is on standard error already.
pub(super) fn form(
    command: &str,
    failure: &Failure,
    ci: &Ci,
    format: Format,
    look: Look,
    sink: Sink,
) -> String {
    let known = ci.known.borrow();
    match (format, sink) {
        (Format::Text, Sink::Stdout) => String::new(),
        (Format::Text, _) => {
            let plan =
                known.plan.as_ref().map(|plan| render::plan_text(plan, render::View::default(), look) + "\n");
            plan.unwrap_or_default() + &failure.text(look.colour)
        }
        (Format::Json, _) => {
            let mistakes = known.plan.as_ref().filter(|plan| Totals::of(plan).errors > 0).map(|plan| {
                let addresses = plan.resources.iter().map(|resource| resource.address.clone()).collect();
                Findings::new(plan.diagnostics.clone(), addresses)
            });
            json_of(failure, &known, mistakes.as_ref())
        }
        (Format::Markdown, _) => {
            let ending = Ending {
                command,
                word: failure.exit.word(),
                error: Some((&failure.message, failure.help.as_deref())),
                applied: &[],
            };
            match &known.plan {
                Some(plan) => render::applied_markdown(plan, &ending, &ci.setting(sink)),
                None => render::ended_markdown(&ending, None, &ci.setting(sink)),
            }
        }
        (Format::Github | Format::Azure | Format::Gitlab, _) => {
            let mut all = vec![Annotation {
                level: Level::Error,
                code: failure.exit.word().to_owned(),
                title: None,
                message: failure.message.clone(),
                help: failure.help.clone(),
                at: None,
            }];
            all.extend(known.annotations.iter().cloned());
            ci.annotated(format, &all)
        }
    }
}
