//! One ZIP, straight from its layout to the upload URL: parallel blocks, no temporary file, bounded memory.
//!
//! A block's id says which archive it is of, where in it it stands, and what is in it. So blocks that an earlier run sent
//! are known by their ids, and are not sent again.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::try_join_all;

use crate::asset::{Archive, Digest, Piece};
use crate::partner_center::Uploader;

use super::error::ApplyError;

/// The size of a block. Memory is about `PARALLEL` times this.
const BLOCK: u64 = 4 * 1024 * 1024;
/// The service takes so many blocks.
const MAX_BLOCKS: u64 = 50_000;
/// How many blocks travel at a time.
const PARALLEL: usize = 4;

/// What is there of an archive before it is uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: the draft was made just now.
    Nothing,
    /// Perhaps blocks that an earlier try sent.
    PerhapsBlocks,
}

/// Uploads an archive; `progress` hears the bytes so far.
///
/// While blocks are made their checksums are compared with those of the plan, so that a file that changed in
/// between is found before the upload becomes valid.
pub(super) async fn upload(
    uploader: &Uploader,
    archive: Arc<Archive>,
    before: Before,
    progress: impl Fn(u64),
) -> Result<(), ApplyError> {
    let size = archive.size();
    if size <= BLOCK {
        let piece = read(&archive, 0..size, Vec::new()).await?;
        let mut verifier = archive.verifier();
        verifier.add(&piece.crcs);
        verifier.finish()?;
        uploader.put_blob(piece.bytes).await?;
        progress(size);
        return Ok(());
    }
    let block = BLOCK.max(size.div_ceil(MAX_BLOCKS));
    let count = size.div_ceil(block);
    let label = label(&archive);
    let there = match before {
        Before::Nothing => HashSet::new(),
        Before::PerhapsBlocks => usable_blocks(uploader, id(&label, 0, 0).len()).await?,
    };
    let (next, sent) = (&AtomicU64::new(0), &AtomicU64::new(0));
    let (archive, there, label, progress) = (&archive, &there, label.as_str(), &progress);
    // Each lane has memory for one block, and uses it again and again.
    let lane = || async move {
        let mut memory = Vec::new();
        let (mut crcs, mut ids) = (Vec::new(), Vec::new());
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return Ok::<_, ApplyError>((crcs, ids));
            }
            let range = index * block..((index + 1) * block).min(size);
            let length = range.end - range.start;
            let piece = read(archive, range, memory).await?;
            let id = id(label, index, piece.crc32);
            if !there.contains(&id) {
                uploader.put_block(&id, piece.bytes.clone()).await?;
            }
            progress(sent.fetch_add(length, Ordering::Relaxed) + length);
            crcs.extend(piece.crcs);
            ids.push((index, id));
            // The client may still hold a block whose answer came early.
            memory = if piece.bytes.is_unique() { piece.bytes.into() } else { Vec::new() };
        }
    };
    let mut verifier = archive.verifier();
    let mut ids = Vec::new();
    for (crcs, own) in try_join_all((0..PARALLEL).map(|_| lane())).await? {
        verifier.add(&crcs);
        ids.extend(own);
    }
    verifier.finish()?;
    ids.sort();
    uploader.commit_blocks(ids.into_iter().map(|(_, id)| id).collect()).await?;
    Ok(())
}

async fn read(
    archive: &Arc<Archive>,
    range: std::ops::Range<u64>,
    memory: Vec<u8>,
) -> Result<Piece, ApplyError> {
    let archive = Arc::clone(archive);
    let read = tokio::task::spawn_blocking(move || archive.read_range_into(range, memory)).await;
    Ok(read.expect("reading a range does not panic")?)
}

/// The blocks that are there, beside which blocks with ids of this length can be sent.
///
/// All ids of an upload have the same length. Blocks of another client, with ids of another length, would keep every
/// block of ours out until the service forgets them after a week; a list with no blocks sweeps them away.
async fn usable_blocks(uploader: &Uploader, id_length: usize) -> Result<HashSet<Vec<u8>>, ApplyError> {
    let there = uploader.blocks().await?;
    if there.iter().all(|id| id.len() == id_length) {
        return Ok(there);
    }
    uploader.commit_blocks(Vec::new()).await?;
    Ok(HashSet::new())
}

fn id(label: &str, index: u64, crc32: u32) -> Vec<u8> {
    format!("{label}-{index:08x}-{crc32:08x}").into_bytes()
}

/// What tells an archive from others: its names and the digests of its files.
fn label(archive: &Archive) -> String {
    let of = |entry: &crate::asset::Entry| format!("{}\0{}\n", entry.name, entry.fingerprint.digest);
    let text: String = archive.entries().map(of).collect();
    format!("storeward-{}", Digest::of(text.as_bytes()).short())
}
