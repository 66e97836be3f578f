//! The faults that are switched on, and how often each happened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::fault::Fault;
use super::holds::{Holding, Holds};
use super::met::Met;
use super::operations::Seen;
use crate::sandbox::request::Head;

/// The faults of a sandbox, in the order in which they were switched on.
#[derive(Default)]
pub(in crate::sandbox) struct Faults {
    standing: Mutex<Vec<Standing>>,
    pub(super) holds: Holds,
    /// Cancelled when the sandbox ends: nobody waits any longer.
    pub(in crate::sandbox) ended: CancellationToken,
}

struct Standing {
    name: String,
    fault: Arc<Fault>,
    /// Requests that `on` describes.
    seen: u64,
    fired: u64,
}

/// A fault as the admin surface shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    name: String,
    fault: Arc<Fault>,
    /// How many requests so far `on` describes.
    seen: u64,
    /// How many of them have met it.
    fired: u64,
    /// The requests that it holds.
    held: Vec<Holding>,
}

impl Faults {
    fn standing(&self) -> MutexGuard<'_, Vec<Standing>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Switches a fault on.
    pub(super) fn put(&self, name: &str, fault: Fault) {
        let fault = Arc::new(fault);
        self.standing().push(Standing { name: name.to_owned(), fault, seen: 0, fired: 0 });
    }

    /// Switches a fault off, and lets go of what it holds.
    pub(super) async fn remove(&self, name: &str) {
        self.standing().retain(|standing| standing.name != name);
        self.holds.release(name).await;
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.standing().iter().map(|standing| standing.name.clone()).collect()
    }

    pub(super) fn list(&self) -> Vec<Listed> {
        self.standing().iter().map(|standing| self.listed(standing)).collect()
    }

    pub(super) fn find(&self, name: &str) -> Option<Listed> {
        self.standing().iter().find(|standing| standing.name == name).map(|standing| self.listed(standing))
    }

    fn listed(&self, standing: &Standing) -> Listed {
        let Standing { name, fault, seen, fired } = standing;
        Listed {
            name: name.clone(),
            fault: Arc::clone(fault),
            seen: *seen,
            fired: *fired,
            held: self.holds.of(name),
        }
    }

    /// The requests that a fault holds, as soon as there is one; none after this time.
    pub(super) async fn held(&self, name: &str, most: Duration) -> Vec<Holding> {
        self.holds.wait(name, most, &self.ended).await.unwrap_or_default()
    }

    /// The fault that a request meets, if any: the first whose turn it is.
    pub(in crate::sandbox) fn meet(&self, request: &Head) -> Met {
        let seen = Seen::of(request);
        let mut met = None;
        for standing in self.standing().iter_mut().filter(|standing| standing.fault.on.is_met_by(&seen)) {
            let nth = standing.seen;
            standing.seen += 1;
            let after_skip = nth.checked_sub(u64::from(standing.fault.skip));
            let its_turn = after_skip
                .is_some_and(|n| n.is_multiple_of(u64::from(standing.fault.every.get())))
                && standing.fault.times.is_none_or(|times| standing.fired < u64::from(times));
            if its_turn && met.is_none() {
                standing.fired += 1;
                met = Some((standing.name.clone(), Arc::clone(&standing.fault)));
            }
        }
        Met::new(request, met)
    }

    /// Takes it back that a fault has happened.
    pub(super) fn missed(&self, fault: &Arc<Fault>) {
        let mut standing = self.standing();
        if let Some(standing) = standing.iter_mut().find(|standing| Arc::ptr_eq(&standing.fault, fault)) {
            standing.fired = standing.fired.saturating_sub(1);
        }
    }
}
