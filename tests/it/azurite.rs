//! Uploads to Azurite, a blob server that is not ours. `.ci/with-azurite cargo test --test it -- --ignored azurite`
//! installs it, starts it and runs these tests; `STOREWARD_AZURITE_MIB` says how large the package is.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;

use crate::support::azurite::{Azurite, block_list, copy, download, store_with_uploads_at};
use crate::support::crossing::Crossing;
use crate::support::process::Ended;
use crate::support::release::{MIB, PUBLISH, digest, digest_in_zip, package, story};

const BLOCK: u64 = 4 * MIB;
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

fn mib() -> u64 {
    std::env::var("STOREWARD_AZURITE_MIB").map_or(48, |mib| mib.parse().unwrap())
}

fn azurite() -> Azurite {
    Azurite::find().expect("STOREWARD_AZURITE is not set; run `.ci/with-azurite cargo test …`")
}

#[test]
#[ignore = "needs Azurite"]
fn an_upload_that_was_killed_goes_on_at_its_new_address_and_sends_no_block_again() {
    let azurite = azurite();
    let blob = uuid::Uuid::new_v4().to_string();
    let story = story();
    let package = package(&story, mib() * MIB);
    let crossing = Crossing::to(azurite.address());
    let near = Azurite::at(crossing.address.clone());
    let good = || near.upload_url(&blob, A_DAY);
    let given = Arc::new(Mutex::new(good()));
    let fetch = {
        let given = Arc::clone(&given);
        move |to: &str| copy(&given.lock().unwrap(), to)
    };
    let host = story.store.endpoints.login.trim_end_matches('/');
    let store = store_with_uploads_at(host, Arc::clone(&given), fetch);
    let apply = || -> Command {
        let mut command = story.command(PUBLISH);
        command.env("STOREWARD_API_URL", format!("{store}/v1.0/my")).env("STOREWARD_LOGIN_URL", &store);
        command
    };

    // Killed when a third of the blocks are there.
    let third = usize::try_from(mib() * MIB / BLOCK / 3).unwrap();
    crossing.hold_after(third);
    let mut client = apply().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    crossing.wait_until_held();
    client.kill().unwrap();
    client.wait().unwrap();
    crossing.drop_what_is_held();
    let first = crossing.take_blocks();
    assert!(first.iter().all(|block| block.status == 201), "{first:?}");
    let mut done: Vec<String> = first.into_iter().map(|block| block.id).collect();
    done.sort();
    assert_eq!(done.len(), third);
    let mut there: Vec<_> = block_list(&good(), "uncommitted");
    there.sort();
    assert_eq!(there.iter().map(|(id, _)| id).collect::<Vec<_>>(), done.iter().collect::<Vec<_>>());
    assert!(there.iter().all(|(_, size)| *size == BLOCK), "{there:?}");

    // A day later: the address that the draft shows is good no longer, until the client has seen it.
    *given.lock().unwrap() = near.upload_url(&blob, -SignedDuration::from_hours(1));
    let renewed = {
        let (given, good) = (Arc::clone(&given), good());
        move |status| {
            if status == 403 {
                *given.lock().unwrap() = good.clone();
            }
        }
    };
    crossing.tell(renewed);
    let ended = Ended::run(&mut apply());
    let said: Vec<&str> = ended.stderr.iter().map(|(_, line)| line.as_str()).collect();
    let said = said.join("\n");
    assert_eq!(ended.status.code(), Some(0), "{}\n{said}", ended.stdout);
    for words in ["draft taken up", "the upload address has expired; going on with a new one"] {
        assert!(said.contains(words) || ended.stdout.contains(words), "{words}: {said}");
    }
    assert!(!format!("{said}{}", ended.stdout).contains("sig="), "{said}");
    let second = crossing.take_blocks();
    assert!(second.iter().all(|block| block.status == 201 && !done.contains(&block.id)), "{second:?}");
    let committed = block_list(&good(), "committed");
    assert_eq!(done.len() + second.len(), committed.len());
    assert!(block_list(&good(), "uncommitted").is_empty());
    if let Some(peak) = ended.usage.peak_memory {
        assert!(peak < 64 * MIB, "{peak} bytes are more memory than is promised");
    }

    // What lies there is a ZIP with the package in it, and the Store took the package out of it.
    let zip = story.path("blob.zip");
    std::io::copy(&mut download(&good()), &mut File::create(&zip).unwrap()).unwrap();
    assert_eq!(fs::metadata(&zip).unwrap().len(), committed.iter().map(|(_, size)| size).sum::<u64>());
    assert_eq!(digest_in_zip(&zip), digest(&package));
    assert_eq!(story.published()["applicationPackages"][0]["version"], "1.1.0.0");
}
