//! `AppxManifest.xml` and `AppxBundleManifest.xml`.
//!
//! Only what is asked for is looked at, and anything unknown is left alone: the schemas grow with every
//! release of Windows
//! (<https://learn.microsoft.com/uwp/schemas/appxpackage/uapmanifestschema/schema-root>,
//! <https://learn.microsoft.com/uwp/schemas/bundlemanifestschema/schema-root>).

use super::error::PackageProblem;
use super::model::{Architecture, Capability, DeviceFamily, Version};
use super::xml::{Element, walk};

/// Namespace of restricted capabilities; later versions of it have a number behind.
const RESTRICTED: &str =
    "http://schemas.microsoft.com/appx/manifest/foundation/windows10/restrictedcapabilities";

/// Stands in a source manifest for "the languages that are found when building", and is no language.
const GENERATE: &str = "x-generate";

/// Who a package or bundle is.
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) publisher: String,
    pub(super) version: Version,
}

/// What a package is for and what it asks for.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) device_families: Vec<DeviceFamily>,
    pub(super) languages: Vec<String>,
    pub(super) capabilities: Vec<Capability>,
}

/// What the manifest of a package says.
pub(super) struct AppManifest {
    pub(super) identity: Identity,
    pub(super) architecture: Architecture,
    pub(super) facts: Facts,
}

/// What the manifest of a bundle says.
pub(super) struct BundleManifest {
    pub(super) identity: Identity,
    /// The names of the application packages, at least one.
    pub(super) applications: Vec<String>,
    /// The languages of application and resource packages.
    pub(super) languages: Vec<String>,
}

impl AppManifest {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, PackageProblem> {
        let mut identity = None;
        let mut architecture = Architecture::Neutral;
        let mut facts = Facts::default();
        walk(bytes, |path, element| {
            match path {
                "Package/Identity" => {
                    set_identity(&mut identity, element)?;
                    architecture = element.parsed_or("ProcessorArchitecture", Architecture::Neutral)?;
                }
                "Package/Dependencies/TargetDeviceFamily" => facts.device_families.push(DeviceFamily {
                    name: element.required("Name")?,
                    min_version: element.parsed("MinVersion")?,
                }),
                "Package/Resources/Resource" => facts.languages.extend(language(element)?),
                "Package/Capabilities/Capability"
                | "Package/Capabilities/DeviceCapability"
                | "Package/Capabilities/CustomCapability" => facts.capabilities.push(Capability {
                    name: element.required("Name")?,
                    restricted: element.is_in_namespace(RESTRICTED),
                }),
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self {
            identity: identity.ok_or(PackageProblem::NoElement { element: "Package/Identity" })?,
            architecture,
            facts,
        })
    }
}

impl BundleManifest {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, PackageProblem> {
        let mut identity = None;
        let mut applications = Vec::new();
        let mut languages = Vec::new();
        walk(bytes, |path, element| {
            match path {
                "Bundle/Identity" => set_identity(&mut identity, element)?,
                // A package without a type is a resource package.
                "Bundle/Packages/Package" if element.attribute("Type")?.as_deref() == Some("application") => {
                    applications.push(element.required("FileName")?);
                }
                "Bundle/Packages/Package/Resources/Resource" => languages.extend(language(element)?),
                _ => {}
            }
            Ok(())
        })?;
        let identity = identity.ok_or(PackageProblem::NoElement { element: "Bundle/Identity" })?;
        if applications.is_empty() {
            return Err(PackageProblem::NoApplication);
        }
        Ok(Self { identity, applications, languages })
    }
}

fn set_identity(identity: &mut Option<Identity>, element: &Element<'_>) -> Result<(), PackageProblem> {
    let new = Identity {
        name: element.required("Name")?,
        publisher: element.required("Publisher")?,
        version: element.parsed("Version")?,
    };
    match identity.replace(new) {
        None => Ok(()),
        Some(_) => Err(PackageProblem::Twice { name: "Identity".to_owned() }),
    }
}

fn language(element: &Element<'_>) -> Result<Option<String>, PackageProblem> {
    let language = element.attribute("Language")?;
    Ok(language.filter(|language| !language.eq_ignore_ascii_case(GENERATE)))
}
