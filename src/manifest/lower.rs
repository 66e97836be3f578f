//! `submission` and `release` into owned paths.
//!
//! Both blocks are first flattened to leaves along the field table; `release` is laid over `submission`, and in
//! each of them a language's own key over `$each`. Only the leaves that win are read.

use std::path::Path as FilePath;

use crate::submission::Path;

use super::code::Code;
use super::desired::{Desired, Owned, Retain, Wanted};
use super::diagnostic::Diagnostic;
use super::flatten::{Layer, Leaf, flatten};
use super::read::Reader;
use super::source::Span;
use super::value::{NoRelease, Values};
use super::yaml::Node;

/// The two blocks of a manifest that say what is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<'n> {
    /// What holds always.
    pub submission: Option<&'n Node>,
    /// What is laid over it in runs that name a release.
    pub release: Option<&'n Node>,
}

/// What is wanted, from the blocks of one manifest. The `release` block is always checked, but taken only where
/// the run names a folder for it.
pub fn lower(
    values: &mut Values<'_, '_>,
    blocks: Blocks<'_>,
    folder: &FilePath,
    release: Option<&FilePath>,
) -> Desired {
    let mut desired = Desired::default();
    let submission = flatten(values, &mut desired, blocks.submission);
    let mut overlay_settings = Desired::default();
    let overlay = flatten(values, &mut overlay_settings, blocks.release);
    if release.is_some() {
        desired.lay_over(overlay_settings);
    }
    let languages = Names::of(&[&submission, &overlay]);
    desired.named_languages = languages.0.iter().map(|(language, _)| language.clone()).collect();
    // A language that only `release` names comes with a release, not before.
    let standing_languages = if release.is_some() { &languages } else { &Names::of(&[&submission]) };
    let mut standing = leaves(&submission, standing_languages);
    let mut coming = leaves(&overlay, &languages);
    let always = |leaf| (leaf, Err(NoRelease::OutsideRelease));
    let mut reader = Reader { values, folder, languages: &languages, version: None };
    if let Some(release) = release {
        settle_going(&mut standing, &mut coming, &submission, &overlay);
        let winners =
            standing.into_iter().map(always).chain(coming.into_iter().map(|leaf| (leaf, Ok(release))));
        desired.owned = reader.read_all(winners.collect());
        refuse_retaining_nothing(values, overlay.retain.or(submission.retain), share(&desired.owned));
    } else {
        desired.owned = reader.read_all(standing.into_iter().map(always).collect());
        let coming =
            reader.read_all(coming.into_iter().map(|leaf| (leaf, Err(NoRelease::NotNamed))).collect());
        let standing = share(&desired.owned);
        refuse_retaining_nothing(values, submission.retain, standing);
        // What a release would be is wrong already before there is one.
        refuse_retaining_nothing(values, overlay.retain.or(submission.retain), share(&coming).or(standing));
    }
    desired
}

/// What is wanted of the share of customers that gets new packages first.
fn share(owned: &[Owned]) -> Option<&Wanted> {
    let found = owned.iter().find(|owned| owned.path.keys() == ["packageRollout", "percentage"]);
    found.map(|owned| &owned.wanted)
}

/// Customers outside a gradual rollout go on getting the packages that are published, so these must stay.
fn refuse_retaining_nothing(
    values: &mut Values<'_, '_>,
    retain: Option<(Retain, Span)>,
    share: Option<&Wanted>,
) {
    let (Some((Retain::None, at)), Some(Wanted::Value(share))) = (retain, share) else {
        return;
    };
    if share.as_f64().is_some_and(|share| share < 100.0) {
        let message = "`retain: none` leaves customers outside the rollout without a package";
        values
            .report(Diagnostic::error(Code::RetainsNothing, at, message).help(
                "say `retain: newest-per-target`, or release to everybody with `packageRollout: null`",
            ));
    }
}

/// The languages of a manifest in the order in which they are first named, each with what `$(lang)` means for it.
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    fn of(layers: &[&Layer<'_>]) -> Self {
        let mut names: Vec<(String, String)> = Vec::new();
        for layer in layers {
            for (language, _) in &layer.own {
                if !names.iter().any(|(known, _)| known == language) {
                    names.push((language.clone(), language.clone()));
                }
            }
        }
        for (language, meaning) in layers.iter().flat_map(|layer| &layer.meanings) {
            for (_, known) in names.iter_mut().filter(|(known, _)| known == language) {
                meaning.clone_into(known);
            }
        }
        Self(names)
    }

    /// Where a path stands in the order of languages; what holds once a submission comes first.
    pub(super) fn position(&self, path: &Path) -> usize {
        path.language()
            .map_or(0, |language| 1 + self.0.iter().take_while(|(known, _)| known != language).count())
    }

    /// What `$(lang)` means at a path.
    pub(super) fn meaning(&self, path: &Path) -> Option<&str> {
        let language = path.language()?;
        self.0.iter().find(|(known, _)| known == language).map(|(_, meaning)| meaning.as_str())
    }
}

/// Where one block takes a language away, the later of those that name it wins as a whole: nothing is left to own of
/// a language that goes, and nothing of an earlier block where a later one brings it back.
fn settle_going(
    standing: &mut Vec<Leaf<'_>>,
    coming: &mut Vec<Leaf<'_>>,
    submission: &Layer<'_>,
    overlay: &Layer<'_>,
) {
    standing.retain(|leaf| {
        let Some(language) = leaf.path.language() else { return true };
        !matches!(
            (submission.takes_away(language), overlay.takes_away(language)),
            (_, Some(true)) | (Some(true), Some(false))
        )
    });
    coming.retain(|leaf| {
        let Some(language) = leaf.path.language() else { return true };
        (submission.takes_away(language), overlay.takes_away(language)) != (Some(true), None)
    });
}

/// The leaves of a layer, `$each` spelled out for every language; later ones win.
fn leaves<'n>(layer: &Layer<'n>, languages: &Names) -> Vec<Leaf<'n>> {
    let mut leaves = layer.once.clone();
    for (language, _) in &languages.0 {
        let own = layer.own(language).unwrap_or_default();
        // `de-de: null` takes the whole language away; `$each` says nothing about it.
        let goes = layer.takes_away(language) == Some(true);
        for leaf in layer.each.iter().filter(|_| !goes).chain(own) {
            let keys = leaf.path.keys().iter().map(String::as_str);
            let path = Path::new(["listings", language.as_str()].into_iter().chain(keys));
            leaves.push(Leaf { path, ..leaf.clone() });
        }
    }
    leaves
}
