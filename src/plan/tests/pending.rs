//! Whose a pending submission is, and what a plan makes of it.

use serde_json::{Value, json};

use crate::plan::{Action, BlockerKind, DraftKind, Pending, Plan, StepKind, classify};
use crate::submission::Document;

use super::live::{live_image, live_package, published};
use super::local::{package, shot};
use super::run::{blockers, case, committed, diagnostics, lay};
use super::want::{Want, want};

/// A submission that started as a copy of the published one.
fn submission(content: &Document, status: &str) -> Document {
    let mut document = content.clone();
    document.set(&["id"], json!("101"));
    document.set(&["friendlyName"], json!("Submission 8"));
    document.set(&["status"], json!(status));
    document.set(&["fileUploadUrl"], json!("https://blob.example/101?sig=y"));
    document.set(&["pricing", "isAdvancedPricingModel"], json!(false));
    document
}

/// The published document with what is wanted made, in this status.
fn sent(want: &Want, status: &str) -> Document {
    submission(&lay(&published(), want).document, status)
}

/// The published document with a member that somebody else changed.
fn touched(status: &str) -> Document {
    let mut document = submission(&published(), status);
    document.set(&["listings", "de-de", "baseListing", "description"], json!("Von Hand."));
    document
}

fn with_errors(mut document: Document, errors: Value) -> Document {
    document.set(&["statusDetails", "errors"], errors);
    document
}

fn text() -> Want {
    want().value("listings.en-us.description", "New text.")
}

fn release() -> Want {
    text().packages([package("1.5.0.0", "x64")])
}

fn kind(pending: Option<&Document>, want: &Want) -> Pending {
    classify(pending, &published(), &lay(&published(), want).document)
}

fn plan(pending: Document, want: Want) -> Plan {
    case(published()).pending(pending).plan(want)
}

fn steps(plan: &Plan) -> Vec<StepKind> {
    plan.steps.iter().map(|step| step.kind).collect()
}

#[test]
fn without_a_pending_submission_a_clone_is_made() {
    use StepKind::{Check, Clone, Commit, Update, Upload, Verify, Wait};
    assert_eq!(kind(None, &text()), Pending::None);
    let plan = case(published()).plan(release());
    assert_eq!(steps(&plan), [Clone, Check, Update, Upload, Verify, Commit, Wait]);
    assert!(!steps(&case(published()).plan(text())).contains(&Upload));
    assert!(plan.blockers.is_empty());
}

#[test]
fn a_clone_that_nobody_touched_is_adopted() {
    let mut draft = submission(&published(), "PendingCommit");
    draft.set(&["listings", "en-us", "baseListing", "description"], json!("Plain text.\r\n"));
    assert_eq!(kind(Some(&draft), &text()), Pending::Draft(DraftKind::Untouched));
    let plan = plan(draft, text());
    assert!(plan.blockers.is_empty());
    assert_eq!(steps(&plan)[0], StepKind::Clone);
}

#[test]
fn a_draft_with_exactly_the_planned_changes_is_adopted() {
    for want in [text(), release()] {
        let mut draft = sent(&want, "PendingCommit");
        assert_eq!(kind(Some(&draft), &want), Pending::Draft(DraftKind::Planned));
        assert!(plan(draft.clone(), want).blockers.is_empty());
        draft.set(&["visibility"], json!("Private"));
        assert_ne!(kind(Some(&draft), &text()), Pending::Draft(DraftKind::Planned), "one more change");
    }
}

#[test]
fn a_draft_for_other_content_with_a_file_of_ours_is_ours() {
    let draft = sent(&release(), "PendingCommit");
    assert_eq!(kind(Some(&draft), &text()), Pending::Draft(DraftKind::OlderOurs));
    let older = sent(&text().packages([package("1.4.9.0", "x64")]), "PendingCommit");
    assert_eq!(kind(Some(&older), &release()), Pending::Draft(DraftKind::OlderOurs));
    assert_eq!(blockers(&plan(older, release())), [BlockerKind::ForeignDraft]);
    // Names of ours that are published already are in every clone.
    assert_eq!(kind(Some(&touched("PendingCommit")), &text()), Pending::Draft(DraftKind::Foreign));
}

