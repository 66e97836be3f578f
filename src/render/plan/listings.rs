//! What the Store page says, language by language.

use crate::plan::{Change, Op};
use crate::render::page::{BOLD, DIM, YELLOW};
use crate::submission::Path;

use super::images::slot;
use super::layout::{Detail, Part, Row};
use super::value::value;

/// Listings in the order in which the manifest names their languages; images as slots.
pub(super) fn listings(changes: &[&Change], detail: Detail) -> Vec<Part> {
    let mut languages: Vec<&str> = Vec::new();
    for language in changes.iter().filter_map(|change| change.path.language()) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    let glyphs = detail.glyphs();
    let mut parts = Vec::new();
    for language in languages {
        let own: Vec<&Change> =
            changes.iter().copied().filter(|change| change.path.language() == Some(language)).collect();
        let whole = own.iter().find(|change| change.path.keys().len() == 2);
        let (style, word) = match whole.map(|change| change.op) {
            Some(Op::Add) => (YELLOW, "new"),
            Some(Op::Remove) => (YELLOW, "removed, with its texts and images"),
            _ => (DIM, ""),
        };
        parts.push(Part::Gap);
        parts.push(
            Row::at(2).cell(BOLD, format!("listing {}", glyphs.line(language))).cell(style, word).into(),
        );
        let is_image = |change: &&&Change| change.path.keys().get(2).is_some_and(|key| key == "images");
        for change in own.iter().filter(|change| !is_image(change) && change.path.keys().len() > 2) {
            parts.extend(value(4, change, change.path.keys().last().map_or("", String::as_str), detail));
        }
        let images: Vec<&Change> = own.iter().filter(is_image).copied().collect();
        let mut types: Vec<&str> = Vec::new();
        for kind in images.iter().filter_map(|change| change.path.keys().get(3)) {
            if !types.contains(&kind.as_str()) {
                types.push(kind);
            }
        }
        for kind in types {
            let type_path = Path::new(["listings", language, "images", kind]);
            parts.push(Row::at(4).cell(BOLD, glyphs.line(kind)).into());
            for change in images.iter().filter(|change| type_path.covers(&change.path)) {
                parts.extend(slot(change, detail));
            }
        }
    }
    parts
}
