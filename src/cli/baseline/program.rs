//! The `git` program, run so that it runs nothing else, and within bounds.
//!
//! A repository may be a stranger's. Nothing that it holds or is configured with is run: only commands that read objects and
//! references are used, without filters, hooks, aliases and pagers; nothing is fetched, and nothing is written. Of what git
//! prints so much is taken and no more, and when it says nothing for long, it is ended.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::super::settings;

/// Variables that lead git to another repository than the one of the folder; a hook of git runs with them.
const ELSEWHERE: &[&str] = &[
    "GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE",
    "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE", "GIT_PREFIX", "GIT_CONFIG",
];
/// What git is told first. The command line has the last word over every configuration.
const SETTINGS: &[&str] = &["protocol.allow=never", "core.fsmonitor=false", "core.hooksPath=/dev/null"];
/// What it is told besides.
const VARIABLES: &[(&str, &str)] = &[
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    // Objects that a partial clone left out stay out; the second one says the same to a git before 2.44.
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", ""),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("LC_ALL", "C"),
];
/// How much of its complaints is kept.
const MAX_WORDS: u64 = 4096;
/// So much of what is printed is taken at once, and so many of these wait to be read.
const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 4;

/// Why a repository cannot be read.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum GitError {
    /// There is none.
    #[error("there is no git repository")]
    None,
    /// There is no program.
    #[error("the program `git` is not here")]
    NoProgram,
    /// It belongs to somebody else.
    #[error("git does not trust this folder, because it belongs to another user")]
    NotTrusted,
    /// It says nothing any more.
    #[error("git gave no answer for {} s", .0.as_secs_f64())]
    Silent(Duration),
    /// It says too much.
    #[error("the commit holds more files than are looked through")]
    TooMuch,
    /// In git's words.
    #[error("git says: {0}")]
    Refused(String),
    /// It cannot be run, or what it says cannot be read.
    #[error("what git says cannot be read: {0}")]
    Io(#[from] io::Error),
}

impl GitError {
    /// What can be done.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::None => "run it where the repository is checked out",
            Self::NoProgram => "install git where Storeward runs",
            Self::NotTrusted => {
                "in the folder that holds `.git`, run `git config --global --add safe.directory \"$PWD\"`; a container often \
                 runs as another user than the one who checked out"
            }
            Self::Silent(_) | Self::TooMuch | Self::Refused(_) | Self::Io(_) => {
                "mend the repository, such as by checking it out anew"
            }
        }
    }
}

/// How far git is followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// How long it may say nothing.
    pub(super) patience: Duration,
    /// How much it may print.
    pub(super) bytes: u64,
}

impl Bounds {
    /// The history of Linux is walked in some seconds, and its files are listed in 10 MB.
    pub(super) const USUAL: Self = Self { patience: Duration::from_mins(1), bytes: 512 * 1024 * 1024 };
}

/// The program, for one folder.
#[derive(Debug, Clone)]
pub(super) struct Git {
    program: PathBuf,
    root: PathBuf,
    bounds: Bounds,
}

/// How a run of it ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its exit code, unless it was killed.
    pub(super) code: Option<i32>,
    /// What it printed.
    pub(super) printed: Vec<u8>,
    /// What it said of why it failed, on one line.
    pub(super) words: String,
}

impl Git {
    /// The program on PATH.
    pub(super) fn within(root: &Path, bounds: Bounds) -> Result<Self, GitError> {
        let name = if cfg!(windows) { "git.exe" } else { "git" };
        let program = settings::program(name).ok_or(GitError::NoProgram)?;
        Ok(Self::of(program, root, bounds))
    }

    /// A program that is known.
    pub(super) fn of(program: PathBuf, root: &Path, bounds: Bounds) -> Self {
        Self { program, root: root.to_owned(), bounds }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut git = Command::new(&self.program);
        git.current_dir(&self.root).arg("--no-pager");
        git.args(SETTINGS.iter().flat_map(|setting| ["-c", *setting])).args(arguments);
        for name in ELSEWHERE {
            git.env_remove(name);
        }
        // The folders above are not looked into.
        git.env("GIT_CEILING_DIRECTORIES", self.root.parent().unwrap_or(&self.root));
        git.envs(VARIABLES.iter().copied());
        git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        git
    }

    /// Runs it to its end.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Ended, GitError> {
        let mut process = Process(self.command(arguments).stderr(Stdio::piped()).spawn()?);
        let words = process.0.stderr.take().map(words);
        let answers = process.answers(self.bounds.patience)?;
        let mut printed = Vec::new();
        answers.take(self.bounds.bytes + 1).read_to_end(&mut printed).map_err(|error| self.failed(error))?;
        if printed.len() as u64 > self.bounds.bytes {
            return Err(GitError::TooMuch);
        }
        // Nothing is lost where it closed its output without a word.
        let words = words.and_then(|words| words.recv_timeout(self.bounds.patience).ok()).unwrap_or_default();
        Ok(Ended { code: process.0.wait()?.code(), printed, words })
    }

    /// Starts it for a conversation.
    pub(super) fn converse(&self, arguments: &[&str]) -> io::Result<(Process, ChildStdin, Answers)> {
        let mut process = Process(self.command(arguments).stdin(Stdio::piped()).spawn()?);
        let names = process.0.stdin.take().ok_or_else(|| io::Error::other("it has no input"))?;
        let answers = process.answers(self.bounds.patience)?;
        Ok((process, names, answers))
    }

    /// What it means that what it says cannot be read.
    pub(super) fn failed(&self, error: io::Error) -> GitError {
        if error.kind() == io::ErrorKind::TimedOut {
            GitError::Silent(self.bounds.patience)
        } else {
            GitError::Io(error)
        }
    }
}

