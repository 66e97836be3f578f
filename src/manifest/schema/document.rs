//! A document of each kind: its keys, along their table.

use serde_json::{Value, json};

use crate::manifest::guard::Guard;
use crate::manifest::ignore;
use crate::manifest::keys::{Key, Need, Takes};
use crate::manifest::words::{ROLLOUT_STATES, STATES};
use crate::submission::Kind;
use crate::submission::vocabulary::PRODUCT_ID_MAX;

use super::block::block_name;
use super::pattern;
use super::prose::{self, described, with};
use super::value::{
    SCALAR, explained, formed, limited, map, offered, one_of, percentage, reference, scalar, word,
};

/// A document of this kind.
pub(super) fn document(kind: Kind) -> Value {
    let keys = Key::all_of(kind).map(|key| (key.name, described(&prose::key(key), value(kind, key))));
    let needed = |need: Need| -> Vec<&str> {
        Key::all_of(kind).filter(|key| key.need == need).map(|key| key.name).collect()
    };
    let document = map(keys, &needed(Need::Always));
    let unless_id = needed(Need::UnlessId);
    if unless_id.is_empty() {
        return document;
    }
    with(document, json!({ "if": { "required": ["id"] }, "else": { "required": unless_id } }))
}

/// What a key takes.
fn value(kind: Kind, key: &Key) -> Value {
    match key.takes {
        Takes::Kind => json!({ "const": kind.as_str() }),
        Takes::Name => formed(&SCALAR, pattern::NAME, "Write lower-case letters, digits and hyphens."),
        Takes::StoreId => {
            formed(&SCALAR, pattern::STORE_ID, "Write the Store ID: twelve capital letters and digits.")
        }
        Takes::ProductId => {
            let id =
                formed(&SCALAR, &pattern::product_id(), "Write none of the characters that are reserved.");
            limited(id, &json!({ "minLength": 1, "maxLength": PRODUCT_ID_MAX }))
        }
        Takes::Text(max) => {
            limited(formed(&SCALAR, pattern::NOT_BLANK, "Write a text."), &json!({ "maxLength": max }))
        }
        Takes::OneOf(words) => one_of(words),
        Takes::State => word(STATES),
        // Not unique: a reader that takes ids for numbers rounds them.
        Takes::Groups => json!({ "type": "array", "items": scalar(), "minItems": 1 }),
        Takes::Guards => {
            let guards = explained(Guard::ALL.iter().map(|guard| (guard.as_str(), guard.risk())));
            json!({ "type": "array", "items": guards, "uniqueItems": true })
        }
        Takes::Paths => {
            let mistake = "Write the keys below `submission`, such as `listings.*.images`.";
            let path = formed(&["string"], &ignore::pattern(kind), mistake);
            let known = json!({ "anyOf": offered(&one_of(&ignore::fields(kind))) });
            json!({ "type": "array", "items": with(path, known) })
        }
        Takes::Rollout => rollout(),
        Takes::Block => json!({ "type": "object", "allOf": [reference(&block_name(kind))] }),
    }
}

/// What is wanted of the rollout that is running.
fn rollout() -> Value {
    let version =
        formed(&["string"], &pattern::version(), "Write a version of four parts, such as 1.43.0.0.");
    let keys = [
        (
            "of",
            described(
                "The version that is rolled out, such as `1.43.0.0`. Of any other version the key says nothing, so it does no \
                 harm to the next release.",
                version,
            ),
        ),
        (
            "percentage",
            described(
                "The share of customers that gets the packages, 0 to 100; instead of `state`.",
                percentage(),
            ),
        ),
        ("state", described("How the rollout ends; instead of `percentage`.", word(ROLLOUT_STATES))),
    ];
    let one_of_both = json!({
        "if": { "required": ["state"] },
        "then": { "properties": { "percentage": false } },
        "else": { "required": ["percentage"] },
    });
    with(map(keys, &["of"]), one_of_both)
}
