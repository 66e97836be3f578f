//! Where a result goes: to standard output, and to the files of `--out`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::manifest::Workspace;
use crate::render::{Format, Look, forms_of};

use super::args::Global;
use super::exit::{Exit, Failure};
use super::manifests::base;
use super::out;

/// Every place that the result of a command is wanted in.
pub(super) struct Results {
    stdout: (Format, Look),
    files: Vec<(Format, PathBuf)>,
    look_of_files: Look,
}

/// One of these places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sink {
    Stdout,
    File,
}

impl Results {
    /// Refuses forms that the command has not, and files that cannot be written: before anything is done, so that nobody
    /// learns afterwards that the result is lost.
    pub(super) fn open(global: &Global, command: &str) -> Result<Self, Failure> {
        let forms = forms_of(command);
        let wanted = std::iter::once(global.output).chain(global.out.iter().map(|out| out.format));
        if let Some(other) = wanted.into_iter().find(|format| !forms.contains(format)) {
            let known: Vec<&str> = forms.iter().map(|format| format.as_str()).collect();
            let message = format!("`storeward {command}` does not give its result as {other}");
            return Err(
                Failure::new(Exit::Usage, message).help(format!("its forms are {}", known.join(", ")))
            );
        }
        let mut files: Vec<(Format, PathBuf)> = Vec::new();
        for out in &global.out {
            let file = base(global)?.join(&out.file);
            let led_out =
                Workspace::around(&base(global)?).is_ok_and(|around| around.is_led_out(folder_of(&file)));
            let found = if led_out {
                Err(io::Error::other("a symbolic link leads its folder out of the repository"))
            } else {
                writable(&file)
            };
            let file = found.map_err(|error| cannot(&file, &error))?;
            if files.iter().any(|(_, known)| *known == file) {
                let message = format!("--out names `{}` twice", out.file.display());
                return Err(Failure::new(Exit::Usage, message));
            }
            files.push((out.format, file));
        }
        Ok(Self {
            stdout: (global.output, global.look_of_stdout()),
            files,
            look_of_files: global.look_of_files(),
        })
    }

    /// The form on standard output.
    pub(super) fn on_stdout(&self) -> Format {
        self.stdout.0
    }

    /// Gives the result in every form that is wanted; each file appears whole or not at all.
    pub(super) fn give(&self, form: impl Fn(Format, Look, Sink) -> String) -> Result<(), Failure> {
        let (format, look) = self.stdout;
        out::result(&form(format, look, Sink::Stdout))?;
        for (format, file) in &self.files {
            let text = form(*format, self.look_of_files, Sink::File);
            write(file, &text).map_err(|error| cannot(file, &error))?;
        }
        Ok(())
    }
}

fn cannot(file: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Error, format!("`{}` cannot be written: {error}", file.display()))
}

/// The file that a path names, if it can be written. Devices and pipes are not replaced by files, and links are not
/// followed: in a checkout of a fork they lead where its author wants.
fn writable(path: &Path) -> io::Result<PathBuf> {
    if path.is_symlink() {
        return Err(io::Error::other("it is a symbolic link; name the file itself"));
    }
    let file = match path.canonicalize() {
        Ok(real) if !real.is_file() => return Err(io::Error::other("it is not a regular file")),
        Ok(real) => real,
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Err(_) => match (folder_of(path).canonicalize(), path.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            _ => return Err(io::Error::other("its folder does not exist")),
        },
    };
    draft(&file)?;
    Ok(file)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file beside the one to be written.
fn draft(file: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    // Readable for whom other new files are.
    #[cfg(unix)]
    builder.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    builder.prefix(".storeward-").tempfile_in(folder_of(file))
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut draft = draft(file)?;
    draft.write_all(text.as_bytes())?;
    draft.persist(file)?;
    Ok(())
}
