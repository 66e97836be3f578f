//! Reading all that planning needs, in few requests: one list for many apps, one for add-ons, one of each app for its
//! flights, and the submissions.

use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt, stream};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::submission::{Application, Document, Live, LiveProduct, Member, Rollout};

use super::error::StoreError;
use super::place::Place;
use super::reader::{Reader, not_a_document};

/// Requests in flight at a time.
const IN_FLIGHT: usize = 8;
/// Items of a list asked for at a time; the most that is known to work (msstore-cli asks for as many).
const PAGE: usize = 100;
/// No account has as many pages.
const MAX_PAGES: usize = 1000;
/// Up to so many apps are asked for one by one: a list says the same in one request, but of every app of the account.
const ONE_BY_ONE: usize = 2;

/// A resource to look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The Store ID of the app that it is, or belongs to.
    pub app: String,
    /// What of the app it is.
    pub part: Part,
}

/// What of an app a resource is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// The app itself.
    Itself,
    /// An add-on.
    AddOn(By),
    /// A package flight.
    Flight(By),
}

/// How an add-on or a flight is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum By {
    /// By its id.
    Id(String),
    /// An add-on by its product id, a flight by its friendly name.
    Name(String),
}

impl By {
    fn is(&self, id: &str, name: &str) -> bool {
        match self {
            Self::Id(wanted) => wanted.eq_ignore_ascii_case(id),
            // Nobody means two flights that differ by case only.
            Self::Name(wanted) => wanted.eq_ignore_ascii_case(name),
        }
    }
}

impl Part {
    /// Whether this is an add-on or a flight as the other one is.
    pub(super) fn is_of_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether an add-on or a flight of the app is this one.
    pub(super) fn is(&self, member: &Member) -> bool {
        match self {
            Self::Itself => false,
            Self::AddOn(by) => by.is(member.id(), member.product_id()),
            Self::Flight(by) => by.is(member.id(), member.friendly_name()),
        }
    }
}

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
    #[serde(rename = "@nextLink")]
    next: Option<String>,
}

/// An entry of the list of an app's add-ons.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    in_app_product_id: String,
}

/// A thing by its id, or why it cannot be read.
enum Found<T> {
    There(T),
    Refused(Live),
}

impl Reader {
    /// Everything that planning needs of some resources, in their order.
    ///
    /// A resource whose own documents cannot be read is [`Live::Unreadable`], and the others are read all the same. A
    /// list that cannot be read, a credential that is refused and a network that fails end it: nothing could be told of
    /// any resource then.
    pub async fn live(&self, subjects: &[Subject]) -> Result<Vec<Live>, StoreError> {
        let apps = self.apps(subjects).await?;
        let add_ons = self.add_ons(subjects).await?;
        let flights = self.flights(subjects, &apps).await?;
        let product = |subject: &Subject| {
            let application = match apps.get(&subject.app) {
                Some(Found::There(application)) => application.clone(),
                Some(Found::Refused(live)) => return Err(live.clone()),
                None => return Err(Live::NoSuchApp(String::new())),
            };
            let (member, flights) = match &subject.part {
                Part::Itself => (None, Vec::new()),
                Part::AddOn(by) => (add_ons.find(by, &subject.app)?, Vec::new()),
                Part::Flight(_) => {
                    let of_app = flights.get(&subject.app).cloned().unwrap_or_default();
                    let is = |member: &&Member| subject.part.is(member);
                    (of_app.iter().find(is).cloned(), of_app)
                }
            };
            Ok(LiveProduct { application, member, flights, ..LiveProduct::default() })
        };
        let read = |(place, subject): (usize, Subject)| {
            let product = product(&subject);
            async move {
                let live = match product {
                    Ok(product) => self.with_documents(&subject, product).await?,
                    Err(refused) => refused,
                };
                Ok::<_, StoreError>((place, live))
            }
        };
        let mut all: Vec<(usize, Live)> = stream::iter(subjects.iter().cloned().enumerate())
            .map(read)
            .buffer_unordered(IN_FLIGHT)
            .try_collect()
            .await?;
        all.sort_by_key(|(place, _)| *place);
        Ok(all.into_iter().map(|(_, live)| live).collect())
    }

    /// All that there is of an app: itself, its add-ons and its flights, in the order of the Store.
    pub async fn all_of(&self, app: &str) -> Result<Vec<Subject>, StoreError> {
        let add_ons: Vec<Listed> = self.list(&add_ons_of_app_path(app), |_: &[Listed]| false).await?;
        let flights: Vec<Member> = self.list(&flights_path(app), |_: &[Member]| false).await?;
        let add_ons = add_ons.into_iter().map(|add_on| Part::AddOn(By::Id(add_on.in_app_product_id)));
        let flights = flights.iter().map(|flight| Part::Flight(By::Id(flight.id().to_owned())));
        let parts = std::iter::once(Part::Itself).chain(add_ons).chain(flights);
        Ok(parts.map(|part| Subject { app: app.to_owned(), part }).collect())
    }

