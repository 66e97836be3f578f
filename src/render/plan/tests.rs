//! Every drawing of a plan, from plans as data.

use serde_json::{Value, json};

use super::*;
use crate::plan::Change;
use crate::render::{MAX_COMMENT_BYTES, Setting, json as in_json, plan_markdown};
use crate::submission::Section;

const COMMIT: &str = "4f1c9e2a8d0b6c5e3f7a1b2c3d4e5f60718293a4";

fn section(change: &Change) -> Section {
    match change.path.keys()[0].as_str() {
        "packages" => Section::Packages,
        "packageRollout" | "rollout" => Section::Rollout,
        "pricing" => Section::Pricing,
        "listings" | "trailers" => Section::Listings,
        _ => Section::Properties,
    }
}

/// A plan with these resources; `more` is laid over its other members.
fn plan(resources: &Value, more: &Value) -> Plan {
    let mut value = json!({
        "formatVersion": "1.0",
        "madeOf": {
            "madeAt": "2026-08-22T09:14:07Z", "live": "account", "readAt": "2026-08-22T09:14:07Z",
            "baseline": { "name": "origin/main", "commit": COMMIT },
            "paths": [], "releases": [], "replaceUntrusted": false
        },
        "resources": resources, "guards": [], "blockers": [], "steps": [], "diagnostics": [],
        "fingerprints": { "plan": "sp1:7c9e4a1f2b80d3a94c1e6f0b8a25d713", "live": {}, "assets": {} }
    });
    for (key, member) in more.as_object().into_iter().flatten() {
        value[key] = member.clone();
    }
    let mut plan: Plan = serde_json::from_value(value).unwrap();
    for change in plan.resources.iter_mut().flat_map(|resource| &mut resource.changes) {
        change.section = Some(section(change));
    }
    plan
}

/// The app with these changes.
fn app(changes: &Value, more: &Value) -> Value {
    let mut app = json!({
        "address": "app/contoso", "kind": "App", "id": "9NBLGGH4R315", "name": "Contoso Notes", "action": "update",
        "route": { "certification": true, "publishedBy": "itself", "reversible": false, "uploadBytes": 0, "uploadFiles": 0 },
        "base": { "submission": "1152921505696", "name": "Submission 13" },
        "changes": changes,
        "counts": { "unchanged": 74, "unmanaged": 6, "waiting": 0, "byDigest": 0, "onTrust": 0 }
    });
    for (key, member) in more.as_object().into_iter().flatten() {
        app[key] = member.clone();
    }
    app
}

fn change(path: &[&str], op: &str, before: Value, after: Value, line: usize) -> Value {
    let mut change = json!({ "path": path, "op": op, "route": "submission" });
    for (key, value) in [("before", before), ("after", after)] {
        if !value.is_null() {
            change[key] = value;
        }
    }
    change["source"] = json!({ "file": "apps/contoso.yaml", "line": line, "column": 5 });
    change
}

fn with(mut change: Value, key: &str, member: Value) -> Value {
    change[key] = member;
    change
}

fn picture(file: &str, sha256: &str) -> Value {
    json!({
        "file": format!("shots/en-us/{file}"), "archiveName": format!("en-us.{file}"), "bytes": 412_000,
        "sha256": sha256.repeat(16), "pixels": [1920, 1080]
    })
}

fn package(version: &str, architecture: &str, bytes: u64, sha256: &str, capabilities: &[&str]) -> Value {
    let file = format!("dist/Contoso_{version}_{architecture}.msix");
    let path = ["packages", "files", file.as_str()];
    let after = json!({
        "version": version, "architectures": [architecture], "deviceFamilies": ["Windows.Desktop"],
        "capabilities": capabilities, "restrictedCapabilities": ["broadFileSystemAccess"]
    });
    with(
        change(&path, "add", Value::Null, after, 12),
        "asset",
        json!({ "file": file, "archiveName": "x.msix", "bytes": bytes, "sha256": sha256.repeat(16) }),
    )
}

