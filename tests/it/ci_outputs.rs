//! What a plan and an apply are in CI: annotations, outputs for later steps, summaries, and forms of one run.

use std::fs;

use serde_json::{Value, json};

use crate::support::story::{Ran, Story, run};
use crate::support::things;

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";
/// Two guards, one of which is permitted, and one that is about a market.
const GUARDED: &str = "permit: [price-change]\nsubmission:\n  visibility: Private\n  pricing:\n    priceId: Tier1020\n    \
                       marketSpecificPricings:\n      BR: NotAvailable\n  listings:\n    en-us:\n      description: New words.\n";

/// A run of GitHub Actions.
const ON_GITHUB: [(&str, &str); 6] = [
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_SERVER_URL", "https://github.example"),
    ("GITHUB_REPOSITORY", "contoso/reader"),
    ("GITHUB_RUN_ID", "4711"),
    ("GITHUB_SHA", "b81a0f2c9d3e4f5061728394a5b6c7d8e9f00112"),
    ("GITHUB_REF", "refs/pull/12/merge"),
];

/// The same draft that a colleague left open.
fn with_a_colleagues_draft(manifest: &str) -> Story {
    let mut draft = things::app_submission();
    draft["id"] = json!("1152921500000000777");
    draft["status"] = json!("PendingCommit");
    draft["fileUploadUrl"] = json!("https://storage.example/x?sig=y");
    draft["listings"]["en-us"]["baseListing"]["description"] = json!("A colleague's words.");
    let mut seed = things::account();
    seed["applications"][0]["pending"] = draft;
    Story::with_seed(&seed, manifest)
}

/// The binary as a step of a workflow, with the files that the runner names.
fn on_github(story: &Story, arguments: &[&str]) -> Ran {
    let mut command = story.command(arguments);
    command.envs(ON_GITHUB).env("GITHUB_OUTPUT", story.path("outputs"));
    run(command
        .env("GITHUB_STEP_SUMMARY", story.path("summary.md"))
        .env("GITHUB_EVENT_PATH", story.path("event.json")))
}

/// What the page of the run shows so far; it starts anew.
fn summary(story: &Story) -> String {
    let text = fs::read_to_string(story.path("summary.md")).unwrap();
    fs::remove_file(story.path("summary.md")).unwrap();
    text
}

