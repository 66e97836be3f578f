//! The facts that a package manifest gives.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a package says of itself. For a bundle, what its application packages say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// What the file is.
    pub kind: PackageKind,
    /// Size of the file in bytes.
    pub size: u64,
    /// `Identity/Name`, such as `Contoso.Reader`.
    pub name: String,
    /// `Identity/Publisher`, such as `CN=01234567-89AB-CDEF-0123-456789ABCDEF`.
    pub publisher: String,
    /// `Identity/Version`. For a bundle its own one, which may differ from those of the packages inside.
    pub version: Version,
    /// The architectures that are served, at least one.
    pub architectures: BTreeSet<Architecture>,
    /// The device families that are served, each once per lowest version. Empty for packages made for
    /// Windows 8.x.
    pub device_families: Vec<DeviceFamily>,
    /// Which architecture serves which device family, by name: the packages of a bundle need not serve the same.
    pub targets: BTreeSet<(Architecture, String)>,
    /// The languages of the resources, spelled as in the first place that names them.
    pub languages: Vec<String>,
    /// The capabilities that are asked for.
    pub capabilities: Vec<Capability>,
}

/// What a package file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageKind {
    /// `.msix` or `.appx`.
    Package,
    /// `.msixbundle` or `.appxbundle`.
    Bundle,
    /// `.msixupload` or `.appxupload`.
    Upload {
        /// Whether it holds a bundle, and not a single package.
        bundle: bool,
    },
}

impl PackageKind {
    /// Whether what reaches the Store is a bundle.
    pub fn is_bundle(self) -> bool {
        matches!(self, Self::Bundle | Self::Upload { bundle: true })
    }
}

/// A device family that a package runs on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceFamily {
    /// Such as `Windows.Desktop`.
    pub name: String,
    /// Lowest version of the system, such as 10.0.17763.0.
    pub min_version: Version,
}

/// A capability that a package asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Capability {
    /// Such as `internetClient` or `runFullTrust`.
    pub name: String,
    /// Whether it is one of those that the Store gives on request only
    /// (<https://learn.microsoft.com/windows/uwp/packaging/app-capability-declarations#restricted-capabilities>).
    pub restricted: bool,
}

/// A processor architecture. Written as the API writes it, in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Architecture {
    /// `x86`
    X86,
    /// `x64`
    X64,
    /// `arm`
    Arm,
    /// `arm64`
    Arm64,
    /// `neutral`: runs on all of them.
    Neutral,
}

const ARCHITECTURES: [(Architecture, &str); 5] = [
    (Architecture::X86, "x86"),
    (Architecture::X64, "x64"),
    (Architecture::Arm, "arm"),
    (Architecture::Arm64, "arm64"),
    (Architecture::Neutral, "neutral"),
];

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name) = ARCHITECTURES[*self as usize];
        f.write_str(name)
    }
}

/// A text that names no known architecture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an architecture: x86, x64, arm, arm64 or neutral is expected")]
pub struct ParseArchitectureError;

impl FromStr for Architecture {
    type Err = ParseArchitectureError;

    /// Any case, as the API's varies.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        ARCHITECTURES
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(text))
            .map(|(architecture, _)| *architecture)
            .ok_or(ParseArchitectureError)
    }
}

/// A version of four parts. Written, also in serialised form, as `1.4.0.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(pub [u16; 4]);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, build, revision] = self.0;
        write!(f, "{major}.{minor}.{build}.{revision}")
    }
}

/// A text that is not a version of four parts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a version: four numbers up to 65535 are expected, as in 1.4.0.0")]
pub struct ParseVersionError;

impl FromStr for Version {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let mut version = [0; 4];
        for part in &mut version {
            *part = parts.next().and_then(number).ok_or(ParseVersionError)?;
        }
        match parts.next() {
            None => Ok(Self(version)),
            Some(_) => Err(ParseVersionError),
        }
    }
}

/// Digits only; the standard parser would take a sign.
fn number(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl TryFrom<String> for Version {
    type Error = ParseVersionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number_and_written_as_read() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert!(version("1.9.0.0") < version("1.10.0.0"));
        assert!(version("1.9.65535.0") < version("2.0.0.0"));
        assert_eq!(version("1.4.0.0").to_string(), "1.4.0.0");
        assert_eq!(serde_json::to_string(&version("1.4.0.0")).unwrap(), "\"1.4.0.0\"");
        assert_eq!(serde_json::from_str::<Version>("\"1.4.0.0\"").unwrap(), version("1.4.0.0"));
    }

    #[test]
    fn other_texts_are_not_versions() {
        for text in [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", "1.2.3.65536", "1.2.3.+4", "1.2.3.-4", "1.2.3. 4",
            "v1.2.3.4",
        ] {
            assert_eq!(text.parse::<Version>(), Err(ParseVersionError), "{text}");
        }
    }

    #[test]
    fn architectures_are_read_in_any_case_and_written_in_lower_case() {
        for (architecture, name) in ARCHITECTURES {
            assert_eq!(architecture.to_string(), name);
            assert_eq!(name.to_uppercase().parse(), Ok(architecture));
        }
        assert_eq!("mips".parse::<Architecture>(), Err(ParseArchitectureError));
    }
}
