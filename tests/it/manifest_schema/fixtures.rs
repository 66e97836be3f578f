//! The example, and the manifests that are kept as fixtures.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use storeward::manifest::Code;

use super::mistakes::EXPRESSIBLE;
use super::{against, documents, manifests_below, passes, schema};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn the_example_passes_and_names_the_schema() {
    let examples = manifests_below(&folder("examples"));
    assert!(!examples.is_empty());
    let schema = schema();
    for example in examples {
        let text = fs::read_to_string(&example).unwrap();
        assert!(passes(&schema, &example.display().to_string(), &text) > 0);
        let named =
            text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
        let named = example.parent().unwrap().join(named.expect("the first line names the schema"));
        assert_eq!(
            named.canonicalize().unwrap(),
            folder("schema/storeward.schema.json").canonicalize().unwrap(),
            "{}",
            example.display()
        );
    }
}

#[test]
fn valid_fixtures_pass() {
    let schema = schema();
    let fixtures = manifests_below(&folder("tests/fixtures/valid"));
    for fixture in fixtures.into_iter().filter(|fixture| !fixture.ends_with("pipeline.yml")) {
        passes(&schema, &fixture.display().to_string(), &fs::read_to_string(&fixture).unwrap());
    }
}

/// Mistakes of a kind that a schema can express, which this one does not: the case and why.
const ONLY_THE_LOADER_SEES: &[(&str, &str)] = &[
    ("dollar-file-empty", "the file that is named is wrong"),
    ("dollar-file-of-two-documents", "the file that is named is wrong"),
    ("packages-without-files-in-any-part", "the file that is named could have them"),
    ("players-the-wrong-way-round", "one number is held against another"),
];

/// The manifests of a case in which something is wrong, if all of that can be seen without more than the manifest.
fn refused_files(case: &Path) -> Option<BTreeSet<PathBuf>> {
    let expected = fs::read_to_string(case.join("expected.json")).ok()?;
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let errors = expected["findings"].as_array()?.iter().filter(|finding| finding["severity"] == "error");
    let file = |finding: &Value| {
        let code = Code::parse(finding["code"].as_str()?)?;
        let file = case.join(finding["at"]["file"].as_str()?);
        let manifests = manifests_below(case);
        (EXPRESSIBLE.contains(&code) && manifests.contains(&file)).then_some(file)
    };
    errors.map(file).collect::<Option<BTreeSet<_>>>().filter(|files| !files.is_empty())
}

#[test]
fn invalid_fixtures_fail_where_a_schema_can_tell() {
    let schema = schema();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder("tests/fixtures/invalid")).into_iter().flatten() {
        let case = entry.unwrap().path();
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let excused = ONLY_THE_LOADER_SEES.iter().any(|(excused, _)| *excused == name);
        for file in refused_files(&case).unwrap_or_default() {
            let text = fs::read_to_string(&file).unwrap();
            let fails = documents(&text).map_or(true, |documents| {
                documents.iter().any(|document| !against(&schema, document).is_empty())
            });
            if fails == excused {
                wrong.push(format!("{name}: {}", if fails { "fails, and is excused" } else { "passes" }));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
