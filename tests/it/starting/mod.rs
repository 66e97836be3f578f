//! `storeward init`: what it writes, and what it never does.

mod rules;

use std::fs;
use std::path::Path;

use crate::support::git::{commit, git};
use crate::support::story::{Ran, run, storeward};

const SERVICES: [&str; 3] = ["github", "azure", "gitlab"];

fn init(folder: &Path, arguments: &[&str]) -> Ran {
    run(storeward(folder).arg("init").args(arguments))
}

/// An empty repository in a folder of this name.
fn repository(name: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let around = tempfile::tempdir().unwrap();
    let root = around.path().join(name);
    fs::create_dir(&root).unwrap();
    git(&root, &["init", "--quiet", "--initial-branch", "trunk"]);
    (around, root)
}

/// Every file of a folder, git's own left out.
fn files(folder: &Path) -> Vec<String> {
    let walk =
        ignore::WalkBuilder::new(folder).hidden(false).git_ignore(false).sort_by_file_path(Path::cmp).build();
    let paths = walk.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().unwrap().is_file());
    let below = paths.map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
    below.filter(|path| !path.starts_with(".git/")).collect()
}

#[test]
fn a_first_manifest_lacks_only_what_nobody_can_guess() {
    let (_around, root) = repository("Harbor Notes 2");
    init(&root, &[])
        .ended(0)
        .says("wrote store/app.yaml")
        .says("Write the Store ID of your app into store/app.yaml");
    assert_eq!(files(&root), ["store/app.yaml"]);
    let validate = || run(storeward(&root).arg("validate"));
    validate().ended(3).says("SW1209").says("store/app.yaml:5:5").says("1 error");
    let manifest = fs::read_to_string(root.join("store/app.yaml")).unwrap();
    fs::write(root.join("store/app.yaml"), manifest.replace("STORE-ID", "9PSANDBOX001")).unwrap();
    validate().ended(0).says("1 manifest is valid");
    assert!(manifest.contains("name: harbor-notes-2"), "{manifest}");
    // What is commented out is no less right.
    let whole = manifest.replace("STORE-ID", "9PSANDBOX001").replace("\n# ", "\n").replace("\n#\n", "\n\n");
    let whole: String = whole
        .lines()
        .filter(|line| line.is_empty() || line.contains(':') || line.starts_with(' '))
        .fold(String::new(), |text, line| {
            if line.contains(". ") || line.contains("storeward apply") { text } else { text + line + "\n" }
        });
    fs::write(root.join("store/app.yaml"), &whole).unwrap();
    fs::create_dir_all(root.join("store/copy/en-us")).unwrap();
    fs::write(root.join("store/copy/en-us/description.md"), "Words.\n").unwrap();
    fs::write(root.join("store/copy/en-us/release-notes.md"), "Words.\n").unwrap();
    validate().ended(0);
    assert!(whole.contains("\nsubmission:\n") && whole.contains("\nrelease:\n"), "{whole}");
}

#[test]
fn nothing_is_replaced_and_nothing_is_half_done() {
    for service in SERVICES {
        let (_around, root) = repository("reader");
        init(&root, &["--ci", service]).ended(0);
        let written = files(&root);
        let last = written.iter().rfind(|path| *path != "store/app.yaml").unwrap().clone();
        for path in written.iter().filter(|path| **path != last) {
            fs::remove_file(root.join(path)).unwrap();
        }
        fs::write(root.join(&last), "mine\n").unwrap();
        init(&root, &["--ci", service]).ended(64).says(&last).says("there already; nothing was written");
        assert_eq!(files(&root), [&*last]);
        assert_eq!(fs::read_to_string(root.join(&last)).unwrap(), "mine\n");
    }
    let (_around, root) = repository("reader");
    init(&root, &[]).ended(0);
    init(&root, &["elsewhere"]).ended(64).says("there are manifests already: store/app.yaml");
    assert_eq!(files(&root), ["store/app.yaml"]);
}

#[test]
fn workflows_are_added_to_manifests_that_are_there() {
    let (_around, root) = repository("reader");
    fs::create_dir(root.join("apps")).unwrap();
    fs::write(root.join("apps/one.yaml"), "kind: App\nname: one\nid: 9PSANDBOX001\n").unwrap();
    init(&root.join("apps"), &["--ci", "github"]).ended(0);
    assert!(!files(&root).contains(&"apps/store/app.yaml".to_owned()));
    assert!(root.join(".github/workflows/store-plan.yml").is_file());
}

#[test]
fn workflows_go_to_a_repository_and_know_its_branch() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &["--ci", "github"]).ended(64).says("git init");
    assert!(files(folder.path()).is_empty());

    let branch_in = |root: &Path, arguments: &[&str]| {
        init(root, &[&["--ci", "github"], arguments].concat()).ended(0);
        let apply = fs::read_to_string(root.join(".github/workflows/store-apply.yml")).unwrap();
        fs::remove_dir_all(root.join(".github")).unwrap();
        apply.lines().find(|line| line.contains("branches:")).unwrap().trim().to_owned()
    };
    let (_around, root) = repository("reader");
    assert_eq!(branch_in(&root, &[]), "branches: ['trunk']");
    commit(&root, "one");
    git(&root, &["branch", "main"]);
    assert_eq!(branch_in(&root, &[]), "branches: ['main']");
    git(&root, &["update-ref", "refs/remotes/origin/release/1.x", "HEAD"]);
    git(&root, &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/1.x"]);
    assert_eq!(branch_in(&root, &[]), "branches: ['release/1.x']");
    assert_eq!(branch_in(&root, &["--branch", "next"]), "branches: ['next']");
    for (option, value) in [
        ("--branch", "x'] # "),
        ("--sha256", "ABC"),
        ("--releases", "http://releases.example"),
        ("--releases", "https://releases.example/$(id)"),
    ] {
        init(&root, &["--ci", "github", option, value]).ended(64).says(&format!("{option} cannot be"));
    }
    assert_eq!(files(&root), ["store/app.yaml"]);
}

#[cfg(unix)]
#[test]
fn a_link_leads_nothing_out_of_the_repository() {
    let (around, root) = repository("reader");
    let outside = around.path().join("outside");
    fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, root.join(".github")).unwrap();
    init(&root, &["--ci", "github"]).ended(1).says("out of the repository");
    assert!(files(&outside).is_empty() && !root.join("store").exists());
}
