//! Guards and blockers of one product, each with what to do.

use crate::plan::{Blocker, GuardHit, Plan};

use super::super::glyphs::DOT;
use super::super::hygiene::{visible, visible_line};
use super::super::page::{ALARM, DIM, Line, PLAIN, Page, Symbol};

pub(super) fn risks(page: &mut Page, plan: &Plan, address: &str) {
    let guards: Vec<&GuardHit> = plan.guards.iter().filter(|hit| hit.address == address).collect();
    if !guards.is_empty() {
        page.gap();
    }
    for hit in guards {
        let style = if hit.permitted { DIM } else { ALARM };
        let line = page
            .open(2, Symbol::Guard)
            .and(style, format!("guard {}", hit.guard))
            .and(PLAIN, format!("  {}", visible_line(&hit.detail)));
        let word = if hit.permitted { "  permitted" } else { "  needs a permit" };
        page.line_with(line.and(style, word), 6);
        page.line_with(Line::new(DIM, format!("      {}", hit.guard.risk())), 6);
    }
    for blocker in plan.blockers_of(address) {
        page.gap();
        obstacle(page, blocker);
    }
}

fn obstacle(page: &mut Page, blocker: &Blocker) {
    let line = page.open(2, Symbol::Guard).and(ALARM, format!("blocker {}", blocker.kind));
    page.line_with(line.and(PLAIN, format!("  {}", blocker.kind.fact())), 6);
    for line in visible(&blocker.detail).lines() {
        page.line_with(Line::new(PLAIN, format!("      {line}")), 8);
    }
    page.line(Line::new(DIM, "      what you can do"));
    for remedy in &blocker.remedies {
        let mut lines = visible(remedy).lines().map(str::to_owned).collect::<Vec<_>>().into_iter();
        if let Some(first) = lines.next() {
            page.line_with(Line::new(DIM, format!("      {DOT} ")).and(PLAIN, first), 8);
        }
        for line in lines {
            page.line_with(Line::new(PLAIN, format!("        {line}")), 8);
        }
    }
}
