//! A local Partner Center, for trying things out and for tests: login, submission API and blob storage on one
//! loopback listener, with the rules of the service, its error bodies, and statuses that move on by themselves.
//!
//! | Room | What it is for |
//! |---|---|
//! | `server` | the listener: what every request goes through; `request` comes in, `response` goes out |
//! | `log` | `requests.ndjson`: one line a request |
//! | `login` | access tokens |
//! | `api` | which path is which operation, and the operations |
//! | `answer` | the service's answers and errors, in its own words |
//! | `model` | ONE table: what members submissions have, with limits and what they fall back to; `words` are its enums |
//! | `update` | what a PUT makes of a draft; `values` takes in what is not an object |
//! | `files` | packages, images and icons in a submission |
//! | `commit` | what a commit does: files, ids, metadata; with `archive`, `package`, `images` and `checks` |
//! | `clock` | how a committed submission moves on |
//! | `blob` | where ZIPs are uploaded to |
//! | `faults` | what goes wrong when it is told to, through the admin surface |
//! | `state` | what is remembered; `store` is the file that it is kept in |
//! | `seed` | the account that a fresh sandbox starts with; `plant` makes a state of it |
//!
//! It decides nothing together with the rest of the program, so that one mistake cannot hide in both.
//!
//! # Faults
//!
//! For tests of clients, things can be made to go wrong while the sandbox runs: `PUT {admin}/faults/NAME` with a fault
//! as JSON. A fault says which requests meet it, how often, and what happens then:
//!
//! ```json
//! {
//!   "on": {"operation": "S4", "path": "applications/9NBLGGH4R315/**"},
//!   "skip": 1, "every": 1, "times": 2,
//!   "do": [{"answer": {"status": 504, "applied": "yes", "body": "html"}}]
//! }
//! ```
//!
//! `on` may name an `operation` (`S4` or `commit-app-submission`; `put-block` and others of the blob service; `get-token`),
//! a `surface`, a `method`, a `path` with `*` for a segment; all that is given must hold. A request meets one fault, the
//! first whose turn it is.
//!
//! | In `do` | What happens |
//! |---|---|
//! | `{"answer": {"status": 504}}` | another answer: `body` is `words` (those of the service), `html`, `empty` or `{"exactly": …}`; `applied` is `no`, `yes` or `{"late": MS}`; `retryAfter` is for the header, `tryAgainIn` for the words of a 429 |
//! | `{"reset": "before"}` | the connection is reset: `before` or `after` the request is carried out, `inBody` of it, `inAnswer` |
//! | `{"hang": {"when": "after", "millis": 500}}` | a slow answer; without `millis` none, until the client gives up |
//! | `{"hold": "before"}` | the request waits until it is released: a place to end a client at |
//! | `"expireToken"` | the token of the request is no longer good |
//! | `{"expireUpload": {"renewed": true}}` | the upload URL is no longer good; reading the draft gives another one, or not |
//! | `{"untaken": ["/pricing/priceId"]}` | an update that does not take these members, without a word |
//! | `{"meanwhile": {"when": "before", "events": [{"edit": {…}}]}}` | somebody else works on the product: `create`, `createInPortal`, `edit` and `editPublished` (JSON merge patches), `delete`, `publish` |
//! | `{"course": {"statuses": ["PreProcessing", "CertificationFailed"], "errors": […]}}` | how the submission fares that the request commits; also other `packages` than were committed, or anything else that is `published` |
//! | `{"republish": {"millis": 500}}` | what follows when a rollout was finalized: create answers 400 for a while |
//!
//! What is in one fault happens in one go with the request, under one lock. A fault that cannot happen — there is no
//! draft to change — does not: the request is answered as usual and is not counted. `requests.ndjson` marks each request
//! that met one with its name as `fault`; `status` is what the client was told, `applied` what the service made of the
//! request when the client was not told that. Faults are kept in memory only. Switching one off also heals what of it
//! lasts: a token, a course, a held request. `faults::admin` lists the surface. Throttling by a budget of requests is
//! not a fault but the rule `requestsPerMinute` of the seed.

mod answer;
mod api;
mod archive;
mod blob;
mod checks;
mod clock;
mod commit;
mod faults;
mod files;
mod images;
mod log;
mod login;
mod model;
mod package;
mod plant;
mod request;
mod response;
mod seed;
mod server;
mod state;
mod store;
mod update;
mod values;
mod words;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;
use tokio_util::task::TaskTracker;

pub use self::seed::{Credentials, seed_schema};

use self::blob::Blobs;
use self::faults::{Connection, Connections, Faults};
use self::log::Log;
use self::plant::plant;
use self::seed::Seed;
use self::server::Server;
use self::store::Store;

/// How long [`Sandbox::stop`] waits for requests that are being answered.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a sandbox is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen: a loopback address; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The folder that all state is kept in; made when it is missing.
    pub data: PathBuf,
    /// The account to start with. Used only when `data` holds no state yet; without one the account is empty.
    pub seed: Option<PathBuf>,
}