/// The outputs of the step so far, each as `name=value`; the file starts anew.
fn outputs(story: &Story) -> Vec<String> {
    let text = fs::read_to_string(story.path("outputs")).unwrap();
    fs::remove_file(story.path("outputs")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The same text in every run.
fn stable(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(at) =
        text.find("sp1:").filter(|at| text[at + 4..].starts_with(|c: char| c.is_ascii_hexdigit()))
    {
        text.replace_range(at..at + 36, "[HASH]");
    }
    while let Some(at) = text.find("read 20") {
        text.replace_range(at + 5..at + 22, "[TIME]");
    }
    text
}

#[test]
fn later_steps_learn_what_the_plan_comes_to() {
    let story = Story::new(&things::app_submission(), GUARDED);
    on_github(&story, &["plan"]).ended(0);
    let plan = story.plan(&[]);
    let hash = plan["fingerprints"]["plan"].as_str().unwrap();
    assert_eq!(
        outputs(&story),
        [
            "result=ok",
            "has_changes=true",
            &format!("plan_hash={hash}"),
            "submissions=1",
            "upload_bytes=0",
            "guards=3",
            "guards_without_permit=2",
            "blockers=0",
            "drift=0",
            "conflicts=0",
        ]
    );
    on_github(&story, &["plan", "--detailed-exitcode"]).ended(2);
    assert_eq!(outputs(&story)[0], "result=changes");
    story.manifest(TEXTS);
    on_github(&story, &["apply", "--yes"]).ended(0);
    let set = outputs(&story);
    let id = story.app()["pendingApplicationSubmission"]["id"].as_str().unwrap_or_default().to_owned();
    let id = if id.is_empty() { story.published()["id"].as_str().unwrap().to_owned() } else { id };
    assert_eq!(set[0], "result=ok");
    assert_eq!(set.last().unwrap(), &format!("submission_ids={{\"app/harbor-notes\":\"{id}\"}}"));
}

#[test]
fn the_result_is_an_output_however_a_command_ends() {
    let story = Story::new(&things::app_submission(), GUARDED);
    let ends = |arguments: &[&str], code: i32, word: &str| {
        on_github(&story, arguments).ended(code);
        let set = outputs(&story);
        assert_eq!(set[0], format!("result={word}"), "{arguments:?}");
        set
    };
    let refused = ends(&["apply", "--yes"], 6, "needs-approval");
    assert!(refused.contains(&"has_changes=true".to_owned()), "the plan is known by then: {refused:?}");
    ends(&["apply", "--expect", "sp1:00000000000000000000000000000000"], 4, "stale");
    ends(&["plan", "--out", "text=nowhere/x"], 1, "error");
    ends(&["apply", "--output", "gitlab"], 64, "usage");
    story.manifest("submission: {visibility: Publik}\n");
    for command in ["plan", "apply"] {
        assert_eq!(ends(&[command], 3, "invalid"), ["result=invalid"]);
    }
    story.manifest("submission: {targetPublishMode: SpecificDate, targetPublishDate: '2020-01-01T00:00:00Z', visibility: Private}\n");
    for command in ["plan", "apply"] {
        ends(&[command], 3, "invalid");
    }
    story.manifest(TEXTS);
    let mut wrong = story.command(&["plan"]);
    wrong.env("GITHUB_OUTPUT", story.path("outputs")).env("AZURE_CLIENT_SECRET", "wr0ng-s3cret");
    run(&mut wrong).ended(10);
    assert_eq!(outputs(&story), ["result=auth"]);
    let blocked = with_a_colleagues_draft(TEXTS);
    on_github(&blocked, &["apply", "--yes"]).ended(5);
    assert!(outputs(&blocked).starts_with(&["result=blocked".to_owned(), "has_changes=true".to_owned()]));
    on_github(&blocked, &["plan"]).ended(0);
    assert!(outputs(&blocked).contains(&"blockers=1".to_owned()));
}

#[test]
fn outputs_of_others_stay_and_other_commands_set_none() {
    let story = Story::new(&things::app_submission(), TEXTS);
    story.write("outputs", "theirs=1");
    on_github(&story, &["plan"]).ended(0);
    assert_eq!(outputs(&story)[..2], ["theirs=1", "result=ok"]);
    on_github(&story, &["validate"]).ended(0);
    on_github(&story, &["explain", "price-change"]).ended(0);
    assert!(!story.path("outputs").exists());
}

#[test]
fn outputs_that_cannot_be_written_end_the_run_before_anything_is_sent() {
    let story = Story::new(&things::app_submission(), TEXTS);
    for (path, why) in [
        ("nowhere/outputs", "No such file"),
        (".git", "it is not a regular file"),
        #[cfg(unix)]
        ("/dev/null", "it is not a regular file"),
    ] {
        let mut command = story.command(&["apply", "--yes"]);
        let ran = run(command.env("GITHUB_OUTPUT", story.path(path))).ended(1);
        ran.says("$GITHUB_OUTPUT cannot be written").says(why);
    }
    assert!(
        story.store.requests().iter().all(|request| request["method"] != "PUT" && request["method"] != "GET")
    );
    assert!(story.mutations().is_empty());
}

#[test]
fn a_plan_is_annotated_at_the_lines_that_it_is_about() {
    let story =
        with_a_colleagues_draft(&format!("permit: [price-change, deletes-add-on]\n{}", &GUARDED[23..]));
    for form in ["github", "azure", "gitlab"] {
        let ran = on_github(&story, &["plan", "--output", form]).ended(0);
        insta::assert_snapshot!(format!("annotated_plan_{form}"), stable(&ran.stdout));
        assert!(ran.stderr.contains("plan hash sp1:"), "people read along: {}", ran.stderr);
    }
    assert_eq!(on_github(&story, &["-q", "plan", "--output", "github"]).ended(0).stderr, "");
}

#[test]
fn annotations_name_files_from_the_root_of_the_repository() {
    let story = Story::new(&things::app_submission(), GUARDED);
    story.write("apps/store.yaml", fs::read(story.path("store.yaml")).unwrap());
    fs::remove_file(story.path("store.yaml")).unwrap();
    for (folder, paths) in [(".", &[][..]), ("apps", &[]), ("apps", &["store.yaml"])] {
        for (form, place) in
            [("github", "file=apps/store.yaml,line="), ("gitlab", "\"path\": \"apps/store.yaml\"")]
        {
            let arguments = [&["plan", "--output", form], paths].concat();
            let ran = run(&mut story.command_in(folder, &arguments)).ended(0);
            assert_eq!(ran.stdout.matches(place).count(), 3, "{folder}: {}", ran.stdout);
        }
    }
}

#[test]
fn a_failed_apply_is_annotated_at_its_manifest() {
    let blocked = with_a_colleagues_draft(TEXTS);
    let ran = on_github(&blocked, &["apply", "--yes", "--output", "github"]).ended(5);
    assert!(
        ran.stdout.starts_with("::error file=store.yaml,line=1,")
            && ran.stdout.contains("title=foreign-draft"),
        "what is a warning in a plan is an error here: {}",
        ran.stdout
    );
    let guarded = Story::new(&things::app_submission(), GUARDED);
    let ran = on_github(&guarded, &["apply", "--yes", "--output", "github"]).ended(6);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        lines[0]
            .starts_with("::error title=needs-approval::market-removed, visibility-reduced needs a permit")
    );
    assert_eq!(lines.iter().filter(|line| line.starts_with("::notice ")).count(), 3);
    let ran = on_github(&guarded, &["apply", "--yes", "--output", "azure"]).ended(6);
    assert!(ran.stdout.starts_with("##vso[task.logissue type=error;code=needs-approval;]"), "{}", ran.stdout);
}

#[test]
fn programs_get_one_document_however_a_command_ends() {
    let story = Story::new(&things::app_submission(), GUARDED);
    let ends = |arguments: &[&str], code: i32, word: &str| -> Value {
        let ran =
            story.run(&[arguments, &["--output", "json", "--out", "json=end.json"]].concat()).ended(code);
        let end = ran.json();
        assert_eq!((&end["result"], &end["exitCode"]), (&json!(word), &json!(code)), "{arguments:?}");
        assert_eq!(fs::read_to_string(story.path("end.json")).unwrap(), ran.stdout);
        end
    };
    let end = ends(&["apply", "--yes"], 6, "needs-approval");
    assert_eq!(end["error"], "market-removed, visibility-reduced needs a permit; nothing was sent");
    assert!(end["help"].as_str().unwrap().contains("permit: [market-removed, visibility-reduced]"));
    assert_eq!(end["guards"].as_array().unwrap().len(), 3);
    assert_eq!(end["planHash"], story.plan(&[])["fingerprints"]["plan"]);
    assert_eq!(end.get("findings"), None);
    ends(&["apply", "--expect", "sp1:00000000000000000000000000000000"], 4, "stale");
    for (name, value) in [("GITHUB_OUTPUT", "nowhere/x"), ("GITHUB_STEP_SUMMARY", "nowhere/x")] {
        let mut command = story.command(&["plan", "--output", "json"]);
        let end = run(command.env(name, story.path(value))).ended(1).json();
        assert!(end["error"].as_str().unwrap().starts_with(&format!("${name} cannot be written")), "{end}");
    }
    let end = story.run(&["plan", "--output", "json", "--out", "text=nowhere/x"]).ended(1).json();
    assert_eq!(end["result"], "error");
    story.manifest(&format!("{TEXTS}  targetPublishMode: Manual\n"));
    ends(&["apply", "--yes", "--wait", "published"], 64, "usage");
    ends(&["apply"], 6, "needs-approval");
    story.manifest("submission: {visibility: Publik}\n");
    for command in ["plan", "apply"] {
        let end = ends(&[command], 3, "invalid");
        assert_eq!((&end["error"], &end["help"]), (&json!("1 error"), &json!("nothing was sent")));
        assert_eq!(end["findings"][0]["code"], "SW1201");
        assert_eq!(end["counts"], json!({ "errors": 1, "warnings": 0 }));
    }
    story.manifest(TEXTS);
    let done = ends(&["apply", "--yes", "--wait", "none"], 0, "ok");
    assert_eq!(done["resources"][0]["result"], "ok");
    for command in ["plan", "apply"] {
        let mut wrong = story.command(&[command, "--output", "json"]);
        let end = run(wrong.env("AZURE_CLIENT_SECRET", "wr0ng-s3cret")).ended(10).json();
        assert_eq!(end["result"], "auth", "{command}");
        assert!(end["error"].as_str().unwrap().len() > 10 && !end.to_string().contains("wr0ng-s3cret"));
    }
    let blocked = with_a_colleagues_draft(TEXTS);
    let end = blocked.run(&["apply", "--yes", "--output", "json"]).ended(5).json();
    assert_eq!((&end["result"], &end["exitCode"]), (&json!("blocked"), &json!(5)));
    assert_eq!(end["resources"][0]["blockers"][0]["kind"], "foreign-draft");
}

#[test]
fn github_obeys_nothing_that_standard_error_holds() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let ran = on_github(&story, &["apply", "--yes"]).ended(0);
    let (first, rest) = ran.stderr.split_once('\n').unwrap();
    let token = first.strip_prefix("::stop-commands::").unwrap();
    assert!(token.len() >= 32 && rest.ends_with(&format!("\n::{token}::\n")), "{}", ran.stderr);
    assert!(!ran.stdout.contains(token), "the result is the result");
    let again = on_github(&story, &["plan"]).ended(0);
    assert!(!again.stderr.contains(token), "nobody can know it beforehand");
    let failed = on_github(&story, &["plan", "nothing.yaml"]).ended(3);
    let (first, rest) = failed.stderr.split_once('\n').unwrap();
    assert!(
        rest.ends_with(&format!("\n{}::\n", &first["::stop-commands".len()..])),
        "also after the last error"
    );
    for arguments in [&["plan", "--output", "github"][..], &["validate"], &["explain", "price-change"]] {
        assert!(!on_github(&story, arguments).stderr.contains("stop-commands"), "{arguments:?}");
    }
    assert!(!story.run(&["plan"]).stderr.contains("stop-commands"), "elsewhere nobody would understand it");
}

