//! Any bytes as a file that goes to the Store: package, bundle, upload container, image, video.

#![no_main]

#[path = "../../tests/it/support/raw_zip.rs"]
mod raw_zip;
mod scratch;

use std::error::Error;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use raw_zip::{deflated, raw_zip, stored};
use storeward::asset::{fingerprint, image_header, read_package, video_header};

/// The most pixels on a side of an image that is taken.
const MAX_SIDE: u32 = 65_535;

const APP_MANIFEST: &str = "AppxManifest.xml";
const BUNDLE_MANIFEST: &str = "AppxMetadata/AppxBundleManifest.xml";

// The first byte says what the others are: a file as it is, or the part of one that a checksum guards, so that it can
// change and the checksum still holds.
fuzz_target!(|input: &[u8]| {
    let Some((form, rest)) = input.split_first() else { return };
    match form % 8 {
        0 => package("a.msix", rest),
        1 => package("a.msixbundle", rest),
        2 => package("a.msixupload", rest),
        3 => image(rest),
        4 => video(rest),
        5 => package("a.msix", &raw_zip(&[deflated(APP_MANIFEST, rest)])),
        6 => {
            let app = "<Package><Identity Name='n' Publisher='p' Version='1.0.0.0'/></Package>";
            let inner = raw_zip(&[stored(APP_MANIFEST, app.as_bytes())]);
            let bundle =
                [stored("a.msix", &inner), deflated("b.msix", &inner), stored(BUNDLE_MANIFEST, rest)];
            package("a.msixbundle", &raw_zip(&bundle));
        }
        _ => {
            let mut bytes = rest.to_vec();
            if let Some(header) = bytes.get(12..29) {
                let checksum = crc32fast::hash(header);
                if let Some(place) = bytes.get_mut(29..33) {
                    place.copy_from_slice(&checksum.to_be_bytes());
                }
            }
            image(&bytes);
        }
    }
});

fn package(name: &str, content: &[u8]) {
    let path = scratch::file(name, content);
    match read_package(path.as_ref()) {
        Ok(package) => {
            assert_eq!(package.size, content.len() as u64);
            assert!(!package.name.is_empty() && !package.publisher.is_empty());
            assert!(!package.architectures.is_empty());
            let families = package.device_families.iter().map(|family| &family.name);
            let capabilities = package.capabilities.iter().map(|capability| &capability.name);
            let texts = [&package.name, &package.publisher].into_iter().chain(families).chain(capabilities);
            for text in texts.chain(&package.languages) {
                assert!(!text.contains(char::is_control), "{text:?}");
            }
        }
        Err(error) => is_for_people(&error),
    }
}

fn image(content: &[u8]) {
    let path = scratch::file("a.png", content);
    match image_header(path.as_ref()) {
        Ok(header) => {
            assert_eq!(header.size, content.len() as u64);
            assert!(header.width > 0 && header.height > 0);
            if header.format == storeward::asset::ImageFormat::Png {
                assert!(header.width <= MAX_SIDE && header.height <= MAX_SIDE);
            }
        }
        Err(error) => is_for_people(&error),
    }
    let fingerprint = fingerprint(path.as_ref()).expect("the file is there");
    assert_eq!(fingerprint.size, content.len() as u64);
}

fn video(content: &[u8]) {
    let path = scratch::file("a.mp4", content);
    match video_header(Path::new(&path)) {
        Ok(header) => {
            assert_eq!(header.size, content.len() as u64);
            assert!(header.width > 0 && header.height > 0);
        }
        Err(error) => is_for_people(&error),
    }
}

/// A message can be shown as it is.
fn is_for_people(error: &dyn Error) {
    let message = error.to_string();
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(message.len() < 2000, "{message}");
}
