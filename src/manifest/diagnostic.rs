//! What there is to say about what the user wrote: many at once, each with a code and a place.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::code::Code;
use super::sharing::Sharing;
use super::source::Span;

/// How bad it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is sent while there is one.
    Error,
    /// The run goes on.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, as a lower-case fragment.
    pub message: String,
    /// Where; `None` when no text is to blame.
    pub span: Option<Span>,
    /// What to say right at the place.
    pub label: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Whether the text at the place must not be shown, only where it is.
    pub hides_text: bool,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span: span.into(),
            label: None,
            help: None,
            hides_text: false,
        }
    }

    /// A warning at a place.
    pub fn warning(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// With a word right at the place.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), ..self }
    }

    /// With a remedy.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// With the text at the place kept secret where `secret` says so.
    #[must_use]
    pub fn hiding_text(self, secret: bool) -> Self {
        Self { hides_text: secret, ..self }
    }
}

/// More findings are counted, not kept: nobody reads them, and a hostile manifest can cause any number.
const MAX_KEPT: usize = 2000;
/// Messages name what the user wrote, which can be of any length.
const MAX_MESSAGE_BYTES: usize = 4096;
/// No honest run has as many notes.
const MAX_SECRET_TEXTS: usize = 1000;
/// A shorter text is an ordinary word, too.
const MIN_SECRET: usize = 8;
/// What stands for a secret.
const BLANK: &str = "••••••••";
/// No key or word is longer; comparing long ones takes time by the square of their length.
const MAX_WORD_BYTES: usize = 64;
/// How much of a name is said where several are.
const MAX_BRIEF_CHARS: usize = 120;

/// The findings of a run. The same finding is kept once, however many languages share the line it is about.
#[derive(Debug, Default)]
pub struct Diagnostics {
    /// Each with its number, by which those at one place are sorted.
    kept: HashMap<Diagnostic, usize>,
    /// How many errors were told, doubles counted.
    errors: usize,
    hides_text: bool,
    /// Where text stands that must not be shown, whatever is said beside it.
    secrets: Vec<Span>,
    /// What it says: an alias can bring it to any place, where a finding would quote it.
    secret_texts: BTreeSet<String>,
    /// How many were left out, said as a finding.
    left_out: Option<(usize, Diagnostic)>,
    /// Those about values that languages share.
    sharing: Sharing,
}

