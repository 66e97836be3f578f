//! `storeward validate`: what is said offline, in every form and place.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::msix::Msix;
use crate::support::story::{Ran, Story, run, storeward};
use crate::support::things;

const HEAD: &str = "kind: App\nname: a\nid: 9NBLGGH4R315\n";
const MISTAKES: &str = "permit: [price-chnge]\nsubmission:\n  visibility: Publik\n  listings:\n    en-us:\n      description: {file: ../copy/long.md}\n";

/// A repository; commands run in it.
struct Repo(TempDir);

impl Repo {
    /// An app in a folder of its own, with these blocks.
    fn new(blocks: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let repo = Self(folder);
        repo.write("app/store.yaml", format!("{HEAD}{blocks}"));
        repo
    }

    /// One with a mistake of each kind of place: in the manifest, in a text file, and nowhere.
    fn with_mistakes() -> Self {
        let repo = Self::new(MISTAKES);
        repo.write("copy/long.md", "x".repeat(10_001));
        repo.write("app/twin.yaml", format!("{HEAD}submission: {{}}\n"));
        repo
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// What is in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(storeward(self.0.path()).args(arguments))
    }

    fn validate(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["validate"], arguments].concat())
    }

    /// The same text on every machine.
    fn stable(&self, text: &str) -> String {
        text.replace(&self.0.path().canonicalize().unwrap().display().to_string(), "[REPO]")
    }
}

fn example() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contoso-reader"))
}

#[test]
fn what_is_valid_is_counted() {
    let ran = run(storeward(example()).arg("validate")).ended(0);
    assert_eq!(ran.stdout, "1 manifest is valid (1 app); 15 files were read\n");
    assert_eq!(ran.stderr, "");
    let ran = run(storeward(example()).args(["validate", "--release", "app/contoso-reader=dist"])).ended(0);
    assert_eq!(ran.stdout, "1 manifest is valid (1 app); 16 files were read\n");
    let ran = run(storeward(example()).args(["validate", "--output", "json"])).ended(0);
    assert_eq!(
        ran.json(),
        json!({
            "formatVersion": "1.0", "findings": [], "counts": { "errors": 0, "warnings": 0 },
            "resources": ["app/contoso-reader"],
        })
    );
}

#[test]
fn mistakes_are_told_with_their_places() {
    let repo = Repo::with_mistakes();
    let ran = repo.validate(&[]).ended(3);
    insta::assert_snapshot!("mistakes_text", repo.stable(&ran.stderr));
    assert_eq!(ran.stdout, "4 errors in 3 files; nothing was sent\n");

    let ran = repo.validate(&["--output", "json"]).ended(3);
    insta::assert_snapshot!("mistakes_json", repo.stable(&ran.stdout));
    assert!(ran.stderr.contains("error[SW1212]") && ran.stderr.ends_with("\n\n4 errors\n"), "{}", ran.stderr);
}

#[test]
fn packages_are_checked_where_a_release_names_them() {
    let repo = Repo::new("release:\n  packages: {files: [$(release)/*.msix]}\n");
    repo.validate(&[]).ended(0);
    repo.write("dist/app.msix", "no package");
    repo.validate(&["--release", "app/a=dist"]).ended(3).says("SW1401");
    let msix = Msix::default();
    msix.write(&repo.path("dist/app.msix"));
    repo.validate(&["--release", "app/a=dist"]).ended(0).says("2 files were read");
    fs::create_dir(repo.path("empty")).unwrap();
    repo.write("app/more.yaml", "kind: App\nname: b\n");
    for (folder, what) in [("empty", "is empty"), ("nothing", "does not exist")] {
        let release = format!("app/a={folder}");
        let findings = repo.validate(&["--output", "json", "--release", &release]).ended(3).json();
        let said: Vec<&str> =
            findings["findings"].as_array().unwrap().iter().map(|f| f["message"].as_str().unwrap()).collect();
        let wanted = format!("the release folder `{folder}` {what}");
        assert!(said[0] == wanted && said[1] == "`id` is missing", "{said:?}");
    }
    repo.validate(&["--release", "app/a=dist", "--release", "app/a=dist"]).ended(64);
}

#[test]
fn nothing_is_asked_of_anybody() {
    let ear = TcpListener::bind("127.0.0.1:0").unwrap();
    ear.set_nonblocking(true).unwrap();
    let url = format!("http://{}/v1.0/my", ear.local_addr().unwrap());
    let mut command = storeward(example());
    for name in ["STOREWARD_API_URL", "STOREWARD_LOGIN_URL", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"] {
        command.env(name, &url);
    }
    run(command.args(["validate", "--release", "app/contoso-reader=dist"])).ended(0);
    assert_eq!(ear.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "somebody called");
}

