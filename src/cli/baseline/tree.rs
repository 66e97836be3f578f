//! The files of a commit, as manifests see them.
//!
//! Only what is asked for is read, and what lies on disk with the same content is not copied: a plan must not cost a copy
//! of all that was ever committed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sha1::Sha1;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::asset;
use crate::manifest::{Disk, Entries, Entry, Tree, Walked};

use super::Missing;
use super::git::{Commit, Repository, path_of};
use super::program::GitError;

/// How much is copied of files that are not on disk any more.
const MAX_COPIED_BYTES: u64 = 1024 * 1024 * 1024;
/// A symbolic link is not longer.
const MAX_LINK_BYTES: u64 = 4096;
/// How a file starts that Git LFS keeps elsewhere, and how long it is at most (the specification of Git LFS pointers).
const LFS: &str = "version https://git-lfs.github.com/spec/v1\n";
const MAX_POINTER_BYTES: u64 = 1024;

/// What lies at a path of the commit.
#[derive(Debug)]
enum Node {
    Folder,
    File(String),
    Link(String),
    /// Another repository.
    Other,
}

/// The files of a commit, by the paths that they have on disk.
#[derive(Debug)]
pub(super) struct CommitTree {
    root: PathBuf,
    /// Folders that are taken from disk, because no commit has them.
    releases: Vec<PathBuf>,
    nodes: BTreeMap<PathBuf, Node>,
    repository: RefCell<Repository>,
    /// Why something was not there, as the first of all.
    lacking: Rc<RefCell<Option<Missing>>>,
    /// Made where something is copied.
    copies: RefCell<Option<TempDir>>,
    copied: Cell<u64>,
    known: RefCell<HashMap<PathBuf, PathBuf>>,
}

impl CommitTree {
    pub(super) fn new(
        root: &Path,
        repository: Repository,
        commit: &Commit,
        releases: Vec<PathBuf>,
    ) -> Result<Self, GitError> {
        let listed = repository.list(&commit.tree)?.into_iter();
        let node = |mode: &str, id: String| match mode {
            "040000" => Node::Folder,
            "120000" => Node::Link(id),
            "160000" => Node::Other,
            _ => Node::File(id),
        };
        Ok(Self {
            root: root.to_owned(),
            releases,
            nodes: listed.map(|found| (found.path, node(&found.mode, found.id))).collect(),
            repository: RefCell::new(repository),
            lacking: Rc::default(),
            copies: RefCell::default(),
            copied: Cell::new(0),
            known: RefCell::default(),
        })
    }

    /// Why something that was asked for is not there; it is known once all was asked for.
    pub(super) fn lacking(&self) -> Rc<RefCell<Option<Missing>>> {
        Rc::clone(&self.lacking)
    }

    /// A path below the root; `None` for what is taken from disk.
    fn below<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        let is_released = self.releases.iter().any(|folder| path.starts_with(folder));
        path.strip_prefix(&self.root).ok().filter(|_| !is_released)
    }

    fn entry(&self, node: &Node) -> io::Result<Entry> {
        Ok(match node {
            Node::Folder => Entry::Folder,
            Node::File(_) => Entry::File,
            Node::Other => Entry::Other,
            Node::Link(id) => {
                let mut target = Vec::new();
                self.read(id, MAX_LINK_BYTES, &mut target)?;
                Entry::Link(path_of(&target))
            }
        })
    }

    fn read(&self, id: &str, max: u64, into: &mut impl io::Write) -> io::Result<()> {
        let read = self.repository.borrow_mut().content(id, max, into);
        let lacks = |missing| {
            self.lacking.borrow_mut().get_or_insert(missing);
        };
        match read {
            Ok(true) => Ok(()),
            Ok(false) => {
                lacks(Missing::Partial);
                Err(io::Error::other("this clone does not have its content"))
            }
            // That is what the file is like.
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(error),
            Err(error) => {
                lacks(Missing::Git(
                    self.repository.borrow().failed(io::Error::new(error.kind(), error.to_string())),
                ));
                Err(error)
            }
        }
    }

    /// What lies below a folder, in the order of paths.
    fn all_below<'t>(&'t self, folder: &Path) -> impl Iterator<Item = (&'t Path, &'t Node)> + use<'t> {
        let folder = folder.to_owned();
        let start =
            if folder.as_os_str().is_empty() { Bound::Unbounded } else { Bound::Excluded(folder.as_path()) };
        let range = self.nodes.range::<Path, _>((start, Bound::Unbounded));
        range
            .map(|(path, node)| (path.as_path(), node))
            .take_while(move |(path, _)| path.starts_with(&folder))
    }

    /// A copy of a blob. What Git LFS keeps elsewhere is looked for there.
    fn copy(&self, id: &str, file: &Path, max: u64) -> io::Result<PathBuf> {
        let name = file.file_name().ok_or_else(|| io::Error::other("it has no name"))?;
        let copy = self.place_for(id, name)?;
        let room = MAX_COPIED_BYTES - self.copied.get();
        self.read(id, room.min(max), &mut File::create(&copy)?)?;
        let size = fs::metadata(&copy)?.len();
        self.copied.set(self.copied.get() + size);
        let pointer = if size <= MAX_POINTER_BYTES { fs::read(&copy)? } else { Vec::new() };
        match Pointer::parse(&pointer) {
            Some(pointer) => self.kept_by_lfs(&pointer, file, name),
            None => Ok(copy),
        }
    }

    /// A file of this name in a folder of its own.
    fn place_for(&self, id: &str, name: &std::ffi::OsStr) -> io::Result<PathBuf> {
        let mut copies = self.copies.borrow_mut();
        let copies = match &mut *copies {
            Some(copies) => copies,
            none => none.insert(tempfile::Builder::new().prefix("storeward-").tempdir()?),
        };
        let folder = copies.path().join(id);
        fs::create_dir_all(&folder)?;
        Ok(folder.join(name))
    }

    fn kept_by_lfs(&self, pointer: &Pointer, file: &Path, name: &std::ffi::OsStr) -> io::Result<PathBuf> {
        let is_it = |path: &Path| {
            path.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() == pointer.size)
                && asset::fingerprint(path).is_ok_and(|found| found.digest.to_string() == pointer.sha256)
        };
        if is_it(file) {
            return Ok(file.to_owned());
        }
        let (one, two) = (&pointer.sha256[..2], &pointer.sha256[2..4]);
        let kept =
            self.repository.borrow().common.join("lfs/objects").join(one).join(two).join(&pointer.sha256);
        if !is_it(&kept) {
            return Err(io::Error::other(
                "Git LFS keeps its content, and it is not here; run `git lfs fetch --all`",
            ));
        }
        let copy = self.place_for(&pointer.sha256, name)?;
        if fs::hard_link(&kept, &copy).is_err() {
            if pointer.size > MAX_COPIED_BYTES - self.copied.get() {
                return Err(io::Error::other("it is more than is copied in a run"));
            }
            self.copied.set(self.copied.get() + fs::copy(&kept, &copy)?);
        }
        Ok(copy)
    }
}

