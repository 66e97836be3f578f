//! What a CI service is told beside the result, and what it says of the run.
//!
//! GitHub Actions names two files: `$GITHUB_OUTPUT` takes values that later steps read, `$GITHUB_STEP_SUMMARY` takes
//! Markdown for the page of the run. Both are opened before anything is done, so that nobody learns afterwards that they
//! are lost.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use url::Url;

use crate::manifest::Location;
use crate::plan::Plan;
use crate::render::{self, Annotation, Format, MAX_COMMENT_BYTES, Setting, Totals};

use super::args::{Cli, Command};
use super::exit::{Exit, Failure};
use super::out;
use super::results::Sink;
use super::settings::variable;

/// What a summary may have. GitHub drops what a step writes beyond 1,024 KiB, all of it and without a word.
const MAX_SUMMARY_BYTES: usize = 900 * 1024;
const DROPPED_BEYOND: usize = 1024 * 1024;
/// Of the event that started a run, only the commit is read.
const MAX_EVENT_BYTES: u64 = 25 * 1024 * 1024;

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
    /// How the command ended, where that is not the word of its exit code.
    pub(super) word: Option<&'static str>,
}

/// What a CI service is told. Outside of one, nothing.
#[derive(Debug, Default)]
pub(super) struct Ci {
    output: Option<Appended>,
    summary: Option<Appended>,
    setting: Setting,
    pub(super) known: RefCell<Known>,
}

impl Ci {
    /// The files that the environment names for the outputs of a command, opened.
    pub(super) fn open(command: &Command) -> Result<Self, Failure> {
        if !command.is_of_a_release() {
            return Ok(Self::default());
        }
        Ok(Self {
            output: Appended::open("GITHUB_OUTPUT")?,
            summary: Appended::open("GITHUB_STEP_SUMMARY")?,
            setting: setting(),
            known: RefCell::default(),
        })
    }

    /// Where the run can be looked at.
    pub(super) fn run_url(&self) -> Option<String> {
        self.setting.run_url.clone()
    }

    /// Where Markdown for a sink is read.
    pub(super) fn setting(&self, sink: Sink) -> Setting {
        match sink {
            Sink::Summary => Setting { max_bytes: self.summary_room(), ..self.setting.clone() },
            Sink::Stdout | Sink::File => Setting {
                max_bytes: MAX_COMMENT_BYTES,
                has_summary: self.summary.is_some(),
                ..self.setting.clone()
            },
        }
    }

    /// How much of a summary GitHub will show. Others in the same step may have used up some of it.
    fn summary_room(&self) -> usize {
        let used = self.summary.as_ref().map_or(0, Appended::size);
        MAX_SUMMARY_BYTES.saturating_sub(used).max(MAX_COMMENT_BYTES)
    }

    /// Adds the result to the page of the run, where there is one.
    pub(super) fn summarize(&self, markdown: impl FnOnce() -> String) -> Result<(), Failure> {
        let Some(summary) = &self.summary else { return Ok(()) };
        let text = markdown();
        if summary.size() + text.len() >= DROPPED_BEYOND {
            out::progress("the summary of this step is full, so the result is not added to it\n");
            return Ok(());
        }
        summary.append(&text)
    }

    /// Annotations in the form of a service.
    pub(super) fn annotated(&self, format: Format, annotations: &[Annotation]) -> String {
        let elsewhere = if self.summary.is_some() {
            "in the summary of this run"
        } else {
            "in the log of this step, or run `storeward plan`"
        };
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
        let word = known.word.filter(|_| exit == Exit::Ok).unwrap_or(exit.word());
        let mut outputs = vec![("result", word.to_owned())];
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

    fn size(&self) -> usize {
        self.file.metadata().map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX))
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

/// What GitHub Actions says of the run.
fn setting() -> Setting {
    let run = variable("GITHUB_RUN_ID").filter(|run| run.bytes().all(|byte| byte.is_ascii_digit()));
    let page = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        let page = format!("{server}/{repository}/actions/runs/{}", run.as_deref()?);
        let url = Url::parse(&page).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        // The marks that would end a link in Markdown.
        Some(url.as_str().replace('(', "%28").replace(')', "%29"))
    };
    let run_url = page();
    let is_commit = |head: &String| head.len() >= 40 && head.bytes().all(|byte| byte.is_ascii_hexdigit());
    let head = head_of_pull_request().or_else(|| variable("GITHUB_SHA")).filter(is_commit);
    Setting { max_bytes: MAX_COMMENT_BYTES, head, run, run_url, has_summary: false }
}

/// The commit that a pull request brings. `$GITHUB_SHA` is that of a merge which exists for the run alone.
fn head_of_pull_request() -> Option<String> {
    let file = File::open(variable("GITHUB_EVENT_PATH")?).ok()?;
    let event: Value = serde_json::from_reader(io::BufReader::new(file.take(MAX_EVENT_BYTES))).ok()?;
    Some(event.pointer("/pull_request/head/sha")?.as_str()?.to_owned())
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
/// Nor is any secret masked with `::add-mask::` or `##vso[task.setsecret]`: that would print the secret itself, into whatever
/// reads the stream first. Tokens and upload addresses are never printed, so there is nothing to mask.
///
/// Where annotations go to standard output there is no such stretch: the runner reads both streams, in an order that
/// nobody knows, and would pass over annotations with all else.
pub(super) struct Quiet(Option<String>);

impl Quiet {
    pub(super) fn start(cli: &Cli) -> Self {
        let on_github = variable("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let annotates = cli.global.output == Format::Github;
        if !on_github || annotates || !cli.command.is_of_a_release() {
            return Self(None);
        }
        let token = uuid::Uuid::new_v4().simple().to_string();
        out::command(&format!("::stop-commands::{token}\n"));
        Self(Some(token))
    }

    /// The word that ends the stretch.
    pub(super) fn word(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(token) = &self.0 {
            out::command(&format!("::{token}::\n"));
        }
    }
}
