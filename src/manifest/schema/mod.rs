//! The JSON Schema of a manifest, for editors: every key completed and explained, most mistakes shown while typing.
//!
//! It is put together from the tables that the decoder reads: [`KEYS`](super::keys::KEYS), the
//! [field table](crate::submission::field), the [vocabulary](crate::submission::vocabulary) and the words of manifests.
//!
//! - **Never stricter than the decoder**, where both look at a value. Scalars are texts to the decoder, and numbers or
//!   truth values to other readers where nothing quotes them (`title: 2048`), so each text takes these as well. A limit
//!   that holds after expansion is not held against a text with `$(` in it. Values that the decoder never looks at,
//!   because another one wins or `ignore` names them, are looked at here.
//! - **Draft 7**: every version of yaml-language-server reads it, also those before 1.20, which read nothing later.
//! - Beside the standard keywords there are `markdownDescription` and `patternErrorMessage`, which editors show and
//!   validators pass over.

mod block;
mod document;
mod media;
mod pattern;
mod prose;
mod value;

use serde_json::{Value, json};

use crate::submission::Kind;

use self::prose::described;
use super::keys::Key;

/// The JSON Schema of one document of a manifest file, in draft 7.
pub fn manifest_schema() -> Value {
    let kind = Key::all_of(Kind::App).find(|key| key.name == "kind").expect("every kind has it");
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let of_kind = |kind: &Kind| {
        json!({
            "if": { "properties": { "kind": { "const": kind.as_str() } }, "required": ["kind"] },
            "then": value::reference(kind.as_str()),
        })
    };
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:storeward:manifest",
        "title": "Storeward manifest",
        "description": "What a team wants of an app, an add-on or a package flight in the Microsoft Store.",
        "type": "object",
        "properties": { "kind": described(&prose::key(kind), json!({ "enum": kinds })) },
        "required": ["kind"],
        // Not `oneOf`: with conditions the mistakes of one kind are not told as those of three.
        "allOf": Kind::ALL.iter().map(of_kind).collect::<Vec<_>>(),
    });
    schema["definitions"] = definitions().into_iter().collect();
    schema
}

/// What is referred to from several places.
fn definitions() -> Vec<(String, Value)> {
    let kinds = Kind::ALL.iter().map(|kind| (kind.as_str().to_owned(), document::document(*kind)));
    let blocks = Kind::ALL.iter().flat_map(|kind| block::definitions(*kind));
    kinds.chain(blocks).chain(media::definitions()).chain(value::definitions()).collect()
}
