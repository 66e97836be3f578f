//! The baseline in git: which commit it is, and what its manifests say.

mod git;
mod hints;
mod objects;
mod program;
mod tree;

use std::path::{Path, PathBuf};

use crate::manifest::{Code, Finding, Releases, Resource, Severity, Workspace, load_earlier};
use crate::plan::BaselineRef;

use super::args;
use super::exit::{Exit, Failure};
use super::settings::variable;

use git::{Commit, Repository};
use hints::Hints;
use program::GitError;
use tree::CommitTree;

/// What git says at an earlier commit.
#[derive(Debug)]
pub(super) struct Baseline {
    /// The commit.
    pub(super) reference: BaselineRef,
    /// When it was made, RFC 3339 in UTC.
    pub(super) committed: String,
    /// What its manifests say of the resources that were asked for.
    pub(super) resources: Vec<Resource>,
    /// What there is to say of them.
    pub(super) findings: Vec<Finding>,
    /// Why not all that they name was there.
    lacking: Option<Missing>,
}

impl Baseline {
    /// Refuses one that tells only a part, for what makes no sense with less.
    pub(super) fn whole(&self) -> Result<&Self, &Missing> {
        self.lacking.as_ref().map_or(Ok(self), Err)
    }
}

/// Why there is no baseline.
#[derive(Debug, thiserror::Error)]
pub(super) enum Missing {
    /// It is not asked.
    #[error("none is to be looked for")]
    Unwanted,
    /// There is no repository that can be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// Nothing was committed yet.
    #[error("nothing is committed yet")]
    NoCommit,
    /// Nothing was committed before.
    #[error("there is no commit before the first one")]
    FirstCommit,
    /// There is no branch to compare with.
    #[error("the default branch is not known: there is no origin/HEAD, no origin/main and no main")]
    NoDefaultBranch,
    /// The branch of the pull request was not fetched.
    #[error("`{0}`, which the pull request is for, is not in this clone")]
    NoTarget(String),
    /// The commit is among those that were not fetched.
    #[error("this clone is shallow, and the commit to compare with is not in it")]
    Shallow,
    /// The files of the commit are among those that were not fetched.
    #[error("this clone is partial, and not all files of the commit to compare with are in it")]
    Partial,
    /// The commit is not there, though all are.
    #[error("git knows no commit `{0}`")]
    NoSuchCommit(String),
    /// There is no common commit.
    #[error("this commit and {0} have no history in common")]
    Unrelated(String),
}

impl Missing {
    /// What can be done.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Unwanted => "leave `--baseline none` out, or name a commit: `--baseline git:REF`",
            Self::Git(error) => error.remedy(),
            Self::NoCommit | Self::FirstCommit => {
                "commit the manifests, and run it once more after the next change"
            }
            Self::NoDefaultBranch => "name the commit: `--baseline git:REF`",
            Self::NoTarget(_) => {
                "fetch all branches: `fetch-depth: 0` for actions/checkout, or `git fetch origin` with the branch's name"
            }
            Self::Partial => {
                "fetch all of it: leave `filter` out for actions/checkout, and `--filter` out for `git clone`"
            }
            Self::Shallow => {
                "fetch the history: `fetch-depth: 0` for actions/checkout, `fetchDepth: 0` in Azure Pipelines, \
                 `GIT_DEPTH: 0` in GitLab"
            }
            Self::NoSuchCommit(_) | Self::Unrelated(_) => "name the commit: `--baseline git:REF`",
        }
    }

    /// What is worth saying where it is done without: nothing to those who keep no history.
    pub(super) fn finding(&self) -> Option<Finding> {
        let is_usual =
            matches!(self, Self::Unwanted | Self::Git(GitError::None) | Self::NoCommit | Self::FirstCommit);
        (!is_usual).then(|| Finding {
            code: Code::NoBaseline.to_string(),
            severity: Severity::Warning,
            message: format!(
                "what changed in Partner Center cannot be told from what changed in git: {self}"
            ),
            at: None,
            help: Some(format!("{}; or go without: `--baseline none`", self.remedy())),
        })
    }
}

