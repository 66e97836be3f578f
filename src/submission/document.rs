//! The lossless document that live state is kept in.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::status::Status;
use super::{canonical, hidden};

/// In a path of the API's keys: the first element of a list, which is made where the list has none.
pub const FIRST: &str = "[0]";

/// A submission exactly as the service sent it: members in order, unknown ones included, numbers digit by digit.
///
/// What Storeward sends back is this document with planned paths overlaid, so nothing else can change.
/// Its `Debug` shows no upload URL and no notes.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Document(Map<String, Value>);

/// The address that a draft's files are uploaded to. It is a credential: whoever has it can read and replace the upload.
#[derive(Clone)]
pub struct UploadUrl(SecretString);

impl UploadUrl {
    /// Takes the URL as the service wrote it. A raw `+` in its signature would be read as a blank by the
    /// storage service, so it is written `%2B` (as Microsoft's samples and `microsoft/msstore-cli` do).
    pub fn new(url: &str) -> Self {
        Self(SecretString::from(url.replace('+', "%2B")))
    }

    /// The URL itself, for the one request that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for UploadUrl {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl fmt::Debug for UploadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UploadUrl(hidden)")
    }
}

/// What is to become, or became, of a file that a submission names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStatus {
    /// Part of what is published.
    Uploaded,
    /// Comes with the next upload.
    PendingUpload,
    /// Goes with the next commit; counts as gone.
    PendingDelete,
    /// `None` or a value that no source lists.
    Other,
}

/// A view of one entry of `applicationPackages`, `flightPackages` or a listing's `images`.
#[derive(Debug, Clone, Copy)]
pub struct FileEntry<'a>(&'a Map<String, Value>);

impl<'a> FileEntry<'a> {
    fn text(self, key: &str) -> &'a str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The service's id; empty for a file that was never committed.
    pub fn id(self) -> &'a str {
        self.text("id")
    }

    /// The name inside the upload, or the server's own for files uploaded in the portal.
    pub fn file_name(self) -> &'a str {
        self.text("fileName")
    }

    /// An image's caption.
    pub fn description(self) -> &'a str {
        self.text("description")
    }

    /// An image's type, such as `Screenshot`.
    pub fn image_type(self) -> &'a str {
        self.text("imageType")
    }

    /// A package's version; `None` until the service has read the package.
    pub fn version(self) -> Option<&'a str> {
        Some(self.text("version")).filter(|v| !v.is_empty())
    }

    /// A package's architecture in the service's spelling; empty where it names none.
    pub fn architecture(self) -> &'a str {
        self.text("architecture")
    }

    /// The names of a package's device families, such as `Windows.Desktop`, without minimum versions.
    pub fn device_families(self) -> impl Iterator<Item = &'a str> {
        self.0
            .get("targetDeviceFamilies")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|family| family.split(' ').next().unwrap_or(family))
    }

    /// The languages of a package, in the spelling of its manifest; none until the service has read the package.
    pub fn languages(self) -> impl Iterator<Item = &'a str> {
        let languages = self.0.get("languages").and_then(Value::as_array);
        languages.into_iter().flatten().filter_map(Value::as_str)
    }

    /// The capabilities of a package; none until the service has read it.
    pub fn capabilities(self) -> impl Iterator<Item = &'a str> {
        let capabilities = self.0.get("capabilities").and_then(Value::as_array);
        capabilities.into_iter().flatten().filter_map(Value::as_str)
    }

    /// What is to become of the file.
    pub fn status(self) -> FileStatus {
        match self.text("fileStatus") {
            "Uploaded" => FileStatus::Uploaded,
            "PendingUpload" => FileStatus::PendingUpload,
            "PendingDelete" => FileStatus::PendingDelete,
            _ => FileStatus::Other,
        }
    }

    /// The entry as the service sent it.
    pub fn json(self) -> &'a Map<String, Value> {
        self.0
    }
}

