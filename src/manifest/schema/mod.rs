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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::submission::{Field, Scope};

    #[track_caller]
    fn is_explained(schema: &Value, pointer: &str) {
        let explained = schema.pointer(pointer).and_then(|key| key["description"].as_str());
        assert!(explained.is_some_and(|words| !words.trim().is_empty()), "{pointer}: {explained:?}");
    }

    #[test]
    fn every_key_and_every_field_is_explained() {
        let schema = manifest_schema();
        for kind in Kind::ALL {
            for key in Key::all_of(*kind) {
                is_explained(&schema, &format!("/definitions/{kind}/properties/{}", key.name));
            }
            for field in Field::all_of(*kind) {
                let scope = match field.scope {
                    Scope::Submission => "submission",
                    Scope::Listing => "listing",
                };
                let path = field.path.join("/properties/");
                is_explained(&schema, &format!("/definitions/{kind}.{scope}/properties/{path}"));
            }
        }
    }

    /// Calls `see` with every schema that is not a condition, and its place.
    fn walk<'s>(schema: &'s Value, at: &str, see: &mut impl FnMut(&str, &'s serde_json::Map<String, Value>)) {
        let Value::Object(keywords) = schema else { return };
        see(at, keywords);
        for (keyword, value) in keywords {
            let at = format!("{at}/{keyword}");
            match (keyword.as_str(), value) {
                ("properties" | "definitions", Value::Object(schemas)) => {
                    for (key, schema) in schemas {
                        walk(schema, &format!("{at}/{key}"), see);
                    }
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                    for schema in schemas {
                        walk(schema, &at, see);
                    }
                }
                ("items" | "additionalProperties" | "propertyNames", schema) => walk(schema, &at, see),
                _ => {}
            }
        }
    }

    #[test]
    fn whatever_can_be_written_is_explained() {
        let schema = manifest_schema();
        let mut keys = 0;
        walk(&schema, "", &mut |at, keywords| {
            for (key, value) in keywords.get("properties").and_then(Value::as_object).into_iter().flatten() {
                keys += 1;
                let words = value["description"].as_str().unwrap_or_default();
                // `false` is no key.
                assert!(*value == json!(false) || words.ends_with('.'), "{at} {key}: {words:?}");
            }
        });
        assert!(keys > 150, "{keys}");
    }

    #[test]
    fn definitions_are_referred_to_and_references_lead_to_one() {
        let schema = manifest_schema();
        let text = schema.to_string();
        let mut defined: BTreeSet<&str> =
            schema["definitions"].as_object().unwrap().keys().map(String::as_str).collect();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(schema.pointer(pointer).is_some(), "{pointer}");
            defined.remove(pointer.trim_start_matches("/definitions/"));
        }
        assert_eq!(defined, BTreeSet::new());
    }

    #[test]
    fn it_is_a_schema_of_draft_7() {
        let errors =
            jsonschema::draft7::meta::validate(&manifest_schema()).map_err(|error| error.to_string());
        assert_eq!(errors, Ok(()));
    }
}
