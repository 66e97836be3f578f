//! Where archives are uploaded to.

use azure_storage_blob::StorageError;
use azure_storage_blob::models::{
    BlobClientGetPropertiesResultHeaders as _, BlockBlobClientStageBlockOptions,
    BlockBlobClientUploadOptions, BlockListType, BlockLookupList,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{account_with, draft, list, new_package, submissions};
use crate::support::azure;
use crate::support::local::{Local, upload};
use crate::support::plain_http::{Answer, send, split};
use crate::support::things;

/// A sandbox and the upload URL of a draft, with every `+` encoded.
fn upload_url() -> (Local, String) {
    let local = Local::start(&things::account());
    let (_, document) = draft(&local);
    let url = document["fileUploadUrl"].as_str().unwrap().replace('+', "%2B");
    (local, url)
}

fn put(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    send("PUT", url, headers, Some(body))
}

fn put_block(url: &str, id: &str, body: &[u8]) -> Answer {
    let id = STANDARD.encode(id).replace('=', "%3D");
    put(&format!("{url}&comp=block&blockid={id}"), &[], body)
}

fn put_list(url: &str, list: &[(&str, &str)]) -> Answer {
    let block = |(kind, id): &(&str, &str)| ["<", kind, ">", &STANDARD.encode(id), "</", kind, ">"].concat();
    let blocks: String = list.iter().map(block).collect();
    let xml = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BlockList>\n{blocks}\n</BlockList>");
    put(&format!("{url}&comp=blocklist"), &[("Content-Type", "application/xml")], xml.as_bytes())
}

fn get(url: &str) -> Answer {
    send("GET", url, &[], None)
}

/// Status and code of an error.
fn error(answer: &Answer) -> (u16, String) {
    let text = answer.text();
    assert!(text.starts_with("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>"), "{text}");
    let code = text.split("<Code>").nth(1).unwrap().split("</Code>").next().unwrap().to_owned();
    assert_eq!(answer.header("x-ms-error-code"), Some(code.as_str()));
    assert!(answer.header("x-ms-request-id").is_some());
    (answer.status, code)
}

#[test]
fn every_other_url_shows_a_plus_as_it_is() {
    let local = Local::start(&things::account());
    let mut plus = Vec::new();
    for _ in 0..4 {
        let (path, document) = draft(&local);
        let url = document["fileUploadUrl"].as_str().unwrap();
        plus.push(url.contains('+'));
        let plain = send("PUT", url, &[("x-ms-blob-type", "BlockBlob")], Some(b"zip"));
        if url.contains('+') {
            assert_eq!(error(&plain), (403, "AuthenticationFailed".to_owned()));
            assert!(plain.text().contains("Signature did not match"));
        } else {
            assert_eq!(plain.status, 201);
        }
        assert_eq!(upload(url, b"zip").status, 201);
        local.expect(204, "DELETE", &path, None);
    }
    assert_eq!(plus, [true, false, true, false]);
}

#[test]
fn an_upload_url_is_the_whole_credential() {
    let (local, url) = upload_url();
    let block = [("x-ms-blob-type", "BlockBlob")];
    assert_eq!(put(&url, &block, b"zip").status, 201);
    let failed = (403, "AuthenticationFailed".to_owned());
    for wrong in [
        url.replace("sp=rwl", "sp=rwdl"),
        url.replace("&sp=rwl", ""),
        url.replace("sig=", "sig=x"),
        url.replace("se=2", "se=3"),
        url.split('?').next().unwrap().to_owned(),
        url.replace("/ingestion/", "/ingestion/x"),
        url.replace("/ingestion/", "/other/"),
    ] {
        assert_eq!(error(&put(&wrong, &block, b"zip")), failed, "{wrong}");
        assert_eq!(error(&get(&wrong)), failed);
    }
    let token = format!("Bearer {}", local.token);
    let with_token = put(&url, &[block[0], ("Authorization", &token)], b"zip");
    assert_eq!(error(&with_token), (400, "InvalidAuthenticationInfo".to_owned()));
    let not_permitted = (403, "AuthorizationPermissionMismatch".to_owned());
    assert_eq!(error(&send("DELETE", &url, &[], None)), not_permitted);
    let unknown = (405, "UnsupportedHttpVerb".to_owned());
    assert_eq!(error(&send("POST", &url, &[], Some(b""))), unknown);
}

#[test]
fn an_upload_url_expires() {
    let local = Local::start(&account_with(&json!({ "uploadUrlSeconds": 0 })));
    let (path, document) = draft(&local);
    let url = document["fileUploadUrl"].as_str().unwrap();
    let expired = upload(url, b"zip");
    assert_eq!(error(&expired), (403, "AuthenticationFailed".to_owned()));
    assert!(expired.text().contains("not valid in the specified time frame"));
    assert_eq!(local.get(&path)["fileUploadUrl"], url);

    let local = Local::start(&account_with(&json!({ "uploadUrlSeconds": 1, "renewUploadUrl": true })));
    let (path, document) = draft(&local);
    let url = document["fileUploadUrl"].as_str().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1010));
    assert_eq!(upload(url, b"zip").status, 403);
    let renewed = local.get(&path)["fileUploadUrl"].as_str().unwrap().to_owned();
    assert_ne!(renewed, url);
}

