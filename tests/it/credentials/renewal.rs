//! Tokens that end before the run does.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use storeward::partner_center::{Connection, Credential, Proof, Reader, Settings};

use super::*;
use crate::support::jwt::claims;

/// A story with tokens that are good for a second, and a Store that takes longer to publish.
fn slow_story() -> Story {
    let mut seed = things::account();
    seed["credentials"] = accepted();
    seed["rules"] = json!({ "statusMillis": 400, "tokenSeconds": 1 });
    let story = Story::with_seed(&seed, TEXTS);
    std::fs::create_dir(story.path("bin")).unwrap();
    story
}

const PUBLISH: &[&str] = &["apply", "--yes", "--wait", "published"];

/// The tokens that were asked for.
fn logins(story: &Story) -> usize {
    // One is that of the test itself.
    story
        .store
        .requests()
        .iter()
        .filter(|request| request["path"].as_str().unwrap().ends_with("/token"))
        .count()
        - 1
}

#[test]
fn a_certificate_signs_anew_for_each_token() {
    let story = slow_story();
    // A sandbox takes no assertion twice.
    let credential = of_application(variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", &path_of("app.pem"))]));
    run(&mut command(&story, &credential, PUBLISH)).ended(0).says("is Published");
    assert!(logins(&story) >= 3, "{}", logins(&story));
    assert!(story.store.requests().iter().all(|request| request["status"] != 401));
}

#[test]
fn a_ci_service_is_asked_anew_for_each_token() {
    for pipelines in [false, true] {
        let story = slow_story();
        let oidc = if pipelines { Oidc::azure_pipelines() } else { Oidc::github() };
        let variables =
            if pipelines { oidc.variables_of_azure_pipelines() } else { oidc.variables_of_github() };
        run(&mut command(&story, &of_application(variables), PUBLISH)).ended(0).says("is Published");
        let issued = oidc.issued.lock().unwrap();
        assert!(logins(&story) >= 3, "{}", logins(&story));
        assert_eq!(issued.len(), logins(&story));
        assert_eq!(issued.iter().collect::<HashSet<_>>().len(), issued.len());
    }
}

#[test]
fn a_token_file_is_read_anew_for_each_token() {
    let story = slow_story();
    let (first, second) = (issue(&KEY, SUBJECT), issue(&KEY, SUBJECT));
    let credential = of_application(token_file(&story, &first));
    let sent = Arc::new(Mutex::new(Vec::new()));
    let (log, file, next) = (Arc::clone(&sent), story.path("token.jwt"), second.clone());
    let meddle = move |passing: Passing, forward: &dyn Fn(&Passing) -> crate::support::plain_http::Answer| {
        if let Some(assertion) = passing.field("client_assertion") {
            log.lock().unwrap().push(assertion);
            std::fs::write(&file, &next).unwrap();
        }
        forward(&passing)
    };
    let address = proxy(story.store.endpoints.login.trim_end_matches('/'), Box::new(meddle));
    run(command(&story, &credential, PUBLISH).env("STOREWARD_LOGIN_URL", address)).ended(0);
    let sent = sent.lock().unwrap();
    let ids: Vec<Value> = sent.iter().map(|token| claims(token)["jti"].clone()).collect();
    assert_eq!(ids[0], claims(&first)["jti"]);
    assert!(ids.len() > 1 && ids[1..].iter().all(|id| *id == claims(&second)["jti"]), "{ids:?}");
}

#[test]
fn a_token_that_ends_early_is_replaced_once() {
    let story = story();
    let credential = of_application(variables(&[("AZURE_CLIENT_SECRET", "~good+secret/=")]));
    for (times, exit) in [(1, 0), (2, 10)] {
        let mut refused = 0;
        plan_through(&story, &credential, move |passing, forward| {
            if passing.header("authorization").is_some() && refused < times {
                refused += 1;
                let words = "APIM: Unauthorized. Access token is missing or invalid.";
                return json_answer(401, &json!({ "statusCode": 401, "message": words }));
            }
            forward(&passing)
        })
        .ended(exit);
    }
}

#[test]
fn calls_that_are_refused_together_share_a_new_token() {
    let story = story();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let host = story.store.endpoints.login.trim_end_matches('/').to_owned();
    let address = proxy(
        &host,
        Box::new(move |passing, forward| {
            let Some(token) = passing.header("authorization").map(str::to_owned) else {
                return forward(&passing);
            };
            let mut seen = log.lock().unwrap();
            seen.push(token.clone());
            if seen[0] == token { json_answer(401, &json!({})) } else { forward(&passing) }
        }),
    );
    let secret = "~good+secret/=".to_owned().into();
    let connection = Connection::new(Settings {
        api: format!("{address}/v1.0/my").parse().unwrap(),
        login: address.parse().unwrap(),
        credential: Credential::Application {
            tenant: TENANT.into(),
            client_id: CLIENT.into(),
            proof: Proof::ClientSecret(secret),
        },
        correlation_id: String::new(),
        time_scale: 1.0,
        now: jiff::Timestamp::now,
    });
    let reader = Reader::new(connection.unwrap());
    let (first, second, third) = story.store.block_on(async {
        futures::join!(reader.application(APP), reader.application(APP), reader.application(APP))
    });
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(seen.lock().unwrap().iter().collect::<HashSet<_>>().len(), 2);
    assert_eq!(logins(&story), 2);
}
