//! What somebody changed in Partner Center, as a page of its own: for terminals, and for comments.

use anstyle::Style;

use crate::plan::Drift;
use crate::render::page::{ALARM, BOLD, GREEN, Look, PLAIN, Page, Symbol};
use crate::render::plural;

use super::draw::draw;
use super::drift::drift;
use super::layout::{Detail, Part, Row};
use super::obstacles::findings;
use super::text::header;

/// Columns of the page in a comment.
const WIDTH: usize = 100;
/// What GitHub takes as a comment, with room for what a workflow adds.
const MAX_COMMENT_BYTES: usize = 60_000;

/// What was changed in Partner Center, for people; `products` were looked at.
pub fn drift_text(found: &Drift, products: usize, look: Look) -> String {
    let detail = Detail { ascii: look.ascii, ..Detail::default() };
    let mut parts: Vec<Part> = vec![header("drift", &found.made_of, detail.glyphs()).into()];
    parts.extend(body(found, detail));
    let (style, words) = summary(found, products);
    parts.extend([Part::Gap, Row::at(0).cell(style, words).into()]);
    drawn(&parts, detail, look)
}

/// The same for a comment. Every text from outside stands in a fence.
pub fn drift_markdown(found: &Drift, products: usize) -> String {
    let detail = Detail::default();
    let mut parts: Vec<Part> = vec![header("drift", &found.made_of, detail.glyphs()).into()];
    parts.extend(body(found, detail));
    let page = drawn(&parts, detail, Look { colour: false, ascii: false, width: WIDTH });
    let longest = page.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let room = MAX_COMMENT_BYTES.saturating_sub(2 * fence.len() + 500);
    let mut shown = String::new();
    let mut left_out = 0;
    for line in page.split_inclusive('\n') {
        if left_out > 0 || shown.len() + line.len() > room {
            left_out += 1;
        } else {
            shown.push_str(line);
        }
    }
    let rest = match left_out {
        0 => String::new(),
        lines => format!("\n{} left out; run `storeward drift` to see them.\n", plural(lines, "more line")),
    };
    format!("### Store drift · {}\n\n{fence}text\n{shown}{fence}\n{rest}", summary(found, products).1)
}

fn drawn(parts: &[Part], detail: Detail, look: Look) -> String {
    let mut page = Page::new(look);
    draw(&mut page, parts, detail);
    page.finish()
}

fn body(found: &Drift, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    let unknown = found.unknown.iter().map(|blocker| {
        let head = Row::sign(0, Symbol::Guard).cell(ALARM, format!("{} cannot be compared", blocker.address));
        head.cell(PLAIN, glyphs.line(&blocker.detail)).into()
    });
    let blocks: [Vec<Part>; 3] =
        [drift(found, detail), unknown.collect(), findings(&found.diagnostics, detail)];
    let blocks = blocks.into_iter().filter(|block| !block.is_empty());
    blocks.flat_map(|block| std::iter::once(Part::Gap).chain(block)).collect()
}

/// What it comes to; nothing in it is from outside.
fn summary(found: &Drift, products: usize) -> (Style, String) {
    let compared = products.saturating_sub(found.unknown.len());
    if found.is_none() {
        return (GREEN, format!("No drift. {} compared.", plural(compared, "product")));
    }
    let mut words = Vec::new();
    if found.counts.drift > 0 {
        words.push(format!("{} drifted", plural(found.counts.drift, "field")));
    }
    if found.counts.conflicts > 0 {
        words.push(plural(found.counts.conflicts, "conflict"));
    }
    let where_ = format!("in {} of {}", found.resources.len(), plural(compared, "product"));
    (BOLD, format!("{} {where_}", words.join(", ")))
}
