//! From a plan that somebody approved to exactly that plan carried out, or nothing.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::story::{Ran, Story, hermetic, run, storeward};
use crate::support::things::{self, APP, app_submission, package};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";
/// Texts, a picture, notes, and with a release a package.
const ALL: &str = "permit: [visibility-reduced]\nsubmission:\n  visibility: Hidden\n  notesForCertification: Sign in as demo.\n  \
                   listings:\n    en-us:\n      description: New words.\n      images:\n        Screenshot: [{file: a.png}]\n\
                   release:\n  packages: {files: [$(release)/*.msix]}\n";
const RELEASE: [&str; 2] = ["--release", "app/harbor-notes=dist"];

fn with_everything() -> Story {
    let story = Story::new(&app_submission(), ALL);
    story.write("a.png", things::png(1366, 768));
    story.write("dist/app.msix", package("1.1.0.0"));
    story
}

impl Story {
    /// Saves the plan and returns its hash.
    fn save(&self, arguments: &[&str]) -> String {
        let plan = self.plan(&[&["--save", "plan.json"], arguments].concat());
        plan["fingerprints"]["plan"].as_str().unwrap().to_owned()
    }

    /// Applies a saved plan, or whatever is named, to the end.
    fn apply(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["apply", "--wait", "published"], arguments].concat())
    }

    fn saved(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("plan.json")).unwrap()).unwrap()
    }

    fn edit_saved(&self, edit: impl Fn(&mut Value)) {
        let mut plan = self.saved();
        edit(&mut plan);
        self.write("plan.json", plan.to_string());
    }

    /// A colleague publishes an edit that was made with another client.
    fn colleague_publishes(&self, edit: impl Fn(&mut Value)) {
        let path = format!("applications/{APP}/submissions");
        let mut draft = self.store.expect(201, "POST", &path, None);
        edit(&mut draft);
        let path = format!("{path}/{}", draft["id"].as_str().unwrap());
        self.store.expect(200, "PUT", &path, Some(&draft));
        self.store.expect(202, "POST", &format!("{path}/commit"), None);
        self.store.follow(&path, &["Published"]);
    }
}

#[test]
fn a_saved_plan_is_applied_as_it_was_approved_without_asking() {
    let story = with_everything();
    let printed =
        story.run(&[&["plan", "--output", "json", "--save", "plan.json"][..], &RELEASE].concat()).ended(0);
    assert_eq!(fs::read_to_string(story.path("plan.json")).unwrap(), printed.stdout, "it is what is printed");
    story.apply(&["plan.json"]).ended(0).says("is Published");
    let published = story.published();
    assert_eq!(published["listings"]["en-us"]["baseListing"]["description"], "New words.");
    assert_eq!(published["applicationPackages"].as_array().unwrap().len(), 1);
    let sent = story.mutations().len();
    story.apply(&["plan.json"]).ended(0).says("nothing to do");
    assert_eq!(story.mutations().len(), sent, "what was carried out is not carried out again");
}

