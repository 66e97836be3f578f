//! Storeward's upload beside other ways to bring the same 300 MiB to the same place.
//!
//! Each client is a process of its own, and so is each server. They take turns, round by round, and every round starts
//! with another one: what else the machine does hits all of them. Medians are printed, and ratios of medians.
//!
//! | Client | What it does |
//! |---|---|
//! | Storeward | all of `apply`: plan, digest, draft, upload, commit |
//! | plain PUT | reads a ZIP that is there already, and sends it as one request with the HTTP client that Storeward has |
//! | SHA-256 | one pass over the package with Storeward's own function |
//! | SDK | Microsoft's `azure-storage-blob` for Python, four blocks at a time: a ZIP that is there already |
//!
//! The servers are the local Partner Center, and Azurite where `STOREWARD_AZURITE` says where it is:
//! `.ci/with-azurite cargo bench --bench upload_compared`. The SDK is installed into a temporary folder. What cannot be had is
//! skipped, and said to be. Asserted are that every client brings what was laid out, and that Storeward's memory stays
//! below the promise.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that panics has failed")]

#[path = "../tests/it/support/azurite.rs"]
#[expect(dead_code, reason = "the rest is for the tests")]
mod azurite;
#[path = "../tests/it/support/msix.rs"]
#[expect(dead_code, reason = "bundles are for the tests")]
mod msix;
#[path = "../tests/it/support/plain_http.rs"]
mod plain_http;
#[path = "support/process.rs"]
mod process;
#[path = "../tests/it/support/proxy.rs"]
#[expect(dead_code, reason = "the rest is for the tests")]
mod proxy;
#[path = "support/release.rs"]
mod release;
#[path = "support/sandbox.rs"]
mod sandbox;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use azurite::{Azurite, download, store_with_uploads_at};
use bytes::Bytes;
use jiff::SignedDuration;
use process::Ended;
use release::{APP, Api, Large, MIB, OTHER_APP, apply, mib, upload_url};
use sandbox::Sandbox;
use storeward::asset::fingerprint;
use storeward::sandbox::Endpoints;
use tokio::io::AsyncReadExt as _;

/// What the package holds; the file is a little larger.
const PAYLOAD: u64 = 300 * MIB;
/// Storeward promises to stay below this, however large a package is.
const MEMORY: u64 = 64 * MIB;
const ROUNDS: usize = 7;
/// How long an upload URL is good.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

const SDK: &str = "azure-storage-blob==12.31.1";
const SDK_UPLOAD: &str = "
import sys
from azure.storage.blob import BlobClient
with open(sys.argv[2], 'rb') as file:
    BlobClient.from_blob_url(sys.argv[1]).upload_blob(file, overwrite=True, max_concurrency=4)
";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["put", url, file] => put(url, Path::new(file)),
        ["digest", file] => println!("{}", fingerprint(Path::new(file)).unwrap().digest),
        _ => compare(),
    }
}

/// The plain client.
fn put(url: &str, file: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let file = tokio::fs::File::open(file).await.unwrap();
        let length = file.metadata().await.unwrap().len();
        let pieces = futures::stream::try_unfold(file, |mut file| async move {
            let mut piece = Vec::with_capacity(1024 * 1024);
            let read = (&mut file).take(1024 * 1024).read_to_end(&mut piece).await?;
            Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
        });
        let request = reqwest::Client::new()
            .put(url)
            .header("x-ms-blob-type", "BlockBlob")
            .header("x-ms-version", "2024-05-04")
            .header("Content-Length", length)
            .body(reqwest::Body::wrap_stream(pieces));
        assert_eq!(request.send().await.unwrap().status(), 201);
    });
}

/// Who brings something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    Storeward,
    Put,
    Digest,
    Sdk,
}

/// Where something is brought.
enum Server {
    Sandbox,
    Azurite(Azurite),
}

fn compare() {
    let folder = tempfile::tempdir().unwrap();
    let large = Large::write(folder.path(), PAYLOAD);
    let python = install_sdk(folder.path());
    let mut clients = vec![Client::Storeward, Client::Put, Client::Digest];
    match python {
        Some(_) => clients.push(Client::Sdk),
        None => println!("SKIPPED: {SDK}, because it cannot be installed"),
    }
    let bench = Bench { folder: folder.path(), large, python: python.unwrap_or_default(), clients };
    bench.run(&Server::Sandbox, "the local Partner Center");
    match Azurite::find() {
        Some(azurite) => bench.run(&Server::Azurite(azurite), "Azurite"),
        None => println!("SKIPPED: Azurite, because STOREWARD_AZURITE does not say where it is"),
    }
}

/// The Python that has the SDK.
fn install_sdk(folder: &Path) -> Option<PathBuf> {
    let environment = folder.join("python");
    let works = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let python = environment.join("bin/python");
    let installed = works(Command::new("python3").args(["-m", "venv"]).arg(&environment))
        && works(Command::new(&python).args(["-m", "pip", "install", "--quiet", SDK]));
    installed.then_some(python)
}

struct Bench<'a> {
    folder: &'a Path,
    large: Large,
    python: PathBuf,
    clients: Vec<Client>,
}