#[test]
fn a_command_gives_the_forms_that_it_has() {
    let repo = Repo::new("");
    for (command, form) in
        [(&["apply"][..], "gitlab"), (&["explain", "SW1101"], "json"), (&["validate"], "markdown")]
    {
        let ran = repo.run(&[command, &["--output", form]].concat()).ended(64);
        assert_eq!(ran.stdout, "");
        let said = format!(
            "error: `storeward {}` does not give its result as {form}\n  help: its forms are text",
            command[0]
        );
        assert!(ran.stderr.starts_with(&said), "{}", ran.stderr);
        repo.run(&[command, &["--out", &format!("{form}=x")]].concat())
            .ended(64)
            .says("does not give its result");
    }
    repo.validate(&["--out", "yaml=x"]).ended(64).says("forms are text, json");
    repo.validate(&["--out", "json="]).ended(64).says("write it as json=FILE");
    assert_eq!(repo.names(), [".git", "app"], "nothing was written");
}

#[test]
fn one_run_gives_several_forms() {
    let repo = Repo::with_mistakes();
    repo.write("old.json", "old");
    let ran = repo.validate(&["--out", "json=old.json", "--out", "text=./app/../new.txt"]).ended(3);
    assert_eq!(repo.names(), [".git", "app", "copy", "new.txt", "old.json"], "no draft is left");
    let findings: Value = serde_json::from_str(&repo.read("old.json")).unwrap();
    assert_eq!(findings["counts"], json!({ "errors": 4, "warnings": 0 }));
    assert_eq!(repo.read("new.txt"), format!("{}{}", ran.stderr, ran.stdout), "a file has all that is said");

    let guard = repo.run(&["explain", "price-change", "--out", "text=guard.txt"]).ended(0);
    assert_eq!(repo.read("guard.txt"), guard.stdout);
}

#[cfg(unix)]
#[test]
fn files_are_readable_for_those_for_whom_others_are() {
    use std::os::unix::fs::PermissionsExt;
    let repo = Repo::new("");
    repo.validate(&["--out", "json=new.json"]).ended(0);
    repo.write("other.json", "");
    let mode = |name: &str| fs::metadata(repo.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("new.json"), mode("other.json"));
    std::os::unix::fs::symlink("new.json", repo.path("link.json")).unwrap();
    repo.write("new.json", "");
    repo.validate(&["--out", "json=link.json"]).ended(1).says("it is a symbolic link");
    assert!(repo.path("link.json").is_symlink() && repo.read("new.json").is_empty());
}

#[test]
fn a_file_that_cannot_be_written_ends_the_run_before_it_starts() {
    let repo = Repo::with_mistakes();
    repo.write("file", "");
    for (file, why) in [
        ("nowhere/x.json", "its folder does not exist"),
        ("app", "it is not a regular file"),
        ("file/x.json", "cannot be written"),
        #[cfg(unix)]
        ("/dev/null", "it is not a regular file"),
    ] {
        let out = format!("json={file}");
        let ran = repo.validate(&["--out", "text=fine.txt", "--out", &out]).ended(1).says(why);
        assert_eq!(ran.stdout, "");
    }
    repo.validate(&["--out", "text=x", "--out", "json=app/../x"]).ended(64).says("twice");
    assert_eq!(repo.names(), [".git", "app", "copy", "file"], "nothing was written");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_enough_is_no_error_and_a_full_disk_is() {
    let repo = Repo::with_mistakes();
    let mut command = storeward(repo.0.path());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command
        .args(["validate", "--output", "json", "--out", "text=all.txt"])
        .stdout(writer)
        .stderr(std::process::Stdio::null())
        .status();
    assert_eq!(status.unwrap().code(), Some(3), "as it would end with a reader");
    assert!(repo.read("all.txt").ends_with("4 errors in 3 files; nothing was sent\n"));
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = storeward(repo.0.path());
    let output = command
        .args(["validate", "--output", "json"])
        .stdout(full)
        .stderr(std::process::Stdio::piped())
        .spawn();
    let output = output.unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("standard output cannot be written"));
}

#[test]
fn plan_and_apply_give_the_same_findings_where_they_stop_at_a_mistake() {
    let repo = Repo::with_mistakes();
    let findings = repo.validate(&["--output", "json"]).ended(3).json();
    for command in ["plan", "apply"] {
        let ran = repo.run(&[command, "--output", "json", "--out", "text=said.txt"]).ended(3);
        let end = ran.json();
        for (key, value) in findings.as_object().unwrap() {
            assert_eq!(end[key], *value, "{command}");
        }
        assert!(repo.read("said.txt").contains("error[SW1212]"));
        assert_eq!(repo.run(&[command]).ended(3).stdout, "", "{command}: as text they are on standard error");
    }
}

