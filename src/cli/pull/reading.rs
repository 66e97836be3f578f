//! What is pulled: an app with all that belongs to it, or one resource of the manifests.

use crate::manifest::{Address, LeftOut, Pulled, app_address, member_addresses};
use crate::partner_center::{By, Part, Reader, Subject};
use crate::render::{PulledFrom, PulledProduct};
use crate::submission::{Document, Kind, Live, LiveProduct, Member, Path};

use super::super::args::{Global, Pullable};
use super::super::exit::{Exit, Failure};
use super::super::results::Results;
use super::super::run::Account;
use super::super::whom;

/// What was read.
pub(super) struct Found {
    /// Each with what it is called.
    products: Vec<(Address, Kind, LiveProduct)>,
    /// What could not be read.
    pub(super) left_out: Vec<LeftOut>,
    pub(super) read_at: String,
}

impl Found {
    pub(super) async fn read(global: &Global, results: &Results, what: &Pullable) -> Result<Self, Failure> {
        let named = match what {
            Pullable::App(_) => None,
            Pullable::Resource(address) | Pullable::Field(address, _) => {
                Some(whom::find_one(global, results, &whom::Whom::Manifest(address.into()))?)
            }
        };
        let account = Account::connect(global).await?;
        let read = async {
            let subjects = match (what, &named) {
                (_, Some(named)) => vec![named.subject.clone()],
                (Pullable::App(id), _) => Reader::new(account.connection.clone()).all_of(id).await?,
                _ => Vec::new(),
            };
            let (live, read_at) = account.read(&subjects).await?;
            Ok::<_, Failure>((subjects, live, read_at))
        }
        .await;
        account.end().await;
        let (subjects, live, read_at) = read?;
        let name = named.map(|named| named.resource.address);
        Self::of(subjects.into_iter().zip(live).collect(), name.as_ref(), read_at)
    }

    fn of(live: Vec<(Subject, Live)>, name: Option<&Address>, read_at: String) -> Result<Self, Failure> {
        let mut products = Vec::new();
        let mut unread = Vec::new();
        for (subject, live) in live {
            let kind = match subject.part {
                Part::Itself => Kind::App,
                Part::AddOn(_) => Kind::AddOn,
                Part::Flight(_) => Kind::Flight,
            };
            match live {
                Live::Readable(product) if kind == Kind::App || product.member.is_some() => {
                    products.push((kind, *product));
                }
                Live::Readable(_) => unread.push((subject, "it is not there".to_owned())),
                Live::NoSuchApp(words) => {
                    let said = if words.is_empty() { String::new() } else { format!(": {words}") };
                    let message = format!("the account has no app with the id {}{said}", subject.app);
                    return Err(Failure::new(Exit::Error, message)
                        .help("Partner Center shows the Store ID under Product identity"));
                }
                Live::Unsupported(words) => unread.push((subject, format!("the Store says: {words}"))),
                // It may be there the next time; half of an app would look like all of it.
                Live::Unreadable(why) => {
                    let message = format!("{} cannot be read: {why}", words(&subject.part));
                    return Err(Failure::new(Exit::Error, message).help("nothing was written; run it again"));
                }
            }
        }
        if products.is_empty() || (name.is_none() && products[0].0 != Kind::App) {
            let why = unread.first().map(|(_, why)| why.clone()).unwrap_or_default();
            return Err(Failure::new(Exit::Error, format!("it cannot be read: {why}")));
        }
        let app = match name {
            Some(name) => Address::app(name.app_name()),
            None => app_address(&products[0].1.application),
        };
        let mut all = Vec::new();
        for kind in Kind::ALL {
            let of_kind: Vec<LiveProduct> =
                products.iter().filter(|(own, _)| own == kind).map(|(_, product)| product.clone()).collect();
            let members: Vec<&Member> =
                of_kind.iter().filter_map(|product| product.member.as_ref()).collect();
            let addresses = match (name, kind) {
                (Some(name), _) => vec![name.clone(); of_kind.len()],
                (None, Kind::App) => vec![app.clone()],
                (None, _) => member_addresses(*kind, &app, &members),
            };
            all.extend(
                addresses.into_iter().zip(of_kind).map(|(address, product)| (address, *kind, product)),
            );
        }
        let left_out = unread.into_iter().map(|(subject, why)| LeftOut {
            address: app.clone(),
            path: Path::default(),
            why: format!("{}: {why}", words(&subject.part)),
        });
        Ok(Self { products: all, left_out: left_out.collect(), read_at })
    }

