//! Carries a plan out: reconcile, clone, update, upload, commit, poll.
//!
//! [`apply`] is the door. It keeps no state: where an earlier run was killed, the remote documents say where to go
//! on. It prints nothing; it emits [`Event`]s, which terminals, logs and files show in their own ways; [`Standing`] says
//! where each resource stands by them.
//!
//! A [`Job`] has a `Work` for each resource. What is submitted goes through `Submit`: its draft, its upload, its commit,
//! its status. Every change that must not be made twice goes through `settle`.

mod complaint;
mod draft;
mod error;
mod event;
mod follow;
mod job;
mod members;
mod receipt;
mod rollout;
mod settle;
mod standing;
mod submit;
mod upload;
mod verify;
mod work;

pub use complaint::Complaint;
pub use error::ApplyError;
pub use event::{EVENTS_VERSION, Emit, Event, Outcome, PackageThere, Planned, Record, Report, Why};
pub use follow::WaitFor;
pub use job::{Job, apply, blocked, discard, follow_pending};
pub use receipt::{Circumstances, OutcomeWord, Receipt, ResourceReceipt};
pub use standing::{DoneCall, End, Standing, Stands, TimedStep, Waited};
pub use verify::change_differences;
