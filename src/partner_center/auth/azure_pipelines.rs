//! Azure Pipelines: a job may ask for a token of a service connection that it is authorised to use. Asked for as
//! `AzurePipelinesCredential` of `azure_identity` does.

use secrecy::SecretString;
use url::Url;

use super::error::Service;
use super::oidc;
use super::request::Failure;

/// The OIDC endpoint of Azure Pipelines.
#[derive(Clone)]
pub struct AzurePipelines {
    /// Where to ask: `SYSTEM_OIDCREQUESTURI`.
    pub url: Url,
    /// What a job shows there: `SYSTEM_ACCESSTOKEN`.
    pub token: SecretString,
    /// The service connection: `AZURESUBSCRIPTION_SERVICE_CONNECTION_ID`.
    pub service_connection: String,
}

impl AzurePipelines {
    /// A token that was made for this request.
    pub(super) async fn assertion(&self, client: &reqwest::Client) -> Result<SecretString, Failure> {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("api-version", "7.1")
            .append_pair("serviceConnectionId", &self.service_connection);
        let request = client
            .post(url)
            .header("Content-Type", "application/json")
            .header("Content-Length", 0)
            // Without it, a token that is not good is answered with a page to sign in on.
            .header("X-TFS-FedAuthRedirect", "Suppress");
        oidc::ask(Service::AzurePipelines, request, &self.token, "oidcToken").await
    }
}
