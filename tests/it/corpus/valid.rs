//! What is valid, and what it lowers to.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use storeward::manifest::{
    Address, Creation, Desired, ImageContent, Loaded, Others, Owned, Releases, Resource, RolloutWanted,
    TrailerContent, Wanted, Workspace as Around, load,
};
use storeward::submission::{FIELDS, Field, Kind, Shape};

use super::workspace::{Workspace, all, compare, name};

const ADVICE: &str = "with STOREWARD_BLESS=1 what they lower to is written anew; look at the difference";

/// What a fixture lowers to; there must be nothing to say of it.
pub(super) fn loaded(workspace: &Workspace) -> Loaded {
    let around = Around::around(&workspace.folder()).unwrap();
    let arguments = workspace.arguments();
    let named = arguments.iter().filter_map(|argument| argument.split_once('='));
    let release = |(address, folder): (&str, &str)| {
        (address.parse::<Address>().unwrap(), workspace.folder().join(folder))
    };
    let loaded = load(&around, &[], &named.map(release).collect::<Releases>());
    let said = loaded.diagnostics.sorted();
    assert!(said.is_empty(), "{said:#?}");
    loaded
}

/// Every owned path with its value, and what is no value, a line each.
pub(super) fn lowered(resources: &[Resource]) -> String {
    let mut text = String::new();
    for resource in resources {
        let Resource { address, id, creation, absent, permits, desired, rollout, .. } = resource;
        let mut line = |words: String| writeln!(text, "{words}").unwrap();
        line(format!("{address}{}", id.as_ref().map_or(String::new(), |id| format!(" {id}"))));
        match creation {
            Creation::App => {}
            Creation::AddOn { product_id, product_type } => {
                line(format!("  product {product_id:?} {product_type:?}"));
            }
            Creation::Flight { friendly_name, group_ids, rank_higher_than } => {
                line(format!("  flight {friendly_name:?} groups {group_ids:?} above {rank_higher_than:?}"));
            }
        }
        if absent.is_some() {
            line("  absent".to_owned());
        }
        for permit in permits {
            line(format!("  permit {}", permit.guard));
        }
        if let Some(rollout) = rollout {
            let wanted = match &rollout.wanted {
                RolloutWanted::Percentage(share) => share.to_string(),
                other => format!("{other:?}"),
            };
            line(format!("  rollout of {}: {wanted}", rollout.of));
        }
        for setting in settings(desired) {
            line(format!("  {setting}"));
        }
        for owned in &desired.owned {
            line(format!("  {} = {}", owned.path, value(owned)));
        }
    }
    text
}

fn settings(desired: &Desired) -> Vec<String> {
    let others = |of: &str, others: Option<Others>| others.map(|others| format!("other {of}: {others:?}"));
    let word = |what: &str, word: Option<String>| word.map(|word| format!("{what}: {word}"));
    let named: Vec<&str> = desired.named_languages.iter().map(String::as_str).collect();
    let ignored: Vec<String> = desired.ignore.iter().map(|pattern| pattern.keys().join(".")).collect();
    [
        (!named.is_empty()).then(|| format!("languages: {}", named.join(" "))),
        others("languages", desired.other_languages.as_ref().map(|(others, _)| *others)),
        others("markets", desired.other_markets.as_ref().map(|(others, _)| *others)),
        word("retain", desired.retain.map(|retain| format!("{retain:?}"))),
        word("open rollout", desired.open_rollout.map(|open| format!("{open:?}"))),
        word("DirectX", desired.minimum_direct_x_version.clone()),
        word("RAM", desired.minimum_system_ram.clone()),
        (!ignored.is_empty()).then(|| format!("ignore: {}", ignored.join(" "))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn value(owned: &Owned) -> String {
    match &owned.wanted {
        Wanted::Value(value) => shortened(&value.to_string()),
        Wanted::Nothing => "nothing".to_owned(),
        Wanted::Images(images) => {
            let image = |image: &storeward::manifest::WantedImage| {
                let content = match &image.content {
                    ImageContent::File(asset) => asset.name.to_string(),
                    ImageContent::Remote(id) => format!("remote {id}"),
                };
                match &image.description {
                    Some(caption) => format!("{content} {}", shortened(&format!("{caption:?}"))),
                    None => content,
                }
            };
            format!("images [{}]", images.iter().map(image).collect::<Vec<_>>().join(", "))
        }
        Wanted::Packages(packages) => {
            let package = |asset: &std::sync::Arc<storeward::manifest::Asset>| {
                format!("{} {}", asset.name, asset.package().unwrap().version)
            };
            format!("packages [{}]", packages.iter().map(package).collect::<Vec<_>>().join(", "))
        }
        Wanted::Icon(icon) => format!("icon {}", icon.name),
        Wanted::Trailers(trailers) => {
            let trailer = |trailer: &storeward::manifest::WantedTrailer| match &trailer.content {
                TrailerContent::Remote(id) => format!("remote {id}"),
                TrailerContent::File { video, assets } => {
                    let shown = assets.iter().map(|asset| {
                        let (title, caption) = (shortened(&asset.title), shortened(&asset.description));
                        format!("{}: {title:?} {} {caption:?}", asset.language, asset.image.name)
                    });
                    format!("{} ({})", video.name, shown.collect::<Vec<_>>().join(", "))
                }
            };
            format!("trailers [{}]", trailers.iter().map(trailer).collect::<Vec<_>>().join(", "))
        }
    }
}

/// The text with long runs of one character counted.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = rest.chars().take_while(|next| *next == c).count();
        match run {
            ..=9 => short.extend(std::iter::repeat_n(c, run)),
            _ => write!(short, "{c}×{run}").unwrap(),
        }
        rest = &rest[run * c.len_utf8()..];
    }
    short
}

#[test]
fn what_is_valid_lowers_to_what_it_says() {
    let mut complaints = Vec::new();
    for fixture in all("valid") {
        let workspace = Workspace::of(&fixture);
        let ran = workspace.validate();
        let is_silent = ran.code == 0 && ran.stderr.is_empty();
        if is_silent {
            complaints.extend(compare(&fixture.join("lowered.txt"), &lowered(&loaded(&workspace).resources)));
        } else {
            complaints.push(format!("{}: {}{}", name(&fixture), ran.stdout, ran.stderr));
        }
    }
    assert!(complaints.is_empty(), "{ADVICE}\n{}", complaints.join("\n"));
}

#[test]
fn every_field_of_every_kind_is_in_a_valid_manifest() {
    let loaded: Vec<Loaded> = all("valid").iter().map(|fixture| loaded(&Workspace::of(fixture))).collect();
    let resources = || loaded.iter().flat_map(|loaded| &loaded.resources);
    let owns = |kind: Kind, field: &'static Field| {
        let of_kind = resources().filter(|resource| resource.kind() == kind);
        let mut fields = of_kind.flat_map(|resource| &resource.desired.owned).filter_map(|owned| owned.field);
        fields.any(|owned| std::ptr::eq(owned, field))
    };
    let missing: Vec<String> = FIELDS
        .iter()
        .flat_map(|field| field.of.iter().map(move |kind| (*kind, field)))
        // A group is owned by its keys, but for the one that can be emptied.
        .filter(|(kind, field)| !field.is_group() && !owns(*kind, field))
        .map(|(kind, field)| format!("{kind} {}", field.path.join(".")))
        .collect();
    assert!(missing.is_empty(), "no valid fixture has {missing:?}");
}

