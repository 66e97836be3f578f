//! Proves manifests before anybody gets them: they are loaded and planned as a later run would.

use std::fs;
use std::io;

use crate::manifest::{Composed, Pulled, Releases, Workspace, load};
use crate::plan::{Unlike, unlike};
use crate::render;
use crate::submission::Kind;

use super::super::exit::{Exit, Failure};

/// Loads the files and plans them on the documents that they were made of. Gives what has to be left out of them; nothing
/// where they are right.
pub(super) fn wrong(composed: &Composed, all: &[Pulled<'_>], read_at: &str) -> Result<Unlike, Failure> {
    let failed = |error: io::Error| {
        let message = format!("the manifests could not be checked in a temporary folder: {error}");
        Failure::new(Exit::Error, message)
    };
    // A name without a dot in front: texts are not read from hidden folders.
    let folder = tempfile::Builder::new().prefix("storeward-pull-").tempdir().map_err(failed)?;
    for (name, text) in &composed.files {
        let file = folder.path().join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(file, text).map_err(failed)?;
    }
    if let Some(app) = without_app(all) {
        fs::write(folder.path().join("the-app.yaml"), app).map_err(failed)?;
    }
    let workspace = Workspace::around(folder.path())
        .map_err(|error| Failure::new(Exit::Error, format!("the manifests could not be checked: {error}")))?;
    let loaded = load(&workspace, &[], &Releases::new());
    unlike(&loaded, all, read_at).map_err(|what| unproven(&what))
}

/// A manifest of the app, for add-ons and flights that are pulled without it.
fn without_app(all: &[Pulled<'_>]) -> Option<String> {
    let first = all.first().filter(|_| !all.iter().any(|pulled| pulled.kind == Kind::App))?;
    let (name, id) = (first.address.app_name(), first.live.application.id());
    Some(format!("kind: App\nname: {name}\nid: {id}\n"))
}

/// The manifests are not what they should be. Nobody gets them.
pub(super) fn unproven(what: &str) -> Failure {
    let what = render::visible_line(what);
    let message = format!("the manifests would not say what is live, and nothing was written: {what}");
    Failure::new(Exit::Error, message).help("this is a mistake of Storeward; report it with this message")
}
