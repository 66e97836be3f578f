//! `pull --update`, `--check` and a single field: manifests that are there say what is live from then on.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path as FilePath;

use crate::manifest::{Adopted, EditedFile, adopt};
use crate::plan::{self, LiveSource, MadeOf, Product};
use crate::render::{self, Format, UpdatedReport};
use crate::submission::{Document, Live, LiveProduct, Path, Phase, canonical};

use super::super::args::{Baseline, Global, Manifests, PullArgs, Pullable};
use super::super::exit::{Exit, Failure};
use super::super::results::Results;
use super::super::run::{Account, Named, Releasing, Wanted, now};
use super::place;
use super::wishes::{Asked, Wishes};

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
    let has_pending = live.iter().any(|live| matches!(live, Live::Readable(live) if live.pending.is_some()));
    if args.from_pending && !has_pending {
        return Err(Failure::new(Exit::Usage, "no submission is in progress")
            .help("leave --from-pending out to take what is published"));
    }
    let live: Vec<Live> =
        live.into_iter().map(|live| as_asked(live, args.from_pending)).collect::<Result<_, _>>()?;
    let products: Vec<Product<'_>> = chosen
        .iter()
        .zip(&live)
        .map(|(at, live)| Product { resource: &wanted.resources()[*at], live, baseline: None })
        .collect();
    let planned = plan::plan(&products, made_of(&read_at), Vec::new());
    let field = match &args.what {
        Pullable::Field(_, field) => Some(as_owned(field)),
        _ => None,
    };
    let mut wishes = Wishes::default();
    for Product { resource, live, .. } in &products {
        let planned = planned.resource(resource.address.as_str());
        wishes.collect(&Asked {
            resource,
            document: if let Live::Readable(live) = live { live.published.as_ref() } else { None },
            changes: planned.map(|planned| planned.changes.as_slice()).unwrap_or_default(),
            field: field.as_ref(),
        })?;
    }
    let mut adopted = adopt(wanted.workspace(), wanted.loaded(), &wishes.all).map_err(|error| {
        Failure::new(
            Exit::Error,
            format!("the manifests could not be tried out in a temporary folder: {error}"),
        )
    })?;
    adopted.by_hand.append(&mut wishes.by_hand);
    let report = UpdatedReport::new(read_at, &wishes.all, &adopted, !args.check);
    if !args.check {
        write(&adopted)?;
    }
    results.give(|format, look, _| match format {
        Format::Json => render::json(&report),
        _ => render::updated_text(&report, look),
    })?;
    Ok(if args.check && report.differs() { Exit::Changes } else { Exit::Ok })
}

/// A path as manifests own it: languages in lower case.
fn as_owned(field: &Path) -> Path {
    match field.language() {
        Some(language) => {
            let rest = field.keys()[2..].iter().cloned();
            Path::new(["listings".to_owned(), canonical::language(language)].into_iter().chain(rest))
        }
        None => field.clone(),
    }
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

/// The product with the submission that was asked for in place of the published one: of what is on its way, a plan says
/// nothing either.
fn as_asked(live: Live, from_pending: bool) -> Result<Live, Failure> {
    match live {
        Live::Readable(product) => {
            let is_taken = |pending: &&Document| {
                from_pending || !matches!(pending.status().phase(), Phase::Draft | Phase::Dead)
            };
            let pending = product.pending.as_ref().filter(is_taken).cloned();
            let published = pending.or(product.published.clone());
            Ok(Live::Readable(Box::new(LiveProduct { published, pending: None, ..*product })))
        }
        Live::NoSuchApp(words) | Live::Unsupported(words) | Live::Unreadable(words) => {
            Err(Failure::new(Exit::Error, format!("it cannot be read: {words}"))
                .help("`storeward status` says what can be done"))
        }
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

/// Writes the files, all of them once all could be made; each is there whole or as it was.
fn write(adopted: &Adopted) -> Result<(), Failure> {
    let failed = |file: &EditedFile, error: &io::Error| {
        Failure::new(Exit::Error, format!("`{}` cannot be written: {error}", file.name))
            .help("run the command again when it can; what was written already stays as it is")
    };
    let mut drafts = Vec::new();
    for file in &adopted.files {
        if let Some(before) = &file.before {
            drafts.push((file, draft(file, before).map_err(|error| failed(file, &error))?));
        }
    }
    let new = adopted.files.iter().filter(|file| file.before.is_none());
    place::write_all(new.map(|file| (file.path.clone(), file.after.as_str()))).map_err(|error| {
        Failure::new(Exit::Error, format!("a new file could not be written, and nothing was: {error}"))
    })?;
    for (file, draft) in drafts {
        draft.persist(&file.path).map_err(|error| failed(file, &error.error))?;
    }
    Ok(())
}

fn draft(file: &EditedFile, before: &str) -> io::Result<tempfile::NamedTempFile> {
    if fs::read_to_string(&file.path)? != before {
        return Err(io::Error::other("it was changed meanwhile"));
    }
    let folder = file.path.parent().unwrap_or(FilePath::new("."));
    let mut draft = tempfile::Builder::new().prefix(".storeward-").tempfile_in(folder)?;
    draft.write_all(file.after.as_bytes())?;
    draft.as_file().set_permissions(fs::metadata(&file.path)?.permissions())?;
    Ok(draft)
}