/// Members that the service owns (read-only, or accepted and ignored), by where they lie; `*` is any key or index.
///
/// They are never compared: they change by themselves. `isAdvancedPricingModel` flips after any update
/// (`microsoft/StoreBroker#129`), `sales` is obsolete (`microsoft/msstore-cli#29`), `targetPlatform` is missing
/// from some answers.
const SERVER_OWNED: &[&[&str]] = &[
    &["id"],
    &["flightId"],
    &["status"],
    &["statusDetails"],
    &["fileUploadUrl"],
    &["friendlyName"],
    &["pricing", "isAdvancedPricingModel"],
    &["pricing", "sales"],
    &["listings", "*", "baseListing", "privacyPolicy"],
    &["listings", "*", "baseListing", "supportContact"],
    &["listings", "*", "baseListing", "websiteUrl"],
    &["applicationPackages", "*", "version"],
    &["applicationPackages", "*", "architecture"],
    &["applicationPackages", "*", "languages"],
    &["applicationPackages", "*", "capabilities"],
    &["applicationPackages", "*", "targetDeviceFamilies"],
    &["applicationPackages", "*", "targetPlatform"],
    &["flightPackages", "*", "version"],
    &["flightPackages", "*", "architecture"],
    &["flightPackages", "*", "languages"],
    &["flightPackages", "*", "capabilities"],
    &["flightPackages", "*", "targetDeviceFamilies"],
    &["flightPackages", "*", "targetPlatform"],
    &["packageDeliveryOptions", "packageRollout", "packageRolloutStatus"],
    &["packageDeliveryOptions", "packageRollout", "fallbackSubmissionId"],
    &["trailers", "*", "id"],
    &["trailers", "*", "videoFileId"],
    &["trailers", "*", "trailerAssets", "*", "imageList", "*", "id"],
];