#[test]
fn a_blob_is_put_whole() {
    let (_local, url) = upload_url();
    assert_eq!(error(&get(&url)), (404, "BlobNotFound".to_owned()));
    assert_eq!(error(&put(&url, &[], b"zip")), (400, "MissingRequiredHeader".to_owned()));
    assert_eq!(
        error(&put(&url, &[("x-ms-blob-type", "PageBlob")], b"zip")),
        (400, "InvalidHeaderValue".to_owned())
    );
    let block = ("x-ms-blob-type", "BlockBlob");
    assert_eq!(error(&send("PUT", &url, &[block], None)), (411, "MissingContentLengthHeader".to_owned()));
    let answer = put(&url, &[block, ("Content-Type", "application/zip")], b"first");
    assert_eq!(answer.status, 201);
    for name in ["etag", "last-modified", "x-ms-request-id", "x-ms-version"] {
        assert!(answer.header(name).is_some(), "{name}");
    }
    // The last one wins.
    assert_eq!(put(&url, &[block], b"0123456789").status, 201);
    let whole = get(&url);
    assert_eq!((whole.status, whole.text().as_str()), (200, "0123456789"));
    assert_eq!(whole.header("x-ms-blob-type"), Some("BlockBlob"));
    assert_ne!(whole.header("etag"), answer.header("etag"));
    let head = send("HEAD", &url, &[], None);
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("10"), 0));
    let part = send("GET", &url, &[("Range", "bytes=3-5")], None);
    assert_eq!((part.status, part.text().as_str()), (206, "345"));
    assert_eq!(part.header("content-range"), Some("bytes 3-5/10"));
    let beyond = send("GET", &url, &[("x-ms-range", "bytes=10-")], None);
    assert_eq!(error(&beyond), (416, "InvalidRange".to_owned()));
    let missing = send("HEAD", &url.replace("sig=", "sig=x"), &[], None);
    assert_eq!((missing.status, missing.body.len()), (403, 0));
}

#[test]
fn a_blob_is_put_in_blocks() {
    let (_local, url) = upload_url();
    for (id, body) in [("b-2", "two"), ("b-1", "one"), ("b-3", "three")] {
        assert_eq!(put_block(&url, id, body.as_bytes()).status, 201);
    }
    assert_eq!(error(&get(&url)), (404, "BlobNotFound".to_owned()));
    let of = |kind: &str| get(&format!("{url}&comp=blocklist{kind}")).text();
    let block = |id: &str, size: usize| {
        format!("<Block><Name>{}</Name><Size>{size}</Size></Block>", STANDARD.encode(id))
    };
    let staged = of("&blocklisttype=uncommitted");
    assert!(staged.ends_with(&format!(
        "<BlockList><UncommittedBlocks>{}{}{}</UncommittedBlocks></BlockList>",
        block("b-1", 3),
        block("b-2", 3),
        block("b-3", 5)
    )));
    assert_eq!(put_list(&url, &[("Latest", "b-1"), ("Uncommitted", "b-2"), ("Latest", "b-1")]).status, 201);
    assert_eq!(get(&url).text(), "onetwoone");
    // What was not listed is dropped.
    let all = of("&blocklisttype=all");
    assert!(all.contains("<UncommittedBlocks></UncommittedBlocks>"), "{all}");
    assert!(of("").ends_with(&format!(
        "<BlockList><CommittedBlocks>{}{}{}</CommittedBlocks></BlockList>",
        block("b-1", 3),
        block("b-2", 3),
        block("b-1", 3)
    )));
    // Old blocks and new ones.
    put_block(&url, "b-1", b"ONE");
    assert_eq!(put_list(&url, &[("Committed", "b-1"), ("Latest", "b-1"), ("Latest", "b-2")]).status, 201);
    assert_eq!(get(&url).text(), "oneONEtwo");
    let wrong = (400, "InvalidBlockList".to_owned());
    assert_eq!(error(&put_list(&url, &[("Uncommitted", "b-1")])), wrong);
    assert_eq!(error(&put_list(&url, &[("Latest", "b-9")])), wrong);
    assert_eq!(get(&url).text(), "oneONEtwo");
    let bad = put(&format!("{url}&comp=blocklist"), &[], b"<BlockList>");
    assert_eq!(error(&bad), (400, "InvalidXmlDocument".to_owned()));
    assert_eq!(error(&get(&format!("{url}&comp=blocklist&blocklisttype=some"))).0, 400);
}

