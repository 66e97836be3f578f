//! One issue about what was changed in Partner Center.

use super::*;

#[test]
fn drift_is_told_in_one_issue_that_closes_when_it_is_gone() {
    if !has_tools() {
        return;
    }
    let team = Team::new(|_| {});
    let watch = |drift: bool| {
        let watched = team.watch();
        assert_eq!(
            (watched.code("Look for drift"), watched.result.as_str()),
            (0, "success"),
            "{}",
            watched.log
        );
        let issues = team.hub.service.issues();
        let open = issues.iter().filter(|issue| issue.state == "open").count();
        assert_eq!(open, usize::from(drift), "{issues:?}");
        issues
    };
    assert!(watch(false).is_empty());
    team.describe("Cheap.");
    let issues = watch(true);
    assert!(issues[0].body.contains("{+Cheap+}") && issues[0].labels == ["store-drift"], "{issues:?}");
    team.describe("Cheaper.");
    let issues = watch(true);
    assert!(issues.len() == 1 && issues[0].body.contains("{+Cheaper+}"), "{issues:?}");
    team.describe("Plain text.");
    assert_eq!(watch(false).len(), 1);
    watch(false);
    team.describe("Cheapest.");
    let issues = watch(true);
    assert!(issues.len() == 1 && issues[0].body.contains("{+Cheapest+}"), "{issues:?}");
    assert!(team.story.mutations().is_empty());

    // Whoever is not trusted finds out nothing.
    let watched = {
        let mut team = team;
        team.hub.vars = json!({});
        team.watch()
    };
    assert!(
        watched.code("Take a snapshot") == 10 && !watched.ran("Keep the issue up to date"),
        "{}",
        watched.log
    );
}
