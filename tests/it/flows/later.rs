//! What is merged and cannot be applied yet, or not any more.

use super::*;

const GOLD: &str = "9PADDONGOLD1";

/// A team that has an add-on, too.
fn team_with_gold() -> Team {
    let team = Team::new(|seed| {
        seed["applications"][0]["addOns"] = json!([{
            "addOn": {
                "id": GOLD, "productId": "gold", "productType": "Durable",
                "applications": { "value": [{ "id": APP }], "totalCount": 1 }
            },
            "published": {
                "id": "1152921500000000300", "contentType": "OnlineDownload", "keywords": [], "lifetime": "Forever",
                "listings": { "en-us": { "description": "All of it", "icon": null, "title": "Gold" } },
                "pricing": { "marketSpecificPricings": {}, "sales": [], "priceId": "Tier1012", "isAdvancedPricingModel": true },
                "targetPublishDate": "1601-01-01T00:00:00Z", "targetPublishMode": "Immediate", "tag": "",
                "visibility": "Public", "status": "Published",
                "statusDetails": { "errors": [], "warnings": [], "certificationReports": [] },
                "fileUploadUrl": null, "friendlyName": "Submission 1"
            }
        }]);
    });
    team.story.write("gold.yaml", gold("Gold"));
    team.push("the add-on");
    team
}

fn gold(title: &str) -> String {
    format!(
        "kind: AddOn\nname: gold\napp: harbor-notes\nid: {GOLD}\nproductId: gold\nproductType: Durable\nsubmission:\n  \
         listings:\n    en-us: {{title: {title}}}\n"
    )
}

#[test]
fn what_is_deferred_is_taken_up_as_it_was_approved() {
    if !has_tools() {
        return;
    }
    let team = team_with_gold();
    assert_eq!(team.watch().result, "success");
    let pull = team.planned(|story| {
        story.manifest(&words("New words."));
        story.write("gold.yaml", gold("Pure gold"));
    });
    let number = pull.number;
    let said = || {
        let all = team.hub.service.said(number);
        assert_eq!(all.len(), 1);
        all[0].clone()
    };
    // A colleague begins with something in Partner Center before it is merged.
    team.in_partner_center(&json!("create"));
    team.in_partner_center(&json!({ "edit": { "visibility": "Hidden" } }));
    let (run, jobs) = team.merge(&pull);
    let apply = &jobs["apply"];
    assert_eq!((apply.code("Apply"), apply.result.as_str()), (0, "success"), "{}", apply.log);
    assert_eq!(facts(&said())["result"], "deferred", "{}", said());
    assert_eq!(team.hub.service.thread(number).labels, ["store-pending"]);
    assert!(team.hub.artifact(run, "store-plan-left").join("plan.json").is_file());
    assert_eq!(team.description(), "Plain text.");
    let gold = team.story.store.get(&format!("inappproducts/{GOLD}"));
    assert!(
        gold.to_string().contains("pendingInAppProductSubmission")
            || !gold.to_string().contains("1152921500000000300"),
        "{gold}"
    );

    // Other work goes on, and what waits is neither drift nor new for anybody.
    let other = team.planned(|story| story.write("README.md", "Words.\n"));
    for told in team.hub.service.said(other.number) {
        assert!(!told.contains("reverts-drift"), "{told}");
    }
    let watched = team.watch();
    assert!(watched.result == "success" && team.hub.service.issues().is_empty(), "{}", watched.log);

    // It is looked at again and again; the colleague is not done yet.
    let scheduled = || team.start("store-apply", "schedule", &json!({}), json!({})).1;
    let jobs = scheduled();
    assert_eq!(jobs["apply"].code("Apply"), 0, "{}", jobs["apply"].log);
    assert_eq!(facts(&said())["result"], "deferred");
    team.in_partner_center(&json!("delete"));
    let jobs = scheduled();
    assert_eq!(
        (jobs["apply"].code("Apply"), jobs["apply"].result.as_str()),
        (0, "success"),
        "{}",
        jobs["apply"].log
    );
    assert_eq!(facts(&said())["result"], "ok", "{}", said());
    assert!(team.hub.service.thread(number).labels.is_empty());
    team.publish();
    assert_eq!(team.description(), "New words.");

    // Then there is nothing to do any more, and nobody is asked.
    let jobs = scheduled();
    assert_eq!((jobs["approved"].result.as_str(), jobs["apply"].result.as_str()), ("success", "skipped"));
}

