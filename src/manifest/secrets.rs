//! Credentials that got into a text by mistake, known by their shape.
//!
//! Notes for certification often hold the user and password of a test account. That is what they are for, and no
//! concern of this table: it names what opens more than an account for testers.

use std::ops::RangeInclusive;

/// How a kind of credential is known.
enum Shape {
    /// A word that starts with one of these and goes on with so many of these characters.
    Word(&'static [&'static str], fn(char) -> bool, RangeInclusive<usize>),
    /// Something that a start and a length do not describe.
    Other(fn(&str) -> bool),
}
use Shape::{Other, Word};

/// Every kind that is known, with the shape that its maker documents or gives it.
const KINDS: &[(&str, Shape)] = &[
    ("a private key", Other(has_private_key)),
    ("a JSON Web Token", Other(has_json_web_token)),
    ("a GitHub token", Word(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], is_alphanumeric, 36..=255)),
    ("a GitHub token", Word(&["github_pat_"], is_word, 50..=255)),
    ("an AWS access key", Word(&["AKIA", "ASIA"], is_upper, 16..=16)),
    ("a key of an Azure account", Word(&["AccountKey=", "SharedAccessKey="], is_base64, 40..=100)),
    ("a shared access signature of Azure", Other(has_shared_access_signature)),
    ("a client secret of Microsoft Entra", Other(has_entra_secret)),
    ("a Slack token", Other(has_slack_token)),
    ("a Google API key", Word(&["AIza"], is_base64_url, 35..=35)),
    ("an npm token", Word(&["npm_"], is_alphanumeric, 36..=36)),
    ("a Stripe key", Word(&["sk_live_", "rk_live_"], is_alphanumeric, 16..=255)),
    ("a connection string with a password", Other(has_database_url)),
    ("a connection string with a password", Other(has_connection_string)),
];

/// What kind of credential a text seems to hold; never a part of the text itself.
pub(super) fn looks_like_secret(text: &str) -> Option<&'static str> {
    let holds = |shape: &Shape| match shape {
        Word(starts, then, length) => starts.iter().any(|start| has_word(text, start, *then, length)),
        Other(holds) => holds(text),
    };
    KINDS.iter().find(|(_, shape)| holds(shape)).map(|(kind, _)| *kind)
}

fn is_alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn is_upper(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit()
}

fn is_word(c: char) -> bool {
    is_alphanumeric(c) || c == '_'
}

fn is_base64(c: char) -> bool {
    is_alphanumeric(c) || "+/".contains(c)
}

fn is_base64_url(c: char) -> bool {
    is_alphanumeric(c) || "-_".contains(c)
}

/// How many characters of a kind a text starts with, counted up to a limit. All of the kinds are ASCII.
fn run(text: &str, of: impl Fn(char) -> bool, limit: usize) -> usize {
    text.chars().take(limit).take_while(|c| of(*c)).count()
}

/// Every place where `start` begins a word: what stands before it, and after it.
fn starts_of_words<'t>(text: &'t str, start: &str) -> impl Iterator<Item = &'t str> {
    text.match_indices(start)
        .filter(|(at, _)| !text[..*at].ends_with(is_word))
        .map(move |(at, found)| &text[at + found.len()..])
}

fn has_word(text: &str, start: &str, then: fn(char) -> bool, length: &RangeInclusive<usize>) -> bool {
    starts_of_words(text, start).any(|rest| {
        let run = run(rest, then, length.end() + 1);
        length.contains(&run) && !rest[run..].starts_with(is_alphanumeric)
    })
}

/// `-----BEGIN … PRIVATE KEY-----`, in any of the forms that OpenSSL, OpenSSH and PGP write.
fn has_private_key(text: &str) -> bool {
    text.match_indices("-----BEGIN ").any(|(at, begin)| {
        let rest = &text[at + begin.len()..];
        let label = run(rest, |c| is_upper(c) || c == ' ', 40);
        rest[..label].contains("PRIVATE KEY") && rest[label..].starts_with("-----")
    })
}

/// Two parts that are JSON in base64, and a signature (RFC 7519). One without signature opens nothing.
fn has_json_web_token(text: &str) -> bool {
    let signed = |rest: &str| {
        let mut parts = rest.split('.').map(|part| &part[..run(part, is_base64_url, part.len())]);
        let header = parts.next().is_some_and(|header| header.len() >= 8);
        header
            && parts.next().is_some_and(|claims| claims.starts_with("eyJ") && claims.len() >= 8)
            && parts.next().is_some_and(|signature| signature.len() >= 20)
    };
    starts_of_words(text, "eyJ").any(signed)
}

/// `sig=` among the parameters of a URL, with a SHA-256 in base64, or more where it is percent-encoded
/// (<https://learn.microsoft.com/rest/api/storageservices/create-service-sas>).
fn has_shared_access_signature(text: &str) -> bool {
    ["?sig=", "&sig=", "&amp;sig="].iter().any(|start| {
        let is_encoded = |c| is_base64(c) || is_base64_url(c) || c == '%';
        text.match_indices(start).any(|(at, start)| run(&text[at + start.len()..], is_encoded, 40) == 40)
    })
}

