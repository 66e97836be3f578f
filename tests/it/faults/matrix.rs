//! Every fault at every call that changes something.

use serde_json::{Value, json};

use super::scene::{CALLS, Call, End, What, publish};
use crate::support::cells::{each, print};

/// Something that goes wrong.
pub(super) struct Fault {
    name: &'static str,
    at: At,
    acts: fn() -> Value,
    /// Whether it lasts until it is mended, and not once only.
    lasts: bool,
    /// How the first run ends, where it must end like this.
    first: Option<i32>,
    /// Calls that are rightly made once more, because what the first one made was lost.
    again: &'static [&'static str],
}

/// Where a fault can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Api,
    Blob,
    Anywhere,
    /// Where the request has a body.
    Bodies,
    Commit,
}

impl At {
    fn is(self, call: &Call) -> bool {
        let is_blob = call.what == What::Upload;
        match self {
            Self::Api => !is_blob,
            Self::Blob => is_blob,
            Self::Anywhere => true,
            Self::Bodies => is_blob || matches!(call.what, What::Create | What::Update),
            Self::Commit => call.what == What::Commit,
        }
    }
}

const fn fault(name: &'static str, at: At, acts: fn() -> Value) -> Fault {
    Fault { name, at, acts, lasts: false, first: None, again: &[] }
}

impl Fault {
    /// One that a commit meets.
    pub(super) const fn of_commits(name: &'static str, acts: fn() -> Value) -> Self {
        fault(name, At::Commit, acts)
    }

    /// What happens.
    pub(super) fn acts(&self) -> Value {
        (self.acts)()
    }

    /// Whether a call can meet it.
    pub(super) fn is_at(&self, call: &Call) -> bool {
        self.at.is(call)
    }
}

const COMMITS: &[&str] = &[
    "POST applications/submissions/commit", "POST inappproducts/submissions/commit",
    "POST applications/flights/submissions/commit",
];
const DRAFTS: &[&str] = &[
    "POST applications/submissions", "POST inappproducts/submissions",
    "POST applications/flights/submissions", "DELETE applications/submissions",
    "DELETE inappproducts/submissions", "DELETE applications/flights/submissions",
];

/// Every fault.
pub(super) static FAULTS: &[Fault] = &[
    fault(
        "504, done",
        At::Api,
        || json!([{ "answer": { "status": 504, "applied": "yes", "body": "html" } }]),
    ),
    fault("504, not done", At::Anywhere, || json!([{ "answer": { "status": 504, "body": "html" } }])),
    fault("504, done later", At::Api, || json!([{ "answer": { "status": 504, "applied": { "late": 25 } } }])),
    fault(
        "408, done",
        At::Api,
        || json!([{ "answer": { "status": 408, "applied": "yes", "body": "empty" } }]),
    ),
    fault("500, empty body", At::Anywhere, || json!([{ "answer": { "status": 500, "body": "empty" } }])),
    fault("503 with Retry-After", At::Anywhere, || json!([{ "answer": { "status": 503, "retryAfter": 9 } }])),
    fault(
        "429 with Retry-After",
        At::Api,
        || json!([{ "answer": { "status": 429, "retryAfter": 9, "body": "empty" } }]),
    ),
    fault("429 in words", At::Api, || json!([{ "answer": { "status": 429, "tryAgainIn": 9 } }])),
    fault("401, token expired", At::Api, || json!(["expireToken"])),
    fault("reset before", At::Anywhere, || json!([{ "reset": "before" }])),
    fault("reset in the body", At::Bodies, || json!([{ "reset": "inBody" }])),
    fault("reset after", At::Anywhere, || json!([{ "reset": "after" }])),
    fault("reset in the answer", At::Api, || json!([{ "reset": "inAnswer" }])),
    fault("403, new upload URL", At::Blob, || json!([{ "expireUpload": { "renewed": true } }])),
    Fault {
        again: DRAFTS,
        ..fault("403, no new upload URL", At::Blob, || json!([{ "expireUpload": { "renewed": false } }]))
    },
    Fault {
        lasts: true,
        first: Some(1),
        again: DRAFTS,
        ..fault("403, ever new upload URLs", At::Blob, || json!([{ "expireUpload": { "renewed": true } }]))
    },
    Fault {
        lasts: true,
        ..fault("504, until mended", At::Anywhere, || json!([{ "answer": { "status": 504 } }]))
    },
    Fault { lasts: true, ..fault("409, until mended", At::Api, || json!([{ "answer": { "status": 409 } }])) },
    Fault {
        first: Some(8),
        again: COMMITS,
        ..fault("commit falls back", At::Commit, || json!([{ "course": { "statuses": ["PendingCommit"] } }]))
    },
    Fault {
        first: Some(9),
        ..fault("stays CommitStarted", At::Commit, || json!([{ "course": { "statuses": [] } }]))
    },
    Fault {
        first: Some(0),
        ..fault(
            "unknown status",
            At::Commit,
            || json!([{ "course": { "statuses": ["CertificationInProgress", "Published"] } }]),
        )
    },
];

