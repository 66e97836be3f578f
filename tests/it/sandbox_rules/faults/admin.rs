//! The admin surface, and which requests meet a fault.

use serde_json::{Value, json};

use super::{met, once, with_fault};
use crate::support::local::Local;
use crate::support::things::{self, APP, PUBLISHED};

/// One fault of every kind.
fn all_kinds() -> Vec<Value> {
    let acts = [
        json!({ "answer": { "status": 504 } }),
        json!({ "answer": { "status": 504, "applied": "yes", "body": "html", "retryAfter": 1 } }),
        json!({ "answer": { "status": 429, "applied": { "late": 5 }, "tryAgainIn": 3 } }),
        json!({ "answer": { "status": 200, "applied": "no", "body": { "exactly": [1] } } }),
        json!({ "reset": "inBody" }),
        json!({ "hang": { "when": "before" } }),
        json!({ "hang": { "when": "after", "millis": 5 } }),
        json!({ "hold": "before" }),
        json!("expireToken"),
        json!({ "expireUpload": { "renewed": true } }),
        json!({ "untaken": ["/pricing/priceId"] }),
        json!({ "meanwhile": { "when": "before", "events": [
            "delete", "create", { "edit": { "visibility": "Hidden" } }, "publish",
            { "editPublished": {} }, "createInPortal"
        ] } }),
        json!({ "course": {} }),
        json!({ "course": {
            "statuses": ["PreProcessingFailed"], "errors": [{}], "warnings": [], "certificationReports": [],
            "packages": "afterCommit", "published": { "visibility": "Hidden" }
        } }),
        json!({ "republish": { "millis": 5 } }),
    ];
    let mut faults: Vec<Value> = acts.iter().map(|act| json!({ "do": [act] })).collect();
    faults.push(json!({
        "on": { "operation": "S1", "surface": "api", "method": "POST", "path": "applications/*/**" },
        "skip": 1, "every": 2, "times": null, "do": [acts[0], acts[5], acts[7]]
    }));
    faults
}

