//! What values look like: texts, words, numbers, and the files that texts may come from.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::manifest::include::FILE;
use crate::manifest::read::PLAYERS;
use crate::manifest::words::Word;
use crate::submission::vocabulary::{LANGUAGE_FORM, LANGUAGES, MARKET_FORM, MARKETS};

use super::pattern;
use super::prose::{described, sentence, with};

/// What other readers take a text without quotes for.
pub(super) const SCALAR: [&str; 3] = ["string", "number", "boolean"];

/// What is referred to from several places.
pub(super) fn definitions() -> Vec<(String, Value)> {
    vec![
        ("expanded".to_owned(), json!({ "type": "string", "pattern": pattern::EXPANDS })),
        ("text".to_owned(), text_source()),
        (LANGUAGE.known.to_owned(), one_of(LANGUAGES)),
        (MARKET.known.to_owned(), one_of(MARKETS)),
    ]
}

/// The definition with this name.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// These types, and null where a value can be cleared.
pub(super) fn types(types: &[&str], null: bool) -> Value {
    match (types, null) {
        ([one], false) => json!(one),
        _ => json!(types.iter().copied().chain(null.then_some("null")).collect::<Vec<_>>()),
    }
}

/// A map with these keys and no other.
pub(super) fn map<'k>(keys: impl IntoIterator<Item = (&'k str, Value)>, required: &[&str]) -> Value {
    let keys: Map<String, Value> = keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let map = json!({ "type": "object", "properties": keys, "additionalProperties": false });
    if required.is_empty() { map } else { with(map, json!({ "required": required })) }
}

/// A map by language or market, beside special keys that start with `$`.
pub(super) fn keyed<'k>(
    special: impl IntoIterator<Item = (&'k str, Value)>,
    form: &KeyForm,
    value: Value,
) -> Value {
    let mut map = map(special, &[]);
    let special: Vec<String> =
        map["properties"].as_object().into_iter().flat_map(Map::keys).map(|key| format!("\\{key}")).collect();
    map["additionalProperties"] = value;
    let pattern = format!("^({}|{})$", special.join("|"), form.pattern);
    let names = json!({
        "description": form.what,
        "allOf": [{ "pattern": pattern, "patternErrorMessage": form.mistake }],
        "anyOf": offered(&reference(form.known)),
    });
    with(map, json!({ "propertyNames": names }))
}

/// For `anyOf`: what editors offer, and whatever else there is.
pub(super) fn offered(known: &Value) -> Value {
    json!([known, {}])
}

/// What the keys of a map look like.
pub(super) struct KeyForm {
    what: &'static str,
    pattern: &'static str,
    /// The definition of those that are known.
    known: &'static str,
    mistake: &'static str,
}

pub(super) const LANGUAGE: KeyForm = KeyForm {
    what: "A language of the Store.",
    pattern: LANGUAGE_FORM,
    known: "language",
    mistake: "Write a listing language, such as `en-us`, `de` or `zh-hans`.",
};
pub(super) const MARKET: KeyForm = KeyForm {
    what: "A market of the Store.",
    pattern: MARKET_FORM,
    known: "market",
    mistake: "Write a market as its two capital letters, such as DE.",
};

/// A text that no limit is known of, such as a path.
pub(super) fn scalar() -> Value {
    json!({ "type": SCALAR })
}

/// A text whose form an expression describes, and what is said of one of another form.
pub(super) fn formed(types: &[&str], pattern: &str, mistake: &str) -> Value {
    with(json!({ "type": self::types(types, false) }), form(pattern, mistake))
}

fn form(pattern: &str, mistake: &str) -> Value {
    json!({ "pattern": pattern, "patternErrorMessage": mistake })
}

/// A text with limits that hold for what its expansions make of it, so that nothing is said where it has some.
pub(super) fn limited(text: Value, limits: &Value) -> Value {
    with(text, json!({ "if": reference("expanded"), "else": limits }))
}

/// One of these words, each explained.
pub(super) fn explained<'w>(words: impl IntoIterator<Item = (&'w str, &'w str)>) -> Value {
    let one = |(word, doc)| described(&sentence(doc), json!({ "const": word }));
    json!({ "type": "string", "oneOf": words.into_iter().map(one).collect::<Vec<_>>() })
}

