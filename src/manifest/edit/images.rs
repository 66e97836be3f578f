//! Images of one type: those of ours are known by their digests, and others by their ids.

use serde_json::Value;

use crate::asset::LiveName;
use crate::submission::canonical;

use super::super::desired::{ImageContent, Owned, Wanted, WantedImage};
use super::super::yaml::{Node, Yaml};
use super::desk::Desk;
use super::keys::Said;
use super::list::{Item, rearranged};
use super::place::{Place, end, find};
use super::scalar::Writing;
use super::text::Draft;
use super::ways::{own_key, written_list};
use super::{LiveImage, LiveValue, Wish};

/// Which slot of ours each live image is; those that are none of ours have none.
fn recognised(owned: Option<&Owned>, live: &[LiveImage]) -> Vec<Option<usize>> {
    let ours: &[WantedImage] = match owned.map(|owned| &owned.wanted) {
        Some(Wanted::Images(images)) => images,
        _ => &[],
    };
    let keys = owned.map(|owned| owned.path.keys()).unwrap_or_default();
    let prefix: Vec<&str> = [keys.get(1), keys.last()].into_iter().flatten().map(String::as_str).collect();
    let names: Vec<LiveName> = live.iter().map(|image| LiveName::parse(&image.file_name, &prefix)).collect();
    let mut known: Vec<Option<usize>> = vec![None; live.len()];
    let is = |round: usize, place: usize, own: &WantedImage, at: usize| match (&own.content, round) {
        (ImageContent::Remote(id), 0) => *id == live[place].id,
        // In its own place first, so that twins stay where they are.
        (ImageContent::File(asset), 1 | 2) => {
            names[place].digest == Some(asset.fingerprint.digest.short()) && (round == 2 || at == place)
        }
        // What a plan would take on trust.
        (ImageContent::File(asset), 3) => {
            at == place
                && names[place].digest.is_none()
                && names[place].stem == LiveName::parse(&asset.archive_name, &prefix).stem
        }
        _ => false,
    };
    for round in 0..4 {
        for place in 0..live.len() {
            if known[place].is_none() {
                let taken = |at: usize| known.contains(&Some(at));
                known[place] = (0..ours.len()).find(|at| !taken(*at) && is(round, place, &ours[*at], *at));
            }
        }
    }
    known
}

/// The live caption, where the manifest says another one.
fn other_caption<'l>(own: &WantedImage, live: &'l LiveImage) -> Option<&'l str> {
    let said = own.description.as_deref()?;
    (canonical::text(said) != canonical::text(&live.description)).then_some(live.description.as_str())
}

/// Whether a list says what is live: each image in its place, with its caption.
pub(super) fn says(owned: &Owned, live: &[LiveImage]) -> bool {
    let Wanted::Images(ours) = &owned.wanted else { return live.is_empty() };
    let known = recognised(Some(owned), live);
    ours.len() == live.len()
        && known.iter().enumerate().all(|(at, known)| *known == Some(at))
        && ours.iter().zip(live).all(|(own, live)| other_caption(own, live).is_none())
}

/// A live image by its id.
fn remote(image: &LiveImage) -> String {
    let writing = Writing { json: false, expands: true };
    let said = |text: &str| writing.line(&Value::String(text.to_owned()), true);
    if canonical::text(&image.description).is_empty() {
        format!("{{remote: {}}}", said(&image.id))
    } else {
        format!("{{remote: {}, description: {}}}", said(&image.id), said(&image.description))
    }
}

/// The list as it stands, in another order, with other captions, without those that went and with those that came.
pub(super) fn in_place(desk: &Desk<'_>, wish: &Wish) -> Option<Draft> {
    let LiveValue::Images(live) = &wish.live else { return None };
    let owned = desk.owned(wish)?;
    let Wanted::Images(ours) = &owned.wanted else { return None };
    let (source, documents) = written_list(desk, owned)?;
    let text = desk.text(source);
    let list = find(text, &documents, owned.written)?;
    let Yaml::List(nodes) = &list.node.value else { return None };
    if nodes.len() != ours.len() {
        return None;
    }
    let mut items = Vec::new();
    for (image, place) in live.iter().zip(recognised(Some(owned), live)) {
        items.push(match place {
            None => Item::New(remote(image)),
            Some(place) => match other_caption(&ours[place], image) {
                None => Item::same(place),
                Some(caption) => {
                    let entry = nodes[place].entries()?.iter().find(|entry| entry.key == "description")?;
                    let in_flow = list.in_flow || super::place::is_flow(text, &nodes[place]);
                    let here = Place { node: &entry.value, entry: Some(entry), in_flow };
                    let value =
                        if caption.is_empty() { Value::Null } else { Value::String(caption.to_owned()) };
                    let edit = Writing { json: false, expands: true }.instead(text, here, &value)?;
                    Item::Kept(place, vec![(edit.range, edit.with)])
                }
            },
        });
    }
    let edit = rearranged(text, list, &items)?;
    Some(Draft::of(&desk.path(source)?, vec![edit]))
}

/// A list of its own for the language, with the items of the shared one.
pub(super) fn own(desk: &Desk<'_>, wish: &Wish) -> Option<Draft> {
    let LiveValue::Images(live) = &wish.live else { return None };
    let owned = desk.owned(wish);
    let mut items = Vec::new();
    for (image, place) in live.iter().zip(recognised(owned, live)) {
        items.push(match (place, owned) {
            (Some(place), Some(owned)) => ours(desk, wish, owned, place, image)?,
            _ => remote(image),
        });
    }
    own_key(desk, wish, &Said::Items(items))
}

/// An item of the shared list as it stands, but for its caption.
fn ours(desk: &Desk<'_>, wish: &Wish, owned: &Owned, place: usize, image: &LiveImage) -> Option<String> {
    let Wanted::Images(ours) = &owned.wanted else { return None };
    let (source, documents) = written_list(desk, owned)?;
    let folder = |source| &desk.loaded.sources.get(source).folder;
    // What it names lies beside the file that it is written in.
    if folder(source) != folder(desk.resource(wish)?.span.source) {
        return None;
    }
    let text = desk.text(source);
    let Yaml::List(nodes) = &find(text, &documents, owned.written)?.node.value else { return None };
    let node: &Node = nodes.get(place)?;
    let mut pairs = Vec::new();
    for entry in node.entries()? {
        let said = text.get(entry.value.span.start..end(text, &entry.value))?;
        let said = match other_caption(&ours[place], image).filter(|_| entry.key == "description") {
            Some("") => continue,
            Some(caption) => {
                Writing { json: false, expands: true }.line(&Value::String(caption.to_owned()), true)
            }
            None if said.contains('\n') => return None,
            None => said.to_owned(),
        };
        pairs.push(format!("{}: {said}", entry.key));
    }
    Some(format!("{{{}}}", pairs.join(", ")))
}
