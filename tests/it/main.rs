//! All integration tests, in one binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers; the lint knows only functions marked `#[test]`"
)]

mod architecture;
mod asset_archive;
mod asset_package;
mod asset_package_bombs;
mod asset_package_hostile;
mod corpus;
mod drifting;
mod hostile_manifests;
mod manifest_schema;
mod meddling;
mod payloads;
mod published_samples;
mod release_stories;
mod rollout_stories;
mod sandbox_rules;
mod schemas;
mod support;
mod transport;
mod validating;
