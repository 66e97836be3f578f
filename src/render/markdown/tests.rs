//! Plans of any size as comments: what must never be missing, and what must never be there.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::manifest::Guard;
use crate::plan::{BlockerKind, Plan};
use crate::submission::Section;

use super::{MAX_COMMENT_BYTES, Setting, plan_markdown};

#[path = "../../../tests/it/support/github.rs"]
mod github;

const HASH: &str = "sp1:7c9e4a1f2b80d3a94c1e6f0b8a25d713";

/// Every element that a comment may hold: no link, no image, nothing with an attribute but the boxes.
const OURS: &[&str] = &[
    "<!-->", "<h3>", "</h3>", "<p>", "</p>", "<strong>", "</strong>", "<ul>", "</ul>", "<li>", "</li>",
    "<table>", "</table>", "<thead>", "</thead>", "<tbody>", "</tbody>", "<tr>", "</tr>", "<th>", "</th>",
    "<td>", "</td>", "<details>", "</details>", "<summary>", "</summary>", "<pre>", "</pre>", "</div>",
    "<div class=\"markdown-alert markdown-alert-caution\">",
    "<div class=\"markdown-alert markdown-alert-warning\">",
    "<div class=\"markdown-alert markdown-alert-note\">", "<p class=\"markdown-alert-title\">",
];

/// A product with these changes.
fn product_of(number: usize, name: &str, changes: &[Value]) -> Value {
    json!({
        "address": format!("app/product-{number}"), "kind": "App", "id": "9NBLGGH4R315", "name": name,
        "action": if changes.is_empty() { "none" } else { "update" },
        "route": { "certification": true, "publishedBy": "itself", "reversible": false, "uploadBytes": 0, "uploadFiles": 0 },
        "changes": changes,
        "counts": { "unchanged": 1, "unmanaged": 2, "waiting": 0, "byDigest": 0, "onTrust": 0 },
    })
}

fn text(language: &str, key: &str, before: &str, after: &str) -> Value {
    json!({
        "path": ["listings", language, key], "op": "set", "before": before, "after": after, "route": "submission",
        "source": { "file": format!("listings/{language}/{key}.md"), "line": 1, "column": 1 },
    })
}

/// A plan for these products, with as many of each guard, permitted and not, and of each blocker.
fn plan(products: &[Value], guards: &[(Guard, bool, String)], blockers: &[(BlockerKind, String)]) -> Plan {
    let address = |at: usize| format!("app/product-{}", at % products.len().max(1));
    let guards: Vec<Value> = guards
        .iter()
        .enumerate()
        .map(|(at, (guard, permitted, detail))| {
            json!({ "address": address(at), "guard": guard, "detail": detail, "permitted": permitted })
        })
        .collect();
    let blockers: Vec<Value> = blockers
        .iter()
        .enumerate()
        .map(|(at, (kind, detail))| {
            json!({ "address": address(at), "kind": kind, "detail": detail, "remedies": kind.remedies() })
        })
        .collect();
    let mut plan: Plan = serde_json::from_value(json!({
        "formatVersion": "1.0",
        "madeOf": {
            "madeAt": "2026-09-01T08:00:00Z", "live": "account", "readAt": "2026-09-01T08:00:00Z", "paths": [], "releases": [],
            "replaceUntrusted": false,
        },
        "resources": products, "guards": guards, "blockers": blockers, "steps": [], "diagnostics": [],
        "fingerprints": { "plan": HASH, "live": {}, "assets": {} },
    }))
    .unwrap();
    for change in plan.resources.iter_mut().flat_map(|resource| &mut resource.changes) {
        change.section = Some(Section::Listings);
    }
    plan
}

fn comment(plan: &Plan) -> String {
    let setting = Setting { max_bytes: MAX_COMMENT_BYTES, has_summary: true, ..Setting::default() };
    plan_markdown(plan, &setting)
}

