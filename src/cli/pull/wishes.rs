//! What of a product manifests are to say: where they differ from what is live, and what a person names.

use serde_json::Value;

use crate::manifest::{
    ByHand, LiveImage, LiveValue, Manageable, Owned, Resource, Wanted as WantedValue, Wish,
};
use crate::plan::{Change, ChangeRoute};
use crate::submission::{Document, Field, FileStatus, Kind, Path, Scope, Shape, canonical};

use super::super::exit::{Exit, Failure};

const FILES: &str =
    "it is made of files, and Partner Center does not give them; put them into the repository";
const AT_CREATION: &str = "it is set when the product is created, and kept in the manifest's own keys";
const OTHERS: &str = "`$others: remove` takes away what is not named; name it, or say `$others: keep`";

/// A product, and what is asked of it.
pub(super) struct Asked<'a> {
    pub(super) resource: &'a Resource,
    /// The submission whose values are taken.
    pub(super) document: Option<&'a Document>,
    /// How the manifest differs from it.
    pub(super) changes: &'a [Change],
    /// The one field that is asked for.
    pub(super) field: Option<&'a Path>,
}

/// Wishes, and what nobody but a person can write.
#[derive(Default)]
pub(super) struct Wishes {
    pub(super) all: Vec<Wish>,
    pub(super) by_hand: Vec<ByHand>,
}

impl Wishes {
    pub(super) fn collect(&mut self, asked: &Asked<'_>) -> Result<(), Failure> {
        let before = (self.all.len(), self.by_hand.len());
        for change in asked.changes.iter().filter(|change| asked.covers(&change.path)) {
            self.change(asked, change);
        }
        for owned in asked.resource.desired.owned.iter().filter(|owned| asked.is_beside_changes(owned)) {
            self.beside_changes(asked, owned);
        }
        match asked.field {
            Some(field) => self.unmanaged(asked, field, before != (self.all.len(), self.by_hand.len())),
            None => Ok(()),
        }
    }

    fn wish(&mut self, asked: &Asked<'_>, path: &Path, live: LiveValue) {
        // Several changes can be of one list.
        if !self.all.iter().any(|wish| wish.address == asked.resource.address && wish.path.covers(path)) {
            self.all.push(Wish { address: asked.resource.address.clone(), path: path.clone(), live });
        }
    }

    fn leave(&mut self, asked: &Asked<'_>, path: &Path, change: &Change, why: &'static str) {
        let is_same = |left: &ByHand| left.wish.address == asked.resource.address && left.wish.path == *path;
        if !self.by_hand.iter().any(is_same) {
            let live = LiveValue::Value(change.before.clone().unwrap_or_default());
            let wish = Wish { address: asked.resource.address.clone(), path: path.clone(), live };
            self.by_hand.push(ByHand { wish, at: change.source.clone(), why });
        }
    }

    fn change(&mut self, asked: &Asked<'_>, change: &Change) {
        let is_whole_language = change.path.language().is_some() && change.path.keys().len() == 2;
        let owned = asked.resource.desired.owned.iter().find(|owned| owned.path.covers(&change.path));
        match (change.route, owned) {
            (ChangeRoute::Create | ChangeRoute::Delete, _) => {
                self.leave(asked, &change.path, change, AT_CREATION);
            }
            // What a running rollout is to become is nobody's text.
            (ChangeRoute::Live, _) => {}
            (_, Some(_)) if is_whole_language => self.wish(asked, &change.path, LiveValue::Language),
            (_, None) if is_whole_language && asked.names(&change.path) => {
                self.wish(asked, &change.path, LiveValue::NoLanguage);
            }
            (_, None) if change.source.is_some() => self.leave(asked, &change.path, change, OTHERS),
            // It follows from other changes.
            (_, None) => {}
            (_, Some(owned)) if owned.field.is_some_and(|field| field.rides_along) => {}
            (_, Some(owned)) => match &owned.wanted {
                WantedValue::Value(_) | WantedValue::Nothing => {
                    self.wish(asked, &owned.path, asked.value(&owned.path));
                }
                WantedValue::Images(_) => self.wish(asked, &owned.path, asked.images(&owned.path)),
                // New ones come with a release.
                WantedValue::Packages(_) => {}
                WantedValue::Icon(_) | WantedValue::Trailers(_) => {
                    let whole = Change { before: None, source: Some(owned.at.clone()), ..change.clone() };
                    self.leave(asked, &owned.path, &whole, FILES);
                }
            },
        }
    }

    fn beside_changes(&mut self, asked: &Asked<'_>, owned: &Owned) {
        let live = asked.value(&owned.path);
        let is_same = match (&owned.wanted, &live) {
            (WantedValue::Value(wanted), LiveValue::Value(live)) => canonical::same(Some(wanted), Some(live)),
            (_, LiveValue::Value(live)) => live.is_null(),
            _ => true,
        };
        if !is_same {
            self.wish(asked, &owned.path, live);
        }
    }

