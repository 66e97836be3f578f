//! The desired state: a list of owned paths with values, each knowing where it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::asset::{Fingerprint, Package, Version, VideoHeader};
use crate::submission::{Field, Kind, Path, PathPattern};

use super::guard::Guard;
use super::source::{Location, Span};

/// How this repository calls a resource: `app/NAME`, `add-on/APP/NAME`, `flight/APP/NAME`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The address of an app.
    pub fn app(name: &str) -> Self {
        Self(format!("{}/{name}", Kind::App.in_addresses()))
    }

    /// The address of an add-on or a flight of an app, both by their names here.
    pub fn below(kind: Kind, app: &str, name: &str) -> Self {
        Self(format!("{}/{app}/{name}", kind.in_addresses()))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The resource's own name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The name of the app that it is, or belongs to.
    pub fn app_name(&self) -> &str {
        self.0.split('/').nth(1).unwrap_or_default()
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
            ["add-on" | "flight", app, name] if is_name(app) && is_name(name) => Ok(Self(text.to_owned())),
            _ => Err(format!(
                "`{text}` is not an address; addresses look like `app/contoso-reader`, `add-on/contoso-reader/gold` or \
                 `flight/contoso-reader/insiders`"
            )),
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
    /// Its Store ID, or for a flight the flight's id; apps always have one, others can be known by their [`Creation`].
    pub id: Option<String>,
    /// What can be set only while it is created.
    pub creation: Creation,
    /// Whether it is to be deleted, and where that is written.
    pub absent: Option<Location>,
    /// The guards that its manifest accepts.
    pub permits: Vec<Permit>,
    /// What is owned.
    pub desired: Desired,
    /// What is wanted of the rollout that is running.
    pub rollout: Option<RunningRollout>,
    /// Where its document starts.
    pub at: Location,
    /// Where the values of its own keys stand, such as `groupIds`.
    pub keys: BTreeMap<String, Location>,
    /// Its `kind`, for diagnostics.
    pub span: Span,
}

impl Resource {
    /// What kind of resource it is.
    pub fn kind(&self) -> Kind {
        match self.creation {
            Creation::App => Kind::App,
            Creation::AddOn { .. } => Kind::AddOn,
            Creation::Flight { .. } => Kind::Flight,
        }
    }

    /// Where the value of one of its own keys stands, else where its document starts.
    pub fn place(&self, key: &str) -> &Location {
        self.keys.get(key).unwrap_or(&self.at)
    }
}

/// What can be set only while a resource is created, and tells it from others of its app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// Apps are created in Partner Center.
    App,
    /// An add-on.
    AddOn {
        /// The developer's id for it, unique in the app.
        product_id: Option<String>,
        /// `Durable` or `Consumable`.
        product_type: Option<String>,
    },
    /// A package flight.
    Flight {
        /// Its name in Partner Center, unique in the app.
        friendly_name: Option<String>,
        /// The ids of the groups of testers, a set.
        group_ids: Option<Vec<String>>,
        /// The flight, by name or id, above which it ranks.
        rank_higher_than: Option<String>,
    },
}

/// What is wanted of a rollout that is running. It says nothing of any other version.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningRollout {
    /// The version of the packages that are rolled out.
    pub of: Version,
    /// How it is to go on.
    pub wanted: RolloutWanted,
    /// Where it is written.
    pub at: Location,
}

/// How a running rollout is to go on.
#[derive(Debug, Clone, PartialEq)]
pub enum RolloutWanted {
    /// To this share of customers, 0 to 100.
    Percentage(serde_json::Number),
    /// To everybody, for good.
    Finalized,
    /// To nobody else: who has no new package yet, gets the one before.
    Halted,
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
    /// Which of them come with the release that the run names. Until it is made, the Store has them from the release before.
    pub of_release: BTreeSet<Path>,
    /// Every language that the manifest names, in either block, in lower case: also one with nothing below it, one
    /// that is to go, and one in a `release` block that this run does not take. `$others` speaks of no other.
    pub named_languages: BTreeSet<String>,
    /// Every market that the manifest names, in either block, also in a `release` block that this run does not take.
    /// `$others` speaks of no other.
    pub named_markets: BTreeSet<String>,
    /// What happens to live languages that are not named.
    pub other_languages: Option<(Others, Location)>,
    /// What happens to live market prices that are not named.
    pub other_markets: Option<(Others, Location)>,
    /// Which of the live packages stay when one is added.
    pub retain: Option<Retain>,
    /// What happens to a rollout that is still running when a submission is due.
    pub open_rollout: Option<OpenRollout>,
    /// `minimumDirectXVersion` of packages that are added; the Store heeds it for Windows 8.x only.
    pub minimum_direct_x_version: Option<String>,
    /// `minimumSystemRam` of packages that are added; the Store heeds it for Windows 8.x only.
    pub minimum_system_ram: Option<String>,
    /// Paths that are neither compared nor written.
    pub ignore: Vec<PathPattern>,
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
    /// What the manifest says there: the value itself, or the map that names the file which has it.
    pub written: Span,
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
    /// This picture.
    Icon(Arc<Asset>),
    /// These trailers, in this order.
    Trailers(Vec<WantedTrailer>),
}

