//! What the user wrote: YAML with positions, decoded into desired state.
//!
//! [`load`] finds the manifests, reads them and every file they name, checks what can be checked offline, and
//! lowers them through the [field table](crate::submission::field) to [`Desired`]: a list of owned paths with
//! values. Every problem of a run is collected in [`Diagnostics`]; nothing stops at the first.

mod ahead;
mod budget;
mod checks;
mod code;
mod compose;
mod decode;
mod desired;
mod diagnostic;
mod earlier;
mod edit;
mod files;
mod finding;
mod flatten;
mod guard;
mod heading;
mod ignore;
mod include;
mod keys;
mod languages;
mod load;
mod lower;
mod manageable;
mod misplaced;
mod packages;
mod pattern;
mod pictures;
mod read;
mod recognise;
mod schema;
mod secrets;
mod source;
mod together;
mod tree;
mod value;
mod walk;
mod words;
mod workspace;
mod yaml;

pub use code::Code;
pub use compose::{Choices, Composed, LeftOut, Pulled, app_address, compose, member_addresses};
pub use desired::{
    Address, Asset, AssetContent, Creation, Desired, ImageContent, OpenRollout, Others, Owned, Permit,
    Releases, Resource, Retain, RolloutWanted, RunningRollout, TrailerAsset, TrailerContent, Wanted,
    WantedImage, WantedTrailer,
};
pub use diagnostic::{Diagnostic, Diagnostics, Severity, did_you_mean};
pub use earlier::load_earlier;
pub use edit::{Adopted, ByHand, EditedFile, LiveImage, LiveValue, Wish, adopt};
pub use finding::{Finding, FindingCounts, Findings};
pub use guard::Guard;
pub use load::{Loaded, load};
pub use manageable::Manageable;
pub use schema::manifest_schema;
pub use source::{Location, Source, SourceId, Sources, Span};
pub use tree::{Disk, Entries, Entry, Tree};
pub use walk::Walked;
pub use workspace::{Workspace, WorkspaceError};
