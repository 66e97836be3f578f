//! The command line's shape. Doc comments are the help texts.

mod changing;
mod examples;
mod global;
mod learning;
mod looking;
mod manifests;
mod pulling;
mod starting;

use clap::{Parser, Subcommand};

pub use changing::{
    ApplyArgs, DiscardArgs, IfBusy, PlanHash, RolledOut, RolloutArgs, RolloutCommand, Wait, WaitArgs,
};
pub use global::{Global, SANDBOX};
pub use learning::{CompletionsArgs, ExplainArgs, SandboxArgs, Schema, SchemaArgs};
pub use looking::{DriftArgs, PlanArgs, SnapshotArgs, StatusArgs, ValidateArgs};
pub use manifests::{Baseline, Manifests, Release, Selection, Since};
pub use pulling::{PullArgs, Pullable};
pub use starting::{CiService, InitArgs};

/// Declarative release manager for the Microsoft Store
///
/// Manifests in git say what a Store product should be. `plan` shows what would change, `apply` makes it so.
#[derive(Debug, Parser)]
#[command(name = "storeward", version, max_term_width = 100, after_help = examples::STOREWARD)]
pub struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the manifests and every file they name; needs no credential and no network
    ///
    /// Everything that can be known without the Store is checked, packages too where --release names their folder. All
    /// mistakes are reported together. Exit code 3 when there is an error; warnings do not count.
    #[command(after_long_help = examples::VALIDATE)]
    Validate(ValidateArgs),
    /// Show what would change; sends nothing
    ///
    /// Compares the manifests with what Partner Center holds, or held when a snapshot was taken: that needs no credential.
    /// Exit code 0 with changes and without, also when guards or blockers stand in the way.
    #[command(after_long_help = examples::PLAN)]
    Plan(PlanArgs),
    /// Show what was changed in Partner Center, against git; sends nothing
    ///
    /// For schedules: names each field that is neither as the manifests want it nor as they said at the baseline. Exit code
    /// 0 with drift and without, unless --detailed-exitcode is given.
    #[command(after_long_help = examples::DRIFT)]
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
    #[command(mut_arg("paths", |paths| paths.value_name("PATH|PLAN")), after_long_help = examples::APPLY)]
    Apply(ApplyArgs),
    /// Show where products stand: what is published, on its way, rolled out, and what can be done
    ///
    /// Sends GET requests only. A Store ID needs no manifest: `storeward status 9NBLGGH4R315` shows the app with its add-ons
    /// and flights. Exit code 0 whatever is there, unless --detailed-exitcode is given; 1 where a product could not be read.
    #[command(after_long_help = examples::STATUS)]
    Status(StatusArgs),
    /// Follow a submission that is on its way; sends nothing
    ///
    /// Ends with 0 when it got there, with 8 where the Store refused it and says why, and with 9 when the time ran out. Can be
    /// interrupted and run again.
    #[command(after_long_help = examples::WAIT)]
    Wait(WaitArgs),
    /// Raise, halt or finalize the rollout that is running: at once, without a submission
    ///
    /// Says what is running and what becomes of it, asks, and afterwards says what to write into the manifest so that it lasts.
    /// A Store ID needs no manifest: `storeward rollout halt 9NBLGGH4R315`.
    #[command(after_long_help = examples::ROLLOUT)]
    Rollout(RolloutArgs),
    /// Delete a draft or a failed submission that is in the way
    ///
    /// One that Storeward made, or that nobody touched, goes after a question; somebody else's only with
    /// --allow replaces-draft. What was committed is never deleted.
    #[command(after_long_help = examples::DISCARD)]
    Discard(DiscardArgs),
    /// Keep the live state of the products in a file, for plans without a credential
    ///
    /// Sends GET requests only. The snapshot goes to standard output, or with --out FILE to a file. It holds no upload URL
    /// and no notes for certification.
    #[command(after_long_help = examples::SNAPSHOT)]
    Snapshot(SnapshotArgs),
    /// Examine whether the Store can be used from here: settings, credential, network, clock, token, account
    ///
    /// Each step that fails says what to do. Nothing is changed, and nothing secret is printed.
    #[command(after_long_help = examples::DOCTOR)]
    Doctor,
    /// Begin: a first manifest, and the workflows of a CI service
    ///
    /// Files are never replaced: where one of them is there already, nothing is written. Says what was written, and what is
    /// to be done next, such as which settings the workflows need.
    Init(InitArgs),
    /// Write what Partner Center holds into manifests; changes nothing there
    ///
    /// A Store ID brings the app with all its add-ons and flights, as manifests of your own from then on. Files that are
    /// there are never replaced. Texts get files of their own, what most languages share is said once, pictures are kept by
    /// their ids, and what a manifest cannot say is named with the reason. All of it is proved before it is written:
    /// afterwards `plan` says that there are no changes.
    ///
    /// With --update, --check or :FIELD it is about manifests that are there, and about what they manage.
    #[command(after_long_help = examples::PULL)]
    Pull(PullArgs),
    /// Explain a diagnostic code, a guard or a blocker
    #[command(after_long_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Print a JSON Schema
    #[command(after_long_help = examples::SCHEMA)]
    Schema(SchemaArgs),
    /// Print a script that completes command lines
    ///
    /// bash: `storeward completions bash > ~/.local/share/bash-completion/completions/storeward`.
    /// zsh: into a file `_storeward` in a folder of $fpath. fish: `storeward completions fish | source`.
    Completions(CompletionsArgs),
    /// Serve a local Partner Center to try things on
    ///
    /// The first line on standard output names the addresses: {"api":…,"login":…,"blob":…,"admin":…}. Unless a seed says
    /// otherwise, the tenant and the client are `sandbox`, the client secret is `sandbox-secret`. Ends with Ctrl-C.
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

    /// Whether programs are told in its result how it ended, where it ended before its result.
    pub fn gives_its_end(&self) -> bool {
        self.is_of_a_release()
            || matches!(self, Self::Wait(_) | Self::Rollout(_) | Self::Discard(_) | Self::Status(_))
    }

    /// Whether it comes to an end of its own when a signal asks it to.
    pub fn ends_on_signals(&self) -> bool {
        matches!(
            self,
            Self::Apply(_) | Self::Discard(_) | Self::Wait(_) | Self::Rollout(_) | Self::Sandbox(_)
        )
    }

    /// The word for it on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Validate(_) => "validate",
            Self::Plan(_) => "plan",
            Self::Drift(_) => "drift",
            Self::Apply(_) => "apply",
            Self::Status(_) => "status",
            Self::Wait(_) => "wait",
            Self::Rollout(_) => "rollout",
            Self::Discard(_) => "discard",
            Self::Snapshot(_) => "snapshot",
            Self::Doctor => "doctor",
            Self::Init(_) => "init",
            Self::Pull(_) => "pull",
            Self::Explain(_) => "explain",
            Self::Schema(_) => "schema",
            Self::Completions(_) => "completions",
            Self::Sandbox(_) => "sandbox",
        }
    }
}