    /// What is named, is live, and no manifest speaks of yet.
    fn unmanaged(&mut self, asked: &Asked<'_>, field: &Path, differs: bool) -> Result<(), Failure> {
        let owns = |path: &Path| {
            asked
                .resource
                .desired
                .owned
                .iter()
                .any(|owned| owned.path.covers(path) || path.covers(&owned.path))
        };
        let kind = asked.resource.kind();
        let known = Manageable::at(kind, field);
        if known
            .is_some_and(|known| matches!(known.field.shape, Shape::Icon | Shape::Packages | Shape::Trailers))
        {
            return Err(Failure::new(Exit::Usage, format!("`{field}`: {FILES}"))
                .help("name a field that is a text, a list of texts, a word or images"));
        }
        let all = fields(kind, asked.document);
        let is_field = known.is_some() || all.iter().any(|(path, _)| field.covers(path));
        if !is_field && !owns(field) {
            return Err(Failure::new(Exit::Usage, format!("`{field}` is no field of {}", asked.resource.address)).help(
                "write it as in a manifest below `submission`, such as listings.en-us.releaseNotes or pricing.priceId",
            ));
        }
        let document = asked.document.ok_or_else(|| {
            Failure::new(Exit::Error, format!("nothing of {} was published yet", asked.resource.address))
                .help("`--from-pending` takes the submission in progress")
        })?;
        let before = self.all.len();
        for (path, known) in all.into_iter().filter(|(path, _)| field.covers(path) && !owns(path)) {
            let is_named = *field == path;
            // What a release brings, and what is never shown, is taken where it is named alone.
            if known.is_some_and(|known| !is_named && (known.rides_along || is_notes(known))) {
                continue;
            }
            let live = match known {
                Some(_) => asked.value(&path),
                None => LiveValue::Images(images(document, &path)),
            };
            let says_something = match &live {
                LiveValue::Value(live) => canonical::value(live).is_some(),
                LiveValue::Images(images) => !images.is_empty(),
                LiveValue::NoLanguage | LiveValue::Language => true,
            };
            if says_something {
                self.wish(asked, &path, live);
            }
        }
        if self.all.len() == before && !differs && !owns(field) {
            let message = format!("there is nothing at `{field}` in Partner Center");
            return Err(Failure::new(Exit::Error, message)
                .help("nothing was written; a manifest that does not mention it leaves it so"));
        }
        Ok(())
    }
}

fn is_notes(field: &Field) -> bool {
    matches!(field.shape, Shape::Notes { .. })
}

impl Asked<'_> {
    fn covers(&self, path: &Path) -> bool {
        self.field.is_none_or(|field| field.covers(path) || path.covers(field))
    }

    /// Whether the manifest names a language, by whatever it says of it.
    fn names(&self, language: &Path) -> bool {
        self.resource.desired.owned.iter().any(|owned| language.covers(&owned.path))
    }

    /// Fields that are no change of their own: a title that is there stays as it is, and release settings wait.
    fn is_beside_changes(&self, owned: &Owned) -> bool {
        let Some(field) = owned.field else { return false };
        let is_value = matches!(owned.wanted, WantedValue::Value(_) | WantedValue::Nothing);
        let is_rollout = matches!(field.shape, Shape::Percentage);
        is_value
            && !is_rollout
            && if field.rides_along {
                self.field == Some(&owned.path)
            } else {
                let has_language = |language| {
                    self.document.is_some_and(|document| document.get(&["listings", language]).is_some())
                };
                field.only_when_added
                    && self.covers(&owned.path)
                    && owned.path.language().is_some_and(has_language)
            }
    }

    fn value(&self, path: &Path) -> LiveValue {
        let known = Manageable::at(self.resource.kind(), path);
        let live = known.zip(self.document).and_then(|(known, document)| {
            let mut api = known.field.api_path(path.language());
            api.extend(known.below.map(str::to_owned));
            document.get(&api).filter(|value| canonical::value(value).is_some())
        });
        LiveValue::Value(live.map(unified).unwrap_or_default())
    }

    fn images(&self, path: &Path) -> LiveValue {
        LiveValue::Images(self.document.map(|document| images(document, path)).unwrap_or_default())
    }
}

/// With LF and without byte order mark, as files are read.
fn unified(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            Value::String(text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n"))
        }
        Value::Array(items) => items.iter().map(unified).collect(),
        other => other.clone(),
    }
}

/// The images of the type that a path ends with.
fn images(document: &Document, path: &Path) -> Vec<LiveImage> {
    let kind = path.keys().last().map_or("", String::as_str);
    document
        .images(path.language().unwrap_or_default())
        .into_iter()
        .filter(|image| image.status() != FileStatus::PendingDelete && image.image_type() == kind)
        .map(|image| LiveImage {
            id: image.id().to_owned(),
            file_name: image.file_name().to_owned(),
            description: image.description().to_owned(),
        })
        .collect()
}

/// Every path that manifests of a kind can own and whose values can be written down; images have no row, as each of their
/// types is owned by itself.
fn fields(kind: Kind, document: Option<&Document>) -> Vec<(Path, Option<&'static Field>)> {
    let mut all = Vec::new();
    let languages: Vec<String> =
        document.into_iter().flat_map(Document::languages).map(canonical::language).collect();
    for field in Field::all_of(kind) {
        let below: Vec<Path> = match field.scope {
            Scope::Submission => vec![Path::new(field.path.iter().copied())],
            Scope::Listing => {
                let own = Path::new(field.path.iter().copied());
                languages.iter().map(|language| Path::new(["listings", language]).join(&own)).collect()
            }
        };
        match field.shape {
            Shape::Group | Shape::Packages | Shape::Icon | Shape::Trailers | Shape::Percentage => {}
            Shape::Images => {
                for path in below {
                    let live = document.map(|document| document.images(path.language().unwrap_or_default()));
                    let mut kinds: Vec<&str> =
                        live.iter().flatten().map(|image| image.image_type()).collect();
                    kinds.sort_unstable();
                    kinds.dedup();
                    all.extend(kinds.into_iter().map(|kind| (path.child(kind), None)));
                }
            }
            Shape::Markets => {
                let live = document.and_then(|document| document.get(&field.api_path(None)));
                let markets = live.and_then(Value::as_object).into_iter().flat_map(|live| live.keys());
                all.extend(markets.map(|market| (below[0].child(market), Some(field))));
            }
            _ => all.extend(below.into_iter().map(|path| (path, Some(field)))),
        }
    }
    all
}
