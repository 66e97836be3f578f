//! Why a package cannot be read.

use std::io;
use std::path::{Path, PathBuf};

/// A file that is not a whole and well-formed package.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", place(path, inside))]
pub struct PackageError {
    /// The file.
    pub path: PathBuf,
    /// The way to the file inside the file that is wrong, from the outside in; control characters escaped.
    pub inside: Vec<String>,
    /// What is wrong, and what to do.
    pub problem: Box<PackageProblem>,
}

/// What is wrong with a package. Texts out of the package have their control characters escaped.
#[derive(Debug, thiserror::Error)]
pub enum PackageProblem {
    /// The name does not say which kind of package it is.
    #[error(
        "is not named as a package; expected is one of .msix, .appx, .msixbundle, .appxbundle, .msixupload, .appxupload"
    )]
    Extension,
    /// The file cannot be read.
    #[error("cannot be read: {0}; make it readable")]
    Unreadable(#[source] io::Error),
    /// The file is not a ZIP file, or not all of one.
    #[error("is not a whole ZIP file, as packages are ({0}); build or download it again")]
    NotZip(String),
    /// More entries than any real package has.
    #[error("has more than {limit} entries; build it again with fewer files")]
    TooManyEntries {
        /// The limit.
        limit: usize,
    },
    /// More packages inside than any real bundle has.
    #[error("has more than {limit} packages inside; build it again with fewer")]
    TooManyPackages {
        /// The limit.
        limit: usize,
    },
    /// More device families, languages and capabilities than any real package names.
    #[error("names more than {limit} device families, languages and capabilities; build it again with fewer")]
    TooManyFacts {
        /// The limit.
        limit: usize,
    },
    /// Larger than the Store takes (<https://learn.microsoft.com/windows/apps/publish/publish-your-app/msix/app-package-requirements>).
    #[error("has {size} bytes, more than the 25 GB that the Store takes; make it smaller")]
    TooBig {
        /// The size of the file in bytes.
        size: u64,
    },
    /// Reading goes on and on.
    #[error("makes its reader read on and on without coming to an end; build it again")]
    TooMuchReading,
    /// Manifests that are much larger together than all those of any real bundle.
    #[error("has manifests of more than {limit} bytes together; build it again with smaller ones")]
    LargeManifests {
        /// The limit in bytes.
        limit: u64,
    },
    /// Compressed packages inside that become much more than the file.
    #[error(
        "has packages inside, up to `{name}`, of more than {limit} bytes when unpacked; store them without compression"
    )]
    TooMuchUnpacking {
        /// The package that is too much.
        name: String,
        /// The limit in bytes, which grows with the size of the file.
        limit: u64,
    },
    /// Entries lie on top of each other.
    #[error("has entries that overlap, as no packaging tool writes them; build it again")]
    Overlap,
    /// Two entries with one name.
    #[error("has `{name}` twice; build it again")]
    Twice {
        /// The name of the entry.
        name: String,
    },
    /// An entry that is encrypted.
    #[error("has `{name}` in encrypted form; submit the package before it is encrypted")]
    Encrypted {
        /// The name of the entry.
        name: String,
    },
    /// An entry that cannot be unpacked.
    #[error("has a damaged `{name}` ({reason}); build or download it again")]
    Damaged {
        /// The name of the entry.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A manifest that is larger, unpacked, than any real one.
    #[error("has a `{name}` of more than {limit} bytes when unpacked; build it with a smaller manifest")]
    TooLarge {
        /// The name of the entry.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// An entry that had to be unpacked to a temporary file, but could not.
    #[error(
        "has a compressed `{name}`, which cannot be unpacked to a temporary file: {source}; make room there, or store it without compression"
    )]
    NoRoom {
        /// The name of the entry.
        name: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The manifest is missing.
    #[error("has no `{name}`; if it is another kind of package, give it the extension of that kind")]
    NoManifest {
        /// The name of the manifest.
        name: &'static str,
    },
    /// A bundle that only refers to its packages.
    /// See <https://learn.microsoft.com/windows/msix/package/flat-bundles>.
    #[error(
        "does not hold the package `{missing}` that it lists; the Store takes no flat bundles, so bundle without /fb"
    )]
    FlatBundle {
        /// The package that is not there.
        missing: String,
    },
    /// A bundle of resources only.
    #[error("is a bundle without an application package; build it again")]
    NoApplication,
    /// An upload container without a package.
    #[error("holds no package and no bundle; submit the package or bundle itself")]
    EmptyUpload,
    /// An upload container with several packages. See `daruyanagi/XTimelineViewer#150`.
    #[error(
        "holds several packages ({}), which the Store drops without a word; submit a bundle of them, or each by itself",
        quoted(names)
    )]
    SeveralInUpload {
        /// The packages inside.
        names: Vec<String>,
    },
    /// A manifest in bytes that are no text.
    #[error("is neither UTF-8 nor UTF-16; write it in one of them and build again")]
    Encoding,
    /// A manifest with a document type, which could define entities.
    #[error("has a document type declaration, which no package manifest has; remove it and build again")]
    DocumentType,
    /// A manifest nested deeper than any real one.
    #[error("is nested deeper than {limit} elements; build it again")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A manifest that is not well-formed.
    #[error("is not well-formed XML ({0}); build it again")]
    Xml(String),
    /// An element that must be there.
    #[error("has no `{element}`; build it again with a complete manifest")]
    NoElement {
        /// The path of the element.
        element: &'static str,
    },
    /// An attribute that must be there.
    #[error("has no attribute `{attribute}` in `{element}`; build it again with a complete manifest")]
    NoAttribute {
        /// The path of the element.
        element: String,
        /// The name of the attribute.
        attribute: &'static str,
    },
    /// A package inside that is of another app than the bundle says.
    #[error("has `{found}` as {what} inside of a bundle of `{wanted}`; bundle packages of one app")]
    OtherApp {
        /// What differs: `name` or `publisher`.
        what: &'static str,
        /// What the package inside says.
        found: String,
        /// What the bundle says.
        wanted: String,
    },
    /// An attribute with a value that it cannot have.
    #[error("has `{value}` as `{attribute}` in `{element}`, which is {reason}; correct it and build again")]
    Value {
        /// The path of the element.
        element: String,
        /// The name of the attribute.
        attribute: &'static str,
        /// What is there.
        value: String,
        /// What is expected.
        reason: String,
    },
}