#[test]
fn apply_gives_the_findings_that_only_the_live_state_shows() {
    let story = Story::new(
        &things::app_submission(),
        "submission: {visibility: Private, targetPublishMode: SpecificDate, targetPublishDate: '2020-01-01T00:00:00Z'}\n",
    );
    let findings =
        story.run(&["apply", "--yes", "--output", "json", "--out", "text=said.txt"]).ended(3).json();
    assert_eq!(findings["findings"][0]["code"], "SW2010");
    assert_eq!(findings["counts"], json!({ "errors": 1, "warnings": 0 }));
    assert!(fs::read_to_string(story.path("said.txt")).unwrap().contains("error[SW2010]"));
    assert!(story.mutations().is_empty());
}

#[test]
fn silence_holds_for_warnings_only() {
    let repo = Repo::with_mistakes();
    let ran = repo.validate(&["-q"]).ended(3);
    assert!(ran.stderr.contains("error[SW1212]") && ran.stdout.starts_with("4 errors"));
}

#[test]
fn services_get_annotations_with_files_named_from_the_root() {
    let repo = Repo::with_mistakes();
    for form in ["github", "azure", "gitlab"] {
        let ran = repo.validate(&["--output", form]).ended(3);
        insta::assert_snapshot!(format!("mistakes_{form}"), repo.stable(&ran.stdout));
        let below = run(storeward(&repo.path("app")).args(["validate", "--output", form])).ended(3);
        let files = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| !line.contains("managed by two"));
            let words = lines.flat_map(|line| line.split(['=', ',', ';', '"']));
            let is_file = |word: &&str| ["app/", "copy/"].iter().any(|folder| word.starts_with(folder));
            words.filter(is_file).map(str::to_owned).collect()
        };
        assert_eq!(files(&below.stdout), files(&ran.stdout), "-C app, {form}: {}", below.stdout);
        assert!(files(&ran.stdout).contains(&"copy/long.md".to_owned()), "{}", ran.stdout);
    }
    let below = run(storeward(&repo.path("app")).args(["validate", "--output", "json"])).ended(3).json();
    assert_eq!(
        below["findings"][1]["at"]["file"], "store.yaml",
        "as the plan names files: from the current folder"
    );
}

#[test]
fn places_are_those_of_the_file_with_its_own_line_ends() {
    let text = format!("\u{feff}{HEAD}{MISTAKES}").replace('\n', "\r\n");
    let repo = Repo::with_mistakes();
    let at = |repo: &Repo| repo.validate(&["--output", "json"]).ended(3).json()["findings"].clone();
    let before = at(&repo);
    repo.write("app/store.yaml", text);
    assert_eq!(at(&repo), before);
    assert!(!repo.validate(&["--output", "github"]).stdout.contains("%0D"));
}

#[test]
fn without_mistakes_there_are_no_annotations() {
    let repo = Repo::new("");
    for (form, nothing) in [("github", ""), ("azure", ""), ("gitlab", "[]\n")] {
        assert_eq!(repo.validate(&["--output", form]).ended(0).stdout, nothing);
    }
}

#[test]
fn findings_without_a_place_stand_at_the_first_manifest_or_at_the_root() {
    let repo = Repo::with_mistakes();
    let path = |arguments: &[&str]| {
        let report = repo.validate(&[&["--output", "gitlab"], arguments].concat()).ended(3).json();
        report[0]["location"]["path"].as_str().unwrap().to_owned()
    };
    assert_eq!(path(&[]), "app/store.yaml");
    assert_eq!(path(&["nothing.yaml"]), ".");
}

#[test]
fn no_text_of_a_manifest_is_a_command_to_a_service() {
    let hostile = "##vso[task.setvariable variable=x]y ##[error]z";
    let repo = Repo::new(&format!(
        "submission:\n  visibility: \"{hostile}\"\n  '{hostile}': |\n    x\n  applicationCategory: \"a\\n::error::b\\r::c\"\n  \
         listings:\n    en-us:\n      description: {{file: '{hostile}'}}\n      title: 1\n      \"a\\u202e::b\": c\n"
    ));
    repo.write("##vso[x]/##[y],z.yaml", format!("{HEAD}submission: [::add-mask::x]\n"));
    #[cfg(unix)]
    repo.write("a\n::error::b/\r::c.yaml", format!("{HEAD}submission: []\n"));
    for form in ["text", "json", "github", "azure", "gitlab"] {
        let ran = repo.validate(&["--output", form]).ended(3);
        for (stream, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            for line in text.split(['\n', '\r']) {
                let command = line.to_lowercase();
                let ours = form == "azure" && command.starts_with("##vso[task.logissue type=error;");
                assert!(!command[usize::from(ours)..].contains("##vso["), "{form} {stream}: {line:?}");
                assert!(!command.contains("##["), "{form} {stream}: {line:?}");
                let ours = form == "github" && line.starts_with("::error ");
                assert!(ours || !line.trim_start().starts_with("::"), "{form} {stream}: {line:?}");
            }
        }
        if form == "json" || form == "gitlab" {
            let said = ran.json().to_string();
            assert!(said.contains("##vso[x]/##[y],z.yaml"), "a program gets the name as it is: {said}");
        }
    }
}

