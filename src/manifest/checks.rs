//! What no single value can tell: combinations of what a manifest owns. One list of checks.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::submission::vocabulary::{KEYWORD_LANGUAGES_MAX, PACKAGE_MAX_BYTES};
use crate::submission::{Kind, Path};

use super::code::Code;
use super::desired::{Asset, Desired, ImageContent, Others, Owned, TrailerContent, Wanted};
use super::diagnostic::{Diagnostic, Severity};

/// What is checked: everything that one run would own.
pub(super) struct Checked<'a> {
    pub(super) kind: Kind,
    pub(super) desired: &'a Desired,
    pub(super) owned: &'a [&'a Owned],
    /// Where something is said that could not be read; it is no use to miss it there.
    pub(super) unread: &'a [Path],
}

type Check = fn(&Checked<'_>) -> Vec<Diagnostic>;

const CHECKS: &[Check] = &[
    date_of_publication, date_of_mandatory_update, players, game_without_category, languages_with_keywords,
    words_of_keywords, package_versions, package_sizes, one_identity, languages_of_packages,
    names_in_the_upload,
];

/// Runs every check.
pub(super) fn all(checked: &Checked<'_>) -> Vec<Diagnostic> {
    CHECKS.iter().flat_map(|check| check(checked)).collect()
}

impl<'a> Checked<'a> {
    fn owned(&self, path: &[&str]) -> Option<&'a Owned> {
        self.owned.iter().copied().find(|owned| owned.path.keys() == path)
    }

    /// The value that is stated at a path; null and absent alike say nothing.
    fn stated(&self, path: &[&str]) -> Option<(&'a Value, &'a Owned)> {
        let owned = self.owned(path)?;
        match &owned.wanted {
            Wanted::Value(value) if !value.is_null() => Some((value, owned)),
            _ => None,
        }
    }

    /// Whether something is said at a path that could not be read.
    fn is_unread(&self, path: &[&str]) -> bool {
        self.unread.iter().any(|unread| unread.keys() == path)
    }

    fn packages(&self) -> &'a [Arc<Asset>] {
        match self.owned(&["packages"]).map(|owned| &owned.wanted) {
            Some(Wanted::Packages(packages)) => packages,
            _ => &[],
        }
    }

    /// What each language says at a key.
    fn in_languages(&self, key: &str) -> impl Iterator<Item = (&'a Value, &'a Owned)> {
        self.owned.iter().copied().filter_map(move |owned| match (owned.path.keys(), &owned.wanted) {
            ([listings, _, own], Wanted::Value(value)) if listings == "listings" && own == key => {
                Some((value, owned))
            }
            _ => None,
        })
    }

    /// Every local file.
    fn assets(&self) -> Vec<&'a Arc<Asset>> {
        let of = |owned: &&'a Owned| -> Vec<&'a Arc<Asset>> {
            match &owned.wanted {
                Wanted::Packages(packages) => packages.iter().collect(),
                Wanted::Icon(icon) => vec![icon],
                Wanted::Images(images) => images
                    .iter()
                    .filter_map(|image| match &image.content {
                        ImageContent::File(asset) => Some(asset),
                        ImageContent::Remote(_) => None,
                    })
                    .collect(),
                Wanted::Trailers(trailers) => trailers
                    .iter()
                    .flat_map(|trailer| match &trailer.content {
                        TrailerContent::File { video, assets } => {
                            std::iter::once(video).chain(assets.iter().map(|asset| &asset.image)).collect()
                        }
                        TrailerContent::Remote(_) => Vec::new(),
                    })
                    .collect(),
                Wanted::Value(_) | Wanted::Nothing => Vec::new(),
            }
        };
        self.owned.iter().flat_map(of).collect()
    }
}

fn date_of_publication(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mode = checked.stated(&["targetPublishMode"]);
    let date = checked.stated(&["targetPublishDate"]);
    match (mode, date) {
        (Some((mode, owned)), None)
            if mode == "SpecificDate" && !checked.is_unread(&["targetPublishDate"]) =>
        {
            let message = "`targetPublishMode: SpecificDate` needs a `targetPublishDate`";
            let diagnostic = Diagnostic::error(Code::DateMissing, owned.span, message);
            vec![diagnostic.help("add `targetPublishDate: 2026-09-01T08:00:00Z`, with your date")]
        }
        (Some((mode, _)), Some((_, owned))) if mode != "SpecificDate" => {
            let message = "`targetPublishDate` has no effect with this `targetPublishMode`";
            let diagnostic = Diagnostic::warning(Code::NoEffect, owned.span, message);
            vec![diagnostic.help("say `targetPublishMode: SpecificDate`, or leave the date out")]
        }
        _ => Vec::new(),
    }
}

