//! `pull --update`, `--check` and a single field: manifests that are there say what is live from then on.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path as FilePath;

use crate::manifest::{
    Adopted, ByHand, EditedFile, Manageable, Resource, Wanted as WantedValue, Wish, adopt,
};
use crate::plan::{self, ChangeRoute, LiveSource, MadeOf, Plan, Product, ResourcePlan};
use crate::render::{self, Format, UpdatedReport};
use crate::submission::{Document, Field, Live, LiveProduct, Path, Shape, canonical};

use super::super::args::{Baseline, Global, Manifests, PullArgs, Pullable};
use super::super::exit::{Exit, Failure};
use super::super::results::Results;
use super::super::run::{Account, Named, Releasing, Wanted, now};

pub(super) async fn run(global: &Global, results: &Results, args: &PullArgs) -> Result<Exit, Failure> {
    let named = Named {
        manifests: Manifests { paths: Vec::new(), release: Vec::new() },
        targets: Vec::new(),
        replace_untrusted: false,
        baseline: Baseline::None,
        in_the_way: plan::InTheWay::default(),
    };
    // All of them: several can read one file, and what the others say must stay.
    let wanted = Wanted::load(global, results, named, Releasing::Now)?;
    let chosen: Vec<usize> =
        (0..wanted.resources().len()).filter(|at| is_meant(&wanted, *at, &args.what)).collect();
    if chosen.is_empty() {
        return Err(Failure::new(Exit::Usage, format!("no manifest is about {}", args.what))
            .help(format!("`storeward pull {}` writes one where there is none", app_of(&args.what))));
    }
    let account = Account::connect(global).await?;
    let subjects: Vec<_> = chosen.iter().map(|at| wanted.subjects()[*at].clone()).collect();
    let read = account.read(&subjects).await;
    account.end().await;
    let (live, read_at) = read?;
    let live: Vec<Live> =
        live.into_iter().map(|live| as_asked(live, args.from_pending)).collect::<Result<_, _>>()?;
    let products: Vec<Product<'_>> = chosen
        .iter()
        .zip(&live)
        .map(|(at, live)| Product { resource: &wanted.resources()[*at], live, baseline: None })
        .collect();
    let planned = plan::plan(&products, made_of(&read_at), Vec::new());
    let mut wishes = Vec::new();
    let mut left: Vec<ByHand> = Vec::new();
    for product in &products {
        collect(product, &planned, &args.what, &mut wishes, &mut left)?;
    }
    let mut adopted = adopt(wanted.workspace(), &[], wanted.loaded(), &wishes);
    adopted.by_hand.append(&mut left);
    let report = UpdatedReport::new(read_at, &wishes, &adopted, !args.check);
    if !args.check {
        write(&adopted)?;
    }
    results.give(|format, look, _| match format {
        Format::Json => render::json(&report),
        _ => render::updated_text(&report, look),
    })?;
    Ok(if args.check && report.differs() { Exit::Changes } else { Exit::Ok })
}

fn is_meant(wanted: &Wanted, at: usize, what: &Pullable) -> bool {
    let resource = &wanted.resources()[at];
    match what {
        Pullable::App(id) => wanted.subjects()[at].app.eq_ignore_ascii_case(id),
        Pullable::Resource(address) | Pullable::Field(address, _) => resource.address == *address,
    }
}

fn app_of(what: &Pullable) -> &str {
    match what {
        Pullable::App(id) => id,
        Pullable::Resource(_) | Pullable::Field(..) => "STORE-ID",
    }
}

/// The product with the submission that was asked for in place of the published one.
fn as_asked(live: Live, from_pending: bool) -> Result<Live, Failure> {
    match live {
        Live::Readable(product) if from_pending => match product.pending.clone() {
            Some(pending) => Ok(Live::Readable(Box::new(LiveProduct {
                published: Some(pending),
                pending: None,
                ..*product
            }))),
            None => Err(Failure::new(Exit::Usage, "no submission is in progress")
                .help("leave --from-pending out to take what is published")),
        },
        Live::NoSuchApp(words) | Live::Unsupported(words) | Live::Unreadable(words) => {
            Err(Failure::new(Exit::Error, format!("it cannot be read: {words}"))
                .help("`storeward status` says what can be done"))
        }
        readable @ Live::Readable(_) => Ok(readable),
    }
}

fn made_of(read_at: &str) -> MadeOf {
    MadeOf {
        made_at: now(),
        live: LiveSource::Account,
        read_at: read_at.to_owned(),
        baseline: None,
        paths: Vec::new(),
        releases: Vec::new(),
        targets: Vec::new(),
        replace_untrusted: false,
        in_the_way: plan::InTheWay::default(),
    }
}

const FILES: &str =
    "it is made of files, and Partner Center does not give them; put them into the repository";
const AT_CREATION: &str = "it is set when the product is created, and kept in the manifest's own keys";