/// Three characters, a digit, `Q~` and 31 to 34 more, as Entra makes them since 2021.
fn has_entra_secret(text: &str) -> bool {
    let is_part = |c: char| is_alphanumeric(c) || "-_.~".contains(c);
    text.match_indices("Q~").any(|(at, mark)| {
        let mut before = text[..at].chars().rev();
        let starts = before.next().is_some_and(|c| c.is_ascii_digit())
            && before.by_ref().take(3).filter(|c| is_part(*c)).count() == 3;
        let rest = &text[at + mark.len()..];
        // A full stop may end the sentence.
        let body = rest[..run(rest, is_part, 36)].trim_end_matches('.');
        starts && (31..=34).contains(&body.len())
    })
}

/// A number after the prefix: of the workspace, or of the token's version.
fn has_slack_token(text: &str) -> bool {
    ["xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "xapp-"].iter().any(|start| {
        starts_of_words(text, start).any(|rest| {
            rest.starts_with(|c: char| c.is_ascii_digit())
                && run(rest, |c| is_alphanumeric(c) || c == '-', 20) == 20
        })
    })
}

/// Whether a password says only that there is one.
fn is_placeholder(password: &str) -> bool {
    password.is_empty()
        || password.starts_with(['<', '{', '[', '$', '%', '*', '…'])
        || password.starts_with("...")
}

/// What URLs of databases and queues start with.
const DATABASES: &[&str] = &[
    "postgres", "postgresql", "mysql", "mariadb", "mongodb", "mongodb+srv", "redis", "rediss", "amqp",
    "amqps", "sqlserver", "mssql", "oracle", "cockroachdb", "clickhouse",
];

/// `postgres://user:password@host`.
fn has_database_url(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let before = &text[..at];
        let scheme = before.len() - before.bytes().rev().take(20).take_while(|b| is_scheme(*b)).count();
        let rest = &text[at + mark.len()..];
        let authority =
            rest.split(|c: char| c.is_whitespace() || "/?#\"'`".contains(c)).next().unwrap_or_default();
        let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        DATABASES.iter().any(|known| known.eq_ignore_ascii_case(&before[scheme..]))
            && password.is_some_and(|(_, password)| !is_placeholder(password))
    })
}

fn is_scheme(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'+'
}

/// `Server=…;Database=…;Password=…`, in any order, on one line.
fn has_connection_string(text: &str) -> bool {
    const SERVER: &[&str] = &["server", "data source", "host", "address", "addr"];
    const DATABASE: &[&str] = &["database", "initial catalog", "data source"];
    const PASSWORD: &[&str] = &["password", "pwd"];
    text.lines().any(|line| {
        let (mut server, mut database, mut password) = (false, false, false);
        for part in line.split(';') {
            for (at, _) in part.match_indices('=') {
                let (before, value) = (part[..at].trim_end(), part[at + 1..].trim_start());
                let is = |keys: &[&str]| keys.iter().any(|key| ends_in(before, key));
                server |= is(SERVER);
                database |= is(DATABASE);
                password |= is(PASSWORD) && !is_placeholder(value);
            }
        }
        server && database && password
    })
}

