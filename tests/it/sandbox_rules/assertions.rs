//! Assertions at the login.

use serde_json::{Value, json};

use crate::support::jwt::{Key, certificate, now, thumbprint};
use crate::support::local::Local;
use crate::support::plain_http::Answer;

const ISSUER: &str = "https://ci.example";
const SUBJECT: &str = "repo:contoso/reader:environment:store";
const AUDIENCE: &str = "api://AzureADTokenExchange";

/// A sandbox whose application is `client`.
fn sandbox(credentials: &Value) -> Local {
    let mut seed = json!({ "credentials": { "tenantId": "sandbox", "clientId": "client" } });
    for (name, value) in credentials.as_object().unwrap() {
        seed["credentials"][name] = value.clone();
    }
    Local::start(&seed)
}

fn log_in(local: &Local, assertion: &str) -> Answer {
    let form = format!(
        "grant_type=client_credentials&client_id=client&scope=https%3A%2F%2Fmanage.devcenter.microsoft.com%2F.default\
         &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={assertion}"
    );
    local.log_in_with("sandbox", "oauth2/v2.0/token", &form)
}

/// The code of a refusal, or 0.
fn code(answer: &Answer) -> u64 {
    if answer.status == 200 { 0 } else { answer.json()["error_codes"][0].as_u64().unwrap() }
}

fn changed(value: &Value, changes: &Value) -> Value {
    let mut value = value.clone();
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
    }
    value
}

#[test]
fn an_assertion_by_certificate_is_checked_in_every_part() {
    let local = sandbox(&json!({ "certificates": [certificate("other.pem"), certificate("app.pem")] }));
    let key = Key::of("app.pem");
    let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint("app.pem") });
    let url = format!("{}/sandbox/oauth2/v2.0/token", local.endpoints.login);
    let claims = json!({
        "aud": url, "iss": "client", "sub": "client", "nbf": now() - 5, "iat": now(), "exp": now() + 300
    });
    let v1 = format!("{}/sandbox/oauth2/token", local.endpoints.login);
    let none = json!({});
    for (what, in_header, in_claims, expected) in [
        ("good", none.clone(), none.clone(), 0),
        ("RS256", json!({ "alg": "RS256" }), none.clone(), 0),
        ("another algorithm", json!({ "alg": "none" }), none.clone(), 700_027),
        ("a lie about the algorithm", json!({ "alg": "HS256" }), none.clone(), 700_027),
        ("another certificate", json!({ "x5t#S256": thumbprint("other.pem") }), none.clone(), 700_027),
        ("an unknown certificate", json!({ "x5t#S256": thumbprint("short.pem") }), none.clone(), 700_027),
        ("another issuer", none.clone(), json!({ "iss": "somebody" }), 700_021),
        ("another subject", none.clone(), json!({ "sub": "somebody" }), 700_021),
        ("another audience", none.clone(), json!({ "aud": "https://login.example/t/token" }), 700_023),
        ("the other version", none.clone(), json!({ "aud": v1 }), 700_023),
        ("expired", none.clone(), json!({ "nbf": now() - 60, "exp": now() - 1 }), 700_024),
        ("not yet good", none.clone(), json!({ "nbf": now() + 60 }), 700_024),
        ("without an end", none.clone(), json!({ "exp": null }), 700_027),
        ("without an id", none.clone(), json!({ "jti": "" }), 700_027),
    ] {
        let claims = changed(&changed(&claims, &json!({ "jti": what })), &in_claims);
        let answer = log_in(&local, &key.sign(&changed(&header, &in_header), &claims));
        assert_eq!(code(&answer), expected, "{what}: {}", answer.text());
    }
    let good = key.sign(&header, &changed(&claims, &json!({ "jti": "once" })));
    assert_eq!(code(&log_in(&local, &good)), 0);
    assert_eq!(code(&log_in(&local, &good)), 700_027);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    for broken in
        [signed.to_owned(), format!("{signed}."), format!("x{signed}.{signature}"), "a.b.c".to_owned()]
    {
        assert_eq!(code(&log_in(&local, &broken)), 700_027, "{broken}");
    }
}

