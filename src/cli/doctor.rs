//! `storeward doctor`: whether the Store can be used from here, one step at a time.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use crate::partner_center::{Connection, Credential, Host, Reached, Reader};
use crate::render::{self, Format, Look};
use crate::sandbox::Sandbox;

use super::args::Global;
use super::credentials::{self, Held};
use super::exit::{Exit, Failure};
use super::manifests::base;
use super::results::Results;
use super::settings::{self, variable};

/// How long a step may take that asks several times.
const PATIENCE: Duration = Duration::from_secs(30);
/// Entra refuses assertions of clocks that are further off.
const CLOCK_MAY_BE_OFF: SignedDuration = SignedDuration::from_mins(5);
/// What a token for the Store is made out to.
const AUDIENCE: &str = "https://manage.devcenter.microsoft.com";

/// How a step came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Ok,
    Warning,
    Failed,
    /// It needs one that failed.
    Skipped,
}

/// A step.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    name: &'static str,
    outcome: Outcome,
    /// What was found.
    found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    /// How the command ends where this failed.
    #[serde(skip)]
    exit: Exit,
}

impl Step {
    fn of(name: &'static str, outcome: Outcome, found: impl Into<String>) -> Self {
        Self { name, outcome, found: found.into(), remedy: None, exit: Exit::Error }
    }

    fn ok(step: &'static str, found: impl Into<String>) -> Self {
        Self::of(step, Outcome::Ok, found)
    }

    fn failed(step: &'static str, failure: Failure) -> Self {
        Self { remedy: failure.help, exit: failure.exit, ..Self::of(step, Outcome::Failed, failure.message) }
    }

    fn skipped(step: &'static str, needs: &str) -> Self {
        Self::of(step, Outcome::Skipped, format!("needs {needs}"))
    }

    fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    fn exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }
}

pub(super) async fn run(global: &Global, results: &Results) -> Result<Exit, Failure> {
    let steps = examine(global).await?;
    let failed = steps.iter().find(|step| step.outcome == Outcome::Failed);
    let exit = failed.map_or(Exit::Ok, |step| step.exit);
    results.give(|format, look, _| match format {
        Format::Json => {
            render::json(&json!({ "formatVersion": "1.0", "ok": failed.is_none(), "steps": steps }))
        }
        _ => text(&steps, look),
    })?;
    Ok(exit)
}

async fn examine(global: &Global) -> Result<Vec<Step>, Failure> {
    let base = base(global)?;
    let mut steps = Vec::new();
    let connected = if global.sandbox.is_some() {
        let (connection, sandbox) = settings::connect(global, &base).await?;
        steps.push(Step::ok("credential", "the one of the sandbox"));
        Connected::Whole { connection, sandbox: sandbox.map(Box::new), is_given: false }
    } else {
        of_environment(&base, &mut steps)
    };
    steps.push(proxies());
    match connected {
        Connected::Whole { connection, sandbox, is_given } => {
            ask(&connection, is_given, &mut steps).await;
            if let Some(sandbox) = sandbox {
                sandbox.stop().await;
            }
        }
        Connected::Nobody(connection) => {
            reach(&connection, &mut steps).await;
            steps.push(Step::skipped("token", "a credential"));
            steps.push(Step::skipped("Store", "a token"));
        }
        Connected::Nowhere => {
            steps.extend(
                ["login", "API", "clock", "token", "Store"]
                    .map(|step| Step::skipped(step, "settings that hold")),
            );
        }
    }
    Ok(steps)
}

/// What the environment says, without asking anybody.
fn of_environment(base: &Path, steps: &mut Vec<Step>) -> Connected {
    let held = credentials::held(&variable);
    let found = settings::of_environment(base);
    match &found.services {
        Ok(words) => steps.push(Step::ok("settings", words.clone())),
        Err(failure) => steps.push(Step::failed("settings", copy(failure))),
    }
    match &found.credential {
        Ok(credential) => {
            steps.push(Step::ok("credential", credentials::words(credential, &held)));
            steps.extend(shape(&held));
            if let Credential::Token(_) = credential {
                steps.extend(given_token(&held, Timestamp::now()));
            }
        }
        Err(failure) => steps.push(Step::failed("credential", copy(failure))),
    }
    if found.services.is_err() {
        return Connected::Nowhere;
    }
    let is_given = matches!(found.credential, Ok(Credential::Token(_)));
    let is_complete = found.credential.is_ok();
    match found.connect() {
        Ok(connection) if is_complete => Connected::Whole { connection, sandbox: None, is_given },
        Ok(connection) => Connected::Nobody(connection),
        Err(failure) => {
            let help = "name an address that begins with https://, or none: then it is the Store";
            steps.push(Step::failed("settings", failure.help(help)));
            Connected::Nowhere
        }
    }
}

