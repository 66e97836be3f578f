//! The changes of each product, as differences that GitHub colours.
//!
//! Where there is no room for all of them, every product gets a fair share of it: one with sixty languages does not cost the
//! others theirs. A product whose share is too small shows fewer languages, then only how many changes it has.

use crate::plan::{Action, Plan, ResourcePlan};
use crate::render::page::{PLAIN, Page, Symbol};
use crate::render::plan::{View, changes_text};
use crate::render::{hygiene::visible_line, plural};

use super::words::{code, fenced, name, name_in_html};

/// Columns of a line: GitHub does not wrap code, and a phone shows no more of them.
const WIDTH: usize = 48;
/// How many languages are named that are not shown.
const MAX_NAMED: usize = 10;
/// The line that counts the products of which nothing is shown is no longer.
const COUNTED_BYTES: usize = 80;

/// The changes of every product within so many bytes, and whether some had to be left out.
pub(super) fn details(plan: &Plan, room: usize) -> (String, bool) {
    let busy: Vec<&ResourcePlan> =
        plan.resources.iter().filter(|resource| resource.action != Action::None).collect();
    let mut texts: Vec<String> = busy.iter().map(|resource| whole(resource)).collect();
    let mut shortest_first: Vec<usize> = (0..busy.len()).collect();
    shortest_first.sort_by_key(|at| texts[*at].len());
    let mut left = room.saturating_sub(COUNTED_BYTES);
    let (mut is_short, mut unseen) = (false, 0);
    for (number, at) in shortest_first.iter().enumerate() {
        let share = left / (busy.len() - number);
        if texts[*at].len() > share {
            is_short = true;
            texts[*at] = shortened(busy[*at], share);
            unseen += usize::from(texts[*at].is_empty());
        }
        left -= texts[*at].len();
    }
    let mut text = texts.concat();
    if unseen > 0 {
        text.push_str(&format!("The changes of {} are not shown here.\n\n", plural(unseen, "more product")));
    }
    (text, is_short)
}

fn whole(resource: &ResourcePlan) -> String {
    drawn(resource, resource, &[])
}

/// As much of a product as fits into so many bytes; nothing where not even the number of its changes does.
fn shortened(resource: &ResourcePlan, room: usize) -> String {
    let languages = languages_of(resource);
    let (mut fewest, mut too_many) = (0, languages.len());
    let mut best = None;
    while fewest < too_many {
        let middle = usize::midpoint(fewest, too_many);
        let (shown, others) = languages.split_at(middle);
        let text = drawn(resource, &in_languages(resource, shown), others);
        if text.len() <= room {
            best = Some(text);
            fewest = middle + 1;
        } else {
            too_many = middle;
        }
    }
    best.unwrap_or_else(|| counted(resource, room))
}

fn languages_of(resource: &ResourcePlan) -> Vec<&str> {
    let mut languages: Vec<&str> = Vec::new();
    for language in resource.changes.iter().filter_map(|change| change.path.language()) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    languages
}

/// A product with the changes of some of its languages alone.
fn in_languages(resource: &ResourcePlan, shown: &[&str]) -> ResourcePlan {
    let mut part = resource.clone();
    part.changes.retain(|change| change.path.language().is_none_or(|language| shown.contains(&language)));
    part
}

/// The part of a product that is shown, and which languages change besides.
fn drawn(resource: &ResourcePlan, part: &ResourcePlan, others: &[&str]) -> String {
    let mut page = Page::of_diff(WIDTH);
    changes_text(&mut page, part, View::default());
    if !others.is_empty() {
        let mut names: Vec<String> =
            others.iter().take(MAX_NAMED).map(|language| visible_line(language)).collect();
        if let Some(unnamed) = others.len().checked_sub(MAX_NAMED).filter(|unnamed| *unnamed > 0) {
            names.push(format!("and {unnamed} more"));
        }
        let verb = if others.len() == 1 { "changes" } else { "change" };
        let words = format!("{} {verb} too: {}", plural(others.len(), "more language"), names.join(", "));
        page.gap();
        let line = page.open(2, Symbol::Change).and(PLAIN, words);
        page.line_with(line, 4);
    }
    let shown = if resource.name.is_empty() { &resource.address } else { &resource.name };
    let lines = page.finish();
    format!(
        "<details><summary>{}: {}</summary>\n\n{}\n</details>\n\n",
        name_in_html(shown),
        what(resource),
        fenced("diff", lines.trim_start_matches('\n'))
    )
}

fn what(resource: &ResourcePlan) -> String {
    if resource.action == Action::Delete {
        return "deleted".to_owned();
    }
    plural(resource.changes.len(), "change")
}

/// How many changes a product has, where there is room for that.
fn counted(resource: &ResourcePlan, room: usize) -> String {
    let named =
        if resource.name.is_empty() { String::new() } else { format!("**{}** ", name(&resource.name)) };
    let text = format!("{named}{}: {}, not shown here\n\n", code(&resource.address), what(resource));
    if text.len() <= room { text } else { String::new() }
}
