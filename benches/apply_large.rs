//! What it takes to apply an app release with a package of 300 MiB.
//!
//! The released program runs as two processes, a local Partner Center and a client that applies a release to it.
//! Measured are the client's peak memory, its CPU time and the wall time; beside them, in the same run, what no
//! release can do without: one pass over the package for its digest, and one PUT of the same bytes. Times are printed
//! only, of the fastest of three rounds. That the client succeeds, that the blob is the archive that was laid out, and
//! that memory stays below the promise are asserted in every round.
//!
//! `cargo bench --bench apply_large`

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that panics has failed")]

#[path = "../tests/it/support/msix.rs"]
#[expect(dead_code, reason = "bundles are for the tests")]
mod msix;
#[path = "../tests/it/support/plain_http.rs"]
mod plain_http;
#[path = "support/process.rs"]
mod process;
#[path = "support/sandbox.rs"]
mod sandbox;

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use msix::Msix;
use process::{Ended, Usage};
use sandbox::{Sandbox, client};
use serde_json::{Value, json};
use storeward::asset::{Archive, Entry, Fingerprint, archive_name, fingerprint};
use storeward::sandbox::{Credentials, Endpoints};

const MIB: u64 = 1024 * 1024;
/// What the package holds; the file is a little larger.
const PAYLOAD: u64 = 300 * MIB;
/// The client promises to stay below this, however large a package is.
const MEMORY: u64 = 64 * MIB;
const ROUNDS: usize = 3;

/// The app that gets the release.
const APP: &str = "9NBLGGH4R315";
/// The app whose draft gives the upload URL for the plain PUT.
const OTHER_APP: &str = "9NBLGGH4R316";
const IDENTITY: &str = "40718Contoso.ContosoReader";
const PUBLISHER: &str = "CN=5F1B0C5E-2A64-4C0B-9E7B-1B0F6B1C2D3E";

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let package = Msix { name: IDENTITY, publisher: PUBLISHER, payload_size: PAYLOAD, ..Msix::default() };
    write_inputs(folder, &package);
    let path = folder.join("dist").join(package.file_name());
    let print = fingerprint(&path).unwrap();
    let name = archive_name(&[], &path, &print.digest);
    let archive = folder.join("archive.zip");
    write_archive(&archive, Entry { name, path: path.clone(), shown: path.clone(), fingerprint: print });
    let wanted = fingerprint(&archive).unwrap();

    let rounds: Vec<Round> = (0..ROUNDS).map(|_| Round::run(folder, &path, &archive, &wanted)).collect();
    println!("a release with a package of {}, the fastest of {ROUNDS} rounds", mib(print.size));
    print_times(&rounds);
    print_usage("client, peak memory and CPU time", rounds.iter().map(|round| round.client.usage));
    print_usage("sandbox, the same", rounds.iter().map(|round| round.sandbox));
    let Some(peak) = rounds.iter().filter_map(|round| round.client.usage.peak_memory).max() else {
        println!("memory and CPU time cannot be measured on this system, only on Linux");
        return;
    };
    assert!(peak < MEMORY, "{} is more memory than the promised {}", mib(peak), mib(MEMORY));
}

/// The manifest, the release folder with the package, and what the local Partner Center starts with.
fn write_inputs(folder: &Path, package: &Msix<'_>) {
    let manifest = format!(
        "kind: App\nname: big\nid: {APP}\nsubmission: {{}}\nrelease:\n  packages: {{files: [$(release)/*.msix]}}\n"
    );
    fs::write(folder.join("big.yaml"), manifest).unwrap();
    let seed = json!({
        // A status that lasts is waited for, and waiting is not what is measured.
        "rules": { "statusMillis": 1 },
        "applications": [seeded_app(APP, "Contoso Reader"), seeded_app(OTHER_APP, "Contoso Writer")],
    });
    fs::write(folder.join("seed.json"), seed.to_string()).unwrap();
    fs::create_dir(folder.join("dist")).unwrap();
    package.write(&folder.join("dist").join(package.file_name()));
}

