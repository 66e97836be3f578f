//! GitHub Actions: a job with `permissions: id-token: write` may ask for a token that says which repository, branch and
//! environment it runs for.

use secrecy::SecretString;
use url::Url;

use super::error::Service;
use super::request::Failure;
use super::{AUDIENCE, oidc};

/// GitHub's OIDC endpoint.
#[derive(Clone)]
pub struct GitHub {
    /// Where to ask: `ACTIONS_ID_TOKEN_REQUEST_URL`.
    pub url: Url,
    /// What a job shows there: `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    pub token: SecretString,
}

impl GitHub {
    /// A token that was made for this request; GitHub's live for five minutes.
    pub(super) async fn assertion(&self, client: &reqwest::Client) -> Result<SecretString, Failure> {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("audience", AUDIENCE);
        oidc::ask(Service::GitHub, client.get(url), &self.token, "value").await
    }
}