#[test]
fn what_was_approved_is_not_applied_once_something_of_it_changed() {
    type Meddle = fn(&Story);
    let changes: [(&str, Meddle); 6] = [
        ("listings.en-us.description  another change", |story| {
            story.colleague_publishes(|draft| {
                draft["listings"]["en-us"]["baseListing"]["description"] = json!("A colleague's words.");
            });
        }),
        ("listings.en-us.description  another change", |story| {
            story.manifest(&ALL.replace("New words", "Newer words"));
        }),
        ("permit  price-change", |story| {
            story.manifest(&ALL.replace("[visibility-reduced]", "[visibility-reduced, price-change]"));
        }),
        ("notesForCertification  another change", |story| {
            story.manifest(&ALL.replace("as demo", "as nobody"));
        }),
        ("listings.en-us.images.Screenshot.1", |story| {
            let mut picture = things::png(1366, 768);
            // The last byte of the last chunk's checksum.
            *picture.last_mut().unwrap() ^= 1;
            story.write("a.png", picture);
        }),
        ("packages.app.", |story| {
            let mut package = package("1.1.0.0");
            // A byte of the archive's comment, which means nothing.
            let end = package.len();
            package[end - 2] = 1;
            package.push(b'x');
            story.write("dist/app.msix", package);
        }),
    ];
    for (named, meddle) in changes {
        let story = with_everything();
        story.save(&RELEASE);
        meddle(&story);
        let before = story.mutations().len();
        let ran = story.apply(&["plan.json"]).ended(4).says("no longer the one in `plan.json`").says(named);
        assert_eq!(story.mutations().len(), before, "{named}");
        assert!(!ran.stderr.contains("Sign in"), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn what_was_approved_holds_where_nothing_of_it_changed() {
    let story = with_everything();
    story.save(&RELEASE);
    story.colleague_publishes(|draft| {
        draft["listings"]["en-us"]["baseListing"]["keywords"] = json!(["theirs"]);
    });
    // The same in another order and spelling, in another file.
    let text = fs::read_to_string(story.path("store.yaml")).unwrap();
    let (head, blocks) = text.split_at(text.find("permit").unwrap());
    let (submission, release) = blocks.split_at(blocks.find("release").unwrap());
    story.write(
        "store.yaml",
        format!("# Moved.\n{release}{submission}{head}").replace("New words.", "\"New words. \""),
    );
    story.apply(&["plan.json"]).ended(0).says("is Published");
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["keywords"], json!(["theirs"]));
}

#[test]
fn the_difference_is_told_to_people_and_to_programs() {
    let manifest = "permit: [listing-removed]\nsubmission:\n  visibility: Hidden\n  listings:\n    en-us:\n      description: New words.\n      \
                    keywords: [notes, markdown]\n      releaseNotes: Even faster.\n";
    let story = Story::new(&app_submission(), manifest);
    story.save(&[]);
    story.colleague_publishes(|draft| {
        draft["visibility"] = json!("Private");
        draft["listings"]["en-us"]["baseListing"]["description"] = json!("A colleague's words.");
    });
    story.manifest(
        "permit: [price-change]\nsubmission:\n  visibility: Hidden\n  pricing: {priceId: Tier1013}\n  listings:\n    en-us:\n      \
         description: New words.\n      keywords: [notes, markdown, pens]\n",
    );
    let ran = story.apply(&["plan.json", "--output", "json", "--out", "text=difference.txt"]).ended(4);
    let told: Value = ran.json();
    assert_eq!(told["result"], "stale");
    assert_eq!(told["expected"], story.saved()["fingerprints"]["plan"]);
    assert_eq!(told["planHash"], story.plan(&[])["fingerprints"]["plan"]);
    let resource = &told["difference"]["resources"][0];
    let changes: Vec<(String, bool, bool)> = resource["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let path = change["is"].get("path").unwrap_or(&change["was"]["path"]);
            let keys: Vec<&str> = path.as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
            (keys.join("."), !change["was"].is_null(), !change["is"].is_null())
        })
        .collect();
    let expected = [
        ("pricing.priceId", false, true),
        ("visibility", true, true),
        ("listings.en-us.description", true, true),
        ("listings.en-us.keywords", true, true),
        ("listings.en-us.releaseNotes", true, false),
    ];
    assert_eq!(changes, expected.map(|(path, was, is)| (path.to_owned(), was, is)));
    assert_eq!(told["difference"]["guards"]["came"][1]["guard"], "visibility-reduced");
    let text = fs::read_to_string(story.path("difference.txt")).unwrap();
    let filters = [(r"sp1:[0-9a-f]{32}", "[HASH]"), (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "[TIME]")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!("stale_plan", text) });
}

#[test]
fn what_remains_of_a_plan_is_carried_out_by_the_same_command() {
    let mut seed = things::account();
    seed["applications"][0]["published"] = app_submission();
    let mut other = seed["applications"][0].clone();
    other["application"]["id"] = json!("9PSANDBOX002");
    other["published"]["id"] = json!("1152921500000000200");
    seed["applications"].as_array_mut().unwrap().push(other);
    let story = Story::with_seed(&seed, TEXTS);
    story.write("other.yaml", format!("kind: App\nname: harbor-pens\nid: 9PSANDBOX002\n{TEXTS}"));
    story.save(&[]);
    // The first run got no further than this.
    story.apply(&["store.yaml", "--yes"]);
    story.apply(&["store.yaml", "other.yaml", "--yes", "--target", "app/harbor-notes"]).ended(0);
    story.apply(&["plan.json"]).ended(0).says("app/harbor-pens: submission");
    story.apply(&["plan.json"]).ended(0).says("nothing to do");
}

