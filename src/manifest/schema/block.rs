//! `submission` and `release`, along the field table.

use serde_json::{Value, json};

use crate::manifest::words::{OPEN_ROLLOUT, OTHERS};
use crate::submission::{Field, Kind, Null, Scope, Shape};

use super::media;
use super::pattern;
use super::prose::{self, described, with};
use super::value::{
    self, LANGUAGE, MARKET, SCALAR, formed, included, keyed, limited, map, reference, types, word,
};

/// The name of the definition of a block of this kind.
pub(super) fn block_name(kind: Kind) -> String {
    format!("{kind}.submission")
}

fn listing_name(kind: Kind) -> String {
    format!("{kind}.listing")
}

/// What is referred to from several places: the block of a kind, and the listing in it.
pub(super) fn definitions(kind: Kind) -> Vec<(String, Value)> {
    let mut definitions = vec![(block_name(kind), block(kind))];
    if has_listings(kind) {
        definitions.push((listing_name(kind), listing(kind)));
    }
    definitions
}

fn has_listings(kind: Kind) -> bool {
    Field::all_of(kind).any(|field| field.scope == Scope::Listing)
}

/// The keys of one scope, without those that lie in groups.
fn fields(kind: Kind, scope: Scope) -> impl Iterator<Item = (&'static str, Value)> {
    let own = Field::all_of(kind).filter(move |field| field.scope == scope && field.path.len() == 1);
    own.map(move |field| (field.path[0], described(&prose::field(field), value(kind, field))))
}

fn block(kind: Kind) -> Value {
    let listings = has_listings(kind).then(|| ("listings", listings(kind)));
    let open_rollout = (kind != Kind::AddOn).then(|| {
        let prose = "What happens to a rollout that is still running when a submission is due.";
        ("openRollout", described(prose, word(OPEN_ROLLOUT)))
    });
    let beside = listings.into_iter().chain(open_rollout).chain([included()]);
    let block = map(fields(kind, Scope::Submission).chain(beside), &[]);
    if !Field::all_of(kind).any(|field| matches!(field.shape, Shape::Packages)) {
        return block;
    }
    // Another file may name the files, of the block or of its packages.
    let files = json!({ "if": { "required": ["$file"] }, "else": { "required": ["files"] } });
    with(block, json!({ "if": { "required": ["$file"] }, "else": { "properties": { "packages": files } } }))
}

fn listings(kind: Kind) -> Value {
    let each = with(
        json!({ "type": "object", "allOf": [reference(&listing_name(kind))] }),
        // A language's own.
        json!({ "properties": { "$as": false } }),
    );
    let special = [
        (
            "$each",
            described("What holds for every language that is named here; a language's own key wins.", each),
        ),
        ("$others", described("What happens to languages that are live and not named here.", word(OTHERS))),
        included(),
    ];
    let one = "The Store page in this language. `null` removes the language (needs a permit); `{}` takes what `$each` says.";
    let listing = json!({ "type": types(&["object"], true), "allOf": [reference(&listing_name(kind))] });
    let prose =
        "What the Store page says, by language: texts and pictures. `de` and `de-de` are two languages.";
    described(prose, keyed(special, &LANGUAGE, described(one, listing)))
}

fn listing(kind: Kind) -> Value {
    let meaning = "What `$(lang)` stands for in this language, where it is not the language itself: such as the name of a folder.";
    let tag =
        formed(&SCALAR, pattern::TAG, "Write at most 64 letters, digits, hyphens, underscores and dots.");
    let keys = fields(kind, Scope::Listing).chain([("$as", described(meaning, tag)), included()]);
    with(map(keys, &[]), json!({ "type": types(&["object"], true) }))
}

/// The value of a field.
fn value(kind: Kind, field: &'static Field) -> Value {
    let null = !matches!(field.null, Null::Refused(_));
    match field.shape {
        Shape::Group => group(kind, field, null),
        Shape::Text { max, lines } => limited(value::text(true, null), &limits(max, lines, null)),
        // Longer notes are a warning, no error.
        Shape::Notes { .. } => value::text(true, null),
        Shape::Texts { items, max } => value::texts(items, max, null),
        Shape::Flag => value::flag(),
        Shape::OneOf(words) => value::one_of(words),
        Shape::SomeOf { words, items } => value::some_of(words, items, null),
        Shape::Players => value::players(null),
        Shape::Price => value::price(null),
        Shape::Markets => markets(),
        Shape::Date => value::date(null),
        Shape::Percentage => value::percentage(),
        Shape::Images => media::images(),
        Shape::Packages => media::packages(),
        Shape::Trailers => media::trailers(null),
        Shape::Icon => media::icon(null),
    }
}

fn limits(max: usize, lines: bool, null: bool) -> Value {
    let max = json!({ "maxLength": max });
    let (pattern, mistake) = match (lines, null) {
        (true, true) => return max,
        (true, false) => (pattern::NOT_BLANK, "Write a text."),
        (false, true) => (pattern::ONE_LINE_OR_BLANK, "Write one line."),
        (false, false) => (pattern::ONE_LINE, "Write one line, not blank."),
    };
    with(max, json!({ "pattern": pattern, "patternErrorMessage": mistake }))
}

/// Keys that lie together below one key.
fn group(kind: Kind, group: &'static Field, null: bool) -> Value {
    let below = Field::all_of(kind).filter(|field| field.path.len() > 1 && field.path[0] == group.path[0]);
    let keys = below.map(|field| (field.path[1], described(&prose::field(field), value(kind, field))));
    let map = with(map(keys.chain([included()]), &[]), json!({ "minProperties": 1 }));
    if !group.is_first_of_list() {
        return with(map, json!({ "type": types(&["object"], null) }));
    }
    // The API's list of one: its element is what the map is.
    let own = json!([{ "$ref": format!("#/definitions/{}/properties/{}", block_name(kind), group.path[0]) }]);
    with(
        map,
        json!({
            "type": types(&["object", "array"], null),
            "items": { "type": "object", "allOf": own },
            "maxItems": 1,
        }),
    )
}

/// Prices by market.
fn markets() -> Value {
    let others = described("What happens to markets that have a price and are not named here.", word(OTHERS));
    let prose = "The price in this market: `Free`, `NotAvailable` or a tier. `null` removes it: the base price holds again.";
    keyed([("$others", others), included()], &MARKET, described(prose, value::price(true)))
}
