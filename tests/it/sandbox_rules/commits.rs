//! What a commit does with an archive, and what it fails with.

use serde_json::{Value, json};

use super::{IMAGES, account_with, draft, failure, list, new_image, new_package, publish, submit};
use crate::support::local::Local;
use crate::support::things::{self, PACKAGE};

/// The errors of a commit of a draft that was changed, with this archive.
fn errors_of(seed: &Value, change: impl FnOnce(&mut Value), archive: Option<&[u8]>) -> Vec<String> {
    let local = Local::start(seed);
    let (path, mut document) = draft(&local);
    change(&mut document);
    failure(&local, &path, &document, archive)
}

fn with_package(body: &mut Value) {
    list(body, "/applicationPackages").push(new_package("new.msix"));
}

fn with_image(image_type: &str) -> impl FnOnce(&mut Value) {
    let image = new_image("new.png", image_type);
    move |body| list(body, IMAGES).push(image)
}

const NO_ERRORS: [&str; 0] = [];

#[test]
fn nothing_new_needs_no_archive() {
    let local = Local::start(&things::account());
    let (path, mut document) = draft(&local);
    document["listings"]["en-us"]["baseListing"]["description"] = "Other words.".into();
    let published = publish(&local, &path, &document, None);
    assert_eq!(published["listings"]["en-us"]["baseListing"]["description"], "Other words.");
    assert_eq!(published["applicationPackages"], document["applicationPackages"]);
}

