//! Compares desired with live state. Pure: no I/O, no clock, no environment.
//!
//! [`plan`] is the door. For each resource it lays the desired state over the live document
//! ([`overlay`](lay_over)), which gives the changes and, in the same pass, the document that would be sent; then it
//! names the risks ([`Guard`](crate::manifest::Guard)), what stands in the way ([`Blocker`]), and the [`Step`]s.
//! For each resource `planning` decides what is to become of it, and `submitting` what comes of its overlay.
//! [`Plan`] is plain data: the one source of every output, and of what `apply` does.

mod approved;
mod begun;
mod blocker;
mod busy;
mod checks;
mod creation;
mod difference;
mod discard;
mod done;
mod drift;
mod fingerprint;
mod flights;
mod guards;
mod icons;
mod images;
mod intended;
mod notes;
mod offline;
mod order;
mod origin;
mod overlay;
mod packages;
mod part;
mod pending;
mod permits;
mod planner;
mod planning;
mod rollout;
mod running;
mod status;
mod submitting;
mod targets;
#[cfg(test)]
mod tests;
mod theirs;
mod trailers;
mod types;
mod unlike;

pub use blocker::{Blocker, BlockerKind};
pub use difference::{
    CameAndWent, ChangeDifference, Difference, ResourceDifference, WasAndIs, change_differences, difference,
};
pub use discard::Discard;
pub use drift::{Drift, DriftCounts, DriftedResource};
pub use intended::Intended;
pub use notes::Notes;
pub use offline::as_git_says;
pub use overlay::{Baseline, Options, Overlay, lay_over};
pub use pending::{DraftKind, Pending, classify};
pub use permits::Allowance;
pub use planner::{Product, plan};
pub use running::newest as newest_version;
pub use status::{
    Asked, MadeBy, PackageStatus, PendingState, PendingStatus, ProductStatus, PublishedStatus, RolloutStatus,
    RolloutWord, STATUS_VERSION, StatusOfAll,
};
pub use types::{
    Action, AssetRef, Base, BaselineRef, Change, ChangeRoute, Counts, FORMAT_VERSION, FileCount,
    Fingerprints, GuardHit, InProgress, InTheWay, KeptPackage, LiveSource, MadeOf, Op, Origin, Plan,
    PublishedBy, ReleaseRef, ResourcePlan, Route, Step, StepKind,
};
pub use unlike::{Unlike, unlike};
