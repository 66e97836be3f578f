//! What an update makes of a draft: the whole submission is replaced by what was sent, member by member of the
//! table in [`super::model`].
//!
//! A member that the draft has, modelled or not, is stored as sent and lost when it is left out; a member that
//! neither the model nor the draft knows is ignored. Members are found whatever their case.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answer::Refusal;
use super::files;
use super::model::{self, Field, Kind, Owner, Shape};
use super::seed::Rules;
use super::state::Document;

type Taken<T> = Result<T, Refusal>;

/// At most so many words in the keywords of a listing, and so many languages with keywords in a submission. The
/// error *The size of `KeywordsTotalCount` must be 21 or less* was met with both readings.
const KEYWORDS_TOTAL: usize = 21;

/// The families that must all be mentioned (`isaacrlevin/windows-store-action#8`).
const FAMILIES: [&str; 4] = ["Desktop", "Mobile", "Xbox", "Holographic"];

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
    // Whatever the account has, the answer after an update says false (`microsoft/StoreBroker#129`).
    if let Some(advanced) = made
        .get_mut("pricing")
        .and_then(|p| p.get_mut("isAdvancedPricingModel"))
    {
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
    if member(sent, "listings")
        .and_then(Value::as_object)
        .is_none_or(Map::is_empty)
    {
        return Err(no_listings(kind));
    }
    if !has("pricing") {
        return Err(Refusal::invalid(
            "pricing",
            "Pricing data was not provided in the request.",
        ));
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
        listing
            .pointer("/baseListing/keywords")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
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

fn warnings(before: &Document, after: &Document) -> Vec<Value> {
    let languages = |document: &Document| -> BTreeSet<String> {
        document
            .get("listings")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect()
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
        list(
            out,
            "ListingOptOutWarning",
            "You have removed listing language(s)",
        ),
        list(new, "ListingOptInWarning", "You have added listing language(s)"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A member by its name, whatever its case.
pub(super) fn member<'a>(object: &'a Document, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// The name in the way errors write it.
pub(super) fn label(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

fn wrong_type(name: &str) -> Refusal {
    Refusal::invalid(name, format!("The value of {} has the wrong type", label(name)))
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
            .map(|(at, value)| {
                draft
                    .get(at)
                    .map_or_else(|| value.clone(), |was| unmodelled(was, value))
            })
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
        let sent = sent.filter(|value| !value.is_null());
        let name = field.name;
        // A draft without the member is not given one by an update that does not mention it.
        let left_out = || was.map(|_| model::reset(field));
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
            (Shape::Object(inner), None) if field.reset == "null" => Some(
                self.object(inner, was.and_then(Value::as_object), &Document::new())?
                    .into(),
            ),
            (_, None) => left_out(),
            (shape, Some(sent)) => Some(self.value(name, shape, was, sent)?),
        })
    }

    fn value(&self, name: &str, shape: &Shape, was: Option<&Value>, sent: &Value) -> Taken<Value> {
        let inner_was = was.and_then(Value::as_object);
        match shape {
            Shape::Text { least, most } => text(name, *least, *most, sent),
            Shape::Choice(words) => one_of(name, sent, |word| words.contains(&word)),
            Shape::Category => one_of(name, sent, model::is_category),
            Shape::Flag => sent
                .is_boolean()
                .then(|| sent.clone())
                .ok_or_else(|| wrong_type(name)),
            Shape::Percentage => percentage(name, sent),
            Shape::Count => sent
                .is_u64()
                .then(|| sent.clone())
                .ok_or_else(|| wrong_type(name)),
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
                if model::is_price(price, false) {
                    return Ok(sent.clone());
                }
                let message = format!("'{price}' is not a valid PriceId for base price.");
                Err(Refusal::invalid("pricing", message))
            }
            Shape::Markets => markets(name, sent),
            Shape::Free | Shape::Packages(_) | Shape::Images(_) | Shape::Icon(_) | Shape::Families => {
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
        for (language, listing) in sent.as_object().ok_or_else(|| wrong_type(name))? {
            let language = language.to_lowercase();
            if listing.is_null() {
                continue;
            }
            if !is_language(&language) {
                return Err(Refusal::invalid(
                    "appListings",
                    format!("Language codes: {language} not supported"),
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

/// The elements of a list that may be absent.
pub(super) fn array<'a>(name: &str, value: Option<&'a Value>) -> Taken<&'a [Value]> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err(wrong_type(name)),
    }
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn text(name: &str, least: usize, most: usize, sent: &Value) -> Taken<Value> {
    let length = length(sent.as_str().ok_or_else(|| wrong_type(name))?);
    let bound = match length {
        n if n < least => format!("{least} or more"),
        n if n > most => format!("{most} or less"),
        _ => return Ok(sent.clone()),
    };
    Err(Refusal::invalid(
        name,
        format!("The length of {} must be {bound}", label(name)),
    ))
}

fn texts(name: &str, sent: &Value, items: usize, each: usize, item: &str) -> Taken<Value> {
    let list = sent.as_array().ok_or_else(|| wrong_type(name))?;
    if list.len() > items {
        let message = format!("The size of {} must be {items} or less", label(name));
        return Err(Refusal::invalid(name, message));
    }
    for entry in list {
        if length(entry.as_str().ok_or_else(|| wrong_type(name))?) > each {
            return Err(Refusal::invalid(
                name,
                format!("The length of {item} must be {each} or less"),
            ));
        }
    }
    Ok(sent.clone())
}

fn one_of(name: &str, sent: &Value, known: impl Fn(&str) -> bool) -> Taken<Value> {
    let word = sent.as_str().ok_or_else(|| wrong_type(name))?;
    if known(word) {
        return Ok(sent.clone());
    }
    Err(Refusal::invalid(
        name,
        format!("'{word}' is not a valid value for {}.", label(name)),
    ))
}

/// A percentage is a floating-point number to the service.
fn percentage(name: &str, sent: &Value) -> Taken<Value> {
    match sent.as_f64() {
        Some(share) if (0.0..=100.0).contains(&share) => Ok(Value::from(share)),
        Some(_) => Err(Refusal::invalid(
            name,
            format!("{} must be between 0 and 100", label(name)),
        )),
        None => Err(wrong_type(name)),
    }
}

/// A date is kept as sent, unless it has an offset: answers are in UTC.
fn date(name: &str, sent: &Value) -> Taken<Value> {
    let text = sent.as_str().ok_or_else(|| wrong_type(name))?;
    if text.is_empty() {
        return Ok(sent.clone());
    }
    match text.parse::<Timestamp>() {
        Ok(_) if text.ends_with(['Z', 'z']) => Ok(sent.clone()),
        Ok(time) => Ok(time.to_string().into()),
        Err(_) => Err(Refusal::invalid(
            name,
            format!("'{text}' is not a valid value for {}.", label(name)),
        )),
    }
}

fn markets(name: &str, sent: &Value) -> Taken<Value> {
    for (market, price) in sent.as_object().ok_or_else(|| wrong_type(name))? {
        if market.len() != 2 || !market.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(Refusal::invalid(
                "pricing",
                format!("'{market}' is not a valid market."),
            ));
        }
        let price = price.as_str().ok_or_else(|| wrong_type(name))?;
        if !model::is_price(price, true) {
            let message = format!("'{price}' is not a valid PriceId for market '{market}'.");
            return Err(Refusal::invalid("pricing", message));
        }
    }
    Ok(sent.clone())
}

fn families(name: &str, was: Option<&Value>, sent: Option<&Value>) -> Taken<Value> {
    let none = Document::new();
    let sent = match sent {
        None => &none,
        Some(sent) => sent.as_object().ok_or_else(|| wrong_type(name))?,
    };
    let was = was.and_then(Value::as_object).unwrap_or(&none);
    let mut made = Document::new();
    for (key, value) in sent {
        let known = FAMILIES
            .iter()
            .chain(&["Team"])
            .copied()
            .chain(was.keys().map(String::as_str));
        if let Some(family) = known.into_iter().find(|family| family.eq_ignore_ascii_case(key)) {
            if !value.is_boolean() {
                return Err(wrong_type(name));
            }
            made.insert(family.to_owned(), value.clone());
        }
    }
    if FAMILIES.iter().all(|family| made.contains_key(*family)) {
        return Ok(made.into());
    }
    Err(Refusal::invalid(
        name,
        "AllowTargetFutureDeviceFamilies needs to be initialized for all supported platform, \
         [Desktop, Mobile, Xbox, Holographic]",
    ))
}

/// Whether a word has the shape of a language tag, `en`, `en-us`, `zh-hans-cn`.
fn is_language(word: &str) -> bool {
    let mut parts = word.split('-');
    let shaped = |part: &str, least, most| {
        (least..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    parts
        .next()
        .is_some_and(|first| shaped(first, 2, 3) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|part| shaped(part, 2, 8))
}
