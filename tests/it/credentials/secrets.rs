//! Nothing secret is said on any way that fails.

use super::*;
use crate::support::plain_http::Answer;

/// In everything that is secret, and nowhere else.
const MARK: &str = "Mark3d";

/// A token whose signature is marked, for tokens can be told by their beginning otherwise.
fn marked_token() -> String {
    let token = issue(&KEY, SUBJECT);
    let (signed, _) = token.rsplit_once('.').unwrap();
    format!("{signed}.{MARK}")
}

#[track_caller]
fn says_nothing(story: &Story, variables: &Variables, ran: &Ran, tokens: &[&str]) {
    assert_ne!(ran.code, 0);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    for secret in [&[MARK], tokens].concat() {
        assert!(!said.contains(secret), "{variables:?} {said}");
    }
    // Nor is it written anywhere.
    let log = std::fs::read_to_string(story.store.data().join("requests.ndjson")).unwrap();
    assert!(!log.contains(MARK));
}

/// A login, or an OIDC endpoint, that says all it was told, in every way there is.
fn parrot(status: u16) -> impl FnMut(Passing, &dyn Fn(&Passing) -> Answer) -> Answer + Send + 'static {
    move |passing, _| {
        let fields =
            ["client_secret", "client_assertion"].map(|name| passing.field(name).unwrap_or_default());
        let shown = passing.header("authorization").unwrap_or_default().to_owned();
        let words = format!("AADSTS7000215: '{}{}' {shown} is wrong", fields[0], fields[1]);
        let headers = vec![("Location".to_owned(), format!("http://127.0.0.1:1/?{}", fields.concat()))];
        let body = json!({
            "error": words, "error_description": words, "message": words,
            "access_tokem": format!("{MARK}.token"), "valu": format!("{MARK}.token")
        });
        Answer { status, headers, body: body.to_string().into_bytes() }
    }
}

#[test]
fn a_login_that_says_what_it_was_told_is_not_quoted() {
    let story = story();
    let github = proxy(
        "nowhere",
        Box::new({
            let token = marked_token();
            move |_, _| json_answer(200, &json!({ "value": token }))
        }),
    );
    let token = marked_token();
    let signed = token.rsplit_once('.').unwrap().0.to_owned();
    let ways = [
        variables(&[("AZURE_CLIENT_SECRET", &format!("{MARK}~secret"))]),
        variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", &path_of("app.pem"))]),
        token_file(&story, &token),
        variables(&[
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &format!("{github}/?{MARK}")),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", &format!("{MARK}-request")),
        ]),
    ];
    for way in ways {
        let credential = of_application(way);
        for status in [200, 302, 400, 401, 429, 503] {
            let ran = plan_through(&story, &credential, parrot(status));
            says_nothing(&story, &credential, &ran, &[&signed, "eyJ"]);
        }
    }
    let token = variables(&[("STOREWARD_ACCESS_TOKEN", &format!("{MARK}-token"))]);
    let ran = plan_through(&story, &token, |passing, _| {
        let words = format!("the header was {}", passing.header("authorization").unwrap().len());
        json_answer(401, &json!({ "message": words }))
    });
    says_nothing(&story, &token, &ran, &[]);
}

#[test]
fn a_ci_service_that_says_what_it_was_told_is_not_quoted() {
    let story = story();
    for status in [200, 302, 401, 404, 429, 503] {
        let address = proxy("nowhere", Box::new(parrot(status)));
        for way in [
            variables(&[
                ("ACTIONS_ID_TOKEN_REQUEST_URL", &format!("{address}/?{MARK}")),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", &format!("{MARK}-request")),
            ]),
            variables(&[
                ("SYSTEM_OIDCREQUESTURI", &format!("{address}/{MARK}")),
                ("SYSTEM_ACCESSTOKEN", &format!("{MARK}-access")),
                ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "connection-1"),
            ]),
        ] {
            let credential = of_application(way);
            let ran = plan(&story, &credential);
            says_nothing(&story, &credential, &ran, &[]);
        }
    }
    // Nobody there.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, exit) in [(format!("http://{gone}/?{MARK}"), 1), (format!("http://{MARK}:x/"), 64)] {
        let credential = of_application(variables(&[
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", &format!("{MARK}-request")),
        ]));
        let ran = plan(&story, &credential).ended(exit);
        says_nothing(&story, &credential, &ran, &[]);
    }
}

#[test]
fn what_lies_in_the_wrong_place_is_not_quoted() {
    let story = story();
    let key = std::fs::read_to_string(fixture("app.pem")).unwrap();
    let body = key.lines().nth(1).unwrap().to_owned();
    let broken = key.replace("\nMII", &format!("\n*{MARK}"));
    story.write("broken.pem", broken);
    story.write("broken.jwt", format!("{MARK} {MARK}"));
    for way in [
        variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", &key)]),
        variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", MARK)]),
        variables(&[("AZURE_CLIENT_CERTIFICATE_PATH", "broken.pem")]),
        variables(&[("AZURE_FEDERATED_TOKEN_FILE", &marked_token())]),
        variables(&[("AZURE_FEDERATED_TOKEN_FILE", MARK)]),
        variables(&[("AZURE_FEDERATED_TOKEN_FILE", "broken.jwt")]),
    ] {
        let credential = of_application(way);
        let ran = plan(&story, &credential).ended(10);
        says_nothing(&story, &credential, &ran, &["eyJ", &body]);
    }
    for value in [format!("{MARK} {MARK}"), format!("{MARK}\u{e9}")] {
        let credential = variables(&[("STOREWARD_ACCESS_TOKEN", &value)]);
        says_nothing(&story, &credential, &plan(&story, &credential).ended(10), &[]);
    }
}

#[cfg(unix)]
#[test]
fn what_the_azure_cli_prints_is_not_quoted() {
    for script in [
        format!("echo '{MARK}'"),
        format!("echo '{{\"accessTokem\": \"{MARK}\"}}'"),
        format!("echo '{{\"accessToken\": \"{MARK}\"'"),
        format!("echo '{MARK}'; echo 'ERROR: {MARK} AADSTS1: {MARK}, az login' >&2; exit 1"),
        format!("echo '{{\"accessToken\": \"{MARK}\"}}'; exit 7"),
        // A token that the Store does not take.
        format!("echo '{{\"accessToken\": \"{MARK}\"}}'"),
    ] {
        let story = story();
        azure_cli::install(&story, &script);
        let ran = plan(&story, &Vec::new()).ended(10);
        says_nothing(&story, &Vec::new(), &ran, &[]);
    }
}