/// What stays whatever is left out.
fn must_hold(plan: &Plan) -> String {
    let comment = comment(plan);
    assert!(comment.len() <= MAX_COMMENT_BYTES, "{} bytes", comment.len());
    assert!(comment.contains(&format!("Plan hash `{HASH}`")));
    // Outside of what is folded.
    let seen: String =
        comment.split("<details>").map(|part| part.rsplit("</details>").next().unwrap()).collect();
    for hit in &plan.guards {
        assert!(seen.contains(&format!("**{}**", hit.guard)), "{}", hit.guard);
    }
    for blocker in &plan.blockers {
        assert!(seen.contains(&format!("**{}**", blocker.kind)), "{}", blocker.kind);
    }
    let open = plan.unpermitted().count();
    for (number, what) in
        [(open, "guard"), (plan.blockers.len(), "blocker"), (plan.guards.len() - open, "guard")]
    {
        let counted = format!("> **{}**", crate::render::plural(number, what));
        assert!(number == 0 || seen.contains(&counted), "{counted}");
    }
    let changes: usize = plan.resources.iter().map(|resource| resource.changes.len()).sum();
    assert!(
        plan.resources.is_empty()
            || changes == 0
            || seen.contains(&format!("· {} ·", crate::render::plural(changes, "change")))
    );
    let is_short = comment.contains("**Shortened to fit.**");
    assert!(comment.lines().next().unwrap().contains(&format!("\"truncated\":{is_short}")));
    comment
}

#[test]
fn sixty_languages_fit_and_the_rest_is_where_it_is_said_to_be() {
    let words =
        |seed: usize| (0..150).map(|i| format!("word{}", (i * seed) % 97)).collect::<Vec<_>>().join(" ");
    let changes: Vec<Value> = (0..60)
        .flat_map(|i| {
            let language = format!("{}{}", char::from(b'a' + i / 26), char::from(b'a' + i % 26));
            let (old, new) = (words(usize::from(i) + 3), words(usize::from(i) + 5));
            [text(&language, "description", &old, &new), text(&language, "releaseNotes", &new, &old)]
        })
        .collect();
    let guards = [(Guard::PriceChange, false, "Tier1012 → Tier1020".to_owned())];
    let blockers = [(BlockerKind::ForeignDraft, "submission 7 is PendingCommit".to_owned())];
    let plan = plan(&[product_of(0, "Reader", &changes)], &guards, &blockers);
    let shown = must_hold(&plan);
    assert!(shown.contains("All of it is in the summary of the run."), "{shown}");
    assert!(shown.contains("description in 60 languages, releaseNotes in 60 languages"), "{shown}");
    let setting = Setting { max_bytes: 900 * 1024, ..Setting::default() };
    let whole = plan_markdown(&plan, &setting);
    assert!(whole.len() > MAX_COMMENT_BYTES && !whole.contains("Shortened"), "{}", whole.len());
}

#[test]
fn five_hundred_guards_and_a_thousand_products_are_counted() {
    let detail = |i: usize| format!("{i}: {}", "@x ".repeat(60));
    let guards: Vec<_> =
        (0..500).map(|i| (Guard::ALL[i % Guard::ALL.len()], i % 3 == 0, detail(i))).collect();
    let blockers: Vec<_> =
        (0..500).map(|i| (BlockerKind::ALL[i % BlockerKind::ALL.len()], detail(i))).collect();
    let products: Vec<Value> = (0..1000)
        .map(|i| product_of(i, &format!("Product | {i}"), &[text("en", "title", "a", "b")]))
        .collect();
    let shown = must_hold(&plan(&products, &guards, &blockers));
    assert!(shown.contains("more products with changes, not listed here"), "{shown}");
}

