//! The states of a submission.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A submission's status as the service spells it; open, because unlisted values have been seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Status(String);

/// What a status means for a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// `PendingCommit`: a draft, the only editable state. After a commit it means that the commit was lost
    /// (`mozilla-releng/scriptworker-scripts#1273`).
    Draft,
    /// `CommitStarted`: the service checks what was committed.
    Committing,
    /// Accepted, not yet certified; also every value that is not known, which is polled on.
    Accepted,
    /// `Release` and later: certified. With `Manual` or `SpecificDate` it rests in `Release`.
    Certified,
    /// `Published`.
    Published,
    /// A `*Failed` state or `Canceled`.
    Dead,
}

const ORDER: &[(&str, Phase)] = &[
    ("PendingCommit", Phase::Draft),
    ("CommitStarted", Phase::Committing),
    ("PreProcessing", Phase::Accepted),
    ("Certification", Phase::Accepted),
    ("Release", Phase::Certified),
    ("PendingPublication", Phase::Certified),
    ("Publishing", Phase::Certified),
    ("Published", Phase::Published),
    ("CommitFailed", Phase::Dead),
    ("PreProcessingFailed", Phase::Dead),
    ("CertificationFailed", Phase::Dead),
    ("ReleaseFailed", Phase::Dead),
    ("PublishFailed", Phase::Dead),
    ("Canceled", Phase::Dead),
];

impl Status {
    /// The status that the service calls `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The service's spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it means; a value that no source lists counts as [`Phase::Accepted`] and is polled on.
    pub fn phase(&self) -> Phase {
        ORDER.iter().find(|(name, _)| *name == self.0).map_or(Phase::Accepted, |(_, phase)| *phase)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_states_are_polled_on() {
        assert_eq!(Status::new("CertificationInProgress").phase(), Phase::Accepted);
        assert!(Status::new("Published").phase() > Status::new("Publishing").phase());
        assert_eq!(Status::new("Canceled").phase(), Phase::Dead);
    }
}
