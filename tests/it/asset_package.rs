//! Packages, bundles and upload containers as packaging tools write them.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use storeward::asset::{
    Architecture, Archive, DeviceFamily, Digest, Entry, Fingerprint, Package, PackageKind, PackageProblem,
    Version, fingerprint, read_package,
};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipArchive};

use crate::support::msix::{Msix, MsixBundle, write_zip};

const BUNDLE: MsixBundle<'_> = MsixBundle {
    name: "Contoso Reader",
    publisher: "CN=Contoso",
    version: "2024.1.0.0",
    packages: &[
        Msix {
            name: "Contoso Reader",
            publisher: "CN=Contoso",
            version: "1.4.0.0",
            architecture: "x64",
            families: &[("Windows.Desktop", "10.0.17763.0"), ("Windows.Xbox", "10.0.17763.0")],
            languages: &["en-us", "x-generate"],
            capabilities: &["Capability internetClient", "rescap:Capability runFullTrust"],
            payload_size: 2000,
        },
        Msix {
            name: "Contoso Reader",
            publisher: "CN=Contoso",
            version: "1.4.0.1",
            architecture: "arm64",
            families: &[("Windows.Desktop", "10.0.17763.0")],
            languages: &["EN-US"],
            capabilities: &["Capability internetClient", "DeviceCapability microphone"],
            payload_size: 200_000,
        },
    ],
    resource_languages: &["de-DE", "fr"],
};

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn families(package: &Package) -> Vec<String> {
    let text = |family: &DeviceFamily| format!("{} {}", family.name, family.min_version);
    package.device_families.iter().map(text).collect()
}

fn capabilities(package: &Package) -> Vec<(&str, bool)> {
    let all = package.capabilities.iter();
    all.map(|capability| (capability.name.as_str(), capability.restricted)).collect()
}

fn check_bundle(package: &Package, kind: PackageKind) {
    assert_eq!(package.kind, kind);
    assert!(package.kind.is_bundle());
    assert_eq!(package.name, "Contoso Reader");
    assert_eq!(package.publisher, "CN=Contoso");
    assert_eq!(package.version, version("2024.1.0.0"));
    assert!(package.architectures.iter().eq(&[Architecture::X64, Architecture::Arm64]));
    assert_eq!(families(package), ["Windows.Desktop 10.0.17763.0", "Windows.Xbox 10.0.17763.0"]);
    let targets: Vec<String> =
        package.targets.iter().map(|(own, family)| format!("{own} {family}")).collect();
    assert_eq!(targets, ["x64 Windows.Desktop", "x64 Windows.Xbox", "arm64 Windows.Desktop"]);
    assert_eq!(package.languages, ["en-us", "de-DE", "fr"]);
    assert_eq!(
        capabilities(package),
        [("internetClient", false), ("runFullTrust", true), ("microphone", false)]
    );
}

#[test]
fn a_package_tells_all_about_itself() {
    let folder = TempDir::new().unwrap();
    for extension in ["msix", "appx", "MSIX"] {
        let path = folder.path().join(format!("reader.{extension}"));
        Msix::default().write(&path);
        let package = read_package(&path).unwrap();
        assert_eq!(package.kind, PackageKind::Package);
        assert_eq!(package.size, fs::metadata(&path).unwrap().len());
        assert!(!package.kind.is_bundle());
        assert_eq!(package.name, "Contoso.Reader");
        assert_eq!(package.publisher, "CN=Contoso");
        assert_eq!(package.version, version("1.4.0.0"));
        assert!(package.architectures.iter().eq(&[Architecture::X64]));
        assert_eq!(families(&package), ["Windows.Desktop 10.0.17763.0"]);
        assert_eq!(package.languages, ["en-us"]);
        assert_eq!(capabilities(&package), [("internetClient", false), ("runFullTrust", true)]);
    }
}

#[test]
fn a_bundle_tells_what_its_packages_tell_together() {
    let folder = TempDir::new().unwrap();
    for extension in ["msixbundle", "appxbundle"] {
        let path = folder.path().join(format!("reader.{extension}"));
        BUNDLE.write(&path);
        check_bundle(&read_package(&path).unwrap(), PackageKind::Bundle);
    }
}

#[test]
fn an_upload_tells_what_the_one_package_inside_tells() {
    let folder = TempDir::new().unwrap();
    let bundle = folder.path().join("reader.msixbundle");
    let package = folder.path().join("reader.msix");
    let symbols = folder.path().join("reader.msixsym");
    BUNDLE.write(&bundle);
    Msix::default().write(&package);
    fs::write(&symbols, "symbols").unwrap();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let path = folder.path().join("reader.msixupload");
        let symbols = ("reader.msixsym", symbols.as_path());
        write_zip(&path, &[("reader.msixbundle", &bundle), symbols], method);
        check_bundle(&read_package(&path).unwrap(), PackageKind::Upload { bundle: true });

        let path = folder.path().join("reader.appxupload");
        write_zip(&path, &[symbols, ("reader.msix", &package)], method);
        let upload = read_package(&path).unwrap();
        assert_eq!(upload.kind, PackageKind::Upload { bundle: false });
        assert!(!upload.kind.is_bundle());
        let alone = read_package(&package).unwrap();
        assert_eq!(upload.size, fs::metadata(&path).unwrap().len());
        assert_eq!(Package { kind: alone.kind, size: alone.size, ..upload }, alone);
    }
}

