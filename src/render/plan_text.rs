//! A plan as text.

use serde_json::Value;

use crate::manifest::Severity;
use crate::plan::{Action, Change, Op, Plan, PublishedBy, ResourcePlan, Route};
use crate::submission::{Path, Section};

use super::hygiene::{visible, visible_line};
use super::page::{ALARM, BOLD, DIM, GREEN, Line, Look, PLAIN, Page, RED, Symbol, YELLOW};
use super::value_diff::{SHORT, text_diff};
use super::{bytes, count, plural};

/// The plan for people; `steps` lists what `apply` will do.
pub fn plan_text(plan: &Plan, steps: bool, look: Look) -> String {
    let mut page = Page::new(look);
    let mut head = format!("storeward plan · live read {}", plan.made_of.read_at.replace('T', " "));
    for release in &plan.made_of.releases {
        head.push_str(&format!(" · release {}={}", release.address, visible_line(&release.folder)));
    }
    page.line(Line::new(DIM, head));
    let busy = |resource: &&ResourcePlan| {
        resource.action != Action::None || plan.blockers_of(&resource.address).next().is_some()
    };
    for resource in plan.resources.iter().filter(busy) {
        page.gap();
        resource_text(&mut page, plan, resource);
    }
    findings(&mut page, plan);
    if steps && !plan.steps.is_empty() {
        page.gap();
        page.line(Line::new(BOLD, "steps"));
        for (number, step) in plan.steps.iter().enumerate() {
            let kind = format!("{:?}", step.kind).to_lowercase();
            page.line(Line::new(
                PLAIN,
                format!("{:>3}  {}  {kind:<8} {}", number + 1, step.address, visible_line(&step.detail)),
            ));
        }
    }
    page.gap();
    summary(&mut page, plan);
    page.finish()
}

pub(super) fn resource_text(page: &mut Page, plan: &Plan, resource: &ResourcePlan) {
    let ascii = page.look.ascii;
    let symbol = if resource.action == Action::Update { Symbol::Change } else { Symbol::Keep };
    let title = Line::new(symbol.style(), format!("{} ", symbol.text(ascii)))
        .and(BOLD, resource.address.clone())
        .and(PLAIN, format!("  \"{}\"  {}", visible_line(&resource.name), resource.id));
    page.line(title);
    if let Some(route) = resource.route.as_ref().filter(|_| resource.action == Action::Update) {
        page.line(Line::new(DIM, "  route  ").and(PLAIN, route_text(route)));
    }
    if let (Action::InProgress, Some(pending)) = (resource.action, &resource.pending) {
        let words = format!(
            "submission {} is {}; what the manifest wants is on its way",
            visible_line(&pending.submission),
            visible_line(pending.status.as_str())
        );
        page.line(Line::new(DIM, "  route  ").and(PLAIN, words));
    }
    if let Some(base) = resource.base.as_ref().filter(|_| resource.action == Action::Update) {
        page.line(Line::new(DIM, "  base   ").and(
            PLAIN,
            format!("submission {} \"{}\"", visible_line(&base.submission), visible_line(&base.name)),
        ));
    }
    for section in
        [Section::Packages, Section::Rollout, Section::Pricing, Section::Properties, Section::Listings]
    {
        let changes: Vec<&Change> =
            resource.changes.iter().filter(|change| change.section == Some(section)).collect();
        if changes.is_empty() {
            continue;
        }
        match section {
            Section::Packages => packages(page, &changes, resource.route.as_ref()),
            Section::Listings => listings(page, &changes),
            _ => {
                page.gap();
                page.line(Line::new(BOLD, format!("  {}", section_name(section))));
                for change in changes {
                    value(page, change, change.path.keys().last().map_or("", String::as_str));
                }
            }
        }
    }
    let mut counts = Vec::new();
    if resource.counts.unchanged > 0 {
        counts.push(format!("{} unchanged", plural(resource.counts.unchanged, "managed field")));
    }
    if resource.counts.unmanaged > 0 {
        counts.push(format!("{} unmanaged, left as they are", count(resource.counts.unmanaged)));
    }
    if resource.counts.on_trust > 0 {
        let images = plural(resource.counts.on_trust, "image");
        counts.push(format!("{images} taken on trust (storeward explain SW2005)"));
    }
    if resource.counts.waiting > 0 {
        let settings = plural(resource.counts.waiting, "release setting");
        counts.push(format!("waiting for the next submission: {settings}"));
    }
    if !counts.is_empty() {
        page.gap();
        page.line(Line::new(DIM, format!("  {}", counts.join(" · "))));
    }
    for hit in plan.guards.iter().filter(|hit| hit.address == resource.address) {
        let (style, word) = if hit.permitted { (DIM, "permitted") } else { (ALARM, "needs a permit") };
        let line = Line::new(style, format!("  {} guard ", Symbol::Guard.text(ascii)))
            .and(style, format!("{:<18}", hit.guard.as_str()))
            .and(PLAIN, format!(" {}", visible_line(&hit.detail)))
            .and(style, format!("  {word}"));
        page.line(line);
        page.line(Line::new(DIM, format!("      {}", hit.guard.risk())));
    }
    for blocker in plan.blockers_of(&resource.address) {
        let head = format!("  {} blocker {}  ", Symbol::Guard.text(ascii), blocker.kind);
        page.line(Line::new(ALARM, head).and(PLAIN, blocker.kind.fact()));
        page.line(Line::new(PLAIN, format!("      {}", visible(&blocker.detail).replace('\n', "\n      "))));
        for remedy in &blocker.remedies {
            page.line(Line::new(DIM, "      · ").and(PLAIN, visible(remedy).replace('\n', "\n        ")));
        }
    }
}

