//! Loading what the manifests were in an earlier state of their workspace.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use super::desired::{Address, Releases, Resource};
use super::diagnostic::Diagnostics;
use super::files::Files;
use super::load::{Asked, Loaded, load_file};
use super::tree::Entry;
use super::workspace::Workspace;

/// Loads some resources from another state of their workspace: from `paths` as they were then and, where these do not
/// hold one, from anywhere in the workspace, because its manifest may have moved. Of two with one address neither is
/// taken.
///
/// What is asked for are the resources of `now`; nothing else is read, and no image or package once more. Manifests are
/// not checked against each other, and that one is not there is no mistake.
pub fn load_earlier(
    workspace: &Workspace,
    paths: &[PathBuf],
    releases: &Releases,
    now: &[Resource],
) -> Loaded {
    let mut loaded = Loaded::default();
    let mut files = Files::new(workspace);
    now.iter().flat_map(|resource| resource.desired.assets()).for_each(|asset| files.know(asset));
    let mut asked_for: BTreeSet<Address> = now.iter().map(|resource| resource.address.clone()).collect();
    // A product that was renamed since is known by its id.
    let mut ids: BTreeSet<String> = now.iter().filter_map(|resource| resource.id.clone()).collect();
    let named = named_files(workspace, paths, &mut loaded.diagnostics);
    for path in &named {
        let asked = Asked { releases, only: Some(&asked_for), ids: Some(&ids) };
        load_file(path, false, &mut files, asked, &mut loaded, &mut Vec::new());
    }
    asked_for.retain(|address| loaded.resources.iter().all(|found| found.address != *address));
    ids.retain(|id| loaded.resources.iter().all(|found| found.id.as_ref() != Some(id)));
    let named: HashSet<PathBuf> = named.into_iter().collect();
    let elsewhere = if asked_for.is_empty() {
        Vec::new()
    } else {
        workspace.yaml_files(workspace.root(), &mut loaded.diagnostics)
    };
    for path in elsewhere.iter().filter(|path| !named.contains(*path)) {
        // Mistakes in files that turn out to hold nothing that is asked for are not worth a word.
        let said = std::mem::take(&mut loaded.diagnostics);
        let before = loaded.resources.len();
        let asked = Asked { releases, only: Some(&asked_for), ids: Some(&ids) };
        load_file(path, false, &mut files, asked, &mut loaded, &mut Vec::new());
        let found = std::mem::replace(&mut loaded.diagnostics, said);
        if loaded.resources.len() > before {
            found.sorted().into_iter().for_each(|diagnostic| loaded.diagnostics.push(diagnostic.clone()));
        }
    }
    let addresses: Vec<Address> = loaded.resources.iter().map(|found| found.address.clone()).collect();
    loaded.resources.retain(|found| addresses.iter().filter(|other| **other == found.address).count() == 1);
    loaded
}

