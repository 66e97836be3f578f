//! Each mistake, and what is said of it.

use std::path::Path;

use serde_json::Value;

use super::workspace::{Workspace, all, compare, name};

/// What is found in a fixture: as it is printed, and read.
fn findings(fixture: &Path) -> (String, Value) {
    let workspace = Workspace::of(fixture);
    let ran = workspace.validate(&["--output", "json"]);
    let found = ran.json();
    let code = if found["counts"]["errors"] == 0 { 0 } else { 3 };
    assert_eq!(ran.code, code, "{}: {}", name(fixture), ran.stderr);
    (workspace.stable(&ran.stdout), found)
}

#[test]
fn every_mistake_is_told() {
    let mut stale = Vec::new();
    for fixture in all("invalid") {
        let (printed, found) = findings(&fixture);
        stale.extend(compare(&fixture.join("expected.json"), &printed));
        assert_ne!(found["findings"], Value::Array(Vec::new()), "{} is valid", name(&fixture));
    }
    let advice = "run the tests with STOREWARD_BLESS=1 and look at the difference";
    assert!(stale.is_empty(), "{advice}\n{}", stale.join("\n"));
}
