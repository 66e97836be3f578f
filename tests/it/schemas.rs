//! The published JSON Schemas are fresh, and what they describe passes them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::git::{commit, git};
use crate::support::story::{Story, run, storeward};
use crate::support::things;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The schema as the binary prints it; it must be the published one. With `STOREWARD_BLESS=1` it is published anew.
fn fresh_schema(which: &str, file: &str) -> Value {
    let printed = run(storeward(root()).args(["schema", which])).ended(0).stdout;
    let path = root().join("schema").join(file);
    if std::env::var_os("STOREWARD_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, &printed).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == printed,
        "{} is not what `storeward schema {which}` prints; run the tests with STOREWARD_BLESS=1",
        path.display()
    );
    serde_json::from_str(&printed).unwrap()
}

#[track_caller]
fn passes(schema: &Value, instance: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn plans_pass_their_schema() {
    let schema = fresh_schema("plan", "plan.schema.json");
    let story = Story::new(
        &things::app_submission(),
        "permit: [price-change]\nsubmission:\n  visibility: Hidden\n  notesForCertification: x\n  pricing: {priceId: Tier2}\n  \
         listings:\n    $each: {description: y}\n    en-us:\n      images: {Screenshot: [{file: a.png}]}\n    de: null\n",
    );
    story.write("a.png", things::png(1366, 768));
    let plan = story.plan(&[]);
    passes(&schema, &plan);
    let mut broken = plan.clone();
    broken["resources"][0]["changes"][0]["op"] = Value::from("explode");
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&broken));
}

#[test]
fn drift_passes_its_schema() {
    let schema = fresh_schema("drift", "drift.schema.json");
    let text = "submission:\n  listings:\n    en-us: {description: In git.}\n";
    let story = Story::new(&things::app_submission(), text);
    git(story.repo.path(), &["init", "--quiet", "--initial-branch=main"]);
    for message in ["one", "two"] {
        commit(story.repo.path(), message);
    }
    let drift = story.run(&["drift", "--output", "json"]).ended(0).json();
    assert_eq!(drift["counts"]["drift"], 1, "{drift}");
    passes(&schema, &drift);
    let mut broken = drift.clone();
    broken["counts"]["drift"] = Value::from("some");
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&broken));
}

#[test]
fn every_event_and_the_receipt_of_a_run_pass_their_schemas() {
    let (events, receipts) =
        (fresh_schema("events", "events.schema.json"), fresh_schema("receipt", "receipt.schema.json"));
    let story = Story::new(
        &things::app_submission(),
        "submission:\n  listings:\n    en-us:\n      description: y\n      images: {Screenshot: [{file: a.png}]}\n",
    );
    story.write("a.png", things::png(1366, 768));
    story.publish(&["--events", "events.ndjson", "--receipt", "receipt.json"]).ended(0);
    let read = |name: &str| fs::read_to_string(story.path(name)).unwrap();
    let lines: Vec<Value> =
        read("events.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 10, "{lines:#?}");
    for line in &lines {
        passes(&events, line);
    }
    for (member, value) in [("event", "explode"), ("time", "")] {
        let mut broken = lines[0].clone();
        broken.as_object_mut().unwrap().remove(member);
        assert!(!jsonschema::validator_for(&events).unwrap().is_valid(&broken), "without {member}");
        if !value.is_empty() {
            broken[member] = Value::from(value);
            assert!(!jsonschema::validator_for(&events).unwrap().is_valid(&broken));
        }
    }
    let receipt: Value = serde_json::from_str(&read("receipt.json")).unwrap();
    passes(&receipts, &receipt);
    let mut broken = receipt.clone();
    broken["resources"][0]["outcome"] = Value::from("exploded");
    assert!(!jsonschema::validator_for(&receipts).unwrap().is_valid(&broken));
}

#[test]
fn a_status_passes_its_schema() {
    let schema = fresh_schema("status", "status.schema.json");
    let mut seed = things::account();
    seed["applications"][0]["pending"] = things::app_submission();
    seed["applications"][0]["pending"]["id"] = Value::from("1152921500000000777");
    seed["applications"][0]["pending"]["status"] = Value::from("PendingCommit");
    let story = Story::with_seed(&seed, "submission: {}\n");
    let status = story.run(&["status", "9NBLGGH4R399", "app/*", "--output", "json"]).ended(1).json();
    assert_eq!(status["products"].as_array().unwrap().len(), 2);
    passes(&schema, &status);
    let mut broken = status.clone();
    broken["products"][0]["pending"]["madeBy"] = Value::from("nobody");
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&broken));
}

#[test]
fn snapshots_pass_their_schema() {
    let schema = fresh_schema("snapshot", "snapshot.schema.json");
    let story = Story::new(&things::app_submission(), "submission: {}\n");
    story.write(
        "gold.yaml",
        "kind: AddOn\nname: gold\napp: harbor-notes\nproductId: gold\nproductType: Durable\nsubmission: {}\n",
    );
    story.write("gone.yaml", "kind: App\nname: gone\nid: 9PNOBODYHAS1\nsubmission: {}\n");
    let snapshot = story.run(&["snapshot"]).ended(0).json();
    assert_eq!(snapshot["resources"].as_array().unwrap().len(), 3);
    passes(&schema, &snapshot);
    let mut broken = snapshot.clone();
    broken["resources"][0]["live"] = serde_json::json!({ "lost": "found" });
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&broken));
}

/// What it takes and what it refuses is for `manifest_schema` to see.
#[test]
fn the_schema_of_manifests_is_fresh() {
    fresh_schema("manifest", "storeward.schema.json");
}

#[test]
fn the_seed_of_the_example_passes_its_schema() {
    let schema = fresh_schema("seed", "sandbox-seed.schema.json");
    let seed = fs::read(root().join("examples/contoso-reader/sandbox-seed.json")).unwrap();
    passes(&schema, &serde_json::from_slice(&seed).unwrap());
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&serde_json::json!({ "aplications": [] })));
}

#[test]
fn findings_pass_the_schema_of_their_type() {
    let schema = schemars::schema_for!(storeward::manifest::Findings).to_value();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.yaml"), "kind: App\nname: a\nid: 9NBLGGH4R315\nx: 1\n").unwrap();
    let validate = |paths: &[&str]| {
        run(storeward(folder.path()).args(["validate", "--output", "json"]).args(paths)).ended(3).json()
    };
    passes(&schema, &validate(&[]));
    passes(&schema, &validate(&["nothing.yaml"]));
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&serde_json::json!({ "findings": [] })));
}
