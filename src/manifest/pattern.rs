//! Files by pattern: `*`, `?`, `[..]` within a name, `**` for folders of any depth.
//!
//! A walk of our own, because linked folders must not be followed: they lead outside, or round in circles.

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::tree::{Entry, Tree};

/// A folder of built packages holds far fewer files.
const MAX_VISITED: usize = 20_000;

/// Why a pattern finds nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum PatternError {
    /// It is not well formed.
    #[error("not a pattern: {0}")]
    Malformed(&'static str),
    /// It has `..` after the first pattern.
    #[error("`..` after a pattern could lead anywhere")]
    Upwards,
    /// There is too much to look through.
    #[error("more than {MAX_VISITED} files and folders to look through")]
    TooMany,
    /// A folder cannot be listed.
    #[error("a folder cannot be listed: {0}")]
    Unreadable(io::Error),
}

/// A path with patterns in it.
#[derive(Debug)]
pub(super) struct FilePattern {
    folder: PathBuf,
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq)]
enum Part {
    /// Exactly this name.
    Name(String),
    /// Names like this.
    Like(Pattern),
    /// Folders of any depth, also none.
    Deep,
}

impl FilePattern {
    /// A pattern below a folder, whose own name is literal.
    pub(super) fn new(folder: &Path, written: &str) -> Result<Self, PatternError> {
        let mut pattern = Self { folder: folder.to_owned(), parts: Vec::new() };
        for component in Path::new(written).components() {
            match component {
                Component::Normal(name) => pattern.parts.push(Part::new(&name.to_string_lossy())?),
                // An absolute path starts anew.
                Component::Prefix(_) | Component::RootDir => pattern.folder.push(component),
                Component::CurDir => {}
                Component::ParentDir => {
                    if pattern.parts.iter().any(|part| !matches!(part, Part::Name(_))) {
                        return Err(PatternError::Upwards);
                    }
                    pattern.parts.push(Part::Name("..".to_owned()));
                }
            }
        }
        // What is literal at the start is a folder to start in, but for the last part, which names files.
        let last = pattern.parts.len().saturating_sub(1);
        let literal = pattern.parts[..last].iter().take_while(|part| matches!(part, Part::Name(_))).count();
        for part in pattern.parts.drain(..literal) {
            if let Part::Name(name) = part {
                pattern.folder.push(name);
            }
        }
        pattern.parts.dedup_by(|a, b| *a == Part::Deep && *b == Part::Deep);
        Ok(pattern)
    }

    /// The folder to start in, not yet resolved.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What matches below `start`, which is [`Self::folder`] without links; sorted. Folders that are links are not
    /// entered; links that match are named, and it is for the caller to see where they lead.
    pub(super) fn find(&self, tree: &dyn Tree, start: PathBuf) -> Result<Vec<PathBuf>, PatternError> {
        let mut found = BTreeSet::new();
        let exact = MatchOptions::new();
        let mut visited = 0;
        let mut visit = || {
            visited += 1;
            if visited > MAX_VISITED { Err(PatternError::TooMany) } else { Ok(()) }
        };
        let mut open = vec![(start, self.parts.as_slice())];
        while let Some((folder, parts)) = open.pop() {
            let Some((part, rest)) = parts.split_first() else {
                found.insert(folder);
                continue;
            };
            if let Part::Name(name) = part {
                visit()?;
                let path = folder.join(name);
                let found = tree.look(&path).map_err(PatternError::Unreadable)?;
                if found.is_some_and(|found| found == Entry::Folder || rest.is_empty()) {
                    open.push((path, rest));
                }
                continue;
            }
            for entry in tree.entries(&folder).map_err(PatternError::Unreadable)? {
                visit()?;
                let (path, kind) = entry.map_err(PatternError::Unreadable)?;
                // The type of the entry itself: a link is no folder.
                let is_folder = kind == Entry::Folder;
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                match part {
                    Part::Deep if is_folder => open.push((path, parts)),
                    Part::Like(like) if (is_folder || rest.is_empty()) && like.matches_with(&name, exact) => {
                        drop(name);
                        open.push((path, rest));
                    }
                    _ => {}
                }
            }
            if *part == Part::Deep {
                open.push((folder, rest));
            }
        }
        Ok(found.into_iter().collect())
    }
}