/// A running program; it ends with this.
#[derive(Debug)]
pub(super) struct Process(Child);

impl Process {
    fn answers(&mut self, patience: Duration) -> io::Result<Answers> {
        let pipe = self.0.stdout.take().ok_or_else(|| io::Error::other("it has no output"))?;
        Ok(Answers::of(pipe, patience))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program prints. Reading fails where nothing comes for long.
#[derive(Debug)]
pub(super) struct Answers {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
    patience: Duration,
}

impl Answers {
    fn of(mut pipe: impl Read + Send + 'static, patience: Duration) -> Self {
        let (give, chunks) = sync_channel(CHUNKS);
        // Nobody can be made to stop reading a pipe, so somebody else reads it: until the program ends, or nobody listens.
        thread::spawn(move || {
            loop {
                let mut chunk = vec![0; CHUNK];
                let read = match pipe.read(&mut chunk) {
                    Ok(0) => break,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read,
                };
                let is_over = read.is_err();
                let read = read.map(|count| {
                    chunk.truncate(count);
                    chunk
                });
                if give.send(read).is_err() || is_over {
                    break;
                }
            }
        });
        Self { chunks, chunk: io::Cursor::default(), patience }
    }
}

impl Read for Answers {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.chunk.position() == self.chunk.get_ref().len() as u64 {
            self.chunk = match self.chunks.recv_timeout(self.patience) {
                Ok(chunk) => io::Cursor::new(chunk?),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) => {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "git gives no answer"));
                }
            };
        }
        self.chunk.read(into)
    }
}

/// What git says of why it fails, once it said all of it.
fn words(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (give, words) = channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        // They explain a failure that is known without them. What is not kept is read all the same: git waits for it.
        let _ = (&mut pipe).take(MAX_WORDS).read_to_end(&mut said);
        let _ = io::copy(&mut pipe, &mut io::sink());
        let _ = give.send(last_words(&String::from_utf8_lossy(&said)));
    });
    words
}

fn last_words(said: &str) -> String {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let fatal = said.lines().find_map(|line| line.strip_prefix("fatal: "));
    fatal.or_else(|| lines.next()).unwrap_or("nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_words_the_fatal_ones_are_told() {
        assert_eq!(last_words("warning: old\nfatal: not a tree object\n\nhint: x\n"), "not a tree object");
        assert_eq!(last_words("\nerror: bad\n"), "error: bad");
        assert_eq!(last_words(""), "nothing");
    }

    #[cfg(unix)]
    mod bounds {
        use std::fs;
        use std::time::Instant;

        use tempfile::TempDir;

        use super::*;

        const SHORT: Bounds = Bounds { patience: Duration::from_millis(300), bytes: 1000 };

        fn repository() -> (TempDir, Git) {
            let folder = tempfile::tempdir().unwrap();
            let git = Git::within(folder.path(), Bounds::USUAL).unwrap();
            assert_eq!(git.run(&["init", "--quiet"]).unwrap().code, Some(0));
            (folder, git)
        }

        #[test]
        fn a_git_that_says_nothing_is_ended() {
            let (folder, git) = repository();
            let head = folder.path().join(".git/HEAD");
            fs::remove_file(&head).unwrap();
            // Who reads a pipe waits for one who writes.
            assert!(Command::new("mkfifo").arg(&head).status().unwrap().success());
            let git = Git { bounds: SHORT, ..git };
            let begin = Instant::now();
            let error = git.run(&["rev-parse", "--show-toplevel"]).unwrap_err();
            assert_eq!(error.to_string(), "git gave no answer for 0.3 s");
            let (process, _names, mut answers) = git.converse(&["cat-file", "--batch"]).unwrap();
            assert_eq!(answers.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::TimedOut);
            drop(process);
            assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
        }

        #[test]
        fn no_more_is_taken_than_is_wanted() {
            let (_folder, git) = repository();
            let git = Git { bounds: Bounds { bytes: 3, ..git.bounds }, ..git };
            assert!(matches!(git.run(&["rev-parse", "--show-toplevel"]), Err(GitError::TooMuch)));
        }

        #[test]
        fn nothing_is_fetched_whatever_a_repository_allows() {
            let (folder, git) = repository();
            let mark = folder.path().join("ran");
            let url = format!("ext::touch {}", mark.display());
            for (key, value) in [("remote.origin.url", url.as_str()), ("protocol.ext.allow", "always")] {
                assert_eq!(git.run(&["config", key, value]).unwrap().code, Some(0));
            }
            // The same without what stops it, so that this test can fail.
            let fetch = |git: &mut Command| git.args(["fetch", "origin"]).stderr(Stdio::null()).status();
            fetch(Command::new("git").current_dir(folder.path())).unwrap();
            assert!(mark.exists());
            fs::remove_file(&mark).unwrap();
            let ended = git.run(&["fetch", "origin"]).unwrap();
            assert_eq!((ended.code, ended.words.as_str()), (Some(128), "transport 'ext' not allowed"));
            assert!(!mark.exists());
        }
    }
}
