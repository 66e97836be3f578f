//! *Kill it anywhere, run it again, it converges*: every fault at every call that changes something, and an end at every request.
//!
//! A part of each table is in every run; the whole tables are printed by
//! `cargo test --test it -- faults:: --ignored --nocapture --test-threads=1`.

mod account;
mod kills;
mod matrix;
mod scene;
mod secrets;
mod throttling;