impl Tree for CommitTree {
    fn look(&self, path: &Path) -> io::Result<Option<Entry>> {
        match self.below(path) {
            None => Disk.look(path),
            Some(below) if below.as_os_str().is_empty() => Ok(Some(Entry::Folder)),
            Some(below) => self.nodes.get(below).map(|node| self.entry(node)).transpose(),
        }
    }

    fn entries<'t>(&'t self, folder: &Path) -> io::Result<Entries<'t>> {
        let Some(below) = self.below(folder) else { return Disk.entries(folder) };
        let below = below.to_owned();
        let children = self.all_below(&below).filter(move |(path, _)| path.parent() == Some(below.as_path()));
        Ok(Box::new(children.map(|(path, node)| Ok((self.root.join(path), self.entry(node)?)))))
    }

    fn files_below(&self, root: &Path, folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Walked {
        let Some(below) = self.below(folder) else { return Disk.files_below(root, folder, is_wanted) };
        let is_hidden = |path: &Path| {
            let within = path.strip_prefix(below).unwrap_or(path);
            within.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
        };
        let files = self
            .all_below(below)
            .filter(|(path, node)| matches!(node, Node::File(_)) && !is_hidden(path))
            .map(|(path, _)| self.root.join(path))
            .filter(|path| is_wanted(path));
        Walked { files: files.collect(), unread: Vec::new() }
    }

    fn on_disk(&self, file: &Path, max: u64) -> io::Result<PathBuf> {
        let Some(below) = self.below(file) else { return Ok(file.to_owned()) };
        let Some(Node::File(id)) = self.nodes.get(below) else {
            return Err(io::Error::new(io::ErrorKind::NotFound, "it is no file"));
        };
        if let Some(known) = self.known.borrow().get(file) {
            return Ok(known.clone());
        }
        let place =
            if holds(file, id).unwrap_or(false) { file.to_owned() } else { self.copy(id, file, max)? };
        self.known.borrow_mut().insert(file.to_owned(), place.clone());
        Ok(place)
    }
}

/// Whether a file on disk is the blob with this id, byte for byte.
fn holds(path: &Path, id: &str) -> io::Result<bool> {
    if !path.symlink_metadata()?.is_file() {
        return Ok(false);
    }
    Ok(if id.len() == 40 { blob_id::<Sha1>(path)? } else { blob_id::<Sha256>(path)? } == id)
}

/// The id that git gives to a file's content: a digest of it behind its kind and size.
fn blob_id<D: Digest>(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut digest = D::new();
    digest.update(format!("blob {size}\0"));
    let mut content = (&mut file).take(size);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match content.read(&mut buffer)? {
            0 => break,
            count => digest.update(&buffer[..count]),
        }
    }
    let mut id = String::new();
    for byte in digest.finalize() {
        id.push_str(&format!("{byte:02x}"));
    }
    Ok(id)
}

/// What stands in a commit for a file that Git LFS keeps.
#[derive(Debug, PartialEq)]
struct Pointer {
    sha256: String,
    size: u64,
}

impl Pointer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let lines = std::str::from_utf8(bytes).ok()?.strip_prefix(LFS)?;
        let value = |key: &str| lines.lines().find_map(|line| line.strip_prefix(key));
        let sha256 = value("oid sha256:")?;
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then_some(Self { sha256: sha256.to_lowercase(), size: value("size ")?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_has_the_id_that_git_gives_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "hello\n").unwrap();
        // `printf 'hello\n' | git hash-object --stdin`, also in a repository with SHA-256.
        assert!(holds(&file, "ce013625030ba8dba906f756967f9e9ca394464a").unwrap());
        let sha256 = "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4";
        assert!(holds(&file, sha256).unwrap());
        assert!(!holds(folder.path(), sha256).unwrap());
    }

    #[test]
    fn pointers_of_lfs_are_known() {
        let digest = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
        let pointer = format!("{LFS}oid sha256:{digest}\nsize 12345\n");
        let known = Pointer { sha256: digest.to_owned(), size: 12345 };
        assert_eq!(Pointer::parse(pointer.as_bytes()), Some(known));
        for other in
            [pointer.replace("sha256:4", "sha256:"), pointer.replace("size", "length"), format!(" {pointer}")]
        {
            assert_eq!(Pointer::parse(other.as_bytes()), None, "{other}");
        }
    }
}
