//! What a pull brought, and what it left out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::manifest::{Address, LeftOut};

use super::{plural, visible, visible_line};

/// What a pull came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PulledReport {
    /// `MAJOR.MINOR` of this format. A reader of the same major understands it.
    pub format_version: String,
    /// When the live state was read: RFC 3339, in UTC.
    pub read_at: String,
    /// The products, each with what its values are from.
    pub products: Vec<PulledProduct>,
    /// The files that were written, as seen from the current folder.
    pub files: Vec<String>,
    /// What no file holds.
    pub left_out: Vec<LeftOut>,
    /// The command that shows that nothing would change.
    pub next: String,
}

/// A product that was pulled.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PulledProduct {
    /// What the manifests call it.
    pub address: Address,
    /// Its Store ID, or for a flight the flight's id.
    pub id: String,
    /// What Partner Center calls it.
    pub name: String,
    /// Which submission its values are from.
    pub from: PulledFrom,
    /// The id of a submission that is in progress and was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_progress: Option<String>,
}

/// Which submission values are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PulledFrom {
    /// The published one.
    Published,
    /// The one in progress, because it was asked for.
    Pending,
    /// The one in progress, because none was ever published.
    PendingOnly,
    /// None: there is none.
    Nothing,
}

impl PulledReport {
    /// The version of this format.
    pub const FORMAT_VERSION: &str = "1.0";
}

/// More reasons are counted; the manifests say them all.
const MAX_REASONS: usize = 12;
/// A folder with more files is counted.
const MAX_FILES: usize = 4;

/// The report for people.
pub fn pulled_text(report: &PulledReport) -> String {
    let mut text = String::new();
    let is_usual = |product: &&PulledProduct| {
        product.address.as_str().split('/').count() > 2
            && product.from == PulledFrom::Published
            && product.in_progress.is_none()
    };
    for product in report.products.iter().filter(|product| report.products.len() == 1 || !is_usual(product)) {
        let name = visible_line(&product.name);
        text.push_str(&format!("{}  \"{name}\"  {}  {}\n", product.address, product.id, words(product.from)));
        if let Some(id) = &product.in_progress {
            let line =
                format!("  submission {id} is in progress and was not taken; `--from-pending` takes it\n");
            text.push_str(&visible(&line));
        }
    }
    let usual: Vec<String> = [("add-on/", "add-on"), ("flight/", "flight")]
        .into_iter()
        .map(|(prefix, word)| {
            let of_it = report.products.iter().filter(|product| product.address.as_str().starts_with(prefix));
            (of_it.filter(is_usual).count(), word)
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect();
    if report.products.len() > 1 && !usual.is_empty() {
        text.push_str(&format!("with {}, as published\n", usual.join(" and ")));
    }
    text.push_str(&format!("\n{}\n", written(&report.files)));
    let reasons = reasons(&report.left_out);
    if !reasons.is_empty() {
        text.push_str("\nleft as it is in Partner Center:\n");
        for reason in reasons.iter().take(MAX_REASONS) {
            text.push_str(&format!("  {}\n", visible_line(reason)));
        }
        if reasons.len() > MAX_REASONS {
            text.push_str(&format!("  and {} more\n", reasons.len() - MAX_REASONS));
        }
    }
    // Whoever brings more than this says what comes next.
    if report.next.is_empty() {
        text.push('\n');
    } else {
        text.push_str(&format!("\nnext: {}\n", visible_line(&report.next)));
    }
    text
}

fn words(from: PulledFrom) -> &'static str {
    match from {
        PulledFrom::Published => "as published",
        PulledFrom::Pending => "as in the submission in progress",
        PulledFrom::PendingOnly => "as in the submission in progress, because none was ever published",
        PulledFrom::Nothing => "which has no submission",
    }
}

/// What is left out and why; the same in several products is said once.
fn reasons(left_out: &[LeftOut]) -> Vec<String> {
    let mut of_each: BTreeMap<&Address, Vec<LeftOut>> = BTreeMap::new();
    let mut order: Vec<&Address> = Vec::new();
    for left in left_out {
        let known = of_each.entry(&left.address).or_default();
        if known.is_empty() {
            order.push(&left.address);
        }
        known.push(left.clone());
    }
    let mut all: Vec<((String, String), Vec<&Address>)> = Vec::new();
    for address in order {
        for reason in LeftOut::folded(&of_each[address]) {
            match all.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, addresses)) => addresses.push(address),
                None => all.push((reason, vec![address])),
            }
        }
    }
    let line = |((what, why), addresses): ((String, String), Vec<&Address>)| match addresses.as_slice() {
        [first, rest @ ..] if !rest.is_empty() => format!("{first} and {} more: {what}: {why}", rest.len()),
        addresses => format!("{}: {what}: {why}", addresses[0]),
    };
    all.into_iter().map(line).collect()
}

/// The files, those of full folders counted.
fn written(files: &[String]) -> String {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files {
        folders.entry(top_of(file, files)).or_default().push(file);
    }
    let mut lines = vec![format!("wrote {}", plural(files.len(), "file"))];
    for (folder, files) in folders {
        if files.len() > MAX_FILES {
            lines.push(format!("  {}  {}", visible_line(folder), plural(files.len(), "file")));
        } else {
            lines.extend(files.iter().map(|file| format!("  {}", visible_line(file))));
        }
    }
    lines.join("\n")
}

/// The folder that a file is counted in: the first one below what all of them have in common.
fn top_of<'f>(file: &'f str, files: &[String]) -> &'f str {
    let common = files.iter().map(|other| common_folder(file, other)).min().unwrap_or(0);
    match file[common..].find('/') {
        Some(end) => &file[..=common + end],
        None => file,
    }
}

/// The length of the folder that two files have in common.
fn common_folder(one: &str, other: &str) -> usize {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    one.as_bytes()[..same].iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1)
}