fn old_package(version: &str, architecture: &str) -> Value {
    let before = json!({
        "fileName": format!("Contoso_{version}_{architecture}.msix"), "version": version, "architecture": architecture,
        "deviceFamilies": ["Windows.Desktop"], "capabilities": ["internetClient", "runFullTrust"]
    });
    change(&["packages", "files", version, architecture], "remove", before, Value::Null, 12)
}

const BEFORE: &str =
    "Contoso Notes keeps your notes in sync across all your PCs.\nWrite.\nDraw.\nFind.\nWorks offline.\n";
const AFTER: &str = "Contoso Notes keeps your notes in sync across every Windows device you own, including ARM64.\nWrite.\n\
                     Draw.\nFind.\nWorks fully offline, with automatic conflict resolution.\n";

fn description_edit() -> Plan {
    let at = ["listings", "en-us", "description"];
    plan(&json!([app(&json!([change(&at, "set", json!(BEFORE), json!(AFTER), 3)]), &json!({}))]), &json!({}))
}

fn package_replacement() -> Plan {
    let changes = json!([
        package(
            "4.3.0.0",
            "x64",
            121_000_000,
            "44c0",
            &["internetClient", "runFullTrust", "broadFileSystemAccess"]
        ),
        package("4.3.0.0", "arm64", 115_300_000, "b71a", &["internetClient"]),
        old_package("4.2.0.0", "X64"),
        old_package("4.2.0.0", "Arm64"),
    ]);
    let more = json!({
        "route": { "certification": true, "publishedBy": "itself", "reversible": false, "uploadBytes": 236_300_512, "uploadFiles": 2 },
        "keptPackages": [{ "fileName": "Contoso_4.1.7.0_x86.msix", "version": "4.1.7.0", "architecture": "X86", "by": "newest-per-target" }]
    });
    let guards = json!([{
        "address": "app/contoso", "guard": "drops-target", "permitted": false,
        "detail": "Windows.Xbox x64 (4.1.0.0) loses its last package"
    }]);
    plan(&json!([app(&changes, &more)]), &json!({ "guards": guards }))
}

fn screenshots() -> Plan {
    let slot = |number: &str| ["listings", "en-us", "images", "Screenshot", number].map(str::to_owned);
    let at = |number: &str, op: &str, before: Value, after: Value| {
        let path = slot(number);
        change(&path.each_ref().map(String::as_str), op, before, after, 66)
    };
    let caption = ["listings", "en-us", "images", "Screenshot", "4", "description"];
    let changes = json!([
        with(
            at("1", "add", Value::Null, json!({"fileName": "en-us.00-hero.png"})),
            "asset",
            picture("00-hero.png", "44c0")
        ),
        at(
            "2",
            "move",
            json!({"slot": 3, "fileName": "en-us/03-sync.png"}),
            json!({"slot": 2, "fileName": "en-us/03-sync.png"})
        ),
        with(
            at(
                "3",
                "replace",
                json!({"slot": 3, "fileName": "en-us.01-editor.9a1f9a1f9a1f.png"}),
                json!({"fileName": "x"})
            ),
            "asset",
            picture("01-editor.png", "b71a")
        ),
        at("5", "remove", json!({"slot": 5, "fileName": "en-us/02-old.png"}), Value::Null),
        change(&caption, "set", json!("Dark mode"), json!("Dark mode, automatically"), 70),
    ]);
    let more = json!({
        "fileCounts": [{ "path": ["listings", "en-us", "images", "Screenshot"], "before": 5, "after": 5 }],
        "counts": { "unchanged": 3, "unmanaged": 6, "waiting": 1, "byDigest": 2, "onTrust": 2 }
    });
    plan(&json!([app(&changes, &more)]), &json!({}))
}

fn prices() -> Plan {
    let market = |market: &str, op: &str, before: Value, after: Value| {
        change(&["pricing", "marketSpecificPricings", market], op, before, after, 43)
    };
    let changes = json!([
        change(&["pricing", "priceId"], "set", json!("Tier1024"), json!("Tier1036"), 41),
        market("BR", "add", Value::Null, json!("NotAvailable")),
        market("DE", "set", json!("Tier1020"), json!("Tier1030")),
        market("IN", "remove", json!("Tier1008"), Value::Null),
        market("AT", "set", json!("Tier1020"), json!("Tier1030")),
        market("CH", "set", json!("Tier1020"), json!("Tier1030")),
    ]);
    let guard = |guard: &str, detail: &str, permitted: bool| json!({ "address": "app/contoso", "guard": guard, "detail": detail, "permitted": permitted });
    let guards =
        json!([guard("price-change", "Tier1024 → Tier1036", false), guard("market-removed", "BR", true),]);
    plan(&json!([app(&changes, &json!({}))]), &json!({ "guards": guards }))
}

