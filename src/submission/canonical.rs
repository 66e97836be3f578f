//! The one form in which values are compared, hashed and read back.
//!
//! Two values that the service treats alike have one canonical form: missing and empty, `1601` dates, the
//! case of language keys, the spelling of numbers, line ends, byte order marks, trailing blanks and Unicode
//! composition. What is *sent* is never canonical: it is what the user wrote.

use serde_json::{Map, Number, Value};
use unicode_normalization::UnicodeNormalization;

/// A text with LF, without byte order mark, without blanks at the end of a line or of the text, in NFC.
pub fn text(text: &str) -> String {
    let unified = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let trimmed: Vec<&str> = unified.split('\n').map(|line| line.trim_end_matches([' ', '\t'])).collect();
    trimmed.join("\n").trim_end().nfc().collect()
}

/// A language key as the service returns it: lower-case.
pub fn language(key: &str) -> String {
    key.trim().to_ascii_lowercase()
}

/// A number's value in one spelling: sign, digits without outer zeros, decimal exponent. Loses no digit.
pub fn number(number: &Number) -> String {
    let spelled = number.to_string();
    let (mantissa, exponent) = spelled.split_once(['e', 'E']).unwrap_or((&spelled, "0"));
    let Ok(exponent) = exponent.parse::<i64>() else {
        // No real number is that long or small; it is equal to its own spelling only.
        return spelled;
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let trailing = digits.len() - digits.trim_end_matches('0').len();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    let exponent = i128::from(exponent) - fraction.len() as i128 + trailing as i128;
    if exponent == 0 { format!("{sign}{digits}") } else { format!("{sign}{digits}e{exponent}") }
}

/// Whether a text is the service's date for *not set*, in any of its precisions and offsets, or without one.
pub fn is_unset_date(text: &str) -> bool {
    let is_instant = text.len() >= "1601-01-01T00:00".len()
        && text.bytes().all(|b| b.is_ascii_digit() || b"-T:.+Z".contains(&b));
    is_instant && (text.starts_with("1601-01-01T") || date(text).as_deref() == Some("1601-01-01T00:00:00Z"))
}

/// The instant that a text means: RFC 3339 with a `T`, seconds and a time zone. Nothing else is one, neither for the
/// service nor in manifests.
pub fn instant(text: &str) -> Option<jiff::Timestamp> {
    let digits = |part: &str, form: &str| {
        part.len() == form.len()
            && part.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                sign => byte == sign,
            })
    };
    let (time, rest) = text.split_at_checked("2026-09-01T08:00:00".len())?;
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (zone.len() < fraction.len()).then_some(zone)?
        }
        None => rest,
    };
    let is_one = digits(time, "0000-00-00T00:00:00")
        && (zone == "Z" || digits(zone, "+00:00") || digits(zone, "-00:00"));
    is_one.then(|| text.parse().ok()).flatten()
}

/// An instant in one spelling, or `None` where the text is no date with a time zone.
fn date(text: &str) -> Option<String> {
    instant(text).map(|instant| instant.to_string())
}

/// A value's canonical form; `None` where the value says nothing (null, empty text, list or map, unset date).
///
/// Numbers become texts in a wrapper, so that no number equals a text.
pub fn value(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some(value.clone()),
        Value::Number(n) => {
            Some(Value::Array(vec![Value::String("number".into()), Value::String(number(n))]))
        }
        Value::String(s) => {
            let text = text(s);
            if is_unset_date(&text) {
                return None;
            }
            let canonical = date(&text).unwrap_or(text);
            (!canonical.is_empty()).then_some(Value::String(canonical))
        }
        Value::Array(items) => {
            let items: Vec<Value> =
                items.iter().map(|item| self::value(item).unwrap_or(Value::Null)).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let mut sorted: Vec<(String, Value)> = members
                .iter()
                .filter_map(|(key, member)| Some((key.clone(), self::value(member)?)))
                .collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            (!sorted.is_empty()).then(|| Value::Object(Map::from_iter(sorted)))
        }
    }
}

/// Whether two values, either of which may be missing, mean the same to the service.
pub fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    a.and_then(value) == b.and_then(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_instant_has_one_form() {
        for text in [
            "2026-09-01T08:00:00Z", "2026-09-01T08:00:00.1234567Z", "2026-09-01T08:00:00+02:00",
            "2026-09-01T08:00:00-00:30",
        ] {
            assert!(instant(text).is_some(), "{text}");
        }
        for text in [
            "", "20260901T080000Z", "2026-09-01T08Z", "2026-09-01 08:00:00Z", "2026-09-01T08:00:00",
            "2026-09-01T08:00:00+02:00[Europe/Berlin]", "2026-09-01 08:00:00+02:00:30",
            "2026-13-01T08:00:00Z", "-009999-01-02T01:59:59Z", "2026-09-01T08:00:00.Z",
            "2026-09-01T08:00:00+02", "2026-09-01t08:00:00Z", "2026-09-01T08:00:0üZ",
        ] {
            assert!(instant(text).is_none(), "{text}");
        }
    }

    #[test]
    fn texts_differ_only_where_a_reader_sees_it() {
        assert_eq!(text("\u{feff}a \r\nb\t\n\n"), "a\nb");
        assert_eq!(text("e\u{301}"), "é");
        assert_ne!(text("a\n\nb"), text("a\nb"));
        assert_ne!(text(" a"), text("a"));
    }

    #[test]
    fn numbers_are_equal_by_value_and_keep_every_digit() {
        for (a, b) in [("25", "25.0"), ("0", "-0.00"), ("1.50", "15e-1"), ("100", "1E2")] {
            assert!(same(Some(&parsed(a)), Some(&parsed(b))), "{a} {b}");
        }
        assert!(!same(Some(&parsed("123456789012345678901")), Some(&parsed("123456789012345678902"))));
        assert!(!same(Some(&json!(25)), Some(&json!("25"))));
        assert!(!same(Some(&parsed("1e99999999999999999999")), Some(&parsed("1"))));
    }

    #[test]
    fn saying_nothing_has_many_spellings() {
        for nothing in [
            json!(null),
            json!(""),
            json!([]),
            json!({}),
            json!({"a": null}),
            json!("1601-01-01T02:00:00.0000000+02:00"),
        ] {
            assert!(same(None, Some(&nothing)), "{nothing}");
        }
        assert!(!same(None, Some(&json!(false))));
    }

    #[test]
    fn a_date_that_is_not_set_has_many_spellings_and_other_texts_are_none() {
        for unset in [
            "1601-01-01T00:00:00Z", "1601-01-01T00:00:00.0000000Z", "1601-01-01T00:00:00",
            "1601-01-01T00:00:00+02:00", "1600-12-31T16:00:00-08:00", "\u{feff}1601-01-01T00:00:00Z \r\n",
        ] {
            assert!(same(None, Some(&json!(unset))), "{unset}");
        }
        for set in ["1601-01-01T00:00 is no date", "1601-01-01T", "1601-01-02T00:00:00Z"] {
            assert!(!same(None, Some(&json!(set))), "{set}");
        }
    }

    #[test]
    fn dates_are_instants() {
        assert!(same(Some(&json!("2026-01-02T03:00:00Z")), Some(&json!("2026-01-02T05:00:00.000+02:00"))));
    }
}
