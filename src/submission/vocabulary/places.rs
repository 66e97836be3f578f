//! Languages and markets.

/// The languages that Microsoft's page *App package requirements for MSIX app* lists for packages, lower-case and
/// sorted. Whether each is taken as the language of a listing is unconfirmed; one that was not on the list, `bs-BA`,
/// was answered with an internal error (`microsoft/StoreBroker#236`).
#[rustfmt::skip]
pub const LANGUAGES: &[&str] = &[
    "af", "af-za", "am", "am-et", "ar", "ar-ae", "ar-bh", "ar-dz", "ar-eg", "ar-iq", "ar-jo", "ar-kw",
    "ar-lb", "ar-ly", "ar-ma", "ar-om", "ar-qa", "ar-sa", "ar-sy", "ar-tn", "ar-ye", "as", "as-in",
    "az-arab", "az-arab-az", "az-cyrl", "az-cyrl-az", "az-latn", "az-latn-az", "be", "be-by", "bg",
    "bg-bg", "bn", "bn-bd", "bn-in", "bs", "bs-cyrl", "bs-cyrl-ba", "bs-latn", "bs-latn-ba", "ca",
    "ca-es", "ca-es-valencia", "chr-cher", "chr-cher-us", "chr-latn", "cs", "cs-cz", "cy", "cy-gb", "da",
    "da-dk", "de", "de-at", "de-ch", "de-de", "de-li", "de-lu", "el", "el-gr", "en", "en-011", "en-014",
    "en-018", "en-021", "en-029", "en-053", "en-au", "en-bz", "en-ca", "en-gb", "en-hk", "en-id", "en-ie",
    "en-in", "en-jm", "en-kz", "en-mt", "en-my", "en-nz", "en-ph", "en-pk", "en-sg", "en-tt", "en-us",
    "en-vn", "en-za", "en-zw", "es", "es-019", "es-419", "es-ar", "es-bo", "es-cl", "es-co", "es-cr",
    "es-do", "es-ec", "es-es", "es-gt", "es-hn", "es-mx", "es-ni", "es-pa", "es-pe", "es-pr", "es-py",
    "es-sv", "es-us", "es-uy", "es-ve", "et", "et-ee", "eu", "eu-es", "fa", "fa-ir", "fi", "fi-fi", "fil",
    "fil-latn", "fil-ph", "fr", "fr-011", "fr-015", "fr-021", "fr-029", "fr-155", "fr-be", "fr-ca",
    "fr-cd", "fr-ch", "fr-ci", "fr-cm", "fr-fr", "fr-ht", "fr-lu", "fr-ma", "fr-mc", "fr-ml", "fr-re",
    "frc-latn", "frp-latn", "ga", "ga-ie", "gd-gb", "gd-latn", "gl", "gl-es", "gu", "gu-in", "ha",
    "ha-latn", "ha-latn-ng", "he", "he-il", "hi", "hi-in", "hr", "hr-ba", "hr-hr", "hu", "hu-hu", "hy",
    "hy-am", "id", "id-id", "ig-latn", "ig-ng", "is", "is-is", "it", "it-ch", "it-it", "iu-cans",
    "iu-latn", "iu-latn-ca", "ja", "ja-jp", "ka", "ka-ge", "kk", "kk-kz", "km", "km-kh", "kn", "kn-in",
    "ko", "ko-kr", "kok", "kok-in", "ku-arab", "ku-arab-iq", "ky-cyrl", "ky-kg", "lb", "lb-lu", "lo",
    "lo-la", "lt", "lt-lt", "lv", "lv-lv", "mi", "mi-latn", "mi-nz", "mk", "mk-mk", "ml", "ml-in",
    "mn-cyrl", "mn-mn", "mn-mong", "mn-phag", "mr", "mr-in", "ms", "ms-bn", "ms-my", "mt", "mt-mt", "nb",
    "nb-no", "ne", "ne-np", "nl", "nl-be", "nl-nl", "nn", "nn-no", "no", "no-no", "nso", "nso-za", "or",
    "or-in", "pa", "pa-arab", "pa-arab-pk", "pa-deva", "pa-in", "pl", "pl-pl", "prs", "prs-af",
    "prs-arab", "pt", "pt-br", "pt-pt", "quc-latn", "qut-gt", "qut-latn", "quz", "quz-bo", "quz-ec",
    "quz-pe", "ro", "ro-ro", "ru", "ru-ru", "rw", "rw-rw", "sd-arab", "sd-arab-pk", "sd-deva", "si",
    "si-lk", "sk", "sk-sk", "sl", "sl-si", "sq", "sq-al", "sr", "sr-cyrl", "sr-cyrl-ba", "sr-cyrl-cs",
    "sr-cyrl-me", "sr-cyrl-rs", "sr-latn", "sr-latn-ba", "sr-latn-cs", "sr-latn-me", "sr-latn-rs", "sv",
    "sv-fi", "sv-se", "sw", "sw-ke", "ta", "ta-in", "te", "te-in", "tg-arab", "tg-cyrl", "tg-cyrl-tj",
    "tg-latn", "th", "th-th", "ti", "ti-et", "tk-cyrl", "tk-cyrl-tr", "tk-latn", "tk-latn-tr", "tk-tm",
    "tn", "tn-bw", "tn-za", "tr", "tr-tr", "tt-arab", "tt-cyrl", "tt-latn", "tt-ru", "ug-arab", "ug-cn",
    "ug-cyrl", "ug-latn", "uk", "uk-ua", "ur", "ur-pk", "uz", "uz-cyrl", "uz-latn", "uz-latn-uz", "vi",
    "vi-vn", "wo", "wo-sn", "xh", "xh-za", "yo-latn", "yo-ng", "zh-cn", "zh-hans", "zh-hans-cn",
    "zh-hans-sg", "zh-hant", "zh-hant-hk", "zh-hant-mo", "zh-hant-tw", "zh-hk", "zh-mo", "zh-sg", "zh-tw",
    "zu", "zu-za",
];

