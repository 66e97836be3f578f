//! Whether an approval of an earlier plan holds for this one: for the whole of it, or for what remains after a run
//! that was killed.
//!
//! An approval is of a fingerprint. Whatever is guessed of what was planned before, only a guess that has the approved
//! fingerprint counts, so that no guess can let something through that nobody saw.

use super::done::done;
use super::fingerprint::{Actions, action, actions, fingerprints, is_same, of_all};
use super::flights::Flights;
use super::planner::Product;
use super::types::{Action, Plan, ResourcePlan};

/// So many bytes of plans that may have been approved are looked at.
const MOST_BYTES: usize = 64 << 20;

/// Keeps of what may have been approved before only what differs from what is planned now.
pub(super) fn forget_what_was_not_begun(plan: &mut Plan) {
    let resources = &plan.resources;
    let is_planned = |before: &ResourcePlan| {
        resources.iter().any(|is| is.address == before.address && is_same(is, before))
    };
    plan.begun.retain(|before| !is_planned(before));
}

/// Whether a product got by now what was to be done with it, as far as it can be told.
fn got_it(was: &ResourcePlan, is: &ResourcePlan) -> bool {
    match (is.action, was.action) {
        (Action::InProgress, _) | (Action::None, Action::Live | Action::Delete) => true,
        // Another submission was published; where it is the same one, the manifest is another one.
        (Action::None, _) => was.base != is.base,
        _ => false,
    }
}

/// What is done with products where each of some gets what its turn is in the nth way to choose.
fn nth_choice<'a>(
    now: &Actions<'a>,
    choices: &[(&'a str, Vec<Option<String>>)],
    mut nth: usize,
) -> Actions<'a> {
    let mut plan = now.clone();
    for (address, ways) in choices {
        match &ways[nth % ways.len()] {
            Some(action) => plan.insert(address, action.clone()),
            None => plan.remove(address),
        };
        nth /= ways.len();
    }
    plan
}

impl Plan {
    /// Whether this plan has an approved fingerprint, or had it before earlier runs carried a part of it out: what is still
    /// sent was approved with it. Of what was published meanwhile, not everything can be told from what it was made of;
    /// a saved plan says it.
    pub fn has_or_had(&self, approved: &str, products: &[Product<'_>]) -> bool {
        if self.fingerprints.plan == approved {
            return true;
        }
        let flights = Flights::of(products);
        let done: Vec<ResourcePlan> = products
            .iter()
            .filter(|product| {
                let address = product.resource.address.as_str();
                self.resource(address).is_some_and(|planned| planned.action == Action::None)
            })
            .flat_map(|product| done(*product, &self.made_of, &flights))
            .collect();
        self.before_runs(self.begun.iter().chain(&done)).any(|fingerprint| fingerprint == approved)
    }

    /// The fingerprints that this plan may have had before earlier runs carried out what is in `earlier`: those of every way
    /// to choose, for each product, between what is planned now and what may have been planned before.
    fn before_runs<'a>(
        &'a self,
        earlier: impl Iterator<Item = &'a ResourcePlan>,
    ) -> impl Iterator<Item = String> + 'a {
        let now = actions(&self.resources);
        let mut choices: Vec<(&'a str, Vec<Option<String>>)> = Vec::new();
        for before in earlier {
            let address = before.address.as_str();
            let known = choices.iter().position(|(known, _)| *known == address);
            let at = known.unwrap_or_else(|| {
                choices.push((address, Vec::new()));
                choices.len() - 1
            });
            choices[at].1.push(action(before));
        }
        for (address, ways) in &mut choices {
            ways.push(now.get(address).cloned());
        }
        let longest = |ways: &Vec<Option<String>>| ways.iter().flatten().map(String::len).max();
        let one: usize = now.values().map(String::len).sum::<usize>()
            + choices.iter().filter_map(|(_, ways)| longest(ways)).sum::<usize>();
        let all = choices.iter().fold(1_usize, |all, (_, ways)| all.saturating_mul(ways.len()));
        let most = all.min(MOST_BYTES / one.max(1));
        // Either all that is as it should be was planned, or almost nothing of it: that is looked at first.
        let by_few = choices.iter().map(|(address, ways)| (*address, ways.iter().rev().cloned().collect()));
        let by_few: Vec<(&str, Vec<Option<String>>)> = by_few.collect();
        [choices, by_few].into_iter().flat_map(move |choices| {
            let now = now.clone();
            (0..most).map(move |nth| of_all(&nth_choice(&now, &choices, nth), self.made_of.live))
        })
    }

    /// Whether this is what remains of an approved plan that was carried out in part: whatever is sent now is what was
    /// approved, and the other products got it by now.
    pub fn is_rest_of(&self, approved: &Self) -> bool {
        // The approval is of a fingerprint, so what the plan says holds only as far as it has that one.
        if fingerprints(&approved.resources, approved.made_of.live).plan != approved.fingerprints.plan {
            return false;
        }
        let sends = |resource: &&ResourcePlan| !matches!(resource.action, Action::None | Action::InProgress);
        let holds = |was: &ResourcePlan| {
            self.resources.iter().find(|is| is.address == was.address).is_some_and(|is| {
                let mut before = self.begun.iter().filter(|before| before.address == is.address);
                got_it(was, is) || is_same(was, is) || before.any(|before| is_same(was, before))
            })
        };
        let was_sent =
            |is: &ResourcePlan| approved.resources.iter().filter(sends).any(|was| was.address == is.address);
        self.resources.iter().filter(sends).all(was_sent)
            && approved.resources.iter().filter(sends).all(holds)
    }
}
