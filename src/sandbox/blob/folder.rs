//! Blobs as files. A blob is a folder with its uncommitted blocks, each a file of its own; its content; and
//! `blob.json`, which says what the content is and is written last, so that a blob is never seen half changed.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::wire::{Problem, Source};

/// The most blocks of a blob.
const MOST_BLOCKS: usize = 50_000;
/// The longest block id, before it is encoded.
const LONGEST_ID: usize = 64;

/// The folder of all blobs.
#[derive(Debug)]
pub(in crate::sandbox) struct Blobs {
    root: PathBuf,
    scratch: PathBuf,
    /// One change at a time; bodies are received outside of it.
    turn: Mutex<()>,
}

/// What a blob holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// The name of the file with the content.
    pub content: String,
    pub size: u64,
    pub etag: String,
    pub last_modified: Timestamp,
    pub about: About,
    /// The blocks that the content consists of; none when it was put as a whole.
    pub blocks: Vec<Listed>,
}

/// What the client said of the content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct About {
    pub content_type: String,
    pub content_md5: Option<String>,
}

/// A block in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    /// In base64.
    pub id: String,
    pub size: u64,
}

/// Why something could not be done with a blob.
#[derive(Debug)]
pub(super) enum Failure {
    /// The client's fault.
    Problem(Problem),
    /// The folder's.
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Blobs {
    /// Blobs below `data`; what an earlier process left half done is removed.
    pub(in crate::sandbox) fn open(data: &Path) -> io::Result<Self> {
        let blobs = Self { root: data.join("blobs"), scratch: data.join("scratch"), turn: Mutex::default() };
        fs::create_dir_all(&blobs.root)?;
        match fs::remove_dir_all(&blobs.scratch) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(&blobs.scratch)?,
        }
        Ok(blobs)
    }

    /// A folder for files that need not outlive a request.
    pub(in crate::sandbox) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// The file with the content of a blob, if it has any.
    pub(in crate::sandbox) fn content(&self, name: &str) -> Option<PathBuf> {
        let record = self.record(name).ok().flatten()?;
        Some(self.root.join(name).join(record.content))
    }

    /// Removes a blob.
    pub(in crate::sandbox) fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.root.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Waits until nobody else reads or changes a blob.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn record(&self, name: &str) -> io::Result<Option<Record>> {
        match fs::read(self.root.join(name).join("blob.json")) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn blocks(&self, name: &str) -> PathBuf {
        self.root.join(name).join("blocks")
    }

    /// The uncommitted blocks, in the order of their ids.
    pub(super) fn uncommitted(&self, name: &str) -> io::Result<Vec<Listed>> {
        let folder = match fs::read_dir(self.blocks(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            folder => folder?,
        };
        let mut blocks = Vec::new();
        for entry in folder {
            let entry = entry?;
            let id = entry.file_name().to_str().and_then(unhex).map(|id| STANDARD.encode(id));
            if let Some(id) = id {
                blocks.push(Listed { id, size: entry.metadata()?.len() });
            }
        }
        blocks.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(blocks)
    }

    /// Stages a block. The ids of all staged blocks have the same length.
    pub(super) fn put_block(&self, name: &str, id: &str, body: NamedTempFile) -> Result<(), Failure> {
        let raw = STANDARD.decode(id).map_err(|_| Problem::invalid_query())?;
        if raw.is_empty() || raw.len() > LONGEST_ID {
            return Err(Problem::invalid_query().into());
        }
        fs::create_dir_all(self.blocks(name))?;
        let staged = fs::read_dir(self.blocks(name))?.next().transpose()?;
        if staged.is_some_and(|file| file.file_name().len() != hex(&raw).len()) {
            return Err(Problem::invalid_block().into());
        }
        body.persist(self.blocks(name).join(hex(&raw))).map_err(|error| error.error)?;
        Ok(())
    }

    /// Makes the content of a blob one file; staged blocks are dropped.
    pub(super) fn put_whole(
        &self,
        name: &str,
        body: NamedTempFile,
        about: About,
        now: Timestamp,
    ) -> Result<Record, Failure> {
        self.replace(name, body, about, Vec::new(), now)
    }

    /// Makes the content of a blob out of blocks; blocks that are not in the list are dropped.
    pub(super) fn put_block_list(
        &self,
        name: &str,
        list: &[(Source, String)],
        about: About,
        now: Timestamp,
    ) -> Result<Record, Failure> {
        if list.len() > MOST_BLOCKS {
            return Err(Problem::long_block_list().into());
        }
        let old = self.record(name)?;
        let staged: HashSet<String> = self.uncommitted(name)?.into_iter().map(|block| block.id).collect();
        let committed = old.as_ref().map(offsets).unwrap_or_default();
        let mut content = NamedTempFile::new_in(&self.scratch)?;
        let mut blocks = Vec::new();
        for (source, id) in list {
            let size = match (source, staged.contains(id), committed.get(id.as_str()), &old) {
                (Source::Latest | Source::Uncommitted, true, ..) => {
                    let raw = STANDARD.decode(id).map_err(|_| Problem::invalid_block_list())?;
                    let mut file = File::open(self.blocks(name).join(hex(&raw)))?;
                    io::copy(&mut file, content.as_file_mut())?
                }
                (Source::Latest | Source::Committed, _, Some((start, size)), Some(old)) => {
                    let mut file = File::open(self.root.join(name).join(&old.content))?;
                    file.seek(SeekFrom::Start(*start))?;
                    io::copy(&mut file.take(*size), content.as_file_mut())?
                }
                _ => return Err(Problem::invalid_block_list().into()),
            };
            blocks.push(Listed { id: id.clone(), size });
        }
        self.replace(name, content, about, blocks, now)
    }

    fn replace(
        &self,
        name: &str,
        content: NamedTempFile,
        about: About,
        blocks: Vec<Listed>,
        now: Timestamp,
    ) -> Result<Record, Failure> {
        let folder = self.root.join(name);
        fs::create_dir_all(&folder)?;
        let old = self.record(name)?;
        let tag = format!("0x{:X}", now.as_nanosecond());
        let size = content.as_file().metadata()?.len();
        let record = Record {
            content: format!("content-{tag}"),
            size,
            etag: format!("\"{tag}\""),
            last_modified: now,
            about,
            blocks,
        };
        content.persist(folder.join(&record.content)).map_err(|error| error.error)?;
        let mut file = NamedTempFile::new_in(&self.scratch)?;
        file.write_all(&serde_json::to_vec(&record).map_err(io::Error::from)?)?;
        file.persist(folder.join("blob.json")).map_err(|error| error.error)?;
        if let Some(old) = old.filter(|old| old.content != record.content) {
            fs::remove_file(folder.join(old.content))?;
        }
        match fs::remove_dir_all(self.blocks(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(record),
        }
    }

    /// Opens the content of a blob.
    pub(super) fn open_content(&self, name: &str, record: &Record) -> io::Result<File> {
        File::open(self.root.join(name).join(&record.content))
    }
}

/// Where in the content each committed block is.
fn offsets(record: &Record) -> HashMap<&str, (u64, u64)> {
    let mut start = 0;
    let mut offsets = HashMap::new();
    for block in &record.blocks {
        offsets.insert(block.id.as_str(), (start, block.size));
        start += block.size;
    }
    offsets
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
