//! What a package says of itself: identity, version, architectures, families, languages, capabilities.
//!
//! Read from the package's own manifest, also inside bundles and upload containers. The payload is never
//! read, whatever its size; a file that would take more than a bounded amount of reading is refused.
//!
//! | File | What is read |
//! |---|---|
//! | `.msix`, `.appx` | `AppxManifest.xml` |
//! | `.msixbundle`, `.appxbundle` | `AppxMetadata/AppxBundleManifest.xml`, and the manifests of the application packages inside |
//! | `.msixupload`, `.appxupload` | the one bundle or package inside |

mod container;
mod error;
mod manifest;
mod model;
mod window;
mod xml;

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;
use std::path::Path;

pub use error::{PackageError, PackageProblem};
pub use model::{
    Architecture, Capability, DeviceFamily, Package, PackageKind, ParseArchitectureError, ParseVersionError,
    Version,
};

use container::{Container, key};
use error::{shown, within};
use manifest::{AppManifest, BundleManifest, Facts, Identity};
use window::Window;

const APP_MANIFEST: &str = "AppxManifest.xml";
const BUNDLE_MANIFEST: &str = "AppxMetadata/AppxBundleManifest.xml";

/// The largest package or bundle that the Store takes, in bytes. Whether its pages mean GB or GiB by "25 GB" is not
/// said, so the larger one is taken.
const MAX_SIZE: u64 = 25 * 1024 * 1024 * 1024;

/// Largest number of device families, languages and capabilities together. The schema allows some
/// hundreds of each.
const MAX_FACTS: usize = 5_000;

/// What an extension says that a file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Package,
    Bundle,
    Upload,
}

const EXTENSIONS: [(&str, Form); 6] = [
    ("msix", Form::Package),
    ("appx", Form::Package),
    ("msixbundle", Form::Bundle),
    ("appxbundle", Form::Bundle),
    ("msixupload", Form::Upload),
    ("appxupload", Form::Upload),
];

impl Form {
    fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)).map(|(_, form)| *form)
    }
}

/// Reads what a package, bundle or upload container says of itself. The extension tells which it is.
///
/// # Errors
///
/// A [`PackageError`] for every file that is not a whole and well-formed package.
pub fn read_package(path: &Path) -> Result<Package, PackageError> {
    let mut inside = Vec::new();
    read(path, &mut inside).map_err(|problem| PackageError {
        path: path.to_owned(),
        inside,
        problem: Box::new(problem),
    })
}

/// `inside` has, when this fails, the way to the file inside the file.
fn read(path: &Path, inside: &mut Vec<String>) -> Result<Package, PackageProblem> {
    let form = Form::of(&path.to_string_lossy()).ok_or(PackageProblem::Extension)?;
    let window = Window::open(path).map_err(PackageProblem::Unreadable)?;
    let size = window.len();
    if size > MAX_SIZE {
        return Err(PackageProblem::TooBig { size });
    }
    match form {
        Form::Package => package(read_app(window, inside)?, PackageKind::Package, size),
        Form::Bundle => read_bundle(window, PackageKind::Bundle, size, inside),
        Form::Upload => read_upload(window, inside),
    }
}

/// An upload container must have exactly one package or bundle; the rest of it are symbols.
fn read_upload(window: Window, inside: &mut Vec<String>) -> Result<Package, PackageProblem> {
    let size = window.len();
    let upload =
        Container::open(window, |name| matches!(Form::of(name), Some(Form::Package | Form::Bundle)))?;
    let names: Vec<_> = upload.names().map(str::to_owned).collect();
    let name = match names.as_slice() {
        [] => return Err(PackageProblem::EmptyUpload),
        [name] => name,
        _ => {
            return Err(PackageProblem::SeveralInUpload {
                names: names.iter().map(|name| shown(name)).collect(),
            });
        }
    };
    let inner = upload.open_inner(name)?;
    within(inside, name, |inside| match Form::of(name) {
        Some(Form::Bundle) => read_bundle(inner, PackageKind::Upload { bundle: true }, size, inside),
        _ => package(read_app(inner, inside)?, PackageKind::Upload { bundle: false }, size),
    })
}