fn section_name(section: Section) -> &'static str {
    match section {
        Section::Packages => "packages",
        Section::Rollout => "rollout",
        Section::Pricing => "pricing",
        Section::Properties => "properties",
        Section::Listings => "listings",
    }
}

fn route_text(route: &Route) -> String {
    let published = match &route.published_by {
        PublishedBy::Itself => "publishes by itself once certified".to_owned(),
        PublishedBy::Hand => "then waits until somebody presses Publish now in Partner Center".to_owned(),
        PublishedBy::Date(date) => format!("publishes on {}", visible_line(date)),
    };
    format!("new submission → certification → {published}")
}

fn place(change: &Change) -> Option<String> {
    change.source.as_ref().map(|at| format!("{}:{}", visible_line(&at.file), at.line))
}

/// A value on one line where it is short, else by words.
fn value(page: &mut Page, change: &Change, name: &str) {
    let symbol = match change.op {
        Op::Add => Symbol::Add,
        Op::Set if change.before.is_none() => Symbol::Add,
        Op::Remove | Op::Clear => Symbol::Remove,
        Op::Set | Op::Move | Op::Replace => Symbol::Change,
    };
    let head = Line::new(symbol.style(), format!("    {} ", symbol.text(page.look.ascii)));
    let name = visible_line(name);
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    if let (Some(Value::Array(_)) | None, Some(Value::Array(_)) | None) = (before, after) {
        items(page, head, &name, change);
        return;
    }
    let is_long = |value: Option<&Value>| {
        value.and_then(Value::as_str).is_some_and(|text| text.contains('\n') || text.chars().count() > SHORT)
    };
    if is_long(before) || is_long(after) {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let (before, after) = (text(before), text(after));
        let sizes =
            format!("  {} → {} characters", count(before.chars().count()), count(after.chars().count()));
        page.line(head.and(BOLD, name).and(DIM, sizes).right(place(change)));
        text_diff(page, &before, &after);
        return;
    }
    let values = match (before, after) {
        (Some(before), Some(after)) => format!("{} → {}", short(before), short(after)),
        (None, Some(after)) => short(after),
        (Some(before), None) => format!("{} → nothing", short(before)),
        (None, None) => String::new(),
    };
    page.line(head.and(BOLD, name).and(PLAIN, format!("  {values}")).right(place(change)));
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().any(char::is_whitespace) => format!("\"{}\"", visible_line(text)),
        Value::String(text) => visible_line(text),
        Value::Object(members) if members.contains_key("hidden") => "(hidden)".to_owned(),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        other => visible_line(&other.to_string()),
    }
}

/// A list before and after, item by item.
fn items(page: &mut Page, head: Line, name: &str, change: &Change) {
    let list = |value: Option<&Value>| -> Vec<String> {
        let plain = |item: &Value| item.as_str().map_or_else(|| short(item), visible_line);
        value.and_then(Value::as_array).into_iter().flatten().map(plain).collect()
    };
    let (before, after) = (list(change.before.as_ref()), list(change.after.as_ref()));
    let sizes = format!("  {} → {}", before.len(), plural(after.len(), "item"));
    page.line(head.and(BOLD, name).and(DIM, sizes).right(place(change)));
    let diff = similar::TextDiff::from_slices(
        &before.iter().map(String::as_str).collect::<Vec<_>>(),
        &after.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .iter_all_changes()
    .map(|change| (change.tag(), change.value().to_owned()))
    .collect::<Vec<_>>();
    for (tag, item) in diff {
        match tag {
            similar::ChangeTag::Equal => {}
            similar::ChangeTag::Insert => page.line(Line::new(GREEN, format!("      + {item}"))),
            similar::ChangeTag::Delete => page.line(Line::new(RED, format!("      - {item}"))),
        }
    }
}

fn text_of<'v>(value: Option<&'v Value>, key: &str) -> &'v str {
    value.and_then(|value| value.get(key)).and_then(Value::as_str).unwrap_or_default()
}

