//! Puts files where there are none: all of them, or none.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::super::exit::{Exit, Failure};

/// How many files are named where several are in the way.
const MAX_NAMED: usize = 20;

/// What was made so far, and goes again where not all can be made.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    /// The outermost last, so that it goes last.
    folders: Vec<PathBuf>,
}

/// Refuses files that exist. `shown` is how people know a file.
pub(super) fn refuse_existing(files: &[PathBuf], shown: impl Fn(&Path) -> String) -> Result<(), Failure> {
    let there: Vec<String> =
        files.iter().filter(|file| file.symlink_metadata().is_ok()).map(|file| shown(file)).collect();
    if there.is_empty() {
        return Ok(());
    }
    let mut named = String::new();
    for name in there.iter().take(MAX_NAMED) {
        named.push_str(&format!("\n  {name}"));
    }
    if there.len() > MAX_NAMED {
        named.push_str(&format!("\n  and {} more", there.len() - MAX_NAMED));
    }
    let are = if there.len() == 1 { "a file is there already" } else { "files are there already" };
    Err(Failure::new(Exit::Usage, format!("{are}, and nothing was written:{named}")).help(
        "name another folder with --into; manifests that are there are brought up to date with --update",
    ))
}

/// Writes the files. Where one cannot be written, none is left.
pub(super) fn write_all<'t>(files: impl Iterator<Item = (PathBuf, &'t str)>) -> io::Result<()> {
    let mut made = Made::default();
    let written = made.write(files);
    if written.is_err() {
        // What cannot be removed was reported by the error before; nothing else can be done about it.
        made.files.iter().for_each(|file| drop(fs::remove_file(file)));
        made.folders.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
    }
    written
}

impl Made {
    fn write<'t>(&mut self, files: impl Iterator<Item = (PathBuf, &'t str)>) -> io::Result<()> {
        // Written first and named afterwards: a full disk is met before anything appears.
        let mut drafts: Vec<(PathBuf, NamedTempFile)> = Vec::new();
        for (file, text) in files {
            let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
            self.make_folder(&folder)?;
            let mut draft = draft_in(&folder)?;
            draft.write_all(text.as_bytes())?;
            drafts.push((file, draft));
        }
        for (file, draft) in drafts {
            draft.persist_noclobber(&file).map_err(|error| error.error)?;
            self.files.push(file);
        }
        Ok(())
    }

    fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        let mut missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
        missing.retain(|folder| !folder.as_os_str().is_empty());
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }
}

fn draft_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    // Readable for whom other new files are.
    #[cfg(unix)]
    builder.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    builder.prefix(".storeward-").tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_cannot_be_written_none_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("there"), "mine").unwrap();
        let files = [("a/b/one", "1"), ("a/two", "2"), ("there", "3")];
        let all = || files.iter().map(|(name, text)| (path(name), *text));
        write_all(all()).unwrap_err();
        assert_eq!(fs::read_to_string(path("there")).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "folders go again, too");
        let targets: Vec<PathBuf> = all().map(|(file, _)| file).collect();
        let refused = refuse_existing(&targets, |file| file.display().to_string()).unwrap_err();
        assert!(refused.message.contains("there") && !refused.message.contains("a/two"));
        fs::remove_file(path("there")).unwrap();
        refuse_existing(&targets, |file| file.display().to_string()).unwrap();
        write_all(all()).unwrap();
        assert_eq!(fs::read_to_string(path("a/b/one")).unwrap(), "1");
    }
}
