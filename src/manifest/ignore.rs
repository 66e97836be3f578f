//! `ignore`: paths that are neither compared nor written.

use crate::submission::vocabulary::{IMAGE_TYPES, LANGUAGE_FORM, MARKET_FORM, is_language, is_market};
use crate::submission::{Field, Kind, PathPattern, Scope as FieldScope, Shape};

use super::code::Code;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::misplaced;
use super::value::{Scope, Values};
use super::yaml::{Node, Yaml};

/// What may stand in one place of a path.
#[derive(Clone, Copy)]
enum Place {
    Key(&'static str),
    Language,
    Market,
    ImageType,
}

impl Place {
    fn takes(self, key: &str) -> bool {
        key == "*"
            || match self {
                Self::Key(own) => own == key,
                Self::Language => is_language(key),
                Self::Market => is_market(key),
                Self::ImageType => IMAGE_TYPES.iter().any(|kind| kind.name == key),
            }
    }

    /// What it takes, as a regular expression.
    fn pattern(self) -> String {
        match self {
            Self::Key(own) => own.to_owned(),
            Self::Language => LANGUAGE_FORM.to_owned(),
            Self::Market => MARKET_FORM.to_owned(),
            Self::ImageType => self.words().join("|"),
        }
    }

    fn words(self) -> Vec<&'static str> {
        match self {
            Self::Key(own) => vec![own],
            Self::ImageType => IMAGE_TYPES.iter().map(|kind| kind.name).collect(),
            Self::Language | Self::Market => Vec::new(),
        }
    }
}

/// The longest paths below a block of this kind.
fn paths(kind: Kind) -> Vec<Vec<Place>> {
    let path = |field: &Field| {
        let mut path = Vec::new();
        if field.scope == FieldScope::Listing {
            path.extend([Place::Key("listings"), Place::Language]);
        }
        path.extend(field.path.iter().copied().map(Place::Key));
        match field.shape {
            Shape::Markets => path.push(Place::Market),
            Shape::Images => path.push(Place::ImageType),
            _ => {}
        }
        path
    };
    Field::all_of(kind).map(path).collect()
}

/// The path of every field below a block of this kind, `*` for each key that is not fixed.
pub(super) fn fields(kind: Kind) -> Vec<String> {
    let key = |place: &Place| match place {
        Place::Key(own) => *own,
        Place::Language | Place::Market | Place::ImageType => "*",
    };
    paths(kind).iter().map(|path| path.iter().map(key).collect::<Vec<_>>().join(".")).collect()
}

