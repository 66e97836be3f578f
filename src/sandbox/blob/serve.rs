//! One request to the blob service.

use std::io::{self, Seek, SeekFrom};
use std::sync::Arc;

use axum::body::{Body, BodyDataStream};
use axum::http::header::{ACCEPT_RANGES, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use bytes::Bytes;
use tokio::io::AsyncReadExt as _;

use super::access;
use super::asked::{Asked, Condition};
use super::folder::{Blobs, Failure};
use super::receive::receive;
use super::wire::{self, Problem};
use crate::sandbox::log::Trouble;
use crate::sandbox::state::Upload;

/// Block lists are short.
const LONGEST_LIST: u64 = 16 * 1024 * 1024;

/// Answers one request. `upload` is the one that the name in the path belongs to.
pub(in crate::sandbox) async fn serve(
    blobs: &Arc<Blobs>,
    upload: Option<&Upload>,
    asked: &Asked<'_>,
    body: &mut BodyDataStream,
) -> Response<Body> {
    match answer(blobs, upload, asked, body).await {
        Ok(answer) => answer,
        Err(Failure::Problem(problem)) => problem.answer(asked.now),
        Err(Failure::Io(error)) => {
            let mut answer = Problem::internal().answer(asked.now);
            answer.extensions_mut().insert(Trouble::of(&error));
            answer
        }
    }
}

async fn answer(
    blobs: &Arc<Blobs>,
    upload: Option<&Upload>,
    asked: &Asked<'_>,
    body: &mut BodyDataStream,
) -> Result<Response<Body>, Failure> {
    // A token is for the API alone: Azure takes one beside a signature for a mistake.
    if asked.headers.contains_key(AUTHORIZATION) {
        return Err(Problem::foreign_authorization().into());
    }
    let needs = match asked.method {
        "PUT" => 'w',
        "DELETE" => 'd',
        _ => 'r',
    };
    access::check(asked.query, upload, needs, asked.now)?;
    match (asked.method, asked.query("comp")) {
        ("PUT", None) => put_blob(blobs, asked, body).await,
        ("PUT", Some("block")) => put_block(blobs, asked, body).await,
        ("PUT", Some("blocklist")) => put_block_list(blobs, asked, body).await,
        ("GET", Some("blocklist")) => get_block_list(blobs, asked).await,
        ("GET" | "HEAD", None) => get_blob(blobs, asked).await,
        ("PUT" | "GET" | "HEAD", Some(_)) => Err(Problem::invalid_query().into()),
        _ => Err(Problem::no_such_verb().into()),
    }
}

async fn put_blob(
    blobs: &Arc<Blobs>,
    asked: &Asked<'_>,
    body: &mut BodyDataStream,
) -> Result<Response<Body>, Failure> {
    match asked.header("x-ms-blob-type") {
        Some("BlockBlob") => {}
        Some(_) => return Err(Problem::invalid_header().into()),
        None => return Err(Problem::missing_header().into()),
    }
    let received = receive(blobs, asked, body, asked.limits().1).await?;
    let mut about = asked.about(asked.header("content-type"));
    about.content_md5 = about.content_md5.or_else(|| asked.header("content-md5").map(str::to_owned));
    let (name, now, condition) = (asked.name.to_owned(), asked.now, Condition::of(asked));
    let put = move |blobs: &Blobs| {
        condition.check(blobs.record(&name)?.as_ref())?;
        blobs.put_whole(&name, received.file, about, now)
    };
    let record = on_disk(blobs, put).await?;
    let mut answer = created(received.sums);
    wire::stamp(&mut answer, &record);
    Ok(answer)
}

async fn put_block(
    blobs: &Arc<Blobs>,
    asked: &Asked<'_>,
    body: &mut BodyDataStream,
) -> Result<Response<Body>, Failure> {
    let id = asked.query("blockid").ok_or(Problem::invalid_query())?.to_owned();
    let received = receive(blobs, asked, body, asked.limits().0).await?;
    let name = asked.name.to_owned();
    on_disk(blobs, move |blobs| blobs.put_block(&name, &id, received.file)).await?;
    Ok(created(received.sums))
}

async fn put_block_list(
    blobs: &Arc<Blobs>,
    asked: &Asked<'_>,
    body: &mut BodyDataStream,
) -> Result<Response<Body>, Failure> {
    let received = receive(blobs, asked, body, LONGEST_LIST).await?;
    let xml = tokio::fs::read_to_string(received.file.path()).await;
    let list = wire::read_block_list(&xml.map_err(|_| Problem::invalid_xml())?)?;
    let about = asked.about(None);
    let (name, now, condition) = (asked.name.to_owned(), asked.now, Condition::of(asked));
    let put = move |blobs: &Blobs| {
        condition.check(blobs.record(&name)?.as_ref())?;
        blobs.put_block_list(&name, &list, about, now)
    };
    let record = on_disk(blobs, put).await?;
    let mut answer = created(received.sums);
    wire::stamp(&mut answer, &record);
    Ok(answer)
}

async fn get_block_list(blobs: &Arc<Blobs>, asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let kind = asked.query("blocklisttype").unwrap_or("committed");
    if !["committed", "uncommitted", "all"].contains(&kind) {
        return Err(Problem::invalid_query().into());
    }
    let name = asked.name.to_owned();
    let (record, staged) =
        on_disk(blobs, move |blobs| Ok((blobs.record(&name)?, blobs.uncommitted(&name)?))).await?;
    if record.is_none() && staged.is_empty() {
        return Err(Problem::not_found().into());
    }
    let committed = record.as_ref().map(|record| record.blocks.as_slice()).unwrap_or_default();
    let xml = wire::block_list(
        (kind != "uncommitted").then_some(committed),
        (kind != "committed").then_some(staged.as_slice()),
    );
    let mut answer = wire::answer(200, Body::from(xml));
    let size = record.as_ref().map_or(0, |record| record.size);
    answer.headers_mut().insert("x-ms-blob-content-length", HeaderValue::from(size));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    if let Some(record) = &record {
        wire::stamp(&mut answer, record);
    }
    Ok(answer)
}

async fn get_blob(blobs: &Arc<Blobs>, asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let name = asked.name.to_owned();
    let (record, mut file) = on_disk(blobs, move |blobs| {
        let record = blobs.record(&name)?.ok_or(Problem::not_found())?;
        let file = blobs.open_content(&name, &record)?;
        Ok((record, file))
    })
    .await?;
    Condition::of(asked).check(Some(&record))?;
    let range = asked.header("x-ms-range").or(asked.header("range"));
    let (start, end) = match range {
        Some(range) => part(range, record.size).ok_or(Problem::invalid_range())?,
        None => (0, record.size),
    };
    let content = if asked.method == "HEAD" {
        Body::empty()
    } else {
        file.seek(SeekFrom::Start(start))?;
        Body::from_stream(chunks(file, end - start))
    };
    let mut answer = wire::answer(if range.is_some() { 206 } else { 200 }, content);
    wire::stamp(&mut answer, &record);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(end - start));
    headers.insert(CONTENT_TYPE, wire::value(&record.about.content_type));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert("x-ms-blob-type", HeaderValue::from_static("BlockBlob"));
    headers.insert("x-ms-lease-state", HeaderValue::from_static("available"));
    headers.insert("x-ms-lease-status", HeaderValue::from_static("unlocked"));
    headers.insert("x-ms-server-encrypted", HeaderValue::from_static("true"));
    if range.is_some() {
        let span = format!("bytes {start}-{}/{}", end.saturating_sub(1), record.size);
        headers.insert(CONTENT_RANGE, wire::value(&span));
    }
    if let Some(md5) = &record.about.content_md5 {
        let name = if range.is_some() { "x-ms-blob-content-md5" } else { "content-md5" };
        headers.insert(name, wire::value(md5));
    }
    Ok(answer)
}

