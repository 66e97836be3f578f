//! One resource as a document: its head, what it holds, and in comments what it does not.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use crate::submission::{Document, Field, Kind, Member, Path, Scope, Shape, canonical};

use super::listings::listings;
use super::page::{Line, Page, comment};
use super::said::{Said, said, trailers};
use super::writing::Writing;
use super::{LeftOut, Pulled};

/// Extensions that releases come with.
const PACKAGES: &[&str] = &["msixbundle", "msixupload", "msix", "appxbundle", "appxupload", "appx"];

/// The document of a resource; `None` where it cannot even be named.
pub(super) fn document(writing: &mut Writing<'_>, pulled: &Pulled<'_>, notes: &str) -> Option<String> {
    let mut lines = head(writing, pulled)?;
    let mut submission = Page::Map(Vec::new());
    if let Some(document) = pulled.document {
        fields(writing, document, &mut submission, notes);
    } else {
        writing.leave_out(Path::default(), "no submission of it was ever made");
    }
    if !submission.is_empty() {
        lines.push(Line::new("submission", submission));
    }
    let mut text = Page::Map(lines).written();
    if writing.kind() != Kind::AddOn {
        text.push_str(&about_packages(writing, pulled.document));
    }
    text.push_str(&about_left_out(&writing.left_out));
    Some(text)
}

/// What tells the resource from others.
fn head(writing: &mut Writing<'_>, pulled: &Pulled<'_>) -> Option<Vec<Line>> {
    let address = writing.address();
    let mut lines = vec![
        Line::new("kind", Page::word(writing.kind().as_str())),
        Line::new("name", Page::text(address.name())),
    ];
    if writing.kind() != Kind::App {
        lines.push(Line::new("app", Page::text(address.app_name())));
    }
    match (writing.kind(), &pulled.live.member) {
        (Kind::App, _) => lines.push(Line::new("id", Page::text(pulled.live.application.id()))),
        (Kind::AddOn, Some(member)) => lines.extend(head_of_add_on(writing, pulled, member)?),
        (Kind::Flight, Some(member)) => lines.extend(head_of_flight(writing, pulled, member)?),
        (_, None) => return None,
    }
    Some(lines)
}

fn head_of_add_on(writing: &mut Writing<'_>, pulled: &Pulled<'_>, member: &Member) -> Option<Vec<Line>> {
    let named = [("productId", member.product_id()), ("productType", member.product_type())];
    let can_be_said = |writing: &Writing<'_>| {
        !pulled.is_ambiguous
            && named.iter().all(|(key, text)| {
                // Manifests take such a product id, and nobody could tell it from another one.
                !text.contains(char::is_control) && writing.refuses_key(key, &Page::text(text)).is_none()
            })
    };
    if can_be_said(writing) {
        return Some(named.map(|(key, text)| Line::new(key, Page::text(text))).to_vec());
    }
    by_id(writing, member).map(|line| vec![line])
}

/// The id, for what no manifest can name otherwise.
fn by_id(writing: &mut Writing<'_>, member: &Member) -> Option<Line> {
    let id = Page::text(member.id());
    match writing.refuses_key("id", &id) {
        None => Some(Line::new("id", id)),
        Some(why) => {
            writing.leave_out(Path::default(), format!("no manifest can name it: {why}"));
            None
        }
    }
}

fn head_of_flight(writing: &mut Writing<'_>, pulled: &Pulled<'_>, member: &Member) -> Option<Vec<Line>> {
    let groups = member.group_ids();
    let mut lines = vec![
        Line::new("friendlyName", Page::text(member.friendly_name())),
        Line::new("groupIds", Page::List(groups.iter().map(|id| Page::text(id)).collect())),
    ];
    let keys = ["friendlyName", "groupIds"];
    let mut refused = Vec::new();
    for (key, line) in keys.iter().zip(&lines) {
        if let Some(why) = writing.refuses_key(key, line.value()) {
            writing.leave_out(Path::new([*key]), why);
            refused.push(*key);
        }
    }
    if pulled.is_ambiguous || !refused.is_empty() {
        let mut kept = vec![by_id(writing, member)?];
        kept.extend(keys.iter().zip(lines).filter(|(key, _)| !refused.contains(key)).map(|(_, line)| line));
        lines = kept;
    }
    if let Some(below) = member.rank_higher_than() {
        // By name, as people know it.
        let is = |flight: &&Member| flight.id().eq_ignore_ascii_case(below);
        let by_name = pulled.live.flights.iter().find(is).map(Member::friendly_name);
        let below = Page::text(by_name.unwrap_or(below));
        match writing.refuses_key("rankHigherThan", &below) {
            None => lines.push(Line::new("rankHigherThan", below)),
            Some(why) => writing.leave_out(Path::new(["rankHigherThan"]), why),
        }
    }
    Some(lines)
}