fn date_of_mandatory_update(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mandatory = checked.stated(&["isMandatoryUpdate"]);
    match (mandatory, checked.stated(&["mandatoryUpdateEffectiveDate"])) {
        (Some((Value::Bool(false), _)), Some((_, owned))) => {
            let message = "`mandatoryUpdateEffectiveDate` has no effect with `isMandatoryUpdate: false`";
            let diagnostic = Diagnostic::warning(Code::NoEffect, owned.span, message);
            vec![diagnostic.help("say `isMandatoryUpdate: true`, or leave the date out")]
        }
        _ => Vec::new(),
    }
}

/// The ways to play together: flag, fewest and most players. The numbers of the ways over the network stand in
/// Microsoft's samples only, not in the reference.
const TOGETHER: [(&str, &str, &str, Severity); 4] = [
    ("isLocalMultiplayer", "localMultiplayerMinPlayers", "localMultiplayerMaxPlayers", Severity::Error),
    ("isLocalCooperative", "localCooperativeMinPlayers", "localCooperativeMaxPlayers", Severity::Error),
    ("isOnlineMultiplayer", "onlineMultiplayerMinPlayers", "onlineMultiplayerMaxPlayers", Severity::Warning),
    ("isOnlineCooperative", "onlineCooperativeMinPlayers", "onlineCooperativeMaxPlayers", Severity::Warning),
];

fn players(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (flag, fewest, most, severity) in TOGETHER {
        let stated = |key| checked.stated(&["gamingOptions", key]);
        let numbers = (stated(fewest), stated(most));
        match (stated(flag), numbers) {
            (Some((Value::Bool(true), owned)), (None, _) | (_, None))
                if ![fewest, most].iter().any(|key| checked.is_unread(&["gamingOptions", key])) =>
            {
                let message = format!("`{flag}: true` needs `{fewest}` and `{most}`");
                let diagnostic = Diagnostic::error(Code::PlayersMissing, owned.span, message);
                let help = "add both, each from 2 to 1,000";
                found.push(Diagnostic { severity, ..diagnostic }.help(help));
            }
            (Some((Value::Bool(false), _)), (Some((_, owned)), _) | (_, Some((_, owned)))) => {
                let message = format!("a number of players has no effect with `{flag}: false`");
                let diagnostic = Diagnostic::warning(Code::NoEffect, owned.span, message);
                found.push(diagnostic.help(format!("say `{flag}: true`, or leave the numbers out")));
            }
            _ => {}
        }
        if let (Some((low, _)), Some((high, owned))) = numbers
            && low.as_u64() > high.as_u64()
        {
            let message = format!("`{most}` is {high}, fewer than `{fewest}`, which is {low}");
            let diagnostic = Diagnostic::error(Code::OutOfRange, owned.span, message);
            found.push(diagnostic.help("swap the two"));
        }
    }
    found
}

fn game_without_category(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let options = checked.owned.iter().find(|owned| owned.path.keys()[0] == "gamingOptions");
    match (checked.stated(&["applicationCategory"]), options) {
        (Some((category, _)), Some(options))
            if !category.as_str().is_some_and(|c| c.starts_with("Games")) =>
        {
            let message = "`gamingOptions` has a meaning for games only";
            let diagnostic = Diagnostic::warning(Code::NoEffect, options.span, message);
            vec![diagnostic.help("choose an `applicationCategory` that starts with `Games`, or leave it out")]
        }
        _ => Vec::new(),
    }
}

/// The other reading of the error behind [`KEYWORD_LANGUAGES_MAX`], and the documented limit: words in all keywords of a listing.
const WORDS_OF_KEYWORDS: usize = 21;

fn languages_with_keywords(checked: &Checked<'_>) -> Vec<Diagnostic> {
    if checked.kind != Kind::App {
        return Vec::new();
    }
    let with_some: Vec<_> = checked
        .in_languages("keywords")
        .filter(|(value, _)| value.as_array().is_some_and(|keywords| !keywords.is_empty()))
        .collect();
    let Some((_, owned)) = with_some.get(KEYWORD_LANGUAGES_MAX) else { return Vec::new() };
    let message = format!(
        "{} languages have keywords; a submission takes them in {KEYWORD_LANGUAGES_MAX}",
        with_some.len()
    );
    let diagnostic = Diagnostic::error(Code::TooManyKeywords, owned.span, message);
    vec![diagnostic.help("write `keywords: null` in the languages that need them least")]
}

