//! What the Store says is wrong, and where in the manifests that was written.

use std::fmt;

use crate::manifest::{Desired, Location, Owned, Wanted};
use crate::partner_center::StoreMessage;

/// An error of the Store about a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The Store's code and words.
    pub message: StoreMessage,
    /// Where what it names was written, if it names something that a manifest owns.
    pub at: Option<Location>,
}

impl Complaint {
    /// Finds the places of errors.
    pub(super) fn all(messages: Vec<StoreMessage>, desired: &Desired) -> Vec<Self> {
        messages
            .into_iter()
            .map(|message| Self { at: place(&message.details, desired).cloned(), message })
            .collect()
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = self.message.details.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(f, "{}: {details}", self.message.code)?;
        match &self.at {
            Some(at) => write!(f, " ({}:{}:{})", at.file, at.line, at.column),
            None => Ok(()),
        }
    }
}

/// Field names shorter than this are also parts of other words.
const SHORTEST: usize = 4;

/// The place of what an error names: a file by its name in the upload, else a field, in the language that is named too.
fn place<'d>(details: &str, desired: &'d Desired) -> Option<&'d Location> {
    let lower = details.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
    let of_a_file = desired.owned.iter().find(|owned| file_names(owned).any(|name| details.contains(name)));
    let named = |owned: &&Owned| {
        // `MissingTitle` and `ShortDescription` name `title` and `shortDescription`.
        owned.path.keys().last().map(|key| key.to_lowercase()).is_some_and(|key| {
            key.len() >= SHORTEST && words.iter().any(|word| *word == key || word.ends_with(&key))
        })
    };
    // The longest name: `shortDescription` is not about `description`.
    let longest = |owned: &&Owned| owned.path.keys().last().map_or(0, String::len);
    let in_language = |owned: &&Owned| {
        owned.path.language().is_some_and(|language| words.contains(&language.to_lowercase().as_str()))
    };
    let fields = || desired.owned.iter().filter(named);
    let best = fields().map(|owned| longest(&owned)).max();
    let of_a_field = || {
        let mut all = fields().filter(|owned| Some(longest(owned)) == best);
        let first = all.clone().next();
        all.find(in_language).or(first)
    };
    of_a_file.or_else(of_a_field).map(|owned| &owned.at)
}

/// The names in the upload of the files that a path stands for.
fn file_names(owned: &Owned) -> Box<dyn Iterator<Item = &str> + '_> {
    use crate::manifest::{ImageContent, TrailerContent};
    match &owned.wanted {
        Wanted::Packages(packages) => Box::new(packages.iter().map(|asset| asset.archive_name.as_str())),
        Wanted::Icon(icon) => Box::new(std::iter::once(icon.archive_name.as_str())),
        Wanted::Images(images) => Box::new(images.iter().filter_map(|image| match &image.content {
            ImageContent::File(asset) => Some(asset.archive_name.as_str()),
            ImageContent::Remote(_) => None,
        })),
        Wanted::Trailers(trailers) => Box::new(trailers.iter().flat_map(|trailer| match &trailer.content {
            TrailerContent::Remote(_) => Vec::new(),
            TrailerContent::File { video, assets } => {
                let images = assets.iter().map(|asset| asset.image.archive_name.as_str());
                std::iter::once(video.archive_name.as_str()).chain(images).collect()
            }
        })),
        Wanted::Value(_) | Wanted::Nothing => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifest::{Sources, Wanted};
    use crate::submission::Path;

    fn owned(path: &[&str], line: usize) -> Owned {
        let mut sources = Sources::default();
        let source = sources.add("app.yaml", std::path::Path::new(""), "");
        let span = sources.whole(source);
        Owned {
            path: Path::new(path.iter().copied()),
            field: None,
            wanted: Wanted::Value(json!("x")),
            at: Location { file: "app.yaml".into(), line, column: 1, end_line: None, end_column: None },
            span,
            written: span,
        }
    }

    #[test]
    fn an_error_is_placed_at_the_field_that_it_names() {
        let desired = Desired {
            owned: vec![
                owned(&["listings", "en-us", "description"], 1),
                owned(&["listings", "en-us", "shortDescription"], 2),
                owned(&["listings", "de", "shortDescription"], 3),
                owned(&["listings", "fr-fr", "title"], 4),
                owned(&["gamingOptions", "genres"], 5),
                owned(&["tag"], 6),
            ],
            ..Desired::default()
        };
        let line = |details: &str| place(details, &desired).map(|at| at.line);
        assert_eq!(line("The length of Description must be 10000 or less"), Some(1));
        assert_eq!(line("The length of ShortDescription must be 500 or less"), Some(2));
        assert_eq!(line("Listing de: the length of ShortDescription must be 500 or less"), Some(3));
        assert_eq!(line("Validation error: MissingTitle"), Some(4));
        assert_eq!(line("Commit workflow 0b0c is cancelled"), None);
        assert_eq!(line("The stage is over"), None, "a short name is a part of many words");
    }
}
