//! Which files may be read, and reading them within limits.
//!
//! A manifest may come from a fork, so it can name only regular files inside the workspace, after symbolic
//! links are resolved. Release folders, which the command line names, are the exception.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

use super::code::Code;
use super::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use super::source::{SourceId, Sources, Span};
use super::tree::{Disk, Entry, Tree};

/// The largest manifest or text file, in bytes.
pub const MAX_TEXT_BYTES: u64 = 4 * 1024 * 1024;
/// How many files of a folder are guessed from.
const MAX_GUESSED: usize = 1000;
/// More symbolic links on the way to one file are a circle; Linux follows as many.
const MAX_LINKS: usize = 40;

/// The folder whose files manifests may name.
#[derive(Debug)]
pub struct Workspace {
    current: PathBuf,
    root: PathBuf,
    tree: Box<dyn Tree>,
}

/// Why there is no workspace.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The current folder is none.
    #[error("`{}` is no folder: {error}", folder.display())]
    NoFolder {
        /// What was taken for one.
        folder: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The paths that were named lie in several.
    #[error("the paths lie in different repositories: `{}` and `{}`", one.display(), other.display())]
    Several {
        /// The root of one.
        one: PathBuf,
        /// The root of another one.
        other: PathBuf,
    },
}

impl Workspace {
    /// The workspace around a folder: the git root above it, else the folder itself.
    pub fn around(current: &Path) -> Result<Self, WorkspaceError> {
        let folder = || current.to_owned();
        let real =
            current.canonicalize().map_err(|error| WorkspaceError::NoFolder { folder: folder(), error })?;
        if !real.is_dir() {
            let error = io::ErrorKind::NotADirectory.into();
            return Err(WorkspaceError::NoFolder { folder: folder(), error });
        }
        let root = git_root(&real).unwrap_or(&real).to_owned();
        Ok(Self { current: real, root, tree: Box::new(Disk) })
    }

    /// The workspace around the files and folders that a user named, seen from the current folder: the git root above
    /// them, else the folder that was named or that the file lies in. Around the current folder where nothing is named.
    ///
    /// What lies around the current folder has no say when manifests elsewhere are named: they must not reach into it,
    /// nor into what happens to lie beside their own repository.
    pub fn around_named(current: &Path, paths: &[PathBuf]) -> Result<Self, WorkspaceError> {
        let workspace = Self::around(current)?;
        let mut roots: Vec<PathBuf> =
            paths.iter().filter_map(|path| root_around(&workspace.current.join(path))).collect();
        // The outermost first: what lies in it was named with it.
        roots.sort();
        let Some(root) = roots.first().cloned() else { return Ok(workspace) };
        match roots.into_iter().find(|other| !other.starts_with(&root)) {
            Some(other) => Err(WorkspaceError::Several { one: root, other }),
            None => Ok(Self { root, ..workspace }),
        }
    }

    /// A workspace of manifests that name no file.
    pub(super) fn without_files() -> Self {
        Self { current: PathBuf::new(), root: PathBuf::new(), tree: Box::new(Disk) }
    }

    /// The same workspace in another state.
    #[must_use]
    pub fn in_state(&self, tree: Box<dyn Tree>) -> Self {
        Self { current: self.current.clone(), root: self.root.clone(), tree }
    }

