//! The images of one type of one language, as slots in the order of display.

use crate::plan::{Change, Op};
use crate::render::bytes;
use crate::render::page::{BOLD, DIM, PLAIN, Symbol};

use super::layout::{Detail, Glyphs, Part, Row};
use super::packages::text_of;
use super::value::{place, value};

/// One slot that changes.
pub(super) fn slot(change: &Change, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    let keys = change.path.keys();
    let number = keys.get(4).map_or("", String::as_str);
    if keys.get(5).is_some() {
        return value(4, change, &format!("{number}  caption"), detail);
    }
    let (symbol, note) = match change.op {
        Op::Add => (Symbol::Add, "new".to_owned()),
        Op::Replace => {
            let was = digest_of(text_of(change.before.as_ref(), "fileName"));
            let is = change.asset.as_ref().map_or("", |asset| &asset.sha256[..12]);
            (Symbol::Change, format!("shot again   sha {} {} {is}", was.unwrap_or("unknown"), glyphs.arrow))
        }
        Op::Move => {
            let was = change.before.as_ref().and_then(|before| before.get("slot"));
            (Symbol::Move, format!("was {}", was.map_or(String::new(), ToString::to_string)))
        }
        Op::Remove | Op::Clear | Op::Set => (Symbol::Remove, "removed".to_owned()),
    };
    let name = match (&change.asset, change.op) {
        (Some(asset), _) => glyphs.line(asset.file.rsplit('/').next().unwrap_or(&asset.file)),
        (None, Op::Remove) => known_name(text_of(change.before.as_ref(), "fileName"), glyphs),
        (None, _) => known_name(text_of(change.after.as_ref(), "fileName"), glyphs),
    };
    let size = match change.asset.as_ref().map(|asset| (asset.pixels, asset.bytes)) {
        Some((Some((width, height)), size)) => format!("{width}{}{height}  {}", glyphs.times, bytes(size)),
        _ => String::new(),
    };
    let row = Row::sign(4, symbol)
        .cell(BOLD, glyphs.line(number))
        .cell(PLAIN, name)
        .cell(DIM, note)
        .cell(DIM, size)
        .right(place(change, glyphs));
    vec![row.into()]
}

/// The digest in a name that Storeward gave a file.
fn digest_of(file_name: &str) -> Option<&str> {
    let digest = file_name.rsplit('.').nth(1)?;
    (digest.len() == 12 && digest.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digest)
}

/// The last part of a live file name.
fn known_name(file_name: &str, glyphs: &Glyphs) -> String {
    glyphs.line(file_name.rsplit(['/', '\\']).next().unwrap_or(file_name))
}
