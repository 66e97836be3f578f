//! Carries a plan out: reconcile, clone, update, upload, commit, poll.
//!
//! [`apply`] is the door. It keeps no state: where an earlier run was killed, the remote documents say where to go
//! on. It prints nothing; it emits [`Event`]s, which terminals, logs and files show in their own ways.

mod app;
mod error;
mod event;
mod follow;
mod upload;
mod verify;

pub use app::{Job, apply};
pub use error::ApplyError;
pub use event::{Event, Outcome, Report};
pub use follow::WaitFor;
