//! Arguments of the commands that look and send nothing.

use std::path::PathBuf;

use clap::Args;

use super::super::whom::Whom;
use super::{Manifests, Selection, Since};

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// What to validate.
    #[command(flatten)]
    pub manifests: Manifests,
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

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Addresses of manifests, or without any manifest a Store ID or ID/FLIGHT [default: all manifests]
    #[arg(value_name = "ADDRESS|ID")]
    pub whom: Vec<Whom>,
    /// Exit with 8 when a submission failed
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// Arguments of `snapshot`.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// Manifests of the products, or folders to look for them in [default: the current folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}
