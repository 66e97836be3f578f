//! Which manifests a command is about, and what they are compared with.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::manifest::Address;

use super::Global;

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
