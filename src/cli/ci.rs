//! What a CI service is told beside the result, and what it says of the run.
//!
//! GitHub Actions names a file for the values that later steps read. It is opened before anything is done, so that nobody
//! learns afterwards that they are lost.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::manifest::Location;
use crate::plan::Plan;
use crate::render::{self, Annotation, Format, Totals};

use super::args::{Cli, Command};
use super::exit::{Exit, Failure};
use super::out;
use super::settings::variable;

/// What is known of a run, however it ends.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The plan.
    pub(super) plan: Option<Plan>,
    /// What it has to say beside lines.
    pub(super) annotations: Vec<Annotation>,
    /// Where each resource is written, by address, in the order of the manifests.
    pub(super) places: Vec<(String, Location)>,
    /// The file that the plan was saved in.
    pub(super) plan_file: Option<PathBuf>,
    /// The submissions that were made or followed, by address.
    pub(super) submissions: Map<String, Value>,
}

/// What a CI service is told. Outside of one, nothing.
#[derive(Debug, Default)]
pub(super) struct Ci {
    output: Option<Appended>,
    pub(super) known: RefCell<Known>,
}

impl Ci {
    /// The files that the environment names for the outputs of a command, opened.
    pub(super) fn open(command: &Command) -> Result<Self, Failure> {
        if !is_release_command(command) {
            return Ok(Self::default());
        }
        Ok(Self { output: Appended::open("GITHUB_OUTPUT")?, known: RefCell::default() })
    }

    /// Annotations in the form of a service.
    pub(super) fn annotated(&self, format: Format, annotations: &[Annotation]) -> String {
        let elsewhere = "in the log of this step, or run `storeward plan`";
        let known = self.known.borrow();
        match format {
            Format::Github => render::github(annotations, elsewhere),
            Format::Azure => render::azure(annotations),
            Format::Gitlab => {
                render::gitlab(annotations, known.places.first().map_or(".", |(_, first)| &first.file))
            }
            Format::Text | Format::Json | Format::Markdown => unreachable!("these forms are no annotations"),
        }
    }

    /// Sets the outputs of the step.
    pub(super) fn conclude(&self, exit: Exit) -> Result<(), Failure> {
        let Some(output) = &self.output else { return Ok(()) };
        let delimiter = format!("storeward-{}", uuid::Uuid::new_v4());
        output.append(&render::github_output(&self.outputs(exit), &delimiter))
    }

    fn outputs(&self, exit: Exit) -> Vec<(&'static str, String)> {
        let known = self.known.borrow();
        let mut outputs = vec![("result", exit.word().to_owned())];
        if let Some(plan) = &known.plan {
            let totals = Totals::of(plan);
            outputs.extend([
                ("has_changes", plan.has_changes().to_string()),
                ("plan_hash", plan.fingerprints.plan.clone()),
                ("submissions", totals.submissions.to_string()),
                ("upload_bytes", totals.upload_bytes.to_string()),
                ("guards", totals.guards.to_string()),
                ("guards_without_permit", totals.unpermitted.to_string()),
                ("blockers", totals.blockers.to_string()),
                ("drift", totals.drift.to_string()),
                ("conflicts", totals.conflicts.to_string()),
            ]);
        }
        outputs.extend(known.plan_file.as_ref().map(|file| ("plan_file", file.display().to_string())));
        if !known.submissions.is_empty() {
            outputs.push(("submission_ids", Value::Object(known.submissions.clone()).to_string()));
        }
        outputs
    }
}

fn is_release_command(command: &Command) -> bool {
    matches!(command, Command::Plan(_) | Command::Apply(_))
}

/// A file that the environment names, to be added to.
#[derive(Debug)]
struct Appended {
    variable: &'static str,
    path: PathBuf,
    file: File,
}

impl Appended {
    fn open(name: &'static str) -> Result<Option<Self>, Failure> {
        let Some(path) = variable(name).map(PathBuf::from) else { return Ok(None) };
        let opened =
            regular(&path).and_then(|()| OpenOptions::new().read(true).append(true).create(true).open(&path));
        let file = opened.map_err(|error| cannot(name, &path, &error))?;
        Ok(Some(Self { variable: name, path, file }))
    }

    fn append(&self, text: &str) -> Result<(), Failure> {
        self.try_append(text).map_err(|error| cannot(self.variable, &self.path, &error))
    }

    fn try_append(&self, text: &str) -> io::Result<()> {
        let mut file = &self.file;
        // Others may have left their last line open.
        let mut last = [b'\n'];
        if file.metadata()?.len() > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        let gap = if last == [b'\n'] { "" } else { "\n" };
        file.write_all(format!("{gap}{text}").as_bytes())
    }
}

/// A pipe would be waited for without end.
fn regular(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::other("it is not a regular file")),
        _ => Ok(()),
    }
}

fn cannot(variable: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Error, format!("${variable} cannot be written: `{}`: {error}", path.display()))
        .help("it names a file that can be written; unset it where no later step needs it")
}

/// A stretch of standard error in which GitHub Actions obeys nothing, as long as this lives. Every text is made harmless
/// before it is printed; this holds also where that was forgotten.
///
/// Where annotations go to standard output there is no such stretch: the runner reads both streams, in an order that
/// nobody knows, and would pass over annotations with all else.
pub(super) struct Quiet(Option<String>);

impl Quiet {
    pub(super) fn start(cli: &Cli) -> Self {
        let on_github = variable("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let annotates = cli.global.output == Format::Github;
        if !on_github || annotates || !is_release_command(&cli.command) {
            return Self(None);
        }
        let token = uuid::Uuid::new_v4().simple().to_string();
        out::command(&format!("::stop-commands::{token}\n"));
        Self(Some(token))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(token) = &self.0 {
            out::command(&format!("::{token}::\n"));
        }
    }
}
