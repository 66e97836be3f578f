//! The desired state: a list of owned paths with values, each knowing where it was written.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::asset::{Fingerprint, Package};
use crate::submission::{Field, Path};

use super::guard::Guard;
use super::source::{Location, Span};

/// How this repository calls a resource: `app/NAME`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The address of an app.
    pub fn app(name: &str) -> Self {
        Self(format!("app/{name}"))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split('/').collect::<Vec<_>>().as_slice() {
            ["app", name] if is_name(name) => Ok(Self(text.to_owned())),
            _ => Err(format!("`{text}` is not an address; addresses look like `app/contoso-reader`")),
        }
    }
}

/// Whether a text can be a resource's name: lower-case letters, digits and hyphens.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A resource as the manifests want it.
#[derive(Debug)]
pub struct Resource {
    /// How this repository calls it.
    pub address: Address,
    /// Its Store ID.
    pub id: String,
    /// The guards that its manifest accepts.
    pub permits: Vec<Permit>,
    /// What is owned.
    pub desired: Desired,
    /// Where its document starts.
    pub at: Location,
}

/// A guard that a manifest accepts.
#[derive(Debug, Clone)]
pub struct Permit {
    /// The guard.
    pub guard: Guard,
    /// Where the permit stands.
    pub at: Location,
}

/// What a manifest owns of a submission.
#[derive(Debug, Default)]
pub struct Desired {
    /// Every owned path, in the order of the manifest's languages and the field table.
    pub owned: Vec<Owned>,
    /// Every language that the manifest names, in either block, in lower case: also one with nothing below it, one
    /// that is to go, and one in a `release` block that this run does not take. `$others` speaks of no other.
    pub named_languages: BTreeSet<String>,
    /// What happens to live languages that are not named.
    pub other_languages: Option<(Others, Location)>,
    /// What happens to live market prices that are not named.
    pub other_markets: Option<(Others, Location)>,
    /// Which of the live packages stay when one is added.
    pub retain: Option<Retain>,
}

/// One owned path.
#[derive(Debug, Clone)]
pub struct Owned {
    /// The path in the manifest's words; for images down to the image type, for markets down to the market.
    pub path: Path,
    /// The row of the field table; `None` for a whole language that is to go.
    pub field: Option<&'static Field>,
    /// What is wanted there.
    pub wanted: Wanted,
    /// Where the value was written.
    pub at: Location,
    /// The same place, for diagnostics.
    pub span: Span,
}

/// What is wanted at a path.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// This value.
    Value(Value),
    /// Nothing: cleared, or the entry of a map removed.
    Nothing,
    /// These images, in this order.
    Images(Vec<WantedImage>),
    /// These packages.
    Packages(Vec<Arc<Asset>>),
}

/// One slot of an image list.
#[derive(Debug, Clone)]
pub struct WantedImage {
    /// What stands in it.
    pub content: ImageContent,
    /// Its caption; `None` leaves a live caption alone.
    pub description: Option<String>,
    /// Where the slot was written.
    pub at: Location,
    /// The same place, for diagnostics.
    pub span: Span,
}

/// What stands in an image slot.
#[derive(Debug, Clone)]
pub enum ImageContent {
    /// A local file.
    File(Arc<Asset>),
    /// The live image with this id.
    Remote(String),
}

/// A local file that may have to be uploaded.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name for people, relative to the current folder where it lies below it.
    pub name: Arc<str>,
    /// Its name in the upload, which carries the digest.
    pub archive_name: String,
    /// Size, digest and checksum.
    pub fingerprint: Fingerprint,
    /// What is inside.
    pub content: AssetContent,
    /// Where it was named.
    pub span: Span,
}

/// What is inside a local file.
#[derive(Debug, Clone)]
pub enum AssetContent {
    /// An image of this pixel size.
    Image {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// An app package.
    Package(Package),
}

impl Asset {
    /// The package inside, if it is one.
    pub fn package(&self) -> Option<&Package> {
        match &self.content {
            AssetContent::Package(package) => Some(package),
            AssetContent::Image { .. } => None,
        }
    }
}

/// What happens to live entries of a map that a manifest does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Others {
    /// They stay.
    #[default]
    Keep,
    /// They are an error.
    Error,
    /// They go (guarded).
    Remove,
}

/// Which of the live packages stay when a package is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retain {
    /// None of them.
    None,
    /// For each target that no new package covers, the newest.
    #[default]
    NewestPerTarget,
    /// All of them.
    All,
}

/// Targets of one release: the resources whose `release` block is laid over `submission`, each with its folder.
pub type Releases = std::collections::BTreeMap<Address, PathBuf>;

impl Desired {
    /// Takes over the settings of an overlay where it makes any.
    pub(super) fn lay_over(&mut self, overlay: Self) {
        if overlay.other_languages.is_some() {
            self.other_languages = overlay.other_languages;
        }
        if overlay.other_markets.is_some() {
            self.other_markets = overlay.other_markets;
        }
        if overlay.retain.is_some() {
            self.retain = overlay.retain;
        }
    }

    /// The owned value at a path.
    pub fn value(&self, path: &[&str]) -> Option<&Owned> {
        self.owned.iter().find(|owned| owned.path.keys() == path)
    }
}
