//! What the manifests say, in few lines.

use crate::manifest::{
    Desired, Location, Others, Owned, Retain, Sources, Span, Wanted, WantedImage, WantedTrailer,
};
use crate::submission::vocabulary::is_language;
use crate::submission::{Field, Kind, Path, PathPattern, Scope, canonical};
use serde_json::Value;

use super::local::Pack;

/// A place in the manifest.
pub(super) fn at(line: usize) -> Location {
    Location { file: "app.yaml".into(), line, column: 1, end_line: None, end_column: None }
}

pub(super) fn span() -> Span {
    let mut sources = Sources::default();
    let source = sources.add("app.yaml", std::path::Path::new(""), "");
    sources.whole(source)
}

/// A desired state that grows line by line. Paths are those of a manifest, dotted.
#[derive(Debug)]
pub(super) struct Want(pub(super) Desired, pub(super) Kind);

impl Default for Want {
    fn default() -> Self {
        Self(Desired::default(), Kind::App)
    }
}

/// Nothing is owned yet of an app.
pub(super) fn want() -> Want {
    Want::default()
}

/// Nothing is owned yet of such a resource.
pub(super) fn want_of(kind: Kind) -> Want {
    Want(Desired::default(), kind)
}

impl Want {
    /// Owns a path; a later line wins over an earlier one.
    pub(super) fn own(mut self, path: &Path, wanted: Wanted) -> Self {
        self.0.owned.retain(|owned| owned.path != *path);
        let line = self.0.owned.len() + 1;
        let owned = Owned {
            path: path.clone(),
            field: field_of(self.1, path),
            wanted,
            at: at(line),
            span: span(),
            written: span(),
        };
        self.0.owned.push(owned);
        self.0.named_languages.extend(path.language().map(canonical::language));
        self
    }

    fn own_dotted(self, path: &str, wanted: Wanted) -> Self {
        self.own(&Path::new(path.split('.')), wanted)
    }

    pub(super) fn value(self, path: &str, value: impl Into<Value>) -> Self {
        self.own_dotted(path, Wanted::Value(value.into()))
    }

    /// The entry of a map is to go, or the whole language.
    pub(super) fn nothing(self, path: &str) -> Self {
        self.own_dotted(path, Wanted::Nothing)
    }

    /// The screenshots of `en-us`.
    pub(super) fn screenshots<const N: usize>(self, images: [WantedImage; N]) -> Self {
        self.images("listings.en-us.images.Screenshot", images)
    }

    pub(super) fn images<const N: usize>(self, path: &str, images: [WantedImage; N]) -> Self {
        self.own_dotted(path, Wanted::Images(images.into()))
    }

    pub(super) fn trailers<const N: usize>(self, trailers: [WantedTrailer; N]) -> Self {
        self.own_dotted("trailers", Wanted::Trailers(trailers.into()))
    }

    pub(super) fn packages<const N: usize>(self, packages: [Pack; N]) -> Self {
        self.own_dotted("packages", Wanted::Packages(packages.into_iter().map(Pack::asset).collect()))
    }

    pub(super) fn retain(mut self, retain: Retain) -> Self {
        self.0.retain = Some(retain);
        self
    }

    /// What `ignore` names is not owned, as manifests are read.
    pub(super) fn ignore(mut self, pattern: &str) -> Self {
        self.0.ignore.push(PathPattern::parse(pattern));
        let Desired { owned, ignore, .. } = &mut self.0;
        owned.retain(|owned| !ignore.iter().any(|pattern| pattern.covers(&owned.path)));
        self
    }

    pub(super) fn other_languages(mut self, others: Others) -> Self {
        self.0.other_languages = Some((others, at(90)));
        self
    }

    pub(super) fn other_markets(mut self, others: Others) -> Self {
        self.0.other_markets = Some((others, at(91)));
        self
    }
}

/// The row of the field table; `None` for a whole language.
fn field_of(kind: Kind, path: &Path) -> Option<&'static Field> {
    let (scope, below) = match path.keys() {
        [listings, language] if listings == "listings" && is_language(language) => return None,
        [listings, _, rest @ ..] if listings == "listings" => (Scope::Listing, rest),
        keys => (Scope::Submission, keys),
    };
    let lies_here =
        |field: &&Field| field.scope == scope && below.iter().zip(field.path).all(|(a, b)| a == b);
    let mut fields = Field::all_of(kind).filter(|field| field.path.len() <= below.len() && !field.is_group());
    let found = fields.find(lies_here);
    Some(found.unwrap_or_else(|| panic!("no field lies at `{path}`")))
}