impl Wanted {
    /// Every local file in it.
    pub fn assets(&self) -> Vec<&Arc<Asset>> {
        match self {
            Self::Value(_) | Self::Nothing => Vec::new(),
            Self::Icon(icon) => vec![icon],
            Self::Packages(packages) => packages.iter().collect(),
            Self::Images(images) => images.iter().filter_map(|image| image.content.file()).collect(),
            Self::Trailers(trailers) => trailers
                .iter()
                .flat_map(|trailer| match &trailer.content {
                    TrailerContent::Remote(_) => Vec::new(),
                    TrailerContent::File { video, assets } => {
                        [video].into_iter().chain(assets.iter().map(|asset| &asset.image)).collect()
                    }
                })
                .collect(),
        }
    }
}

/// One trailer of a list.
#[derive(Debug, Clone)]
pub struct WantedTrailer {
    /// What it is.
    pub content: TrailerContent,
    /// Where it was written.
    pub at: Location,
}

/// What a trailer is.
#[derive(Debug, Clone)]
pub enum TrailerContent {
    /// The live trailer with this id, as it is.
    Remote(String),
    /// A local file with its texts and pictures, at least one language.
    File {
        /// The video.
        video: Arc<Asset>,
        /// What each language shows.
        assets: Vec<TrailerAsset>,
    },
}

/// What one language shows of a trailer.
#[derive(Debug, Clone)]
pub struct TrailerAsset {
    /// The language, in lower case.
    pub language: String,
    /// Its title.
    pub title: String,
    /// The still picture.
    pub image: Arc<Asset>,
    /// The picture's description.
    pub description: String,
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

impl ImageContent {
    /// The local file, if it is one.
    pub fn file(&self) -> Option<&Arc<Asset>> {
        match self {
            Self::File(asset) => Some(asset),
            Self::Remote(_) => None,
        }
    }
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
    /// A video.
    Video(VideoHeader),
}

impl Asset {
    /// The package inside, if it is one.
    pub fn package(&self) -> Option<&Package> {
        match &self.content {
            AssetContent::Package(package) => Some(package),
            AssetContent::Image { .. } | AssetContent::Video(_) => None,
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

/// What happens to a rollout that is still running when a submission is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenRollout {
    /// It stays, and nothing is submitted.
    #[default]
    Block,
    /// It is finalized first.
    Finalize,
    /// It is halted first.
    Halt,
}

/// Targets of one release: the resources whose `release` block is laid over `submission`, each with its folder.
pub type Releases = std::collections::BTreeMap<Address, PathBuf>;

impl Desired {
    /// Takes over the settings of an overlay where it makes any.
    pub(super) fn lay_over(&mut self, overlay: Self) {
        fn over<T>(below: &mut Option<T>, above: Option<T>) {
            *below = above.or(below.take());
        }
        over(&mut self.other_languages, overlay.other_languages);
        over(&mut self.other_markets, overlay.other_markets);
        over(&mut self.retain, overlay.retain);
        over(&mut self.open_rollout, overlay.open_rollout);
        over(&mut self.minimum_direct_x_version, overlay.minimum_direct_x_version);
        over(&mut self.minimum_system_ram, overlay.minimum_system_ram);
    }

    /// Whether a path is neither compared nor written.
    pub fn ignores(&self, path: &Path) -> bool {
        self.ignore.iter().any(|pattern| pattern.covers(path))
    }

    /// Every local file that is wanted somewhere.
    pub fn assets(&self) -> impl Iterator<Item = &Arc<Asset>> {
        self.owned.iter().flat_map(|owned| owned.wanted.assets())
    }

    /// The owned value at a path.
    pub fn value(&self, path: &[&str]) -> Option<&Owned> {
        self.owned.iter().find(|owned| owned.path.keys() == path)
    }
}
