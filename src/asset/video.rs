//! Format, size and duration of a video, from its boxes alone.
//!
//! A video is a tree of boxes, ISO/IEC 14496-12 for MP4 and
//! <https://developer.apple.com/documentation/quicktime-file-format> for MOV, which differ little. Only the heads of
//! boxes are read, and the few boxes that say something; the media data, wherever it stands, is passed over.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::open_regular;

/// Largest number of boxes that are looked at. A file made for streaming has two for each piece of a second or more.
const MAX_BOXES: usize = 100_000;

/// What old MOV files start with instead of the box that names the format.
const OLD_MOV: [&[u8; 4]; 6] = [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"];

/// Other formats of videos by a few bytes at their start, so that a message can name them.
const OTHERS: [(usize, &[u8], &str); 6] = [
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    (8, b"AVI ", "AVI"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
    (0, b"\0\0\x01\xba", "MPEG"),
    (0, b"FLV\x01", "FLV"),
    (0, b"OggS", "Ogg"),
];

/// What a video says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoHeader {
    /// The format, by content and not by name.
    pub format: VideoFormat,
    /// Size of the file in bytes.
    pub size: u64,
    /// Width in pixels of the first picture track, as it is stored: a rotation on display is not counted.
    pub width: u32,
    /// Height in pixels, likewise.
    pub height: u32,
    /// How long it plays; `None` where it does not say so, as files made for streaming may not.
    pub duration: Option<Duration>,
}

/// A video format that the Store takes
/// (<https://learn.microsoft.com/windows/apps/publish/publish-your-app/msix/screenshots-and-images#trailers>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoFormat {
    /// MP4, under any of its brands.
    Mp4,
    /// MOV, the format of `QuickTime`.
    Mov,
}

impl fmt::Display for VideoFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mp4 => "MP4",
            Self::Mov => "MOV",
        })
    }
}

/// Why a video is not taken.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}; make it readable", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The content is not MP4 or MOV.
    #[error("`{}` is {}; the Store takes MP4 and MOV", path.display(), found.map_or("not a video of a known format".to_owned(), |name| format!("a video in {name} format")))]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// The name of the format that it has, if that is known.
        found: Option<&'static str>,
    },
    /// The content begins as MP4 or MOV does but does not go on as a video.
    #[error("the video `{}` is damaged: {reason}; export or check it out again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads what a video says of itself: some hundred bytes, wherever in the file they are.
pub fn video_header(path: &Path) -> Result<VideoHeader, VideoError> {
    let header = open_regular(path).map_err(Problem::Unreadable).and_then(|(file, size)| read(file, size));
    let path = || path.to_owned();
    header.map_err(|problem| match problem {
        Problem::Unreadable(source) => VideoError::Unreadable { path: path(), source },
        Problem::OtherFormat(found) => VideoError::OtherFormat { path: path(), found },
        Problem::Damaged(reason) => VideoError::Damaged { path: path(), reason },
    })
}

