//! Files that one run of Storeward keeps for another: plans and snapshots. Anybody may have changed them in between.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::exit::{Exit, Failure};

/// More than the plan or the snapshot of any account: every text of every product in it, several times.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// So many values fill some hundred MiB of memory.
const MAX_VALUES: usize = 4_000_000;

/// A kind of such files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// What one is called.
    pub(super) word: &'static str,
    /// The version of the format that this program writes.
    pub(super) version: &'static str,
    /// What makes one.
    pub(super) made_by: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versioned {
    format_version: Option<String>,
}

impl Kind {
    /// Reads a file; `shown` is its name for people.
    pub(super) fn read<T: DeserializeOwned>(self, file: &Path, shown: &str) -> Result<T, Failure> {
        let Self { word, version, made_by } = self;
        let wrong = |what: String| {
            Failure::new(Exit::Invalid, format!("`{shown}` {what}")).help(format!("make one with {made_by}"))
        };
        let bytes = bytes(file).map_err(wrong)?;
        let no_such = |error: serde_json::Error| wrong(format!("is no {word}: {error}"));
        let found: Versioned = serde_json::from_slice(&bytes).map_err(no_such)?;
        let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
        match found.format_version {
            None => Err(wrong(format!("is no {word}: it has no `formatVersion`"))),
            Some(found) if major(&found) != major(version) => {
                let message =
                    format!("`{shown}` is a {word} of format {found}; this version reads {version}");
                Err(Failure::new(Exit::Invalid, message).help(format!("make it anew with {made_by}")))
            }
            Some(_) => serde_json::from_slice(&bytes).map_err(no_such),
        }
    }
}

/// What a file holds, within bounds, or what is wrong with it.
fn bytes(file: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    // Looked at before it is opened: opening a pipe waits for somebody to write to it.
    if !fs::metadata(file).map_err(cannot)?.is_file() {
        return Err("is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    File::open(file).map_err(cannot)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("is larger than {} MiB", MAX_BYTES / (1024 * 1024)));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("is in UTF-16, as some shells write what is printed".to_owned());
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    if bytes.iter().filter(|byte| b",[{".contains(byte)).count() > MAX_VALUES {
        return Err("holds more values than any account".to_owned());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::*;

    const KIND: Kind = Kind { word: "plan", version: "1.2", made_by: "`storeward plan --save FILE`" };

    fn read(content: &[u8]) -> Result<Value, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        KIND.read(file.path(), "p.json").map_err(|failure| {
            assert_eq!(failure.exit, Exit::Invalid);
            format!("{}; {}", failure.message, failure.help.unwrap())
        })
    }

    #[test]
    fn the_same_major_is_read_and_another_one_is_not() {
        for version in ["1.0", "1.2", "1.99", "1"] {
            let content = format!("\u{feff}{{\"formatVersion\": \"{version}\", \"new\": [1.50]}}");
            assert_eq!(read(content.as_bytes()).unwrap()["new"].to_string(), "[1.50]");
        }
        for version in ["2.0", "0.9", "", "11.0", "x"] {
            let said = read(format!("{{\"formatVersion\": \"{version}\"}}").as_bytes()).unwrap_err();
            assert!(said.contains("this version reads 1.2; make it anew with"), "{said}");
        }
    }

    #[test]
    fn what_is_none_is_refused_before_it_fills_the_memory() {
        let deep =
            format!("{{\"formatVersion\": \"1.0\", \"a\": {}{}}}", "[".repeat(1_000), "]".repeat(1_000));
        for (content, words) in [
            (&b"kind: App"[..], "is no plan: expected value"),
            (b"{}", "it has no `formatVersion`"),
            (b"[]", "is no plan"),
            (b"{\"formatVersion\": 1}", "is no plan"),
            (b"{\"formatVersion\": \"1.0\"", "is no plan: EOF"),
            (b"\xff\xfe{\0}\0", "UTF-16"),
            (deep.as_bytes(), "recursion limit"),
            (&b"[".repeat(5_000_000), "more values"),
            (&b" ".repeat(65 * 1024 * 1024), "larger than 64 MiB"),
        ] {
            let said = read(content).unwrap_err();
            assert!(said.contains(words), "{said}");
        }
        let failure = KIND.read::<Value>(Path::new("/nothing/p.json"), "p.json").unwrap_err();
        assert!(failure.message.starts_with("`p.json` cannot be read"), "{}", failure.message);
        let folder = KIND.read::<Value>(&std::env::temp_dir(), "tmp").unwrap_err();
        assert_eq!(folder.message, "`tmp` is not a regular file");
    }
}
