//! Storeward is a declarative release manager for the Microsoft Store.
//!
//! A team keeps the wanted state of its Store products as YAML manifests in git. `storeward plan` compares
//! them with the live state in Partner Center and shows every change; `storeward apply` carries exactly
//! those changes out: clone, update, upload, commit, poll.
//!
//! # Rooms
//!
//! | Module | What it is for | What it must not do |
//! |---|---|---|
//! | [`cli`] | one file per command; settings from flags and environment; prompts | decide anything about a release |
//! | [`render`] | plans, events and diagnostics as text, JSON or annotations | compute differences |
//! | [`apply`] | carries a plan out: reconcile, clone, update, upload, commit, poll; emits events | print, or plan differently |
//! | [`plan`] | compares desired with live: changes, guards, blockers, steps, fingerprint | I/O, clock, environment |
//! | [`manifest`] | YAML with positions, decoded into desired state; collects every error; live state written down as YAML | talk to the network |
//! | [`submission`] | what a submission is: the field table, the lossless document, canonical forms | know where values come from |
//! | [`asset`] | local files: digest, image header, package manifest, archive | know the API |
//! | [`partner_center`] | the remote API: one client, authentication, reader, writer, upload | decide what to send |
//! | [`sandbox`] | a local Partner Center, for trying things out and for tests | share logic with `plan` or `apply` |
//!
//! # Directions
//!
//! `cli` → `render`, `apply` → `plan` → `manifest` → `submission`, `asset`; and `apply`, `cli` →
//! `partner_center` → `submission`. `render` shows the events of `apply`. Nothing points back;
//! `tests/it/architecture.rs` holds the table.
//!
//! # How a release flows
//!
//! 1. [`manifest`] reads the YAML and the files it names and lowers them, through the field table of
//!    [`submission`], to a list of *owned paths with values*: the desired state.
//! 2. A [`partner_center`] reader fetches the live state as documents that lose nothing, or a snapshot has kept what one
//!    fetched earlier.
//! 3. [`plan`] compares the two in canonical form. Its result is plain data, and the only source of
//!    every output and of what is sent.
//! 4. [`apply`] clones the published submission, plans again on the clone, and sends the clone *overlaid
//!    with the planned changes*, so that nothing else can change. It reads back what it sent, uploads one
//!    ZIP that exists only as a layout, commits, and follows the status.

pub mod apply;
pub mod asset;
pub mod cli;
pub mod manifest;
pub mod partner_center;
pub mod plan;
pub mod render;
pub mod sandbox;
pub mod submission;