#[test]
fn faults_are_switched_on_listed_and_switched_off() {
    let local = Local::start(&things::account());
    let list = || local.admin("GET", "faults", None).json()["faults"].clone();
    assert_eq!(list(), json!([]));
    for fault in all_kinds() {
        local.fault("x", &fault);
        let listed = local.admin("GET", "faults/x", None).json();
        assert_eq!((&listed["seen"], &listed["fired"], &listed["held"]), (&json!(0), &json!(0), &json!([])));
        // What is listed can be put again.
        local.fault("x", &listed["fault"]);
        assert_eq!(local.admin("GET", "faults/x", None).json(), listed, "{fault}");
    }
    local.fault("y", &once("A2", &json!({ "answer": { "status": 500 } })));
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|fault| fault["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&list()), ["x", "y"]);
    local.heal("x");
    assert_eq!(local.admin("DELETE", "faults/x", None).status, 404);
    local.expect(500, "GET", &format!("applications/{APP}"), None);
    assert_eq!(local.fired("y"), 1);
    local.fault("y", &once("A2", &json!({ "answer": { "status": 500 } })));
    assert_eq!(local.fired("y"), 0, "it is another one");
    assert_eq!(local.admin("DELETE", "faults", None).json(), json!({ "faults": [] }));
    local.get(&format!("applications/{APP}"));
}

#[test]
fn what_is_not_a_fault_is_refused_with_what_is_wrong_with_it() {
    let local = Local::start(&things::account());
    let answer = json!({ "answer": { "status": 504 } });
    for (fault, words) in [
        (json!({}), "missing field `do`"),
        (
            json!({ "do": [answer], "tims": 1 }),
            "unknown field `tims`, expected one of `on`, `skip`, `every`, `times`, `do`",
        ),
        (
            json!({ "do": [answer], "on": { "operation": "S9" } }),
            "unknown operation `S9`, expected one of A1, list-apps",
        ),
        (json!({ "do": [answer], "on": { "verb": "GET" } }), "unknown field `verb`"),
        (json!({ "do": [answer], "on": { "surface": "portal" } }), "unknown variant `portal`"),
        (json!({ "do": [answer], "every": 0 }), "nonzero"),
        (json!({ "do": [{ "anser": {} }] }), "unknown variant `anser`"),
        (json!({ "do": [{ "answer": { "status": 504, "bdy": "html" } }] }), "unknown field `bdy`"),
        (
            json!({ "do": [{ "meanwhile": { "when": "before", "events": ["explode"] } }] }),
            "unknown variant `explode`",
        ),
        (json!({ "do": [{ "course": { "status": "x" } }] }), "unknown field `status`"),
        (json!({ "do": [] }), "`do` says nothing"),
        (
            json!({ "do": [{ "answer": { "status": 99 } }, { "reset": "before" }] }),
            "ends a request twice; give one `answer` or `reset`; `status` 99 is none of 200 to 599",
        ),
        (json!({ "do": [{ "answer": { "status": 200 } }] }), "with `status` 200 there are no words"),
        (
            json!({ "do": [{ "answer": { "status": 503, "tryAgainIn": 3 } }] }),
            "`tryAgainIn` is for the words of a 429",
        ),
        (json!({ "do": [{ "untaken": ["pricing.priceId"] }] }), "`pricing.priceId` is no JSON pointer"),
        (json!({ "do": [{ "meanwhile": { "when": "before", "events": [] } }] }), "`events` says nothing"),
    ] {
        let refusal = local.admin("PUT", "faults/x", Some(&fault));
        let error = refusal.json()["error"].as_str().unwrap().to_owned();
        assert!(refusal.status == 400 && error.contains(words), "{} {error}", refusal.status);
    }
    let good = json!({ "do": [answer] });
    for name in ["X", "a%20b", "..", "a_b"] {
        assert_eq!(local.admin("PUT", &format!("faults/{name}"), Some(&good)).status, 400, "{name}");
    }
    for (method, path, status) in [
        ("GET", "", 404),
        ("GET", "nothing", 404),
        ("GET", "faults/x", 404),
        ("GET", "faults/x/held", 404),
        ("POST", "faults/x/release", 404),
        ("POST", "faults", 405),
        ("PUT", "faults", 405),
        ("DELETE", "schema", 405),
        ("GET", "faults/x/release", 405),
    ] {
        let answer = local.admin(method, path, None);
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.json()["error"].is_string());
    }
    assert_eq!(local.admin("GET", "faults", None).json(), json!({ "faults": [] }));
}