#[test]
fn a_comment_says_what_a_plan_means() {
    let story = with_a_colleagues_draft(GUARDED);
    story.write(
        "event.json",
        r#"{"pull_request": {"head": {"sha": "4f1c9e2a4f1c9e2a4f1c9e2a4f1c9e2a4f1c9e2a"}}}"#,
    );
    let ran = on_github(&story, &["plan", "--output", "markdown", "--out", "text=plan.txt"]).ended(0);
    insta::assert_snapshot!("comment_guarded", stable(&ran.stdout));
    let whole = summary(&story);
    assert_eq!(whole, ran.stdout, "what fits is the same in both");
    story.manifest("submission: {visibility: Public}\n");
    let story = Story::new(&things::app_submission(), "submission: {visibility: Public}\n");
    let ran = on_github(&story, &["plan", "--output", "markdown"]).ended(0);
    insta::assert_snapshot!("comment_no_changes", stable(&ran.stdout));
    assert!(ran.stdout.contains(r#""head":"b81a"#), "without an event it is the commit that was checked out");
    let local = story.run(&["plan", "--output", "markdown"]).ended(0).stdout;
    assert!(local.starts_with("<!-- storeward v1 {\"hash\":\"sp1:") && !local.contains("[log]"), "{local}");
}

#[test]
fn mistakes_are_told_in_a_comment() {
    let story = Story::new(
        &things::app_submission(),
        "submission: {visibility: Publik, listings: {en-us: {titel: x}}}\n",
    );
    for command in ["plan", "apply"] {
        let ran = on_github(&story, &[command, "--output", "markdown"]).ended(3);
        insta::assert_snapshot!(format!("comment_mistakes_{command}"), stable(&ran.stdout));
        assert_eq!(summary(&story), ran.stdout);
    }
}

#[test]
fn what_came_of_an_apply_is_told_in_a_comment() {
    let story = Story::new(&things::app_submission(), GUARDED);
    let ran = on_github(&story, &["apply", "--yes", "--output", "markdown"]).ended(6);
    insta::assert_snapshot!("comment_needs_approval", stable(&ran.stdout));
    assert_eq!(summary(&story), ran.stdout);
    let blocked = with_a_colleagues_draft(TEXTS);
    let ran = on_github(&blocked, &["apply", "--yes", "--output", "markdown"]).ended(5);
    insta::assert_snapshot!("comment_blocked", stable(&ran.stdout));
    story.manifest(TEXTS);
    let ran = on_github(&story, &["apply", "--yes", "--wait", "published", "--output", "markdown"]).ended(0);
    let id = story.published()["id"].as_str().unwrap().to_owned();
    insta::assert_snapshot!("comment_published", stable(&ran.stdout).replace(&id, "[ID]"));
    on_github(&story, &["apply", "--yes"]).ended(0);
    assert!(summary(&story).contains("### Store apply · nothing to do"));
}

#[test]
fn a_summary_is_added_and_never_so_long_that_github_drops_it() {
    let story = Story::new(&things::app_submission(), TEXTS);
    story.write("summary.md", "# Theirs");
    on_github(&story, &["plan"]).ended(0);
    assert!(summary(&story).starts_with("# Theirs\n<!-- storeward v1 "));
    for (used, is_added) in [(900 * 1024, true), (1_048_000, false)] {
        story.write("summary.md", "x".repeat(used));
        let ran = on_github(&story, &["plan"]).ended(0);
        let all = summary(&story);
        assert!(all.len() < 1024 * 1024 && (all.len() > used) == is_added, "{}", all.len());
        assert_eq!(ran.stderr.contains("the summary of this step is full"), !is_added);
    }
    let mut command = story.command(&["apply", "--yes"]);
    let ran = run(command.env("GITHUB_STEP_SUMMARY", story.path("nowhere/summary.md")));
    ran.ended(1).says("$GITHUB_STEP_SUMMARY cannot be written");
    assert!(story.mutations().is_empty());
    for command in ["validate", "schema"] {
        on_github(&story, if command == "schema" { &["schema", "plan"] } else { &["validate"] }).ended(0);
        assert!(!story.path("summary.md").exists(), "{command}");
    }
}

#[test]
fn sixty_languages_fit_into_a_comment_and_are_whole_in_the_summary() {
    let languages: Vec<&str> = "af-za am-et ar-sa as-in az-latn-az be-by bg-bg bn-in bs-latn-ba ca-es cs-cz cy-gb da-dk de-de el-gr \
                                es-es et-ee eu-es fa-ir fi-fi fil-ph fr-fr ga-ie gl-es gu-in he-il hi-in hr-hr hu-hu hy-am id-id is-is \
                                it-it ja-jp ka-ge kk-kz km-kh kn-in ko-kr ky-kg lb-lu lo-la lt-lt lv-lv mi-nz mk-mk ml-in mr-in ms-my \
                                mt-mt nb-no ne-np nl-nl nn-no or-in pl-pl pt-br ro-ro ru-ru sk-sk"
        .split_whitespace()
        .collect();
    assert_eq!(languages.len(), 60);
    let words = |language: &str, step: usize| -> String {
        (0..300).map(|i| format!("{language}word{}", (i * step) % 97)).collect::<Vec<_>>().join(" ")
    };
    let mut published = things::app_submission();
    let mut listings = json!({});
    for &language in &languages {
        let mut listing = published["listings"]["en-us"].clone();
        listing["baseListing"]["description"] = json!(words(language, 3));
        published["listings"][language] = listing;
        listings[language] =
            json!({ "description": words(language, 5), "releaseNotes": words(language, 7).get(..1400) });
    }
    let story = Story::new(
        &published,
        &format!("submission: {}\n", json!({ "visibility": "Private", "listings": listings })),
    );
    let ran = on_github(&story, &["plan", "--output", "markdown"]).ended(0);
    let (comment, summary) = (ran.stdout, summary(&story));
    assert!(comment.len() <= 60_000, "{}", comment.len());
    assert!(comment.lines().next().unwrap().contains(r#""truncated":true"#));
    assert!(summary.len() > 300_000 && summary.lines().next().unwrap().contains(r#""truncated":false"#));
    let rest = "**Shortened to fit.** All of it is in the \
                [summary of the run](https://github.example/contoso/reader/actions/runs/4711). The hash is over the whole plan.";
    assert!(comment.contains(rest) && !summary.contains("Shortened"), "{comment}");
    for text in [&comment, &summary] {
        for words in [
            "description in 60 languages, releaseNotes in 60 languages",
            "· 121 changes ·",
            "1 guard, 1 without permit",
            "0 blockers",
            "**visibility-reduced**",
            story.plan(&[])["fingerprints"]["plan"].as_str().unwrap(),
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    assert!(comment.contains(" more languages change too: ") && comment.len() > 50_000, "{comment}");
    for language in &languages {
        assert!(summary.contains(&format!("\n   listing {language}\n")), "{language}");
    }
    let ran = story.run(&["plan", "--output", "markdown"]).ended(0);
    assert!(ran.stdout.contains("**Shortened to fit.** Run `storeward plan` to see all of it."));
}