/// How far the settings lead.
enum Connected {
    /// To the services, with a credential.
    Whole { connection: Connection, sandbox: Option<Box<Sandbox>>, is_given: bool },
    /// To the services, without a credential.
    Nobody(Connection),
    /// Nowhere.
    Nowhere,
}

fn copy(failure: &Failure) -> Failure {
    Failure { exit: failure.exit, message: failure.message.clone(), help: failure.help.clone() }
}

/// Whether login and API are reached, and what time it is there. Needs no credential. Both are asked at the same time.
async fn reach(connection: &Connection, steps: &mut Vec<Step>) -> (bool, bool) {
    let (login, api) = tokio::join!(connection.reach(Host::Login), connection.reach(Host::Api));
    let reached = |step, host: &Result<Reached, String>, variable: &str| {
        match host {
        Ok(reached) => Step::ok(step, format!("{} answers, in {} ms", reached.host, reached.took.as_millis())),
        Err(reason) => Step::of(step, Outcome::Failed, format!("it cannot be reached: {reason}")).remedy(format!(
            "see that this machine may reach it (name, firewall, proxy: HTTPS_PROXY), and that {variable} is right where it is set"
        )),
    }
    };
    steps.push(reached("login", &login, "STOREWARD_LOGIN_URL"));
    steps.push(reached("API", &api, "STOREWARD_API_URL"));
    let time = [&login, &api].into_iter().flatten().find_map(|reached| reached.time);
    steps.push(clock(time, Timestamp::now()));
    (login.is_ok(), api.is_ok())
}

/// Asks the services for a token, and for the account with it. `is_given` tells that the token came from outside.
async fn ask(connection: &Connection, is_given: bool, steps: &mut Vec<Step>) {
    let (login, api) = reach(connection, steps).await;
    if !login && !is_given {
        steps.push(Step::skipped("token", "the login"));
        steps.push(Step::skipped("Store", "a token"));
        return;
    }
    let token = match tokio::time::timeout(PATIENCE, connection.try_token()).await {
        Ok(Ok(())) if is_given => Step::ok("token", "the one that was given; nobody was asked for it"),
        Ok(Ok(())) => Step::ok("token", "the login service gave one"),
        Ok(Err(error)) => Step::of("token", Outcome::Failed, error.to_string())
            .remedy(error.remedy())
            .exit(if error.is_of_the_credential() { Exit::Auth } else { Exit::Error }),
        Err(_) => too_long("token"),
    };
    let has_token = token.outcome == Outcome::Ok;
    steps.push(token);
    if !has_token {
        steps.push(Step::skipped("Store", "a token"));
        return;
    }
    if !api {
        steps.push(Step::skipped("Store", "the API"));
        return;
    }
    let reader = Reader::new(connection.clone());
    steps.push(match tokio::time::timeout(PATIENCE, reader.first_app()).await {
        Ok(Ok(Some(app))) => Step::ok(
            "Store",
            format!("the account is open, and has apps such as \"{}\"; changing them needs the role Manager", app.primary_name()),
        ),
        Ok(Ok(None)) => Step::of("Store", Outcome::Warning, "the account is open, and shows no app").remedy(
            "see that the application was added to the Partner Center account that owns the apps; apps are created there, not by \
             the API",
        ),
        Ok(Err(error)) => Step::failed("Store", Failure::from(error)),
        Err(_) => too_long("Store"),
    });
}

fn too_long(step: &'static str) -> Step {
    Step::of(step, Outcome::Failed, "no answer in 30 s")
        .remedy("run again; if it stays so, look at the network and its proxies")
}

