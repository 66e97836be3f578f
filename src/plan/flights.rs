//! The flights of the products, those of the manifests and those that are there, and how they rank.

use crate::manifest::{Creation, Resource, did_you_mean};
use crate::submission::{Live, Member};

use super::planner::Product;

/// Every flight that a plan knows of.
pub(super) struct Flights<'a>(Vec<Flight<'a>>);

/// A flight of a manifest, of the Store, or of both.
pub(super) struct Flight<'a> {
    /// The `name` of its app here.
    app: &'a str,
    resource: Option<&'a Resource>,
    live: Option<&'a Member>,
}

impl<'a> Flight<'a> {
    /// The name that the Store knows it by, or will.
    pub(super) fn friendly_name(&self) -> Option<&'a str> {
        let stated = match self.resource.map(|resource| &resource.creation) {
            Some(Creation::Flight { friendly_name, .. }) => friendly_name.as_deref(),
            _ => None,
        };
        self.live.map(Member::friendly_name).or(stated)
    }

    /// The address of its manifest.
    pub(super) fn address(&self) -> Option<&'a str> {
        self.resource.map(|resource| resource.address.as_str())
    }

    /// Whether the Store has it.
    pub(super) fn is_there(&self) -> bool {
        self.live.is_some()
    }

    /// The words that the API knows it by.
    fn words(&self) -> impl Iterator<Item = &'a str> {
        self.friendly_name().into_iter().chain(self.live.map(Member::id))
    }

    /// What this repository calls it.
    fn name(&self) -> Option<&'a str> {
        self.resource.map(|resource| resource.address.name())
    }

    /// The flight right below: as the Store has it, else as its manifest wants it.
    fn below(&self) -> Option<&'a str> {
        match (self.live, self.resource.map(|resource| &resource.creation)) {
            (Some(live), _) => live.rank_higher_than(),
            (None, Some(Creation::Flight { rank_higher_than, .. })) => rank_higher_than.as_deref(),
            (None, _) => None,
        }
    }
}

impl<'a> Flights<'a> {
    pub(super) fn of(products: &[Product<'a>]) -> Self {
        let mut flights: Vec<Flight<'a>> = Vec::new();
        for Product { resource, live, .. } in products {
            let Creation::Flight { .. } = resource.creation else { continue };
            let (own, all): (Option<&Member>, &[Member]) = match live {
                Live::Readable(live) => (live.member.as_ref(), &live.flights),
                _ => (None, &[]),
            };
            let app = resource.address.app_name();
            // Another flight of the app may have told of it already.
            let known = |flight: &Flight<'_>, id: &str| {
                flight.app == app && flight.live.is_some_and(|member| member.id() == id)
            };
            flights.retain(|flight| {
                !own.is_some_and(|own| flight.resource.is_none() && known(flight, own.id()))
            });
            flights.push(Flight { app, resource: Some(resource), live: own });
            for other in all {
                if !flights.iter().any(|flight| known(flight, other.id())) {
                    flights.push(Flight { app, resource: None, live: Some(other) });
                }
            }
        }
        Self(flights)
    }

    /// The flight of an app that a word means: its name in the Store, its id, or what this repository calls it.
    pub(super) fn find(&self, app: &str, word: &str) -> Option<&Flight<'a>> {
        let of_app = || self.0.iter().filter(|flight| flight.app == app);
        let is = |flight: &&Flight<'a>| flight.words().any(|own| own.eq_ignore_ascii_case(word));
        let known = of_app().filter(is).min_by_key(|flight| !flight.is_there());
        known.or_else(|| of_app().find(|flight| flight.name() == Some(word)))
    }

    /// The name of a flight of an app that a word which means none is near to.
    pub(super) fn near(&self, app: &str, word: &str) -> Option<&'a str> {
        let of_app = self.0.iter().filter(|flight| flight.app == app);
        did_you_mean(word, of_app.flat_map(Flight::words))
    }

    /// How many flights lie below the one of a manifest.
    pub(super) fn height(&self, resource: &Resource) -> usize {
        let mut at = self.0.iter().find(|flight| flight.address() == Some(resource.address.as_str()));
        // A circle has no end; manifests with one are refused.
        let steps = (0..self.0.len()).take_while(|_| {
            at = at.and_then(|flight| self.find(flight.app, flight.below()?));
            at.is_some()
        });
        steps.count()
    }

    /// Whether a live flight ranks, however far, above another one.
    pub(super) fn ranks_above(&self, app: &str, flight: &Member, wanted: &Flight<'_>) -> bool {
        let mut below = flight.rank_higher_than();
        for _ in 0..=self.0.len() {
            let Some(next) = below.and_then(|word| self.find(app, word)) else { return false };
            if std::ptr::eq(next, wanted) {
                return true;
            }
            below = next.below();
        }
        false
    }
}
