//! The OIDC endpoints of CI services: they check what they are asked with, and issue a new token each time.

use std::sync::{Arc, LazyLock, Mutex};

use serde_json::{Value, json};

use super::jwt::Key;
use super::plain_http::Answer;
use super::proxy::{Passing, proxy};

/// The audience of tokens for Entra.
pub(crate) const AUDIENCE: &str = "api://AzureADTokenExchange";
/// Whom the tokens are of, whichever endpoint issues them.
pub(crate) const SUBJECT: &str = "repo:contoso/reader:environment:store";
/// What the issuers sign with.
pub(crate) static KEY: LazyLock<Key> = LazyLock::new(Key::new);

/// An endpoint that runs.
pub(crate) struct Oidc {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    /// The tokens that it issued.
    pub(crate) issued: Arc<Mutex<Vec<String>>>,
}

impl Oidc {
    /// Starts one that answers in this way.
    fn start(answer: impl Fn(&Passing) -> Option<(&'static str, String)> + Send + 'static) -> Self {
        let issued = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&issued);
        let meddle = move |passing: Passing, _: &dyn Fn(&Passing) -> Answer| match answer(&passing) {
            Some((member, token)) => {
                log.lock().unwrap().push(token.clone());
                json_answer(200, &json!({ "count": 1, member: token }))
            }
            None => json_answer(401, &json!({ "message": format!("not like this: {passing:?}") })),
        };
        Self { address: proxy("nowhere", Box::new(meddle)), issued }
    }

    /// GitHub's, at which jobs show `request-token`. Its issuer is `https://github.example`.
    pub(crate) fn github() -> Self {
        Self::start(|passing| {
            let good = passing.method == "GET"
                && passing.target.starts_with("/token?job=7&")
                && passing.header("authorization") == Some("Bearer request-token")
                && passing.field("audience").as_deref() == Some(AUDIENCE);
            good.then(|| ("value", KEY.issue("https://github.example", SUBJECT, AUDIENCE)))
        })
    }

    /// What GitHub sets for a job that may ask.
    pub(crate) fn variables_of_github(&self) -> Vec<(String, String)> {
        vec![
            ("ACTIONS_ID_TOKEN_REQUEST_URL".into(), format!("{}/token?job=7", self.address)),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN".into(), "request-token".into()),
        ]
    }

    /// The one of Azure Pipelines, at which jobs show `access-token`. Its issuer is `https://pipelines.example`.
    pub(crate) fn azure_pipelines() -> Self {
        Self::start(|passing| {
            let good = passing.is("POST", "/oidctoken")
                && passing.header("authorization") == Some("Bearer access-token")
                && passing.header("content-length") == Some("0")
                && passing.header("content-type") == Some("application/json")
                && passing.header("x-tfs-fedauthredirect") == Some("Suppress")
                && passing.field("api-version").as_deref() == Some("7.1")
                && passing.field("serviceConnectionId").as_deref() == Some("connection-1");
            good.then(|| ("oidcToken", KEY.issue("https://pipelines.example", SUBJECT, AUDIENCE)))
        })
    }

    /// What Azure Pipelines sets for a job that may ask.
    pub(crate) fn variables_of_azure_pipelines(&self) -> Vec<(String, String)> {
        vec![
            ("SYSTEM_OIDCREQUESTURI".into(), format!("{}/plan/1/oidctoken", self.address)),
            ("SYSTEM_ACCESSTOKEN".into(), "access-token".into()),
            ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID".into(), "connection-1".into()),
        ]
    }
}

/// A JSON answer.
pub(crate) fn json_answer(status: u16, body: &Value) -> Answer {
    Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}
