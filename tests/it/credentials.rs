//! Every credential through the real binary, and what is said where one does not do.

mod azure_cli;
mod ci_services;
mod doctor;
mod refusals;
mod renewal;
mod secrets;

use std::process::Command;

use serde_json::{Value, json};

use crate::support::jwt::{Key, certificate, fixture};
use crate::support::oidc::{AUDIENCE, KEY, Oidc, SUBJECT, json_answer};
use crate::support::proxy::{Passing, proxy};
use crate::support::story::{Ran, Story, run, storeward};
use crate::support::things::{self, APP};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";
const TENANT: &str = "contoso.example";
const CLIENT: &str = "2f877daa-b6f5-42a3-8430-acf238b234e1";

/// Variables with their values.
type Variables = Vec<(String, String)>;

fn variables(pairs: &[(&str, &str)]) -> Variables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn application() -> Variables {
    variables(&[("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", CLIENT)])
}

fn of_application(more: Variables) -> Variables {
    [application(), more].concat()
}

fn path_of(name: &str) -> String {
    fixture(name).to_str().unwrap().to_owned()
}

/// What the login accepts: a secret, a certificate, and tokens of a file's issuer, of GitHub and of Azure Pipelines.
fn accepted() -> Value {
    let federated = |issuer: &str| json!({ "issuer": issuer, "subject": SUBJECT, "publicKey": KEY.jwk() });
    json!({
        "tenantId": TENANT,
        "clientId": CLIENT,
        "clientSecret": "~good+secret/=",
        "certificates": [certificate("app.pem")],
        "federatedCredentials": [
            federated("https://file.example"), federated("https://github.example"), federated("https://pipelines.example")
        ]
    })
}

/// A story whose login accepts these. `bin` is all that is on PATH.
fn story_with(credentials: &Value) -> Story {
    let mut seed = things::account();
    seed["credentials"] = credentials.clone();
    let story = Story::with_seed(&seed, TEXTS);
    std::fs::create_dir(story.path("bin")).unwrap();
    story
}

fn story() -> Story {
    story_with(&accepted())
}

/// The binary with these variables and no others.
fn command(story: &Story, variables: &Variables, arguments: &[&str]) -> Command {
    let mut command = storeward(story.repo.path());
    command
        .args(arguments)
        .env("PATH", story.path("bin"))
        .env("STOREWARD_API_URL", &story.store.endpoints.api)
        .env("STOREWARD_LOGIN_URL", &story.store.endpoints.login)
        .env("STOREWARD_TIME_SCALE", "0.01")
        .envs(variables.iter().cloned());
    command
}

fn doctor(story: &Story, variables: &Variables, arguments: &[&str]) -> Ran {
    run(&mut command(story, variables, &[&["doctor"], arguments].concat()))
}

fn plan(story: &Story, variables: &Variables) -> Ran {
    run(&mut command(story, variables, &["plan"]))
}

/// Runs with login and API behind a meddler.
fn plan_through(
    story: &Story,
    variables: &Variables,
    meddle: impl FnMut(
        Passing,
        &dyn Fn(&Passing) -> crate::support::plain_http::Answer,
    ) -> crate::support::plain_http::Answer
    + Send
    + 'static,
) -> Ran {
    let address = proxy(story.store.endpoints.login.trim_end_matches('/'), Box::new(meddle));
    let mut command = command(story, variables, &["plan"]);
    run(command.env("STOREWARD_API_URL", format!("{address}/v1.0/my")).env("STOREWARD_LOGIN_URL", address))
}

/// A token in a file, with the line end that a shell leaves.
fn token_file(story: &Story, token: &str) -> Variables {
    story.write("token.jwt", format!("{token}\n"));
    variables(&[("AZURE_FEDERATED_TOKEN_FILE", "token.jwt")])
}

fn issue(key: &Key, subject: &str) -> String {
    key.issue("https://file.example", subject, AUDIENCE)
}