#[test]
fn a_plan_file_is_read_like_a_strangers() {
    let story = Story::new(&app_submission(), TEXTS);
    story.save(&[]);
    let good = story.saved();
    let asked = story.store.requests().len();
    let mut other_major = good.clone();
    other_major["formatVersion"] = json!("2.0");
    let mut nowhere = good.clone();
    nowhere["madeOf"]["releases"] = json!([{ "address": "../..", "folder": "/" }]);
    for (content, said) in [
        ("kind: App".to_owned(), "`plan.json` is no plan"),
        ("{}".to_owned(), "it has no `formatVersion`"),
        (json!({ "formatVersion": "1.0" }).to_string(), "missing field"),
        (good.to_string().replace("\"set\"", "\"explode\""), "unknown variant"),
        (other_major.to_string(), "is a plan of format 2.0; this version reads 1.0"),
        (nowhere.to_string(), "`../..` is not an address"),
    ] {
        story.write("plan.json", content);
        story.apply(&["plan.json"]).ended(3).says(said).says("with `storeward plan --save FILE`");
    }
    fs::remove_file(story.path("plan.json")).unwrap();
    story.apply(&["plan.json"]).ended(3).says("`plan.json` cannot be read");
    assert_eq!(story.store.requests().len(), asked, "not even a token was asked for");
    // What a later version of the same major adds is no reason to refuse it.
    let mut later = good.clone();
    later["formatVersion"] = json!("1.7");
    later["somethingNew"] = json!({ "deep": [1.50] });
    later["resources"][0]["somethingNew"] = json!(null);
    story.write("plan.json", format!("\u{feff}{later}"));
    story.apply(&["plan.json"]).ended(0);
}

#[test]
fn a_plan_file_leads_nowhere_that_the_command_line_does_not() {
    let story = Story::new(&app_submission(), TEXTS);
    story.save(&[]);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("secret.yaml"), "kind: App\nname: s3cret\nid: 9PSANDBOX001\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(elsewhere.path(), story.path("link")).unwrap();
    story.write(".git/config.yaml", "kind: App\nname: s3cret\nid: 9PSANDBOX001\n");
    for (path, code) in
        [("link/secret.yaml", "SW1004"), (".git/config.yaml", "SW1004"), ("nothing", "SW1301")]
    {
        story.edit_saved(|plan| plan["madeOf"]["paths"] = json!([path]));
        let ran = story.apply(&["plan.json"]).ended(3).says(code);
        assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
        story.run(&["plan", path]).ended(3).says(code);
    }
}

#[test]
fn a_plan_cannot_be_forged_into_another_one() {
    // Whatever stands in the file, only the manifests say what is sent, and only the hash whether it was approved.
    let story = Story::new(&app_submission(), TEXTS);
    story.save(&[]);
    story.edit_saved(|plan| {
        plan["steps"] = json!([]);
        plan["guards"] = json!([]);
    });
    let honest = std::fs::read_to_string(story.path("plan.json")).unwrap();
    story.edit_saved(|plan| plan["resources"][0]["changes"][0]["after"] = json!("Forged words."));
    story.apply(&["plan.json"]).ended(4).says("does not say what its hash is of");
    story.write("plan.json", honest);
    story.apply(&["plan.json"]).ended(0);
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
    // A file of which only the hash was exchanged says so.
    story.manifest(&TEXTS.replace("New words", "Other words"));
    story.save(&[]);
    story.edit_saved(|plan| {
        plan["fingerprints"]["plan"] = json!("sp1:\u{1b}[31m00000000000000000000000000000000");
    });
    let ran = story.apply(&["plan.json"]).ended(4).says("it was edited, or made by another version");
    assert!(!ran.stderr.contains('\u{1b}'));
}

