//! The file of `--events`: one JSON object a line, there as soon as it happens.
//!
//! A thread of its own writes it. It may be a pipe whose reader is slow, or gone, and no release waits for that.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::apply::Record;
use crate::manifest::Workspace;
use crate::render::json_line;

use super::exit::{Exit, Failure};

/// How long the end of a run waits for a reader that is slow.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the reader of a pipe is waited for before the run begins.
const FOR_A_READER: Duration = Duration::from_secs(30);

/// A file that events are written to.
pub(super) struct EventLog {
    path: PathBuf,
    lines: Option<Sender<String>>,
    /// Disconnected as soon as the last line is written.
    written: Receiver<()>,
    error: Arc<Mutex<Option<io::Error>>>,
}

impl EventLog {
    /// Opens the file, or waits until the reader of a pipe is there, for a while.
    pub(super) async fn open(base: &Path, file: &Path) -> Result<Self, Failure> {
        let path = base.join(file);
        let (lines, to_write) = mpsc::channel::<String>();
        let (alive, written) = mpsc::channel::<()>();
        let (told, opened) = oneshot::channel();
        let error = Arc::new(Mutex::new(None));
        let allowed = allowed(base, &path);
        let (target, failed) = (path.clone(), Arc::clone(&error));
        let thread = std::thread::Builder::new().name("events".to_owned()).spawn(move || {
            let _alive = alive;
            let opened = allowed
                .and_then(|()| OpenOptions::new().write(true).create(true).truncate(true).open(&target));
            let file = match opened {
                Ok(file) => {
                    let _ = told.send(Ok(()));
                    file
                }
                Err(error) => {
                    let _ = told.send(Err(error));
                    return;
                }
            };
            if let Err(error) = write_all(&file, &to_write)
                && let Ok(mut failed) = failed.lock()
            {
                *failed = Some(error);
            }
        });
        let opened = match thread {
            Ok(_) => match tokio::time::timeout(FOR_A_READER, opened).await {
                Ok(opened) => opened.unwrap_or_else(|_| Err(io::Error::other("its thread ended"))),
                Err(_) => Err(io::Error::other("it is a pipe, and nobody reads it")),
            },
            Err(error) => Err(error),
        };
        match opened {
            Ok(()) => Ok(Self { path, lines: Some(lines), written, error }),
            Err(error) => {
                Err(Failure::new(Exit::Error, format!("`{}` cannot be written: {error}", path.display()))
                    .help("--events names a file, or a pipe that somebody reads; nothing was sent"))
            }
        }
    }

    /// Writes a line, soon.
    pub(super) fn write(&self, record: &Record) {
        if let Some(lines) = &self.lines {
            // Where the thread has ended, `warning` says why.
            let _ = lines.send(json_line(record));
        }
    }

    /// Why no more lines are written, said once.
    pub(super) fn warning(&self) -> Option<String> {
        let error = self.error.lock().ok()?.take()?;
        Some(format!("no more events are written to `{}`: {error}; the run goes on", self.path.display()))
    }

    /// Waits until all is written, for a while. Says why it is not.
    pub(super) fn end(&mut self) -> Option<String> {
        self.lines = None;
        match self.written.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Timeout) => Some(format!(
                "the last events were not written to `{}`: its reader takes no more",
                self.path.display()
            )),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => self.warning(),
        }
    }
}

fn write_all(mut file: &File, lines: &Receiver<String>) -> io::Result<()> {
    for line in lines {
        file.write_all(line.as_bytes())?;
    }
    Ok(())
}

/// Links are not followed to files: in a checkout of a fork they lead where its author wants. Pipes that a shell makes,
/// such as `>(jq …)`, are links to pipes.
fn allowed(base: &Path, path: &Path) -> io::Result<()> {
    let leads_to_a_pipe = fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir());
    if path.is_symlink() && !leads_to_a_pipe {
        return Err(io::Error::other("it is a symbolic link; name the file itself"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if Workspace::around(base).is_ok_and(|around| around.is_led_out(folder)) {
        return Err(io::Error::other("a symbolic link leads its folder out of the repository"));
    }
    Ok(())
}
