//! The packages of a submission that come and go.

use serde_json::Value;

use crate::plan::{Change, Op, Route};
use crate::render::page::{BOLD, DIM, PLAIN, Symbol};
use crate::render::{bytes, plural};

use super::layout::{Detail, Glyphs, Part, Row, align};
use super::value::place;

/// A text member of what a plan shows of a file.
pub(super) fn text_of<'v>(value: Option<&'v Value>, key: &str) -> &'v str {
    value.and_then(|value| value.get(key)).and_then(Value::as_str).unwrap_or_default()
}

/// A list of texts of what a plan shows of a file.
pub(super) fn texts_of<'v>(value: Option<&'v Value>, key: &str) -> Vec<&'v str> {
    let items = value.and_then(|value| value.get(key)).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// New packages, each with the old one whose place it takes where one goes at the same time.
pub(super) fn packages(changes: &[&Change], route: Option<&Route>, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    let at = changes.first().and_then(|change| place(change, glyphs));
    let mut going: Vec<&Change> = changes.iter().copied().filter(|change| change.op == Op::Remove).collect();
    let mut rows = Vec::new();
    for new in changes.iter().filter(|change| change.op == Op::Add) {
        let old = going.iter().position(|old| takes_place(new, old)).map(|at| going.remove(at));
        rows.push(coming(new, old, glyphs));
    }
    rows.extend(going.into_iter().map(|old| leaving(old, glyphs)));
    align(&mut rows);
    let mut parts: Vec<Part> = vec![Part::Gap, Row::at(2).cell(BOLD, "packages").right(at).into()];
    parts.extend(rows.into_iter().map(Part::from));
    if let Some(route) = route.filter(|route| route.upload_files > 0) {
        let files = plural(route.upload_files, "file");
        let words = format!("{files}, {}", bytes(route.upload_bytes));
        parts.push(Row::at(4).cell(DIM, "upload").cell(PLAIN, words).into());
    }
    parts
}

/// Whether a new package is for devices that an old one is for.
fn takes_place(new: &Change, old: &Change) -> bool {
    let old = text_of(old.before.as_ref(), "architecture").to_lowercase();
    old == "neutral" || texts_of(new.after.as_ref(), "architectures").contains(&old.as_str())
}

fn coming(new: &Change, old: Option<&Change>, glyphs: &Glyphs) -> Row {
    let symbol = if old.is_some() { Symbol::Replace } else { Symbol::Add };
    let version = glyphs.line(text_of(new.after.as_ref(), "version"));
    let versions = match old {
        Some(old) => {
            format!("{} {} {version}", glyphs.line(text_of(old.before.as_ref(), "version")), glyphs.arrow)
        }
        None => version,
    };
    let architectures = texts_of(new.after.as_ref(), "architectures").join(" ");
    let row = Row::sign(4, symbol).cell(BOLD, glyphs.line(&architectures)).cell(PLAIN, versions);
    match &new.asset {
        None => row,
        Some(asset) => row
            .cell(PLAIN, bytes(asset.bytes))
            .cell(PLAIN, glyphs.line(&asset.file))
            .cell(DIM, format!("sha256 {}{}", &asset.sha256[..12], glyphs.ellipsis)),
    }
}

fn leaving(old: &Change, glyphs: &Glyphs) -> Row {
    let text = |key| glyphs.line(text_of(old.before.as_ref(), key));
    Row::sign(4, Symbol::Remove)
        .cell(BOLD, text("architecture").to_lowercase())
        .cell(PLAIN, text("version"))
        .cell(DIM, text("fileName"))
}
