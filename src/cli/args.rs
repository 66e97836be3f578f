//! The command line's shape. Doc comments are the help texts.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::apply::WaitFor;
use crate::manifest::{Address, Guard, did_you_mean};
use crate::plan::Allowance;
use crate::render::{Format, Look};

use super::targets::Target;

/// Declarative release manager for the Microsoft Store
///
/// Manifests in git say what a Store product should be. `plan` shows what would change, `apply` makes it so.
#[derive(Debug, Parser)]
#[command(name = "storeward", version, max_term_width = 100)]
pub struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Only what has this address: plan, drift, apply, snapshot; repeatable, `*` stands for any characters
    #[arg(long, value_name = "ADDRESS", global = true)]
    pub target: Vec<Target>,
    /// Form of the result on standard output
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub output: Format,
    /// Write the result to FILE as well, in this form
    #[arg(long, value_name = "FORMAT=FILE", global = true)]
    pub out: Vec<OutFile>,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Colour::Auto, global = true)]
    pub color: Colour,
    /// Use ASCII symbols only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Print results and errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more, such as what the symbols of a plan mean
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Use a local Partner Center whose state is kept in DIR, instead of the Store
    #[arg(
        long,
        value_name = "DIR",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ".storeward/sandbox",
        global = true
    )]
    pub sandbox: Option<PathBuf>,
    /// What a new local Partner Center starts with
    #[arg(long, value_name = "FILE", global = true)]
    pub sandbox_seed: Option<PathBuf>,
    /// The whole command line, as it was given.
    #[arg(skip)]
    pub given: Vec<OsString>,
    /// The word that lets GitHub Actions obey commands on standard error again.
    #[arg(skip)]
    pub stopped_by: Option<String>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the manifests and every file they name; needs no credential and no network
    ///
    /// Everything that can be known without the Store is checked, packages too where --release names their folder. All
    /// mistakes are reported together. Exit code 3 when there is an error; warnings do not count.
    Validate(ValidateArgs),
    /// Show what would change; sends nothing
    ///
    /// Compares the manifests with what Partner Center holds, or held when a snapshot was taken: that needs no credential.
    /// Exit code 0 with changes and without, also when guards or blockers stand in the way.
    Plan(PlanArgs),
    /// Show what was changed in Partner Center, against git; sends nothing
    ///
    /// For schedules: names each field that is neither as the manifests want it nor as they said at the baseline. Exit code
    /// 0 with drift and without, unless --detailed-exitcode is given.
    Drift(DriftArgs),
    /// Carry the changes out
    ///
    /// Clones the published submission, sends it with the planned changes, uploads new files, reads everything back,
    /// commits, and follows the status. Can be interrupted anywhere and run again: it goes on where it stopped. SIGINT or
    /// SIGTERM end it within 5 seconds, and it says where each product stands; a second one ends it at once.
    ///
    /// A .json file is a PLAN that `plan --save` wrote. What it was made of is planned again; if that is still the same plan,
    /// it is applied without asking, else nothing is sent and the difference is shown (exit code 4). Its paths hold in the
    /// folder that apply runs in; --release says where packages are now that it was made with.
    #[command(mut_arg("paths", |paths| paths.value_name("PATH|PLAN")))]
    Apply(ApplyArgs),
    /// Delete a draft or a failed submission that is in the way
    ///
    /// One that Storeward made, or that nobody touched, goes after a question; somebody else's only with
    /// --allow replaces-draft. What was committed is never deleted.
    Discard(DiscardArgs),
    /// Keep the live state of the products in a file, for plans without a credential
    ///
    /// Sends GET requests only. The snapshot goes to standard output, or with --out FILE to a file. It holds no upload URL
    /// and no notes for certification.
    Snapshot(SnapshotArgs),
    /// Explain a diagnostic code, a guard or a blocker
    Explain(ExplainArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Serve a local Partner Center to try things on
    ///
    /// The first line on standard output names the addresses: {"api":…,"login":…,"blob":…,"admin":…}. Ends with Ctrl-C.
    #[command(after_long_help = FAULTS)]
    Sandbox(SandboxArgs),
}

