//! Bodies of the API are taken for seeds and come back as they were.
//!
//! The fixtures of this project are of the shapes of the service. The same is asserted of every file in the folder that
//! `STOREWARD_PAYLOADS` names, for those who have a collection of real ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::local::Local;
use crate::support::things;

/// The files of a folder, by name.
type Folder = BTreeMap<String, Value>;

/// What a body is.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Shape {
    App,
    Apps,
    AddOn,
    AddOns,
    AddOnsOfAnApp,
    Flight,
    Flights,
    Submission(Of),
    Fragment,
    Status,
    StatusAsPrinted,
    Rollout,
    CommitAnswer,
    CreateAddOn,
    CreateFlight,
    Update(Of),
    Error,
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Of {
    App,
    AddOn,
    Flight,
}

fn shape(name: &str, body: &Value) -> Shape {
    let has = |member: &str| body.get(member).is_some();
    let listed = |member: &str| body["value"][0].get(member).is_some();
    let kind = || match () {
        () if has("flightPackages") => Some(Of::Flight),
        () if has("applicationCategory") => Some(Of::App),
        () if has("contentType") => Some(Of::AddOn),
        () => None,
    };
    match kind() {
        _ if name.starts_with("error-") => Shape::Error,
        Some(of) if has("id") => Shape::Submission(of),
        Some(of) => Shape::Update(of),
        None if has("applicationIds") => Shape::CreateAddOn,
        None if has("groupIds") && !has("flightId") => Shape::CreateFlight,
        None if has("primaryName") => Shape::App,
        None if has("productId") => Shape::AddOn,
        None if has("flightId") => Shape::Flight,
        None if listed("primaryName") => Shape::Apps,
        None if listed("productId") => Shape::AddOns,
        None if listed("inAppProductId") => Shape::AddOnsOfAnApp,
        None if listed("flightId") => Shape::Flights,
        None if has("isPackageRollout") => Shape::Rollout,
        None if has("Status") => Shape::StatusAsPrinted,
        None if has("statusDetails") => Shape::Status,
        None if has("status") => Shape::CommitAnswer,
        None if body.as_object().is_some_and(|members| members.len() == 1) => Shape::Fragment,
        None => panic!("{name} has no known shape: {body}"),
    }
}

fn read(folder: &Path) -> Folder {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let json = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    json.map(|path| {
        let body = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        (path.file_name().unwrap().to_str().unwrap().to_owned(), body)
    })
    .collect()
}

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/payloads")
}

/// The app that what has no app of its own is put into.
fn app() -> Value {
    json!({ "id": "9NBLGGH4R315", "primaryName": "An app" })
}

fn start(application: &Value) -> Local {
    Local::start(&json!({ "rules": { "statusMillis": 60_000 }, "applications": [application] }))
}

/// The submissions of a folder, bodies of updates as well, each as the seed of an account that has published it.
fn published_of(folder: &Folder) -> Vec<(&str, Value)> {
    let of_submission = |(name, body): (&'_ String, &Value)| {
        let (Shape::Submission(of) | Shape::Update(of)) = shape(name, body) else { return None };
        let mut body = body.clone();
        if body.get("id").is_none() {
            body["id"] = "1".into();
        }
        Some(seed_of(of, "published", &body))
    };
    folder.iter().filter_map(|both| Some((both.0.as_str(), of_submission(both)?))).collect()
}

/// The published submissions of the fixtures, and of the folder that `STOREWARD_PAYLOADS` names, as seeds by name.
pub(crate) fn published() -> Vec<(String, Value)> {
    let folders = std::iter::once(own()).chain(std::env::var_os("STOREWARD_PAYLOADS").map(PathBuf::from));
    let mut all = Vec::new();
    for folder in folders {
        let folder = read(&folder);
        let seeds = published_of(&folder).into_iter();
        all.extend(seeds.map(|(name, app)| (name.to_owned(), json!({ "applications": [app] }))));
    }
    all
}

fn seed_of(of: Of, slot: &str, submission: &Value) -> Value {
    match of {
        Of::App => json!({ "application": app(), slot: submission }),
        Of::AddOn => json!({
            "application": app(),
            "addOns": [{ "addOn": { "id": "9NBLGGH4TNMP", "productId": "p", "productType": "Durable" }, slot: submission }]
        }),
        Of::Flight => {
            json!({ "application": app(), "flights": [{ "flight": { "flightId": "f-1" }, slot: submission }] })
        }
    }
}

fn path_of(of: Of) -> &'static str {
    match of {
        Of::App => "applications/9NBLGGH4R315",
        Of::AddOn => "inappproducts/9NBLGGH4TNMP",
        Of::Flight => "applications/9NBLGGH4R315/flights/f-1",
    }
}