#[test]
fn new_files_get_their_ids_and_old_ones_go() {
    let local = Local::start(&things::account());
    let (path, mut document) = draft(&local);
    document["applicationPackages"][0]["fileStatus"] = "PendingDelete".into();
    list(&mut document, IMAGES)[0]["fileStatus"] = "PendingDelete".into();
    list(&mut document, IMAGES).push(new_image("en\\new.png", "Screenshot"));
    list(&mut document, "/applicationPackages").push(new_package("new.msixbundle"));
    document["trailers"] = json!([{
        "videoFileName": "a.mp4",
        "trailerAssets": { "en-us": { "title": "A", "imageList": [{ "fileName": "a.png" }] } }
    }]);
    let bundle = things::zip(&[
        (
            "AppxMetadata/AppxBundleManifest.xml",
            br#"<Bundle><Identity Name="12345Northwind.HarborNotes" Publisher="CN=Northwind" Version="2.0.0.0"/>
                <Packages><Package Type="application" FileName="x64.msix"/></Packages></Bundle>"#,
        ),
        ("x64.msix", &things::package("2.0.0.0")),
    ]);
    let archive = things::zip(&[
        ("new.msixbundle", &bundle),
        ("en/new.png", &things::png(3840, 2160)),
        ("a.mp4", b"film"),
        ("a.png", &things::png(1920, 1080)),
        ("nobody-asked.txt", b"ignored"),
    ]);
    let published = publish(&local, &path, &document, Some(&archive));
    let package = &published["applicationPackages"][0];
    assert_eq!(published["applicationPackages"].as_array().unwrap().len(), 1);
    let id = package["id"].as_str().unwrap();
    assert!(id.len() == 19 && id != PACKAGE && id.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(
        *package,
        json!({
            "fileName": "new.msixbundle", "fileStatus": "Uploaded", "id": id, "version": "2.0.0.0",
            "architecture": "Neutral", "languages": ["EN-US"], "capabilities": ["internetClient"],
            "minimumDirectXVersion": "None", "minimumSystemRam": "None",
            "targetDeviceFamilies": ["Windows.Desktop min version 10.0.17763.0"]
        })
    );
    let images = published.pointer(IMAGES).unwrap().as_array().unwrap();
    assert_eq!((images.len(), &images[0]["fileStatus"]), (1, &json!("Uploaded")));
    assert!(images[0]["id"].is_string());
    let trailer = &published["trailers"][0];
    assert!(trailer["id"].is_string() && trailer["videoFileId"].is_string());
    assert!(trailer["trailerAssets"]["en-us"]["imageList"][0]["id"].is_string());
}

#[test]
fn an_archive_must_hold_what_was_announced() {
    let seed = things::account();
    let errors = errors_of(&seed, with_package, None);
    assert_eq!(errors, ["InvalidArchive: The archive was not uploaded."]);
    let bare = errors_of(&seed, with_package, Some(&things::package("2.0.0.0")[..40]));
    assert!(bare[0].starts_with("InvalidArchive: "), "{bare:?}");
    let text = errors_of(&seed, with_package, Some(b"no archive"));
    assert!(text[0].starts_with("InvalidArchive: "), "{text:?}");
    let other = things::zip(&[("New.msix", b"")]);
    let both = |body: &mut Value| {
        with_package(body);
        with_image("Icon")(body);
    };
    assert_eq!(
        errors_of(&seed, both, Some(&other)),
        [
            "MissingFiles: File 'new.msix' not found in archive.",
            "MissingFiles: File 'new.png' not found in archive."
        ]
    );
    let mut broken = things::zip(&[("new.msix", &things::package("2.0.0.0"))]);
    let middle = broken.len() / 2;
    broken[middle] ^= 0xff;
    assert_eq!(errors_of(&seed, with_package, Some(&broken)).len(), 1);
}

#[test]
fn packages_are_looked_into() {
    let seed = things::account();
    let errors =
        |package: &[u8]| errors_of(&seed, with_package, Some(&things::zip(&[("new.msix", package)])));
    assert_eq!(errors(&things::package("2.0.0.0")), NO_ERRORS);
    for (package, reason) in [
        (b"no package".to_vec(), "is not valid"),
        (things::package_of("Someone.Else", "2.0.0.0"), "identity name 'Someone.Else'"),
        (things::package("2.0.0.1"), "version '2.0.0.1'"),
        (things::package("0.1.0.0"), "version '0.1.0.0'"),
        (things::package("1.0.0.0"), "same version and architecture"),
    ] {
        let errors = errors(&package);
        assert!(errors.len() == 1 && errors[0].starts_with("PackageValidationFailed: "), "{errors:?}");
        assert!(errors[0].contains(reason), "{errors:?}");
    }
    let none =
        errors_of(&seed, |body| body["applicationPackages"][0]["fileStatus"] = "PendingDelete".into(), None);
    assert!(none.contains(&"NoValidPackages: The submission has no valid packages.".to_owned()), "{none:?}");
    let many = |body: &mut Value| {
        list(body, "/applicationPackages").extend((0..30).map(|n| new_package(&format!("{n}.msix"))));
    };
    let packages: Vec<(String, Vec<u8>)> =
        (0..30).map(|n| (format!("{n}.msix"), things::package(&format!("2.{n}.0.0")))).collect();
    let files: Vec<(&str, &[u8])> =
        packages.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    assert_eq!(
        errors_of(&seed, many, Some(&things::zip(&files))),
        ["PackageValidationFailed: A submission can have 30 packages at most."]
    );
}

#[test]
fn once_a_bundle_always_a_bundle() {
    let mut seed = things::account();
    let package = &mut seed["applications"][0]["published"]["applicationPackages"][0];
    package["fileName"] = "HarborNotes.msixbundle".into();
    let archive = things::zip(&[("new.msix", &things::package("2.0.0.0"))]);
    let instead = |body: &mut Value| {
        with_package(body);
        body["applicationPackages"][0]["fileStatus"] = "PendingDelete".into();
    };
    let errors = errors_of(&seed, instead, Some(&archive));
    assert!(errors[0].contains("was released with a Windows 10 .msixbundle"), "{errors:?}");
    assert_eq!(errors_of(&seed, with_package, Some(&archive)), NO_ERRORS);
}

#[test]
fn images_have_the_sizes_of_their_type() {
    let seed = things::account();
    let errors = |image_type: &str, image: &[u8], seed: &Value| {
        errors_of(seed, with_image(image_type), Some(&things::zip(&[("new.png", image)])))
    };
    assert_eq!(errors("StoreLogoSquare", &things::png(1080, 1080), &seed), NO_ERRORS);
    let wrong = errors("StoreLogoSquare", &things::png(1080, 1000), &seed);
    assert_eq!(
        wrong,
        [
            "InvalidParameterValue: Validation error: InvalidImage. File 'new.png' has 1080x1000 pixels, which is not a size of StoreLogoSquare."
        ]
    );
    assert!(errors("Icon", b"GIF89a", &seed)[0].contains("is not a PNG image"));
    let lenient = account_with(&json!({ "skipChecks": ["images"] }));
    assert_eq!(errors("Icon", b"GIF89a", &lenient), NO_ERRORS);
    let eleven = |body: &mut Value| {
        list(body, IMAGES).extend((0..10).map(|_| new_image("new.png", "Screenshot")));
    };
    let archive = things::zip(&[("new.png", &things::png(1920, 1080))]);
    assert_eq!(
        errors_of(&seed, eleven, Some(&archive)),
        ["InvalidParameterValue: Validation error: TooManyImages (Screenshot)"]
    );
}

#[test]
fn listings_are_complete() {
    let mut seed = things::account();
    seed["applications"][0]["reservedNames"] = json!(["Harbor Notes", "Hafen"]);
    let image =
        || json!([{ "fileName": "de.png", "fileStatus": "PendingUpload", "imageType": "Screenshot" }]);
    let archive = things::zip(&[("de.png", &things::png(1920, 1080))]);
    let errors = |seed: &Value, language: &str, title: Value, images: Value| {
        let add = |body: &mut Value| {
            body["listings"][language] =
                json!({ "baseListing": { "description": "Notizen.", "title": title, "images": images } });
        };
        errors_of(seed, add, Some(&archive))
    };
    assert_eq!(errors(&seed, "de", "Hafen".into(), image()), NO_ERRORS);
    let missing_title = ["InvalidParameterValue: Validation error: MissingTitle"];
    assert_eq!(errors(&seed, "de", Value::Null, image()), missing_title);
    // `en` is not the `en-us` of the package.
    assert_eq!(errors(&seed, "en", "".into(), image()), missing_title);
    assert_eq!(
        errors(&seed, "de", "Harbour".into(), image()),
        ["InvalidParameterValue: Validation error: TitleNotReserved"]
    );
    assert_eq!(
        errors(&seed, "de", "Hafen".into(), json!([])),
        ["InvalidParameterValue: Validation error: MissingScreenshots"]
    );
    seed["rules"]["skipChecks"] = json!(["titles", "screenshots"]);
    assert_eq!(errors(&seed, "de", Value::Null, json!([])), NO_ERRORS);
    let unset = errors_of(&seed, |body| body["applicationCategory"] = "NotSet".into(), None);
    assert_eq!(unset, ["InvalidParameterValue: Validation error: MissingApplicationCategory"]);
}

#[test]
fn a_game_has_one_set_of_options() {
    let seed = things::account();
    let game =
        json!({ "genres": ["Games_Word"], "isLocalMultiplayer": true, "localMultiplayerMinPlayers": 2 });
    let with = |options: Value| errors_of(&seed, |body| body["gamingOptions"] = options, None);
    assert_eq!(with(json!([game])), NO_ERRORS);
    assert_eq!(
        with(json!([game, game])),
        ["InvalidParameterValue: Validation error: MultipleInstancesOfGamingOptions"]
    );
    let mut wrong = game.clone();
    wrong["localMultiplayerMinPlayers"] = 1.into();
    assert_eq!(with(json!([wrong])), ["InvalidParameterValue: Validation error: InvalidNumberOfPlayers"]);
}

#[test]
fn the_first_submission_of_an_app_is_made_in_the_portal() {
    let mut seed = things::account();
    seed["applications"][0].as_object_mut().unwrap().remove("published");
    seed["rules"]["skipChecks"] = json!(["packages"]);
    let complete = |body: &mut Value| {
        let whole = things::app_submission();
        for member in ["applicationCategory", "allowTargetFutureDeviceFamilies"] {
            body[member] = whole[member].clone();
        }
        body["pricing"] = json!({ "priceId": "Free" });
        body["listings"] = json!({ "en-us": { "baseListing": {
            "description": "x", "title": "Harbor Notes", "images": [new_image("a.png", "Screenshot")]
        } } });
    };
    let archive = things::zip(&[("a.png", &things::png(1920, 1080))]);
    let errors = errors_of(&seed, complete, Some(&archive));
    assert_eq!(errors, ["InvalidMicrosoftAgeRating: The age ratings of this application are not completed."]);
    seed["rules"]["skipChecks"] = json!(["packages", "firstSubmission"]);
    assert_eq!(errors_of(&seed, complete, Some(&archive)), NO_ERRORS);
}

#[test]
fn a_failed_commit_is_deleted_or_tried_again() {
    let local = Local::start(&things::account());
    let (path, mut document) = draft(&local);
    with_package(&mut document);
    assert!(!failure(&local, &path, &document, None).is_empty());
    local.expect(409, "PUT", &path, Some(&document));
    local.expect(409, "POST", &format!("{path}/commit"), None);
    local.expect(204, "DELETE", &path, None);

    let local = Local::start(&account_with(&json!({ "editAfterCommitFailed": true })));
    let (path, mut document) = draft(&local);
    with_package(&mut document);
    assert!(!failure(&local, &path, &document, None).is_empty());
    let archive = things::zip(&[("new.msix", &things::package("2.0.0.0"))]);
    assert_eq!(publish(&local, &path, &document, Some(&archive))["statusDetails"]["errors"], json!([]));
}

#[test]
fn a_commit_is_taken_once() {
    let local = Local::start(&account_with(&json!({ "statusMillis": 60_000 })));
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    local.expect(409, "POST", &format!("{path}/commit"), None);
    assert_eq!(local.get(&path)["status"], "CommitStarted");
}
