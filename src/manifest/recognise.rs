//! Telling manifests from the YAML of other programs, which is none of our business, broken or not.

use std::io::Read;
use std::path::Path;

use crate::submission::Kind;

use super::budget::Budget;
use super::code::Code;
use super::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use super::source::{Sources, Span};
use super::workspace::{MAX_TEXT_BYTES, Workspace};
use super::yaml::{self, Node, Yaml};

/// How much of a file that cannot be read as a text is looked at.
const START_BYTES: u64 = 64 * 1024;
/// In how many lines of a file a kind is guessed.
const MAX_GUESSED: usize = 100;
/// How many times as long as looking through a text it takes to read it as YAML.
const YAML_TAKES: usize = 8;

/// What a document is by its `kind`.
pub(super) enum KindOf<'d> {
    Known(Kind),
    /// A word near that of a kind, or any other word in what else looks like a manifest.
    Meant {
        written: &'d str,
        at: Span,
        kind: Option<&'static str>,
    },
    /// The key in another case, with a kind.
    Misspelt {
        at: Span,
    },
    /// A list of manifests.
    Listed {
        at: Span,
    },
    /// No kind, and a block of a manifest.
    Missing {
        at: Span,
    },
    /// None of our business.
    Other,
}

/// Keys of which one, beside a `kind` or a block, tells a manifest from the documents of other programs.
const TELLING: [&str; 10] = [
    "name", "submission", "release", "rollout", "id", "app", "productId", "productType", "friendlyName",
    "groupIds",
];

/// What a document is.
pub(super) fn kind_of(document: &Node) -> KindOf<'_> {
    if let Yaml::List(items) = &document.value {
        let is_one = |item: &&Node| item.entries().is_some() && matches!(kind_of(item), KindOf::Known(_));
        return items.iter().find(is_one).map_or(KindOf::Other, |item| KindOf::Listed { at: item.span });
    }
    let entries = document.entries().unwrap_or_default();
    let has = |key: &str| document.get(key).is_some();
    // Who else writes `kind` writes this beside it.
    if has("apiVersion") {
        return KindOf::Other;
    }
    let has_block = has("submission") || has("release");
    // What several manifests share may hold a block, but not who it is about.
    let looks_like_one = has_block && ["name", "id", "app", "productId"].into_iter().any(has);
    let tells = TELLING.into_iter().any(has);
    let missing = || KindOf::Missing { at: entries.first().map_or(document.span, |first| first.key_span) };
    let Some(entry) = entries.iter().find(|entry| entry.key == "kind") else {
        let is_kind = |entry: &&yaml::Entry| {
            let Yaml::Scalar { text, .. } = &entry.value.value else { return false };
            entry.key.eq_ignore_ascii_case("kind") && Kind::parse(text).is_some()
        };
        return match entries.iter().find(is_kind) {
            Some(near) => KindOf::Misspelt { at: near.key_span },
            None if looks_like_one => missing(),
            None => KindOf::Other,
        };
    };
    let Yaml::Scalar { text, .. } = &entry.value.value else {
        return if looks_like_one { KindOf::Missing { at: entry.key_span } } else { KindOf::Other };
    };
    match Kind::parse(text) {
        Some(kind) => KindOf::Known(kind),
        None if text.is_empty() && has_block => KindOf::Missing { at: entry.key_span },
        None => match did_you_mean(text, kinds()) {
            None if !has_block => KindOf::Other,
            Some(_) if !tells => KindOf::Other,
            kind => KindOf::Meant { written: text, at: entry.value.span, kind },
        },
    }
}

fn kinds() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().map(|kind| kind.as_str())
}

impl KindOf<'_> {
    /// What there is to say of what was meant as a manifest and is none.
    pub(super) fn mistake(&self) -> Option<Diagnostic> {
        let said = match self {
            Self::Known(_) | Self::Other => return None,
            Self::Meant { written, at, kind } => {
                let help = match kind {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("kinds are {}", kinds().collect::<Vec<_>>().join(", ")),
                };
                let message = format!("there is no kind `{written}`");
                return Some(Diagnostic::error(Code::UnknownKind, *at, message).help(help));
            }
            Self::Misspelt { at } => {
                (Code::UnknownKey, at, "the key is `kind`, in lower case", "write `kind`")
            }
            Self::Listed { at } => (
                Code::WrongType,
                at,
                "manifests in a list",
                "put a line `---` between them, without `- ` before their keys",
            ),
            Self::Missing { at } => (
                Code::MissingKey,
                at,
                "this looks like a manifest, and has no `kind`",
                "add `kind: App`, `kind: AddOn` or `kind: Flight`",
            ),
        };
        let (code, at, message, help) = said;
        Some(Diagnostic::error(code, *at, message).help(help))
    }
}