    /// The add-on of an app with this product id, as the list of all add-ons shows it.
    pub async fn add_on(&self, app: &str, product_id: &str) -> Result<Option<Member>, StoreError> {
        let all: Vec<Member> = self.list(&add_ons_path(), |_: &[Member]| false).await?;
        let by = By::Name(product_id.to_owned());
        Ok(all.into_iter().find(|member| by.is(member.id(), member.product_id()) && is_of(member, app)))
    }

    /// The flight of an app with this name, as the list of its flights shows it; the newest where there are several.
    pub async fn flight(&self, app: &str, friendly_name: &str) -> Result<Option<Member>, StoreError> {
        let all: Vec<Member> = self.list(&flights_path(app), |_: &[Member]| false).await?;
        let by = By::Name(friendly_name.to_owned());
        Ok(all.into_iter().rfind(|member| by.is(member.id(), member.friendly_name())))
    }

    /// The apps of the subjects by Store ID.
    async fn apps(&self, subjects: &[Subject]) -> Result<HashMap<String, Found<Application>>, StoreError> {
        let mut wanted: Vec<&str> = subjects.iter().map(|subject| subject.app.as_str()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = HashMap::new();
        if wanted.len() > ONE_BY_ONE {
            let listed: Vec<Application> = self
                .list(&format!("applications?top={PAGE}"), |so_far: &[Application]| {
                    wanted.iter().all(|id| so_far.iter().any(|app| app.id() == *id))
                })
                .await?;
            for app in listed.into_iter().filter(|app| wanted.contains(&app.id())) {
                found.insert(app.id().to_owned(), Found::There(app));
            }
        }
        let missing = wanted.into_iter().filter(|id| !found.contains_key(*id)).map(str::to_owned);
        let asked: Vec<(String, Found<Application>)> = stream::iter(missing.collect::<Vec<_>>())
            .map(|id| async move { self.app(&id).await.map(|found| (id, found)) })
            .buffered(IN_FLIGHT)
            .try_collect()
            .await?;
        found.extend(asked);
        Ok(found)
    }

    async fn app(&self, id: &str) -> Result<Found<Application>, StoreError> {
        match self.application(id).await {
            Ok(app) => Ok(Found::There(app)),
            Err(error) if error.status() == Some(404) => {
                Ok(Found::Refused(Live::NoSuchApp(error.to_string())))
            }
            Err(error) => refusal(error).map(Found::Refused),
        }
    }

    /// The add-ons that the subjects name: those known by id one by one, the others from the one list that shows
    /// product ids.
    async fn add_ons(&self, subjects: &[Subject]) -> Result<AddOns, StoreError> {
        let wanted: Vec<&By> = subjects
            .iter()
            .filter_map(|subject| match &subject.part {
                Part::AddOn(by) => Some(by),
                _ => None,
            })
            .collect();
        let ids: Vec<String> = wanted
            .iter()
            .filter_map(|by| match by {
                By::Id(id) => Some(id.clone()),
                By::Name(_) => None,
            })
            .collect();
        if ids.len() < wanted.len() {
            let there = self.list(&add_ons_path(), |_: &[Member]| false).await?;
            return Ok(AddOns { there, refused: HashMap::new() });
        }
        let read = |id: String| async move {
            match self.get_if_there(&format!("inappproducts/{id}")).await {
                Ok(found) => Ok(found.map(Found::There)),
                Err(error) => refusal(error).map(|live| Some(Found::Refused(live))),
            }
            .map(|found| (id, found))
        };
        let found: Vec<(String, Option<Found<Member>>)> =
            stream::iter(ids).map(read).buffered(IN_FLIGHT).try_collect().await?;
        let mut add_ons = AddOns::default();
        for (id, found) in found {
            match found {
                Some(Found::There(member)) => add_ons.there.push(member),
                Some(Found::Refused(live)) => {
                    add_ons.refused.insert(id, live);
                }
                None => {}
            }
        }
        Ok(add_ons)
    }

    /// The flights of every app of which one is wanted.
    async fn flights(
        &self,
        subjects: &[Subject],
        apps: &HashMap<String, Found<Application>>,
    ) -> Result<HashMap<String, Vec<Member>>, StoreError> {
        let mut wanted: Vec<String> = subjects
            .iter()
            .filter(|subject| matches!(subject.part, Part::Flight(_)))
            .filter(|subject| matches!(apps.get(&subject.app), Some(Found::There(_))))
            .map(|subject| subject.app.clone())
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let read = |app: String| async move {
            self.list(&flights_path(&app), |_: &[Member]| false).await.map(|flights| (app, flights))
        };
        stream::iter(wanted).map(read).buffered(IN_FLIGHT).try_collect().await
    }

    /// A list, page by page, until `enough`. The service answers an empty one with 404.
    async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<Vec<T>, StoreError> {
        let mut items: Vec<T> = Vec::new();
        let mut next = path.to_owned();
        // What is not in the list is taken as not there, and created: a list must be whole.
        for page in 0..MAX_PAGES {
            let found = match page {
                0 => self.get_if_there::<Page<T>>(&next).await?,
                _ => Some(self.get_json::<Page<T>>(&next).await?),
            };
            let Some(page) = found else { return Ok(items) };
            items.extend(page.value);
            match page.next.filter(|_| !enough(&items)) {
                // Relative to the base, in several spellings.
                Some(link) => link.trim_start_matches('/').clone_into(&mut next),
                None => return Ok(items),
            }
        }
        Err(StoreError::EndlessList { path: path.to_owned() })
    }

    /// The first item of a list, `None` where it is empty.
    pub(super) async fn first_of_list<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, StoreError> {
        let page = self.get_if_there::<Page<T>>(path).await?;
        Ok(page.and_then(|page| page.value.into_iter().next()))
    }

    /// A document, `None` where the service knows no such thing.
    async fn get_if_there<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, StoreError> {
        match self.get_json(path).await {
            Ok(document) => Ok(Some(document)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, StoreError> {
        let answer = self.connection().get(path).await?;
        serde_json::from_slice(&answer.body).map_err(|error| not_a_document("GET", path, &answer, &error))
    }

    /// The product with its submissions: the published one with the state of its rollout, and the pending one.
    async fn with_documents(&self, subject: &Subject, mut product: LiveProduct) -> Result<Live, StoreError> {
        let (place, published, pending) = match (&subject.part, &product.member) {
            (Part::Itself, _) => (
                Place::App { app: subject.app.clone() },
                product.application.published_submission(),
                product.application.pending_submission(),
            ),
            (Part::AddOn(_), Some(member)) => (
                Place::AddOn { add_on: member.id().to_owned() },
                member.published_submission(),
                member.pending_submission(),
            ),
            (Part::Flight(_), Some(member)) => (
                Place::Flight { app: subject.app.clone(), flight: member.id().to_owned() },
                member.published_submission(),
                member.pending_submission(),
            ),
            (_, None) => return Ok(Live::Readable(Box::new(product))),
        };
        let documents: Result<_, StoreError> = async {
            let published = match published {
                Some(id) => Some(self.published(&place, id).await?),
                None => None,
            };
            let pending = match pending {
                Some(id) => Some(self.submission(&place, id).await?),
                None => None,
            };
            let rolled_out = published.as_ref().filter(|document| document.rollout() != Rollout::Closed);
            let fallback = match rolled_out.and_then(Document::fallback_submission) {
                Some(id) => self.get_if_there(&place.submission(id)).await?,
                None => None,
            };
            Ok((published, pending, fallback))
        }
        .await;
        match documents {
            Ok((published, pending, fallback)) => {
                (product.published, product.pending, product.fallback) = (published, pending, fallback);
                Ok(Live::Readable(Box::new(product)))
            }
            Err(error) => refusal(error),
        }
    }

    /// A published submission with the state of its rollout.
    pub async fn published(&self, place: &Place, id: &str) -> Result<Document, StoreError> {
        let document = self.submission(place, id).await?;
        if document.is_package_rollout() { self.with_rollout(place, document).await } else { Ok(document) }
    }
}

fn add_ons_path() -> String {
    format!("inappproducts?top={PAGE}")
}

fn add_ons_of_app_path(app: &str) -> String {
    format!("applications/{app}/listinappproducts?top={PAGE}")
}

fn flights_path(app: &str) -> String {
    format!("applications/{app}/listflights?top={PAGE}")
}

/// Whether an add-on belongs to an app. An answer that names no app cannot be of another one; taken as missing, it would be
/// created twice.
fn is_of(member: &Member, app: &str) -> bool {
    let mut apps = member.applications().peekable();
    apps.peek().is_none() || apps.any(|own| own == app)
}

/// The add-ons that were found, and why some could not be read, by id.
#[derive(Default)]
struct AddOns {
    there: Vec<Member>,
    refused: HashMap<String, Live>,
}

impl AddOns {
    fn find(&self, by: &By, app: &str) -> Result<Option<Member>, Live> {
        if let By::Id(id) = by
            && let Some(refused) = self.refused.get(id)
        {
            return Err(refused.clone());
        }
        let is = |member: &&Member| by.is(member.id(), member.product_id()) && is_of(member, app);
        Ok(self.there.iter().find(is).cloned())
    }
}

/// What the failure to read one product means; other errors are about all of them.
fn refusal(error: StoreError) -> Result<Live, StoreError> {
    match error.unsupported_product() {
        Some(words) => Ok(Live::Unsupported(words.to_owned())),
        None if error.may_be_about_one() => Ok(Live::Unreadable(error.to_string())),
        None => Err(error),
    }
}
