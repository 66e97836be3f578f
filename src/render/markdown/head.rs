//! What stands around the body of a comment: the mark by which it is found again, its title, counts, and its last line.

use serde_json::{Map, Value};

use crate::plan::{Action, Counts, LiveSource, Plan};
use crate::render::{Totals, bytes, count, plural};

use super::Setting;
use super::words::code;

/// The first line: by it, programs find the comment again and see what it is about. Nobody else sees it.
pub(super) fn mark(plan: Option<&Plan>, result: Option<&str>, setting: &Setting, truncated: bool) -> String {
    let mut facts = Map::new();
    let texts = [
        ("hash", plan.map(|plan| plan.fingerprints.plan.as_str())),
        ("head", setting.head.as_deref()),
        ("run", setting.run.as_deref()),
        ("result", result),
    ];
    for (name, text) in texts {
        facts.extend(text.map(|text| (name.to_owned(), Value::from(text))));
    }
    facts.insert("truncated".to_owned(), Value::from(truncated));
    // Neither of these stands in JSON outside of a string; together they would end the comment in HTML.
    let facts = Value::Object(facts).to_string().replace('-', "\\u002d").replace('>', "\\u003e");
    format!("<!-- storeward v1 {facts} -->\n")
}

/// What a plan means, in a few words.
pub(super) fn meaning(plan: &Plan) -> String {
    let mut parts: Vec<String> = Vec::new();
    match plan.made_of.live {
        LiveSource::Account => {}
        LiveSource::Snapshot => {
            let age = age(&plan.made_of.read_at, &plan.made_of.made_at);
            parts.push(format!(
                "compared with a snapshot{}",
                age.map_or_else(String::new, |age| format!(", {age} old"))
            ));
        }
        LiveSource::Baseline => parts.push("not compared with the live Store".to_owned()),
    }
    let totals = Totals::of(plan);
    let of = |action| plan.resources.iter().filter(|resource| resource.action == action).count();
    if totals.errors > 0 {
        parts.push(format!("{}, nothing is sent until mended", plural(totals.errors, "error")));
        return parts.join(" · ");
    }
    let needs = if totals.submissions == 1 { "needs" } else { "need" };
    let rows = [
        (totals.submissions, "submission", format!(", {needs} certification")),
        (of(Action::Live), "rollout change", ", at once".to_owned()),
        (of(Action::Delete), "deletion", ", for good".to_owned()),
    ];
    for (number, what, how) in rows {
        if number > 0 {
            parts.push(format!("{}{how}", plural(number, what)));
        }
    }
    if totals.changing == 0 {
        parts.push("No changes".to_owned());
    }
    if totals.on_its_way > 0 {
        parts.push(format!("{} on its way", plural(totals.on_its_way, "submission")));
    }
    if totals.blockers > 0 {
        parts.push(plural(totals.blockers, "blocker"));
    }
    if totals.unpermitted > 0 {
        let need = if totals.unpermitted == 1 { "needs" } else { "need" };
        parts.push(format!("{} {need} a permit", plural(totals.unpermitted, "guard")));
    }
    parts.join(" · ")
}

/// Whether a plan has nothing to show but counts.
pub(super) fn is_quiet(plan: &Plan) -> bool {
    let totals = Totals::of(plan);
    totals.changing + totals.on_its_way + totals.blockers + totals.errors == 0
}

