//! Azurite, a blob server that is not ours, and a Store whose uploads lie there.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::plain_http::{Answer, begin, send};
use super::proxy::{Passing, proxy};

/// The account that every Azurite has, and its key, which is no secret.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const CONTAINER: &str = "ingestion";
/// The version and the permissions of the Store's own upload URLs.
const VERSION: &str = "2024-05-04";
const PERMISSIONS: &str = "rwl";

/// Where Azurite listens, as `.ci/with-azurite` tells it.
#[derive(Debug, Clone)]
pub(crate) struct Azurite(String);

impl Azurite {
    /// The one of the environment, with the container for uploads; none when there is none.
    pub(crate) fn find() -> Option<Self> {
        let found = Self(std::env::var("STOREWARD_AZURITE").ok()?.trim_end_matches('/').to_owned());
        found.make_container();
        Some(found)
    }

    pub(crate) fn address(&self) -> &str {
        &self.0
    }

    /// The one that is reached at an address; it has the container already.
    pub(crate) fn at(address: String) -> Self {
        Self(address)
    }

    fn make_container(&self) {
        let expires = written(Timestamp::now() + SignedDuration::from_hours(1));
        let fields = [ACCOUNT, "c", "b", "c", "", &expires, "", "", VERSION, "", ""];
        let signature = sign(&fields.join("\n"));
        let url = format!(
            "{}/{ACCOUNT}/{CONTAINER}?restype=container&sv={VERSION}&ss=b&srt=c&sp=c&se={expires}&sig={}",
            self.0,
            signature.replace('+', "%2B")
        );
        let made = send("PUT", &url, &[], Some(b""));
        assert!([201, 409].contains(&made.status), "{}", made.text());
    }

    /// An upload URL as the Store gives it, good for so long, with a `+` in its signature.
    pub(crate) fn upload_url(&self, blob: &str, lasts: SignedDuration) -> String {
        let until = Timestamp::now() + lasts;
        let signed = (0..1000).map(|second| {
            let expires = written(until + SignedDuration::from_secs(second));
            let resource = format!("/blob/{ACCOUNT}/{CONTAINER}/{blob}");
            let mut fields = vec![PERMISSIONS, "", &expires, &resource, "", "", "", VERSION, "b"];
            // A snapshot, an encryption scope, five headers of the answer: nothing is said of them.
            fields.resize(fields.len() + 7, "");
            let signature = sign(&fields.join("\n"));
            (expires, signature)
        });
        let (expires, signature) = signed.into_iter().find(|(_, signature)| signature.contains('+')).unwrap();
        let signature = signature.replace('/', "%2F").replace('=', "%3D");
        format!(
            "{}/{ACCOUNT}/{CONTAINER}/{blob}?sv={VERSION}&sr=b&sig={signature}&se={expires}&sp={PERMISSIONS}",
            self.0
        )
    }
}

fn written(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn sign(text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64.decode(KEY).unwrap());
    BASE64.encode(hmac::sign(&key, text.as_bytes()))
}

/// What lies at an upload URL, as it comes.
pub(crate) fn download(upload_url: &str) -> impl Read {
    let url = upload_url.replace('+', "%2B");
    let (status, length, body) = head(begin("GET", &url, &[], None).unwrap());
    assert_eq!(status, 200, "{url}");
    body.take(length)
}

/// The ids and sizes of the blocks at an upload URL; `kind` is `committed` or `uncommitted`.
pub(crate) fn block_list(upload_url: &str, kind: &str) -> Vec<(String, u64)> {
    let url = format!("{}&comp=blocklist&blocklisttype={kind}", upload_url.replace('+', "%2B"));
    let answer = send("GET", &url, &[], None);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let between = |text: &str, tag: &str| {
        let rest = text.split_once(&format!("<{tag}>")).unwrap().1;
        rest.split_once(&format!("</{tag}>")).unwrap().0.to_owned()
    };
    let blocks = text.split("<Block>").skip(1);
    blocks.map(|block| (between(block, "Name"), between(block, "Size").parse().unwrap())).collect()
}

/// Copies what lies at one upload URL to another, never holding more than a piece of it.
pub(crate) fn copy(from: &str, to: &str) {
    let (status, length, body) = head(begin("GET", &from.replace('+', "%2B"), &[], None).unwrap());
    assert_eq!(status, 200, "nothing lies there");
    let headers = [("x-ms-blob-type", "BlockBlob"), ("Content-Length", &*length.to_string())];
    let mut writer = begin("PUT", &to.replace('+', "%2B"), &headers, None).unwrap();
    io::copy(&mut body.take(length), &mut writer).unwrap();
    writer.flush().unwrap();
    assert_eq!(head(writer).0, 201);
}

/// Status, length and body of an answer that is too large to be held.
fn head(stream: TcpStream) -> (u16, u64, BufReader<TcpStream>) {
    let mut stream = BufReader::with_capacity(256 * 1024, stream);
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut length = 0;
    while !line.trim_end().is_empty() {
        line.clear();
        stream.read_line(&mut line).unwrap();
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    (status, length, stream)
}

/// A Store in front of the one at `host`, which says that uploads go to `upload_url`. Before it lets a draft be committed
/// `fetch` is told where the Store behind looks for the upload.
pub(crate) fn store_with_uploads_at(
    host: &str,
    upload_url: Arc<Mutex<String>>,
    fetch: impl Fn(&str) + Send + 'static,
) -> String {
    let mut its_own = String::new();
    let meddle = move |passing: Passing, forward: &dyn Fn(&Passing) -> Answer| {
        if passing.is("POST", "/commit") {
            fetch(&its_own);
        }
        let mut answer = forward(&passing);
        if let Ok(mut document) = serde_json::from_slice::<Value>(&answer.body)
            && let Some(Value::String(url)) = document.get_mut("fileUploadUrl")
        {
            its_own = std::mem::replace(url, upload_url.lock().unwrap().clone());
            answer.body = document.to_string().into_bytes();
        }
        answer
    };
    proxy(host, Box::new(meddle))
}