#[test]
fn the_schema_describes_what_is_taken() {
    let local = Local::start(&things::account());
    let schema = local.admin("GET", "schema", None).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for fault in all_kinds() {
        assert!(validator.is_valid(&fault), "{fault}");
    }
    for bad in [
        json!({}),
        json!({ "do": [{ "anser": {} }] }),
        json!({ "do": ["expireToken"], "on": { "operation": "S9" } }),
        json!({ "do": ["expireToken"], "x": 1 }),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}

#[test]
fn a_fault_happens_exactly_as_often_as_it_is_told_to() {
    let statuses = |local: &Local, count: usize| -> Vec<u16> {
        (0..count).map(|_| local.call("GET", &format!("applications/{APP}"), None).status).collect()
    };
    let fault = |rest: Value| {
        let mut fault = once("A2", &json!({ "answer": { "status": 500 } }));
        fault.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        fault
    };
    for (rest, wanted) in [
        (json!({}), [500, 200, 200, 200, 200, 200]),
        (json!({ "times": 2 }), [500, 500, 200, 200, 200, 200]),
        (json!({ "skip": 2 }), [200, 200, 500, 200, 200, 200]),
        (json!({ "skip": 1, "times": 2, "every": 2 }), [200, 500, 200, 500, 200, 200]),
        (json!({ "times": null, "every": 3 }), [500, 200, 200, 500, 200, 200]),
        (json!({ "times": 0 }), [200, 200, 200, 200, 200, 200]),
    ] {
        let local = with_fault(&fault(rest.clone()));
        assert_eq!(statuses(&local, 6), wanted, "{rest}");
        let fired = wanted.iter().filter(|status| **status == 500).count();
        assert_eq!(local.fired("fault"), fired as u64);
        assert_eq!(local.admin("GET", "faults/fault", None).json()["seen"], 6);
        let lines = met(&local);
        assert_eq!(lines.len(), fired);
        assert!(lines.iter().all(|line| line["fault"] == "fault" && line["status"] == 500), "{lines:?}");
    }
    // A request meets one fault, the first whose turn it is.
    let local = with_fault(&fault(json!({ "skip": 1 })));
    local.fault(
        "other",
        &json!({ "do": [{ "answer": { "status": 503 } }], "on": { "method": "GET" }, "times": 2 }),
    );
    assert_eq!(statuses(&local, 4), [503, 500, 503, 200]);
}

#[test]
fn requests_at_the_same_time_share_a_fault_out() {
    let local = with_fault(&json!({ "times": 5, "do": [{ "answer": { "status": 500 } }] }));
    let failed = std::thread::scope(|scope| {
        let one = || (0..10).filter(|_| local.call("GET", "applications", None).status == 500).count();
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum::<usize>()
    });
    assert_eq!((failed, local.fired("fault"), met(&local).len()), (5, 5, 5));
}

#[test]
fn a_fault_meets_the_requests_that_it_describes() {
    let local = Local::start(&things::account());
    let status = format!("applications/{APP}/submissions/{PUBLISHED}/status");
    let teapot = json!([{ "answer": { "status": 418 } }]);
    for (on, app, status_call, token) in [
        (json!({}), 418, 418, 418),
        (json!({ "surface": "api" }), 418, 418, 200),
        (json!({ "surface": "login" }), 200, 200, 418),
        (json!({ "operation": "get-token" }), 200, 200, 418),
        (json!({ "method": "get" }), 418, 418, 200),
        (json!({ "operation": "S5" }), 200, 418, 200),
        (
            json!({ "operation": "get-app-submission-status", "path": format!("applications/{APP}/**") }),
            200,
            418,
            200,
        ),
        (json!({ "operation": "S5", "path": "applications/9PANOTHER000/**" }), 200, 200, 200),
        (json!({ "path": "applications/*" }), 418, 200, 200),
        (json!({ "path": "sandbox/oauth2/token" }), 200, 200, 418),
    ] {
        local.fault("fault", &json!({ "on": on, "times": null, "do": teapot }));
        let form = "grant_type=client_credentials&client_id=sandbox&client_secret=sandbox-secret&resource=https%3A%2F%2Fmanage.devcenter.microsoft.com";
        let got = (
            local.call("GET", &format!("applications/{APP}"), None).status,
            local.call("GET", &status, None).status,
            local.log_in_with("sandbox", "oauth2/token", form).status,
        );
        assert_eq!(got, (app, status_call, token), "{on}");
    }
}

#[test]
fn faults_are_forgotten_with_the_process_and_never_written_down() {
    let mut local = with_fault(&json!({ "times": null, "do": [{ "answer": { "status": 500 } }] }));
    local.expect(500, "GET", "applications", None);
    for file in ["state.json", "requests.ndjson"] {
        let text = std::fs::read_to_string(local.data().join(file)).unwrap();
        assert_eq!(text.contains("\"fault\""), file == "requests.ndjson", "{file}");
        assert!(!text.contains("_sandbox"), "the admin surface is none of the service's");
    }
    local.restart();
    local.get("applications");
    assert_eq!(local.admin("GET", "faults", None).json(), json!({ "faults": [] }));
}
