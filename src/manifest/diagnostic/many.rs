//! The findings of a run: the first ones in order, each once, and how many more there are.

use std::collections::btree_map::OccupiedEntry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use super::super::code::Code;

use super::super::source::Span;
use super::sharing::Sharing;
use super::{Diagnostic, Severity, did_you_mean};

/// More findings are counted, not kept: nobody reads them, and a hostile manifest can cause any number.
const MAX_KEPT: usize = 2000;
/// And more are not even counted.
const MAX_COUNTED: usize = 100_000;
/// Messages name what the user wrote, which can be of any length.
const MAX_MESSAGE_BYTES: usize = 4096;
/// No honest run has as many notes.
const MAX_SECRET_TEXTS: usize = 1000;
/// A shorter text is an ordinary word, too.
const MIN_SECRET: usize = 8;
/// What stands for a secret.
const BLANK: &str = "••••••••";

/// Where a finding stands among others: errors first, then by its place, then in the order of discovery.
type Rank = (Severity, Option<Span>, usize);

/// The findings of a run. The same finding is kept once, however many languages share the line it is about.
#[derive(Debug, Default)]
pub struct Diagnostics {
    /// Those that are kept: of all that were told, the first ones.
    kept: BTreeMap<Rank, Arc<Diagnostic>>,
    /// The same, to find doubles.
    known: HashSet<Arc<Diagnostic>>,
    /// How many were told that are no doubles of what is kept.
    told: usize,
    /// How many errors were told, doubles counted.
    errors: usize,
    hides_text: bool,
    /// Where text stands that must not be shown, whatever is said beside it.
    secrets: Vec<Span>,
    /// What it says: an alias can bring it to any place, where a finding would quote it.
    secret_texts: BTreeSet<String>,
    /// Digests of those that were left out, so that doubles are not counted.
    left_out: HashSet<u64>,
    /// That some were, said as a finding.
    said_of_left_out: Option<Diagnostic>,
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
    pub(in crate::manifest) fn push_for_all(&mut self, diagnostic: Diagnostic) {
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
    pub(in crate::manifest) fn about(&mut self, language: Option<&str>, sharing: usize) {
        self.sharing.about(language, sharing);
    }

    /// Every language was looked at: findings about shared values are what they are.
    pub(in crate::manifest) fn settle(&mut self) {
        for diagnostic in self.sharing.settle() {
            self.keep(diagnostic);
        }
    }

    fn keep(&mut self, diagnostic: Diagnostic) {
        if self.known.contains(&diagnostic) {
            return;
        }
        self.told += 1;
        let rank = (diagnostic.severity, diagnostic.span, self.told);
        if self.kept.len() >= MAX_KEPT {
            let last = self.kept.last_entry().filter(|last| *last.key() > rank);
            let Some(last) = last.map(OccupiedEntry::remove) else { return self.leave_out(&diagnostic) };
            self.known.remove(&last);
            self.leave_out(&last);
        }
        let diagnostic = Arc::new(diagnostic);
        self.kept.insert(rank, Arc::clone(&diagnostic));
        self.known.insert(diagnostic);
    }

    fn leave_out(&mut self, diagnostic: &Diagnostic) {
        let mut digest = DefaultHasher::new();
        diagnostic.hash(&mut digest);
        let is_new = self.left_out.len() < MAX_COUNTED && self.left_out.insert(digest.finish());
        let said = self.said_of_left_out.as_ref().map(|said| said.severity);
        // An error is left out after all warnings.
        let severity = said.map_or(diagnostic.severity, |said| said.min(diagnostic.severity));
        if !is_new && said == Some(severity) {
            return;
        }
        let were = match self.left_out.len() {
            1 => "1 more finding was".to_owned(),
            MAX_COUNTED => format!("at least {MAX_COUNTED} more findings were"),
            count => format!("{count} more findings were"),
        };
        let message = format!("{were} left out; these are the first {MAX_KEPT}, errors before warnings");
        let said = Diagnostic::error(Code::TooComplex, None, message);
        self.said_of_left_out = Some(Diagnostic {
            severity,
            ..said.help("mend these first, or check fewer manifests at a time")
        });
    }

    /// How many findings are not among [`Self::sorted`], where some are not.
    pub fn left_out(&self) -> usize {
        self.left_out.len()
    }

    /// From now on, whether findings are about text that must not be shown.
    pub(in crate::manifest) fn hide_text(&mut self, hide: bool) {
        self.hides_text = hide;
    }

    /// Whether findings are about such text now.
    pub(in crate::manifest) fn hides_text(&self) -> bool {
        self.hides_text
    }

    /// The text at a place must not be shown, also not beside a finding about something else.
    pub(in crate::manifest) fn keep_secret(&mut self, span: Span) {
        self.secrets.push(span);
    }

    /// The same for what is said there, wherever it is said.
    pub(in crate::manifest) fn keep_secret_text(&mut self, text: &str) {
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
    pub(in crate::manifest) fn is_full(&self) -> bool {
        self.kept.len() + self.sharing.count() >= MAX_KEPT
    }

    /// As [`did_you_mean`], but no guess once findings are only counted: there is no use in it then, and it takes long
    /// where there are very many.
    pub(in crate::manifest) fn guess<'c>(
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
    pub(in crate::manifest) fn errors(&self) -> usize {
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
        all.sort_by_key(|((_, span, number), _)| (*span, *number));
        self.said_of_left_out.iter().chain(all.into_iter().map(|(_, diagnostic)| &**diagnostic)).collect()
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::super::source::Sources;
    use super::*;

    #[test]
    fn findings_are_kept_once_in_order_and_counted_beyond_the_limit() {
        let mut diagnostics = Diagnostics::default();
        for i in (0..MAX_KEPT - 1).chain(0..MAX_KEPT - 1) {
            diagnostics.push(Diagnostic::warning(Code::UnknownKey, None, format!("m{i}")));
        }
        assert_eq!(diagnostics.sorted().len(), MAX_KEPT - 1);
        assert_eq!(diagnostics.sorted()[2].message, "m2");
        for i in [0, 1, 2, 2, 1] {
            diagnostics.push(Diagnostic::warning(Code::UnknownKey, None, format!("n{i}")));
        }
        assert_eq!(diagnostics.sorted().len(), MAX_KEPT + 1);
        assert_eq!(diagnostics.left_out(), 2, "doubles are not counted");
        assert!(diagnostics.sorted()[0].message.starts_with("2 more findings were left out"));
        assert!(!diagnostics.has_errors(), "nothing but warnings was left out");
    }

    #[test]
    fn what_is_left_out_is_the_last_in_order_and_no_error_while_there_are_warnings() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", Path::new(""), &"x".repeat(2 * MAX_KEPT));
        let at = |start| Span { source, start, end: start + 1 };
        let told = |order: &mut dyn Iterator<Item = usize>| {
            let mut diagnostics = Diagnostics::default();
            for start in order {
                diagnostics.push(Diagnostic::warning(Code::UnknownKey, at(start), "w"));
            }
            diagnostics.push(Diagnostic::error(Code::UnknownKey, at(2 * MAX_KEPT - 1), "e"));
            diagnostics.sorted().into_iter().cloned().collect::<Vec<_>>()
        };
        let forwards = told(&mut (0..2 * MAX_KEPT));
        assert_eq!(forwards, told(&mut (0..2 * MAX_KEPT).rev()), "whatever is found first");
        assert!(forwards[0].message.starts_with(&format!("{} more findings", MAX_KEPT + 1)));
        assert_eq!(forwards[MAX_KEPT - 1].span, Some(at(MAX_KEPT - 2)));
        assert_eq!(forwards[MAX_KEPT].message, "e");
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