/// A submission as it should come back: with languages in lower case, and the URL aside.
fn expected(submission: &Value) -> Value {
    let lower = |map: &mut Value| {
        let Some(map) = map.as_object_mut() else { return };
        *map = std::mem::take(map).into_iter().map(|(key, value)| (key.to_lowercase(), value)).collect();
    };
    let mut body = submission.clone();
    lower(&mut body["listings"]);
    for trailer in body["trailers"].as_array_mut().into_iter().flatten() {
        lower(&mut trailer["trailerAssets"]);
    }
    for added in ["listings", "trailers"] {
        if submission.get(added).is_none() {
            body.as_object_mut().unwrap().shift_remove(added);
        }
    }
    without(&body, &["fileUploadUrl"])
}

fn without(body: &Value, members: &[&str]) -> Value {
    let mut body = body.clone();
    for member in members {
        body.as_object_mut().unwrap().shift_remove(*member);
    }
    body
}

/// A submission is the same whether it is published or in progress, and is still the same after it was sent back.
fn submission_comes_back(name: &str, of: Of, body: &Value) {
    let path = format!("{}/submissions/{}", path_of(of), body["id"].as_str().unwrap());
    for slot in ["published", "pending"] {
        let local = start(&seed_of(of, slot, body));
        let got = local.get(&path);
        assert_eq!(without(&got, &["fileUploadUrl"]), expected(body), "{name} as {slot}");
        match body["fileUploadUrl"].as_str().filter(|_| slot == "pending") {
            Some(_) => assert!(got["fileUploadUrl"].as_str().unwrap().starts_with(&local.endpoints.blob)),
            None => assert_eq!(got["fileUploadUrl"], body["fileUploadUrl"], "{name} as {slot}"),
        }
    }
    if body["fileUploadUrl"].is_string() {
        let local = start(&seed_of(of, "pending", body));
        let before = local.get(&path);
        local.expect(200, "PUT", &path, Some(&before));
        let mut after = local.get(&path);
        // What an update is known to change all by itself.
        if before["pricing"].get("isAdvancedPricingModel").is_some() {
            assert_eq!(after["pricing"]["isAdvancedPricingModel"], false);
            after["pricing"]["isAdvancedPricingModel"] = before["pricing"]["isAdvancedPricingModel"].clone();
        }
        after["statusDetails"]["warnings"] = before["statusDetails"]["warnings"].clone();
        let rollout = "/packageDeliveryOptions/packageRollout/packageRolloutPercentage";
        if let (Some(was), Some(is)) = (before.pointer(rollout), after.pointer_mut(rollout)) {
            assert_eq!(was.as_f64(), is.as_f64());
            *is = was.clone();
        }
        assert_eq!(after, before, "{name} sent back");
    }
}

/// A resource, or a page of them, comes back from where it is read. Whether it is one.
fn resource_comes_back(shape: Shape, body: &Value) -> bool {
    let id = |member: &str| body[member].as_str().unwrap().to_owned();
    match shape {
        Shape::App => {
            let local = start(&json!({ "application": body }));
            assert_eq!(local.get(&format!("applications/{}", id("id"))), *body);
            assert_eq!(local.get("applications")["value"], json!([body]));
        }
        Shape::Apps => {
            let apps: Vec<Value> =
                body["value"].as_array().unwrap().iter().map(|app| json!({ "application": app })).collect();
            let local = Local::start(&json!({ "applications": apps }));
            assert_eq!(local.get("applications?top=100")["value"], body["value"]);
        }
        Shape::AddOn => {
            let local = start(&json!({ "application": app(), "addOns": [{ "addOn": body }] }));
            assert_eq!(local.get(&format!("inappproducts/{}", id("id"))), *body);
        }
        Shape::AddOns => {
            let add_ons: Vec<Value> =
                body["value"].as_array().unwrap().iter().map(|add_on| json!({ "addOn": add_on })).collect();
            let local = start(&json!({ "application": app(), "addOns": add_ons }));
            assert_eq!(local.get("inappproducts")["value"], body["value"]);
        }
        Shape::AddOnsOfAnApp => {
            let add_on = |entry: &Value| json!({ "addOn": { "id": entry["inAppProductId"] } });
            let add_ons: Vec<Value> = body["value"].as_array().unwrap().iter().map(add_on).collect();
            let local = start(&json!({ "application": app(), "addOns": add_ons }));
            assert_eq!(&local.get("applications/9NBLGGH4R315/listinappproducts")["value"], &body["value"],);
        }
        Shape::Flight => {
            let local = start(&json!({ "application": app(), "flights": [{ "flight": body }] }));
            assert_eq!(&local.get(&format!("applications/9NBLGGH4R315/flights/{}", id("flightId"))), body,);
        }
        Shape::Flights => {
            let flights: Vec<Value> =
                body["value"].as_array().unwrap().iter().map(|flight| json!({ "flight": flight })).collect();
            let local = start(&json!({ "application": app(), "flights": flights }));
            assert_eq!(&local.get("applications/9NBLGGH4R315/listflights")["value"], &body["value"],);
        }
        _ => return false,
    }
    true
}

