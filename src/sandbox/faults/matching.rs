//! Which requests a fault meets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operations::{Named, Seen};
use crate::sandbox::request::Surface;

/// Which requests: all that is given must hold; nothing given is every request.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct On {
    /// A named operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<Named>,
    /// A surface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surface: Option<Surface>,
    /// An HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path below the root of its surface, whatever its case: `*` is one segment, `**` at the end whatever follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl On {
    pub(super) fn is_met_by(&self, seen: &Seen) -> bool {
        self.operation.is_none_or(|named| named.0.is(seen))
            && self.surface.is_none_or(|surface| surface == seen.surface)
            && self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(seen.method))
            && self.path.as_deref().is_none_or(|path| is_path(path, seen.path))
    }
}

/// Whether a pattern describes a path.
pub(super) fn is_path(pattern: &str, path: &[String]) -> bool {
    let mut left = path.iter();
    for wanted in pattern.split('/').filter(|segment| !segment.is_empty()) {
        if wanted == "**" {
            return true;
        }
        match left.next() {
            Some(segment) if wanted == "*" || segment.eq_ignore_ascii_case(wanted) => {}
            _ => return false,
        }
    }
    left.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_segment_and_two_are_all_that_follow() {
        let is = |pattern: &str, path: &str| {
            let path: Vec<String> = path.split('/').map(str::to_owned).collect();
            is_path(pattern, &path)
        };
        assert!(is("applications/*/submissions", "Applications/9P/Submissions"));
        assert!(is("/applications/9p/", "applications/9P"));
        assert!(!is("applications/*", "applications"));
        assert!(!is("applications/*", "applications/9P/submissions"));
        assert!(is("applications/9P/**", "applications/9P/submissions/1/commit"));
        assert!(is("applications/9P/**", "applications/9P"));
        assert!(!is("applications/9P/**", "applications/8P/submissions"));
        assert!(is("**", "anything"));
    }

    #[test]
    fn all_that_is_given_must_hold() {
        let path = ["applications", "9P", "submissions"].map(str::to_owned);
        let seen = Seen { surface: Surface::Api, method: "POST", path: &path, comp: None };
        let met = |on: serde_json::Value| serde_json::from_value::<On>(on).unwrap().is_met_by(&seen);
        assert!(met(serde_json::json!({})));
        assert!(met(serde_json::json!({ "operation": "S1", "surface": "api", "method": "post" })));
        assert!(met(
            serde_json::json!({ "operation": "create-app-submission", "path": "applications/9P/**" })
        ));
        assert!(!met(serde_json::json!({ "operation": "S1", "path": "applications/8P/**" })));
        assert!(!met(serde_json::json!({ "surface": "blob" })));
        assert!(!met(serde_json::json!({ "method": "GET" })));
        assert!(!met(serde_json::json!({ "operation": "S4" })));
    }
}