/// What is looked up at a baseline.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) workspace: &'a Workspace,
    /// The manifests and folders that were named.
    pub(super) paths: &'a [PathBuf],
    pub(super) releases: &'a Releases,
    /// The resources as they are now.
    pub(super) resources: &'a [Resource],
}

/// The commit that is checked out, where there is one.
pub(super) fn head(root: &Path) -> Option<String> {
    let commit = Repository::open(root).ok()?.commit("HEAD").ok()??;
    Some(commit.id)
}

/// The branch that changes go to, as far as the repository tells: the one that the remote `origin` calls its default; without
/// one `main` or `master` where there is such a branch, else the one that is checked out.
pub(super) fn likely_default_branch(root: &Path) -> Option<String> {
    let mut repository = Repository::open(root).ok()?;
    if let Some(branch) = repository.default_of_origin().ok()? {
        return Some(branch);
    }
    for branch in ["main", "master"] {
        if repository.commit(&format!("refs/heads/{branch}")).ok()?.is_some() {
            return Some(branch.to_owned());
        }
    }
    repository.checked_out().ok()?
}

/// Finds the baseline and reads its manifests. Only a commit that was named must be there.
pub(super) fn read(choice: &args::Baseline, asked: &Asked<'_>) -> Result<Result<Baseline, Missing>, Failure> {
    let named = match choice {
        args::Baseline::None => return Ok(Err(Missing::Unwanted)),
        args::Baseline::Auto => None,
        args::Baseline::Git(name) => Some(name),
    };
    let found = find(asked.workspace, named.map(String::as_str));
    match (named, found.and_then(|(repository, name, commit)| load(asked, repository, name, &commit))) {
        (Some(name), Err(missing)) => {
            let help = match &missing {
                Missing::NoSuchCommit(_) => {
                    "name a branch, a tag or a commit that is in this clone: git:origin/main, git:v1.4, git:HEAD~1"
                }
                other => other.remedy(),
            };
            let message = format!("there is no baseline `git:{name}`: {missing}");
            Err(Failure::new(Exit::Usage, message).help(help))
        }
        (_, read) => Ok(read),
    }
}

fn find(workspace: &Workspace, named: Option<&str>) -> Result<(Repository, String, Commit), Missing> {
    let mut repository = Repository::open(workspace.root())?;
    let (name, commit) = match named {
        Some(name) => match repository.commit(name)? {
            Some(commit) => (name.to_owned(), commit),
            None => return Err(or_shallow(Missing::NoSuchCommit(name.to_owned()), &repository)),
        },
        None => automatic(&mut repository, &Hints::of(variable))?,
    };
    Ok((repository, name, commit))
}

/// What is missing is missing because it was not fetched, in a clone that has not all.
fn or_shallow(missing: Missing, repository: &Repository) -> Missing {
    if repository.is_shallow { Missing::Shallow } else { missing }
}

/// Where this branch left the default branch; on the default branch what was there before the push, else the parent.
fn automatic(repository: &mut Repository, hints: &Hints) -> Result<(String, Commit), Missing> {
    let head = repository.commit("HEAD")?.ok_or(Missing::NoCommit)?;
    let (name, tip) = default_branch(repository, hints)?;
    let Some(base) = repository.merge_base(&head, &tip)? else {
        return Err(or_shallow(Missing::Unrelated(name), repository));
    };
    let earlier = if base == head.id { before(repository, hints, &head)? } else { base };
    match repository.commit(&earlier)? {
        Some(commit) => Ok((name, commit)),
        None => Err(or_shallow(Missing::NoSuchCommit(earlier), repository)),
    }
}