#[test]
fn the_ids_of_blocks_have_one_length() {
    let (_local, url) = upload_url();
    assert_eq!(put_block(&url, "b-10", b"x").status, 201);
    assert_eq!(error(&put_block(&url, "b-9", b"x")), (400, "InvalidBlobOrBlock".to_owned()));
    // Committed ones do not count: another tool may upload anew.
    assert_eq!(put_list(&url, &[("Latest", "b-10")]).status, 201);
    assert_eq!(put_block(&url, "b-9", b"x").status, 201);
    let long = "x".repeat(65);
    assert_eq!(error(&put_block(&url, &long, b"x")), (400, "InvalidQueryParameterValue".to_owned()));
    assert_eq!(error(&put(&format!("{url}&comp=block&blockid=%21"), &[], b"x")).0, 400);
    assert_eq!(error(&put(&format!("{url}&comp=block"), &[], b"x")).0, 400);
}

#[test]
fn checksums_and_conditions_are_checked() {
    let (_local, url) = upload_url();
    let block = ("x-ms-blob-type", "BlockBlob");
    // Of "123456789".
    let (md5, crc64) = ("JfnnlDI7RTiF9RgfG2JNCw==", "iJh5CoYUi64=");
    assert_eq!(put(&url, &[block, ("Content-MD5", md5)], b"123456789").status, 201);
    assert_eq!(get(&url).header("content-md5"), Some(md5));
    let answer = put(&url, &[block, ("x-ms-content-crc64", crc64)], b"123456789");
    assert_eq!((answer.status, answer.header("x-ms-content-crc64")), (201, Some(crc64)));
    assert_eq!(error(&put(&url, &[block, ("Content-MD5", md5)], b"1")), (400, "Md5Mismatch".to_owned()));
    let other = put(&format!("{url}&comp=block&blockid=QQ%3D%3D"), &[("x-ms-content-crc64", crc64)], b"1");
    assert_eq!(error(&other), (400, "Crc64Mismatch".to_owned()));
    let exists = put(&url, &[block, ("If-None-Match", "*")], b"1");
    assert_eq!(error(&exists), (409, "BlobAlreadyExists".to_owned()));
    let changed = put(&url, &[block, ("If-Match", "\"0x1\"")], b"1");
    assert_eq!(error(&changed), (412, "ConditionNotMet".to_owned()));
    let etag = answer.header("etag").unwrap();
    let same = send("GET", &url, &[("If-None-Match", etag)], None);
    assert_eq!((same.status, same.body.len()), (304, 0));
    assert_eq!(put(&url, &[block, ("If-Match", etag)], b"1").status, 201);
}

#[test]
fn a_block_can_be_too_large() {
    let (_local, url) = upload_url();
    let url = format!("{url}&comp=block&blockid=QQ%3D%3D");
    let (host, target) = split(&url);
    assert!(host.starts_with("127.0.0.1:") && target.starts_with("/blob/ingestion/"));
    let five = vec![0; 5 << 20];
    let old = put(&url, &[("x-ms-version", "2014-02-14")], &five);
    assert_eq!(error(&old), (413, "RequestBodyTooLarge".to_owned()));
    assert_eq!(put(&url, &[("x-ms-version", "2026-04-06")], &five).status, 201);
    assert_eq!(put(&url, &[], &five).status, 201);
}

