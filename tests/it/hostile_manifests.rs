//! What a manifest from a stranger can write must neither exhaust the machine nor say more than it should.

use std::fs;
use std::path::Path;

use serde_json::json;
use storeward::manifest::{Address, Code, Desired, Loaded, Releases, Wanted, Workspace, load};
use tempfile::TempDir;

use crate::support::msix::Msix;
use crate::support::story::{Story, run, storeward};
use crate::support::things;

/// A workspace of one app with these blocks.
struct Case(TempDir);

impl Case {
    fn new(blocks: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let manifest = format!("kind: App\nname: a\nid: 9NBLGGH4R315\n{blocks}");
        fs::write(folder.path().join("app.yaml"), manifest).unwrap();
        Self(folder)
    }

    fn load(&self, release: Option<&Path>) -> Loaded {
        let workspace = Workspace::around(self.0.path()).unwrap();
        let release = release.map(|folder| (Address::app("a"), folder.canonicalize().unwrap()));
        load(&workspace, &[], &release.into_iter().collect::<Releases>())
    }

    /// The desired state; there must be nothing to say.
    #[track_caller]
    fn desired(&self, released: bool) -> Desired {
        let mut loaded = self.load(released.then_some(self.0.path()));
        assert!(loaded.diagnostics.sorted().is_empty(), "{:?}", loaded.diagnostics.sorted());
        loaded.resources.remove(0).desired
    }

    /// What there is to say: code, line and message.
    fn said(&self, release: Option<&Path>) -> Vec<(Code, usize, String)> {
        let loaded = self.load(release);
        let line = |span| loaded.sources.location(span).line;
        let said = loaded.diagnostics.sorted();
        said.iter().map(|d| (d.code, d.span.map_or(0, line), d.message.clone())).collect()
    }
}

#[track_caller]
fn says(case: &Case, code: Code, line: usize, message: &str) {
    let said = case.said(None);
    assert!(
        said.iter().any(|(c, l, m)| (*c, *l) == (code, line) && m.contains(message)),
        "{code} {line} {message}: {said:?}"
    );
}

fn paths(desired: &Desired) -> Vec<String> {
    desired.owned.iter().map(|owned| owned.path.dotted()).collect()
}

#[test]
fn the_meaning_of_a_language_is_a_short_tag() {
    for bad in ["a/b", "''", "a b", &"x".repeat(65)] {
        let case = Case::new(&format!("submission:\n  listings:\n    de: {{$as: {bad}}}\n"));
        says(&case, Code::BadMeaning, 6, "short tag");
    }
    let longest = "x".repeat(60) + "-_.9";
    let case =
        Case::new(&format!("submission:\n  listings:\n    de: {{$as: {longest}, description: $(lang)}}\n"));
    let desired = case.desired(false);
    assert!(matches!(&desired.owned[0].wanted, Wanted::Value(value) if *value == longest.as_str()));
}

#[test]
fn an_expanded_text_has_a_limit() {
    let meaning = "x".repeat(64);
    let text = "$(lang)".repeat(100_000);
    let case = Case::new(&format!(
        "submission:\n  listings:\n    de: {{$as: {meaning}}}\n    $each:\n      description: \"{text}\"\n"
    ));
    says(&case, Code::TooLong, 8, "longer than 1 MiB");
}

#[cfg(unix)]
#[test]
fn patterns_stay_out_of_linked_folders() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("customers.msix"), "").unwrap();
    let case = Case::new(
        "submission:\n  packages:\n    files:\n      - out/*.msix\n      - '*/*.msix'\n      - '[o]ut/customers.msix'\n",
    );
    std::os::unix::fs::symlink(outside.path(), case.0.path().join("out")).unwrap();
    std::os::unix::fs::symlink(".", case.0.path().join("round")).unwrap();
    let said = case.said(None);
    assert_eq!(said.len(), 3, "{said:?}");
    says(&case, Code::OutsideWorkspace, 7, "`out` leads out of the workspace through a symbolic link");
    says(&case, Code::NothingMatches, 8, "nothing matches `*/*.msix`");
    says(&case, Code::NothingMatches, 9, "nothing matches `[o]ut/customers.msix`");
}