#[test]
fn a_plan_is_named_alone() {
    let story = with_everything();
    story.save(&RELEASE);
    for (more, what) in [
        (&["store.yaml"][..], "other paths"),
        (&["plan.json"], "other paths"),
        (&["--replace-untrusted"], "--replace-untrusted"),
        (&["--target", "app/*"], "--target"),
        (&["--release", "app/other=dist"], "was made without a release of app/other"),
    ] {
        story.apply(&[&["plan.json"], more].concat()).ended(64).says(what);
    }
    assert!(story.mutations().is_empty());
    // A folder is none, whatever it is called.
    fs::create_dir(story.path("apps.json")).unwrap();
    story.apply(&["apps.json"]).ended(3).says("SW1009");
}

#[test]
fn packages_of_a_plan_may_lie_elsewhere_now() {
    let story = with_everything();
    story.save(&RELEASE);
    fs::rename(story.path("dist"), story.path("fetched")).unwrap();
    story.apply(&["plan.json"]).ended(3).says("`dist` does not exist");
    let moved = ["plan.json", "--release", "app/harbor-notes=fetched"];
    let built = fs::read(story.path("fetched/app.msix")).unwrap();
    story.write("fetched/app.msix", package("1.1.1.0"));
    story.apply(&moved).ended(4).says("packages.app.");
    story.write("fetched/app.msix", built);
    story.apply(&moved).ended(0).says("is Published");
}

#[test]
fn paths_of_a_plan_hold_in_the_folder_that_the_command_runs_in() {
    let story = Story::new(&app_submission(), TEXTS);
    fs::create_dir(story.path("apps")).unwrap();
    fs::rename(story.path("store.yaml"), story.path("apps/store.yaml")).unwrap();
    let with = |arguments: &[&str]| {
        let mut command = storeward(&story.path("apps"));
        for (name, value) in story.command(&[]).get_envs() {
            command.env(name, value.unwrap());
        }
        run(command.args(arguments))
    };
    with(&["plan", "store.yaml", "--save", "plan.json"]).ended(0);
    assert!(story.path("apps/plan.json").is_file());
    story.run(&["apply", "apps/plan.json"]).ended(3).says("SW1301");
    with(&["apply", "plan.json"]).ended(0);
}

#[test]
fn a_hash_is_taken_in_any_case_and_in_no_other_form() {
    let story = Story::new(&app_submission(), TEXTS);
    let hash = story.save(&[]);
    for wrong in [
        "",
        "sp1:",
        &hash[4..],
        &hash[..20],
        &format!("{hash}0"),
        &hash.replace("sp1:", "sp2:"),
        &hash.replace(':', ""),
    ] {
        story.apply(&["--expect", wrong]).ended(64).says("it is no plan hash").says("such as sp1:");
    }
    assert!(story.mutations().is_empty());
    story.apply(&["--expect", &hash.to_uppercase()]).ended(0).says("is Published");
}

#[test]
fn a_hash_that_is_no_longer_true_shows_the_plan_as_it_is() {
    let story = Story::new(&app_submission(), TEXTS);
    let hash = story.save(&[]);
    story.manifest(&TEXTS.replace("New words", "Newer words"));
    let ran = story.apply(&["-q", "--expect", &hash]).ended(4);
    let ran = ran.says("\"Plain text.\" → \"Newer words.\"").says(&format!("not {hash}"));
    assert_eq!(ran.stdout, "");
    let told = story.apply(&["--output", "json", "--expect", &hash]).ended(4).json();
    assert_eq!((&told["result"], &told["expected"]), (&json!("stale"), &json!(hash)));
    assert!(story.mutations().is_empty());
}

#[test]
fn a_file_and_a_hash_have_to_be_of_one_plan() {
    let story = Story::new(&app_submission(), TEXTS);
    let hash = story.save(&[]);
    let other = hash.replace(&hash[10..20], "0123456789");
    let asked = story.store.requests().len();
    story
        .apply(&["plan.json", "--expect", &other])
        .ended(4)
        .says(&format!("has the hash {hash}, not {other}"));
    assert_eq!(story.store.requests().len(), asked);
    story.apply(&["plan.json", "--expect", &hash]).ended(0);
}

