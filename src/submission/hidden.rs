//! What stands in place of what is never shown and never stored: enough to plan by, and nothing more.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::canonical;

/// The member of an object that stands for a hidden value.
const HIDDEN: &str = "hidden";
/// Where a draft's files are uploaded: whoever has it can read and replace them.
pub(super) const UPLOAD_URL: &str = "fileUploadUrl";
/// What testers are told, often with a test account.
pub(super) const NOTES: &str = "notesForCertification";
/// So many hex digits of a digest tell two notes apart.
const DIGITS: usize = 12;

/// The digest that notes for certification are compared by and shown as. Notes that say nothing stay as they are, and so
/// does what is a digest already.
pub fn notes(value: &Value) -> Value {
    let is_digest = value.get(HIDDEN).is_some_and(Value::is_string);
    let Some(said) = canonical::value(value).filter(|_| !is_digest) else {
        return value.clone();
    };
    let text = said.as_str().map_or_else(|| said.to_string(), str::to_owned);
    let mut digest = String::new();
    for byte in Sha256::digest(text) {
        digest.push_str(&format!("{byte:02x}"));
    }
    json!({ HIDDEN: format!("sha256:{}", &digest[..DIGITS]) })
}

/// What is left of an upload URL: that there is one.
fn upload_url(value: &Value) -> Value {
    let says_nothing = value.is_null() || value.as_str().is_some_and(str::is_empty);
    if says_nothing { value.clone() } else { json!({ HIDDEN: true }) }
}

/// Whether a value is what [`upload_url`] leaves of one.
pub(super) fn is_upload_url(value: &Value) -> bool {
    value.get(HIDDEN) == Some(&Value::Bool(true))
}

/// The members without upload URLs and notes, at any depth and in any case of their keys; all others as they are.
pub(super) fn without_secrets(members: &Map<String, Value>) -> Map<String, Value> {
    let hide = |(key, value): (&String, &Value)| {
        let value = if key.eq_ignore_ascii_case(UPLOAD_URL) {
            upload_url(value)
        } else if key.eq_ignore_ascii_case(NOTES) {
            notes(value)
        } else {
            inside(value)
        };
        (key.clone(), value)
    };
    members.iter().map(hide).collect()
}

fn inside(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(without_secrets(members)),
        Value::Array(items) => items.iter().map(inside).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const SECRET: &str = "5ecret";
    const KEYS: [&str; 6] =
        ["fileUploadUrl", "notesForCertification", "FILEUPLOADURL", "NotesForCertification", "a", "b"];
    const NUMBERS: [&str; 4] = ["1.50", "-0.0", "123456789012345678901234567890", "1E+400"];

    /// Anything that JSON can say, with secrets where the service has them, at any depth and under keys in any case.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            Just(json!("")),
            Just(json!("text")),
            select(&NUMBERS[..]).prop_map(|number| serde_json::from_str(number).unwrap()),
        ];
        leaf.prop_recursive(4, 30, 5, |inner| {
            let member = (select(&KEYS[..]), inner.clone(), select(vec![SECRET, " 5ecret\r\n", " ", ""]));
            let members = prop::collection::vec(member, 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::from),
                members.prop_map(|members| {
                    let said = |(key, value, secret): (&str, Value, &str)| {
                        let value = if is_secret(key) { json!(secret) } else { value };
                        (key.to_owned(), value)
                    };
                    Value::Object(members.into_iter().map(said).collect())
                }),
            ]
        })
    }

    fn is_secret(key: &str) -> bool {
        key.eq_ignore_ascii_case(UPLOAD_URL) || key.eq_ignore_ascii_case(NOTES)
    }

    /// The value with null for every secret, in the spelling that it would be written in.
    fn all_else(value: &Value) -> String {
        fn blank(value: &mut Value) {
            match value {
                Value::Object(members) => members.iter_mut().for_each(|(key, member)| {
                    if is_secret(key) { *member = Value::Null } else { blank(member) }
                }),
                Value::Array(items) => items.iter_mut().for_each(blank),
                _ => {}
            }
        }
        let mut value = value.clone();
        blank(&mut value);
        value.to_string()
    }

    proptest! {
        #[test]
        fn secrets_go_and_all_else_stays_to_the_digit(value in anything()) {
            let hidden = inside(&value);
            prop_assert!(!hidden.to_string().contains(SECRET), "{hidden}");
            prop_assert_eq!(all_else(&hidden), all_else(&value));
            prop_assert_eq!(inside(&hidden), hidden, "hiding twice is hiding once");
        }
    }

    #[test]
    fn notes_are_told_apart_by_what_they_say() {
        let digest = notes(&json!("Sign in as tester."));
        assert_eq!(digest, json!({ "hidden": "sha256:52356ad5bde1" }));
        assert_eq!(notes(&json!("\u{feff}Sign in as tester. \r\n")), digest);
        assert_ne!(notes(&json!("Sign in as nobody.")), digest);
        for nothing in [json!(null), json!(""), json!(" \n")] {
            assert_eq!(notes(&nothing), nothing);
        }
    }

    #[test]
    fn of_an_upload_url_stays_that_there_is_one() {
        assert!(is_upload_url(&upload_url(&json!("https://h/b?sig=x"))));
        assert!(!is_upload_url(&upload_url(&json!(null))) && !is_upload_url(&upload_url(&json!(""))));
    }
}