impl Document {
    /// Reads a document from JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes).map(Self)
    }

    /// The document as JSON.
    pub fn json(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The member at a path of the API's own keys; languages are found in any case.
    pub fn get<K: AsRef<str>>(&self, path: &[K]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(member(&self.0, first.as_ref())?, |value, key| match key.as_ref() {
            FIRST => value.as_array()?.first(),
            key => member(value.as_object()?, key),
        })
    }

    /// Sets the member at a path of the API's own keys and leaves every other one as it is.
    ///
    /// Objects and lists on the way that are missing or null are made.
    pub fn set<K: AsRef<str>>(&mut self, path: &[K], value: Value) {
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        let members = self.members_at(parents);
        let key = spelling(members, last.as_ref());
        members.insert(key, value);
    }

    /// Removes the member at a path of the API's own keys, if it is there.
    pub fn remove<K: AsRef<str>>(&mut self, path: &[K]) {
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        if parents.is_empty() || self.get(parents).is_some_and(Value::is_object) {
            let members = self.members_at(parents);
            let key = spelling(members, last.as_ref());
            members.shift_remove(&key);
        }
    }

    /// The members of the object at a path; what is missing on the way is made.
    fn members_at<K: AsRef<str>>(&mut self, path: &[K]) -> &mut Map<String, Value> {
        let mut keys = path.iter().map(AsRef::as_ref).peekable();
        let mut members = &mut self.0;
        while let Some(key) = keys.next() {
            let key = spelling(members, key);
            let mut child = members.entry(key).or_insert(Value::Null);
            if keys.next_if(|key| *key == FIRST).is_some() {
                child = first_of(child);
            }
            members = object(child);
        }
        members
    }

    fn text_at(&self, path: &[&str]) -> &str {
        self.get(path).and_then(Value::as_str).unwrap_or_default()
    }

    /// The submission's id.
    pub fn id(&self) -> &str {
        self.text_at(&["id"])
    }

    /// The name that Partner Center shows, such as `Submission 7`.
    pub fn friendly_name(&self) -> &str {
        self.text_at(&["friendlyName"])
    }

    /// The submission's status.
    pub fn status(&self) -> Status {
        Status::new(self.text_at(&["status"]))
    }

    /// Where the draft's files go; `None` for submissions that were made in the portal, which the API
    /// can neither change nor delete (`MicrosoftDocs/windows-dev-docs#2641`).
    pub fn upload_url(&self) -> Option<UploadUrl> {
        Some(self.text_at(&[hidden::UPLOAD_URL])).filter(|url| !url.is_empty()).map(UploadUrl::new)
    }

    /// Whether there is an upload URL, also where only that is known of it.
    pub fn has_upload_url(&self) -> bool {
        self.upload_url().is_some() || self.get(&[hidden::UPLOAD_URL]).is_some_and(hidden::is_upload_url)
    }

    /// The document with nothing in it that is secret: of an upload URL only that there is one, of notes for certification
    /// a digest. It is planned on as the document itself is.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        Self(hidden::without_secrets(&self.0))
    }

    /// The base price; `None` where it is missing or null.
    pub fn price_id(&self) -> Option<&str> {
        self.get(&["pricing", "priceId"]).and_then(Value::as_str).filter(|id| !id.is_empty())
    }

    /// The listing languages as the service spells them.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.get(&["listings"]).and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str)
    }

    /// The images of one language, in display order, deletions included.
    pub fn images(&self, language: &str) -> Vec<FileEntry<'_>> {
        self.entries(&["listings", language, "baseListing", "images"])
    }

    /// The file entries of a list at a path of the API's own keys, deletions included.
    pub fn entries(&self, path: &[&str]) -> Vec<FileEntry<'_>> {
        let items = self.get(path).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_object).map(FileEntry).collect()
    }

    /// The key of the packages: those of an app's submission, or of a flight's.
    pub fn packages_key(&self) -> &'static str {
        if self.0.contains_key("flightPackages") { "flightPackages" } else { "applicationPackages" }
    }

    /// The packages, deletions included.
    pub fn packages(&self) -> Vec<FileEntry<'_>> {
        self.entries(&[self.packages_key()])
    }

    /// Every file that the document names with a status, packages and images alike, wherever it stands.
    pub fn files(&self) -> Vec<FileEntry<'_>> {
        fn walk<'a>(value: &'a Value, into: &mut Vec<FileEntry<'a>>) {
            match value {
                Value::Array(items) => items.iter().for_each(|item| walk(item, into)),
                Value::Object(members) => {
                    if members.contains_key("fileStatus") {
                        into.push(FileEntry(members));
                    }
                    members.values().for_each(|member| walk(member, into));
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        self.0.values().for_each(|member| walk(member, &mut found));
        found
    }

    /// The whole document in canonical form, without what the service owns and without files that go.
    ///
    /// Two documents with equal canonical form mean the same release.
    pub fn canonical(&self) -> Value {
        self.canonical_in(Form::Draft)
    }

    /// Whether it says all that another one says, and perhaps more: the first draft of a resource has values of its own.
    pub fn holds(&self, other: &Self) -> bool {
        fn holds(own: &Value, other: &Value) -> bool {
            match (own, other) {
                (Value::Object(own), Value::Object(other)) => {
                    other.iter().all(|(key, value)| own.get(key).is_some_and(|own| holds(own, value)))
                }
                (own, other) => own == other,
            }
        }
        holds(&self.canonical(), &other.canonical())
    }

    /// The paths (API keys) at which the canonical forms of two documents differ, sorted; a list is one value.
    pub fn differences(&self, other: &Self) -> Vec<Vec<String>> {
        self.differences_in(other, Form::Draft)
    }

    /// The same, where one of the two may have been committed meanwhile: new files then have ids and are `Uploaded`.
    pub fn differences_once_committed(&self, other: &Self) -> Vec<Vec<String>> {
        self.differences_in(other, Form::Committed)
    }

    fn canonical_in(&self, form: Form) -> Value {
        Value::Object(canonical_members(&self.0, &mut Vec::new(), form))
    }

    fn differences_in(&self, other: &Self, form: Form) -> Vec<Vec<String>> {
        let (own, other) = (self.canonical_in(form), other.canonical_in(form));
        let mut found = Vec::new();
        differences(Some(&own), Some(&other), &mut Vec::new(), &mut found);
        found.sort();
        found
    }
}