impl Diagnostics {
    /// Adds a finding, unless it is there already. Over-long messages are cut; findings beyond a limit that no
    /// honest manifest reaches are only counted, in an error of its own.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let diagnostic = self.fit(diagnostic);
        let room = !self.is_full();
        if let Err(diagnostic) = self.sharing.take(diagnostic, room) {
            self.keep(diagnostic);
        }
    }

    /// As [`Self::push`], for what is true of all languages that share a value when it is true of one.
    pub(super) fn push_for_all(&mut self, diagnostic: Diagnostic) {
        let diagnostic = self.fit(diagnostic);
        self.keep(diagnostic);
    }

    fn fit(&mut self, mut diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.message = self.blanked(diagnostic.message);
        diagnostic.label = diagnostic.label.map(|label| self.blanked(label));
        diagnostic.help = diagnostic.help.map(|help| self.blanked(help));
        let Diagnostic { message, label, help, .. } = &mut diagnostic;
        for text in [Some(message), label.as_mut(), help.as_mut()].into_iter().flatten() {
            cut(text);
        }
        diagnostic.hides_text |= self.hides_text;
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        diagnostic
    }

    /// From now on, findings are about the value that `language` shares with others, `sharing` in all; `None`: about
    /// something else. A finding that is not true of all of them names its languages, since its place does not.
    pub(super) fn about(&mut self, language: Option<&str>, sharing: usize) {
        self.sharing.about(language, sharing);
    }

    /// Every language was looked at: findings about shared values are what they are.
    pub(super) fn settle(&mut self) {
        for diagnostic in self.sharing.settle() {
            self.keep(diagnostic);
        }
    }

    fn keep(&mut self, diagnostic: Diagnostic) {
        if self.kept.len() < MAX_KEPT {
            let number = self.kept.len();
            self.kept.entry(diagnostic).or_insert(number);
        } else if !self.kept.contains_key(&diagnostic) {
            let count = self.left_out.as_ref().map_or(0, |(count, _)| *count) + 1;
            let message = format!("{count} more findings were left out; these are the first {MAX_KEPT}");
            self.left_out = Some((count, Diagnostic::error(Code::TooComplex, None, message)));
            self.errors += 1;
        }
    }

    /// From now on, whether findings are about text that must not be shown.
    pub(super) fn hide_text(&mut self, hide: bool) {
        self.hides_text = hide;
    }

    /// Whether findings are about such text now.
    pub(super) fn hides_text(&self) -> bool {
        self.hides_text
    }

    /// The text at a place must not be shown, also not beside a finding about something else.
    pub(super) fn keep_secret(&mut self, span: Span) {
        self.secrets.push(span);
    }

    /// The same for what is said there, wherever it is said.
    pub(super) fn keep_secret_text(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() && self.secret_texts.len() < MAX_SECRET_TEXTS {
            self.secret_texts.insert(text.to_owned());
        }
    }

    /// What is said of a text, without the text where it is secret. A short one is a secret only as a whole value.
    fn blanked(&self, said: String) -> String {
        let length = said.len();
        let mut blanked = said;
        for secret in self.secret_texts.iter().filter(|secret| secret.len() <= length) {
            let quoted = format!("`{secret}`");
            if blanked.contains(&quoted) {
                blanked = blanked.replace(&quoted, &format!("`{BLANK}`"));
            } else if secret.chars().count() >= MIN_SECRET && blanked.contains(secret.as_str()) {
                blanked = blanked.replace(secret.as_str(), BLANK);
            }
        }
        blanked
    }

    /// The bytes of a place that must not be shown.
    pub fn secrets_within(&self, span: Span) -> Vec<Range<usize>> {
        let touches = |secret: &&Span| {
            secret.source == span.source && secret.start < span.end && secret.end > span.start
        };
        self.secrets.iter().filter(touches).map(|secret| secret.range()).collect()
    }

    /// Whether further findings are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.kept.len() + self.sharing.count() >= MAX_KEPT
    }

    /// As [`did_you_mean`], but no guess once findings are only counted: there is no use in it then, and it takes long
    /// where there are very many.
    pub(super) fn guess<'c>(
        &self,
        written: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<&'c str> {
        if self.is_full() { None } else { did_you_mean(written, candidates) }
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors were told so far, doubles counted.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// The first so many of them, errors before warnings where not all are, in the order of [`Self::sorted`].
    pub fn foremost(&self, max: usize) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.sorted().into_iter().enumerate().collect();
        all.sort_by_key(|(place, diagnostic)| (diagnostic.severity, *place));
        all.truncate(max);
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, diagnostic)| diagnostic).collect()
    }

    /// All of them, in the order of files and positions; those without a place first.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.kept.iter().collect();
        all.sort_by_key(|(diagnostic, number)| (diagnostic.span, **number));
        let left_out = self.left_out.iter().map(|(_, diagnostic)| diagnostic);
        left_out.chain(all.into_iter().map(|(diagnostic, _)| diagnostic)).collect()
    }
}

/// Leaves the middle of an over-long text out, where what the user wrote stands.
fn cut(text: &mut String) {
    if text.len() > MAX_MESSAGE_BYTES {
        let (half, end) = (MAX_MESSAGE_BYTES / 2, text.len());
        let start = &text[..text.floor_char_boundary(half)];
        *text = format!("{start}…{}", &text[text.ceil_char_boundary(end - half)..]);
    }
}

/// A name of any length, for a text in which it stands beside others.
pub fn brief(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(MAX_BRIEF_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]).into(),
        None => name.into(),
    }
}

