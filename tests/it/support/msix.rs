//! Makes unsigned packages, bundles and upload containers as packaging tools write them.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The block map has a hash for each so many bytes of a file.
const BLOCK: usize = 64 * 1024;

/// A package to be written. `Msix::default()` is one of 64-bit Windows, in English.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Msix<'a> {
    pub(crate) name: &'a str,
    pub(crate) publisher: &'a str,
    /// Such as `1.4.0.0`.
    pub(crate) version: &'a str,
    /// Such as `x64`.
    pub(crate) architecture: &'a str,
    /// Device families and the lowest version of each.
    pub(crate) families: &'a [(&'a str, &'a str)],
    pub(crate) languages: &'a [&'a str],
    /// Names of elements and capabilities, such as `rescap:Capability runFullTrust`.
    pub(crate) capabilities: &'a [&'a str],
    /// How many incompressible bytes the package holds besides. They are streamed, so any size will do.
    pub(crate) payload_size: u64,
}

impl Default for Msix<'_> {
    fn default() -> Self {
        Self {
            name: "Contoso.Reader",
            publisher: "CN=Contoso",
            version: "1.4.0.0",
            architecture: "x64",
            families: &[("Windows.Desktop", "10.0.17763.0")],
            languages: &["en-us"],
            capabilities: &["Capability internetClient", "rescap:Capability runFullTrust"],
            payload_size: 1000,
        }
    }
}

/// A bundle to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MsixBundle<'a> {
    pub(crate) name: &'a str,
    pub(crate) publisher: &'a str,
    pub(crate) version: &'a str,
    /// The application packages.
    pub(crate) packages: &'a [Msix<'a>],
    /// Languages that have a resource package.
    pub(crate) resource_languages: &'a [&'a str],
}

