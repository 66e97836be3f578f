//! How a submission starts: to everybody, or to a share of the customers.

use serde_json::Value;

use crate::manifest::{Desired, Owned, Wanted};
use crate::submission::{Document, Path, Section, canonical};

use super::overlay::Overlay;
use super::types::Op;

const MEMBER: [&str; 3] = ["packageDeliveryOptions", "packageRollout", "isPackageRollout"];
const SHARE: [&str; 3] = ["packageDeliveryOptions", "packageRollout", "packageRolloutPercentage"];

/// Whom the new packages of a submission reach first.
enum Start<'a> {
    /// Everybody.
    Everybody,
    /// The share that the manifest states.
    Stated(&'a Value),
    /// The manifest is silent and the last submission was a gradual rollout: so is the clone
    /// (`microsoft/msstore-cli#110`), with this share.
    Inherited(Option<&'a Value>),
}

fn stated(desired: &Desired) -> Option<&Owned> {
    desired.value(&["packageRollout", "percentage"])
}

fn start<'a>(live: &'a Document, desired: &'a Desired) -> Start<'a> {
    match stated(desired).map(|owned| &owned.wanted) {
        Some(Wanted::Value(share)) => Start::Stated(share),
        None if live.is_package_rollout() => Start::Inherited(live.get(&SHARE)),
        _ => Start::Everybody,
    }
}

/// Whether some customers do not get the new packages of a submission at first.
pub(super) fn is_gradual(live: &Document, desired: &Desired) -> bool {
    let below_all = |share: &Value| share.as_f64().is_none_or(|share| share < 100.0);
    match start(live, desired) {
        Start::Everybody => false,
        Start::Stated(share) => below_all(share),
        Start::Inherited(share) => share.is_none_or(below_all),
    }
}

/// Says how the submission starts. A clone inherits the last answer, so the answer is always given, except where
/// packages come and the manifest is silent: that is the guard `inherits-rollout`.
pub(super) fn lay_rollout(overlay: &mut Overlay, live: &Document, desired: &Desired) {
    let adds = !overlay.packages.added.is_empty();
    if desired.ignores(&Path::new(["packageRollout", "percentage"])) {
        // Nothing is written, and so the clone's answer holds.
        overlay.inherits_rollout = adds && live.is_package_rollout();
        return;
    }
    let share = match start(live, desired) {
        Start::Stated(share) if adds => Some(share),
        Start::Inherited(_) if adds => {
            overlay.inherits_rollout = true;
            return;
        }
        _ => None,
    };
    let at = stated(desired).map(|owned| &owned.at);
    if live.is_package_rollout() != share.is_some() {
        let path = Path::new(["packageRollout", "isPackageRollout"]);
        let change = overlay.change(Section::Rollout, path, Op::Set, at);
        change.before = Some(Value::Bool(share.is_none()));
        change.after = Some(Value::Bool(share.is_some()));
        overlay.document.set(&MEMBER, Value::Bool(share.is_some()));
    }
    if let Some(share) = share
        && !canonical::same(live.get(&SHARE), Some(share))
    {
        let path = Path::new(["packageRollout", "percentage"]);
        let change = overlay.change(Section::Rollout, path, Op::Set, at);
        (change.before, change.after) = (live.get(&SHARE).cloned(), Some(share.clone()));
        overlay.document.set(&SHARE, share.clone());
    }
}
