//! A resource's changes in few words.

use std::collections::BTreeSet;

use crate::plan::{Action, Change, Op, ResourcePlan};
use crate::render::hygiene::visible_line;
use crate::render::plural;
use crate::submission::Section;

use super::packages::text_of;

/// What changes, for a cell of a table: `2 packages → 4.3.0.0, description, 3 screenshots`; `no change`. A field that
/// changes in several languages is named once.
#[allow(dead_code, reason = "for sinks that have no room for more")]
pub(in crate::render) fn in_few_words(resource: &ResourcePlan) -> String {
    match resource.action {
        Action::None => return "no change".to_owned(),
        Action::InProgress => return "on its way".to_owned(),
        Action::Delete => return "deleted".to_owned(),
        Action::Create | Action::Update | Action::Live => {}
    }
    let mut words: Vec<String> = Vec::new();
    if resource.action == Action::Create {
        words.push("created".to_owned());
    }
    words.extend(packages(resource));
    let rest = resource.changes.iter().filter(|change| change.section != Some(Section::Packages));
    let mut images: Vec<(&str, usize)> = Vec::new();
    let mut languages = [(Op::Add, 0, "new"), (Op::Remove, 0, "removed")];
    for change in rest {
        let keys = change.path.keys();
        if change.path.language().is_some() && keys.len() == 2 {
            if let Some((_, count, _)) = languages.iter_mut().find(|(op, ..)| *op == change.op) {
                *count += 1;
            }
        } else if let Some(kind) = image_type(change) {
            match images.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, count)) => *count += 1,
                None => images.push((kind, 1)),
            }
        } else {
            let name = named(change);
            if !words.contains(&name) {
                words.push(name);
            }
        }
    }
    let images = images.into_iter().map(|(kind, count)| plural(count, &visible_line(&kind.to_lowercase())));
    words.extend(images);
    for (_, count, word) in languages.into_iter().filter(|(_, count, _)| *count > 0) {
        words.push(format!("{} {word}", plural(count, "language")));
    }
    words.join(", ")
}

/// The image type of a change to one slot.
fn image_type(change: &Change) -> Option<&str> {
    match change.path.keys() {
        [_, _, images, kind, _, ..] if images == "images" && change.path.language().is_some() => Some(kind),
        _ => None,
    }
}

/// What a field is called: the last key of its path, for a market the map that it stands in.
fn named(change: &Change) -> String {
    let keys = change.path.keys();
    let name = match keys {
        [pricing, map, _] if pricing == "pricing" => map,
        _ => keys.last().map_or("", String::as_str),
    };
    visible_line(name)
}

fn packages(resource: &ResourcePlan) -> Option<String> {
    let of = |op| {
        let own = resource.changes.iter();
        own.filter(move |change| change.section == Some(Section::Packages) && change.op == op)
    };
    let versions: BTreeSet<&str> =
        of(Op::Add).map(|change| text_of(change.after.as_ref(), "version")).collect();
    match (of(Op::Add).count(), of(Op::Remove).count()) {
        (0, 0) => None,
        (0, gone) => Some(format!("{} less", plural(gone, "package"))),
        (new, _) => {
            let versions = versions.into_iter().map(visible_line).collect::<Vec<_>>().join(", ");
            Some(format!("{} → {versions}", plural(new, "package")))
        }
    }
}