fn created(mut change: Value) -> Value {
    change["route"] = json!("create");
    change
}

fn new_add_on_and_flight() -> Plan {
    let icon = json!({
        "file": "gold.png", "archiveName": "en-us.icon.gold.png", "bytes": 18_000, "sha256": "ab".repeat(32), "pixels": [300, 300]
    });
    let add_on = json!([
        created(change(&["productId"], "set", Value::Null, json!("contoso.gold"), 1)),
        created(change(&["productType"], "set", Value::Null, json!("Durable"), 1)),
        change(&["lifetime"], "set", Value::Null, json!("Forever"), 5),
        change(&["pricing", "priceId"], "set", Value::Null, json!("Tier1012"), 6),
        change(&["listings", "en-us"], "add", Value::Null, Value::Null, 7),
        change(&["listings", "en-us", "title"], "set", Value::Null, json!("Gold pack"), 7),
        with(
            change(
                &["listings", "en-us", "icon"],
                "add",
                Value::Null,
                json!({"fileName": "en-us.icon.gold.png"}),
                8
            ),
            "asset",
            icon
        ),
    ]);
    let flight = json!([
        created(change(&["friendlyName"], "set", Value::Null, json!("Insiders"), 1)),
        created(change(&["groupIds"], "set", Value::Null, json!(["1152921504606", "1152921504611"]), 5)),
        created(change(&["rankHigherThan"], "set", Value::Null, json!("beta"), 6)),
        package("4.3.0.0", "x64", 121_000_000, "44c0", &[]),
    ]);
    let route = |bytes: u64| json!({ "certification": true, "publishedBy": "itself", "reversible": false, "uploadBytes": bytes, "uploadFiles": 1 });
    let nothing = json!({ "unchanged": 0, "unmanaged": 0, "waiting": 0, "byDigest": 0, "onTrust": 0 });
    let resource = |address: &str, kind: &str, name: &str, changes: &Value, bytes: u64| {
        json!({
            "address": address, "kind": kind, "id": "", "name": name, "action": "create", "route": route(bytes),
            "changes": changes, "counts": nothing
        })
    };
    let resources = json!([
        resource("add-on/contoso/gold", "AddOn", "contoso.gold", &add_on, 18_212),
        resource("flight/contoso/insiders", "Flight", "Insiders", &flight, 121_000_212),
    ]);
    let step = |kind: &str, detail: &str| json!({ "address": "add-on/contoso/gold", "kind": kind, "detail": detail });
    let steps = json!([
        step("create", "create it; what is set now stays as it is"),
        step("clone", "make the first draft, or take the one that came with it"),
        step("update", "send the draft with 5 changes"),
        step("commit", "point of no return"),
    ]);
    plan(&resources, &json!({ "steps": steps }))
}

fn rollout(share: u64) -> Plan {
    let change =
        with(change(&["rollout", "percentage"], "set", json!(10), json!(share), 30), "route", json!("live"));
    let more = json!({
        "action": "live",
        "route": { "certification": false, "publishedBy": "itself", "reversible": false, "uploadBytes": 0, "uploadFiles": 0 }
    });
    plan(&json!([app(&json!([change]), &more)]), &json!({}))
}