/// How many languages of a submission may have keywords: *The size of `KeywordsTotalCount` must be 21 or less*, met when
/// the 22nd language got some, each of them valid by itself (`prof18/pcenter-cli`, `docs/TROUBLESHOOTING.md`).
pub const KEYWORD_LANGUAGES_MAX: usize = 21;

/// The markets that Microsoft's page *Microsoft Store submission API for MSI or EXE app* lists, and `EH`, which occurs
/// in live data; sorted. For *did you mean* only: codes outside of the list occur.
#[rustfmt::skip]
pub const MARKETS: &[&str] = &[
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA",
    "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV",
    "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CV",
    "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET",
    "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN",
    "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL",
    "IM", "IN", "IO", "IQ", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KR",
    "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD",
    "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW",
    "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA",
    "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU",
    "RW", "SA", "SB", "SC", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "ST", "SV",
    "SX", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW",
    "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "YE",
    "YT", "ZA", "ZM", "ZW",
];

/// What [`is_market`] takes, a part of a regular expression.
pub const MARKET_FORM: &str = "[A-Z]{2}";

/// Whether a text has the shape of a market: two capital letters. Codes outside the published list occur.
pub fn is_market(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// What [`is_language`] takes, a part of a regular expression.
pub const LANGUAGE_FORM: &str = "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}";

/// Whether a text has the shape of a listing language: `en`, `en-us`, `zh-hans`, `sr-latn-rs`.
pub fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && text.split('-').count() <= 4
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Whether a text is on the list of [`LANGUAGES`], in any case.
pub fn is_listed_language(text: &str) -> bool {
    LANGUAGES.binary_search(&text.to_ascii_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert!(is_market("EH") && !is_market("no") && !is_market("USA"));
        assert!(
            is_language("en-us")
                && is_language("ca-es-valencia")
                && is_language("en-011")
                && !is_language("english")
        );
    }

    #[test]
    fn lists_are_sorted_and_every_entry_has_the_shape() {
        assert!(LANGUAGES.is_sorted_by(|a, b| a < b) && MARKETS.is_sorted_by(|a, b| a < b));
        assert!(LANGUAGES.iter().all(|language| is_language(language)));
        assert!(MARKETS.iter().all(|market| is_market(market)));
    }

    #[test]
    fn languages_are_found_in_any_case() {
        assert!(is_listed_language("zh-Hant-TW") && is_listed_language("DE") && is_listed_language("zu-za"));
        assert!(!is_listed_language("bs-BA") && !is_listed_language("xx") && !is_listed_language(""));
    }
}