#[test]
fn a_release_folder_may_have_any_name() {
    let release = tempfile::tempdir().unwrap();
    let folder = release.path().join("[1.0] *?");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.msix"), "no package").unwrap();
    fs::write(folder.join("a.txt"), "").unwrap();
    let case = Case::new("release:\n  packages:\n    files: [$(release)/*.msix]\n");
    let said = case.said(Some(&folder));
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!((said[0].0, said[0].1), (Code::BadPackage, 6), "the one file was found: {said:?}");
}

#[test]
fn very_many_mistakes_are_reported_in_part() {
    let keys = (0..45_000).map(|i| format!("  key{i}: 1\n")).collect::<Vec<_>>().concat();
    let said = Case::new(&format!("submission:\n{keys}")).said(None);
    assert_eq!(said.len(), 2001);
    assert!(said[0].2.starts_with("43000 more findings"), "{}", said[0].2);
    assert_eq!((said[1].0, said[1].1), (Code::UnknownKey, 5));
}

#[test]
fn what_cannot_be_cleared_cannot_be_emptied() {
    for empty in ["''", "null", "{file: empty.md}", "[]", "['']", "' '"] {
        let case = Case::new(&format!("submission:\n  listings:\n    de:\n      description: {empty}\n"));
        fs::write(case.0.path().join("empty.md"), "\n").unwrap();
        let said = case.said(None);
        assert_eq!(said.len(), 1, "{empty}: {said:?}");
        assert_eq!(said[0].0, Code::CannotClear, "{empty}");
    }
    let desired = Case::new(
        "submission:\n  hardwarePreferences: []\n  listings:\n    de: {title: '', releaseNotes: '', keywords: []}\n",
    )
    .desired(false);
    let value = |path: &[&str]| match &desired.value(path).unwrap().wanted {
        Wanted::Value(value) => value.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(value(&["hardwarePreferences"]), json!([]));
    assert_eq!(value(&["listings", "de", "title"]), json!(null), "as for `title: null`");
    assert_eq!(value(&["listings", "de", "releaseNotes"]), json!(""));
    assert_eq!(value(&["listings", "de", "keywords"]), json!([]));
}

#[test]
fn a_group_is_cleared_as_a_whole() {
    let rollout = |value: &str| Case::new(&format!("release:\n  packageRollout: {value}\n"));
    assert_eq!(rollout("null").said(None), []);
    says(
        &rollout("{percentage: null}"),
        Code::CannotClear,
        5,
        "`packageRollout.percentage` cannot be cleared",
    );
}

#[test]
fn words_and_numbers_are_whole_in_the_manifest() {
    for value in [
        "visibility: $(release)", "automaticBackupEnabled: $(release)", "hardwarePreferences: [$(release)]",
        "targetPublishDate: $(release)", "pricing: {priceId: $(release)}",
        "packageRollout: {percentage: $(release)}",
    ] {
        let said = Case::new(&format!("release:\n  {value}\n")).said(None);
        assert!(said.len() == 1 && said[0].1 == 5, "{value}: {said:?}");
    }
    says(
        &Case::new("release: {visibility: $(lang)}\n"),
        Code::NotAllowed,
        4,
        "`$(lang)` is not allowed here",
    );
}

#[test]
fn each_language_has_its_own_meaning() {
    let case = Case::new("submission:\n  listings:\n    $each: {$as: de}\n    de-de: {$as: de}\n");
    says(&case, Code::BadMeaning, 6, "`$as` has no effect here");
    assert_eq!(case.said(None).len(), 1);
}

#[test]
fn mistakes_in_notes_do_not_show_them() {
    let long = "x".repeat(2000);
    for (notes, code) in [
        ("notesForCertification: password p$(xyz", "SW1211"),
        ("notesForCertification: {text: p$(xyz}", "SW1103"),
        ("notesForCertification: {file: notes.md, at: there}", "SW1303"),
        ("notesForCertification: {file: notes.json, at: /nothing}", "SW1006"),
        ("notesForCertfication: password p$(xyz", "SW1101"),
        ("notesForCertification: a\n  notesForCertification: password p$(xyz", "SW1007"),
    ] {
        let case = Case::new(&format!("submission:\n  {notes}\n"));
        fs::write(case.0.path().join("notes.md"), format!("password p$(xyz\n{long}")).unwrap();
        fs::write(case.0.path().join("notes.json"), "{\"a\": \"password p$(xyz\", ]").unwrap();
        let ended = run(storeward(case.0.path()).arg("plan")).ended(3);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains(code), "{notes}: {said}");
        assert!(said.contains("app.yaml:") || said.contains("notes."), "the place is named: {said}");
        assert!(!said.contains("p$(xyz"), "{notes}: {said}");
    }
}

