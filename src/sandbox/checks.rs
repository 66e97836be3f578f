//! What only a whole submission can be checked for, after its files were taken in.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::commit::{error, image_type};
use super::files;
use super::images;
use super::model::Kind;
use super::package::{self, Package};
use super::seed::Check;
use super::state::{Document, Place, Product, State, text};

/// The portal fails above this number (`microsoft/msstore-cli#62`).
const MOST_PACKAGES: usize = 30;
const MOST_TRAILERS: usize = 15;
const MOST_GENRES: usize = 3;
const PLAYERS: std::ops::RangeInclusive<u64> = 2..=1000;

/// What the checks compare a submission with.
pub(super) struct Facts {
    skipped: Vec<Check>,
    identity: String,
    publisher: String,
    app_name: String,
    reserved_names: Vec<String>,
    published: bool,
    published_bundle: bool,
}

impl Facts {
    pub(super) fn of(state: &State, place: Place) -> Self {
        let app = state.application(place);
        let product = state.product(place);
        Self {
            skipped: state.rules.skip_checks.clone(),
            identity: text(&app.product.resource, "packageIdentityName").to_owned(),
            publisher: text(&app.product.resource, "publisherName").to_owned(),
            app_name: text(&app.product.resource, "primaryName").to_owned(),
            reserved_names: app.reserved_names.clone(),
            published: product.published.is_some(),
            published_bundle: has_bundle(product),
        }
    }

    /// Whether a check is made.
    pub(super) fn checked(&self, check: Check) -> bool {
        !self.skipped.contains(&check)
    }
}

fn has_bundle(product: &Product) -> bool {
    let published = product.published().map(|submission| packages(product.kind, &submission.document));
    published.unwrap_or_default().into_iter().any(|entry| package::is_bundle(files::name(entry)))
}

fn packages(kind: Kind, document: &Document) -> Vec<&Document> {
    entries(document.get(kind.packages())).collect()
}

fn entries(list: Option<&Value>) -> impl Iterator<Item = &Document> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn invalid(name: &str) -> Value {
    error("InvalidParameterValue", format!("Validation error: {name}"))
}

/// The errors of a submission. `new` are the packages that came with it, by file name.
pub(super) fn check(
    kind: Kind,
    document: &Document,
    new: &HashMap<String, Package>,
    facts: &Facts,
) -> Vec<Value> {
    let mut errors = Vec::new();
    if kind == Kind::App {
        if !facts.published && facts.checked(Check::FirstSubmission) {
            let details = "The age ratings of this application are not completed.";
            errors.push(error("InvalidMicrosoftAgeRating", details));
        }
        if text(document, "applicationCategory") == "NotSet" {
            errors.push(invalid("MissingApplicationCategory"));
        }
        errors.extend(listings(document, facts));
        errors.extend(games(document));
        if entries(document.get("trailers")).count() > MOST_TRAILERS {
            errors.push(invalid("TooManyTrailers"));
        }
    }
    if kind == Kind::AddOn {
        // The first submission begins without any (`microsoft/StoreBroker#225`), and an update needs them. What a
        // commit without an update comes to is not on record.
        if document.get("listings").and_then(Value::as_object).is_none_or(Map::is_empty) {
            errors.push(invalid("MissingListings"));
        }
    } else {
        errors.extend(check_packages(kind, document, new, facts));
    }
    errors
}

fn listings(document: &Document, facts: &Facts) -> Vec<Value> {
    let covered: Vec<String> = packages(Kind::App, document)
        .into_iter()
        .flat_map(|entry| entry.get("languages").and_then(Value::as_array).into_iter().flatten())
        .filter_map(Value::as_str)
        .map(str::to_lowercase)
        .collect();
    let mut errors = Vec::new();
    for (language, listing) in document.get("listings").and_then(Value::as_object).into_iter().flatten() {
        let base = listing.get("baseListing").and_then(Value::as_object);
        let title = base.map(|base| text(base, "title")).unwrap_or_default();
        if facts.checked(Check::Titles) {
            // Covered means the very same tag: `de` does not cover `de-de`.
            if title.is_empty() && !covered.contains(language) {
                errors.push(invalid("MissingTitle"));
            }
            let reserved = facts.app_name == title || facts.reserved_names.iter().any(|name| name == title);
            if !title.is_empty() && !facts.reserved_names.is_empty() && !reserved {
                errors.push(invalid("TitleNotReserved"));
            }
        }
        errors.extend(pictures(base, facts));
    }
    errors.dedup();
    errors
}

