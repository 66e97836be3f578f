//! The token request itself: one form that is posted to Entra, with a secret or an assertion in it.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;

use super::error::{AuthError, Service};
use super::request::{Failure, fetch, seconds};
use super::tokens::Token;
use super::{Proof, RESOURCE, codes};

/// How long a token is taken for good where its answer does not say.
const USUAL: Duration = Duration::from_hours(1);

/// Where tokens of a tenant are asked for.
pub(super) fn endpoint(login: &Url, tenant: &str) -> Result<Url, Failure> {
    let mut url = login.clone();
    url.path_segments_mut()
        .map_err(|()| unusable("its address cannot have a path"))?
        .pop_if_empty()
        .extend([tenant, "oauth2", "v2.0", "token"]);
    Ok(url)
}

fn unusable(reason: &str) -> Failure {
    Failure::lasting(AuthError::Unavailable { service: Service::Login, reason: reason.to_owned() })
}

/// Asks for a token. An assertion is made for this request, because those of others live for minutes only.
pub(super) async fn ask(
    client: &reqwest::Client,
    url: Url,
    client_id: &str,
    proof: &Proof,
    now: Timestamp,
) -> Result<Token, Failure> {
    let scope = format!("{RESOURCE}/.default");
    let proven = proof.secret(client, client_id, url.as_str(), now).await?;
    let mut form =
        vec![("grant_type", "client_credentials"), ("client_id", client_id), ("scope", scope.as_str())];
    match proof {
        Proof::ClientSecret(_) => form.push(("client_secret", proven.expose_secret())),
        _ => form.extend([
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", proven.expose_secret()),
        ]),
    }
    let request = client.post(url).timeout(Duration::from_mins(1)).form(&form);
    let answer = fetch(Service::Login, request).await?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match answer.status {
        200 => read(&body).ok_or_else(|| unusable("its answer holds no token")),
        300..400 => {
            Err(unusable(&format!("it answered with {}, a redirect, which is not followed", answer.status)))
        }
        status => {
            let pause = answer.pause(description(&body));
            let error = answer.trouble(Service::Login).unwrap_or_else(|| refusal(status, &body, &proven));
            let again = (!error.is_of_the_credential()).then_some(pause);
            Err(Failure { error, again })
        }
    }
}

fn description(answer: &Value) -> Option<&str> {
    answer.get("error_description").and_then(Value::as_str)
}

/// The number after `AADSTS`.
fn code(answer: &Value) -> Option<u32> {
    let listed = || answer.pointer("/error_codes/0")?.as_u64()?.try_into().ok();
    description(answer).and_then(codes::named_in).or_else(listed)
}

/// Reads v1 answers, whose numbers are texts, and v2 answers, whose numbers are numbers.
fn read(answer: &Value) -> Option<Token> {
    let value = answer.get("access_token")?.as_str()?.to_owned().into();
    let lifetime = answer.get("expires_in").and_then(seconds).map_or(USUAL, Duration::from_secs);
    Some(Token::lasting(value, lifetime))
}

fn refusal(status: u16, answer: &Value, secret: &SecretString) -> AuthError {
    let code = code(answer);
    let known = code.and_then(codes::find);
    let words = first_words(description(answer).unwrap_or_default(), secret.expose_secret().trim());
    let description = match (words.is_empty(), code, known) {
        (false, ..) => words,
        (true, Some(number), Some(code)) => format!("AADSTS{number}: {}", code.meaning),
        (true, Some(number), None) => format!("AADSTS{number}"),
        (true, None, _) => format!("it answered with {status}"),
    };
    if known.is_some_and(|code| code.passes) {
        return AuthError::Throttled { service: Service::Login, reason: description };
    }
    AuthError::Refused { code, description }
}

/// What a person has to know of a description: its first line, without ids for support, and nothing secret.
fn first_words(description: &str, secret: &str) -> String {
    let first = description.lines().next().unwrap_or_default().split(" Trace ID:").next().unwrap_or_default();
    let first = if secret.is_empty() { first.to_owned() } else { first.replace(secret, "(hidden)") };
    // Every JWT begins like this, whoever it is for.
    let hidden = |word: &str| match word.find("eyJ") {
        Some(at) => format!("{}(hidden)", &word[..at]),
        None => word.to_owned(),
    };
    first.split(' ').map(hidden).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn both_kinds_of_answers_are_read() {
        for answer in [
            json!({"access_token": "t", "expires_in": "3599"}),
            json!({"access_token": "t", "expires_in": 3599}),
        ] {
            let left = read(&answer).unwrap().renew_at - Instant::now();
            assert!(left > Duration::from_secs(3290) && left < Duration::from_mins(55), "{left:?}");
        }
        assert!(read(&json!({"expires_in": 1})).is_none());
    }

    #[test]
    fn no_lifetime_is_too_long_or_too_short_to_be_kept() {
        for seconds in [0, u64::MAX] {
            let token = read(&json!({"access_token": "t", "expires_in": seconds})).unwrap();
            assert_eq!(token.renew_at > Instant::now(), seconds > 0);
        }
    }

    #[test]
    fn a_refusal_tells_the_code_and_no_secret() {
        let answer = json!({"error_description": "AADSTS7000215: Invalid client secret 's3cret' provided. Trace ID: x"});
        let error = refusal(401, &answer, &"s3cret\n".to_owned().into());
        assert!(error.remedy().contains("AZURE_CLIENT_SECRET is wrong"));
        assert_eq!(
            error.to_string(),
            "the login service refused the credential: AADSTS7000215: Invalid client secret '(hidden)' provided."
        );
    }

    #[test]
    fn a_code_without_words_is_put_into_words() {
        let secret = "s".to_owned().into();
        let said = |answer: &Value| refusal(400, answer, &secret).to_string();
        assert!(said(&json!({"error_codes": [90_002]})).ends_with("AADSTS90002: there is no such tenant"));
        assert!(said(&json!({"error_codes": [1]})).ends_with(": AADSTS1"));
        assert!(said(&json!({"error_codes": ["x"]})).ends_with(": it answered with 400"));
        assert!(said(&json!(null)).ends_with(": it answered with 400"));
    }

    #[test]
    fn a_code_that_passes_says_nothing_of_the_credential() {
        let answer = json!({"error_description": "AADSTS50196: client request loop"});
        let error = refusal(400, &answer, &"s".to_owned().into());
        assert!(matches!(error, AuthError::Throttled { .. }), "{error}");
    }

    #[test]
    fn no_token_is_said_whoever_it_is_of() {
        let words = "AADSTS50027: Invalid token 'eyJhbGciOi.eyJpc3Mi.c2ln', see eyJ";
        assert_eq!(first_words(words, ""), "AADSTS50027: Invalid token '(hidden) see (hidden)");
    }
}