/// Everything below `submission`, in the order of the field table.
fn fields(writing: &mut Writing<'_>, document: &Document, submission: &mut Page, notes: &str) {
    let mut has_listings = false;
    for field in Field::all_of(writing.kind()) {
        if field.scope == Scope::Listing {
            if !has_listings {
                has_listings = true;
                let all = listings(writing, document);
                if !all.is_empty() {
                    submission.put(&["listings"], all);
                }
            }
            continue;
        }
        let path = Path::new(field.path.iter().copied());
        let live = document.get(&field.api_path(None));
        let is_said = live.is_some_and(|live| canonical::value(live).is_some());
        match field.shape {
            Shape::Markets => markets(writing, document, field, submission),
            Shape::Price if !is_said => {
                writing.leave_out(path, "the Store shows no price; write the one that is meant");
            }
            Shape::Trailers => {
                let said = trailers(document).and_then(|said| writing.kept(path, said.map(Said::Here)));
                if let Some(said) = said {
                    submission.put(field.path, said.page());
                }
            }
            Shape::Notes { .. } if is_said && !writing.choices.with_notes => {
                writing.leave_out(path, "it often holds test accounts; `--with-notes` writes it down");
            }
            Shape::OneOf(_) if live.and_then(|live| live.as_str()) == Some("SpecificDate") => {
                writing.leave_out(path, "its date is that of the submission that is there now");
            }
            Shape::Flag if field.rides_along && live == Some(&true.into()) => {
                writing.leave_out(path, "it belongs to a release, and is said below `release`");
            }
            Shape::Flag if field.rides_along => {}
            _ => {
                let said = said(field, live).and_then(|said| writing.kept(path, said));
                match (said, &field.shape) {
                    (Some(Said::Text(text)), Shape::Notes { .. }) => {
                        writing.file(notes.to_owned(), format!("{}\n", text.trim_end_matches('\n')));
                        submission.put(field.path, Page::naming("file", notes));
                    }
                    (Some(said), _) => submission.put(field.path, said.page()),
                    (None, _) => {}
                }
            }
        }
    }
    refuse_several_games(writing, document);
}

/// Prices by market, each an entry that is owned by itself.
fn markets(writing: &mut Writing<'_>, document: &Document, field: &'static Field, submission: &mut Page) {
    let live = document.get(&field.api_path(None)).and_then(|live| live.as_object());
    for (market, price) in live.into_iter().flatten() {
        let path: Vec<&str> = field.path.iter().copied().chain([market.as_str()]).collect();
        let said = match price.as_str() {
            Some(price) => Ok(Said::Here(Page::text(price))),
            None => Err("the Store shows no price there".to_owned()),
        };
        if let Some(said) = writing.kept(Path::new(path.iter().copied()), said) {
            submission.put(&path, said.page());
        }
    }
}

/// A manifest owns the one element that the API takes.
fn refuse_several_games(writing: &mut Writing<'_>, document: &Document) {
    let list = Field::all_of(writing.kind()).find(|field| field.is_first_of_list());
    let Some(list) = list else { return };
    let count = document.get(list.api).and_then(|live| live.as_array()).map_or(0, Vec::len);
    if count > 1 {
        writing.leave_out(
            Path::new(list.path.iter().copied()),
            "of its elements the first one alone can be managed",
        );
    }
}

/// What a release would look like.
fn about_packages(writing: &Writing<'_>, document: Option<&Document>) -> String {
    let extension =
        |name: &str| FilePath::new(name).extension().map(|end| end.to_string_lossy().to_lowercase());
    let live = document.map(Document::packages).unwrap_or_default();
    let own: Vec<String> = live.iter().filter_map(|package| extension(package.file_name())).collect();
    let known = PACKAGES.iter().find(|known| own.iter().any(|own| own == *known)).unwrap_or(&PACKAGES[0]);
    let address = writing.address();
    format!(
        "# Packages stay as they are. To release some, write this, and run `storeward apply` with\n\
         # `--release {address}=DIR`:\n# release:\n#   packages: {{files: [$(release)/*.{known}]}}\n"
    )
}

/// How many languages are named where something is left out in several.
const MAX_NAMED: usize = 3;

/// What is left out and why, each reason once.
fn about_left_out(left_out: &[LeftOut]) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let mut text = "# Not managed here, and left as it is in Partner Center:\n".to_owned();
    for (what, why) in folded(left_out) {
        text.push_str(&comment("# - ", "#   ", &format!("{what}: {why}")));
    }
    text
}

/// What is left out, in words, with the same in several languages as one.
pub(super) fn folded(left_out: &[LeftOut]) -> Vec<(String, String)> {
    let mut order: Vec<(String, &str)> = Vec::new();
    let mut languages: BTreeMap<(String, &str), Vec<&str>> = BTreeMap::new();
    for left in left_out {
        let (what, language) = match left.path.language() {
            Some(language) => (left.path.keys()[2..].join("."), Some(language)),
            None => (left.path.dotted(), None),
        };
        let is_language = language.is_some();
        let key = (if is_language { format!("listings\0{what}") } else { what }, left.why.as_str());
        if !languages.contains_key(&key) {
            order.push(key.clone());
        }
        languages.entry(key).or_default().extend(language);
    }
    let words = |key: (String, &str)| {
        let languages = &languages[&key];
        let (what, why) = key;
        let what = match what.strip_prefix("listings\0") {
            None if what.is_empty() => "all of it".to_owned(),
            None => what,
            Some(below) => {
                let below = if below.is_empty() { String::new() } else { format!(".{below}") };
                match languages.as_slice() {
                    several if several.len() > MAX_NAMED => {
                        format!("listings.*{below} in {} languages", several.len())
                    }
                    [one] => format!("listings.{one}{below}"),
                    few => format!("listings.*{below} in {}", few.join(", ")),
                }
            }
        };
        (what, why.to_owned())
    };
    order.into_iter().map(words).collect()
}
