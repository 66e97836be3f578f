//! The JSON Schema of manifests: what the loader takes passes it, and most of what the loader refuses does not.
//!
//! Manifests are read here as editors read them, with another reader than the loader's.

mod every_key;
mod fixtures;
mod generated;
mod mistakes;

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use storeward::manifest::{Address, Loaded, Releases, Workspace, load, manifest_schema};
use storeward::submission::Kind;
use storeward::submission::vocabulary::{IMAGE_TYPES, Sizes};
use tempfile::TempDir;

use crate::support::mp4::Movie;
use crate::support::msix::Msix;
use crate::support::things;

fn schema() -> Validator {
    jsonschema::draft7::new(&manifest_schema()).unwrap()
}

/// The documents of a YAML text, as other readers see them; `Err` where they see none.
fn documents(text: &str) -> Result<Vec<Value>, serde_yaml::Error> {
    let text = text.trim_start_matches('\u{feff}');
    serde_yaml::Deserializer::from_str(text)
        .map(|document| serde_yaml::Value::deserialize(document).map(|value| to_json(&value)))
        .collect()
}

fn to_json(value: &serde_yaml::Value) -> Value {
    use serde_yaml::Value as Yaml;
    let key = |key: &Yaml| match to_json(key) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(truth) => json!(truth),
        // JSON has no infinite numbers; a very large one is as good.
        Yaml::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => json!(number),
            (None, Some(number)) => json!(number),
            (None, None) => json!(number.as_f64().filter(|number| number.is_finite()).unwrap_or(f64::MAX)),
        },
        Yaml::String(text) => json!(text),
        Yaml::Sequence(items) => items.iter().map(to_json).collect(),
        Yaml::Mapping(entries) => {
            Value::Object(entries.iter().map(|(k, v)| (key(k), to_json(v))).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tagged) => to_json(&tagged.value),
    }
}

/// What a schema has against a document, each with its place.
fn against(schema: &Validator, document: &Value) -> Vec<String> {
    schema.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Every manifest in a YAML file passes; how many there are. What else is in the file is nobody's business.
#[track_caller]
fn passes(schema: &Validator, name: &str, text: &str) -> usize {
    let mut documents = documents(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    documents.retain(|document| document["kind"].as_str().is_some_and(|kind| Kind::parse(kind).is_some()));
    for document in &documents {
        let errors = against(schema, document);
        assert!(errors.is_empty(), "{name}:\n{}", errors.join("\n"));
    }
    documents.len()
}

/// The files below a folder that hold manifests, if there is such a folder.
fn manifests_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(manifests_below(&path));
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") && holds_manifest(&path) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether a file has a document that is, or is meant as, a manifest, and no part of one.
fn holds_manifest(path: &Path) -> bool {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    text.lines().any(|line| {
        let line = line.trim_start_matches(['\u{feff}', '{', '"', '\'', ' ']).to_lowercase();
        ["kind", "submission", "release"].iter().any(|key| line.starts_with(key))
    })
}

/// A folder with every file that the manifests of these tests name.
struct Shop(TempDir);

impl Shop {
    fn new() -> Self {
        let shop = Self(tempfile::tempdir().unwrap());
        fs::create_dir(shop.path().join(".git")).unwrap();
        for kind in IMAGE_TYPES {
            let (width, height) = match kind.sizes {
                Sizes::OneOf(sizes) => sizes[0],
                Sizes::Between(least, _) => least,
                Sizes::Unstated => (1920, 1080),
            };
            shop.write(&format!("{}.png", kind.name), things::png(width, height));
        }
        shop.write("trailer.mp4", Movie::default().mp4());
        shop.write("still.png", things::png(1920, 1080));
        shop.write("text.md", "# About\n\nA text.\n");
        shop.write("texts.json", "{\"en-us\": \"A text.\", \"list\": [\"a\", \"b\"]}");
        shop.write("nothing.yaml", "{}\n");
        Msix::default().write(&shop.path().join("reader.msix"));
        shop
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).unwrap();
    }

    /// What the loader makes of a file with this text.
    fn load(&self, text: &str) -> Loaded {
        self.load_released(text, None)
    }

    /// The same in a run that releases from the shop.
    fn load_released(&self, text: &str, released: Option<&Address>) -> Loaded {
        self.write("store.yaml", text);
        let folder = self.path().canonicalize().unwrap();
        let workspace = Workspace::around(&folder).unwrap();
        let releases: Releases = released.map(|address| (address.clone(), folder)).into_iter().collect();
        load(&workspace, &["store.yaml".into()], &releases)
    }
}
