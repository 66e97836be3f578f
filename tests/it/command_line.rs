//! The command line itself: help, version, completions.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::story::{hermetic, run, storeward};

fn printed(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    run(storeward(folder.path()).args(arguments)).ended(0).stdout
}

/// The commands as the help names them.
fn commands() -> Vec<String> {
    let help = printed(&["--help"]);
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let named = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn every_help_text_is_as_it_was_looked_at() {
    let commands = commands();
    assert!(commands.iter().any(|command| command == "plan") && commands.len() > 10, "{commands:?}");
    insta::assert_snapshot!("help", printed(&["--help"]));
    for command in commands {
        insta::assert_snapshot!(format!("help_{command}"), printed(&[&command, "--help"]));
    }
}

#[test]
fn the_version_is_for_programs_too() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(printed(&["--version"]), format!("storeward {version}\n"));
    for arguments in [["--version", "--output", "json"], ["--output", "json", "--version"]] {
        let json: serde_json::Value = serde_json::from_str(&printed(&arguments)).unwrap();
        assert_eq!((&json["version"], &json["formats"]["plan"]), (&version.into(), &"1.0".into()));
    }
}

#[test]
fn a_shell_completes() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(printed(&["completions", shell]).contains("rollout"), "{shell}");
    }
    let bash = Path::new("/bin/bash");
    if !bash.exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("script"), printed(&["completions", "bash"])).unwrap();
    let typed = "source ./script; COMP_WORDS=(storeward pla); COMP_CWORD=1; _storeward storeward pla storeward; echo \"${COMPREPLY[*]}\"";
    let ran = run(hermetic(&mut Command::new(bash)).args(["-c", typed]).current_dir(folder.path())).ended(0);
    assert_eq!(ran.stdout, "plan\n");
}
