//! What survives a restart, and who may use a folder.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use storeward::sandbox::{self, Options, SandboxError};
use tokio::runtime::Runtime;

use super::{IMAGES, account_with, draft, list, new_image, submissions};
use crate::support::local::{Local, upload};
use crate::support::plain_http::try_send;
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
    let local = Local::start(&account_with(&json!({ "statusMillis": 50 })));
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
        assert!(on_disk().contains(&format!("\"status\":\"{status}\"")), "{status}");
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
    assert!(refusal.to_string().contains(local.data().to_str().unwrap()), "{refusal}");
    local.get(&submissions().replace("/submissions", ""));
    // A lock file that nobody holds is no obstacle.
    assert!(local.data().join("lock").exists());
    local.restart();
    local.get(&format!("applications/{APP}"));
}

/// The folder of the sandbox of [`a_process_to_be_killed`].
const FOLDER: &str = "STOREWARD_TEST_SANDBOX_FOLDER";

/// Not a test by itself: a process with a sandbox in it, for the next one.
#[test]
#[ignore = "is run by a_killed_process_loses_nothing_that_was_answered"]
fn a_process_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    std::fs::write(folder.join("seed.json"), things::account().to_string()).unwrap();
    let options = Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.join("data"),
        seed: Some(folder.join("seed.json")),
    };
    let runtime = Runtime::new().unwrap();
    let sandbox = runtime.block_on(sandbox::start(options)).unwrap();
    let endpoints = serde_json::to_string(sandbox.endpoints()).unwrap();
    std::fs::write(folder.join("endpoints.tmp"), endpoints).unwrap();
    std::fs::rename(folder.join("endpoints.tmp"), folder.join("endpoints.json")).unwrap();
    std::thread::sleep(Duration::from_mins(1));
}

#[test]
fn a_killed_process_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sandbox_rules::keeping::a_process_to_be_killed", "--ignored"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let endpoints = loop {
        if let Ok(text) = std::fs::read(folder.path().join("endpoints.json")) {
            break serde_json::from_slice(&text).unwrap();
        }
        assert!(started.elapsed() < Duration::from_secs(20), "the process does not start");
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut local = Local::elsewhere(folder, endpoints);
    let refusal = local.start_another().unwrap_err();
    assert!(matches!(refusal, SandboxError::InUse(_)), "{refusal}");

    let (path, mut document) = draft(&local);
    let url = format!("{}/{path}", local.endpoints.api);
    let authorization = format!("Bearer {}", local.token);
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let mut answered = 0;
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(150));
        process.kill().unwrap();
        process.wait().unwrap();
    });
    loop {
        document["notesForCertification"] = (answered + 1).to_string().into();
        match try_send("PUT", &url, &headers, Some(document.to_string().as_bytes())) {
            Ok(answer) => assert_eq!(answer.status, 200, "{}", answer.text()),
            Err(_) => break,
        }
        answered += 1;
    }
    killer.join().unwrap();
    assert!(answered > 0);
    local.restart();
    let kept: u32 = local.get(&path)["notesForCertification"].as_str().unwrap().parse().unwrap();
    // The last one may have been written without having been answered.
    assert!(kept == answered || kept == answered + 1, "{kept} is kept, {answered} was answered");
}

#[test]
fn a_broken_state_is_not_taken_for_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("state.json"), "{\"applications\":").unwrap();
    let options =
        Options { listen: "127.0.0.1:0".parse().unwrap(), data: folder.path().to_owned(), seed: None };
    let refusal = Runtime::new().unwrap().block_on(sandbox::start(options)).unwrap_err();
    assert!(matches!(refusal, SandboxError::Data { .. }), "{refusal}");
}
