//! Where a run comes from, for its receipt.

use std::path::PathBuf;

use crate::manifest::Workspace;

use super::baseline;
use super::settings::variable;

/// What CI services call the commit that they run.
const COMMITS: &[&str] = &["GITHUB_SHA", "BUILD_SOURCEVERSION", "CI_COMMIT_SHA"];

/// Where a run comes from.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) base: PathBuf,
    /// Where the run can be looked at.
    pub(super) run_url: Option<String>,
}

impl Origin {
    /// The commit that is checked out; where git does not say, the one that a CI service names.
    pub(super) fn commit(&self) -> Option<String> {
        let checked_out = Workspace::around(&self.base).ok().and_then(|around| baseline::head(around.root()));
        let named = || COMMITS.iter().find_map(|name| variable(name));
        let is_commit = |id: &String| id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        checked_out.or_else(named).filter(is_commit)
    }
}