fn words_of(value: Option<&Value>, key: &str) -> String {
    let items = value.and_then(|value| value.get(key)).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

/// New packages, each with the old one whose place it takes where one goes at the same time.
fn packages(page: &mut Page, changes: &[&Change], route: Option<&Route>) {
    let ascii = page.look.ascii;
    page.gap();
    let place = changes.first().and_then(|change| place(change));
    page.line(Line::new(BOLD, "  packages").right(place));
    let mut going: Vec<&Change> = changes.iter().copied().filter(|change| change.op == Op::Remove).collect();
    for change in changes.iter().filter(|change| change.op == Op::Add) {
        let architectures = words_of(change.after.as_ref(), "architectures");
        let replaces = going.iter().position(|old| {
            let old = text_of(old.before.as_ref(), "architecture").to_lowercase();
            architectures.split(' ').any(|own| own == old) || old == "neutral"
        });
        let old = replaces.map(|at| going.remove(at));
        let symbol = if old.is_some() { Symbol::Replace } else { Symbol::Add };
        let new = visible_line(text_of(change.after.as_ref(), "version"));
        let versions = match old {
            Some(old) => format!("{} → {new}", visible_line(text_of(old.before.as_ref(), "version"))),
            None => new,
        };
        let asset = change.asset.as_ref();
        let line = Line::new(symbol.style(), format!("    {} ", symbol.text(ascii)))
            .and(BOLD, format!("{architectures:<7}"))
            .and(
                PLAIN,
                format!(" {versions}   {}   ", asset.map_or_else(String::new, |asset| bytes(asset.bytes))),
            )
            .and(PLAIN, asset.map_or_else(String::new, |asset| visible_line(&asset.file)))
            .and(DIM, asset.map_or_else(String::new, |asset| format!("   sha256 {}…", &asset.sha256[..12])));
        page.line(line);
    }
    for old in going {
        let line = Line::new(RED, format!("    {} ", Symbol::Remove.text(ascii)))
            .and(
                BOLD,
                format!("{:<7}", visible_line(&text_of(old.before.as_ref(), "architecture").to_lowercase())),
            )
            .and(PLAIN, format!(" {}   ", visible_line(text_of(old.before.as_ref(), "version"))))
            .and(DIM, visible_line(text_of(old.before.as_ref(), "fileName")));
        page.line(line);
    }
    if let Some(route) = route.filter(|route| route.upload_files > 0) {
        let files = plural(route.upload_files, "file");
        page.line(
            Line::new(DIM, "    upload  ").and(PLAIN, format!("{files}, {}", bytes(route.upload_bytes))),
        );
    }
}

/// Listings by language, in the order in which the manifest names them; images as slots.
fn listings(page: &mut Page, changes: &[&Change]) {
    let mut languages: Vec<&str> = Vec::new();
    for language in changes.iter().filter_map(|change| change.path.language()) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    for language in languages {
        let own: Vec<&Change> =
            changes.iter().copied().filter(|change| change.path.language() == Some(language)).collect();
        let whole = own.iter().find(|change| change.path.keys().len() == 2);
        page.gap();
        let word = match whole.map(|change| change.op) {
            Some(Op::Add) => "  new",
            Some(Op::Remove) => "  removed, with its texts and images",
            _ => "",
        };
        let style = if word.is_empty() { DIM } else { YELLOW };
        page.line(Line::new(BOLD, format!("  listing {}", visible_line(language))).and(style, word));
        let is_image = |change: &&&Change| change.path.keys().get(2).is_some_and(|key| key == "images");
        for change in own.iter().filter(|change| !is_image(change) && change.path.keys().len() > 2) {
            value(page, change, change.path.keys().last().map_or("", String::as_str));
        }
        let images: Vec<&Change> = own.iter().filter(is_image).copied().collect();
        let mut types: Vec<&str> = Vec::new();
        for kind in images.iter().filter_map(|change| change.path.keys().get(3)) {
            if !types.contains(&kind.as_str()) {
                types.push(kind);
            }
        }
        for kind in types {
            let type_path = Path::new(["listings", language, "images", kind]);
            page.line(Line::new(BOLD, format!("    {kind}")));
            for change in images.iter().filter(|change| type_path.covers(&change.path)) {
                slot(page, change);
            }
        }
    }
}

/// The digest in a name that Storeward gave a file.
fn digest_of(file_name: &str) -> Option<&str> {
    let digest = file_name.rsplit('.').nth(1)?;
    (digest.len() == 12 && digest.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digest)
}

/// The last part of a live file name.
fn known_name(file_name: &str) -> String {
    visible_line(file_name.rsplit(['/', '\\']).next().unwrap_or(file_name))
}

fn slot(page: &mut Page, change: &Change) {
    let keys = change.path.keys();
    let number = keys.get(4).map_or("", String::as_str);
    if keys.get(5).is_some() {
        value(page, change, &format!("{number}  caption"));
        return;
    }
    let (symbol, note) = match change.op {
        Op::Add => (Symbol::Add, "new".to_owned()),
        Op::Replace => {
            let was = digest_of(text_of(change.before.as_ref(), "fileName"));
            let is = change.asset.as_ref().map_or("", |asset| &asset.sha256[..12]);
            (Symbol::Change, format!("shot again   sha {} → {is}", was.unwrap_or("unknown")))
        }
        Op::Move => {
            let was = change
                .before
                .as_ref()
                .and_then(|before| before.get("slot"))
                .map_or(String::new(), ToString::to_string);
            (Symbol::Move, format!("was {was}"))
        }
        Op::Remove | Op::Clear | Op::Set => (Symbol::Remove, "removed".to_owned()),
    };
    let name = match (&change.asset, change.op) {
        (Some(asset), _) => visible_line(asset.file.rsplit('/').next().unwrap_or(&asset.file)),
        (None, Op::Remove) => known_name(text_of(change.before.as_ref(), "fileName")),
        (None, _) => known_name(text_of(change.after.as_ref(), "fileName")),
    };
    let size = match change.asset.as_ref().map(|asset| (asset.pixels, asset.bytes)) {
        Some((Some((width, height)), size)) => format!("   {width}×{height}  {}", bytes(size)),
        _ => String::new(),
    };
    let line = Line::new(symbol.style(), format!("    {} ", symbol.text(page.look.ascii)))
        .and(BOLD, format!("{number}  "))
        .and(PLAIN, name)
        .and(DIM, format!("   {note}{size}"))
        .right(place(change));
    page.line(line);
}

fn findings(page: &mut Page, plan: &Plan) {
    if plan.diagnostics.is_empty() {
        return;
    }
    page.gap();
    for finding in &plan.diagnostics {
        let (style, word) = match finding.severity {
            Severity::Error => (ALARM, "error"),
            Severity::Warning => (YELLOW, "warning"),
        };
        let at =
            finding.at.as_ref().map(|at| format!("{}:{}:{}", visible_line(&at.file), at.line, at.column));
        page.line(
            Line::new(style, format!("{word}[{}]", finding.code))
                .and(PLAIN, format!(" {}", visible_line(&finding.message)))
                .right(at),
        );
        if let Some(help) = &finding.help {
            page.line(Line::new(DIM, format!("  help: {}", visible_line(help))));
        }
    }
}

fn summary(page: &mut Page, plan: &Plan) {
    let changes = |action| !matches!(action, Action::None | Action::InProgress);
    let changing = plan.resources.iter().filter(|resource| changes(resource.action)).count();
    let on_its_way = plan.resources.iter().filter(|resource| resource.action == Action::InProgress).count();
    let sum = |count: fn(&ResourcePlan) -> usize| plan.resources.iter().map(count).sum::<usize>();
    let waiting = sum(|resource| resource.counts.waiting);
    let errors = plan.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        page.line(Line::new(
            ALARM,
            format!("{}; nothing is sent until they are mended", plural(errors, "error")),
        ));
        return;
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
        page.line(Line::new(GREEN, words));
        if waiting > 0 {
            let waits = if waiting == 1 { "waits" } else { "wait" };
            page.line(Line::new(
                PLAIN,
                format!("{} {waits} for the next submission.", plural(waiting, "release setting")),
            ));
        }
        return;
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
    page.line(Line::new(BOLD, words.join(" · ")));
    page.line(Line::new(PLAIN, format!("plan hash {}", plan.fingerprints.plan)));
}
