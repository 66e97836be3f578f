//! Packages that no packaging tool would write, and one form that is rare outside of Microsoft's.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use proptest::prelude::*;
use storeward::asset::{Package, PackageError, PackageProblem, read_package};
use tempfile::TempDir;
use zip::ZipArchive;

use crate::support::msix::{Msix, MsixBundle};
use crate::support::raw_zip::{Raw, deflated, raw_zip, stored};

fn read(file_name: &str, content: &[u8]) -> Result<Package, PackageError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(file_name);
    fs::write(&path, content).unwrap();
    read_package(&path)
}

/// What a package says, whatever the size of its file.
fn facts(file_name: &str, content: &[u8]) -> Package {
    Package { size: 0, ..read(file_name, content).unwrap() }
}

fn problem(file_name: &str, content: &[u8]) -> PackageProblem {
    let error = read(file_name, content).unwrap_err();
    assert!(error.to_string().contains(file_name), "{error}");
    *error.problem
}

/// The problem with a package that has this manifest.
fn manifest_problem(manifest: &str) -> PackageProblem {
    let error = read("a.msix", &raw_zip(&[stored("AppxManifest.xml", manifest.as_bytes())])).unwrap_err();
    assert!(error.to_string().starts_with("`AppxManifest.xml` in `"), "{error}");
    *error.problem
}

fn bytes_of(write: impl FnOnce(&Path)) -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    write(&path);
    fs::read(path).unwrap()
}

fn package() -> Vec<u8> {
    bytes_of(|path| Msix::default().write(path))
}

fn bundle() -> Vec<u8> {
    let bundle = MsixBundle {
        name: "Contoso.Reader",
        publisher: "CN=Contoso",
        version: "1.4.0.0",
        packages: &[Msix::default()],
        resource_languages: &["de"],
    };
    bytes_of(|path| bundle.write(path))
}

fn manifest() -> Vec<u8> {
    let mut zip = ZipArchive::new(Cursor::new(package())).unwrap();
    let mut text = Vec::new();
    zip.by_name("AppxManifest.xml").unwrap().read_to_end(&mut text).unwrap();
    text
}