/// What every form of a validation says; there must be something to say.
fn said_in_all_forms(case: &Case) -> String {
    let mut said = String::new();
    for form in ["text", "json", "github", "azure", "gitlab"] {
        let arguments = ["validate", "--output", form, "--out", "text=all.txt"];
        let ran = run(storeward(case.0.path()).args(arguments)).ended(3);
        said.push_str(&format!("{}{}", ran.stdout, ran.stderr));
        said.push_str(&fs::read_to_string(case.0.path().join("all.txt")).unwrap());
    }
    said
}

#[test]
fn mistakes_beside_notes_do_not_show_them() {
    let long = "x".repeat(10_000);
    for (blocks, also) in [
        ("submission: {notesForCertification: 'pw hunter2', visibility: Publik}", "visibility: Publik}"),
        ("submission: {visibility: Publik, notesForCertification: pw hunter2}", "{visibility: Publik, notes"),
        ("submission: {notesForCertfication: 'pw hunter2', visibility: Publik}", "visibility: Publik}"),
        ("submission: {notesForCertification: [a, {b: hunter2}], visibility: Publik}", "visibility: Publik}"),
        (
            "submission:\n  - notesForCertification: |\n      user\n      pw hunter2\n    visibility: x",
            "visibility: x",
        ),
        (
            "submission:\n  - notesForCertification: user\n      pw hunter2\n    visibility: x",
            "visibility: x",
        ),
        ("submission: {x: &n 'pw hunter2', notesForCertification: *n}", "{x: •"),
        // Where the text is no YAML, nobody knows where a value ends.
        ("submission: {visibility: [x, notesForCertification: 'pw hunter2', visibility: }", ""),
        ("submission:\n  notesForCertification: 'pw hunter2\n  visibility: x", ""),
        ("submission:\n  notesForCertification: \"pw\" hunter2\n  visibility: x", ""),
        ("submission:\n  notesForCertification: !x pw hunter2\n  visibility: x", "notesForCertification•"),
        ("submission:\n  notesForCertification: user: pw hunter2\n  visibility: x", ""),
        ("submission:\n  notesForCertification: user\n   pw: hunter2\n  visibility: x", ""),
        ("submission:\n  notesForCertification: user\n hunter2 is the pw\n  visibility: x", ""),
        ("submission:\n  notesForCertification: |\n    user\n hunter2 is the pw\n  visibility: x", ""),
        ("submission:\n  notesForCertification pw hunter2\n  visibility: x", ""),
        ("submission:\n  ? {visibility: x, notesForCertification: hunter2}\n  : x", "visibility: x"),
        ("submission: {<<: {}, notesForCertification: hunter2}", "{<<: {}, notes"),
        // A slip that makes a key of it.
        ("submission:\n  notesForCertification: {file: notes.md, pw hunter2: x}", ""),
        ("submission:\n  notesForCertification: {pw hunter2: x, pw hunter2: y}", ""),
        // The file that they come from is as secret, also where something else comes from it.
        ("submission:\n  notesForCertification: {file: twice.json, at: /a}", ""),
        ("submission:\n  notesForCertification: {file: keys.json, at: /nothing}", ""),
        (
            "submission:\n  notesForCertification: {file: notes.md}\n  listings:\n    en-us: {releaseNotes: {file: notes.md}}",
            "",
        ),
    ] {
        let case = Case::new(&format!("{blocks}\n"));
        fs::write(case.0.path().join("notes.md"), format!("pw hunter2\n{long}")).unwrap();
        fs::write(case.0.path().join("twice.json"), "{\"pw hunter2\": 1, \"pw hunter2\": 2}").unwrap();
        fs::write(case.0.path().join("keys.json"), "{\"pw hunter2\": 1}").unwrap();
        let said = said_in_all_forms(&case);
        assert!(!said.contains("hunter2"), "{blocks}\n{said}");
        assert!(said.contains(also), "what is beside it stays to be seen: {blocks}\n{said}");
    }
}

