//! The flows of the samples that Microsoft publishes for the submission API, request for request: their clients work
//! against the sandbox unchanged but for the host.
//!
//! Source: *Python sample: submissions for apps, add-ons, and flights* and, for the add-on that is created with its
//! content, `InAppProductSubmissionCreateSample.cs` of the C# sample, both of `MicrosoftDocs/windows-dev-docs`.

use serde_json::{Value, json};

use crate::support::local::{Local, upload};
use crate::support::plain_http::{Answer, send};
use crate::support::things::{self, APP};

/// A client as the sample writes it: the same headers and an empty body with every request.
struct Sample<'a> {
    local: &'a Local,
    token: String,
}

impl<'a> Sample<'a> {
    /// Asks for a token with a body that is put together without encoding anything.
    fn log_in(local: &'a Local, tenant: &str, client: &str, secret: &str) -> Self {
        let form = format!(
            "grant_type=client_credentials&client_id={client}&client_secret={secret}&resource=https://manage.devcenter.microsoft.com"
        );
        let answer = local.log_in_with(tenant, "oauth2/token", &form);
        assert_eq!(answer.status, 200, "{}", answer.text());
        Self { local, token: answer.json()["access_token"].as_str().unwrap().to_owned() }
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Answer {
        let authorization = format!("Bearer {}", self.token);
        let headers = [
            ("Authorization", authorization.as_str()),
            ("Content-type", "application/json"),
            ("User-Agent", "Python"),
        ];
        let url = format!("{}/{path}", self.local.endpoints.api);
        let answer = send(method, &url, &headers, Some(body.as_bytes()));
        // The samples print it after every call.
        assert!(answer.header("MS-CorrelationId").is_some_and(|id| id.len() == 36), "{method} {path}");
        answer
    }

    /// Reads the resource, deletes its pending submission if there is one, creates a submission, updates it,
    /// uploads the archive, commits, and asks for the status until it is no longer `CommitStarted`. Where it is then
    /// followed to the end.
    fn submit(&self, resource: &str, pending: &str, request: &Value, archive: &[u8]) -> Vec<String> {
        let found = self.request("GET", resource, "");
        assert_eq!(found.status, 200, "{}", found.text());
        if let Some(submission) = found.json().get(pending) {
            let id = submission["id"].as_str().unwrap();
            let deleted = self.request("DELETE", &format!("{resource}/submissions/{id}"), "");
            assert_eq!((deleted.status, deleted.body.len()), (204, 0));
        }
        let created = self.request("POST", &format!("{resource}/submissions"), "");
        assert_eq!(created.status, 201, "{}", created.text());
        let created = created.json();
        let submission = format!("{resource}/submissions/{}", created["id"].as_str().unwrap());
        let updated = self.request("PUT", &submission, &request.to_string());
        assert_eq!(updated.status, 200, "{}", updated.text());
        assert_eq!(upload(created["fileUploadUrl"].as_str().unwrap(), archive).status, 201);
        let committed = self.request("POST", &format!("{submission}/commit"), "");
        assert_eq!(committed.status, 202, "{}", committed.text());
        assert_eq!(committed.json(), json!({ "status": "CommitStarted" }));
        let mut status = self.request("GET", &format!("{submission}/status"), "").json();
        while status["status"] == "CommitStarted" {
            std::thread::sleep(std::time::Duration::from_millis(2));
            status = self.request("GET", &format!("{submission}/status"), "").json();
        }
        assert_eq!(status["statusDetails"]["errors"], json!([]), "{status}");
        self.local.follow(&submission, &["Published"])
    }
}

/// An account with an app that has a draft, a flight that has a draft, and an add-on that has none.
fn account() -> Value {
    let mut seed = things::account();
    seed["credentials"] =
        json!({ "tenantId": "northwind.example", "clientId": "app-1", "clientSecret": "s~a+b/c" });
    // Whoever polls, however slowly, must see what the samples wait for.
    seed["rules"]["statusMillis"] = 50.into();
    let app = &mut seed["applications"][0];
    app["pending"] = things::app_submission();
    app["pending"]["id"] = "1152921500000000101".into();
    app["pending"]["status"] = "PendingCommit".into();
    app["pending"]["fileUploadUrl"] = "https://elsewhere.example/upload".into();
    app["flights"] = json!([{
        "flight": {
            "flightId": "43e448df-97c9-4a43-a0bc-2a445e736bcd", "friendlyName": "Insiders",
            "groupIds": ["1152921500000000900"], "rankHigherThan": "Non-flighted submission"
        },
        "pending": {
            "id": "1152921500000000601", "flightId": "43e448df-97c9-4a43-a0bc-2a445e736bcd", "status": "PendingCommit",
            "flightPackages": [], "fileUploadUrl": "https://elsewhere.example/upload"
        }
    }]);
    app["addOns"] = json!([{
        "addOn": {
            "applications": { "value": [{ "id": APP, "resourceLocation": format!("applications/{APP}") }], "totalCount": 1 },
            "id": "9PSANDBOXADD", "productId": "extra.themes", "productType": "Durable"
        }
    }]);
    seed
}

fn logged_in(local: &Local) -> Sample<'_> {
    Sample::log_in(local, "northwind.example", "app-1", "s~a+b/c")
}

