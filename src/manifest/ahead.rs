//! Images are read on all cores before they are looked at one after the other: their digests are most of the work.

use crate::submission::Shape;

use super::diagnostic::Diagnostics;
use super::flatten::{Leaf, image_type};
use super::read::Reader;
use super::value::{Scope, Values};
use super::yaml::Yaml;

impl Reader<'_, '_, '_> {
    /// Reads the images that leaves name. Nothing is said of what is wrong with them: that is found again, and said,
    /// where they are looked at.
    pub(super) fn read_ahead(&mut self, leaves: &[Leaf<'_>]) {
        let mut unsaid = Diagnostics::default();
        let mut values =
            Values { files: self.values.files, sources: self.values.sources, diagnostics: &mut unsaid };
        let mut paths = Vec::new();
        for leaf in leaves {
            let holds_images = leaf.field.is_some_and(|field| matches!(field.shape, Shape::Images));
            let kind = leaf.path.keys().last().and_then(|kind| image_type(kind));
            let (true, Some(kind), Yaml::List(items)) = (holds_images, kind, &leaf.node.value) else {
                continue;
            };
            let lang = leaf.path.language().and_then(|language| self.languages.meaning(language));
            // The packages, and so their version, are not read yet; an image that needs it is read later.
            let scope = Scope { lang, release: leaf.release, package_version: None };
            // Of a list that is too long nothing is looked at.
            for item in items.iter().filter(|_| items.len() <= kind.max) {
                let found = values.file(item, &["description"], scope);
                paths.extend(found.ok().flatten().map(|(path, _)| path));
            }
        }
        self.values.files.read_ahead(paths);
    }
}
