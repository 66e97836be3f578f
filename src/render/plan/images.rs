//! Images as slots, in display order; trailers likewise.

use crate::plan::{Change, FileCount, Op};
use crate::submission::Path;

use super::super::glyphs::{ARROW, DASH};
use super::super::hygiene::visible_line;
use super::super::page::{BOLD, DIM, Line, PLAIN, Page};
use super::values::{known_name, place, size_of, symbol, text_of, value};

/// The slots of one type of image that change.
pub(super) fn slots(
    page: &mut Page,
    at: &Path,
    name: &str,
    changes: &[&Change],
    counts: &[FileCount],
    full: bool,
) {
    let count = counts.iter().find(|count| count.path == *at);
    let words = count.map_or_else(String::new, |count| format!("  {} {ARROW} {}", count.before, count.after));
    page.line(Line::new(BOLD, format!("    {}", visible_line(name))).and(DIM, words));
    let width = changes.iter().map(|change| file_of(change).chars().count()).max().unwrap_or_default();
    for change in changes {
        slot(page, change, at.keys().len(), width.min(32), full);
    }
}

/// The digest in a name that Storeward gave a file.
fn digest_of(file_name: &str) -> Option<&str> {
    let digest = file_name.rsplit('.').nth(1)?;
    (digest.len() == 12 && digest.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digest)
}

fn file_of(change: &Change) -> String {
    match (&change.asset, change.op) {
        (Some(asset), _) => visible_line(asset.file.rsplit('/').next().unwrap_or(&asset.file)),
        (None, Op::Remove) => known_name(text_of(change.before.as_ref(), "fileName")),
        (None, _) => known_name(text_of(change.after.as_ref(), "fileName")),
    }
}

/// One slot; its number is the key after the first `depth` ones.
fn slot(page: &mut Page, change: &Change, depth: usize, width: usize, full: bool) {
    let keys = change.path.keys();
    let number = keys.get(depth).map_or("", String::as_str);
    if keys.len() > depth + 1 {
        value(page, 4, change, &format!("{number}  caption"), full);
        return;
    }
    let note = match change.op {
        Op::Add => "new".to_owned(),
        Op::Replace => {
            let was = digest_of(text_of(change.before.as_ref(), "fileName")).unwrap_or("unknown");
            let is = change.asset.as_ref().map_or("", |asset| &asset.sha256[..12.min(asset.sha256.len())]);
            format!("shot again  sha {} {ARROW} {}", visible_line(was), visible_line(is))
        }
        Op::Move => {
            let was = change.before.as_ref().and_then(|before| before.get("slot"));
            was.map_or_else(String::new, |was| format!("was {was}"))
        }
        Op::Remove | Op::Clear | Op::Set => format!("was {number}, removed"),
    };
    let size = change.asset.as_ref().map_or_else(String::new, size_of);
    // What goes has no place any more.
    let number = if change.op == Op::Remove { DASH.to_string() } else { visible_line(number) };
    let name = format!("{:<width$}", file_of(change));
    let line = page
        .open(4, symbol(change))
        .and(BOLD, format!("{number}  "))
        .and(PLAIN, name)
        .and(DIM, format!("  {note}{size}"));
    page.line_with(line.right(place(change)), 9);
}