/// How things are made to go wrong in a sandbox.
const FAULTS: &str = r#"Faults:
  For tests of clients, things can be made to go wrong. This lets the next commit of an app
  time out, although it is carried out:

  curl -X PUT $ADMIN/faults/lost -d '{
    "on": {"operation": "commit-app-submission"},
    "do": [{"answer": {"status": 504, "applied": "yes"}}]
  }'

  GET    $ADMIN/faults          which are switched on, and how often each has happened
  DELETE $ADMIN/faults/lost     switches it off
  GET    $ADMIN/schema          what a fault may say, as JSON Schema

  requests.ndjson in the folder of the state marks the requests that met one. Faults are not
  kept there: they end with the process."#;

impl Command {
    /// Whether its result is about a release: later steps in CI wait for it.
    pub fn is_of_a_release(&self) -> bool {
        matches!(self, Self::Plan(_) | Self::Apply(_))
    }

    /// Whether it comes to an end of its own when a signal asks it to.
    pub fn ends_on_signals(&self) -> bool {
        matches!(self, Self::Apply(_) | Self::Sandbox(_))
    }

    /// The word for it on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Validate(_) => "validate",
            Self::Plan(_) => "plan",
            Self::Drift(_) => "drift",
            Self::Apply(_) => "apply",
            Self::Discard(_) => "discard",
            Self::Snapshot(_) => "snapshot",
            Self::Explain(_) => "explain",
            Self::Schema(_) => "schema",
            Self::Sandbox(_) => "sandbox",
        }
    }
}

/// Which manifests, and what is released of them.
#[derive(Debug, Clone, Args)]
pub struct Manifests {
    /// Manifests, or folders to look for them in [default: the current folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Lay the release block over the submission, with $(release) as DIR
    #[arg(long, value_name = "ADDRESS=DIR")]
    pub release: Vec<Release>,
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// What to validate.
    #[command(flatten)]
    pub manifests: Manifests,
}

/// What `plan` and `apply` share.
#[derive(Debug, Args)]
pub struct Selection {
    /// What to compare with the Store.
    #[command(flatten)]
    pub manifests: Manifests,
    /// Upload images anew that would be taken on trust
    #[arg(long)]
    pub replace_untrusted: bool,
    /// What tells changes made in Partner Center from those made in git.
    #[command(flatten)]
    pub since: Since,
}

/// What tells changes made in Partner Center from those made in git.
#[derive(Debug, Clone, Args)]
pub struct Since {
    /// Commit that tells changes made in Partner Center from those made in git: auto, none or git:REF
    ///
    /// auto is where this branch left the default branch, and on the default branch the commit before the push. What
    /// somebody changed in Partner Center since is shown as drift, and overwritten only with a permit. With --sandbox it is none.
    #[arg(long, value_name = "BASELINE", default_value = "auto")]
    pub baseline: Baseline,
}

impl Since {
    /// What a plan of this run is told by. What a local Partner Center starts with was never applied from git, so there it
    /// is nothing unless a commit is named.
    pub fn of_run(&self, global: &Global) -> Baseline {
        match &self.baseline {
            Baseline::Auto if global.sandbox.is_some() => Baseline::None,
            named => named.clone(),
        }
    }
}

/// Where the state is from that origins of changes are told by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Baseline {
    /// Where this branch left the default branch; on the default branch the commit before the push, else the parent.
    Auto,
    /// There is none.
    None,
    /// From this commit.
    Git(String),
}

impl FromStr for Baseline {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("git:")) {
            ("auto", _) => Ok(Self::Auto),
            ("none", _) => Ok(Self::None),
            (_, Some(name)) if !name.trim().is_empty() => Ok(Self::Git(name.to_owned())),
            _ => Err("write auto, none, or git: and a branch, a tag or a commit, such as git:origin/main"
                .to_owned()),
        }
    }
}

/// Arguments of `plan`.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// What to plan.
    #[command(flatten)]
    pub selection: Selection,
    /// Exit with 2 when there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// List the steps that apply would take
    #[arg(long)]
    pub steps: bool,
    /// Unfold equal edits of many languages, and show unchanged lines
    #[arg(long)]
    pub full: bool,
    /// List the live fields that no manifest mentions
    #[arg(long)]
    pub show_unmanaged: bool,
    /// Show notes for certification, which often hold test accounts, as text on standard output
    #[arg(long)]
    pub show_notes: bool,
    /// Write the plan to FILE, for `apply FILE`
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Compare with a snapshot instead of the Store; needs no credential
    #[arg(long, value_name = "SNAPSHOT")]
    pub live: Option<PathBuf>,
    /// Compare with the baseline in git alone; needs no credential and no network
    ///
    /// The manifests are compared with those of the baseline as if the Store held exactly what these say. Such a plan is
    /// for reading: what stands in the way of it is not known, and it is not applied.
    #[arg(long, conflicts_with_all = ["live", "save"])]
    pub offline: bool,
}

