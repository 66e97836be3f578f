//! Where a value lies inside a submission, in the words of a manifest.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A path of keys below `submission`, as a manifest spells them: `listings.en-us.description`.
///
/// It is the address of a change in a plan. The place in the API's document is found through the
/// [field table](crate::submission::field): there a listing's texts lie one level deeper, in `baseListing`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Path(Vec<String>);

impl Path {
    /// A path of these keys.
    pub fn new<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }

    /// This path with one more key.
    #[must_use]
    pub fn child(&self, key: impl Into<String>) -> Self {
        let mut keys = self.0.clone();
        keys.push(key.into());
        Self(keys)
    }

    /// This path with another one below it.
    #[must_use]
    pub fn join(&self, below: &Self) -> Self {
        Self([self.0.as_slice(), below.0.as_slice()].concat())
    }

    /// The keys, outermost first.
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// Whether `self` is `other` or lies above it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The language of a path below `listings`.
    pub fn language(&self) -> Option<&str> {
        match self.0.as_slice() {
            [listings, language, ..] if listings == "listings" => Some(language),
            _ => None,
        }
    }

    /// The keys joined by dots, as people write and read a path.
    pub fn dotted(&self) -> String {
        self.0.join(".")
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.dotted())
    }
}

/// A path in which `*` stands for any one key, such as `listings.*.images`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(Vec<String>);

impl PathPattern {
    /// Reads a pattern as people write it: keys joined by dots.
    pub fn parse(dotted: &str) -> Self {
        Self(dotted.split('.').map(str::to_owned).collect())
    }

    /// The keys, outermost first.
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// Whether the pattern names a part of what lies at a path, and not all of it.
    pub fn lies_below(&self, path: &Path) -> bool {
        let above = Self(self.0.iter().take(path.0.len()).cloned().collect());
        self.0.len() > path.0.len() && above.covers(path)
    }

    /// Whether a path is, or lies below, what the pattern names. Languages are the same in any case.
    pub fn covers(&self, path: &Path) -> bool {
        self.0.len() <= path.0.len()
            && self.0.iter().zip(&path.0).all(|(own, key)| own == "*" || own.eq_ignore_ascii_case(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_covers_itself_and_all_below_it() {
        let path = Path::new(["listings", "en-us", "images", "Screenshot"]);
        assert!(path.covers(&path) && path.covers(&path.child("2")) && !path.child("2").covers(&path));
        assert_eq!(path.language(), Some("en-us"));
        assert_eq!(path.to_string(), "listings.en-us.images.Screenshot");
    }

    #[test]
    fn a_star_stands_for_one_key() {
        let path = Path::new(["listings", "en-us", "images", "Screenshot"]);
        for covering in ["listings", "listings.*", "listings.en-US.images", "*.*.images.Screenshot"] {
            assert!(PathPattern::parse(covering).covers(&path), "{covering}");
        }
        assert!(PathPattern::parse("listings.*.images.Icon").lies_below(&Path::new(["listings", "de"])));
        assert!(!PathPattern::parse("listings.*").lies_below(&Path::new(["listings", "de"])));
        for other in ["listings.de", "images", "listings.*.images.Icon", "listings.*.images.Screenshot.1"] {
            assert!(!PathPattern::parse(other).covers(&path), "{other}");
        }
    }
}
