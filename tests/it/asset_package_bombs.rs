//! Small packages that ask for much work. The program itself is run, to see its time and its memory.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use flate2::{Compress, Compression, FlushCompress};
use storeward::asset::{PackageProblem, read_package};
use tempfile::TempDir;

use crate::support::process::{Ended, Usage};
use crate::support::raw_zip::{Raw, deflated, raw_zip, stored};
use crate::support::story::storeward;

const MIB: u64 = 1024 * 1024;

/// What the program may take. Built as it is released, it takes a twentieth of the time that it takes here.
const CPU: Duration = Duration::from_secs(5);
const MEMORY: u64 = 100 * MIB;

const APP: &str = "<Package><Identity Name='n' Publisher='p' Version='1.0.0.0'/>";
const MANIFEST: &str = "AppxManifest.xml";

/// The file must be refused, in these words, without much work.
#[track_caller]
fn is_refused_soon(file: &str, content: &[u8], words: &str) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(file), content).unwrap();
    let manifest =
        format!("kind: App\nname: a\nid: 9NBLGGH4R315\nsubmission: {{packages: {{files: [{file}]}}}}\n");
    fs::write(folder.path().join("app.yaml"), manifest).unwrap();
    let ended = Ended::run(storeward(folder.path()).arg("plan"));
    let said = format!("{:?}", ended.stderr);
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(said.contains(words), "`{words}` is not in:\n{said}");
    // Not known on every system.
    let Usage { peak_memory, cpu } = ended.usage;
    assert!(peak_memory.is_none_or(|memory| memory < MEMORY), "{peak_memory:?} bytes");
    assert!(cpu.is_none_or(|cpu| cpu < CPU), "{cpu:?}");
}

/// An entry of so many zeros.
fn zeros(name: &str, size: u64) -> Raw {
    let mut piece = Vec::with_capacity(10_000);
    let mut compress = Compress::new(Compression::best(), false);
    compress.compress_vec(&vec![0; 1 << 20], &mut piece, FlushCompress::Full).unwrap();
    assert_eq!(compress.total_in(), MIB);
    let mut content = piece.repeat(usize::try_from(size / MIB).unwrap());
    // An empty last block.
    content.extend([3, 0]);
    Raw { method: 8, packed: content.len() as u64, unpacked: size, content, ..stored(name, b"") }
}

