//! What must be seen before anything else, each with its remedy: blockers, guards, conflicts, drift, findings.
//!
//! They are told by kind. Where there are too many, fewer of each kind are listed; how many there are is always said.

use serde_json::Value;

use crate::manifest::{Finding, Severity};
use crate::plan::{Change, GuardHit, Origin, Plan};
use crate::render::plan::short;
use crate::render::{count, plural};

use super::words::{clipped, code, prose};

/// How many of each kind are listed: as many as there is room for.
const LIMITS: [usize; 6] = [usize::MAX, 50, 20, 5, 1, 0];

/// Of longer values the beginning is told.
const MAX_VALUE_CHARS: usize = 120;
/// So many lines of a blocker's detail are told.
const MAX_LINES: usize = 12;

/// A box that GitHub draws in a colour of its own.
#[derive(Debug)]
struct Alert {
    /// Its colour.
    colour: &'static str,
    /// What it is about, and how many there are.
    head: String,
    kinds: Vec<Kind>,
}

/// What is told together.
#[derive(Debug, Default)]
struct Kind {
    /// The word for it.
    word: String,
    /// What it means, and what to do.
    meaning: String,
    /// Each one; what its further lines say belongs below its first.
    items: Vec<String>,
    /// What can be done, where there is a choice.
    remedies: Vec<String>,
}

/// All alerts of a plan within so many bytes, and whether something had to be left out.
pub(super) fn alerts(plan: &Plan, room: usize) -> (String, bool) {
    let (permitted, open): (Vec<&GuardHit>, Vec<&GuardHit>) =
        plan.guards.iter().partition(|hit| hit.permitted);
    let all = [
        mistakes_of(&plan.diagnostics, Severity::Error),
        blockers(plan),
        conflicts(plan),
        open_guards(&open),
        drift(plan),
        mistakes_of(&plan.diagnostics, Severity::Warning),
        permitted_guards(&permitted),
    ];
    fitted(&all, room)
}

/// The mistakes in manifests within so many bytes, and whether something had to be left out.
pub(super) fn mistakes(findings: &[Finding], room: usize) -> (String, bool) {
    fitted(&[mistakes_of(findings, Severity::Error), mistakes_of(findings, Severity::Warning)], room)
}

fn fitted(alerts: &[Alert], room: usize) -> (String, bool) {
    let told = |limit| alerts.iter().map(|alert| alert.told(limit)).collect::<String>();
    let mut all = told(LIMITS[0]);
    let whole = all.len();
    for limit in &LIMITS[1..] {
        if all.len() <= room {
            break;
        }
        all = told(*limit);
    }
    let is_short = all.len() < whole;
    (all, is_short)
}

impl Alert {
    /// The box, with so many of each kind; nothing where there is nothing to tell.
    fn told(&self, limit: usize) -> String {
        if self.kinds.is_empty() {
            return String::new();
        }
        let mut lines = vec![self.head.clone()];
        for kind in &self.kinds {
            let number = kind.items.len();
            let times = if number > 1 && limit < number {
                format!(" {} times", count(number))
            } else {
                String::new()
            };
            let colon = if kind.meaning.is_empty() { "" } else { ": " };
            lines.push(format!("- {}{times}{colon}{}", kind.word, kind.meaning));
            for item in kind.items.iter().take(limit) {
                let nested = |(number, line)| format!("{}- {line}", if number == 0 { "  " } else { "    " });
                lines.extend(item.lines().enumerate().map(nested));
            }
            if let Some(more) = number.checked_sub(limit).filter(|more| *more > 0 && limit > 0) {
                lines.push(format!("  - and {} more", count(more)));
            }
            lines.extend(kind.remedies.iter().map(|remedy| format!("  - → {remedy}")));
        }
        boxed(self.colour, &lines)
    }
}

/// Lines in a box.
pub(super) fn boxed(colour: &str, lines: &[String]) -> String {
    format!("> [!{colour}]\n> {}\n\n", lines.join("\n> "))
}

/// The kind of this word, new where it is none yet.
fn kind<'k>(kinds: &'k mut Vec<Kind>, word: &str, meaning: impl FnOnce() -> String) -> &'k mut Kind {
    let at = kinds.iter().position(|kind| kind.word == word).unwrap_or_else(|| {
        kinds.push(Kind { word: word.to_owned(), meaning: meaning(), ..Kind::default() });
        kinds.len() - 1
    });
    &mut kinds[at]
}

/// A text of several lines in one.
fn in_a_line(text: &str) -> String {
    prose(&text.lines().map(str::trim).collect::<Vec<_>>().join(" "))
}

/// A text of several lines, as many of them as say what it is about.
fn in_lines(text: &str) -> String {
    let mut lines: Vec<String> =
        text.lines().map(|line| prose(line.trim())).filter(|line| !line.is_empty()).collect();
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        lines.push("…".to_owned());
    }
    lines.join("\n")
}

fn open_guards(hits: &[&GuardHit]) -> Alert {
    let need = if hits.len() == 1 { "needs" } else { "need" };
    Alert {
        colour: "CAUTION",
        head: format!("**{}** {need} a permit; until then nothing is sent.", plural(hits.len(), "guard")),
        kinds: guards(hits, |hit| {
            let permit = code(&format!("permit: [{}]", hit.guard));
            format!("{}. If it is meant: {permit}", prose(hit.guard.risk()))
        }),
    }
}