#[test]
fn notes_are_blanked_without_moving_what_is_beside_them() {
    let case = Case::new("submission: {notesForCertification: 'pw ünd', visibility: Publik}\n");
    let said = run(storeward(case.0.path()).arg("validate")).ended(3).stderr;
    assert!(said.contains("app.yaml:4:59\n"), "{said}");
    assert!(
        said.contains("4 │ submission: {notesForCertification: ••••••••, visibility: Publik}\n"),
        "{said}"
    );
    let said = run(storeward(case.0.path()).args(["--ascii", "validate"])).ended(3).stderr;
    assert!(said.contains("{notesForCertification: ********, visibility: Publik}\n"), "{said}");
}

#[test]
fn a_line_of_megabytes_is_shown_in_part() {
    let long = "x".repeat(3_000_000);
    let keys = (0..60).map(|i| format!("key{i}: 1")).collect::<Vec<_>>().join(", ");
    let case = Case::new(&format!("submission: {{title: '{long}', {keys}}}\n"));
    let said = run(storeward(case.0.path()).arg("validate")).ended(3).stderr;
    assert!(said.contains("app.yaml:4:3000025\n") && said.contains("key1: 1, key2: 1"), "{}", said.len());
    assert!(said.len() < 100_000, "{}", said.len());
    assert!(said.contains("11 more findings not shown here"), "{said}");
}

/// Two `listings` blocks, one laid over the other.
fn laid_over(submission: &str, release: &str) -> Case {
    Case::new(&format!("submission:\n  listings: {submission}\nrelease:\n  listings: {release}\n"))
}

#[test]
fn a_language_that_goes_in_one_block_goes_or_comes_as_a_whole() {
    let case = laid_over("{en: {description: E}, de: null}", "{$each: {releaseNotes: R}}");
    let desired = case.desired(true);
    let owned = ["listings.en.description", "listings.en.releaseNotes", "listings.de"];
    assert_eq!(paths(&desired), owned);
    assert!(matches!(desired.owned[2].wanted, Wanted::Nothing));

    let case =
        laid_over("{$each: {keywords: [k]}, de: {description: D}}", "{$each: {features: [f]}, de: null}");
    assert_eq!(paths(&case.desired(true)), ["listings.de"]);
    assert_eq!(paths(&case.desired(false)), ["listings.de.description", "listings.de.keywords"]);

    let case =
        laid_over("{$each: {keywords: [k]}, de: null}", "{$each: {features: [f]}, de: {description: D}}");
    assert_eq!(paths(&case.desired(true)), ["listings.de.description", "listings.de.features"]);
    assert_eq!(paths(&case.desired(false)), ["listings.de"]);

    let case = laid_over("{de: null}", "{de: {}}");
    assert_eq!(paths(&case.desired(true)), Vec::<String>::new());
}

#[test]
fn every_language_that_is_written_is_named() {
    let case = laid_over("{$others: remove, fr: {}, DE: null}", "{nl: {releaseNotes: N}, en: {}}");
    for released in [false, true] {
        let named = case.desired(released).named_languages;
        assert_eq!(named.into_iter().collect::<Vec<_>>(), ["de", "en", "fr", "nl"], "{released}");
    }
}

