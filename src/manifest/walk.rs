//! Finding files in a tree, with what git ignores left out.
//!
//! Ignore files may come from a fork. Like git, this follows no links that are named as one; it reads regular files
//! only, and so much of them that neither time nor memory is spent on what nobody wrote.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The largest ignore file, in bytes. Those of the largest projects have some ten thousand.
const MAX_BYTES: u64 = 128 * 1024;
/// The longest pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 512;
/// How many patterns are read in a run: each takes kilobytes once it is compiled.
const MAX_PATTERNS: usize = 4000;

/// The files below a folder.
#[derive(Debug, Default)]
pub struct Walked {
    /// The regular files, sorted.
    pub files: Vec<PathBuf>,
    /// The ignore files that are too large to be read.
    pub unread: Vec<PathBuf>,
}

/// The files below a folder that `is_wanted` takes; what is hidden, or ignored by git, is left out. `root` is the root of
/// the workspace around it.
pub(super) fn walk(root: &Path, folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Walked {
    let mut patterns = Patterns { left: MAX_PATTERNS, unread: Vec::new() };
    let mut level = Rc::new(Level::outermost(root, &mut patterns));
    // Those of the folders on the way hold in it, too.
    let way: Vec<&Path> = folder.ancestors().take_while(|above| above.starts_with(root)).collect();
    for above in way.into_iter().skip(1).collect::<Vec<_>>().into_iter().rev() {
        level = Rc::new(Level::of(above, level, &mut patterns));
    }
    let mut files = Vec::new();
    let mut rest = vec![(folder.to_owned(), level)];
    while let Some((folder, above)) = rest.pop() {
        let Ok(entries) = folder.read_dir() else { continue };
        let level = Rc::new(Level::of(&folder, above, &mut patterns));
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let matters = kind.is_dir() || kind.is_file() && is_wanted(&path);
            if is_hidden || !matters || level.ignores(&path, kind.is_dir()) {
                continue;
            }
            if kind.is_dir() {
                rest.push((path, Rc::clone(&level)));
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Walked { files, unread: patterns.unread }
}

/// What is ignored in a folder: by its own files, else by those of the folders around it.
struct Level {
    own: Gitignore,
    around: Option<Rc<Level>>,
    /// Whether git reads ignore files here.
    is_in_git: bool,
}

impl Level {
    /// What holds everywhere: the excludes of the repository, and of its user.
    fn outermost(root: &Path, patterns: &mut Patterns) -> Self {
        let is_in_git = root.join(".git").exists();
        let none = Gitignore::empty();
        let (global, own) = if is_in_git {
            (Gitignore::global().0, patterns.of(root, &root.join(".git/info/exclude")))
        } else {
            (none.clone(), none)
        };
        let around = Level { own: global, around: None, is_in_git };
        Self { own, around: Some(Rc::new(around)), is_in_git }
    }

    fn of(folder: &Path, around: Rc<Level>, patterns: &mut Patterns) -> Self {
        let is_in_git = around.is_in_git;
        let own =
            if is_in_git { patterns.of(folder, &folder.join(".gitignore")) } else { Gitignore::empty() };
        Self { own, around: Some(around), is_in_git }
    }

    fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        std::iter::successors(Some(self), |level| level.around.as_deref())
            .map(|level| level.own.matched(path, is_folder))
            .find(|matched| !matches!(matched, Match::None))
            .is_some_and(|first| first.is_ignore())
    }
}

/// Reads patterns, as many as are left.
struct Patterns {
    left: usize,
    unread: Vec<PathBuf>,
}

impl Patterns {
    /// The patterns in a file; none where it is absent, a link, a device or a pipe.
    fn of(&mut self, folder: &Path, file: &Path) -> Gitignore {
        let is_regular = fs::symlink_metadata(file).is_ok_and(|found| found.is_file());
        if !is_regular {
            return Gitignore::empty();
        }
        let mut bytes = Vec::new();
        let opened = fs::File::open(file).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
        if opened.is_err() {
            return Gitignore::empty();
        }
        let text = String::from_utf8_lossy(&bytes);
        let is_pattern = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
        let lines: Vec<&str> =
            text.trim_start_matches('\u{feff}').lines().filter(is_pattern).take(self.left + 1).collect();
        let is_too_large = bytes.len() as u64 > MAX_BYTES
            || lines.len() > self.left
            || lines.iter().any(|line| line.len() > MAX_PATTERN_BYTES);
        if is_too_large {
            self.unread.push(file.to_owned());
            return Gitignore::empty();
        }
        self.left -= lines.len();
        let mut builder = GitignoreBuilder::new(folder);
        for line in lines {
            // A line that is no pattern ignores nothing, as in git.
            let _ = builder.add_line(None, line);
        }
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(root: &Path, below: &str) -> Vec<String> {
        let walked = walk(root, &root.join(below), |path| path.extension().is_some_and(|e| e == "yaml"));
        let name = |path: &PathBuf| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        walked.files.iter().map(name).collect()
    }

    #[test]
    fn what_git_ignores_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (name, text) in [
            (".git/info/exclude", "excluded.yaml\n"),
            (".gitignore", "# out\nout/\n*.gen.yaml\n!kept.gen.yaml\n/only-here.yaml\n"),
            ("a/.gitignore", "\u{feff}below.yaml\n!in.gen.yaml\n"),
            ("excluded.yaml", ""),
            ("out/x.yaml", ""),
            ("x.gen.yaml", ""),
            ("kept.gen.yaml", ""),
            ("only-here.yaml", ""),
            (".hidden/x.yaml", ""),
            ("a/only-here.yaml", ""),
            ("a/b/below.yaml", ""),
            ("a/b/in.gen.yaml", ""),
            ("a/b/x.gen.yaml", ""),
            ("text.md", ""),
        ] {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(found(&root, ""), ["a/b/in.gen.yaml", "a/only-here.yaml", "kept.gen.yaml"]);
        assert_eq!(found(&root, "a/b"), ["a/b/in.gen.yaml"]);
        fs::remove_dir_all(root.join(".git")).unwrap();
        assert!(found(&root, "").contains(&"out/x.yaml".to_owned()), "git ignores nothing where it is not");
    }

    #[cfg(unix)]
    #[test]
    fn ignore_files_are_regular_and_not_large() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(root.join("a.yaml"), "").unwrap();
        fs::write(root.join("patterns"), "a.yaml\n").unwrap();
        std::os::unix::fs::symlink("patterns", root.join(".gitignore")).unwrap();
        fs::create_dir(root.join("sub")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", root.join("sub/.gitignore")).unwrap();
        assert_eq!(found(&root, ""), ["a.yaml"]);
        for large in
            ["a*b/**/c\n".repeat(MAX_PATTERNS + 1), "x".repeat(MAX_PATTERN_BYTES + 1), "\n".repeat(1 << 18)]
        {
            fs::remove_file(root.join(".gitignore")).unwrap();
            fs::write(root.join(".gitignore"), large).unwrap();
            assert_eq!(walk(&root, &root, |_| true).unread, [root.join(".gitignore")]);
        }
    }
}
