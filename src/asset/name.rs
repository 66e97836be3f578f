//! Names inside the archive, which carry the content's digest.
//!
//! The API tells neither hashes nor sizes of what it stores, but it tells the `fileName` of an image or
//! package. So the name that a file gets inside the archive says what it holds, and a live name that has
//! this form says whether the live content is the wanted one.

use std::path::Path;

use super::Digest;

/// Longest name inside the archive, in bytes.
///
/// The limit is `StoreBroker`'s, from the schema of its listings (`microsoft/StoreBroker`,
/// `PDP/ProductDescription.xsd`).
pub(super) const MAX_NAME: usize = 255;

/// Longest part after the last dot that is taken for an extension.
const MAX_EXTENSION: usize = 16;

/// The extension of a file that has none, so that the digest always has its place.
const NO_EXTENSION: &str = "bin";

/// The name of `file` inside the archive: flat, ASCII, at most 255 bytes, `prefix.stem.digest.extension`.
///
/// Characters other than ASCII letters, digits, `-`, `_` and `.` become `_`. A name that is too long is
/// shortened before the digest. A file without extension gets `bin`.
pub fn archive_name(prefix: &[&str], file: &Path, digest: &Digest) -> String {
    let file_name = file.file_name().unwrap_or_default().to_string_lossy();
    let (stem, extension) = split_extension(&file_name);
    let stem = if stem.is_empty() { "_" } else { stem };
    let extension = plain(extension.unwrap_or(NO_EXTENSION));
    let mut head = String::new();
    for part in prefix.iter().chain([&stem]) {
        if !head.is_empty() {
            head.push('.');
        }
        head.push_str(&plain(part));
    }
    head.truncate(MAX_NAME - 1 - Digest::SHORT - 1 - extension.len());
    format!("{head}.{}.{extension}", digest.short())
}

/// What the `fileName` of a live document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveName {
    /// The name without folder, prefix, digest and extension, in the characters of [`archive_name`]: two
    /// names are of the same file when their stems, taken with the same prefix, are equal.
    pub stem: String,
    /// The first 12 hex digits of the content's SHA-256, where the name has our form.
    pub digest: Option<String>,
    /// The part after the last dot, possibly empty.
    pub extension: String,
}

impl LiveName {
    /// Takes a live `fileName` apart. It may have folders, with either separator.
    ///
    /// `prefix` is the one that [`archive_name`] would have been given for a file in that place.
    pub fn parse(file_name: &str, prefix: &[&str]) -> Self {
        let base = plain(file_name.rsplit(['/', '\\']).next().unwrap_or_default());
        let (head, extension) = match base.rsplit_once('.') {
            Some((head, extension)) => (head, extension.to_owned()),
            None => (base.as_str(), String::new()),
        };
        match head.rsplit_once('.') {
            Some((head, digest)) if is_short_digest(digest) => Self {
                stem: strip_prefix(head, prefix).to_owned(),
                digest: Some(digest.to_owned()),
                extension,
            },
            _ => Self { stem: head.to_owned(), digest: None, extension },
        }
    }
}

fn strip_prefix<'a>(head: &'a str, prefix: &[&str]) -> &'a str {
    let mut rest = head;
    for part in prefix {
        match rest.strip_prefix(&plain(part)).and_then(|rest| rest.strip_prefix('.')) {
            Some(stripped) if !stripped.is_empty() => rest = stripped,
            _ => return head,
        }
    }
    rest
}

/// As [`Path::extension`], but a part that is too long for one belongs to the stem.
fn split_extension(file_name: &str) -> (&str, Option<&str>) {
    match file_name.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty() && !extension.is_empty() && extension.len() <= MAX_EXTENSION =>
        {
            (stem, Some(extension))
        }
        _ => (file_name, None),
    }
}

fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => c,
            _ => '_',
        })
        .collect()
}

