//! Whose a pending submission is, and what a plan makes of it.

use serde_json::{Value, json};

use crate::manifest::Guard;
use crate::plan::{Action, BlockerKind, DraftKind, InTheWay, Pending, Plan, StepKind, classify};
use crate::submission::Document;

use super::live::{live_image, live_package, published};
use super::local::{package, shot};
use super::properties::copy;
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
    let resource = case(published()).resource(copy(want));
    classify(pending, &published(), &lay(&published(), want).document, &resource)
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
    assert_eq!(blockers(&plan(older, release())), [BlockerKind::OlderDraft]);
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
fn a_first_draft_is_ours_when_it_holds_what_is_planned_and_no_listing_or_file_besides() {
    let nothing = Document::default();
    let planned = |title: &str| {
        let mut document = Document::default();
        document.set(&["listings", "en", "title"], json!(title));
        document
    };
    let draft = |members: Value| {
        let mut document = submission(&Document::default(), "PendingCommit");
        document.set(&["listings"], members);
        document.set(&["visibility"], json!("Public"));
        document
    };
    let resource = case(published()).resource(want());
    let of = |members: Value| classify(Some(&draft(members)), &nothing, &planned("Gold"), &resource);
    assert_eq!(of(json!({})), Pending::Draft(DraftKind::Untouched));
    assert_eq!(of(json!({"en": {"title": "Gold"}})), Pending::Draft(DraftKind::Planned));
    assert_eq!(of(json!({"en": {"title": "Or"}})), Pending::Draft(DraftKind::Foreign));
    let more = json!({"en": {"title": "Gold"}, "fr": {"title": "Or"}});
    assert_eq!(of(more), Pending::Draft(DraftKind::Foreign), "somebody wrote in French");
    let icon = json!({"en": {"title": "Gold", "icon": {"fileName": "a.png", "fileStatus": "PendingUpload"}}});
    assert_eq!(of(icon), Pending::Draft(DraftKind::Foreign));
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
fn a_draft_of_ours_that_nothing_needs_is_a_warning() {
    let nothing = || want().value("visibility", "Public").value("listings.en-us.description", "Plain text.");
    let untouched = submission(&published(), "PendingCommit");
    let dead = with_errors(touched("CertificationFailed"), refused());
    for document in [untouched, sent(&release(), "PendingCommit"), dead] {
        let plan = plan(document, nothing());
        assert_eq!((plan.resources[0].action, diagnostics(&plan)), (Action::None, vec!["SW2009"]));
        assert!(plan.blockers.is_empty() && plan.steps.is_empty());
        let help = plan.diagnostics[0].help.as_ref().unwrap();
        assert!(help.contains("storeward discard app/reader"), "{help}");
    }
    let dead = plan(with_errors(touched("CertificationFailed"), refused()), nothing());
    assert!(dead.diagnostics[0].message.contains("Validation error: MissingTitle"), "{:?}", dead.diagnostics);
    let theirs = plan(touched("PendingCommit"), nothing());
    assert_eq!(diagnostics(&theirs), Vec::<&str>::new(), "somebody is at it, and nothing is to be done");
    assert!(theirs.resources[0].pending.is_some());
}

#[test]
fn what_somebody_else_committed_is_not_what_is_wanted_on_its_way() {
    let other = touched("Certification");
    let plan = plan(other, want().value("visibility", "Public"));
    assert_eq!((plan.resources[0].action, plan.steps.len()), (Action::None, 0), "it is published already");
    let mut more = sent(&text(), "Certification");
    more.set(&["listings", "de-de", "baseListing", "description"], json!("Von Hand."));
    let plan = self::plan(more, text());
    assert_eq!(plan.resources[0].action, Action::InProgress, "also where it holds more than is wanted");
}

fn details(plan: &Plan) -> Vec<&str> {
    plan.blockers[0].detail.lines().collect()
}

#[test]
fn a_foreign_draft_tells_what_it_changes() {
    let mut draft = touched("PendingCommit");
    draft.set(&["listings", "en-us", "baseListing", "description"], json!("x".repeat(1204)));
    draft.set(&["listings", "en-us", "baseListing", "keywords"], json!(["notes", "ebook"]));
    draft.set(&["listings", "en-us", "baseListing", "features"], json!(["Works anywhere"]));
    draft.set(&["listings", "fr"], json!({"baseListing": {"description": "Texte."}}));
    draft.set(&["notesForCertification"], json!("Sign in as boss / hunter2."));
    draft.set(&["pricing", "priceId"], json!("Tier1020"));
    draft.set(&["pricing", "marketSpecificPricings", "DE"], json!("Tier1010"));
    draft.set(&["automaticBackupEnabled"], json!(true));
    draft.set(&["somethingNew", "weight"], json!("secret?"));
    let plan = plan(draft, text());
    assert_eq!(
        details(&plan),
        [
            "submission 101 \"Submission 8\" is PendingCommit",
            "compared with the published submission it changes:",
            "  ~ automaticBackupEnabled   false → true",
            "  ~ listings.de-de.description   \"Nur Text.\" → \"Von Hand.\"",
            "  ~ listings.en-us.description   11 → 1204 chars   (also changed by this plan)",
            "  ~ listings.en-us.features   1 item, changed",
            "  ~ listings.en-us.keywords   1 → 2 items",
            "  + listings.fr",
            "  ~ notesForCertification   changed (hidden)",
            "  + pricing.marketSpecificPricings.DE   nothing → Tier1010",
            "  ~ pricing.priceId   Tier1012 → Tier1020",
            "  ~ somethingNew.weight   changed",
            "why foreign: it is neither an untouched copy of the published submission nor this plan's own draft, and no \
             new file in it has a name of ours",
        ]
    );
    let all = plan.blockers[0].detail.clone();
    assert!(!all.contains("hunter2") && !all.contains("secret"), "{all}");
    for command in [
        "storeward apply --if-busy wait --timeout 6h --target app/reader",
        "storeward discard app/reader --allow replaces-draft",
    ] {
        assert!(plan.blockers[0].remedies.iter().any(|remedy| remedy.ends_with(command)), "{command}");
    }
    assert!(plan.blockers[0].remedies.iter().any(|remedy| remedy.ends_with("/submissions/101")));
}

#[test]
fn files_of_a_foreign_draft_are_counted_by_type() {
    let mut draft = touched("PendingCommit");
    let images = draft.get(&["listings", "en-us", "baseListing", "images"]).unwrap().clone();
    let mut images = images.as_array().unwrap().clone();
    images.swap(0, 1);
    images[2]["fileStatus"] = json!("PendingDelete");
    images.push(json!({"fileName": "icon.png", "fileStatus": "PendingUpload", "imageType": "Icon"}));
    draft.set(&["listings", "en-us", "baseListing", "images"], json!(images));
    draft.set(&["applicationPackages"], json!([live_package("9", "1.5.0.0", "x64", "Windows.Desktop")]));
    assert_eq!(
        details(&plan(draft, text()))[2..6],
        [
            "  ~ packages   2 → 1 package",
            "  ~ listings.de-de.description   \"Nur Text.\" → \"Von Hand.\"",
            "  ~ listings.en-us.images.Icon   0 → 1 image",
            "  ~ listings.en-us.images.Screenshot   3 → 2 images",
        ]
    );
}

#[test]
fn many_changes_are_counted_and_text_from_outside_makes_no_lines() {
    let mut draft = touched("PendingCommit");
    for market in 'A'..='Z' {
        draft.set(&["pricing", "marketSpecificPricings", &format!("X{market}")], json!("Tier1010"));
    }
    draft.set(&["visibility"], json!("a\nb"));
    draft.set(&["odd\nkey"], json!(1));
    let plan = plan(draft, text());
    let lines = details(&plan);
    assert_eq!(lines.len(), 2 + 12 + 1 + 1, "{lines:#?}");
    assert_eq!(lines[14], "  … and 17 more");
}

#[test]
fn what_is_in_flight_tells_what_it_changes() {
    let on_its_way = committed(&sent(&release(), "Certification"));
    let plan = plan(on_its_way, want().value("listings.en-us.description", "Other text."));
    assert_eq!(
        details(&plan),
        [
            "submission 101 \"Submission 8\" is Certification",
            "compared with the published submission it changes:",
            "  ~ packages   2 packages, changed",
            "  ~ listings.en-us.description   \"Plain text.\" → \"New text.\"   (also changed by this plan)",
        ]
    );
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
        let said = details(&plan);
        assert_eq!(said[1..], ["the Store said: InvalidParameterValue Validation error: MissingTitle"]);
    }
    let processed = with_errors(committed(&sent(&release(), "CertificationFailed")), refused());
    assert_eq!(blockers(&plan(processed, release())), [BlockerKind::Dead]);
}

