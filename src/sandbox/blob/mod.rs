//! The blob service that ZIPs are uploaded to: as much of Azure Storage as an upload URL reaches.
//!
//! | Room | What it is for |
//! |---|---|
//! | `access` | whether a URL lets somebody in |
//! | `asked` | what a request asks for: parameters, conditions, limits |
//! | `folder` | blobs as files: blocks, block lists, contents |
//! | `receive` | bodies on their way into files |
//! | `serve` | one request: what it asks for, and what it gets |
//! | `sums` | checksums of what is received |
//! | `wire` | headers, XML, errors as Azure sends them |

mod access;
mod asked;
mod folder;
mod receive;
mod serve;
mod sums;
mod wire;

use axum::body::Body;
use axum::http::Response;
use jiff::Timestamp;

pub(super) use self::access::url;
pub(super) use self::asked::Asked;
pub(super) use self::folder::Blobs;
pub(super) use self::serve::serve;

/// An answer with this status, whatever was asked for.
pub(super) fn trouble(status: u16, now: Timestamp) -> Response<Body> {
    wire::Problem::with_status(status).answer(now)
}
