//! Guards: named risks that need a permit before anything is sent. ONE table.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! guards {
    ($($name:ident = $word:literal, $risk:literal, [$($key:literal),*];)*) => {
        /// A named risk. It blocks `apply` until it is permitted, in the manifest or by `--allow`; it never blocks `plan`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum Guard { $(#[doc = $risk] #[serde(rename = $word)] $name,)* }

        impl Guard {
            /// Every guard.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word for it in manifests and on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What can go wrong.
            pub fn risk(self) -> &'static str {
                match self { $(Self::$name => $risk,)* }
            }

            /// The keys of a manifest whose changes can be this risk; none where it is not about what a key says.
            pub fn keys(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($key),*],)* }
            }
        }
    };
}

guards! {
    PriceChange = "price-change", "what customers pay changes, in general or in a market", ["pricing.priceId", "pricing.marketSpecificPricings"];
    BecomesFree = "becomes-free", "what had to be paid for becomes free, also by a trial that never expires; customers who got it for free keep it", ["pricing.priceId", "pricing.marketSpecificPricings", "pricing.trialPeriod"];
    ReplacesMarketPrices = "replaces-market-prices", "a price is set over one that the API cannot express, which drops the prices that were set market by market in Partner Center", ["pricing.priceId"];
    MarketRemoved = "market-removed", "the app is no longer sold in a market", ["pricing.priceId", "pricing.marketSpecificPricings"];
    ListingRemoved = "listing-removed", "a language disappears from the Store page, with its texts and images", ["listings"];
    ImagesRemoved = "images-removed", "an image type of a listing ends with fewer images, an add-on without its icon, or an app with fewer trailers", ["listings.*.images", "listings.*.icon", "trailers"];
    DropsTarget = "drops-target", "some devices lose their last package and get no update, or it cannot be told whether they do", ["packages"];
    PackageDowngrade = "package-downgrade", "the newest package is older than the one that customers have", ["packages"];
    ShipsHalted = "ships-halted", "the last rollout was halted, and this submission ships a package that it brought again", [];
    InheritsRollout = "inherits-rollout", "the last submission was a gradual rollout, and this one would silently become one too", [];
    VisibilityReduced = "visibility-reduced", "fewer people can find or get the app", ["visibility"];
    DeletesAddOn = "deletes-add-on", "an add-on is deleted; customers can no longer buy it, and its product id is not free again", ["state"];
    DeletesFlight = "deletes-flight", "a package flight is deleted; its testers get the packages of the flight below, or those of everybody", ["state"];
    RecreatesFlight = "recreates-flight", "a flight is deleted and created anew, because the API cannot change its name, groups or rank; testers get the packages below it meanwhile", ["friendlyName", "groupIds", "rankHigherThan"];
    ClosesRollout = "closes-rollout", "a running rollout is finalized or halted, which cannot be taken back", ["rollout", "openRollout"];
    RolloutDecrease = "rollout-decrease", "a running rollout goes to fewer customers than before; who has the new packages keeps them", ["rollout"];
    MandatoryUpdate = "mandatory-update", "apps that update themselves force the new packages upon their customers, and the API may refuse the product from then on", ["isMandatoryUpdate"];
    RevertsDrift = "reverts-drift", "what is live and not in git is overwritten: somebody changed it in Partner Center, or an earlier change was never applied", [];
    ReplacesDraft = "replaces-draft", "a draft or a failed submission of somebody else is deleted, and what it changes is lost", [];
}

impl Guard {
    /// The guard that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|guard| guard.as_str() == word)
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