fn new_package() -> Value {
    json!({
        "fileName": "new.appx", "fileStatus": "PendingUpload",
        "minimumDirectXVersion": "None", "minimumSystemRam": "None"
    })
}

#[test]
fn an_add_on_is_created_and_deleted() {
    let local = Local::start(&account());
    let sample = logged_in(&local);
    let request = json!({ "applicationIds": [APP], "productId": "more.themes", "productType": "Consumable" });
    let created = sample.request("POST", "inappproducts", &request.to_string());
    assert_eq!(created.status, 201, "{}", created.text());
    let id = created.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(sample.request("GET", &format!("inappproducts/{id}"), "").json(), created.json());
    assert_eq!(sample.request("DELETE", &format!("inappproducts/{id}"), "").status, 204);
    assert_eq!(sample.request("GET", &format!("inappproducts/{id}"), "").status, 404);
}

#[test]
fn a_flight_is_created_and_deleted() {
    let local = Local::start(&account());
    let sample = logged_in(&local);
    let request = json!({ "friendlyName": "myflight", "groupIds": [0], "rankHigherThan": null });
    let created = sample.request("POST", &format!("applications/{APP}/flights"), &request.to_string());
    assert_eq!(created.status, 201, "{}", created.text());
    let flight = created.json();
    let path = format!("applications/{APP}/flights/{}", flight["flightId"].as_str().unwrap());
    // A submission comes with it.
    let submission = flight["pendingFlightSubmission"]["id"].as_str().unwrap();
    assert_eq!(sample.request("GET", &format!("{path}/submissions/{submission}"), "").status, 200);
    assert_eq!(sample.request("DELETE", &path, "").status, 204);
    assert_eq!(sample.request("GET", &path, "").status, 404);
}

#[test]
fn an_app_submission_is_created_and_committed() {
    let local = Local::start(&account());
    let mut request = things::app_submission();
    request["applicationPackages"][0]["fileStatus"] = "PendingDelete".into();
    request["applicationPackages"].as_array_mut().unwrap().push(new_package());
    request["listings"]["en-us"]["baseListing"]["images"].as_array_mut().unwrap().push(json!({
        "fileName": "second.png", "fileStatus": "PendingUpload", "imageType": "Screenshot"
    }));
    let archive =
        things::zip(&[("new.appx", &things::package("1.1.0.0")), ("second.png", &things::png(1920, 1080))]);
    let path = format!("applications/{APP}");
    logged_in(&local).submit(&path, "pendingApplicationSubmission", &request, &archive);
    let id = local.get(&path)["lastPublishedApplicationSubmission"]["id"].as_str().unwrap().to_owned();
    let published = local.get(&format!("{path}/submissions/{id}"));
    assert_eq!(published["applicationPackages"][0]["version"], "1.1.0.0");
    assert_eq!(published["listings"]["en-us"]["baseListing"]["images"][1]["fileStatus"], "Uploaded");
}

