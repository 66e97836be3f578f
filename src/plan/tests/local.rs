//! Local files that do not exist: packages and images whose assets are made up.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::asset::{
    Architecture, DeviceFamily, Digest, Fingerprint, Package, PackageKind, Version, VideoFormat, VideoHeader,
    archive_name,
};
use crate::manifest::{
    Asset, AssetContent, ImageContent, TrailerAsset, TrailerContent, WantedImage, WantedTrailer,
};

use super::live::live_file;
use super::want::{at, span};

/// The identity that the app and its packages carry.
pub(super) const IDENTITY: (&str, &str) = ("Contoso.Reader", "CN=Contoso");

/// A local package on its way to be an asset.
#[derive(Debug, Clone)]
pub(super) struct Pack {
    package: Package,
    file: String,
    content: Vec<u8>,
}

/// A package for desktops. Its content is another one for each version and architecture.
pub(super) fn package(version: &str, architecture: &str) -> Pack {
    let package = Package {
        kind: PackageKind::Package,
        size: 0,
        name: IDENTITY.0.to_owned(),
        publisher: IDENTITY.1.to_owned(),
        version: version.parse().unwrap(),
        architectures: [architecture.parse().unwrap()].into(),
        device_families: Vec::new(),
        targets: BTreeSet::new(),
        languages: Vec::new(),
        capabilities: Vec::new(),
    };
    let pack = Pack {
        package,
        file: format!("Reader_{version}_{architecture}.msix"),
        content: format!("{version} {architecture}").into_bytes(),
    };
    pack.families(&["Windows.Desktop"])
}

/// A bundle for desktops.
pub(super) fn bundle(version: &str, architectures: &[&str]) -> Pack {
    let mut pack = package(version, architectures[0]);
    pack.package.kind = PackageKind::Bundle;
    pack.package.architectures = architectures.iter().map(|name| name.parse().unwrap()).collect();
    pack.file = format!("Reader_{version}.msixbundle");
    pack.families(&["Windows.Desktop"])
}

fn family(name: &str) -> DeviceFamily {
    DeviceFamily { name: name.to_owned(), min_version: "10.0.17763.0".parse().unwrap() }
}

impl Pack {
    /// Every architecture serves all of these.
    pub(super) fn families(mut self, names: &[&str]) -> Self {
        self.package.device_families = names.iter().map(|name| family(name)).collect();
        let all =
            self.architectures().flat_map(|own| names.iter().map(move |name| (own, (*name).to_owned())));
        self.package.targets = all.collect();
        self
    }

    /// An architecture of a bundle that serves this family as well, which the others do not.
    pub(super) fn serving(mut self, architecture: &str, name: &str) -> Self {
        self.package.device_families.push(family(name));
        self.package.architectures.insert(architecture.parse().unwrap());
        self.package.targets.insert((architecture.parse().unwrap(), name.to_owned()));
        self
    }

    pub(super) fn speaking(mut self, languages: &[&str]) -> Self {
        self.package.languages = languages.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    pub(super) fn content(mut self, content: &[u8]) -> Self {
        self.content = content.to_vec();
        self
    }

    pub(super) fn identity(mut self, name: &str, publisher: &str) -> Self {
        (self.package.name, self.package.publisher) = (name.to_owned(), publisher.to_owned());
        self
    }

    /// The upload container around the package or bundle.
    pub(super) fn in_upload_container(mut self) -> Self {
        self.package.kind = PackageKind::Upload { bundle: self.package.kind.is_bundle() };
        self.file = PathBuf::from(self.file).with_extension("msixupload").to_string_lossy().into_owned();
        self
    }

    pub(super) fn file_name(&self) -> &str {
        &self.file
    }

    pub(super) fn version(&self) -> Version {
        self.package.version
    }

    pub(super) fn architectures(&self) -> impl Iterator<Item = Architecture> {
        self.package.architectures.iter().copied()
    }

    pub(super) fn asset(self) -> Arc<Asset> {
        asset(&[], &self.file, &self.content, AssetContent::Package(self.package))
    }

    /// What the Store shows of the package once it is published.
    pub(super) fn live(self, id: &str) -> Value {
        let asset = self.asset();
        let mut entry = live_file(id, &asset.archive_name, "", "", "");
        describe(asset.package().unwrap(), &mut entry);
        entry
    }
}

/// Fills in what the Store reads from a package.
pub(super) fn describe(package: &Package, entry: &mut Value) {
    let own = package.architectures.first().filter(|_| !package.kind.is_bundle());
    let families = package.device_families.iter();
    entry["version"] = json!(package.version.to_string());
    entry["architecture"] = json!(own.map_or("Neutral".to_owned(), ToString::to_string));
    entry["targetDeviceFamilies"] =
        families.map(|family| json!(format!("{} min version {}", family.name, family.min_version))).collect();
}

fn asset(prefix: &[&str], file: &str, content: &[u8], inside: AssetContent) -> Arc<Asset> {
    let digest = Digest::of(content);
    Arc::new(Asset {
        path: PathBuf::from(file),
        name: file.into(),
        archive_name: archive_name(prefix, Path::new(file), &digest),
        fingerprint: Fingerprint { size: content.len() as u64, digest, crc32: 0 },
        content: inside,
        span: span(),
    })
}

/// A wanted screenshot of `en-us` from a local file.
pub(super) fn shot(stem: &str, content: &[u8]) -> WantedImage {
    shot_in("en-us", "Screenshot", stem, content)
}

/// A wanted image from a local file.
pub(super) fn shot_in(language: &str, kind: &str, stem: &str, content: &[u8]) -> WantedImage {
    let inside = AssetContent::Image { width: 1920, height: 1080 };
    let asset = asset(&[language, kind], &format!("{stem}.png"), content, inside);
    WantedImage { content: ImageContent::File(asset), description: None, at: at(1), span: span() }
}

/// A picture of an add-on's listing.
pub(super) fn icon(language: &str, stem: &str, content: &[u8]) -> Arc<Asset> {
    let inside = AssetContent::Image { width: 300, height: 300 };
    asset(&[language, "icon"], &format!("{stem}.png"), content, inside)
}

/// A trailer with a title and a still in each of these languages.
pub(super) fn trailer(stem: &str, content: &[u8], titles: &[(&str, &str)]) -> WantedTrailer {
    let header = VideoHeader { format: VideoFormat::Mp4, size: 0, width: 1920, height: 1080, duration: None };
    let video = asset(&[], &format!("{stem}.mp4"), content, AssetContent::Video(header));
    let still = AssetContent::Image { width: 1920, height: 1080 };
    let of_language = |(language, title): &(&str, &str)| TrailerAsset {
        language: (*language).to_owned(),
        title: (*title).to_owned(),
        image: asset(&[language], &format!("{stem}.png"), content, still.clone()),
        description: String::new(),
    };
    let assets = titles.iter().map(of_language).collect();
    WantedTrailer { content: TrailerContent::File { video, assets }, at: at(1) }
}

/// A live image that keeps its place.
pub(super) fn remote(id: &str) -> WantedImage {
    WantedImage { content: ImageContent::Remote(id.to_owned()), description: None, at: at(1), span: span() }
}

/// A wanted image with a caption.
pub(super) fn captioned(image: WantedImage, caption: &str) -> WantedImage {
    WantedImage { description: Some(caption.to_owned()), ..image }
}