impl Bench<'_> {
    fn run(&self, server: &Server, name: &str) {
        let mut all: Vec<(Client, Ended)> = Vec::new();
        for round in 0..ROUNDS {
            let sandbox = Sandbox::start(self.folder);
            let api = Api::log_in(&sandbox.endpoints);
            let turns = self.clients.iter().cycle().skip(round % self.clients.len());
            for client in turns.take(self.clients.len()) {
                all.push((*client, self.measure(*client, server, &sandbox.endpoints, &api)));
            }
        }
        println!("\n{} to {name}, medians of {ROUNDS} rounds", mib(self.large.size));
        let of = |client| all.iter().filter(move |(who, _)| *who == client).map(|(_, ended)| ended);
        print_line("Storeward, all of apply", of(Client::Storeward));
        let upload = median(of(Client::Storeward).map(|ended| {
            // The client says what it does when it begins with it.
            ended.time_of("  verify").saturating_sub(ended.time_of("  upload"))
        }));
        println!("    its upload alone         {:>6.2} s", upload.as_secs_f64());
        print_line("plain PUT", of(Client::Put));
        print_line("SHA-256", of(Client::Digest));
        let wall = |client| median(of(client).map(|ended| ended.wall)).as_secs_f64();
        let cpu = |client| median(of(client).filter_map(|ended| ended.usage.cpu)).as_secs_f64();
        let least = |of: &dyn Fn(Client) -> f64| of(Client::Put) + of(Client::Digest);
        if self.clients.contains(&Client::Sdk) {
            print_line("SDK for Python", of(Client::Sdk));
            println!(
                "  Storeward = {:.2} x SDK in wall time, its upload alone {:.2} x, and {:.2} x in CPU time",
                wall(Client::Storeward) / wall(Client::Sdk),
                upload.as_secs_f64() / wall(Client::Sdk),
                cpu(Client::Storeward) / cpu(Client::Sdk)
            );
        }
        println!(
            "  Storeward = {:.2} x (plain PUT + SHA-256) in wall time, {:.2} x in CPU time",
            wall(Client::Storeward) / least(&wall),
            cpu(Client::Storeward) / least(&cpu)
        );
        for peak in of(Client::Storeward).filter_map(|ended| ended.usage.peak_memory) {
            assert!(peak < MEMORY, "{} is more memory than the promised {}", mib(peak), mib(MEMORY));
        }
    }

    /// Lets a client do its work, and looks at what it brought.
    fn measure(&self, client: Client, server: &Server, endpoints: &Endpoints, api: &Api) -> Ended {
        let draft_of = |app: &str| {
            let drafted = api.call("GET", &format!("applications/{app}"), 200);
            if drafted.get("pendingApplicationSubmission").is_none() {
                api.call("POST", &format!("applications/{app}/submissions"), 201);
            }
            upload_url(api, app)
        };
        let (mut at, mut endpoints) = (String::new(), endpoints.clone());
        match server {
            Server::Azurite(azurite) => {
                at = azurite.upload_url(&format!("{client:?}"), A_DAY);
                let given = Arc::new(Mutex::new(at.clone()));
                // What the Store does with the upload afterwards is not measured.
                let store = store_with_uploads_at(endpoints.login.trim_end_matches('/'), given, |_| {});
                endpoints.api = format!("{store}/v1.0/my");
                endpoints.login = store;
            }
            Server::Sandbox if client == Client::Put || client == Client::Sdk => at = draft_of(OTHER_APP),
            Server::Sandbox => {}
        }
        let url = at.replace('+', "%2B");
        let itself = || Command::new(std::env::current_exe().unwrap());
        let mut command = match client {
            Client::Storeward => apply(self.folder, &endpoints, "none"),
            Client::Put => itself(),
            Client::Digest => itself(),
            Client::Sdk => Command::new(&self.python),
        };
        match client {
            Client::Storeward => {}
            Client::Put => drop(command.args(["put", &url]).arg(&self.large.archive)),
            Client::Digest => drop(command.arg("digest").arg(&self.large.package)),
            Client::Sdk => drop(command.args(["-c", SDK_UPLOAD, &url]).arg(&self.large.archive)),
        }
        let ended = Ended::run(&mut command);
        // Nobody brought the Store behind what Azurite was given. Storeward may be told so, after all that is measured.
        let codes: &[i32] = match (client, server) {
            (Client::Storeward, Server::Azurite(_)) => &[0, 8],
            _ => &[0],
        };
        let code = ended.status.code().unwrap();
        assert!(codes.contains(&code), "{client:?} {code}: {}\n{:#?}", ended.stdout, ended.stderr);
        if client != Client::Digest {
            if at.is_empty() {
                at = upload_url(api, APP);
            }
            let brought = self.folder.join("brought.zip");
            std::io::copy(&mut download(&at), &mut File::create(&brought).unwrap()).unwrap();
            assert_eq!(
                fingerprint(&brought).unwrap(),
                self.large.wanted,
                "{client:?} brought something else"
            );
        }
        ended
    }
}

fn print_line<'a>(what: &str, ended: impl Iterator<Item = &'a Ended> + Clone) {
    let wall = median(ended.clone().map(|ended| ended.wall)).as_secs_f64();
    let cpu = median(ended.clone().filter_map(|ended| ended.usage.cpu)).as_secs_f64();
    let peak = ended.filter_map(|ended| ended.usage.peak_memory).max().map_or("?".to_owned(), mib);
    println!("  {what:<27}{wall:>6.2} s, CPU {cpu:>6.2} s, at most {peak}");
}

/// The middle one; none where nothing was measured.
fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