/// Whether a text ends in these words, in any case.
fn ends_in(text: &str, words: &str) -> bool {
    let start = text.len().checked_sub(words.len());
    let split = start.and_then(|start| text.split_at_checked(start));
    split.is_some_and(|(before, end)| end.eq_ignore_ascii_case(words) && !before.ends_with(is_word))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// Characters of a made-up credential.
    fn some(length: usize) -> String {
        "aB3dE5gH7".chars().cycle().take(length).collect()
    }

    fn upper(length: usize) -> String {
        some(length).to_uppercase()
    }

    /// Every kind with one of its shapes.
    fn secrets() -> Vec<(&'static str, String)> {
        let key = |label: &str| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", some(64));
        let github = "a GitHub token";
        let connection = "a connection string with a password";
        vec![
            ("a private key", key("PRIVATE KEY")),
            ("a private key", key("RSA PRIVATE KEY")),
            ("a private key", key("OPENSSH PRIVATE KEY")),
            ("a private key", key("PGP PRIVATE KEY BLOCK")),
            ("a JSON Web Token", format!("eyJ{}.eyJ{}.{}", some(33), some(80), some(43))),
            (github, format!("ghp_{}", some(36))),
            (github, format!("gho_{}", some(36))),
            (github, format!("ghs_{}", some(36))),
            (github, format!("github_pat_{}_{}", some(22), some(59))),
            ("an AWS access key", format!("AKIA{}", upper(16))),
            ("an AWS access key", format!("ASIA{}", upper(16))),
            (
                "a key of an Azure account",
                format!("DefaultEndpointsProtocol=https;AccountKey={}==", some(86)),
            ),
            ("a key of an Azure account", format!("Endpoint=sb://a/;SharedAccessKey={}=", some(43))),
            (
                "a shared access signature of Azure",
                format!("https://a.example/b?sv=1&sig={}%3D&se=2", some(43)),
            ),
            (
                "a shared access signature of Azure",
                format!("https://a.example/b?sig={}%2B{}", some(20), some(22)),
            ),
            ("a client secret of Microsoft Entra", format!("x~Y8Q~{}", some(34))),
            ("a client secret of Microsoft Entra", format!("_.a1Q~{}", some(31))),
            ("a Slack token", format!("xoxb-123456789012-{}", some(24))),
            ("a Google API key", format!("AIza{}", some(35))),
            ("an npm token", format!("npm_{}", some(36))),
            ("a Stripe key", format!("sk_live_{}", some(24))),
            (connection, "postgres://app:s3cret@db.example:5432/app".to_owned()),
            (connection, "mongodb+srv://app:p%40ss@cluster.example/?retryWrites=true".to_owned()),
            (
                connection,
                "Server=tcp:db.example,1433;Initial Catalog=app;User ID=app;Password=s3cret".to_owned(),
            ),
            (connection, "Host=db.example; Database=app; Username=app; Pwd=s3cret;".to_owned()),
        ]
    }

    #[test]
    fn credentials_are_known_wherever_they_stand() {
        for (kind, secret) in secrets() {
            for text in [
                secret.clone(),
                format!("Sign in with {secret}."),
                format!("Use \"{secret}\" for the tests.\nThank you.\n"),
                format!("- key: `{secret}`\r\n"),
                format!("größer={secret}"),
            ] {
                assert_eq!(looks_like_secret(&text), Some(kind), "{text}");
            }
        }
    }

    #[test]
    fn what_is_too_short_or_part_of_a_longer_word_is_none() {
        for text in [
            format!("ghp_{}", some(20)),
            format!("github_pat_{}", some(20)),
            format!("AKIA{}", upper(15)),
            format!("AKIA{}", upper(17)),
            format!("AKIA{}x", upper(16)),
            format!("X{}AKIA{}", some(9), upper(16)),
            format!("AIza{}", some(34)),
            format!("AIza{}", some(36)),
            format!("npm_{}", some(35)),
            format!("xxxAIza{}", some(35)),
            format!("xY8Q~{}", some(34)),
            format!("x~YzQ~{}", some(34)),
            format!("x~Y8Q~{}", some(30)),
            format!("eyJ{}.eyJ{}.", some(33), some(80)),
            format!("eyJ{}.{}.{}", some(33), some(80), some(43)),
            format!("sig={}", some(44)),
            "https://a.example/?sig=abc".to_owned(),
            "xoxb-1-short and xoxb-the-token-of-your-workspace".to_owned(),
            format!("sk_test_{}", some(24)),
        ] {
            assert_eq!(looks_like_secret(&text), None, "{text}");
        }
    }

    #[test]
    fn test_accounts_are_what_the_notes_are_for() {
        for text in [
            "Sign in as tester@contoso.com / Hunter2!",
            "User: tester\nPassword: 9f8a7c6b5d4e3f2a1b0c",
            "user=tester; password=Tr0ub4dor&3",
            "Server=game.example; user=tester; password=hunter2",
            "username / password: reviewer / c0rrect-horse_battery~staple",
            "https://tester:hunter2@staging.example/login",
            "Licence key: ABCDE-12345-FGHIJ-67890-KLMNO",
            "One-time code: 482913. PIN 0000.",
        ] {
            assert_eq!(looks_like_secret(text), None, "{text}");
        }
    }

    #[test]
    fn ordinary_texts_are_no_credentials() {
        for text in [
            "",
            "Read your books everywhere. The key to a good evening: a password manager and a token of love.",
            "Open https://contoso.example/help?id=9NBLGGH4R315&lang=en-us#sig=none",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "d41d8cd98f00b204e9800998ecf8427e, da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
            "npm_config_registry, ghp_ and AKIA are prefixes; write AccountKey=<key> and sig=<signature>",
            "AccountKey=your-key-here",
            "postgres://localhost/app, postgres://app@db/app and postgres://app:${PASSWORD}@db/app",
            "Server=db;Database=app;Password={your_password}",
            "Server=db;Database=app;Integrated Security=true",
            "Fixed: 8Q~ is drawn right. Über~4Q~",
            "本を読む。\u{1f4da} ½ 9Q~",
        ] {
            assert_eq!(looks_like_secret(text), None, "{text}");
        }
    }

    #[test]
    fn no_text_takes_long() {
        for piece in [
            "eyJ", "eyJa.", "eyJaaaaaaaa.eyJaaaaaaaa.", "Q~", "8Q~aaa ", "xoxb-", "xoxb-1 ", "://",
            "redis://a:", "a=b;", "=", "= ", "server=a;", "-----BEGIN ", "?sig=", "AccountKey=", "ghp_",
            "github_pat_", "sk_live_a", "AIza-", "ü",
        ] {
            let text = piece.repeat(1_000_000 / piece.len());
            let started = Instant::now();
            assert_eq!(looks_like_secret(&text), None, "{piece}");
            let took = started.elapsed();
            assert!(took < Duration::from_secs(20), "{took:?} for {piece}");
        }
    }
}
