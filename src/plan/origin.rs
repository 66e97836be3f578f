//! Whose change a difference is: what the baseline in git says, what is wanted, and what is live, compared.
//!
//! | | |
//! |---|---|
//! | live is as the baseline says | *config*: the manifests changed |
//! | wanted is as the baseline says | *drift*: the Store changed |
//! | all three differ | *conflict*: both changed |
//! | the baseline says nothing | *config* |
//!
//! Whether live is as the baseline says is found as every difference is: its desired state is laid over the same live
//! document. What waits for a submission is never drift, because live is behind git until there is one: release
//! settings, and what comes with a release that ships a package which the Store has not.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::asset::Digest;
use crate::manifest::{
    Asset, Desired, Guard, ImageContent, Owned, Resource, TrailerContent, Wanted, WantedImage, WantedTrailer,
};
use crate::submission::{Document, Member, Path, Section, Shape, canonical, hidden};

use super::creation;
use super::drift::fields;
use super::flights::Flights;
use super::overlay::{Baseline, Options, Overlay, lay_over};
use super::packages::described;
use super::running::{self, RolloutCall};
use super::trailers;
use super::types::{Change, Op, Origin};

/// What git says of a resource at the baseline; `None`: nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a>(pub(super) Option<&'a Resource>);

impl Told<'_> {
    /// Says whose the changes of an overlay are. What git said at the baseline may have been sent and `rejected`: then live is
    /// behind git because of that, and nobody changed it.
    pub(super) fn tell(
        self,
        overlay: &mut Overlay,
        live: Baseline<'_>,
        rejected: Option<&Document>,
        desired: &Desired,
    ) {
        let Some(Resource { desired: earlier, .. }) = self.0 else {
            return all_config(&mut overlay.changes);
        };
        // What is uploaded anew for want of trust is no difference to the baseline.
        let mut before = lay_over(live, earlier, Options::default()).changes;
        if let Some(document) = rejected {
            let not_sent = lay_over(Baseline { document, ..live }, earlier, Options::default()).changes;
            before.retain(|change| not_sent.iter().any(|other| other.path == change.path));
        }
        let ships = !overlay.packages.added.is_empty();
        if ships && live.document.json().is_empty() {
            // It is created with its first packages, and waited for them.
            return all_config(&mut overlay.changes);
        }
        for change in &mut overlay.changes {
            let owner = owner(desired, &change.path);
            change.baseline = said(earlier, &change.path);
            change.origin = Some(if waits(change, owner, desired, ships) {
                Origin::Config
            } else {
                origin(change, owner, earlier, &before)
            });
        }
    }

    /// The same of what is set while a resource is created; `waited` for its first packages or not.
    pub(super) fn tell_created(self, changes: &mut [Change], flights: &Flights<'_>, waited: bool) {
        let there = self.0.filter(|earlier| earlier.absent.is_none() && !waited);
        let before = there.map(|earlier| creation::created(earlier, flights));
        tell_by_twin(changes, &before.unwrap_or_default(), 1);
    }

    /// The same of what can be set only then, of a resource that is there.
    pub(super) fn tell_fixed(self, changes: &mut [Change], member: &Member, flights: &Flights<'_>) {
        let before = self.0.map(|earlier| creation::different(earlier, member, flights));
        tell_by_twin(changes, &before.unwrap_or_default(), 1);
    }

    /// The same of a call that changes a running rollout: because `rollout` asks for it, or to make way.
    pub(super) fn tell_call(self, call: &mut RolloutCall, published: &Document) {
        if call.is_permit {
            call.change.origin = Some(Origin::Config);
            return;
        }
        let asked = self.0.and_then(|earlier| running::asked(earlier, published).ok().flatten());
        let before: Vec<Change> = asked.map(|call| call.change).into_iter().collect();
        tell_by_twin(std::slice::from_mut(&mut call.change), &before, 1);
    }
}

fn all_config(changes: &mut [Change]) {
    for change in changes {
        change.origin = Some(Origin::Config);
    }
}

/// Says whose changes are by those that the baseline would make. Both are about the same thing where the first `depth`
/// keys of their paths are the same.
fn tell_by_twin(changes: &mut [Change], before: &[Change], depth: usize) {
    for change in changes {
        let keys = |change: &Change| change.path.keys().iter().take(depth).cloned().collect::<Vec<_>>();
        let twin = before.iter().find(|twin| keys(twin) == keys(change));
        change.baseline = twin.and_then(|twin| twin.after.clone());
        change.origin = Some(match twin {
            None => Origin::Config,
            Some(twin) if twin.path == change.path && twin.after == change.after => Origin::Drift,
            Some(_) => Origin::Conflict,
        });
    }
}

/// What overwrites drift or a conflict in these changes.
pub(super) fn risk<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Option<(Guard, String)> {
    let fields = fields(changes.into_iter().filter(|change| change.overwrites_drift()));
    let detail = match fields.as_slice() {
        [] => return None,
        [one] => format!("1 field: {one}"),
        [first, ..] => format!("{} fields, first {first}", fields.len()),
    };
    Some((Guard::RevertsDrift, detail))
}

/// What is wanted at a path, or at the list that it lies in.
fn owner<'d>(desired: &'d Desired, path: &Path) -> Option<&'d Owned> {
    desired.owned.iter().find(|owned| owned.path.covers(path))
}