fn place(path: &Path, inside: &[String]) -> String {
    let mut place = format!("`{}`", path.display());
    for name in inside {
        place = format!("`{name}` in {place}");
    }
    place
}

fn quoted(names: &[String]) -> String {
    const FEW: usize = 5;
    let mut quoted: Vec<_> = names.iter().take(FEW).map(|name| format!("`{name}`")).collect();
    if names.len() > FEW {
        quoted.push(format!("and {} more", names.len() - FEW));
    }
    quoted.join(", ")
}

/// Text out of a package, made safe to show: without control characters, and not too long.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut shown = String::new();
    for c in text.chars() {
        if shown.len() > LONGEST {
            shown.push('…');
            break;
        }
        match c {
            // Those that change the direction of text could make a message read otherwise.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.extend(c.escape_unicode());
            }
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

/// Does something with a file inside the file. When that fails, `inside` still has the way to it.
pub(super) fn within<T>(
    inside: &mut Vec<String>,
    name: &str,
    act: impl FnOnce(&mut Vec<String>) -> Result<T, PackageProblem>,
) -> Result<T, PackageProblem> {
    inside.push(shown(name));
    let done = act(inside)?;
    inside.pop();
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_out_of_packages_cannot_control_a_terminal() {
        assert_eq!(shown("a'b\"c\\d é"), "a'b\"c\\d é");
        assert_eq!(shown("\u{1b}[31m\r\n\u{202e}"), "\\u{1b}[31m\\r\\n\\u{202e}");
        assert!(shown(&"x".repeat(10_000)).len() < 130);
    }

    #[test]
    fn an_error_names_the_way_to_the_file_inside() {
        let mut inside = Vec::new();
        assert_eq!(within(&mut inside, "fine", |_| Ok(1)).ok(), Some(1));
        let problem = within(&mut inside, "a.msixbundle", |inside| {
            within(inside, "AppxManifest.xml", |_| Err::<(), _>(PackageProblem::Encoding))
        });
        let error = PackageError {
            path: PathBuf::from("a.msixupload"),
            inside,
            problem: Box::new(problem.unwrap_err()),
        };
        assert_eq!(
            error.to_string(),
            "`AppxManifest.xml` in `a.msixbundle` in `a.msixupload`: is neither UTF-8 nor UTF-16; \
             write it in one of them and build again"
        );
    }
}