#[test]
fn a_gradual_rollout_retains_something() {
    let release = tempfile::tempdir().unwrap();
    let msix = Msix::default();
    msix.write(&release.path().join(msix.file_name()));
    let block = |name: &str, retain: &str, rollout: &str| {
        format!(
            "{name}:\n  packages:\n    files: ['*.msix']\n    retain: {retain}\n  packageRollout: {rollout}\n"
        )
    };
    let with = |text: String| {
        let case = Case::new(&text);
        msix.write(&case.0.path().join(msix.file_name()));
        case
    };
    let refused = |text: String, release: Option<&Path>| {
        let said = with(text).said(release);
        said.into_iter().map(|(code, line, _)| (code, line)).collect::<Vec<_>>()
    };
    let at = |line| vec![(Code::RetainsNothing, line)];
    let gradual = "{percentage: 99.5}";
    assert_eq!(refused(block("submission", "none", gradual), None), at(7));
    assert_eq!(refused(block("release", "none", gradual), None), at(7));
    assert_eq!(refused(block("release", "none", gradual), Some(release.path())), at(7));
    for (retain, rollout) in [("none", "{percentage: 100}"), ("none", "null"), ("all", gradual)] {
        assert_eq!(refused(block("release", retain, rollout), None), [], "{retain} {rollout}");
        assert_eq!(
            refused(block("release", retain, rollout), Some(release.path())),
            [],
            "{retain} {rollout}"
        );
    }
    // One half in each block.
    let standing = "submission:\n  packages: {files: ['*.msix'], retain: none}\n";
    let halves = |rollout: &str| format!("{standing}release:\n  packageRollout: {rollout}\n");
    assert_eq!(refused(halves(gradual), None), at(5));
    assert_eq!(refused(halves(gradual), Some(release.path())), at(5));
    assert_eq!(refused(halves("null"), Some(release.path())), []);
}

#[test]
fn the_folder_of_git_is_nobodys_text() {
    let story = Story::new(
        &things::app_submission(),
        "submission:\n  listings:\n    en-us:\n      description: {file: .git/config}\n",
    );
    story.write(".git/config", "AUTHORIZATION: basic c2VjcmV0");
    let ran = story.run(&["plan"]).ended(3).says("SW1004");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("basic"));
}

#[test]
fn a_manifest_in_another_encoding_is_not_passed_over() {
    let story = Story::new(&things::app_submission(), "submission: {visibility: Public}\n");
    story.write("second.yaml", b"kind: App\nname: b\xfccher\n");
    story.run(&["plan"]).ended(3).says("second.yaml").says("not UTF-8");
}