fn pictures(base: Option<&Map<String, Value>>, facts: &Facts) -> Vec<Value> {
    let mut of_type: BTreeMap<&str, usize> = BTreeMap::new();
    for image in entries(base.and_then(|base| base.get("images"))) {
        *of_type.entry(image_type(image)).or_default() += 1;
    }
    let mut errors = Vec::new();
    if facts.checked(Check::Screenshots) && !of_type.keys().any(|name| images::is_screenshot(name)) {
        errors.push(invalid("MissingScreenshots"));
    }
    if facts.checked(Check::Images) {
        let too_many = of_type.iter().filter(|(name, count)| **count > images::most(name));
        errors.extend(too_many.map(|(name, _)| invalid(&format!("TooManyImages ({name})"))));
    }
    errors
}

fn games(document: &Document) -> Vec<Value> {
    let mut errors = Vec::new();
    let options: Vec<&Document> = entries(document.get("gamingOptions")).collect();
    // `microsoft/StoreBroker#135`.
    if options.len() > 1 {
        errors.push(invalid("MultipleInstancesOfGamingOptions"));
    }
    for game in options {
        if game.get("genres").and_then(Value::as_array).is_some_and(|genres| genres.len() > MOST_GENRES) {
            errors.push(invalid("TooManyGenres"));
        }
        let players = game.iter().filter(|(name, _)| name.ends_with("Players"));
        if players.filter_map(|(_, value)| value.as_u64()).any(|count| !PLAYERS.contains(&count)) {
            errors.push(invalid("InvalidNumberOfPlayers"));
        }
    }
    errors
}

fn check_packages(
    kind: Kind,
    document: &Document,
    new: &HashMap<String, Package>,
    facts: &Facts,
) -> Vec<Value> {
    let mut errors = Vec::new();
    let failed = |details: String| error("PackageValidationFailed", details);
    for (name, package) in new {
        if facts.checked(Check::Identity) {
            let compared = [
                ("name", &facts.identity, &package.identity),
                ("publisher", &facts.publisher, &package.publisher),
            ];
            for (what, ours, theirs) in compared {
                if !ours.is_empty() && ours != theirs {
                    errors.push(failed(format!(
                        "Package '{name}' has the identity {what} '{theirs}'; expected is '{ours}'."
                    )));
                }
            }
        }
        if facts.checked(Check::Packages) && !is_version(&package.version) {
            errors.push(failed(format!(
                "Package '{name}' has the version '{}'; the first part must not be 0 and the fourth must be 0.",
                package.version
            )));
        }
    }
    if !facts.checked(Check::Packages) {
        return errors;
    }
    let all = packages(kind, document);
    if all.is_empty() {
        errors.push(error("NoValidPackages", "The submission has no valid packages."));
    }
    if all.len() > MOST_PACKAGES {
        errors.push(failed(format!("A submission can have {MOST_PACKAGES} packages at most.")));
    }
    // `microsoft/WinUI-Gallery#2222`.
    if facts.published_bundle
        && !all.is_empty()
        && !all.iter().any(|entry| package::is_bundle(files::name(entry)))
    {
        errors.push(failed(
            "A previous submission for this app was released with a Windows 10 .msixbundle or .appxbundle. \
             Subsequent submissions must continue to contain a Windows 10 .msixbundle or .appxbundle."
                .to_owned(),
        ));
    }
    for (at, entry) in all.iter().enumerate() {
        let same = |other: &&&Document| {
            ["version", "architecture"]
                .iter()
                .all(|name| !text(entry, name).is_empty() && entry.get(*name) == other.get(*name))
        };
        let is_new = |entry: &Document| new.contains_key(files::name(entry));
        if let Some(other) = all[..at].iter().find(same).filter(|other| is_new(entry) || is_new(other)) {
            errors.push(failed(format!(
                "Packages '{}' and '{}' have the same version and architecture.",
                files::name(other),
                files::name(entry)
            )));
        }
    }
    errors
}

/// Four numbers; the Store keeps the fourth for itself.
fn is_version(version: &str) -> bool {
    let parts: Vec<Option<u16>> = version.split('.').map(|part| part.parse().ok()).collect();
    matches!(parts[..], [Some(1..), Some(_), Some(_), Some(0)])
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn the_store_keeps_the_fourth_part() {
        assert!(is_version("1.0.65535.0"));
        for bad in ["0.1.0.0", "1.0.0.1", "1.0.0", "1.0.0.0.0", "1.0.65536.0", "1.a.0.0", ""] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