/// The keys of a document of a kind, as an unknown one is told of them.
fn keys_of(kind: Kind) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), format!("kind: {kind}\nzebra: 1\n")).unwrap();
    let loaded = load(&Around::around(folder.path()).unwrap(), &[], &Releases::new());
    let help = loaded
        .diagnostics
        .sorted()
        .iter()
        .find_map(|said| said.help.clone()?.strip_prefix("known here: ").map(str::to_owned));
    help.unwrap().split(", ").map(str::to_owned).collect()
}

#[test]
fn every_key_of_every_kind_is_in_a_valid_manifest() {
    let mut used: BTreeSet<(Kind, String)> = BTreeSet::new();
    for fixture in all("valid") {
        let text = std::fs::read_to_string(fixture.join("app.yaml")).unwrap();
        for document in text.split("\n---\n") {
            let Some(kind) = Kind::ALL.iter().find(|kind| document.contains(&format!("kind: {kind}\n")))
            else {
                continue;
            };
            let keys = document.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key);
            used.extend(keys.map(|key| (*kind, key.to_owned())));
        }
    }
    for kind in Kind::ALL {
        for key in keys_of(*kind) {
            assert!(used.contains(&(*kind, key.clone())), "no valid fixture has `{key}` of {kind}");
        }
    }
}

#[test]
fn every_word_that_a_field_takes_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let said = |kind: Kind, field: &Field, value: &str| {
        let (head, blocks) = match kind {
            Kind::App => ("kind: App\nname: a\nid: 9NBLGGH4R315\n", String::new()),
            _ => (
                "kind: AddOn\nname: b\napp: a\nid: 9NBLGGH4R316\n",
                "---\nkind: App\nname: a\nid: 9NBLGGH4R315\n".to_owned(),
            ),
        };
        let (open, close) = match field.path {
            [_] => (String::new(), ""),
            [group, ..] => (format!("{group}: {{"), "}"),
            [] => unreachable!("a field has a path"),
        };
        let key = field.path[field.path.len() - 1];
        let date = if value == "SpecificDate" { "\n  targetPublishDate: 2026-09-01T08:00:00Z" } else { "" };
        let text = format!("{head}submission:\n  {open}{key}: {value}{close}{date}\n{blocks}");
        std::fs::write(folder.path().join("a.yaml"), text).unwrap();
        let loaded = load(&Around::around(folder.path()).unwrap(), &[], &Releases::new());
        loaded.diagnostics.sorted().iter().map(|said| said.message.clone()).collect::<Vec<_>>()
    };
    let mut words_tried = 0;
    for field in FIELDS {
        let (Shape::OneOf(words) | Shape::SomeOf { words, .. }) = field.shape else { continue };
        for kind in field.of.iter().filter(|kind| **kind != Kind::Flight) {
            for word in words {
                let (right, wrong) = match field.shape {
                    Shape::SomeOf { .. } => (format!("[{word}]"), format!("[{}]", word.to_lowercase())),
                    _ => ((*word).to_owned(), word.to_lowercase()),
                };
                assert_eq!(said(*kind, field, &right), Vec::<String>::new(), "{:?}: {right}", field.path);
                let message = format!("`{}` is not allowed here", word.to_lowercase());
                assert_eq!(said(*kind, field, &wrong), [message], "{:?}: {wrong}", field.path);
                words_tried += 1;
            }
        }
    }
    assert!(words_tried > 100, "{words_tried}");
}
