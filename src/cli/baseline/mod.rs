//! The baseline in git: which commit it is, and what its manifests say.

mod git;
mod hints;
mod tree;

use std::path::PathBuf;

use crate::manifest::{Code, Finding, Releases, Resource, Severity, Workspace, load_earlier};
use crate::plan::BaselineRef;

use super::args;
use super::exit::{Exit, Failure};
use super::settings::variable;

use git::{Commit, GitError, Repository};
use hints::Hints;
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
    /// The commit is among those that were not fetched.
    #[error("this clone is shallow, and the commit to compare with is not in it")]
    Shallow,
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
            Self::Git(GitError::None) => "run it where the repository is checked out, with git installed",
            Self::Git(_) => "mend what git names, or go without: `--baseline none`",
            Self::NoCommit | Self::FirstCommit => {
                "commit the manifests, and run it once more after the next change"
            }
            Self::NoDefaultBranch => {
                "name the commit: `--baseline git:REF`, or go without: `--baseline none`"
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
            help: Some(self.remedy().to_owned()),
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
        Some(name) => {
            let found = commit(&mut repository, name)?;
            (name.to_owned(), found.ok_or_else(|| Missing::NoSuchCommit(name.to_owned()))?)
        }
        None => automatic(&mut repository, &Hints::of(variable))?,
    };
    Ok((repository, name, commit))
}

fn commit(repository: &mut Repository, name: &str) -> Result<Option<Commit>, Missing> {
    repository.commit(name).map_err(|error| Missing::Git(error.into()))
}

/// Where this branch left the default branch; on the default branch what was there before the push, else the parent.
fn automatic(repository: &mut Repository, hints: &Hints) -> Result<(String, Commit), Missing> {
    let head = commit(repository, "HEAD")?.ok_or(Missing::NoCommit)?;
    let (name, tip) = default_branch(repository, hints)?;
    let base = repository.merge_base(&head, &tip)?;
    let or_shallow = |missing: Missing, repository: &Repository| {
        if repository.is_shallow { Missing::Shallow } else { missing }
    };
    let base = base.ok_or_else(|| or_shallow(Missing::Unrelated(name.clone()), repository))?;
    let mut earlier = Some(base).filter(|base| *base != head.id);
    if earlier.is_none() {
        for before in hints.before.iter().filter(|before| **before != head.id) {
            earlier = commit(repository, before)?.map(|before| before.id);
        }
    }
    let Some(earlier) = earlier.or_else(|| head.parents.first().cloned()) else {
        return Err(Missing::FirstCommit);
    };
    match commit(repository, &earlier)? {
        Some(commit) => Ok((name, commit)),
        None => Err(or_shallow(Missing::NoSuchCommit(earlier), repository)),
    }
}

/// The branch that changes go to, by the name that people know, and its newest commit.
fn default_branch(repository: &mut Repository, hints: &Hints) -> Result<(String, Commit), Missing> {
    let of_origin = repository.default_of_origin().map_err(|error| Missing::Git(error.into()))?;
    let named = [
        &hints.target,
        &of_origin.and_then(|name| Some(name.strip_prefix("origin/")?.to_owned())),
        &hints.default,
    ];
    let usual = ["main", "master"];
    let branches: Vec<&str> = named.into_iter().flatten().map(String::as_str).chain(usual).collect();
    for (place, prefix) in [("refs/remotes/origin/", "origin/"), ("refs/heads/", "")] {
        for branch in &branches {
            if let Some(tip) = commit(repository, &format!("{place}{branch}"))? {
                return Ok((format!("{prefix}{branch}"), tip));
            }
        }
    }
    Err(if repository.is_shallow { Missing::Shallow } else { Missing::NoDefaultBranch })
}

fn load(
    asked: &Asked<'_>,
    repository: Repository,
    name: String,
    commit: &Commit,
) -> Result<Baseline, Missing> {
    let workspace = asked.workspace;
    let releases = asked.releases.values().cloned().collect();
    let tree = CommitTree::new(workspace.root(), repository, commit, releases)?;
    let earlier = workspace.in_state(Box::new(tree));
    let loaded = load_earlier(&earlier, asked.paths, asked.releases, asked.resources);
    let reference = BaselineRef { name, commit: commit.id.clone() };
    let findings = unread(&reference, &loaded.findings().findings).into_iter().collect();
    let committed = commit.committed.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Ok(Baseline { reference, committed, resources: loaded.resources, findings })
}

/// What is said of mistakes in the manifests of the baseline: once, because nobody can mend them there.
fn unread(reference: &BaselineRef, findings: &[Finding]) -> Option<Finding> {
    let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let first = errors.next()?;
    let more = match errors.count() {
        0 => String::new(),
        1 => ", and 1 more".to_owned(),
        more => format!(", and {more} more"),
    };
    let place = first.at.as_ref().map(|at| format!("{}:{}: ", at.file, at.line)).unwrap_or_default();
    let short = reference.commit.get(..7).unwrap_or(&reference.commit);
    Some(Finding {
        code: Code::BaselineUnread.to_string(),
        severity: Severity::Warning,
        message: format!(
            "not all that git says at {}@{short} can be read: {place}{}{more}",
            reference.name, first.message
        ),
        at: None,
        help: Some(
            "what could not be read there counts as not said; nothing is to be done if it is mended since"
                .to_owned(),
        ),
    })
}
