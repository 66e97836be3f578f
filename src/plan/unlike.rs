//! Whether manifests say exactly what is live: what `pull` proves before anybody gets them.

use std::collections::BTreeMap;

use crate::manifest::{Address, Finding, Loaded, Location, Pulled, Resource, Severity};
use crate::submission::{Live, LiveProduct, Path};

use super::planner::{Product, plan};
use super::types::{InTheWay, LiveSource, MadeOf, Plan};

/// What does not come back as it was, and why.
pub type Unlike = BTreeMap<(Address, Path), String>;

/// Plans manifests on the very documents that they were made of. There must be no change and no error: what has one is
/// given with the reason, `Err` where it cannot be told what an error is about.
pub fn unlike(loaded: &Loaded, all: &[Pulled<'_>], made_at: &str) -> Result<Unlike, String> {
    let mut unlike = Unlike::new();
    let plan = planned(loaded, all, made_at);
    let findings = loaded.findings().findings;
    for error in findings.iter().chain(&plan.diagnostics).filter(|one| one.severity == Severity::Error) {
        blame(&mut unlike, loaded, error)?;
    }
    for resource in plan.resources.iter().filter(|resource| !resource.changes.is_empty()) {
        let owner = loaded.resources.iter().find(|own| own.address.as_str() == resource.address);
        let owner = owner.ok_or_else(|| resource.address.clone())?;
        for change in &resource.changes {
            // What is no part of its submission is a key of the manifest itself.
            let path = owned(owner, &change.path).unwrap_or(&change.path);
            let why = "it does not come back from a manifest as it is".to_owned();
            unlike.entry((owner.address.clone(), path.clone())).or_insert(why);
        }
    }
    Ok(unlike)
}

/// The owned path that a path is, or lies below.
fn owned<'r>(resource: &'r Resource, path: &Path) -> Option<&'r Path> {
    resource.desired.owned.iter().map(|owned| &owned.path).find(|owned| owned.covers(path))
}

/// What an error is about, by where it stands.
fn blame(unlike: &mut Unlike, loaded: &Loaded, error: &Finding) -> Result<(), String> {
    let why = match &error.help {
        Some(help) => format!("{}; {help}", error.message),
        None => error.message.clone(),
    };
    let is_there =
        |at: &Location| error.at.as_ref().is_some_and(|place| place.file == at.file && place.line == at.line);
    let mut found = false;
    for resource in &loaded.resources {
        for owned in resource.desired.owned.iter().filter(|owned| is_there(&owned.at)) {
            found = true;
            unlike.insert((resource.address.clone(), owned.path.clone()), why.clone());
        }
    }
    if found { Ok(()) } else { Err(why) }
}

fn planned(loaded: &Loaded, all: &[Pulled<'_>], made_at: &str) -> Plan {
    let there = |pulled: &Pulled<'_>| {
        let published = pulled.document.cloned();
        let product = LiveProduct { published, pending: None, fallback: None, ..pulled.live.clone() };
        Live::Readable(Box::new(product))
    };
    let live: Vec<Live> = all.iter().map(there).collect();
    let mut products = Vec::new();
    for resource in &loaded.resources {
        if let Some(place) = all.iter().position(|pulled| pulled.address == resource.address) {
            products.push(Product { resource, live: &live[place], baseline: None });
        }
    }
    let made_of = MadeOf {
        made_at: made_at.to_owned(),
        live: LiveSource::Account,
        read_at: made_at.to_owned(),
        baseline: None,
        paths: Vec::new(),
        releases: Vec::new(),
        targets: Vec::new(),
        replace_untrusted: false,
        in_the_way: InTheWay::default(),
    };
    plan(&products, made_of, Vec::new())
}
