//! What is said where there is no credential, or the login service refuses it.

use super::*;

/// What a run said on standard error, without what differs from run to run.
fn told(what: &str, ran: &Ran) -> String {
    assert_eq!(ran.stdout, "", "{what}");
    format!("# {what}: exit {}\n{}\n", ran.code, ran.stderr)
}

#[test]
fn what_is_missing_is_told() {
    let story = story();
    let some = |names: &[&str]| -> Variables {
        names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect()
    };
    let key = std::fs::read_to_string(fixture("app.pem")).unwrap();
    let mut said = String::new();
    for (what, variables) in [
        ("nothing is set", Vec::new()),
        ("an application without its tenant", some(&["AZURE_CLIENT_ID"])),
        ("a tenant without its application", some(&["AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"])),
        ("a secret alone", some(&["AZURE_CLIENT_SECRET"])),
        ("nothing that proves the application", application()),
        (
            "a job of Azure Pipelines without its token",
            of_application(some(&["SYSTEM_OIDCREQUESTURI", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"])),
        ),
        (
            "a certificate in place of its path",
            of_application(variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", &key)])),
        ),
        ("a token with a blank in it", variables(&[("STOREWARD_ACCESS_TOKEN", "Bearer x")])),
    ] {
        said.push_str(&told(what, &plan(&story, &variables).ended(10)));
    }
    insta::assert_snapshot!("what_is_missing", said);
}

#[test]
fn files_that_cannot_be_used_are_told() {
    let story = story();
    let certificate = |name: &str| variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", name)]);
    story.write("text.pem", "hello");
    let mut said = String::new();
    for (what, variables) in [
        ("no certificate", certificate("nowhere.pem")),
        ("a certificate that is none", certificate("text.pem")),
        ("an encrypted key", certificate(&path_of("app-encrypted.pem"))),
        ("a key of another kind", certificate(&path_of("ec.pem"))),
        ("a key of another certificate", certificate(&path_of("mismatched.pem"))),
        ("no token", variables(&[("AZURE_FEDERATED_TOKEN_FILE", "nowhere.jwt")])),
        ("a token that is none", variables(&[("AZURE_FEDERATED_TOKEN_FILE", "text.pem")])),
    ] {
        said.push_str(&told(what, &plan(&story, &of_application(variables)).ended(10)));
    }
    assert!(story.store.requests().iter().skip(1).all(|request| request["method"] == "GET"));
    insta::assert_snapshot!("files", said);
}

/// What the login itself refuses.
#[test]
fn every_refusal_of_the_login_is_explained() {
    let mut expired = accepted();
    expired["clientSecretExpires"] = json!("2020-01-01T00:00:00Z");
    let (story, expired) = (story(), {
        // A sandbox whose secret has expired gives nobody a token.
        let mut seed = things::account();
        seed["credentials"] = expired;
        crate::support::local::Local::start_without_token(&seed)
    });
    let secret = |secret: &str| variables(&[("AZURE_CLIENT_SECRET", secret)]);
    let certificate = |name: &str| variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", &path_of(name))]);
    let of =
        |tenant: &str, client: &str| variables(&[("AZURE_TENANT_ID", tenant), ("AZURE_CLIENT_ID", client)]);
    let token = |token: &str, name: &str| {
        story.write(name, token);
        variables(&[("AZURE_FEDERATED_TOKEN_FILE", name)])
    };
    let old = KEY.sign(
        &json!({ "alg": "RS256" }),
        &json!({ "iss": "https://file.example", "sub": SUBJECT, "aud": AUDIENCE, "nbf": 1_700_000_000, "exp": 1_700_000_300 }),
    );
    let pull_request = issue(&KEY, "repo:contoso/reader:pull_request");
    let foreign = KEY.issue("https://elsewhere.example", SUBJECT, AUDIENCE);
    let forged = issue(&Key::new(), SUBJECT);
    let mut said = String::new();
    for (code, variables) in [
        (7_000_215, of_application(secret("the-id-of-the-secret"))),
        (700_016, [of(TENANT, "11111111-2222-3333-4444-555555555555"), secret("another~secret")].concat()),
        (90_002, [of("nowhere.example", CLIENT), secret("another~secret")].concat()),
        (700_027, of_application(certificate("other.pem"))),
        (700_027, of_application(token(&forged, "forged.jwt"))),
        (700_024, of_application(token(&old, "old.jwt"))),
        (700_213, of_application(token(&pull_request, "pull-request.jwt"))),
        (700_213, of_application(token(&foreign, "foreign.jwt"))),
    ] {
        said.push_str(&told(
            &code.to_string(),
            &plan(&story, &variables).ended(10).says(&format!("AADSTS{code}: ")),
        ));
    }
    let mut command = command(&story, &of_application(secret("~good+secret/=")), &["plan"]);
    let ran = run(command.env("STOREWARD_LOGIN_URL", &expired.endpoints.login));
    said.push_str(&told("7000222", &ran.ended(10).says("AADSTS7000222: ")));
    // Behind somebody who passes requests on, an assertion is for another address.
    let ran =
        plan_through(&story, &of_application(certificate("app.pem")), |passing, forward| forward(&passing));
    said.push_str(&told("700023", &ran.ended(10).says("AADSTS700023: ")));
    insta::with_settings!({ filters => vec![(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME")] }, {
        insta::assert_snapshot!("login", said);
    });
}

/// What a login of the sandbox never says to this client.
#[test]
fn codes_from_elsewhere_are_explained_as_well() {
    let story = story();
    let secret = of_application(variables(&[("AZURE_CLIENT_SECRET", "another~secret")]));
    let mut said = String::new();
    for (code, status, exit, times) in [
        (500_011, 400, 10, 1),
        (7_000_218, 401, 10, 1),
        (700_021, 401, 10, 1),
        (70_021, 400, 10, 1),
        (900_023, 400, 10, 1),
        (424_242, 400, 10, 1),
        (50_196, 400, 1, 5),
        (50_196, 429, 1, 5),
        (7_000_215, 429, 1, 5),
        (90_033, 503, 1, 5),
    ] {
        let asked = std::sync::Arc::new(std::sync::Mutex::new(0));
        let count = std::sync::Arc::clone(&asked);
        let ran = plan_through(&story, &secret, move |_, _| {
            *count.lock().unwrap() += 1;
            let words =
                format!("AADSTS{code}: The service's own words. Trace ID: 1 Correlation ID: 2 Timestamp: 3");
            json_answer(status, &json!({ "error": "x", "error_description": words, "error_codes": [code] }))
        });
        said.push_str(&told(&format!("{code} with {status}"), &ran.ended(exit)));
        assert_eq!(*asked.lock().unwrap(), times, "{code}");
    }
    insta::assert_snapshot!("codes_from_elsewhere", said);
}

#[test]
fn a_token_of_others_that_has_ended_is_told_from_a_missing_role() {
    let story = story();
    let token = variables(&[("STOREWARD_ACCESS_TOKEN", "ended")]);
    let mut said = told("the token has ended", &plan(&story, &token).ended(10));
    let ran = plan_through(&story, &token, |_, _| {
        json_answer(
            401,
            &json!({ "code": "Unauthorized", "message": "Authorization: Account is not allowed to access this api" }),
        )
    });
    said.push_str(&told("the role is missing", &ran.ended(10)));
    insta::with_settings!({ filters => vec![(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID")] }, {
        insta::assert_snapshot!("the_store_refuses", said);
    });
}
