//! The field that a path names which no manifest speaks of yet.

use crate::submission::{Field, Kind, Path, Scope, Shape};

/// A field, by the path that a manifest would write.
#[derive(Debug, Clone, Copy)]
pub struct Manageable<'p> {
    /// Its row in the field table.
    pub field: &'static Field,
    /// The key of the map that it is, such as a market.
    pub below: Option<&'p str>,
    /// Whether it is a value that can be written down, and not made of files.
    pub is_value: bool,
}

impl<'p> Manageable<'p> {
    /// The field at a path below `submission`; `None` where there is none.
    pub fn at(kind: Kind, path: &'p Path) -> Option<Self> {
        let keys: Vec<&'p str> = path.keys().iter().map(String::as_str).collect();
        let (scope, keys) = match keys.as_slice() {
            ["listings", _, rest @ ..] => (Scope::Listing, rest),
            keys => (Scope::Submission, keys),
        };
        let (field, below) = Field::all_of(kind).filter(|field| field.scope == scope).find_map(|field| {
            let is_map = matches!(field.shape, Shape::Markets);
            match keys.strip_prefix(field.path)? {
                [] => Some((field, None)),
                [below] if is_map => Some((field, Some(*below))),
                _ => None,
            }
        })?;
        let is_value = match field.shape {
            Shape::Images | Shape::Icon | Shape::Packages | Shape::Trailers | Shape::Group => false,
            Shape::Markets => below.is_some(),
            _ => true,
        };
        Some(Self { field, below, is_value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_the_paths_of_manifests() {
        let at = |path: &str| {
            let path = Path::new(path.split('.'));
            Manageable::at(Kind::App, &path)
                .map(|found| (found.field.path.join("."), found.below.map(str::to_owned), found.is_value))
        };
        assert_eq!(at("listings.en-us.releaseNotes"), Some(("releaseNotes".to_owned(), None, true)));
        assert_eq!(at("pricing.priceId"), Some(("pricing.priceId".to_owned(), None, true)));
        let market = at("pricing.marketSpecificPricings.DE").unwrap();
        assert_eq!(market, ("pricing.marketSpecificPricings".to_owned(), Some("DE".to_owned()), true));
        assert!(!at("listings.en-us.images").unwrap().2);
        assert_eq!(at("listings.en-us.privacyPolicy"), None);
        assert_eq!(at("visibility.x"), None);
    }
}
