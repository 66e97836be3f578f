//! Keys that stand in the wrong place: what a key that means nothing here means elsewhere.

use crate::submission::vocabulary::{IMAGE_TYPES, MARKETS, is_listed_language};
use crate::submission::{Field, Kind, Scope};

use super::include::FILE;
use super::keys::Key;

/// Keys of a block that are no fields.
pub(super) fn block_keys(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::App => &["listings", "openRollout", FILE],
        Kind::AddOn => &["listings", FILE],
        Kind::Flight => &["openRollout", FILE],
    }
}

/// The keys of `packages`.
pub(super) const PACKAGE_KEYS: &[&str] =
    &["files", "retain", "minimumDirectXVersion", "minimumSystemRam", FILE];

/// Where the words that are no fields stand.
const WORDS: &[(&str, &str)] = &[
    ("$each", "`$each` stands below `listings`, beside the languages"),
    ("$others", "`$others` stands below `listings` or `marketSpecificPricings`, beside the entries"),
    ("$as", "`$as` stands below a language in `listings`"),
    (FILE, "`$file` stands in maps below `submission` and `release`"),
];

/// What to do with a key that means nothing where it stands, if it means something elsewhere.
pub(super) fn advice(kind: Kind, key: &str) -> Option<String> {
    if let Some((_, advice)) = WORDS.iter().find(|(word, _)| *word == key) {
        return Some((*advice).to_owned());
    }
    if let Some(home) = home(kind, key) {
        return Some(format!("move it {home}"));
    }
    let other = Kind::ALL.iter().find(|other| home(**other, key).is_some())?;
    Some(format!("leave it out: it belongs to `kind: {other}`, and this is `kind: {kind}`"))
}

fn home(kind: Kind, key: &str) -> Option<String> {
    let fields = || Field::all_of(kind);
    let has_listings = block_keys(kind).contains(&"listings");
    let home = if Key::all_of(kind).any(|own| own.name == key) {
        "to the top of the document, beside `kind`".to_owned()
    } else if block_keys(kind).contains(&key)
        || fields().any(|field| field.scope == Scope::Submission && field.path == [key])
    {
        "below `submission`, or below `release`".to_owned()
    } else if let Some(field) = fields().find(|field| matches!(field.path, [_, own] if *own == key)) {
        format!("below `{}`", field.path[0])
    } else if fields().any(|field| field.path == ["packages"]) && PACKAGE_KEYS.contains(&key) {
        "below `packages`".to_owned()
    } else if fields().any(|field| field.scope == Scope::Listing && field.path == [key]) {
        "below a language in `listings`".to_owned()
    } else if kind == Kind::App && IMAGE_TYPES.iter().any(|own| own.name == key) {
        "below `images`, in a language".to_owned()
    // A market is written in capitals, a language is not.
    } else if has_listings && MARKETS.contains(&key) {
        "below `pricing`, in `marketSpecificPricings`".to_owned()
    } else if has_listings && is_listed_language(key) {
        "below `listings`".to_owned()
    } else {
        return None;
    };
    Some(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_place() {
        for (kind, key, wanted) in [
            (Kind::App, "permit", "beside `kind`"),
            (Kind::App, "listings", "below `submission`"),
            (Kind::Flight, "listings", "belongs to `kind: App`"),
            (Kind::App, "priceId", "below `pricing`"),
            (Kind::Flight, "retain", "below `packages`"),
            (Kind::AddOn, "retain", "belongs to `kind: App`"),
            (Kind::App, "releaseNotes", "below a language"),
            (Kind::App, "Screenshot", "below `images`"),
            (Kind::AddOn, "en-us", "below `listings`"),
            (Kind::App, "NO", "in `marketSpecificPricings`"),
            (Kind::App, "tag", "belongs to `kind: AddOn`"),
            (Kind::AddOn, "$each", "beside the languages"),
        ] {
            let advice = advice(kind, key).unwrap();
            assert!(advice.contains(wanted), "{kind} {key}: {advice}");
        }
        assert_eq!(advice(Kind::App, "zebra"), None);
    }
}