fn differences(a: Option<&Value>, b: Option<&Value>, at: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if a == b {
        return;
    }
    if let (Some(Value::Object(a)), Some(Value::Object(b))) = (a, b) {
        let mut keys: Vec<&String> = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))).collect();
        keys.sort();
        for key in keys {
            at.push(key.clone());
            differences(a.get(key), b.get(key), at, found);
            at.pop();
        }
    } else {
        found.push(at.clone());
    }
}

/// The first element of a list; both are made where they are missing.
fn first_of(value: &mut Value) -> &mut Value {
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    let Value::Array(items) = value else { unreachable!("was just made a list") };
    if items.is_empty() {
        items.push(Value::Null);
    }
    &mut items[0]
}

/// The members of an object, which is made where it is missing.
fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Value::Object(members) = value else { unreachable!("was just made an object") };
    members
}

/// A member by key; where the exact key is missing, by the same key in another case (languages vary in case).
fn member<'a>(members: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    members
        .get(key)
        .or_else(|| members.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

/// The spelling under which a key is already there, else the key itself.
fn spelling(members: &Map<String, Value>, key: &str) -> String {
    if members.contains_key(key) {
        return key.to_owned();
    }
    members.keys().find(|k| k.eq_ignore_ascii_case(key)).cloned().unwrap_or_else(|| key.to_owned())
}

fn is_server_owned(path: &[String]) -> bool {
    SERVER_OWNED.iter().any(|owned| {
        owned.len() == path.len() && owned.iter().zip(path).all(|(want, key)| *want == "*" || want == key)
    })
}

/// Whether the keys below this path are the user's own words (languages, markets), which say something even when nothing is below them.
fn is_keyed_by_users(path: &[String]) -> bool {
    match path {
        [listings] => listings == "listings",
        [trailers, _, assets] => trailers == "trailers" && assets == "trailerAssets",
        _ => false,
    }
}

/// Which changes of the service are no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// None: two drafts.
    Draft,
    /// What a commit does to files.
    Committed,
}

fn canonical_members(members: &Map<String, Value>, at: &mut Vec<String>, form: Form) -> Map<String, Value> {
    let by_users = is_keyed_by_users(at);
    let mut canonical: Vec<(String, Value)> = Vec::new();
    for (key, value) in members {
        let key = if by_users { canonical::language(key) } else { key.clone() };
        at.push(key.clone());
        if !is_server_owned(at) {
            // Where notes were hidden, they can be compared by their digest only.
            let value = if *at == [hidden::NOTES] { &hidden::notes(value) } else { value };
            match canonical_value(value, at, form) {
                Some(value) => canonical.push((key, value)),
                None if by_users => canonical.push((key, Value::Null)),
                None => {}
            }
        }
        at.pop();
    }
    canonical.sort_by(|a, b| a.0.cmp(&b.0));
    canonical.into_iter().collect()
}

/// An object, which may be a file that the document names: `None` where that goes.
fn canonical_entry(
    members: &Map<String, Value>,
    at: &mut Vec<String>,
    form: Form,
) -> Option<Map<String, Value>> {
    let mut canonical = canonical_members(members, at, form);
    if members.contains_key("fileStatus") {
        let status = FileEntry(members).status();
        if status == FileStatus::PendingDelete {
            return None;
        }
        if form == Form::Committed || status == FileStatus::PendingUpload {
            canonical.shift_remove("id");
        }
        if form == Form::Committed {
            canonical.shift_remove("fileStatus");
        }
    }
    Some(canonical)
}