fn many(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

/// A bundle of so many packages, all the same.
fn bundle(count: usize, package: &Raw) -> Vec<u8> {
    let listed = many(count, |number| format!("<Package Type='application' FileName='{number}.msix'/>"));
    let manifest = format!(
        "<Bundle><Identity Name='n' Publisher='p' Version='1.0.0.0'/><Packages>{listed}</Packages></Bundle>"
    );
    let entry = |number| Raw { name: format!("{number}.msix"), ..package.clone() };
    let mut entries: Vec<Raw> = (0..count).map(entry).collect();
    entries.push(deflated("AppxMetadata/AppxBundleManifest.xml", manifest.as_bytes()));
    raw_zip(&entries)
}

#[test]
fn a_manifest_of_gigabytes() {
    let bomb = zeros(MANIFEST, 4096 * MIB);
    assert!(bomb.packed < 5 * MIB);
    let lying = Raw { unpacked: 1000, ..bomb.clone() };
    is_refused_soon("a.msix", &raw_zip(&[bomb]), "has a `AppxManifest.xml` of more than 4194304 bytes");
    is_refused_soon("a.msix", &raw_zip(&[lying]), "has a damaged `AppxManifest.xml`");
}

#[test]
fn packages_inside_that_unpack_to_gigabytes() {
    let package =
        [deflated(MANIFEST, format!("{APP}</Package>").as_bytes()), stored("z", &vec![0; 15 << 20])];
    let bomb = bundle(999, &deflated("", &raw_zip(&package)));
    assert!((bomb.len() as u64) < 20 * MIB);
    is_refused_soon("a.msixbundle", &bomb, "has packages inside, up to `");
    let one = raw_zip(&[zeros("a.msix", 4096 * MIB)]);
    is_refused_soon("a.msixupload", &one, "has packages inside, up to `a.msix`");
    let lying = raw_zip(&[Raw { unpacked: 1000, ..zeros("a.msix", 4096 * MIB) }]);
    is_refused_soon("a.msixupload", &lying, "has a damaged `a.msix`");
}

#[test]
fn many_large_manifests() {
    let manifest = format!("{APP}{}{}</Package>", "<a/>".repeat(200_000), " ".repeat(3_200_000));
    let package = raw_zip(&[deflated(MANIFEST, manifest.as_bytes())]);
    let bomb = bundle(999, &stored("", &package));
    assert!((bomb.len() as u64) < 10 * MIB);
    is_refused_soon("a.msixbundle", &bomb, "has manifests of more than 33554432 bytes together");
}

#[test]
fn many_attributes_and_namespaces() {
    let attributes = many(300_000, |number| format!(" a{number}=''"));
    let manifest = format!("<Package><Identity Name='n'{attributes}/></Package>");
    let bomb = raw_zip(&[deflated(MANIFEST, manifest.as_bytes())]);
    is_refused_soon("a.msix", &bomb, "has no attribute `Publisher`");
    let namespaces = many(80_000, |number| format!(" xmlns:a{number}='u'"));
    let manifest = format!("<Package{namespaces}>{}</Package>", "<a1:b/>".repeat(300_000));
    let bomb = raw_zip(&[deflated(MANIFEST, manifest.as_bytes())]);
    is_refused_soon("a.msix", &bomb, "is not well-formed XML");
}

#[test]
fn many_entries() {
    let entries = raw_zip(&vec![stored("x", b""); 500_001]);
    is_refused_soon("a.msix", &entries, "has more than 500000 entries");
}

/// Each form is read only where it belongs, so that nothing nests deeper than container, bundle, package.
#[test]
fn bundles_in_bundles_and_containers_in_containers() {
    let package = raw_zip(&[deflated(MANIFEST, format!("{APP}</Package>").as_bytes())]);
    let inner = bundle(1, &stored("", &package));
    let listed = "<Package Type='application' FileName='0.msixbundle'/>";
    let manifest = format!(
        "<Bundle><Identity Name='n' Publisher='p' Version='1.0.0.0'/><Packages>{listed}</Packages></Bundle>"
    );
    let manifest = deflated("AppxMetadata/AppxBundleManifest.xml", manifest.as_bytes());
    let outer = raw_zip(&[stored("0.msixbundle", &inner), manifest]);
    is_refused_soon("a.msixbundle", &outer, "does not hold the package `0.msixbundle`");
    let renamed = bundle(1, &stored("", &inner));
    is_refused_soon("a.msixbundle", &renamed, "has no `AppxManifest.xml`");
    let mut container = raw_zip(&[stored("a.msixbundle", &inner)]);
    for _ in 0..50 {
        container = raw_zip(&[stored("a.msixupload", &container)]);
    }
    is_refused_soon("a.msixupload", &container, "holds no package and no bundle");
}

#[test]
#[cfg_attr(windows, ignore = "takes 25 GiB where files are not sparse by default")]
fn more_than_the_store_takes_is_refused_by_size_alone() {
    let folder = TempDir::new().unwrap();
    let problem = |name: &str, size: u64| {
        let path = folder.path().join(name);
        File::create(&path).unwrap().set_len(size).unwrap();
        *read_package(Path::new(&path)).unwrap_err().problem
    };
    let most = 25 * 1024 * MIB;
    for name in ["a.msix", "a.msixbundle", "a.msixupload"] {
        assert!(matches!(problem(name, most), PackageProblem::NotZip(_)));
        assert!(matches!(problem(name, most + 1), PackageProblem::TooBig { size } if size == most + 1));
    }
}
