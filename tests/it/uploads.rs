//! Uploads that are disturbed, through the real binary.

use serde_json::{Value, json};

use crate::support::plain_http::send;
use crate::support::release::{MIB, PUBLISH, package, story};
use crate::support::story::Story;

/// Some blocks of 4 MiB, and a bit of one.
const SIZE: u64 = 22 * MIB;
const BLOCKS: usize = 6;

fn fault(skip: u32, times: &Value, what: &Value) -> Value {
    json!({ "on": { "operation": "put-block" }, "skip": skip, "times": times, "do": [what] })
}

/// The paths of the blocks that were sent so far: those that arrived, and those that met a fault.
fn sent(story: &Story) -> (Vec<String>, Vec<String>) {
    let requests = story.store.requests();
    let blocks = requests.iter().filter(|request| request["path"].as_str().unwrap().contains("comp=block&"));
    let (good, bad): (Vec<&Value>, Vec<&Value>) = blocks.partition(|request| request["status"] == 201);
    let paths = |requests: Vec<&Value>| {
        requests.into_iter().map(|request| request["path"].as_str().unwrap().to_owned()).collect()
    };
    (paths(good), paths(bad))
}

fn assert_published(story: &Story) {
    assert_eq!(story.published()["applicationPackages"][0]["version"], "1.1.0.0");
}

#[test]
fn a_block_that_breaks_off_is_sent_again_and_no_other() {
    for broken in
        [json!({ "reset": "inBody" }), json!({ "reset": "after" }), json!({ "answer": { "status": 503 } })]
    {
        let story = story();
        package(&story, SIZE);
        story.store.fault("broken", &fault(2, &json!(2), &broken));
        story.run(PUBLISH).ended(0);
        assert_eq!(story.store.fired("broken"), 2);
        let (good, bad) = sent(&story);
        assert_eq!((good.len(), bad.len()), (BLOCKS, 2), "{broken}");
        assert_published(&story);
    }
}

#[test]
fn an_upload_that_broke_off_goes_on_where_it_stopped() {
    let story = story();
    package(&story, SIZE);
    // Four travel at a time: when the last is refused at least two have arrived; what was still under way need not.
    story.store.fault("broken", &fault(5, &Value::Null, &json!({ "answer": { "status": 400 } })));
    story.run(PUBLISH).ended(1).says("the storage service refused a block: 400");
    story.store.heal("broken");
    let (first, _) = sent(&story);
    assert!((2..BLOCKS).contains(&first.len()), "{first:?}");
    story.run(PUBLISH).ended(0).says("draft taken up");
    let (all, _) = sent(&story);
    let mut different = all.clone();
    different.sort();
    different.dedup();
    assert_eq!(all.len(), different.len(), "none twice: {all:?}");
    assert!(all.len() <= BLOCKS, "{all:?}");
    assert_published(&story);
}

#[test]
fn an_upload_goes_on_at_a_new_address_when_its_own_expires() {
    let story = story();
    package(&story, SIZE);
    story.store.fault("expired", &fault(3, &json!(1), &json!({ "expireUpload": { "renewed": true } })));
    story.run(PUBLISH).ended(0).says("the upload address has expired; going on with a new one");
    assert_eq!(story.store.fired("expired"), 1);
    assert_published(&story);
}

#[test]
fn blocks_of_another_client_are_not_in_the_way() {
    let story = story();
    package(&story, SIZE);
    story.store.fault("broken", &fault(0, &Value::Null, &json!({ "answer": { "status": 400 } })));
    story.run(PUBLISH).ended(1);
    story.store.heal("broken");
    let id = story.app()["pendingApplicationSubmission"]["id"].clone();
    let url = story.submission(id.as_str().unwrap())["fileUploadUrl"].clone();
    let url = format!("{}&comp=block&blockid=c2hvcnQ%3D", url.as_str().unwrap().replace('+', "%2B"));
    assert_eq!(send("PUT", &url, &[], Some(b"short")).status, 201);
    story.run(PUBLISH).ended(0).says("draft taken up");
    assert_published(&story);
    assert_eq!(story.published()["id"], id, "no other draft was made");
}