/// What of a product the manifests are to say, and what nobody but a person can write.
fn collect(
    product: &Product<'_>,
    planned: &Plan,
    what: &Pullable,
    wishes: &mut Vec<Wish>,
    left: &mut Vec<ByHand>,
) -> Result<(), Failure> {
    let Product { resource, live, .. } = product;
    let Live::Readable(there) = live else { return Ok(()) };
    let planned = planned.resource(resource.address.as_str());
    let field = match what {
        Pullable::Field(_, field) => Some(field),
        _ => None,
    };
    let changes = planned.map(|planned: &ResourcePlan| planned.changes.as_slice()).unwrap_or_default();
    let before = (wishes.len(), left.len());
    for change in changes.iter().filter(|change| field.is_none_or(|field| field.covers(&change.path))) {
        let owned = resource.desired.owned.iter().find(|owned| owned.path.covers(&change.path));
        let wish = Wish {
            address: resource.address.clone(),
            path: change.path.clone(),
            live: change.before.clone(),
        };
        let refuse = |why| ByHand { wish: wish.clone(), at: change.source.clone(), why };
        match (change.route, owned) {
            (ChangeRoute::Create | ChangeRoute::Delete, _) => left.push(refuse(AT_CREATION)),
            // What follows from other changes, and what a running rollout is to become, is nobody's text.
            (ChangeRoute::Live, _) | (_, None) => {}
            (_, Some(owned)) => match &owned.wanted {
                WantedValue::Value(_) | WantedValue::Nothing if !is_secret(owned.field) => wishes.push(wish),
                WantedValue::Value(_) | WantedValue::Nothing => {
                    if let (Some(_), Some(document)) = (field, there.published.as_ref()) {
                        let live = value_at(document, resource, &owned.path);
                        wishes.push(Wish { live, ..wish });
                    }
                }
                _ if left.iter().any(|other| other.wish.path == owned.path) => {}
                _ => left.push(ByHand {
                    wish: Wish { address: resource.address.clone(), path: owned.path.clone(), live: None },
                    at: Some(owned.at.clone()),
                    why: FILES,
                }),
            },
        }
    }
    match field {
        Some(field) if before == (wishes.len(), left.len()) => unmanaged(resource, there, field, wishes),
        _ => Ok(()),
    }
}

fn is_secret(field: Option<&'static Field>) -> bool {
    field.is_some_and(|field| matches!(field.shape, Shape::Notes { .. }))
}

/// A field that no plan changes: no manifest speaks of it yet, it waits for the next submission, or it says what is live.
fn unmanaged(
    resource: &Resource,
    there: &LiveProduct,
    field: &Path,
    wishes: &mut Vec<Wish>,
) -> Result<(), Failure> {
    let owned = resource.desired.owned.iter().find(|owned| owned.path == *field);
    let overlaps = |path: &Path| field.covers(path) || path.covers(field);
    if owned.is_none() && resource.desired.owned.iter().any(|owned| overlaps(&owned.path)) {
        return Ok(());
    }
    let known = Manageable::at(resource.kind(), field).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`{field}` is no field of {}", resource.address))
            .help("write it as in a manifest below `submission`, such as listings.en-us.releaseNotes or pricing.priceId")
    })?;
    if !known.is_value {
        return Err(Failure::new(Exit::Usage, format!("`{field}`: {FILES}"))
            .help("name a field that is a text, a list of texts or a word"));
    }
    let document = there.published.as_ref().ok_or_else(|| {
        Failure::new(Exit::Error, format!("nothing of {} was published yet", resource.address))
            .help("`--from-pending` takes the submission in progress")
    })?;
    let live = value_at(document, resource, field).ok_or_else(|| {
        Failure::new(Exit::Error, format!("there is nothing at `{field}` in Partner Center"))
            .help("nothing was written; a manifest that does not mention it leaves it so")
    })?;
    let is_said = owned.is_some_and(|owned| match &owned.wanted {
        WantedValue::Value(said) => canonical::same(Some(said), Some(&live)),
        _ => false,
    });
    if !is_said {
        wishes.push(Wish { address: resource.address.clone(), path: field.clone(), live: Some(live) });
    }
    Ok(())
}

fn value_at(document: &Document, resource: &Resource, path: &Path) -> Option<serde_json::Value> {
    let language = path.language().map(|language| {
        let spelled = document.languages().find(|spelled| spelled.eq_ignore_ascii_case(language));
        spelled.unwrap_or(language)
    });
    let known = Manageable::at(resource.kind(), path)?;
    let mut api = known.field.api_path(language);
    api.extend(known.below.map(str::to_owned));
    document.get(&api).filter(|value| canonical::value(value).is_some()).cloned()
}

/// Writes the files, all of them once all could be made; each is there whole or as it was.
fn write(adopted: &Adopted) -> Result<(), Failure> {
    let failed = |file: &EditedFile, error: &io::Error| {
        Failure::new(Exit::Error, format!("`{}` cannot be written: {error}", file.name))
            .help("run the command again when it can; what was written already stays as it is")
    };
    let mut drafts = Vec::new();
    for file in &adopted.files {
        drafts.push((file, draft(file).map_err(|error| failed(file, &error))?));
    }
    for (file, draft) in drafts {
        draft.persist(&file.path).map_err(|error| failed(file, &error.error))?;
    }
    Ok(())
}

fn draft(file: &EditedFile) -> io::Result<tempfile::NamedTempFile> {
    let folder = file.path.parent().unwrap_or(FilePath::new("."));
    let mut draft = tempfile::Builder::new().prefix(".storeward-").tempfile_in(folder)?;
    draft.write_all(file.after.as_bytes())?;
    draft.as_file().set_permissions(fs::metadata(&file.path)?.permissions())?;
    Ok(draft)
}