fn is_short_digest(text: &str) -> bool {
    text.len() == Digest::SHORT && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCREENSHOT: [&str; 2] = ["en-us", "Screenshot"];

    fn name(prefix: &[&str], file: &str) -> String {
        archive_name(prefix, Path::new(file), &Digest::of(b"abc"))
    }

    fn live(stem: &str, digest: Option<&str>, extension: &str) -> LiveName {
        LiveName { stem: stem.to_owned(), digest: digest.map(str::to_owned), extension: extension.to_owned() }
    }

    #[test]
    fn names_are_flat_ascii_and_carry_the_digest() {
        assert_eq!(name(&SCREENSHOT, "shots/en-us/home.png"), "en-us.Screenshot.home.ba7816bf8f01.png");
        assert_eq!(
            name(&[], "ContosoReader_1.4.0.0_x64.msix"),
            "ContosoReader_1.4.0.0_x64.ba7816bf8f01.msix"
        );
        assert_eq!(name(&[], "Écran d'accueil.png"), "_cran_d_accueil.ba7816bf8f01.png");
        assert_eq!(name(&[], "README"), "README.ba7816bf8f01.bin");
        assert_eq!(name(&[], ".png"), ".png.ba7816bf8f01.bin");
        assert_eq!(name(&[], ""), "_.ba7816bf8f01.bin");
    }

    #[test]
    fn too_long_a_name_loses_of_its_stem_only() {
        let long = name(&SCREENSHOT, &format!("{}.png", "x".repeat(300)));
        assert_eq!(long.len(), MAX_NAME);
        assert!(long.starts_with("en-us.Screenshot.xxx"));
        assert!(long.ends_with("xxx.ba7816bf8f01.png"));
    }

    #[test]
    fn live_names_of_ours_and_of_others() {
        let digest = Some("ba7816bf8f01");
        for (file_name, prefix, expected) in [
            ("en-us.Screenshot.home.ba7816bf8f01.png", &SCREENSHOT[..], live("home", digest, "png")),
            ("en-us.Screenshot.a.b.ba7816bf8f01.png", &SCREENSHOT, live("a.b", digest, "png")),
            // Made for another place: the prefix stays.
            (
                "de-de.Screenshot.home.ba7816bf8f01.png",
                &SCREENSHOT,
                live("de-de.Screenshot.home", digest, "png"),
            ),
            ("en-us.Screenshot.ba7816bf8f01.png", &SCREENSHOT, live("en-us.Screenshot", digest, "png")),
            ("Reader_1.4.0.0_x64.ba7816bf8f01.msix", &[], live("Reader_1.4.0.0_x64", digest, "msix")),
            ("en-us/home.png", &SCREENSHOT, live("home", None, "png")),
            ("en-us\\home.png", &SCREENSHOT, live("home", None, "png")),
            // Upper case, or one digit more or less, is not our form.
            ("home.BA7816BF8F01.png", &[], live("home.BA7816BF8F01", None, "png")),
            ("home.ba7816bf8f0.png", &[], live("home.ba7816bf8f0", None, "png")),
            ("home.ba7816bf8f012.png", &[], live("home.ba7816bf8f012", None, "png")),
            ("Écran.png", &[], live("_cran", None, "png")),
            ("1152921505694", &[], live("1152921505694", None, "")),
            ("", &[], live("", None, "")),
        ] {
            assert_eq!(LiveName::parse(file_name, prefix), expected, "{file_name}");
        }
    }

    proptest! {
        #[test]
        fn names_are_always_allowed(
            prefix in prop::collection::vec(".{0,60}", 0..4),
            file in ".{0,300}",
            content in any::<[u8; 4]>(),
        ) {
            let prefix: Vec<_> = prefix.iter().map(String::as_str).collect();
            let name = archive_name(&prefix, Path::new(&file), &Digest::of(&content));
            prop_assert!(name.len() <= MAX_NAME);
            prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{name}");
        }

        #[test]
        fn a_name_of_ours_gives_back_what_it_was_made_of(
            prefix in prop::collection::vec("[a-z-]{1,12}", 0..3),
            stem in "[^/\\\\\\.\0][^/\\\\\0]{0,80}",
            extension in "[a-z]{1,10}",
            content in any::<[u8; 4]>(),
        ) {
            let prefix: Vec<_> = prefix.iter().map(String::as_str).collect();
            let digest = Digest::of(&content);
            let file = format!("folder/{stem}.{extension}");
            let parsed = LiveName::parse(&archive_name(&prefix, Path::new(&file), &digest), &prefix);
            prop_assert_eq!(parsed.digest, Some(digest.short()));
            prop_assert_eq!(parsed.stem, plain(&stem));
            prop_assert_eq!(parsed.extension, extension);
        }
    }
}
