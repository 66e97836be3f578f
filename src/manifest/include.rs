//! `{$file: F, …}`: a map that goes on in another file.
//!
//! Such a map is not put together. It is read as its parts, the included ones first, and of several values at one
//! path the last one wins: maps are merged deeply, lists and scalars replaced, and every value keeps its place.

use std::rc::Rc;

use typed_arena::Arena;

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::value::{Nothing, Scope, Values};
use super::yaml::{Entry, Node};

/// The key that names the file.
pub(super) const FILE: &str = "$file";
/// Files that go on in files that go on in files; nobody needs as many.
const MAX_DEPTH: usize = 8;

/// Keeps the documents of included files for as long as values of them are used.
#[derive(Default)]
pub(super) struct Included(Arena<Rc<Vec<Node>>>);

impl Included {
    /// The parts of a map, each with its own keys, those that `$file` brings in first. A value that is no map is
    /// reported and has no parts.
    pub(super) fn parts<'n>(
        &'n self,
        values: &mut Values<'_, '_>,
        node: &'n Node,
        wanted: &str,
        scope: Scope<'_>,
    ) -> Vec<&'n Node> {
        let mut parts = Vec::new();
        let mut next = Some(node);
        while let Some(part) = next {
            let Some(entries) = part.entries() else {
                values.wrong_type(part, wanted);
                break;
            };
            parts.push(part);
            let file = entries.iter().find(|entry| entry.key == FILE);
            next = file.and_then(|file| self.root(values, file, parts.len(), scope).ok());
        }
        parts.reverse();
        parts
    }

    /// The map in the file that an entry names; `depth` files brought it here.
    fn root<'n>(
        &'n self,
        values: &mut Values<'_, '_>,
        entry: &Entry,
        depth: usize,
        scope: Scope<'_>,
    ) -> Result<&'n Node, Nothing> {
        let at = entry.value.span;
        if depth > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} files, each going on in the next");
            let help = "a file cannot go on in itself; put what is shared in one file";
            return Err(values.report(Diagnostic::error(Code::TooComplex, at, message).help(help)));
        }
        let path = values.one_file(&entry.value, scope)?;
        let source = values.files.text(&path, at, values.sources);
        let source = source.map_err(|diagnostic| values.report(diagnostic))?;
        let documents = values.files.documents(source, values.sources, values.diagnostics)?;
        let documents: &'n Rc<Vec<Node>> = self.0.alloc(documents);
        match documents.as_slice() {
            [root] => Ok(root),
            others => {
                let name = &values.sources.get(source).name;
                let message = format!("`{name}` holds {} documents, and `$file` takes one", others.len());
                Err(values.report(Diagnostic::error(Code::WrongType, at, message)))
            }
        }
    }
}
