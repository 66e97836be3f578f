//! `storeward --version`, for people and for programs.

use std::ffi::OsString;

use serde_json::json;

use crate::apply::EVENTS_VERSION;
use crate::partner_center::Snapshot;
use crate::plan::{FORMAT_VERSION, STATUS_VERSION};
use crate::render;

use super::out;

/// Prints the version as JSON where the command line that asked for it wants JSON. Returns whether it did.
pub(super) fn printed_as_json(given: &[OsString]) -> bool {
    let words: Vec<&str> = given.iter().filter_map(|word| word.to_str()).collect();
    let wants_json =
        words.contains(&"--output=json") || words.windows(2).any(|pair| pair == ["--output", "json"]);
    if wants_json {
        // A closed pipe is not worth an error.
        let _ = out::result(&render::json(&json!({
            "name": "storeward",
            "version": env!("CARGO_PKG_VERSION"),
            // Set by whoever builds a release, so that two builds of one commit are the same.
            "commit": option_env!("STOREWARD_COMMIT"),
            "os": std::env::consts::OS,
            "architecture": std::env::consts::ARCH,
            "formats": {
                "plan": FORMAT_VERSION, "events": EVENTS_VERSION, "snapshot": Snapshot::FORMAT_VERSION,
                "status": STATUS_VERSION,
            },
        })));
    }
    wants_json
}
