//! The rules of the local Partner Center, one by one.

use serde_json::{Value, json};

use crate::support::local::{Local, upload};
use crate::support::things::{self, APP, PUBLISHED};

#[test]
fn an_app_goes_from_draft_to_published() {
    let local = Local::start(&things::account());
    let app = format!("applications/{APP}");
    let created = local.expect(201, "POST", &format!("{app}/submissions"), None);
    let id = created["id"].as_str().unwrap();
    let submission = format!("{app}/submissions/{id}");
    assert_eq!(
        local.get(&app)["pendingApplicationSubmission"]["resourceLocation"],
        submission
    );
    assert_eq!(created["status"], "PendingCommit");
    assert_eq!(created["friendlyName"], "Submission 8");

    let mut draft = created.clone();
    draft["applicationPackages"][0]["fileStatus"] = "PendingDelete".into();
    draft["applicationPackages"].as_array_mut().unwrap().push(json!({
        "fileName": "new.msix", "fileStatus": "PendingUpload",
        "minimumDirectXVersion": "None", "minimumSystemRam": "None"
    }));
    local.expect(200, "PUT", &submission, Some(&draft));
    let zip = things::zip(&[("new.msix", &things::package("2.0.0.0"))]);
    assert_eq!(
        upload(created["fileUploadUrl"].as_str().unwrap(), &zip).status,
        201
    );
    let committed = local.expect(202, "POST", &format!("{submission}/commit"), None);
    assert_eq!(committed, json!({ "status": "CommitStarted" }));
    let seen = local.follow(&submission, &["Published", "CommitFailed"]);
    assert_eq!(
        seen,
        [
            "CommitStarted",
            "PreProcessing",
            "Certification",
            "Release",
            "PendingPublication",
            "Publishing",
            "Published"
        ]
    );
    let packages = local.get(&submission)["applicationPackages"].clone();
    assert_eq!(packages.as_array().unwrap().len(), 1);
    assert_eq!(packages[0]["version"], "2.0.0.0");
    assert_eq!(
        packages[0]["targetDeviceFamilies"],
        json!(["Windows.Desktop min version 10.0.17763.0"])
    );
    let resource = local.get(&app);
    assert_eq!(resource["lastPublishedApplicationSubmission"]["id"], id);
    assert_eq!(resource.get("pendingApplicationSubmission"), None::<&Value>);
    // The one before stays readable.
    assert_eq!(
        local.get(&format!("{app}/submissions/{PUBLISHED}"))["id"],
        PUBLISHED
    );
}
