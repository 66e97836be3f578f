//! Blockers: facts that make `apply` impossible now, each with its remedies. ONE table.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! blockers {
    ($($name:ident = $word:literal, $fact:literal, [$($remedy:literal),+];)*) => {
        /// A fact that makes `apply` impossible now.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum BlockerKind { $(#[doc = $fact] #[serde(rename = $word)] $name,)* }

        impl BlockerKind {
            /// Every blocker.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The fact in general.
            pub fn fact(self) -> &'static str {
                match self { $(Self::$name => $fact,)* }
            }

            /// What can be done.
            pub fn remedies(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($remedy),+],)* }
            }
        }
    };
}

impl BlockerKind {
    /// Whether it goes away by itself, or when somebody else has finished: a draft or submission is in the way.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::ForeignDraft | Self::PortalDraft | Self::InFlight)
    }
}

blockers! {
    ForeignDraft = "foreign-draft", "a draft that Storeward did not make is open",
        ["finish or delete it in Partner Center, then run again", "to keep what it changes, write it into the manifest before you delete it: `storeward pull ADDRESS --from-pending --update`"];
    OlderDraft = "older-draft", "a draft that an earlier run of Storeward left is open, and holds something else",
        ["if nobody needs it, let apply replace it: `storeward apply --if-busy replace`", "or run again what it was made for, such as the same release: that run takes it up"];
    PortalDraft = "portal-draft", "a draft that was started in Partner Center is open; the API can neither change nor delete it",
        ["publish or delete it in Partner Center, then run again"];
    InFlight = "in-flight", "a submission with other content is on its way",
        ["wait for it: `storeward apply --if-busy wait`; or take it up later: `--if-busy defer`", "cancel it in Partner Center if it must not ship"];
    Dead = "rejected", "the last submission with exactly this content failed",
        ["read its report, mend what it names in the manifest or the package, and run again", "or send the same once more: `storeward apply --resubmit`"];
    ForeignFailure = "foreign-failure", "a submission that Storeward did not send failed, and nobody has removed it",
        ["read its report, and mend or delete it in Partner Center, then run again", "to keep what it changes, write it into the manifest before you delete it"];
    RolloutOpen = "rollout-open", "a gradual rollout is still running; the Store starts no new submission meanwhile",
        ["write `openRollout: finalize` or `halt` under `release` or `submission`, or a `state` under `rollout`; it then runs first", "or finalize or halt it now, then run again: `storeward rollout finalize ADDRESS`, `storeward rollout halt ADDRESS`; to let more customers have it meanwhile: `storeward rollout set ADDRESS PERCENT`"];
    PriceUnreadable = "price-unreadable", "there is no price that the API can send, and without one the product would be free",
        ["state `pricing.priceId` in the manifest and permit `replaces-market-prices`: prices set market by market in Partner Center are replaced by that tier", "or update the app in Partner Center"];
    Unreadable = "unreadable", "the Store did not answer for this product, and what it holds is not known",
        ["run again; if it stays so, give the correlation id to Microsoft's support"];
    UnsupportedProduct = "unsupported-product", "the Store refuses every call for this product: it uses features that only Partner Center manages",
        ["manage this product in Partner Center, and leave it out of the manifests"];
    PortalOnly = "portal-only", "the API cannot change what it was created with",
        ["change it in Partner Center, then write it here as it is there"];
    FlightMissing = "flight-missing", "the flight that it is to rank above is not there yet",
        ["name a release for that flight as well; it is then created first"];
    FirstSubmission = "first-submission", "the app was never published; its first submission, with the age rating, is made in Partner Center",
        ["publish a first version in Partner Center, then run again"];
    PackageIdentity = "package-identity", "a package carries another identity than the app",
        ["build the package with the identity that Partner Center shows under Product identity", "or correct `id` in the manifest"];
    BundleRequired = "bundle-required", "an earlier version was a bundle, and the Store takes only bundles from then on",
        ["build a .msixbundle or .appxbundle"];
    TooManyPackages = "too-many-packages", "the submission would hold more than 30 packages",
        ["let old packages go: `retain: newest-per-target`, or `none`"];
    CategoryFrozen = "category-frozen", "a published app cannot become a game, nor a game an app",
        ["keep the category's family as it is"];
}

impl fmt::Display for BlockerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A blocker in a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Blocker {
    /// The resource.
    pub address: String,
    /// Which one.
    pub kind: BlockerKind,
    /// What exactly.
    pub detail: String,
    /// What can be done.
    pub remedies: Vec<String>,
}

impl Blocker {
    /// A blocker with its usual remedies.
    pub fn new(address: &str, kind: BlockerKind, detail: impl Into<String>) -> Self {
        let remedies = kind.remedies().iter().map(|remedy| (*remedy).to_owned()).collect();
        Self { address: address.to_owned(), kind, detail: detail.into(), remedies }
    }
}
