//! Values of an update: what is taken, in which form, and how the service refuses the rest.

use jiff::Timestamp;
use serde_json::Value;

use super::answer::Refusal;
use super::state::Document;
use super::words;

/// A value, or the refusal of it.
pub(super) type Taken<T> = Result<T, Refusal>;

/// The families that must all be mentioned (`isaacrlevin/windows-store-action#8`).
const FAMILIES: [&str; 4] = ["Desktop", "Mobile", "Xbox", "Holographic"];

/// A member by its name, whatever its case.
pub(super) fn member<'a>(object: &'a Document, name: &str) -> Option<&'a Value> {
    object
        .get(name)
        .or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The name in the way errors write it.
pub(super) fn label(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

pub(super) fn wrong_type(name: &str) -> Refusal {
    Refusal::invalid(name, format!("The value of {} has the wrong type", label(name)))
}

/// The elements of a list that may be absent.
pub(super) fn array<'a>(name: &str, value: Option<&'a Value>) -> Taken<&'a [Value]> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err(wrong_type(name)),
    }
}

pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

pub(super) fn text(name: &str, least: usize, most: usize, sent: &Value) -> Taken<Value> {
    let length = length(sent.as_str().ok_or_else(|| wrong_type(name))?);
    let bound = match length {
        n if n < least => format!("{least} or more"),
        n if n > most => format!("{most} or less"),
        _ => return Ok(sent.clone()),
    };
    Err(Refusal::invalid(name, format!("The length of {} must be {bound}", label(name))))
}

pub(super) fn texts(name: &str, sent: &Value, items: usize, each: usize, item: &str) -> Taken<Value> {
    let list = sent.as_array().ok_or_else(|| wrong_type(name))?;
    if list.len() > items {
        let message = format!("The size of {} must be {items} or less", label(name));
        return Err(Refusal::invalid(name, message));
    }
    for entry in list {
        if length(entry.as_str().ok_or_else(|| wrong_type(name))?) > each {
            return Err(Refusal::invalid(name, format!("The length of {item} must be {each} or less")));
        }
    }
    Ok(sent.clone())
}

pub(super) fn one_of(name: &str, sent: &Value, known: impl Fn(&str) -> bool) -> Taken<Value> {
    let word = sent.as_str().ok_or_else(|| wrong_type(name))?;
    if known(word) {
        return Ok(sent.clone());
    }
    Err(Refusal::invalid(name, format!("'{word}' is not a valid value for {}.", label(name))))
}

/// A percentage is a floating-point number to the service.
pub(super) fn percentage(name: &str, sent: &Value) -> Taken<Value> {
    match sent.as_f64() {
        Some(share) if (0.0..=100.0).contains(&share) => Ok(Value::from(share)),
        Some(_) => Err(Refusal::invalid(name, format!("{} must be between 0 and 100", label(name)))),
        None => Err(wrong_type(name)),
    }
}

/// A date is kept as sent, unless it has an offset: answers are in UTC.
pub(super) fn date(name: &str, sent: &Value) -> Taken<Value> {
    let text = sent.as_str().ok_or_else(|| wrong_type(name))?;
    if text.is_empty() {
        return Ok(sent.clone());
    }
    match text.parse::<Timestamp>() {
        Ok(_) if text.ends_with(['Z', 'z']) => Ok(sent.clone()),
        Ok(time) => Ok(time.to_string().into()),
        Err(_) => Err(Refusal::invalid(name, format!("'{text}' is not a valid value for {}.", label(name)))),
    }
}

pub(super) fn markets(name: &str, sent: &Value) -> Taken<Value> {
    for (market, price) in sent.as_object().ok_or_else(|| wrong_type(name))? {
        if market.len() != 2 || !market.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(Refusal::invalid("pricing", format!("'{market}' is not a valid market.")));
        }
        let price = price.as_str().ok_or_else(|| wrong_type(name))?;
        if !words::is_price(price, true) {
            let message = format!("'{price}' is not a valid PriceId for market '{market}'.");
            return Err(Refusal::invalid("pricing", message));
        }
    }
    Ok(sent.clone())
}

pub(super) fn families(name: &str, was: Option<&Value>, sent: Option<&Value>) -> Taken<Value> {
    let none = Document::new();
    let sent = match sent {
        None => &none,
        Some(sent) => sent.as_object().ok_or_else(|| wrong_type(name))?,
    };
    let was = was.and_then(Value::as_object).unwrap_or(&none);
    let mut made = Document::new();
    for (key, value) in sent {
        let known = FAMILIES.iter().chain(&["Team"]).copied().chain(was.keys().map(String::as_str));
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
pub(super) fn is_language(word: &str) -> bool {
    let mut parts = word.split('-');
    let shaped = |part: &str, least, most| {
        (least..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    parts.next().is_some_and(|first| shaped(first, 2, 3) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|part| shaped(part, 2, 8))
}
