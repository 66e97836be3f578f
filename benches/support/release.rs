//! A release with a large package: its manifest, the local Partner Center that takes it, and the ZIP to be uploaded.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use storeward::asset::{Archive, Entry, Fingerprint, archive_name, fingerprint as fingerprint_of};
use storeward::sandbox::{Credentials, Endpoints};

use super::msix::Msix;
use super::plain_http;
use super::sandbox::client;

/// For sizes.
pub(crate) const MIB: u64 = 1024 * 1024;
/// The app that gets the release.
pub(crate) const APP: &str = "9NBLGGH4R315";
/// The app whose draft gives the upload URL for the plain PUT.
pub(crate) const OTHER_APP: &str = "9NBLGGH4R316";
const IDENTITY: &str = "40718Contoso.ContosoReader";
const PUBLISHER: &str = "CN=5F1B0C5E-2A64-4C0B-9E7B-1B0F6B1C2D3E";

/// What is to be uploaded.
pub(crate) struct Large {
    /// The package.
    pub(crate) package: PathBuf,
    pub(crate) size: u64,
    /// The ZIP that the client should upload, as a file.
    pub(crate) archive: PathBuf,
    pub(crate) wanted: Fingerprint,
}

impl Large {
    /// Writes the manifest, the release folder with a package that holds so much, what the local Partner Center starts
    /// with, and the ZIP.
    pub(crate) fn write(folder: &Path, payload_size: u64) -> Self {
        let msix = Msix { name: IDENTITY, publisher: PUBLISHER, payload_size, ..Msix::default() };
        let manifest = format!(
            "kind: App\nname: big\nid: {APP}\nsubmission: {{}}\nrelease:\n  packages: {{files: [$(release)/*.msix]}}\n"
        );
        fs::write(folder.join("big.yaml"), manifest).unwrap();
        let seed = json!({
            // A status that lasts is waited for, and waiting is not what is measured.
            "rules": { "statusMillis": 1 },
            "applications": [seeded_app(APP, "Contoso Reader"), seeded_app(OTHER_APP, "Contoso Writer")],
        });
        fs::write(folder.join("seed.json"), seed.to_string()).unwrap();
        fs::create_dir(folder.join("dist")).unwrap();
        let package = folder.join("dist").join(msix.file_name());
        msix.write(&package);
        let fingerprint = fingerprint_of(&package).unwrap();
        let size = fingerprint.size;
        let name = archive_name(&[], &package, &fingerprint.digest);
        let archive = folder.join("archive.zip");
        write_archive(&archive, Entry { name, path: package.clone(), shown: package.clone(), fingerprint });
        let wanted = fingerprint_of(&archive).unwrap();
        Self { package, size, archive, wanted }
    }
}

/// A client that applies the release and waits for the Store as far as it is told to.
pub(crate) fn apply(folder: &Path, endpoints: &Endpoints, wait: &str) -> Command {
    let mut command = client(folder, endpoints);
    command
        .args(["apply", "--release", "app/big=dist", "--wait", wait, "--yes", "big.yaml"])
        // The status is asked for after 10 ms, not after a second.
        .env("STOREWARD_TIME_SCALE", "0.01");
    command
}

fn seeded_app(id: &str, name: &str) -> Value {
    json!({
        "application": {
            "id": id, "primaryName": name, "packageIdentityName": IDENTITY, "publisherName": PUBLISHER,
            "packageFamilyName": format!("{IDENTITY}_w4h1ggxq8p9pe"),
            "firstPublishedDate": "2024-05-14T08:20:41Z", "hasAdvancedListingPermission": true
        },
        "published": {
            "id": format!("1152921505697180{}", &id[id.len() - 3..]),
            "friendlyName": "Submission 7",
            "status": "Published",
            "applicationCategory": "BooksAndReference_EReader",
            "pricing": {
                "priceId": "Tier1012", "trialPeriod": "NoFreeTrial", "marketSpecificPricings": {}, "sales": [],
                "isAdvancedPricingModel": true
            },
            "visibility": "Public",
            "targetPublishMode": "Manual",
            "listings": {"en-us": {"platformOverrides": {}, "baseListing": {
                "title": name, "description": "Reads books.", "releaseNotes": "Faster.",
                "images": [{
                    "id": "1152921505697204113", "fileName": "library.png", "fileStatus": "Uploaded",
                    "imageType": "Screenshot", "description": ""
                }]
            }}},
            "applicationPackages": [{
                "id": "2000000000091746203", "fileName": "reader.msix", "fileStatus": "Uploaded",
                "version": "1.3.2.0", "architecture": "X64", "languages": ["EN-US"],
                "capabilities": ["internetClient", "runFullTrust"],
                "targetDeviceFamilies": ["Windows.Desktop min version 10.0.17763.0"]
            }],
            "allowTargetFutureDeviceFamilies": {
                "Desktop": true, "Mobile": false, "Xbox": false, "Holographic": false
            },
            "packageDeliveryOptions": {
                "packageRollout": {
                    "isPackageRollout": false, "packageRolloutPercentage": 0.0,
                    "packageRolloutStatus": "PackageRolloutNotStarted", "fallbackSubmissionId": "0"
                },
                "isMandatoryUpdate": false, "mandatoryUpdateEffectiveDate": "1601-01-01T00:00:00Z"
            }
        }
    })
}

/// Writes the ZIP that the client should upload, from its layout and in pieces of another size.
fn write_archive(path: &Path, entry: Entry) {
    let archive = Archive::layout(vec![entry]).unwrap();
    let mut file = File::create(path).unwrap();
    let mut start = 0;
    while start < archive.size() {
        let end = archive.size().min(start + MIB);
        file.write_all(&archive.read_range(start..end).unwrap().bytes).unwrap();
        start = end;
    }
}

/// The API of the local Partner Center, without any code of the library.
pub(crate) struct Api {
    root: String,
    authorization: String,
}

impl Api {
    pub(crate) fn log_in(endpoints: &Endpoints) -> Self {
        let Credentials { tenant_id, client_id, client_secret, .. } = Credentials::default();
        let url = format!("{}/{tenant_id}/oauth2/token", endpoints.login);
        let form = format!(
            "grant_type=client_credentials&client_id={client_id}&client_secret={client_secret}&resource=https%3A%2F%2Fmanage.devcenter.microsoft.com"
        );
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let answer = plain_http::send("POST", &url, &headers, Some(form.as_bytes()));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let authorization = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
        Self { root: endpoints.api.clone(), authorization }
    }

    pub(crate) fn call(&self, method: &str, path: &str, expected: u16) -> Value {
        let url = format!("{}/{path}", self.root);
        let headers = [("Authorization", self.authorization.as_str()), ("Content-Type", "application/json")];
        let body = (method == "POST").then_some(b"".as_slice());
        let answer = plain_http::send(method, &url, &headers, body);
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text());
        answer.json()
    }
}

/// The upload URL of the draft of an app.
pub(crate) fn upload_url(api: &Api, app: &str) -> String {
    let app_now = api.call("GET", &format!("applications/{app}"), 200);
    let id = app_now["pendingApplicationSubmission"]["id"].as_str().unwrap();
    let submission = api.call("GET", &format!("applications/{app}/submissions/{id}"), 200);
    submission["fileUploadUrl"].as_str().unwrap().to_owned()
}

/// A size for people.
pub(crate) fn mib(bytes: u64) -> String {
    format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB)
}
