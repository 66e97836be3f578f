//! What planning many products takes on a slow line: 40 apps, and 40 apps with two add-ons and a flight each.
//!
//! The released program runs as two processes, a local Partner Center and a client that plans; between them every request
//! is held for 100 ms, as a distant and busy service would. No more than eight requests are on their way at a time, so
//! the wall time cannot be less than an eighth of all of it. Times are printed only, of the fastest of three rounds: as
//! the ratio to that. How many requests there are, and how many at a time, is asserted.
//!
//! `cargo bench --bench plan_requests`

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that panics has failed")]

#[path = "../tests/it/support/crowd.rs"]
mod crowd;
#[path = "../tests/it/support/plain_http.rs"]
#[expect(dead_code, reason = "the rest is for the tests")]
mod plain_http;
#[path = "../tests/it/support/png.rs"]
mod png;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "the rest is for another benchmark")]
mod process;
#[path = "../tests/it/support/proxy.rs"]
#[expect(dead_code, reason = "the rest is for the tests")]
mod proxy;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "../tests/it/support/things.rs"]
#[expect(dead_code, unused_imports, reason = "the rest is for the tests")]
mod things;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crowd::Crowd;
use process::Ended;
use sandbox::{Sandbox, client};

/// How long a request is held.
const DELAY: Duration = Duration::from_millis(100);
/// How many requests may be on their way at a time.
const IN_FLIGHT: usize = 8;
const ROUNDS: usize = 3;

fn main() {
    println!("a plan with {} ms for each request, the fastest of {ROUNDS} rounds", DELAY.as_millis());
    for crowd in [Crowd { apps: 40, add_ons: 0, flights: 0 }, Crowd { apps: 40, add_ons: 2, flights: 1 }] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("seed.json"), crowd.seed().to_string()).unwrap();
        crowd.write(folder.path());
        let sandbox = Sandbox::start(folder.path());
        let wall = (0..ROUNDS).map(|_| round(folder.path(), &sandbox, crowd)).min().unwrap();
        let least = DELAY * u32::try_from(crowd.requests().div_ceil(IN_FLIGHT)).unwrap();
        println!(
            "  {} apps, {} add-ons, {} flights: {} requests in {:.2} s = {:.2} x what {IN_FLIGHT} at a time allow",
            crowd.apps,
            crowd.apps * crowd.add_ons,
            crowd.apps * crowd.flights,
            crowd.requests(),
            wall.as_secs_f64(),
            wall.as_secs_f64() / least.as_secs_f64()
        );
    }
}

/// Plans once, and says how long it took.
fn round(folder: &Path, sandbox: &Sandbox, crowd: Crowd) -> Duration {
    let counts: Arc<[AtomicUsize; 3]> = Arc::default();
    let seen = Arc::clone(&counts);
    let host = sandbox.endpoints.login.trim_end_matches('/');
    let between = proxy::proxy_of_many(
        host,
        Arc::new(move |passing, forward| {
            let [all, now, most] = &*seen;
            all.fetch_add(1, Ordering::SeqCst);
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(DELAY);
            let answer = forward(&passing);
            now.fetch_sub(1, Ordering::SeqCst);
            answer
        }),
    );
    let mut command = client(folder, &sandbox.endpoints);
    command.arg("plan").env("STOREWARD_API_URL", format!("{between}/v1.0/my"));
    let ended = Ended::run(&mut command);
    assert_eq!(ended.status.code(), Some(0), "{}\n{:#?}", ended.stdout, ended.stderr);
    let [all, _, most] = &*counts;
    assert_eq!(all.load(Ordering::SeqCst), crowd.requests());
    assert!(most.load(Ordering::SeqCst) <= IN_FLIGHT, "{most:?} at a time");
    ended.wall
}
