//! What survives a restart, and who may use a folder.

use serde_json::json;
use storeward::sandbox::SandboxError;

use super::{IMAGES, account_with, draft, list, new_image, submissions};
use crate::support::local::{Local, upload};
use crate::support::things::{self, APP};

#[test]
fn a_restart_loses_nothing() {
    let mut local = Local::start(&things::account());
    let (path, mut document) = draft(&local);
    list(&mut document, IMAGES).push(new_image("new.png", "Icon"));
    document["notesForCertification"] = "Kept.".into();
    local.expect(200, "PUT", &path, Some(&document));
    let archive = things::zip(&[("new.png", &things::png(300, 300))]);
    upload(document["fileUploadUrl"].as_str().unwrap(), &archive);
    let before = local.get(&path);
    local.restart();
    // The token is still good, the URL is that of the new port.
    let after = local.get(&path);
    let url = after["fileUploadUrl"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&local.endpoints.blob));
    let plain = |mut document: serde_json::Value| {
        document.as_object_mut().unwrap().remove("fileUploadUrl");
        document
    };
    assert_eq!(plain(after), plain(before));
    local.expect(202, "POST", &format!("{path}/commit"), None);
    local.restart();
    local.follow(&path, &["Published"]);
    let published = local.get(&path);
    local.restart();
    assert_eq!(plain(local.get(&path)), plain(published));
    let app = local.get(&format!("applications/{APP}"));
    assert!(path.ends_with(app["lastPublishedApplicationSubmission"]["id"].as_str().unwrap()));
    // Ids are not given out again.
    assert_ne!(draft(&local).0, path);
}

#[test]
fn what_was_answered_was_written_before() {
    let local = Local::start(&account_with(&json!({ "statusMillis": 1 })));
    let on_disk = || std::fs::read_to_string(local.data().join("state.json")).unwrap();
    let (path, document) = draft(&local);
    let id = document["id"].as_str().unwrap();
    assert!(on_disk().contains(id));
    let mut changed = document.clone();
    changed["notesForCertification"] = "written".into();
    local.expect(200, "PUT", &path, Some(&changed));
    assert!(on_disk().contains("\"written\""));
    local.expect(202, "POST", &format!("{path}/commit"), None);
    for status in ["CommitStarted", "PreProcessing", "Certification"] {
        local.follow(&path, &[status]);
        assert!(
            on_disk().contains(&format!("\"status\":\"{status}\"")),
            "{status}"
        );
    }
    local.follow(&path, &["Published"]);
    let (path, _) = draft(&local);
    local.expect(204, "DELETE", &path, None);
    assert!(!on_disk().contains(path.rsplit('/').next().unwrap()));
}

#[test]
fn a_folder_is_for_one_sandbox_at_a_time() {
    let mut local = Local::start(&things::account());
    let refusal = local.start_another().unwrap_err();
    assert!(matches!(refusal, SandboxError::InUse(_)), "{refusal}");
    assert!(
        refusal.to_string().contains(local.data().to_str().unwrap()),
        "{refusal}"
    );
    local.get(&submissions().replace("/submissions", ""));
    // A lock file that nobody holds is no obstacle.
    assert!(local.data().join("lock").exists());
    local.restart();
    local.get(&format!("applications/{APP}"));
}

#[test]
fn a_broken_state_is_not_taken_for_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("state.json"), "{\"applications\":").unwrap();
    let options = storeward::sandbox::Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.path().to_owned(),
        seed: None,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let refusal = runtime.block_on(storeward::sandbox::start(options)).unwrap_err();
    assert!(matches!(refusal, SandboxError::Data { .. }), "{refusal}");
}
