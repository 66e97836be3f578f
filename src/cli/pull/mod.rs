//! `storeward pull`.

mod place;
mod proof;
mod reading;
mod update;
mod wishes;

use std::path::{Component, Path, PathBuf};

use crate::manifest::{Choices, Composed, Pulled, Releases, Resource, Workspace, compose, load};
use crate::render::{self, Format, PulledReport};

use super::args::{Global, PullArgs, Pullable};
use super::command_line;
use super::exit::{Exit, Failure};
use super::manifests::base;
use super::results::Results;

use reading::{Chosen, Found};

/// So often is what does not come back left out. Each time less is left.
const MAX_ROUNDS: usize = 8;

pub(super) async fn run(global: &Global, results: &Results, args: &PullArgs) -> Result<Exit, Failure> {
    if args.update || args.check || matches!(args.what, Pullable::Field(..)) {
        return update::run(global, results, args).await;
    }
    refuse_managed(global, args)?;
    let found = Found::read(global, results, &args.what).await?;
    let chosen = found.chosen(args.from_pending)?;
    let composed = proven(&chosen, args.with_notes, &found.read_at)?;
    let folder = folder(global, args, &chosen)?;
    let files: Vec<PathBuf> = composed.files.keys().map(|name| folder.real.join(name)).collect();
    place::refuse_existing(&files, |file| folder.shown(file))?;
    place::write_all(files.iter().cloned().zip(composed.files.values().map(String::as_str))).map_err(
        |error| {
            Failure::new(Exit::Error, format!("the manifests could not be written, and none was: {error}"))
        },
    )?;
    let mut left_out = composed.left_out;
    left_out.extend(found.left_out.iter().cloned());
    let report = PulledReport {
        format_version: PulledReport::FORMAT_VERSION.to_owned(),
        read_at: found.read_at.clone(),
        products: chosen.iter().map(|chosen| chosen.product.clone()).collect(),
        files: files.iter().map(|file| folder.shown(file)).collect(),
        left_out,
        next: command_line::plan(global, &folder.written),
    };
    results.give(|format, _, _| match format {
        Format::Json => render::json(&report),
        _ => render::pulled_text(&report),
    })?;
    Ok(Exit::Ok)
}

/// The manifests of an app with all that belongs to it, not yet written.
pub(super) struct Brought {
    /// The files, by their names below the folder that they are for.
    pub(super) composed: Composed,
    /// What is said of them; where they went is not in it yet.
    pub(super) report: PulledReport,
    /// What the manifests call the app.
    pub(super) name: String,
}

/// Brings what Partner Center holds of an app by its Store ID.
pub(super) async fn bring(global: &Global, results: &Results, id: &str) -> Result<Brought, Failure> {
    let found = Found::read(global, results, &Pullable::App(id.to_owned())).await?;
    let chosen = found.chosen(false)?;
    let composed = proven(&chosen, false, &found.read_at)?;
    let mut left_out = composed.left_out.clone();
    left_out.extend(found.left_out.iter().cloned());
    let name = chosen.first().map(|chosen| chosen.product.address.app_name().to_owned()).unwrap_or_default();
    let report = PulledReport {
        format_version: PulledReport::FORMAT_VERSION.to_owned(),
        read_at: found.read_at.clone(),
        products: chosen.iter().map(|chosen| chosen.product.clone()).collect(),
        files: Vec::new(),
        left_out,
        next: String::new(),
    };
    Ok(Brought { composed, report, name })
}

/// Refuses what has a manifest already, where nobody says that another one is to be made: two would undo each other's
/// changes.
fn refuse_managed(global: &Global, args: &PullArgs) -> Result<(), Failure> {
    if args.into.is_some() {
        return Ok(());
    }
    let workspace =
        Workspace::around(&base(global)?).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    // Mistakes in manifests are no reason not to find the others.
    let loaded = load(&workspace, &[], &Releases::new());
    let is_it = |resource: &&Resource| match &args.what {
        Pullable::App(id) => resource.id.as_ref() == Some(id),
        Pullable::Resource(address) | Pullable::Field(address, _) => resource.address == *address,
    };
    let Some(own) = loaded.resources.iter().find(is_it) else { return Ok(()) };
    let message = format!("{} has a manifest already: {}", args.what, render::visible_line(&own.at.file));
    let help = format!(
        "bring it up to date with `storeward pull {} --update`, or name another folder with --into",
        args.what
    );
    Err(Failure::new(Exit::Usage, message).help(help))
}

/// The manifests, loaded and planned: without what does not come back as it is.
fn proven(chosen: &[Chosen<'_>], with_notes: bool, read_at: &str) -> Result<Composed, Failure> {
    let all: Vec<Pulled<'_>> = chosen.iter().map(Chosen::pulled).collect();
    let mut choices = Choices { with_notes, ..Choices::default() };
    for _ in 0..MAX_ROUNDS {
        let composed = compose(&all, &choices);
        let wrong = proof::wrong(&composed, &all, read_at)?;
        if wrong.is_empty() {
            return Ok(composed);
        }
        if let Some(((address, path), why)) =
            wrong.iter().find(|(place, _)| choices.except.contains_key(place))
        {
            return Err(proof::unproven(&format!("{address}: {path}: {why}")));
        }
        choices.except.extend(wrong);
    }
    Err(proof::unproven("there is always something more"))
}

/// Where the files go.
struct Folder {
    /// As it was named.
    written: PathBuf,
    real: PathBuf,
    workspace: Workspace,
}

impl Folder {
    fn shown(&self, file: &Path) -> String {
        self.workspace.display(file).to_string()
    }
}

/// A path without `.` and `..`, as it is written: whoever names the folder beside means that one.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

fn folder(global: &Global, args: &PullArgs, chosen: &[Chosen<'_>]) -> Result<Folder, Failure> {
    let base = base(global)?;
    let workspace = Workspace::around(&base).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let named = chosen.first().map(|chosen| chosen.product.address.app_name()).unwrap_or_default();
    let written = args.into.clone().unwrap_or_else(|| Path::new("store").join(named));
    let real = without_dots(&workspace.current().join(&written));
    // A link may come from a fork.
    if workspace.is_led_out(&real) || real.ancestors().any(|folder| workspace.is_led_out(folder)) {
        let message = format!("`{}` leads out of the repository through a symbolic link", written.display());
        return Err(Failure::new(Exit::Usage, message).help("name another folder with --into"));
    }
    if real.starts_with(workspace.root()) && workspace.is_hidden(&real, None) {
        let message = format!("`{}` is hidden, and texts are not read from there", written.display());
        return Err(
            Failure::new(Exit::Usage, message).help("name a folder whose name does not start with a dot")
        );
    }
    Ok(Folder { written, real, workspace })
}
