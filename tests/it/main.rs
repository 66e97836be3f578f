//! All integration tests, in one binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers; the lint knows only functions marked `#[test]`"
)]

mod approving;
mod architecture;
mod asset_archive;
mod asset_package;
mod asset_package_bombs;
mod asset_package_hostile;
mod azurite;
mod busy;
mod ci_outputs;
mod command_line;
mod corpus;
mod credentials;
mod discarding;
mod documents;
mod drifting;
mod every_kind;
mod faults;
mod flows;
mod hostile_manifests;
mod hostile_texts;
mod incidents;
mod manifest_schema;
mod meddling;
mod payloads;
mod prices;
mod published_samples;
mod pulling;
mod reading;
mod release_stories;
mod resuming;
mod rollout_stories;
mod sandbox_rules;
mod schemas;
mod snapshots;
mod starting;
mod support;
mod transport;
mod updating;
mod uploads;
mod validating;
mod watching;
