//! A document of kind `App` into a resource.

use std::path::Path;

use super::code::Code;
use super::desired::{Address, Permit, Releases, Resource, is_name};
use super::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use super::files::Files;
use super::guard::Guard;
use super::lower::{Blocks, lower};
use super::source::Sources;
use super::value::{Scope, Values};
use super::yaml::{Node, Yaml};

/// The keys of an app manifest. `ignore` and `rollout` belong to the design; this version refuses them.
const KEYS: &[&str] =
    &["kind", "name", "id", "permit", "submission", "release", "ignore", "rollout", "state"];
const NOT_YET: &[&str] = &["ignore", "rollout", "state"];

/// Decodes an app; `None` where it cannot be identified. Problems go to `diagnostics`.
pub fn decode(
    document: &Node,
    folder: &Path,
    releases: &Releases,
    files: &mut Files<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Resource> {
    let mut values = Values { files, sources, diagnostics };
    for entry in document.entries().unwrap_or_default() {
        if NOT_YET.contains(&entry.key.as_str()) {
            let message = format!("this version does not carry out `{}`", entry.key);
            values.report(
                Diagnostic::error(Code::NotInThisVersion, entry.key_span, message).help("leave the key out"),
            );
        } else if !KEYS.contains(&entry.key.as_str()) {
            values.unknown_key(&entry.key, entry.key_span, KEYS.iter().copied());
        }
    }
    let name = required(&mut values, document, "name");
    let name = name.filter(|(name, node)| {
        let good = is_name(name);
        if !good {
            let message = format!("`{name}` is not a name");
            values.report(
                Diagnostic::error(Code::BadName, node.span, message)
                    .help("use lower-case letters, digits and hyphens"),
            );
        }
        good
    });
    let id = required(&mut values, document, "id");
    let id = id.filter(|(id, node)| {
        let good = id.len() == 12 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !good {
            let message = format!("`{id}` is not a Store ID");
            values.report(
                Diagnostic::error(Code::BadStoreId, node.span, message)
                    .help("twelve capital letters and digits, in Partner Center under Product identity"),
            );
        }
        good
    });
    let permits = permits(&mut values, document);
    let address = name.as_ref().map(|(name, _)| Address::app(name));
    let release = address.as_ref().and_then(|address| releases.get(address)).map(AsRef::as_ref);
    if let (Some(address), Some(_), None) = (&address, release, document.get("release")) {
        let at = document.get("kind").map(|node| node.span);
        let message = format!("a release is named for `{address}`, whose manifest has no `release` block");
        values.report(
            Diagnostic::error(Code::UnknownRelease, at, message).help(
                "add `release: {packages: {files: [$(release)/*.msixbundle]}}`, or leave --release out",
            ),
        );
    }
    let blocks = Blocks { submission: document.get("submission"), release: document.get("release") };
    let desired = lower(&mut values, blocks, folder, release);
    let at = values.sources.location(document.span);
    Some(Resource { address: address?, id: id?.0, permits, desired, at })
}

fn required<'n>(values: &mut Values<'_, '_>, document: &'n Node, key: &str) -> Option<(String, &'n Node)> {
    let Some(node) = document.get(key) else {
        let at = document.get("kind").map(|node| node.span);
        values.report(
            Diagnostic::error(Code::MissingKey, at, format!("`{key}` is missing"))
                .help(format!("add `{key}: …`")),
        );
        return None;
    };
    values.scalar(node, "a text", Scope::plain()).ok().map(|text| (text, node))
}

fn permits(values: &mut Values<'_, '_>, document: &Node) -> Vec<Permit> {
    let Some(node) = document.get("permit") else {
        return Vec::new();
    };
    let Yaml::List(items) = &node.value else {
        values.wrong_type(node, "a list of guards");
        return Vec::new();
    };
    let mut permits = Vec::new();
    for item in items {
        let Ok(word) = values.scalar(item, "the name of a guard", Scope::plain()) else {
            continue;
        };
        match Guard::parse(&word) {
            Some(guard) => permits.push(Permit { guard, at: values.sources.location(item.span) }),
            None => {
                let words = Guard::ALL.iter().map(|guard| guard.as_str());
                let help = match did_you_mean(&word, words.clone()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("guards are {}", words.collect::<Vec<_>>().join(", ")),
                };
                let message = format!("there is no guard `{word}`");
                values.report(Diagnostic::error(Code::UnknownGuard, item.span, message).help(help));
            }
        }
    }
    permits
}