#[test]
fn the_report_of_certification_is_named() {
    let mut dead = with_errors(sent(&release(), "CertificationFailed"), refused());
    let report =
        json!([{"date": "2026-08-22T09:14:07Z", "reportUrl": "https://partner.example/report/7"}, {}]);
    dead.set(&["statusDetails", "certificationReports"], report);
    assert_eq!(details(&plan(dead, release()))[2..], ["its report: https://partner.example/report/7"]);
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
            let told = plan.diagnostics.iter().find(|finding| finding.code == "SW2020").unwrap();
            assert!(
                told.message.contains("Validation error: MissingTitle"),
                "its errors are shown: {told:?}"
            );
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
        assert_eq!(blockers(&plan(dead, text())), [BlockerKind::ForeignFailure]);
    }
}

#[test]
fn a_dead_submission_from_the_portal_is_not_ours_to_delete() {
    let mut dead = submission(&published(), "CertificationFailed");
    dead.set(&["fileUploadUrl"], Value::Null);
    assert!(matches!(kind(Some(&dead), &text()), Pending::Dead { ours: false, .. }));
    assert_eq!(blockers(&plan(dead, text())), [BlockerKind::ForeignFailure]);
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
    assert_eq!(blockers(&plan(dead, text())), [BlockerKind::ForeignFailure]);
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

const REPLACE: InTheWay = InTheWay { replace: true, resubmit: false };

#[test]
fn a_draft_in_the_way_is_replaced_where_that_is_asked_for() {
    let older = sent(&text().packages([package("1.4.9.0", "x64")]), "PendingCommit");
    let plan = case(published()).pending(older).in_the_way(REPLACE).plan(release());
    assert!(
        plan.blockers.is_empty() && plan.guards.is_empty(),
        "ours goes without a permit: {:?}",
        plan.guards
    );
    assert_eq!(steps(&plan)[..2], [StepKind::Discard, StepKind::Clone]);
    let before = case(published()).plan(release()).fingerprints.plan;
    assert_eq!(plan.fingerprints.plan, before, "what is sent is what was approved");

    let foreign = || case(published()).pending(touched("PendingCommit")).in_the_way(REPLACE);
    let plan = foreign().plan(text());
    assert!(plan.blockers.is_empty());
    assert_eq!(plan.unpermitted().count(), 1);
    let hit = &plan.guards[0];
    assert_eq!(hit.guard, Guard::ReplacesDraft);
    assert!(hit.detail.contains("submission 101") && hit.detail.contains("de-de.description"), "{hit:?}");
    assert_eq!(foreign().permits([Guard::ReplacesDraft]).plan(text()).unpermitted().count(), 0);

    let mut portal = touched("PendingCommit");
    portal.set(&["fileUploadUrl"], Value::Null);
    let plan = case(published()).pending(portal).in_the_way(REPLACE).plan(text());
    assert_eq!(blockers(&plan), [BlockerKind::PortalDraft], "the API cannot delete it");
    let on_its_way = touched("Certification");
    let plan = case(published()).pending(on_its_way).in_the_way(REPLACE).plan(text());
    assert_eq!(blockers(&plan), [BlockerKind::InFlight], "and what was committed is never deleted");
    let untouched = submission(&published(), "PendingCommit");
    let plan = case(published()).pending(untouched).in_the_way(REPLACE).plan(text());
    assert!(!steps(&plan).contains(&StepKind::Discard), "nothing is in the way");
    let dead = touched("CertificationFailed");
    let plan = case(published()).pending(dead).in_the_way(REPLACE).plan(text());
    assert_eq!((plan.blockers.len(), plan.unpermitted().count()), (0, 1));
}

#[test]
fn the_same_content_is_sent_once_more_where_that_is_asked_for() {
    let dead = || with_errors(sent(&release(), "CommitFailed"), refused());
    let again = InTheWay { replace: false, resubmit: true };
    let plan = case(published()).pending(dead()).in_the_way(again).plan(release());
    assert!(plan.blockers.is_empty() && plan.guards.is_empty());
    assert_eq!(steps(&plan)[0], StepKind::Discard);
    let theirs = case(published()).pending(touched("CommitFailed")).in_the_way(again).plan(text());
    assert_eq!(blockers(&theirs), [BlockerKind::ForeignFailure]);
}

#[test]
fn texts_that_an_earlier_manifest_said_are_ours_and_no_others() {
    let mut dead = with_errors(sent(&text(), "CertificationFailed"), refused());
    let mended = || want().value("listings.en-us.description", "Mended text.");
    assert!(matches!(kind(Some(&dead), &mended()), Pending::Dead { ours: true, .. }));
    assert!(plan(dead.clone(), mended()).blockers.is_empty());
    let elsewhere = want().value("listings.en-us.releaseNotes", "Notes.");
    assert!(matches!(kind(Some(&dead), &elsewhere), Pending::Dead { ours: false, .. }));
    dead.set(&["visibility"], json!("Hidden"));
    assert!(matches!(kind(Some(&dead), &mended()), Pending::Dead { ours: false, .. }));
}
