//! Nothing secret is said or written on any way that fails, whatever the services quote of what they were told.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::json;
use url::form_urlencoded;

use super::matrix::{FAULTS, Fault, cells, named};
use super::scene::{CALLS, Call, Scene};
use crate::support::cells::each;
use crate::support::jwt::{certificate, fixture};
use crate::support::plain_http::Answer;
use crate::support::proxy::{Passing, proxy_of_many};
use crate::support::story::{Story, run, storeward};

/// What a service quotes in the place of this.
const QUOTE: &str = "(quoted)";
const SECRET: &str = "Mark3d~client+secret/=";
const SIGNATURE: &str = "Mark3d%2Bsignature%3D";
const CERTIFICATE: &str = "app.pem";
const FORMATS: [&str; 5] = ["text", "json", "markdown", "github", "azure"];

/// Everything secret that passed by.
#[derive(Default)]
struct Secrets {
    all: BTreeSet<String>,
    /// Those of the run that is going on. What another run was told a service does not say to this one.
    now: BTreeSet<String>,
}

impl Secrets {
    fn keep(&mut self, secret: &str) {
        // Shorter ones are also parts of other words.
        if secret.len() >= 8 {
            self.all.insert(secret.to_owned());
            self.now.insert(secret.to_owned());
        }
    }

    fn of_request(&mut self, passing: &Passing) {
        if let Some(token) = passing.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
            self.keep(token);
        }
        for field in ["client_secret", "client_assertion"] {
            self.keep(&passing.field(field).unwrap_or_default());
        }
    }

    fn of_answer(&mut self, body: &str) {
        for rest in body.split("sig=").skip(1) {
            let signature = rest.split(['&', '"', ' ', '<']).next().unwrap_or_default();
            self.keep(signature);
            for (decoded, _) in form_urlencoded::parse(signature.as_bytes()) {
                self.keep(&decoded);
            }
        }
        for rest in body.split("\"access_token\":\"").skip(1) {
            self.keep(rest.split('"').next().unwrap_or_default());
        }
    }
}

/// Stands between the run and the services, hears every secret, and lets every refusal quote it all.
fn parrot(story: &Story, heard: &Arc<Mutex<Secrets>>) -> String {
    let store = story.store.endpoints.login.trim_end_matches('/').to_owned();
    let own: Arc<OnceLock<String>> = Arc::default();
    let (host, address, heard) = (store.clone(), Arc::clone(&own), Arc::clone(heard));
    let meddle = move |passing: Passing, forward: &dyn Fn(&Passing) -> Answer| {
        let mut answer = forward(&passing);
        // Uploads come this way too.
        let body = String::from_utf8_lossy(&answer.body).replace(&host, address.get().unwrap());
        let mut heard = heard.lock().unwrap();
        heard.of_request(&passing);
        heard.of_answer(&body);
        heard.of_answer(&passing.target);
        let all: Vec<String> =
            heard.now.iter().map(|secret| format!("{secret} http://x/?sig={secret}&y")).collect();
        let all = all.join(" ");
        answer.body = body.replace(QUOTE, &all).into_bytes();
        if answer.status >= 400 {
            let is_upload = passing.header("x-ms-version").is_some();
            answer.headers.push((
                "x-ms-error-code".to_owned(),
                heard.now.iter().next_back().cloned().unwrap_or_default(),
            ));
            let words =
                json!({ "code": all, "message": all, "target": all, "error": all, "error_description": all });
            let xml =
                format!("<?xml version=\"1.0\"?><Error><Code>{all}</Code><Message>{all}</Message></Error>");
            answer.body = if is_upload { xml.replace('&', "&amp;") } else { words.to_string() }.into_bytes();
        }
        answer
    };
    let address = proxy_of_many(&store, Arc::new(meddle));
    own.set(address.clone()).unwrap();
    address
}

/// A token that another program got, the secret, or a certificate with its key.
fn credential(command: &mut Command, nth: usize, story: &Story) {
    let application = |command: &mut Command, name: &str, value: &OsStr| {
        command.env("AZURE_TENANT_ID", "sandbox").env("AZURE_CLIENT_ID", "sandbox").env(name, value);
    };
    match nth % 3 {
        0 => drop(command.env("STOREWARD_ACCESS_TOKEN", &story.store.token)),
        1 => application(command, "AZURE_CLIENT_SECRET", OsStr::new(SECRET)),
        _ => {
            application(command, "AZURE_CLIENT_CERTIFICATE_PATH", fixture(CERTIFICATE).as_os_str());
            // An assertion is for one login, and holds for no other. What a login quotes of it is another test's.
            command.env("STOREWARD_LOGIN_URL", &story.store.endpoints.login);
        }
    }
}

/// What nobody is told, and so no service can quote: the lines of the private key.
fn untold() -> Vec<String> {
    let pem = fs::read_to_string(fixture(CERTIFICATE)).unwrap();
    let (_, key) = pem.split_once("PRIVATE KEY-----").unwrap();
    let (key, _) = key.split_once("-----END").unwrap();
    let lines: Vec<String> = key.split_whitespace().map(str::to_owned).collect();
    assert!(lines.len() > 10, "a whole key");
    lines
}

