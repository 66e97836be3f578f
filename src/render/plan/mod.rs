//! A plan for people, as text.
//!
//! Top to bottom: what the plan was made of, what drifted, each product that has something to do, what else there is to say,
//! the steps, and last the counts and the hash.

mod drift;
mod images;
mod listings;
mod markets;
mod packages;
mod resource;
mod risks;
mod summary;
#[cfg(test)]
mod tests;
mod values;

use crate::manifest::{Finding, Severity};
use crate::plan::{Action, LiveSource, MadeOf, Notes, Plan, ResourcePlan, Step, StepKind};

use super::age::age;
use super::glyphs::DOT;
use super::hygiene::visible_line;
use super::page::{ALARM, BOLD, DIM, Line, Look, PLAIN, Page, Symbol, YELLOW};

pub(super) use drift::drift_summary;
pub use drift::drift_text;
pub(super) use resource::changes_text;
pub(super) use values::short;

/// How much of a plan is shown.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Clone, Copy, Default)]
pub struct View<'v> {
    /// Whether equal edits are unfolded and unchanged lines of texts shown.
    pub full: bool,
    /// Whether the steps of `apply` are listed.
    pub steps: bool,
    /// Whether the fields that no manifest mentions are listed.
    pub unmanaged: bool,
    /// Whether the symbols in use are explained.
    pub legend: bool,
    /// Notes for certification in the clear, which a plan never holds; none: they are hidden.
    pub notes: Option<&'v Notes>,
    /// Options that a command to copy needs, too, such as ` --sandbox`.
    pub options: &'v str,
}

/// The plan for people.
pub fn plan_text(plan: &Plan, view: View<'_>, look: Look) -> String {
    let mut page = Page::new(look);
    header(&mut page, "plan", &plan.made_of);
    drift::block(&mut page, plan);
    let busy = |resource: &&ResourcePlan| {
        resource.action != Action::None || plan.blockers_of(&resource.address).next().is_some()
    };
    for resource in plan.resources.iter().filter(busy) {
        page.gap();
        resource::resource_text(&mut page, plan, resource, view);
    }
    findings(&mut page, &plan.diagnostics);
    if view.steps && !plan.steps.is_empty() {
        page.gap();
        steps(&mut page, plan);
    }
    if view.legend && !page.symbols().is_empty() {
        page.gap();
        legend(&mut page);
    }
    page.gap();
    summary::summary(&mut page, plan, view);
    page.finish()
}

/// What the plan was made of.
fn header(page: &mut Page, command: &str, made_of: &MadeOf) {
    let read_at = made_of.read_at.replace('T', " ");
    let live = match made_of.live {
        LiveSource::Account => format!("live read {read_at}"),
        LiveSource::Snapshot => match age(&made_of.read_at, &made_of.made_at) {
            Some(age) => format!("snapshot of {read_at}, {age} old"),
            None => format!("snapshot of {read_at}"),
        },
        LiveSource::Baseline => "not compared with the live Store".to_owned(),
    };
    let mut parts = vec![format!("storeward {command}"), live];
    if let Some(baseline) = &made_of.baseline {
        let commit: String = baseline.commit.chars().take(7).collect();
        let date = match made_of.live {
            LiveSource::Baseline => format!(" of {read_at}"),
            LiveSource::Account | LiveSource::Snapshot => String::new(),
        };
        parts.push(format!("baseline {}@{}{date}", visible_line(&baseline.name), visible_line(&commit)));
    }
    for release in &made_of.releases {
        parts.push(format!("release {}={}", visible_line(&release.address), visible_line(&release.folder)));
    }
    parts.extend(made_of.targets.iter().map(|target| format!("target {}", visible_line(target))));
    page.line(Line::new(DIM, parts.join(&format!(" {DOT} "))));
}

fn findings(page: &mut Page, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    page.gap();
    for finding in findings {
        let (style, word) = match finding.severity {
            Severity::Error => (ALARM, "error"),
            Severity::Warning => (YELLOW, "warning"),
        };
        let at =
            finding.at.as_ref().map(|at| format!("{}:{}:{}", visible_line(&at.file), at.line, at.column));
        page.line(
            Line::new(style, format!("{word}[{}]", visible_line(&finding.code)))
                .and(PLAIN, format!(" {}", visible_line(&finding.message)))
                .right(at),
        );
        if let Some(help) = &finding.help {
            page.line_with(Line::new(DIM, format!("  help: {}", visible_line(help))), 8);
        }
    }
}

fn steps(page: &mut Page, plan: &Plan) {
    page.line(Line::new(BOLD, "steps"));
    let width = |of: fn(&Step) -> usize| plan.steps.iter().map(of).max().unwrap_or_default();
    let (addresses, kinds) =
        (width(|step| step.address.chars().count()), width(|step| word(step.kind).len()));
    for (number, step) in plan.steps.iter().enumerate() {
        let head = format!(
            "{:>3}  {:<addresses$}  {:<kinds$}  ",
            number + 1,
            visible_line(&step.address),
            word(step.kind)
        );
        let indent = head.chars().count();
        page.line_with(Line::new(PLAIN, head).and(DIM, visible_line(&step.detail)), indent);
    }
}

fn word(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Rollout => "rollout",
        StepKind::Create => "create",
        StepKind::Delete => "delete",
        StepKind::Discard => "discard",
        StepKind::Clone => "clone",
        StepKind::Check => "check",
        StepKind::Update => "update",
        StepKind::Upload => "upload",
        StepKind::Verify => "verify",
        StepKind::Commit => "commit",
        StepKind::Wait => "wait",
    }
}

fn legend(page: &mut Page) {
    let used = page.symbols().clone();
    let of = |symbol: &&Symbol| used.contains(*symbol);
    let words = Symbol::ALL.iter().filter(of).map(|symbol| format!("{} {}", symbol.sign(), symbol.meaning()));
    page.line(Line::new(DIM, words.collect::<Vec<_>>().join("   ")));
}
