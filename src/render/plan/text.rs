//! A plan as text for terminals, logs and files.

use crate::manifest::Severity;
use crate::plan::{Action, Plan, ResourcePlan};
use crate::render::page::{ALARM, BOLD, DIM, GREEN, Look, PLAIN, Page};
use crate::render::{bytes, plural};

use super::draw::draw;
use super::layout::{Detail, Glyphs, Part, Row};
use super::obstacles::findings;
use super::sheet::sheet;

/// The plan for people; `steps` lists what `apply` will do.
pub fn plan_text(plan: &Plan, steps: bool, look: Look) -> String {
    let detail = Detail { ascii: look.ascii, ..Detail::default() };
    let glyphs = detail.glyphs();
    let mut parts: Vec<Part> = vec![header(plan, glyphs).into()];
    let busy = |resource: &&ResourcePlan| {
        resource.action != Action::None || plan.blockers_of(&resource.address).next().is_some()
    };
    for resource in plan.resources.iter().filter(busy) {
        let sheet = sheet(plan, resource, detail);
        parts.extend([Part::Gap, sheet.title.into()]);
        parts
            .extend([sheet.consequences, sheet.changes, sheet.counts, sheet.obstacles].into_iter().flatten());
    }
    let found = findings(plan, detail);
    if !found.is_empty() {
        parts.push(Part::Gap);
        parts.extend(found);
    }
    if steps && !plan.steps.is_empty() {
        parts.extend(numbered_steps(plan, glyphs));
    }
    parts.push(Part::Gap);
    parts.extend(summary(plan, glyphs));
    let mut page = Page::new(look);
    draw(&mut page, &parts, detail);
    page.finish()
}

fn header(plan: &Plan, glyphs: &Glyphs) -> Row {
    let dot = glyphs.dot;
    let mut head = format!("storeward plan {dot} live read {}", plan.made_of.read_at.replace('T', " "));
    for release in &plan.made_of.releases {
        head.push_str(&format!(" {dot} release {}={}", release.address, glyphs.line(&release.folder)));
    }
    Row::at(0).cell(DIM, head)
}

fn numbered_steps(plan: &Plan, glyphs: &Glyphs) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![Part::Gap, Row::at(0).cell(BOLD, "steps").into()];
    for (number, step) in plan.steps.iter().enumerate() {
        let kind = format!("{:?}", step.kind).to_lowercase();
        let row = Row::at(0)
            .cell(PLAIN, format!("{:>3}", number + 1))
            .cell(PLAIN, step.address.clone())
            .column(8, PLAIN, kind)
            .cell(PLAIN, glyphs.line(&step.detail));
        parts.push(row.into());
    }
    parts
}

fn summary(plan: &Plan, glyphs: &Glyphs) -> Vec<Part> {
    let changes = |action| !matches!(action, Action::None | Action::InProgress);
    let changing = plan.resources.iter().filter(|resource| changes(resource.action)).count();
    let on_its_way = plan.resources.iter().filter(|resource| resource.action == Action::InProgress).count();
    let sum = |count: fn(&ResourcePlan) -> usize| plan.resources.iter().map(count).sum::<usize>();
    let waiting = sum(|resource| resource.counts.waiting);
    let errors = plan.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        let words = format!("{}; nothing is sent until they are mended", plural(errors, "error"));
        return vec![Row::at(0).cell(ALARM, words).into()];
    }
    if changing == 0 && plan.blockers.is_empty() {
        let matching = plan.resources.len() - on_its_way;
        let mut words = String::from("No changes.");
        if matching > 0 {
            let matches = if matching == 1 { "matches its manifest" } else { "match their manifests" };
            words.push_str(&format!(" {} {matches}", plural(matching, "product")));
        }
        if on_its_way > 0 {
            let joint = if matching > 0 { ";" } else { "" };
            words.push_str(&format!("{joint} {} on its way", plural(on_its_way, "submission")));
        }
        let mut details = vec![plural(sum(|resource| resource.counts.unchanged), "managed field")];
        let by_digest = sum(|resource| resource.counts.by_digest);
        if by_digest > 0 {
            details.push(format!("{} by digest", plural(by_digest, "file")));
        }
        let on_trust = sum(|resource| resource.counts.on_trust);
        if on_trust > 0 {
            details.push(format!("{} taken on trust", plural(on_trust, "image")));
        }
        words.push_str(&format!(" ({}).", details.join(", ")));
        let mut parts: Vec<Part> = vec![Row::at(0).cell(GREEN, words).into()];
        if waiting > 0 {
            let waits = if waiting == 1 { "waits" } else { "wait" };
            let words = format!("{} {waits} for the next submission.", plural(waiting, "release setting"));
            parts.push(Row::at(0).cell(PLAIN, words).into());
        }
        return parts;
    }
    let upload: u64 = plan
        .resources
        .iter()
        .filter_map(|resource| resource.route.as_ref())
        .map(|route| route.upload_bytes)
        .sum();
    let open = plan.unpermitted().count();
    let guards = match (plan.guards.len(), open) {
        (0, _) => "0 guards".to_owned(),
        (all, 0) => format!("{}, permitted", plural(all, "guard")),
        (all, open) => format!("{}, {open} without permit", plural(all, "guard")),
    };
    let words = [
        format!("{} to change", plural(changing, "product")),
        plural(changing, "submission"),
        if upload == 0 { "no uploads".to_owned() } else { format!("{} to upload", bytes(upload)) },
        guards,
        plural(plan.blockers.len(), "blocker"),
    ];
    vec![
        Row::at(0).cell(BOLD, words.join(&format!(" {} ", glyphs.dot))).into(),
        Row::at(0).cell(PLAIN, format!("plan hash {}", plan.fingerprints.plan)).into(),
    ]
}