fn permitted_guards(hits: &[&GuardHit]) -> Alert {
    let are = if hits.len() == 1 { "is" } else { "are" };
    Alert {
        colour: "NOTE",
        head: format!("**{}** {are} permitted.", plural(hits.len(), "guard")),
        kinds: guards(hits, |hit| format!("{}.", prose(hit.guard.risk()))),
    }
}

fn guards(hits: &[&GuardHit], meaning: impl Fn(&GuardHit) -> String) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for hit in hits {
        let item = format!("{} {}", code(&hit.address), in_a_line(&hit.detail));
        kind(&mut kinds, &format!("**{}**", hit.guard), || meaning(hit)).items.push(item);
    }
    kinds
}

fn blockers(plan: &Plan) -> Alert {
    let mut kinds = Vec::new();
    for blocker in &plan.blockers {
        let kind =
            kind(&mut kinds, &format!("**{}**", blocker.kind), || format!("{}.", prose(blocker.kind.fact())));
        kind.items.push(format!("{} {}", code(&blocker.address), in_lines(&blocker.detail)));
        for remedy in blocker.remedies.iter().map(|remedy| in_a_line(remedy)) {
            // The usual ones are the same for all.
            if !kind.remedies.contains(&remedy) && kind.remedies.len() < 2 * blocker.remedies.len() {
                kind.remedies.push(remedy);
            }
        }
    }
    Alert {
        colour: "CAUTION",
        head: format!("**{}**: apply leaves alone what is blocked.", plural(plan.blockers.len(), "blocker")),
        kinds,
    }
}

fn conflicts(plan: &Plan) -> Alert {
    let kinds = of_origin(plan, Origin::Conflict);
    let number = kinds.iter().map(|kind| kind.items.len()).sum();
    let head = format!(
        "**{}**: changed here and in Partner Center, to different values. To keep what is live, `storeward pull ADDRESS:FIELD`; to \
         put git's value there, permit `reverts-drift`.",
        plural(number, "conflict")
    );
    Alert { colour: "CAUTION", head, kinds }
}

fn drift(plan: &Plan) -> Alert {
    let kinds = of_origin(plan, Origin::Drift);
    let number = kinds.iter().map(|kind| kind.items.len()).sum();
    let head = format!(
        "**{}** changed in Partner Center, not by this pull request; this plan puts git's value back. To keep what is live, \
         `storeward pull ADDRESS:FIELD` writes it into the manifest.",
        plural(number, "field")
    );
    Alert { colour: "WARNING", head, kinds }
}

/// The changes of an origin, by product.
fn of_origin(plan: &Plan, origin: Origin) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for resource in &plan.resources {
        let is_its = |change: &&Change| change.origin == Some(origin);
        for change in resource.changes.iter().filter(is_its) {
            let said = |value: Option<&Value>| {
                let words = value.map_or_else(|| "nothing".to_owned(), short);
                prose(&clipped(&words, MAX_VALUE_CHARS))
            };
            let git = match origin {
                Origin::Conflict => format!("{} here", said(change.after.as_ref())),
                Origin::Config | Origin::Drift => said(change.after.as_ref()),
            };
            let live = said(change.before.as_ref());
            let mut item = format!("{}\nlive: {live}\ngit: {git}", code(&change.path.dotted()));
            if origin == Origin::Conflict {
                item.push_str(&format!(", {} before", said(change.baseline.as_ref())));
            }
            kind(&mut kinds, &code(&resource.address), String::new).items.push(item);
        }
    }
    kinds
}

fn mistakes_of(findings: &[Finding], severity: Severity) -> Alert {
    let own = || findings.iter().filter(|finding| finding.severity == severity);
    let mut kinds = Vec::new();
    for finding in own() {
        let at = finding.at.as_ref().map(|at| format!("{} ", code(&format!("{}:{}", at.file, at.line))));
        let help = finding.help.as_ref().map(|help| format!(" ({})", in_a_line(help)));
        let item =
            format!("{}{}{}", at.unwrap_or_default(), in_a_line(&finding.message), help.unwrap_or_default());
        kind(&mut kinds, &code(&finding.code), || prose(finding.title().unwrap_or_default()))
            .items
            .push(item);
    }
    let number = own().count();
    let (colour, head) = match severity {
        Severity::Error => {
            let are = if number == 1 { "it is" } else { "they are" };
            ("CAUTION", format!("**{}**: nothing is sent until {are} mended.", plural(number, "error")))
        }
        Severity::Warning => ("WARNING", format!("**{}**", plural(number, "warning"))),
    };
    Alert { colour, head, kinds }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(message: &str, severity: Severity) -> Finding {
        Finding { code: "SW1203".to_owned(), severity, message: message.to_owned(), at: None, help: None }
    }

    #[test]
    fn what_is_too_much_is_counted() {
        let many: Vec<Finding> = (0..90).map(|i| finding(&format!("error {i}"), Severity::Error)).collect();
        let (all, is_short) = mistakes(&many, 10_000);
        assert!(!is_short && all.contains("**90 errors**") && all.contains("\n>   - error 89\n"), "{all}");
        for (room, listed) in [(1100, 50), (600, 20), (300, 5), (200, 1), (0, 0)] {
            let (some, is_short) = mistakes(&many, room);
            assert!(is_short && (some.len() <= room || listed == 0), "{room}: {some}");
            assert!(some.contains("**90 errors**") && some.contains("`SW1203` 90 times: an image"), "{some}");
            assert_eq!(some.matches(">   - error").count(), listed);
            assert_eq!(some.contains(&format!("and {} more", 90 - listed)), listed > 0, "{some}");
        }
        assert_eq!(mistakes(&[], 0), (String::new(), false));
    }
}
