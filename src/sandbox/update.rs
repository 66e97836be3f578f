//! What an update makes of a draft: the whole submission is replaced by what was sent, member by member of the
//! table in [`super::model`].
//!
//! A member that the draft has, modelled or not, is stored as sent and lost when it is left out; a member that
//! neither the model nor the draft knows is ignored. Members are found whatever their case.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::answer::Refusal;
use super::files;
use super::model::{self, Field, Kind, Owner, Shape};
use super::seed::Rules;
use super::state::Document;
use super::values::{
    Taken, array, date, families, is_language, label, markets, member, one_of, percentage, text, texts,
    wrong_type,
};
use super::words;

/// At most so many words in the keywords of a listing, and so many languages with keywords in a submission. The
/// error *The size of `KeywordsTotalCount` must be 21 or less* was met with both readings.
const KEYWORDS_TOTAL: usize = 21;

/// Makes the submission that `sent` turns `draft` into.
///
/// `before` is the submission that the draft was cloned from: warnings say which languages come and go.
pub(super) fn update(
    kind: Kind,
    draft: &Document,
    before: Option<&Document>,
    sent: &Document,
    rules: &Rules,
) -> Taken<Document> {
    let update = Update { rules };
    required_members(kind, sent)?;
    let mut made = update.object(model::fields(kind), Some(draft), sent)?;
    keywords_in_all(&made)?;
    if rules.ignore_title_changes {
        keep_titles(draft, &mut made);
    }
    // Whatever the account has, the answer after an update says false (`microsoft/StoreBroker#129`).
    if let Some(advanced) = made.get_mut("pricing").and_then(|p| p.get_mut("isAdvancedPricingModel")) {
        *advanced = Value::Bool(false);
    }
    let warnings = warnings(before.unwrap_or(draft), &made);
    if let Some(details) = made.get_mut("statusDetails").and_then(Value::as_object_mut) {
        details.insert("warnings".into(), warnings.into());
    }
    Ok(made)
}

/// The members without which nothing else is looked at.
fn required_members(kind: Kind, sent: &Document) -> Taken<()> {
    if kind == Kind::Flight {
        return Ok(());
    }
    let has = |name: &str| member(sent, name).is_some_and(|v| !v.is_null());
    if member(sent, "listings").and_then(Value::as_object).is_none_or(Map::is_empty) {
        return Err(no_listings(kind));
    }
    if !has("pricing") {
        return Err(Refusal::invalid("pricing", "Pricing data was not provided in the request."));
    }
    Ok(())
}

/// The refusal of a submission without listings (`MicrosoftDocs/windows-dev-docs#5294`, `microsoft/StoreBroker#225`).
pub(super) fn no_listings(kind: Kind) -> Refusal {
    match kind {
        Kind::App => Refusal::invalid("appListings", "The size of AppListings must be 1 or more"),
        _ => Refusal::invalid("listings", "The size of Listings must be 1 or more"),
    }
}

