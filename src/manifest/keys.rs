//! The keys of a manifest outside `submission` and `release`: ONE table.

use crate::submission::Kind;

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Always.
    Always,
    /// Unless `id` is: the resource is known by it, and created with it.
    UnlessId,
    /// Never.
    Never,
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// One of the kinds.
    Kind,
    /// A resource's name here.
    Name,
    /// A Store ID.
    StoreId,
    /// The developer's id of an add-on.
    ProductId,
    /// A text of at most so many characters.
    Text(usize),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Whether it is there.
    State,
    /// The ids of groups.
    Groups,
    /// A list of guards.
    Guards,
    /// A list of dotted paths.
    Paths,
    /// `of` with `percentage` or `state`.
    Rollout,
    /// A block of fields.
    Block,
}

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) of: &'static [Kind],
    pub(super) need: Need,
    pub(super) takes: Takes,
    /// What it is, for people who write manifests.
    pub(super) doc: &'static str,
}

const fn key(name: &'static str, of: &'static [Kind], need: Need, takes: Takes, doc: &'static str) -> Key {
    Key { name, of, need, takes, doc }
}

const BELOW_APP: &[Kind] = &[Kind::AddOn, Kind::Flight];

/// Every key, in the order in which people write them.
pub(super) static KEYS: &[Key] = &[
    key(
        "kind",
        Kind::ALL,
        Need::Always,
        Takes::Kind,
        "What the document describes: `App`, `AddOn` or `Flight`",
    ),
    key(
        "name",
        Kind::ALL,
        Need::Always,
        Takes::Name,
        "How this repository calls it: lower-case letters, digits and hyphens",
    ),
    key("app", BELOW_APP, Need::Always, Takes::Name, "The `name` of the app that it belongs to"),
    key(
        "id",
        &[Kind::App],
        Need::Always,
        Takes::StoreId,
        "The Store ID: twelve capital letters and digits, in Partner Center under Product identity",
    ),
    key(
        "id",
        &[Kind::AddOn],
        Need::Never,
        Takes::StoreId,
        "The Store ID; may be given instead of `productId`",
    ),
    key(
        "id",
        &[Kind::Flight],
        Need::Never,
        Takes::Text(64),
        "The flight's id; may be given instead of `friendlyName`",
    ),
    key(
        "productId",
        &[Kind::AddOn],
        Need::UnlessId,
        Takes::ProductId,
        "The id that the app asks for; identity together with the app, and never changed",
    ),
    key(
        "productType",
        &[Kind::AddOn],
        Need::UnlessId,
        Takes::OneOf(PRODUCT_TYPES),
        "`Durable` is owned for good or for a time, `Consumable` is used up; never changed",
    ),
    key(
        "friendlyName",
        &[Kind::Flight],
        Need::UnlessId,
        Takes::Text(256),
        "The flight's name in Partner Center; identity together with the app",
    ),
    key(
        "groupIds",
        &[Kind::Flight],
        Need::UnlessId,
        Takes::Groups,
        "The ids of the groups of testers; in Partner Center in the address of a group's page",
    ),
    key(
        "rankHigherThan",
        &[Kind::Flight],
        Need::Never,
        Takes::Text(256),
        "The flight, by name or id, above which it ranks; a tester in both gets the packages of the higher one",
    ),
    key(
        "permit",
        Kind::ALL,
        Need::Never,
        Takes::Guards,
        "The risks that are accepted here and reviewed in the pull request; `apply` stops at any other",
    ),
    key(
        "ignore",
        Kind::ALL,
        Need::Never,
        Takes::Paths,
        "Dotted paths below `submission` that are neither compared nor written; `*` stands for one key",
    ),
    key(
        "state",
        BELOW_APP,
        Need::Never,
        Takes::State,
        "`absent` deletes it; removing a manifest deletes nothing",
    ),
    key(
        "submission",
        Kind::ALL,
        Need::Never,
        Takes::Block,
        "What is wanted in every run. A key that is not here is left as it is in Partner Center; `null` clears one",
    ),
    key(
        "release",
        Kind::ALL,
        Need::Never,
        Takes::Block,
        "What is laid over `submission` in runs that name a release, such as `--release app/contoso-reader=dist`; it has the same keys",
    ),
    key(
        "rollout",
        &[Kind::App, Kind::Flight],
        Need::Never,
        Takes::Rollout,
        "What is wanted of the rollout that is running, if it is of the version named",
    ),
];

/// `productType`.
pub(super) const PRODUCT_TYPES: &[&str] = crate::submission::vocabulary::PRODUCT_TYPES;

impl Key {
    /// The keys of a kind.
    pub(super) fn all_of(kind: Kind) -> impl Iterator<Item = &'static Self> + Clone {
        KEYS.iter().filter(move |key| key.of.contains(&kind))
    }
}
