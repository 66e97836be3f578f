//! What an apply came to, in every form.

use serde_json::{Value, json};

use crate::apply::{Outcome, Report};
use crate::plan::Plan;
use crate::render::{self, Annotation, Applied, Ending, Format, Level};

use super::exit::{Exit, Failure};
use super::remedy::remedy;
use super::results::Results;

/// The word for a run that left something for a later one, and is otherwise fine.
const DEFERRED: &str = "deferred";

/// Gives the result, and lets a CI service know of the submissions.
pub(super) fn give(
    results: &Results,
    plan: &Plan,
    reports: &[Report],
    deferred: &[String],
    exit: Exit,
) -> Result<(), Failure> {
    let word = if exit == Exit::Ok && !deferred.is_empty() { DEFERRED } else { exit.word() };
    let submissions = reports.iter().filter_map(|report| {
        let submission = match &report.outcome {
            Outcome::Submitted { submission, .. } => submission.as_str(),
            Outcome::AtOnce | Outcome::Deleted => return None,
            Outcome::Failed(error) => error.submission()?,
        };
        Some((report.address.clone(), Value::from(submission)))
    });
    {
        let mut known = results.ci.known.borrow_mut();
        known.submissions = submissions.collect();
        known.word = Some(word);
    }
    results.give(|format, _, sink| match format {
        Format::Text => text(reports, deferred, exit),
        Format::Json => render::json(&json(plan, reports, deferred, (word, exit))),
        Format::Markdown => {
            let applied: Vec<Applied> = reports.iter().map(applied).collect();
            let ending = Ending { command: "apply", word, error: None, applied: &applied };
            render::applied_markdown(plan, &ending, &results.ci.setting(sink))
        }
        Format::Github | Format::Azure => results.ci.annotated(format, &annotations(results, reports)),
        Format::Gitlab => unreachable!("`Results` refuses forms that a command has not"),
    })
}

fn applied(report: &Report) -> Applied {
    let address = report.address.clone();
    match &report.outcome {
        Outcome::Submitted { submission, status, .. } => {
            done(address, Some(submission.clone()), status.to_string())
        }
        Outcome::AtOnce => done(address, None, "the rollout is changed".to_owned()),
        Outcome::Deleted => done(address, None, "deleted".to_owned()),
        Outcome::Failed(error) => Applied {
            address,
            word: Exit::of_apply(error).word(),
            submission: error.submission().map(str::to_owned),
            words: error.to_string(),
            help: remedy(error),
            failed: true,
        },
    }
}

fn done(address: String, submission: Option<String>, words: String) -> Applied {
    Applied { address, word: Exit::Ok.word(), submission, words, help: None, failed: false }
}

fn text(reports: &[Report], deferred: &[String], exit: Exit) -> String {
    if reports.is_empty() && deferred.is_empty() && exit == Exit::Ok {
        return "nothing to do, nothing was sent\n".to_owned();
    }
    let mut text = String::new();
    for report in reports {
        let words = match &report.outcome {
            Outcome::Submitted { submission, status, .. } => format!("submission {submission} is {status}"),
            Outcome::AtOnce => "the rollout is changed".to_owned(),
            Outcome::Deleted => "deleted".to_owned(),
            Outcome::Failed(_) => continue,
        };
        text.push_str(&format!("{}: {}\n", report.address, render::visible(&words)));
    }
    for address in deferred {
        text.push_str(&format!("{address}: left for a later run\n"));
    }
    text
}

fn json(plan: &Plan, reports: &[Report], deferred: &[String], (word, exit): (&str, Exit)) -> Value {
    let resources = plan.resources.iter().map(|resource| {
        let address = &resource.address;
        let report = reports.iter().find(|report| report.address == *address);
        let blockers: Vec<_> = plan.blockers_of(address).collect();
        match report.map(|report| &report.outcome) {
            Some(Outcome::AtOnce | Outcome::Deleted) => {
                json!({ "address": address, "result": "ok", "sent": true })
            }
            Some(Outcome::Submitted { submission, status, sent }) => json!({
                "address": address, "result": "ok", "submission": submission, "status": status, "sent": sent,
            }),
            Some(Outcome::Failed(error)) => json!({
                "address": address, "result": Exit::of_apply(error).word(), "submission": error.submission(),
                "error": error.to_string(), "help": remedy(error),
            }),
            None if !blockers.is_empty() => {
                let word = if deferred.contains(address) { DEFERRED } else { Exit::Blocked.word() };
                json!({ "address": address, "result": word, "blockers": blockers })
            }
            None => json!({ "address": address, "result": "no-change" }),
        }
    });
    json!({
        "result": word, "exitCode": exit.code(), "planHash": plan.fingerprints.plan,
        "resources": resources.collect::<Vec<_>>(),
    })
}

/// What failed, at the manifests of the resources, and then what the plan has to say.
fn annotations(results: &Results, reports: &[Report]) -> Vec<Annotation> {
    let known = results.ci.known.borrow();
    let failed = reports.iter().filter_map(|report| {
        let Outcome::Failed(error) = &report.outcome else { return None };
        let place = known.places.iter().find(|(address, _)| *address == report.address);
        Some(Annotation {
            level: Level::Error,
            code: Exit::of_apply(error).word().to_owned(),
            title: None,
            message: format!("{}: {error}", report.address),
            help: remedy(error),
            at: place.map(|(_, at)| at.clone()),
        })
    });
    failed.chain(known.annotations.iter().cloned()).collect()
}
