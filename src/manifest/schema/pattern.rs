//! Regular expressions for what the decoder knows by functions, in the syntax that ECMAScript, Python and Rust share.

use crate::submission::vocabulary::PRODUCT_ID_RESERVED;

/// What [`is_name`](crate::manifest::desired::is_name) takes.
pub(super) const NAME: &str = "^[a-z0-9-]+$";
/// Twelve capital letters and digits.
pub(super) const STORE_ID: &str = "^[A-Z0-9]{12}$";
/// What [`is_price`](crate::submission::vocabulary::is_price) takes.
pub(super) const PRICE: &str = "^(Free|NotAvailable|Tier[0-9]{1,4})$";
/// A short tag, as `$as` takes it.
pub(super) const TAG: &str = "^[A-Za-z0-9._-]{1,64}$";
/// `true` or `false` in quotes.
pub(super) const FLAG: &str = "^(true|false)$";
/// An instant: RFC 3339 with a `T`.
pub(super) const DATE: &str =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$";
/// A number of players in quotes.
pub(super) const PLAYERS: &str = "^\\+?0*([2-9]|[1-9][0-9]{1,2}|1000)$";
/// A share in quotes. It may have an exponent, so its size is not looked at.
pub(super) const PERCENTAGE: &str = "^-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$";
/// An expansion, or its escape: how long the text is in the end, the manifest alone cannot tell.
pub(super) const EXPANDS: &str = "\\$\\(";
/// A text with something in it. A byte order mark is no space to the decoder.
pub(super) const NOT_BLANK: &str = "\\S|\\ufeff";
/// A text of one line, or a blank one, which is a cleared one.
pub(super) const ONE_LINE_OR_BLANK: &str = "^([^\\n]*|[\\s\\u0085]*)$";
/// A text of one line that is not blank.
pub(super) const ONE_LINE: &str = "^[^\\n]*(\\S|\\ufeff)[^\\n]*$";

/// A version of four parts, each of 16 bits.
pub(super) fn version() -> String {
    let part = "0*([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
    format!("^{part}(\\.{part}){{3}}$")
}

/// A text with no character that product ids cannot hold.
pub(super) fn product_id() -> String {
    // The one of them that means something between brackets.
    format!("^[^{}]*$", PRODUCT_ID_RESERVED.replace('\\', "\\\\"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::asset::Version;
    use crate::manifest::desired::is_name;
    use crate::manifest::flatten::is_tag;
    use crate::manifest::read;
    use crate::submission::canonical;
    use crate::submission::vocabulary::{LANGUAGE_FORM, MARKET_FORM, is_language, is_market, is_price};

    /// What an expression says of texts, as schemas say it.
    fn matches(pattern: &str) -> impl Fn(&str) -> bool {
        let validator = jsonschema::validator_for(&json!({ "pattern": pattern })).unwrap();
        move |text| validator.is_valid(&json!(text))
    }

    fn whole(form: &str) -> String {
        format!("^{form}$")
    }

    /// The texts that a function and an expression see differently.
    fn differ(pattern: &str, known: impl Fn(&str) -> bool, texts: impl Strategy<Value = String>) {
        let matches = matches(pattern);
        proptest!(|(text in texts)| { prop_assert_eq!(matches(&text), known(&text), "{:?}", text); });
    }

    #[test]
    fn expressions_say_what_functions_say() {
        differ(NAME, is_name, "[a-cA0-2_ -]{0,4}|\\PC{0,3}");
        differ(PRICE, is_price, "(Tier|tier|Free|NotAvailable|Base|Tie)[0-9]{0,5}x?");
        differ(&whole(MARKET_FORM), is_market, "[A-Ca-c0-9]{0,3}|\\PC{2}");
        differ(&whole(LANGUAGE_FORM), is_language, "[a-cA-C0]{0,4}(-[a-c0-9]{0,9}){0,5}|\\PC{2}");
        differ(TAG, is_tag, "[a-cA-C0-9._ü -]{0,66}");
        differ(&version(), |text| text.parse::<Version>().is_ok(), "([0-9]{0,6}\\.){3}[0-9]{0,6}\\.?");
        differ(
            &version(),
            |text| text.parse::<Version>().is_ok(),
            "(0*[0-7]{1,5}[.]){2,4}-?6[5-6][5-6]3[0-9]",
        );
        differ(NOT_BLANK, |text| !text.trim().is_empty(), "[ \t\n\u{a0}\u{2003}\u{feff}a]{0,3}");
        let is_players = |text: &str| text.parse().is_ok_and(|number: u32| read::PLAYERS.contains(&number));
        differ(PLAYERS, is_players, "[+-]?0{0,2}[0-9]{0,5}");
        differ(
            ONE_LINE_OR_BLANK,
            |text| !text.contains('\n') || text.trim().is_empty(),
            "[\n\\s\u{85}a]{0,4}",
        );
        differ(
            ONE_LINE,
            |text| !text.contains('\n') && !text.trim().is_empty(),
            "[ \t\n\u{a0}\u{2003}\u{feff}a]{0,4}",
        );
        differ(&product_id(), |text| !PRODUCT_ID_RESERVED.chars().any(|c| text.contains(c)), "[ -~]{0,3}");
    }

    /// These are wider than what they stand for.
    #[test]
    fn what_is_taken_is_matched() {
        let date = matches(DATE);
        let dates = "[+-]?(00)?20[0-9]{2}-?[01][0-9]-?[0-3][0-9][Tt ]?[0-2][0-9](:?[0-5][0-9](:?[0-6][0-9]([.,][0-9]{1,9})?)?)?\
                     (Z|z|[+-][0-9]{2}(:?[0-9]{2}(:?[0-9]{2}([.,][0-9])?)?)?)?(\\[!?(UTC|Europe/Berlin|u-ca=gregory)\\]){0,2}";
        proptest!(|(text in dates)| { prop_assert!(date(&text) || canonical::instant(&text).is_none(), "{}", text); });
        for not_taken in [
            "", "tomorrow", "2026-09-01 08:00:00Z", "20260901T080000Z", "2026-09-01", "2026-09-01T08:00:00",
            "08:00Z", "1788249600",
        ] {
            assert!(!date(not_taken), "{not_taken}");
        }
        let share = matches(PERCENTAGE);
        proptest!(|(text in "[+-]?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?")| {
            prop_assert!(share(&text) || read::percentage(&text).is_none(), "{}", text);
        });
        assert!(!share("half") && !share("") && !share("25%"));
    }
}
