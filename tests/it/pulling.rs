//! Manifests from what is live: pulled, they are valid and nothing would change.

use std::fs;

use serde_json::{Value, json};

use crate::support::story::{Ran, Story};
use crate::support::things::{self, APP};

/// A repository without a manifest, beside a Store.
struct Empty(Story);

impl Empty {
    fn new(seed: &Value) -> Self {
        let story = Story::with_seed(seed, "");
        fs::remove_file(story.path("store.yaml")).unwrap();
        Self(story)
    }

    /// Pulls all of the app, after which nothing would change.
    #[track_caller]
    fn pulled(&self, arguments: &[&str]) -> Ran {
        let ran = self.0.run(&[&["pull", APP, "--into", "store"], arguments].concat()).ended(0);
        self.is_unchanged();
        ran
    }

    #[track_caller]
    fn is_unchanged(&self) {
        self.0.run(&["validate"]).ended(0);
        let plan = self.0.run(&["plan", "--detailed-exitcode"]).ended(0).says("No changes");
        assert!(!plan.stderr.contains("error"), "{}", plan.stderr);
        assert_eq!(self.0.mutations(), Vec::<String>::new());
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path(name)).unwrap()
    }
}

#[test]
fn an_app_is_pulled_and_nothing_would_change() {
    let team = Empty::new(&things::account());
    let ran = team.pulled(&[]);
    insta::assert_snapshot!("an_app_that_is_pulled", ran.stdout);
    insta::assert_snapshot!("the_manifest_of_an_app", team.read("store/app.yaml"));
}

#[test]
fn what_is_there_is_never_overwritten() {
    let team = Empty::new(&things::account());
    team.0.write("store/copy/en-us/description.md", "mine");
    team.0.write("store/app.yaml", "mine");
    let refused = team.0.run(&["pull", APP, "--into", "store"]).ended(64);
    for word in ["store/app.yaml", "store/copy/en-us/description.md", "--into", "nothing was written"] {
        assert!(refused.stderr.contains(word), "{word}: {}", refused.stderr);
    }
    assert_eq!(
        (team.read("store/app.yaml"), fs::read_dir(team.0.path("store")).unwrap().count()),
        ("mine".into(), 2)
    );
}

#[test]
fn no_app_no_manifest() {
    let team = Empty::new(&json!({"applications": []}));
    team.0.run(&["pull", APP]).ended(1).says("Product identity");
    assert!(!team.0.path("store").exists());
}
