//! Command lines to copy: for a shell, with what needs quotes in quotes.

use std::ffi::OsString;
use std::path::Path;

use super::args::{Global, SANDBOX};
use super::run::Named;

/// The command line as it was given, with `--expect HASH` and no other hash.
pub(super) fn given_with_hash(global: &Global, hash: &str) -> String {
    let mut words: Vec<OsString> = Vec::new();
    let mut given = global.given.iter().skip(1);
    while let Some(word) = given.next() {
        if word == "--" {
            words.push(word.clone());
            words.extend(given.by_ref().cloned());
        } else if word == "--expect" {
            given.next();
        } else if !word.to_string_lossy().starts_with("--expect=") {
            words.push(word.clone());
        }
    }
    // What stands behind `--` is no option.
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    words.splice(end..end, ["--expect".into(), hash.into()]);
    quoted(words)
}

/// The option that names the sandbox of this run, with a blank before it; nothing without one. A command without it would
/// go to the real Store.
pub(super) fn of_sandbox(global: &Global) -> String {
    match &global.sandbox {
        None => String::new(),
        Some(folder) if folder == Path::new(".storeward/sandbox") => " --sandbox".to_owned(),
        Some(folder) => {
            let option = format!("--sandbox={}", folder.display());
            format!(" {}", shlex::try_quote(&option).unwrap_or_default())
        }
    }
}

/// The command line as it was given.
pub(super) fn given(global: &Global) -> String {
    quoted(global.given.iter().skip(1).cloned())
}

/// `storeward plan` of what lies in a folder, against the same Store.
pub(super) fn plan(global: &Global, folder: &Path) -> String {
    let mut words: Vec<OsString> = Vec::new();
    if let Some(directory) = &global.directory {
        words.extend(["-C".into(), directory.clone().into()]);
    }
    words.push("plan".into());
    if let Some(data) = &global.sandbox {
        let mut word = OsString::from("--sandbox");
        if data != Path::new(SANDBOX) {
            word.push("=");
            word.push(data);
        }
        words.push(word);
    }
    if folder.to_string_lossy().starts_with('-') {
        words.push("--".into());
    }
    words.push(folder.into());
    quoted(words)
}

/// `storeward apply` of the same with `--expect HASH`.
pub(super) fn apply_with_hash(global: &Global, named: &Named, hash: &str) -> String {
    let mut words: Vec<OsString> = Vec::new();
    if let Some(folder) = &global.directory {
        words.extend(["-C".into(), folder.clone().into()]);
    }
    words.push("apply".into());
    for release in &named.manifests.release {
        words
            .extend(["--release".into(), format!("{}={}", release.address, release.folder.display()).into()]);
    }
    for target in &named.targets {
        words.extend(["--target".into(), target.to_string().into()]);
    }
    if named.replace_untrusted {
        words.push("--replace-untrusted".into());
    }
    words.extend(["--expect".into(), hash.into()]);
    if let Some(folder) = &global.sandbox {
        words.push(format!("--sandbox={}", folder.display()).into());
    }
    let paths = &named.manifests.paths;
    if paths.iter().any(|path| path.to_string_lossy().starts_with('-')) {
        words.push("--".into());
    }
    words.extend(paths.iter().map(|path| path.clone().into()));
    quoted(words)
}

fn quoted(words: impl IntoIterator<Item = OsString>) -> String {
    let mut line = "storeward".to_owned();
    for word in words {
        let word = word.to_string_lossy();
        line.push(' ');
        // Nothing but a null character cannot be quoted, and no argument holds one.
        line.push_str(&shlex::try_quote(&word).unwrap_or_default());
    }
    line
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::Cli;
    use super::*;

    const OTHER: &str = "sp1:0123456789abcdef0123456789abcdef";

    fn with_hash(arguments: &[&str]) -> String {
        let given: Vec<OsString> = arguments.iter().map(Into::into).collect();
        let mut cli = Cli::try_parse_from(&given).unwrap();
        cli.global.given = given;
        given_with_hash(&cli.global, "sp1:0")
    }

    #[test]
    fn the_next_plan_is_of_the_same_store() {
        let cli =
            Cli::try_parse_from(["storeward", "-C", "a b", "pull", "9NBLGGH4R315", "--sandbox"]).unwrap();
        let next = plan(&cli.global, Path::new("store/x"));
        assert_eq!(next, "storeward -C 'a b' plan --sandbox store/x");
    }

    #[test]
    fn the_same_command_is_named_with_the_hash() {
        assert_eq!(with_hash(&["/opt/storeward", "apply"]), "storeward apply --expect sp1:0");
        assert_eq!(
            with_hash(&[
                "storeward", "-C", "my app", "apply", "it's.yaml", "--release", "app/a=out dir",
                "--wait=none"
            ]),
            "storeward -C 'my app' apply \"it's.yaml\" --release 'app/a=out dir' '--wait=none' --expect sp1:0"
        );
        for given in [
            &["storeward", "apply", "--expect", OTHER, "-q"][..],
            &["storeward", "apply", &format!("--expect={OTHER}"), "-q"],
        ] {
            assert_eq!(with_hash(given), "storeward apply -q --expect sp1:0");
        }
        assert_eq!(
            with_hash(&["storeward", "apply", "--", "-x.yaml"]),
            "storeward apply --expect sp1:0 -- -x.yaml"
        );
    }
}
