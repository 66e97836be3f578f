//! The OIDC endpoints of CI services: their moods, and where what is shown to them must not go.

use std::sync::{Arc, Mutex};

use super::*;
use crate::support::plain_http::Answer;

/// An endpoint that answers like this, in the variables of GitHub and of Azure Pipelines; and how often it was asked.
fn endpoint(
    mut answer: impl FnMut(usize) -> Answer + Send + 'static,
) -> (Variables, Variables, Arc<Mutex<usize>>) {
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let meddle = move |_: Passing, _: &dyn Fn(&Passing) -> Answer| {
        let mut count = count.lock().unwrap();
        *count += 1;
        answer(*count)
    };
    let (address, issued) = (proxy("nowhere", Box::new(meddle)), Arc::default());
    let oidc = Oidc { address, issued };
    let both = (oidc.variables_of_github(), oidc.variables_of_azure_pipelines());
    (of_application(both.0), of_application(both.1), asked)
}

#[test]
fn an_endpoint_in_trouble_is_asked_again_and_one_that_refuses_is_not() {
    let story = story();
    let (github, pipelines, asked) = endpoint(|nth| match nth % 3 {
        1 => json_answer(503, &json!({})),
        2 => json_answer(429, &json!({})),
        _ => {
            let token = KEY.issue("https://github.example", SUBJECT, AUDIENCE);
            json_answer(200, &json!({ "value": token, "oidcToken": token }))
        }
    });
    plan(&story, &github).ended(0);
    plan(&story, &pipelines).ended(0);
    assert_eq!(*asked.lock().unwrap(), 6);

    let mut said = String::new();
    for (what, status, body, exit, times) in [
        ("in trouble", 503, json!({}), 1, 5),
        ("refused", 403, json!({ "message": "no" }), 10, 1),
        ("without a token", 200, json!({ "value": "", "oidcToken": null }), 10, 1),
    ] {
        let (github, pipelines, asked) = endpoint(move |_| json_answer(status, &body));
        for variables in [github, pipelines] {
            said.push_str(&format!("# {what}\n{}\n", plan(&story, &variables).ended(exit).stderr));
        }
        assert_eq!(*asked.lock().unwrap(), 2 * times, "{what}");
    }
    insta::assert_snapshot!("ci_services", said);
}

#[test]
fn what_is_secret_does_not_follow_a_redirect() {
    let story = story();
    let elsewhere = Arc::new(Mutex::new(0));
    let count = Arc::clone(&elsewhere);
    let thief = proxy(
        "nowhere",
        Box::new(move |_, _| {
            *count.lock().unwrap() += 1;
            json_answer(200, &json!({ "value": "a.b.c", "oidcToken": "a.b.c", "access_token": "t" }))
        }),
    );
    for status in [301, 302, 303, 307, 308] {
        let to_thief = Answer {
            status,
            headers: vec![("Location".to_owned(), format!("{thief}/steal"))],
            body: Vec::new(),
        };
        let answer = to_thief.clone();
        let (github, pipelines, _) = endpoint(move |_| answer.clone());
        plan(&story, &github).ended(10).says("a redirect, which is not followed");
        plan(&story, &pipelines).ended(10).says("a redirect, which is not followed");
        let secret = of_application(variables(&[("AZURE_CLIENT_SECRET", "~good+secret/=")]));
        plan_through(&story, &secret, move |_, _| to_thief.clone())
            .ended(1)
            .says("a redirect, which is not followed");
    }
    assert_eq!(*elsewhere.lock().unwrap(), 0);
}

#[test]
fn what_is_secret_does_not_travel_in_the_clear() {
    let story = story();
    for (github, url) in [(true, "ACTIONS_ID_TOKEN_REQUEST_URL"), (false, "SYSTEM_OIDCREQUESTURI")] {
        for address in
            ["http://ci.example/token?job=7", "http://127.0.0.1.ci.example", "ftp://127.0.0.1/token"]
        {
            let (of_github, of_pipelines, _) = endpoint(|_| unreachable!());
            let mut variables = if github { of_github } else { of_pipelines };
            variables.iter_mut().find(|(name, _)| name == url).unwrap().1 = address.to_owned();
            plan(&story, &variables).ended(64).says("must begin with https://");
        }
    }
}

#[test]
fn waits_are_shortened_only_where_all_services_are_on_this_machine() {
    let story = story();
    let (mut variables, _, _) = endpoint(|_| unreachable!());
    variables.iter_mut().find(|(name, _)| name == "ACTIONS_ID_TOKEN_REQUEST_URL").unwrap().1 =
        "https://ci.example/token".to_owned();
    plan(&story, &variables).ended(64).says("STOREWARD_TIME_SCALE");
}
