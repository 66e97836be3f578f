//! What a CI service says of the branch that it runs on.

use std::fs::File;
use std::io::Read as _;

use serde_json::Value;

/// The largest webhook payload of GitHub is 25 MB.
const MAX_EVENT_BYTES: u64 = 32 * 1024 * 1024;

/// What is known of the branch beside the repository itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    /// The branch that a pull request is to be merged into.
    pub(super) target: Option<String>,
    /// The commit of that branch which the pull request started from.
    pub(super) base: Option<String>,
    /// The default branch.
    pub(super) default: Option<String>,
    /// The commit that the branch was at before the push.
    pub(super) before: Option<String>,
}

impl Hints {
    /// From the variables of GitHub Actions, Azure Pipelines and GitLab.
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let event = variable("GITHUB_EVENT_PATH").and_then(|path| read(&path)).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let before_on_github = || {
            let is_push = variable("GITHUB_EVENT_NAME").as_deref() == Some("push");
            text(&event["before"]).filter(|_| is_push)
        };
        let branch = |name: String| name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
        let first = |names: &[&str]| names.iter().find_map(|name| variable(name)).map(branch);
        let is_commit = |id: &String| {
            id.len() >= 40
                && id.bytes().all(|byte| byte.is_ascii_hexdigit())
                && id.bytes().any(|byte| byte != b'0')
        };
        Self {
            target: first(&[
                "GITHUB_BASE_REF", "SYSTEM_PULLREQUEST_TARGETBRANCH", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
            ]),
            base: variable("CI_MERGE_REQUEST_DIFF_BASE_SHA").filter(is_commit),
            default: first(&["CI_DEFAULT_BRANCH"]).or_else(|| text(&event["repository"]["default_branch"])),
            before: before_on_github().or_else(|| variable("CI_COMMIT_BEFORE_SHA")).filter(is_commit),
        }
    }
}

/// The event that a run was started by. One that cannot be read says nothing.
fn read(path: &str) -> Option<Value> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MAX_EVENT_BYTES).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn hints(variables: &[(&str, &str)]) -> Hints {
        let variables: HashMap<&str, &str> = variables.iter().copied().collect();
        Hints::of(|name| variables.get(name).map(|value| (*value).to_owned()))
    }

    const BEFORE: &str = "4f1c9e2a4f1c9e2a4f1c9e2a4f1c9e2a4f1c9e2a";

    #[test]
    fn services_say_it_in_their_own_words() {
        assert_eq!(hints(&[]), Hints::default());
        assert_eq!(hints(&[("GITHUB_BASE_REF", "main")]).target.as_deref(), Some("main"));
        let azure = hints(&[("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/release/1.x")]);
        assert_eq!(azure.target.as_deref(), Some("release/1.x"));
        let gitlab = hints(&[("CI_DEFAULT_BRANCH", "trunk"), ("CI_COMMIT_BEFORE_SHA", BEFORE)]);
        assert_eq!((gitlab.default.as_deref(), gitlab.before.as_deref()), (Some("trunk"), Some(BEFORE)));
        assert_eq!(hints(&[("CI_MERGE_REQUEST_DIFF_BASE_SHA", BEFORE)]).base.as_deref(), Some(BEFORE));
        assert_eq!(hints(&[("CI_MERGE_REQUEST_DIFF_BASE_SHA", "--output=x")]).base, None);
    }

    #[test]
    fn a_push_says_what_was_there_before() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("event.json");
        let path = file.to_str().unwrap();
        let push = |before: &str, name: &str| {
            let event = serde_json::json!({"before": before, "repository": {"default_branch": "main"}});
            std::fs::write(&file, event.to_string()).unwrap();
            hints(&[("GITHUB_EVENT_PATH", path), ("GITHUB_EVENT_NAME", name)])
        };
        assert_eq!(push(BEFORE, "push").before.as_deref(), Some(BEFORE));
        assert_eq!(push(BEFORE, "pull_request").before, None);
        assert_eq!(push(BEFORE, "push").default.as_deref(), Some("main"));
        for nothing in ["0000000000000000000000000000000000000000", "--output=x", ""] {
            assert_eq!(push(nothing, "push").before, None, "{nothing}");
        }
        std::fs::write(&file, "{").unwrap();
        assert_eq!(hints(&[("GITHUB_EVENT_PATH", path), ("GITHUB_EVENT_NAME", "push")]), Hints::default());
    }
}
