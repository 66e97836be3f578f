//! `{$file: F, …}`: a map that goes on in another file.
//!
//! Such a map is not put together. It is read as its parts, the included ones first, and of several values at one
//! path the last one wins: maps are merged deeply, lists and scalars replaced, and every value keeps its place.

use std::rc::Rc;

use typed_arena::Arena;

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::source::SourceId;
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
        let mut files = Vec::new();
        let mut next = Some(node);
        while let Some(part) = next {
            let Some(entries) = part.entries() else {
                values.wrong_type(part, wanted);
                break;
            };
            parts.push(part);
            let file = entries.iter().find(|entry| entry.key == FILE);
            next = file.and_then(|file| self.root(values, file, &mut files, scope).ok());
        }
        parts.reverse();
        parts
    }

    /// The map in the file that an entry names; `files` are those that brought it here.
    fn root<'n>(
        &'n self,
        values: &mut Values<'_, '_>,
        entry: &Entry,
        files: &mut Vec<SourceId>,
        scope: Scope<'_>,
    ) -> Result<&'n Node, Nothing> {
        let at = entry.value.span;
        if files.len() >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} files, each going on in the next");
            let diagnostic = Diagnostic::error(Code::TooComplex, at, message);
            return Err(values.report(diagnostic.help("put what is shared in one file")));
        }
        let path = values.one_file(&entry.value, scope)?;
        values.refuse_hidden(&path, at, scope)?;
        let source = values.files.text(&path, at, values.sources);
        let source = source.map_err(|diagnostic| values.report(diagnostic))?;
        if files.contains(&source) {
            let message = format!("`{}` goes on in itself", values.sources.get(source).name);
            let diagnostic = Diagnostic::error(Code::TooComplex, at, message);
            return Err(values.report(diagnostic.help("leave this `$file` out")));
        }
        files.push(source);
        let documents = values.files.documents(source, values.sources, values.diagnostics)?;
        let documents: &'n Rc<Vec<Node>> = self.0.alloc(documents);
        match documents.as_slice() {
            [root] => Ok(root),
            others => {
                let name = &values.sources.get(source).name;
                let message = match others.len() {
                    0 => format!("`{name}` is empty, and `$file` takes a map"),
                    several => format!("`{name}` holds {several} documents, and `$file` takes one"),
                };
                let diagnostic = Diagnostic::error(Code::WrongType, at, message);
                Err(values.report(diagnostic.help("put one map of keys into it, without `---` lines")))
            }
        }
    }
}
