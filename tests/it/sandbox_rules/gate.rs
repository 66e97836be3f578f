//! What every request to the API has to pass, and what every answer carries.

use serde_json::json;

use super::{account_with, draft, submissions};
use crate::support::local::{Local, upload};
use crate::support::plain_http::send;
use crate::support::things::{self, APP, PUBLISHED};

#[test]
fn only_json_is_accepted() {
    let local = Local::start(&things::account());
    let authorization = format!("Bearer {}", local.token);
    let url = format!("{}/{}/{PUBLISHED}/commit", local.endpoints.api, submissions());
    let post = |content_type: Option<&str>, body: Option<&[u8]>| {
        let mut headers = vec![("Authorization", authorization.as_str())];
        headers.extend(content_type.map(|value| ("Content-Type", value)));
        send("POST", &url, &headers, body)
    };
    let form = post(Some("application/x-www-form-urlencoded"), Some(b""));
    assert_eq!(form.status, 400);
    assert_eq!(
        form.json(),
        json!({
            "code": "InvalidParameterValue", "data": [], "details": [], "message": "Only JSON content is accepted",
            "source": "Ingestion Api", "target": "mediaType"
        })
    );
    // Past the gate: it is not a draft.
    for content_type in [None, Some("application/json"), Some("Application/JSON; charset=utf-8")] {
        assert_eq!(post(content_type, Some(b"")).status, 409);
    }
    let unsized_request = post(Some("application/json"), None);
    assert_eq!(unsized_request.status, 411);
    assert!(unsized_request.text().contains("Length Required"));
}

#[test]
fn the_correlation_id_comes_back_or_is_made() {
    let local = Local::start(&things::account());
    let authorization = format!("Bearer {}", local.token);
    let get = |path: &str, headers: &[(&str, &str)]| {
        let mut all = vec![("Authorization", authorization.as_str())];
        all.extend(headers);
        let answer = send("GET", &format!("{}/{path}", local.endpoints.api), &all, None);
        answer.header("MS-CorrelationId").unwrap().to_owned()
    };
    let own = "5d1e2f3a-0000-4000-8000-000000000001";
    assert_eq!(get("applications", &[("ms-correlationid", own)]), own);
    assert_eq!(get("applications/404", &[("MS-CorrelationId", own)]), own);
    assert_eq!(get("applications", &[("CorrelationId", own)]), own);
    assert_ne!(get("applications", &[]), get("applications", &[]));
    let logged = local.requests();
    assert_eq!(logged.iter().filter(|line| line["correlationId"] == own).count(), 3);
}

#[test]
fn paths_are_found_whatever_their_case() {
    let local = Local::start(&things::account());
    let id = APP.to_lowercase();
    for path in [
        format!("APPLICATIONS/{id}"),
        format!("applications/{APP}/"),
        format!("Applications/{APP}/Submissions/{PUBLISHED}/Status/"),
        format!("applications/{APP}/ListFlights/?TOP=1"),
    ] {
        local.get(&path);
    }
    for (method, path, status) in [
        ("GET", "nothing".to_owned(), 404),
        ("GET", format!("applications/{APP}/nothing"), 404),
        ("GET", format!("applications/{APP}/submissions/{PUBLISHED}/nothing"), 404),
        ("GET", "applications/9PNOTTHERE00".to_owned(), 404),
        ("GET", "inappproducts/9PNOTTHERE00".to_owned(), 404),
        ("GET", format!("applications/{APP}/flights/none"), 404),
        ("GET", format!("applications/{APP}/submissions/1"), 404),
        ("DELETE", format!("applications/{APP}"), 405),
        ("PUT", "applications".to_owned(), 405),
        ("GET", submissions(), 405),
        ("GET", format!("{}/{PUBLISHED}/commit", submissions()), 405),
        ("GET", format!("{}/{PUBLISHED}/haltpackagerollout", submissions()), 405),
    ] {
        local.expect(status, method, &path, None);
    }
}

#[test]
fn a_body_must_be_an_object() {
    let local = Local::start(&things::account());
    let (path, _) = draft(&local);
    let authorization = format!("Bearer {}", local.token);
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    for body in ["{", "[]", "1", ""] {
        let answer = send("PUT", &format!("{}/{path}", local.endpoints.api), &headers, Some(body.as_bytes()));
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (400, Some("InvalidParameterValue")),
            "{body}"
        );
    }
}

#[test]
fn too_many_requests_are_told_when_to_come_back() {
    let local = Local::start(&account_with(&json!({ "requestsPerMinute": 2 })));
    local.get("applications");
    local.get("applications");
    let answer = local.call("GET", "applications", None);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=61).contains(&seconds));
    let message = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
    assert_eq!((answer.status, answer.json()), (429, json!({ "statusCode": 429, "message": message })));
}

#[test]
fn requests_are_logged_without_secrets() {
    let local = Local::start(&things::account());
    let (_, created) = draft(&local);
    let url = created["fileUploadUrl"].as_str().unwrap();
    upload(url, b"zip");
    let lines = local.requests();
    let told: Vec<(&str, u64)> = lines
        .iter()
        .map(|line| (line["method"].as_str().unwrap(), line["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, [("POST", 200), ("POST", 201), ("PUT", 201)]);
    assert_eq!(lines[1]["path"], format!("/v1.0/my/{}", submissions()));
    let text = std::fs::read_to_string(local.data().join("requests.ndjson")).unwrap();
    assert!(text.contains("sig=hidden") && text.contains("se="), "{text}");
    for secret in
        [local.token.as_str(), "sandbox-secret", url.split("sig=").nth(1).unwrap().split('&').next().unwrap()]
    {
        assert!(!text.contains(secret), "{text}");
    }
}
