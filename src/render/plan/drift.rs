//! What was changed in Partner Center since the baseline in git, and not by this change of the manifests.

use serde_json::Value;

use crate::plan::{Change, Origin, Plan};

use super::super::glyphs::ARROW;
use super::super::hygiene::visible_line;
use super::super::page::{BOLD, DIM, GREEN, Line, Look, PLAIN, Page, Symbol};
use super::super::plural;
use super::values::short;

/// The differences that git does not know, by address.
fn foreign(plan: &Plan) -> Vec<(&str, &Change, Origin)> {
    let changes = plan
        .resources
        .iter()
        .flat_map(|resource| resource.changes.iter().map(|change| (resource.address.as_str(), change)));
    changes
        .filter_map(|(address, change)| Some((address, change, change.origin?)))
        .filter(|(.., origin)| *origin != Origin::Config)
        .collect()
}

/// The drift of a plan alone.
pub fn drift_text(plan: &Plan, look: Look) -> String {
    let mut page = Page::new(look);
    block(&mut page, plan);
    if foreign(plan).is_empty() {
        let products = plural(plan.resources.len(), "product");
        page.line(Line::new(GREEN, format!("No drift. {products} compared with {}.", baseline(plan))));
    }
    page.finish()
}

fn baseline(plan: &Plan) -> String {
    plan.made_of.baseline.as_ref().map_or_else(
        || "git".to_owned(),
        |baseline| {
            let commit: String = baseline.commit.chars().take(7).collect();
            format!("{}@{}", visible_line(&baseline.name), visible_line(&commit))
        },
    )
}

/// The drift of a plan, nothing where there is none.
pub(super) fn block(page: &mut Page, plan: &Plan) {
    let foreign = foreign(plan);
    if foreign.is_empty() {
        return;
    }
    page.gap();
    let head = format!("Changed in Partner Center since {}, not by this change:", baseline(plan));
    page.line(Line::new(BOLD, head));
    for (address, change, origin) in &foreign {
        let symbol = if *origin == Origin::Conflict { Symbol::Unknown } else { Symbol::Change };
        let line =
            page.open(2, symbol).and(BOLD, format!("{address}:{}", visible_line(&change.path.dotted())));
        let word = if *origin == Origin::Conflict { "   conflict" } else { "" };
        page.line_with(line.and(DIM, word), 6);
        let said = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), one_line);
        if *origin == Origin::Conflict {
            let baseline = said(change.baseline.as_ref());
            side(page, "git", &format!("{baseline} {ARROW} {} (this change)", said(change.after.as_ref())));
            side(
                page,
                "live",
                &format!("{baseline} {ARROW} {} (Partner Center)", said(change.before.as_ref())),
            );
        } else {
            side(page, "git", &said(change.after.as_ref()));
            side(page, "live", &said(change.before.as_ref()));
        }
    }
    let remedy = "apply puts git's values back, with a permit for `reverts-drift`. To keep what is live, write it into the manifest.";
    page.line_with(Line::new(DIM, format!("  {remedy}")), 4);
}

/// A value on one line; of a long text the beginning, since the product's part of the plan shows all of it.
fn one_line(value: &Value) -> String {
    const LONGEST: usize = 160;
    let text = short(value);
    if text.chars().count() <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!(
        "{start}{} ({} characters)",
        super::super::glyphs::ELLIPSIS,
        super::super::count(text.chars().count())
    )
}

fn side(page: &mut Page, name: &str, words: &str) {
    page.line_with(Line::new(DIM, format!("      {name:<4}  ")).and(PLAIN, words), 12);
}
