//! Arguments of the commands that set a repository up.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::whom::is_store_id;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder for the manifests [default: store, with --from store/NAME]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// The Store ID of an app that is in Partner Center: manifests that say what is there, with its add-ons and flights
    #[arg(long, value_name = "ID", value_parser = store_id)]
    pub from: Option<String>,
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

fn store_id(text: &str) -> Result<String, String> {
    if is_store_id(text) {
        Ok(text.to_ascii_uppercase())
    } else {
        Err("a Store ID has twelve letters and digits, such as 9NBLGGH4R315; Partner Center shows it under Product identity".to_owned())
    }
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