fn deletion_and_blocker() -> Plan {
    let gone = json!({
        "address": "flight/contoso/old", "kind": "Flight", "id": "5a0dbc4e", "name": "Old testers", "action": "delete",
        "route": { "certification": false, "publishedBy": "itself", "reversible": false, "uploadBytes": 0, "uploadFiles": 0 },
        "changes": [], "counts": { "unchanged": 0, "unmanaged": 0, "waiting": 0, "byDigest": 0, "onTrust": 0 }
    });
    let blocked =
        app(&json!([change(&["visibility"], "set", json!("Public"), json!("Hidden"), 9)]), &json!({}));
    let blockers = json!([{
        "address": "app/contoso", "kind": "foreign-draft",
        "detail": "submission 1152921505700 \"Submission 14\" is PendingCommit\nit changes:\n  ~ listings.en-us.description  1,204 → 1,198 characters",
        "remedies": ["finish or delete it in Partner Center, then run again"]
    }]);
    plan(&json!([gone, blocked]), &json!({ "blockers": blockers }))
}

fn drift() -> Plan {
    let notes = ["listings", "en-us", "releaseNotes"];
    let drifted = with(
        change(&notes, "set", json!("Bug fixes and a hotfix for sign-in."), json!("Bug fixes."), 20),
        "origin",
        json!("drift"),
    );
    let market = ["pricing", "marketSpecificPricings", "TR"];
    let conflict = with(
        with(change(&market, "set", json!("Tier1004"), json!("Tier1012"), 44), "origin", json!("conflict")),
        "baseline",
        json!("Tier1010"),
    );
    let own =
        with(change(&["visibility"], "set", json!("Hidden"), json!("Public"), 9), "origin", json!("config"));
    let guards = json!([{ "address": "app/contoso", "guard": "reverts-drift", "detail": "2 fields", "permitted": false }]);
    plan(&json!([app(&json!([conflict, own, drifted]), &json!({}))]), &json!({ "guards": guards }))
}

/// The same words in many languages, other words in one, and a picture that all share.
fn many_languages() -> Plan {
    let languages = [
        "cs-cz", "da-dk", "de-de", "el-gr", "es-es", "fi-fi", "fr-fr", "hu-hu", "it-it", "ja-jp", "ko-kr",
        "nb-no", "nl-nl", "pl-pl", "pt-br",
    ];
    let mut changes: Vec<Value> = Vec::new();
    for language in languages {
        let at = ["listings", language, "releaseNotes"];
        changes.push(change(&at, "set", json!("Bug fixes."), json!("Bug fixes, and a dark mode."), 20));
        let slot = ["listings", language, "images", "Screenshot", "2"];
        let file = json!({ "fileName": format!("{language}.dark.png") });
        changes.push(with(change(&slot, "add", Value::Null, file, 25), "asset", picture("dark.png", "44c0")));
    }
    changes.push(change(
        &["listings", "ja-jp", "description"],
        "set",
        json!("メモを同期します。".repeat(12)),
        json!("メモをすべての端末で同期します。".repeat(12)),
        30,
    ));
    changes.push(change(
        &["listings", "de-de", "description"],
        "set",
        json!("Zeile eins.\nZeile zwei."),
        json!("Zeile eins. \nZeile zwei.\n\n"),
        31,
    ));
    plan(&json!([app(&json!(changes), &json!({}))]), &json!({}))
}

fn no_changes() -> Plan {
    let more = json!({ "action": "none", "counts": { "unchanged": 142, "unmanaged": 6, "waiting": 1, "byDigest": 23, "onTrust": 2 } });
    plan(&json!([app(&json!([]), &more)]), &json!({}))
}

fn drawings() -> Vec<(&'static str, Plan, View<'static>)> {
    let view = View { legend: true, ..View::default() };
    vec![
        ("description_edit", description_edit(), view),
        ("package_replacement", package_replacement(), view),
        ("screenshots", screenshots(), view),
        ("prices", prices(), view),
        ("new_add_on_and_flight", new_add_on_and_flight(), View { steps: true, ..view }),
        ("rollout_raised", rollout(50), view),
        ("rollout_to_all", rollout(100), view),
        ("deletion_and_blocker", deletion_and_blocker(), view),
        ("drift", drift(), view),
        ("many_languages", many_languages(), view),
        ("no_changes", no_changes(), view),
    ]
}

