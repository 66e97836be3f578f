//! Words of manifests that are not the API's, each with what it means: ONE table for each place.

use super::desired::{OpenRollout, Others, Retain, RolloutWanted};
use super::flatten::{not_allowed, one_of_words};
use super::value::{Scope, Values};
use super::yaml::Node;

/// A word, what it stands for, and what it means, for people who write manifests.
pub(super) type Word<T> = (&'static str, T, &'static str);

/// `$others`.
pub(super) static OTHERS: &[Word<Others>] = &[
    ("keep", Others::Keep, "what is not named here stays as it is; the default"),
    ("error", Others::Error, "what is live and not named here is an error"),
    ("remove", Others::Remove, "what is live and not named here is removed; needs a permit"),
];
/// `packages.retain`.
pub(super) static RETAIN: &[Word<Retain>] = &[
    ("none", Retain::None, "none of the packages already there stays"),
    (
        "newest-per-target",
        Retain::NewestPerTarget,
        "for each architecture and device family that no new package covers, the newest stays; the default",
    ),
    ("all", Retain::All, "all of the packages already there stay"),
];
/// `openRollout`.
pub(super) static OPEN_ROLLOUT: &[Word<OpenRollout>] = &[
    ("block", OpenRollout::Block, "the rollout stays, and nothing is submitted; the default"),
    ("finalize", OpenRollout::Finalize, "the rollout is finalized first: everybody gets its packages"),
    ("halt", OpenRollout::Halt, "the rollout is halted first: nobody else gets its packages"),
];
/// `state` of an add-on or a flight: whether it is to be deleted.
pub(super) static STATES: &[Word<bool>] = &[
    ("present", false, "it is there; the default"),
    ("absent", true, "it is to be deleted; needs a permit"),
];
/// `rollout.state`.
pub(super) static ROLLOUT_STATES: &[Word<RolloutWanted>] = &[
    ("finalized", RolloutWanted::Finalized, "everybody gets the packages, for good"),
    ("halted", RolloutWanted::Halted, "nobody else gets the packages; who has them keeps them"),
];

/// What a word of a table stands for.
pub(super) fn word<T: Clone>(values: &mut Values<'_, '_>, node: &Node, words: &[Word<T>]) -> Option<T> {
    let names: Vec<&str> = words.iter().map(|(word, ..)| *word).collect();
    let text = values.scalar(node, &one_of_words(&names), Scope::plain()).ok()?;
    let found = words.iter().find(|(word, ..)| *word == text).map(|(_, meaning, _)| meaning.clone());
    if found.is_none() {
        not_allowed(values, &text, node.span, &names);
    }
    found
}
