//! Each mistake, and what is said of it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use storeward::manifest::Code;

use super::workspace::{Workspace, all, compare, measured, name};

/// What codes start with that say how manifests and the live state differ. Those of them that can be told offline, too,
/// have a fixture all the same.
const OF_PLANS: &str = "SW20";
/// Codes that no manifest causes by itself.
const NOT_OFFLINE: &[Code] = &[
    // Said of what a plan would have to do.
    Code::NotInThisVersion,
    // Said of what git knows.
    Code::NoBaseline,
    Code::BaselineUnread,
];
const ADVICE: &str = "with STOREWARD_BLESS=1 the answers are written anew; look at the difference";

/// What is found in a fixture: as it is printed, and read.
fn findings(fixture: &Path) -> (String, Value) {
    let workspace = Workspace::of(fixture);
    let told = measured(name(fixture), &workspace.folder(), &workspace.arguments());
    let found: Value = serde_json::from_str(&told.json).unwrap();
    let code = if found["counts"]["errors"] == 0 { 0 } else { 3 };
    assert_eq!(told.code, code, "{}", name(fixture));
    (workspace.stable(&told.json), found)
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

#[test]
fn ten_different_mistakes_are_told_in_one_run_each_at_its_place() {
    let fixture =
        all("invalid").into_iter().find(|fixture| name(fixture) == "ten-different-mistakes").unwrap();
    let (_, found) = findings(&fixture);
    let place = |finding: &Value| {
        let at = &finding["at"];
        assert_eq!(at["file"], "app.yaml");
        let [code, line, column] = [&finding["code"], &at["line"], &at["column"]].map(Value::to_string);
        format!("{} {line}:{column}", code.trim_matches('"'))
    };
    let places: Vec<String> = found["findings"].as_array().unwrap().iter().map(place).collect();
    let wanted = [
        "SW1212 4:10",  // permit: [price-chnge]
        "SW1201 6:15",  // visibility: public
        "SW1205 7:22",  // priceId: "9.99"
        "SW1208 8:22",  // targetPublishDate: 2026-09-01
        "SW1207 10:5",  // en_US
        "SW1101 12:7",  // descripton
        "SW1202 13:25", // the second keyword
        "SW1301 14:28", // notes.md
        "SW1203 15:30", // icon.png
        "SW1210 17:32", // percentage: 101
    ];
    assert_eq!(places, wanted);
}