#[test]
fn files_are_named_as_seen_from_here_and_never_by_where_the_machine_keeps_them() {
    let blocks = "submission:\n  listings: {en-us: {images: {Icon: [{file: ../art/icon.png}]}}}\n  trailers:\n    \
                  - {file: ../art/intro.mp4, trailerAssets: {en-us: {title: T, imageList: [{file: ../art/still.png}]}}}\n\
                  release: {packages: {files: [$(release)/*.msix]}}\n";
    let repo = Repo::new(blocks);
    for name in ["art/icon.png", "art/intro.mp4", "art/still.png"] {
        repo.write(name, "broken");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("a.msix"), "broken").unwrap();
    let release = format!("app/a={}", elsewhere.path().display());
    let ran = run(storeward(&repo.path("app")).args(["validate", "--release", &release])).ended(3);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    for name in ["`../art/icon.png`", "`../art/intro.mp4`", "`../art/still.png`", "/a.msix`"] {
        assert!(said.contains(name), "{name} is not in:\n{said}");
    }
    for folder in [repo.0.path(), elsewhere.path()] {
        let folder = folder.canonicalize().unwrap();
        assert!(!said.contains(&format!("`{}", folder.display())), "{said}");
    }
}

#[test]
fn nothing_that_is_read_is_replaced_by_a_result() {
    let repo = Repo::with_mistakes();
    repo.write("notes.json", "{\"a\": \"x\"}");
    repo.write(
        "app/more.yaml",
        "kind: App\nname: more\nid: 9NBLGGH4R316\nsubmission:\n  listings:\n    en-us: \
         {title: {file: ../notes.json, at: /a}, images: {Screenshot: [{file: broken.png}]}}\n",
    );
    repo.write("app/broken.png", "no picture");
    for (file, why) in [
        ("app/more.yaml", "is named as manifests are"),
        ("new.YML", "is named as manifests are"),
        ("notes.json", "--out would replace `notes.json`, which this command reads"),
        ("app/../app/broken.png", "--out would replace `broken.png`, which this command reads"),
    ] {
        let before = fs::read(repo.path(file)).ok();
        let out = format!("json={file}");
        let ran = repo.validate(&["--out", "text=fine.txt", "--out", &out]).ended(64).says(why);
        assert_eq!(ran.stdout, "", "{file}");
        assert_eq!(fs::read(repo.path(file)).ok(), before, "{file}");
    }
    repo.run(&["plan", "--sandbox", "--save", "notes.json"])
        .ended(64)
        .says("--save would replace `notes.json`");
    assert!(!repo.path("fine.txt").exists(), "nothing was written");
    // In CI the same file is written again and again.
    for _ in 0..2 {
        repo.validate(&["--out", "json=findings.json"]).ended(3);
    }
}

#[test]
fn advice_is_about_what_was_written() {
    for (blocks, advice) in [
        ("submission:\n  listings:\n    zh: {}\n", "write one of `zh-cn`, `zh-hans`"),
        ("submission:\n  listings:\n    de-de: {description: {file: }}\n", "write a value, or leave it out"),
        ("submission:\n  listings:\n    de-de: {title: %x}\n", "`%`, `@` or a backtick, in quotes"),
        ("submission:\n  listings:\n    $others: []\n", "expected one of keep, error, remove, found a list"),
        #[cfg(unix)]
        (
            "submission:\n  listings:\n    de-de: {description: {file: 'copy\\de.md'}}\n",
            "`app/copy\\de.md` does not exist",
        ),
        #[cfg(unix)]
        (
            "submission:\n  listings:\n    de-de: {description: {file: 'copy\\de.md'}}\n",
            "write `/` between folders",
        ),
    ] {
        let repo = Repo::new(blocks);
        let ran = repo.validate(&[]);
        assert!(ran.stderr.contains(advice), "{blocks}{}", ran.stderr);
    }
    let broken = Repo::new("submission: [\n");
    broken.write("dist/a.txt", "");
    let ran = broken.validate(&["--release", "app/reader=dist"]).ended(3).says("SW1006");
    assert!(!ran.stderr.contains("SW1502"), "what could not be read may describe it: {}", ran.stderr);
}