/// Whether a proxy stands between here and the services. What may be a password in its address is not shown.
fn proxies() -> Step {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let Some((name, value)) = names.iter().find_map(|name| Some((name, variable(name)?))) else {
        return Step::ok("proxy", "none is set");
    };
    let url = url::Url::parse(&value).or_else(|_| url::Url::parse(&format!("http://{value}"))).ok();
    let Some(host) = url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)))
    else {
        return Step::of("proxy", Outcome::Warning, format!("{name} is set and is no address"))
            .remedy("write it as http://HOST:PORT, or unset it");
    };
    let past = variable("NO_PROXY").or_else(|| variable("no_proxy"));
    let past = if past.is_some() { "; NO_PROXY names exceptions" } else { "" };
    Step::ok("proxy", format!("{name} leads through {}:{}{past}", host.0, host.1))
}

/// Whether the clock of this machine is right: assertions and tokens name times.
fn clock(theirs: Option<Timestamp>, ours: Timestamp) -> Step {
    let Some(theirs) = theirs else {
        return Step::skipped("clock", "a service that says what time it is");
    };
    let off = ours.duration_since(theirs);
    let seconds = off.as_secs().unsigned_abs();
    let ahead = if off.is_negative() { "behind" } else { "ahead" };
    if off.abs() > CLOCK_MAY_BE_OFF {
        return Step::of(
            "clock",
            Outcome::Failed,
            format!("it is {seconds} s {ahead}; Entra takes 300 s at most"),
        )
        .remedy("set the clock of this machine by NTP");
    }
    Step::ok(
        "clock",
        if seconds < 2 { "it is right".to_owned() } else { format!("it is {seconds} s {ahead}") },
    )
}

/// Values that were probably mistaken for others. None of them is shown.
fn shape(held: &[Held]) -> Vec<Step> {
    let warning =
        |found: String, remedy: &str| Step::of("credential", Outcome::Warning, found).remedy(remedy);
    let is_guid = |text: &str| uuid::Uuid::parse_str(text).is_ok();
    let mut steps = Vec::new();
    let has_token = held.iter().any(|held| held.name == "STOREWARD_ACCESS_TOKEN");
    for Held { name, value, trimmed } in held {
        if has_token && *name != "STOREWARD_ACCESS_TOKEN" {
            continue;
        }
        let quoted = value.len() > 1
            && ['"', '\''].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote));
        if *trimmed {
            steps.push(warning(
                format!("{name} has blanks or a line end around it"),
                "they are left out here; other tools fail with them, so store it again without",
            ));
        }
        if quoted {
            steps.push(warning(format!("{name} has quotes around it"), "store it again without the quotes"));
        } else if *name == "AZURE_CLIENT_ID" && !is_guid(value) {
            steps.push(warning(
                format!("{name} is not a GUID"),
                "copy \"Application (client) ID\" from the overview of the app registration",
            ));
        } else if *name == "AZURE_TENANT_ID" && !is_guid(value) && !value.contains('.') {
            steps.push(warning(
                format!("{name} is neither a GUID nor a domain"),
                "copy \"Directory (tenant) ID\" from the overview of the app registration",
            ));
        } else if *name == "AZURE_CLIENT_SECRET" && is_guid(value) {
            steps.push(warning(
                format!("{name} looks like the id of a secret"),
                "copy the secret's value, which is shown only once; make a new one if it is gone",
            ));
        }
    }
    steps
}

/// What a token that was given says of itself.
fn given_token(held: &[Held], now: Timestamp) -> Vec<Step> {
    let token = held.iter().find(|held| held.name == "STOREWARD_ACCESS_TOKEN");
    let claims = token.and_then(|token| claims(&token.value));
    let failed = |found: String, remedy: &str| {
        Step::of("credential", Outcome::Failed, found).remedy(remedy).exit(Exit::Auth)
    };
    let Some(claims) = claims else {
        return vec![
            Step::of(
                "credential",
                Outcome::Warning,
                "STOREWARD_ACCESS_TOKEN does not say until when it holds",
            )
            .remedy("nothing, if the steps below succeed; it may be no token of Entra"),
        ];
    };
    let mut steps = Vec::new();
    let until = claims.get("exp").and_then(Value::as_i64).and_then(|exp| Timestamp::from_second(exp).ok());
    if let Some(until) = until {
        if until <= now {
            steps.push(failed(
                format!("STOREWARD_ACCESS_TOKEN expired at {}", until.strftime("%Y-%m-%d %H:%M:%SZ")),
                "get a new one; tokens last about an hour, so long runs had better have a credential that makes them",
            ));
        } else {
            steps.push(Step::ok(
                "credential",
                format!("STOREWARD_ACCESS_TOKEN holds until {}", until.strftime("%Y-%m-%d %H:%M:%SZ")),
            ));
        }
    }
    if let Some(audience) = claims.get("aud").and_then(Value::as_str)
        && audience != AUDIENCE
    {
        steps.push(failed(
            format!("STOREWARD_ACCESS_TOKEN is for {audience}, not for the Store"),
            "ask for one with the resource https://manage.devcenter.microsoft.com, without a slash at the end",
        ));
    }
    steps
}