/// Whether a text, in a file that nobody named, holds what may be a manifest: a line of one, broken or not, or a document.
pub(super) fn holds_manifest(text: &str, budget: &mut Budget) -> Result<bool, Diagnostic> {
    budget.look(text.len())?;
    if has_line_of_one(text) {
        return Ok(true);
    }
    if !text.split("\n---").any(has_word_of_one) {
        return Ok(false);
    }
    budget.look(text.len().saturating_mul(YAML_TAKES))?;
    let mut sources = Sources::default();
    let source = sources.add("", Path::new(""), text);
    let parsed = yaml::parse(&sources, source, &mut Diagnostics::default());
    Ok(parsed.documents.iter().any(|document| !matches!(kind_of(document), KindOf::Other)))
}

/// Whether a text has a line that starts as those of manifests do.
fn has_line_of_one(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    // Also indented, in quotes, in a map of one line, or behind an anchor.
    let start = [' ', '\t', '-', '{', '"', '\''];
    let mut guesses = 0;
    let mut is_kind = |kind: &str| {
        guesses += 1;
        Kind::parse(kind).is_some() || guesses <= MAX_GUESSED && did_you_mean(kind, kinds()).is_some()
    };
    text.lines().any(|line| {
        let line = line.trim_start_matches(start);
        // A manifest without its kind.
        line.starts_with("submission:")
            || line.get(..4).is_some_and(|key| key.eq_ignore_ascii_case("kind"))
                && line[4..].trim_start_matches(['"', '\'', ' ']).strip_prefix(':').is_some_and(|kind| {
                    let mut words = kind.split([' ', ',', '}', '"', '\'', '#']);
                    let kind = words
                        .find(|word| !word.is_empty() && !word.starts_with(['&', '!']))
                        .unwrap_or_default();
                    is_kind(kind)
                })
    })
}

/// Whether a document has a word that one with our kinds or blocks has, and is not of a program that writes `apiVersion`.
fn has_word_of_one(document: &str) -> bool {
    let is_ours = |word: &[u8]| {
        let ours = kinds().chain(["add", "submission", "release"]);
        (3..=10).contains(&word.len())
            && ours.into_iter().any(|our| word.eq_ignore_ascii_case(our.as_bytes()))
    };
    document.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()).any(is_ours)
        && !document.lines().any(|line| line.starts_with("apiVersion:"))
}

/// Whether a file that is not UTF-8, or too large, starts with what a manifest holds.
pub(super) fn looks_like_manifest(
    workspace: &Workspace,
    path: &Path,
    budget: &mut Budget,
) -> Result<bool, Diagnostic> {
    let mut bytes = Vec::new();
    let start = workspace.open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let Ok((size, file)) = start else { return Ok(false) };
    // Of what is too large nothing was read so far.
    let read = if size > MAX_TEXT_BYTES { START_BYTES } else { size };
    budget.look(usize::try_from(read).unwrap_or(usize::MAX))?;
    if file.take(START_BYTES).read_to_end(&mut bytes).is_err() {
        return Ok(false);
    }
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let bytes: Vec<u8> = bytes.into_iter().filter(|byte| !wide || (*byte != 0 && *byte < 0xfe)).collect();
    Ok(has_line_of_one(&String::from_utf8_lossy(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str) -> bool {
        holds_manifest(text, &mut Budget::default()).unwrap()
    }

    #[test]
    fn manifests_are_told_from_other_documents() {
        for text in [
            "{name: b, kind: App, id: bad}", "kind:\n  App", "kind: >-\n  App", "? kind\n: App",
            "kind: !!str App", "- kind: App\n  name: b", "kind: [App]\nname: b\nid: x\nsubmission: {}",
            "name: b\rkind: App\r", "name: b\nid: x\nrelease: {}", "kind: Ap\nid: x", "Kind: App",
            "kind: App\n: : [", "kind: App", "a: 1\n---\nkind: Flight",
        ] {
            assert!(holds(text), "{text}");
        }
        for text in
            ["kind: Deployment\nid: x", "- kind\n- release", "kind: [", "a: b", "{apiVersion: v1, kind: App}"]
        {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn documents_of_other_programs_are_none_of_ours() {
        let is_other = |text: &str| {
            let mut sources = Sources::default();
            let source = sources.add("", Path::new(""), text);
            let parsed = yaml::parse(&sources, source, &mut Diagnostics::default());
            matches!(kind_of(&parsed.documents[0]), KindOf::Other)
        };
        for text in [
            "apiVersion: backstage.io/v1alpha1\nkind: API", "apiVersion: v1\nkind: App\nmetadata: {}",
            "kind: light\ncolour: red", "kind: Addon", "submission: {visibility: Public}", "release: {a: b}",
        ] {
            assert!(is_other(text), "{text}");
        }
        for text in ["kind: App", "kind: Addon\nname: a", "name: a\nrelease: {}", "kind:\nsubmission: {}"] {
            assert!(!is_other(text), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_manifest_is_looked_into() {
        for text in [
            "kind: App", " kind: App", "{kind: App, name: x}", "\"kind\": App", "kind: &a App # x",
            "kind: 'AddOn'", "kind: Ap",
        ] {
            assert!(has_line_of_one(text), "{text}");
        }
        for text in ["kind: Deployment", "kinds: App", "a: kind", "kind:"] {
            assert!(!has_line_of_one(text), "{text}");
        }
    }
}
