//! What a package says of itself: its own manifest, also inside bundles and upload containers.
//!
//! A reader of its own, so that a mistake in the one that plans are made with does not go unnoticed.

use std::io::{Read, Seek};
use std::path::Path;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

/// What the service reads out of a package.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Package {
    pub identity: String,
    pub publisher: String,
    pub version: String,
    pub architecture: String,
    pub languages: Vec<String>,
    pub capabilities: Vec<String>,
    /// In the spelling of the API: `Windows.Desktop min version 10.0.17763.0`.
    pub target_device_families: Vec<String>,
}

const PACKAGE: [&str; 2] = ["msix", "appx"];
const BUNDLE: [&str; 2] = ["msixbundle", "appxbundle"];
const UPLOAD: [&str; 2] = ["msixupload", "appxupload"];

/// Larger manifests are not read.
const LARGEST_MANIFEST: u64 = 16 * 1024 * 1024;

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default();
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// Whether the name is that of a bundle, or of a container that can hold one.
pub(super) fn is_bundle(name: &str) -> bool {
    has_extension(name, &BUNDLE) || has_extension(name, &UPLOAD)
}

/// Reads a package. `folder` is for what has to be unpacked.
pub(super) fn read(file: impl Read + Seek, name: &str, folder: &Path) -> Result<Package, String> {
    if has_extension(name, &UPLOAD) {
        return read_upload(file, folder);
    }
    if has_extension(name, &BUNDLE) {
        return read_bundle(file, folder);
    }
    if has_extension(name, &PACKAGE) {
        return read_package(file);
    }
    Err("the file is not a package".to_owned())
}

fn open<F: Read + Seek>(file: F) -> Result<ZipArchive<F>, String> {
    ZipArchive::new(file).map_err(|error| format!("the package cannot be opened: {error}"))
}

fn manifest(zip: &mut ZipArchive<impl Read + Seek>, name: &str) -> Result<String, String> {
    let entry = zip.by_name(name).map_err(|_| format!("the package has no `{name}`"))?;
    let mut text = String::new();
    entry
        .take(LARGEST_MANIFEST)
        .read_to_string(&mut text)
        .map_err(|error| format!("`{name}` cannot be read: {error}"))?;
    Ok(text)
}

fn read_package(file: impl Read + Seek) -> Result<Package, String> {
    let mut package = Package { architecture: "Neutral".into(), ..Package::default() };
    each_element(&manifest(&mut open(file)?, "AppxManifest.xml")?, |path, get| {
        let last = path.last().copied().unwrap_or_default();
        match path {
            ["Package", "Identity"] => {
                identity(&mut package, get);
                if let Some(architecture) = get("ProcessorArchitecture") {
                    package.architecture = spelled(&architecture);
                }
            }
            ["Package", "Resources", "Resource"] => package.languages.extend(get("Language")),
            ["Package", "Capabilities", _] if last.ends_with("Capability") => {
                package.capabilities.extend(get("Name"));
            }
            ["Package", "Dependencies", "TargetDeviceFamily"] => {
                if let (Some(name), Some(least)) = (get("Name"), get("MinVersion")) {
                    package.target_device_families.push(format!("{name} min version {least}"));
                }
            }
            _ => {}
        }
    })?;
    complete(package)
}

fn read_bundle(file: impl Read + Seek, folder: &Path) -> Result<Package, String> {
    let mut zip = open(file)?;
    let mut bundle = Package { architecture: "Neutral".into(), ..Package::default() };
    let mut inner = Vec::new();
    each_element(&manifest(&mut zip, "AppxMetadata/AppxBundleManifest.xml")?, |path, get| match path {
        ["Bundle", "Identity"] => identity(&mut bundle, get),
        ["Bundle", "Packages", "Package"] if get("Type").is_some_and(|kind| kind == "application") => {
            inner.extend(get("FileName"));
        }
        ["Bundle", "Packages", "Package", "Resources", "Resource"] => {
            add(&mut bundle.languages, get("Language"));
        }
        _ => {}
    })?;
    if inner.is_empty() {
        return Err("the bundle has no application package".to_owned());
    }
    for name in inner {
        let package = read_package(unpack(&mut zip, &name, folder)?)?;
        add(&mut bundle.languages, package.languages);
        add(&mut bundle.capabilities, package.capabilities);
        add(&mut bundle.target_device_families, package.target_device_families);
    }
    complete(bundle)
}

fn read_upload(file: impl Read + Seek, folder: &Path) -> Result<Package, String> {
    let mut zip = open(file)?;
    let names: Vec<String> = zip.file_names().filter_map(|name| name.ok().map(Into::into)).collect();
    let find = |extensions: &[&str]| names.iter().find(|name| has_extension(name, extensions));
    let name = find(&BUNDLE).or_else(|| find(&PACKAGE)).ok_or("the container has no package")?;
    let inner = unpack(&mut zip, name, folder)?;
    if has_extension(name, &BUNDLE) { read_bundle(inner, folder) } else { read_package(inner) }
}

fn unpack(
    zip: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    folder: &Path,
) -> Result<std::fs::File, String> {
    let mut entry = zip.by_name(name).map_err(|_| format!("the package has no `{name}`"))?;
    let unpacked = tempfile::tempfile_in(folder).and_then(|mut file| {
        std::io::copy(&mut entry, &mut file)?;
        file.rewind()?;
        Ok(file)
    });
    unpacked.map_err(|error| format!("`{name}` cannot be unpacked: {error}"))
}

fn identity(package: &mut Package, get: &dyn Fn(&str) -> Option<String>) {
    package.identity = get("Name").unwrap_or_default();
    package.publisher = get("Publisher").unwrap_or_default();
    package.version = get("Version").unwrap_or_default();
}

