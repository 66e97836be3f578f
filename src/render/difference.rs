//! How a plan differs from the one that was approved, as text.

use std::collections::HashSet;

use serde_json::Value;

use crate::plan::{Action, Change, ChangeDifference, Difference, LiveSource, Plan, ResourceDifference};
use crate::submission::canonical;

use super::count;
use super::glyphs::{ARROW, DOT, ELLIPSIS};
use super::hygiene::visible_line;
use super::page::{ALARM, BOLD, DIM, GREEN, Line, Look, PLAIN, Page, RED, Symbol};
use super::plan::short;
use super::value_diff::{is_long, text_diff};

/// More characters than any text of a listing has. Comparing takes long with texts that somebody made up for it.
const MAX_COMPARED: usize = 12_000;

/// What differs between a plan and the approved one, for people.
pub fn difference(difference: &Difference, was: &Plan, is: &Plan, look: Look) -> String {
    let mut page = Page::new(look);
    page.line(Line::new(BOLD, "what differs from the approved plan"));
    for resource in &difference.resources {
        page.gap();
        of_resource(&mut page, resource);
    }
    let guards = &difference.guards;
    let blockers = &difference.blockers;
    if !(guards.came.is_empty()
        && guards.went.is_empty()
        && blockers.came.is_empty()
        && blockers.went.is_empty())
    {
        page.gap();
    }
    for (hits, is_new) in [(&guards.came, true), (&guards.went, false)] {
        for hit in hits {
            came_or_went(
                &mut page,
                is_new,
                &format!("guard {}", hit.guard),
                &format!("{}  {}", hit.address, hit.detail),
            );
        }
    }
    for (all, is_new) in [(&blockers.came, true), (&blockers.went, false)] {
        for blocker in all {
            let words = format!("{}  {}", blocker.address, blocker.detail);
            came_or_went(&mut page, is_new, &format!("blocker {}", blocker.kind), &words);
        }
    }
    if difference.resources.is_empty() {
        page.gap();
        let words = "nothing that plans list; the approved one was made by another version, or edited";
        page.line(Line::new(PLAIN, format!("  {words}")));
    }
    page.gap();
    for (word, plan) in [("approved", was), ("now", is)] {
        let read = match plan.made_of.live {
            LiveSource::Account => "live read",
            LiveSource::Snapshot => "snapshot of",
            LiveSource::Baseline => "baseline of",
        };
        let words = format!(
            "{word:<8}  {} {DOT} {read} {}",
            visible_line(&plan.fingerprints.plan),
            visible_line(&plan.made_of.read_at.replace('T', " "))
        );
        page.line(Line::new(DIM, words));
    }
    page.finish()
}

fn came_or_went(page: &mut Page, is_new: bool, what: &str, detail: &str) {
    let (style, word) = if is_new { (ALARM, "new") } else { (DIM, "gone") };
    let head = format!("  {} {what}  {word}", Symbol::Guard.sign());
    page.line(Line::new(style, head).and(PLAIN, format!("   {}", visible_line(detail))));
}

fn doing(action: Action) -> &'static str {
    match action {
        Action::None => "nothing to do",
        Action::Create => "to be created",
        Action::Update => "to be updated",
        Action::Delete => "to be deleted",
        Action::Live => "its rollout to be changed",
        Action::InProgress => "on its way",
    }
}

fn of_resource(page: &mut Page, resource: &ResourceDifference) {
    let mut head = Line::new(Symbol::Change.style(), format!("{} ", Symbol::Change.sign()))
        .and(BOLD, visible_line(&resource.address));
    if let Some(action) = &resource.action {
        head = head.and(PLAIN, format!("  was {}, is {} now", doing(action.was), doing(action.is)));
    }
    page.line(head);
    if let Some(id) = &resource.id {
        let words = format!("    id  was {}, is {}", visible_line(&id.was), visible_line(&id.is));
        page.line(Line::new(PLAIN, words));
    }
    for change in &resource.changes {
        of_change(page, change);
    }
    for (permits, symbol) in [(&resource.permits.came, Symbol::Add), (&resource.permits.went, Symbol::Remove)]
    {
        for guard in permits {
            let line = Line::new(symbol.style(), format!("    {} ", symbol.sign()));
            page.line(line.and(BOLD, "permit").and(PLAIN, format!("  {guard}")));
        }
    }
}