fn comes_back(name: &str, body: &Value, folder: &Folder) {
    match shape(name, body) {
        Shape::Submission(of) => submission_comes_back(name, of, body),
        Shape::Fragment => {
            let mut whole = things::app_submission();
            for (member, value) in body.as_object().unwrap() {
                whole[member] = value.clone();
            }
            submission_comes_back(name, Of::App, &whole);
        }
        Shape::Status | Shape::StatusAsPrinted => {
            let mut submission = json!({ "id": "1" });
            submission.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            for of in [Of::App, Of::AddOn, Of::Flight] {
                let local = start(&seed_of(of, "published", &submission));
                let path = format!("{}/submissions/1", path_of(of));
                let got = local.get(&path);
                for (member, value) in body.as_object().unwrap() {
                    assert_eq!(got[member], *value);
                }
                if body.get("status").is_some() {
                    assert_eq!(local.get(&format!("{path}/status")), *body);
                }
            }
        }
        Shape::Rollout => {
            for of in [Of::App, Of::Flight] {
                let submission = json!({ "id": "1", "packageDeliveryOptions": { "packageRollout": body } });
                let local = start(&seed_of(of, "published", &submission));
                let path = format!("{}/submissions/1", path_of(of));
                assert_eq!(local.get(&format!("{path}/packagerollout")), *body);
                assert_eq!(&local.get(&path)["packageDeliveryOptions"]["packageRollout"], body,);
            }
        }
        Shape::CommitAnswer => {
            let local = Local::start(&things::account());
            let path = format!("applications/{}/submissions", things::APP);
            let created = local.expect(201, "POST", &path, None);
            let commit = format!("{path}/{}/commit", created["id"].as_str().unwrap());
            assert_eq!(local.expect(202, "POST", &commit, None), *body);
        }
        Shape::CreateAddOn => {
            let parent = json!({ "id": body["applicationIds"][0] });
            let local = start(&json!({ "application": parent }));
            let created = local.expect(201, "POST", "inappproducts", Some(body));
            assert_eq!(created["applications"]["value"][0]["id"], body["applicationIds"][0]);
            assert_eq!(created["productId"], body["productId"]);
            assert_eq!(created.get("pendingInAppProductSubmission"), None);
        }
        Shape::CreateFlight => {
            let local = start(&json!({ "application": app() }));
            let created = local.expect(201, "POST", "applications/9NBLGGH4R315/flights", Some(body));
            assert_eq!(created["friendlyName"], body["friendlyName"]);
            assert_eq!(created["groupIds"], json!(["0"]));
            assert_eq!(created["rankHigherThan"], "Non-flighted submission");
        }
        Shape::Update(of) => update_is_answered(name, of, body, folder),
        Shape::Error => error_is_said(name, body),
        resource => assert!(resource_comes_back(resource, body), "{name} is of no shape"),
    }
}

/// An update is sent to the draft that the folder has of the same kind.
fn update_is_answered(name: &str, of: Of, body: &Value, folder: &Folder) {
    let draft = match of {
        Of::App => "get-an-app-submission-response.json",
        Of::AddOn => "get-an-add-on-submission-response.json",
        Of::Flight => "get-a-flight-submission-response.json",
    };
    let (_, draft) = folder.iter().find(|(name, _)| name.ends_with(draft)).expect("the folder has a draft");
    let local = start(&seed_of(of, "pending", draft));
    let path = format!("{}/submissions/{}", path_of(of), draft["id"].as_str().unwrap());
    let answer = local.call("PUT", &path, Some(body));
    if of == Of::App {
        // The samples leave the existing package out, which the service does not let pass.
        assert_eq!(answer.status, 400, "{name}: {}", answer.text());
        let id = draft["applicationPackages"][0]["id"].as_str().unwrap();
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.ends_with(&format!("The following packages are missing in your update: {id}")),
            "{message}"
        );
        return;
    }
    assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    let stored = local.get(&path);
    assert_eq!(answer.json(), stored);
    for unknown in ["iapId", "sbSchema", "somethingElse"] {
        assert_eq!(stored.get(unknown), None, "{name}: {unknown}");
    }
}

/// Errors that nothing in the sandbox leads to.
const NEVER_SAID: &[&str] = &["error-503-account-service.json"];

/// The sandbox refuses in the words of the service.
fn error_is_said(name: &str, body: &Value) {
    if NEVER_SAID.contains(&name) {
        return;
    }
    let says_the_same = |said: &Value| {
        body.as_object().unwrap().iter().all(|(member, value)| {
            match (value.as_str(), said[member].as_str()) {
                (Some(value), Some(said)) => wording(value) == wording(said),
                _ => *value == said[member],
            }
        })
    };
    let said = refusals();
    assert!(said.iter().any(says_the_same), "{name} is not among {said:#?}");
}