#[test]
fn a_token_of_a_registered_issuer_is_taken_as_often_as_it_comes() {
    let (key, other) = (Key::new(), Key::new());
    for public_key in [json!(key.pem()), key.jwk()] {
        let federated =
            |subject: &str| json!({ "issuer": ISSUER, "subject": subject, "publicKey": public_key });
        let local = sandbox(&json!({ "federatedCredentials": [federated("somebody"), federated(SUBJECT)] }));
        let good = key.issue(ISSUER, SUBJECT, AUDIENCE);
        let header = json!({ "alg": "RS256" });
        let claims =
            json!({ "iss": ISSUER, "sub": SUBJECT, "aud": AUDIENCE, "nbf": now() - 60, "exp": now() - 1 });
        for (what, token, expected) in [
            ("good", good.clone(), 0),
            ("again", good.clone(), 0),
            ("another issuer", key.issue("https://ci.example/", SUBJECT, AUDIENCE), 700_213),
            ("another subject", key.issue(ISSUER, "repo:contoso/reader:pull_request", AUDIENCE), 700_213),
            ("another audience", key.issue(ISSUER, SUBJECT, "https://github.com/contoso"), 700_213),
            ("another key", other.issue(ISSUER, SUBJECT, AUDIENCE), 700_027),
            ("another algorithm", key.sign(&json!({ "alg": "PS256" }), &claims), 700_027),
            ("expired", key.sign(&header, &claims), 700_024),
        ] {
            let answer = log_in(&local, &token);
            assert_eq!(code(&answer), expected, "{what}: {}", answer.text());
        }
    }
}

#[test]
fn an_assertion_is_one_with_its_type_only() {
    let local = sandbox(&json!({ "certificates": [certificate("app.pem")] }));
    let form = "grant_type=client_credentials&client_id=client&client_assertion=a.b.c";
    for rest in
        ["", "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Asaml2-bearer"]
    {
        let answer = local.log_in_with("sandbox", "oauth2/token", &format!("{form}{rest}"));
        assert_eq!((answer.status, code(&answer)), (400, 900_144), "{}", answer.text());
    }
}

#[test]
fn a_secret_expires() {
    for (end, expected) in [("2020-01-01T00:00:00Z", 7_000_222), ("2999-01-01T00:00:00Z", 0)] {
        let seed = json!({ "credentials": { "clientSecretExpires": end } });
        let form = |secret: &str| {
            format!(
                "grant_type=client_credentials&client_id=sandbox&client_secret={secret}\
                 &resource=https%3A%2F%2Fmanage.devcenter.microsoft.com"
            )
        };
        let local = Local::start_without_token(&seed);
        assert_eq!(code(&local.log_in_with("sandbox", "oauth2/token", &form("sandbox-secret"))), expected);
        assert_eq!(code(&local.log_in_with("sandbox", "oauth2/token", &form("wrong"))), 7_000_215);
    }
}

#[test]
fn keys_that_are_none_are_told() {
    let elliptic = certificate("ec.pem");
    for (credentials, told) in [
        (
            json!({ "certificates": [certificate("app.pem"), "x"] }),
            "`credentials.certificates[1]` is no certificate",
        ),
        (
            json!({ "federatedCredentials": [{ "issuer": "i", "subject": "s", "publicKey": elliptic }] }),
            "`credentials.federatedCredentials[0].publicKey` is no RSA key",
        ),
        (
            json!({ "federatedCredentials": [{ "issuer": "i", "subject": "s", "publicKey": { "kty": "EC", "n": "AQ", "e": "AQAB" } }] }),
            "`credentials.federatedCredentials[0].publicKey` is no RSA key",
        ),
        (json!({ "clientSecretExpires": "soon" }), "failed to parse"),
    ] {
        let refusal = Local::try_start(&json!({ "credentials": credentials })).err().expect("it is refused");
        assert!(refusal.to_string().contains(told), "{refusal}");
    }
}
