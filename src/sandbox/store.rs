//! The file that the state is kept in. It is replaced as a whole.

use std::io::{self, Write as _};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::faults::Aftermath;
use super::state::State;

/// The state with the file that it is kept in.
pub(super) struct Store {
    state: State,
    path: PathBuf,
    /// Where a new version is written before it takes the place of the old.
    scratch: PathBuf,
    changed: bool,
    /// What faults have left behind. It is not kept.
    pub aftermath: Aftermath,
}

impl Store {
    pub(super) fn new(state: State, path: PathBuf, scratch: PathBuf) -> Self {
        Self { state, path, scratch, changed: true, aftermath: Aftermath::default() }
    }

    /// What is kept at `path`, if anything is.
    pub(super) fn load(path: &Path, scratch: &Path) -> io::Result<Option<Self>> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let state = serde_json::from_slice(&text)?;
        Ok(Some(Self { changed: false, ..Self::new(state, path.to_owned(), scratch.to_owned()) }))
    }

    /// The state, to be changed.
    pub(super) fn edit(&mut self) -> &mut State {
        self.changed = true;
        &mut self.state
    }

    /// Writes the state down when it was changed: it is in the file before anybody is told.
    pub(super) fn save(&mut self) -> io::Result<()> {
        if !self.changed {
            return Ok(());
        }
        let mut file = tempfile::NamedTempFile::new_in(&self.scratch)?;
        file.write_all(&serde_json::to_vec(&self.state)?)?;
        file.persist(&self.path)?;
        self.changed = false;
        Ok(())
    }
}

impl Deref for Store {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}