/// The counts that are never left out.
pub(super) fn counts(plan: &Plan) -> String {
    let totals = Totals::of(plan);
    let mut parts = if is_quiet(plan) {
        let to_come = totals.to_come;
        let there = plan.resources.len() - to_come;
        let match_ = if there == 1 { "matches its manifest" } else { "match their manifests" };
        let waits =
            if to_come == 1 { "waits for its first packages" } else { "wait for their first packages" };
        let of_flights = (to_come > 0).then(|| format!("{} {waits}", plural(to_come, "flight")));
        [format!("{} {match_}", plural(there, "product"))].into_iter().chain(of_flights).collect()
    } else {
        let changes: usize = plan.resources.iter().map(|resource| resource.changes.len()).sum();
        let uploads = match totals.upload_bytes {
            0 => "no uploads".to_owned(),
            upload => format!("{} to upload", bytes(upload)),
        };
        let guards = match (totals.guards, totals.unpermitted) {
            (0, _) => "0 guards".to_owned(),
            (all, 0) => format!("{}, permitted", plural(all, "guard")),
            (all, open) => format!("{}, {} without permit", plural(all, "guard"), count(open)),
        };
        vec![
            format!("{} of {} to change", count(totals.changing), plural(plan.resources.len(), "product")),
            plural(changes, "change"),
            plural(totals.submissions, "submission"),
            uploads,
            guards,
            plural(totals.blockers, "blocker"),
        ]
    };
    if plan.made_of.baseline.is_some() {
        parts.push(plural(totals.conflicts, "conflict"));
    }
    let sum = |number: fn(&Counts) -> usize| -> usize {
        plan.resources.iter().map(|resource| number(&resource.counts)).sum()
    };
    for (number, what, how) in [
        (sum(|counts| counts.unchanged), "managed field", "unchanged"),
        (sum(|counts| counts.on_trust), "image", "taken on trust"),
        (totals.waiting, "release setting", "for the next submission"),
    ] {
        if number > 0 {
            parts.push(format!("{} {how}", plural(number, what)));
        }
    }
    parts.join(" · ")
}

/// The last line: what the plan stands on, and where the rest is.
pub(super) fn foot(plan: &Plan, setting: &Setting) -> String {
    let mut parts = vec![format!("Plan hash {}", code(&plan.fingerprints.plan))];
    let read = minute(&plan.made_of.read_at);
    parts.push(match plan.made_of.live {
        LiveSource::Account => format!("live read {read}"),
        LiveSource::Snapshot => format!("snapshot taken {read}"),
        LiveSource::Baseline => format!("committed {read}"),
    });
    if let Some(baseline) = &plan.made_of.baseline {
        let commit = baseline.commit.get(..7).unwrap_or(&baseline.commit);
        parts.push(format!("baseline {}", code(&format!("{}@{commit}", baseline.name))));
        if plan.made_of.live != LiveSource::Baseline && Totals::of(plan).drift == 0 {
            parts.push("changed in Partner Center, not by this pull request: none".to_owned());
        }
    }
    for release in &plan.made_of.releases {
        parts.push(format!("release {}", code(&format!("{}={}", release.address, release.folder))));
    }
    parts.extend(log(setting));
    parts.join(" · ") + "\n"
}

/// A link to the run.
pub(super) fn log(setting: &Setting) -> Option<String> {
    setting.run_url.as_ref().map(|url| format!("[log]({url})"))
}

/// `2026-09-01 08:00Z`; what is no instant stays as it is.
fn minute(instant: &str) -> String {
    instant
        .parse::<jiff::Timestamp>()
        .map_or_else(|_| code(instant), |at| at.strftime("%Y-%m-%d %H:%MZ").to_string())
}

/// The time between two instants, in its largest unit.
fn age(from: &str, to: &str) -> Option<String> {
    let (from, to): (jiff::Timestamp, jiff::Timestamp) = (from.parse().ok()?, to.parse().ok()?);
    let seconds = usize::try_from(to.as_second() - from.as_second()).ok()?;
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let (size, unit) = units.into_iter().find(|(size, _)| seconds >= *size)?;
    Some(plural(seconds / size, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_mark() {
        let hostile = Setting {
            head: Some("--> <img src=x>".to_owned()),
            run: Some("--!>\n-->".to_owned()),
            ..Setting::default()
        };
        let mark = mark(None, None, &hostile, true);
        assert_eq!(mark.matches("-->").count(), 1);
        assert_eq!(mark.lines().count(), 1);
        let facts = mark.trim_start_matches("<!-- storeward v1 ").trim_end_matches(" -->\n");
        let facts: Value = serde_json::from_str(facts).unwrap();
        assert_eq!(
            (&facts["head"], &facts["truncated"]),
            (&Value::from("--> <img src=x>"), &Value::from(true))
        );
    }

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let age = |from: &str| age(from, "2026-09-03T08:00:00Z");
        assert_eq!(age("2026-09-01T07:00:00Z").as_deref(), Some("2 days"));
        assert_eq!(age("2026-09-03T06:59:00Z").as_deref(), Some("1 hour"));
        assert_eq!(age("2026-09-03T07:59:01Z").as_deref(), Some("59 seconds"));
        assert_eq!((age("2026-09-04T08:00:00Z"), age("yesterday")), (None, None));
    }
}
