//! Microsoft's own blob client, on the HTTP client of this program.

use std::sync::Arc;

use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::{AsyncRawResponse, Body, ClientOptions, HttpClient, Method, Request, Transport, Url};
use azure_storage_blob::{BlobClient, BlobClientOptions, BlockBlobClient, BlockBlobClientOptions};
use futures::TryStreamExt as _;

#[derive(Debug)]
struct Wire(reqwest::Client);

fn failed(error: reqwest::Error) -> azure_core::Error {
    azure_core::Error::with_error(azure_core::error::ErrorKind::Io, error, "the request failed")
}

#[async_trait::async_trait]
impl HttpClient for Wire {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let method = match request.method() {
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
            Method::Put => reqwest::Method::PUT,
            other => panic!("{other} is not used with blobs here"),
        };
        let mut sent = self.0.request(method, request.url().clone());
        for (name, value) in request.headers().iter() {
            sent = sent.header(name.as_str(), value.as_str());
        }
        let sent = match request.body().clone() {
            Body::Bytes(bytes) => sent.body(bytes),
            Body::SeekableStream(stream) => sent.body(reqwest::Body::wrap_stream(stream)),
        };
        let answer = sent.send().await.map_err(failed)?;
        let status = answer.status().as_u16().into();
        let headers = answer.headers().iter().map(|(name, value)| {
            let value = value.to_str().unwrap().to_owned();
            (HeaderName::from(name.as_str().to_owned()), HeaderValue::from(value))
        });
        let headers = Headers::from(headers.collect::<std::collections::HashMap<_, _>>());
        Ok(AsyncRawResponse::new(status, headers, Box::pin(answer.bytes_stream().map_err(failed))))
    }
}

fn options() -> ClientOptions {
    ClientOptions {
        transport: Some(Transport::new(Arc::new(Wire(reqwest::Client::new())))),
        ..ClientOptions::default()
    }
}

/// A client for blocks of the blob that a URL belongs to.
pub(crate) fn blocks(url: &str) -> BlockBlobClient {
    let options = BlockBlobClientOptions { client_options: options(), ..Default::default() };
    BlockBlobClient::new(Url::parse(url).unwrap(), None, Some(options)).unwrap()
}

/// A client for the blob that a URL belongs to.
pub(crate) fn blob(url: &str) -> BlobClient {
    let options = BlobClientOptions { client_options: options(), ..Default::default() };
    BlobClient::new(Url::parse(url).unwrap(), None, Some(options)).unwrap()
}