/// What paths below a block of this kind look like, as a regular expression.
pub(super) fn pattern(kind: Kind) -> String {
    let paths = paths(kind);
    format!("^{}$", keys_from(&paths.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// The keys that paths go on with, each of which may be the last.
fn keys_from(paths: &[&[Place]]) -> String {
    let mut below: Vec<(String, Vec<&[Place]>)> = Vec::new();
    for (first, rest) in paths.iter().filter_map(|path| path.split_first()) {
        let first = first.pattern();
        let known = below.iter().position(|(key, _)| *key == first).unwrap_or(below.len());
        if known == below.len() {
            below.push((first, Vec::new()));
        }
        below[known].1.extend(Some(rest).filter(|rest| !rest.is_empty()));
    }
    let (last, others): (Vec<_>, Vec<_>) = below.iter().partition(|(_, below)| below.is_empty());
    let last = last.iter().map(|(key, _)| key.clone()).chain(["\\*".to_owned()]);
    let others = others.iter().map(|(key, below)| format!("({key}|\\*)(\\.{})?", keys_from(below)));
    format!("({})", last.chain(others).collect::<Vec<_>>().join("|"))
}

/// The paths of an `ignore` list. One that names nothing is an error: a slip would be compared and written.
pub(super) fn ignored_paths(values: &mut Values<'_, '_>, kind: Kind, node: &Node) -> Vec<PathPattern> {
    let Yaml::List(items) = &node.value else {
        values.wrong_type(node, "a list of paths");
        return Vec::new();
    };
    let known = paths(kind);
    let mut patterns = Vec::new();
    for item in items {
        let Ok(dotted) = values.scalar(item, "a path", Scope::plain()) else { continue };
        let pattern = PathPattern::parse(&dotted);
        if pattern.keys().iter().all(|key| key == "*") {
            let message = format!("`{dotted}` would turn the manifest off");
            let diagnostic = Diagnostic::error(Code::BadPath, item.span, message);
            values.report(diagnostic.help("name the fields that are to be left alone"));
            continue;
        }
        match misfit(&known, pattern.keys()) {
            None => patterns.push(pattern),
            Some(misfit) => {
                let Misfit { key, above, .. } = &misfit;
                let message = if dotted.is_empty() {
                    "the path is empty".to_owned()
                } else if above.is_empty() {
                    format!("`{dotted}` names no field: there is no `{key}`")
                } else {
                    format!("`{dotted}` names no field: there is no `{key}` below `{above}`")
                };
                let diagnostic = Diagnostic::error(Code::BadPath, item.span, message);
                let help = misfit.help(kind, values.diagnostics);
                values.report(diagnostic.help(help));
            }
        }
    }
    patterns
}

/// A key of a path that fits no field.
struct Misfit {
    key: String,
    /// The keys before it, joined by dots.
    above: String,
    /// What would fit in its place.
    fitting: Vec<Place>,
}

impl Misfit {
    fn help(&self, kind: Kind, known: &Diagnostics) -> String {
        let words = self.fitting.iter().flat_map(|place| place.words());
        let upper = self.key.to_uppercase();
        let is_market = self.fitting.iter().any(|place| matches!(place, Place::Market)) && is_market(&upper);
        match known.guess(&self.key, words) {
            _ if is_market => format!("did you mean `{upper}`?"),
            Some(meant) => format!("did you mean `{meant}`?"),
            None if ["submission", "release"].contains(&self.key.as_str()) => {
                format!("leave `{}.` out: paths start below it", self.key)
            }
            None => match misplaced::advice(kind, &self.key).filter(|_| !known.is_full()) {
                Some(advice) if advice.contains("belongs to") => advice,
                _ => "write the keys below `submission`, such as `listings.*.images`".to_owned(),
            },
        }
    }
}

/// The first key of a path that fits no field, and what would fit in its place.
fn misfit(known: &[Vec<Place>], keys: &[String]) -> Option<Misfit> {
    let mut fitting: Vec<&Vec<Place>> = known.iter().collect();
    for (i, key) in keys.iter().enumerate() {
        let places = fitting.iter().filter_map(|path| path.get(i)).copied().collect();
        fitting.retain(|path| path.get(i).is_some_and(|place| place.takes(key)));
        if fitting.is_empty() {
            return Some(Misfit { key: key.clone(), above: keys[..i].join("."), fitting: places });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit_as_far_as_they_go() {
        let fits = |dotted: &str| misfit(&paths(Kind::App), PathPattern::parse(dotted).keys()).is_none();
        for good in [
            "pricing", "pricing.marketSpecificPricings.DE", "listings", "listings.en-us",
            "listings.*.images", "*.*.images.Screenshot", "gamingOptions.genres", "trailers",
        ] {
            assert!(fits(good), "{good}");
        }
        for bad in
            ["price", "", "listings.en-us.images.Screenshot.1", "listings.english", "pricing.DE", "a.*"]
        {
            assert!(!fits(bad), "{bad}");
        }
        let help = |dotted: &str| {
            misfit(&paths(Kind::App), PathPattern::parse(dotted).keys())
                .unwrap()
                .help(Kind::App, &Diagnostics::default())
        };
        assert_eq!(help("listings.*.image"), "did you mean `images`?");
        assert_eq!(help("pricing.marketSpecificPricings.de"), "did you mean `DE`?");
    }

    #[test]
    fn the_expression_says_the_same() {
        use proptest::prelude::*;
        const KEYS: &[&str] = &[
            "*", "listings", "images", "Screenshot", "pricing", "marketSpecificPricings", "DE", "en-us",
            "genres", "gamingOptions", "tag", "packageRollout", "percentage", "x", "",
        ];
        for kind in Kind::ALL {
            assert!(
                fields(*kind)
                    .iter()
                    .all(|path| misfit(&paths(*kind), PathPattern::parse(path).keys()).is_none())
            );
            let schema = serde_json::json!({ "pattern": pattern(*kind) });
            let schema = jsonschema::validator_for(&schema).unwrap();
            let generated = prop::collection::vec(prop::sample::select(KEYS), 1..6);
            proptest!(|(path in generated)| {
                let dotted = path.join(".");
                let fits = misfit(&paths(*kind), PathPattern::parse(&dotted).keys()).is_none();
                prop_assert_eq!(schema.is_valid(&dotted.clone().into()), fits, "{} {}", kind, dotted);
            });
        }
    }
}
