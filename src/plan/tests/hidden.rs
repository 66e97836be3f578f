//! What is planned on documents without their secrets is what is planned on the documents themselves.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::plan::{BlockerKind, Plan};
use crate::submission::{Document, Live};

use super::generate::{desired, live};
use super::live::{document, published};
use super::properties::copy;
use super::run::{Case, blockers, case};
use super::want::{Want, want};

fn without_secrets(case: Case) -> Case {
    Case { live: case.live.without_secrets(), ..case }
}

/// The plan as both see it; it must be the same.
#[track_caller]
fn planned_either_way(case: impl Fn() -> Case, want: impl Fn() -> Want) -> Plan {
    let plan = case().plan(want());
    assert_eq!(without_secrets(case()).plan(want()), plan);
    plan
}

fn draft(changes: &[(&str, Value)]) -> Document {
    let mut draft = published();
    draft.set(&["status"], json!("PendingCommit"));
    draft.set(&["fileUploadUrl"], json!("https://blob.example/101?sig=5ecret"));
    for (key, value) in changes {
        draft.set(&[*key], value.clone());
    }
    draft
}

proptest! {
    #[test]
    fn of_any_document(live in live(), want in desired()) {
        let live = document(&live);
        let hidden = without_secrets(case(live.clone()));
        let Live::Readable(product) = &hidden.live else { unreachable!("an app was made") };
        prop_assert!(product.published.as_ref().is_some_and(|document| document.canonical() == live.canonical()));
        prop_assert_eq!(hidden.plan(copy(&want)), case(live).plan(copy(&want)));
    }
}

#[test]
fn notes_are_compared_where_only_their_digest_is_known() {
    let notes = |text: &'static str| {
        move || want().value("visibility", "Hidden").value("notesForCertification", text)
    };
    let same = planned_either_way(|| case(published()), notes("Sign in as nobody.\r\n"));
    assert_eq!(same.resources[0].changes.len(), 1);
    let other = planned_either_way(|| case(published()), notes("Sign in as tester."));
    assert_eq!(other.resources[0].changes.len(), 2);
    let waits = planned_either_way(|| case(published()), || want().value("notesForCertification", "Other."));
    assert_eq!(waits.resources[0].counts.waiting, 1);
}

#[test]
fn drafts_are_told_apart() {
    let hidden = || want().value("visibility", "Hidden");
    let with = |draft: Document| planned_either_way(|| case(published()).pending(draft.clone()), hidden);
    assert_eq!(blockers(&with(draft(&[]))), [], "untouched");
    assert_eq!(blockers(&with(draft(&[("visibility", json!("Hidden"))]))), [], "as planned");
    let other_notes = draft(&[("notesForCertification", json!("Sign in as somebody."))]);
    assert_eq!(blockers(&with(other_notes)), [BlockerKind::ForeignDraft]);
    for none in [json!(null), json!("")] {
        assert_eq!(blockers(&with(draft(&[("fileUploadUrl", none)]))), [BlockerKind::PortalDraft]);
    }
    let dead = draft(&[("status", json!("CertificationFailed")), ("visibility", json!("Private"))]);
    with(dead);
}