/// Whether live is behind git in this until there is a submission, or a release.
fn waits(change: &Change, owner: Option<&Owned>, desired: &Desired, ships: bool) -> bool {
    // How a submission starts follows from what it brings.
    let rides_along = change.section == Some(Section::Rollout)
        || owner.and_then(|owned| owned.field).is_some_and(|field| field.rides_along);
    let comes_with_release = match owner {
        Some(owned) => desired.of_release.contains(&owned.path),
        // A whole language.
        None => {
            let mut parts = desired.owned.iter().filter(|owned| change.path.covers(&owned.path)).peekable();
            parts.peek().is_some() && parts.all(|owned| desired.of_release.contains(&owned.path))
        }
    };
    rides_along || (ships && comes_with_release)
}

/// Whose a change is; `before` are those that the baseline would make.
fn origin(change: &Change, owner: Option<&Owned>, earlier: &Desired, before: &[Change]) -> Origin {
    let field = owner.map_or(&change.path, |owned| &owned.path);
    let touches =
        |other: &&Change| field.covers(&other.path) || (other.op == Op::Remove && other.path.covers(field));
    if !before.iter().any(|other| touches(&other)) {
        return Origin::Config;
    }
    let known = owner.and_then(|owned| earlier.owned.iter().find(|other| other.path == owned.path));
    let agrees = match (owner, known) {
        (Some(wanted), Some(known)) => same(&wanted.wanted, &known.wanted),
        // What one of them says by `$others`, or a language as a whole.
        _ => before.iter().any(|twin| {
            twin.path == change.path
                && twin.op == change.op
                && canonical::same(twin.after.as_ref(), change.after.as_ref())
        }),
    };
    if agrees { Origin::Drift } else { Origin::Conflict }
}

/// Whether two desired states want the same, wherever it is written and whatever the files are called.
fn same(a: &Wanted, b: &Wanted) -> bool {
    match (a, b) {
        (Wanted::Images(a), Wanted::Images(b)) => pairwise(a, b, same_image),
        (Wanted::Trailers(a), Wanted::Trailers(b)) => pairwise(a, b, same_trailer),
        (Wanted::Icon(a), Wanted::Icon(b)) => a.fingerprint.digest == b.fingerprint.digest,
        (Wanted::Packages(a), Wanted::Packages(b)) => {
            let digests = |packages: &[_]| {
                let mut digests: Vec<_> = packages.iter().map(digest).collect();
                digests.sort_unstable();
                digests
            };
            digests(a) == digests(b)
        }
        (Wanted::Value(a), Wanted::Value(b)) => canonical::same(Some(a), Some(b)),
        (Wanted::Value(value), Wanted::Nothing) | (Wanted::Nothing, Wanted::Value(value)) => {
            canonical::same(Some(value), None)
        }
        (Wanted::Nothing, Wanted::Nothing) => true,
        _ => false,
    }
}

fn digest(asset: &Arc<Asset>) -> Digest {
    asset.fingerprint.digest
}

fn pairwise<T>(a: &[T], b: &[T], same: fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

fn same_image(a: &WantedImage, b: &WantedImage) -> bool {
    let caption = |image: &WantedImage| image.description.as_deref().map(canonical::text);
    let content = match (&a.content, &b.content) {
        (ImageContent::File(a), ImageContent::File(b)) => digest(a) == digest(b),
        (ImageContent::Remote(a), ImageContent::Remote(b)) => a == b,
        _ => false,
    };
    content && caption(a) == caption(b)
}

fn same_trailer(a: &WantedTrailer, b: &WantedTrailer) -> bool {
    match (&a.content, &b.content) {
        (TrailerContent::Remote(a), TrailerContent::Remote(b)) => a == b,
        (
            TrailerContent::File { video: a, assets: of_a },
            TrailerContent::File { video: b, assets: of_b },
        ) => {
            digest(a) == digest(b)
                && of_a.len() == of_b.len()
                && of_a.iter().all(|a| {
                    of_b.iter().any(|b| {
                        let text = canonical::text;
                        a.language == b.language
                            && digest(&a.image) == digest(&b.image)
                            && text(&a.title) == text(&b.title)
                            && text(&a.description) == text(&b.description)
                    })
                })
        }
        _ => false,
    }
}

/// What the baseline says at the path of a change, in the form in which a change says it.
fn said(earlier: &Desired, path: &Path) -> Option<Value> {
    let owned = owner(earlier, path)?;
    let below = &path.keys()[owned.path.keys().len()..];
    let place = || below.first()?.parse::<usize>().ok()?.checked_sub(1);
    match &owned.wanted {
        Wanted::Value(value)
            if owned.field.is_some_and(|field| matches!(field.shape, Shape::Notes { .. })) =>
        {
            Some(hidden::notes(value))
        }
        Wanted::Value(value) => canonical::value(value).map(|_| value.clone()),
        Wanted::Nothing => None,
        Wanted::Icon(icon) => Some(json!({ "fileName": icon.archive_name })),
        Wanted::Images(images) => {
            let image = images.get(place()?)?;
            let caption = image.description.as_deref().filter(|caption| !caption.is_empty());
            if below.len() > 1 {
                return caption.map(|caption| json!(caption));
            }
            let mut said = match &image.content {
                ImageContent::File(asset) => json!({ "fileName": asset.archive_name }),
                ImageContent::Remote(id) => json!({ "id": id }),
            };
            if let Some(caption) = caption {
                said["description"] = json!(caption);
            }
            Some(said)
        }
        Wanted::Trailers(trailers) => match &trailers.get(place()?)?.content {
            TrailerContent::File { video, assets } => Some(trailers::shown(&trailers::entry(video, assets))),
            TrailerContent::Remote(id) => Some(json!({ "id": id })),
        },
        // A package has no place in a list; its name carries the digest.
        Wanted::Packages(packages) => {
            let named = packages.iter().find(|asset| Some(&asset.archive_name) == below.first())?;
            named.package().map(|package| described(package, earlier))
        }
    }
}
