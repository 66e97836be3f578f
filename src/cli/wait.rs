//! `storeward wait`.

use serde_json::json;

use crate::apply::{self, ApplyError, Job, WaitFor};
use crate::plan::{self, Options, Product, ProductStatus};
use crate::render::{self, Format};
use crate::submission::{Document, Live, LiveProduct, Phase};

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
    let Followed { submission, status, was_on_its_way } = ended?;
    let name = &found.name;
    results.give(|format, _, _| match format {
        Format::Json => render::json(&json!({
            "asked": name, "submission": submission, "status": status, "wasOnItsWay": was_on_its_way,
        })),
        _ if was_on_its_way => {
            format!("{}\n", render::visible_line(&format!("{name}: submission {submission} is {status}")))
        }
        _ => {
            let words =
                format!("{name}: nothing is on its way; submission {submission}, the last one, is {status}");
            format!("{}\n", render::visible_line(&words))
        }
    })?;
    Ok(Exit::Ok)
}

async fn follow(
    args: &WaitArgs,
    found: &Found,
    account: &Account,
    watch: &mut Watch,
    signals: &Signals,
) -> Result<Followed, Failure> {
    let name = &found.name;
    watch.doing(Some("reading what Partner Center holds"));
    let read = signals.or_interrupted(account.read(std::slice::from_ref(&found.subject))).await;
    watch.doing(None);
    let (live, read_at) = read?;
    let Some(Live::Readable(product)) = live.first() else {
        return Err(unread(name, live.first()));
    };
    let Some(pending) = &product.pending else { return at_rest(name, product, args) };
    if let Some(wanted) = args.submission.as_deref().filter(|wanted| *wanted != pending.id()) {
        return gone(name, wanted, &format!("submission {} is in progress", pending.id()));
    }
    let wait = WaitFor::from(args.wait);
    let next = ProductStatus::of(found.asked(), &found.subject.app, &live[0]).next.join("; ");
    refuse_endless(name, pending, wait, &next)?;
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
            ApplyError::FellBack { .. } => Some(
                "mend what the Store says, then apply again: it takes the draft up; or delete it with `storeward discard`".to_owned(),
            ),
            ApplyError::Rejected { .. } => Some(next),
            ref error => remedy(error),
        },
    })?;
    Ok(Followed { submission: pending.id().to_owned(), status: status.to_string(), was_on_its_way: true })
}

/// Why nothing can be done with a product.
pub(super) fn unread(name: &str, live: Option<&Live>) -> Failure {
    let (exit, words, help) = match live {
        Some(Live::Unreadable(words)) => (Exit::Error, words.as_str(), "nothing was sent; run again"),
        Some(Live::Unsupported(words)) => {
            (Exit::Blocked, words.as_str(), "it uses features that only Partner Center manages; do it there")
        }
        Some(Live::NoSuchApp(words)) if !words.is_empty() => {
            (Exit::Error, words.as_str(), "check the Store ID, and whose account it is")
        }
        _ => (Exit::Error, "the account has no such app", "check the Store ID, and whose account it is"),
    };
    Failure::new(exit, format!("{name} cannot be read: {words}")).help(help)
}

/// Where nothing is on its way: what was waited for may be published already.
fn at_rest(name: &str, product: &LiveProduct, args: &WaitArgs) -> Result<Followed, Failure> {
    let Some(published) = &product.published else {
        return Err(Failure::new(Exit::Blocked, format!("{name} has no submission"))
            .help("`storeward status` says what can be done"));
    };
    match args.submission.as_deref().filter(|wanted| *wanted != published.id()) {
        Some(wanted) => gone(name, wanted, &format!("the last one published is {}", published.id())),
        None => Ok(Followed {
            submission: published.id().to_owned(),
            status: published.status().to_string(),
            was_on_its_way: false,
        }),
    }
}

fn gone(name: &str, wanted: &str, instead: &str) -> Result<Followed, Failure> {
    let message =
        format!("{name}: submission {wanted} is not on its way, nor is it the last one published; {instead}");
    Err(Failure::new(Exit::Rejected, message).help("it was deleted, or another one came after it"))
}

/// What became of a submission.
struct Followed {
    submission: String,
    status: String,
    /// Whether it was in progress when it was looked for.
    was_on_its_way: bool,
}

/// What is no longer, or never, on its way by itself.
fn refuse_endless(name: &str, pending: &Document, wait: WaitFor, next: &str) -> Result<(), Failure> {
    if pending.status().phase() == Phase::Draft {
        let message = format!(
            "{name}: submission {} is a draft: it was not committed, and nothing happens to it",
            pending.id()
        );
        return Err(Failure::new(Exit::Blocked, message).help(next));
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