fn of_change(page: &mut Page, change: &ChangeDifference) {
    let (symbol, words, either) = match (&change.was, &change.is) {
        (None, Some(is)) => (Symbol::Add, "planned now, and was not", is),
        (Some(was), None) => (Symbol::Remove, "was planned, and is not any more", was),
        (Some(_), Some(is)) => (Symbol::Change, "another change", is),
        (None, None) => return,
    };
    let source = change.is.as_ref().and_then(|is| is.source.as_ref());
    let source = source.map(|at| format!("{}:{}", visible_line(&at.file), at.line));
    let line = Line::new(symbol.style(), format!("    {} ", symbol.sign()))
        .and(BOLD, visible_line(&either.path.dotted()))
        .and(DIM, format!("  {words}"));
    page.line(line.right(source));
    match (&change.was, &change.is) {
        (Some(was), Some(is)) => {
            side(page, "live", was.before.as_ref(), is.before.as_ref());
            side(page, "wanted", was.after.as_ref(), is.after.as_ref());
            let (was, is) = (digest(was), digest(is));
            if was != is {
                page.line(Line::new(PLAIN, format!("      file    sha256 was {was}, is {is}")));
            }
        }
        _ => values(page, either),
    }
}

fn digest(change: &Change) -> String {
    let digest = change.asset.as_ref().map(|asset| visible_line(&asset.sha256));
    digest.map_or("none".to_owned(), |digest| {
        format!("{}{ELLIPSIS}", digest.chars().take(12).collect::<String>())
    })
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The items of a list of texts.
fn items(value: Option<&Value>) -> Option<Vec<&str>> {
    value?.as_array()?.iter().map(Value::as_str).collect()
}

/// Two texts, where they do not both fit on a line.
fn long(a: Option<&Value>, b: Option<&Value>) -> Option<(String, String)> {
    let (a, b) = (text(a), text(b));
    (is_long(&a) || is_long(&b)).then_some((a, b))
}

fn words(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        // What a file is, is told by its name.
        Some(value) => match value.get("fileName").and_then(Value::as_str) {
            Some(name) => visible_line(name),
            None => short(value),
        },
    }
}

/// One side of a change that is another one now: what is live, or what is wanted.
fn side(page: &mut Page, name: &str, was: Option<&Value>, is: Option<&Value>) {
    if canonical::same(was, is) {
        return;
    }
    let head = |words: &str| Line::new(PLAIN, format!("      {name:<6}  {words}"));
    if let (Some(was), Some(is)) = (items(was), items(is)) {
        list(page, head(""), &was, &is);
    } else if let Some((was, is)) = long(was, is) {
        page.line(head("is another one:"));
        texts(page, &was, &is);
    } else if words(was) == words(is) {
        page.line(head(&format!("is another one: {}", words(is))));
    } else {
        page.line(head(&format!("was {}, is {}", words(was), words(is))));
    }
}

/// What a change that only one of the plans has would do.
fn values(page: &mut Page, change: &Change) {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    if let Some((before, after)) = long(before, after) {
        texts(page, &before, &after);
    } else if before.is_some() || after.is_some() {
        page.line(Line::new(PLAIN, format!("      {} {ARROW} {}", words(before), words(after))));
    }
}

/// The items that came and went, one a line.
fn list(page: &mut Page, head: Line, was: &[&str], is: &[&str]) {
    let without = |all: &[&str], others: &[&str]| -> Vec<String> {
        let known: HashSet<&str> = others.iter().copied().collect();
        all.iter().filter(|item| !known.contains(**item)).map(|item| visible_line(item)).collect()
    };
    let (went, came) = (without(was, is), without(is, was));
    if went.is_empty() && came.is_empty() {
        page.line(head.and(PLAIN, "the same in another order"));
        return;
    }
    let signed = went.iter().map(|item| (RED, "-", item)).chain(came.iter().map(|item| (GREEN, "+", item)));
    let mut head = Some(head);
    for (style, sign, item) in signed {
        let start = head.take().unwrap_or_else(|| Line::new(PLAIN, " ".repeat(14)));
        page.line(start.and(style, format!("{sign} {item}")));
    }
}

fn texts(page: &mut Page, was: &str, is: &str) {
    let (before, after) = (was.chars().count(), is.chars().count());
    if before.max(after) <= MAX_COMPARED {
        text_diff(page, was, is, false);
        return;
    }
    let sizes = format!("{} {ARROW} {} characters", count(before), count(after));
    page.line(Line::new(DIM, format!("      {sizes}, too long to be compared")));
}
