//! Links lead somewhere, and the documents name nothing of the machine that they were written on.

use std::collections::{BTreeMap, BTreeSet};

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::markdown::anchor;
use super::{Document, all, root};

/// The anchors of a document, as GitHub makes them: also those that it names itself.
fn anchors(document: &Document) -> BTreeSet<String> {
    let arena = Arena::new();
    let tree = parse_document(&arena, &document.text, &Options::default());
    let mut anchors = BTreeSet::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for node in tree.descendants() {
        if let NodeValue::Heading(_) = node.data.borrow().value {
            let name = anchor(&text_of(node));
            let times = seen.entry(name.clone()).or_default();
            anchors.insert(if *times == 0 { name } else { format!("{name}-{times}") });
            *times += 1;
        }
    }
    anchors.extend(
        document.text.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned),
    );
    anchors
}

fn text_of<'a>(node: &'a AstNode<'a>) -> String {
    let mut text = String::new();
    for node in node.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(piece) => text.push_str(piece),
            NodeValue::Code(code) => text.push_str(&code.literal),
            _ => {}
        }
    }
    text
}

/// Where links and pictures of a document lead.
fn targets(document: &Document) -> Vec<String> {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    let tree = parse_document(&arena, &document.text, &options);
    let mut targets = Vec::new();
    for node in tree.descendants() {
        match &node.data.borrow().value {
            NodeValue::Link(link) | NodeValue::Image(link) => targets.push(link.url.clone()),
            NodeValue::HtmlBlock(html) => {
                for word in [" src=\"", " srcset=\"", " href=\""] {
                    let found = html.literal.split(word).skip(1).filter_map(|rest| rest.split('"').next());
                    targets.extend(found.map(str::to_owned));
                }
            }
            _ => {}
        }
    }
    targets
}

#[test]
fn every_link_leads_somewhere() {
    let documents = all();
    let anchors: BTreeMap<&str, BTreeSet<String>> =
        documents.iter().map(|document| (document.name.as_str(), anchors(document))).collect();
    let (mut seen, mut wrong) = (0, Vec::new());
    for document in &documents {
        let folder = document.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in targets(document) {
            seen += 1;
            if target.starts_with("https://") {
                continue;
            }
            let (path, fragment) = target.split_once('#').unwrap_or((&target, ""));
            // What lies above the folder is written `../`.
            let name = match (path, path.strip_prefix("../")) {
                ("", _) => document.name.clone(),
                (_, Some(above)) if !folder.is_empty() => above.to_owned(),
                _ if folder.is_empty() => path.to_owned(),
                _ => format!("{folder}/{path}"),
            };
            let leads = root().join(&name).exists()
                && (fragment.is_empty()
                    || anchors.get(name.as_str()).is_some_and(|known| known.contains(fragment)));
            if !leads {
                wrong.push(format!("{}: {target}", document.name));
            }
        }
    }
    assert!(seen > 50, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every page is found from the README, or from one that is.
#[test]
fn every_document_is_linked_to() {
    let documents = all();
    for document in &documents[1..] {
        let name = document.name.trim_start_matches("docs/");
        let linked =
            documents.iter().filter(|other| other.name != document.name).flat_map(targets).any(|target| {
                target.split('#').next().unwrap_or_default().trim_start_matches("docs/") == name
            });
        assert!(linked, "nothing links to {}", document.name);
    }
}

#[test]
fn no_document_names_the_machine_that_it_was_written_on() {
    for document in all() {
        for word in ["/work", "/tmp", "/home/", "/root", "/Users/", "C:\\", "localhost", "127.0.0.1:8"] {
            let found = document.text.lines().find(|line| line.contains(word));
            assert!(found.is_none(), "{} names {word}: {}", document.name, found.unwrap_or_default());
        }
        assert!(!document.text.contains("TODO"), "{}", document.name);
    }
}
