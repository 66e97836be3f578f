//! Real git repositories, untouched by how the machine is set up.

use std::path::Path;
use std::process::Command;

use super::story::hermetic;

/// Runs git in a folder and tells what it printed.
#[track_caller]
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    hermetic(&mut command).current_dir(folder).args(arguments);
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Dev"),
        ("GIT_AUTHOR_EMAIL", "dev@contoso.example"),
        ("GIT_COMMITTER_NAME", "Dev"),
        ("GIT_COMMITTER_EMAIL", "dev@contoso.example"),
        ("GIT_AUTHOR_DATE", "2026-08-22T09:00:00Z"),
        ("GIT_COMMITTER_DATE", "2026-08-22T09:00:00Z"),
    ] {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    assert!(output.status.success(), "git {arguments:?}: {}", said(&output.stderr));
    said(&output.stdout)
}

/// Commits all that lies in the work tree; the commit.
#[track_caller]
pub(crate) fn commit(folder: &Path, message: &str) -> String {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", message]);
    git(folder, &["rev-parse", "HEAD"])
}
