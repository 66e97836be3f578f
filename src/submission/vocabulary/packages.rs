//! What the Store takes of packages.

/// `minimumDirectXVersion` of a package; honoured for Windows 8.x only (Microsoft's page *Manage app submissions*).
pub const DIRECTX: &[&str] = &["None", "DirectX93", "DirectX100"];

/// `minimumSystemRam` of a package (Microsoft's page *Manage app submissions*).
pub const SYSTEM_RAM: &[&str] = &["None", "Memory2GB"];

/// The largest package or bundle that the Store takes, in bytes: 25 GB (Microsoft's page *App package requirements for
/// MSIX app*, which does not say which kind of gigabyte; the larger one, so that no package is refused that is taken).
pub const PACKAGE_MAX_BYTES: u64 = 25 * 1024 * 1024 * 1024;