#[test]
fn a_text_below_a_heading_is_part_of_a_file() {
    let case = Case::new(
        "submission:\n  listings:\n    $each: {releaseNotes: {file: CHANGELOG.md, at: $(lang)}}\n    en-us: {}\n    de: {}\n",
    );
    let changelog = "# All\n## en-us\nNight mode.\n\n```\n# no heading\n```\n## de\nNachtmodus.\n";
    fs::write(case.0.path().join("CHANGELOG.md"), changelog).unwrap();
    let desired = case.desired(false);
    let value = |language: &str| match &desired.value(&["listings", language, "releaseNotes"]).unwrap().wanted
    {
        Wanted::Value(value) => value.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(value("en-us"), json!("Night mode.\n\n```\n# no heading\n```"));
    assert_eq!(value("de"), json!("Nachtmodus."));
    fs::write(case.0.path().join("CHANGELOG.md"), changelog.replace("## de", "## da")).unwrap();
    says(&case, Code::NothingAtPointer, 6, "no heading `de`");
}

/// Reading the headings anew for each value would take an hour.
#[test]
fn the_headings_of_a_file_are_read_once() {
    let keys = "{description: &a {file: c.md, at: z}, releaseNotes: *a, licenseTerms: *a, devStudio: *a}";
    let languages: String = (0..300).fold(String::new(), |all, i| format!("{all}    en-x{i:03}: {{}}\n"));
    let case = Case::new(&format!("submission:\n  listings:\n    $each: {keys}\n{languages}"));
    for (text, message) in [
        ("`a` *b* [c](<d\n".repeat(60_000), "no heading `z`"),
        ("# a\n".repeat(250_000), "more than 20000 headings"),
        ("# a\n".repeat(700_000), "longer than 1024 KiB"),
    ] {
        fs::write(case.0.path().join("c.md"), text).unwrap();
        says(&case, Code::NothingAtPointer, 6, message);
    }
}

#[test]
fn headings_of_notes_are_not_shown() {
    let case = Case::new("submission:\n  notesForCertification: {file: notes.md, at: tester}\n");
    fs::write(case.0.path().join("notes.md"), "# pw hunter2\nx\n").unwrap();
    says(&case, Code::NothingAtPointer, 5, "no heading `tester`");
    let shown = said_in_all_forms(&case);
    assert!(!shown.contains("hunter2"), "{shown}");
}

const HEAD: &str = "kind: App\nname: a\nid: 9NBLGGH4R315\n";

/// A repository with this manifest, in a folder that is none.
fn repository(manifest: &str) -> TempDir {
    let around = tempfile::tempdir().unwrap();
    fs::create_dir_all(around.path().join("repo/.git")).unwrap();
    fs::write(around.path().join("repo/app.yaml"), format!("{HEAD}{manifest}")).unwrap();
    fs::write(around.path().join("secret.yaml"), "hunter2: {\n").unwrap();
    around
}

#[test]
fn a_repository_that_is_named_reads_nothing_beside_it() {
    let around = repository("submission: {listings: {de: {$file: ../secret.yaml}}}\n");
    let inside = repository("submission: {listings: {de: {$file: texts.yaml}}}\n");
    fs::write(inside.path().join("repo/texts.yaml"), "title: x\n").unwrap();
    for path in ["repo", "repo/app.yaml"] {
        let ran = run(storeward(around.path()).args(["validate", path])).ended(3).says("SW1004");
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        // Also from elsewhere, what is inside is inside.
        let named = inside.path().join(path);
        run(storeward(around.path()).arg("validate").arg(named)).ended(0);
    }
    let both = [around.path().join("repo"), inside.path().join("repo")];
    run(storeward(around.path()).arg("validate").args(both)).ended(64).says("different repositories");
    run(storeward(&around.path().join("repo/app.yaml")).arg("validate")).ended(64).says("is no folder");
}

#[cfg(unix)]
#[test]
fn ignore_files_of_a_stranger_are_not_followed() {
    use std::os::unix::fs::symlink;

    for (name, target) in
        [(".gitignore", "/dev/zero"), (".ignore", "/dev/zero"), ("sub/.gitignore", "/dev/zero")]
    {
        let around = repository("");
        let repo = around.path().join("repo");
        fs::create_dir(repo.join("sub")).unwrap();
        symlink(target, repo.join(name)).unwrap();
        run(storeward(&repo).arg("validate")).ended(0);
        fs::remove_file(repo.join(name)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(repo.join(name)).status().unwrap();
        assert!(made.success());
        run(storeward(&repo).arg("validate")).ended(0);
    }
}

#[cfg(unix)]
#[test]
fn a_release_folder_is_what_was_written() {
    let around = repository("release: {listings: {de: {$file: $(release)/secret.yaml}}}\n");
    let repo = around.path().join("repo");
    std::os::unix::fs::symlink("..", repo.join("dist")).unwrap();
    let release = |folder: &str| {
        let ran = run(storeward(&repo).env("HOME", around.path()).args(["validate", "--release", folder]));
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        ran
    };
    release("app/a=dist").ended(3).says("SW1004").says("leads out of the workspace");
    for folder in ["..", "/", "/.."] {
        release(&format!("app/a={folder}")).ended(3).says("SW1004").says("far more than a release");
    }
    release("app/a=app.yaml").ended(3).says("is no folder");
    let home = tempfile::tempdir().unwrap();
    let argument = format!("app/a={}", home.path().display());
    let mut command = storeward(&repo);
    command.env("HOME", home.path()).args(["validate", "--release", &argument]);
    run(&mut command).ended(3).says("far more than a release");
    // What is hidden below it stays so.
    fs::create_dir(home.path().join(".ssh")).unwrap();
    fs::write(home.path().join(".ssh/id_rsa"), "hunter2").unwrap();
    fs::write(
        repo.join("app.yaml"),
        format!("{HEAD}release: {{listings: {{de: {{description: {{file: $(release)/.ssh/id_rsa}}}}}}}}\n"),
    )
    .unwrap();
    release(&argument).ended(3).says("SW1010");
}

#[cfg(unix)]
#[test]
fn results_are_not_written_through_links() {
    use std::os::unix::fs::symlink;

    let around = repository("");
    let repo = around.path().join("repo");
    let victim = around.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    symlink("../victim", repo.join("findings.json")).unwrap();
    symlink("..", repo.join("out")).unwrap();
    let out = |file: &str| run(storeward(&repo).args(["validate", "--out", &format!("json={file}")]));
    out("findings.json").ended(1).says("symbolic link");
    out("out/victim").ended(1).says("symbolic link");
    out("out/new.json").ended(1).says("symbolic link");
    assert_eq!(fs::read_to_string(victim).unwrap(), "precious");
    assert!(!around.path().join("new.json").exists());
    out("real.json").ended(0);
    out("../real.json").ended(0);
}

#[test]
fn errors_are_shown_before_warnings_are_cut() {
    let languages: String = (0..73).fold(String::new(), |all, i| format!("{all}    zz-{i:03}: {{}}\n"));
    let around = repository(&format!("submission:\n  listings:\n{languages}"));
    let repo = around.path().join("repo");
    fs::write(
        repo.join("z.yaml"),
        format!("{}foo: 1\n", HEAD.replace("name: a", "name: z").replace("315", "316")),
    )
    .unwrap();
    run(storeward(&repo).arg("validate")).ended(3).says("unknown key `foo`").says("more findings not shown");
}

#[test]
fn every_named_file_and_folder_is_told_of() {
    let around = repository("foo: 1\n");
    let repo = around.path().join("repo");
    fs::write(repo.join("z.yaml"), "a: 1\n").unwrap();
    fs::create_dir(repo.join("empty")).unwrap();
    run(storeward(&repo).args(["validate", "app.yaml", "z.yaml", "empty"]))
        .ended(3)
        .says("unknown key `foo`")
        .says("`z.yaml` holds no manifest")
        .says("`empty` holds no YAML file");
    fs::write(repo.join("app.yaml"), HEAD).unwrap();
    fs::write(repo.join("z.yaml"), "{name: b, kind: App, id: bad}\n").unwrap();
    run(storeward(&repo).arg("validate")).ended(3).says("z.yaml:1");
    fs::write(repo.join("z.yaml"), "- kind: App\n  name: b\n").unwrap();
    run(storeward(&repo).arg("validate")).ended(3).says("manifests in a list");
    fs::write(repo.join("z.yaml"), "apiVersion: kappctrl.k14s.io/v1alpha1\nkind: App\nmetadata: {}\n")
        .unwrap();
    run(storeward(&repo).arg("validate")).ended(0).says("1 manifest is valid");
}

#[test]
fn a_package_gives_no_advice_and_a_bundle_holds_one_app() {
    use crate::support::msix::MsixBundle;

    let case = Case::new("submission:\n  packages:\n    files: [a.msix]\n");
    Msix { version: "x; run this", ..Msix::default() }.write(&case.0.path().join("a.msix"));
    let loaded = case.load(None);
    let said = loaded.diagnostics.sorted();
    assert!(said[0].message.contains("`x; run this`"), "{said:?}");
    assert_eq!(said[0].help.as_deref(), Some("correct it and build again"));

    let case = Case::new("submission:\n  packages:\n    files: [a.msixbundle]\n");
    let app = Msix::default();
    for (inner, what) in
        [(Msix { name: "Other.App", ..app }, "name"), (Msix { publisher: "CN=Z", ..app }, "publisher")]
    {
        let bundle = MsixBundle {
            name: app.name,
            publisher: app.publisher,
            version: app.version,
            packages: &[inner],
            resource_languages: &[],
        };
        bundle.write(&case.0.path().join("a.msixbundle"));
        says(&case, Code::BadPackage, 6, &format!("as {what} inside of a bundle"));
    }
}

#[test]
fn a_date_is_an_instant_in_one_form() {
    for date in ["20260901T080000Z", "2026-09-01 08:00:00Z", "1601-01-01T00:00:00Z", "'2026-09-01T08Z'"] {
        let case = Case::new(&format!(
            "submission:\n  targetPublishMode: SpecificDate\n  targetPublishDate: {date}\n"
        ));
        let said = case.said(None);
        assert_eq!(said.len(), 1, "{date}: {said:?}");
        assert_eq!((said[0].0, said[0].1), (Code::BadDate, 6), "{date}");
    }
}
