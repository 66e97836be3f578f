//! The Azure CLI, played by a script.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// Puts an `az` on the story's PATH that does this. It has nothing but what is built into its shell.
pub(super) fn install(story: &Story, script: &str) {
    let az = story.path("bin/az");
    fs::write(&az, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(az, fs::Permissions::from_mode(0o755)).unwrap();
}

fn token(story: &Story, rest: &str) -> String {
    format!(r#"printf '{{"accessToken": "{}"{rest}}}'"#, story.store.token)
}

#[test]
fn it_is_asked_for_the_store_and_away_from_the_workspace() {
    let story = story();
    let told = story.path("told");
    let script = format!(
        "printf '%s\\n' \"$PWD\" \"$@\" > '{}'; echo 'WARNING: a new version' >&2\n{}",
        told.display(),
        token(&story, &format!(r#", "expires_on": {}"#, crate::support::jwt::now() + 3600))
    );
    install(&story, &script);
    plan(&story, &Vec::new()).ended(0).says("New words.");
    let told = fs::read_to_string(told).unwrap();
    let bin = story.path("bin").canonicalize().unwrap();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], bin.to_str().unwrap());
    let resource = "https://manage.devcenter.microsoft.com";
    assert_eq!(lines[1..], ["account", "get-access-token", "--resource", resource, "--output", "json"]);
}

#[test]
fn a_folder_on_path_that_is_relative_is_not_looked_into() {
    let story = story();
    install(&story, &token(&story, ""));
    let mut command = command(&story, &Vec::new(), &["plan"]);
    run(command.current_dir(story.repo.path()).env("PATH", "bin:./bin:.:")).ended(10).says("no `az` on PATH");
}

#[test]
fn it_is_asked_again_when_its_token_ends() {
    let story = story();
    // Each answer is one line more; the first token is not good.
    let log = story.path("log");
    let script = format!(
        "if [ -e '{0}' ]; then {1}; else printf '{{\"accessToken\": \"stale\"}}'; fi; echo x >> '{0}'",
        log.display(),
        token(&story, "")
    );
    install(&story, &script);
    plan(&story, &Vec::new()).ended(0);
    assert_eq!(fs::read_to_string(log).unwrap().lines().count(), 2);
}

#[test]
fn what_it_does_not_give_is_said() {
    let mut said = String::new();
    for (what, script) in [
        ("nobody is signed in", "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1"),
        (
            "the sign-in is over",
            "echo 'ERROR: AADSTS700082: The refresh token has expired. Trace ID: 1' >&2; echo 'Please run: az login' >&2; exit 1",
        ),
        (
            "the Azure CLI may not ask for the Store",
            "echo 'ERROR: AADSTS65002: Consent between first party application' >&2; exit 1",
        ),
        ("a code that nobody knows", "echo 'ERROR: AADSTS1: what' >&2; exit 1"),
        ("something else", "echo 'ERROR: The command failed' >&2; exit 3"),
        ("it is killed", "kill -9 $$"),
        ("no JSON", "echo hello"),
        ("no token", "echo '{}'"),
    ] {
        let story = story();
        install(&story, script);
        let ran = plan(&story, &Vec::new()).ended(10);
        said.push_str(&format!("# {what}\n{}\n", ran.stderr));
    }
    let story = story();
    fs::write(story.path("bin/az"), "#!/nowhere\n").unwrap();
    fs::set_permissions(story.path("bin/az"), fs::Permissions::from_mode(0o755)).unwrap();
    said.push_str(&format!("# it cannot be run\n{}", plan(&story, &Vec::new()).ended(10).stderr));
    insta::assert_snapshot!("azure_cli", said);
}
