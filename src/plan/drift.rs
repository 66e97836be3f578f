//! What somebody changed in Partner Center, as far as a plan knows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manifest::{Code, Finding, Severity};
use crate::submission::{Kind, Path};

use super::blocker::{Blocker, BlockerKind};
use super::types::{Change, MadeOf, Origin, Plan, ResourcePlan};

impl Change {
    /// Whether it would overwrite what somebody changed in Partner Center.
    pub fn overwrites_drift(&self) -> bool {
        matches!(self.origin, Some(Origin::Drift | Origin::Conflict))
    }

    /// The field that it is about: for one element of a list, the list.
    pub fn field(&self) -> Path {
        let keys = self.path.keys();
        let list = match keys {
            [listings, _, images, _, _, ..] if listings == "listings" && images == "images" => 4,
            [list, ..] if list == "packages" || list == "trailers" => 1,
            _ => keys.len(),
        };
        Path::new(keys.iter().take(list).cloned())
    }
}

/// What was changed in Partner Center, against git: the result of `storeward drift`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// `MAJOR.MINOR` of this format. A reader of the same major understands it.
    pub format_version: String,
    /// What it was made of, and when.
    pub made_of: MadeOf,
    /// How many products were compared.
    pub compared: usize,
    /// The products in which something was changed, in the order of the manifests.
    pub resources: Vec<DriftedResource>,
    /// How much was changed.
    pub counts: DriftCounts,
    /// Products of which it cannot be told, because the Store does not show them.
    pub unknown: Vec<Blocker>,
    /// What else there is to say.
    pub diagnostics: Vec<Finding>,
}

/// A product in which something was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftedResource {
    /// How the repository calls it.
    pub address: String,
    /// What kind of resource it is.
    pub kind: Kind,
    /// Its Store ID, for a flight the flight's id; empty for what is no longer there.
    pub id: String,
    /// The name that Partner Center shows.
    pub name: String,
    /// What would put git's values back: `before` is live, `after` is wanted, `baseline` is what git said at the baseline.
    /// Each one's origin is `drift` or `conflict`.
    pub changes: Vec<Change>,
}

/// How many fields were changed in Partner Center. A list, such as the screenshots of a language, is one field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftCounts {
    /// Only there.
    pub drift: usize,
    /// There and in git, to different values.
    pub conflicts: usize,
}

/// The version of this format.
const FORMAT_VERSION: &str = "1.0";

impl Drift {
    /// What a plan knows of it.
    pub fn of(plan: &Plan) -> Self {
        let resources: Vec<DriftedResource> = plan.resources.iter().filter_map(DriftedResource::of).collect();
        let count = |origin: Origin| {
            let of = |change: &&Change| change.origin == Some(origin);
            resources.iter().map(|resource| fields(resource.changes.iter().filter(of)).len()).sum()
        };
        let matters = |finding: &&Finding| {
            finding.severity == Severity::Error || finding.code == Code::BaselineUnread.as_str()
        };
        let is_unknown = |blocker: &&Blocker| {
            matches!(blocker.kind, BlockerKind::UnsupportedProduct | BlockerKind::Unreadable)
        };
        let unknown: Vec<Blocker> = plan.blockers.iter().filter(is_unknown).cloned().collect();
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            made_of: plan.made_of.clone(),
            compared: plan.resources.len() - unknown.len(),
            counts: DriftCounts { drift: count(Origin::Drift), conflicts: count(Origin::Conflict) },
            resources,
            unknown,
            diagnostics: plan.diagnostics.iter().filter(matters).cloned().collect(),
        }
    }

    /// Whether nothing was changed there.
    pub fn is_none(&self) -> bool {
        self.resources.is_empty()
    }
}

impl DriftedResource {
    /// What a plan for a product knows of it; `None` where nothing was changed.
    pub fn of(resource: &ResourcePlan) -> Option<Self> {
        let changes: Vec<Change> =
            resource.changes.iter().filter(|change| change.overwrites_drift()).cloned().collect();
        (!changes.is_empty()).then(|| Self {
            address: resource.address.clone(),
            kind: resource.kind,
            id: resource.id.clone(),
            name: resource.name.clone(),
            changes,
        })
    }

    /// The fields, in the order of their changes.
    pub fn fields(&self) -> Vec<Path> {
        fields(&self.changes)
    }
}

/// The fields that changes are about, each once.
pub(super) fn fields<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Vec<Path> {
    let mut fields: Vec<Path> = Vec::new();
    for change in changes {
        let field = change.field();
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}
