//! Products that a person names: by their address in the manifests, or by a Store ID, for which no manifest is needed.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::manifest::{Address, Creation, Desired, Resource, Sources};
use crate::partner_center::{By, Part, Reader, Subject};
use crate::plan::{Asked, InTheWay, LiveSource, MadeOf};
use crate::submission::Kind;

use super::args::{Baseline, Global, Manifests};
use super::exit::{Exit, Failure};
use super::results::Results;
use super::run::{Account, Named, Releasing, Wanted, now};
use super::targets::Target;

/// A product.
#[derive(Debug, Clone)]
pub enum Whom {
    /// Of the manifests: by its address, or all with addresses like it.
    Manifest(Target),
    /// By the Store ID of an app.
    App(String),
    /// By the Store ID of its app and its name in Partner Center, or its id.
    Flight(String, String),
}

/// Whether a text is a Store ID, such as `9NBLGGH4R315`.
pub(super) fn is_store_id(text: &str) -> bool {
    text.len() == 12
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_digit())
}

impl FromStr for Whom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            None if is_store_id(text) => Ok(Self::App(text.to_ascii_uppercase())),
            Some((app, flight)) if is_store_id(app) && !flight.is_empty() => {
                Ok(Self::Flight(app.to_ascii_uppercase(), flight.to_owned()))
            }
            _ => text.parse().map(Self::Manifest),
        }
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest(target) => write!(f, "{target}"),
            Self::App(app) => f.write_str(app),
            Self::Flight(app, flight) => write!(f, "{app}/{flight}"),
        }
    }
}

/// One of the products, and how to find it.
pub(super) struct Found {
    /// What it is called: its address, or as it was named.
    pub(super) name: String,
    pub(super) resource: Resource,
    pub(super) subject: Subject,
    pub(super) has_manifest: bool,
}

impl Found {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked { name: &self.name, resource: &self.resource, has_manifest: self.has_manifest }
    }

    /// What a plan of it alone is made of.
    pub(super) fn made_of(&self, read_at: String) -> MadeOf {
        MadeOf {
            made_at: now(),
            live: LiveSource::Account,
            read_at,
            baseline: None,
            paths: Vec::new(),
            releases: Vec::new(),
            targets: vec![self.name.clone()],
            replace_untrusted: false,
            in_the_way: InTheWay::default(),
        }
    }
}

