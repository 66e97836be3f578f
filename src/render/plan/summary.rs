//! The last lines of a plan: counts, and the hash.

use crate::manifest::Severity;
use crate::plan::{Action, LiveSource, Plan, ResourcePlan};

use super::super::glyphs::DOT;
use super::super::page::{ALARM, BOLD, DIM, GREEN, Line, PLAIN, Page};
use super::super::{Totals, bytes, plural};
use super::View;

pub(super) fn summary(page: &mut Page, plan: &Plan, view: View<'_>) {
    let errors = plan.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        let words = format!("{}; nothing is sent until they are mended", plural(errors, "error"));
        page.line(Line::new(ALARM, words));
        return;
    }
    let of = |action: Action| plan.resources.iter().filter(move |resource| resource.action == action).count();
    let changing = plan.resources.len() - of(Action::None) - of(Action::InProgress);
    if changing == 0 && plan.blockers.is_empty() {
        no_changes(page, plan, of(Action::InProgress));
        return;
    }
    let upload: u64 = plan
        .resources
        .iter()
        .filter_map(|resource| resource.route.as_ref())
        .map(|route| route.upload_bytes)
        .sum();
    let is_offline = plan.made_of.live == LiveSource::Baseline;
    let open = plan.unpermitted().count();
    let guards = match (plan.guards.len(), open) {
        (0, _) => "0 guards".to_owned(),
        (all, 0) => format!("{}, permitted", plural(all, "guard")),
        (all, open) => format!("{}, {open} without permit", plural(all, "guard")),
    };
    let words = [
        format!("{} to change", plural(changing, "product")),
        plural(of(Action::Create) + of(Action::Update), "submission"),
        if upload == 0 { "no uploads".to_owned() } else { format!("{} to upload", bytes(upload)) },
        guards,
        if is_offline { "blockers not known".to_owned() } else { plural(plan.blockers.len(), "blocker") },
    ];
    page.line_with(Line::new(BOLD, words.join(&format!(" {DOT} "))), 2);
    if is_offline {
        let words = "made without the Store, for reading: `storeward plan` compares with it";
        page.line(Line::new(DIM, words));
        return;
    }
    let hash = &plan.fingerprints.plan;
    page.line(Line::new(PLAIN, format!("plan hash {hash}")));
    // With paths or releases the command would be another one.
    let made_of = &plan.made_of;
    let is_plain = made_of.paths.is_empty() && made_of.releases.is_empty();
    let is_possible = plan.resources.iter().any(|resource| {
        resource.action != Action::None && plan.blockers_of(&resource.address).next().is_none()
    });
    if plan.has_changes() && made_of.live == LiveSource::Account && is_plain && is_possible {
        let when = if open > 0 { "once it is permitted, apply" } else { "apply" };
        let command = format!("storeward apply --expect {hash}{}", view.options);
        page.whole(Line::new(DIM, format!("{when} exactly this: {command}")));
    }
}

fn no_changes(page: &mut Page, plan: &Plan, on_its_way: usize) {
    let sum = |count: fn(&ResourcePlan) -> usize| plan.resources.iter().map(count).sum::<usize>();
    let to_come = Totals::of(plan).to_come;
    let matching = plan.resources.len() - on_its_way - to_come;
    let is_offline = plan.made_of.live == LiveSource::Baseline;
    let mut words = String::from(if is_offline { "No changes against the baseline" } else { "No changes." });
    if matching > 0 && !is_offline {
        let matches = if matching == 1 { "matches its manifest" } else { "match their manifests" };
        words.push_str(&format!(" {} {matches}", plural(matching, "product")));
    }
    if on_its_way > 0 {
        let joint = if matching > 0 { ";" } else { "" };
        let way = if on_its_way == 1 { "on its way" } else { "on their way" };
        words.push_str(&format!("{joint} {} {way}", plural(on_its_way, "submission")));
    }
    if to_come > 0 {
        let joint = if matching + on_its_way > 0 { ";" } else { "" };
        let waits =
            if to_come == 1 { "waits for its first packages" } else { "wait for their first packages" };
        words.push_str(&format!("{joint} {} {waits}", plural(to_come, "flight")));
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
    page.line_with(Line::new(GREEN, words), 2);
    let waiting = sum(|resource| resource.counts.waiting);
    if waiting > 0 {
        let waits = if waiting == 1 { "waits" } else { "wait" };
        page.line(Line::new(
            PLAIN,
            format!("{} {waits} for the next submission.", plural(waiting, "release setting")),
        ));
    }
}