/// What the default branch was at before its newest commits.
fn before(repository: &mut Repository, hints: &Hints, head: &Commit) -> Result<String, Missing> {
    if let Some(before) = hints.before.as_ref().filter(|before| **before != head.id) {
        match repository.commit(before)? {
            Some(before) => return Ok(before.id),
            // The parent may be one of the pushed commits: what they change would look like drift.
            None if repository.is_shallow => return Err(Missing::Shallow),
            // History was written anew, and nobody has the old one any more.
            None => {}
        }
    }
    head.parents.first().cloned().ok_or(Missing::FirstCommit)
}

/// The branch that changes go to, by the name that people know, and a commit of it: the newest, or the one that a pull
/// request started from.
fn default_branch(repository: &mut Repository, hints: &Hints) -> Result<(String, Commit), Missing> {
    if let (Some(target), Some(base)) = (&hints.target, &hints.base)
        && let Some(base) = repository.commit(base)?
    {
        return Ok((target.clone(), base));
    }
    let of_origin = repository.default_of_origin()?;
    let named = [&of_origin, &hints.default].into_iter().flatten().map(String::as_str);
    // Another branch than the one of the pull request knows other changes as made already.
    let branches: Vec<&str> = match &hints.target {
        Some(target) => vec![target],
        None => named.chain(["main", "master"]).collect(),
    };
    for (place, prefix) in [("refs/remotes/origin/", "origin/"), ("refs/heads/", "")] {
        for branch in &branches {
            if let Some(tip) = repository.commit(&format!("{place}{branch}"))? {
                return Ok((format!("{prefix}{branch}"), tip));
            }
        }
    }
    let missing = hints.target.clone().map_or(Missing::NoDefaultBranch, Missing::NoTarget);
    Err(or_shallow(missing, repository))
}

fn load(
    asked: &Asked<'_>,
    repository: Repository,
    name: String,
    commit: &Commit,
) -> Result<Baseline, Missing> {
    let workspace = asked.workspace;
    let releases = asked.releases.values().cloned().collect();
    let is_partial = repository.is_partial();
    let tree = CommitTree::new(workspace.root(), repository, commit, releases)
        .map_err(|error| if is_partial { Missing::Partial } else { error.into() })?;
    let lacking = tree.lacking();
    let earlier = workspace.in_state(Box::new(tree));
    let loaded = load_earlier(&earlier, asked.paths, asked.releases, asked.resources);
    let reference = BaselineRef { name, commit: commit.id.clone() };
    let lacking = lacking.take();
    let findings = unread(&reference, &loaded.findings().findings, lacking.as_ref()).into_iter().collect();
    let committed = commit.committed.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Ok(Baseline { reference, committed, resources: loaded.resources, findings, lacking })
}

/// What is said of mistakes in the manifests of the baseline: once, because nobody can mend them there. Which of them are
/// not in this clone cannot be said of files that were not known to be manifests.
fn unread(reference: &BaselineRef, findings: &[Finding], lacking: Option<&Missing>) -> Option<Finding> {
    let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let (what, help) = match errors.next() {
        Some(first) => {
            let more = match errors.count() {
                0 => String::new(),
                1 => ", and 1 more".to_owned(),
                more => format!(", and {more} more"),
            };
            let place = first.at.as_ref().map(|at| format!("{}:{}: ", at.file, at.line)).unwrap_or_default();
            let help = "what could not be read there counts as not said; nothing is to be done if it is mended since";
            (format!("{place}{}{more}", first.message), help)
        }
        None => lacking.map(|lacking| (lacking.to_string(), lacking.remedy()))?,
    };
    let short = reference.commit.get(..7).unwrap_or(&reference.commit);
    Some(Finding {
        code: Code::BaselineUnread.to_string(),
        severity: Severity::Warning,
        message: format!("not all that git says at {}@{short} can be read: {what}", reference.name),
        at: None,
        help: Some(help.to_owned()),
    })
}
