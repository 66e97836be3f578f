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
#[path = "support/release.rs"]
mod release;
#[path = "support/sandbox.rs"]
mod sandbox;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use process::{Ended, Usage};
use release::{APP, Api, Large, MIB, OTHER_APP, apply, mib, upload_url};
use sandbox::Sandbox;
use storeward::asset::{Fingerprint, fingerprint};

/// What the package holds; the file is a little larger.
const PAYLOAD: u64 = 300 * MIB;
/// The client promises to stay below this, however large a package is.
const MEMORY: u64 = 64 * MIB;
const ROUNDS: usize = 3;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let large = Large::write(folder, PAYLOAD);
    let rounds: Vec<Round> = (0..ROUNDS).map(|_| Round::run(folder, &large)).collect();
    println!("a release with a package of {}, the fastest of {ROUNDS} rounds", mib(large.size));
    print_times(&rounds);
    print_usage("client, peak memory and CPU time", rounds.iter().map(|round| round.client.usage));
    print_usage("sandbox, the same", rounds.iter().map(|round| round.sandbox));
    let Some(peak) = rounds.iter().filter_map(|round| round.client.usage.peak_memory).max() else {
        println!("memory and CPU time cannot be measured on this system, only on Linux");
        return;
    };
    assert!(peak < MEMORY, "{} is more memory than the promised {}", mib(peak), mib(MEMORY));
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
    fn run(folder: &Path, large: &Large) -> Self {
        let started = Instant::now();
        fingerprint(&large.package).unwrap();
        let hashing = started.elapsed();

        let sandbox = Sandbox::start(folder);
        let api = Api::log_in(&sandbox.endpoints);
        let draft = api.call("POST", &format!("applications/{OTHER_APP}/submissions"), 201);
        let started = Instant::now();
        plain_put(draft["fileUploadUrl"].as_str().unwrap(), &large.archive);
        let putting = started.elapsed();

        let client = Ended::run(&mut apply(folder, &sandbox.endpoints, "committed"));
        assert_eq!(client.status.code(), Some(0), "{}\n{:#?}", client.stdout, client.stderr);
        assert_blob_is(&large.wanted, &api, &folder.join("blob.zip"));
        Self { hashing, putting, client, sandbox: Usage::of(sandbox.process.id()) }
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
    let url = upload_url(api, APP);
    let mut stream = BufReader::new(open_request("GET", &url, ""));
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
