//! Running rollouts, and what comes after them.

use serde_json::{Value, json};

use crate::manifest::Resource;
use crate::plan::{Action, BlockerKind};
use crate::submission::{Document, LiveProduct};

use super::live::{live_file, published_with};
use super::local::package;
use super::manifests::{app, live, planned, steps, with_package};
use super::run::{blockers, diagnostics, guards, listed};

pub(super) fn rolled_out(status: &str) -> Document {
    let rollout = json!({
        "isPackageRollout": true, "packageRolloutPercentage": 10.0, "packageRolloutStatus": status,
        "fallbackSubmissionId": "99",
    });
    published_with([("packageDeliveryOptions.packageRollout", rollout)])
}

pub(super) const RUNNING: &str = "PackageRolloutInProgress";

#[test]
fn a_running_rollout_is_raised_by_one_line_and_without_a_submission() {
    let plan =
        planned(&app("rollout: {of: 1.4.0.0, percentage: 50}\n"), live(None, Some(rolled_out(RUNNING))));
    assert_eq!(plan.resources[0].action, Action::Live);
    assert_eq!(listed(&plan.resources[0].changes), ["set rollout.percentage"]);
    assert_eq!((guards(&plan), blockers(&plan), steps(&plan)), (vec![], vec![], vec!["rollout".to_owned()]));
    let same =
        planned(&app("rollout: {of: 1.4.0.0, percentage: 10}\n"), live(None, Some(rolled_out(RUNNING))));
    assert_eq!(same.resources[0].action, Action::None);
    let other =
        planned(&app("rollout: {of: 1.3.0.0, percentage: 50}\n"), live(None, Some(rolled_out(RUNNING))));
    assert_eq!(other.resources[0].action, Action::None, "inert for other versions");
}

#[test]
fn a_rollout_call_sends_no_price_and_needs_none() {
    let mut base = rolled_out(RUNNING);
    base.set(&["pricing", "priceId"], json!("Base"));
    let raised = app("rollout: {of: 1.4.0.0, percentage: 50}\n");
    let plan = planned(&raised, live(None, Some(base.clone())));
    assert_eq!((blockers(&plan), plan.resources[0].action), (vec![], Action::Live));
    let texts = app("submission: {visibility: Private, openRollout: finalize}\n");
    assert_eq!(blockers(&planned(&texts, live(None, Some(base)))), [BlockerKind::PriceUnreadable]);
}

#[test]
fn less_and_the_end_of_a_rollout_need_a_permit() {
    let run = |line: &str| {
        let resource = app(&format!("rollout: {{of: 1.4.0.0, {line}}}\n"));
        guards(&planned(&resource, live(None, Some(rolled_out(RUNNING)))))
    };
    assert_eq!(run("percentage: 5"), ["rollout-decrease: 10 % → 5 % of customers"]);
    assert_eq!(run("state: finalized"), ["closes-rollout: the rollout of 1.4.0.0 is finalized"]);
    assert_eq!(run("state: halted"), ["closes-rollout: the rollout of 1.4.0.0 is halted"]);
}

#[test]
fn what_is_over_is_over() {
    for (line, status, said) in [
        ("state: halted", "PackageRolloutStopped", vec![]),
        ("state: finalized", "PackageRolloutComplete", vec![]),
        ("percentage: 50", "PackageRolloutComplete", vec![]),
        ("percentage: 50", "PackageRolloutStopped", vec!["SW2030"]),
        ("state: finalized", "PackageRolloutStopped", vec!["SW2030"]),
        ("state: halted", "PackageRolloutComplete", vec!["SW2030"]),
    ] {
        let plan = planned(
            &app(&format!("rollout: {{of: 1.4.0.0, {line}}}\n")),
            live(None, Some(rolled_out(status))),
        );
        assert_eq!((plan.resources[0].action, diagnostics(&plan)), (Action::None, said), "{line} {status}");
    }
}

#[test]
fn an_open_rollout_blocks_the_next_submission_unless_it_is_closed_first() {
    let texts = "submission: {visibility: Private}\npermit: [visibility-reduced]\n";
    let blocked = planned(&app(texts), live(None, Some(rolled_out(RUNNING))));
    assert_eq!(blockers(&blocked), [BlockerKind::RolloutOpen]);
    let finalize = texts.replace("Private", "Private, openRollout: finalize");
    let plan = planned(&app(&finalize), live(None, Some(rolled_out(RUNNING))));
    assert_eq!((blockers(&plan), plan.resources[0].action), (vec![], Action::Update));
    assert_eq!(
        guards(&plan),
        ["closes-rollout: the rollout at 10.0 % is finalized first", "visibility-reduced: Public → Private"]
    );
    assert_eq!(plan.unpermitted().count(), 0, "naming it is the permit");
    assert_eq!(steps(&plan)[..2], ["rollout", "clone"]);
    let halt = texts.replace("Private", "Private, openRollout: halt");
    let plan = planned(&app(&halt), live(None, Some(rolled_out(RUNNING))));
    assert!(guards(&plan).iter().any(|guard| guard.starts_with("ships-halted")), "{:?}", guards(&plan));
    let state = format!("{texts}rollout: {{of: 1.4.0.0, state: finalized}}\n");
    let plan = planned(&app(&state), live(None, Some(rolled_out(RUNNING))));
    assert_eq!((blockers(&plan), plan.resources[0].action), (vec![], Action::Update));
}