    /// A path of the command line, from the root of the file system on and without `.` and `..`.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        lexically_normal(&self.current.join(path))
    }

    /// The folder whose files manifests may name.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What lies in it.
    pub(super) fn tree(&self) -> &dyn Tree {
        &*self.tree
    }

    /// The folder that commands run in.
    pub fn current(&self) -> &Path {
        &self.current
    }

    /// A path for people: as seen from the current folder, with `/`. Where on this machine that lies is nobody's business.
    pub fn display(&self, path: &Path) -> Arc<str> {
        let below = path.strip_prefix(&self.current).map(Path::to_owned);
        let shown = below.or_else(|_| from(&self.current, &lexically_normal(path)).ok_or(()));
        Arc::from(shown.as_deref().unwrap_or(path).to_string_lossy().replace(MAIN_SEPARATOR, "/"))
    }

    /// A path that leads out of the workspace, as it was written.
    fn as_written<'p>(&self, path: &'p Path) -> Cow<'p, str> {
        path.strip_prefix(&self.current).unwrap_or(path).to_string_lossy()
    }

    /// The same path as seen from the root of the workspace, for services that know the repository and not the current
    /// folder. What lies outside stays as it is.
    pub fn root_relative(&self, shown: &str) -> String {
        let path = lexically_normal(&self.current.join(shown));
        path.strip_prefix(&self.root)
            .map_or_else(|_| shown.to_owned(), |below| below.to_string_lossy().replace(MAIN_SEPARATOR, "/"))
    }

    /// Refuses a path that leaves the workspace as it is written, before anything is looked at on disk: not even
    /// whether a file outside exists can be learned. `release` is a further folder that is trusted.
    pub fn check(&self, path: &Path, release: Option<&Path>, span: Span) -> Result<(), Diagnostic> {
        let normal = lexically_normal(path);
        // Git's own folder may hold the credentials that a checkout was made with.
        let trusted = [Some(self.root.as_path()), release].into_iter().flatten();
        if trusted.filter_map(|folder| normal.strip_prefix(folder).ok()).any(|below| !is_in_git(below)) {
            return Ok(());
        }
        Err(self.outside(path, span))
    }

    fn outside(&self, path: &Path, span: Span) -> Diagnostic {
        let message = format!("`{}` lies outside the workspace", self.as_written(path));
        Diagnostic::error(Code::OutsideWorkspace, span, message)
            .help("keep it inside the repository; for built packages, name their folder with --release")
    }

    /// As [`Self::outside`], for a path that is inside as it is written.
    fn led_outside(&self, path: &Path, span: Span) -> Diagnostic {
        let message = format!("`{}` leads out of the workspace through a symbolic link", self.display(path));
        Diagnostic::error(Code::OutsideWorkspace, span, message).help(
            "put the file itself into the repository; for built packages, name their folder with --release",
        )
    }

    /// Resolves a path that was written in a manifest to a regular file that may be read, after symbolic links.
    ///
    /// `release` is a further folder that is trusted. The error is a finished diagnostic at `span`;
    /// `Ok(None)` means that there is no such file.
    pub fn file(
        &self,
        path: &Path,
        release: Option<&Path>,
        span: Span,
    ) -> Result<Option<PathBuf>, Diagnostic> {
        match self.resolve(path, release, span)? {
            Some((real, Entry::File)) => Ok(Some(real)),
            Some((_, kind)) => {
                let (what, help) = if kind == Entry::Folder {
                    ("is a folder", "name a file in it")
                } else {
                    ("is not a regular file", "name a file; devices, pipes and sockets are never opened")
                };
                let message = format!("`{}` {what}", self.display(path));
                Err(Diagnostic::error(Code::NotAFile, span, message).help(help))
            }
            None => Ok(None),
        }
    }

    /// Resolves a path to a folder that may be listed, as [`Self::file`] does to a file. `Ok(None)` means that
    /// there is no such folder.
    pub fn folder(
        &self,
        path: &Path,
        release: Option<&Path>,
        span: Span,
    ) -> Result<Option<PathBuf>, Diagnostic> {
        let found = self.resolve(path, release, span)?;
        Ok(found.filter(|(_, kind)| *kind == Entry::Folder).map(|(real, _)| real))
    }

    fn resolve(
        &self,
        path: &Path,
        release: Option<&Path>,
        span: Span,
    ) -> Result<Option<(PathBuf, Entry)>, Diagnostic> {
        self.check(path, release, span)?;
        let trusted = [Some(self.root.as_path()), release];
        let trusted: Vec<&Path> = trusted.into_iter().flatten().collect();
        resolve_within(self.tree(), &lexically_normal(path), &trusted).map_err(|stopped| match stopped {
            Stopped::Outside => self.led_outside(path, span),
            Stopped::Circle => {
                let message =
                    format!("`{}` is a symbolic link that leads round in a circle", self.display(path));
                Diagnostic::error(Code::Unreadable, span, message).help("let it lead to a file")
            }
            Stopped::Unreadable(error) => {
                let message = format!("`{}` cannot be read: {error}", self.display(path));
                let help = "check that the file's permissions let this user read it";
                Diagnostic::error(Code::Unreadable, span, message).help(help)
            }
        })
    }

    /// The name of the file that was probably meant by one that is not there, as [`Self::display`] shows it.
    pub fn near(&self, missing: &Path) -> Option<Arc<str>> {
        let missing = lexically_normal(missing);
        let name = missing.file_name()?.to_str()?;
        let (folder, kind) = resolve_within(self.tree(), missing.parent()?, &[&self.root]).ok()??;
        let entries = (kind == Entry::Folder).then(|| self.tree.entries(&folder).ok())??;
        let mut names: Vec<String> = entries
            .take(MAX_GUESSED)
            .flatten()
            .filter_map(|(path, _)| Some(path.file_name()?.to_str()?.to_owned()))
            .filter(|near| near != name && !near.starts_with('.'))
            .collect();
        names.sort();
        let meant = did_you_mean(name, names.iter().map(String::as_str))?;
        Some(self.display(&missing.with_file_name(meant)))
    }

    /// Reads a text file into the sources.
    pub fn read_text(&self, path: &Path, at: Span, sources: &mut Sources) -> Result<SourceId, Diagnostic> {
        let text = self.read(path, Some(at))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(sources.add(self.display(path), folder, &text))
    }

    /// Opens a file to read its text.
    pub(super) fn open(&self, path: &Path) -> io::Result<fs::File> {
        fs::File::open(self.tree.on_disk(path, MAX_TEXT_BYTES)?)
    }

    /// The text of a file, as it is.
    pub fn read(&self, path: &Path, at: Option<Span>) -> Result<String, Diagnostic> {
        let shown = self.display(path);
        let unreadable = |error: std::io::Error| {
            Diagnostic::error(Code::Unreadable, at, format!("`{shown}` cannot be read: {error}"))
                .help("check that the file's permissions let this user read it")
        };
        let file = self.open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let mut bytes = Vec::new();
        if size <= MAX_TEXT_BYTES {
            // It may have grown since.
            file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        }
        if size.max(bytes.len() as u64) > MAX_TEXT_BYTES {
            let message = format!("`{shown}` is larger than {} MiB", MAX_TEXT_BYTES / 1024 / 1024);
            let help = "no text for the Store is as long; check that the name is the right one";
            return Err(Diagnostic::error(Code::TooLarge, at, message).help(help));
        }
        String::from_utf8(bytes).map_err(|error| {
            let bytes = error.as_bytes();
            let is_wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            let message = if is_wide {
                format!("`{shown}` is UTF-16, not UTF-8")
            } else {
                let valid = &bytes[..error.utf8_error().valid_up_to()];
                let line = valid.split(|byte| *byte == b'\n').count();
                format!("`{shown}` is not UTF-8: line {line} has a byte that means nothing in it")
            };
            Diagnostic::error(Code::NotUtf8, at, message).help("save it as UTF-8")
        })
    }

    /// Whether a file, without links, or a folder on the way to it has a name that starts with a dot. The names of
    /// trusted folders themselves do not count: who named them has seen them.
    pub fn is_hidden(&self, real: &Path, release: Option<&Path>) -> bool {
        let mut trusted = [release, Some(self.root.as_path())].into_iter().flatten();
        let below = trusted.find_map(|folder| real.strip_prefix(folder).ok());
        below.unwrap_or(real).components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
    }

    /// Whether a path that a user wrote lies in the workspace, and links lead it out: they may come from a fork.
    pub fn is_led_out(&self, path: &Path) -> bool {
        let written = lexically_normal(&self.current.join(path));
        let real = written.canonicalize().ok();
        written.starts_with(&self.root) && real.is_some_and(|real| !self.holds(&real))
    }

    /// Whether a folder lies around the workspace.
    pub fn lies_below(&self, folder: &Path) -> bool {
        self.root != folder && self.root.starts_with(folder)
    }

    fn holds(&self, real: &Path) -> bool {
        real.strip_prefix(&self.root).is_ok_and(|below| !is_in_git(below))
    }

    /// Refuses a path that a user named, where it lies or links lead it out of the workspace: the link may come from a
    /// fork.
    pub fn check_named(&self, path: &Path) -> Result<(), Diagnostic> {
        let Ok(real) = path.canonicalize() else { return Ok(()) };
        if !self.holds(&real) {
            let message = format!("`{}` leads outside the workspace", self.display(path));
            let help = "name a file inside the repository, without links that lead out of it";
            return Err(Diagnostic::error(Code::OutsideWorkspace, None, message).help(help));
        }
        Ok(())
    }

    /// The YAML files below a folder, hidden and git-ignored ones left out, sorted. Ignore files that are too large to be
    /// read are told.
    pub fn yaml_files(&self, below: &Path, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
        let is_yaml = |path: &Path| {
            path.extension().is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"))
        };
        let walked = self.tree.files_below(&self.root, below, &is_yaml);
        for unread in walked.unread {
            let message =
                format!("`{}` is larger than ignore files are, and was not read", self.display(&unread));
            let help = "name the manifests, or shorten the file";
            diagnostics.push(Diagnostic::warning(Code::TooLarge, None, message).help(help));
        }
        walked.files
    }
}

