//! What editors show of a key: what it is, its limits in words, and what `null` does.

use serde_json::{Value, json};

use crate::manifest::keys::{Key, Need, Takes};
use crate::manifest::read::PLAYERS;
use crate::submission::vocabulary::{
    ImageType, PRODUCT_ID_MAX, PRODUCT_ID_RESERVED, Sizes, TRAILER_EXTENSIONS, TRAILER_SIZES, TRAILERS_MAX,
};
use crate::submission::{Field, Null, Shape};

/// A schema with its description in front. Editors that read Markdown show words of manifests as such.
pub(super) fn described(prose: &str, schema: Value) -> Value {
    let mut described = json!({ "description": prose });
    if prose.contains('`') {
        described["markdownDescription"] = json!(prose);
    }
    with(described, schema)
}

/// A schema with more keywords.
pub(super) fn with(mut schema: Value, more: Value) -> Value {
    if let (Value::Object(schema), Value::Object(more)) = (&mut schema, more) {
        schema.extend(more);
    }
    schema
}

/// What a field is.
pub(super) fn field(field: &Field) -> String {
    let null = match field.null {
        Null::EmptyText | Null::EmptyList | Null::Null => "`null` clears it.".to_owned(),
        Null::Refused(reason) => format!("Cannot be cleared: {reason}."),
    };
    let rides_along = if field.rides_along {
        "Alone it makes no submission; it goes along with one that is made for another reason."
    } else {
        ""
    };
    paragraphs(&[sentence(field.doc), limit(field.shape), null, rides_along.to_owned()])
}

/// What a key of the document is.
pub(super) fn key(key: &Key) -> String {
    let limit = match key.takes {
        Takes::ProductId => {
            let reserved: Vec<String> = PRODUCT_ID_RESERVED.chars().map(String::from).collect();
            format!("At most {} characters, and none of `{}`.", thousands(PRODUCT_ID_MAX), reserved.join(" "))
        }
        Takes::Text(max) => format!("At most {} characters.", thousands(max)),
        _ => String::new(),
    };
    let need = match key.need {
        Need::UnlessId => "Needed where there is no `id`.",
        Need::Always | Need::Never => "",
    };
    paragraphs(&[sentence(key.doc), limit, need.to_owned()])
}

/// What an image type is.
pub(super) fn image_type(kind: &ImageType) -> String {
    let number = match kind.max {
        1 => "One picture".to_owned(),
        max => format!("At most {max} pictures, in the order in which the Store shows them"),
    };
    let limit = format!("{number}; PNG, {}.", size(&kind.sizes));
    paragraphs(&[sentence(kind.doc), limit, "An empty list takes them away.".to_owned()])
}

/// Pixel sizes.
pub(super) fn size(sizes: &Sizes) -> String {
    match sizes {
        Sizes::Unstated => sizes.to_string(),
        Sizes::OneOf(_) | Sizes::Between(..) => format!("in pixels {sizes}"),
    }
}

/// The limits of a shape, in words.
fn limit(shape: Shape) -> String {
    match shape {
        Shape::Text { max, lines: true } => format!("At most {} characters.", thousands(max)),
        Shape::Text { max, lines: false } => format!("One line of at most {} characters.", thousands(max)),
        Shape::Notes { max } => {
            format!("More than {} characters may be refused.", thousands(max))
        }
        Shape::Texts { items, max } => {
            format!(
                "At most {items} of at most {} characters each: a list, or a text with one a line.",
                thousands(max)
            )
        }
        Shape::SomeOf { words, items } if items < words.len() => format!("At most {items}."),
        Shape::Players => {
            format!("A number from {} to {}.", PLAYERS.start(), thousands(*PLAYERS.end() as usize))
        }
        Shape::Date => "With a time zone, such as `2026-09-01T08:00:00Z`.".to_owned(),
        Shape::Percentage => "A number from 0 to 100.".to_owned(),
        Shape::Trailers => {
            let formats: Vec<String> =
                TRAILER_EXTENSIONS.iter().map(|format| format.to_uppercase()).collect();
            format!("At most {TRAILERS_MAX}; {}, {}.", formats.join(" or "), size(&TRAILER_SIZES))
        }
        Shape::Group
        | Shape::Flag
        | Shape::OneOf(_)
        | Shape::SomeOf { .. }
        | Shape::Price
        | Shape::Markets
        | Shape::Images
        | Shape::Packages
        | Shape::Icon => String::new(),
    }
}

/// Words that start with a capital letter and end with a full stop.
pub(super) fn sentence(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(rest).chain(['.']).collect()
}

fn paragraphs(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// A number as people write it: `10,000`.
fn thousands(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
