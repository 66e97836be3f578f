//! Bodies on their way into files.

use std::io;

use axum::body::BodyDataStream;
use futures::StreamExt as _;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use super::asked::Asked;
use super::folder::{Blobs, Failure};
use super::sums::Sums;
use super::wire::Problem;

/// What a body was received into.
pub(super) struct Received {
    pub file: NamedTempFile,
    pub sums: (Option<String>, Option<String>),
}

/// Receives a body into a file, never holding more than a piece of it.
pub(super) async fn receive(
    blobs: &Blobs,
    asked: &Asked<'_>,
    body: &mut BodyDataStream,
    most: u64,
) -> Result<Received, Failure> {
    let length: u64 = asked
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .ok_or(Problem::length_required())?;
    if length > most {
        return Err(Problem::too_large().into());
    }
    let (md5, crc64) = (asked.header("content-md5"), asked.header("x-ms-content-crc64"));
    let mut sums = Sums::new(md5.is_some(), crc64.is_some());
    let file = NamedTempFile::new_in(blobs.scratch())?;
    let mut writer = tokio::fs::File::from_std(file.reopen()?);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(io::Error::other)?;
        sums.update(&piece);
        writer.write_all(&piece).await?;
    }
    writer.flush().await?;
    let sums = sums.finish();
    if md5.is_some_and(|sent| sums.0.as_deref() != Some(sent)) {
        return Err(Problem::md5_mismatch().into());
    }
    if crc64.is_some_and(|sent| sums.1.as_deref() != Some(sent)) {
        return Err(Problem::crc64_mismatch().into());
    }
    Ok(Received { file, sums })
}
