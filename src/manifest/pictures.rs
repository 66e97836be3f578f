//! Pictures and videos: images by type, an add-on's icon, trailers.

use std::path::PathBuf;
use std::sync::Arc;

use crate::submission::vocabulary::{
    ADD_ON_ICON, ImageType, SCREENSHOTS_ADVISED, TRAILER_THUMBNAIL, TRAILER_TITLE_MAX, TRAILERS_MAX,
};

use super::code::Code;
use super::desired::{Asset, ImageContent, TrailerAsset, TrailerContent, WantedImage, WantedTrailer};
use super::diagnostic::Diagnostic;
use super::files::Picture;
use super::flatten::image_type;
use super::languages::LanguageKeys;
use super::read::Reader;
use super::source::Span;
use super::value::{Content, Nothing, Scope};
use super::yaml::{Entry, Node, Yaml};

/// How long a caption may be.
pub(super) const CAPTION_MAX: usize = 200;

impl Reader<'_, '_, '_> {
    /// The images of one type in one language.
    pub(super) fn images(
        &mut self,
        node: &Node,
        language: &str,
        kind: &str,
        scope: Scope<'_>,
    ) -> Result<Vec<WantedImage>, Nothing> {
        let kind = image_type(kind).ok_or(Nothing)?;
        let items = self.items(node, "a list of images")?;
        if items.len() > kind.max {
            let message =
                format!("{} images of type {}; a listing holds {}", items.len(), kind.name, kind.max);
            let diagnostic = Diagnostic::error(Code::TooLong, node.span, message);
            return Err(self.values.report(diagnostic.help(format!("leave {} out", items.len() - kind.max))));
        }
        if kind.name == "Screenshot" && items.len() > SCREENSHOTS_ADVISED {
            let message =
                format!("{} screenshots; some accounts may take {SCREENSHOTS_ADVISED} only", items.len());
            let diagnostic = Diagnostic::warning(Code::DisputedLimit, node.span, message);
            self.values.report(diagnostic.help("the documentation says 10 today, and said 9 before"));
        }
        all(items.iter().map(|item| self.image(item, language, kind, scope)))
    }

    fn image(
        &mut self,
        item: &Node,
        language: &str,
        kind: &ImageType,
        scope: Scope<'_>,
    ) -> Result<WantedImage, Nothing> {
        let description = self.caption(item, scope);
        let content = match item.get("remote") {
            Some(remote) => self.remote(item, remote, &["description"], scope).map(ImageContent::Remote),
            None => {
                let wanted = "an image: `{file: …}` or `{remote: …}`";
                let picture =
                    Picture { prefix: &[language, kind.name], takes: kind.name, sizes: &kind.sizes };
                self.picture(item, wanted, &["remote", "description"], &picture, scope)
                    .map(ImageContent::File)
            }
        };
        let at = self.values.sources.location(item.span);
        Ok(WantedImage { content: content?, description: description?, at, span: item.span })
    }

    /// The icon of an add-on's listing.
    pub(super) fn icon(
        &mut self,
        node: &Node,
        language: &str,
        scope: Scope<'_>,
    ) -> Result<Arc<Asset>, Nothing> {
        let picture = Picture { prefix: &[language, "icon"], takes: "an icon", sizes: &ADD_ON_ICON };
        self.picture(node, "an icon: `{file: …}`", &[], &picture, scope)
    }

    /// The trailers of a submission.
    pub(super) fn trailers(&mut self, node: &Node, scope: Scope<'_>) -> Result<Vec<WantedTrailer>, Nothing> {
        let items = self.items(node, "a list of trailers")?;
        if items.len() > TRAILERS_MAX {
            let message = format!("{} trailers; a submission holds {TRAILERS_MAX}", items.len());
            let diagnostic = Diagnostic::error(Code::TooLong, node.span, message);
            let help = format!("leave {} out", items.len() - TRAILERS_MAX);
            return Err(self.values.report(diagnostic.help(help)));
        }
        all(items.iter().map(|item| self.trailer(item, scope)))
    }

    fn trailer(&mut self, item: &Node, scope: Scope<'_>) -> Result<WantedTrailer, Nothing> {
        let at = self.values.sources.location(item.span);
        if let Some(remote) = item.get("remote") {
            let content = TrailerContent::Remote(self.remote(item, remote, &[], scope)?);
            return Ok(WantedTrailer { content, at });
        }
        let wanted = "a trailer: `{file: …, trailerAssets: …}` or `{remote: …}`";
        let (path, span) = self.named_file(item, wanted, &["trailerAssets", "remote"], scope)?;
        let video = self.values.files.video(&path, span, self.values.diagnostics).ok_or(Nothing);
        let assets = self.trailer_assets(item, scope);
        let content = TrailerContent::File { video: video?, assets: assets? };
        Ok(WantedTrailer { content, at })
    }

    fn trailer_assets(&mut self, item: &Node, scope: Scope<'_>) -> Result<Vec<TrailerAsset>, Nothing> {
        let named = item.get("trailerAssets");
        let entries = match named {
            Some(node) => match node.entries() {
                Some(entries) => entries,
                None => return Err(self.values.wrong_type(node, "a map from language to title and picture")),
            },
            None => &[],
        };
        let each = entries.iter().find(|entry| entry.key == "$each").map(|entry| &entry.value);
        let own = entries.iter().filter(|entry| entry.key != "$each");
        let mut keys = LanguageKeys::default();
        let languages: Vec<(Option<String>, &Entry)> =
            own.map(|entry| (keys.name(self.values, entry), entry)).collect();
        if languages.is_empty() {
            let span = named.map_or(item.span, |node| node.span);
            let diagnostic = Diagnostic::error(Code::MissingKey, span, "a trailer needs `trailerAssets`");
            let help =
                "say for each language its title and picture: `en-us: {title: …, imageList: [{file: …}]}`";
            return Err(self.values.report(diagnostic.help(help)));
        }
        let count = languages.len();
        all(languages.into_iter().map(|(language, entry)| {
            let read = self.trailer_asset(language.ok_or(Nothing)?, entry, each, count, scope);
            self.values.diagnostics.about(None, 0);
            read
        }))
    }

    /// What a trailer shows in one of `count` languages; `each` holds for all of them.
    fn trailer_asset(
        &mut self,
        language: String,
        entry: &Entry,
        each: Option<&Node>,
        count: usize,
        scope: Scope<'_>,
    ) -> Result<TrailerAsset, Nothing> {
        let meaning = self.languages.meaning(&language).unwrap_or(&language).to_owned();
        let scope = Scope { lang: Some(&meaning), ..scope };
        for node in [Some(&entry.value), each].into_iter().flatten() {
            let Some(entries) = node.entries() else {
                return Err(self.values.wrong_type(node, "a map with `title` and `imageList`"));
            };
            for entry in entries.iter().filter(|entry| !["title", "imageList"].contains(&entry.key.as_str()))
            {
                self.values.unknown_key(&entry.key, entry.key_span, ["title", "imageList"]);
            }
        }
        let mut find = |key: &str| match entry.value.get(key) {
            Some(own) => Ok((own, 1)),
            None => match each.and_then(|each| each.get(key)) {
                Some(shared) => Ok((shared, count)),
                None => Err(self.missing(entry.key_span, key)),
            },
        };
        let (title, image) = (find("title"), find("imageList"));
        let title = title.and_then(|(node, sharing)| {
            self.values.diagnostics.about(Some(&language), sharing);
            self.title(node, scope)
        });
        let image = image.and_then(|(node, sharing)| {
            self.values.diagnostics.about(Some(&language), sharing);
            self.thumbnail(node, &language, scope)
        });
        let (image, description) = image?;
        Ok(TrailerAsset { language, title: title?, image, description })
    }

    fn missing(&mut self, at: Span, key: &str) -> Nothing {
        let message = format!("a trailer needs `{key}` in each language");
        self.values.report(Diagnostic::error(Code::MissingKey, at, message).help(format!("add `{key}: …`")))
    }

    fn title(&mut self, node: &Node, scope: Scope<'_>) -> Result<String, Nothing> {
        let (text, at) = match self.values.content(node, "a text", scope)? {
            Content::Text(text, at) => (text, at),
            Content::Null(_) | Content::List(..) => return Err(self.values.wrong_type(node, "a text")),
        };
        if text.trim().is_empty() {
            let diagnostic = Diagnostic::error(Code::WrongType, at, "expected a text, found a blank one");
            return Err(self.values.report(diagnostic.help("a trailer needs a title in each language")));
        }
        self.refuse_control(&text, at)?;
        self.values.within(&text, TRAILER_TITLE_MAX, at)?;
        Ok(text)
    }

    /// The one still picture of a trailer in one language, with its description.
    fn thumbnail(
        &mut self,
        node: &Node,
        language: &str,
        scope: Scope<'_>,
    ) -> Result<(Arc<Asset>, String), Nothing> {
        let items = self.items(node, "a list with one picture")?;
        let [item] = items else {
            let message =
                format!("a trailer takes one picture in each language, and there are {}", items.len());
            let diagnostic = Diagnostic::error(Code::OneElement, node.span, message);
            return Err(self.values.report(diagnostic.help("write it as `[{file: …}]`")));
        };
        let description = self.caption(item, scope);
        let sizes = &TRAILER_THUMBNAIL;
        let picture = Picture { prefix: &[language, "trailer"], takes: "a trailer's picture", sizes };
        let image = self.picture(item, "a picture: `{file: …}`", &["description"], &picture, scope);
        Ok((image?, description?.unwrap_or_default()))
    }

    fn items<'n>(&mut self, node: &'n Node, wanted: &str) -> Result<&'n [Node], Nothing> {
        match &node.value {
            Yaml::List(items) => Ok(items),
            _ => Err(self.values.wrong_type(node, wanted)),
        }
    }

    fn caption(&mut self, item: &Node, scope: Scope<'_>) -> Result<Option<String>, Nothing> {
        let Some(caption) = item.get("description") else { return Ok(None) };
        match self.values.content(caption, "a text", scope)? {
            Content::Null(_) => Ok(Some(String::new())),
            Content::Text(text, at) => {
                self.refuse_control(&text, at)?;
                self.values.within(&text, CAPTION_MAX, at)?;
                Ok(Some(text))
            }
            Content::List(..) => Err(self.values.wrong_type(caption, "a text")),
        }
    }

    /// The id of something live that stays as it is.
    fn remote(
        &mut self,
        item: &Node,
        remote: &Node,
        also: &[&str],
        scope: Scope<'_>,
    ) -> Result<String, Nothing> {
        let known = || ["remote"].into_iter().chain(also.iter().copied());
        for entry in item.entries().unwrap_or_default() {
            if known().any(|key| key == entry.key) {
                continue;
            }
            if entry.key == "file" {
                let message = "`file` and `remote` stand for two different things";
                let diagnostic = Diagnostic::error(Code::UnknownKey, entry.key_span, message);
                self.values.report(diagnostic.help("leave one of them out"));
            } else {
                self.values.unknown_key(&entry.key, entry.key_span, known().collect::<Vec<_>>());
            }
        }
        self.values.scalar(remote, "an id", scope)
    }

    fn picture(
        &mut self,
        node: &Node,
        wanted: &str,
        also: &[&str],
        picture: &Picture<'_>,
        scope: Scope<'_>,
    ) -> Result<Arc<Asset>, Nothing> {
        let (path, at) = self.named_file(node, wanted, also, scope)?;
        self.values.files.picture(&path, picture, at, self.values.diagnostics).ok_or(Nothing)
    }

    fn named_file(
        &mut self,
        node: &Node,
        wanted: &str,
        also: &[&str],
        scope: Scope<'_>,
    ) -> Result<(PathBuf, Span), Nothing> {
        match self.values.file(node, also, scope)? {
            Some(found) => Ok(found),
            None => Err(self.values.no_file(node, wanted, also)),
        }
    }
}

/// All of them, each one looked at also where an earlier one failed.
fn all<T>(items: impl Iterator<Item = Result<T, Nothing>>) -> Result<Vec<T>, Nothing> {
    let items: Vec<Result<T, Nothing>> = items.collect();
    items.into_iter().collect()
}