/// The files at `paths`, or below them, in whichever state the workspace is.
fn named_files(workspace: &Workspace, paths: &[PathBuf], diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let current = [PathBuf::new()];
    let paths = if paths.is_empty() { &current } else { paths };
    let mut files = Vec::new();
    for path in paths {
        let path = workspace.absolute(path);
        match workspace.tree().look(&path) {
            Ok(Some(Entry::File)) => files.push(path),
            Ok(Some(Entry::Folder)) => files.extend(workspace.yaml_files(&path, diagnostics)),
            _ => {}
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io;
    use std::path::Path;

    use super::super::load::load;
    use super::super::tree::{Disk, Entries, Tree};
    use super::super::walk::Walked;
    use super::*;

    /// The state of a workspace that lies in another folder.
    #[derive(Debug)]
    struct Elsewhere {
        root: PathBuf,
        folder: PathBuf,
    }

    impl Elsewhere {
        fn there(&self, path: &Path) -> PathBuf {
            self.folder.join(path.strip_prefix(&self.root).unwrap())
        }

        fn here(&self, path: &Path) -> PathBuf {
            self.root.join(path.strip_prefix(&self.folder).unwrap())
        }
    }

    impl Tree for Elsewhere {
        fn look(&self, path: &Path) -> io::Result<Option<Entry>> {
            Disk.look(&self.there(path))
        }

        fn entries<'t>(&'t self, folder: &Path) -> io::Result<Entries<'t>> {
            let entries: Vec<_> = Disk.entries(&self.there(folder))?.collect();
            Ok(Box::new(entries.into_iter().map(|entry| entry.map(|(path, kind)| (self.here(&path), kind)))))
        }

        fn files_below(&self, root: &Path, folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Walked {
            let walked = Disk.files_below(&self.there(root), &self.there(folder), is_wanted);
            let here = |paths: Vec<PathBuf>| paths.iter().map(|path| self.here(path)).collect();
            Walked { files: here(walked.files), unread: here(walked.unread) }
        }

        fn on_disk(&self, file: &Path, _max: u64) -> io::Result<PathBuf> {
            Ok(self.there(file))
        }
    }

    fn manifest(name: &str, description: &str) -> String {
        format!(
            "kind: App\nname: {name}\nid: 9NBLGGH4R3{}\nsubmission: {{listings: {{en-us: {{description: {description}}}}}}}\n",
            format!("{name:0>2}").to_uppercase()
        )
    }

    /// The addresses and descriptions that were found, and how many mistakes.
    fn earlier(now: &[(&str, String)], then: &[(&str, String)], paths: &[&str]) -> (Vec<String>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        for (state, files) in [("now", now), ("then", then)] {
            fs::create_dir_all(folder.join(state).join(".git")).unwrap();
            for (name, text) in files {
                let path = folder.join(state).join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        let workspace = Workspace::around(&folder.join("now")).unwrap();
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let loaded = load(&workspace, &paths, &Releases::new());
        assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
        let then = Elsewhere { root: folder.join("now"), folder: folder.join("then") };
        let then =
            load_earlier(&workspace.in_state(Box::new(then)), &paths, &Releases::new(), &loaded.resources);
        let said = |resource: &Resource| {
            let description = resource.desired.value(&["listings", "en-us", "description"]);
            let description = description.map_or_else(String::new, |owned| format!("{:?}", owned.wanted));
            format!("{} {description}", resource.address)
        };
        (then.resources.iter().map(said).collect(), then.findings().counts.errors)
    }

    #[test]
    fn an_earlier_state_is_looked_through_for_what_there_is_now() {
        let now = [("a.yaml", manifest("a", "now"))];
        let then = [
            ("a.yaml", manifest("a", "then")),
            ("b.yaml", manifest("b", "nobody asks")),
            ("broken.yaml", "kind: App\nname: [".to_owned()),
        ];
        let a = vec!["app/a Value(String(\"then\"))".to_owned()];
        assert_eq!(earlier(&now, &then, &[]), (a.clone(), 1), "a mistake in a folder that is named");
        assert_eq!(earlier(&now, &then, &["a.yaml"]), (a, 0));
    }

    #[test]
    fn a_manifest_that_moved_is_found_where_it_was() {
        let now = [("apps/a/store.yaml", manifest("a", "now")), ("apps/c.yaml", manifest("c", "now"))];
        let then = [
            ("store/a.yaml", "text: x".to_owned()),
            ("store/b.yaml", manifest("a", "then")),
            ("old/c.yaml", manifest("c", "one")),
            ("older/c.yaml", manifest("c", "two")),
            ("broken.yaml", "kind: App\nname: [".to_owned()),
        ];
        let a = vec!["app/a Value(String(\"then\"))".to_owned()];
        assert_eq!(earlier(&now, &then, &["apps"]), (a, 0), "of two with one address neither is taken");
        assert_eq!(earlier(&now, &[], &["apps"]), (Vec::new(), 0));
    }

    #[test]
    fn a_path_that_is_named_comes_before_one_that_is_not() {
        let now = [("live/a.yaml", manifest("a", "now")), ("trial/a.yaml", manifest("a", "trial"))];
        let then = [("live/a.yaml", manifest("a", "then")), ("trial/a.yaml", manifest("a", "trial then"))];
        let a = vec!["app/a Value(String(\"then\"))".to_owned()];
        assert_eq!(earlier(&now, &then, &["live"]), (a, 0));
    }

    #[test]
    fn what_can_no_longer_be_read_is_said_and_the_rest_is_there() {
        let now = [("a.yaml", manifest("a", "now"))];
        let then = [("a.yaml", manifest("a", "then") + "rollout: 1\n")];
        assert_eq!(earlier(&now, &then, &[]), (vec!["app/a Value(String(\"then\"))".to_owned()], 1));
    }
}
