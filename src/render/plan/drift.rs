//! What was changed in Partner Center since the baseline in git, and not by this change of the manifests.

use anstyle::Style;
use serde_json::Value;

use crate::plan::{Change, Drift, DriftedResource, MadeOf, Origin, Plan};

use super::super::glyphs::{ARROW, ELLIPSIS};
use super::super::hygiene::{visible, visible_line};
use super::super::page::{ALARM, BOLD, DIM, GREEN, Line, Look, PLAIN, Page, Symbol};
use super::super::value_diff::{by_words, is_long, text_diff};
use super::super::{count, plural};
use super::values::{place, short};

/// What was changed in Partner Center, alone.
pub fn drift_text(found: &Drift, look: Look) -> String {
    let mut page = Page::new(look);
    super::header(&mut page, "drift", &found.made_of);
    fields(&mut page, &found.resources, &found.made_of);
    for blocker in &found.unknown {
        page.gap();
        let line = page.open(0, Symbol::Guard).and(ALARM, visible_line(&blocker.address));
        page.line_with(line.and(PLAIN, " cannot be compared"), 4);
        for line in visible(&blocker.detail).lines() {
            page.line_with(Line::new(PLAIN, format!("  {line}")), 4);
        }
    }
    super::findings(&mut page, &found.diagnostics);
    page.gap();
    let (style, words) = drift_summary(found);
    page.line(Line::new(style, words));
    page.finish()
}

/// What it comes to; nothing in it is from outside.
pub(in crate::render) fn drift_summary(found: &Drift) -> (Style, String) {
    let compared = plural(found.compared, "product");
    if found.is_none() {
        return (GREEN, format!("No drift. {compared} compared."));
    }
    let mut words = Vec::new();
    if found.counts.drift > 0 {
        words.push(format!("{} drifted", plural(found.counts.drift, "field")));
    }
    if found.counts.conflicts > 0 {
        words.push(plural(found.counts.conflicts, "conflict"));
    }
    (BOLD, format!("{} in {} of {compared}", words.join(", "), count(found.resources.len())))
}

/// The drift of a plan, nothing where there is none.
pub(super) fn block(page: &mut Page, plan: &Plan) {
    let drifted: Vec<DriftedResource> = plan.resources.iter().filter_map(DriftedResource::of).collect();
    fields(page, &drifted, &plan.made_of);
}

fn fields(page: &mut Page, drifted: &[DriftedResource], made_of: &MadeOf) {
    if drifted.is_empty() {
        return;
    }
    page.gap();
    let head = format!("Changed in Partner Center since {}, not by this change:", baseline(made_of));
    page.line(Line::new(BOLD, head));
    for resource in drifted {
        for change in &resource.changes {
            field(page, &resource.address, change);
        }
    }
    for remedy in [
        keep(drifted),
        "to put git's values back, permit it: `permit: [reverts-drift]`, or --allow reverts-drift".to_owned(),
    ] {
        page.line_with(Line::new(DIM, format!("  {remedy}")), 4);
    }
}

/// The command that writes what is live into the manifest.
fn keep(drifted: &[DriftedResource]) -> String {
    let fields = |resource: &DriftedResource| {
        let address = visible_line(&resource.address);
        let of_it = resource.fields().into_iter();
        of_it.map(move |field| format!("{address}:{}", visible_line(&field.dotted()))).collect::<Vec<_>>()
    };
    let all: Vec<String> = drifted.iter().flat_map(fields).collect();
    match all.as_slice() {
        [one] => format!("to keep what is live: storeward pull {one}"),
        [first, ..] => format!("to keep what is live, field by field: storeward pull {first}"),
        [] => "to keep what is live: storeward pull ADDRESS:FIELD".to_owned(),
    }
}

fn field(page: &mut Page, address: &str, change: &Change) {
    let is_conflict = change.origin == Some(Origin::Conflict);
    let symbol = if is_conflict { Symbol::Unknown } else { Symbol::Change };
    let path = visible_line(&change.path.dotted());
    let line = page.open(2, symbol).and(BOLD, format!("{}:{path}", visible_line(address)));
    page.line_with(line.and(DIM, if is_conflict { "   conflict" } else { "" }).right(place(change)), 6);
    let said = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), one_line);
    let (before, after) = (said(change.before.as_ref()), said(change.after.as_ref()));
    if is_conflict {
        let baseline = said(change.baseline.as_ref());
        side(page, "git", &format!("{baseline} {ARROW} {after} (this change)"));
        side(page, "live", &format!("{baseline} {ARROW} {before} (Partner Center)"));
    } else {
        match (change.after.as_ref().and_then(Value::as_str), change.before.as_ref().and_then(Value::as_str))
        {
            (Some(git), Some(live)) if is_long(git) || is_long(live) => {
                let sizes = [git, live].map(|text| count(text.chars().count()));
                side(page, "live", &format!("{} {ARROW} {} characters, against git", sizes[0], sizes[1]));
                text_diff(page, git, live, false);
            }
            (Some(git), Some(live)) => {
                side(page, "git", &after);
                side(page, "live", &by_words(git, live));
            }
            _ => {
                side(page, "git", &after);
                side(page, "live", &before);
            }
        }
    }
}

fn baseline(made_of: &MadeOf) -> String {
    made_of.baseline.as_ref().map_or_else(
        || "git".to_owned(),
        |baseline| {
            let commit: String = baseline.commit.chars().take(7).collect();
            format!("{}@{}", visible_line(&baseline.name), visible_line(&commit))
        },
    )
}

/// A value on one line; of a long text the beginning, since the product's part of the plan shows all of it.
fn one_line(value: &Value) -> String {
    const LONGEST: usize = 160;
    let text = short(value);
    let characters = text.chars().count();
    if characters <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}{ELLIPSIS} ({} characters)", count(characters))
}

fn side(page: &mut Page, name: &str, words: &str) {
    page.line_with(Line::new(DIM, format!("      {name:<4}  ")).and(PLAIN, words), 12);
}
