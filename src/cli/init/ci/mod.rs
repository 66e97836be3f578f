//! The workflows of each CI service, and what is to be set up there for them.
//!
//! They are real files beside this one, which linters read as they are. The actions in those of GitHub are pinned by the
//! commits that many public workflows pin, under the same version: checkout v6.0.2 (`de0fac2e`), cache v5.0.3 (`cdf6c1fa`),
//! upload-artifact v6.0.0 (`b7c566a7`), download-artifact v7.0.0 (`37930b1c`).

use super::files::NewFile;
use crate::cli::args::CiService;

/// What the templates leave open.
#[derive(Debug)]
pub(super) struct Values<'v> {
    /// The branch that changes go to.
    pub(super) branch: &'v str,
    /// The version of storeward that is installed.
    pub(super) version: &'v str,
    /// The digest of its archive for Linux; empty where it is not known.
    pub(super) sha256: &'v str,
    /// Where its releases are; empty where that is not known.
    pub(super) releases: &'v str,
}

/// A service.
struct Service {
    files: &'static [(&'static str, &'static str)],
    /// The file that says which storeward is installed.
    pin: &'static str,
    /// What is to be set up.
    settings: &'static str,
}

fn service(which: CiService) -> Service {
    match which {
        CiService::Github => Service {
            files: &[
                (".github/workflows/store-plan.yml", include_str!("github/store-plan.yml")),
                (".github/workflows/store-apply.yml", include_str!("github/store-apply.yml")),
                (".github/workflows/store-release.yml", include_str!("github/store-release.yml")),
                (".github/workflows/store-watch.yml", include_str!("github/store-watch.yml")),
                (".github/storeward/install.sh", include_str!("github/install.sh")),
                (".github/storeward/github.sh", include_str!("github/github.sh")),
            ],
            pin: ".github/storeward/install.sh",
            settings: include_str!("github/settings.txt"),
        },
        CiService::Azure => Service {
            files: &[("azure-pipelines.yml", include_str!("azure-pipelines.yml"))],
            pin: "azure-pipelines.yml",
            settings: include_str!("azure-settings.txt"),
        },
        CiService::Gitlab => Service {
            files: &[(".gitlab-ci.yml", include_str!("gitlab-ci.yml"))],
            pin: ".gitlab-ci.yml",
            settings: include_str!("gitlab-settings.txt"),
        },
    }
}

impl Values<'_> {
    fn fill(&self, template: &str) -> String {
        template
            .replace("@branch@", self.branch)
            .replace("@version@", self.version)
            .replace("@sha256@", self.sha256)
            .replace("@releases@", self.releases)
    }
}

/// The files of a service, below the root of the repository.
pub(super) fn files(which: CiService, values: &Values<'_>) -> Vec<NewFile> {
    let files = service(which).files.iter();
    files.map(|(path, template)| NewFile::new(*path, values.fill(template))).collect()
}

/// What is to be set up for them: one thing a paragraph.
pub(super) fn settings(which: CiService, values: &Values<'_>) -> Vec<String> {
    let Service { pin, settings, .. } = service(which);
    let mut all: Vec<String> = settings.split("\n\n").map(|part| values.fill(part.trim_end())).collect();
    let missing: Vec<&str> = [
        (values.releases, "where releases of storeward are"),
        (values.sha256, "the digest of its archive for Linux, from SHA256SUMS of that release"),
    ]
    .into_iter()
    .filter(|(value, _)| value.is_empty())
    .map(|(_, what)| what)
    .collect();
    if !missing.is_empty() {
        all.insert(0, format!("In {pin}, write {}", missing.join(", and ")));
    }
    all
}
