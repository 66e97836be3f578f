//! The seed file.

use serde_json::{Value, json};
use storeward::sandbox::{self, Options, SandboxError};

use crate::support::local::Local;
use crate::support::things::{self, APP, PUBLISHED};

fn refusal(seed: &Value) -> String {
    Local::try_start(seed).err().expect("the seed is refused").to_string()
}

#[test]
fn mistakes_in_the_envelope_are_told() {
    for (seed, told) in [
        (json!({ "aplications": [] }), "unknown field `aplications`"),
        (json!({ "rules": { "statusMilis": 1 } }), "unknown field `statusMilis`"),
        (json!({ "rules": { "skipChecks": ["everything"] } }), "unknown variant `everything`"),
        (json!({ "applications": [{ "publishd": {} }] }), "unknown field `publishd`"),
        (json!({ "applications": [{}] }), "missing field `application`"),
        (json!({ "applications": [{ "application": {} }] }), "an application has no `id`"),
        (
            json!({ "applications": [{ "application": { "id": "1" }, "flights": [{ "flight": {} }] }] }),
            "a flight has no `flightId`",
        ),
        (
            json!({ "applications": [{ "application": { "id": "a" } }, { "application": { "id": "A" } }] }),
            "the id `A` is given twice",
        ),
        (
            json!({ "applications": [{ "application": { "id": "a" }, "published": { "id": "1" }, "pending": { "id": "1" } }] }),
            "`a` has two submissions `1`",
        ),
    ] {
        let refusal = refusal(&seed);
        assert!(refusal.contains(told) && refusal.contains("seed.json"), "{refusal}");
    }
}

#[test]
fn references_come_back_as_they_are_or_are_added() {
    let strange = json!({ "id": "5", "resourceLocation": "applications/9P/submissions/6" });
    let seed = json!({ "applications": [
        {
            "application": { "id": "9PGIVEN", "pendingApplicationSubmission": strange },
            "pending": { "id": "7", "fileUploadUrl": "x" }
        },
        { "application": { "id": "9PADDED" }, "published": { "id": "8" }, "pending": { "id": "9" } },
        { "application": {
            "id": "9PALONE",
            "lastPublishedApplicationSubmission": { "id": "10", "resourceLocation": "applications/9PALONE/submissions/10" }
        } },
        { "application": { "id": "9PNONE", "lastPublishedApplicationSubmission": { "id": "0" } } }
    ] });
    let local = Local::start(&seed);
    assert_eq!(local.get("applications/9PGIVEN"), seed["applications"][0]["application"]);
    assert_eq!(local.get("applications/9PGIVEN/submissions/7")["status"], "PendingCommit");
    local.expect(204, "DELETE", "applications/9PGIVEN/submissions/7", None);
    assert_eq!(local.get("applications/9PGIVEN"), json!({ "id": "9PGIVEN" }));
    let reference =
        |id: &str| json!({ "id": id, "resourceLocation": format!("applications/9PADDED/submissions/{id}") });
    assert_eq!(
        local.get("applications/9PADDED"),
        json!({
            "id": "9PADDED",
            "lastPublishedApplicationSubmission": reference("8"), "pendingApplicationSubmission": reference("9")
        })
    );
    assert_eq!(local.get("applications/9PALONE"), seed["applications"][2]["application"]);
    local.expect(404, "GET", "applications/9PALONE/submissions/10", None);
    local.expect(404, "POST", "applications/9PALONE/submissions", None);
    local.expect(201, "POST", "applications/9PNONE/submissions", None);
}

#[test]
fn ids_in_a_seed_are_not_given_out_again() {
    let local = Local::start(&things::account());
    let created = local.expect(201, "POST", &format!("applications/{APP}/submissions"), None);
    let mut seed = things::account();
    seed["applications"][0]["published"]["applicationPackages"][0]["id"] = created["id"].clone();
    let local = Local::start(&seed);
    let other = local.expect(201, "POST", &format!("applications/{APP}/submissions"), None);
    assert_ne!(other["id"], created["id"]);
}

#[test]
fn a_seed_is_for_a_fresh_folder() {
    let mut local = Local::start(&things::account());
    local.restart();
    assert_eq!(local.get(&format!("applications/{APP}/submissions/{PUBLISHED}"))["id"], PUBLISHED);
    let empty = Local::start(&json!({}));
    assert_eq!(empty.get("applications"), json!({ "value": [], "totalCount": 0 }));
}

#[test]
fn a_sandbox_listens_on_loopback_only() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let options =
            Options { listen: listen.parse().unwrap(), data: folder.path().join("data"), seed: None };
        let refusal = runtime.block_on(sandbox::start(options)).unwrap_err();
        assert!(matches!(refusal, SandboxError::NotLoopback(_)), "{refusal}");
    }
    assert!(!folder.path().join("data").exists());
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let schema = jsonschema::validator_for(&sandbox::seed_schema()).unwrap();
    let mut whole = things::account();
    whole["$schema"] = "sandbox-seed.schema.json".into();
    whole["credentials"] = json!({ "tenantId": "t" });
    whole["rules"] = json!({ "requestsPerMinute": 100, "skipChecks": ["titles"], "emptyListIs404": true });
    whole["applications"][0]["reservedNames"] = json!(["Harbor Notes"]);
    whole["applications"][0]["addOns"] = json!([{ "addOn": { "id": "1" }, "published": { "id": "2" } }]);
    whole["applications"][0]["flights"] =
        json!([{ "flight": { "flightId": "1" }, "pending": { "id": "2" } }]);
    for (seed, good) in [
        (whole, true),
        (json!({}), true),
        (json!({ "aplications": [] }), false),
        (json!({ "rules": { "statusMilis": 1 } }), false),
        (json!({ "rules": { "statusMillis": "soon" } }), false),
        (json!({ "rules": { "skipChecks": ["everything"] } }), false),
        (json!({ "applications": [{}] }), false),
        (json!({ "applications": [{ "application": { "id": "1" }, "pendng": {} }] }), false),
    ] {
        assert_eq!(schema.is_valid(&seed), good, "{seed}");
        assert_eq!(Local::try_start(&seed).is_ok(), good, "{seed}");
    }
}