/// The products; all of the manifests where none is named. Manifests are read only where they are needed: a mistake in one
/// must not keep anybody from an emergency.
pub(super) fn find(global: &Global, results: &Results, whom: &[Whom]) -> Result<Vec<Found>, Failure> {
    let targets: Vec<Target> = whom
        .iter()
        .filter_map(|whom| match whom {
            Whom::Manifest(target) => Some(target.clone()),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    if whom.is_empty() || !targets.is_empty() {
        found.extend(in_manifests(global, results, targets)?);
    }
    found.extend(whom.iter().filter_map(without_manifest));
    Ok(found)
}

/// The products with all that belongs to the apps that are named by their Store IDs.
pub(super) async fn with_parts(found: Vec<Found>, account: &Account) -> Result<Vec<Found>, Failure> {
    let reader = Reader::new(account.connection.clone());
    let mut all = Vec::new();
    for found in found {
        let is_app_alone = !found.has_manifest && found.subject.part == Part::Itself;
        let app = found.subject.app.clone();
        all.push(found);
        if is_app_alone {
            let parts = reader.all_of(&app).await?;
            all.extend(parts.into_iter().filter_map(|subject| part_without_manifest(&app, subject)));
        }
    }
    Ok(all)
}

fn part_without_manifest(app: &str, subject: Subject) -> Option<Found> {
    let (id, kind) = match &subject.part {
        Part::Itself => return None,
        Part::AddOn(By::Id(id) | By::Name(id)) => (id.clone(), Kind::AddOn),
        Part::Flight(By::Id(id) | By::Name(id)) => (id.clone(), Kind::Flight),
    };
    Some(unmanaged(format!("{app}/{id}"), app, Some((kind, &id)), subject))
}

/// The one product that is named.
pub(super) fn find_one(global: &Global, results: &Results, whom: &Whom) -> Result<Found, Failure> {
    let mut found = find(global, results, std::slice::from_ref(whom))?;
    match found.len() {
        1 => Ok(found.remove(0)),
        count => Err(Failure::new(Exit::Usage, format!("{whom} names {count} products"))
            .help("name one of them, such as app/contoso-reader")),
    }
}

fn in_manifests(global: &Global, results: &Results, targets: Vec<Target>) -> Result<Vec<Found>, Failure> {
    let named = Named {
        manifests: Manifests { paths: Vec::new(), release: Vec::new() },
        targets,
        replace_untrusted: false,
        baseline: Baseline::None,
        in_the_way: InTheWay::default(),
    };
    let with_way_out = |failure: Failure| match failure.exit {
        Exit::Invalid => failure.help("a Store ID, such as 9NBLGGH4R315, or ID/FLIGHT needs no manifest"),
        _ => failure,
    };
    let wanted = Wanted::load(global, results, named, Releasing::Now).map_err(with_way_out)?;
    let of = |(resource, subject): (Resource, Subject)| Found {
        name: resource.address.to_string(),
        resource,
        subject,
        has_manifest: true,
    };
    Ok(wanted.into_parts().map(of).collect())
}

/// A product that no manifest speaks of.
fn without_manifest(whom: &Whom) -> Option<Found> {
    let (app, part, member) = match whom {
        Whom::Manifest(_) => return None,
        Whom::App(app) => (app, Part::Itself, None),
        Whom::Flight(app, flight) => {
            let by = if is_guid(flight) { By::Id(flight.clone()) } else { By::Name(flight.clone()) };
            (app, Part::Flight(by), Some((Kind::Flight, flight.as_str())))
        }
    };
    let subject = Subject { app: app.clone(), part };
    Some(unmanaged(whom.to_string(), app, member, subject))
}

/// A product of which nothing is managed.
fn unmanaged(name: String, app: &str, member: Option<(Kind, &str)>, subject: Subject) -> Found {
    // An address has to be made of other letters than a Store ID, or a name in Partner Center.
    let plain = |text: &str| {
        text.to_ascii_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect::<String>()
    };
    let mut sources = Sources::default();
    let source = sources.add("the command line", std::path::Path::new(""), &name);
    let span = sources.whole(source);
    let (address, creation) = match member {
        None => (Address::app(&plain(app)), Creation::App),
        Some((kind, id)) => (
            Address::below(kind, &plain(app), &plain(id)),
            if kind == Kind::AddOn {
                Creation::AddOn { product_id: Some(id.to_owned()), product_type: None }
            } else {
                Creation::Flight {
                    friendly_name: Some(id.to_owned()),
                    group_ids: None,
                    rank_higher_than: None,
                }
            },
        ),
    };
    let resource = Resource {
        address,
        id: member.is_none().then(|| app.to_owned()),
        creation,
        absent: None,
        permits: Vec::new(),
        desired: Desired::default(),
        rollout: None,
        at: sources.location(span),
        keys: BTreeMap::default(),
        span,
    };
    Found { name, resource, subject, has_manifest: false }
}

/// Ids of flights are GUIDs.
fn is_guid(text: &str) -> bool {
    uuid::Uuid::parse_str(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn store_ids_are_told_from_addresses() {
        let of = |text: &str| text.parse::<Whom>().unwrap();
        assert!(matches!(of("9nblggh4r315"), Whom::App(id) if id == "9NBLGGH4R315"));
        assert!(
            matches!(of("9NBLGGH4R315/Beta/2"), Whom::Flight(id, name) if id == "9NBLGGH4R315" && name == "Beta/2")
        );
        assert!(matches!(of("app/contoso-reader"), Whom::Manifest(_)));
        assert!(matches!(of("app/*"), Whom::Manifest(_)));
        assert!(matches!(of("harbor-notes"), Whom::Manifest(_)), "twelve letters, but no digit");
    }
}
