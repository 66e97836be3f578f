//! `storeward wait`.

use serde_json::json;

use crate::apply::{self, ApplyError, Job, WaitFor};
use crate::plan::{self, Options, Product};
use crate::render::{self, Format};
use crate::submission::{Document, Live, Phase};

use super::args::{Global, WaitArgs};
use super::exit::{Exit, Failure};
use super::remedy::remedy;
use super::results::Results;
use super::run::Account;
use super::signals::{Signals, interrupted};
use super::watch::{Watch, Written};
use super::whom::{self, Found};

pub(super) async fn run(
    global: &Global,
    results: &Results,
    args: &WaitArgs,
    signals: &Signals,
) -> Result<Exit, Failure> {
    let found = whom::find_one(global, results, &args.whom)?;
    let mut watch = Watch::open(global, results, Written::default(), signals).await?;
    let mut account = signals.or_interrupted(Account::connect(global)).await?;
    account.connection = watch.over(&account.connection);
    let ended = follow(args, &found, &account, &mut watch, signals).await;
    watch.rest();
    account.end().await;
    let (submission, status) = ended?;
    let name = &found.name;
    results.give(|format, _, _| match format {
        Format::Json => render::json(&json!({ "asked": name, "submission": submission, "status": status })),
        _ => format!("{}\n", render::visible_line(&format!("{name}: submission {submission} is {status}"))),
    })?;
    Ok(Exit::Ok)
}

/// The submission, and its status at the end.
async fn follow(
    args: &WaitArgs,
    found: &Found,
    account: &Account,
    watch: &mut Watch,
    signals: &Signals,
) -> Result<(String, String), Failure> {
    let name = &found.name;
    watch.doing(Some("reading what Partner Center holds"));
    let read = signals.or_interrupted(account.read(std::slice::from_ref(&found.subject))).await;
    watch.doing(None);
    let (live, read_at) = read?;
    let Some(Live::Readable(product)) = live.first() else {
        return Err(unread(found, live.first()));
    };
    let Some(pending) = &product.pending else {
        let published = product.published.as_ref();
        let published = published.ok_or_else(|| {
            Failure::new(Exit::Blocked, format!("{name} has no submission"))
                .help("`storeward apply` makes one")
        })?;
        return Ok((published.id().to_owned(), published.status().to_string()));
    };
    let wait = WaitFor::from(args.wait);
    refuse_endless(name, pending, wait)?;
    let products = [Product { resource: &found.resource, live: &live[0], baseline: None }];
    let plan = plan::plan(&products, found.made_of(read_at), Vec::new());
    let job = Job {
        plan: &plan,
        products: &products,
        options: Options::default(),
        connection: &account.connection,
        wait,
        timeout: args.timeout,
        lanes: &tokio::sync::Semaphore::new(1),
    };
    watch.begin(&plan);
    let emit = watch.emit();
    let followed = tokio::select! {
        followed = apply::follow_pending(&job, found.resource.address.as_str(), &emit) => followed,
        signal = signals.first() => {
            watch.rest();
            return Err(interrupted(signal).help("nothing is lost: the same command goes on waiting"));
        }
    };
    let status = followed.map_err(|error| Failure {
        exit: Exit::of_apply(&error),
        message: format!("{name}: {error}"),
        help: match error {
            ApplyError::FellBack { .. } => {
                Some("`storeward apply` takes the draft up and commits it once more".to_owned())
            }
            ref error => remedy(error),
        },
    })?;
    Ok((pending.id().to_owned(), status.to_string()))
}

/// Why nothing can be done with a product.
pub(super) fn unread(found: &Found, live: Option<&Live>) -> Failure {
    let words = match live {
        Some(Live::NoSuchApp(words) | Live::Unsupported(words) | Live::Unreadable(words))
            if !words.is_empty() =>
        {
            words
        }
        _ => "the account has no such app",
    };
    let exit = if matches!(live, Some(Live::Unreadable(_))) { Exit::Error } else { Exit::Blocked };
    Failure::new(exit, format!("{} cannot be read: {words}", found.name))
        .help("`storeward status` says what can be done")
}

/// What is no longer, or never, on its way by itself.
fn refuse_endless(name: &str, pending: &Document, wait: WaitFor) -> Result<(), Failure> {
    if pending.status().phase() == Phase::Draft {
        let message = format!(
            "{name}: submission {} is a draft: it was not committed, and nothing happens to it",
            pending.id()
        );
        return Err(Failure::new(Exit::Blocked, message)
            .help("`storeward status` says whose it is; `storeward apply` sends what is wanted"));
    }
    let mode = pending.get(&["targetPublishMode"]).and_then(serde_json::Value::as_str).unwrap_or_default();
    if wait == WaitFor::Published
        && matches!(mode, "Manual" | "SpecificDate")
        && pending.status().phase() != Phase::Dead
    {
        let message = format!(
            "{name} is not published by itself once it is certified (targetPublishMode is {mode}), so this would not end"
        );
        return Err(Failure::new(Exit::Usage, message).help("use --for certified"));
    }
    Ok(())
}
