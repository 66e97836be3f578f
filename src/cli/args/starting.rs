//! Arguments of the commands that set a repository up.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder for the manifests [default: the current folder]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Write the workflows of a CI service, too
    ///
    /// They go to the root of the repository: a plan in each pull request, an apply of what was merged. Where there are
    /// manifests already, only they are written.
    #[arg(long, value_enum, value_name = "SERVICE")]
    pub ci: Option<CiService>,
    /// The branch that changes are merged into [default: as the repository tells, else main]
    #[arg(long, value_name = "NAME", requires = "ci")]
    pub branch: Option<String>,
    /// Where the workflows get storeward: the address above the folders of its versions
    #[arg(long, value_name = "URL", requires = "ci")]
    pub releases: Option<String>,
    /// The SHA-256 of its archive for Linux, of this version
    #[arg(long, value_name = "DIGEST", requires = "ci")]
    pub sha256: Option<String>,
}

/// A CI service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CiService {
    /// GitHub Actions
    Github,
    /// Azure Pipelines
    Azure,
    /// GitLab CI/CD
    Gitlab,
}
