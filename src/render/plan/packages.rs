//! Packages: what comes, what goes, what stays.

use crate::plan::{Change, KeptPackage, Op, Route};

use super::super::glyphs::{ARROW, ELLIPSIS};
use super::super::hygiene::visible_line;
use super::super::page::{BOLD, DIM, GREEN, Line, PLAIN, Page, RED, Symbol, YELLOW};
use super::super::{bytes, plural};
use super::values::{known_name, place, text_of, texts_of};

/// New packages, each with the old one whose place it takes where one goes at the same time, then what goes and what stays.
pub(super) fn packages(page: &mut Page, changes: &[&Change], kept: &[KeptPackage], route: Option<&Route>) {
    page.gap();
    let at = changes.first().and_then(|change| place(change));
    page.line(Line::new(BOLD, "  packages").right(at));
    let mut going: Vec<&Change> = changes.iter().copied().filter(|change| change.op == Op::Remove).collect();
    for change in changes.iter().filter(|change| change.op == Op::Add) {
        let architectures = texts_of(change.after.as_ref(), "architectures");
        let replaces = going.iter().position(|old| {
            let old = text_of(old.before.as_ref(), "architecture").to_lowercase();
            architectures.iter().any(|own| *own == old) || old == "neutral"
        });
        let old = replaces.map(|at| going.remove(at));
        coming(page, change, old, &architectures.join(" "));
    }
    for old in going {
        let before = old.before.as_ref();
        let line = page
            .open(4, Symbol::Remove)
            .and(BOLD, format!("{:<7} ", visible_line(&text_of(before, "architecture").to_lowercase())))
            .and(PLAIN, visible_line(text_of(before, "version")))
            .and(DIM, format!("   {}", known_name(text_of(before, "fileName"))));
        page.line_with(line, 14);
    }
    for package in kept {
        let line = page
            .open(4, Symbol::Keep)
            .and(BOLD, format!("{:<7} ", visible_line(&package.architecture.to_lowercase())))
            .and(PLAIN, visible_line(&package.version))
            .and(DIM, format!("   {}   kept by `retain: {}`", known_name(&package.file_name), package.by));
        page.line_with(line, 14);
    }
    if let Some(route) = route.filter(|route| route.upload_files > 0) {
        let words = format!("{}, {}", plural(route.upload_files, "file"), bytes(route.upload_bytes));
        page.line(Line::new(DIM, "    upload  ").and(PLAIN, words));
    }
}

/// A new package, perhaps in the place of an old one.
fn coming(page: &mut Page, change: &Change, old: Option<&Change>, architectures: &str) {
    let symbol = if old.is_some() { Symbol::Replace } else { Symbol::Add };
    let new = visible_line(text_of(change.after.as_ref(), "version"));
    let versions = match old {
        Some(old) => format!("{} {ARROW} {new}", visible_line(text_of(old.before.as_ref(), "version"))),
        None => new,
    };
    let mut line =
        page.open(4, symbol).and(BOLD, format!("{:<7} ", visible_line(architectures))).and(PLAIN, versions);
    if let Some(asset) = &change.asset {
        let digest: String = asset.sha256.chars().take(12).collect();
        line = line
            .and(PLAIN, format!("   {}   {}", bytes(asset.bytes), visible_line(&asset.file)))
            .and(DIM, format!("   sha {}{ELLIPSIS}", visible_line(&digest)));
    }
    page.line_with(line, 14);
    let Some(old) = old else { return };
    let (before, after) = (old.before.as_ref(), change.after.as_ref());
    let (had, has) = (texts_of(before, "capabilities"), texts_of(after, "capabilities"));
    let restricted = texts_of(after, "restrictedCapabilities");
    for capability in has.iter().filter(|capability| !had.contains(capability)) {
        let words = if restricted.contains(capability) {
            "   restricted capability added; expect a manual review"
        } else {
            "   capability added"
        };
        let line = page.signed(14, '+', GREEN).and(GREEN, visible_line(capability));
        page.line_with(line.and(YELLOW, words), 16);
    }
    for capability in had.iter().filter(|capability| !has.contains(capability)) {
        let line = page.signed(14, '-', RED).and(RED, visible_line(capability));
        page.line_with(line.and(DIM, "   capability removed"), 16);
    }
}
