//! What Partner Center holds, in few lines.

use std::path::Path;

use serde_json::{Value, json};

use crate::asset::{Digest, archive_name};
use crate::submission::Document;

/// A document from JSON.
pub(super) fn document(value: &Value) -> Document {
    Document::from_json(value.to_string().as_bytes()).unwrap()
}

/// What a published submission of an app looks like: two languages, three screenshots of which two are ours, a logo,
/// packages for two architectures, members that nobody knows.
pub(super) fn published() -> Document {
    let mut screenshots = vec![
        live_image("501", &image_name("home", b"home"), "Screenshot"),
        live_image("502", &image_name("notes", b"notes"), "Screenshot"),
        live_image("503", "en-us/night.png", "Screenshot"),
    ];
    screenshots[0]["description"] = json!("Your library");
    screenshots[0]["dominantColor"] = json!("#2f6f6b");
    screenshots.push(live_image("504", "logo.png", "StoreLogoSquare"));
    document(&json!({
        "id": "100",
        "friendlyName": "Submission 7",
        "status": "Published",
        "fileUploadUrl": "https://blob.example/100?sig=x",
        "applicationCategory": "Productivity",
        "pricing": {
            "trialPeriod": "NoFreeTrial",
            "marketSpecificPricings": {"CN": "NotAvailable", "JP": "Tier1015"},
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
                    "description": "Plain text.",
                    "features": ["Works offline"],
                    "keywords": ["notes"],
                    "releaseNotes": "Faster start.",
                    "images": screenshots,
                    "title": "Reader"
                },
                "platformOverrides": {}
            },
            "de-de": {"baseListing": {"description": "Nur Text.", "images": [], "title": "Leser"}}
        },
        "hardwarePreferences": ["Keyboard"],
        "automaticBackupEnabled": false,
        "notesForCertification": "Sign in as nobody.",
        "applicationPackages": [
            live_package("701", "1.4.0.0", "X64", "Windows.Desktop"),
            live_package("702", "1.4.0.0", "ARM64", "Windows.Desktop")
        ],
        "packageDeliveryOptions": {
            "packageRollout": {
                "isPackageRollout": false,
                "packageRolloutPercentage": 0.0,
                "packageRolloutStatus": "PackageRolloutNotStarted",
                "fallbackSubmissionId": "0"
            },
            "isMandatoryUpdate": false
        },
        "gamingOptions": [],
        "somethingNew": {"weight": 1.50, "list": [null, {"deep": 1}]}
    }))
}

/// The published document with other members, each at a dotted path of the API's own keys.
pub(super) fn published_with<const N: usize>(members: [(&str, Value); N]) -> Document {
    let mut live = published();
    for (path, value) in members {
        live.set(&path.split('.').collect::<Vec<_>>(), value);
    }
    live
}

/// The published document without the member at a dotted path of the API's own keys.
pub(super) fn published_without(path: &str) -> Document {
    let mut live = published();
    live.remove(&path.split('.').collect::<Vec<_>>());
    live
}

/// The published document with these screenshots in `en-us`.
pub(super) fn published_showing(images: Vec<Value>) -> Document {
    published_with([("listings.en-us.baseListing.images", Value::Array(images))])
}

/// The published document with these packages.
pub(super) fn published_shipping<const N: usize>(packages: [Value; N]) -> Document {
    published_with([("applicationPackages", Value::Array(packages.into()))])
}

/// The published document after a gradual rollout, or in the middle of one.
pub(super) fn published_in_rollout(status: &str, share: Value) -> Document {
    published_with([
        ("packageDeliveryOptions.packageRollout.isPackageRollout", json!(true)),
        ("packageDeliveryOptions.packageRollout.packageRolloutPercentage", share),
        ("packageDeliveryOptions.packageRollout.packageRolloutStatus", json!(status)),
    ])
}

/// An uploaded image without caption.
pub(super) fn live_image(id: &str, file_name: &str, kind: &str) -> Value {
    json!({"fileName": file_name, "fileStatus": "Uploaded", "id": id, "imageType": kind})
}

/// The name that a screenshot of `en-us` with this content gets from us.
pub(super) fn image_name(stem: &str, content: &[u8]) -> String {
    archive_name(&["en-us", "Screenshot"], Path::new(&format!("{stem}.png")), &Digest::of(content))
}

/// An uploaded package that did not come from us.
pub(super) fn live_package(id: &str, version: &str, architecture: &str, family: &str) -> Value {
    live_file(id, &format!("Reader_{version}_{architecture}.msix"), version, architecture, family)
}

/// An uploaded bundle that did not come from us.
pub(super) fn live_bundle(id: &str, version: &str, family: &str) -> Value {
    live_file(id, &format!("Reader_{version}.msixbundle"), version, "Neutral", family)
}

/// An uploaded package of any name.
pub(super) fn live_file(id: &str, file_name: &str, version: &str, architecture: &str, family: &str) -> Value {
    json!({
        "fileName": file_name,
        "fileStatus": "Uploaded",
        "id": id,
        "version": version,
        "architecture": architecture,
        "languages": ["en-us"],
        "minimumDirectXVersion": "None",
        "targetDeviceFamilies": [format!("{family} min version 10.0.17763.0")],
        "targetPlatform": "Windows10"
    })
}