fn words_of_keywords(checked: &Checked<'_>) -> Vec<Diagnostic> {
    if checked.kind != Kind::App {
        return Vec::new();
    }
    let words = |value: &Value| -> usize {
        let keywords = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        keywords.map(|keyword| keyword.split_whitespace().count()).sum()
    };
    let too_many = checked.in_languages("keywords").filter(|(value, _)| words(value) > WORDS_OF_KEYWORDS);
    let warned = too_many.map(|(value, owned)| {
        let message =
            format!("the keywords hold {} words; the Store may take {WORDS_OF_KEYWORDS}", words(value));
        let diagnostic = Diagnostic::warning(Code::DisputedLimit, owned.span, message);
        diagnostic.help("use fewer or shorter keywords to be safe")
    });
    warned.collect()
}

fn package_versions(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for asset in checked.packages() {
        let Some(package) = asset.package() else { continue };
        let [major, _, _, revision] = package.version.0;
        let why = match (major, revision) {
            (0, _) => "the Store takes no version that starts with 0",
            (_, 1..) => "the Store keeps the fourth part for itself, so it must be 0",
            _ => continue,
        };
        let message = format!("`{}` has version {}: {why}", asset.name, package.version);
        let diagnostic = Diagnostic::error(Code::PackageVersion, asset.span, message);
        found.push(diagnostic.help("build it again with a version such as 1.4.0.0"));
    }
    found
}

fn package_sizes(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let too_large = checked.packages().iter().filter(|asset| asset.fingerprint.size > PACKAGE_MAX_BYTES);
    let said = too_large.map(|asset| {
        let message = format!("`{}` is larger than 25 GB", asset.name);
        Diagnostic::error(Code::BadPackage, asset.span, message)
            .help("split it; the Store takes no larger one")
    });
    said.collect()
}

fn one_identity(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut of_each = checked.packages().iter().filter_map(|asset| Some((asset, asset.package()?)));
    let Some((first, known)) = of_each.next() else { return Vec::new() };
    let others =
        of_each.filter(|(_, other)| (&other.name, &other.publisher) != (&known.name, &known.publisher));
    let said = others.map(|(asset, other)| {
        let message = format!(
            "`{}` is {} of {}, and `{}` is {} of {}",
            asset.name, other.name, other.publisher, first.name, known.name, known.publisher
        );
        let diagnostic = Diagnostic::error(Code::PackagesDiffer, asset.span, message);
        diagnostic.help("the packages of a submission are all of one app; leave the others out")
    });
    said.collect()
}

/// Where the manifest names every language there is to be, it can be told offline; else only beside the live listings.
fn languages_of_packages(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let named = &checked.desired.named_languages;
    let all_named = matches!(checked.desired.other_languages, Some((Others::Error | Others::Remove, _)));
    if checked.kind != Kind::App || !all_named {
        return Vec::new();
    }
    let base = |language: &str| language.split('-').next().unwrap_or_default().to_lowercase();
    let has_listing = |language: &str| named.iter().any(|own| base(own) == base(language));
    let mut found = Vec::new();
    for asset in checked.packages() {
        let languages = asset.package().into_iter().flat_map(|package| &package.languages);
        let missing: Vec<&str> =
            languages.map(String::as_str).filter(|language| !has_listing(language)).take(12).collect();
        if !missing.is_empty() {
            let message = format!("`{}` speaks {}, and no listing does", asset.name, missing.join(", "));
            let diagnostic = Diagnostic::warning(Code::LanguageWithoutListing, asset.span, message);
            found.push(diagnostic.help("add a listing, or leave the language out of the package"));
        }
    }
    found
}

/// Names in the upload carry twelve digits of the content's digest, so two files of one name are nearly always the same.
fn names_in_the_upload(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut known: HashMap<String, &Arc<Asset>> = HashMap::new();
    let mut found = Vec::new();
    for asset in checked.assets() {
        let first = known.entry(asset.archive_name.to_lowercase()).or_insert(asset);
        if first.fingerprint.digest != asset.fingerprint.digest {
            let message = format!(
                "`{}` and `{}` would both be `{}` in the upload",
                first.name, asset.name, asset.archive_name
            );
            let diagnostic = Diagnostic::error(Code::NameCollision, asset.span, message);
            found.push(diagnostic.help("rename one of the two files"));
        }
    }
    found
}