/// Lets a fault happen at a call, runs again where that ended the run, and compares the end with the one where nothing
/// went wrong. Returns the exit codes.
fn survive((fault, call): &(&Fault, &Call)) -> Vec<i32> {
    let (scene, end) = (call.scene, call.scene.end());
    let story = scene.open();
    let times = if fault.lasts { Value::Null } else { json!(1) };
    let on = json!({ "operation": call.operation });
    story.store.fault("fault", &json!({ "on": on, "times": times, "do": fault.acts() }));
    let name = named(&(fault, call));
    let approval = [&["--yes"], scene.arguments()].concat();
    let ran = publish(&story, &approval);
    assert!(story.store.fired("fault") > 0, "{name}: nobody has met it: {ran:?}");
    assert!(fault.first.is_none_or(|code| code == ran.code), "{name}: {ran:?}");
    let mut codes = vec![ran.code];
    if ran.code != 0 {
        story.store.heal("fault");
        let again = publish(&story, &approval);
        assert_eq!(again.code, 0, "{name}: {ran:?} and then {again:?}");
        codes.push(again.code);
    }
    let End { published, mut calls } = End::of(&story);
    assert_eq!(published, end.published, "{name}: {ran:?}");
    let mut expected = end.calls.clone();
    for again in fault.again {
        calls.remove(*again);
        expected.remove(*again);
    }
    assert_eq!(calls, expected, "{name}: {ran:?}");
    codes
}

pub(super) fn named((fault, call): &(&Fault, &Call)) -> String {
    format!("{} at {} ({} {})", fault.name, call.operation, call.kind, call.scene.name())
}

fn table(cells: &[(&Fault, &Call)]) {
    let codes = each(cells, named, survive);
    let head = ["fault", "call", "kind", "scene", "runs", "exit codes"].map(str::to_owned);
    let mut rows = vec![head.to_vec()];
    for ((fault, call), codes) in cells.iter().zip(&codes) {
        let shown: Vec<String> = codes.iter().map(ToString::to_string).collect();
        rows.push(vec![
            fault.name.to_owned(),
            call.operation.to_owned(),
            call.kind.to_owned(),
            call.scene.name().to_owned(),
            codes.len().to_string(),
            shown.join(", "),
        ]);
    }
    let second = codes.iter().filter(|codes| codes.len() > 1).count();
    rows.push(vec![
        "all".to_owned(),
        format!("{} cells", cells.len()),
        String::new(),
        String::new(),
        format!("{second} needed a second run"),
        String::new(),
    ]);
    print(&rows);
}

/// Every fault at every call that can meet it.
pub(super) fn cells() -> impl Iterator<Item = (&'static Fault, &'static Call)> {
    FAULTS
        .iter()
        .flat_map(|fault| CALLS.iter().filter(|call| fault.is_at(call)).map(move |call| (fault, call)))
}

#[test]
fn each_fault_is_survived_somewhere() {
    // One call for each fault, and another one for the next.
    let one = |(at, fault): (usize, &'static Fault)| {
        let calls: Vec<&Call> = CALLS.iter().filter(|call| fault.is_at(call)).collect();
        (fault, calls[at * 5 % calls.len()])
    };
    table(&FAULTS.iter().enumerate().map(one).collect::<Vec<_>>());
}

#[test]
#[ignore = "the whole table; `cargo test --test it -- faults:: --ignored --nocapture --test-threads=1`"]
fn every_fault_is_survived_everywhere() {
    table(&cells().collect::<Vec<_>>());
}
