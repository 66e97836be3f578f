//! What changes about a product, in a few words: `2 packages → 4.3.0.0, description in 14 languages, 3 images`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::plan::{Action, Change, Op, PublishedBy, ResourcePlan};
use crate::render::plural;
use crate::submission::Kind;

use super::words::clipped;

/// More are counted.
const MAX_WORDS: usize = 6;
/// Longer values are cut.
const MAX_VALUE_CHARS: usize = 40;

/// What changes, in the order of risk.
pub(super) fn gist(resource: &ResourcePlan) -> String {
    let mut all = match (resource.action, resource.kind) {
        (Action::None, _) => return "no change".to_owned(),
        (Action::InProgress, _) => return "what is wanted is on its way".to_owned(),
        (Action::Delete, _) => return "is deleted".to_owned(),
        (Action::Create, Kind::Flight) => vec!["new flight".to_owned()],
        (Action::Create, _) => vec!["new add-on".to_owned()],
        (Action::Update | Action::Live, _) => Vec::new(),
    };
    let mut told: BTreeSet<Subject<'_>> = BTreeSet::new();
    for change in &resource.changes {
        let subject = Subject::of(change);
        if told.insert(subject) {
            let own: Vec<&Change> =
                resource.changes.iter().filter(|change| Subject::of(change) == subject).collect();
            all.push(subject.words(&own));
        }
    }
    if let Some(more) = all.len().checked_sub(MAX_WORDS).filter(|more| *more > 1) {
        all.truncate(MAX_WORDS);
        all.push(format!("and {more} more"));
    }
    all.join(", ")
}

/// What a change is about. Changes about the same are told together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject<'c> {
    Packages,
    Rollout,
    FirstShare,
    Price,
    MarketPrices,
    NewLanguages,
    OldLanguages,
    Images,
    Trailers,
    Text(&'c str),
    Other(&'c str),
}

impl<'c> Subject<'c> {
    fn of(change: &'c Change) -> Self {
        let keys: Vec<&str> = change.path.keys().iter().map(String::as_str).collect();
        match (keys.as_slice(), change.op) {
            (["packages", ..], _) => Self::Packages,
            (["rollout", ..], _) => Self::Rollout,
            (["packageRollout", ..], _) => Self::FirstShare,
            (["pricing", "priceId"], _) => Self::Price,
            (["pricing", "marketSpecificPricings", ..], _) => Self::MarketPrices,
            (["listings", _], Op::Remove) => Self::OldLanguages,
            (["listings", _], _) => Self::NewLanguages,
            (["listings", _, "images", ..], _) => Self::Images,
            (["listings", _, key, ..], _) => Self::Text(key),
            (["trailers", ..], _) => Self::Trailers,
            ([.., key], _) => Self::Other(key),
            ([], _) => Self::Other(""),
        }
    }

    fn words(self, changes: &[&Change]) -> String {
        let first = changes.first();
        let (before, after) = (first.and_then(|c| c.before.as_ref()), first.and_then(|c| c.after.as_ref()));
        let arrow = || match (before, after) {
            (Some(before), Some(after)) => format!("{} → {}", short(before), short(after)),
            (None, Some(after)) => short(after),
            _ => "cleared".to_owned(),
        };
        let number = changes.len();
        match self {
            Self::Packages => {
                let new: Vec<&Value> = changes.iter().filter_map(|change| change.after.as_ref()).collect();
                let versions: BTreeSet<String> =
                    new.iter().filter_map(|package| package.get("version")).map(short).collect();
                let versions = versions.into_iter().collect::<Vec<_>>().join(", ");
                match new.len() {
                    0 => format!("{} fewer", plural(number, "package")),
                    new => format!("{} → {versions}", plural(new, "package")),
                }
            }
            Self::Rollout
                if changes
                    .iter()
                    .all(|change| change.path.keys().last().is_some_and(|k| k == "percentage")) =>
            {
                format!("rollout {} %", arrow())
            }
            Self::Rollout => format!("rollout {}", after.map_or_else(String::new, short)),
            Self::FirstShare => "who gets it first".to_owned(),
            Self::Price => format!("price {}", arrow()),
            Self::MarketPrices => format!("price in {}", plural(number, "market")),
            Self::NewLanguages => format!("{} more", plural(languages(changes), "language")),
            Self::OldLanguages => format!("{} fewer", plural(languages(changes), "language")),
            Self::Images => plural(number, "image"),
            Self::Trailers => plural(number, "trailer"),
            Self::Text(key) => match languages(changes) {
                1 => key.to_owned(),
                many => format!("{key} in {}", plural(many, "language")),
            },
            Self::Other(key) => key.to_owned(),
        }
    }
}

fn languages(changes: &[&Change]) -> usize {
    changes.iter().filter_map(|change| change.path.language()).collect::<BTreeSet<_>>().len()
}

fn short(value: &Value) -> String {
    clipped(&value.as_str().map_or_else(|| value.to_string(), str::to_owned), MAX_VALUE_CHARS)
}

/// How it takes effect, in a few words.
pub(super) fn route(resource: &ResourcePlan) -> String {
    let start = match resource.action {
        Action::None => return "–".to_owned(),
        Action::InProgress => {
            return resource.pending.as_ref().map_or_else(String::new, |pending| pending.status.to_string());
        }
        Action::Delete => return "at once, for good".to_owned(),
        Action::Live => return "at once, without a submission".to_owned(),
        Action::Create => "create → certification",
        Action::Update => "submission → certification",
    };
    match resource.route.as_ref().map(|route| &route.published_by) {
        None | Some(PublishedBy::Itself | PublishedBy::Unknown) => start.to_owned(),
        Some(PublishedBy::Hand) => format!("{start} → somebody presses Publish now"),
        Some(PublishedBy::Date(date)) => format!("{start} → on {}", date.get(..10).unwrap_or(date)),
    }
}
