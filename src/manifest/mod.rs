//! What the user wrote: YAML with positions, decoded into desired state.
//!
//! [`load`] finds the manifests, reads them and every file they name, checks what can be checked offline, and
//! lowers them through the [field table](crate::submission::field) to [`Desired`]: a list of owned paths with
//! values. Every problem of a run is collected in [`Diagnostics`]; nothing stops at the first.

mod code;
mod decode;
mod desired;
mod diagnostic;
mod files;
mod flatten;
mod guard;
#[cfg_attr(not(test), expect(dead_code, reason = "headings are read once `at` names them"))]
mod heading;
mod load;
mod lower;
mod pattern;
mod read;
#[cfg_attr(not(test), expect(dead_code, reason = "texts are looked through once they are read"))]
mod secrets;
mod source;
mod value;
mod workspace;
mod yaml;

pub use code::Code;
pub use desired::{
    Address, Asset, AssetContent, Desired, ImageContent, Others, Owned, Permit, Releases, Resource, Retain,
    Wanted, WantedImage,
};
pub use diagnostic::{Diagnostic, Diagnostics, Finding, Severity, did_you_mean};
pub use guard::Guard;
pub use load::{Loaded, load};
pub use source::{Location, Source, SourceId, Sources, Span};
pub use workspace::Workspace;
