//! What somebody changed in Partner Center: what git says and what is live, field by field.

use serde_json::Value;

use crate::plan::{BaselineRef, Change, Drift, DriftedResource, Op, Origin};
use crate::render::page::{BOLD, DIM, PLAIN, Symbol, YELLOW};
use crate::submission::Path;

use super::edit::{Stretch, short_stretches};
use super::images::known_name;
use super::layout::{Detail, Glyphs, Part, Row, Side};
use super::packages::{text_of, texts_of};
use super::value::{fits_on_a_line, place, short, value_beside};

/// Columns of the words before values.
const LABEL: usize = 4;

/// How a commit is called beside the time of a plan: `origin/main@4f1c9e2`.
pub(in crate::render) fn baseline(baseline: &BaselineRef, glyphs: &Glyphs) -> String {
    let short = baseline.commit.get(..7).unwrap_or(&baseline.commit);
    if baseline.name.len() >= 7 && baseline.commit.starts_with(&baseline.name) {
        return short.to_owned();
    }
    format!("{}@{short}", glyphs.line(&baseline.name))
}

/// The block above the changes of a plan; nothing where nothing was changed in Partner Center.
pub(in crate::render) fn drift(drift: &Drift, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    if drift.is_none() {
        return Vec::new();
    }
    let since = drift.made_of.baseline.as_ref().map(|since| format!(" since {}", baseline(since, glyphs)));
    let title = format!("Changed in Partner Center{}, not in git:", since.unwrap_or_default());
    let mut parts: Vec<Part> = vec![Row::at(0).cell(BOLD, title).into()];
    for resource in &drift.resources {
        for field in resource.fields() {
            parts.extend(drifted(resource, &field, detail));
        }
    }
    let advice = [
        "to keep what is live, write it into the manifest",
        "to put git's values back, permit it: `permit: [reverts-drift]`, or --allow reverts-drift",
    ];
    parts.extend(advice.map(|words| Row::at(2).cell(DIM, words).into()));
    parts
}

/// One field. A list has several changes.
fn drifted(resource: &DriftedResource, field: &Path, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    let changes: Vec<&Change> = resource.changes.iter().filter(|change| change.field() == *field).collect();
    let is_conflict = changes.iter().any(|change| change.origin == Some(Origin::Conflict));
    let (symbol, note) = if is_conflict { (Symbol::Unsure, "conflict") } else { (Symbol::Change, "") };
    let head = Row::sign(2, symbol)
        .cell(BOLD, glyphs.line(&format!("{}:{field}", resource.address)))
        .cell(YELLOW, note)
        .right(changes.first().and_then(|change| place(change, glyphs)));
    let mut parts: Vec<Part> = vec![head.into()];
    for change in changes {
        if change.path == *field {
            parts.extend(value(change, is_conflict, detail));
        } else {
            parts.push(element(change, field, is_conflict, glyphs).into());
        }
    }
    parts
}

fn labelled(label: &str) -> Row {
    Row::at(6).column(LABEL, DIM, label)
}

/// A value: what git says, and what is live.
fn value(change: &Change, is_conflict: bool, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    let (baseline, live, wanted) = (change.baseline.as_ref(), change.before.as_ref(), change.after.as_ref());
    if change.path.language().is_some() && change.path.keys().len() == 2 {
        return language(change, is_conflict);
    }
    if is_conflict {
        let git = value_beside(labelled("git"), 8, baseline, wanted, detail);
        return git.into_iter().chain(value_beside(labelled("live"), 8, baseline, live, detail)).collect();
    }
    // Both are the same; where it is written now is where it can be changed.
    let git = wanted.or(baseline);
    if !fits_on_a_line(git, live) {
        return value_beside(labelled("live"), 8, git, live, detail);
    }
    let row = labelled("live");
    let edit = match (git, live) {
        (Some(Value::String(git)), Some(Value::String(live))) if git.contains(' ') => {
            short_stretches(git, live)
        }
        _ => None,
    };
    let row = match edit {
        Some(edit) => edited(row, edit, glyphs),
        None => row.cell(PLAIN, said(live, glyphs)),
    };
    vec![labelled("git").cell(PLAIN, said(git, glyphs)).into(), row.into()]
}

fn said(value: Option<&Value>, glyphs: &Glyphs) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| short(value, glyphs))
}

/// A short text that is live, with what is not in git's.
fn edited(row: Row, edit: Vec<Stretch>, glyphs: &Glyphs) -> Row {
    let mut row = row.cell(PLAIN, "\"");
    for stretch in edit {
        row = match stretch {
            Stretch::Same(text) => row.and(PLAIN, glyphs.line(&text)),
            Stretch::Edit { old, new } => {
                row.side(PLAIN, Side::Old, glyphs.line(&old)).side(PLAIN, Side::New, glyphs.line(&new))
            }
        };
    }
    row.and(PLAIN, "\"")
}

/// A whole language that somebody added, removed, or works on while it is to go.
fn language(change: &Change, is_conflict: bool) -> Vec<Part> {
    let (git, live) = match (change.op, is_conflict) {
        (Op::Add, _) => ("there", "removed"),
        (_, true) => ("to be removed", "changed"),
        (_, false) => ("removed", "there"),
    };
    let row = |label, words| labelled(label).cell(PLAIN, words).into();
    vec![row("git", git), row("live", live)]
}

/// One element of a list: an image, a trailer, a package.
fn element(change: &Change, list: &Path, is_conflict: bool, glyphs: &Glyphs) -> Row {
    let below = &change.path.keys()[list.keys().len()..];
    let shown = |value: Option<&Value>| match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) => short(&Value::String(text.clone()), glyphs),
        Some(value) => named(value, glyphs),
    };
    let live = match (change.op, change.before.as_ref().and_then(|before| before.get("slot"))) {
        (Op::Move, Some(slot)) => format!("stands in slot {slot}"),
        _ => shown(change.before.as_ref()),
    };
    let git = match (&change.baseline, &change.after) {
        (Some(before), after) if is_conflict => {
            format!("{} {} {}", shown(Some(before)), glyphs.arrow, shown(after.as_ref()))
        }
        // What is wanted is what git said.
        (said, wanted) => shown(wanted.as_ref().or(said.as_ref())),
    };
    let what = match below {
        [_] if list.keys() == ["packages"] => "package".to_owned(),
        [slot] => format!("slot {slot}"),
        [slot, ..] => format!("slot {slot} caption"),
        [] => String::new(),
    };
    Row::at(6)
        .cell(DIM, glyphs.line(&what))
        .cell(DIM, "git ")
        .and(PLAIN, git)
        .cell(DIM, "live ")
        .and(PLAIN, live)
}

/// A file in few words.
fn named(value: &Value, glyphs: &Glyphs) -> String {
    let value = Some(value);
    let architecture = glyphs.line(&text_of(value, "architecture").to_lowercase());
    let words = [
        known_name(text_of(value, "fileName"), glyphs),
        glyphs.line(text_of(value, "id")),
        glyphs.line(text_of(value, "version")),
        texts_of(value, "architectures").join(" "),
        architecture,
    ];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
