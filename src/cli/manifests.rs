//! What `validate`, `plan`, `apply` and `snapshot` share: loading manifests, and saying what is wrong with them.

use std::path::PathBuf;

use crate::manifest::{
    Code, Diagnostic, Diagnostics, Finding, Findings, Loaded, Location, Releases, Workspace, WorkspaceError,
    load as load_manifests,
};
use crate::render::{self, Annotation, Format, Look};

use super::args::{Global, Manifests};
use super::ended;
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
    pub(super) fn load(global: &Global, results: &Results, named: &Manifests) -> Result<Self, Failure> {
        let base = base(global)?;
        let workspace = Workspace::around_named(&base, &named.paths).map_err(|error| {
            let failure = Failure::new(Exit::Usage, error.to_string());
            match error {
                WorkspaceError::Several { .. } => failure.help("name those of one repository at a time"),
                WorkspaceError::NoFolder { .. } => failure,
            }
        })?;
        let mut wrong = Diagnostics::default();
        let releases = releases(&workspace, named, &mut wrong)?;
        let mut loaded = load_manifests(&workspace, &named.paths, &releases);
        results.keep(loaded.files.iter())?;
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
                    Sink::File | Sink::Summary => {
                        render::diagnostics(&self.loaded.diagnostics, &self.loaded.sources, look) + &sum
                    }
                }
            }
            Format::Json => render::json(&self.findings),
            Format::Github => {
                render::github(&self.annotations(), "in the log of this step, or run `storeward validate`")
            }
            Format::Azure => render::azure(&self.annotations()),
            Format::Gitlab => {
                let first = self.loaded.resources.first();
                let first =
                    first.map_or(".".to_owned(), |first| self.workspace.root_relative(&first.at.file));
                render::gitlab(&self.annotations(), &first)
            }
            Format::Markdown => unreachable!("`Results` refuses forms that a command has not"),
        }
    }

    fn annotations(&self) -> Vec<Annotation> {
        let mut annotations: Vec<_> = self.findings.findings.iter().map(Annotation::from).collect();
        as_services_see(
            &self.workspace,
            annotations.iter_mut().filter_map(|annotation| annotation.at.as_mut()),
        );
        annotations
    }

    /// How many files were read.
    fn files(&self) -> usize {
        self.loaded.sources.count() + self.loaded.assets
    }

    /// Ends a command that needs manifests without mistakes where there are some: tells them, and gives them as the
    /// result.
    pub(super) fn refuse_errors(&self, global: &Global, results: &Results) -> Result<(), Failure> {
        self.refuse(global, results, Exit::Invalid)
    }

    /// The same for mistakes that were found later, and end the command in another way. What was told is not told again.
    pub(super) fn refuse_late(
        &mut self,
        global: &Global,
        results: &Results,
        late: Vec<Diagnostic>,
        exit: Exit,
    ) -> Result<(), Failure> {
        let mut all = std::mem::take(&mut self.findings.findings);
        self.loaded.diagnostics = Diagnostics::default();
        for diagnostic in late {
            all.push(Finding::of(&diagnostic, &self.loaded.sources));
            self.loaded.diagnostics.push(diagnostic);
        }
        self.findings = Findings::new(all, std::mem::take(&mut self.findings.resources));
        self.refuse(global, results, exit)
    }

    fn refuse(&self, global: &Global, results: &Results, exit: Exit) -> Result<(), Failure> {
        self.tell(global, true);
        if !self.has_errors() {
            return Ok(());
        }
        results.give(|format, look, sink| match (format, sink) {
            (Format::Text, Sink::Stdout) => String::new(),
            (Format::Json, _) => {
                let failure = Failure::new(Exit::Invalid, render::counts(self.findings.counts));
                ended::json(&failure.help("nothing was sent"), Some(&self.findings))
            }
            (Format::Markdown, _) => {
                ended::mistakes(Exit::Invalid, &self.findings, &results.ci.setting(sink), results.command())
            }
            _ => self.form(format, look, sink),
        })?;
        Err(Failure::new(exit, "").help("nothing was sent"))
    }
}

/// Names the files of places as CI services name them, which know the repository and no current folder.
pub(super) fn as_services_see<'p>(workspace: &Workspace, places: impl Iterator<Item = &'p mut Location>) {
    for at in places {
        at.file = workspace.root_relative(&at.file).into();
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
    let home = std::env::home_dir().and_then(|home| home.canonicalize().ok());
    for release in &named.release {
        let folder = workspace.current().join(&release.folder);
        let mut report = |code, what: &str, help: &str| {
            let message = format!("the release folder `{}` {what}", release.folder.display());
            wrong.push(Diagnostic::error(code, None, message).help(help));
        };
        let build = "build the packages first, or correct the path";
        let Ok(real) = folder.canonicalize() else {
            report(Code::FileMissing, "does not exist", build);
            continue;
        };
        if !real.is_dir() {
            report(Code::NotAFile, "is no folder", "name the folder that the packages lie in");
            continue;
        }
        // What is written may be trusted; where links in a checkout lead may not.
        if workspace.is_led_out(&folder) {
            let help = "name the folder itself that the packages lie in";
            report(Code::OutsideWorkspace, "leads out of the workspace through a symbolic link", help);
            continue;
        }
        if workspace.lies_below(&real) || home.as_ref().is_some_and(|home| home.starts_with(&real)) {
            let help = "name a folder that holds what is released and nothing else";
            report(Code::OutsideWorkspace, "holds far more than a release", help);
            continue;
        }
        if real.read_dir().map_or(true, |mut entries| entries.next().is_none()) {
            report(Code::NothingMatches, "is empty", build);
            continue;
        }
        let folder = real;
        if releases.insert(release.address.clone(), folder).is_some() {
            return Err(Failure::new(Exit::Usage, format!("two releases are named for {}", release.address)));
        }
    }
    Ok(releases)
}