fn canonical_value(value: &Value, at: &mut Vec<String>, form: Form) -> Option<Value> {
    match value {
        Value::Array(items) => {
            let mut kept = Vec::new();
            for item in items {
                if let Value::Object(members) = item {
                    at.push("*".into());
                    kept.extend(canonical_entry(members, at, form).map(Value::Object));
                    at.pop();
                } else {
                    kept.push(canonical::value(item).unwrap_or(Value::Null));
                }
            }
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        Value::Object(members) => {
            let members = canonical_entry(members, at, form)?;
            (!members.is_empty()).then_some(Value::Object(members))
        }
        scalar => canonical::value(scalar),
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} {}, {} members)", self.id(), self.status(), self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_element_of_a_list_is_read_made_and_changed() {
        let genre = ["gamingOptions", FIRST, "genres"];
        let mut document = Document::from_json(br#"{"gamingOptions": null, "other": 1.50}"#).unwrap();
        assert_eq!(document.get(&genre), None);
        document.remove(&genre);
        assert_eq!(document.json()["gamingOptions"], Value::Null);
        document.set(&genre, serde_json::json!(["Games_Word"]));
        assert_eq!(document.json()["gamingOptions"], serde_json::json!([{"genres": ["Games_Word"]}]));
        assert_eq!(document.get(&genre), Some(&serde_json::json!(["Games_Word"])));
        document.remove(&genre);
        assert_eq!(document.json()["gamingOptions"], serde_json::json!([{}]));
    }

    fn document(text: &str) -> Document {
        Document::from_json(text.as_bytes()).unwrap()
    }

    const SAMPLE: &str = r#"{"id":"1","status":"PendingCommit","fileUploadUrl":"https://h/b?sig=a+b",
        "pricing":{"priceId":"Tier2","isAdvancedPricingModel":true},
        "listings":{"en-US":{"baseListing":{"title":"T","images":[
            {"fileName":"a.png","fileStatus":"Uploaded","id":"7","imageType":"Screenshot"},
            {"fileName":"b.png","fileStatus":"PendingDelete","id":"8","imageType":"Screenshot"}]}},"de":{}},
        "odd":{"big":123456789012345678901234567890,"float":1.50,"none":null,"deep":{"x":[1]}}}"#;

    #[test]
    fn what_it_does_not_know_travels_on_unchanged() {
        let text = r#"{"a":1.50,"b":123456789012345678901234567890,"c":null,"d":{"z":[],"y":{}}}"#;
        assert_eq!(serde_json::to_string(document(text).json()).unwrap(), text);
    }

    #[test]
    fn set_touches_one_path_only_and_keeps_the_spelling_of_languages() {
        let mut changed = document(SAMPLE);
        changed.set(&["listings", "en-us", "baseListing", "title"], "U".into());
        assert_eq!(changed.differences(&document(SAMPLE)), [["listings", "en-us", "baseListing", "title"]]);
        assert_eq!(changed.languages().collect::<Vec<_>>(), ["en-US", "de"]);
    }

    #[test]
    fn what_the_service_owns_is_no_difference() {
        let other =
            SAMPLE.replace("\"id\":\"1\"", "\"id\":\"2\"").replace("true", "false").replace("sig=", "sig=z");
        assert!(document(SAMPLE).differences(&document(&other)).is_empty());
        let gone = SAMPLE.replace("a.png", "c.png");
        assert_eq!(document(SAMPLE).differences(&document(&gone)).len(), 1);
    }

    #[test]
    fn an_empty_language_is_not_a_missing_one() {
        let mut without = document(SAMPLE);
        without.remove(&["listings", "DE"]);
        assert_eq!(without.differences(&document(SAMPLE)), [["listings", "de"]]);
    }

    #[test]
    fn an_upload_url_is_never_shown_and_its_plus_is_encoded() {
        let document = document(SAMPLE);
        assert_eq!(document.upload_url().unwrap().expose(), "https://h/b?sig=a%2Bb");
        assert!(!format!("{document:?} {:?}", document.upload_url()).contains("sig"));
    }
}
