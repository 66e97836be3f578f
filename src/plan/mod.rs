//! Compares desired with live state. Pure: no I/O, no clock, no environment.
//!
//! [`plan`] is the door. For each resource it lays the desired state over the live document
//! ([`overlay`](lay_over)), which gives the changes and, in the same pass, the document that would be sent; then it
//! names the risks ([`Guard`](crate::manifest::Guard)), what stands in the way ([`Blocker`]), and the [`Step`]s.
//! [`Plan`] is plain data: the one source of every output, and of what `apply` does.

mod blocker;
mod checks;
mod creation;
mod fingerprint;
mod guards;
mod icons;
mod images;
mod kept;
mod notes;
mod overlay;
mod packages;
mod pending;
mod planner;
mod rollout;
mod running;
mod targets;
#[cfg(test)]
mod tests;
mod trailers;
mod types;

pub use blocker::{Blocker, BlockerKind};
pub use notes::{Notes, NotesText, notes};
pub use overlay::{Baseline, Options, Overlay, lay_over};
pub use pending::{DraftKind, Pending, classify};
pub use planner::{Product, plan};
pub use types::{
    Action, AssetRef, Base, BaselineRef, Change, ChangeRoute, Counts, Fingerprints, GuardHit, InProgress,
    Kept, LiveSource, MadeOf, Op, Origin, Plan, PublishedBy, ReleaseRef, ResourcePlan, RolloutState, Route,
    Step, StepKind, Why,
};
