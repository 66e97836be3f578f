//! What must not be said, although a service quotes it: access tokens, and signatures of upload URLs.

use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use url::form_urlencoded;

/// What stands in the place of a secret.
const HIDDEN: &str = "(hidden)";
/// Where the signature of a URL begins.
const SIGNATURE: &str = "sig=";
/// Shorter texts are also parts of other words; no token and no signature is that short.
const SHORTEST: usize = 8;
/// No more are kept than a run can meet.
const MOST: usize = 10_000;

/// Every secret of a run, so that it is known when a service quotes it.
#[derive(Default)]
pub(super) struct Hush(Mutex<Vec<SecretString>>);

impl Hush {
    /// Keeps a secret in mind.
    pub(super) fn keep(&self, secret: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = kept.iter().any(|known| known.expose_secret() == secret);
        if secret.len() >= SHORTEST && !is_known && kept.len() < MOST {
            kept.push(secret.to_owned().into());
        }
    }

    /// Keeps the signatures of the URLs in an answer in mind, however they are written.
    pub(super) fn keep_signatures(&self, body: &[u8]) {
        let text = String::from_utf8_lossy(body);
        for (at, _) in text.match_indices(SIGNATURE) {
            let signature = signature(&text[at + SIGNATURE.len()..]);
            let safe = signature.replace('+', "%2B");
            for spelled in [signature, &safe] {
                self.keep(spelled);
                for (decoded, _) in form_urlencoded::parse(spelled.replace('=', "%3D").as_bytes()) {
                    self.keep(&decoded);
                }
            }
        }
    }

    /// A service's words without any of them, and without the signature of any URL.
    pub(super) fn text(&self, text: &str) -> String {
        let mut known = text.to_owned();
        for secret in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if known.contains(secret.expose_secret()) {
                known = known.replace(secret.expose_secret(), HIDDEN);
            }
        }
        let mut left = known.as_str();
        let mut shown = String::with_capacity(known.len());
        while let Some((before, after)) = left.split_once(SIGNATURE) {
            shown.extend([before, SIGNATURE]);
            left = after;
            let signature = signature(after);
            if !(signature.is_empty() || after.starts_with(HIDDEN)) {
                shown.push_str(HIDDEN);
                left = &after[signature.len()..];
            }
        }
        shown.push_str(left);
        shown
    }
}

/// The signature that a text begins with.
fn signature(text: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '<' | '>' | '\\' | ')' | ',');
    text.split(ends).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_hidden_however_it_is_written() {
        let hush = Hush::default();
        hush.keep_signatures(br#"{"fileUploadUrl":"https://x/y?sv=1&sig=abc%2Bdef/ghi%3D&se=2"}"#);
        for quoted in ["abc%2Bdef/ghi%3D", "abc+def/ghi="] {
            assert_eq!(hush.text(&format!("{quoted} is wrong")), "(hidden) is wrong");
            assert_eq!(hush.text(&format!("?sig={quoted}&b")), "?sig=(hidden)&b");
        }
        // As a form reads it that was not encoded, which some services do.
        hush.keep_signatures(b"?sig=jkl+mnop/q=&se=2");
        assert_eq!(hush.text("?sig=jkl mnop/q= is wrong"), "?sig=(hidden) is wrong");
        assert_eq!(
            hush.text("see https://z/?sig=other+one&a=b, sig="),
            "see https://z/?sig=(hidden)&a=b, sig="
        );
        hush.keep("token-0123");
        assert_eq!(hush.text("'token-0123' is not abc"), "'(hidden)' is not abc");
    }
}