/// The git root above a path without links.
fn git_root(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.join(".git").exists())
}

/// The root of the workspace around what was named, if that is there. As it is written first: a link inside of a
/// repository leads into no other one.
fn root_around(named: &Path) -> Option<PathBuf> {
    let written = lexically_normal(named);
    let real = written.canonicalize().ok()?;
    let folder =
        |path: &Path| if real.is_dir() { path.to_owned() } else { path.parent().unwrap_or(path).to_owned() };
    let (written, real) = (folder(&written), folder(&real));
    let root = git_root(&written).or_else(|| git_root(&real)).unwrap_or(&written);
    root.canonicalize().ok()
}

/// Why a path leads nowhere.
enum Stopped {
    Outside,
    Circle,
    Unreadable(io::Error),
}

/// The file or folder that an absolute path leads to, through links, if it never leaves the trusted folders, which
/// are without links themselves. Nothing outside of them is looked up, so that nothing can be learned of it.
fn resolve_within(
    tree: &dyn Tree,
    path: &Path,
    trusted: &[&Path],
) -> Result<Option<(PathBuf, Entry)>, Stopped> {
    let mut real = PathBuf::new();
    let mut kind = None;
    let mut links = 0;
    let mut rest: Vec<PathBuf> = reversed(path);
    while let Some(part) = rest.pop() {
        match part.components().next() {
            Some(Component::CurDir) | None => continue,
            // There are no links in `real`, so its parent is the folder that it lies in.
            Some(Component::ParentDir) => {
                real.pop();
            }
            Some(_) => real.push(&part),
        }
        if trusted.iter().filter_map(|folder| real.strip_prefix(folder).ok()).any(is_in_git) {
            return Err(Stopped::Outside);
        }
        if !trusted.iter().any(|folder| real.starts_with(folder)) {
            // The folders above a trusted one are on the way to it.
            if trusted.iter().any(|folder| folder.starts_with(&real)) {
                kind = None;
                continue;
            }
            return Err(Stopped::Outside);
        }
        let Some(found) = tree.look(&real).map_err(Stopped::Unreadable)? else { return Ok(None) };
        if let Entry::Link(target) = &found {
            links += 1;
            if links > MAX_LINKS {
                return Err(Stopped::Circle);
            }
            real.pop();
            rest.extend(reversed(target));
        }
        kind = Some(found);
    }
    kind.map_or(Err(Stopped::Outside), |kind| Ok(Some((real, kind))))
}

