use std::io::{Cursor, Write as _};

use proptest::prelude::*;

use super::*;
use crate::asset::test_mp4::{Movie, boxed, boxed_64, boxed_to_the_end};

fn of(bytes: &[u8]) -> Result<VideoHeader, Problem> {
    read(Cursor::new(bytes), bytes.len() as u64)
}

fn damage_of(bytes: &[u8]) -> String {
    match of(bytes) {
        Err(Problem::Damaged(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

fn says(bytes: &[u8]) -> (VideoFormat, u32, u32, Option<Duration>) {
    let VideoHeader { format, size, width, height, duration } = of(bytes).unwrap();
    assert_eq!(size, bytes.len() as u64);
    (format, width, height, duration)
}

const SECONDS: Option<Duration> = Some(Duration::from_millis(12_500));

#[test]
fn movies_say_their_size_and_duration() {
    let movie = Movie::default();
    let (ftyp, mdat, moov) =
        (boxed(*b"ftyp", b"isom\0\0\x02\0mp41"), boxed(*b"mdat", b"pictures"), movie.moov());
    for (boxes, format) in [
        (vec![ftyp.clone(), moov.clone(), mdat.clone()], VideoFormat::Mp4),
        (
            vec![ftyp.clone(), boxed_64(*b"mdat", b"pictures"), Movie { long: true, ..movie }.moov()],
            VideoFormat::Mp4,
        ),
        (vec![ftyp.clone(), moov.clone(), boxed_to_the_end(*b"mdat", b"pictures")], VideoFormat::Mp4),
        (vec![ftyp, boxed(*b"free", b""), mdat.clone(), boxed_64(*b"moov", &moov[8..])], VideoFormat::Mp4),
        (vec![boxed(*b"ftyp", b"qt  \x20\x05\x03\0qt  "), mdat.clone(), moov.clone()], VideoFormat::Mov),
        (vec![boxed(*b"wide", b""), mdat.clone(), moov.clone()], VideoFormat::Mov),
        (vec![mdat.clone(), moov.clone()], VideoFormat::Mov),
        (vec![moov.clone(), mdat], VideoFormat::Mov),
    ] {
        assert_eq!(says(&boxes.concat()), (format, 1920, 1080, SECONDS));
    }
    assert_eq!(movie.mp4(), movie.mp4());
    assert_eq!(
        says(&Movie { width: 3840, height: 2160, ..movie }.mp4()),
        (VideoFormat::Mp4, 3840, 2160, SECONDS)
    );
}

#[test]
fn a_duration_that_is_not_said_is_not_made_up() {
    for long in [false, true] {
        let of = |length| says(&Movie { length, long, ..Movie::default() }.mp4()).3;
        assert_eq!(of(0), None);
        assert_eq!(of(if long { u64::MAX } else { u64::from(u32::MAX) }), None);
        assert_eq!(of(1), Some(Duration::from_millis(1)));
    }
    let longest = Movie { length: u64::MAX - 1, per_second: 1, long: true, ..Movie::default() }.mp4();
    assert_eq!(says(&longest).3, Some(Duration::from_secs(u64::MAX - 1)));
}

#[test]
fn the_first_picture_track_counts_whatever_else_there_is() {
    let movie = Movie::default();
    let sound = Movie { handler: *b"soun", width: 7, height: 7, ..movie };
    let moov = boxed(*b"moov", &[movie.mvhd(), boxed(*b"trak", b""), sound.trak(), movie.trak()].concat());
    let file = [moov, boxed(*b"mdat", b"x")].concat();
    assert_eq!(says(&file), (VideoFormat::Mov, 1920, 1080, SECONDS));
}

#[test]
fn other_formats_are_named() {
    let mut avi = *b"RIFF\0\0\0\0AVI LIST";
    avi[4] = 9;
    for (bytes, expected) in [
        (&b"\x1a\x45\xdf\xa3\x93\x42\x82\x88webm"[..], Some("Matroska or WebM")),
        (&avi, Some("AVI")),
        (b"", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"version https://git-lfs", None),
    ] {
        assert!(matches!(of(bytes), Err(Problem::OtherFormat(found)) if found == expected), "{bytes:?}");
    }
}

#[test]
fn what_lies_is_said() {
    let movie = Movie::default();
    let mdat = boxed(*b"mdat", b"x");
    let with_moov = |content: &[Vec<u8>]| [mdat.clone(), boxed(*b"moov", &content.concat())].concat();
    let track = |content: &[Vec<u8>]| with_moov(&[movie.mvhd(), boxed(*b"trak", &content.concat())]);
    let whole = movie.mp4();
    for (bytes, expected) in [
        (boxed(*b"ftyp", b"heic\0\0\0\0"), "it has no `moov` box, which says what is in it"),
        (movie.moov(), "it has no `mdat` box, which has the pictures"),
        ([movie.moov(), boxed(*b"mdat", b"")].concat(), "it has no `mdat` box, which has the pictures"),
        (with_moov(&[movie.trak()]), "its `moov` box has no `mvhd` box"),
        (with_moov(&[movie.mvhd()]), "it has no picture track"),
        (with_moov(&[boxed(*b"mvhd", &[0; 19])]), "the box with its content at byte 25 is too short"),
        (with_moov(&[boxed(*b"mvhd", &[0; 20])]), "its time does not go on: it says 0 units a second"),
        (track(&[movie.mdia()]), "its picture track has no `tkhd` box"),
        (track(&[boxed(*b"tkhd", &[0; 84]), movie.mdia()]), "its pictures have no pixels"),
        (
            track(&[boxed(*b"tkhd", &[0; 80]), movie.mdia()]),
            "the box with its content at byte 141 is too short",
        ),
        (whole[..whole.len() - 1].to_vec(), "it is cut off: `mdat` says 16 bytes, but 15 are there"),
        ([whole.clone(), vec![0; 7]].concat(), "it is cut off: its last box is not whole"),
        (
            [whole.clone(), b"\0\0\0\x07free".to_vec()].concat(),
            "its box `free` at byte 305 says 7 bytes, fewer than its head has",
        ),
        (
            [whole.clone(), b"\0\0\0\x01free\0\0\0\0\0\0\0\x0f".to_vec()].concat(),
            "its box `free` at byte 305 says 15 bytes, fewer than its head has",
        ),
        (
            [whole.clone(), b"\0\0\0\x01\xa9\n\0e\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()].concat(),
            "it is cut off: `\\xa9\\n\\x00e` says 18446744073709551615 bytes, but 16 are there",
        ),
        (
            with_moov(&[b"\0\0\x01\0trak".to_vec()]),
            "its boxes do not fit into each other: `trak` says 256 bytes, but 8 are there",
        ),
    ] {
        assert_eq!(damage_of(&bytes), expected);
    }
}

#[test]
fn the_number_of_boxes_has_a_limit() {
    let movie = Movie::default();
    let many = boxed(*b"free", b"").repeat(MAX_BOXES);
    assert_eq!(damage_of(&[movie.mp4(), many.clone()].concat()), "it has more than 100000 boxes");
    let inside = [boxed(*b"mdat", b"x"), boxed(*b"moov", &many)].concat();
    assert_eq!(damage_of(&inside), "it has more than 100000 boxes");
}

#[test]
fn the_end_of_a_file_of_2_gb_is_found_by_seeking() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trailer.mp4");
    let mut file = std::fs::File::create(&path).unwrap();
    let movie = Movie::default();
    file.write_all(&boxed(*b"ftyp", b"isom\0\0\x02\0mp41")).unwrap();
    let start = file.stream_position().unwrap();
    file.write_all(&2_000_000_000_u32.to_be_bytes()).unwrap();
    file.write_all(b"mdat").unwrap();
    file.seek(SeekFrom::Start(start + 2_000_000_000)).unwrap();
    file.write_all(&movie.moov()).unwrap();
    let header = video_header(&path).unwrap();
    assert_eq!((header.width, header.height, header.duration), (1920, 1080, SECONDS));
    assert!(header.size > 2_000_000_000);
}

#[test]
fn errors_name_the_file_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trailer.mp4");
    let error = |content: &[u8]| {
        std::fs::write(&path, content).unwrap();
        video_header(&path).unwrap_err().to_string().replace(&path.display().to_string(), "PATH")
    };
    assert_eq!(error(b"OggS"), "`PATH` is a video in Ogg format; the Store takes MP4 and MOV");
    assert_eq!(error(b"text"), "`PATH` is not a video of a known format; the Store takes MP4 and MOV");
    assert_eq!(
        error(&boxed(*b"mdat", b"x")),
        "the video `PATH` is damaged: it has no `moov` box, which says what is in it; export or check it out again"
    );
    let error = video_header(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("it is not a regular file; make it readable"), "{error}");
}

proptest! {
    #[test]
    fn no_change_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
        long in any::<bool>(),
    ) {
        let mut bytes = Movie { long, ..Movie::default() }.mp4();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = of(&bytes);
        let _ = of(&bytes[..length.index(bytes.len())]);
    }

    #[test]
    fn no_content_makes_it_panic(
        boxes in prop::collection::vec(
            (
                prop_oneof![0..20_u32, any::<u32>()],
                prop::sample::select(vec![b"ftyp", b"moov", b"trak", b"mdia", b"hdlr", b"mvhd", b"tkhd", b"mdat"]),
                prop::collection::vec(any::<u8>(), 0..30),
            ),
            0..20,
        ),
    ) {
        let bytes: Vec<u8> =
            boxes.iter().flat_map(|(size, kind, rest)| [&size.to_be_bytes(), kind.as_slice(), rest].concat()).collect();
        let _ = of(&bytes);
    }
}
