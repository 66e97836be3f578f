//! A repository, read through the `git` program.
//!
//! Nothing that a repository holds or is configured with is run: only commands that read objects and references are used,
//! without filters, hooks, aliases and pagers; nothing is fetched, and nothing is written. What is looked up is named on
//! standard input, or by its object id, so that no name can be taken for an option.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// Variables that lead git to another repository than the one of the folder; a hook of git runs with them.
const ELSEWHERE: &[&str] = &[
    "GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE",
    "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE",
    "GIT_PREFIX", "GIT_CONFIG",
];
/// Commits with longer messages are not made by people.
const MAX_COMMIT_BYTES: u64 = 1024 * 1024;

/// Why a repository cannot be read.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum GitError {
    /// There is none, or no `git` program.
    #[error("there is no git repository")]
    None,
    /// In git's words.
    #[error("git says: {0}")]
    Refused(String),
    /// The program cannot be run, or stopped answering.
    #[error("git cannot be run: {0}")]
    Io(#[from] io::Error),
}

/// A repository whose work tree is a folder.
#[derive(Debug)]
pub(super) struct Repository {
    root: PathBuf,
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
        let arguments = ["rev-parse", "--is-shallow-repository", "--git-common-dir", "--show-toplevel"];
        let output = match git(root).args(arguments).output() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(GitError::None),
            output => output?,
        };
        if !output.status.success() {
            let said = words(&output);
            return Err(if said.contains("not a git repository") {
                GitError::None
            } else {
                GitError::Refused(said)
            });
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let mut lines = said.lines();
        let (shallow, common, top) = (lines.next(), lines.next(), lines.next());
        // Not one that the folder merely lies in.
        if top.and_then(|top| Path::new(top).canonicalize().ok()).as_deref() != Some(root) {
            return Err(GitError::None);
        }
        let common = root.join(common.unwrap_or(".git"));
        Ok(Self {
            root: root.to_owned(),
            common,
            is_shallow: shallow == Some("true"),
            objects: Objects::open(root)?,
        })
    }

    /// The commit that a name leads to.
    pub(super) fn commit(&mut self, name: &str) -> io::Result<Option<Commit>> {
        let mut bytes = Vec::new();
        let Some(id) = self.objects.read(&format!("{name}^{{commit}}"), MAX_COMMIT_BYTES, &mut bytes)? else {
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
        let output = git(&self.root).args(["merge-base", &one.id, &other.id]).output()?;
        match output.status.code() {
            Some(0) => Ok(String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)),
            Some(1) => Ok(None),
            _ => Err(GitError::Refused(words(&output))),
        }
    }

    /// The branch that the remote `origin` calls its default, such as `origin/main`.
    pub(super) fn default_of_origin(&self) -> io::Result<Option<String>> {
        let output =
            git(&self.root).args(["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        Ok(said.trim_end().strip_prefix("refs/remotes/").map(str::to_owned))
    }

    /// Everything in a tree, folders too.
    pub(super) fn list(&self, tree: &str) -> Result<Vec<Listed>, GitError> {
        let output = git(&self.root).args(["ls-tree", "-r", "-t", "-z", "--full-tree", tree]).output()?;
        if !output.status.success() {
            return Err(GitError::Refused(words(&output)));
        }
        Ok(output.stdout.split(|byte| *byte == 0).filter_map(listed).collect())
    }

    /// Writes the content of an object, at most so many bytes; whether it is there.
    pub(super) fn content(&mut self, id: &str, max: u64, into: &mut impl Write) -> io::Result<bool> {
        Ok(self.objects.read(id, max, into)?.is_some())
    }
}

fn git(root: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(root).args([
        "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c",
        "protocol.allow=never",
    ]);
    for name in ELSEWHERE {
        git.env_remove(name);
    }
    // The folders above are not looked into.
    git.env("GIT_CEILING_DIRECTORIES", root.parent().unwrap_or(root))
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        // Objects that a partial clone left out stay out; the second one says the same to a git before 2.44.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    git
}

/// What git said of why it failed, on one line.
fn words(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing").trim();
    said.strip_prefix("fatal: ").unwrap_or(said).to_owned()
}

/// A record of `git ls-tree -z`.
fn listed(record: &[u8]) -> Option<Listed> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&record[..tab]).ok()?;
    let mut words = head.split(' ');
    let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
    Some(Listed { mode: mode.to_owned(), id: id.to_owned(), path: path_of(&record[tab + 1..]) })
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

/// A `git cat-file --batch` that answers one name after another.
#[derive(Debug)]
struct Objects {
    process: Child,
    names: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    fn open(root: &Path) -> io::Result<Self> {
        let mut process = git(root)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let names = process.stdin.take();
        let answers = process.stdout.take().ok_or_else(|| io::Error::other("it has no output"))?;
        Ok(Self { process, names, answers: BufReader::new(answers) })
    }

    /// Writes the content of the object that a name leads to, and tells its id; `None` where it leads to none.
    fn read(&mut self, name: &str, max: u64, into: &mut impl Write) -> io::Result<Option<String>> {
        if name.contains(['\n', '\0']) {
            return Ok(None);
        }
        let names = self.names.as_mut().ok_or_else(|| io::Error::other("it has no input"))?;
        names.write_all(name.as_bytes())?;
        names.write_all(b"\n")?;
        names.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        let Some((id, size)) = found(&head) else {
            let said = head.trim_end();
            let is_answer = said.ends_with(" missing") || said.ends_with(" ambiguous");
            return if is_answer { Ok(None) } else { Err(io::Error::other("git stopped answering")) };
        };
        let mut content = (&mut self.answers).take(size);
        let written = if size > max {
            Err(io::Error::other(format!("its {size} bytes are more than is read from git in a run")))
        } else {
            io::copy(&mut content, into)
        };
        // What was not taken is read all the same: the next answer stands behind it.
        io::copy(&mut content, &mut io::sink())?;
        self.answers.read_exact(&mut [0])?;
        written.map(|_| Some(id))
    }
}

/// The id and the size in the first line of an answer.
fn found(head: &str) -> Option<(String, u64)> {
    let mut words = head.trim_end().split(' ');
    let (id, kind, size) = (words.next()?, words.next()?, words.next()?);
    let is_id = [40, 64].contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_kind = ["commit", "tree", "blob", "tag"].contains(&kind);
    (is_id && is_kind && words.next().is_none()).then_some((id.to_owned(), size.parse().ok()?))
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Without input it ends by itself.
        self.names = None;
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