#[test]
fn every_drawing_at_every_width() {
    for (name, plan, view) in drawings() {
        for width in [80, 100, 160] {
            let text = plan_text(&plan, view, Look { colour: false, ascii: false, width });
            let fits = |line: &str| unicode_width::UnicodeWidthStr::width(line) <= width;
            let mut lines = text.lines();
            assert!(
                lines.all(|line| fits(line) || line.contains("apply exactly this:")),
                "{name} {width}\n{text}"
            );
            insta::assert_snapshot!(format!("{name}_{width}"), text);
        }
    }
}

#[test]
fn every_drawing_in_ascii_and_in_colour() {
    for (name, plan, view) in drawings() {
        let ascii = plan_text(&plan, view, Look { colour: false, ascii: true, width: 80 });
        insta::assert_snapshot!(format!("{name}_ascii"), ascii);
        let colour = plan_text(&plan, view, Look { colour: true, ascii: false, width: 100 });
        insta::assert_snapshot!(format!("{name}_colour"), colour.replace('\u{1b}', "␛"));
        let plain = plan_text(&plan, view, Look { colour: false, ascii: false, width: 100 });
        let stripped = anstream::adapter::strip_str(&colour).to_string();
        // Edits of texts stand in marks where there is no colour.
        if !plain.contains("[-") && !plain.contains("{+") {
            assert_eq!(stripped, plain, "{name}");
        }
    }
}

#[test]
fn every_drawing_as_a_comment_and_for_programs() {
    for (name, plan, _) in drawings() {
        let setting = Setting { max_bytes: MAX_COMMENT_BYTES, ..Setting::default() };
        insta::assert_snapshot!(format!("{name}_comment"), plan_markdown(&plan, &setting));
        let told = in_json(&plan);
        let back: Plan = serde_json::from_str(&told).unwrap();
        assert_eq!(in_json(&back), told, "{name}");
        insta::assert_snapshot!(format!("{name}_json"), told);
    }
}

#[test]
fn what_storeward_draws_in_ascii_is_ascii() {
    let plan = new_add_on_and_flight();
    let view = View { full: true, steps: true, unmanaged: true, legend: true, notes: None, options: "" };
    let text = plan_text(&plan, view, Look { colour: false, ascii: true, width: 100 });
    assert!(text.is_ascii(), "{text}");
}

#[test]
fn full_unfolds_and_shows_what_stays() {
    let view = View { full: true, ..View::default() };
    let look = Look { colour: false, ascii: false, width: 100 };
    let text = plan_text(&many_languages(), view, look);
    assert_eq!(text.matches("releaseNotes").count(), 15);
    insta::assert_snapshot!("description_edit_full", plan_text(&description_edit(), view, look));
}

#[test]
fn a_plan_says_what_it_stands_on() {
    let look = Look { colour: false, ascii: false, width: 100 };
    let mut plan = description_edit();
    plan.made_of.live = LiveSource::Snapshot;
    plan.made_of.read_at = "2026-08-20T07:14:07Z".to_owned();
    let text = plan_text(&plan, View::default(), look);
    assert!(
        text.starts_with(
            "storeward plan · snapshot of 2026-08-20 07:14:07Z, 2 days old · baseline origin/main@4f1c9e2\n"
        ),
        "{text}"
    );
    assert!(!text.contains("apply exactly this"), "{text}");
    plan.made_of.live = LiveSource::Baseline;
    assert!(plan_text(&plan, View::default(), look).contains("not compared with the live Store"));
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let hostile = "\u{1b}[2J\u{202e}x\u{200b}\r\n::error::y\n##vso[task.x]z \u{E000}";
    let mut plan = description_edit();
    let resource = &mut plan.resources[0];
    resource.name = hostile.to_owned();
    resource.id = hostile.to_owned();
    resource.changes[0].before = Some(json!(hostile));
    resource.changes[0].after = Some(json!(format!("{hostile} and more of it")));
    for look in [true, false].map(|ascii| Look { colour: false, ascii, width: 80 }) {
        let text = plan_text(&plan, View { full: true, ..View::default() }, look);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{text:?}");
        assert!(
            !text.lines().any(|line| line.trim_start().starts_with("::") || line.contains("##vso[")),
            "{text}"
        );
        assert!(text.contains("<U+202E>") && text.contains("<U+E000>"), "{text}");
    }
}