#[test]
fn a_body_that_breaks_off_leaves_nothing() {
    use std::io::Write as _;
    let (local, url) = upload_url();
    let (host, target) = split(&url);
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let head = format!(
        "PUT {target}&comp=block&blockid=QQ%3D%3D HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\n1234"
    );
    stream.write_all(head.as_bytes()).unwrap();
    drop(stream);
    assert_eq!(error(&get(&format!("{url}&comp=blocklist&blocklisttype=all"))).0, 404);
    assert_eq!(put_block(&url, "A", b"123456789").status, 201);
    // Nothing of it stays in the folder, either.
    let scratch = || std::fs::read_dir(local.data().join("scratch")).unwrap().count();
    let waited = std::time::Instant::now();
    while scratch() > 0 {
        assert!(waited.elapsed().as_secs() < 10, "a part of the broken body stays");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn an_archive_in_blocks_is_committed() {
    let local = Local::start(&things::account());
    let (path, mut document) = draft(&local);
    list(&mut document, "/applicationPackages").push(new_package("new.msix"));
    local.expect(200, "PUT", &path, Some(&document));
    let url = document["fileUploadUrl"].as_str().unwrap().replace('+', "%2B");
    let archive = things::zip(&[("new.msix", &things::package("2.0.0.0"))]);
    let names: Vec<String> = (0..archive.len().div_ceil(100)).map(|n| format!("{n:06}")).collect();
    for (name, piece) in names.iter().zip(archive.chunks(100)) {
        assert_eq!(put_block(&url, name, piece).status, 201);
    }
    let list: Vec<(&str, &str)> = names.iter().map(|name| ("Latest", name.as_str())).collect();
    assert_eq!(put_list(&url, &list).status, 201);
    assert_eq!(get(&url).body, archive);
    local.expect(202, "POST", &format!("{path}/commit"), None);
    local.follow(&path, &["Published"]);
    assert_eq!(local.get(&path)["applicationPackages"][1]["version"], "2.0.0.0");
    // A draft that is deleted takes its blob along.
    let (path, document) = draft(&local);
    assert!(path.starts_with(&submissions()));
    let url = document["fileUploadUrl"].as_str().unwrap().replace('+', "%2B");
    assert_eq!(upload(&url, b"zip").status, 201);
    local.expect(204, "DELETE", &path, None);
    assert_eq!(error(&get(&url)).0, 403);
}

#[test]
fn the_blob_client_of_microsoft_works() {
    let (local, url) = upload_url();
    let pieces: Vec<Vec<u8>> = (0..3).map(|n| vec![n; 70_000]).collect();
    let whole = pieces.concat();
    local.block_on(async {
        let client = azure::blocks(&url);
        for (at, piece) in pieces.iter().enumerate() {
            let id = format!("{at:08}");
            let options = BlockBlobClientStageBlockOptions::default();
            client
                .stage_block(
                    id.as_bytes(),
                    piece.len() as u64,
                    bytes::Bytes::from(piece.clone()).into(),
                    Some(options),
                )
                .await
                .unwrap();
        }
        let staged =
            client.get_block_list(BlockListType::Uncommitted, None).await.unwrap().into_model().unwrap();
        let blocks = staged.uncommitted_blocks.unwrap();
        assert_eq!(blocks.iter().map(|block| block.size.unwrap()).sum::<i64>(), 210_000);
        let names: Vec<Vec<u8>> = blocks.into_iter().map(|block| block.name.unwrap()).collect();
        let list = BlockLookupList { latest: Some(names.clone()), ..Default::default() };
        client.commit_block_list(list.try_into().unwrap(), None).await.unwrap();
        let committed = client.get_block_list(BlockListType::All, None).await.unwrap().into_model().unwrap();
        assert_eq!(committed.committed_blocks.unwrap().len(), 3);
        assert_eq!(committed.uncommitted_blocks.unwrap_or_default().len(), 0);
        let properties = azure::blob(&url).get_properties(None).await.unwrap();
        assert_eq!(properties.content_length().unwrap(), Some(210_000));
        assert!(properties.last_modified().unwrap().is_some() && properties.etag().unwrap().is_some());
    });
    assert_eq!(get(&url).body, whole);
    local.block_on(async {
        let options = BlockBlobClientUploadOptions {
            partition_size: std::num::NonZero::new(64 << 10),
            ..Default::default()
        };
        azure::blocks(&url).upload(bytes::Bytes::from(whole.clone()).into(), Some(options)).await.unwrap();
        let wrong = azure::blocks(&url.replace("sig=", "sig=x"));
        let refusal = wrong.get_block_list(BlockListType::All, None).await.err().unwrap();
        let refusal = StorageError::try_from(refusal).unwrap();
        assert_eq!(refusal.status_code, 403);
        assert_eq!(refusal.error_code.unwrap().to_string(), "AuthenticationFailed");
    });
    assert_eq!(get(&url).body, whole);
}
