//! The Azure CLI: a token of whoever is signed in to it.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::process::Command;

use super::request::seconds;
use super::tokens::Token;
use super::{RESOURCE, codes};

/// It starts an interpreter and may have to renew a sign-in.
const PATIENCE: Duration = Duration::from_mins(1);
/// Versions before 2.54 do not say in UTC when their tokens end. None that they hand out ends sooner.
const SHORTEST: Duration = Duration::from_mins(5);

/// Why the Azure CLI gave no token. Nothing that it printed is told but a code: its answers are tokens.
#[derive(Debug, thiserror::Error)]
pub enum AzureCliError {
    /// It could not be started.
    #[error("the Azure CLI cannot be run: {0}")]
    NotRun(#[from] io::Error),
    /// It does not end.
    #[error("the Azure CLI gave no token within a minute")]
    TimeOut,
    /// It said no.
    #[error("the Azure CLI gave no token: {}", refusal(*.code, *.aadsts))]
    Refused {
        /// Its exit code, unless it was killed.
        code: Option<i32>,
        /// The number after `AADSTS`, where the login service refused.
        aadsts: Option<u32>,
        /// Whether it asks for a sign-in.
        sign_in: bool,
    },
    /// Its answer holds no token.
    #[error("the Azure CLI answered with something that holds no token")]
    NoToken,
}

fn refusal(code: Option<i32>, aadsts: Option<u32>) -> String {
    match (aadsts, code) {
        (Some(aadsts), _) => {
            let meaning = codes::find(aadsts).map(|code| format!(", {}", code.meaning)).unwrap_or_default();
            format!("AADSTS{aadsts}{meaning}")
        }
        (None, Some(code)) => format!("it ended with exit code {code}"),
        (None, None) => "it was killed".to_owned(),
    }
}

impl AzureCliError {
    pub(super) fn remedy(&self) -> &'static str {
        const SIGN_IN: &str = "sign in with `az login --allow-no-subscriptions`, or set AZURE_TENANT_ID and AZURE_CLIENT_ID with what proves them";
        const SEE: &str = "see what `az account get-access-token --resource https://manage.devcenter.microsoft.com --output none` says";
        match self {
            Self::Refused { aadsts: Some(code), sign_in, .. } => match codes::find(*code) {
                Some(code) => code.remedy,
                None if *sign_in => SIGN_IN,
                None => SEE,
            },
            Self::Refused { sign_in: true, .. } => SIGN_IN,
            Self::Refused { .. } | Self::NoToken | Self::TimeOut | Self::NotRun(_) => SEE,
        }
    }
}

/// The Azure CLI.
#[derive(Clone)]
pub struct AzureCli {
    /// The program, with its full path.
    pub program: PathBuf,
}

impl AzureCli {
    /// Its token for the Store; it renews it by itself shortly before the end.
    pub(super) async fn token(&self, now: Timestamp) -> Result<Token, AzureCliError> {
        let mut command = Command::new(&self.program);
        command
            .args(["account", "get-access-token", "--resource", RESOURCE, "--output", "json"])
            // An interpreter may load what lies in the current folder, and that may be a stranger's pull request.
            .current_dir(self.program.parent().unwrap_or(&self.program))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output =
            tokio::time::timeout(PATIENCE, command.output()).await.map_err(|_| AzureCliError::TimeOut)??;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            return Err(AzureCliError::Refused {
                code: output.status.code(),
                aadsts: codes::named_in(&words),
                sign_in: words.contains("az login"),
            });
        }
        read(&output.stdout, now).ok_or(AzureCliError::NoToken)
    }
}

fn read(answer: &[u8], now: Timestamp) -> Option<Token> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let value = answer.get("accessToken")?.as_str()?.trim();
    let until = |end: u64| Duration::from_secs(end.saturating_sub(now.as_second().try_into().unwrap_or(0)));
    let lifetime = answer.get("expires_on").and_then(seconds).map_or(SHORTEST, until);
    (!value.is_empty()).then(|| Token::lasting(value.to_owned().into(), lifetime))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn the_end_of_a_token_is_the_one_in_utc() {
        let now = Timestamp::from_second(1_698_757_150).unwrap();
        let local = "2023-10-31 21:59:10.000000";
        for (answer, left) in [
            (json!({ "accessToken": "t", "expiresOn": local, "expires_on": 1_698_760_750 }), 3300),
            (json!({ "accessToken": "t", "expiresOn": local, "expires_on": "1698760750" }), 3300),
            (json!({ "accessToken": "t", "expiresOn": local }), 150),
            (json!({ "accessToken": "t", "expires_on": 1 }), 0),
        ] {
            let token = read(answer.to_string().as_bytes(), now).unwrap();
            let renewed = token.renew_at.saturating_duration_since(Instant::now()).as_secs_f64();
            assert!((renewed - f64::from(left)).abs() < 2.0, "{answer}: {renewed}");
        }
        for nothing in ["", "[]", r#"{"accessToken": ""}"#, r#"{"accessToken": null}"#] {
            assert!(read(nothing.as_bytes(), now).is_none(), "{nothing}");
        }
    }
}
