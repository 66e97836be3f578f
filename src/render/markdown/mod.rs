//! A plan, and what came of it, as the comment on a pull request or the summary of a run.
//!
//! A comment holds at most so many bytes. Detail is shed where it is most, and said to be; counts, guards, blockers,
//! conflicts and the hash stay. Every text from outside passes through [`words`] or stands in a fence.

mod alerts;
mod details;
mod drift;
mod gist;
mod head;
mod table;
#[cfg(test)]
mod tests;
mod words;

use crate::manifest::Findings;
use crate::plan::{Plan, ResourcePlan};

use super::plural;

pub use drift::drift_markdown;

use alerts::{alerts, boxed};
use table::{Column, table, upload};
use words::{code, prose};

/// What GitHub takes as a comment, with room for what a workflow adds.
pub const MAX_COMMENT_BYTES: usize = 60_000;

/// Where Markdown is read, and what it was made for.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The most bytes that it may have; at least [`MAX_COMMENT_BYTES`].
    pub max_bytes: usize,
    /// The commit that it is about.
    pub head: Option<String>,
    /// The run that made it.
    pub run: Option<String>,
    /// The page of the run.
    pub run_url: Option<String>,
    /// Whether that page shows all that is left out here.
    pub has_summary: bool,
}

/// How a product came out of an apply.
#[derive(Debug)]
pub struct Applied {
    /// The product.
    pub address: String,
    /// How it ended, in a word.
    pub word: &'static str,
    /// Its submission, where there is one.
    pub submission: Option<String>,
    /// What there is to say of it: its status, or what went wrong.
    pub words: String,
    /// What to do, where it failed.
    pub help: Option<String>,
    /// Whether it failed.
    pub failed: bool,
}

/// How a command ended, where that is not with a plan.
#[derive(Debug)]
pub struct Ending<'e> {
    /// `plan` or `apply`.
    pub command: &'e str,
    /// The word for it.
    pub word: &'e str,
    /// Why, where it ended early.
    pub error: Option<(&'e str, Option<&'e str>)>,
    /// The products that were worked on.
    pub applied: &'e [Applied],
}

/// A plan.
pub fn plan_markdown(plan: &Plan, setting: &Setting) -> String {
    let title = format!("### Store plan · {}\n\n", head::meaning(plan));
    whole(plan, None, &title, "", Column { head: "Upload", of: &upload }, setting)
}

/// What came of a plan.
pub fn applied_markdown(plan: &Plan, ending: &Ending<'_>, setting: &Setting) -> String {
    let of = |resource: &ResourcePlan| {
        let applied = ending.applied.iter().find(|applied| applied.address == resource.address);
        applied.map_or_else(
            || "–".to_owned(),
            |applied| {
                let submission = applied.submission.as_ref().map(|id| format!(" {}", code(id)));
                let words = if applied.failed { applied.word } else { &applied.words };
                format!("{}{}", prose(words), submission.unwrap_or_default())
            },
        )
    };
    let title = format!("### Store {} · {}\n\n", ending.command, ended(ending));
    whole(plan, Some(ending), &title, &failures(ending), Column { head: "Result", of: &of }, setting)
}

/// A command that ended before there was a plan, with the mistakes that ended it.
pub fn ended_markdown(ending: &Ending<'_>, findings: Option<&Findings>, setting: &Setting) -> String {
    let mut body = failures(ending);
    let mut truncated = false;
    if let Some(findings) = findings {
        let told;
        (told, truncated) = alerts::mistakes(&findings.findings, setting.max_bytes / 2);
        body.push_str(&told);
    }
    let rest = if truncated { rest(setting) } else { String::new() };
    let mark = head::mark(None, Some(ending.word), setting, truncated);
    let log = head::log(setting).map_or_else(String::new, |log| format!("{log}\n"));
    let title = match findings {
        Some(findings) => format!("{}, nothing was sent", super::counts(findings.counts)),
        None => ended(ending),
    };
    format!("{mark}### Store {} · {title}\n\n{body}{rest}{log}", ending.command)
}

/// How a command ended, in a few words.
fn ended(ending: &Ending<'_>) -> String {
    let done = ending.applied.iter().filter(|applied| !applied.failed).count();
    match (ending.word, ending.applied.len()) {
        ("ok", 0) => "nothing to do".to_owned(),
        ("ok", _) => {
            let mut words: Vec<&str> = ending.applied.iter().map(|applied| applied.words.as_str()).collect();
            words.sort_unstable();
            words.dedup();
            format!("{}, {}", plural(done, "submission"), prose(&words.join(" and ")))
        }
        (word, 0) => word.replace('-', " "),
        (word, all) => format!("{word}, {done} of {} done", plural(all, "submission")),
    }
}

/// Why a command or a product failed, and what to do.
fn failures(ending: &Ending<'_>) -> String {
    let line = |head: &str, message: &str, help: Option<&str>| {
        let mut words: Vec<String> = message.lines().map(|line| prose(line.trim())).collect();
        words.extend(help.map(|help| format!("→ {}", prose(help))));
        format!("{head}{}", words.join(" "))
    };
    let mut lines: Vec<String> = Vec::new();
    if let Some((message, help)) = ending.error {
        lines.push(line("", message, help));
    }
    for applied in ending.applied.iter().filter(|applied| applied.failed) {
        let head = format!("- **{}** {} ", applied.word, code(&applied.address));
        lines.push(line(&head, &applied.words, applied.help.as_deref()));
    }
    if lines.is_empty() { String::new() } else { boxed("CAUTION", &lines) }
}

/// Everything: what must stay first, and then as much of the changes as there is room for.
fn whole(
    plan: &Plan,
    ending: Option<&Ending<'_>>,
    title: &str,
    failures: &str,
    last: Column<'_>,
    setting: &Setting,
) -> String {
    let result = ending.map(|ending| ending.word);
    let counts = format!("{}\n\n", head::counts(plan));
    let (table, short_of_rows) =
        if head::is_quiet(plan) { (String::new(), false) } else { table(plan, last, setting.max_bytes / 4) };
    let (alerts, short_of_alerts) = alerts(plan, setting.max_bytes / 3);
    let (rest, foot) = (rest(setting), head::foot(plan, setting));
    // As long as the mark can get.
    let mark = head::mark(Some(plan), result, setting, false);
    let parts = [title, &counts, failures, &table, &alerts, &rest, &foot];
    let used = mark.len() + parts.iter().map(|part| part.len()).sum::<usize>();
    let (details, short_of_detail) = details::details(plan, setting.max_bytes.saturating_sub(used));
    let truncated = short_of_rows || short_of_alerts || short_of_detail;
    let mark = head::mark(Some(plan), result, setting, truncated);
    let rest = if truncated { rest } else { String::new() };
    [mark.as_str(), title, &counts, failures, &table, &alerts, &details, &rest, &foot].concat()
}

/// Where the rest is.
fn rest(setting: &Setting) -> String {
    let page = match (setting.has_summary, &setting.run_url) {
        (true, Some(url)) => format!("All of it is in the [summary of the run]({url})."),
        (true, None) => "All of it is in the summary of the run.".to_owned(),
        (false, _) => "Run `storeward plan` to see all of it.".to_owned(),
    };
    format!("**Shortened to fit.** {page} The hash is over the whole plan.\n\n")
}
