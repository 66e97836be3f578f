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
        Self { git, running: None }
    }

    /// Writes the content of the object that a name leads to, and tells its id; `None` where it leads to none.
    pub(super) fn read(&mut self, name: &str, max: u64, into: &mut impl Write) -> io::Result<Option<String>> {
        if name.contains(['\n', '\0']) || name.len() > MAX_NAME {
            return Ok(None);
        }
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.git)?,
        };
        let answer = running.ask(name, max, into)?;
        match answer {
            Answer::Found(id) => {
                self.running = Some(running);
                Ok(Some(id))
            }
            Answer::Missing => {
                self.running = Some(running);
                Ok(None)
            }
            // The rest is not listened to.
            Answer::TooLarge(size) => Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("its {size} bytes are more than are read from git"),
            )),
        }
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