/// Whether a path below a trusted folder lies in git's own folder. Some file systems ignore case.
fn is_in_git(below: &Path) -> bool {
    below.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git"))
}

/// The parts of a path, to be taken from the end.
fn reversed(path: &Path) -> Vec<PathBuf> {
    path.components().rev().map(|part| PathBuf::from(part.as_os_str())).collect()
}

/// A path as seen from a folder, both without `.` and `..`; none where they have nothing in common, as on two drives.
fn from(folder: &Path, path: &Path) -> Option<PathBuf> {
    let common = folder.components().zip(path.components()).take_while(|(own, other)| own == other).count();
    if common == 0 {
        return None;
    }
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    Some(up.chain(path.components().skip(common)).collect())
}

/// A path without `.` and `..`, as text: nothing is looked up.
fn lexically_normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_workspace_is_refused_unseen() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("repo/.git")).unwrap();
        fs::create_dir_all(root.join("repo/app")).unwrap();
        fs::write(root.join("repo/inside.md"), "x").unwrap();
        fs::write(root.join("outside.md"), "x").unwrap();
        let workspace = Workspace::around(&root.join("repo/app")).unwrap();
        let mut sources = Sources::default();
        let source = sources.add("m.yaml", Path::new(""), "x");
        let span = sources.whole(source);
        let found = |path: &str| workspace.file(&root.join("repo/app").join(path), None, span);
        assert!(found("../inside.md").unwrap().is_some());
        assert!(found("nothing.md").unwrap().is_none());
        for outside in ["../../outside.md", "../../nothing.md", "/etc/hostname", "/nothing"] {
            assert_eq!(found(outside).unwrap_err().code, Code::OutsideWorkspace, "{outside}");
        }
        assert_eq!(found("..").unwrap_err().code, Code::NotAFile);
        let trusted = workspace.file(&root.join("outside.md"), Some(&root), span).unwrap();
        assert!(trusted.is_some());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("outside.md"), root.join("repo/app/link.md")).unwrap();
            assert_eq!(found("link.md").unwrap_err().code, Code::OutsideWorkspace);
            std::os::unix::fs::symlink("loop.md", root.join("repo/app/loop.md")).unwrap();
            assert_eq!(found("loop.md").unwrap_err().code, Code::Unreadable);
        }
    }

    #[test]
    fn the_workspace_is_around_what_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for repository in ["one", "two", "one/module"] {
            fs::create_dir_all(root.join(repository).join(".git")).unwrap();
            fs::create_dir_all(root.join(repository).join("apps")).unwrap();
        }
        fs::create_dir_all(root.join("plain/apps")).unwrap();
        for file in ["one/apps/a.yaml", "plain/apps/a.yaml", "plain/b.yaml"] {
            fs::write(root.join(file), "").unwrap();
        }
        let around = |current: &str, paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            let found =
                Workspace::around_named(&root.join(current), &paths).map_err(|error| error.to_string())?;
            assert_eq!(found.current(), root.join(current));
            Ok::<_, String>(found.root.strip_prefix(&root).unwrap().to_string_lossy().into_owned())
        };
        for (current, paths, expected) in [
            ("one/apps", &[][..], "one"),
            ("", &["one/apps/a.yaml"], "one"),
            ("two", &["../one/apps"], "one"),
            ("", &["one/module/apps"], "one/module"),
            ("one", &["module/apps", "apps"], "one"),
            ("", &["plain"], "plain"),
            ("one", &["../plain/apps/a.yaml"], "plain/apps"),
            ("", &["plain/b.yaml", "plain/apps/a.yaml"], "plain"),
            ("one", &["absent"], "one"),
        ] {
            assert_eq!(around(current, paths).unwrap(), expected, "{current} {paths:?}");
        }
        let several = around("", &["one", "two"]).unwrap_err();
        assert!(several.starts_with("the paths lie in different repositories"), "{several}");
        assert!(Workspace::around(&root.join("plain/b.yaml")).is_err(), "a file is no folder");
    }

    #[test]
    fn names_are_told_from_the_root_too() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::create_dir_all(root.join("apps/reader")).unwrap();
        let workspace = Workspace::around(&root.join("apps/reader")).unwrap();
        let told = |path: &Path| workspace.root_relative(&workspace.display(path));
        assert_eq!(told(&root.join("apps/reader/store.yaml")), "apps/reader/store.yaml");
        assert_eq!(told(&root.join("apps/reader/../../copy/a.md")), "copy/a.md");
        assert_eq!(told(&root.join("copy/a.md")), "copy/a.md");
        let outside = told(&root.with_file_name("elsewhere").join("a.md"));
        assert_eq!(outside, "../../../elsewhere/a.md", "nobody needs to know where the workspace lies");
    }

    #[cfg(unix)]
    #[test]
    fn links_never_lead_into_the_folder_of_git() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::write(root.join(".git/config"), "token").unwrap();
        symlink(".git", root.join("g")).unwrap();
        symlink(".git/config", root.join("c.md")).unwrap();
        let workspace = Workspace::around(&root).unwrap();
        let mut sources = Sources::default();
        let source = sources.add("m.yaml", Path::new(""), "x");
        let span = sources.whole(source);
        for (name, release) in [("g/config", None), ("c.md", None), (".git/config", Some(root.as_path()))] {
            let said = workspace.file(&root.join(name), release, span).unwrap_err();
            assert_eq!(said.code, Code::OutsideWorkspace, "{name}");
        }
        assert!(workspace.check_named(&root.join("c.md")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_tell_nothing_of_what_lies_outside() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let app = root.join("repo/app");
        fs::create_dir_all(root.join("repo/.git")).unwrap();
        fs::create_dir_all(&app).unwrap();
        fs::create_dir_all(root.join("repo/copy")).unwrap();
        fs::create_dir_all(root.join("private")).unwrap();
        fs::write(root.join("private/there.md"), "x").unwrap();
        fs::write(root.join("repo/copy/text.md"), "x").unwrap();
        symlink("../../private", app.join("out")).unwrap();
        symlink("../../private/there.md", app.join("there.md")).unwrap();
        symlink("../../private/missing.md", app.join("missing.md")).unwrap();
        // Back inside, but by way of a folder outside, which would have to exist.
        symlink("../../private/../repo/copy/text.md", app.join("detour.md")).unwrap();
        symlink("../../missing/../repo/copy/text.md", app.join("no-detour.md")).unwrap();
        symlink("../copy", app.join("copy")).unwrap();
        symlink(app.join("copy/text.md"), app.join("absolute.md")).unwrap();
        symlink("copy/nothing.md", app.join("dangling.md")).unwrap();
        let workspace = Workspace::around(&app).unwrap();
        let mut sources = Sources::default();
        let source = sources.add("m.yaml", Path::new(""), "x");
        let span = sources.whole(source);
        let found = |path: &str| workspace.file(&app.join(path), None, span);
        for name in
            ["out/there.md", "out/missing.md", "there.md", "missing.md", "detour.md", "no-detour.md", "out"]
        {
            let said = found(name).unwrap_err();
            assert_eq!(said.code, Code::OutsideWorkspace, "{name}");
            assert_eq!(said.message, format!("`{name}` leads out of the workspace through a symbolic link"));
        }
        for name in ["copy/text.md", "absolute.md", "../copy/text.md"] {
            assert_eq!(found(name).unwrap(), Some(root.join("repo/copy/text.md")), "{name}");
        }
        assert_eq!(found("dangling.md").unwrap(), None);
        assert_eq!(found("copy").unwrap_err().code, Code::NotAFile);
    }
}