fn read_bundle(
    window: Window,
    kind: PackageKind,
    size: u64,
    inside: &mut Vec<String>,
) -> Result<Package, PackageProblem> {
    let container =
        Container::open(window, |name| is(name, BUNDLE_MANIFEST) || Form::of(name) == Some(Form::Package))?;
    let text = container.read_manifest(BUNDLE_MANIFEST)?;
    let bundle = within(inside, BUNDLE_MANIFEST, |_| BundleManifest::parse(&text))?;
    let mut package = empty(kind, size, bundle.identity);
    package.languages = bundle.languages;
    let mut opened = HashSet::new();
    for name in bundle.applications {
        if !opened.insert(key(&name)) {
            return Err(PackageProblem::Twice { name: shown(&name) });
        }
        let inner = container.open_inner(&name)?;
        let app = within(inside, &name, |inside| {
            let app = read_app(inner, inside)?;
            is_of(&package, &app.identity)?;
            Ok(app)
        })?;
        add(&mut package, app.architecture, app.facts)?;
    }
    Ok(package)
}

/// Refuses a package of another app than that of its bundle, as the Store does after the upload. Versions may differ.
fn is_of(bundle: &Package, identity: &Identity) -> Result<(), PackageProblem> {
    let pairs =
        [("name", &identity.name, &bundle.name), ("publisher", &identity.publisher, &bundle.publisher)];
    match pairs.into_iter().find(|(_, found, wanted)| found != wanted) {
        Some((what, found, wanted)) => {
            Err(PackageProblem::OtherApp { what, found: shown(found), wanted: shown(wanted) })
        }
        None => Ok(()),
    }
}

fn read_app(window: Window, inside: &mut Vec<String>) -> Result<AppManifest, PackageProblem> {
    let text = Container::open(window, |name| is(name, APP_MANIFEST))?.read_manifest(APP_MANIFEST)?;
    within(inside, APP_MANIFEST, |_| AppManifest::parse(&text))
}

/// Names inside a package are compared without case, as Windows does.
fn is(name: &str, manifest: &str) -> bool {
    name.eq_ignore_ascii_case(manifest)
}

fn package(app: AppManifest, kind: PackageKind, size: u64) -> Result<Package, PackageProblem> {
    let mut package = empty(kind, size, app.identity);
    add(&mut package, app.architecture, app.facts)?;
    Ok(package)
}

fn empty(kind: PackageKind, size: u64, identity: Identity) -> Package {
    Package {
        kind,
        size,
        name: identity.name,
        publisher: identity.publisher,
        version: identity.version,
        architectures: BTreeSet::new(),
        device_families: Vec::new(),
        targets: BTreeSet::new(),
        languages: Vec::new(),
        capabilities: Vec::new(),
    }
}

/// Adds what an application package says, without what is known already: two packages of a bundle mostly
/// say the same.
fn add(package: &mut Package, architecture: Architecture, facts: Facts) -> Result<(), PackageProblem> {
    package.architectures.insert(architecture);
    let target = |family: &DeviceFamily| (architecture, family.name.clone());
    package.targets.extend(facts.device_families.iter().map(target));
    package.device_families.extend(facts.device_families);
    package.languages.extend(facts.languages);
    package.capabilities.extend(facts.capabilities);
    retain_first(&mut package.device_families, Clone::clone);
    retain_first(&mut package.languages, |language| language.to_ascii_lowercase());
    retain_first(&mut package.capabilities, Clone::clone);
    let count = package.device_families.len() + package.languages.len() + package.capabilities.len();
    if count > MAX_FACTS {
        return Err(PackageProblem::TooManyFacts { limit: MAX_FACTS });
    }
    Ok(())
}

/// Keeps the first of those items that have the same key.
fn retain_first<T, K: Hash + Eq>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(key(item)));
}
