//! What planning reads: as little as tells all, a few requests at a time, and of every product that answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::support::crowd::{Crowd, app_id};
use crate::support::plain_http::Answer;
use crate::support::proxy::{Passing, proxy, proxy_of_many};
use crate::support::story::{Ran, Story, run};

/// A team with these products in its account, and manifests of as many as it manages.
fn team(account: Crowd, managed: Crowd) -> Story {
    let story = Story::with_seed(&account.seed(), "");
    std::fs::remove_file(story.path("store.yaml")).unwrap();
    managed.write(story.repo.path());
    story
}

fn host(story: &Story) -> String {
    story.store.endpoints.login.trim_end_matches('/').to_owned()
}

fn at(story: &Story, arguments: &[&str], address: &str) -> Ran {
    run(story.command(arguments).env("STOREWARD_API_URL", format!("{address}/v1.0/my")))
}

/// The paths that were asked for so far, of the API alone.
fn asked(story: &Story) -> Vec<String> {
    let lines = story.store.requests();
    let paths = lines.iter().map(|line| line["path"].as_str().unwrap());
    paths.filter(|path| !path.contains("oauth2")).map(str::to_owned).collect()
}

const FORTY: Crowd = Crowd { apps: 40, add_ons: 0, flights: 0 };

#[test]
fn forty_apps_take_one_list_and_one_document_each() {
    let story = team(FORTY, FORTY);
    story.run(&["plan"]).ended(0).says("40 products match");
    let paths = asked(&story);
    let lists = paths.iter().filter(|path| path.contains("/applications?")).count();
    assert_eq!(lists, 1, "{paths:#?}");
    assert!(paths.len() <= 41, "{} requests: {paths:#?}", paths.len());
}

#[test]
fn an_account_with_more_apps_is_listed_as_far_as_the_manifests_need() {
    let account = Crowd { apps: 230, ..FORTY };
    let story = team(account, FORTY);
    story.run(&["plan"]).ended(0);
    assert_eq!(asked(&story).len(), 1 + 40, "the first page names them all");
    let all = team(account, account);
    all.run(&["plan"]).ended(0);
    assert_eq!(asked(&all).len(), 3 + 230);
}

#[test]
fn add_ons_take_one_list_and_flights_one_of_each_app() {
    let crowd = Crowd { apps: 10, add_ons: 2, flights: 1 };
    let story = team(crowd, crowd);
    story.run(&["plan"]).ended(0).says("40 products match");
    assert_eq!(asked(&story).len(), crowd.requests());
}

#[test]
fn no_more_than_eight_requests_are_on_their_way_at_a_time() {
    let crowd = Crowd { apps: 30, add_ons: 1, flights: 1 };
    let story = team(crowd, crowd);
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let between = proxy_of_many(
        &host(&story),
        Arc::new(move |passing, forward| {
            seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
            let answer = forward(&passing);
            now.fetch_sub(1, Ordering::SeqCst);
            answer
        }),
    );
    at(&story, &["plan"], &between).ended(0);
    let most = most.load(Ordering::SeqCst);
    assert!((5..=8).contains(&most), "{most} at a time");
}

/// Plans through somebody who gives this answer for every path that holds `broken`.
fn plan_with_broken(story: &Story, arguments: &[&str], broken: &str, answer: Answer) -> Ran {
    let broken = broken.to_owned();
    let between = proxy(
        &host(story),
        Box::new(
            move |passing: Passing, forward| {
                if passing.target.contains(&broken) { answer.clone() } else { forward(&passing) }
            },
        ),
    );
    at(story, arguments, &between)
}

fn refusal(status: u16) -> Answer {
    let body = json!({ "code": "InternalServerError", "message": "Something is broken." }).to_string();
    let headers = vec![("MS-CorrelationId".to_owned(), "c0ffee".to_owned())];
    Answer { status, headers, body: body.into_bytes() }
}

fn page() -> Answer {
    Answer { status: 200, headers: Vec::new(), body: b"<html>Sorry</html>".to_vec() }
}

