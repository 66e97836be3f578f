//! Requests that are held until they are released.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use super::fault::When;

/// A request that is held.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox) struct Holding {
    pub when: When,
    pub method: String,
    pub path: String,
    pub correlation_id: String,
}

/// Dropped when a released request has come to its end, or to its next stop.
pub(super) type Released = oneshot::Sender<()>;

struct Held {
    fault: String,
    request: Holding,
    go: oneshot::Sender<Released>,
}

#[derive(Default)]
pub(super) struct Holds {
    held: Mutex<Vec<Held>>,
    /// Told whenever a request begins to be held.
    more: Notify,
}

impl Holds {
    fn held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds a request until it is released; none when the sandbox ends.
    pub(super) async fn hold(
        &self,
        fault: &str,
        request: Holding,
        ended: &CancellationToken,
    ) -> Option<Released> {
        let (go, released) = oneshot::channel();
        self.held().push(Held { fault: fault.to_owned(), request, go });
        self.more.notify_waiters();
        // Whoever is not released stays in the list of a sandbox that ends.
        ended.run_until_cancelled(released).await?.ok()
    }

    /// The requests that a fault holds, as soon as there is one; none after this time.
    pub(super) async fn wait(
        &self,
        fault: &str,
        most: Duration,
        ended: &CancellationToken,
    ) -> Option<Vec<Holding>> {
        let some = async {
            loop {
                let mut more = std::pin::pin!(self.more.notified());
                more.as_mut().enable();
                let held = self.of(fault);
                if !held.is_empty() {
                    return held;
                }
                more.await;
            }
        };
        tokio::time::timeout(most, ended.run_until_cancelled(some)).await.ok()?
    }

    /// The requests that a fault holds.
    pub(super) fn of(&self, fault: &str) -> Vec<Holding> {
        self.held().iter().filter(|held| held.fault == fault).map(|held| held.request.clone()).collect()
    }

    /// Releases what a fault holds, and waits until it has come to its end or to its next stop. Returns how many
    /// requests it were.
    pub(super) async fn release(&self, fault: &str) -> usize {
        let of_fault: Vec<Held> = self.held().extract_if(.., |held| held.fault == fault).collect();
        let count = of_fault.len();
        for held in of_fault {
            let (done, ends) = oneshot::channel();
            // A request that is no longer there needs no release.
            if held.go.send(done).is_ok() {
                // Nothing is ever sent: it ends when the other side is dropped.
                let _ = ends.await;
            }
        }
        count
    }
}