/// From where to where a `Range` goes; the end is not part of it.
fn part(range: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first: u64 = first.parse().ok()?;
    let end = if last.is_empty() { size } else { last.parse::<u64>().ok()?.checked_add(1)?.min(size) };
    (first < end).then_some((first, end))
}

fn created(sums: (Option<String>, Option<String>)) -> Response<Body> {
    let mut answer = wire::answer(201, Body::empty());
    let headers = answer.headers_mut();
    headers.insert("x-ms-request-server-encrypted", HeaderValue::from_static("true"));
    for (name, sum) in [("content-md5", sums.0), ("x-ms-content-crc64", sums.1)] {
        if let Some(sum) = sum {
            headers.insert(name, wire::value(&sum));
        }
    }
    answer
}

/// A file in pieces.
fn chunks(file: std::fs::File, length: u64) -> impl futures::Stream<Item = io::Result<Bytes>> {
    let file = tokio::fs::File::from_std(file).take(length);
    futures::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; 64 * 1024];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(piece), file)))
    })
}

async fn on_disk<T: Send + 'static>(
    blobs: &Arc<Blobs>,
    work: impl FnOnce(&Blobs) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let blobs = Arc::clone(blobs);
    let in_turn = move || {
        let _turn = blobs.turn();
        work(&blobs)
    };
    match tokio::task::spawn_blocking(in_turn).await {
        Ok(done) => done,
        Err(error) => Err(Failure::Io(io::Error::other(error))),
    }
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_range_is_cut_at_the_end() {
        assert_eq!(part("bytes=0-3", 10), Some((0, 4)));
        assert_eq!(part("bytes=4-", 10), Some((4, 10)));
        assert_eq!(part("bytes=4-99", 10), Some((4, 10)));
        for bad in ["bytes=10-", "bytes=5-4", "bytes=-3", "bytes=a-b", "4-5", "bytes=0-18446744073709551615x"]
        {
            assert_eq!(part(bad, 10), None, "{bad}");
        }
    }
}