const RISKS: &str = "submission:\n  visibility: Hidden\n  pricing: {priceId: Tier1013}\n";

#[test]
fn each_guard_is_permitted_by_its_name() {
    let story = Story::new(&app_submission(), RISKS);
    let hash = story.save(&[]);
    let (price, visibility) = ("price-change", "visibility-reduced");
    story.apply(&["--yes"]).ended(6).says("price-change, visibility-reduced needs a permit");
    story.apply(&["plan.json"]).ended(6).says("--allow price-change --allow visibility-reduced");
    story.apply(&["--yes", "--allow", price]).ended(6).says("visibility-reduced needs a permit");
    story.apply(&["--yes", "--allow", "price-change=app/harbor-notes"]).ended(6);
    for (allow, said) in [
        ("price-chnge", "did you mean `price-change`?"),
        ("everything", "guards are price-change,"),
        ("price-change,visibility-reduced", "each guard is named singly"),
        ("price-change=harbor-notes", "is not an address"),
        ("price-change=app/harbour-notes", "did you mean `app/harbor-notes`?"),
    ] {
        story.apply(&["--yes", "--allow", allow]).ended(64).says(said);
    }
    assert!(story.mutations().is_empty());
    let allowed = ["--allow", price, "--allow", visibility, "--allow", "market-removed"];
    let ran = story.apply(&[&["--expect", &hash][..], &allowed].concat()).ended(0);
    ran.says("2 guards, permitted").says("nothing needs `--allow market-removed`");
}

#[test]
fn where_nobody_can_be_asked_the_command_to_use_is_printed_and_works() {
    let story = Story::new(&app_submission(), ALL);
    story.write("a.png", things::png(1366, 768));
    story.write("my dist/app.msix", package("1.1.0.0"));
    story.write("it's.yaml", fs::read(story.path("store.yaml")).unwrap());
    fs::remove_file(story.path("store.yaml")).unwrap();
    let arguments = [
        "apply", "it's.yaml", "--release", "app/harbor-notes=my dist", "--allow", "price-change", "--wait",
        "published",
    ];
    let ran = story.run(&arguments).ended(6).says("nobody to ask; nothing was sent");
    assert!(story.mutations().is_empty());
    let line = ran.stderr.lines().rfind(|line| line.trim_start().starts_with("storeward ")).unwrap().trim();
    let hash = story.plan(&["it's.yaml", "--release", "app/harbor-notes=my dist"]);
    assert!(
        line.ends_with(&format!("--expect {}", hash["fingerprints"]["plan"].as_str().unwrap())),
        "{line}"
    );
    if cfg!(unix) {
        let binary = Path::new(env!("CARGO_BIN_EXE_storeward")).parent().unwrap();
        let mut shell = std::process::Command::new("/bin/sh");
        hermetic(&mut shell).args(["-c", line]);
        for (name, value) in story.command(&[]).get_envs() {
            shell.env(name, value.unwrap());
        }
        run(shell.env("PATH", binary)).ended(0).says("is Published");
    }
}

