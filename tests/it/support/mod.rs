//! What several integration tests need.

pub(crate) mod msix;
pub(crate) mod raw_zip;
