//! What a manifest can say and this version does not carry out: refused, not ignored.

use crate::manifest::{Code, Diagnostic, OpenRollout, Resource, Wanted};
use crate::submission::Kind;

/// What of a resource is not carried out yet.
pub fn not_yet(resource: &Resource) -> Vec<Diagnostic> {
    let refuse = |at, what: &str| {
        Diagnostic::error(
            Code::NotInThisVersion,
            at,
            format!("this version checks {what}, and does not carry it out"),
        )
        .help("leave it out of `plan` and `apply`; `validate` takes it")
    };
    if resource.kind() != Kind::App {
        return vec![refuse(resource.span, &format!("`kind: {}`", resource.kind()))];
    }
    let mut refused = Vec::new();
    if resource.rollout.is_some() {
        refused.push(refuse(resource.span, "`rollout`"));
    }
    if resource.desired.open_rollout.is_some_and(|open| open != OpenRollout::Block) {
        refused.push(refuse(resource.span, "`openRollout`"));
    }
    for owned in &resource.desired.owned {
        if matches!(owned.wanted, Wanted::Trailers(_)) {
            refused.push(refuse(owned.span, "`trailers`"));
        }
    }
    refused
}
