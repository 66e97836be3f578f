//! The objects of a repository, one after another.

use std::io::{self, BufRead as _, BufReader, Read as _, Write};
use std::process::ChildStdin;

use super::program::{Answers, Git, Process};

/// The first line of an answer, which repeats a name that was not found.
const MAX_HEAD: u64 = 8 * 1024;
/// Longer names lead to nothing.
const MAX_NAME: usize = 4096;

/// A `git cat-file --batch`. What is looked up is named on its standard input, so that no name can be taken for an option.
#[derive(Debug)]
pub(super) struct Objects {
    git: Git,
    /// Started where something is asked, and anew where an answer was not heard to its end.
    running: Option<Running>,
    /// Whether it was waited for in vain. Nobody waits for each of a thousand files.
    is_silent: bool,
}

#[derive(Debug)]
struct Running {
    names: ChildStdin,
    answers: BufReader<Answers>,
    /// The last to go: it ends by itself once it has no input.
    _process: Process,
}

/// What git says to a name.
enum Answer {
    Missing,
    TooLarge(u64),
    Found(String),
}

impl Objects {
    pub(super) fn of(git: Git) -> Self {
        Self { git, running: None, is_silent: false }
    }

    /// Writes the content of the object that a name leads to, and tells its id; `None` where it leads to none.
    pub(super) fn read(&mut self, name: &str, max: u64, into: &mut impl Write) -> io::Result<Option<String>> {
        if name.contains(['\n', '\0']) || name.len() > MAX_NAME {
            return Ok(None);
        }
        if self.is_silent {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.git)?,
        };
        let answer = running.ask(name, max, into);
        self.is_silent = answer.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut);
        let answer = answer?;
        let found = match answer {
            Answer::Found(id) => Some(id),
            Answer::Missing => None,
            // The rest is not listened to.
            Answer::TooLarge(size) => {
                let message = format!("its {size} bytes are more than are read from git");
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
        };
        self.running = Some(running);
        Ok(found)
    }
}

impl Running {
    fn start(git: &Git) -> io::Result<Self> {
        let (process, names, answers) = git.converse(&["cat-file", "--batch"])?;
        Ok(Self { names, answers: BufReader::new(answers), _process: process })
    }

    fn ask(&mut self, name: &str, max: u64, into: &mut impl Write) -> io::Result<Answer> {
        writeln!(self.names, "{name}")?;
        self.names.flush()?;
        let mut head = String::new();
        (&mut self.answers).take(MAX_HEAD).read_line(&mut head)?;
        let Some((id, size)) = found(&head) else {
            let said = head.trim_end();
            let is_answer = said.ends_with(" missing") || said.ends_with(" ambiguous");
            return if is_answer {
                Ok(Answer::Missing)
            } else {
                Err(io::Error::other("git stopped answering"))
            };
        };
        if size > max {
            return Ok(Answer::TooLarge(size));
        }
        let written = io::copy(&mut (&mut self.answers).take(size), into)?;
        if written != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.answers.read_exact(&mut [0])?;
        Ok(Answer::Found(id))
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

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::{Duration, Instant};

    use super::super::program::Bounds;
    use super::*;

    /// A git of which each run does this.
    fn objects(script: &str, folder: &std::path::Path) -> Objects {
        let program = folder.join("git");
        fs::write(&program, format!("#!/bin/sh\necho run >>{}/runs\n{script}\n", folder.display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let bounds = Bounds { patience: Duration::from_millis(300), bytes: 1000 };
        Objects::of(Git::of(program, folder, bounds))
    }

    fn runs(folder: &std::path::Path) -> usize {
        fs::read_to_string(folder.join("runs")).unwrap().lines().count()
    }

    const ID: &str = "ce013625030ba8dba906f756967f9e9ca394464a";

    #[test]
    fn nobody_waits_twice_for_a_git_that_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut objects = objects("exec sleep 1000", folder.path());
        let begin = Instant::now();
        for _ in 0..1000 {
            let error = objects.read("HEAD", 10, &mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
        assert_eq!(runs(folder.path()), 1);
    }

    #[test]
    fn what_is_too_large_is_not_listened_to_and_the_next_is_read_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            "while read name; do case $name in\nlarge) echo {ID} blob 999999999999; cat /dev/zero;;\ncut) echo {ID} blob 9; \
             printf ab; exit;;\nodd) echo {ID} something else;;\nlong) cat /dev/zero;;\n*) printf '{ID} blob 2\\nhi\\n';;\nesac; done"
        );
        let mut objects = objects(&script, folder.path());
        let mut read = |name: &str| {
            let mut content = Vec::new();
            let read = objects.read(name, 10, &mut content).map_err(|error| error.kind());
            (read, String::from_utf8(content).unwrap())
        };
        let hi = (Ok(Some(ID.to_owned())), "hi".to_owned());
        assert_eq!([read("a"), read("b")], [hi.clone(), hi.clone()]);
        assert_eq!(read("large"), (Err(io::ErrorKind::FileTooLarge), String::new()));
        assert_eq!(read("a"), hi);
        assert_eq!(read("cut"), (Err(io::ErrorKind::UnexpectedEof), "ab".to_owned()));
        assert_eq!(read("odd"), (Err(io::ErrorKind::Other), String::new()));
        assert!(read("long").0.is_err());
        assert_eq!([read("b"), read("two\nlines")], [hi, (Ok(None), String::new())]);
        assert_eq!(runs(folder.path()), 5);
    }
}
