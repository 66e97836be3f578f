//! Where a result goes: to standard output, and to the files of `--out`.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tempfile::NamedTempFile;

use crate::manifest::Workspace;
use crate::render::{Format, Look, form_of_files, forms_of, without_commands};

use super::args::Global;
use super::ci::Ci;
use super::ended;
use super::exit::{Exit, Failure};
use super::manifests::base;
use super::out;

/// Every place that the result of a command is wanted in.
pub(super) struct Results {
    stdout: (Format, Look),
    files: Vec<(Format, OutputFile)>,
    /// Further files, each with the option that names it.
    beside: RefCell<Vec<(String, PathBuf)>>,
    look_of_files: Look,
    /// What a CI service is told beside.
    pub(super) ci: Rc<Ci>,
    command: &'static str,
    given: Cell<bool>,
}

/// A file that a result is to be written to, and that can be written. It appears whole or not at all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OutputFile(PathBuf);

impl OutputFile {
    /// Refuses what cannot be written, and what a link of the checkout around `base` would lead out of it.
    pub(super) fn open(base: &Path, file: &Path) -> Result<Self, Failure> {
        // Manifests are YAML, and what a command line names by mistake; results are not.
        if file
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
        {
            let message = format!("`{}` would hold a result, and is named as manifests are", file.display());
            let help = "give it another extension, such as .json, .txt or .md";
            return Err(Failure::new(Exit::Usage, message).help(help));
        }
        let file = base.join(file);
        let led_out = Workspace::around(base).is_ok_and(|around| around.is_led_out(folder_of(&file)));
        let found = if led_out {
            Err(io::Error::other("a symbolic link leads its folder out of the repository"))
        } else {
            writable(&file)
        };
        found.map(Self).map_err(|error| cannot(&file, &error))
    }

    pub(super) fn write(&self, text: &str) -> Result<(), Failure> {
        write(&self.0, text).map_err(|error| cannot(&self.0, &error))
    }
}

/// One of these places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sink {
    Stdout,
    File,
    /// The page of the run of a CI service, in Markdown.
    Summary,
}

impl Results {
    /// Refuses forms that the command has not, and files that cannot be written: before anything is done, so that nobody
    /// learns afterwards that the result is lost.
    pub(super) fn open(global: &Global, command: &'static str, ci: &Rc<Ci>) -> Result<Self, Failure> {
        let forms = forms_of(command);
        let known = || forms.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
        let has = |format: Format| {
            if forms.contains(&format) {
                return Ok(format);
            }
            let message = format!("`storeward {command}` does not give its result as {format}");
            Err(Failure::new(Exit::Usage, message).help(format!("its forms are {}", known())))
        };
        has(global.output)?;
        let mut files: Vec<(Format, OutputFile)> = Vec::new();
        for out in &global.out {
            let shown = out.file.display();
            let format = match out.format.or_else(|| form_of_files(command)) {
                Some(format) => has(format)?,
                None => {
                    let message = format!("--out {shown} does not say in which form");
                    let help =
                        format!("write it as FORMAT=FILE, such as json={shown}; forms are {}", known());
                    return Err(Failure::new(Exit::Usage, message).help(help));
                }
            };
            // Standard output gets the result in any case.
            if out.format.is_none() && out.file == Path::new("-") {
                continue;
            }
            let file = OutputFile::open(&base(global)?, &out.file)?;
            if files.iter().any(|(_, known)| *known == file) {
                return Err(Failure::new(Exit::Usage, format!("--out names `{shown}` twice")));
            }
            files.push((format, file));
        }
        Ok(Self { files, ..Self::without_files(global, command, ci) })
    }

    /// Where a command that cannot even start says so; nowhere in a form that it has not.
    pub(super) fn on_stdout_alone(global: &Global, command: &'static str, ci: &Rc<Ci>) -> Option<Self> {
        forms_of(command).contains(&global.output).then(|| Self::without_files(global, command, ci))
    }

    fn without_files(global: &Global, command: &'static str, ci: &Rc<Ci>) -> Self {
        Self {
            stdout: (global.output, global.look_of_stdout()),
            files: Vec::new(),
            beside: RefCell::default(),
            look_of_files: global.look_of_files(),
            ci: Rc::clone(ci),
            command,
            given: Cell::new(false),
        }
    }

    /// The command whose result it is.
    pub(super) fn command(&self) -> &'static str {
        self.command
    }

    /// The form on standard output.
    pub(super) fn on_stdout(&self) -> Format {
        self.stdout.0
    }

    /// Whether the result goes to files as well.
    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// A further file beside those of `--out`.
    pub(super) fn open_beside(&self, option: &str, base: &Path, file: &Path) -> Result<OutputFile, Failure> {
        let opened = OutputFile::open(base, file)?;
        if self.files.iter().any(|(_, known)| *known == opened) {
            let message = format!("{option} and --out both name `{}`", file.display());
            return Err(Failure::new(Exit::Usage, message));
        }
        self.beside.borrow_mut().push((option.to_owned(), opened.0.clone()));
        Ok(opened)
    }

    /// Refuses to replace what the command reads, by the real names of these files, before anything is written.
    pub(super) fn keep<'f>(&self, read: impl IntoIterator<Item = &'f PathBuf>) -> Result<(), Failure> {
        let beside = self.beside.borrow();
        let outs = self.files.iter().map(|(_, OutputFile(file))| ("--out", file));
        let files: Vec<_> = outs.chain(beside.iter().map(|(option, file)| (option.as_str(), file))).collect();
        for read in read {
            if let Some((option, file)) = files.iter().find(|(_, file)| *file == read) {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let message = format!("{option} would replace `{name}`, which this command reads");
                return Err(
                    Failure::new(Exit::Usage, message).help(format!("name another file for {option}"))
                );
            }
        }
        Ok(())
    }

    /// Refuses a file that one of `--out` names already.
    pub(super) fn refuse_twice(&self, option: &str, base: &Path, file: &Path) -> Result<(), Failure> {
        let real = base.join(file).canonicalize();
        let is_same = |known: &OutputFile| real.as_ref().is_ok_and(|real| known.0 == *real);
        if self.files.iter().any(|(_, known)| is_same(known) || known.0 == base.join(file)) {
            let message = format!("{option} and --out both name `{}`", file.display());
            return Err(Failure::new(Exit::Usage, message));
        }
        Ok(())
    }

    /// Gives the result in every form that is wanted; each file appears whole or not at all.
    pub(super) fn give(&self, form: impl Fn(Format, Look, Sink) -> String) -> Result<(), Failure> {
        self.given.set(true);
        let (format, look) = self.stdout;
        let text = form(format, look, Sink::Stdout);
        match format {
            // Whatever they quote, a CI service that reads along finds no command in them.
            Format::Text | Format::Markdown => out::result(&without_commands(&text))?,
            // What these quote is escaped, and two of them are commands.
            Format::Json | Format::Github | Format::Azure | Format::Gitlab => out::result(&text)?,
        }
        for (format, file) in &self.files {
            file.write(&form(*format, self.look_of_files, Sink::File))?;
        }
        self.ci.summarize(|| form(Format::Markdown, self.look_of_files, Sink::Summary))
    }

    /// Gives the end of a command that comes before its result; nothing where a result was given.
    pub(super) fn give_end(&self, failure: &Failure) -> Result<(), Failure> {
        if self.given.get() {
            return Ok(());
        }
        self.give(|format, look, sink| ended::form(self.command, failure, &self.ci, format, look, sink))
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
