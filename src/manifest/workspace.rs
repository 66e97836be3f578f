//! Which files may be read, and reading them within limits.
//!
//! A manifest may come from a fork, so it can name only regular files inside the workspace, after symbolic
//! links are resolved. Release folders, which the command line names, are the exception.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::code::Code;
use super::diagnostic::{Diagnostic, did_you_mean};
use super::source::{SourceId, Sources, Span};

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
}

impl Workspace {
    /// The workspace around a folder: the git root above it, else the folder itself.
    pub fn around(current: &Path) -> std::io::Result<Self> {
        let current = current.canonicalize()?;
        let root =
            current.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&current).to_owned();
        Ok(Self { current, root })
    }

    /// The folder that commands run in.
    pub fn current(&self) -> &Path {
        &self.current
    }

    /// A path for people: as seen from the current folder, with `/`. Where on this machine that lies is nobody's business.
    pub fn display(&self, path: &Path) -> Arc<str> {
        let below = path.strip_prefix(&self.current).map(Path::to_owned);
        let shown = below.or_else(|_| from(&self.current, &lexically_normal(path)).ok_or(()));
        Arc::from(shown.as_deref().unwrap_or(path).to_string_lossy().replace('\\', "/"))
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
            .map_or_else(|_| shown.to_owned(), |below| below.to_string_lossy().replace('\\', "/"))
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
            Some((real, kind)) if kind.is_file() => Ok(Some(real)),
            Some((_, kind)) => {
                let (what, help) = if kind.is_dir() {
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
        Ok(found.filter(|(_, kind)| kind.is_dir()).map(|(real, _)| real))
    }

    fn resolve(
        &self,
        path: &Path,
        release: Option<&Path>,
        span: Span,
    ) -> Result<Option<(PathBuf, fs::FileType)>, Diagnostic> {
        self.check(path, release, span)?;
        let trusted = [Some(self.root.as_path()), release];
        let trusted: Vec<&Path> = trusted.into_iter().flatten().collect();
        resolve_within(&lexically_normal(path), &trusted).map_err(|stopped| match stopped {
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
        let (folder, kind) = resolve_within(missing.parent()?, &[&self.root]).ok()??;
        let entries = kind.is_dir().then(|| folder.read_dir().ok())??.take(MAX_GUESSED).flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|near| near != name && !near.starts_with('.'))
            .collect();
        names.sort();
        let meant = did_you_mean(name, names.iter().map(String::as_str))?;
        Some(self.display(&missing.with_file_name(meant)))
    }

    /// Reads a text file into the sources.
    pub fn read_text(&self, path: &Path, at: Span, sources: &mut Sources) -> Result<SourceId, Diagnostic> {
        let mut text = self.read(path, Some(at))?;
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            text = joined_surrogates(&text);
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(sources.add(self.display(path), folder, &text))
    }

    /// The text of a file, as it is.
    pub fn read(&self, path: &Path, at: Option<Span>) -> Result<String, Diagnostic> {
        let shown = self.display(path);
        let unreadable = |error: std::io::Error| {
            Diagnostic::error(Code::Unreadable, at, format!("`{shown}` cannot be read: {error}"))
                .help("check that the file's permissions let this user read it")
        };
        let file = fs::File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_TEXT_BYTES {
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

    /// Whether a file, without links, or a folder on the way to it has a name that starts with a dot.
    pub fn is_hidden(&self, real: &Path) -> bool {
        let below = real.strip_prefix(&self.root).ok().or_else(|| real.file_name().map(Path::new));
        below.is_some_and(|below| {
            below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
        })
    }

    /// Refuses a path that a user named, where links lead it out of the workspace that it lies in: the link may come
    /// from a fork.
    pub fn check_named(&self, path: &Path) -> Result<(), Diagnostic> {
        let Ok(real) = path.canonicalize() else { return Ok(()) };
        let written = lexically_normal(path);
        let leaves = written.starts_with(&self.root) && real.strip_prefix(&self.root).map_or(true, is_in_git);
        if leaves {
            let message = format!("`{}` leads outside the workspace", self.display(path));
            let help = "name a file inside the repository, without links that lead out of it";
            return Err(Diagnostic::error(Code::OutsideWorkspace, None, message).help(help));
        }
        Ok(())
    }

    /// The YAML files below a path, hidden and git-ignored ones left out, sorted.
    pub fn yaml_files(&self, below: &Path) -> Vec<PathBuf> {
        let is_yaml = |path: &Path| {
            path.extension().is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"))
        };
        let mut files: Vec<PathBuf> = ignore::WalkBuilder::new(below)
            .follow_links(false)
            .build()
            .flatten()
            .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
            .map(ignore::DirEntry::into_path)
            .filter(|path| is_yaml(path))
            .collect();
        files.sort();
        files
    }
}

/// JSON with the characters written that it escapes in two halves, such as `\ud83d\ude00`: YAML, by whose rules it is
/// read, knows no halves.
fn joined_surrogates(text: &str) -> String {
    let half = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        joined.push_str(&rest[..at]);
        rest = &rest[at..];
        let halves = half(rest).zip(rest.get(6..).and_then(half));
        let whole = halves.and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok());
        if let Some(c) = whole.filter(|c| c.len_utf16() == 2) {
            joined.push(c);
            rest = &rest[12..];
        } else {
            // An escaped backslash starts no other escape.
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end);
            joined.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    joined + rest
}

/// Why a path leads nowhere.
enum Stopped {
    Outside,
    Circle,
    Unreadable(io::Error),
}

/// The file or folder that an absolute path leads to, through links, if it never leaves the trusted folders, which
/// are without links themselves. Nothing outside of them is looked up, so that nothing can be learned of it.
fn resolve_within(path: &Path, trusted: &[&Path]) -> Result<Option<(PathBuf, fs::FileType)>, Stopped> {
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
        let found = match real.symlink_metadata() {
            Ok(found) => found.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Stopped::Unreadable(error)),
        };
        kind = Some(found);
        if found.is_symlink() {
            links += 1;
            if links > MAX_LINKS {
                return Err(Stopped::Circle);
            }
            let target = real.read_link().map_err(Stopped::Unreadable)?;
            real.pop();
            rest.extend(reversed(&target));
        }
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

    #[test]
    fn halves_of_a_character_are_joined_and_nothing_else_changes() {
        for (written, read) in [
            (r#"["\ud83d\ude00 \u00e9"]"#, r#"["😀 \u00e9"]"#),
            (r"\\ud83d\ude00", r"\\ud83d\ude00"),
            (r"\ud83d x", r"\ud83d x"),
            ("\\", "\\"),
            ("\\ü\\uü", "\\ü\\uü"),
        ] {
            assert_eq!(joined_surrogates(written), read);
        }
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
