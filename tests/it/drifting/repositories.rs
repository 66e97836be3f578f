//! Repositories that are not whole, not trusted, or not well-meant.

use std::process::{Command, Stdio};

use super::*;
use crate::support::png::Png;
use crate::support::story::hermetic;

/// A repository with two commits of which the second changes the description.
fn two_commits() -> Story {
    let story = repository(&published(&[]), &text("Before."));
    commit(story.repo.path(), "one");
    story.manifest(&text("New."));
    commit(story.repo.path(), "two");
    story
}

/// A clone of a story's repository, and the binary in it.
fn cloned(story: &Story, options: &[&str]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    git(story.repo.path(), &["config", "uploadpack.allowFilter", "true"]);
    git(story.repo.path(), &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let source = format!("file://{}", story.repo.path().display());
    git(folder.path(), &[&["clone", "--quiet"], options, &[&source, "clone"]].concat());
    let clone = folder.path().join("clone");
    (folder, clone)
}

/// The binary in another folder, against a story's Store.
fn command_in(story: &Story, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = story.command(arguments);
    command.arg("-C").arg(folder);
    command
}

#[track_caller]
fn one_warning(plan: &Value, code: &str, said: &str, help: &str) {
    assert_eq!(codes(plan), [code], "{plan}");
    let finding = &plan["diagnostics"][0];
    assert!(finding["message"].as_str().unwrap().contains(said), "{finding}");
    assert!(finding["help"].as_str().unwrap().contains(help), "{finding}");
}

#[test]
fn what_a_partial_clone_left_out_is_said_and_not_fetched() {
    let story = two_commits();
    let blob = git(story.repo.path(), &["rev-parse", "HEAD^:store.yaml"]);
    for (filter, code) in [("--filter=blob:none", "SW2202"), ("--filter=tree:0", "SW2201")] {
        let (folder, clone) = cloned(&story, &[filter]);
        let mark = folder.path().join("ran");
        git(&clone, &["config", "remote.origin.url", &format!("ext::touch {}", mark.display())]);
        git(&clone, &["config", "protocol.ext.allow", "always"]);
        git(&clone, &["config", "core.sshCommand", &format!("touch {}", mark.display())]);
        let plan = run(&mut command_in(&story, &clone, &["plan", "--output", "json"])).ended(0).json();
        one_warning(&plan, code, "this clone is partial", "leave `filter` out for actions/checkout");
        for arguments in [&["drift"][..], &["plan", "--offline"]] {
            let refused = run(&mut command_in(&story, &clone, arguments)).ended(64);
            refused.says("this clone is partial").says("leave `filter` out for actions/checkout");
        }
        assert!(!mark.exists(), "something ran");
        // It would have: what is left to itself fetches.
        let mut left = Command::new("git");
        hermetic(&mut left).current_dir(&clone).args(["cat-file", "-p", &blob]).stderr(Stdio::null());
        assert!(!left.output().unwrap().status.success() && mark.exists());
    }
}

#[test]
fn a_repository_of_another_user_is_said_to_be_one() {
    let story = two_commits();
    let of_another = |arguments: &[&str]| {
        let mut command = story.command(arguments);
        run(command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"))
    };
    let plan = of_another(&["plan", "--output", "json"]).ended(0).json();
    one_warning(&plan, "SW2201", "it belongs to another user", "git config --global --add safe.directory");
    assert_eq!(origin_of_description(&plan), "not told");
    of_another(&["drift"]).ended(64).says("it belongs to another user").says("safe.directory");
    of_another(&["plan", "--baseline", "git:main"]).ended(64).says("safe.directory");
}

#[cfg(unix)]
#[test]
fn without_git_the_rest_goes_on_and_no_program_of_the_repository_takes_its_place() {
    use std::os::unix::fs::PermissionsExt as _;

    let story = two_commits();
    let mark = tempfile::tempdir().unwrap();
    let touch = format!("#!/bin/sh\n/usr/bin/env touch {}\n", mark.path().join("ran").display());
    story.write("git", touch);
    fs::set_permissions(story.path("git"), fs::Permissions::from_mode(0o755)).unwrap();
    for path in ["/nowhere", "", ".", ":/nowhere", "./:bin"] {
        let without = |arguments: &[&str]| {
            let mut command = story.command(arguments);
            run(command.current_dir(story.repo.path()).env("PATH", path))
        };
        let plan = without(&["plan", "--output", "json"]).ended(0).json();
        one_warning(&plan, "SW2201", "the program `git` is not here", "install git");
        without(&["drift"]).ended(64).says("the program `git` is not here").says("install git");
    }
    assert_eq!(fs::read_dir(mark.path()).unwrap().count(), 0, "something ran");
}

#[test]
fn a_shallow_clone_that_lacks_what_is_named_says_so() {
    let story = two_commits();
    let root = story.repo.path();
    let pushed_on = git(root, &["rev-parse", "HEAD^"]);
    git(root, &["tag", "v1", "HEAD^"]);
    story.write("other.txt", "x");
    commit(root, "three");
    let (folder, clone) = cloned(&story, &["--depth", "2"]);
    for name in ["git:v1", "git:HEAD~2", &format!("git:{pushed_on}")] {
        let mut named = command_in(&story, &clone, &["plan", "--baseline", name]);
        run(&mut named).ended(64).says("this clone is shallow").says("`fetch-depth: 0` for actions/checkout");
    }
    // Both commits were pushed at once. The parent says already what is not live yet: to go by it would call that drift.
    let event = json!({ "before": pushed_on, "repository": { "default_branch": "main" } });
    let file = folder.path().join("event.json");
    fs::write(&file, event.to_string()).unwrap();
    let mut command = command_in(&story, &clone, &["plan", "--output", "json"]);
    let pushed = command.env("GITHUB_EVENT_PATH", &file).env("GITHUB_EVENT_NAME", "push");
    one_warning(&run(pushed).ended(0).json(), "SW2201", "this clone is shallow", "fetch-depth: 0");
    let (_folder, whole) = cloned(&story, &[]);
    let mut command = command_in(&story, &whole, &["plan", "--output", "json"]);
    let pushed = command.env("GITHUB_EVENT_PATH", &file).env("GITHUB_EVENT_NAME", "push");
    let plan = run(pushed).ended(0).json();
    assert_eq!(plan["madeOf"]["baseline"], json!({ "name": "origin/main", "commit": pushed_on }));
}

#[test]
fn a_pull_request_is_compared_with_no_other_branch_than_its_own() {
    let story = two_commits();
    let root = story.repo.path();
    let base = git(root, &["rev-parse", "HEAD^"]);
    let plan = |variables: &[(&str, &str)]| {
        let mut command = story.command(&["plan", "--output", "json"]);
        run(command.envs(variables.iter().copied())).ended(0).json()
    };
    let missing = plan(&[("GITHUB_BASE_REF", "release/9.x")]);
    one_warning(&missing, "SW2201", "`release/9.x`, which the pull request is for", "fetch all branches");
    // GitLab fetches no other branch, and says where the merge request started.
    let target = ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "release/9.x");
    let told = plan(&[target, ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base)]);
    assert_eq!(told["madeOf"]["baseline"], json!({ "name": "release/9.x", "commit": base }));
    let unknown = plan(&[target, ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &"1".repeat(40))]);
    assert_eq!(codes(&unknown), ["SW2201"]);
}