/// The candidate that was probably meant, if one is near enough.
pub fn did_you_mean<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if written.len() > MAX_WORD_BYTES {
        return None;
    }
    let folded = written.to_lowercase();
    let length = folded.chars().count();
    let near = |candidate: &str| (candidate.len().max(written.len()) / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 2 * MAX_WORD_BYTES)
        .map(|candidate| (candidate, candidate.to_lowercase()))
        // Words differ at least by what one is longer than the other, which is told sooner.
        .filter(|(candidate, other)| other.chars().count().abs_diff(length) <= near(candidate))
        .map(|(candidate, other)| (strsim::damerau_levenshtein(&folded, &other), candidate))
        .filter(|(distance, candidate)| *distance <= near(candidate))
        // Everything is near to a word of one letter.
        .filter(|(distance, _)| *distance < written.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_guessed_and_far_ones_are_not() {
        assert_eq!(did_you_mean("keywrods", ["keywords", "features"]), Some("keywords"));
        assert_eq!(did_you_mean("public", ["Public", "Private"]), Some("Public"));
        assert_eq!(did_you_mean("zebra", ["keywords", "features"]), None);
        assert_eq!(did_you_mean("a", ["at", "A"]), Some("A"));
        assert_eq!(did_you_mean("a", ["at"]), None);
        let long = "k".repeat(65);
        assert_eq!(did_you_mean(&long, [long.as_str()]), None);
    }

    #[test]
    fn findings_are_kept_once_in_order_and_counted_beyond_the_limit() {
        let mut diagnostics = Diagnostics::default();
        for i in (0..MAX_KEPT - 1).chain(0..MAX_KEPT - 1) {
            diagnostics.push(Diagnostic::warning(Code::UnknownKey, None, format!("m{i}")));
        }
        assert!(!diagnostics.has_errors());
        assert_eq!(diagnostics.sorted().len(), MAX_KEPT - 1);
        assert_eq!(diagnostics.sorted()[2].message, "m2");
        for i in 0..3 {
            diagnostics.push(Diagnostic::warning(Code::UnknownKey, None, format!("n{i}")));
        }
        assert!(diagnostics.has_errors(), "what was left out could be one");
        assert_eq!(diagnostics.sorted().len(), MAX_KEPT + 1);
        assert!(diagnostics.sorted()[0].message.starts_with("2 more findings were left out"));
    }

    #[test]
    fn errors_are_among_the_foremost() {
        let mut diagnostics = Diagnostics::default();
        for i in 0..9 {
            diagnostics.push(Diagnostic::warning(Code::UnknownKey, None, format!("w{i}")));
        }
        diagnostics.push(Diagnostic::error(Code::UnknownKey, None, "e"));
        let foremost = |max| diagnostics.foremost(max).iter().map(|d| d.message.clone()).collect::<Vec<_>>();
        assert_eq!(foremost(3), ["w0", "w1", "e"]);
        assert_eq!(foremost(20).len(), 10);
    }

    #[test]
    fn what_to_do_is_cut_too() {
        let mut diagnostics = Diagnostics::default();
        let long = "x".repeat(1_000_000);
        diagnostics.push(Diagnostic::error(Code::UnknownKey, None, "m").help(long.clone()).label(long));
        let said = diagnostics.sorted()[0];
        for text in [&said.help, &said.label] {
            assert!(text.as_ref().unwrap().len() <= MAX_MESSAGE_BYTES + 3);
        }
        assert_eq!(brief(&"ü".repeat(121)).chars().count(), 121);
    }

    #[test]
    fn messages_are_cut_between_characters() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::error(Code::UnknownKey, None, "ü".repeat(1_000_000) + "x"));
        diagnostics.push(Diagnostic::error(Code::UnknownKey, None, "x".to_owned() + &"ü".repeat(1_000_000)));
        diagnostics.push(Diagnostic::error(
            Code::FileMissing,
            None,
            format!("`{}` is gone", "x".repeat(9000)),
        ));
        assert!(diagnostics.sorted().iter().all(|d| d.message.len() <= MAX_MESSAGE_BYTES + 3));
        assert!(diagnostics.sorted()[2].message.ends_with("x` is gone"));
    }
}
