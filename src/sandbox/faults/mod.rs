//! Faults: what goes wrong, switched on while the sandbox runs, for tests.
//!
//! | Room | What it is for |
//! |---|---|
//! | `fault` | what a fault is: data |
//! | `operations` | the names of requests |
//! | `matching` | which requests a fault meets |
//! | `list` | the faults that are switched on, and how often each happened |
//! | `met` | what becomes of a request that meets one |
//! | `words` | what is answered in the place of the service |
//! | `account` | what happens in the account, in one go with the request |
//! | `aftermath` | what lasts after the request |
//! | `holds` | requests that are held |
//! | `connection` | connections that can be reset |
//! | `admin` | the admin surface |
//!
//! All of it is kept in memory only. What a fault does to the account — a draft that somebody else changes — is in
//! the state of the account as if it had come from a client.

mod account;
mod admin;
mod aftermath;
mod connection;
mod fault;
mod holds;
mod list;
mod matching;
mod met;
mod operations;
mod words;

pub(super) use self::account::{Deeds, merge};
pub(super) use self::admin::administer;
pub(super) use self::aftermath::{Aftermath, Next};
pub(super) use self::connection::{Connection, Connections};
pub(super) use self::fault::OldPackages;
pub(super) use self::list::Faults;
pub(super) use self::met::Fate;
