//! What several integration tests need.

pub(crate) mod azure;
pub(crate) mod azurite;
pub(crate) mod cells;
pub(crate) mod crossing;
pub(crate) mod crowd;
pub(crate) mod git;
pub(crate) mod github;
pub(crate) mod jwt;
pub(crate) mod local;
#[expect(dead_code, reason = "the unit tests of videos use what stands in it besides")]
pub(crate) mod mp4;
pub(crate) mod msix;
pub(crate) mod oidc;
pub(crate) mod plain_http;
pub(crate) mod png;
#[path = "../../../benches/support/process.rs"]
#[expect(dead_code, reason = "the rest is for the benchmarks")]
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod raw_zip;
pub(crate) mod realistic;
pub(crate) mod release;
pub(crate) mod story;
pub(crate) mod things;