fn seeded_app(id: &str, name: &str) -> Value {
    json!({
        "application": {
            "id": id, "primaryName": name, "packageIdentityName": IDENTITY, "publisherName": PUBLISHER,
            "packageFamilyName": format!("{IDENTITY}_w4h1ggxq8p9pe"),
            "firstPublishedDate": "2024-05-14T08:20:41Z", "hasAdvancedListingPermission": true
        },
        "published": {
            "id": format!("1152921505697180{}", &id[id.len() - 3..]),
            "friendlyName": "Submission 7",
            "status": "Published",
            "applicationCategory": "BooksAndReference_EReader",
            "pricing": {
                "priceId": "Tier1012", "trialPeriod": "NoFreeTrial", "marketSpecificPricings": {}, "sales": [],
                "isAdvancedPricingModel": true
            },
            "visibility": "Public",
            "targetPublishMode": "Manual",
            "listings": {"en-us": {"platformOverrides": {}, "baseListing": {
                "title": name, "description": "Reads books.", "releaseNotes": "Faster.",
                "images": [{
                    "id": "1152921505697204113", "fileName": "library.png", "fileStatus": "Uploaded",
                    "imageType": "Screenshot", "description": ""
                }]
            }}},
            "applicationPackages": [{
                "id": "2000000000091746203", "fileName": "reader.msix", "fileStatus": "Uploaded",
                "version": "1.3.2.0", "architecture": "X64", "languages": ["EN-US"],
                "capabilities": ["internetClient", "runFullTrust"],
                "targetDeviceFamilies": ["Windows.Desktop min version 10.0.17763.0"]
            }],
            "allowTargetFutureDeviceFamilies": {
                "Desktop": true, "Mobile": false, "Xbox": false, "Holographic": false
            },
            "packageDeliveryOptions": {
                "packageRollout": {
                    "isPackageRollout": false, "packageRolloutPercentage": 0.0,
                    "packageRolloutStatus": "PackageRolloutNotStarted", "fallbackSubmissionId": "0"
                },
                "isMandatoryUpdate": false, "mandatoryUpdateEffectiveDate": "1601-01-01T00:00:00Z"
            }
        }
    })
}

/// Writes the ZIP that the client should upload, from its layout and in pieces of another size.
fn write_archive(path: &Path, entry: Entry) {
    let archive = Archive::layout(vec![entry]).unwrap();
    let mut file = File::create(path).unwrap();
    let mut start = 0;
    while start < archive.size() {
        let end = archive.size().min(start + MIB);
        file.write_all(&archive.read_range(start..end).unwrap().bytes).unwrap();
        start = end;
    }
}

/// What one round measured.
struct Round {
    hashing: Duration,
    putting: Duration,
    client: Ended,
    sandbox: Usage,
}

impl Round {
    /// Makes a fresh local Partner Center and applies the release to it.
    fn run(folder: &Path, package: &Path, archive: &Path, wanted: &Fingerprint) -> Self {
        let started = Instant::now();
        fingerprint(package).unwrap();
        let hashing = started.elapsed();

        let sandbox = Sandbox::start(folder);
        let api = Api::log_in(&sandbox.endpoints);
        let draft = api.call("POST", &format!("applications/{OTHER_APP}/submissions"), 201);
        let started = Instant::now();
        plain_put(draft["fileUploadUrl"].as_str().unwrap(), archive);
        let putting = started.elapsed();

        let client = Ended::run(&mut apply(folder, &sandbox.endpoints));
        assert_eq!(client.status.code(), Some(0), "{}\n{:#?}", client.stdout, client.stderr);
        assert_blob_is(wanted, &api, &folder.join("blob.zip"));
        Self { hashing, putting, client, sandbox: Usage::of(sandbox.process.id()) }
    }
}

fn apply(folder: &Path, endpoints: &Endpoints) -> Command {
    let mut command = client(folder, endpoints);
    command
        .args(["apply", "--release", "app/big=dist", "--wait", "committed", "--yes", "big.yaml"])
        // The status is asked for after 10 ms, not after a second.
        .env("STOREWARD_TIME_SCALE", "0.01");
    command
}

/// The API of the local Partner Center, without any code of the library.
struct Api {
    root: String,
    authorization: String,
}

