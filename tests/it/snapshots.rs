//! Plans without a credential: the live state is kept in a file by those who have one.

use std::fs;

use serde_json::{Value, json};

use crate::support::story::{Ran, Story, run, storeward};
use crate::support::things::{APP, app_submission, package};

/// What nobody may find in a snapshot, in a plan of it, or in what is printed.
const SECRETS: [&str; 5] = ["5ecret", "sig=", "sandbox-secret", "fileUploadUrl\": \"", "Bearer"];
const NOTES: &str = "Sign in as demo, password 5ecret-marmalade.";

/// An app of a seed with everything that an account can hold of one: `edit` makes it another one.
fn app(id: &str, edit: impl Fn(&mut Value)) -> Value {
    let mut published = app_submission();
    let number: String = id.bytes().rev().map(|b| char::from(b'0' + b % 10)).collect();
    published["id"] = json!(format!("11{number}"));
    published["notesForCertification"] = json!(NOTES);
    published["fileUploadUrl"] = json!("https://old.blob.example/x?sv=1&sig=5ecret");
    let mut app = json!({
        "application": {
            "id": id, "primaryName": format!("Harbor {id}"), "packageIdentityName": "12345Northwind.HarborNotes",
            "publisherName": "CN=Northwind", "firstPublishedDate": "2024-03-02T10:00:00Z",
        },
        "published": published,
    });
    edit(&mut app);
    app
}

fn draft_of(app: &Value) -> Value {
    let mut draft = app["published"].clone();
    draft["id"] = json!("1152921500000000999");
    draft["status"] = json!("PendingCommit");
    draft
}

/// A team with an account in which much is going on, and manifests for all of it.
fn busy() -> Story {
    let odd: Value = serde_json::from_str(
        r#"{"deep": [{"a": null}, 1.50, -0.0], "big": 123456789012345678901234567890, "none": null, "empty": {}}"#,
    )
    .unwrap();
    let reader = app(APP, |app| {
        app["published"]["productDeclarations"] = odd.clone();
        app["application"]["unknown"] = odd.clone();
        app["flights"] = json!([{
            "flight": { "flightId": "f-1", "friendlyName": "Insiders", "groupIds": ["1"], "rankHigherThan": "Non-flighted submission" },
            "published": {
                "id": "1152921500000000701", "flightId": "f-1", "status": "Published", "flightPackages": [],
                "notesForCertification": NOTES, "fileUploadUrl": "https://b.example/y?sig=5ecret",
            },
        }]);
        app["addOns"] = json!([{
            "addOn": { "id": "9PADDON00001", "productId": "gold", "productType": "Durable",
                       "applications": { "value": [{ "id": APP }], "totalCount": 1 } },
            "published": {
                "id": "1152921500000000801", "status": "Published", "contentType": "NotSet", "keywords": [], "lifetime": "Forever",
                "listings": { "en-us": { "title": "Gold", "description": "", "icon": null } },
                "pricing": { "priceId": "Tier1012" }, "visibility": "Public", "odd": odd, "fileUploadUrl": null,
            },
        }]);
    });
    let with_draft = |upload_url: Value| {
        move |app: &mut Value| {
            let mut draft = draft_of(app);
            draft["fileUploadUrl"] = upload_url.clone();
            draft["notesForCertification"] = json!("Half a note 5ecret");
            app["pending"] = draft;
        }
    };
    let rolled_out = |app: &mut Value| {
        app["published"]["packageDeliveryOptions"]["packageRollout"] = json!({
            "isPackageRollout": true, "packageRolloutPercentage": 25.0,
            "packageRolloutStatus": "PackageRolloutStopped", "fallbackSubmissionId": "0",
        });
    };
    let seed = json!({
        "rules": { "statusMillis": 20 },
        "applications": [
            reader,
            app("9PDRAFT00001", with_draft(json!("https://b.example/z?sig=5ecret"))),
            app("9PPORTAL0001", with_draft(Value::Null)),
            app("9PROLLOUT001", rolled_out),
            app("9PODD0000001", |app| app["unsupported"] = json!(true)),
        ],
    });
    let story = Story::with_seed(
        &seed,
        "submission:\n  visibility: Hidden\n  notesForCertification: Sign in as nobody.\n  listings:\n    en-us: {description: New words.}\n",
    );
    for (name, id) in [
        ("draft", "9PDRAFT00001"),
        ("portal", "9PPORTAL0001"),
        ("rollout", "9PROLLOUT001"),
        ("odd", "9PODD0000001"),
        ("gone", "9PNOBODYHAS1"),
    ] {
        story.write(
            &format!("{name}.yaml"),
            format!(
                "kind: App\nname: {name}\nid: {id}\nsubmission:\n  notesForCertification: {NOTES}\n  listings:\n    en-us: {{description: New words.}}\n"
            ),
        );
    }
    story.write(
        "members.yaml",
        "kind: AddOn\nname: gold\napp: harbor-notes\nproductId: gold\nproductType: Durable\nsubmission:\n  pricing: {priceId: Tier1013}\n\
         ---\nkind: AddOn\nname: silver\napp: harbor-notes\nproductId: silver\nproductType: Durable\nsubmission:\n  pricing: {priceId: Free}\n  \
         listings: {en-us: {title: Silver}}\n---\nkind: Flight\nname: insiders\napp: harbor-notes\nfriendlyName: Insiders\ngroupIds: ['2']\n",
    );
    story
}

