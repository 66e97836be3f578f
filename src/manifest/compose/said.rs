//! What a live submission says in one field, as a manifest would say it.

use serde_json::Value;

use super::super::value::lines_as_items;
use super::page::{Line, Page};

use crate::submission::{Document, Field, FileStatus, Shape, canonical};

/// What is said in a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// A value that stands in the manifest.
    Here(Page),
    /// A text, which may have a file of its own.
    Text(String),
    /// A list of texts, which may have a file of its own.
    Texts(Vec<String>),
}

impl Said {
    /// As it stands in the manifest itself.
    pub(super) fn page(&self) -> Page {
        match self {
            Self::Here(page) => page.clone(),
            Self::Text(text) => Page::text(text),
            Self::Texts(texts) => Page::List(texts.iter().map(|text| Page::text(text)).collect()),
        }
    }

    /// What a file holds that says the same; `None` where a file cannot.
    pub(super) fn file(&self) -> Option<String> {
        match self {
            Self::Here(_) => None,
            Self::Text(text) => Some(format!("{}\n", text.trim_end_matches('\n'))),
            Self::Texts(texts) => {
                let mut file = String::new();
                for text in texts {
                    file.push_str(&format!("- {text}\n"));
                }
                (lines_as_items(&file) == *texts).then_some(file)
            }
        }
    }

    /// Whether it is too much for a line of a manifest.
    pub(super) fn is_long(&self) -> bool {
        match self {
            Self::Here(_) => false,
            Self::Text(text) => text.contains('\n') || text.chars().count() > LONG_TEXT,
            Self::Texts(texts) => {
                texts.iter().map(|text| text.chars().count() + 2).sum::<usize>() > LONG_TEXT
            }
        }
    }
}

/// Longer texts are read and edited better in a file of their own.
const LONG_TEXT: usize = 90;

/// Words with which the API says that nothing was chosen, or what holds unless something is.
const UNCHOSEN: &[&str] = &["NotSet", "None", "NoFreeTrial", "Immediate"];

/// What is wrong with a value that is not of its field's type.
const ODD: &str = "what the Store holds there is not what its API documents";

/// What a live document says in a field that is one value; `None` where that is nothing, `Err` why it cannot be said.
pub(super) fn said(field: &Field, live: Option<&Value>) -> Option<Result<Said, String>> {
    let live = live.filter(|live| canonical::value(live).is_some())?;
    let text = |value: &Value| value.as_str().map(unified).ok_or_else(|| ODD.to_owned());
    let texts = |value: &Value| -> Result<Vec<String>, String> {
        value.as_array().ok_or(ODD)?.iter().map(text).collect()
    };
    Some(match field.shape {
        Shape::Text { .. } | Shape::Notes { .. } => text(live).map(Said::Text),
        Shape::Texts { .. } => texts(live).map(Said::Texts),
        Shape::SomeOf { .. } => texts(live)
            .map(|words| Said::Here(Page::List(words.iter().map(|word| Page::text(word)).collect()))),
        Shape::Flag => match live {
            Value::Bool(false) => return None,
            Value::Bool(true) => Ok(Said::Here(Page::word("true"))),
            _ => Err(ODD.to_owned()),
        },
        Shape::Players => match live {
            Value::Number(number) => Ok(Said::Here(Page::word(number.to_string()))),
            _ => Err(ODD.to_owned()),
        },
        Shape::OneOf(_) if live.as_str().is_some_and(|word| UNCHOSEN.contains(&word)) => return None,
        Shape::OneOf(_) | Shape::Price => text(live).map(|word| Said::Here(Page::text(&word))),
        // These are entries of lists and maps, or come with a release.
        Shape::Group
        | Shape::Markets
        | Shape::Date
        | Shape::Percentage
        | Shape::Images
        | Shape::Packages
        | Shape::Trailers
        | Shape::Icon => return None,
    })
}

/// A text with LF and without byte order mark, as files are read; nobody sees the difference.
fn unified(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n")
}

/// The images of one language by type, in display order, as lists of `{remote: …}`.
pub(super) fn images(document: &Document, language: &str) -> Vec<(String, Result<Page, String>)> {
    let mut kinds: Vec<(String, Vec<Result<Page, String>>)> = Vec::new();
    for image in document.images(language) {
        if image.status() == FileStatus::PendingDelete {
            continue;
        }
        let item = if image.id().is_empty() {
            Err("an image of it has no id yet; it gets one when its submission is published".to_owned())
        } else {
            let mut lines = vec![Line::new("remote", Page::text(image.id())).comment(image.file_name())];
            if !canonical::text(image.description()).is_empty() {
                lines.push(Line::new("description", Page::text(&unified(image.description()))));
            }
            Ok(Page::Map(lines))
        };
        match kinds.iter_mut().find(|(kind, _)| kind == image.image_type()) {
            Some((_, items)) => items.push(item),
            None => kinds.push((image.image_type().to_owned(), vec![item])),
        }
    }
    kinds
        .into_iter()
        .map(|(kind, items)| (kind, items.into_iter().collect::<Result<_, _>>().map(Page::List)))
        .collect()
}

/// The trailers, as a list of `{remote: …}`; `None` where there are none.
pub(super) fn trailers(document: &Document) -> Option<Result<Page, String>> {
    let live = document.get(&["trailers"]).filter(|live| canonical::value(live).is_some())?;
    let item = |entry: &Value| {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        match text("id") {
            "" => {
                Err("a trailer of it has no id yet; it gets one when its submission is published".to_owned())
            }
            id => Ok(Page::Map(vec![Line::new("remote", Page::text(id)).comment(text("videoFileName"))])),
        }
    };
    Some(match live.as_array() {
        Some(items) => items.iter().map(item).collect::<Result<_, _>>().map(Page::List),
        None => Err(ODD.to_owned()),
    })
}
