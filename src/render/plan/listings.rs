//! Listings by language, in the order in which the manifest names them. Equal edits of many languages are shown once.

use serde_json::Value;

use crate::plan::{Change, FileCount, Op};
use crate::submission::Path;

use super::super::hygiene::visible_line;
use super::super::page::{BOLD, DIM, Line, PLAIN, Page, YELLOW};
use super::super::plural;
use super::images;
use super::values::value;

/// From so many languages on, an equal edit is shown once.
const FOLDED: usize = 3;

/// The changes of all listings, and of the trailers that they share.
pub(super) fn listings(page: &mut Page, changes: &[&Change], counts: &[FileCount], full: bool) {
    let (of_languages, shared): (Vec<&Change>, Vec<&Change>) =
        changes.iter().copied().partition(|change| change.path.language().is_some());
    if !shared.is_empty() {
        page.gap();
        let at = Path::new(["trailers"]);
        let (trailers, others): (Vec<&Change>, Vec<&Change>) =
            shared.into_iter().partition(|change| at.covers(&change.path));
        if !trailers.is_empty() {
            images::slots(page, &at, "trailers", &trailers, counts, full);
        }
        for change in others {
            value(page, 4, change, &change.path.dotted(), full);
        }
    }
    let (folded, single) = if full { (Vec::new(), of_languages) } else { fold(&of_languages) };
    if !folded.is_empty() {
        page.gap();
        page.line(Line::new(BOLD, "  listings"));
        for (change, languages) in folded {
            let name = change.path.keys()[2..].join(".");
            let edit = if change.op == Op::Add || change.before.is_none() { "text" } else { "edit" };
            let many = plural(languages.len(), "language");
            if change.path.keys().get(2).is_some_and(|key| key == "images") {
                let at = Path::new(change.path.keys().iter().take(4).cloned());
                let kind = change.path.keys().get(3).map_or("", String::as_str);
                images::slots(page, &at, &format!("{kind} in {many} (identical)"), &[change], &[], full);
            } else {
                value(page, 4, change, &format!("{name} in {many} (identical {edit})"), full);
            }
            let names: Vec<String> = languages.iter().map(|language| visible_line(language)).collect();
            page.line_with(Line::new(DIM, format!("      in {}", names.join(", "))), 9);
        }
    }
    for language in languages_of(&single) {
        let own: Vec<&Change> =
            single.iter().copied().filter(|change| change.path.language() == Some(language)).collect();
        one(page, language, &own, counts, full);
    }
}

fn languages_of<'c>(changes: &[&'c Change]) -> Vec<&'c str> {
    let mut languages: Vec<&str> = Vec::new();
    for language in changes.iter().filter_map(|change| change.path.language()) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    languages
}

/// What makes two changes the same edit: all but the language, and the names that files got from it.
fn edit(change: &Change) -> (Vec<String>, Op, Option<Value>, Option<Value>, Option<String>) {
    let without_names = |value: &Option<Value>| {
        let mut value = value.clone();
        if let Some(Value::Object(members)) = &mut value {
            members.shift_remove("fileName");
        }
        value
    };
    let keys = change.path.keys().iter().skip(2).cloned().collect();
    let sha256 = change.asset.as_ref().map(|asset| asset.sha256.clone());
    match sha256 {
        Some(_) => (keys, change.op, without_names(&change.before), without_names(&change.after), sha256),
        None => (keys, change.op, change.before.clone(), change.after.clone(), None),
    }
}

/// Equal edits of many languages, each with its languages, and all other changes.
fn fold<'c>(changes: &[&'c Change]) -> (Vec<(&'c Change, Vec<&'c str>)>, Vec<&'c Change>) {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes.iter().filter(|change| change.path.keys().len() > 2) {
        match groups.iter_mut().find(|group| edit(group[0]) == edit(change)) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups.retain(|group| group.len() >= FOLDED);
    let is_folded = |change: &&Change| groups.iter().flatten().any(|other| other.path == change.path);
    let single = changes.iter().copied().filter(|change| !is_folded(change)).collect();
    let folded = groups.into_iter().map(|group| (group[0], languages_of(&group))).collect();
    (folded, single)
}

/// One listing.
fn one(page: &mut Page, language: &str, own: &[&Change], counts: &[FileCount], full: bool) {
    let whole = own.iter().find(|change| change.path.keys().len() == 2);
    page.gap();
    let (style, word) = match whole.map(|change| change.op) {
        Some(Op::Add) => (YELLOW, "  new"),
        Some(Op::Remove) => (YELLOW, "  removed, with its texts and images"),
        _ => (PLAIN, ""),
    };
    page.line(Line::new(BOLD, format!("  listing {}", visible_line(language))).and(style, word));
    let is_image = |change: &&&Change| change.path.keys().get(2).is_some_and(|key| key == "images");
    for change in own.iter().filter(|change| !is_image(change) && change.path.keys().len() > 2) {
        value(page, 4, change, &change.path.keys()[2..].join("."), full);
    }
    let images: Vec<&Change> = own.iter().filter(is_image).copied().collect();
    let mut types: Vec<&str> = Vec::new();
    for kind in images.iter().filter_map(|change| change.path.keys().get(3)) {
        if !types.contains(&kind.as_str()) {
            types.push(kind);
        }
    }
    for kind in types {
        let at = Path::new(["listings", language, "images", kind]);
        let of_kind: Vec<&Change> = images.iter().copied().filter(|change| at.covers(&change.path)).collect();
        images::slots(page, &at, kind, &of_kind, counts, full);
    }
}
