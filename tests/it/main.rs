//! All integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod architecture;
mod payloads;
mod published_samples;
mod sandbox_rules;
mod support;