/// Arguments of `drift`.
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// What to compare with the Store.
    #[command(flatten)]
    pub manifests: Manifests,
    /// What tells changes made in Partner Center from those made in git.
    #[command(flatten)]
    pub since: Since,
    /// Exit with 2 when there is drift
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// What to apply.
    #[command(flatten)]
    pub selection: Selection,
    /// Do not ask; permits no guard
    #[arg(long)]
    pub yes: bool,
    /// Apply only if the plan has this hash; does not ask
    #[arg(long, value_name = "HASH")]
    pub expect: Option<PlanHash>,
    /// Permit a guard for this run, for all resources or for one; repeatable, each is named singly
    #[arg(long, value_name = "GUARD[=ADDRESS]", value_parser = allowance)]
    pub allow: Vec<Allowance>,
    /// How far to follow the submission
    #[arg(long, value_enum, default_value_t = Wait::Committed)]
    pub wait: Wait,
    /// How long to follow it, such as 90s, 30m or 6h [default: 60m for committed, else no end]
    ///
    /// With --if-busy wait also how long to wait for what is in the way.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<std::time::Duration>,
    /// What to do where somebody else's draft or submission is in the way of a product
    #[arg(long, value_enum, default_value_t = IfBusy::Fail)]
    pub if_busy: IfBusy,
    /// Send a failed submission once more, though nothing in it changed
    ///
    /// It is deleted and made anew. Without this the Store is asked again only where the failure was its own.
    #[arg(long)]
    pub resubmit: bool,
    /// Write what happens to FILE, or a pipe, as it happens: one JSON object a line
    ///
    /// `storeward schema events` says what the lines may be. The first one has the event `started`, the last one `finished`.
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
    /// Write what the run came to, however it ended, to FILE as JSON: proof for an audit
    ///
    /// For each product: how it ended, its submission, the steps and how long they took, the uploaded files with their
    /// SHA-256, and the correlation id of every call that changed something. Its form is `storeward schema receipt`.
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
    /// How many resources to work on at a time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=8))]
    pub parallel: u8,
}

/// Arguments of `discard`.
#[derive(Debug, Args)]
pub struct DiscardArgs {
    /// Whose draft, such as app/contoso-reader
    #[arg(value_name = "ADDRESS")]
    pub address: Address,
    /// Manifests, or folders to look for them in [default: the current folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Permit a guard for this run: replaces-draft deletes what somebody else made
    #[arg(long, value_name = "GUARD[=ADDRESS]", value_parser = allowance)]
    pub allow: Vec<Allowance>,
    /// Do not ask; permits no guard
    #[arg(long)]
    pub yes: bool,
}

/// Arguments of `snapshot`.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// Manifests of the products, or folders to look for them in [default: the current folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// What to do where something is in the way of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IfBusy {
    /// Leave the product alone, and end with 5
    Fail,
    /// Wait until it is gone, plan again, and apply that if it is still the same plan
    Wait,
    /// Leave the product for a later run, and end with 0
    Defer,
    /// Delete a draft: an older one of ours, and with a permit for replaces-draft somebody else's
    Replace,
}

/// How far to follow a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wait {
    /// Not at all
    None,
    /// Until the Store has taken the commit
    Committed,
    /// Until it is certified
    Certified,
    /// Until it is published
    Published,
}

impl From<Wait> for WaitFor {
    fn from(wait: Wait) -> Self {
        match wait {
            Wait::None => Self::None,
            Wait::Committed => Self::Committed,
            Wait::Certified => Self::Certified,
            Wait::Published => Self::Published,
        }
    }
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Such as SW1203, price-change or foreign-draft
    #[arg(value_name = "CODE")]
    pub code: String,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which schema
    #[arg(value_enum)]
    pub which: Schema,
}

/// A schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Schema {
    /// Of manifests, for editors
    Manifest,
    /// Of `plan --save` and `plan --output json`
    Plan,
    /// Of each line of `apply --events`
    Events,
    /// Of `apply --receipt`
    Receipt,
    /// Of `drift --output json`
    Drift,
    /// Of `snapshot`
    Snapshot,
    /// Of --sandbox-seed files
    Seed,
}

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Address to listen on; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: std::net::SocketAddr,
    /// Folder to keep the state in
    #[arg(long, value_name = "DIR", default_value = ".storeward/sandbox")]
    pub data: PathBuf,
    /// What to start with when the folder is empty
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
}