fn keywords_in_all(document: &Document) -> Taken<()> {
    let listings = document.get("listings").and_then(Value::as_object);
    let keywords = |listing: &Value| {
        listing.pointer("/baseListing/keywords").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut languages = 0;
    for listing in listings.into_iter().flat_map(Map::values) {
        let keywords = keywords(listing);
        let words: BTreeSet<String> = keywords
            .iter()
            .filter_map(Value::as_str)
            .flat_map(str::split_whitespace)
            .map(str::to_lowercase)
            .collect();
        languages += usize::from(!keywords.is_empty());
        if words.len() > KEYWORDS_TOTAL || languages > KEYWORDS_TOTAL {
            let message = format!("The size of KeywordsTotalCount must be {KEYWORDS_TOTAL} or less");
            return Err(Refusal::invalid("keywords", message));
        }
    }
    Ok(())
}

fn keep_titles(draft: &Document, made: &mut Document) {
    let listings = made.get_mut("listings").and_then(Value::as_object_mut);
    for (language, listing) in listings.into_iter().flatten() {
        let was = draft.get("listings").and_then(|l| l.get(language)?.pointer("/baseListing/title"));
        if let (Some(was), Some(title)) = (was, listing.pointer_mut("/baseListing/title")) {
            *title = was.clone();
        }
    }
}

fn warnings(before: &Document, after: &Document) -> Vec<Value> {
    let languages = |document: &Document| -> BTreeSet<String> {
        document.get("listings").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned().collect()
    };
    let (before, after) = (languages(before), languages(after));
    let list = |some: Vec<&String>, code: &str, text: &str| {
        let names: Vec<&str> = some.iter().map(|s| s.as_str()).collect();
        (!names.is_empty())
            .then(|| json!({ "code": code, "details": format!("{text}: [{}]", names.join(", ")) }))
    };
    let out = before.difference(&after).collect();
    let new = after.difference(&before).collect();
    [
        list(out, "ListingOptOutWarning", "You have removed listing language(s)"),
        list(new, "ListingOptInWarning", "You have added listing language(s)"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A member that no model knows: of objects inside it, too, only what the draft has is stored.
fn unmodelled(draft: &Value, sent: &Value) -> Value {
    match (draft, sent) {
        (Value::Object(draft), Value::Object(sent)) => draft
            .iter()
            .filter_map(|(name, was)| Some((name.clone(), unmodelled(was, member(sent, name)?))))
            .collect(),
        (Value::Array(draft), Value::Array(sent)) => sent
            .iter()
            .enumerate()
            .map(|(at, value)| draft.get(at).map_or_else(|| value.clone(), |was| unmodelled(was, value)))
            .collect(),
        _ => sent.clone(),
    }
}

pub(super) struct Update<'a> {
    pub(super) rules: &'a Rules,
}

impl Update<'_> {
    pub(super) fn object(
        &self,
        fields: &[Field],
        draft: Option<&Document>,
        sent: &Document,
    ) -> Taken<Document> {
        let empty = Document::new();
        let draft = draft.unwrap_or(&empty);
        let mut made = Document::new();
        for (name, was) in draft {
            let value = match fields.iter().find(|field| field.name == name) {
                Some(field) => self.field(field, Some(was), member(sent, name))?,
                None => member(sent, name).map(|value| unmodelled(was, value)),
            };
            made.extend(value.map(|value| (name.clone(), value)));
        }
        for field in fields.iter().filter(|field| !draft.contains_key(field.name)) {
            let value = self.field(field, None, member(sent, field.name))?;
            made.extend(value.map(|value| (field.name.to_owned(), value)));
        }
        Ok(made)
    }

    fn field(&self, field: &Field, was: Option<&Value>, sent: Option<&Value>) -> Taken<Option<Value>> {
        if field.owner == Owner::Service {
            return Ok(was.cloned());
        }
        let name = field.name;
        // A draft without the member is not given one by an update that does not mention it, and a null is no news to
        // one that has null.
        let still_null = sent.is_some() && was.is_some_and(Value::is_null);
        let left_out = || was.map(|_| if still_null { Value::Null } else { model::reset(field) });
        let sent = sent.filter(|value| !value.is_null());
        Ok(match (&field.shape, sent) {
            (Shape::Packages(inner), sent) => {
                Some(files::packages(self, inner, array(name, was)?, array(name, sent)?)?.into())
            }
            (Shape::Images(inner), sent) => {
                let made = files::images(self, inner, array(name, was)?, array(name, sent)?)?;
                (was.is_some() || sent.is_some()).then(|| made.into())
            }
            (Shape::Icon(inner), sent) => files::icon(self, inner, was, sent)?,
            (Shape::Families, sent) => Some(families(name, was, sent)?),
            (Shape::Text { least: 1.., .. }, None) => {
                return Err(Refusal::invalid(
                    name,
                    format!("The length of {} must be 1 or more", label(name)),
                ));
            }
            (Shape::BasePrice | Shape::Markets, None) => Some(model::reset(field)),
            // Every listing has a base listing.
            (Shape::Object(inner), None) if field.reset == "null" => {
                Some(self.object(inner, was.and_then(Value::as_object), &Document::new())?.into())
            }
            (_, None) => left_out(),
            (shape, Some(sent)) => Some(self.value(name, shape, was, sent)?),
        })
    }

    fn value(&self, name: &str, shape: &Shape, was: Option<&Value>, sent: &Value) -> Taken<Value> {
        let inner_was = was.and_then(Value::as_object);
        match shape {
            Shape::Text { least, most } => text(name, *least, *most, sent),
            Shape::Choice(words) => one_of(name, sent, |word| words.contains(&word)),
            Shape::Category => one_of(name, sent, words::is_category),
            Shape::Flag => sent.is_boolean().then(|| sent.clone()).ok_or_else(|| wrong_type(name)),
            Shape::Percentage => percentage(name, sent),
            Shape::Count => sent.is_u64().then(|| sent.clone()).ok_or_else(|| wrong_type(name)),
            Shape::Date => date(name, sent),
            Shape::Texts { items, each, item } => texts(name, sent, *items, *each, item),
            Shape::Choices(words) => {
                for word in sent.as_array().ok_or_else(|| wrong_type(name))? {
                    one_of(name, word, |word| words.contains(&word))?;
                }
                Ok(sent.clone())
            }
            Shape::Object(inner) => {
                let sent = sent.as_object().ok_or_else(|| wrong_type(name))?;
                Ok(self.object(inner, inner_was, sent)?.into())
            }
            Shape::List(inner) => self.list(name, inner, was, sent),
            Shape::Languages(inner) => self.languages(name, inner, inner_was, sent),
            Shape::Named(names, inner) => self.named(name, names, inner, inner_was, sent),
            Shape::BasePrice => {
                let price = sent.as_str().ok_or_else(|| wrong_type(name))?;
                if words::is_price(price, false) {
                    return Ok(sent.clone());
                }
                let message = format!("'{price}' is not a valid PriceId for base price.");
                Err(Refusal::invalid("pricing", message))
            }
            Shape::Markets => markets(name, sent),
            Shape::Anything | Shape::Packages(_) | Shape::Images(_) | Shape::Icon(_) | Shape::Families => {
                Ok(sent.clone())
            }
        }
    }

    /// A list whose elements are told apart by `id`, or else by their place.
    fn list(&self, name: &str, inner: &[Field], was: Option<&Value>, sent: &Value) -> Taken<Value> {
        let was: Vec<&Document> = array(name, was)?.iter().filter_map(Value::as_object).collect();
        let sent = sent.as_array().ok_or_else(|| wrong_type(name))?;
        sent.iter()
            .enumerate()
            .map(|(at, entry)| {
                let entry = entry.as_object().ok_or_else(|| wrong_type(name))?;
                let twin = match files::id(entry) {
                    Some(id) => was.iter().find(|other| files::id(other) == Some(id)),
                    None => was.get(at).filter(|other| files::id(other).is_none()),
                };
                Ok(Value::Object(self.object(inner, twin.copied(), entry)?))
            })
            .collect()
    }

    fn languages(&self, name: &str, inner: &[Field], was: Option<&Document>, sent: &Value) -> Taken<Value> {
        let mut made = Document::new();
        for (spelled, listing) in sent.as_object().ok_or_else(|| wrong_type(name))? {
            let language = spelled.to_lowercase();
            if listing.is_null() {
                continue;
            }
            let refused = self.rules.refuse_upper_case_languages && language != *spelled;
            if refused || !is_language(&language) {
                return Err(Refusal::invalid(
                    "appListings",
                    format!("Language codes: {spelled} not supported"),
                ));
            }
            let twin = was.and_then(|was| was.get(&language)).and_then(Value::as_object);
            let listing = listing.as_object().ok_or_else(|| wrong_type(name))?;
            made.insert(language, self.object(inner, twin, listing)?.into());
        }
        Ok(made.into())
    }

    fn named(
        &self,
        name: &str,
        names: &[&str],
        inner: &[Field],
        was: Option<&Document>,
        sent: &Value,
    ) -> Taken<Value> {
        let mut made = Document::new();
        for (key, value) in sent.as_object().ok_or_else(|| wrong_type(name))? {
            let known = names.iter().find(|name| name.eq_ignore_ascii_case(key)).copied();
            let twin = was.and_then(|was| was.get_key_value(known.unwrap_or(key)));
            let (Some(key), Some(value)) = (known.or(twin.map(|(key, _)| key.as_str())), value.as_object())
            else {
                continue;
            };
            let twin = twin.and_then(|(_, value)| value.as_object());
            made.insert(key.to_owned(), self.object(inner, twin, value)?.into());
        }
        Ok(made.into())
    }
}