#[test]
fn an_upload_with_several_loose_packages_is_an_error_that_says_why() {
    let folder = TempDir::new().unwrap();
    let package = folder.path().join("reader.msix");
    Msix::default().write(&package);
    let path = folder.path().join("reader.msixupload");
    let inside: [(&str, &Path); 2] = [("x64.msix", &package), ("folder/arm\u{1b}[m.msix", &package)];
    write_zip(&path, &inside, CompressionMethod::Stored);
    assert_eq!(
        read_package(&path).unwrap_err().to_string(),
        format!(
            "`{}`: holds several packages (`folder/arm\\u{{1b}}[m.msix`, `x64.msix`), which the Store drops \
             without a word; submit a bundle of them, or each by itself",
            path.display()
        )
    );
    write_zip(&path, &[("reader.msixsym", &package)], CompressionMethod::Stored);
    let error = read_package(&path).unwrap_err();
    assert!(matches!(*error.problem, PackageProblem::EmptyUpload));
}

/// A file that is laid out but mostly not written.
fn write_ends(archive: &Archive, hole: std::ops::Range<u64>, path: &Path) {
    let mut file = File::create(path).unwrap();
    file.write_all(&archive.read_range(0..hole.start).unwrap().bytes).unwrap();
    file.seek(SeekFrom::Start(hole.end)).unwrap();
    let end = archive.read_range(hole.end..archive.size()).unwrap();
    file.write_all(&end.bytes).unwrap();
}

#[test]
#[cfg_attr(windows, ignore = "takes 50 GiB where files are not sparse by default")]
fn the_payload_of_25_gb_is_not_read() {
    const SIZE: u64 = 25_000_000_000;
    let folder = TempDir::new().unwrap();
    let small = folder.path().join("small.msix");
    Msix::default().write(&small);
    let manifest = folder.path().join("AppxManifest.xml");
    let mut zip = ZipArchive::new(File::open(&small).unwrap()).unwrap();
    let mut text = Vec::new();
    zip.by_name("AppxManifest.xml").unwrap().read_to_end(&mut text).unwrap();
    fs::write(&manifest, text).unwrap();
    let payload = folder.path().join("payload");
    File::create(&payload).unwrap().set_len(SIZE).unwrap();
    let unread = Fingerprint { size: SIZE, digest: Digest::of(b"never read"), crc32: 0 };
    let entry = |name: &str, path: &PathBuf, fingerprint| Entry {
        name: name.to_owned(),
        path: path.clone(),
        shown: path.clone(),
        fingerprint,
    };
    let archive = Archive::layout(vec![
        entry("AppxManifest.xml", &manifest, fingerprint(&manifest).unwrap()),
        entry("payload.bin", &payload, unread),
        entry("readme.txt", &manifest, fingerprint(&manifest).unwrap()),
    ])
    .unwrap();
    let big = folder.path().join("big.msix");
    write_ends(&archive, 100_000..SIZE, &big);
    let small = read_package(&small).unwrap();
    assert_eq!(read_package(&big).unwrap(), Package { size: archive.size(), ..small });

    // The same inside an upload: a window on the middle of the file.
    let size = archive.size();
    let fingerprint = Fingerprint { size, ..unread };
    let archive = Archive::layout(vec![entry("big.msix", &big, fingerprint)]).unwrap();
    let upload = folder.path().join("big.msixupload");
    write_ends(&archive, 100_000..SIZE, &upload);
    let read = read_package(&upload).unwrap();
    assert_eq!(read.kind, PackageKind::Upload { bundle: false });
    assert_eq!(read.languages, ["en-us"]);
}

/// The block map and the offsets are not read by this crate, but by the Store and by Windows.
#[test]
fn the_fixtures_are_as_packaging_tools_write_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("reader.msix");
    Msix { payload_size: 100_000, ..Msix::default() }.write(&path);
    let mut zip = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let mut map = String::new();
    zip.by_name("AppxBlockMap.xml").unwrap().read_to_string(&mut map).unwrap();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        assert_eq!(file.compression(), CompressionMethod::Stored);
        let name = file.name().unwrap().replace('/', "\\");
        let header = file.data_start().unwrap() - file.header_start();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let mut expected =
            format!("<File Name=\"{name}\" Size=\"{}\" LfhSize=\"{header}\">\n", content.len());
        for block in content.chunks(65_536) {
            let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(block));
            writeln!(expected, "    <Block Hash=\"{hash}\"/>").unwrap();
        }
        let is_listed = !["AppxBlockMap.xml", "[Content_Types].xml"].contains(&name.as_str());
        assert_eq!(map.contains(&expected), is_listed, "{expected}");
    }

    let path = folder.path().join("reader.msixbundle");
    BUNDLE.write(&path);
    let mut zip = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let mut manifest = String::new();
    let mut file = zip.by_name("AppxMetadata/AppxBundleManifest.xml").unwrap();
    file.read_to_string(&mut manifest).unwrap();
    drop(file);
    let file = zip.by_name("Contoso%20Reader_1.4.0.1_arm64.msix").unwrap();
    let line = format!(
        "FileName=\"Contoso Reader_1.4.0.1_arm64.msix\" Offset=\"{}\" Size=\"{}\"",
        file.data_start().unwrap(),
        file.size()
    );
    assert!(manifest.contains(&line), "{line}\n{manifest}");
}
