//! A repository, read through the `git` program.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::objects::Objects;
use super::program::{Bounds, Git, GitError};

/// Commits with longer messages are not made by people.
const MAX_COMMIT_BYTES: u64 = 1024 * 1024;
/// Git packs the packs long before there are as many.
const MAX_PACKS: usize = 10_000;

/// A repository whose work tree is a folder.
#[derive(Debug)]
pub(super) struct Repository {
    git: Git,
    /// Where its objects are, also for a linked work tree.
    pub(super) common: PathBuf,
    /// Whether a part of its history is missing.
    pub(super) is_shallow: bool,
    objects: Objects,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    /// Its object id.
    pub(super) id: String,
    /// That of its tree.
    pub(super) tree: String,
    /// Those of its parents, which may be missing in a shallow clone.
    pub(super) parents: Vec<String>,
    /// When it was made.
    pub(super) committed: jiff::Timestamp,
}

/// Something in a tree.
#[derive(Debug)]
pub(super) struct Listed {
    /// The six digits that say what it is.
    pub(super) mode: String,
    /// Its object id.
    pub(super) id: String,
    /// Where it lies, below the root.
    pub(super) path: PathBuf,
}

impl Repository {
    /// The repository around this very folder.
    pub(super) fn open(root: &Path) -> Result<Self, GitError> {
        if !root.join(".git").exists() {
            return Err(GitError::None);
        }
        let git = Git::within(root, Bounds::USUAL)?;
        let ended =
            git.run(&["rev-parse", "--is-shallow-repository", "--git-common-dir", "--show-toplevel"])?;
        if ended.code != Some(0) {
            return Err(match ended.words {
                words if words.starts_with("not a git repository") => GitError::None,
                words if words.contains("dubious ownership") => GitError::NotTrusted,
                words => GitError::Refused(words),
            });
        }
        let mut lines = ended.printed.split(|byte| *byte == b'\n');
        let (shallow, common, top) = (lines.next(), lines.next(), lines.next());
        // Not one that the folder merely lies in.
        if top.and_then(|top| path_of(top).canonicalize().ok()).as_deref() != Some(root) {
            return Err(GitError::None);
        }
        let common = root.join(common.map_or_else(|| PathBuf::from(".git"), path_of));
        let is_shallow = shallow == Some(b"true".as_slice());
        Ok(Self { objects: Objects::of(git.clone()), git, common, is_shallow })
    }

    /// Whether content may be missing, to be fetched where somebody asks for it.
    pub(super) fn is_partial(&self) -> bool {
        let packs = self.common.join("objects/pack").read_dir().into_iter().flatten().flatten();
        packs.take(MAX_PACKS).any(|pack| pack.path().extension() == Some(OsStr::new("promisor")))
    }

    /// The commit that a name leads to.
    pub(super) fn commit(&mut self, name: &str) -> Result<Option<Commit>, GitError> {
        let mut bytes = Vec::new();
        let read = self.objects.read(&format!("{name}^{{commit}}"), MAX_COMMIT_BYTES, &mut bytes);
        let Some(id) = read.map_err(|error| self.failed(error))? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut commit =
            Commit { id, tree: String::new(), parents: Vec::new(), committed: jiff::Timestamp::UNIX_EPOCH };
        for line in text.lines().take_while(|line| !line.is_empty()) {
            match line.split_once(' ') {
                Some(("tree", id)) => id.clone_into(&mut commit.tree),
                Some(("parent", id)) => commit.parents.push(id.to_owned()),
                Some(("committer", who)) => {
                    let second = who.rsplit(' ').nth(1).and_then(|second| second.parse().ok());
                    commit.committed = second
                        .and_then(|second| jiff::Timestamp::from_second(second).ok())
                        .unwrap_or_default();
                }
                _ => {}
            }
        }
        Ok(Some(commit))
    }

    /// The best commit that two have in common.
    pub(super) fn merge_base(&self, one: &Commit, other: &Commit) -> Result<Option<String>, GitError> {
        let ended = self.git.run(&["merge-base", &one.id, &other.id])?;
        match ended.code {
            Some(0) => Ok(String::from_utf8_lossy(&ended.printed).lines().next().map(str::to_owned)),
            Some(1) => Ok(None),
            _ => Err(GitError::Refused(ended.words)),
        }
    }

    /// The branch that the remote `origin` calls its default, such as `main`.
    pub(super) fn default_of_origin(&self) -> Result<Option<String>, GitError> {
        let ended = self.git.run(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"])?;
        let said = String::from_utf8_lossy(&ended.printed);
        Ok(said.trim_end().strip_prefix("refs/remotes/origin/").map(str::to_owned))
    }

    /// The branch that is checked out, also before its first commit.
    pub(super) fn checked_out(&self) -> Result<Option<String>, GitError> {
        let ended = self.git.run(&["symbolic-ref", "--quiet", "HEAD"])?;
        let said = String::from_utf8_lossy(&ended.printed);
        Ok(said.trim_end().strip_prefix("refs/heads/").map(str::to_owned))
    }

    /// Everything in a tree, folders too.
    pub(super) fn list(&self, tree: &str) -> Result<Vec<Listed>, GitError> {
        let ended = self.git.run(&["ls-tree", "-r", "-t", "-z", "--full-tree", tree])?;
        if ended.code != Some(0) {
            return Err(GitError::Refused(ended.words));
        }
        Ok(ended.printed.split(|byte| *byte == 0).filter_map(listed).collect())
    }

    /// What it means that reading an object failed.
    pub(super) fn failed(&self, error: io::Error) -> GitError {
        self.git.failed(error)
    }

    /// Writes the content of an object, at most so many bytes; whether it is there.
    pub(super) fn content(&mut self, id: &str, max: u64, into: &mut impl Write) -> io::Result<bool> {
        Ok(self.objects.read(id, max, into)?.is_some())
    }
}

/// A record of `git ls-tree -z`. A path that leads out of the tree is none; git itself makes no such tree.
fn listed(record: &[u8]) -> Option<Listed> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&record[..tab]).ok()?;
    let mut words = head.split(' ');
    let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
    let path = path_of(&record[tab + 1..]);
    let is_below = path.components().all(|part| matches!(part, Component::Normal(_)));
    is_below.then(|| Listed { mode: mode.to_owned(), id: id.to_owned(), path })
}

#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tree_lists_lies_below_it() {
        let path = |path: &str| {
            let record = format!("100644 blob ce013625030ba8dba906f756967f9e9ca394464a\t{path}");
            listed(record.as_bytes()).map(|found| found.path)
        };
        assert_eq!(path("a b/c\td"), Some(PathBuf::from("a b/c\td")));
        for outside in ["../a", "a/../../b", "/etc/passwd"] {
            assert_eq!(path(outside), None, "{outside}");
        }
    }
}