#[test]
fn every_credential_opens_the_store() {
    let story = story();
    let (github, pipelines) = (Oidc::github(), Oidc::azure_pipelines());
    let certificate = |name: &str| variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", &path_of(name))]);
    for credential in [
        variables(&[("STOREWARD_ACCESS_TOKEN", &format!("{}\r\n", story.store.token))]),
        of_application(variables(&[("AZURE_CLIENT_SECRET", "~good+secret/=\r\n")])),
        of_application(certificate("app.pem")),
        of_application(certificate("app-pkcs1.pem")),
        of_application(certificate("app-from-pfx.pem")),
        of_application(token_file(&story, &issue(&KEY, SUBJECT))),
        of_application(github.variables_of_github()),
        of_application(pipelines.variables_of_azure_pipelines()),
        // A task of a service connection says itself which application it is.
        [
            variables(&[("AZURESUBSCRIPTION_TENANT_ID", TENANT), ("AZURESUBSCRIPTION_CLIENT_ID", CLIENT)]),
            pipelines.variables_of_azure_pipelines(),
        ]
        .concat(),
    ] {
        plan(&story, &credential).ended(0).says("New words.");
    }
    assert_eq!(github.issued.lock().unwrap().len(), 1);
    assert_eq!(pipelines.issued.lock().unwrap().len(), 2);
}

/// Which credential a run comes with, by what it sends first.
fn used(story: &Story, variables: &Variables) -> String {
    let (tell, told) = std::sync::mpsc::channel();
    plan_through(story, variables, move |passing, _| {
        let assertion = passing.field("client_assertion");
        let word = match (passing.field("client_secret"), assertion, passing.header("authorization")) {
            (Some(_), None, None) => "secret".to_owned(),
            (None, Some(assertion), None) => {
                crate::support::jwt::claims(&assertion)["iss"].as_str().unwrap().to_owned()
            }
            (None, None, Some(header)) => header.to_owned(),
            other => panic!("{other:?}"),
        };
        // Repetitions tell the same, when nobody listens any more.
        let _ = tell.send(word);
        json_answer(401, &json!({ "error_description": "AADSTS7000215: no" }))
    })
    .ended(10);
    told.recv().unwrap()
}

#[cfg(unix)]
#[test]
fn the_first_credential_that_is_there_is_used() {
    let story = story();
    let (github, pipelines) = (Oidc::github(), Oidc::azure_pipelines());
    azure_cli::install(&story, r#"printf '{"accessToken": "of-az"}'"#);
    let ways = [
        ("Bearer given", variables(&[("STOREWARD_ACCESS_TOKEN", "given")])),
        ("secret", variables(&[("AZURE_CLIENT_SECRET", "s")])),
        (CLIENT, variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", &path_of("app.pem"))])),
        ("https://file.example", token_file(&story, &issue(&KEY, SUBJECT))),
        ("https://github.example", github.variables_of_github()),
        ("https://pipelines.example", pipelines.variables_of_azure_pipelines()),
    ];
    for (at, (expected, _)) in ways.iter().enumerate() {
        let there: Variables = ways[at..].iter().flat_map(|(_, variables)| variables.clone()).collect();
        assert_eq!(used(&story, &of_application(there)), *expected);
    }
    // What is empty or blank is not there.
    let mut blank: Variables = ways
        .iter()
        .flat_map(|(_, variables)| variables.clone())
        .map(|(name, _)| (name, " \n".to_owned()))
        .collect();
    blank.extend(variables(&[("AZURE_TENANT_ID", ""), ("AZURE_CLIENT_ID", "  ")]));
    assert_eq!(used(&story, &blank), "Bearer of-az");
    // CI services set theirs for every job.
    let ambient = [github.variables_of_github(), pipelines.variables_of_azure_pipelines()].concat();
    assert_eq!(used(&story, &ambient), "Bearer of-az");
}

#[test]
fn paths_begin_where_the_command_runs() {
    let story = story();
    std::fs::copy(fixture("app.pem"), story.path("app.pem")).unwrap();
    let credential = of_application(variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem")]));
    plan(&story, &credential).ended(0);
    assert_eq!(story.app()["id"], APP);
}
