//! Things to publish: packages, images, archives, and an account to publish them in.

use std::io::{Cursor, Write as _};

use serde_json::{Value, json};

pub(crate) use super::png::png;

/// The Store ID of the app in [`account`].
pub(crate) const APP: &str = "9PSANDBOX001";
/// Its last published submission.
pub(crate) const PUBLISHED: &str = "1152921500000000100";
/// The package in it.
pub(crate) const PACKAGE: &str = "2000000000000000100";
/// The image in it.
pub(crate) const IMAGE: &str = "1152921500000000501";

/// A ZIP with these files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A package of the app in [`account`].
pub(crate) fn package(version: &str) -> Vec<u8> {
    package_of("12345Northwind.HarborNotes", version)
}

/// A package with this identity.
pub(crate) fn package_of(identity: &str, version: &str) -> Vec<u8> {
    let manifest = format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<Package xmlns="http://schemas.microsoft.com/appx/manifest/foundation/windows10">
  <Identity Name="{identity}" Publisher="CN=Northwind" Version="{version}" ProcessorArchitecture="x64"/>
  <Dependencies><TargetDeviceFamily Name="Windows.Desktop" MinVersion="10.0.17763.0" MaxVersionTested="10.0.22621.0"/></Dependencies>
  <Resources><Resource Language="EN-US"/></Resources>
  <Capabilities><Capability Name="internetClient"/></Capabilities>
</Package>"#
    );
    zip(&[("AppxManifest.xml", manifest.as_bytes())])
}

/// The published app submission of [`account`].
pub(crate) fn app_submission() -> Value {
    json!({
        "id": PUBLISHED,
        "applicationCategory": "Productivity",
        "pricing": {
            "trialPeriod": "NoFreeTrial",
            "marketSpecificPricings": { "CN": "NotAvailable", "JP": "Tier1015" },
            "sales": [],
            "priceId": "Tier1012",
            "isAdvancedPricingModel": true
        },
        "visibility": "Public",
        "targetPublishMode": "Immediate",
        "targetPublishDate": "1601-01-01T00:00:00.0000000Z",
        "listings": {
            "en-us": {
                "baseListing": {
                    "keywords": ["notes"],
                    "description": "Plain text.",
                    "features": [],
                    "releaseNotes": "Faster start.",
                    "images": [{
                        "fileName": "home.png", "fileStatus": "Uploaded", "id": IMAGE,
                        "description": "Main window", "imageType": "Screenshot"
                    }],
                    "title": null
                },
                "platformOverrides": {}
            }
        },
        "hardwarePreferences": [],
        "automaticBackupEnabled": false,
        "canInstallOnRemovableMedia": true,
        "isGameDvrEnabled": false,
        "gamingOptions": [],
        "hasExternalInAppProducts": false,
        "meetAccessibilityGuidelines": false,
        "notesForCertification": "",
        "status": "Published",
        "statusDetails": { "errors": [], "warnings": [], "certificationReports": [] },
        "fileUploadUrl": null,
        "applicationPackages": [{
            "fileName": "HarborNotes_1.0.0.0.msix", "fileStatus": "Uploaded", "id": PACKAGE,
            "version": "1.0.0.0", "architecture": "X64", "languages": ["EN-US"], "capabilities": ["internetClient"],
            "minimumDirectXVersion": "None", "minimumSystemRam": "None",
            "targetDeviceFamilies": ["Windows.Desktop min version 10.0.17763.0"],
            "targetPlatform": "Windows10"
        }],
        "packageDeliveryOptions": {
            "packageRollout": {
                "isPackageRollout": false, "packageRolloutPercentage": 0.0,
                "packageRolloutStatus": "PackageRolloutNotStarted", "fallbackSubmissionId": "0"
            },
            "isMandatoryUpdate": false,
            "mandatoryUpdateEffectiveDate": "1601-01-01T00:00:00.0000000Z"
        },
        "enterpriseLicensing": "None",
        "allowMicrosoftDecideAppAvailabilityToFutureDeviceFamilies": false,
        "allowTargetFutureDeviceFamilies": {
            "Desktop": true, "Mobile": false, "Xbox": false, "Holographic": false, "Team": false
        },
        "friendlyName": "Submission 7",
        "trailers": []
    })
}

/// A seed with one published app and quick statuses.
pub(crate) fn account() -> Value {
    json!({
        "rules": { "statusMillis": 20 },
        "applications": [{
            "application": {
                "id": APP,
                "primaryName": "Harbor Notes",
                "packageFamilyName": "12345Northwind.HarborNotes_a1b2c3d4e5f6g",
                "packageIdentityName": "12345Northwind.HarborNotes",
                "publisherName": "CN=Northwind",
                "firstPublishedDate": "2024-03-02T10:00:00Z",
                "hasAdvancedListingPermission": true
            },
            "published": app_submission()
        }]
    })
}