#[test]
fn any_other_draft_is_somebody_elses() {
    assert_eq!(kind(Some(&touched("PendingCommit")), &text()), Pending::Draft(DraftKind::Foreign));
    let plan = plan(touched("PendingCommit"), text());
    assert_eq!(blockers(&plan), [BlockerKind::ForeignDraft]);
    assert!(plan.blockers[0].detail.contains("101") && plan.blockers[0].detail.contains("Submission 8"));
    let mut upload = touched("PendingCommit");
    let image = json!({"fileName": "shot.png", "fileStatus": "PendingUpload", "imageType": "Screenshot"});
    upload.set(&["listings", "de-de", "baseListing", "images"], json!([image]));
    assert_eq!(kind(Some(&upload), &text()), Pending::Draft(DraftKind::Foreign));
}

#[test]
fn a_draft_without_upload_url_was_started_in_the_portal() {
    for url in [Value::Null, json!("")] {
        let mut draft = submission(&published(), "PendingCommit");
        draft.set(&["fileUploadUrl"], url);
        assert_eq!(kind(Some(&draft), &text()), Pending::Draft(DraftKind::Portal));
        assert_eq!(blockers(&plan(draft, text())), [BlockerKind::PortalDraft]);
    }
}

#[test]
fn what_is_on_its_way_is_the_baseline() {
    for status in ["CommitStarted", "PreProcessing", "Certification", "Release", "Publishing", "SomethingNew"]
    {
        for document in [sent(&release(), status), committed(&sent(&release(), status))] {
            assert_eq!(kind(Some(&document), &release()), Pending::OnItsWay);
            let same = plan(document.clone(), release());
            assert_eq!(same.resources[0].action, Action::InProgress, "{status}");
            assert_eq!(steps(&same), [StepKind::Wait]);
            assert!(same.blockers.is_empty() && !same.has_changes());
            let different = plan(document, want().value("listings.en-us.description", "Other text."));
            assert_eq!(different.resources[0].action, Action::Update);
            assert_eq!(blockers(&different), [BlockerKind::InFlight]);
            assert_eq!(different.resources[0].changes[0].before, Some(json!("New text.")));
        }
    }
}

#[test]
fn a_draft_that_nothing_needs_is_a_warning() {
    for document in [touched("PendingCommit"), touched("CertificationFailed")] {
        let plan = plan(document, want().value("visibility", "Public"));
        assert_eq!((plan.resources[0].action, diagnostics(&plan)), (Action::None, vec!["SW2009"]));
        assert!(plan.blockers.is_empty() && plan.steps.is_empty());
    }
}

const DEAD: [&str; 6] = [
    "CommitFailed", "PreProcessingFailed", "CertificationFailed", "ReleaseFailed", "PublishFailed",
    "Canceled",
];

fn refused() -> Value {
    json!([{"code": "InvalidParameterValue", "details": "Validation error: MissingTitle"}])
}

#[test]
fn the_same_content_that_failed_is_not_sent_again() {
    for status in DEAD {
        let dead = with_errors(sent(&release(), status), refused());
        let plan = plan(dead, release());
        assert_eq!(blockers(&plan), [BlockerKind::Dead], "{status}");
        let said = &plan.blockers[0].remedies[0];
        assert_eq!(said, "the Store said: InvalidParameterValue Validation error: MissingTitle");
    }
    let processed = with_errors(committed(&sent(&release(), "CertificationFailed")), refused());
    assert_eq!(blockers(&plan(processed, release())), [BlockerKind::Dead]);
}

#[test]
fn other_content_replaces_a_dead_submission_of_ours() {
    let next = || text().packages([package("1.5.1.0", "x64")]);
    for status in DEAD {
        let dead = with_errors(sent(&release(), status), refused());
        // Where the commit was processed, the files have ids and are uploaded.
        for dead in [dead.clone(), committed(&dead)] {
            assert!(matches!(kind(Some(&dead), &next()), Pending::Dead { ours: true, .. }), "{status}");
            let plan = plan(dead, next());
            assert!(plan.blockers.is_empty(), "{status}: {:?}", plan.blockers);
            assert_eq!(steps(&plan)[..2], [StepKind::Discard, StepKind::Clone]);
        }
    }
    let untouched = submission(&published(), "CommitFailed");
    assert!(plan(untouched, text()).blockers.is_empty(), "nothing but what is published is in it");
}

