//! What `validate`, `plan` and `apply` share: loading manifests, and saying what is wrong with them.

use std::path::PathBuf;

use crate::manifest::{
    Code, Diagnostic, Diagnostics, Finding, Findings, Loaded, Releases, Workspace, load as load_manifests,
};
use crate::render::{self, Format, Look};

use super::args::{Global, Manifests};
use super::exit::{Exit, Failure};
use super::out;
use super::results::{Results, Sink};

/// Manifests that were read, with what there is to say about them.
pub(super) struct Checked {
    pub(super) loaded: Loaded,
    pub(super) findings: Findings,
    pub(super) workspace: Workspace,
    /// The folders that are released.
    pub(super) releases: Releases,
}

impl Checked {
    /// Reads the manifests and every file that they name. Needs no network.
    pub(super) fn load(global: &Global, named: &Manifests) -> Result<Self, Failure> {
        let base = base(global)?;
        let workspace = Workspace::around(&base).map_err(|error| {
            Failure::new(Exit::Usage, format!("`{}` is no folder: {error}", base.display()))
        })?;
        let mut wrong = Diagnostics::default();
        let releases = releases(&workspace, named, &mut wrong)?;
        let mut loaded = load_manifests(&workspace, &named.paths, &releases);
        for diagnostic in wrong.sorted() {
            loaded.diagnostics.push(diagnostic.clone());
        }
        let findings = loaded.findings();
        Ok(Self { loaded, findings, workspace, releases })
    }

    pub(super) fn has_errors(&self) -> bool {
        self.findings.counts.errors > 0
    }

    /// Says for people what was found. Warnings are not worth breaking a silence that was asked for.
    pub(super) fn tell(&self, global: &Global, with_counts: bool) {
        if global.quiet && !self.has_errors() {
            return;
        }
        let look = global.look_of_stderr();
        out::progress(&render::diagnostics(&self.loaded.diagnostics, &self.loaded.sources, look));
        let counts = render::counts(self.findings.counts);
        if with_counts && !counts.is_empty() {
            out::progress(&format!("{counts}\n"));
        }
    }

    /// The findings as a result. As text they are told beforehand, so that standard output gets their sum alone.
    pub(super) fn form(&self, format: Format, look: Look, sink: Sink) -> String {
        match format {
            Format::Text => {
                let sum = render::validation(&self.findings, self.files());
                match sink {
                    Sink::Stdout => sum,
                    Sink::File => {
                        render::diagnostics(&self.loaded.diagnostics, &self.loaded.sources, look) + &sum
                    }
                }
            }
            Format::Json => render::json(&self.findings),
            Format::Github => render::github(&self.as_services_see_them()),
            Format::Azure => render::azure(&self.as_services_see_them()),
            Format::Gitlab => {
                let first = self.loaded.resources.first();
                let first =
                    first.map_or(".".to_owned(), |first| self.workspace.root_relative(&first.at.file));
                render::gitlab(&self.as_services_see_them(), &first)
            }
            Format::Markdown => unreachable!("`Results` refuses forms that a command has not"),
        }
    }

    /// The findings with files named as CI services name them, which know the repository and no current folder.
    fn as_services_see_them(&self) -> Vec<Finding> {
        let mut findings = self.findings.findings.clone();
        for at in findings.iter_mut().filter_map(|finding| finding.at.as_mut()) {
            at.file = self.workspace.root_relative(&at.file).into();
        }
        findings
    }

    /// How many files were read.
    fn files(&self) -> usize {
        self.loaded.sources.count() + self.loaded.assets
    }

    /// Ends a command that needs manifests without mistakes where there are some: tells them, and gives them as the
    /// result.
    pub(super) fn refuse_errors(&self, global: &Global, results: &Results) -> Result<(), Failure> {
        self.tell(global, true);
        if !self.has_errors() {
            return Ok(());
        }
        results.give(|format, look, sink| match (format, sink) {
            (Format::Text, Sink::Stdout) => String::new(),
            _ => self.form(format, look, sink),
        })?;
        Err(Failure::new(Exit::Invalid, "").help("nothing was sent"))
    }
}

/// The folder that the command runs in.
pub(super) fn base(global: &Global) -> Result<PathBuf, Failure> {
    let current = std::env::current_dir()
        .map_err(|error| Failure::new(Exit::Error, format!("the current folder cannot be read: {error}")))?;
    Ok(global.directory.as_ref().map_or_else(|| current.clone(), |folder| current.join(folder)))
}

/// The folders that are released; those that cannot be go to `wrong`.
fn releases(workspace: &Workspace, named: &Manifests, wrong: &mut Diagnostics) -> Result<Releases, Failure> {
    let mut releases = Releases::new();
    for release in &named.release {
        let folder = workspace.current().join(&release.folder);
        let mut report = |code, what: &str| {
            let message = format!("the release folder `{}` {what}", release.folder.display());
            let help = "build the packages first, or correct the path";
            wrong.push(Diagnostic::error(code, None, message).help(help));
        };
        let Some(folder) = folder.canonicalize().ok().filter(|folder| folder.is_dir()) else {
            report(Code::FileMissing, "does not exist");
            continue;
        };
        if folder.read_dir().map_or(true, |mut entries| entries.next().is_none()) {
            report(Code::NothingMatches, "is empty");
            continue;
        }
        if releases.insert(release.address.clone(), folder).is_some() {
            return Err(Failure::new(Exit::Usage, format!("two releases are named for {}", release.address)));
        }
    }
    Ok(releases)
}
