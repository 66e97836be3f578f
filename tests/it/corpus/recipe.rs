//! `make.txt`: files that do not belong into git, or cannot stand in it. One file a line: what it is, its path, and
//! what it is like.
//!
//! | Line | The file |
//! |---|---|
//! | `png PATH WxH [text=WORDS] [bytes=N]` | a black picture; with a text chunk; padded to so many bytes |
//! | `gif PATH WxH` | the header of one |
//! | `msix PATH [name=…] [publisher=…] [version=…] [architecture=…] [languages=a,b]` | a package |
//! | `msixbundle PATH [name=…] [publisher=…] [version=…] [architectures=x64,arm64]` | a bundle |
//! | `mp4 PATH WxH Ns [bytes=N]` | a movie of so many seconds, made as large |
//! | `repeat PATH N WORD` | a text: a word so many times |
//! | `lines PATH N WORD` | a text: so many lines, each the word and its number |
//! | `hex PATH …` | these bytes |
//! | `sparse PATH N` | so many zero bytes |
//! | `symlink PATH TARGET`, `fifo PATH`, `folder PATH` | no regular file |
//! | `text PATH …` | the rest of the line |
//! | `bom PATH`, `crlf PATH`, `utf16 PATH` | a file of the fixture, with a byte order mark, other line ends, another encoding |

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::support::mp4::{Movie, boxed_to_the_end};
use crate::support::msix::{Msix, MsixBundle};
use crate::support::png::{chunk, png};

/// Makes every file of a recipe below a folder.
pub(super) fn follow(recipe: &str, folder: &Path) {
    for line in recipe.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split(' ');
        let (what, path) = (words.next().unwrap(), folder.join(words.next().unwrap()));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        make(what, &path, &words.collect::<Vec<_>>());
    }
}

fn make(what: &str, path: &Path, words: &[&str]) {
    let option = |name: &str| {
        words
            .iter()
            .find_map(|word| word.split_once('=').filter(|(key, _)| *key == name))
            .map(|(_, value)| value)
    };
    let list = |name: &str, default: &'static str| {
        option(name).unwrap_or(default).split(',').filter(|item| !item.is_empty()).collect::<Vec<_>>()
    };
    let write = |content: &[u8]| fs::write(path, content).unwrap();
    let number = |word: &str| word.parse::<usize>().unwrap();
    let package = Msix::default();
    let identity = Msix {
        name: option("name").unwrap_or(package.name),
        publisher: option("publisher").unwrap_or(package.publisher),
        version: option("version").unwrap_or(package.version),
        ..package
    };
    match what {
        "png" => {
            let (width, height) = size(words[0]);
            write(&with_chunks(&png(width, height), option("text"), option("bytes").map(number)));
        }
        "gif" => {
            let (width, height) = size(words[0]);
            let bytes = |pixels: u32| u16::try_from(pixels).unwrap().to_le_bytes();
            write(&[&b"GIF89a"[..], &bytes(width), &bytes(height), &[0; 3]].concat());
        }
        "msix" => {
            let languages = list("languages", "en-us");
            let architecture = option("architecture").unwrap_or(package.architecture);
            Msix { architecture, languages: &languages, ..identity }.write(path);
        }
        "msixbundle" => {
            let architectures = list("architectures", "x64,arm64");
            let packages: Vec<Msix<'_>> =
                architectures.iter().map(|architecture| Msix { architecture, ..identity }).collect();
            let Msix { name, publisher, version, .. } = identity;
            MsixBundle { name, publisher, version, packages: &packages, resource_languages: &[] }.write(path);
        }
        "mp4" => {
            let (width, height) = size(words[0]);
            let seconds: u64 = words[1].strip_suffix('s').unwrap().parse().unwrap();
            let [width, height] = [width, height].map(|pixels| u16::try_from(pixels).unwrap());
            let movie = Movie { width, height, length: seconds * 1000, ..Movie::default() }.mp4();
            match option("bytes").map(number) {
                Some(bytes) => padded(path, &movie, bytes),
                None => write(&movie),
            }
        }
        "repeat" => write(words[1].repeat(number(words[0])).as_bytes()),
        "lines" => {
            let line = |i| format!("{}{i}\n", words[1]);
            write((0..number(words[0])).map(line).collect::<String>().as_bytes());
        }
        "hex" => {
            write(&words.iter().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect::<Vec<_>>());
        }
        "sparse" => File::create(path).unwrap().set_len(number(words[0]) as u64).unwrap(),
        "symlink" => symlink(words[0], path),
        "fifo" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        "folder" => fs::create_dir(path).unwrap(),
        "text" => write(words.join(" ").as_bytes()),
        "bom" => write(&[b"\xef\xbb\xbf", fs::read(path).unwrap().as_slice()].concat()),
        "crlf" => write(fs::read_to_string(path).unwrap().replace('\n', "\r\n").as_bytes()),
        "utf16" => {
            let text = fs::read_to_string(path).unwrap();
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            write(&units.flat_map(u16::to_le_bytes).collect::<Vec<_>>());
        }
        _ => panic!("no recipe makes `{what}`"),
    }
}

fn size(word: &str) -> (u32, u32) {
    let (width, height) = word.split_once('x').unwrap();
    (width.parse().unwrap(), height.parse().unwrap())
}

/// The picture with further chunks before its last one.
fn with_chunks(picture: &[u8], text: Option<&str>, bytes: Option<usize>) -> Vec<u8> {
    let (head, end) = picture.split_at(picture.len() - 12);
    let text = text.map(|text| chunk(*b"tEXt", format!("Comment\0{text}").as_bytes())).unwrap_or_default();
    let mut whole = [head, &text].concat();
    if let Some(bytes) = bytes {
        whole.extend(chunk(*b"paDd", &vec![0; bytes - whole.len() - end.len() - 12]));
    }
    whole.extend(end);
    whole
}

/// The movie with a last box that makes it as large, without taking room on the disk.
fn padded(path: &Path, movie: &[u8], bytes: usize) {
    let mut file = File::create(path).unwrap();
    file.write_all(movie).unwrap();
    file.write_all(&boxed_to_the_end(*b"free", &[])).unwrap();
    file.set_len(bytes as u64).unwrap();
}

fn symlink(target: &str, path: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(target, path).unwrap();
    #[cfg(not(unix))]
    panic!("no link to {target} at {}", path.display());
}