fn claims(token: &str) -> Option<Value> {
    let middle = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle.trim_end_matches('=')).ok()?).ok()
}

fn text(steps: &[Step], look: Look) -> String {
    let lines: Vec<render::Checked> = steps
        .iter()
        .map(|step| render::Checked {
            mark: match step.outcome {
                Outcome::Ok => render::Mark::Good,
                Outcome::Warning => render::Mark::Doubtful,
                Outcome::Failed => render::Mark::Bad,
                Outcome::Skipped => render::Mark::Unknown,
            },
            what: step.name,
            found: &step.found,
            remedy: step.remedy.as_deref(),
        })
        .collect();
    let failed = steps.iter().filter(|step| step.outcome == Outcome::Failed).count();
    let end = match failed {
        0 => "The Store can be used from here. Next: `storeward plan`.".to_owned(),
        failed => format!(
            "{}. Mend the first one, then run `storeward doctor` again.",
            render::plural(failed, "step") + " failed"
        ),
    };
    render::checked(&lines, &end, look)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(name: &'static str, value: &str) -> Held {
        Held { name, value: value.to_owned(), trimmed: false }
    }

    #[test]
    fn values_that_were_mistaken_are_told_and_not_shown() {
        const GUID: &str = "11111111-2222-3333-4444-555555555555";
        for (name, value, words) in [
            ("AZURE_CLIENT_ID", "marked", "is not a GUID"),
            ("AZURE_TENANT_ID", "marked", "neither a GUID nor a domain"),
            ("AZURE_CLIENT_SECRET", GUID, "looks like the id of a secret"),
            ("AZURE_CLIENT_SECRET", "\"marked\"", "has quotes"),
        ] {
            let steps = shape(&[held(name, value)]);
            assert_eq!(steps.len(), 1);
            assert!(steps[0].found.contains(words) && !steps[0].found.contains(value), "{steps:?}");
            assert!(steps[0].remedy.is_some());
        }
        let good = [
            held("AZURE_CLIENT_ID", GUID),
            held("AZURE_TENANT_ID", "contoso.com"),
            held("AZURE_CLIENT_SECRET", "a~b"),
        ];
        assert!(shape(&good).is_empty());
        assert_eq!(shape(&[Held { name: "AZURE_CLIENT_SECRET", value: "a".into(), trimmed: true }]).len(), 1);
    }

    #[test]
    fn a_given_token_says_until_when_and_for_what() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let token = |claims: &Value| format!("x.{}.y", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let of = |claims: &Value| given_token(&[held("STOREWARD_ACCESS_TOKEN", &token(claims))], now);
        assert_eq!(of(&json!({ "exp": 1_000_100, "aud": AUDIENCE }))[0].outcome, Outcome::Ok);
        let expired = &of(&json!({ "exp": 999_999 }))[0];
        assert_eq!((expired.outcome, expired.exit), (Outcome::Failed, Exit::Auth));
        let other = of(&json!({ "exp": 1_000_100, "aud": format!("{AUDIENCE}/") }));
        assert_eq!(other[1].outcome, Outcome::Failed);
        assert_eq!(
            given_token(&[held("STOREWARD_ACCESS_TOKEN", "opaque")], now)[0].outcome,
            Outcome::Warning
        );
    }

    #[test]
    fn a_clock_may_be_five_minutes_off() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(clock(Some(at(1000)), at(1001)).outcome, Outcome::Ok);
        assert_eq!(clock(Some(at(1000)), at(1301)).outcome, Outcome::Failed);
        assert_eq!(clock(Some(at(1301)), at(1000)).outcome, Outcome::Failed);
        assert!(clock(Some(at(1301)), at(1000)).found.contains("301 s behind"));
        assert_eq!(clock(None, at(1000)).outcome, Outcome::Skipped);
    }
}
