//! What was changed in Partner Center, as a comment on an issue.

use crate::plan::Drift;
use crate::render::page::Look;
use crate::render::plan::{drift_summary, drift_text};
use crate::render::plural;

use super::MAX_COMMENT_BYTES;
use super::words::fenced;

/// Columns of the page: GitHub does not wrap code.
const WIDTH: usize = 60;
/// What stands around the page at most. No fence is longer than a line.
const FRAME_BYTES: usize = 500;

/// What was changed in Partner Center. Every text from outside stands in a fence.
pub fn drift_markdown(found: &Drift) -> String {
    let page = drift_text(found, Look { colour: false, ascii: false, width: WIDTH });
    let mut shown = String::new();
    let mut lines = page.split_inclusive('\n');
    let mut left_out = 0;
    for line in &mut lines {
        if shown.len() + line.len() > MAX_COMMENT_BYTES - FRAME_BYTES {
            left_out = 1 + lines.count();
            break;
        }
        shown.push_str(line);
    }
    let rest = match left_out {
        0 => String::new(),
        lines => format!("\n{} left out; run `storeward drift` to see them.\n", plural(lines, "more line")),
    };
    format!("### Store drift · {}\n\n{}{rest}", drift_summary(found).1, fenced("text", &shown))
}