#[test]
fn nobody_else_gets_what_is_halted_right_after() {
    let manifest = |open: &str| {
        app(&format!(
            "submission: {{visibility: Private, openRollout: {open}}}\npermit: [visibility-reduced, ships-halted]\n\
             rollout: {{of: 1.4.0.0, percentage: 50}}\n"
        ))
    };
    for (open, blocked, first, starts) in [
        ("halt", vec![], "set rollout.state", vec!["rollout", "clone"]),
        ("finalize", vec![], "set rollout.state", vec!["rollout", "clone"]),
        ("block", vec![BlockerKind::RolloutOpen], "set rollout.percentage", vec![]),
    ] {
        let plan = planned(&manifest(open), live(None, Some(rolled_out(RUNNING))));
        assert_eq!(
            (blockers(&plan), listed(&plan.resources[0].changes)[0].as_str()),
            (blocked, first),
            "{open}"
        );
        assert_eq!(steps(&plan).into_iter().take(2).collect::<Vec<_>>(), starts, "{open}");
    }
}

#[test]
fn an_explicit_permit_beside_open_rollout_is_not_unused() {
    let texts = "submission: {visibility: Private, openRollout: finalize}\npermit: [visibility-reduced, closes-rollout]\n";
    assert_eq!(diagnostics(&planned(&app(texts), live(None, Some(rolled_out(RUNNING))))), Vec::<&str>::new());
    assert_eq!(
        diagnostics(&planned(&app(texts), live(None, Some(rolled_out("PackageRolloutComplete"))))),
        ["SW2004"]
    );
}

/// A submission that ships these, halted; customers have the first of its packages that the one before had, too.
fn halted(packages: &[Value], before: &[Value]) -> LiveProduct {
    let mut halted = rolled_out("PackageRolloutStopped");
    halted.set(&["applicationPackages"], json!(packages));
    let fallback = published_with([("id", json!("99")), ("applicationPackages", json!(before))]);
    LiveProduct { fallback: Some(fallback), ..live(None, Some(halted)) }
}

fn removed(resource: &Resource, product: LiveProduct) -> Vec<String> {
    let changes = listed(&planned(resource, product).resources[0].changes);
    changes.into_iter().filter_map(|line| Some(line.strip_prefix("remove packages.")?.to_owned())).collect()
}

#[test]
fn after_a_halt_the_packages_that_customers_have_stay() {
    let bad = || live_file("701", "bad.msix", "1.4.0.0", "X64", "Windows.Desktop");
    let good = || live_file("600", "good.msix", "1.3.0.0", "X64", "Windows.Desktop");
    let product = || halted(&[bad(), good()], &[good()]);
    let hotfix = |rollout: &str| {
        let manifest = app(&format!("submission: {{packageRollout: {rollout}}}\n"));
        with_package(manifest, package("1.5.0.0", "x64"))
    };
    assert_eq!(
        removed(&hotfix("{percentage: 25}"), product()),
        ["bad.msix"],
        "the others go on with the good one"
    );
    assert_eq!(removed(&hotfix("null"), product()), ["bad.msix", "good.msix"], "everybody gets the hotfix");
    let unknown = LiveProduct { fallback: None, ..product() };
    assert_eq!(
        removed(&hotfix("{percentage: 25}"), unknown),
        ["good.msix"],
        "the newest is all that is known"
    );
}

#[test]
fn after_a_halt_what_no_hotfix_covers_goes_on_with_what_customers_have() {
    let bad = || live_file("701", "bad.msix", "1.4.0.0", "arm64", "Windows.Desktop");
    let good = || live_file("600", "good.msix", "1.3.0.0", "arm64", "Windows.Desktop");
    let only = || live_file("702", "only.msix", "1.4.0.0", "x86", "Windows.Desktop");
    let hotfix = with_package(app("submission: {packageRollout: null}\n"), package("1.5.0.0", "x64"));
    let plan = planned(&hotfix, halted(&[bad(), good(), only()], &[good()]));
    let gone: Vec<String> =
        listed(&plan.resources[0].changes).into_iter().filter(|line| line.starts_with("remove")).collect();
    assert_eq!(gone, ["remove packages.bad.msix"], "nobody on x86 has another one");
    assert_eq!(
        guards(&plan),
        [
            "package-downgrade: Windows.Desktop arm64: 1.4.0.0 → 1.3.0.0",
            "ships-halted: 1.4.0.0 of the halted rollout"
        ]
    );
}