#[test]
fn the_form_that_makeappx_writes_is_read() {
    let manifest = manifest();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(String::from_utf8(manifest.clone()).unwrap().encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let expected = facts("a.msix", &package());
    for content in [manifest, utf16] {
        for entry in [stored("AppxManifest.xml", &content), deflated("appxmanifest%2exml", &content)] {
            let entries = [deflated("a%20b.dll", b"x"), entry, deflated("[Content_Types].xml", b"")];
            assert_eq!(facts("a.msix", &raw_zip(&entries)), expected);
        }
    }
}

#[test]
fn what_is_no_zip_is_refused() {
    for content in [&b""[..], b"PK\x05\x06", b"<Package/>", &vec![0; 100_000]] {
        for name in ["a.msix", "a.msixbundle", "a.msixupload"] {
            assert!(matches!(problem(name, content), PackageProblem::NotZip(_)), "{content:?}");
        }
    }
    assert!(matches!(problem("a.zip", &package()), PackageProblem::Extension));
    assert!(matches!(problem("msix", &package()), PackageProblem::Extension));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.msix");
    let unreadable = || matches!(*read_package(&path).unwrap_err().problem, PackageProblem::Unreadable(_));
    assert!(unreadable());
    fs::create_dir(&path).unwrap();
    assert!(unreadable());
}

#[test]
fn what_is_cut_off_anywhere_is_refused() {
    let bundle = bundle();
    let upload = raw_zip(&[stored("a.msixbundle", &bundle)]);
    for (name, whole) in [("a.msix", package()), ("a.msixbundle", bundle), ("a.msixupload", upload)] {
        assert!(read(name, &whole).is_ok());
        for length in 0..whole.len() {
            assert!(read(name, &whole[..length]).is_err(), "{name} of {length} bytes");
        }
        assert!(read(name, &[&whole, &b"x"[..]].concat()).is_err());
        assert!(read(name, &[b"x", &whole[..]].concat()).is_err());
    }
}

#[test]
fn entries_that_lie_about_their_sizes_are_refused() {
    let manifest = manifest();
    let name = "AppxManifest.xml";
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    assert!(matches!(
        problem("a.msix", &raw_zip(&[deflated(name, &large)])),
        PackageProblem::TooLarge { .. }
    ));
    let bomb = Raw { unpacked: 100, ..deflated(name, &large) };
    assert!(matches!(problem("a.msix", &raw_zip(&[bomb])), PackageProblem::Damaged { .. }));
    let good = [stored(name, &manifest), deflated(name, &manifest)];
    for entry in good {
        for bad in [
            Raw { unpacked: entry.unpacked + 1, ..entry.clone() },
            Raw { unpacked: entry.unpacked - 1, ..entry.clone() },
            Raw { packed: entry.packed - 1, ..entry.clone() },
            Raw { crc32: !entry.crc32, ..entry.clone() },
            Raw { method: 12, ..entry.clone() },
        ] {
            assert!(matches!(problem("a.msix", &raw_zip(&[bad])), PackageProblem::Damaged { .. }));
        }
        let bad = Raw { packed: u64::MAX, ..entry.clone() };
        assert!(matches!(problem("a.msix", &raw_zip(&[bad])), PackageProblem::Overlap));
        let bad = Raw { flags: 1, ..entry };
        assert!(matches!(problem("a.msix", &raw_zip(&[bad])), PackageProblem::Encrypted { .. }));
    }
}

#[test]
fn packages_inside_that_lie_about_their_sizes_are_refused() {
    let inside = |entry: Raw| problem("a.msixupload", &raw_zip(&[entry]));
    let zeros = deflated("a.msix", &vec![0; 40 << 20]);
    assert!(matches!(inside(zeros.clone()), PackageProblem::TooMuchUnpacking { .. }));
    let lying = Raw { unpacked: 100, ..zeros };
    assert!(matches!(inside(lying), PackageProblem::Damaged { .. }));
    let package = stored("a.msix", &package());
    let short = Raw { packed: package.packed - 10, unpacked: package.packed - 10, ..package.clone() };
    assert!(matches!(inside(short), PackageProblem::NotZip(_)));
    let two_sizes = Raw { unpacked: package.packed + 1, ..package.clone() };
    assert!(matches!(inside(two_sizes), PackageProblem::Damaged { .. }));
    assert!(matches!(inside(Raw { flags: 1, ..package.clone() }), PackageProblem::Encrypted { .. }));
    assert!(matches!(inside(Raw { method: 9, ..package }), PackageProblem::Damaged { .. }));
}

#[test]
fn entries_that_overlap_or_repeat_are_refused() {
    let manifest = stored("AppxManifest.xml", &manifest());
    let twice = [manifest.clone(), Raw { name: "APPXMANIFEST.XML".to_owned(), ..manifest.clone() }];
    assert!(matches!(problem("a.msix", &raw_zip(&twice)), PackageProblem::Twice { .. }));
    let same_place = [manifest.clone(), Raw { offset: Some(0), ..stored("b", b"") }];
    assert!(matches!(problem("a.msix", &raw_zip(&same_place)), PackageProblem::Overlap));
    for offset in [1_000_000, u64::MAX] {
        let beyond = [manifest.clone(), Raw { offset: Some(offset), ..stored("b", b"") }];
        assert!(matches!(problem("a.msix", &raw_zip(&beyond)), PackageProblem::Overlap));
    }
}

#[test]
fn too_many_entries_or_packages_are_refused() {
    let entries = vec![stored("x", b""); 500_001];
    assert!(matches!(problem("a.msix", &raw_zip(&entries)), PackageProblem::TooManyEntries { .. }));
    let packages: Vec<_> = (0..1001).map(|i| stored(&format!("{i}.msix"), b"")).collect();
    for name in ["a.msixbundle", "a.msixupload"] {
        assert!(matches!(problem(name, &raw_zip(&packages)), PackageProblem::TooManyPackages { .. }));
    }
}

#[test]
fn too_many_languages_are_refused() {
    let language = |i: usize| format!("<Resource Language='l{i}'/>");
    let manifest = |count: usize| {
        let languages: String = (0..count).map(language).collect();
        String::from_utf8(manifest()).unwrap().replace("<Resources>", &format!("<Resources>{languages}"))
    };
    let few = raw_zip(&[stored("AppxManifest.xml", manifest(1000).as_bytes())]);
    assert_eq!(read("a.msix", &few).unwrap().languages.len(), 1001);
    let many = raw_zip(&[stored("AppxManifest.xml", manifest(5000).as_bytes())]);
    assert!(matches!(problem("a.msix", &many), PackageProblem::TooManyFacts { .. }));
}

#[test]
fn manifests_that_are_not_what_they_should_be_are_refused() {
    let good = String::from_utf8(manifest()).unwrap();
    for (from, to, expected) in [
        (
            "<Package ",
            "<!DOCTYPE Package [<!ENTITY own 'x'>]><Package ",
            "has a document type declaration, which no package manifest has; remove it and build again",
        ),
        ("\"Contoso.Reader\"", "\"&own;\"", "is not well-formed XML ("),
        ("</Package>", "", "is not well-formed XML (its end is missing); build it again"),
        ("<Identity", "<Person", "has no `Package/Identity`; build it again with a complete manifest"),
        (
            "Publisher=\"CN=Contoso\"",
            "",
            "has no attribute `Publisher` in `Package/Identity`; build it again with a complete manifest",
        ),
        (
            "1.4.0.0",
            "1.4",
            "has `1.4` as `Version` in `Package/Identity`, which is not a version: four numbers up to 65535 are \
             expected, as in 1.4.0.0",
        ),
        (
            "\"x64\"",
            "\"mips\"",
            "has `mips` as `ProcessorArchitecture` in `Package/Identity`, which is not an architecture: x86, x64, \
             arm, arm64 or neutral is expected",
        ),
        (
            "MinVersion",
            "Version",
            "has no attribute `MinVersion` in `Package/Dependencies/TargetDeviceFamily`; build it again with a \
             complete manifest",
        ),
        (
            "<Properties>",
            "<Identity Name='n' Publisher='p' Version='1.0.0.0'/><Properties>",
            "has `Identity` twice; build it again",
        ),
        (
            "Contoso.Reader",
            "\u{1b}]0;",
            "has `\\u{1b}]0;` as `Name` in `Package/Identity`, which is not a text for people: it has control \
             characters",
        ),
    ] {
        let manifest = good.replace(from, to);
        assert_ne!(manifest, good);
        let problem = manifest_problem(&manifest).to_string();
        assert!(problem.starts_with(expected), "{from} -> {to}: {problem}");
    }
}

#[test]
fn elements_count_only_in_their_place() {
    let manifest = String::from_utf8(manifest()).unwrap().replace(
        "<Properties>",
        "<Other><TargetDeviceFamily Name='n'/><Resource Language='xx'/><Capability/><Identity/></Other><Properties>",
    );
    let package = facts("a.msix", &raw_zip(&[stored("AppxManifest.xml", manifest.as_bytes())]));
    assert_eq!(package, facts("a.msix", &self::package()));
}

#[test]
fn a_package_without_an_architecture_is_neutral_and_restriction_is_told_by_namespace() {
    let manifest =
        "<a:Package xmlns:a='x' xmlns:rescap='http://schemas.microsoft.com/appx/manifest/uap/windows10'
        xmlns:r='http://schemas.microsoft.com/appx/manifest/foundation/windows10/restrictedcapabilities/2'>
        <a:Identity Name='n' Publisher='p' Version='1.0.0.0'/>
        <a:Capabilities><r:Capability Name='one'/><rescap:Capability Name='two'/>
        <x:CustomCapability Name='three'/></a:Capabilities></a:Package>";
    let package = read("a.msix", &raw_zip(&[stored("AppxManifest.xml", manifest.as_bytes())])).unwrap();
    assert_eq!(package.architectures.iter().map(ToString::to_string).collect::<Vec<_>>(), ["neutral"]);
    let restricted: Vec<_> = package.capabilities.iter().map(|c| c.restricted).collect();
    assert_eq!(restricted, [true, false, false]);
    assert!(package.device_families.is_empty());
}

#[test]
fn bundles_that_are_none_are_refused() {
    let bundle = |packages: &str, more: &[Raw]| {
        let manifest = format!(
            "<Bundle><Identity Name='Contoso.Reader' Publisher='CN=Contoso' Version='1.0.0.0'/><Packages>{packages}</Packages></Bundle>"
        );
        let manifest = stored("AppxMetadata/AppxBundleManifest.xml", manifest.as_bytes());
        read("a.msixbundle", &raw_zip(&[&[manifest], more].concat())).unwrap_err()
    };
    let error = bundle("<Package FileName='de.msix'/>", &[]);
    assert!(matches!(*error.problem, PackageProblem::NoApplication), "{error}");
    let error = bundle("<Package Type='application' FileName='x64.msix'/>", &[]);
    assert!(matches!(*error.problem, PackageProblem::FlatBundle { .. }), "{error}");
    // Unpacking one package time and again would be unbounded work.
    let listed_twice = "<Package Type='application' FileName='x64.msix'/>\
                        <Package Type='application' FileName='X64.msix'/>";
    let error = bundle(listed_twice, &[deflated("x64.msix", &package())]);
    assert!(matches!(*error.problem, PackageProblem::Twice { .. }), "{error}");
    let empty = stored("x64.msix", &raw_zip(&[stored("x", b"")]));
    let error = bundle("<Package Type='application' FileName='x64.msix'/>", &[empty]);
    assert!(matches!(*error.problem, PackageProblem::NoManifest { .. }), "{error}");
    assert!(error.to_string().starts_with("`x64.msix` in `"), "{error}");
    for (name, content) in [("a.msixbundle", package()), ("a.msix", self::bundle())] {
        assert!(matches!(problem(name, &content), PackageProblem::NoManifest { .. }));
    }
}

proptest! {
    #[test]
    fn no_content_makes_it_panic(
        name in prop::sample::select(vec!["a.msix", "a.msixbundle", "a.msixupload"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        near_the_end in any::<bool>(),
    ) {
        let mut content = match name {
            "a.msix" => package(),
            "a.msixbundle" => bundle(),
            _ => raw_zip(&[deflated("a.msixbundle", &bundle())]),
        };
        let start = if near_the_end { content.len() - 600 } else { 0 };
        for (at, value) in changes {
            let at = start + at.index(content.len() - start);
            content[at] = value;
        }
        if let Err(error) = read(name, &content) {
            prop_assert!(error.to_string().contains(name));
        }
    }

    #[test]
    fn no_manifest_makes_it_panic(manifest in "[<>/ a-z&;!'\"=?\\[\\]-]{0,200}|\\PC{0,100}") {
        let content = raw_zip(&[stored("AppxManifest.xml", manifest.as_bytes())]);
        prop_assert!(read("a.msix", &content).is_err());
    }
}