/// A message without what differs from case to case: numbers, and names in parentheses.
fn wording(message: &str) -> String {
    let mut parentheses = 0;
    let mut text = String::new();
    for letter in message.chars() {
        match letter {
            '(' => parentheses += 1,
            ')' => parentheses -= 1,
            _ if parentheses > 0 || letter.is_ascii_digit() => {}
            _ => text.push(letter),
        }
    }
    text
}

/// Every refusal that can be brought about.
fn refusals() -> Vec<Value> {
    let mut seed = things::account();
    seed["rules"]["requestsPerMinute"] = 18.into();
    seed["applications"][0]["addOns"] = json!([{ "addOn": { "id": "9PADDON" } }]);
    let more = json!([
        { "application": { "id": "9PUNSUPPORTED" }, "unsupported": true },
        { "application": { "id": "9PPORTAL" }, "pending": { "id": "7", "status": "PendingCommit" } },
        { "application": { "id": "9PBUSY" }, "pending": { "id": "8", "status": "Certification", "fileUploadUrl": "x" } },
    ]);
    seed["applications"].as_array_mut().unwrap().extend(more.as_array().unwrap().clone());
    let local = Local::start(&seed);
    let app = format!("applications/{}", things::APP);
    let created = local.expect(201, "POST", &format!("{app}/submissions"), None);
    let draft = format!("{app}/submissions/{}", created["id"].as_str().unwrap());
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut body = created.clone();
        change(&mut body);
        body
    };
    let no_listings = changed(&|body| body["listings"] = json!({}));
    let base_price = changed(&|body| body["pricing"]["priceId"] = "Base".into());
    let no_packages = changed(&|body| body["applicationPackages"] = json!([]));
    let no_image_id = changed(&|body| {
        let images = &mut body["listings"]["en-us"]["baseListing"]["images"];
        images[0].as_object_mut().unwrap().remove("id");
    });
    let calls: Vec<(&str, String, Option<&Value>)> = vec![
        ("PUT", draft.clone(), Some(&no_listings)),
        ("PUT", draft.clone(), Some(&base_price)),
        ("PUT", draft.clone(), Some(&no_packages)),
        ("PUT", draft.clone(), Some(&no_image_id)),
        ("DELETE", format!("{app}/submissions/404"), None),
        ("POST", format!("{app}/submissions"), None),
        ("GET", "applications/9PUNSUPPORTED".into(), None),
        ("DELETE", "applications/9PPORTAL/submissions/7".into(), None),
        ("DELETE", "applications/9PBUSY/submissions/8".into(), None),
        ("GET", "applications/12345Northwind.HarborNotes".into(), None),
    ];
    let mut said: Vec<Value> =
        calls.iter().map(|(method, path, body)| local.call(method, path, *body).json()).collect();
    let placeholder = json!({});
    said.push(local.call("POST", "inappproducts/9PADDON/submissions", Some(&placeholder)).json());
    while said.last().is_some_and(|last| last["statusCode"] != 429) {
        said.push(local.call("GET", "applications", None).json());
        assert!(said.len() < 30, "there is no limit");
    }
    said
}

#[test]
fn own_payloads_come_back() {
    let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_ne!(number("25.0"), number("25"), "equal bodies must have equal numbers");
    let folder = read(&own());
    let mut shapes = Vec::new();
    for (name, body) in &folder {
        shapes.push(shape(name, body));
        comes_back(name, body, &folder);
    }
    for needed in [Of::App, Of::AddOn, Of::Flight] {
        assert!(shapes.contains(&Shape::Submission(needed)) && shapes.contains(&Shape::Update(needed)));
    }
    for needed in [
        Shape::App,
        Shape::Apps,
        Shape::AddOn,
        Shape::AddOns,
        Shape::AddOnsOfAnApp,
        Shape::Flight,
        Shape::Flights,
        Shape::Fragment,
        Shape::Status,
        Shape::Rollout,
        Shape::CommitAnswer,
        Shape::CreateAddOn,
        Shape::CreateFlight,
    ] {
        assert!(shapes.contains(&needed), "no fixture has the shape {needed:?}");
    }
}

#[test]
fn collected_payloads_come_back() {
    let Some(path) = std::env::var_os("STOREWARD_PAYLOADS") else {
        #[expect(clippy::print_stdout, reason = "nobody should take this for a test that ran")]
        {
            println!("skipped: STOREWARD_PAYLOADS names no folder");
        }
        return;
    };
    let folder = read(Path::new(&path));
    assert!(!folder.is_empty(), "there is no payload in {path:?}");
    for (name, body) in &folder {
        comes_back(name, body, &folder);
    }
}
