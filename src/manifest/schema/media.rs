//! Pictures, videos and packages.

use serde_json::{Value, json};

use crate::manifest::packages::MAX_MATCHES;
use crate::manifest::pictures::CAPTION_MAX;
use crate::manifest::words::RETAIN;
use crate::submission::vocabulary::{
    DIRECTX, IMAGE_TYPES, ImageType, SYSTEM_RAM, TRAILER_THUMBNAIL, TRAILER_TITLE_MAX, TRAILERS_MAX,
};

use super::prose::{self, described, with};
use super::value::{
    LANGUAGE, file_keys, included, keyed, limited, map, one_of, reference, scalar, text, types, word,
};

/// What is referred to from several places.
pub(super) fn definitions() -> Vec<(String, Value)> {
    vec![
        ("image".to_owned(), image()),
        ("trailer".to_owned(), trailer()),
        ("trailerAsset".to_owned(), trailer_asset()),
    ]
}

/// Images by type.
pub(super) fn images() -> Value {
    let of_type = |kind: &'static ImageType| {
        let list = json!({ "type": "array", "items": reference("image"), "maxItems": kind.max });
        (kind.name, described(&prose::image_type(kind), list))
    };
    map(IMAGE_TYPES.iter().map(of_type).chain([included()]), &[])
}

/// The one picture of an add-on's listing.
pub(super) fn icon(null: bool) -> Value {
    with(map(file_keys(), &["file"]), json!({ "type": types(&["object"], null) }))
}

/// Trailers, in their order.
pub(super) fn trailers(null: bool) -> Value {
    json!({ "type": types(&["array"], null), "items": reference("trailer"), "maxItems": TRAILERS_MAX })
}

/// The packages of a submission.
pub(super) fn packages() -> Value {
    let files = json!({ "type": "array", "items": scalar(), "minItems": 1, "maxItems": MAX_MATCHES });
    let keys = [
        (
            "files",
            described(
                "Package files or patterns such as `$(release)/*.msixbundle`, relative to this file. `*` stands for a part \
                 of a name, `**` for folders of any depth, `$(release)` for the folder that `--release` names.",
                files,
            ),
        ),
        (
            "retain",
            described("What stays of the packages that are there already, when one is added.", word(RETAIN)),
        ),
        (
            "minimumDirectXVersion",
            described(
                "The lowest DirectX version, of packages that are added; heeded for Windows 8.x only.",
                one_of(DIRECTX),
            ),
        ),
        (
            "minimumSystemRam",
            described(
                "The least memory, of packages that are added; heeded for Windows 8.x only.",
                one_of(SYSTEM_RAM),
            ),
        ),
        included(),
    ];
    map(keys, &[])
}

fn caption() -> (&'static str, Value) {
    let prose =
        format!("What is written below the picture, at most {CAPTION_MAX} characters. `null` clears it.");
    ("description", described(&prose, limited(text(false, true), &json!({ "maxLength": CAPTION_MAX }))))
}

fn remote(what: &str) -> (&'static str, Value) {
    let prose = format!("The id of a live {what} that stays, in this place; instead of a file.");
    ("remote", described(&prose, scalar()))
}

fn image() -> Value {
    let keys = file_keys().into_iter().chain([caption(), remote("picture")]);
    with(
        map(keys, &[]),
        json!({
            "if": { "required": ["remote"] },
            "then": { "properties": { "file": false, "else": false } },
            "else": { "required": ["file"] },
        }),
    )
}

fn trailer() -> Value {
    let assets = "What each language shows of it, such as `en-us: {title: …, imageList: [{file: …}]}`.";
    let each = "What holds for every language named here; a language's own key wins.";
    let each = described(each, json!({ "allOf": [reference("trailerAsset")] }));
    let whole = json!({ "type": "object", "required": ["title", "imageList"] });
    let languages = with(
        keyed([("$each", each)], &LANGUAGE, reference("trailerAsset")),
        json!({
            "if": { "required": ["$each"] },
            "then": { "minProperties": 2 },
            "else": { "minProperties": 1, "additionalProperties": whole },
        }),
    );
    let keys =
        file_keys().into_iter().chain([("trailerAssets", described(assets, languages)), remote("trailer")]);
    with(
        map(keys, &[]),
        json!({
            "if": { "required": ["remote"] },
            "then": { "properties": { "file": false, "else": false, "trailerAssets": false } },
            "else": { "required": ["file", "trailerAssets"] },
        }),
    )
}

/// What one language shows of a trailer.
fn trailer_asset() -> Value {
    let title = format!("The title in this language, at most {TRAILER_TITLE_MAX} characters.");
    let limits = json!({ "minLength": 1, "maxLength": TRAILER_TITLE_MAX });
    let still = format!("Its one still picture; PNG, {}.", prose::size(&TRAILER_THUMBNAIL));
    let picture = map(file_keys().into_iter().chain([caption()]), &["file"]);
    let pictures = json!({ "type": "array", "items": picture, "minItems": 1, "maxItems": 1 });
    map(
        [
            ("title", described(&title, limited(text(false, false), &limits))),
            ("imageList", described(&still, pictures)),
        ],
        &[],
    )
}
