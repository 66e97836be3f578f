//! Proves manifests before anybody gets them: they are loaded and planned as a later run would.

use std::collections::BTreeMap;
use std::fs;

use crate::manifest::{
    Address, Composed, Finding, Loaded, Pulled, Releases, Resource, Severity, Workspace, load,
};
use crate::plan::{InTheWay, LiveSource, MadeOf, Plan, Product, plan};
use crate::submission::{Kind, Live, LiveProduct, Path};

use super::super::exit::{Exit, Failure};

/// What does not come back as it was, and why.
pub(super) type Wrong = BTreeMap<(Address, Path), String>;

/// Loads the files and plans them on the documents that they were made of: there must be no change. Gives what has to be
/// left out of them; nothing where they are right.
pub(super) fn wrong(composed: &Composed, all: &[Pulled<'_>], read_at: &str) -> Result<Wrong, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            Exit::Error,
            format!("the manifests could not be checked in a temporary folder: {error}"),
        )
    };
    // A name without a dot in front: texts are not read from hidden folders.
    let folder = tempfile::Builder::new().prefix("storeward-pull-").tempdir().map_err(failed)?;
    for (name, text) in &composed.files {
        let file = folder.path().join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(file, text).map_err(failed)?;
    }
    if let Some(app) = without_app(all) {
        fs::write(folder.path().join("the-app.yaml"), app).map_err(failed)?;
    }
    let workspace = Workspace::around(folder.path())
        .map_err(|error| Failure::new(Exit::Error, format!("the manifests could not be checked: {error}")))?;
    let loaded = load(&workspace, &[], &Releases::new());
    let mut wrong = Wrong::new();
    for error in loaded.findings().findings.iter().filter(|finding| finding.severity == Severity::Error) {
        blame(&mut wrong, &loaded, error)?;
    }
    let plan = planned(&loaded, all, read_at);
    for error in plan.diagnostics.iter().filter(|finding| finding.severity == Severity::Error) {
        blame(&mut wrong, &loaded, error)?;
    }
    for resource in &plan.resources {
        for change in &resource.changes {
            let owner = loaded.resources.iter().find(|own| own.address.as_str() == resource.address);
            let owned = owner.and_then(|owner| owned(owner, &change.path).map(|path| (owner, path)));
            let Some((owner, path)) = owned else {
                return Err(unproven(&format!("{}: {}", resource.address, change.path)));
            };
            let why = "it does not come back from a manifest as it is".to_owned();
            wrong.entry((owner.address.clone(), path.clone())).or_insert(why);
        }
    }
    Ok(wrong)
}

/// A manifest of the app, for add-ons and flights that are pulled without it.
fn without_app(all: &[Pulled<'_>]) -> Option<String> {
    let first = all.first().filter(|_| !all.iter().any(|pulled| pulled.kind == Kind::App))?;
    let (name, id) = (first.address.app_name(), first.live.application.id());
    Some(format!("kind: App\nname: {name}\nid: {id}\n"))
}

/// The owned path that a path is, or lies below.
fn owned<'r>(resource: &'r Resource, path: &Path) -> Option<&'r Path> {
    resource.desired.owned.iter().map(|owned| &owned.path).find(|owned| owned.covers(path))
}

/// What an error is about, by where it stands.
fn blame(wrong: &mut Wrong, loaded: &Loaded, error: &Finding) -> Result<(), Failure> {
    let why = match &error.help {
        Some(help) => format!("{}; {help}", error.message),
        None => error.message.clone(),
    };
    let mut found = false;
    for resource in &loaded.resources {
        let is_there = |at: &crate::manifest::Location| {
            error.at.as_ref().is_some_and(|place| place.file == at.file && place.line == at.line)
        };
        for owned in resource.desired.owned.iter().filter(|owned| is_there(&owned.at)) {
            found = true;
            wrong.insert((resource.address.clone(), owned.path.clone()), why.clone());
        }
    }
    if found { Ok(()) } else { Err(unproven(&why)) }
}

fn unproven(what: &str) -> Failure {
    let what = crate::render::visible_line(what);
    Failure::new(
        Exit::Error,
        format!("the manifests would not say what is live, and nothing was written: {what}"),
    )
    .help("this is a mistake of Storeward; report it with this message")
}

/// The plan on exactly the documents that the manifests were made of.
fn planned(loaded: &Loaded, all: &[Pulled<'_>], read_at: &str) -> Plan {
    let live: Vec<Live> = all
        .iter()
        .map(|pulled| {
            let published = pulled.document.cloned();
            let product = LiveProduct { published, pending: None, fallback: None, ..pulled.live.clone() };
            Live::Readable(Box::new(product))
        })
        .collect();
    let products: Vec<Product<'_>> = loaded
        .resources
        .iter()
        .filter_map(|resource| {
            let place = all.iter().position(|pulled| pulled.address == resource.address)?;
            Some(Product { resource, live: &live[place], baseline: None })
        })
        .collect();
    let made_of = MadeOf {
        made_at: read_at.to_owned(),
        live: LiveSource::Account,
        read_at: read_at.to_owned(),
        baseline: None,
        paths: Vec::new(),
        releases: Vec::new(),
        targets: Vec::new(),
        replace_untrusted: false,
        in_the_way: InTheWay::default(),
    };
    plan(&products, made_of, Vec::new())
}