#[test]
fn another_plan_than_the_one_in_the_comment_is_not_applied() {
    if !has_tools() {
        return;
    }
    let team = team_with_gold();
    team.watch();
    // Two pull requests that know nothing of each other. The first one has to wait for a colleague's draft.
    let one = team.planned(|story| story.manifest(&words("New words.")));
    let root = team.story.repo.path();
    git(root, &["checkout", "--quiet", "main"]);
    let other = team.planned(|story| story.write("gold.yaml", gold("Pure gold")));
    let said = |pull: &Pull| {
        let mut all = team.hub.service.said(pull.number);
        assert_eq!(all.len(), 1);
        all.remove(0)
    };
    let reviewed = facts(&said(&other))["hash"].clone();
    team.in_partner_center(&json!("create"));
    team.in_partner_center(&json!({ "edit": { "visibility": "Hidden" } }));
    let (_, jobs) = team.merge(&one);
    assert_eq!(jobs["apply"].code("Apply"), 0, "{}", jobs["apply"].log);
    assert_eq!(facts(&said(&one))["result"], "deferred");

    // With the first one, the second is another plan.
    let (_, jobs) = team.merge(&other);
    let apply = &jobs["apply"];
    assert_eq!((apply.code("Apply"), apply.result.as_str()), (4, "failure"), "{}", apply.log);
    assert!(team.story.mutations().is_empty());
    let told = said(&other);
    assert_eq!(facts(&told)["result"], "stale", "{told}");
    assert!(
        told.contains("**Nothing was applied.**")
            && told.contains("New words.")
            && told.contains("Pure gold"),
        "{told}"
    );
    let now = facts(&told)["hash"].clone();
    assert!(now != reviewed && told.contains(&format!("with its hash, {}", now.as_str().unwrap())), "{told}");
    for pull in [&one, &other] {
        assert_eq!(team.hub.service.thread(pull.number).labels, ["store-pending"]);
    }
    // Nothing goes on by itself from here.
    team.in_partner_center(&json!("delete"));
    let jobs = team.start("store-apply", "schedule", &json!({}), json!({})).1;
    assert_eq!(jobs["apply"].result, "skipped");
    let by_hand = |hash: &Value| {
        let (_, mut jobs) =
            team.start("store-apply", "workflow_dispatch", &json!({}), json!({ "expect": hash }));
        jobs.remove("apply").unwrap()
    };
    let apply = by_hand(&reviewed);
    assert_eq!(apply.code("Apply"), 4, "{}", apply.log);
    let apply = by_hand(&now);
    assert_eq!(apply.code("Apply"), 0, "{}", apply.log);
    for pull in [&one, &other] {
        assert_eq!(facts(&said(pull))["result"], "ok", "{}", said(pull));
        assert!(team.hub.service.thread(pull.number).labels.is_empty());
    }
}

#[test]
fn another_program_is_not_run() {
    if !has_tools() {
        return;
    }
    let team = Team::new(|_| {});
    let script = team.story.path(".github/storeward/install.sh");
    let text = fs::read_to_string(&script).unwrap();
    let line = text.lines().find(|line| line.starts_with("sha256=")).unwrap();
    fs::write(&script, text.replace(line, &format!("sha256={}", "0".repeat(64)))).unwrap();
    team.push("another digest");
    let watched = team.watch();
    assert!(
        watched.code("Install storeward") != 0 && watched.log.contains("has another digest"),
        "{}",
        watched.log
    );
    assert!(!watched.ran("Take a snapshot"));
    fs::write(&script, text.replace(line, "sha256=")).unwrap();
    team.push("no digest");
    assert!(team.watch().log.contains("storeward is not named yet"));
}