/// `FORMAT=FILE`, or `FILE` alone where a command has one form for files.
#[derive(Debug, Clone)]
pub struct OutFile {
    /// The form; `None`: the one that the command has.
    pub format: Option<Format>,
    /// Where to write it.
    pub file: PathBuf,
}

impl FromStr for OutFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A file is named with more than letters before an equals sign, such as `./a=b`.
        let form = text.split_once('=').filter(|(word, _)| word.chars().all(|c| c.is_ascii_alphabetic()));
        let (format, file) = match form {
            Some((word, "")) => return Err(format!("the file is not named; write it as {word}=FILE")),
            Some((word, file)) => (Some(word.parse()?), file),
            None if text.is_empty() => return Err("the file is not named".to_owned()),
            None => (None, text),
        };
        Ok(Self { format, file: PathBuf::from(file) })
    }
}

/// `ADDRESS=DIR`.
#[derive(Debug, Clone)]
pub struct Release {
    /// The resource.
    pub address: Address,
    /// What `$(release)` means.
    pub folder: PathBuf,
}

impl FromStr for Release {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, folder) = text.split_once('=').ok_or("write it as app/NAME=DIR")?;
        if folder.is_empty() {
            return Err("the folder is empty; write it as app/NAME=DIR".to_owned());
        }
        Ok(Self { address: address.parse()?, folder: PathBuf::from(folder) })
    }
}

/// `GUARD` or `GUARD=ADDRESS`.
fn allowance(text: &str) -> Result<Allowance, String> {
    let (word, address) = match text.split_once('=') {
        Some((word, address)) => (word, Some(address.parse()?)),
        None => (text, None),
    };
    let words: Vec<&str> = Guard::ALL.iter().map(|guard| guard.as_str()).collect();
    let guard = Guard::parse(word).ok_or_else(|| {
        if word.contains(',') {
            return "each guard is named singly; give --allow once for each".to_owned();
        }
        match did_you_mean(word, words.iter().copied()) {
            Some(meant) => format!("there is no guard `{word}`; did you mean `{meant}`?"),
            None => format!("there is no guard `{word}`; guards are {}", words.join(", ")),
        }
    })?;
    Ok(Allowance { guard, address })
}

/// The fingerprint of a plan, as plans spell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanHash(String);

impl PlanHash {
    /// The fingerprint.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PlanHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hash = text.trim().to_ascii_lowercase();
        let digits = hash.strip_prefix("sp1:").unwrap_or_default();
        if digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Self(hash));
        }
        Err("it is no plan hash; `plan` prints it in its last lines, such as sp1:7c9e4a1f2b80d3a94c1e6f0b8a25d713, with 32 \
             digits from 0 to f"
            .to_owned())
    }
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or("add a unit: 90s, 30m or 6h")?;
    let (number, unit) = text.split_at(unit_at);
    let number: u64 = number.parse().map_err(|_| "write a number and a unit: 90s, 30m or 6h")?;
    let seconds = match unit {
        "s" => Some(number),
        "m" | "min" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => None,
    };
    // Longer than anybody waits, and far from what a clock cannot hold.
    seconds
        .filter(|seconds| *seconds <= 30 * 24 * 3600)
        .map(std::time::Duration::from_secs)
        .ok_or_else(|| "write a number and a unit, at most 720h: 90s, 30m or 6h".to_owned())
}

impl Global {
    /// How text on standard output is to look.
    pub fn look_of_stdout(&self) -> Look {
        let auto = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
        self.look(auto && std::io::stdout().is_terminal())
    }

    /// How text on standard error is to look.
    pub fn look_of_stderr(&self) -> Look {
        let auto = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        self.look(auto && std::io::stderr().is_terminal())
    }

    /// Whether the symbols of a plan on standard output are explained: to people, and to whoever asks.
    pub fn explains_symbols(&self) -> bool {
        self.verbose || std::io::stdout().is_terminal()
    }

    /// How text in files is to look.
    pub fn look_of_files(&self) -> Look {
        self.look(false)
    }

    fn look(&self, auto: bool) -> Look {
        let colour = match self.color {
            Colour::Auto => auto,
            Colour::Always => true,
            Colour::Never => false,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = columns.or_else(terminal).unwrap_or(100);
        Look { colour, ascii: self.ascii, width: width.clamp(40, 300) }
    }
}
