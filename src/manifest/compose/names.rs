//! What the repository calls what the Store has: names made from those in Partner Center.

use std::collections::HashMap;

use super::super::desired::is_name;

/// How long a name becomes.
const MAX: usize = 48;
/// Names that Windows takes for devices, whatever their extension: a manifest has to be a file there, too.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// A name of the letters and digits of another one; `None` where too few are left of it to be one.
fn slug(text: &str) -> Option<String> {
    let mut name = String::new();
    let mut lost = 0;
    for c in text.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else {
            lost += usize::from(c.is_alphanumeric());
            if !name.ends_with('-') {
                name.push('-');
            }
        }
        if name.len() >= MAX {
            break;
        }
    }
    let name = name.trim_matches('-');
    let is_device = DEVICES.contains(&name)
        || name
            .strip_prefix("com")
            .or(name.strip_prefix("lpt"))
            .is_some_and(|rest| rest.parse::<u8>().is_ok());
    (lost * 2 <= name.len() && is_name(name) && !is_device).then(|| name.to_owned())
}

/// The name of something that is called `text` and has this id.
pub(super) fn name(text: &str, id: &str) -> String {
    slug(text).or_else(|| slug(id)).unwrap_or_else(|| "unnamed".to_owned())
}

/// A name for each of several, by what they are called and by id. The name of one does not depend on the order of all: those
/// that would have the same get their ids.
pub(super) fn unique(all: &[(&str, &str)]) -> Vec<String> {
    let names: Vec<String> = all.iter().map(|(text, id)| name(text, id)).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in &names {
        *counts.entry(name).or_default() += 1;
    }
    let with_id = |(name, (_, id)): (&String, &(&str, &str))| match (counts[name.as_str()], slug(id)) {
        (2.., Some(id)) => format!("{name}-{id}"),
        _ => name.clone(),
    };
    names.iter().zip(all).map(with_id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_letters_digits_and_hyphens() {
        for (text, expected) in [
            ("Contoso Reader", "contoso-reader"),
            ("contoso.gold_pack (2)", "contoso-gold-pack-2"),
            ("../../etc/passwd", "etc-passwd"),
            ("Café", "caf"),
            ("東京ノート", "9nid"),
            ("", "9nid"),
            ("con", "9nid"),
            ("COM1", "9nid"),
            ("a\u{202e}\n\0b", "a-b"),
        ] {
            assert_eq!(name(text, "9NID"), expected, "{text:?}");
        }
        assert!(name(&"long ".repeat(100), "9NID").len() <= MAX);
    }

    #[test]
    fn twins_are_told_apart_by_their_ids_in_any_order() {
        let twins = [("Gold!", "9NA"), ("gold", "9NB"), ("silver", "9NC")];
        assert_eq!(unique(&twins), ["gold-9na", "gold-9nb", "silver"]);
        let turned = [twins[2], twins[1], twins[0]];
        assert_eq!(unique(&turned), ["silver", "gold-9nb", "gold-9na"]);
    }
}