#[derive(Debug)]
enum Problem {
    Unreadable(io::Error),
    OtherFormat(Option<&'static str>),
    Damaged(String),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

fn damaged<T>(reason: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::Damaged(reason.into()))
}

fn read(mut file: impl Read + Seek, size: u64) -> Result<VideoHeader, Problem> {
    let format = format(&mut file)?;
    let mut boxes = Boxes { file, left: MAX_BOXES };
    let top = boxes.within(0..size, true)?;
    let Some(movie) = content(&top, *b"moov") else {
        return damaged("it has no `moov` box, which says what is in it");
    };
    if !top.iter().any(|found| found.kind == *b"mdat" && !found.content.is_empty()) {
        return damaged("it has no `mdat` box, which has the pictures");
    }
    let movie = boxes.within(movie, false)?;
    let duration = boxes.duration(&movie)?;
    for track in movie.iter().filter(|found| found.kind == *b"trak") {
        let track = boxes.within(track.content.clone(), false)?;
        let media = content(&track, *b"mdia").map(|media| boxes.within(media, false)).transpose()?;
        let handler = media.as_deref().and_then(|media| content(media, *b"hdlr"));
        let Some(handler) = handler else { continue };
        if boxes.number::<4>(&handler, 8)? == u64::from(u32::from_be_bytes(*b"vide")) {
            let (width, height) = boxes.pixels(&track)?;
            return Ok(VideoHeader { format, size, width, height, duration });
        }
    }
    damaged("it has no picture track")
}

fn format(file: &mut impl Read) -> Result<VideoFormat, Problem> {
    let mut start = Vec::new();
    file.take(12).read_to_end(&mut start)?;
    match (start.get(4..8), start.get(8..12)) {
        (Some(b"ftyp"), Some(b"qt  ")) => Ok(VideoFormat::Mov),
        (Some(b"ftyp"), _) => Ok(VideoFormat::Mp4),
        (Some(kind), _) if OLD_MOV.iter().any(|known| *known == kind) => Ok(VideoFormat::Mov),
        _ => {
            let at = |place: usize| start.get(place..).unwrap_or_default();
            let found = OTHERS.iter().find(|(place, bytes, _)| at(*place).starts_with(bytes));
            Err(Problem::OtherFormat(found.map(|(.., name)| *name)))
        }
    }
}

/// A box, and where its content is.
struct Found {
    kind: [u8; 4],
    content: Range<u64>,
}

/// The content of the first box of a kind.
fn content(boxes: &[Found], kind: [u8; 4]) -> Option<Range<u64>> {
    boxes.iter().find(|found| found.kind == kind).map(|found| found.content.clone())
}

struct Boxes<R> {
    file: R,
    /// How many may still be looked at.
    left: usize,
}

impl<R: Read + Seek> Boxes<R> {
    /// The boxes that stand in a part of the file one after the other.
    fn within(&mut self, part: Range<u64>, is_file: bool) -> Result<Vec<Found>, Problem> {
        let mut found = Vec::new();
        let mut at = part.start;
        while at < part.end {
            let room = part.end - at;
            if room < 8 {
                if is_file {
                    return damaged("it is cut off: its last box is not whole");
                }
                // QuickTime may end a list with four zero bytes.
                break;
            }
            self.left = match self.left.checked_sub(1) {
                Some(left) => left,
                None => return damaged(format!("it has more than {MAX_BOXES} boxes")),
            };
            let [a, b, c, d, kind @ ..] = self.bytes::<8>(at)?;
            let (head, size) = match u32::from_be_bytes([a, b, c, d]) {
                0 => (8, room),
                1 if room < 16 => (16, 16),
                1 => (16, u64::from_be_bytes(self.bytes(at + 8)?)),
                size => (8, u64::from(size)),
            };
            let name = kind.escape_ascii();
            if size < head {
                return damaged(format!(
                    "its box `{name}` at byte {at} says {size} bytes, fewer than its head has"
                ));
            }
            if size > room {
                let what = if is_file { "it is cut off" } else { "its boxes do not fit into each other" };
                return damaged(format!("{what}: `{name}` says {size} bytes, but {room} are there"));
            }
            found.push(Found { kind, content: at + head..at + size });
            at += size;
        }
        Ok(found)
    }

    fn bytes<const N: usize>(&mut self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The number of `N` bytes at a place in a box.
    fn number<const N: usize>(&mut self, content: &Range<u64>, place: u64) -> Result<u64, Problem> {
        if content.end - content.start < place + N as u64 {
            return damaged(format!("the box with its content at byte {} is too short", content.start));
        }
        let bytes = self.bytes::<N>(content.start + place)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Whether the box has the longer form, with times of 64 bits.
    fn is_long(&mut self, content: &Range<u64>) -> Result<bool, Problem> {
        Ok(self.number::<1>(content, 0)? == 1)
    }

    fn duration(&mut self, movie: &[Found]) -> Result<Option<Duration>, Problem> {
        let Some(header) = content(movie, *b"mvhd") else {
            return damaged("its `moov` box has no `mvhd` box");
        };
        let (per_second, length, unknown) = if self.is_long(&header)? {
            (self.number::<4>(&header, 20)?, self.number::<8>(&header, 24)?, u64::MAX)
        } else {
            (self.number::<4>(&header, 12)?, self.number::<4>(&header, 16)?, u64::from(u32::MAX))
        };
        if per_second == 0 {
            return damaged("its time does not go on: it says 0 units a second");
        }
        let nanoseconds = length % per_second * 1_000_000_000 / per_second;
        let duration = Duration::from_secs(length / per_second) + Duration::from_nanos(nanoseconds);
        Ok((length != 0 && length != unknown).then_some(duration))
    }

    fn pixels(&mut self, track: &[Found]) -> Result<(u32, u32), Problem> {
        let Some(header) = content(track, *b"tkhd") else {
            return damaged("its picture track has no `tkhd` box");
        };
        let place = if self.is_long(&header)? { 88 } else { 76 };
        // The two bytes behind each are fractions of a pixel.
        match (self.number::<2>(&header, place)?, self.number::<2>(&header, place + 4)?) {
            (0, _) | (_, 0) => damaged("its pictures have no pixels"),
            (width, height) => {
                Ok((u32::try_from(width).expect("two bytes"), u32::try_from(height).expect("two bytes")))
            }
        }
    }
}

#[cfg(test)]
mod tests;
