//! The listings: each language's own values, and once below `$each` what most of them share.

use crate::submission::{Document, Field, Kind, Null, Path, Scope, Shape, canonical};

use super::page::{Line, Page};
use super::said::{Said, images, said};
use super::writing::Writing;

/// Texts of apps that have files of their own, however short they are now.
const IN_FILES: &[&str] = &["description", "releaseNotes"];

/// What stands above the images of a language.
const ABOUT_IMAGES: &str = "# The images that the Store has, by their ids, in the order in which it shows them. To keep one in git, put its\n\
     # file into the repository and write `{file: NAME.png}` for `{remote: …}`.\n";

/// A value under a key, in each language that has one.
struct Row {
    field: &'static Field,
    values: Vec<Option<Page>>,
    /// Whether a language has a value that no manifest can say: what all share would take its place.
    is_partly_left_out: bool,
}

/// The listings of a submission; files and what is left out go to `writing`.
pub(super) fn listings(writing: &mut Writing<'_>, document: &Document) -> Page {
    let languages = languages(writing, document);
    let mut rows = Vec::new();
    for field in Field::all_of(writing.kind()).filter(|field| field.scope == Scope::Listing) {
        let before = writing.left_out.len();
        let values = match field.shape {
            Shape::Images => {
                languages.iter().map(|language| images_of(writing, document, language)).collect()
            }
            Shape::Icon => {
                languages.iter().map(|language| icon(writing, document, field, language)).collect()
            }
            _ => texts(writing, document, field, &languages),
        };
        rows.push(Row { field, values, is_partly_left_out: writing.left_out.len() > before });
    }
    rows.retain(|row| row.values.iter().any(Option::is_some));
    laid_out(&languages, &rows)
}

/// The languages that a manifest can name, in the order of the Store.
fn languages(writing: &mut Writing<'_>, document: &Document) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for spelling in document.languages() {
        let language = canonical::language(spelling);
        let path = ["listings", &language];
        let why = match writing.refuses(&path, &Page::Map(Vec::new())) {
            None if languages.contains(&language) => Some("the Store has it twice".to_owned()),
            why => why,
        };
        match why {
            Some(why) => writing.leave_out(Path::new(["listings", spelling]), why),
            None => languages.push(language),
        }
    }
    languages
}

fn path_of(language: &str, field: &Field) -> Path {
    Path::new(["listings", language].into_iter().chain(field.path.iter().copied()))
}

/// The values of a field that is a text or a list of texts.
fn texts(
    writing: &mut Writing<'_>,
    document: &Document,
    field: &'static Field,
    languages: &[String],
) -> Vec<Option<Page>> {
    let mut all: Vec<Option<Said>> = Vec::new();
    for language in languages {
        let said = said(field, document.get(&field.api_path(Some(language))));
        all.push(said.and_then(|said| writing.kept(path_of(language, field), said)));
    }
    let is_long =
        all.iter().flatten().any(Said::is_long) || field.path.iter().any(|key| IN_FILES.contains(key));
    let in_files = writing.kind() == Kind::App && is_long;
    let page = |(said, language): (Option<Said>, &String)| {
        let said = said?;
        match said.file().filter(|_| in_files) {
            Some(text) => {
                let name = |language: &str| format!("copy/{language}/{}.md", field.path.join("."));
                writing.file(name(language), text);
                Some(Page::naming("file", &name("$(lang)")))
            }
            None => Some(said.page()),
        }
    };
    all.into_iter().zip(languages).map(page).collect()
}

fn images_of(writing: &mut Writing<'_>, document: &Document, language: &str) -> Option<Page> {
    let mut lines = Vec::new();
    for (kind, list) in images(document, language) {
        let path = Path::new(["listings", language, "images", &kind]);
        if let Some(list) = writing.kept(path, list.map(Said::Here)) {
            lines.push(Line::new(&kind, list.page()));
        }
    }
    if lines.is_empty() {
        return None;
    }
    let name = |language: &str| format!("copy/{language}/images.yaml");
    writing.file(name(language), format!("{ABOUT_IMAGES}{}", Page::Map(lines).written()));
    Some(Page::naming("$file", &name("$(lang)")))
}

/// An icon has no id to keep it by.
fn icon(writing: &mut Writing<'_>, document: &Document, field: &Field, language: &str) -> Option<Page> {
    if document.get(&field.api_path(Some(language))).is_some_and(|icon| canonical::value(icon).is_some()) {
        let why = "the Store does not give its picture; to manage it, write `icon: {file: NAME.png}`";
        writing.leave_out(path_of(language, field), why);
    }
    None
}

/// Whether a key can be said to be empty where `$each` says something.
fn can_be_null(field: &Field) -> bool {
    matches!(field.null, Null::EmptyText | Null::EmptyList) && !field.only_when_added
}

/// The value that most languages have, if it is worth saying once.
fn shared(row: &Row) -> Option<&Page> {
    let there: Vec<&Page> = row.values.iter().flatten().collect();
    let count = |page: &Page| there.iter().filter(|other| **other == page).count();
    let most = there.iter().copied().rev().max_by_key(|page| count(page))?;
    let lacking = row.values.len() - there.len();
    let is_most = count(most) >= 2 && count(most) * 2 > there.len();
    let may_lack = !row.is_partly_left_out && can_be_null(row.field) && count(most) > lacking + 2;
    (is_most && (lacking == 0 || may_lack)).then_some(most)
}

fn laid_out(languages: &[String], rows: &[Row]) -> Page {
    let mut each = Vec::new();
    let mut own: Vec<Vec<Line>> = languages.iter().map(|_| Vec::new()).collect();
    for row in rows {
        let key = row.field.path.join(".");
        let shared = shared(row);
        if let Some(page) = shared {
            each.push(Line::new(&key, page.clone()));
        }
        for (value, lines) in row.values.iter().zip(&mut own) {
            match value {
                Some(page) if shared != Some(page) => lines.push(Line::new(&key, page.clone())),
                None if shared.is_some() => lines.push(Line::new(&key, Page::word("null"))),
                _ => {}
            }
        }
    }
    let mut lines = Vec::new();
    let names_all = !each.is_empty();
    if names_all {
        lines.push(Line::new("$each", Page::Map(each)));
    }
    let own = languages.iter().zip(own).filter(|(_, lines)| names_all || !lines.is_empty());
    lines.extend(own.map(|(language, own)| Line::new(language, Page::Map(own))));
    Page::Map(lines)
}