/// The binary without anything that it could ask an account with.
fn without_credential(story: &Story, arguments: &[&str]) -> Ran {
    run(storeward(story.repo.path()).args(arguments))
}

fn without_times(mut plan: Value) -> Value {
    plan["madeOf"] = Value::Null;
    // Each call has its own.
    for finding in plan["diagnostics"].as_array_mut().unwrap() {
        let message = finding["message"].as_str().unwrap().split("correlation id").next().unwrap().to_owned();
        finding["message"] = json!(message);
    }
    plan
}

fn snapshot(story: &Story, paths: &[&str]) -> Value {
    story.run(&[&["snapshot", "--out", "live.json"], paths].concat()).ended(0);
    serde_json::from_slice(&fs::read(story.path("live.json")).unwrap()).unwrap()
}

#[track_caller]
fn holds_no_secret(story: &Story, text: &str) {
    for secret in SECRETS.into_iter().chain([story.store.token.as_str(), story.store.endpoints.blob.as_str()])
    {
        assert!(!text.contains(secret), "`{secret}` is in:\n{text}");
    }
}

#[test]
fn a_snapshot_holds_all_that_a_plan_needs_and_nothing_secret() {
    let story = busy();
    // What is planted is there, or the search below proves nothing.
    let draft = story.store.get("applications/9PDRAFT00001/submissions/1152921500000000999").to_string();
    assert!(
        draft.contains("5ecret") && draft.contains("sig=") && draft.contains(&story.store.endpoints.blob)
    );
    let before = story.store.requests().len();
    let ran = story.run(&["snapshot"]).ended(0);
    let asked = story.store.requests().split_off(before);
    let methods = asked.iter().filter(|request| !request["path"].as_str().unwrap().contains("/oauth2/"));
    assert!(methods.clone().count() > 5 && methods.clone().all(|request| request["method"] == "GET"));
    holds_no_secret(&story, &ran.stdout);
    holds_no_secret(&story, &ran.stderr);
    let ran =
        ran.says("app/gone: ").says("404").says("app/odd: ").says("not supported by the submission API");
    // All else is there, to the digit.
    let taken = ran.json();
    let resources = taken["resources"].as_array().unwrap();
    let itself = json!({ "app": APP, "part": "itself" });
    let app = resources.iter().find(|kept| kept["subject"] == itself).unwrap();
    let kept = &app["live"]["readable"]["published"];
    let mut published = story.published();
    let rest = |document: &mut Value| {
        for key in ["notesForCertification", "fileUploadUrl"] {
            document[key] = Value::Null;
        }
        document.to_string()
    };
    assert_eq!(rest(&mut kept.clone()), rest(&mut published));
    assert!(ran.stdout.contains("123456789012345678901234567890") && ran.stdout.contains("1.50"));
    assert!(resources.iter().any(|kept| kept["live"]["noSuchApp"].is_string()));
    assert!(resources.iter().any(|kept| kept["live"]["unsupported"].is_string()));
}