fn with(plan: &Plan, edit: impl FnOnce(&mut Value)) -> Plan {
    let mut json = serde_json::to_value(plan).unwrap();
    edit(&mut json);
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_title_says_what_a_plan_was_compared_with() {
    let plan = plan(&[product_of(0, "Reader", &[text("en", "title", "a", "b")])], &[], &[]);
    let title = |plan: &Plan| comment(plan).lines().nth(1).unwrap().to_owned();
    assert_eq!(title(&plan), "### Store plan · 1 submission, needs certification");
    let snapshot = with(&plan, |plan| {
        plan["madeOf"]["live"] = json!("snapshot");
        plan["madeOf"]["readAt"] = json!("2026-08-30T07:59:00Z");
    });
    assert_eq!(
        title(&snapshot),
        "### Store plan · compared with a snapshot, 2 days old · 1 submission, needs certification"
    );
    assert!(comment(&snapshot).contains(" · snapshot taken 2026-08-30 07:59Z"));
    let offline = with(&plan, |plan| {
        plan["madeOf"]["live"] = json!("baseline");
        plan["madeOf"]["baseline"] = json!({ "name": "origin/main", "commit": "4f1c9e2a4f1c9e2a4f1c" });
    });
    assert_eq!(
        title(&offline),
        "### Store plan · not compared with the live Store · 1 submission, needs certification"
    );
    assert!(comment(&offline).contains("baseline `origin/main@4f1c9e2`"));
}

#[test]
fn what_changed_in_partner_center_is_told_before_the_changes() {
    let changes: Vec<Value> = ["config", "drift", "conflict", "drift"]
        .iter()
        .zip(["aa", "bb", "cc", "dd"])
        .map(|(origin, language)| {
            let mut change = text(language, "title", "a", "b");
            change["origin"] = json!(origin);
            change
        })
        .collect();
    let plan = with(&plan(&[product_of(0, "Reader", &changes)], &[], &[]), |plan| {
        plan["madeOf"]["baseline"] = json!({ "name": "origin/main", "commit": "4f1c9e2a4f1c9e2a4f1c" });
    });
    let shown = comment(&plan);
    let boxes = &shown[..shown.find("<details>").unwrap()];
    assert!(
        boxes.contains("> **1 conflict**: changed here and in Partner Center")
            && boxes.contains(" · 1 conflict"),
        "{shown}"
    );
    assert!(boxes.contains("> - `app/product-0`\n>   - `listings.cc.title`\n"), "{shown}");
    assert!(boxes.contains("> **2 fields** changed in Partner Center, not by this pull request"), "{shown}");
    assert!(
        boxes.contains(
            ">   - `listings.bb.title`\n>     - live: a\n>     - git: b\n>   - `listings.dd.title`\n"
        ),
        "{shown}"
    );
    assert!(!shown.contains("not by this pull request: none"));
}

/// Words that grow longer when they are made harmless.
fn any_text() -> BoxedStrategy<String> {
    let any = prop_oneof![
        3 => "[a-z ]{0,40}",
        2 => "([a-z@#`|<>&*_\\\\ -]{1,8}\n?){0,60}",
        1 => "[`\u{202e}\u{1b}|\n]{0,300}",
        1 => "\\PC{0,200}",
        1 => "([a-z]{1,9} ){100,200}",
    ];
    any.boxed()
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let change = (
        "[a-z]{2}",
        prop::sample::select(&["description", "title", "releaseNotes"][..]),
        any_text(),
        any_text(),
    )
        .prop_map(|(language, key, before, after)| text(&language, key, &before, &after));
    let product = (any_text(), vec(change, 0..40)).boxed();
    let guard = (prop::sample::select(Guard::ALL), any::<bool>(), any_text()).boxed();
    let blocker = (prop::sample::select(BlockerKind::ALL), any_text()).boxed();
    let products = prop_oneof![4 => vec(product.clone(), 0..3), 1 => vec(product, 0..40)];
    let guards = prop_oneof![4 => vec(guard.clone(), 0..3), 1 => vec(guard, 0..200)];
    let blockers = prop_oneof![4 => vec(blocker.clone(), 0..3), 1 => vec(blocker, 0..200)];
    (products, guards, blockers).prop_map(|(products, guards, blockers)| {
        let products = products.iter().enumerate();
        let products: Vec<Value> =
            products.map(|(number, (name, changes))| product_of(number, name, changes)).collect();
        plan(&products, &guards, &blockers)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn no_plan_is_too_long_and_none_loses_what_counts(plan in any_plan()) {
        let shown = must_hold(&plan);
        for element in github::page(&shown).elements {
            prop_assert!(OURS.contains(&element.as_str()), "{element} in\n{shown}");
        }
    }
}
