//! Access tokens.

use serde_json::json;

use super::{account_with, submissions};
use crate::support::local::Local;
use crate::support::plain_http::send;
use crate::support::things;

const RESOURCE: &str = "resource=https%3A%2F%2Fmanage.devcenter.microsoft.com";
const SCOPE: &str = "scope=https%3A%2F%2Fmanage.devcenter.microsoft.com%2F.default";
const CLIENT: &str = "grant_type=client_credentials&client_id=sandbox";

#[test]
fn version_1_says_numbers_as_texts_and_version_2_as_numbers() {
    let local = Local::start(&things::account());
    let secret = "client_secret=sandbox-secret";
    let first = local.log_in_with("sandbox", "oauth2/token", &format!("{CLIENT}&{secret}&{RESOURCE}")).json();
    assert_eq!(first["token_type"], "Bearer");
    assert_eq!(first["expires_in"], "3599");
    assert_eq!(first["resource"], "https://manage.devcenter.microsoft.com");
    assert!(first["expires_on"].as_str().unwrap().parse::<i64>().unwrap() > 1_700_000_000);
    let second =
        local.log_in_with("SANDBOX", "oauth2/v2.0/token", &format!("{CLIENT}&{secret}&{SCOPE}")).json();
    assert_eq!(second["expires_in"], 3599);
    assert_eq!(second.get("resource"), None);
    assert_eq!(second.get("expires_on"), None);
    for token in [first, second] {
        let authorization = format!("Bearer {}", token["access_token"].as_str().unwrap());
        let url = format!("{}/applications", local.endpoints.api);
        assert_eq!(send("GET", &url, &[("Authorization", &authorization)], None).status, 200);
    }
}

#[test]
fn refusals_carry_the_code_of_entra() {
    let local = Local::start(&things::account());
    let secret = "client_secret=sandbox-secret";
    let with = |rest: &str| format!("{CLIENT}&{rest}");
    for (tenant, version, form, status, code) in [
        ("elsewhere", 1, with(&format!("{secret}&{RESOURCE}")), 400, 90_002),
        ("sandbox", 1, with(&format!("client_secret=wrong&{RESOURCE}")), 401, 7_000_215),
        ("sandbox", 1, with(&format!("client_secret=sandbox-secret%0A&{RESOURCE}")), 401, 7_000_215),
        ("sandbox", 1, with(RESOURCE), 401, 7_000_218),
        ("sandbox", 1, with(&format!("client_assertion=a.b.c&{RESOURCE}")), 400, 900_144),
        ("sandbox", 1, with(&format!("{secret}&{RESOURCE}%2F")), 400, 500_011),
        ("sandbox", 1, with(secret), 400, 900_144),
        ("sandbox", 2, with(&format!("{secret}&{RESOURCE}")), 400, 900_144),
        (
            "sandbox",
            2,
            with(&format!("{secret}&scope=https%3A%2F%2Fmanage.devcenter.microsoft.com%2F%2F.default")),
            400,
            500_011,
        ),
        ("sandbox", 1, format!("client_id=sandbox&{secret}&{RESOURCE}"), 400, 900_144),
        ("sandbox", 1, format!("grant_type=password&client_id=sandbox&{secret}&{RESOURCE}"), 400, 70_003),
        (
            "sandbox",
            1,
            format!("grant_type=client_credentials&client_id=other&{secret}&{RESOURCE}"),
            400,
            700_016,
        ),
    ] {
        let endpoint = if version == 1 { "oauth2/token" } else { "oauth2/v2.0/token" };
        let answer = local.log_in_with(tenant, endpoint, &form);
        let body = answer.json();
        assert_eq!((answer.status, &body["error_codes"]), (status, &json!([code])), "{form}: {body}");
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
        assert!(!answer.text().contains("sandbox-secret"), "{description}");
    }
}

#[test]
fn a_secret_need_not_be_encoded() {
    let mut seed = things::account();
    seed["credentials"] = json!({ "clientSecret": "a+b c~/=" });
    // The client of the tests does not encode it either.
    let local = Local::start(&seed);
    for (secret, status) in
        [("a%2Bb%20c%7E%2F%3D", 200), ("a+b+c~/=", 200), ("a b c~/=", 200), ("ab c~/=", 401)]
    {
        let form = format!("{CLIENT}&client_secret={secret}&{RESOURCE}");
        assert_eq!(local.log_in_with("sandbox", "oauth2/token", &form).status, status, "{secret}");
    }
}

#[test]
fn without_a_good_token_nothing_is_answered() {
    let local = Local::start(&account_with(&json!({ "tokenSeconds": 0 })));
    let expired = format!("Bearer {}", local.token);
    let expected =
        json!({ "statusCode": 401, "message": "APIM: Unauthorized. Access token is missing or invalid." });
    for headers in [
        vec![],
        vec![("Authorization", "Bearer nonsense")],
        vec![("Authorization", "Bearer 99999999999999.nonce.seal")],
        vec![("Authorization", expired.as_str())],
    ] {
        let answer = send("GET", &format!("{}/applications", local.endpoints.api), &headers, None);
        assert_eq!((answer.status, answer.json()), (401, expected.clone()), "{headers:?}");
        assert!(answer.header("ms-correlationid").is_some());
        let answer = send("POST", &format!("{}/{}", local.endpoints.api, submissions()), &headers, Some(b""));
        assert_eq!(answer.status, 401);
    }
}
