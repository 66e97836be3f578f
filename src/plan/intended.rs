//! What the next submission of a resource is made from and becomes: one answer for the planner and for `apply`.

use crate::manifest::{Finding, Resource};
use crate::submission::{Document, LiveProduct, Rollout};

use super::overlay::{Baseline, Options, Overlay, lay_over};
use super::running::{self, RolloutCall};

/// What the next submission of a resource is made from and becomes.
#[derive(Debug)]
pub struct Intended {
    /// The published submission as it is once the rollout calls were made; empty where nothing was published.
    pub published: Document,
    /// The desired state laid over it.
    pub overlay: Overlay,
    /// The calls that change a running rollout first.
    pub(super) calls: Vec<RolloutCall>,
    /// What there is to say about a rollout that cannot be changed.
    pub(super) finding: Option<Finding>,
}

impl Intended {
    /// What is intended of a resource that is there, or of the first submission of one that is yet to be created.
    pub fn of(resource: &Resource, live: &LiveProduct, options: Options) -> Self {
        let published = live.published.clone().unwrap_or_default();
        let (call, finding) = match running::asked(resource, &published) {
            Ok(call) => (call, None),
            Err(finding) => (None, Some(*finding)),
        };
        let mut calls: Vec<RolloutCall> = call.into_iter().collect();
        let leave = |published: Document, call: &RolloutCall| running::afterwards(&published, call.leaves);
        let mut published = calls.iter().fold(published, leave);
        let mut overlay = over(resource, live, &published, &published, options);
        if !overlay.changes.is_empty()
            && published.rollout() == Rollout::InProgress
            && let Some(call) = running::in_the_way(resource, &published)
        {
            published = leave(published, &call);
            overlay = over(resource, live, &published, &published, options);
            // More customers first would be the opposite of a halt, and no difference to all of them.
            calls = vec![call];
        }
        Self { published, overlay, calls, finding }
    }

    /// The desired state laid over another document of the same resource: the pending submission, or a new draft.
    pub fn over(
        &self,
        resource: &Resource,
        live: &LiveProduct,
        document: &Document,
        options: Options,
    ) -> Overlay {
        over(resource, live, &self.published, document, options)
    }

    /// What the desired state is laid over.
    pub(super) fn baseline<'a>(
        &self,
        resource: &Resource,
        live: &'a LiveProduct,
        document: &'a Document,
    ) -> Baseline<'a> {
        baseline(resource, live, &self.published, document)
    }
}

/// Customers fall back to another submission where the rollout of the published one was halted; a clone of it no longer says so.
fn baseline<'a>(
    resource: &Resource,
    live: &'a LiveProduct,
    published: &Document,
    document: &'a Document,
) -> Baseline<'a> {
    Baseline { kind: resource.kind(), document, fallback: live.fallback_of(published) }
}

fn over(
    resource: &Resource,
    live: &LiveProduct,
    published: &Document,
    document: &Document,
    options: Options,
) -> Overlay {
    lay_over(baseline(resource, live, published, document), &resource.desired, options)
}
