//! What can go wrong with an archive.

use std::io;
use std::path::PathBuf;

/// Why an archive cannot be laid out or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A name that is not safe inside the archive.
    #[error("`{name}` cannot be a name in the archive: {reason}; rename the file")]
    Name {
        /// The name, with control characters escaped.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// One name for two contents.
    #[error("`{name}` would be both `{}` and `{}`, which differ; rename one of them", first.display(), second.display())]
    Conflict {
        /// The name in the archive.
        name: String,
        /// One file.
        first: PathBuf,
        /// The other file.
        second: PathBuf,
    },
    /// Two names that are one on a system that ignores case.
    #[error("`{first}` and `{second}` differ only by case; rename one of the files")]
    Case {
        /// One name.
        first: String,
        /// The other name.
        second: String,
    },
    /// Sizes that add up to more than a ZIP can say.
    #[error("`{}` does not fit into the archive any more; make the submission smaller", path.display())]
    TooLarge {
        /// The first file that does not fit.
        path: PathBuf,
    },
    /// A range that the archive does not have.
    #[error("bytes {start} to {end} are not all in an archive of {size} bytes, or do not fit into memory")]
    OutOfRange {
        /// First byte.
        start: u64,
        /// Byte after the last.
        end: u64,
        /// Size of the archive.
        size: u64,
    },
    /// A file that cannot be read.
    #[error("cannot read `{}`: {source}; make it readable and run again", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Files that are not what they were when the archive was planned.
    #[error("{} changed while being uploaded; run again when the build is done with it", list(paths))]
    Changed {
        /// The files, at least one.
        paths: Vec<PathBuf>,
    },
    /// A [`Verifier`](super::Verifier) that was not given all of a file.
    #[error("not all of `{}` was read, so it cannot be said to be unchanged; run again", path.display())]
    Incomplete {
        /// The file.
        path: PathBuf,
    },
}

fn list(paths: &[PathBuf]) -> String {
    let quoted: Vec<_> = paths.iter().map(|p| format!("`{}`", p.display())).collect();
    quoted.join(", ")
}