fn complete(package: Package) -> Result<Package, String> {
    if package.identity.is_empty() || package.version.is_empty() {
        return Err("the manifest has no identity".to_owned());
    }
    Ok(package)
}

/// The API's spelling of an architecture.
fn spelled(architecture: &str) -> String {
    match architecture.to_ascii_lowercase().as_str() {
        "neutral" => "Neutral".into(),
        other => other.to_ascii_uppercase(),
    }
}

/// Adds what is not there yet.
fn add(list: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for value in more {
        if !list.iter().any(|other| other.eq_ignore_ascii_case(&value)) {
            list.push(value);
        }
    }
}

/// Visits the elements of a document with their path of local names.
fn each_element(
    xml: &str,
    mut visit: impl FnMut(&[&str], &dyn Fn(&str) -> Option<String>),
) -> Result<(), String> {
    let broken = |error: &dyn std::fmt::Display| format!("the manifest cannot be read: {error}");
    let mut reader = quick_xml::Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let mut path: Vec<String> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| broken(&error))?;
        let (start, stays) = match &event {
            Event::Start(start) => (start, true),
            Event::Empty(start) => (start, false),
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Eof if path.is_empty() => return Ok(()),
            Event::Eof => return Err("the manifest ends too early".to_owned()),
            _ => continue,
        };
        path.push(String::from_utf8_lossy(start.local_name().as_ref()).into_owned());
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        visit(&names, &|name| attribute(start, name));
        if !stays {
            path.pop();
        }
    }
}

fn attribute(start: &BytesStart, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).ok()??;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    const MANIFEST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<Package xmlns="http://schemas.microsoft.com/appx/manifest/foundation/windows10" xmlns:rescap="urn:x" xmlns:uap="urn:u">
  <Identity Name="12345Contoso.Reader" Publisher="CN=A &amp; B" Version="1.2.3.0" ProcessorArchitecture="x64" />
  <Dependencies>
    <TargetDeviceFamily Name="Windows.Desktop" MinVersion="10.0.17763.0" MaxVersionTested="10.0.22621.0" />
  </Dependencies>
  <Resources><Resource Language="EN-US"/><Resource Language="de-DE"/><Resource uap:Scale="200"/></Resources>
  <Capabilities><Capability Name="internetClient"/><rescap:Capability Name="runFullTrust"/></Capabilities>
</Package>"#;

    const BUNDLE_MANIFEST: &str = r#"<Bundle xmlns="http://schemas.microsoft.com/appx/2013/bundle">
  <Identity Name="12345Contoso.Reader" Publisher="CN=A" Version="2.0.0.0"/>
  <Packages>
    <Package Type="application" Version="1.2.3.0" Architecture="x64" FileName="reader_x64.msix">
      <Resources><Resource Language="EN-US"/></Resources>
    </Package>
    <Package Type="resource" Version="1.2.3.0" ResourceId="fr" FileName="fr.msix">
      <Resources><Resource Language="FR-FR"/></Resources>
    </Package>
  </Packages>
</Bundle>"#;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read_bytes(bytes: Vec<u8>, name: &str) -> Result<Package, String> {
        read(Cursor::new(bytes), name, &std::env::temp_dir())
    }

    #[test]
    fn a_package_is_read_from_its_manifest() {
        let package = read_bytes(zipped(&[("AppxManifest.xml", MANIFEST.as_bytes())]), "a.msix").unwrap();
        let expected = Package {
            identity: "12345Contoso.Reader".into(),
            publisher: "CN=A & B".into(),
            version: "1.2.3.0".into(),
            architecture: "X64".into(),
            languages: vec!["EN-US".into(), "de-DE".into()],
            capabilities: vec!["internetClient".into(), "runFullTrust".into()],
            target_device_families: vec!["Windows.Desktop min version 10.0.17763.0".into()],
        };
        assert_eq!(package, expected);
    }

    #[test]
    fn a_bundle_sums_up_its_packages_also_in_a_container() {
        let inner = zipped(&[("AppxManifest.xml", MANIFEST.as_bytes())]);
        let bundle = zipped(&[
            ("AppxMetadata/AppxBundleManifest.xml", BUNDLE_MANIFEST.as_bytes()),
            ("reader_x64.msix", &inner),
        ]);
        let container = zipped(&[("reader.appxsym", b""), ("reader.msixbundle", &bundle)]);
        for (bytes, name) in [(bundle, "A.MsixBundle"), (container, "a.msixupload")] {
            let package = read_bytes(bytes, name).unwrap();
            assert_eq!(package.version, "2.0.0.0");
            assert_eq!(package.architecture, "Neutral");
            assert_eq!(package.languages, ["EN-US", "FR-FR", "de-DE"]);
            assert_eq!(package.target_device_families, ["Windows.Desktop min version 10.0.17763.0"]);
        }
    }

    #[test]
    fn what_is_no_package_is_refused() {
        let flat = zipped(&[("AppxMetadata/AppxBundleManifest.xml", BUNDLE_MANIFEST.as_bytes())]);
        let cut = zipped(&[("AppxManifest.xml", &MANIFEST.as_bytes()[..400])]);
        for (bytes, name) in [
            (b"hello".to_vec(), "a.msix"),
            (zipped(&[("x", b"")]), "a.msix"),
            (zipped(&[("x", b"")]), "a.msixupload"),
            (zipped(&[("AppxManifest.xml", MANIFEST.as_bytes())]), "a.exe"),
            (flat, "a.msixbundle"),
            (cut, "a.msix"),
        ] {
            assert!(read_bytes(bytes, name).is_err());
        }
    }
}
