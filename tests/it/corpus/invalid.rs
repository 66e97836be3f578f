//! Each mistake, and what is said of it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use storeward::manifest::Code;

use super::workspace::{Workspace, all, compare, name};

/// What codes start with that say how manifests and the live state differ. Those of them that can be told offline, too,
/// have a fixture all the same.
const OF_PLANS: &str = "SW20";
/// Codes that no manifest causes by itself.
const NOT_OFFLINE: &[Code] = &[
    // Said of what a plan would have to do.
    Code::NotInThisVersion,
];
const ADVICE: &str = "with STOREWARD_BLESS=1 the answers are written anew; look at the difference";

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
fn every_mistake_is_told_and_every_code_has_one() {
    let mut complaints = Vec::new();
    let mut caused: BTreeSet<String> = BTreeSet::new();
    for fixture in all("invalid") {
        let (printed, found) = findings(&fixture);
        complaints.extend(compare(&fixture.join("expected.json"), &printed));
        let found = found["findings"].as_array().unwrap();
        if found.is_empty() {
            complaints.push(format!("{} is valid", name(&fixture)));
        }
        for finding in found {
            caused.insert(finding["code"].as_str().unwrap().to_owned());
            if finding["help"].as_str().unwrap_or_default().is_empty() {
                complaints.push(format!("{} does not say what to do: {finding}", name(&fixture)));
            }
        }
    }
    for code in Code::ALL {
        let is_exempt = code.as_str().starts_with(OF_PLANS) || NOT_OFFLINE.contains(code);
        if !is_exempt && !caused.contains(code.as_str()) {
            complaints.push(format!("{code} has no fixture: {}", code.title()));
        }
    }
    for code in NOT_OFFLINE {
        assert!(!caused.contains(code.as_str()), "{code} comes offline after all");
    }
    assert!(complaints.is_empty(), "{ADVICE}\n{}", complaints.join("\n"));
}
