//! `submission` and `release` into owned paths.
//!
//! Both blocks are first flattened to leaves along the field table; `release` is laid over `submission`, and in
//! each of them a language's own key over `$each`. Only the leaves that win are read.

use std::path::Path as FilePath;

use crate::submission::{Field, Kind, Path, PathPattern, Shape};

use super::checks::{self, Checked};
use super::code::Code;
use super::desired::{Desired, Owned, Retain, Wanted};
use super::diagnostic::Diagnostic;
use super::flatten::{Flatten, Layer, Leaf};
use super::include::Included;
use super::read::Reader;
use super::source::Span;
use super::value::{NoRelease, Values};
use super::yaml::Node;

/// The parts of a manifest that say what is wanted of its submission.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<'n> {
    /// What the manifest describes.
    pub kind: Kind,
    /// What holds always.
    pub submission: Option<&'n Node>,
    /// What is laid over it in runs that name a release.
    pub release: Option<&'n Node>,
    /// The folder that the run names as the release; `None` where it names none.
    pub folder: Option<&'n FilePath>,
}

/// What is wanted, from the blocks of one manifest. The `release` block is always checked, but taken only where
/// the run names a folder for it.
pub fn lower<'n>(
    values: &mut Values<'_, '_>,
    blocks: Blocks<'n>,
    ignore: Vec<PathPattern>,
    included: &'n Included,
) -> Desired {
    let always = Err(NoRelease::OutsideRelease);
    let named = blocks.folder.ok_or(NoRelease::NotNamed);
    let mut flatten = Flatten::new(values, blocks.kind, included);
    let mut submission = flatten.block(blocks.submission, always);
    let mut overlay = flatten.block(blocks.release, named);
    let mut desired = std::mem::take(&mut submission.settings);
    if named.is_ok() {
        desired.lay_over(std::mem::take(&mut overlay.settings));
    }
    desired.ignore = ignore;
    let languages = Names::of(&[&submission, &overlay]);
    desired.named_languages = languages.iter().map(|(language, _)| language.to_owned()).collect();
    // A language that only `release` names comes with a release, not before.
    let standing_languages = if named.is_ok() { &languages } else { &Names::of(&[&submission]) };
    refuse_each_of_nothing(&mut flatten, &languages, &[&submission, &overlay]);
    let mut standing = flatten.leaves(&submission, standing_languages, always);
    let mut coming = flatten.leaves(&overlay, &languages, named);
    let named_markets = submission.once.iter().chain(&overlay.once).filter_map(market);
    desired.named_markets = named_markets.map(str::to_owned).collect();
    for leaves in [&mut standing, &mut coming] {
        leave_ignored_out(values, leaves, &desired);
    }
    let mut reader = Reader { values, languages: standing_languages, version: None, unread: Vec::new() };
    if named.is_ok() {
        settle_going(&mut standing, &mut coming, &submission, &overlay);
        desired.of_release = coming.iter().map(|leaf| leaf.path.clone()).collect();
        standing.append(&mut coming);
        desired.owned = reader.read_all(standing);
        let unread = std::mem::take(&mut reader.unread);
        let retain = overlay.retain.or(submission.retain);
        check(values, blocks.kind, &desired, &desired.owned.iter().collect::<Vec<_>>(), &unread, retain);
    } else {
        let mut with_release = standing.clone();
        settle_going(&mut with_release, &mut coming, &submission, &overlay);
        desired.owned = reader.read_all(standing);
        reader.languages = &languages;
        let coming = reader.read_all(coming);
        let unread = std::mem::take(&mut reader.unread);
        let owned: Vec<&Owned> = desired.owned.iter().collect();
        check(values, blocks.kind, &desired, &owned, &unread, submission.retain);
        // What a release would be is wrong already before there is one.
        let stands = |owned: &&Owned| !coming.iter().any(|later| later.path == owned.path);
        let both: Vec<&Owned> = desired.owned.iter().filter(stands).chain(&coming).collect();
        check(values, blocks.kind, &desired, &both, &unread, overlay.retain.or(submission.retain));
    }
    desired
}

fn check(
    values: &mut Values<'_, '_>,
    kind: Kind,
    desired: &Desired,
    owned: &[&Owned],
    unread: &[Path],
    retain: Option<(Retain, Span)>,
) {
    refuse_retaining_nothing(values, retain, owned);
    for diagnostic in checks::all(&Checked { kind, desired, owned, unread }) {
        values.report(diagnostic);
    }
}

/// The market that a leaf is about.
fn market<'l>(leaf: &'l Leaf<'_>) -> Option<&'l str> {
    let is_price = leaf.field.is_some_and(|field| matches!(field.shape, Shape::Markets));
    leaf.path.keys().get(2).filter(|_| is_price).map(String::as_str)
}

/// Takes out what `ignore` names. What would clear an ignored part together with others is refused.
fn leave_ignored_out(values: &mut Values<'_, '_>, leaves: &mut Vec<Leaf<'_>>, desired: &Desired) {
    leaves.retain(|leaf| {
        let ignored = desired.ignores(&leaf.path);
        let is_whole = leaf.field.is_some_and(Field::is_group);
        if is_whole && !ignored && desired.ignore.iter().any(|pattern| pattern.lies_below(&leaf.path)) {
            let message = format!("`{}` cannot be cleared: `ignore` names a part of it", leaf.path);
            let diagnostic = Diagnostic::error(Code::CannotClear, leaf.node.span, message);
            values.report(diagnostic.help("clear the other parts one by one, or ignore nothing of it"));
        }
        !ignored
    });
}

/// What is said of every language is said of none where none is named.
fn refuse_each_of_nothing(flatten: &mut Flatten<'_, '_, '_, '_>, languages: &Names, layers: &[&Layer<'_>]) {
    if languages.iter().next().is_some() {
        return;
    }
    for entry in layers.iter().flat_map(|layer| &layer.each) {
        let message = "`$each` holds for the languages that are named, and none is";
        let diagnostic = Diagnostic::error(Code::EachOfNothing, entry.key_span, message);
        flatten.values.report(diagnostic.help("name each language below `listings`, such as `de: {}`"));
    }
}

/// Customers outside a gradual rollout go on getting the packages that are published, so these must stay.
fn refuse_retaining_nothing(values: &mut Values<'_, '_>, retain: Option<(Retain, Span)>, owned: &[&Owned]) {
    let share = owned.iter().find(|owned| owned.path.keys() == ["packageRollout", "percentage"]);
    let (Some((Retain::None, at)), Some(Wanted::Value(share))) = (retain, share.map(|owned| &owned.wanted))
    else {
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
        for own in layers.iter().flat_map(|layer| &layer.own) {
            let place = names.iter().position(|(known, _)| *known == own.language).unwrap_or_else(|| {
                names.push((own.language.clone(), own.language.clone()));
                names.len() - 1
            });
            if let Some(meaning) = &own.meaning {
                meaning.clone_into(&mut names[place].1);
            }
        }
        Self(names)
    }

    /// Each language with its meaning.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, meaning)| (language.as_str(), meaning.as_str()))
    }

    /// Where a path stands in the order of languages; what holds once a submission comes first.
    pub(super) fn position(&self, path: &Path) -> usize {
        path.language()
            .map_or(0, |language| 1 + self.0.iter().take_while(|(known, _)| known != language).count())
    }

    /// What `$(lang)` means for a language.
    pub(super) fn meaning(&self, language: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == language).map(|(_, meaning)| meaning)
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
