//! The blob service that ZIPs are uploaded to: as much of Azure Storage as an upload URL reaches.
//!
//! | Room | What it is for |
//! |---|---|
//! | `access` | whether a URL lets somebody in |
//! | `folder` | blobs as files: blocks, block lists, contents |
//! | `serve` | one request: what it asks for, and what it gets |
//! | `sums` | checksums of what is received |
//! | `wire` | headers, XML, errors as Azure sends them |

mod access;
mod folder;
mod serve;
mod sums;
mod wire;

pub(super) use self::access::url;
pub(super) use self::folder::Blobs;
pub(super) use self::serve::{Asked, serve};
