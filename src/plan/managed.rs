//! Whether a failed submission holds nothing but what the manifest decides about.

use serde_json::Value;

use crate::manifest::{Desired, Owned, Resource};
use crate::submission::{Document, Path, canonical};

use super::theirs::{changed_image_types, field_at};

/// Whether a submission differs from the published one only where the manifest owns a path, or where it holds what is
/// planned. Of a first submission only the listings count: its other values are the service's own to begin with.
pub(super) fn is_managed_only(
    resource: &Resource,
    published: &Document,
    submission: &Document,
    planned: &Document,
) -> bool {
    let is_first = published.json().is_empty();
    let judge = Judge { resource, published, submission, planned };
    let differences = published.differences_once_committed(submission).into_iter();
    differences.filter(|api| !is_first || api[0] == "listings").all(|api| judge.is_managed(&api))
}

struct Judge<'a> {
    resource: &'a Resource,
    published: &'a Document,
    submission: &'a Document,
    planned: &'a Document,
}

impl Judge<'_> {
    /// Whether all that differs at a path of the API's keys is managed. An object is judged by what lies in it.
    fn is_managed(&self, api: &[String]) -> bool {
        let (before, after) = (self.published.get(api), self.submission.get(api));
        let parts: Vec<&String> = [before, after]
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .flat_map(|members| members.keys())
            .collect();
        if !parts.is_empty() {
            return parts.into_iter().all(|key| self.is_managed(&[api, std::slice::from_ref(key)].concat()));
        }
        if canonical::same(before, after) || canonical::same(self.planned.get(api), after) {
            return true;
        }
        let Some((path, _)) = field_at(self.resource.kind(), api) else { return false };
        match path.keys() {
            [listings, language, images] if listings == "listings" && images == "images" => {
                let types = changed_image_types(self.published, self.submission, language);
                types.iter().all(|(kind, ..)| owns(&self.resource.desired, &path.child(*kind)))
            }
            _ => owns(&self.resource.desired, &path),
        }
    }
}

/// Whether a manifest owns a path, or all that it lies in. Languages are the same in any case.
fn owns(desired: &Desired, path: &Path) -> bool {
    let covers = |Owned { path: own, .. }: &Owned| {
        own.keys().len() <= path.keys().len()
            && own.keys().iter().zip(path.keys()).all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    desired.owned.iter().any(covers)
}
