//! What a submission is.
//!
//! - [`field`]: ONE table of every field that a manifest may own: where it lies in the API's document,
//!   what values it takes, what `null` means, in which order it is shown.
//! - [`document`]: the lossless document that live state is kept in, with typed views.
//! - [`canonical`]: the one form in which values are compared, hashed and read back.
//! - [`hidden`]: what stands in place of what is never shown and never stored.
//! - [`kind`]: the kinds of submission.
//! - [`live`]: what was read of a product.
//! - [`path`], [`status`], [`vocabulary`]: addresses inside a submission, the states of one, its closed word lists.
//!
//! This room knows neither manifests nor the network.

pub mod canonical;
pub mod document;
pub mod field;
pub mod hidden;
pub mod kind;
pub mod live;
pub mod path;
pub mod status;
pub mod vocabulary;

pub use document::{Document, FileEntry, FileStatus, UploadUrl};
pub use field::{FIELDS, Field, Null, Scope, Section, Shape};
pub use kind::Kind;
pub use live::{Application, Live, LiveProduct, Member, Rollout};
pub use path::{Path, PathPattern};
pub use status::{Phase, Status};
