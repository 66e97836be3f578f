//! Keys that are languages.

use std::collections::HashSet;

use crate::submission::vocabulary::{LANGUAGES, is_language, is_listed_language};

use super::code::Code;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::source::Span;
use super::value::Values;
use super::yaml::Entry;

/// The languages of one map, which are the same in any case.
#[derive(Default)]
pub(super) struct LanguageKeys(HashSet<String>);

impl LanguageKeys {
    /// The language that a key names, in lower case; `None` where it names none, or one that was there, which is
    /// reported.
    pub(super) fn name(&mut self, values: &mut Values<'_, '_>, entry: &Entry) -> Option<String> {
        let at = entry.key_span;
        if !is_language(&entry.key) {
            let diagnostic = no_language(&entry.key, at, values.diagnostics);
            values.report(diagnostic);
            return None;
        }
        let language = entry.key.to_ascii_lowercase();
        if !self.0.insert(language.clone()) {
            let message = format!("the language `{language}` is given twice");
            values.report(Diagnostic::error(Code::DuplicateKey, at, message).help("remove one of the two"));
            return None;
        }
        if !is_listed_language(&language) {
            let diagnostic = unlisted(&language, at, values.diagnostics);
            values.report(diagnostic);
        }
        Some(language)
    }
}

fn no_language(written: &str, at: Span, known: &Diagnostics) -> Diagnostic {
    let meant = written.replace('_', "-").to_lowercase();
    let meant = Some(meant.as_str()).filter(|meant| is_listed_language(meant));
    // Nearly everything is near to a word of one or two letters.
    let near = || known.guess(written, LANGUAGES.iter().copied()).filter(|_| written.len() > 3);
    let message = format!("`{written}` is not a listing language");
    let diagnostic = Diagnostic::error(Code::BadLanguage, at, message);
    match meant.or_else(near) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help("languages look like `en-us`, `de` or `zh-hans`"),
    }
}

/// How many languages are named of which one may be meant.
const MAX_NAMED: usize = 6;

fn unlisted(language: &str, at: Span, known: &Diagnostics) -> Diagnostic {
    let message = format!("the Store does not list `{language}` among its languages");
    let diagnostic = Diagnostic::warning(Code::UnlistedLanguage, at, message);
    let is_of_it = |listed: &&&str| listed.strip_prefix(language).is_some_and(|rest| rest.starts_with('-'));
    let of_it: Vec<&str> = LANGUAGES.iter().filter(is_of_it).take(MAX_NAMED).copied().collect();
    // Nearly everything is near to a word of one or two letters.
    let near = || known.guess(language, LANGUAGES.iter().copied()).filter(|_| language.len() > 3);
    match of_it.first().copied().or_else(near) {
        Some(_) if of_it.len() > 1 => diagnostic.help(format!("write one of `{}`", of_it.join("`, `"))),
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help("the service answers an unknown language with an internal error"),
    }
}