#[test]
fn an_add_on_submission_is_created_and_committed() {
    let local = Local::start(&account());
    let request = json!({
        "contentType": "EMagazine", "keywords": ["books"], "lifetime": "FiveDays",
        "listings": { "en": {
            "description": "Twelve colour themes.", "title": "Extra themes",
            "icon": { "fileName": "icon.png", "fileStatus": "PendingUpload" }
        } },
        "pricing": { "marketSpecificPricings": { "RU": "Tier3" }, "sales": [], "priceId": "Tier1012" },
        "targetPublishDate": "2016-03-15T05:10:58.047Z", "targetPublishMode": "Immediate",
        "tag": "SampleTag", "visibility": "Public"
    });
    let archive = things::zip(&[("icon.png", &things::png(300, 300))]);
    let path = "inappproducts/9PSANDBOXADD";
    logged_in(&local).submit(path, "pendingInAppProductSubmission", &request, &archive);
    let id = local.get(path)["lastPublishedInAppProductSubmission"]["id"].as_str().unwrap().to_owned();
    let published = local.get(&format!("{path}/submissions/{id}"));
    assert_eq!(
        published["listings"]["en"]["icon"],
        json!({ "fileName": "icon.png", "fileStatus": "Uploaded" })
    );
    assert_eq!(published["pricing"]["priceId"], "Tier1012");
}

#[test]
fn a_flight_submission_is_created_and_committed() {
    let local = Local::start(&account());
    let request = json!({
        "flightPackages": [new_package()],
        "packageDeliveryOptions": {
            "packageRollout": {
                "isPackageRollout": false, "packageRolloutPercentage": 0.0,
                "packageRolloutStatus": "PackageRolloutNotStarted", "fallbackSubmissionId": "0"
            },
            "isMandatoryUpdate": false,
            "mandatoryUpdateEffectiveDate": "1601-01-01T00:00:00.0000000Z"
        },
        "targetPublishMode": "Immediate", "targetPublishDate": "",
        "notesForCertification": "No special steps."
    });
    let archive = things::zip(&[("new.appx", &things::package("1.2.0.0"))]);
    let path = format!("applications/{APP}/flights/43e448df-97c9-4a43-a0bc-2a445e736bcd");
    logged_in(&local).submit(&path, "pendingFlightSubmission", &request, &archive);
    let reference = local.get(&path)["lastPublishedFlightSubmission"].clone();
    let id = reference["id"].as_str().unwrap();
    // References of flights are relative to the app.
    let location = format!("flights/43e448df-97c9-4a43-a0bc-2a445e736bcd/submissions/{id}");
    assert_eq!(reference["resourceLocation"], location);
    assert_eq!(local.get(&format!("{path}/submissions/{id}"))["flightPackages"][0]["version"], "1.2.0.0");
}

#[test]
fn an_add_on_submission_is_created_with_its_content() {
    let local = Local::start(&account());
    let sample = logged_in(&local);
    // As the C# sample writes it: `lifeTime`, `FileName`.
    let request = json!({
        "contentType": "EMagazine", "keywords": ["books"], "lifeTime": "FiveDays",
        "targetPublishMode": "Manual", "visibility": "Private", "tag": "SampleTag",
        "pricing": { "priceId": "Free" },
        "listings": { "en": {
            "Title": "Title", "Description": "Description",
            "Icon": { "FileName": "add-on-en-us-listing2.png", "FileStatus": "PendingUpload" }
        } }
    });
    let created = sample.request("POST", "inappproducts/9PSANDBOXADD/submissions", &request.to_string());
    assert_eq!(created.status, 201, "{}", created.text());
    let created = created.json();
    assert_eq!(created["lifetime"], "FiveDays");
    assert_eq!(
        created["listings"]["en"]["icon"],
        json!({ "fileName": "add-on-en-us-listing2.png", "fileStatus": "PendingUpload" })
    );
    let archive = things::zip(&[("add-on-en-us-listing2.png", &things::png(300, 300))]);
    assert_eq!(upload(created["fileUploadUrl"].as_str().unwrap(), &archive).status, 201);
    let submission = format!("inappproducts/9PSANDBOXADD/submissions/{}", created["id"].as_str().unwrap());
    assert_eq!(sample.request("POST", &format!("{submission}/commit"), "").status, 202);
    // Manual: it is held there until somebody publishes it in the portal.
    local.follow(&submission, &["Release"]);
}
