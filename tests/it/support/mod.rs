//! What tests share.

pub(crate) mod azure;
pub(crate) mod local;
pub(crate) mod plain_http;
pub(crate) mod things;
