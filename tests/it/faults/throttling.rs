//! A crowd of products against a service that answers twenty requests a minute.
//!
//! Minutes are shorter here: a gate in front of the sandbox counts, and the waits of the run are scaled alike.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::crowd::{Crowd, app_id};
use crate::support::plain_http::Answer;
use crate::support::proxy::{Passing, proxy_of_many};
use crate::support::story::{Story, run};

const FIFTY: Crowd = Crowd { apps: 50, add_ons: 0, flights: 0 };
const IN_A_MINUTE: usize = 20;
/// How much shorter than a minute.
const SCALE: f64 = 0.004;

/// The requests of the window that is open, and all that were turned away: when, and in which window.
#[derive(Default)]
struct Gate {
    opened: Option<Instant>,
    windows: usize,
    answered: usize,
    /// What was turned away: the window, the method and the path.
    refused: Vec<(usize, String)>,
    /// What was let through, in the order of coming.
    passed: Vec<String>,
}

impl Gate {
    /// Whether one more request is let through; else how many seconds of the service's are left of the minute.
    fn admit(&mut self, request: &str) -> Result<(), u64> {
        let minute = Duration::from_mins(1).mul_f64(SCALE);
        let now = Instant::now();
        if self.opened.is_none_or(|opened| now - opened >= minute) {
            (self.opened, self.answered) = (Some(now), 0);
            self.windows += 1;
        }
        if self.answered < IN_A_MINUTE {
            self.answered += 1;
            self.passed.push(request.to_owned());
            return Ok(());
        }
        self.refused.push((self.windows, request.to_owned()));
        let left = self.opened.map_or(minute, |opened| (opened + minute).saturating_duration_since(now));
        // Whole seconds, rounded up, as the service counts them.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 60")]
        Err((left.as_secs_f64() / SCALE).ceil() as u64 + 1)
    }
}

#[test]
fn fifty_products_pass_a_gate_of_twenty_requests_a_minute() {
    let story = Story::with_seed(&FIFTY.seed(), "");
    std::fs::remove_file(story.path("store.yaml")).unwrap();
    for app in 0..FIFTY.apps {
        let texts = "submission: {listings: {en-us: {description: New words}}}";
        story.write(
            &format!("app-{app}.yaml"),
            format!("kind: App\nname: app-{app}\nid: {}\n{texts}\n", app_id(app)),
        );
    }
    let gate: Arc<Mutex<Gate>> = Arc::default();
    let host = story.store.endpoints.login.trim_end_matches('/').to_owned();
    let counted = Arc::clone(&gate);
    let address = proxy_of_many(
        &host,
        Arc::new(move |passing: Passing, forward: &dyn Fn(&Passing) -> Answer| {
            let request = format!("{} {}", passing.method, passing.target);
            let admitted = counted.lock().unwrap().admit(&request);
            match admitted {
                Ok(()) => forward(&passing),
                Err(seconds) => {
                    let words = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
                    let headers = vec![("Retry-After".to_owned(), seconds.to_string())];
                    let body = json!({ "statusCode": 429, "message": words }).to_string().into_bytes();
                    Answer { status: 429, headers, body }
                }
            }
        }),
    );
    let arguments = ["apply", "--yes", "--wait", "committed", "--timeout", "720h"];
    let mut command = story.command(&arguments);
    command
        .env("STOREWARD_API_URL", format!("{address}/v1.0/my"))
        .env("STOREWARD_TIME_SCALE", SCALE.to_string());
    let ran = run(&mut command).ended(0);
    let gate = gate.lock().unwrap();
    // None lost: every product has its one new submission.
    for app in 0..FIFTY.apps {
        assert!(ran.stdout.contains(&format!("app/app-{app}: submission ")), "{app}: {}", ran.stdout);
    }
    let creates = |line: &&String| line.starts_with("POST") && line.contains("/submissions?");
    assert_eq!(gate.passed.iter().filter(creates).count(), FIFTY.apps);
    let commits = |line: &&String| line.ends_with("/commit");
    assert_eq!(gate.passed.iter().filter(commits).count(), FIFTY.apps);
    // What was on its way when the window was used up is turned away, once, and waits for the next window.
    let mut refused = gate.refused.clone();
    refused.sort();
    let twice: Vec<&(usize, String)> =
        refused.windows(2).filter(|two| two[0] == two[1]).map(|two| &two[0]).collect();
    assert!(twice.is_empty(), "turned away more than once in one window: {twice:?}");
    // Where the machine is too busy to fill a window, nothing is turned away.
    assert!(gate.windows > 1 && (!refused.is_empty() || gate.windows > 20), "{} windows", gate.windows);
    let lost: Vec<Value> =
        story.store.requests().into_iter().filter(|request| request["status"] == 500).collect();
    assert_eq!(lost, Vec::<Value>::new());
}