#[test]
fn a_plan_on_a_snapshot_is_the_plan_on_the_account() {
    let story = busy();
    let taken = snapshot(&story, &[]);
    let real = story.run(&["plan", "--output", "json"]).ended(3).json();
    let before = story.store.requests().len();
    let ran = without_credential(&story, &["plan", "--live", "live.json", "--output", "json"]).ended(3);
    assert_eq!(story.store.requests().len(), before);
    let plan = ran.json();
    assert_eq!(without_times(plan.clone()), without_times(real.clone()));
    assert!(plan["fingerprints"]["plan"].as_str().unwrap().starts_with("sp1:"));
    holds_no_secret(&story, &ran.stdout);
    assert_eq!((&plan["madeOf"]["live"], &plan["madeOf"]["readAt"]), (&json!("snapshot"), &taken["takenAt"]));
    assert_eq!(real["madeOf"]["live"], "account");
    let blockers: Vec<&str> = plan["blockers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|blocker| blocker["kind"].as_str().unwrap())
        .collect();
    for kind in ["foreign-draft", "portal-draft", "unsupported-product", "portal-only"] {
        assert!(blockers.contains(&kind), "{blockers:?}");
    }
    // One after the other, and with what the app of a part is not read for.
    for target in
        ["app/harbor-notes", "app/draft", "app/portal", "app/rollout", "app/odd", "add-on/*", "flight/*"]
    {
        let selected = ["plan", "--output", "json", "--target", target];
        let live =
            without_credential(&story, &[&selected[..], &["--live", "live.json"]].concat()).ended(0).json();
        assert_eq!(without_times(live), without_times(story.run(&selected).ended(0).json()), "{target}");
    }
}

#[test]
fn notes_are_compared_by_their_digest() {
    let mut published = app_submission();
    published["notesForCertification"] = json!(NOTES);
    let story = Story::new(&published, "submission:\n  visibility: Public\n");
    snapshot(&story, &[]);
    for (notes, changes) in [(NOTES, 1), ("Sign in as nobody.", 2)] {
        story.manifest(&format!(
            "submission:\n  notesForCertification: {notes}\n  listings: {{en-us: {{description: New words.}}}}\n"
        ));
        let live =
            without_credential(&story, &["plan", "--live", "live.json", "--output", "json"]).ended(0).json();
        assert_eq!(live["resources"][0]["changes"].as_array().unwrap().len(), changes);
        assert_eq!(without_times(live), without_times(story.plan(&[])));
    }
}

#[test]
fn a_plan_on_a_snapshot_is_not_applied_but_its_hash_is_true() {
    let story = Story::new(
        &app_submission(),
        "submission:\n  listings: {en-us: {description: New words.}}\nrelease:\n  packages: {files: [$(release)/*.msix]}\n",
    );
    story.write("my dist/a.msix", package("1.1.0.0"));
    snapshot(&story, &["store.yaml"]);
    let release = ["--release", "app/harbor-notes=my dist"];
    let plan = ["plan", "store.yaml", "--live", "live.json", "--save", "plan.json"];
    without_credential(&story, &[&plan[..], &release].concat())
        .ended(0)
        .says("storeward plan · snapshot of 20")
        .says(" old");
    let saved: Value = serde_json::from_slice(&fs::read(story.path("plan.json")).unwrap()).unwrap();
    let hash = saved["fingerprints"]["plan"].as_str().unwrap();
    let ran = story.run(&["apply", "plan.json"]).ended(64).says("was made on a snapshot");
    ran.says(&format!(
        "storeward -C {}/. apply --release 'app/harbor-notes=my dist' --expect {hash} store.yaml",
        story.repo.path().display()
    ));
    assert!(story.mutations().is_empty());
    story
        .run(&[&["apply", "store.yaml", "--expect", hash, "--wait", "published"][..], &release].concat())
        .ended(0);
    // What was true is not any more, and the snapshot does not know.
    story.manifest("submission:\n  listings: {en-us: {description: Newer words.}}\n");
    let old =
        without_credential(&story, &["plan", "--live", "live.json", "--output", "json"]).ended(0).json();
    let old = old["fingerprints"]["plan"].as_str().unwrap();
    story.run(&["apply", "--expect", old]).ended(4).says("\"New words.\" → \"Newer words.\"");
}

#[test]
fn every_product_that_a_snapshot_lacks_is_named() {
    let story = busy();
    snapshot(&story, &["store.yaml", "draft.yaml"]);
    let ran = without_credential(&story, &["plan", "--live", "live.json"]).ended(4);
    assert_eq!(ran.stdout, "");
    let mut ran = ran.says("storeward snapshot --out FILE");
    for (address, place) in [
        ("add-on/harbor-notes/gold", "members.yaml:1:7"),
        ("add-on/harbor-notes/silver", "members.yaml:9:7"),
        ("flight/harbor-notes/insiders", "members.yaml:18:7"),
        ("app/portal", "portal.yaml:1:7"),
        ("app/gone", "gone.yaml:1:7"),
    ] {
        ran = ran.says(&format!("holds nothing of {address}")).says(place);
    }
    assert!(!ran.stderr.contains("app/draft") && !ran.stderr.contains("app/harbor-notes"), "{}", ran.stderr);
    let findings =
        without_credential(&story, &["plan", "--live", "live.json", "--output", "json"]).ended(4).json();
    let codes: Vec<&Value> =
        findings["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes.iter().filter(|code| **code == "SW2040").count(), 7, "{codes:?}");
    without_credential(&story, &["plan", "--live", "live.json", "--target", "app/draft"]).ended(0);
    // A product is known by its id where it was by its name, and the other way round.
    snapshot(&story, &[]);
    let members = fs::read_to_string(story.path("members.yaml")).unwrap();
    story.write("members.yaml", members.replace("productId: gold", "id: 9PADDON00001"));
    without_credential(&story, &["plan", "--live", "live.json", "--target", "add-on/harbor-notes/gold"])
        .ended(0)
        .says("Tier1012 → Tier1013");
}

#[test]
fn a_snapshot_is_read_like_a_strangers() {
    let story =
        Story::new(&app_submission(), "submission:\n  listings: {en-us: {description: New words.}}\n");
    let good = snapshot(&story, &[]);
    let plan = || without_credential(&story, &["plan", "--live", "live.json"]);
    let mut later = good.clone();
    later["formatVersion"] = json!("1.4");
    later["new"] = json!(1);
    later["resources"][0]["new"] = json!(1);
    story.write("live.json", later.to_string());
    plan().ended(0);
    let with = |edit: &dyn Fn(&mut Value)| {
        let mut other = good.clone();
        edit(&mut other);
        other.to_string()
    };
    for (content, said) in [
        ("[]".to_owned(), "`live.json` is no snapshot"),
        (
            with(&|other| other["formatVersion"] = json!("2.0")),
            "is a snapshot of format 2.0; this version reads 1.0",
        ),
        (with(&|other| other["takenAt"] = json!("\u{1b}[2J::error::x")), "`takenAt` is no time"),
        (with(&|other| other["resources"] = json!([{}])), "missing field"),
    ] {
        story.write("live.json", content);
        plan().ended(3).says(said).says("storeward snapshot --out FILE");
    }
    without_credential(&story, &["plan", "--live", "none.json"]).ended(3).says("`none.json` cannot be read");
    without_credential(&story, &["plan", "--live", "."]).ended(3).says("`.` is not a regular file");
    without_credential(&story, &["plan", "--live", "live.json", "--sandbox"]).ended(64);
    // Text in it is as hostile as text of the Store.
    let hostile = with(&|other| {
        let live = &mut other["resources"][0]["live"]["readable"];
        live["application"]["primaryName"] = json!("\u{1b}[31m\n::error::x\u{202e}");
        live["published"]["friendlyName"] = json!("##vso[task.x]");
        live["published"]["listings"]["en-us"]["baseListing"]["description"] =
            json!("a\r\n::set-output::\u{9b}");
    });
    story.write("live.json", hostile);
    let ran = plan().ended(0);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\r']), "{:?}", ran.stdout);
    assert!(!ran.stdout.contains("##vso[") && !ran.stdout.contains("\n::"), "{:?}", ran.stdout);
}

#[test]
fn a_snapshot_goes_where_it_is_wanted() {
    let story = Story::new(&app_submission(), "submission: {}\n");
    let printed = story.run(&["snapshot"]).ended(0).json();
    assert_eq!(printed["resources"][0]["subject"], json!({ "app": APP, "part": "itself" }));
    assert_eq!(story.run(&["snapshot", "--out", "-"]).ended(0).json()["resources"], printed["resources"]);
    for out in ["live.json", "json=live.json", "./a=b"] {
        let ran = story.run(&["snapshot", "--out", out]).ended(0).says("snapshot of 1 product, taken 20");
        assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
        let file = story.path(out.trim_start_matches("json="));
        let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(kept["resources"], printed["resources"]);
        fs::remove_file(file).unwrap();
    }
    let both = story.run(&["snapshot", "--out", "live.json", "--output", "json"]).ended(0).json();
    assert_eq!(both["resources"], printed["resources"]);
    let before = story.store.requests().len();
    for wrong in ["jsn=live.json", "markdown=live.json", "json="] {
        story.run(&["snapshot", "--out", wrong]).ended(64);
    }
    story
        .run(&["plan", "--out", "plan.json"])
        .ended(64)
        .says("write it as FORMAT=FILE, such as json=plan.json");
    story.run(&["snapshot", "--out", "no/where.json"]).ended(1).says("cannot be written");
    story.manifest("submision: {}\n");
    story.run(&["snapshot"]).ended(3).says("did you mean `submission`?");
    assert_eq!(story.store.requests().len(), before, "found before anything is asked of the Store");
}