#[test]
fn a_target_leaves_everything_else_unread() {
    let mut seed = things::account();
    seed["applications"][0]["published"] = app_submission();
    let mut other = seed["applications"][0].clone();
    other["application"]["id"] = json!("9PSANDBOX002");
    other["published"]["id"] = json!("1152921500000000200");
    seed["applications"].as_array_mut().unwrap().push(other);
    let story = Story::with_seed(&seed, TEXTS);
    story.write("other.yaml", format!("kind: App\nname: harbor-pens\nid: 9PSANDBOX002\n{TEXTS}"));
    story.write(
        "gold.yaml",
        "kind: AddOn\nname: gold\napp: harbor-pens\nproductId: gold\nproductType: Durable\nsubmission:\n  pricing: {priceId: Free}\n  \
         listings: {en-us: {title: Gold}}\n",
    );
    let paths = || -> Vec<String> {
        let requests = story.store.requests();
        requests.iter().map(|request| request["path"].as_str().unwrap().to_owned()).collect()
    };
    let before = paths().len();
    let plan = story.plan(&["--target", "app/harbor-n*"]);
    assert_eq!(plan["resources"].as_array().unwrap().len(), 1);
    assert_eq!(plan["madeOf"]["targets"], json!(["app/harbor-n*"]));
    story.run(&["plan", "--target", "app/harbor-n*"]).ended(0).says(" · target app/harbor-n*");
    let asked = paths().split_off(before);
    assert!(!asked.iter().any(|path| path.contains("9PSANDBOX002") || path.contains("inapp")), "{asked:?}");
    let alone = story.plan(&["store.yaml"])["fingerprints"]["plan"].clone();
    assert_eq!(plan["fingerprints"]["plan"], alone, "the hash is that of the selected ones");
    let two = story.plan(&["--target", "app/harbor-notes", "--target", "add-on/*"]);
    let addresses: Vec<&Value> =
        two["resources"].as_array().unwrap().iter().map(|resource| &resource["address"]).collect();
    assert_eq!(addresses, ["add-on/harbor-pens/gold", "app/harbor-notes"]);
    for (target, said) in [
        ("app/harbour-notes", "did you mean `app/harbor-notes`?"),
        ("gold", "did you mean `add-on/harbor-pens/gold`?"),
        ("flight/*", "there are add-on/harbor-pens/gold, app/harbor-pens, app/harbor-notes"),
    ] {
        let before = paths().len();
        story.run(&["plan", "--target", "app/*", "--target", target]).ended(64).says(said);
        assert_eq!(paths().len(), before);
    }
    let released = ["--release", "app/harbor-notes=.", "--target", "app/harbor-pens"];
    story.write(
        "store.yaml",
        fs::read_to_string(story.path("store.yaml")).unwrap() + "release: {listings: {}}\n",
    );
    story.run(&[&["plan"][..], &released].concat()).ended(64).says("--release names app/harbor-notes");
    story.run(&["validate", "--target", "app/*"]).ended(64).says("takes no --target");
    // A saved plan remembers what it was about.
    story.save(&["--target", "app/harbor-notes"]);
    story.apply(&["plan.json"]).ended(0);
    assert_eq!(story.plan(&["--target", "app/harbor-pens"])["resources"][0]["action"], "update");
}

#[test]
fn a_plan_is_saved_whole_or_not_at_all() {
    let story = Story::new(&app_submission(), TEXTS);
    let asked = story.store.requests().len();
    story.run(&["plan", "--save", "nowhere/plan.json"]).ended(1).says("cannot be written");
    story.run(&["plan", "--save", "x.json", "--out", "json=./x.json"]).ended(64).says("both name");
    assert_eq!(story.store.requests().len(), asked, "found before anything is asked of the Store");
    story.write("plan.json", "what was there");
    story.manifest(&TEXTS.replace("en-us", "en-us: {}\n    fr-fr"));
    story.run(&["plan", "--save", "plan.json"]).ended(3).says("the plan was not saved");
    assert_eq!(fs::read_to_string(story.path("plan.json")).unwrap(), "what was there");
    story.manifest(TEXTS);
    story.run(&["plan", "--save", "plan.json", "--detailed-exitcode"]).ended(2).says("plan hash");
    assert_eq!(story.saved()["madeOf"]["live"], "account");
    let names: Vec<_> =
        fs::read_dir(story.repo.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with(".storeward-")), "{names:?}");
    assert_eq!(run(storeward(story.repo.path()).args(["apply", "--live", "x.json"])).code, 64);
}

#[test]
fn a_plan_file_that_shows_less_than_its_hash_is_of_is_refused() {
    let story = Story::new(
        &things::app_submission(),
        "submission:\n  listings: {en-us: {description: New words.}}\n",
    );
    story.run(&["plan", "--save", "plan.json"]).ended(0);
    let whole: Value =
        serde_json::from_str(&std::fs::read_to_string(story.path("plan.json")).unwrap()).unwrap();
    let mut edited = whole.clone();
    edited["resources"] = json!([]);
    story.write("edited.json", edited.to_string());
    story.run(&["apply", "edited.json"]).ended(4).says("does not say what its hash is of");
    assert!(story.mutations().is_empty());
    story.run(&["apply", "plan.json"]).ended(0);
}
