//! When to call: the pauses between tries, and one gate for the whole run.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How often a call is tried.
pub(super) const TRIES: u32 = 5;
/// The longest pause that an answer can ask for.
const LONGEST: Duration = Duration::from_mins(2);

/// Holds every call of a run while the service wants to be left alone.
pub(super) struct Gate(Mutex<Instant>);

impl Gate {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    /// Lets nobody through before this instant.
    pub(super) async fn hold(&self, until: Instant) {
        let mut gate = self.0.lock().await;
        *gate = (*gate).max(until);
    }

    /// Returns when the gate is open; it may be held longer while somebody waits at it. `held` hears until when.
    pub(super) async fn pass(&self, held: impl Fn(Instant)) {
        loop {
            let until = *self.0.lock().await;
            if Instant::now() >= until {
                return;
            }
            held(until);
            tokio::time::sleep_until(until).await;
        }
    }
}

/// The pause after the first, second, … try where no answer asks for another: 1, 2, 4, 8 s.
pub(super) fn backoff(tries: u32) -> Duration {
    Duration::from_secs(1 << (tries - 1))
}

/// The pause that an answer asks for: in `Retry-After`, or, when it throttles, in words.
pub(super) fn asked(status: u16, headers: &HeaderMap, message: Option<&str>) -> Option<Duration> {
    let header = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
    let words = || message.filter(|_| status == 429).and_then(seconds_in);
    seconds.or_else(words).map(|pause| pause.min(LONGEST))
}

/// The seconds that a throttling answer names: *Try again in 14 seconds* (`microsoft/msstore-cli#125`).
fn seconds_in(message: &str) -> Option<Duration> {
    let (_, rest) = message.split_once("again in ")?;
    rest.split_whitespace().next()?.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_and_words_name_the_pause() {
        let words = Some("Rate limit is exceeded. Try again in 14 seconds.");
        let mut headers = HeaderMap::new();
        assert_eq!(asked(429, &headers, words), Some(Duration::from_secs(14)));
        assert_eq!(asked(400, &headers, words), None);
        assert_eq!(asked(429, &headers, Some("busy")), None);
        headers.insert(RETRY_AFTER, "3".parse().unwrap());
        assert_eq!(asked(503, &headers, None), Some(Duration::from_secs(3)));
        assert_eq!(asked(429, &headers, words), Some(Duration::from_secs(3)));
        headers.insert(RETRY_AFTER, "86400".parse().unwrap());
        assert_eq!(asked(503, &headers, None), Some(LONGEST));
    }

    #[tokio::test]
    async fn a_gate_that_is_held_longer_meanwhile_stays_shut() {
        let (gate, start) = (Gate::new(), Instant::now());
        gate.hold(start + Duration::from_millis(20)).await;
        let extend = async {
            gate.hold(start + Duration::from_millis(120)).await;
            gate.hold(start + Duration::from_millis(30)).await;
        };
        // In this order: the first has looked at the gate when the second begins.
        let heard = std::cell::RefCell::new(Vec::new());
        futures::join!(gate.pass(|until| heard.borrow_mut().push(until)), extend);
        assert_eq!(heard.into_inner(), [20, 120].map(|millis| start + Duration::from_millis(millis)));
        assert!(start.elapsed() >= Duration::from_millis(120), "{:?}", start.elapsed());
    }
}
