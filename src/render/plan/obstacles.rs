//! What stands against a plan: guards, blockers, findings.

use crate::manifest::Severity;
use crate::plan::Plan;
use crate::render::hygiene::visible;
use crate::render::page::{ALARM, DIM, PLAIN, Symbol, YELLOW};

use super::layout::{Detail, Glyphs, Part, Row};

/// The guards and blockers of a resource, each with what it means and what can be done.
pub(in crate::render) fn obstacles(plan: &Plan, address: &str, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    let mut parts: Vec<Part> = Vec::new();
    for hit in plan.guards.iter().filter(|hit| hit.address == address) {
        let (style, word) = if hit.permitted { (DIM, "permitted") } else { (ALARM, "needs a permit") };
        parts.push(
            Row::sign(2, Symbol::Guard)
                .column(24, style, format!("guard {}", hit.guard))
                .cell(PLAIN, glyphs.line(&hit.detail))
                .cell(style, word)
                .into(),
        );
        parts.push(Row::at(6).cell(DIM, hit.guard.risk()).into());
    }
    for blocker in plan.blockers_of(address) {
        let head = Row::sign(2, Symbol::Guard).cell(ALARM, format!("blocker {}", blocker.kind));
        parts.push(head.cell(PLAIN, blocker.kind.fact()).into());
        parts.extend(lines(6, "", &blocker.detail, glyphs));
        for remedy in &blocker.remedies {
            parts.extend(lines(6, glyphs.bullet, remedy, glyphs));
        }
    }
    parts
}

/// A text that may have several lines, beside a bullet or none.
fn lines(indent: usize, bullet: &str, text: &str, glyphs: &Glyphs) -> Vec<Part> {
    let beside = if bullet.is_empty() { indent } else { indent + 2 };
    let line = |(i, line): (usize, &str)| {
        let line = line.replace(" → ", &format!(" {} ", glyphs.arrow));
        match i {
            0 if !bullet.is_empty() => {
                Row::at(indent).cell(DIM, format!("{bullet} ")).and(PLAIN, line).into()
            }
            _ => Row::at(beside).cell(PLAIN, line).into(),
        }
    };
    visible(text).lines().enumerate().map(line).collect()
}

/// What else there is to say about a plan.
pub(in crate::render) fn findings(plan: &Plan, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    let mut parts: Vec<Part> = Vec::new();
    for finding in &plan.diagnostics {
        let (style, word) = match finding.severity {
            Severity::Error => (ALARM, "error"),
            Severity::Warning => (YELLOW, "warning"),
        };
        let at = finding.at.as_ref().map(|at| format!("{}:{}:{}", glyphs.line(&at.file), at.line, at.column));
        let head = Row::at(0).cell(style, format!("{word}[{}] ", finding.code));
        parts.push(head.and(PLAIN, glyphs.line(&finding.message)).right(at).into());
        if let Some(help) = &finding.help {
            parts.push(Row::at(2).cell(DIM, format!("help: {}", glyphs.line(help))).into());
        }
    }
    parts
}
