//! Carries a plan out: reconcile, clone, update, upload, commit, poll.
//!
//! [`apply`] is the door. It keeps no state: where an earlier run was killed, the remote documents say where to go
//! on. It prints nothing; it emits [`Event`]s, which terminals, logs and files show in their own ways.

//!
//! A [`Job`] has a `Work` for each resource. What is submitted goes through `Submit`: its draft, its upload, its commit,
//! its status. Every change that must not be made twice goes through `settle`.

mod complaint;
mod discard;
mod draft;
mod error;
mod event;
mod follow;
mod job;
mod members;
mod rollout;
mod settle;
mod submit;
mod turn;
mod upload;
mod verify;
mod work;

pub use complaint::Complaint;
pub use error::ApplyError;
pub use event::{Event, Outcome, Report};
pub use follow::WaitFor;
pub use job::{Job, apply};
