//! Notes for certification: a digest in the plan, the text beside it.

use crate::plan::notes;

use super::live::{published, published_without};
use super::run::case;
use super::want::want;

const WANTED: &str = "Sign in as tester / hunter2.";

#[test]
fn the_texts_of_both_sides_are_handed_on_beside_the_plan() {
    let want = || want().value("notesForCertification", WANTED).value("visibility", "Hidden");
    let (plan, notes) = case(published()).plan_and(want(), notes);
    let text = notes.of("app/reader").unwrap();
    assert_eq!((text.before.as_deref(), text.after.as_deref()), (Some("Sign in as nobody."), Some(WANTED)));
    let json = serde_json::to_string(&plan).unwrap();
    assert!(json.contains("sha256:") && !json.contains("hunter2") && !json.contains("nobody"));

    let (_, notes) = case(published_without("notesForCertification")).plan_and(want(), crate::plan::notes);
    let text = notes.of("app/reader").unwrap();
    assert_eq!((text.before.as_deref(), text.after.as_deref()), (None, Some(WANTED)));
}

#[test]
fn notes_that_do_not_change_are_not_told() {
    let want = want().value("notesForCertification", "Sign in as nobody.").value("visibility", "Hidden");
    let (_, notes) = case(published()).plan_and(want, notes);
    assert!(notes.of("app/reader").is_none());
}
