//! Looking whether the services can be reached, one step at a time, for whoever has to find out why they cannot.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use url::Url;

use crate::submission::Application;

use super::auth::AuthError;
use super::body::reason;
use super::error::StoreError;
use super::http::{Connection, origin};
use super::reader::Reader;

/// How long an answer is waited for: a proxy that swallows everything must not hang a diagnosis.
const PATIENCE: Duration = Duration::from_secs(10);

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// Where tokens are asked for.
    Login,
    /// Where the Store's API is.
    Api,
}

/// What a service answered that was asked for nothing in particular.
#[derive(Debug, Clone)]
pub struct Reached {
    /// Its scheme and host.
    pub host: String,
    /// How long the answer took.
    pub took: Duration,
    /// What time it is by its `Date` header; `None` where it sends none.
    pub time: Option<Timestamp>,
}

impl Connection {
    /// Asks a service for nothing in particular, without a credential. Whatever it answers, it was reached.
    ///
    /// # Errors
    /// In words, why there was no answer.
    pub async fn reach(&self, host: Host) -> Result<Reached, String> {
        let url: &Url = match host {
            Host::Login => self.login(),
            Host::Api => self.api(),
        };
        let began = Instant::now();
        let answer = self.client().get(url.clone()).timeout(PATIENCE).send().await.map_err(reason)?;
        let date = answer.headers().get("Date").and_then(|date| date.to_str().ok());
        let time = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|date| date.timestamp());
        Ok(Reached { host: origin(url), took: began.elapsed(), time })
    }

    /// Asks for a token, and says nothing of it.
    pub async fn try_token(&self) -> Result<(), AuthError> {
        self.token().await.map(|_| ())
    }
}

impl Reader {
    /// The first app of the account; `None` where the account shows none.
    pub async fn first_app(&self) -> Result<Option<Application>, StoreError> {
        self.first_of_list("applications?top=1").await
    }
}