/// A Store that takes the marked secret and the certificate, with signatures that can be told in what is pending.
fn open(scene: Scene) -> Story {
    scene.open_with(|seed| {
        seed["credentials"] = json!({
            "tenantId": "sandbox", "clientId": "sandbox", "clientSecret": SECRET,
            "certificates": [certificate(CERTIFICATE)],
        });
        let marked = seed.to_string().replace("sig=y", &format!("sig={SIGNATURE}"));
        *seed = serde_json::from_str(&marked).unwrap();
    })
}

/// All files below a folder.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((
                path.display().to_string(),
                String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned(),
            ));
        }
    }
}

/// Fails at a call for good, and looks for every secret in all that was said and written. Returns whether it failed.
fn hushed(cell: &(usize, &Fault, &Call)) -> bool {
    let (nth, fault, call) = cell;
    let name = named(&(*fault, *call));
    let story = open(call.scene);
    let heard: Arc<Mutex<Secrets>> = Arc::default();
    let address = parrot(&story, &heard);
    let on = json!({ "operation": call.operation });
    story.store.fault("fault", &json!({ "on": on, "times": null, "do": fault.acts() }));
    let format = FORMATS[nth % FORMATS.len()];
    let go = |arguments: &[&str]| {
        heard.lock().unwrap().now.clear();
        let mut command = storeward(story.repo.path());
        command
            .args(arguments)
            .env("STOREWARD_API_URL", format!("{address}/v1.0/my"))
            .env("STOREWARD_LOGIN_URL", &address)
            .env("STOREWARD_TIME_SCALE", "0.01")
            .env("RUST_BACKTRACE", "1")
            .env("GITHUB_OUTPUT", story.path("github-output"));
        credential(&mut command, *nth, &story);
        run(&mut command)
    };
    let released =
        |arguments: &[&str]| go(&[arguments, &["-v", "--output", format], call.scene.arguments()].concat());
    let ran = released(&[
        "apply", "--yes", "--wait", "published", "--timeout", "400s", "--out", "json=out.json", "--out",
        "markdown=out.md", "--events", "events.ndjson", "--receipt", "receipt.json",
    ]);
    assert!(story.store.fired("fault") > 0, "{name}: nobody has met it: {ran:?}");
    // What it left is planned and kept then.
    story.store.heal("fault");
    let planned = released(&["plan", "--save", "plan.json", "--steps"]);
    let kept = go(&["snapshot", "-v", "--out", "live.json"]);
    let written = ["events.ndjson", "receipt.json", "plan.json", "live.json"];
    for file in written {
        assert!(story.path(file).is_file(), "{name}: no {file}: {planned:?} {kept:?}");
    }
    let mut said = vec![
        ("stdout".to_owned(), format!("{}{}{}", ran.stdout, planned.stdout, kept.stdout)),
        ("stderr".to_owned(), format!("{}{}{}", ran.stderr, planned.stderr, kept.stderr)),
        (
            "requests.ndjson".to_owned(),
            fs::read_to_string(story.store.data().join("requests.ndjson")).unwrap(),
        ),
    ];
    files(story.repo.path(), &mut said);
    let heard = heard.lock().unwrap();
    assert!(!heard.all.is_empty(), "{name}: nothing secret passed by");
    let untold = untold();
    for (place, text) in &said {
        // A line may be broken within a word.
        let text: String = text.split_whitespace().collect();
        for secret in heard.all.iter().chain(&untold) {
            let secret: String = secret.split_whitespace().collect();
            assert!(!text.contains(&secret), "{name}: {place} says {secret}: {ran:?}");
        }
    }
    ran.code != 0
}

/// How a submission fails with words of the Store.
static REJECTED: Fault = Fault::of_commits("rejected", || {
    json!([{ "course": {
        "statuses": ["CertificationFailed"],
        "errors": [{ "code": QUOTE, "details": QUOTE }], "warnings": [{ "code": QUOTE, "details": QUOTE }]
    } }])
});

fn sweep(cells: impl Iterator<Item = (&'static Fault, &'static Call)>) {
    let rejected = CALLS.iter().filter(|call| REJECTED.is_at(call)).map(|call| (&REJECTED, call));
    let cells: Vec<(usize, &Fault, &Call)> =
        cells.chain(rejected).enumerate().map(|(nth, (fault, call))| (nth, fault, call)).collect();
    let failed = each(&cells, |(_, fault, call)| named(&(*fault, *call)), hushed);
    let failed = failed.iter().filter(|failed| **failed).count();
    assert!(failed * 3 > cells.len(), "{failed} of {} failed", cells.len());
}

#[test]
fn nothing_secret_is_said_where_a_call_fails() {
    sweep(FAULTS.iter().enumerate().map(|(nth, fault)| {
        let calls: Vec<&Call> = CALLS.iter().filter(|call| fault.is_at(call)).collect();
        (fault, calls[nth * 3 % calls.len()])
    }));
}

#[test]
#[ignore = "the whole sweep; `cargo test --test it -- faults:: --ignored --nocapture --test-threads=1`"]
fn nothing_secret_is_said_wherever_a_call_fails() {
    sweep(cells());
}
