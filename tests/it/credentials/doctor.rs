//! `storeward doctor`: what it says of each thing that can be wrong, and what it never says.

use super::*;

/// In everything that is secret, and nowhere else.
const MARK: &str = "Mark3d";

fn secret(value: &str) -> Variables {
    of_application(variables(&[("AZURE_CLIENT_SECRET", value)]))
}

/// The steps as JSON, without what differs from run to run.
fn steps(ran: &Ran) -> Vec<(String, String)> {
    let steps = ran.json()["steps"].as_array().unwrap().clone();
    let text = |step: &Value, key: &str| step[key].as_str().unwrap().to_owned();
    steps.iter().map(|step| (text(step, "name"), text(step, "outcome"))).collect()
}

fn outcome(ran: &Ran, name: &str) -> String {
    steps(ran)
        .into_iter()
        .filter(|(step, _)| step == name)
        .map(|(_, outcome)| outcome)
        .collect::<Vec<_>>()
        .join(" ")
}

fn without_times(text: &str) -> String {
    let millis = text
        .split_inclusive("answers, in ")
        .map(|piece| piece.trim_start_matches(|c: char| c.is_ascii_digit()));
    millis.collect::<String>()
}

#[test]
fn all_is_well() {
    let story = story();
    let ran = doctor(&story, &secret("~good+secret/="), &[]).ended(0);
    insta::assert_snapshot!("doctor_well", without_times(&ran.stdout));
    assert_eq!(ran.stderr, "");
    let changing = story.store.requests().iter().skip(1).filter(|request| request["method"] != "GET").count();
    assert_eq!(changing, 1, "the request for a token alone");
    let json = doctor(&story, &secret("~good+secret/="), &["--output", "json"]).ended(0);
    assert_eq!(json.json()["ok"], json!(true));
    run(&mut command(&story, &Vec::new(), &["doctor", "--sandbox=box"]))
        .ended(0)
        .says("the one of the sandbox");
}

#[test]
fn each_thing_that_is_wrong_is_told_with_what_to_do() {
    let story = story();
    let dead =
        |name: &str| [secret("~good+secret/="), variables(&[(name, "http://127.0.0.1:1/v1.0/my")])].concat();
    let mut said = String::new();
    for (what, code, variables) in [
        ("nothing is set", 10, Vec::new()),
        ("another secret", 10, secret("another")),
        ("a secret with a line end", 0, secret("~good+secret/=\r\n")),
        ("the id of a secret", 10, secret("2f877daa-b6f5-42a3-8430-acf238b234e1")),
        ("an unknown tenant", 10, [secret("x"), variables(&[("AZURE_TENANT_ID", "nobody")])].concat()),
        ("a dead login", 1, dead("STOREWARD_LOGIN_URL")),
        ("a dead API", 1, dead("STOREWARD_API_URL")),
        ("no address", 64, [secret("x"), variables(&[("STOREWARD_API_URL", "devcenter")])].concat()),
        (
            "plain http",
            64,
            [secret("x"), variables(&[("STOREWARD_LOGIN_URL", "http://login.example")])].concat(),
        ),
        ("a token of nobody", 10, variables(&[("STOREWARD_ACCESS_TOKEN", "opaque")])),
        ("an expired token", 10, variables(&[("STOREWARD_ACCESS_TOKEN", &expired())])),
    ] {
        let ran = doctor(&story, &variables, &[]).ended(code);
        assert_eq!(ran.stderr, "", "{what}");
        said.push_str(&format!("# {what}: exit {code}\n{}\n", without_times(&ran.stdout)));
    }
    insta::with_settings!({ filters => vec![(r"correlation id [0-9a-f-]{36}", "correlation id …"), (r"http://127\.0\.0\.1\b", "http://host")] }, {
        insta::assert_snapshot!("doctor_wrong", said);
    });
}

/// A token that says of itself that it is no longer good.
fn expired() -> String {
    KEY.sign(
        &json!({ "alg": "RS256", "typ": "JWT" }),
        &json!({ "exp": 1_700_000_000, "aud": "https://manage.devcenter.microsoft.com" }),
    )
}

#[test]
fn an_account_that_refuses_or_shows_nothing_is_told() {
    let story = story();
    let refusal = json!({ "on": { "operation": "list-apps" }, "do": [{ "answer": { "status": 403 } }] });
    story.store.fault("role", &refusal);
    let ran = doctor(&story, &secret("~good+secret/="), &["--output", "json"]).ended(10);
    assert_eq!((outcome(&ran, "token").as_str(), outcome(&ran, "Store").as_str()), ("ok", "failed"));
    ran.says("with the role Manager");
}

#[test]
fn what_needs_a_step_that_failed_is_skipped() {
    let story = story();
    let ran = doctor(&story, &secret("another"), &["--output", "json"]).ended(10);
    assert_eq!((outcome(&ran, "token").as_str(), outcome(&ran, "Store").as_str()), ("failed", "skipped"));
    let ran = doctor(&story, &Vec::new(), &["--output", "json"]).ended(10);
    assert_eq!((outcome(&ran, "login").as_str(), outcome(&ran, "token").as_str()), ("ok", "skipped"));
    let nowhere = [secret("x"), variables(&[("STOREWARD_API_URL", "https://store.example")])].concat();
    let ran = doctor(&story, &nowhere, &["--output", "json"]).ended(64);
    assert_eq!(outcome(&ran, "login"), "skipped");
    ran.says("does not end in /v1.0/my");
}

#[test]
fn nothing_secret_is_said() {
    let story = story();
    let key = std::fs::read_to_string(fixture("app.pem")).unwrap();
    for credential in [
        secret(&format!("{MARK}~secret")),
        secret(&format!("\"{MARK}\"")),
        variables(&[("STOREWARD_ACCESS_TOKEN", &format!("{MARK}.token.x"))]),
        variables(&[("STOREWARD_ACCESS_TOKEN", &format!("{MARK} token"))]),
        of_application(variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", &key)])),
        [secret(MARK), variables(&[("HTTPS_PROXY", &format!("http://user:{MARK}@127.0.0.1:9"))])].concat(),
        [secret(MARK), variables(&[("HTTPS_PROXY", MARK)])].concat(),
    ] {
        for form in ["text", "json"] {
            let ran = doctor(&story, &credential, &["--output", form, "-v"]);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!said.contains(MARK) && !said.contains("BEGIN PRIVATE"), "{said}");
        }
    }
}
