//! A document into a resource.

use std::collections::HashSet;
use std::path::Path as FilePath;

use crate::asset::Version;
use crate::submission::Kind;
use crate::submission::vocabulary::is_product_id;

use super::code::Code;
use super::desired::{
    Address, Creation, Desired, Permit, Releases, Resource, RolloutWanted, RunningRollout, is_name,
};
use super::diagnostic::{Diagnostic, did_you_mean};
use super::flatten::one_of;
use super::guard::Guard;
use super::ignore::ignored_paths;
use super::include::Included;
use super::keys::{Key, Need, PRODUCT_TYPES};
use super::lower::{Blocks, lower};
use super::misplaced;
use super::source::{Location, Span};
use super::value::{Nothing, Scope, Values, is_like_secret};
use super::words::{ROLLOUT_STATES, STATES, word};
use super::yaml::{Entry, Node, Yaml};

/// How many unknown keys are looked at for one that is missing: a hostile file can have any number.
const MAX_GUESSED: usize = 100;

/// Decodes a resource; `None` where it cannot be told which one it is. Problems go to the diagnostics.
pub fn decode(
    values: &mut Values<'_, '_>,
    kind: Kind,
    document: &Node,
    releases: &Releases,
    included: &Included,
) -> Option<Resource> {
    let span = document.get("kind").map_or(document.span, |node| node.span);
    let mut decode = Decode { values, kind, document, span };
    decode.refuse_unknown_keys();
    decode.refuse_missing_keys();
    let name = decode.name("name");
    let address = match kind {
        Kind::App => name.map(|name| Address::app(&name)),
        Kind::AddOn | Kind::Flight => {
            decode.name("app").zip(name).map(|(app, name)| Address::below(kind, &app, &name))
        }
    };
    let id = decode.id();
    let creation = decode.creation();
    let absent = decode.absent();
    let permits = decode.permits();
    let rollout = decode.rollout();
    let ignore = document.get("ignore").map(|node| ignored_paths(decode.values, kind, node));
    let folder = address.as_ref().and_then(|address| releases.get(address)).map(AsRef::as_ref);
    decode.refuse_release_of_nothing(address.as_ref(), folder);
    let blocks =
        Blocks { kind, submission: document.get("submission"), release: document.get("release"), folder };
    let desired = lower(values, blocks, ignore.unwrap_or_default(), included);
    refuse_lifetime_of_consumable(values, &creation, &desired);
    let at = values.sources.location(document.span);
    let known = |entry: &&Entry| Key::all_of(kind).any(|key| key.name == entry.key);
    let entries = document.entries().unwrap_or_default().iter().filter(known);
    let keys = entries.map(|entry| (entry.key.clone(), values.sources.location(entry.value.span))).collect();
    let id = match (kind, id) {
        (Kind::App, None) => return None,
        (_, id) => id,
    };
    Some(Resource { address: address?, id, creation, absent, permits, desired, rollout, at, keys, span })
}

fn refuse_lifetime_of_consumable(values: &mut Values<'_, '_>, creation: &Creation, desired: &Desired) {
    let Creation::AddOn { product_type: Some(product_type), .. } = creation else { return };
    if let (Some(owned), "Consumable") = (desired.value(&["lifetime"]), product_type.as_str()) {
        let message = "a consumable add-on has no `lifetime`";
        let diagnostic = Diagnostic::error(Code::NotForConsumables, owned.span, message);
        values.report(diagnostic.help("leave `lifetime` out, or say `productType: Durable`"));
    }
}

struct Decode<'a, 'v, 'w, 'n> {
    values: &'a mut Values<'v, 'w>,
    kind: Kind,
    document: &'n Node,
    /// Where to point for what is missing.
    span: Span,
}

