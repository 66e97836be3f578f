//! What comes of one resource while it is written down.

use std::collections::BTreeMap;

use crate::submission::{Kind, Path};

use super::page::Page;
use super::probe::Probe;
use super::said::Said;
use super::{Choices, LeftOut};
use crate::manifest::Address;

/// One resource on its way into files.
pub(super) struct Writing<'a> {
    address: &'a Address,
    kind: Kind,
    pub(super) choices: &'a Choices,
    probe: Probe,
    /// The files beside its manifest, by their paths as the manifest names them.
    pub(super) files: BTreeMap<String, String>,
    pub(super) left_out: Vec<LeftOut>,
}

impl<'a> Writing<'a> {
    pub(super) fn new(address: &'a Address, kind: Kind, choices: &'a Choices) -> Self {
        let probe = Probe::new(kind);
        Self { address, kind, choices, probe, files: BTreeMap::new(), left_out: Vec::new() }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn address(&self) -> &'a Address {
        self.address
    }

    /// A text in a file beside the manifest.
    pub(super) fn file(&mut self, name: String, text: String) {
        self.files.insert(name, text);
    }

    pub(super) fn leave_out(&mut self, path: Path, why: impl Into<String>) {
        self.left_out.push(LeftOut { address: self.address.clone(), path, why: why.into() });
    }

    /// Why a value cannot stand at these keys below `submission`.
    pub(super) fn refuses(&self, path: &[&str], value: &Page) -> Option<String> {
        self.probe.refuses(path, value)
    }

    /// Why a value cannot stand at a key of the manifest itself.
    pub(super) fn refuses_key(&self, key: &str, value: &Page) -> Option<String> {
        let excepted = self.choices.except.get(&(self.address.clone(), Path::new([key])));
        excepted.cloned().or_else(|| self.probe.refuses_key(key, value.clone()))
    }

    /// What is said, if it can be said there; else it is left out with the reason.
    pub(super) fn kept(&mut self, path: Path, said: Result<Said, String>) -> Option<Said> {
        let keys: Vec<&str> = path.keys().iter().map(String::as_str).collect();
        let refused = |said: Said| match self.probe.refuses(&keys, &said.page()) {
            Some(why) => Err(why),
            None => Ok(said),
        };
        let excepted = self.choices.except.get(&(self.address.clone(), path.clone()));
        let kept = match excepted {
            Some(why) => Err(why.clone()),
            None => said.and_then(refused),
        };
        kept.map_err(|why| self.leave_out(path, why)).ok()
    }
}