/// A word of a table. Editors show all of them at the key, each with its description.
pub(super) fn word<T>(words: &[Word<T>]) -> Value {
    let (words, docs): (Vec<&str>, Vec<String>) =
        words.iter().map(|(word, _, doc)| (*word, sentence(doc))).unzip();
    json!({ "enum": words, "enumDescriptions": docs })
}

/// `$file`, in every map that can go on in another file.
pub(super) fn included() -> (&'static str, Value) {
    let prose = "A .yaml or .json file with further keys of this map, relative to this file. Keys written here win over \
                 those in the file; maps are merged, texts and lists replaced.";
    (FILE, described(prose, scalar()))
}

/// The keys that name a file.
pub(super) fn file_keys() -> [(&'static str, Value); 2] {
    let file =
        "A file, relative to the one that this is written in. Below a language, `$(lang)` stands for it.";
    let other = "The file to take where the first one does not exist.";
    [("file", described(file, scalar())), ("else", described(other, scalar()))]
}

/// Where a text can come from: what is written, its lines, or a file.
fn text_source() -> Value {
    let at = "Where in the file it stands: a JSON Pointer such as `/notes/en-us` into a .json or .yaml file, the heading \
              above it in a .md file.";
    let file = map(file_keys().into_iter().chain([("at", described(at, scalar()))]), &["file"]);
    let any = types(&["string", "number", "boolean", "array", "object"], true);
    with(file, json!({ "type": any, "items": scalar() }))
}

/// A text that is written or in a file, or also in lines.
pub(super) fn text(in_lines: bool, null: bool) -> Value {
    let lines = in_lines.then_some("array");
    let all: Vec<&str> = SCALAR.into_iter().chain(["object"]).chain(lines).collect();
    json!({ "type": types(&all, null), "allOf": [reference("text")] })
}

/// Texts: a list, or one text whose lines they are.
pub(super) fn texts(items: usize, max: usize, null: bool) -> Value {
    let item = limited(scalar(), &json!({ "minLength": 1, "maxLength": max }));
    with(text(true, null), json!({ "items": item, "maxItems": items }))
}

/// One of these words.
pub(super) fn one_of<W: Serialize>(words: &[W]) -> Value {
    json!({ "enum": words })
}

/// Some of these words.
pub(super) fn some_of(words: &[&str], items: usize, null: bool) -> Value {
    let some = json!({ "type": types(&["array"], null), "items": one_of(words), "uniqueItems": true, "maxItems": items });
    if null { some } else { with(some, json!({ "minItems": 1 })) }
}

/// `true` or `false`. Quotes do no harm.
pub(super) fn flag() -> Value {
    formed(&["boolean", "string"], pattern::FLAG, "Write `true` or `false`.")
}

/// A number of players.
pub(super) fn players(null: bool) -> Value {
    let (least, most) = (PLAYERS.start(), PLAYERS.end());
    let number = json!({ "type": types(&["integer", "string"], null), "minimum": least, "maximum": most });
    with(number, form(pattern::PLAYERS, &format!("Write a number from {least} to {most}.")))
}

/// A share of customers.
pub(super) fn percentage() -> Value {
    let number = json!({ "type": ["number", "string"], "minimum": 0, "maximum": 100 });
    with(number, form(pattern::PERCENTAGE, "Write a number from 0 to 100."))
}

/// An instant.
pub(super) fn date(null: bool) -> Value {
    let example = "2026-09-01T08:00:00Z";
    let mistake = format!("Write a date with a time zone, such as {example}.");
    with(json!({ "type": types(&["string"], null), "examples": [example] }), form(pattern::DATE, &mistake))
}

/// A price.
pub(super) fn price(null: bool) -> Value {
    let examples = json!(["Tier1012", "Free", "NotAvailable"]);
    let mistake = "Write `Free`, `NotAvailable` or a tier such as `Tier1012`.";
    with(json!({ "type": types(&["string"], null), "examples": examples }), form(pattern::PRICE, mistake))
}
