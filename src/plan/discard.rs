//! What becomes of a pending submission that somebody wants to be rid of.

use crate::manifest::Resource;
use crate::submission::{Kind, LiveProduct};

use super::busy::Busy;
use super::intended::Intended;
use super::overlay::Options;
use super::pending::{DraftKind, Pending, classify};
use super::types::InTheWay;

/// Whether the pending submission of a resource may be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discard {
    /// There is none.
    Nothing,
    /// It may, and it is ours or empty.
    Ours(Vec<String>),
    /// It may, with a permit: it is somebody else's work.
    Theirs(Vec<String>),
    /// It was committed, and is not deleted.
    OnItsWay(Vec<String>),
    /// The API cannot delete it: it was started in Partner Center.
    Portal(Vec<String>),
    /// It is the first one of an app, which the API could not make again.
    First(Vec<String>),
}

impl Discard {
    /// What becomes of the one that is there, with lines about it: what it is, and what it changes.
    pub fn of(resource: &Resource, live: &LiveProduct) -> Self {
        let intended = Intended::of(resource, live, Options::default());
        let pending =
            classify(live.pending.as_ref(), &intended.published, &intended.overlay.document, resource);
        let lines = || Busy { resource, live, pending, in_the_way: InTheWay::default() }.told();
        match pending {
            Pending::None => Self::Nothing,
            Pending::OnItsWay => Self::OnItsWay(lines()),
            Pending::Draft(DraftKind::Portal) => Self::Portal(lines()),
            Pending::Draft(_) | Pending::Dead { .. }
                if live.published.is_none() && resource.kind() == Kind::App =>
            {
                Self::First(lines())
            }
            Pending::Draft(DraftKind::Foreign) | Pending::Dead { ours: false, .. } => Self::Theirs(lines()),
            Pending::Draft(_) | Pending::Dead { .. } => Self::Ours(lines()),
        }
    }
}