#[test]
fn a_product_that_does_not_answer_is_a_blocker_and_the_others_are_planned() {
    let crowd = Crowd { apps: 4, add_ons: 1, flights: 0 };
    let story = team(crowd, crowd);
    for app in 0..4 {
        let text = std::fs::read_to_string(story.path(&format!("app-{app}.yaml"))).unwrap();
        story
            .write(&format!("app-{app}.yaml"), text.replacen("visibility: Public", "visibility: Private", 1));
    }
    let broken = format!("{}/submissions", app_id(2));
    for (answer, words) in [
        (refusal(503), "answered with 503"),
        (refusal(404), "answered with 404"),
        (refusal(409), "answered with 409"),
        (page(), "something that is no document"),
    ] {
        let ran = plan_with_broken(&story, &["plan", "--output", "json"], &broken, answer).ended(1);
        let plan = ran.json();
        assert_eq!(plan["blockers"].as_array().unwrap().len(), 1, "{}", plan["blockers"]);
        let blocker = &plan["blockers"][0];
        assert_eq!(
            (blocker["address"].as_str(), blocker["kind"].as_str()),
            (Some("app/app-2"), Some("unreadable"))
        );
        let detail = blocker["detail"].as_str().unwrap();
        assert!(detail.contains(words) && detail.contains("correlation id"), "{detail}");
        let updates =
            plan["resources"].as_array().unwrap().iter().filter(|r| r["action"] == "update").count();
        assert_eq!(updates, 3);
    }
    plan_with_broken(&story, &["plan"], &broken, refusal(503))
        .ended(1)
        .says("blocker unreadable")
        .says("Something is broken.")
        .says("c0ffee")
        .says("run again");
    plan_with_broken(&story, &["plan", "--detailed-exitcode"], &broken, refusal(503)).ended(1);
}

#[test]
fn an_app_that_is_asked_for_alone_may_fail_alone_too() {
    let crowd = Crowd { apps: 2, add_ons: 0, flights: 0 };
    let story = team(crowd, crowd);
    let ran = plan_with_broken(&story, &["plan", "--output", "json"], &app_id(1), refusal(500)).ended(1);
    assert_eq!(ran.json()["blockers"][0]["kind"], "unreadable");
    let ran = plan_with_broken(&story, &["apply", "--yes"], &app_id(1), refusal(500)).ended(1);
    assert!(ran.stderr.contains("unreadable"), "{ran:?}");
}

#[test]
fn an_add_on_that_is_known_by_its_id_may_fail_alone_too() {
    let crowd = Crowd { apps: 1, add_ons: 2, flights: 0 };
    let story = team(crowd, crowd);
    let text = std::fs::read_to_string(story.path("app-0.yaml")).unwrap();
    let by_id = |text: String, at: usize| {
        text.replace(&format!("productId: extra.{at}\n"), &format!("id: 9PADD0000{at:03}\n"))
    };
    story.write("app-0.yaml", by_id(by_id(text, 0), 1));
    let ran = plan_with_broken(&story, &["plan", "--output", "json"], "9PADD0000001", refusal(500)).ended(1);
    let blockers = ran.json()["blockers"].clone();
    assert_eq!(
        (blockers.as_array().unwrap().len(), &blockers[0]["address"]),
        (1, &json!("add-on/app-0/extra-1"))
    );
}

#[test]
fn what_is_about_all_products_ends_the_run() {
    let crowd = Crowd { apps: 3, add_ons: 1, flights: 1 };
    let story = team(crowd, crowd);
    for (broken, status, exit) in [
        ("/applications?", 503, 1),
        ("/inappproducts?", 503, 1),
        ("/listflights", 503, 1),
        ("/submissions/", 401, 10),
        ("/submissions/", 403, 10),
        ("/submissions/", 429, 1),
    ] {
        let ran = plan_with_broken(&story, &["plan"], broken, refusal(status)).ended(exit);
        assert_eq!(ran.stdout, "", "{broken} {status}: there is no plan");
    }
}
