//! What holds for every workflow that `init` writes.

use serde_yaml::Value;

use super::*;

/// A repository with the workflows of a service, and the paths of these.
fn written(service: &str) -> (tempfile::TempDir, Vec<(String, String)>) {
    let (around, root) = repository("reader");
    let digest = "5".repeat(64);
    let releases = "https://releases.example/storeward";
    init(&root, &["--ci", service, "--sha256", &digest, "--releases", releases]).ended(0);
    let paths = files(&root).into_iter().filter(|path| path != "store/app.yaml");
    let read = paths.map(|path| (path.clone(), fs::read_to_string(root.join(path)).unwrap())).collect();
    (around, read)
}

fn is_yaml(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "yml")
}

fn workflows() -> Vec<(String, Value, String)> {
    let of_github = written("github").1.into_iter().filter(|(path, _)| is_yaml(path));
    of_github.map(|(path, text)| (path, serde_yaml::from_str(&text).unwrap(), text)).collect()
}

#[test]
fn all_of_them_are_yaml_without_gaps() {
    for service in SERVICES {
        for (path, text) in written(service).1 {
            assert!(!text.contains("@branch@") && !text.contains("@version@"), "{path}");
            assert!(!text.contains("@sha256@") && !text.contains("@releases@"), "{path}");
            if is_yaml(&path) {
                let read: Value = serde_yaml::from_str(&text).unwrap();
                assert!(read.as_mapping().unwrap().len() > 2, "{path}");
            }
        }
    }
}

#[test]
fn what_is_to_be_filled_in_is_said() {
    let (_around, root) = repository("reader");
    for (service, file) in [
        ("github", ".github/storeward/install.sh"),
        ("azure", "azure-pipelines.yml"),
        ("gitlab", ".gitlab-ci.yml"),
    ] {
        init(&root, &["--ci", service])
            .ended(0)
            .says(&format!("In {file}, write where releases of storeward are"));
    }
    for service in SERVICES {
        let told = written(service).1;
        assert!(told.iter().any(|(_, text)| text.contains("https://releases.example/storeward")));
    }
}

#[test]
fn actions_are_pinned_and_github_s_own() {
    let mut seen = 0;
    for (path, _, text) in workflows() {
        for line in
            text.lines().filter(|line| line.trim_start().trim_start_matches("- ").starts_with("uses: "))
        {
            let uses = line.split_once("uses: ").unwrap().1;
            let (action, commit) = uses.split_once('@').unwrap();
            let (commit, version) = commit.split_once(" # v").unwrap();
            assert!(action.starts_with("actions/"), "{path}: {line}");
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{path}: {line}"
            );
            assert!(version.starts_with(|digit: char| digit.is_ascii_digit()), "{path}: {line}");
            seen += 1;
        }
    }
    assert!(seen > 10);
}

#[test]
fn permissions_are_those_of_the_job_and_no_more() {
    let allowed = [
        ("plan", &["contents: read", "pull-requests: write"][..]),
        ("approved", &["contents: read", "issues: read", "pull-requests: read"]),
        (
            "apply",
            &["actions: read", "contents: read", "id-token: write", "issues: write", "pull-requests: write"],
        ),
        ("release", &["actions: read", "contents: read", "id-token: write"]),
        ("watch", &["contents: read", "id-token: write", "issues: write", "pull-requests: read"]),
    ];
    let mut found = 0;
    for (path, workflow, text) in workflows() {
        assert_eq!(workflow["permissions"], Value::Mapping(serde_yaml::Mapping::new()), "{path}");
        assert!(!text.contains("pull_request_target:") && !text.contains("workflow_run:"), "{path}");
        for (name, job) in workflow["jobs"].as_mapping().unwrap() {
            let name = name.as_str().unwrap();
            let given = job["permissions"].as_mapping().unwrap().iter();
            let given: Vec<String> = given
                .map(|(what, how)| format!("{}: {}", what.as_str().unwrap(), how.as_str().unwrap()))
                .collect();
            assert_eq!(given, allowed.iter().find(|(job, _)| *job == name).unwrap().1, "{name}");
            found += 1;
        }
    }
    assert_eq!(found, allowed.len());
}

#[test]
fn no_text_from_outside_becomes_a_part_of_a_script() {
    for (path, workflow, _) in workflows() {
        for (_, job) in workflow["jobs"].as_mapping().unwrap() {
            for step in job["steps"].as_sequence().unwrap() {
                let Some(script) = step["run"].as_str() else { continue };
                assert!(!script.contains("${{"), "{path}: {script}");
                assert!(
                    script.contains("set -euo pipefail") || script.lines().count() == 1,
                    "{path}: {script}"
                );
            }
        }
    }
}

#[test]
fn what_writes_to_the_store_takes_turns_and_is_not_cancelled() {
    let mut seen = 0;
    for (_, workflow, _) in workflows() {
        for (name, job) in workflow["jobs"].as_mapping().unwrap() {
            if job["environment"] == "store" {
                let turns = serde_yaml::to_string(&job["concurrency"]).unwrap();
                assert_eq!(turns, "group: store\ncancel-in-progress: false\nqueue: max\n", "{name:?}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 2);
}
