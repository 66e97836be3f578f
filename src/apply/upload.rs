//! One ZIP, straight from its layout to the upload URL: parallel blocks, no temporary file, bounded memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::try_join_all;

use crate::asset::Archive;
use crate::partner_center::Uploader;

use super::error::ApplyError;

/// The size of a block. Memory is about `PARALLEL` times this.
const BLOCK: u64 = 4 * 1024 * 1024;
/// The service takes so many blocks.
const MAX_BLOCKS: u64 = 50_000;
/// How many blocks travel at a time.
const PARALLEL: usize = 4;

/// Uploads an archive; `progress` hears the bytes so far.
///
/// While blocks are made their checksums are compared with those of the plan, so that a file that changed in
/// between is found before the upload becomes valid.
pub(super) async fn upload(
    uploader: &Uploader,
    archive: Arc<Archive>,
    progress: impl Fn(u64),
) -> Result<(), ApplyError> {
    let size = archive.size();
    let block = BLOCK.max(size.div_ceil(MAX_BLOCKS));
    let count = size.div_ceil(block);
    let id = |index: u64| format!("storeward-{index:08}").into_bytes();
    let (next, sent) = (&AtomicU64::new(0), &AtomicU64::new(0));
    let (archive, progress) = (&archive, &progress);
    // Each lane has memory for one block, and uses it again and again.
    let lane = || async move {
        let mut memory = Vec::new();
        let mut crcs = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return Ok::<_, ApplyError>(crcs);
            }
            let range = index * block..((index + 1) * block).min(size);
            let length = range.end - range.start;
            let archive = Arc::clone(archive);
            let read = tokio::task::spawn_blocking(move || archive.read_range_into(range, memory)).await;
            let piece = read.expect("reading a range does not panic")?;
            uploader.put_block(&id(index), piece.bytes.clone()).await?;
            progress(sent.fetch_add(length, Ordering::Relaxed) + length);
            crcs.extend(piece.crcs);
            // The client may still hold a block whose answer came early.
            memory = if piece.bytes.is_unique() { piece.bytes.into() } else { Vec::new() };
        }
    };
    let mut verifier = archive.verifier();
    for crcs in try_join_all((0..PARALLEL).map(|_| lane())).await? {
        verifier.add(&crcs);
    }
    verifier.finish()?;
    uploader.commit_blocks((0..count).map(id).collect()).await?;
    Ok(())
}