    /// Each product with the submission whose values are taken.
    pub(super) fn chosen(&self, from_pending: bool) -> Result<Vec<Chosen<'_>>, Failure> {
        let chosen: Vec<Chosen<'_>> = self
            .products
            .iter()
            .map(|(address, kind, live)| self.choose(address, *kind, live, from_pending))
            .collect();
        if from_pending && !chosen.iter().any(|chosen| chosen.product.from == PulledFrom::Pending) {
            return Err(Failure::new(Exit::Usage, "no submission is in progress")
                .help("leave --from-pending out to take what is published"));
        }
        Ok(chosen)
    }

    fn choose<'f>(
        &'f self,
        address: &Address,
        kind: Kind,
        live: &'f LiveProduct,
        from_pending: bool,
    ) -> Chosen<'f> {
        let (document, from) = match (&live.published, &live.pending) {
            (Some(_), Some(pending)) if from_pending => (Some(pending), PulledFrom::Pending),
            (Some(published), _) => (Some(published), PulledFrom::Published),
            (None, Some(pending)) if from_pending => (Some(pending), PulledFrom::Pending),
            (None, Some(pending)) => (Some(pending), PulledFrom::PendingOnly),
            (None, None) => (None, PulledFrom::Nothing),
        };
        let in_progress = live.pending.as_ref().filter(|_| from == PulledFrom::Published);
        let member = live.member.as_ref();
        let product = PulledProduct {
            address: address.clone(),
            id: member.map_or(live.application.id(), Member::id).to_owned(),
            name: called(kind, live).to_owned(),
            from,
            in_progress: in_progress.map(|pending| pending.id().to_owned()),
        };
        let is_twin = |(_, other_kind, other): &(Address, Kind, LiveProduct)| {
            *other_kind == kind && called(kind, other).eq_ignore_ascii_case(called(kind, live))
        };
        let is_ambiguous = self.products.iter().filter(|other| is_twin(other)).count() > 1;
        Chosen { product, kind, live, document, is_ambiguous }
    }
}

/// What Partner Center calls it.
fn called(kind: Kind, live: &LiveProduct) -> &str {
    match (kind, &live.member) {
        (Kind::AddOn, Some(member)) => member.product_id(),
        (Kind::Flight, Some(member)) => member.friendly_name(),
        _ => live.application.primary_name(),
    }
}

fn words(part: &Part) -> String {
    let by = |by: &By| match by {
        By::Id(id) | By::Name(id) => id.clone(),
    };
    match part {
        Part::Itself => "the app".to_owned(),
        Part::AddOn(of) => format!("the add-on {}", by(of)),
        Part::Flight(of) => format!("the flight {}", by(of)),
    }
}

/// A product with the submission whose values are taken.
pub(super) struct Chosen<'f> {
    pub(super) product: PulledProduct,
    kind: Kind,
    live: &'f LiveProduct,
    document: Option<&'f Document>,
    is_ambiguous: bool,
}

impl Chosen<'_> {
    /// As it is to be written down.
    pub(super) fn pulled(&self) -> Pulled<'_> {
        Pulled {
            address: self.product.address.clone(),
            kind: self.kind,
            live: self.live,
            document: self.document,
            is_ambiguous: self.is_ambiguous,
        }
    }
}
