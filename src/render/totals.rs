//! What a plan comes to, in numbers.

use crate::manifest::{Code, Severity};
use crate::plan::{Action, Origin, Plan};

/// What a plan comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Products that something is to be done with.
    pub changing: usize,
    /// Submissions that are to be made.
    pub submissions: usize,
    /// Products whose wanted state is committed already and on its way.
    pub on_its_way: usize,
    /// Flights that are created with their first packages, and are not there until then.
    pub to_come: usize,
    /// What is to be uploaded, in bytes.
    pub upload_bytes: u64,
    /// Named risks.
    pub guards: usize,
    /// Those that no manifest permits.
    pub unpermitted: usize,
    /// Facts that make `apply` impossible now.
    pub blockers: usize,
    /// Changes that put back what was changed in Partner Center.
    pub drift: usize,
    /// Changes over what was changed on both sides, differently.
    pub conflicts: usize,
    /// Release settings that wait for the next submission.
    pub waiting: usize,
    /// Mistakes: nothing is sent while there is one.
    pub errors: usize,
}

impl Totals {
    /// The totals of a plan.
    pub fn of(plan: &Plan) -> Self {
        let resources = |which: fn(Action) -> bool| {
            plan.resources.iter().filter(|resource| which(resource.action)).count()
        };
        let origins = |which: Origin| {
            let changes = plan.resources.iter().flat_map(|resource| &resource.changes);
            changes.filter(|change| change.origin == Some(which)).count()
        };
        let routes = plan.resources.iter().filter_map(|resource| resource.route.as_ref());
        Self {
            changing: resources(|action| !matches!(action, Action::None | Action::InProgress)),
            submissions: resources(|action| matches!(action, Action::Create | Action::Update)),
            on_its_way: resources(|action| action == Action::InProgress),
            to_come: plan.diagnostics.iter().filter(|f| f.code == Code::FlightWaits.as_str()).count(),
            upload_bytes: routes.map(|route| route.upload_bytes).sum(),
            guards: plan.guards.len(),
            unpermitted: plan.unpermitted().count(),
            blockers: plan.blockers.len(),
            drift: origins(Origin::Drift),
            conflicts: origins(Origin::Conflict),
            waiting: plan.resources.iter().map(|resource| resource.counts.waiting).sum(),
            errors: plan.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).count(),
        }
    }
}