#[test]
fn what_git_says_is_read_within_the_bounds_of_files_on_disk() {
    let story = repository(&published(&[]), &manifest("      description: {file: copy.md}\n", ""));
    story.write("copy.md", "x".repeat(4 * 1024 * 1024 + 1));
    commit(story.repo.path(), "one");
    story.write("copy.md", "New.");
    commit(story.repo.path(), "two");
    let plan = story.plan(&[]);
    one_warning(&plan, "SW2202", "copy.md` cannot be read: its 4194305 bytes are more", "counts as not said");
    assert_eq!(origin_of_description(&plan), "config");
}

#[cfg(unix)]
#[test]
fn a_link_of_the_baseline_leads_nowhere_else() {
    let story = repository(&published(&[]), &manifest("      description: {file: copy.md}\n", ""));
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.md");
    fs::write(&secret, "5ecret").unwrap();
    for target in [secret.as_path(), Path::new(".git/config"), Path::new("copy.md")] {
        let _ = fs::remove_file(story.path("copy.md"));
        std::os::unix::fs::symlink(target, story.path("copy.md")).unwrap();
        commit(story.repo.path(), "a link");
        fs::remove_file(story.path("copy.md")).unwrap();
        story.write("copy.md", "New.");
        commit(story.repo.path(), "a file");
        let plan = story.plan(&[]);
        assert_eq!((codes(&plan), origin_of_description(&plan).as_str()), (vec!["SW2202"], "config"));
        assert!(!plan.to_string().contains("5ecret"), "{plan}");
        assert!(!plan.to_string().contains("repositoryformatversion"), "{plan}");
    }
}

#[test]
fn names_of_branches_and_words_of_git_are_shown_as_what_they_are() {
    let story = two_commits();
    let root = story.repo.path();
    let evil = "main\u{202e}::error::x";
    let mut command = story.command(&["plan"]);
    let shown = run(command.env("GITHUB_BASE_REF", evil)).ended(0);
    assert!(!shown.stdout.contains('\u{202e}') && !shown.stderr.contains('\u{202e}'), "{shown:?}");
    let named = story.run(&["plan", "--baseline", &format!("git:{evil}\u{1b}[2J")]).ended(64);
    assert!(!named.stderr.contains(['\u{202e}', '\u{1b}']), "{named:?}");
    // What is written in a repository's configuration comes back in the words of git.
    fs::write(root.join(".git/config"), "[core]\n\u{1b}[2J = \u{202e}\n").unwrap();
    let broken = story.run(&["plan"]).ended(0).says("git says:");
    assert!(!format!("{broken:?}").contains("\\u{1b}"), "{broken:?}");
    story.run(&["drift"]).ended(64).says("git says:").says("checking it out anew");
}

#[test]
fn a_picture_that_is_no_longer_there_is_read_from_git() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "--quiet", "--initial-branch=main"]);
    let write = |name: &str, content: &[u8]| {
        fs::write(root.join(name), content).unwrap();
        fs::write(
            root.join("store.yaml"),
            format!(
                "kind: App\nname: harbor-notes\nid: {APP}\n---\nkind: AddOn\nname: gold\napp: harbor-notes\nproductId: harbor.gold\n\
                 productType: Durable\nsubmission: {{listings: {{en: {{title: Gold, icon: {{file: {name}}}}}}}}}\n"
            ),
        )
        .unwrap();
        commit(root, name);
    };
    write("old.png", &things::png(300, 300));
    fs::remove_file(root.join("old.png")).unwrap();
    let other = Png { width: 300, height: 300, noise: 9, seed: 7 };
    write("new.png", &other.bytes());
    let plan = run(storeward(root).args(["plan", "--offline", "--output", "json"])).ended(0).json();
    assert_eq!(codes(&plan), Vec::<&str>::new());
    let gold = plan["resources"].as_array().unwrap().iter().find(|found| found["kind"] == "AddOn").unwrap();
    let change = &gold["changes"][0];
    assert_eq!(change["path"], json!(["listings", "en", "icon"]), "{gold}");
    let before = change["before"]["fileName"].as_str().unwrap();
    assert!(before.contains(".old."), "{change}");
}
