//! Arguments of the commands that change something at the Store.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use crate::apply::WaitFor;
use crate::manifest::{Address, Guard, did_you_mean};
use crate::plan::Allowance;

use super::super::whom::Whom;
use super::Selection;

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
    /// Write the plan that is applied to FILE, so that `apply FILE` can take up what is left for a later run
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
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

/// Arguments of `wait`.
#[derive(Debug, Args)]
pub struct WaitArgs {
    /// Whose submission: the address of a manifest, or without any manifest a Store ID or ID/FLIGHT
    #[arg(value_name = "ADDRESS|ID")]
    pub whom: Whom,
    /// How far to follow it
    #[arg(long = "for", value_enum)]
    pub wait: WaitedFor,
    /// Which submission, as `apply` named it; 8 where it is neither on its way nor published [default: the one in progress]
    #[arg(long, value_name = "ID")]
    pub submission: Option<String>,
    /// How long to follow it, such as 90s, 30m or 6h [default: no end]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<std::time::Duration>,
}

/// How far `wait` follows a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WaitedFor {
    /// Until the Store has taken the commit
    Committed,
    /// Until it is certified
    Certified,
    /// Until it is published
    Published,
}

impl From<WaitedFor> for WaitFor {
    fn from(wait: WaitedFor) -> Self {
        match wait {
            WaitedFor::Committed => Self::Committed,
            WaitedFor::Certified => Self::Certified,
            WaitedFor::Published => Self::Published,
        }
    }
}

/// Arguments of `rollout`.
#[derive(Debug, Args)]
pub struct RolloutArgs {
    /// What becomes of the rollout.
    #[command(subcommand)]
    pub what: RolloutCommand,
}

/// What becomes of a running rollout.
#[derive(Debug, Subcommand)]
pub enum RolloutCommand {
    /// Let this share of customers have the new packages
    ///
    /// A smaller share than now needs --allow rollout-decrease. At 100 the rollout stays open until it is finalized.
    Set {
        /// Whose, and what to do without asking.
        #[command(flatten)]
        rollout: RolledOut,
        /// Of all customers, from 0 to 100
        #[arg(value_name = "PERCENT", value_parser = percentage)]
        percentage: serde_json::Number,
    },
    /// Let nobody else have the new packages; there is no way back
    ///
    /// Who has them keeps them, and the others stay with those before. The next submission is made from the halted one: release
    /// a version that mends it.
    Halt(RolledOut),
    /// Let everybody have the new packages, for good
    Finalize(RolledOut),
}

/// Whose rollout, and what to do without asking.
#[derive(Debug, Args)]
pub struct RolledOut {
    /// The address of a manifest, or without any manifest a Store ID or ID/FLIGHT
    #[arg(value_name = "ADDRESS|ID")]
    pub whom: Whom,
    /// Permit a guard for this run, such as rollout-decrease
    #[arg(long, value_name = "GUARD[=ADDRESS]", value_parser = allowance)]
    pub allow: Vec<Allowance>,
    /// Do not ask; permits no guard
    #[arg(long)]
    pub yes: bool,
}

fn percentage(text: &str) -> Result<serde_json::Number, String> {
    let number: Option<serde_json::Number> = text.trim_end_matches('%').trim().parse().ok();
    let is_share =
        |share: &serde_json::Number| share.as_f64().is_some_and(|share| (0.0..=100.0).contains(&share));
    number.filter(is_share).ok_or_else(|| "write a number from 0 to 100, such as 25".to_owned())
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
