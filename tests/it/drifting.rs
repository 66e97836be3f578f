//! What changed in Partner Center and what changed in git, told apart by a real repository.

mod cells;
mod repositories;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use storeward::asset::{Digest, archive_name};

use crate::support::git::{commit, git};
use crate::support::msix::Msix;
use crate::support::story::{Ran, Story, run, storeward};
use crate::support::things::{self, APP};

/// A story whose folder is a repository on `main`, with nothing committed.
fn repository(published: &Value, manifest: &str) -> Story {
    let story = Story::new(published, manifest);
    git(story.repo.path(), &["init", "--quiet", "--initial-branch=main"]);
    story
}

/// The published submission with other words in English.
fn published(listing: &[(&str, Value)]) -> Value {
    let mut published = things::app_submission();
    for (key, value) in listing {
        published["listings"]["en-us"]["baseListing"][*key] = value.clone();
    }
    published
}

/// What is wanted of the English listing, and of the submission besides.
fn manifest(listing: &str, rest: &str) -> String {
    format!("submission:\n{rest}  listings:\n    en-us:\n{listing}")
}

fn text(description: &str) -> String {
    manifest(&format!("      description: {description}\n"), "")
}

/// The origin at each changed path.
fn origins(plan: &Value) -> Vec<(String, String)> {
    let changes = plan["resources"][0]["changes"].as_array().unwrap();
    let told = |change: &Value| {
        let keys: Vec<&str> =
            change["path"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        (keys.join("."), change["origin"].as_str().unwrap_or("not told").to_owned())
    };
    changes.iter().map(told).collect()
}

fn origin_of_description(plan: &Value) -> String {
    let all = origins(plan);
    all.iter()
        .find(|(path, _)| path == "listings.en-us.description")
        .map_or("no change", |(_, origin)| origin)
        .to_owned()
}

fn codes(plan: &Value) -> Vec<&str> {
    plan["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

const EARLIER: &str = "      description: Before.\n      releaseNotes: Faster start.\n      keywords: [ink]\n      \
                       features: [Works offline]\n";
const EARLIER_REST: &str = "  visibility: Hidden\n";

/// One field for each cell: what is live, what git says, and what is wanted now.
fn every_cell() -> Story {
    let live = published(&[
        ("description", json!("After.")),
        ("releaseNotes", json!("Faster start.")),
        ("keywords", json!(["notes"])),
        ("features", json!(["Made in Partner Center"])),
        ("shortTitle", json!("Harbor")),
    ]);
    let story = repository(&live, &manifest(EARLIER, EARLIER_REST));
    commit(story.repo.path(), "what was applied");
    story
}

fn edit(story: &Story) {
    let listing = "      description: After.\n      releaseNotes: Even faster.\n      keywords: [ink]\n      \
                   features: [Works offline, No account]\n      shortTitle: Notes\n";
    story.manifest(&manifest(listing, "  visibility: Public\n"));
    commit(story.repo.path(), "what this is about");
}

const TOLD: [(&str, &str); 4] = [
    ("listings.en-us.shortTitle", "config"),
    ("listings.en-us.releaseNotes", "config"),
    ("listings.en-us.features", "conflict"),
    ("listings.en-us.keywords", "drift"),
];

#[track_caller]
fn every_cell_is_told(plan: &Value) {
    let mut told = origins(plan);
    let mut wanted = TOLD.map(|(path, origin)| (path.to_owned(), origin.to_owned()));
    told.sort();
    wanted.sort();
    assert_eq!(told, wanted, "`description` is live already, and so is `visibility`");
}

#[test]
fn on_a_branch_the_commit_where_it_left_the_default_branch_tells() {
    let story = every_cell();
    let base = git(story.repo.path(), &["rev-parse", "HEAD"]);
    git(story.repo.path(), &["checkout", "--quiet", "-b", "topic"]);
    edit(&story);
    let plan = story.plan(&[]);
    every_cell_is_told(&plan);
    assert_eq!(plan["madeOf"]["baseline"], json!({ "name": "main", "commit": base }));
    let features = plan["resources"][0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["origin"] == "conflict");
    assert_eq!(features.unwrap()["baseline"], json!(["Works offline"]));

    // The default branch went on meanwhile.
    git(story.repo.path(), &["checkout", "--quiet", "main"]);
    story.write("other.txt", "x");
    commit(story.repo.path(), "something else");
    git(story.repo.path(), &["checkout", "--quiet", "topic"]);
    assert_eq!(story.plan(&[])["madeOf"]["baseline"]["commit"], json!(base));

    // What the remote calls its default branch comes before the usual names.
    git(story.repo.path(), &["branch", "--quiet", "-m", "main", "develop"]);
    git(story.repo.path(), &["update-ref", "refs/remotes/origin/develop", "develop"]);
    git(story.repo.path(), &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/develop"]);
    assert_eq!(story.plan(&[])["madeOf"]["baseline"], json!({ "name": "origin/develop", "commit": base }));
}

#[test]
fn on_the_default_branch_the_parent_tells_or_the_commit_before_the_push() {
    let story = every_cell();
    let before = git(story.repo.path(), &["rev-parse", "HEAD"]);
    edit(&story);
    every_cell_is_told(&story.plan(&[]));

    // Two commits are pushed at once: the parent knows the edit already.
    story.write("other.txt", "x");
    let parent = git(story.repo.path(), &["rev-parse", "HEAD"]);
    commit(story.repo.path(), "something else");
    assert_eq!(story.plan(&[])["madeOf"]["baseline"]["commit"], json!(parent));
    let event = |before: &str, name: &str| {
        let event = json!({ "before": before, "repository": { "default_branch": "main" } });
        fs::write(story.store.folder.path().join("event.json"), event.to_string()).unwrap();
        let mut command = story.command(&["plan", "--output", "json"]);
        let path = story.store.folder.path().join("event.json");
        run(command.env("GITHUB_EVENT_PATH", path).env("GITHUB_EVENT_NAME", name)).ended(0).json()
    };
    let plan = event(&before, "push");
    every_cell_is_told(&plan);
    assert_eq!(plan["madeOf"]["baseline"], json!({ "name": "main", "commit": before }));
    for (before, name) in [
        (before.as_str(), "schedule"),
        ("0000000000000000000000000000000000000000", "push"),
        ("1111111111111111111111111111111111111111", "push"),
        ("--output=x", "push"),
    ] {
        assert_eq!(event(before, name)["madeOf"]["baseline"]["commit"], json!(parent), "{before} {name}");
    }
    let mut gitlab = story.command(&["plan", "--output", "json"]);
    gitlab.env("CI_COMMIT_BEFORE_SHA", &before).env("CI_DEFAULT_BRANCH", "main");
    every_cell_is_told(&run(&mut gitlab).ended(0).json());
}

#[test]
fn a_pull_request_is_told_by_the_branch_that_it_goes_to() {
    let story = every_cell();
    let root = story.repo.path();
    git(root, &["checkout", "--quiet", "-b", "release/1.x"]);
    story.write("other.txt", "x");
    let base = commit(root, "of the release branch");
    git(root, &["update-ref", "refs/remotes/origin/release/1.x", "HEAD"]);
    git(root, &["checkout", "--quiet", "-b", "topic"]);
    edit(&story);
    for (name, value) in [
        ("GITHUB_BASE_REF", "release/1.x"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/release/1.x"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "release/1.x"),
    ] {
        let plan = run(story.command(&["plan", "--output", "json"]).env(name, value)).ended(0).json();
        assert_eq!(
            plan["madeOf"]["baseline"],
            json!({ "name": "origin/release/1.x", "commit": base }),
            "{name}"
        );
    }
}

#[test]
fn drift_stands_above_the_changes_and_needs_a_permit() {
    let story = repository(&published(&[("releaseNotes", json!("Bug fixes and a hotfix for sign-in."))]), "");
    let notes =
        |words: &str| manifest(&format!("      releaseNotes: {words}\n      description: Plain text.\n"), "");
    story.manifest(&notes("Bug fixes."));
    commit(story.repo.path(), "one");
    let manifest = fs::read_to_string(story.path("store.yaml")).unwrap();
    story.write("store.yaml", manifest.replace("Plain text.", "New words."));
    commit(story.repo.path(), "two");
    let plan = story.run(&["plan"]).ended(0);
    let (_, shown) = plan.stdout.split_once("\n\n").unwrap();
    let (block, _) = shown.split_once("\n\n").unwrap();
    let short = git(story.repo.path(), &["rev-parse", "--short=7", "HEAD^"]);
    let block = block.replace(&short, "4f1c9e2");
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/drift.md")).unwrap();
    assert!(page.contains(&format!("```text\n{block}\n```")), "docs/drift.md draws it otherwise");
    insta::assert_snapshot!(block, @r#"
    Changed in Partner Center since main@4f1c9e2, not by this change:
      ~ app/harbor-notes:listings.en-us.releaseNotes                                        store.yaml:7
          git   "Bug fixes."
          live  "Bug fixes{+ and a hotfix for sign-in+}."
      to keep what is live: storeward pull app/harbor-notes:listings.en-us.releaseNotes
      to put git's values back, permit it: `permit: [reverts-drift]`, or --allow reverts-drift
    "#);
    story.run(&["apply", "--yes"]).ended(6).says("reverts-drift needs a permit");
    assert!(story.mutations().is_empty(), "{:?}", story.mutations());
    // What it advises works, and takes nothing else along.
    story.run(&["pull", "app/harbor-notes:listings.en-us.releaseNotes"]).ended(0);
    let plan = story.run(&["plan"]).ended(0).says("New words.");
    assert!(!plan.stdout.contains("Changed in Partner Center"), "{}", plan.stdout);

    // It is adopted: nothing is said of it any more.
    story.write("store.yaml", manifest.replace("Bug fixes.", "Bug fixes and a hotfix for sign-in."));
    let adopted = story.run(&["plan"]).ended(0);
    assert!(!adopted.stdout.contains("Changed in Partner Center"), "{}", adopted.stdout);
    story.write("store.yaml", manifest.clone());

    story.run(&["apply", "--yes", "--allow", "reverts-drift", "--wait", "published"]).ended(0);
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["releaseNotes"], "Bug fixes.");
    story.run(&["plan", "--detailed-exitcode"]).ended(0).says("No changes.");
    story.run(&["drift", "--detailed-exitcode"]).ended(0).says("No drift. 1 product compared.");
}

#[test]
fn a_permit_in_the_manifest_is_as_good() {
    let story = repository(&published(&[]), &text("Before."));
    commit(story.repo.path(), "one");
    let permitted = format!("permit: [reverts-drift]\n{}", text("Before."));
    story.manifest(&permitted);
    commit(story.repo.path(), "two");
    let plan = story.plan(&[]);
    assert_eq!(plan["guards"][0]["guard"], "reverts-drift");
    assert_eq!((&plan["guards"][0]["permitted"], codes(&plan)), (&json!(true), vec![]));
    story.publish(&[]).ended(0);
    assert_eq!(codes(&story.plan(&[])), ["SW2004"], "nothing needs it any more");
}

#[test]
fn without_a_baseline_nothing_is_told_and_nothing_is_blocked() {
    // No repository, though there is a folder of its name.
    let story = Story::new(&published(&[]), &text("New."));
    let plan = story.plan(&[]);
    assert_eq!(plan["madeOf"].get("baseline"), None);
    assert_eq!((origin_of_description(&plan).as_str(), codes(&plan)), ("not told", vec![]));
    story.run(&["drift"]).ended(64).says("`drift` needs a baseline in git: there is no git repository");
    // A repository around it is another one.
    let outer = story.repo.path().parent().unwrap();
    assert!(!outer.join(".git").exists());

    git(story.repo.path(), &["init", "--quiet", "--initial-branch=main"]);
    assert_eq!(codes(&story.plan(&[])), Vec::<&str>::new(), "nothing is committed yet");
    commit(story.repo.path(), "the first");
    let plan = story.plan(&[]);
    assert_eq!((plan["madeOf"].get("baseline"), codes(&plan)), (None, vec![]), "nothing was before");
    commit(story.repo.path(), "the second");
    assert_eq!(origin_of_description(&story.plan(&[])), "drift");
    assert_eq!(origin_of_description(&story.plan(&["--baseline", "none"])), "not told");
    story.publish(&["--baseline", "none"]).ended(0);
}

#[test]
fn a_folder_inside_another_repository_that_is_not_its_own_is_none() {
    let outer = tempfile::tempdir().unwrap();
    git(outer.path(), &["init", "--quiet", "--initial-branch=main"]);
    let inner = outer.path().join("inner");
    fs::create_dir_all(inner.join(".git")).unwrap();
    fs::write(inner.join("store.yaml"), format!("kind: App\nname: a\nid: {APP}\n")).unwrap();
    commit(outer.path(), "one");
    commit(outer.path(), "two");
    run(storeward(&inner).args(["plan", "--offline"])).ended(64).says("there is no git repository");
}

#[test]
fn a_default_branch_that_is_not_known_is_said() {
    let story = repository(&published(&[]), &text("New."));
    commit(story.repo.path(), "one");
    git(story.repo.path(), &["branch", "--quiet", "-m", "main", "trunk"]);
    let plan = story.plan(&[]);
    assert_eq!((codes(&plan), origin_of_description(&plan).as_str()), (vec!["SW2201"], "not told"));
    let said = &plan["diagnostics"][0];
    assert!(said["message"].as_str().unwrap().contains("the default branch is not known"), "{said}");
    assert!(said["help"].as_str().unwrap().contains("--baseline git:REF"), "{said}");
    story.run(&["explain", "SW2201"]).ended(0);
    let with_default =
        run(story.command(&["plan", "--output", "json"]).env("CI_DEFAULT_BRANCH", "trunk")).ended(0);
    assert_eq!(codes(&with_default.json()), Vec::<&str>::new());
}

#[test]
fn a_shallow_clone_is_said_to_be_one() {
    let story = every_cell();
    edit(&story);
    let clones = tempfile::tempdir().unwrap();
    let clone = |name: &str, depth: &str| {
        let source = format!("file://{}", story.repo.path().display());
        git(clones.path(), &["clone", "--quiet", "--depth", depth, &source, name]);
        let mut command = story.command(&["plan", "--output", "json"]);
        run(command.arg("-C").arg(clones.path().join(name))).ended(0).json()
    };
    let plan = clone("one", "1");
    assert_eq!(codes(&plan), ["SW2201"]);
    let said = &plan["diagnostics"][0];
    assert!(said["message"].as_str().unwrap().contains("shallow"), "{said}");
    assert!(said["help"].as_str().unwrap().contains("fetch-depth: 0"), "{said}");
    let mut drift = story.command(&["drift"]);
    run(drift.arg("-C").arg(clones.path().join("one"))).ended(64).says("shallow").says("fetch-depth: 0");
    every_cell_is_told(&clone("two", "2"));
}

#[test]
fn a_commit_that_is_named_must_be_there_and_is_no_option() {
    let story = every_cell();
    edit(&story);
    git(story.repo.path(), &["tag", "v1", "HEAD^"]);
    for name in ["git:v1", "git:HEAD~1", "git:main~1"] {
        every_cell_is_told(&story.plan(&["--baseline", name]));
    }
    for (name, said) in [
        ("git:--output=x", "git knows no commit `--output=x`"),
        ("git:-h", "git knows no commit `-h`"),
        ("git:nothing", "git knows no commit `nothing`"),
        ("git:HEAD\nmain", "git knows no commit"),
        ("git:HEAD:store.yaml", "git knows no commit"),
        ("git:", "write auto, none, or git:"),
        ("v1", "write auto, none, or git:"),
    ] {
        let baseline = format!("--baseline={name}");
        story.run(&["plan", &baseline]).ended(64).says(said);
        story.run(&["apply", "--yes", &baseline]).ended(64);
    }
    assert!(!story.path("x").exists());
    assert!(story.mutations().is_empty());
}

#[cfg(unix)]
#[test]
fn nothing_that_a_repository_holds_is_run() {
    use std::os::unix::fs::PermissionsExt as _;

    let mark = tempfile::tempdir().unwrap();
    let touch = format!("touch {}; cat", mark.path().join("ran").display());
    let listing = "      description: {file: copy.md}\n      releaseNotes: {file: notes.md}\n";
    let story = repository(&published(&[]), &manifest(listing, ""));
    story.write("copy.md", "Before.");
    story.write("notes.md", "Faster start.");
    story.write(".gitattributes", "* filter=evil diff=evil merge=evil\n");
    let root = story.repo.path();
    commit(root, "one");
    story.write("notes.md", "Even faster.");
    commit(root, "two");
    // What a checkout was set up to run, and what git would run of it by itself.
    for (key, value) in [
        ("filter.evil.smudge", touch.as_str()),
        ("filter.evil.clean", &touch),
        ("filter.evil.process", &touch),
        ("filter.evil.required", "true"),
        ("diff.evil.textconv", &touch),
        ("diff.evil.command", &touch),
        ("core.fsmonitor", &touch),
        ("core.pager", &touch),
        ("core.sshCommand", &touch),
        ("core.gitProxy", &touch),
        ("alias.cat-file", &format!("!{touch}")),
        ("alias.ls-tree", &format!("!{touch}")),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &format!("ext::sh -c {touch}")),
        ("protocol.ext.allow", "always"),
    ] {
        git(root, &["config", key, value]);
    }
    let hooks = root.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in ["post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"] {
        fs::write(hooks.join(hook), format!("#!/bin/sh\n{touch}\n")).unwrap();
        fs::set_permissions(hooks.join(hook), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let notes = |plan: &Value| plan["resources"][0]["changes"][1]["baseline"].clone();
    let plan = story.plan(&[]);
    assert_eq!((origin_of_description(&plan).as_str(), codes(&plan)), ("drift", vec![]));
    assert_eq!(notes(&plan), "Faster start.", "whatever a filter would make of it");
    story.run(&["plan", "--offline"]).ended(0);
    // An object that is missing is not fetched.
    let blob = git(root, &["rev-parse", "HEAD^:notes.md"]);
    fs::remove_file(root.join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let plan = story.plan(&[]);
    assert_eq!((notes(&plan), codes(&plan)), (Value::Null, vec!["SW2202"]));
    assert_eq!(fs::read_dir(mark.path()).unwrap().count(), 0, "something ran");
}

/// A published screenshot that came from us.
fn screenshot(stem: &str, content: &[u8], id: &str) -> Value {
    let name =
        archive_name(&["en-us", "Screenshot"], Path::new(&format!("{stem}.png")), &Digest::of(content));
    json!({ "fileName": name, "fileStatus": "Uploaded", "id": id, "imageType": "Screenshot" })
}

#[test]
fn images_and_packages_are_told_by_content() {
    let (home, notes, other) = (things::png(1366, 768), things::png(1920, 1080), things::png(2560, 1440));
    let live =
        published(&[("images", json!([screenshot("home", &home, "1"), screenshot("notes", &other, "2")]))]);
    let shots = "      images: {Screenshot: [{file: home.png}, {file: notes.png}]}\n";
    let release =
        "release:\n  packages: {files: [$(release)/*.msix]}\n  listings: {en-us: {releaseNotes: New.}}\n";
    let story = repository(&live, &(manifest(shots, "") + release));
    story.write("home.png", &home);
    story.write("notes.png", &notes);
    story.write(".gitignore", "dist\n");
    let root = story.repo.path();
    commit(root, "one");
    commit(root, "two");
    // Whoever uploaded another picture did so in Partner Center.
    let drift = story.plan(&[]);
    let path = "listings.en-us.images.Screenshot.2";
    assert_eq!(origins(&drift), [(path.to_owned(), "drift".to_owned())]);
    assert_eq!(drift["resources"][0]["changes"][0]["baseline"], drift["resources"][0]["changes"][0]["after"]);
    // The same picture by another name is the same.
    git(root, &["mv", "notes.png", "second.png"]);
    story.manifest(&(manifest(&shots.replace("notes.png", "second.png"), "") + release));
    commit(root, "three");
    assert_eq!(origins(&story.plan(&[])), [(path.to_owned(), "drift".to_owned())]);
    // Another one was changed here too.
    story.write("second.png", things::png(3840, 2160));
    commit(root, "four");
    assert_eq!(origins(&story.plan(&[])), [(path.to_owned(), "conflict".to_owned())]);
    let adopted = story.path("second.png");
    fs::write(adopted, &other).unwrap();
    assert_eq!(origins(&story.plan(&[])), []);

    // A release is never drift: what its folder holds is in no commit, and its notes waited for it.
    fs::create_dir(story.path("dist")).unwrap();
    let package = Msix {
        name: "12345Northwind.HarborNotes",
        publisher: "CN=Northwind",
        version: "1.1.0.0",
        ..Msix::default()
    };
    package.write(&story.path("dist/app.msix"));
    let plan = story.plan(&["--release", "app/harbor-notes=dist"]);
    let told = origins(&plan);
    assert!(told.len() >= 3 && told.iter().all(|(_, origin)| origin == "config"), "{told:?}");
    // Once it was made, other notes are.
    story.publish(&["--release", "app/harbor-notes=dist"]).ended(0);
    story.manifest(&(manifest(&shots.replace("notes.png", "second.png"), "") + release));
    commit(root, "five");
    commit(root, "six");
    story.run(&["plan", "--release", "app/harbor-notes=dist", "--detailed-exitcode"]).ended(0);
}

#[test]
fn what_did_not_change_is_not_copied() {
    let home = things::png(1366, 768);
    let live = published(&[
        ("images", json!([screenshot("home", &home, "1")])),
        ("description", json!("Plain text.")),
    ]);
    let listing = "      description: New.\n      images: {Screenshot: [{file: home.png}]}\n";
    let story = repository(&live, &manifest(listing, ""));
    story.write("home.png", &home);
    story.write("unrelated.bin", vec![7; 1_000_000]);
    commit(story.repo.path(), "one");
    commit(story.repo.path(), "two");
    let plan = |folder: &Path| {
        let mut command = story.command(&["plan", "--output", "json"]);
        run(command.env("TMPDIR", folder)).ended(0).json()
    };
    // Where nothing can be copied to, nothing is missed.
    let nowhere = Path::new("/nowhere/at/all");
    let told = plan(nowhere);
    assert_eq!(
        (origins(&told).len(), origin_of_description(&told).as_str(), codes(&told)),
        (1, "drift", vec![])
    );
    // What changed is: then it is said that it cannot be read.
    story.write("home.png", things::png(1920, 1080));
    commit(story.repo.path(), "three");
    assert_eq!(codes(&plan(nowhere)), ["SW2202"]);
    let copies = tempfile::tempdir().unwrap();
    let told = plan(copies.path());
    assert_eq!(codes(&told), Vec::<&str>::new());
    assert_eq!(origins(&told)[1], ("listings.en-us.images.Screenshot.1".to_owned(), "config".to_owned()));
    assert_eq!(fs::read_dir(copies.path()).unwrap().count(), 0, "copies do not outlive the plan");
}

#[test]
fn what_git_lfs_keeps_is_found_where_it_keeps_it() {
    let (home, new) = (things::png(1366, 768), things::png(1920, 1080));
    let live = published(&[("images", json!([screenshot("home", &home, "1")]))]);
    let story = repository(&live, &manifest("      images: {Screenshot: [{file: home.png}]}\n", ""));
    let pointer = |content: &[u8]| {
        let digest = Digest::of(content);
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {}\n", content.len())
    };
    story.write("home.png", pointer(&home));
    commit(story.repo.path(), "one");
    story.write("home.png", pointer(&new));
    commit(story.repo.path(), "two");
    // As a checkout leaves them: the pointer is replaced by the content.
    story.write("home.png", &new);
    let plan = story.plan(&[]);
    assert_eq!((codes(&plan), origins(&plan)[0].1.as_str()), (vec!["SW2202"], "config"));
    assert!(plan["diagnostics"][0]["message"].as_str().unwrap().contains("Git LFS"), "{plan}");
    let digest = Digest::of(&home).to_string();
    let kept = format!(".git/lfs/objects/{}/{}/{digest}", &digest[..2], &digest[2..4]);
    story.write(&kept, &home);
    let plan = story.plan(&[]);
    assert_eq!((codes(&plan), origins(&plan)[0].1.as_str()), (vec![], "config"));
    assert!(!plan["resources"][0]["changes"][0]["baseline"].is_null());
    // A broken one is not taken for it.
    story.write(&kept, &new);
    assert_eq!(codes(&story.plan(&[])), ["SW2202"]);
}

#[test]
fn a_manifest_that_moved_is_the_same_and_one_that_was_broken_is_said_once() {
    let story = repository(&published(&[]), &text("Before."));
    let root = story.repo.path();
    commit(root, "one");
    fs::create_dir(story.path("apps")).unwrap();
    git(root, &["mv", "store.yaml", "apps/harbor.yaml"]);
    commit(root, "moved");
    assert_eq!(origin_of_description(&story.plan(&["apps"])), "drift");
    let below =
        run(story.command(&["plan", "--output", "json"]).arg("-C").arg(story.path("apps"))).ended(0).json();
    assert_eq!(origin_of_description(&below), "drift", "seen from another folder");

    let manifest = fs::read_to_string(story.path("apps/harbor.yaml")).unwrap();
    story.write(
        "apps/harbor.yaml",
        manifest.replace(
            "description: Before.",
            "descriptoin: x\n      description: Before.\n      keywords: {}",
        ),
    );
    commit(root, "broken");
    story.write("apps/harbor.yaml", &manifest);
    commit(root, "mended");
    let plan = story.plan(&[]);
    assert_eq!((codes(&plan), origin_of_description(&plan).as_str()), (vec!["SW2202"], "drift"));
    let said = plan["diagnostics"][0]["message"].as_str().unwrap();
    assert!(
        said.contains(": apps/harbor.yaml:7: unknown key `descriptoin`") && said.ends_with("and 1 more"),
        "{said}"
    );
}

#[test]
fn links_and_work_trees_are_followed_as_git_has_them() {
    let story = repository(&published(&[]), &manifest("      description: {file: copy/text.md}\n", ""));
    let root = story.repo.path();
    story.write("texts/text.md", "Before.");
    #[cfg(unix)]
    std::os::unix::fs::symlink("texts", story.path("copy")).unwrap();
    #[cfg(not(unix))]
    story.write("copy/text.md", "Before.");
    commit(root, "one");
    commit(root, "two");
    assert_eq!(origin_of_description(&story.plan(&[])), "drift");
    let others = tempfile::tempdir().unwrap();
    let linked = others.path().join("linked");
    git(root, &["worktree", "add", "--quiet", "-b", "topic", linked.to_str().unwrap(), "main"]);
    let plan = run(story.command(&["plan", "--output", "json"]).arg("-C").arg(&linked)).ended(0).json();
    assert_eq!(origin_of_description(&plan), "drift");
    // A hook of git runs with variables that lead elsewhere.
    let mut hook = story.command(&["plan", "--output", "json"]);
    hook.env("GIT_DIR", others.path()).env("GIT_INDEX_FILE", others.path().join("index"));
    assert_eq!(origin_of_description(&run(&mut hook).ended(0).json()), "drift");
}

#[test]
fn drift_alone_is_what_the_drift_command_tells() {
    let story = every_cell();
    git(story.repo.path(), &["checkout", "--quiet", "-b", "topic"]);
    edit(&story);
    let mutations = story.mutations().len();
    let shown = story.run(&["drift"]).ended(0);
    let short = git(story.repo.path(), &["rev-parse", "--short=7", "main"]);
    let page = shown.stdout.split_once("\n\n").unwrap().1.replace(&short, "4f1c9e2");
    insta::assert_snapshot!(page, @r#"
    Changed in Partner Center since main@4f1c9e2, not by this change:
      ? app/harbor-notes:listings.en-us.features   conflict                                store.yaml:11
          git   "Works offline" → "Works offline", "No account" (this change)
          live  "Works offline" → "Made in Partner Center" (Partner Center)
      ~ app/harbor-notes:listings.en-us.keywords                                           store.yaml:10
          git   ink
          live  notes
      to keep what is live, field by field: storeward pull app/harbor-notes:listings.en-us.features
      to put git's values back, permit it: `permit: [reverts-drift]`, or --allow reverts-drift

    1 field drifted, 1 conflict in 1 of 1 product
    "#);
    story.run(&["drift", "--detailed-exitcode"]).ended(2);
    let markdown = story.run(&["drift", "--output", "markdown"]).ended(0).stdout;
    assert!(
        markdown.starts_with("### Store drift · 1 field drifted, 1 conflict in 1 of 1 product\n\n```text\n"),
        "{markdown}"
    );
    assert!(markdown.contains("\n  ? app/harbor-notes:listings.en-us.features   conflict\n"), "{markdown}");
    assert!(markdown.lines().all(|line| line.chars().count() <= 130), "{markdown}");
    let json = story.run(&["drift", "--output", "json"]).ended(0).json();
    assert_eq!(json["counts"], json!({ "drift": 1, "conflicts": 1 }));
    assert_eq!(json["resources"][0]["changes"].as_array().unwrap().len(), 2);
    for form in ["github", "azure", "gitlab"] {
        story.run(&["drift", "--output", form]).ended(64).says("its forms are text, json, markdown");
    }
    assert_eq!(story.mutations().len(), mutations);
}

#[test]
fn hostile_words_stay_in_their_fence() {
    let evil = "a ```` b\n::error::x\n##vso[task.complete]\n\u{1b}[2J<img src=x>@everyone";
    let story = repository(&published(&[("description", json!(evil))]), &text("Before."));
    commit(story.repo.path(), "one");
    commit(story.repo.path(), "two");
    let Ran { stdout, .. } = story.run(&["drift", "--output", "markdown"]).ended(0);
    let fence = "`".repeat(5);
    assert_eq!(stdout.matches(&fence).count(), 2, "{stdout}");
    assert!(stdout.contains(&format!("{fence}text\n")) && stdout.trim_end().ends_with(&fence), "{stdout}");
    assert!(!stdout.contains('\u{1b}') && !stdout.contains("##vso["), "{stdout}");
    assert!(stdout.lines().all(|line| !line.trim_start().starts_with("::")), "{stdout}");
    assert!(stdout.split(&fence).next().unwrap().lines().all(|line| !line.contains("everyone")));
}

#[test]
fn an_offline_plan_needs_nothing_but_git() {
    let story = repository(&published(&[]), &text("Before."));
    let root = story.repo.path();
    commit(root, "one");
    git(root, &["checkout", "--quiet", "-b", "topic"]);
    story.manifest(&(text("New words for everybody.") + "permit: [ships-halted]\n"));
    commit(root, "two");
    let requests = story.store.requests().len();
    let offline = |arguments: &[&str]| run(storeward(root).args(["plan", "--offline"]).args(arguments));
    let shown = offline(&[]).ended(0);
    let short = git(root, &["rev-parse", "--short=7", "main"]);
    insta::assert_snapshot!(shown.stdout.replace(&short, "4f1c9e2"), @r#"
    storeward plan · not compared with the live Store · baseline main@4f1c9e2 of 2026-08-22 09:00:00Z

    ~ app/harbor-notes  9PSANDBOX001
      route  new submission → certification

      listing en-us
        ~ description  Before. → "New words for everybody."                                 store.yaml:7

    1 product to change · 1 submission · no uploads · 0 guards · blockers not known
    made without the Store, for reading: `storeward plan` compares with it
    "#);
    offline(&["--detailed-exitcode"]).ended(2);
    let plan = offline(&["--output", "json"]).ended(0).json();
    assert_eq!(
        (&plan["madeOf"]["live"], &plan["madeOf"]["readAt"]),
        (&json!("baseline"), &json!("2026-08-22T09:00:00Z"))
    );
    assert_eq!((&plan["blockers"], &plan["steps"], codes(&plan)), (&json!([]), &json!([]), vec![]));
    assert_eq!(origin_of_description(&plan), "config");
    assert_eq!(story.store.requests().len(), requests, "nobody was asked");

    // It approves nothing.
    let hash = plan["fingerprints"]["plan"].as_str().unwrap();
    story.run(&["apply", "--expect", hash]).ended(4);
    assert!(story.mutations().is_empty());

    story.manifest(&text("Before."));
    offline(&[]).ended(0).says("No changes against the baseline (1 managed field).");
    offline(&["--baseline", "none"]).ended(64).says("needs a baseline");
    offline(&["--baseline", "git:nothing"]).ended(64);
}

#[test]
fn an_offline_plan_tells_prices_images_and_new_products() {
    let home = things::png(1366, 768);
    let priced = |price: &str| {
        manifest(
            "      images: {Screenshot: [{file: home.png}]}\n",
            &format!("  pricing: {{priceId: {price}}}\n"),
        )
    };
    let story = repository(&published(&[]), &priced("Tier2"));
    story.write("home.png", &home);
    commit(story.repo.path(), "one");
    story.manifest(&priced("Free"));
    story.write("home.png", things::png(1920, 1080));
    story.write(
        "gold.yaml",
        "kind: AddOn\nname: gold\napp: harbor-notes\nproductId: harbor.gold\nproductType: Durable\nsubmission: {pricing: \
         {priceId: Free}, listings: {en: {title: Gold}}}\n",
    );
    commit(story.repo.path(), "two");
    let plan =
        run(storeward(story.repo.path()).args(["plan", "--offline", "--output", "json"])).ended(0).json();
    let guards: Vec<&str> =
        plan["guards"].as_array().unwrap().iter().map(|hit| hit["guard"].as_str().unwrap()).collect();
    assert_eq!(guards, ["becomes-free", "price-change"]);
    let resource = |address: &str| {
        let all = plan["resources"].as_array().unwrap();
        all.iter().find(|resource| resource["address"] == address).unwrap().clone()
    };
    assert_eq!(resource("add-on/harbor-notes/gold")["action"], "create");
    let app = resource("app/harbor-notes");
    let ops: Vec<&str> =
        app["changes"].as_array().unwrap().iter().map(|change| change["op"].as_str().unwrap()).collect();
    assert_eq!(ops, ["set", "replace"]);
}

#[test]
fn a_sandbox_knows_nothing_of_git_unless_a_commit_is_named() {
    let story = repository(&published(&[]), &text("Before."));
    let root = story.repo.path();
    let seed = things::account();
    story.write("seed.json", seed.to_string());
    for message in ["one", "two"] {
        commit(root, message);
    }
    let plan = |arguments: &[&str]| -> Value {
        let sandbox = ["plan", "--output", "json", "--sandbox", "--sandbox-seed", "seed.json"];
        run(storeward(root).args(sandbox).args(arguments)).ended(0).json()
    };
    let first = plan(&[]);
    assert_eq!((&first["madeOf"]["baseline"], first["guards"].as_array().unwrap().len()), (&Value::Null, 0));
    assert_eq!(origin_of_description(&plan(&["--baseline", "git:HEAD"])), "drift");
}

#[test]
fn a_product_that_was_renamed_is_told_by_its_id() {
    let story = repository(&published(&[("description", json!("A hotfix."))]), &text("In git."));
    commit(story.repo.path(), "one");
    let renamed = format!("kind: App\nname: notes\nid: {APP}\n{}", text("In git."));
    story.write("store.yaml", renamed);
    commit(story.repo.path(), "another name");
    assert_eq!(origin_of_description(&story.plan(&[])), "drift");
    story.run(&["apply", "--yes"]).ended(6).says("reverts-drift");
}

#[test]
fn mending_what_was_rejected_overwrites_nothing_of_others() {
    let story = repository(&published(&[("description", json!("Before."))]), &text("Before."));
    commit(story.repo.path(), "as it is");
    story.manifest(&text("Not good enough."));
    commit(story.repo.path(), "a change");
    let course = json!({ "statuses": ["CommitStarted", "PreProcessing", "CertificationFailed"] });
    story.store.fault("reject", &json!({ "on": { "operation": "S4" }, "do": [{ "course": course }] }));
    story.run(&["apply", "--yes", "--wait", "published"]).ended(8).says("mend what the Store names");
    story.store.heal("reject");
    story.manifest(&text("Good enough."));
    commit(story.repo.path(), "mended");
    assert_eq!(origin_of_description(&story.plan(&[])), "config");
    story.publish(&[]).ended(0);
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "Good enough.");
}