impl<'n> Decode<'_, '_, '_, 'n> {
    fn refuse_unknown_keys(&mut self) {
        let known = Key::all_of(self.kind).map(|key| key.name);
        for entry in self.document.entries().unwrap_or_default() {
            if known.clone().any(|name| name == entry.key) {
                continue;
            }
            if self.kind == Kind::App && entry.key == "state" {
                let diagnostic =
                    Diagnostic::error(Code::CannotBeAbsent, entry.key_span, "an app has no `state`");
                self.values.report(diagnostic.help("the API deletes add-ons and flights, no apps"));
                continue;
            }
            match misplaced::advice(self.kind, &entry.key) {
                Some(advice) => {
                    let message = format!("unknown key `{}`", entry.key);
                    let diagnostic = Diagnostic::error(Code::UnknownKey, entry.key_span, message);
                    self.values.report(diagnostic.help(advice).hiding_text(is_like_secret(&entry.key)));
                }
                None => self.values.unknown_key(&entry.key, entry.key_span, known.clone()),
            }
        }
    }

    fn refuse_missing_keys(&mut self) {
        let has_id = self.document.get("id").is_some();
        for key in Key::all_of(self.kind) {
            let needed = match key.need {
                Need::Always => true,
                Need::UnlessId => !has_id,
                Need::Never => false,
            };
            if needed && self.document.get(key.name).is_none() && !self.is_misspelt(key.name) {
                let message = format!("`{}` is missing", key.name);
                let or = if key.need == Need::UnlessId { ", or the `id` of one that is there" } else { "" };
                let help = format!("add `{}: …`{or}. {}", key.name, key.doc);
                self.values.report(Diagnostic::error(Code::MissingKey, self.span, message).help(help));
            }
        }
    }

    /// Whether another key is probably meant as this one, which is reported.
    fn is_misspelt(&self, name: &'static str) -> bool {
        let known = || Key::all_of(self.kind).map(|key| key.name);
        let entries = self.document.entries().unwrap_or_default();
        let unknown = entries.iter().filter(|entry| !known().any(|name| name == entry.key));
        unknown.take(MAX_GUESSED).any(|entry| did_you_mean(&entry.key, known()) == Some(name))
    }

    fn text(&mut self, key: &str) -> Option<(String, &'n Node)> {
        let node = self.document.get(key)?;
        let text = self.values.scalar(node, "a text", Scope::plain()).ok()?;
        Some((text, node))
    }

    /// A text of at most so many characters that is not blank.
    fn short_text(&mut self, key: &str, max: usize) -> Option<String> {
        let (text, node) = self.text(key)?;
        if text.trim().is_empty() {
            let diagnostic =
                Diagnostic::error(Code::WrongType, node.span, "expected a text, found a blank one");
            self.values.report(diagnostic.help("write the text, or leave the key out"));
        } else if self.values.within(&text, max, node.span).is_err() {
            return None;
        } else if text.chars().any(char::is_control) {
            let message = format!("`{key}` holds a control character");
            let diagnostic = Diagnostic::error(Code::ControlCharacter, node.span, message);
            self.values.report(diagnostic.help("remove it; nobody can see it"));
        } else {
            return Some(text);
        }
        None
    }

    fn name(&mut self, key: &str) -> Option<String> {
        let (name, node) = self.text(key)?;
        if is_name(&name) {
            return Some(name);
        }
        let message = format!("`{name}` is not a name");
        let diagnostic = Diagnostic::error(Code::BadName, node.span, message);
        self.values.report(diagnostic.help("use lower-case letters, digits and hyphens"));
        None
    }

    fn id(&mut self) -> Option<String> {
        if self.kind == Kind::Flight {
            return self.short_text("id", 64);
        }
        let (id, node) = self.text("id")?;
        if id.len() == 12 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Some(id);
        }
        let message = format!("`{id}` is not a Store ID");
        let diagnostic = Diagnostic::error(Code::BadStoreId, node.span, message);
        self.values.report(
            diagnostic.help("twelve capital letters and digits, in Partner Center under Product identity"),
        );
        None
    }

    fn creation(&mut self) -> Creation {
        match self.kind {
            Kind::App => Creation::App,
            Kind::AddOn => Creation::AddOn {
                product_id: self.product_id(),
                product_type: self
                    .document
                    .get("productType")
                    .and_then(|node| one_of(self.values, node, PRODUCT_TYPES)),
            },
            Kind::Flight => Creation::Flight {
                friendly_name: self.short_text("friendlyName", 256),
                group_ids: self.document.get("groupIds").and_then(|node| self.group_ids(node)),
                rank_higher_than: self.short_text("rankHigherThan", 256),
            },
        }
    }

    fn product_id(&mut self) -> Option<String> {
        let (id, node) = self.text("productId")?;
        if is_product_id(&id) {
            return Some(id);
        }
        let message = format!("`{id}` cannot be a product id");
        let diagnostic = Diagnostic::error(Code::BadProductId, node.span, message);
        self.values.report(diagnostic.help("use at most 100 characters, and none of < > * % & : \\ ? + ,"));
        None
    }

    fn group_ids(&mut self, node: &Node) -> Option<Vec<String>> {
        let Yaml::List(items) = &node.value else {
            self.values.wrong_type(node, "a list of group ids");
            return None;
        };
        if items.is_empty() {
            let diagnostic =
                Diagnostic::error(Code::MissingKey, node.span, "a flight needs a group of testers");
            self.values.report(
                diagnostic.help("name a group; Partner Center shows its id in the address of its page"),
            );
            return None;
        }
        let mut ids: Vec<String> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        for item in items {
            let id = self.values.scalar(item, "the id of a group", Scope::plain()).ok()?;
            if seen.insert(id.clone()) {
                ids.push(id);
            } else {
                let message = format!("the group `{id}` is given twice");
                let diagnostic = Diagnostic::error(Code::DuplicateKey, item.span, message);
                self.values.report(diagnostic.help("remove one of the two"));
            }
        }
        Some(ids)
    }

    fn absent(&mut self) -> Option<Location> {
        let node = self.document.get("state").filter(|_| self.kind != Kind::App)?;
        word(self.values, node, STATES)?.then(|| self.values.sources.location(node.span))
    }

    fn permits(&mut self) -> Vec<Permit> {
        let Some(node) = self.document.get("permit") else {
            return Vec::new();
        };
        let Yaml::List(items) = &node.value else {
            self.values.wrong_type(node, "a list of guards");
            return Vec::new();
        };
        let mut permits: Vec<Permit> = Vec::new();
        for item in items {
            let Ok(word) = self.values.scalar(item, "the name of a guard", Scope::plain()) else {
                continue;
            };
            let words = Guard::ALL.iter().map(|guard| guard.as_str());
            match Guard::parse(&word) {
                Some(guard) if permits.iter().any(|permit| permit.guard == guard) => {
                    let message = format!("`{word}` is permitted twice");
                    let diagnostic = Diagnostic::error(Code::DuplicateKey, item.span, message);
                    self.values.report(diagnostic.help("remove one of the two"));
                }
                Some(guard) => permits.push(Permit { guard, at: self.values.sources.location(item.span) }),
                None => {
                    let help = match self.values.diagnostics.guess(&word, words.clone()) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("guards are {}", words.collect::<Vec<_>>().join(", ")),
                    };
                    let message = format!("there is no guard `{word}`");
                    self.values.report(Diagnostic::error(Code::UnknownGuard, item.span, message).help(help));
                }
            }
        }
        permits
    }

    fn rollout(&mut self) -> Option<RunningRollout> {
        let node = self.document.get("rollout").filter(|_| self.kind != Kind::AddOn)?;
        let known = ["of", "percentage", "state"];
        let Some(entries) = node.entries() else {
            self.values.wrong_type(node, "a map with `of`, and `percentage` or `state`");
            return None;
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            self.values.unknown_key(&entry.key, entry.key_span, known);
        }
        let of = self.rollout_version(node);
        let wanted = match (node.get("percentage"), node.get("state")) {
            (Some(share), None) => self.percentage(share).map(RolloutWanted::Percentage),
            (None, Some(state)) => word(self.values, state, ROLLOUT_STATES),
            (Some(share), Some(_)) => {
                let message = "`rollout` has both `percentage` and `state`";
                let diagnostic = Diagnostic::error(Code::NotAllowed, share.span, message);
                self.values.report(diagnostic.help("leave one of them out"));
                None
            }
            (None, None) => {
                let message = "`rollout` needs `percentage` or `state`";
                let diagnostic = Diagnostic::error(Code::MissingKey, node.span, message);
                let help = "add `percentage`, a share of customers, or `state: finalized` or `state: halted`";
                self.values.report(diagnostic.help(help));
                None
            }
        };
        let at = self.values.sources.location(node.span);
        Some(RunningRollout { of: of?, wanted: wanted?, at })
    }

    fn rollout_version(&mut self, rollout: &Node) -> Option<Version> {
        let Some(node) = rollout.get("of") else {
            let diagnostic = Diagnostic::error(Code::MissingKey, rollout.span, "`rollout` needs `of`");
            let help = "add `of: 1.43.0.0`, with the version that is rolled out, so that it says nothing of the next one";
            self.values.report(diagnostic.help(help));
            return None;
        };
        let text = self.values.scalar(node, "a version", Scope::plain()).ok()?;
        text.parse().map_err(|_| self.bad_version(&text, node.span)).ok()
    }

    fn bad_version(&mut self, text: &str, at: Span) -> Nothing {
        let message = format!("`{text}` is not a version");
        let diagnostic = Diagnostic::error(Code::BadVersion, at, message);
        self.values.report(diagnostic.help("write its four parts, such as 1.43.0.0"))
    }

    fn percentage(&mut self, node: &Node) -> Option<serde_json::Number> {
        let text = self.values.scalar(node, "a number", Scope::plain()).ok()?;
        let share = super::read::percentage(&text);
        if share.is_none() {
            let message = format!("`{text}` is not a percentage");
            let diagnostic = Diagnostic::error(Code::OutOfRange, node.span, message);
            self.values.report(diagnostic.help("write a number from 0 to 100"));
        }
        share
    }

    fn refuse_release_of_nothing(&mut self, address: Option<&Address>, folder: Option<&FilePath>) {
        if let (Some(address), Some(_), None) = (address, folder, self.document.get("release")) {
            let message =
                format!("a release is named for `{address}`, whose manifest has no `release` block");
            let help =
                "add `release: {packages: {files: [$(release)/*.msixbundle]}}`, or leave --release out";
            self.values.report(Diagnostic::error(Code::UnknownRelease, self.span, message).help(help));
        }
    }
}
