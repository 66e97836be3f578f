//! Desired states of all shapes.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::manifest::{Others, Retain, TrailerContent, Wanted, WantedImage, WantedTrailer};
use crate::submission::{Field, Kind, Null, Path, Scope, Shape};

use super::super::local::{Pack, captioned, icon, remote, shot_in, trailer};
use super::super::want::{Want, want_of};
use super::documents::{content, live_of, local_package, text};
use super::{KINDS, LANGUAGES, MARKETS, PRICES, STEMS, TITLES};

/// What a manifest may want at a path, `None` where it takes only maps below.
fn wanted(shape: Shape, null: Null) -> Option<BoxedStrategy<Wanted>> {
    let value = match shape {
        Shape::Text { .. } | Shape::Notes { .. } => text().prop_map(Value::from).boxed(),
        Shape::Texts { .. } | Shape::SomeOf { .. } => {
            prop::collection::vec(text().prop_map(Value::from), 0..3).prop_map(Value::from).boxed()
        }
        Shape::Flag => any::<bool>().prop_map(Value::from).boxed(),
        Shape::OneOf(words) => select(words).prop_map(Value::from).boxed(),
        Shape::Price => select(&PRICES[..]).prop_map(Value::from).boxed(),
        Shape::Date => Just(json!("2026-09-01T10:00:00+02:00")).boxed(),
        Shape::Percentage => {
            let share = select(vec![json!(0), json!(25), json!(100)]).prop_map(Wanted::Value);
            return Some(prop_oneof![3 => share, 1 => Just(Wanted::Nothing)].boxed());
        }
        Shape::Packages => {
            let packages = prop::collection::vec(local_package(), 1..4);
            return Some(packages.prop_map(|packs| Wanted::Packages(without_twins(packs))).boxed());
        }
        Shape::Players => (2..1000_u32).prop_map(Value::from).boxed(),
        Shape::Trailers => {
            let trailers = prop::collection::vec(wanted_trailer(), 0..3);
            return Some(trailers.prop_map(Wanted::Trailers).boxed());
        }
        Shape::Images | Shape::Markets | Shape::Group | Shape::Icon => return None,
    };
    let cleared = match null {
        Null::EmptyText => Just(json!("")).boxed(),
        Null::EmptyList => Just(json!([])).boxed(),
        Null::Null => Just(Value::Null).boxed(),
        Null::Refused(_) => value.clone(),
    };
    Some(prop_oneof![4 => value, 1 => cleared].prop_map(Wanted::Value).boxed())
}

/// A manifest names no two packages of one version and architectures.
fn without_twins(packs: Vec<Pack>) -> Vec<std::sync::Arc<crate::manifest::Asset>> {
    let mut kept: Vec<Pack> = Vec::new();
    for pack in packs {
        let same = |other: &Pack| {
            other.version() == pack.version() && other.architectures().eq(pack.architectures())
        };
        if !kept.iter().any(same) {
            kept.push(pack);
        }
    }
    kept.into_iter().map(Pack::asset).collect()
}

fn wanted_images(language: &'static str, kind: &'static str) -> impl Strategy<Value = Wanted> {
    let file = (select(&STEMS[..]), content())
        .prop_map(move |(stem, content)| shot_in(language, kind, stem, &content));
    let image = prop_oneof![6 => file, 1 => (500..800_usize).prop_map(|id| remote(&id.to_string()))];
    let image =
        (image, prop::option::of(text())).prop_map(|(image, caption): (WantedImage, _)| match caption {
            Some(caption) => captioned(image, &caption),
            None => image,
        });
    prop::collection::vec(image, 0..4).prop_map(Wanted::Images)
}

fn wanted_icon(language: &'static str) -> impl Strategy<Value = Wanted> {
    let file = (select(&STEMS[..]), content())
        .prop_map(move |(stem, content)| Wanted::Icon(icon(language, stem, &content)));
    prop_oneof![4 => file, 1 => Just(Wanted::Nothing)]
}

