//! A plan for some of its products: those that something is in the way of, planned again later.

use std::collections::BTreeSet;

use super::fingerprint::is_same;
use super::types::{Plan, ResourcePlan};

impl Plan {
    /// The products that nothing but a draft or submission is in the way of.
    pub fn busy(&self) -> Vec<String> {
        let is_busy = |address: &str| {
            let mut blockers = self.blockers_of(address).peekable();
            blockers.peek().is_some() && blockers.all(|blocker| blocker.kind.is_busy())
        };
        let addresses = self.resources.iter().map(|resource| &resource.address);
        addresses.filter(|address| is_busy(address)).cloned().collect()
    }

    /// The plan of a product.
    pub fn resource(&self, address: &str) -> Option<&ResourcePlan> {
        self.resources.iter().find(|resource| resource.address == address)
    }

    /// Whether this plan does the same with a product as another one.
    pub fn does_the_same(&self, other: &Self, address: &str) -> bool {
        match (self.resource(address), other.resource(address)) {
            (Some(own), Some(other)) => is_same(own, other),
            (own, other) => own.is_none() && other.is_none(),
        }
    }

    /// What it says of these products alone.
    #[must_use]
    pub fn only(mut self, addresses: &[String]) -> Self {
        let addresses: BTreeSet<&str> = addresses.iter().map(String::as_str).collect();
        self.resources.retain(|resource| addresses.contains(resource.address.as_str()));
        self.keep(|address| addresses.contains(address));
        self
    }

    /// Takes over what a later plan says of some products.
    pub fn take_over(&mut self, later: Self) {
        self.keep(|address| later.resource(address).is_none());
        for resource in later.resources {
            if let Some(own) = self.resources.iter_mut().find(|own| own.address == resource.address) {
                *own = resource;
            }
        }
        self.guards.extend(later.guards);
        self.blockers.extend(later.blockers);
        self.steps.extend(later.steps);
    }

    /// Leaves out what is said of all products but those of these addresses, and that is no part of their own plan.
    fn keep(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.guards.retain(|hit| is_kept(&hit.address));
        self.blockers.retain(|blocker| is_kept(&blocker.address));
        self.steps.retain(|step| is_kept(&step.address));
    }
}