impl Part {
    fn new(written: &str) -> Result<Self, PatternError> {
        if written == "**" {
            return Ok(Self::Deep);
        }
        match unescaped(written) {
            Some(name) => Ok(Self::Name(name)),
            None => Pattern::new(written).map(Self::Like).map_err(|error| PatternError::Malformed(error.msg)),
        }
    }
}

/// The name that a pattern stands for if it can only stand for one, as [`Pattern::escape`] makes them.
fn unescaped(written: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = written.chars();
    while let Some(c) = rest.next() {
        match c {
            '*' | '?' => return None,
            '[' => {
                name.push(rest.next().filter(|c| "?*[]".contains(*c))?);
                rest.next().filter(|c| *c == ']')?;
            }
            other => name.push(other),
        }
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::tree::Disk;
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn found(folder: &Path, written: &str) -> Result<Vec<String>, PatternError> {
        let pattern = FilePattern::new(folder, written)?;
        let paths = pattern.find(&Disk, pattern.folder().to_owned())?;
        let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        Ok(paths.iter().map(name).collect())
    }

    #[test]
    fn patterns_find_what_they_say() {
        let tree = tree(&[
            "b.msix", "a.msix", "A.MSIX", "[x]/c.msix", "d/e/f.msix", "d/f.msix", ".h/i.msix", "d/e/j.txt",
        ]);
        let find = |written: &str| found(tree.path(), written).unwrap();
        assert_eq!(find("*.msix"), ["a.msix", "b.msix"]);
        assert_eq!(find("?.msix"), ["a.msix", "b.msix"]);
        assert_eq!(find("[b-z].msix"), ["b.msix"]);
        assert_eq!(find("a.msix"), ["a.msix"]);
        assert_eq!(find("./d/*.msix"), ["d/f.msix"]);
        assert_eq!(find("d/**/*.msix"), ["d/e/f.msix", "d/f.msix"]);
        assert_eq!(find("**/**/f.msix"), ["d/e/f.msix", "d/f.msix"]);
        assert_eq!(find("**/e/*"), ["d/e/f.msix", "d/e/j.txt"]);
        assert_eq!(find("*/e/f.msix"), ["d/e/f.msix"]);
        assert_eq!(find("[[]x[]]/*.msix"), ["[x]/c.msix"]);
        assert!(find("[n]othing/*").is_empty());
    }

    #[test]
    fn bad_patterns_are_refused() {
        let tree = tree(&["a/b"]);
        assert!(matches!(found(tree.path(), "*/../b"), Err(PatternError::Upwards)));
        assert!(matches!(found(tree.path(), "a**"), Err(PatternError::Malformed(_))));
        assert!(matches!(found(tree.path(), "[a"), Err(PatternError::Malformed(_))));
        assert_eq!(FilePattern::new(Path::new("/w"), "../x/*").unwrap().folder(), Path::new("/w/../x"));
    }

    #[cfg(unix)]
    #[test]
    fn linked_folders_are_not_entered() {
        let tree = tree(&["in/a.msix"]);
        let outside = self::tree(&["secret.msix"]);
        std::os::unix::fs::symlink(".", tree.path().join("round")).unwrap();
        std::os::unix::fs::symlink(outside.path(), tree.path().join("out")).unwrap();
        std::os::unix::fs::symlink("in/a.msix", tree.path().join("link.msix")).unwrap();
        assert_eq!(found(tree.path(), "**/*.msix").unwrap(), ["in/a.msix", "link.msix"]);
        assert_eq!(found(tree.path(), "*/*.msix").unwrap(), ["in/a.msix"]);
        assert_eq!(found(tree.path(), "*/secret.msix").unwrap(), Vec::<String>::new());
        assert_eq!(found(tree.path(), "[o]ut/secret.msix").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_walk_has_an_end() {
        let tree = tree(&[]);
        for i in 0..200 {
            fs::create_dir_all(tree.path().join(format!("f{i}"))).unwrap();
            for j in 0..110 {
                fs::write(tree.path().join(format!("f{i}/{j}")), "").unwrap();
            }
        }
        assert!(matches!(found(tree.path(), "**/*.msix"), Err(PatternError::TooMany)));
    }
}