/// A trailer from a local file, or one that the Store may have.
fn wanted_trailer() -> impl Strategy<Value = WantedTrailer> {
    (select(&STEMS[..]), content(), select(&TITLES[..]), 0..8_u8).prop_map(|(stem, content, title, kind)| {
        let file = trailer(stem, &content, &[("en-us", title)]);
        match kind {
            0 => WantedTrailer { content: TrailerContent::Remote(format!("{stem}-{title}")), ..file },
            _ => file,
        }
    })
}

/// Every path that the table knows of a kind, each with what may be wanted there.
fn paths(kind: Kind) -> Vec<(Path, BoxedStrategy<Wanted>)> {
    let mut all = Vec::new();
    let fields = || Field::all_of(kind).filter(|field| !field.is_group());
    for field in fields().filter(|field| field.scope == Scope::Submission) {
        let path = Path::new(field.path.iter().copied());
        match wanted(field.shape, field.null) {
            Some(strategy) => all.push((path, strategy)),
            None => all.extend(MARKETS.map(|market| {
                let price = select(&PRICES[..]).prop_map(|price| Wanted::Value(json!(price)));
                (path.child(market), prop_oneof![3 => price, 1 => Just(Wanted::Nothing)].boxed())
            })),
        }
    }
    for language in LANGUAGES {
        let base = Path::new(["listings", language]);
        for field in fields().filter(|field| field.scope == Scope::Listing) {
            let path = field.path.iter().fold(base.clone(), |path, key| path.child(*key));
            match (field.shape, wanted(field.shape, field.null)) {
                (Shape::Icon, _) => all.push((path, wanted_icon(language).boxed())),
                (_, Some(strategy)) => all.push((path, strategy)),
                (_, None) => {
                    all.extend(KINDS.map(|kind| (path.child(kind), wanted_images(language, kind).boxed())));
                }
            }
        }
    }
    all
}

/// What `ignore` may name.
const IGNORED: [&str; 9] = [
    "listings.*.images", "listings.*.description", "listings.fr", "listings.*.icon", "pricing",
    "pricing.marketSpecificPricings.DE", "packageRollout", "trailers", "visibility",
];

/// A desired state of an app, of any shape. Most paths are not owned.
pub(in super::super) fn desired() -> impl Strategy<Value = Want> {
    desired_of(Kind::App)
}

/// A resource of any kind: what there is of it, and what is wanted.
pub(in super::super) fn resource() -> impl Strategy<Value = (Value, Want)> {
    select(Kind::ALL).prop_flat_map(|kind| (live_of(kind), desired_of(kind)))
}

/// A desired state of such a resource, of any shape.
fn desired_of(kind: Kind) -> BoxedStrategy<Want> {
    let owned: Vec<_> = paths(kind)
        .into_iter()
        .map(|(path, wanted)| (Just(path), prop::option::weighted(0.2, wanted)))
        .collect();
    let others = || prop::option::weighted(0.3, select(&[Others::Keep, Others::Remove, Others::Error][..]));
    let retain = prop::option::of(select(&[Retain::None, Retain::NewestPerTarget, Retain::All][..]));
    let going = prop::option::weighted(0.2, select(&LANGUAGES[..]));
    let ignored = prop::option::weighted(0.3, select(&IGNORED[..]));
    let has_listings = kind != Kind::Flight;
    (owned, going, others(), others(), retain, ignored)
        .prop_map(move |(owned, going, languages, markets, retain, ignored)| {
            let all = owned.into_iter().filter_map(|(path, wanted)| Some((path, wanted?)));
            let mut want = all.fold(want_of(kind), |want, (path, wanted)| want.own(&path, wanted));
            if let Some(language) = going.filter(|_| has_listings) {
                want = want.nothing(&format!("listings.{language}"));
            }
            if let Some(others) = languages.filter(|_| has_listings) {
                want = want.other_languages(others);
            }
            if let Some(others) = markets.filter(|_| has_listings) {
                want = want.other_markets(others);
            }
            if let Some(retain) = retain {
                want = want.retain(retain);
            }
            match ignored {
                Some(pattern) => want.ignore(pattern),
                None => want,
            }
        })
        .boxed()
}