#[test]
fn an_image_of_ours_makes_a_dead_submission_ours() {
    let want =
        || want().screenshots([shot("home", b"home"), shot("notes", b"notes"), shot("night", b"night")]);
    let dead = committed(&sent(&want(), "CertificationFailed"));
    assert!(matches!(kind(Some(&dead), &text()), Pending::Dead { ours: true, .. }));
}

#[test]
fn other_release_settings_are_other_content() {
    let want = |notes: &str| release().value("notesForCertification", notes);
    let dead = with_errors(committed(&sent(&want("Use any account."), "CertificationFailed")), refused());
    assert_eq!(blockers(&plan(dead.clone(), want("Use any account."))), [BlockerKind::Dead]);
    assert!(
        plan(dead, want("Use tester@contoso.example.")).blockers.is_empty(),
        "the testers missed an account"
    );
}

#[test]
fn a_dead_submission_of_somebody_else_blocks() {
    for errors in [refused(), service_fault()] {
        let dead = with_errors(touched("CertificationFailed"), errors);
        assert!(matches!(kind(Some(&dead), &text()), Pending::Dead { ours: false, .. }));
        assert_eq!(blockers(&plan(dead, text())), [BlockerKind::ForeignDraft]);
    }
}

#[test]
fn a_dead_submission_from_the_portal_is_not_ours_to_delete() {
    let mut dead = submission(&published(), "CertificationFailed");
    dead.set(&["fileUploadUrl"], Value::Null);
    assert!(matches!(kind(Some(&dead), &text()), Pending::Dead { ours: false, .. }));
    assert_eq!(blockers(&plan(dead, text())), [BlockerKind::ForeignDraft]);
}

fn service_fault() -> Value {
    json!([{"code": "InvalidParameterValue", "details": "Request it is not IngestionWeb or IngestionApi"}])
}

#[test]
fn a_fault_of_the_service_is_tried_again() {
    for errors in [
        service_fault(),
        json!([{"code": "IsInternalError", "details": "Commit workflow 7 is cancelled"}]),
        json!([{"code": "ServiceError", "details": ""}]),
    ] {
        let dead = with_errors(sent(&release(), "CommitFailed"), errors);
        assert!(matches!(kind(Some(&dead), &release()), Pending::Dead { service_fault: true, .. }));
        let plan = plan(dead, release());
        assert!(plan.blockers.is_empty(), "{:?}", plan.blockers);
        assert_eq!(steps(&plan)[0], StepKind::Discard);
    }
    let mut both = refused();
    both.as_array_mut().unwrap().extend(service_fault().as_array().unwrap().clone());
    let dead = with_errors(sent(&release(), "CommitFailed"), both);
    assert_eq!(blockers(&plan(dead, release())), [BlockerKind::Dead], "one error is about the content");
    let silent = sent(&release(), "Canceled");
    assert_eq!(blockers(&plan(silent, release())), [BlockerKind::Dead], "no error is no fault");
}

#[test]
fn a_fault_of_the_service_deletes_nobodys_work() {
    // What is wanted is in it, and something else that somebody did.
    let mut dead = with_errors(sent(&text(), "CommitFailed"), service_fault());
    dead.set(&["listings", "de-de", "baseListing", "description"], json!("Von Hand."));
    assert_eq!(blockers(&plan(dead, text())), [BlockerKind::ForeignDraft]);
}

#[test]
fn a_file_of_somebody_else_does_not_make_a_dead_submission_ours() {
    let mut dead = touched("CertificationFailed");
    dead.set(&["applicationPackages"], json!([live_package("9", "1.5.0.0", "x64", "Windows.Desktop")]));
    dead.set(
        &["listings", "de-de", "baseListing", "images"],
        json!([live_image("8", "shot.png", "Screenshot")]),
    );
    assert!(matches!(kind(Some(&dead), &text()), Pending::Dead { ours: false, .. }));
}
