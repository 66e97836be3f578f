//! The changes of each product, as differences that GitHub colours.
//!
//! Where there is no room for all of them, detail is shed step by step, and where most of it is: so one product with sixty
//! languages does not cost the others theirs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::plan::{Action, Plan, ResourcePlan};
use crate::render::page::{PLAIN, Symbol};
use crate::render::plan::{Detail, Part, Row, diff_lines, sheet};
use crate::render::wrap::wrap;
use crate::render::{count, plural};

use super::words::{code, fenced, name, name_in_html};

/// Columns of a line. GitHub does not wrap code, and a phone shows forty.
const WIDTH: usize = 60;
/// How many languages are named that are not shown.
const MAX_NAMED: usize = 10;

/// How much of a product's changes is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rung {
    /// All changes, each with some of what stands around it.
    All,
    /// All changes.
    Changes,
    /// Of the languages the first one.
    OneLanguage,
    /// How many there are.
    Number,
    /// Nothing.
    Nothing,
}

impl Rung {
    fn next(self) -> Self {
        match self {
            Self::All => Self::Changes,
            Self::Changes => Self::OneLanguage,
            Self::OneLanguage => Self::Number,
            Self::Number | Self::Nothing => Self::Nothing,
        }
    }
}

/// The line that counts the products of which nothing is shown is no longer.
const COUNTED_BYTES: usize = 80;

/// What is shown of a product.
struct Block<'p> {
    resource: &'p ResourcePlan,
    rung: Rung,
    text: String,
}

/// The changes of every product within so many bytes, and whether some had to be left out.
pub(super) fn details(plan: &Plan, room: usize) -> (String, bool) {
    let room = room.saturating_sub(COUNTED_BYTES);
    let busy = plan.resources.iter().filter(|resource| resource.action != Action::None);
    let block = |resource| Block { resource, rung: Rung::All, text: drawn(resource, plan, Rung::All) };
    let mut blocks: Vec<Block<'_>> = busy.map(block).collect();
    let mut used: usize = blocks.iter().map(|block| block.text.len()).sum();
    let mut longest: BinaryHeap<(usize, Reverse<usize>)> =
        blocks.iter().enumerate().map(|(at, block)| (block.text.len(), Reverse(at))).collect();
    while used > room
        && let Some((length, Reverse(at))) = longest.pop()
    {
        let block = &mut blocks[at];
        block.rung = block.rung.next();
        block.text = drawn(block.resource, plan, block.rung);
        used = used - length + block.text.len();
        if block.rung != Rung::Nothing {
            longest.push((block.text.len(), Reverse(at)));
        }
    }
    let is_short = blocks.iter().any(|block| block.rung > Rung::Changes);
    let unseen = blocks.iter().filter(|block| block.rung == Rung::Nothing).count();
    let mut text: String = blocks.into_iter().map(|block| block.text).collect();
    if unseen > 0 {
        text.push_str(&format!("The changes of {} are not shown here.\n\n", plural(unseen, "more product")));
    }
    (text, is_short)
}

fn drawn(resource: &ResourcePlan, plan: &Plan, rung: Rung) -> String {
    let changes = plural(resource.changes.len(), "change");
    let context = usize::from(rung == Rung::All);
    let detail = Detail { context: Some(context), ..Detail::default() };
    let parts = match rung {
        Rung::All | Rung::Changes => parts(plan, resource, detail),
        Rung::OneLanguage => in_one_language(plan, resource, detail),
        Rung::Number => {
            return format!("{} {}: {changes}, not shown here\n\n", named(resource), code(&resource.address));
        }
        Rung::Nothing => return String::new(),
    };
    let shown = if resource.name.is_empty() { &resource.address } else { &resource.name };
    let title = name_in_html(shown);
    let lines = fenced("diff", &lines(&parts, detail));
    format!("<details><summary>{title}: {changes}</summary>\n\n{lines}\n</details>\n\n")
}

fn named(resource: &ResourcePlan) -> String {
    if resource.name.is_empty() { String::new() } else { format!("**{}**", name(&resource.name)) }
}

/// A product without its title and without what stands against it: both are told before.
fn parts(plan: &Plan, resource: &ResourcePlan, detail: Detail) -> Vec<Part> {
    let sheet = sheet(plan, resource, detail);
    [sheet.consequences, sheet.changes, sheet.counts].into_iter().flatten().collect()
}

/// A product with the changes of its first language alone, and how many more languages change.
fn in_one_language(plan: &Plan, resource: &ResourcePlan, detail: Detail) -> Vec<Part> {
    let mut languages: Vec<&str> = Vec::new();
    for language in resource.changes.iter().filter_map(|change| change.path.language()) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    let Some((first, more)) = languages.split_first().filter(|(_, more)| !more.is_empty()) else {
        return parts(plan, resource, detail);
    };
    let mut part = resource.clone();
    part.changes.retain(|change| change.path.language().is_none_or(|language| language == *first));
    let mut parts = parts(plan, &part, detail);
    let glyphs = detail.glyphs();
    let mut names: Vec<String> = more.iter().take(MAX_NAMED).map(|language| glyphs.line(language)).collect();
    if let Some(unnamed) = more.len().checked_sub(MAX_NAMED).filter(|unnamed| *unnamed > 0) {
        names.push(format!("and {} more", count(unnamed)));
    }
    let words = format!("{} change too: {}", plural(more.len(), "more language"), names.join(", "));
    parts.extend([Part::Gap, Row::sign(2, Symbol::Change).cell(PLAIN, words).into()]);
    parts
}

/// Lines of a diff, wrapped; each piece of a line has its sign.
fn lines(parts: &[Part], detail: Detail) -> String {
    let mut text = String::new();
    for (sign, line) in diff_lines(parts, detail) {
        // What is no text goes on a little to the right.
        let hang = if sign == '!' { 2 } else { 0 };
        for (number, piece) in wrap(&[(PLAIN, line)], WIDTH, WIDTH - hang).into_iter().enumerate() {
            let piece: String = piece.into_iter().map(|(_, text)| text).collect();
            let indent = if number > 0 { hang } else { 0 };
            let line = format!("{sign} {:indent$}{piece}", "");
            // No gap at the start, and none twice.
            if !line.trim().is_empty() || !(text.is_empty() || text.ends_with("\n\n")) {
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
    text
}
