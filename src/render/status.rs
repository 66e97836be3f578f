//! Where products stand, as text.

use crate::plan::{PackageStatus, ProductStatus, RolloutStatus, RolloutWord, StatusOfAll};
use crate::submission::Phase;

use super::glyphs::DOT;
use super::hygiene::visible_line;
use super::page::{ALARM, BOLD, CYAN, DIM, GREEN, Line, Look, PLAIN, Page, YELLOW};
use super::plural;

/// What stands in front of each line of a product.
const LABEL: usize = 11;
const INDENT: usize = 2 + LABEL;

/// Where products stand.
pub fn status_text(status: &StatusOfAll, look: Look) -> String {
    let mut page = Page::new(look);
    page.line(Line::new(DIM, format!("storeward status {DOT} read {}", status.read_at.replace('T', " "))));
    for product in &status.products {
        page.gap();
        show(&mut page, product);
    }
    page.gap();
    page.line(Line::new(PLAIN, totals(&status.products)));
    page.finish()
}

fn show(page: &mut Page, product: &ProductStatus) {
    let mut head = Line::new(BOLD, visible_line(&product.asked));
    if !product.name.is_empty() {
        head = head.and(PLAIN, format!("  \"{}\"", visible_line(&product.name)));
    }
    if !product.app.eq_ignore_ascii_case(&product.asked) {
        head = head.and(DIM, format!("  {}", visible_line(&product.app)));
    }
    page.line(head);
    if let Some(problem) = &product.problem {
        put(page, "problem", Line::new(ALARM, visible_line(problem)));
    }
    if let Some(published) = &product.published {
        let line = Line::new(PLAIN, packages(&published.packages))
            .and(DIM, format!("submission {}", visible_line(&published.submission)));
        put(page, "published", line);
    } else if product.problem.is_none() {
        put(page, "published", Line::new(DIM, "nothing yet"));
    }
    if let Some(rollout) = &product.rollout {
        put(page, "rollout", line_of_rollout(rollout));
    }
    if let Some(pending) = &product.pending {
        let style = match pending.status.phase() {
            Phase::Dead => ALARM,
            Phase::Draft => YELLOW,
            Phase::Published => GREEN,
            Phase::Committing | Phase::Accepted | Phase::Certified => CYAN,
        };
        let whose = pending.made_by.words();
        let mut line = Line::new(style, visible_line(pending.status.as_str()));
        if !whose.is_empty() {
            line = line.and(PLAIN, format!(", {whose}"));
        }
        line = line.and(DIM, format!("  submission {}", visible_line(&pending.submission)));
        put(page, "pending", line);
        if !pending.packages.is_empty() {
            put(page, "", Line::new(PLAIN, packages(&pending.packages).trim_end()));
        }
        for told in &pending.lines {
            put(page, "", Line::new(PLAIN, visible_line(told)));
        }
    } else if product.problem.is_none() {
        put(page, "pending", Line::new(DIM, "none"));
    }
    for (at, next) in product.next.iter().enumerate() {
        put(page, if at == 0 { "next" } else { "" }, Line::new(PLAIN, visible_line(next)));
    }
}

fn put(page: &mut Page, label: &str, line: Line) {
    page.line_with(Line::new(DIM, format!("  {label:LABEL$}")).join(line), INDENT);
}

fn packages(packages: &[PackageStatus]) -> String {
    let named: Vec<String> = packages.iter().map(package).collect();
    if named.is_empty() { String::new() } else { format!("{}  ", named.join(", ")) }
}

fn package(package: &PackageStatus) -> String {
    let version = package.version.as_deref().unwrap_or("(version not known)");
    let words = format!("{} {version}", package.architecture.to_ascii_lowercase());
    visible_line(words.trim())
}

/// A rollout, in words.
pub fn rollout_line(rollout: &RolloutStatus) -> String {
    let (state, words) = words_of_rollout(rollout);
    format!("{state}{words}")
}

fn line_of_rollout(rollout: &RolloutStatus) -> Line {
    let (state, words) = words_of_rollout(rollout);
    let style = if rollout.state == RolloutWord::Halted { ALARM } else { YELLOW };
    Line::new(style, state).and(PLAIN, words)
}

fn words_of_rollout(rollout: &RolloutStatus) -> (&'static str, String) {
    let version = rollout.version.as_deref().map_or_else(|| "the new packages".to_owned(), visible_line);
    let (state, words) = match rollout.state {
        RolloutWord::InProgress => {
            ("running", format!(", {} % of customers get {version}", share(&rollout.percentage)))
        }
        RolloutWord::Halted => ("halted", format!(": nobody else gets {version}")),
    };
    let before = match (&rollout.fallback_submission, rollout.fallback_packages.as_slice()) {
        (None, []) => String::new(),
        (Some(id), []) => format!("; the others have submission {}", visible_line(id)),
        (_, before) => {
            format!("; the others have {}", before.iter().map(package).collect::<Vec<_>>().join(", "))
        }
    };
    (state, words + &before)
}

/// `10`, where the Store says `10.0`.
fn share(percentage: &serde_json::Value) -> String {
    percentage.as_f64().map_or_else(|| visible_line(&percentage.to_string()), |share| share.to_string())
}

/// What somebody in a hurry looks for, in one line.
fn totals(products: &[ProductStatus]) -> String {
    let phase_is = |is: fn(Phase) -> bool| {
        let phases = products
            .iter()
            .filter_map(|product| product.pending.as_ref())
            .map(|pending| pending.status.phase());
        phases.filter(|phase| is(*phase)).count()
    };
    let running = |word| {
        products
            .iter()
            .filter(|product| product.rollout.as_ref().is_some_and(|rollout| rollout.state == word))
            .count()
    };
    let counts = [
        (phase_is(|phase| phase == Phase::Draft), "draft"),
        (phase_is(|phase| phase > Phase::Draft && phase < Phase::Published), "submission on its way"),
        (phase_is(|phase| phase == Phase::Dead), "failed submission"),
        (running(RolloutWord::InProgress), "running rollout"),
        (running(RolloutWord::Halted), "halted rollout"),
        (products.iter().filter(|product| product.problem.is_some()).count(), "problem"),
    ];
    let told = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| match what {
        "submission on its way" if count > 1 => format!("{count} submissions on their way"),
        what => plural(count, what),
    });
    let told: Vec<String> = std::iter::once(plural(products.len(), "product")).chain(told).collect();
    told.join(&format!(" {DOT} "))
}