/// Where a sandbox is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// The root of the API, with `/v1.0/my`.
    pub api: String,
    /// The root of the login.
    pub login: String,
    /// The root of upload URLs.
    pub blob: String,
    /// The root of the admin surface, which switches faults on.
    pub admin: String,
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Anybody could reach it.
    #[error(
        "the sandbox cannot listen on `{0}`: it has no real protection, give a loopback address such as `127.0.0.1:0`"
    )]
    NotLoopback(SocketAddr),
    /// The port is taken, or may not be used.
    #[error("the sandbox cannot listen on `{address}`, choose another port or 0 for any")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Another process has the folder.
    #[error("the folder `{}` is used by another sandbox that is running, stop it or choose another folder", .0.display())]
    InUse(PathBuf),
    /// The folder cannot be used.
    #[error("the folder `{}` cannot be used for the state of a sandbox", .path.display())]
    Data {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The seed cannot be read.
    #[error("the seed `{}` cannot be read", .path.display())]
    SeedUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The seed is not what `storeward schema seed` describes.
    #[error("the seed `{}` is not valid: {source}; see `storeward schema seed`", .path.display())]
    SeedInvalid {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: serde_json::Error,
    },
    /// The seed contradicts itself.
    #[error("the seed `{}` cannot be used: {reason}", .path.display())]
    SeedUnusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// A running sandbox. Dropping it stops it, too, without waiting for requests that are being answered.
#[derive(Debug)]
pub struct Sandbox {
    endpoints: Endpoints,
    credentials: Credentials,
    stop: DropGuard,
    task: JoinHandle<io::Result<()>>,
    /// What is still on its way when nobody listens for it.
    work: TaskTracker,
    /// Held as long as the folder is used.
    lock: File,
}

/// Starts a sandbox.
pub async fn start(options: Options) -> Result<Sandbox, SandboxError> {
    if !options.listen.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(options.listen));
    }
    let data = options.data.as_path();
    let lock = lock(data)?;
    let in_data = |source| SandboxError::Data { path: data.to_owned(), source };
    let blobs = Arc::new(Blobs::open(data).map_err(in_data)?);
    let store = open_store(data, blobs.scratch(), options.seed.as_deref())?;
    let log = Log::open(&data.join("requests.ndjson")).map_err(in_data)?;
    let listening = |source| SandboxError::Listen { address: options.listen, source };
    let listener = TcpListener::bind(options.listen).await.map_err(listening)?;
    let address = listener.local_addr().map_err(listening)?;
    let endpoints = Endpoints {
        api: format!("http://{address}/v1.0/my"),
        login: format!("http://{address}"),
        blob: format!("http://{address}/blob"),
        admin: format!("http://{address}/{}", request::ADMIN),
    };
    let credentials = store.credentials.clone();
    let server = Server {
        store: Mutex::new(store),
        blobs,
        endpoints: endpoints.clone(),
        log,
        pace: Mutex::default(),
        faults: Faults::default(),
        work: TaskTracker::new(),
    };
    let (ended, work) = (server.faults.ended.clone(), server.work.clone());
    let router = axum::Router::new().fallback(server::handle).with_state(Arc::new(server));
    let router = router.into_make_service_with_connect_info::<Connection>();
    let stopped = ended.clone().cancelled_owned();
    let serve = axum::serve(Connections(listener), router).with_graceful_shutdown(stopped);
    let task = tokio::spawn(async move { serve.await });
    Ok(Sandbox { endpoints, credentials, stop: ended.drop_guard(), task, work, lock })
}

/// Takes the folder for this process. The lock goes with the process, however that ends.
fn lock(data: &Path) -> Result<File, SandboxError> {
    let in_data = |source| SandboxError::Data { path: data.to_owned(), source };
    std::fs::create_dir_all(data).map_err(in_data)?;
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true).open(data.join("lock")).map_err(in_data)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SandboxError::InUse(data.to_owned())),
        Err(TryLockError::Error(error)) => Err(in_data(error)),
    }
}

/// The state of an earlier process, or a new one.
fn open_store(data: &Path, scratch: &Path, seed: Option<&Path>) -> Result<Store, SandboxError> {
    let in_data = |source| SandboxError::Data { path: data.to_owned(), source };
    let file = data.join("state.json");
    if let Some(store) = Store::load(&file, scratch).map_err(in_data)? {
        return Ok(store);
    }
    let planted = match seed {
        None => plant(Seed::default(), Timestamp::now()),
        Some(path) => plant(Seed::read(path)?, Timestamp::now()),
    };
    let state = planted.map_err(|reason| SandboxError::SeedUnusable {
        path: seed.map(Path::to_owned).unwrap_or_default(),
        reason,
    })?;
    let mut store = Store::new(state, file, scratch.to_owned());
    store.save().map_err(in_data)?;
    Ok(store)
}

impl Sandbox {
    /// Where it is reached.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// What its login accepts.
    pub fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }

    /// Stops it: no request is taken any more, those that are being answered are finished, the folder is free.
    pub async fn stop(self) {
        let Self { stop, mut task, work, lock, .. } = self;
        drop(stop);
        work.close();
        let finished = async {
            // How it ended is no matter for who stops it.
            let _ = (&mut task).await;
            work.wait().await;
        };
        if tokio::time::timeout(PATIENCE, finished).await.is_err() {
            task.abort();
        }
        // Closing the file is not enough: a process that another thread starts has it, too, until it runs its own
        // program. Should this fail, closing has to do.
        let _ = lock.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stopped_sandbox_lets_go_of_its_folder_whoever_has_inherited_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let options =
            Options { listen: ([127, 0, 0, 1], 0).into(), data: folder.path().to_owned(), seed: None };
        let first = start(options.clone()).await.unwrap();
        let inherited = first.lock.try_clone().unwrap();
        first.stop().await;
        start(options).await.unwrap().stop().await;
        drop(inherited);
    }
}
