//! Many images at once.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::digest::{Fingerprint, fingerprint};
use super::image::{ImageError, ImageHeader, image_header};

/// More threads would only wait for the disk.
const MAX_THREADS: usize = 16;

/// What an image says of itself, and what it is.
type Read = Result<(ImageHeader, Fingerprint), ImageError>;

/// Reads images on all cores. The results are in the order of `paths`.
pub fn read_images(paths: &[PathBuf]) -> Vec<Read> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    on_threads(cores.min(MAX_THREADS), paths)
}

fn on_threads(threads: usize, paths: &[PathBuf]) -> Vec<Read> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(at) else { return done };
            done.push((at, read_image(path)));
        }
    };
    let mut done = thread::scope(|scope| {
        // This thread works too; where the system gives no others it does all.
        let others = (1..threads.min(paths.len()))
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect::<Vec<_>>();
        let mut done = work();
        for other in others {
            done.extend(other.join().expect("reading does not panic"));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, read)| read).collect()
}

fn read_image(path: &Path) -> Read {
    let header = image_header(path)?;
    let fingerprint =
        fingerprint(path).map_err(|source| ImageError::Unreadable { path: path.to_owned(), source })?;
    Ok((header, fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::test_png::png;

    #[test]
    fn the_results_are_those_of_reading_one_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = (0..50).map(|number| folder.path().join(format!("{number}.png"))).collect();
        for (path, width) in paths.iter().zip(1..) {
            let mut content = png(width, 10);
            content.truncate(if width % 7 == 0 { 40 } else { content.len() });
            std::fs::write(path, content).unwrap();
        }
        std::fs::remove_file(&paths[20]).unwrap();
        let expected: Vec<Option<_>> =
            paths.iter().map(|path| Some((image_header(path).ok()?, fingerprint(path).ok()?))).collect();
        assert_eq!(expected.iter().flatten().count(), 43);
        for threads in [0, 1, 2, 5, 100] {
            let read = on_threads(threads, &paths).into_iter().map(Result::ok);
            assert!(read.eq(expected.iter().cloned()), "{threads} threads");
        }
        assert!(read_images(&paths).into_iter().map(Result::ok).eq(expected));
        assert!(read_images(&[]).is_empty());
    }
}