impl Msix<'_> {
    /// Writes a `.msix`: stored entries, a manifest, a block map of SHA-256 hashes.
    pub(crate) fn write(&self, path: &Path) {
        let mut package = Writer::create(path);
        let noise = Noise(0x9e37_79b9_7f4a_7c15);
        package.add("Reader.exe", noise.take(self.payload_size), self.payload_size);
        let logo = BASE64.decode(LOGO).unwrap();
        package.add_bytes("Assets/Logo.png", &logo);
        package.add_bytes("AppxManifest.xml", self.manifest().as_bytes());
        package.finish("application/vnd.ms-appx.manifest+xml");
    }

    /// The file name that packaging tools give.
    pub(crate) fn file_name(&self) -> String {
        format!("{}_{}_{}.msix", self.name, self.version, self.architecture)
    }

    fn manifest(&self) -> String {
        let families = joined(self.families, |(name, version)| {
            format!(
                r#"<TargetDeviceFamily Name="{name}" MinVersion="{version}" MaxVersionTested="10.0.26100.0"/>"#
            )
        });
        let languages = joined(self.languages, |language| format!(r#"<Resource Language="{language}"/>"#));
        let capabilities = joined(self.capabilities, |capability| {
            let (element, name) = capability.split_once(' ').unwrap();
            format!(r#"<{element} Name="{name}"/>"#)
        });
        let Self { name, publisher, version, architecture, .. } = self;
        format!(
            r#"<?xml version="1.0" encoding="utf-8"?>
<Package xmlns="http://schemas.microsoft.com/appx/manifest/foundation/windows10"
  xmlns:uap="http://schemas.microsoft.com/appx/manifest/uap/windows10"
  xmlns:rescap="http://schemas.microsoft.com/appx/manifest/foundation/windows10/restrictedcapabilities"
  IgnorableNamespaces="uap rescap">
  <Identity Name="{name}" Publisher="{publisher}" Version="{version}" ProcessorArchitecture="{architecture}"/>
  <Properties>
    <DisplayName>Reader</DisplayName>
    <PublisherDisplayName>Contoso</PublisherDisplayName>
    <Logo>Assets\Logo.png</Logo>
  </Properties>
  <Dependencies>{families}</Dependencies>
  <Resources>{languages}</Resources>
  <Applications>
    <Application Id="App" Executable="Reader.exe" EntryPoint="Windows.FullTrustApplication">
      <uap:VisualElements DisplayName="Reader" Description="Reader" BackgroundColor="transparent"
        Square150x150Logo="Assets\Logo.png" Square44x44Logo="Assets\Logo.png"/>
    </Application>
  </Applications>
  <Capabilities>{capabilities}</Capabilities>
</Package>
"#
        )
    }
}

impl MsixBundle<'_> {
    /// Writes a `.msixbundle`, in which the packages are stored.
    pub(crate) fn write(&self, path: &Path) {
        let folder = tempfile::tempdir().unwrap();
        let mut bundle = Writer::create(path);
        let mut packages = String::new();
        for package in self.packages {
            let resources =
                joined(package.languages, |language| format!(r#"<Resource Language="{language}"/>"#));
            let attributes = format!(r#"Type="application" Architecture="{}""#, package.architecture);
            let inner = folder.path().join(package.file_name());
            package.write(&inner);
            packages += &bundle.add_package(&inner, package.version, &attributes, &resources);
        }
        for language in self.resource_languages {
            let inner = folder.path().join(format!("{}_language-{language}.msix", self.name));
            let package = Msix {
                name: self.name,
                publisher: self.publisher,
                version: self.version,
                architecture: "neutral",
                families: &[],
                languages: &[language],
                capabilities: &[],
                payload_size: 10,
            };
            package.write(&inner);
            let attributes = format!(r#"Type="resource" ResourceId="split.language-{language}""#);
            let resource = format!(r#"<Resource Language="{language}"/>"#);
            packages += &bundle.add_package(&inner, self.version, &attributes, &resource);
        }
        let Self { name, publisher, version, .. } = self;
        let manifest = format!(
            r#"<?xml version="1.0" encoding="utf-8"?>
<Bundle xmlns="http://schemas.microsoft.com/appx/2013/bundle" SchemaVersion="6.0">
  <Identity Name="{name}" Publisher="{publisher}" Version="{version}"/>
  <Packages>
{packages}  </Packages>
</Bundle>
"#
        );
        // The packages have block maps of their own.
        bundle.block_map.clear();
        bundle.add_bytes("AppxMetadata/AppxBundleManifest.xml", manifest.as_bytes());
        bundle.finish("application/vnd.ms-appx.bundlemanifest+xml");
    }
}

/// Writes a ZIP file of other files, as an upload container is one.
pub(crate) fn write_zip(path: &Path, files: &[(&str, &Path)], method: CompressionMethod) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, file) in files {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        io::copy(&mut File::open(file).unwrap(), &mut zip).unwrap();
    }
    zip.finish().unwrap();
}

/// A package or bundle in the making.
struct Writer {
    zip: ZipWriter<File>,
    block_map: String,
    /// Where the last entry ends.
    end: u64,
}

impl Writer {
    fn create(path: &Path) -> Self {
        Self { zip: ZipWriter::new(File::create(path).unwrap()), block_map: String::new(), end: 0 }
    }

    fn add_bytes(&mut self, name: &str, content: &[u8]) {
        self.add(name, content, content.len() as u64);
    }

    /// Adds an entry and its part of the block map. Tells where its content starts.
    fn add(&mut self, name: &str, mut content: impl Read, size: u64) -> u64 {
        let large = size >= u64::from(u32::MAX);
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(large);
        let encoded = name.replace(' ', "%20");
        let header = 30 + encoded.len() + if large { 20 } else { 0 };
        self.zip.start_file(encoded, options).unwrap();
        writeln!(
            self.block_map,
            r#"  <File Name="{}" Size="{size}" LfhSize="{header}">"#,
            name.replace('/', "\\")
        )
        .unwrap();
        let mut block = Vec::with_capacity(BLOCK);
        let mut total = 0;
        loop {
            block.clear();
            let read = content.by_ref().take(BLOCK as u64).read_to_end(&mut block).unwrap();
            if read == 0 {
                break;
            }
            total += read as u64;
            self.zip.write_all(&block).unwrap();
            let hash = BASE64.encode(Sha256::digest(&block));
            writeln!(self.block_map, r#"    <Block Hash="{hash}"/>"#).unwrap();
        }
        assert_eq!(total, size);
        self.block_map.push_str("  </File>\n");
        let start = self.end + header as u64;
        self.end = start + size;
        start
    }

    /// Adds a package to a bundle and gives its line of the bundle's manifest.
    fn add_package(&mut self, path: &Path, version: &str, attributes: &str, resources: &str) -> String {
        let file = File::open(path).unwrap();
        let size = file.metadata().unwrap().len();
        let name = path.file_name().unwrap().to_str().unwrap();
        let offset = self.add(name, file, size);
        format!(
            "    <Package {attributes} Version=\"{version}\" FileName=\"{name}\" Offset=\"{offset}\" Size=\"{size}\">\
             <Resources>{resources}</Resources></Package>\n"
        )
    }

    /// Adds what every package ends with.
    fn finish(mut self, manifest_type: &str) {
        let block_map = format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<BlockMap xmlns="http://schemas.microsoft.com/appx/2010/blockmap" HashMethod="http://www.w3.org/2001/04/xmlenc#sha256">
{}</BlockMap>
"#,
            self.block_map
        );
        let content_types = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="exe" ContentType="application/x-msdownload"/>
  <Default Extension="png" ContentType="image/png"/>
  <Default Extension="msix" ContentType="application/vnd.ms-appx"/>
  <Default Extension="xml" ContentType="{manifest_type}"/>
  <Override PartName="/AppxBlockMap.xml" ContentType="application/vnd.ms-appx.blockmap+xml"/>
</Types>
"#
        );
        self.add_bytes("AppxBlockMap.xml", block_map.as_bytes());
        self.add_bytes("[Content_Types].xml", content_types.as_bytes());
        self.zip.finish().unwrap();
    }
}

fn joined<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    items.iter().map(line).collect()
}

/// Endless bytes that do not compress: xorshift64.
struct Noise(u64);

impl Read for Noise {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        for chunk in into.chunks_mut(8) {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            chunk.copy_from_slice(&self.0.to_le_bytes()[..chunk.len()]);
        }
        Ok(into.len())
    }
}

/// One transparent pixel, PNG.
const LOGO: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
