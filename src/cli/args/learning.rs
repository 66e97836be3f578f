//! Arguments of the commands that explain, and of the local Partner Center.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Such as SW1203, price-change or foreign-draft
    #[arg(value_name = "CODE")]
    pub code: String,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
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
    /// Of `status --output json`
    Status,
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