impl Api {
    fn log_in(endpoints: &Endpoints) -> Self {
        let Credentials { tenant_id, client_id, client_secret, .. } = Credentials::default();
        let url = format!("{}/{tenant_id}/oauth2/token", endpoints.login);
        let form = format!(
            "grant_type=client_credentials&client_id={client_id}&client_secret={client_secret}&resource=https%3A%2F%2Fmanage.devcenter.microsoft.com"
        );
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let answer = plain_http::send("POST", &url, &headers, Some(form.as_bytes()));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let authorization = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
        Self { root: endpoints.api.clone(), authorization }
    }

    fn call(&self, method: &str, path: &str, expected: u16) -> Value {
        let url = format!("{}/{path}", self.root);
        let headers = [("Authorization", self.authorization.as_str()), ("Content-Type", "application/json")];
        let body = (method == "POST").then_some(b"".as_slice());
        let answer = plain_http::send(method, &url, &headers, body);
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text());
        answer.json()
    }
}

/// Sends the head of a request to an upload URL. What follows is too large to be held in memory.
fn open_request(method: &str, upload_url: &str, headers: &str) -> TcpStream {
    // As Microsoft's samples do.
    let url = upload_url.replace('+', "%2B");
    let (host, target) = plain_http::split(&url);
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// Puts a file as one blob, in one request.
fn plain_put(upload_url: &str, path: &Path) {
    let mut file = File::open(path).unwrap();
    let length = file.metadata().unwrap().len();
    let headers = format!("x-ms-blob-type: BlockBlob\r\nContent-Length: {length}\r\n");
    let mut stream = open_request("PUT", upload_url, &headers);
    // `io::copy` would let the kernel send the file, which is not what a client of the real service can do: there is
    // TLS between.
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => break,
            count => stream.write_all(&buffer[..count]).unwrap(),
        }
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

/// Asserts what the upload URL of the app holds. `path` is where it is downloaded to.
fn assert_blob_is(wanted: &Fingerprint, api: &Api, path: &Path) {
    let app = api.call("GET", &format!("applications/{APP}"), 200);
    let id = app["pendingApplicationSubmission"]["id"].as_str().unwrap();
    let submission = api.call("GET", &format!("applications/{APP}/submissions/{id}"), 200);
    let url = submission["fileUploadUrl"].as_str().unwrap();
    let mut stream = BufReader::new(open_request("GET", url, ""));
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200 "), "{line}");
    while !line.trim_end().is_empty() {
        line.clear();
        stream.read_line(&mut line).unwrap();
    }
    std::io::copy(&mut stream, &mut File::create(path).unwrap()).unwrap();
    assert_eq!(fingerprint(path).unwrap(), *wanted, "the blob is not the archive that was laid out");
}

fn print_times(rounds: &[Round]) {
    let hashing = rounds.iter().map(|round| round.hashing).min().unwrap();
    let putting = rounds.iter().map(|round| round.putting).min().unwrap();
    let client = rounds.iter().map(|round| &round.client).min_by_key(|client| client.wall).unwrap();
    // The client says what it does when it begins with it.
    let [upload, verify] = ["  upload", "  verify"].map(|step| client.time_of(step));
    let line = |what: &str, time: Duration| println!("  {what:<36}{:.2} s", time.as_secs_f64());
    line("one SHA-256 pass", hashing);
    line("one plain PUT", putting);
    line("apply", client.wall);
    line("  until the upload starts", upload);
    line("  upload", verify.saturating_sub(upload));
    line("  until the commit is taken", client.wall.saturating_sub(verify));
    let ratio = client.wall.as_secs_f64() / (putting + hashing).as_secs_f64();
    println!("  apply = {ratio:.1} x (plain PUT + one SHA-256 pass)");
}

fn print_usage(what: &str, rounds: impl Iterator<Item = Usage> + Clone) {
    let memory = rounds.clone().filter_map(|usage| usage.peak_memory).max();
    let cpu = rounds.filter_map(|usage| usage.cpu).min();
    if let (Some(memory), Some(cpu)) = (memory, cpu) {
        println!("  {what:<36}{} at most, {:.2} s", mib(memory), cpu.as_secs_f64());
    }
}

fn mib(bytes: u64) -> String {
    format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB)
}
