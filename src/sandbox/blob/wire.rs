//! What Azure Storage puts on the wire.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, LAST_MODIFIED};
use axum::http::{HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use uuid::Uuid;

use super::access::VERSION;
use super::folder::{Listed, Record};

/// An error of the blob service.
#[derive(Debug)]
pub(super) struct Problem {
    status: u16,
    code: &'static str,
    message: &'static str,
    /// Why somebody is not let in.
    detail: Option<&'static str>,
}

const fn problem(status: u16, code: &'static str, message: &'static str) -> Problem {
    Problem { status, code, message, detail: None }
}

impl Problem {
    pub(super) const fn unauthenticated(detail: &'static str) -> Self {
        Self {
            detail: Some(detail),
            ..problem(
                403,
                "AuthenticationFailed",
                "Server failed to authenticate the request. Make sure the value of Authorization header is formed \
                 correctly including the signature.",
            )
        }
    }

    pub(super) const fn forbidden() -> Self {
        problem(
            403,
            "AuthorizationPermissionMismatch",
            "This request is not authorized to perform this operation using this permission.",
        )
    }

    /// A token of the API was sent along.
    pub(super) const fn foreign_authorization() -> Self {
        problem(
            400,
            "InvalidAuthenticationInfo",
            "Authentication information is not given in the correct format. Check the value of Authorization header.",
        )
    }

    pub(super) const fn not_found() -> Self {
        problem(404, "BlobNotFound", "The specified blob does not exist.")
    }

    pub(super) const fn no_such_verb() -> Self {
        problem(405, "UnsupportedHttpVerb", "The resource doesn't support specified Http Verb.")
    }

    pub(super) const fn length_required() -> Self {
        problem(411, "MissingContentLengthHeader", "The Content-Length header was not specified.")
    }

    pub(super) const fn missing_header() -> Self {
        problem(
            400,
            "MissingRequiredHeader",
            "An HTTP header that's mandatory for this request is not specified.",
        )
    }

    pub(super) const fn invalid_header() -> Self {
        problem(
            400,
            "InvalidHeaderValue",
            "The value for one of the HTTP headers is not in the correct format.",
        )
    }

    pub(super) const fn invalid_query() -> Self {
        problem(
            400,
            "InvalidQueryParameterValue",
            "Value for one of the query parameters specified in the request URI is invalid.",
        )
    }

    pub(super) const fn invalid_block() -> Self {
        problem(400, "InvalidBlobOrBlock", "The specified blob or block content is invalid.")
    }

    pub(super) const fn invalid_block_list() -> Self {
        problem(400, "InvalidBlockList", "The specified block list is invalid.")
    }

    pub(super) const fn long_block_list() -> Self {
        problem(400, "BlockListTooLong", "The block list may not contain more than 50,000 blocks.")
    }

    pub(super) const fn invalid_xml() -> Self {
        problem(400, "InvalidXmlDocument", "XML specified is not syntactically valid.")
    }

    pub(super) const fn md5_mismatch() -> Self {
        problem(
            400,
            "Md5Mismatch",
            "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
        )
    }

    pub(super) const fn crc64_mismatch() -> Self {
        problem(
            400,
            "Crc64Mismatch",
            "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.",
        )
    }

    pub(super) const fn too_large() -> Self {
        problem(
            413,
            "RequestBodyTooLarge",
            "The request body is too large and exceeds the maximum permissible limit.",
        )
    }

    pub(super) const fn already_exists() -> Self {
        problem(409, "BlobAlreadyExists", "The specified blob already exists.")
    }

    pub(super) const fn condition_not_met() -> Self {
        problem(
            412,
            "ConditionNotMet",
            "The condition specified using HTTP conditional header(s) is not met.",
        )
    }

    pub(super) const fn not_modified() -> Self {
        problem(
            304,
            "ConditionNotMet",
            "The condition specified using HTTP conditional header(s) is not met.",
        )
    }

    pub(super) const fn invalid_range() -> Self {
        problem(416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
    }

    pub(super) const fn internal() -> Self {
        problem(
            500,
            "InternalError",
            "Server encountered an internal error. Please try again after some time.",
        )
    }

    const fn busy() -> Self {
        problem(
            503,
            "ServerBusy",
            "The server is currently unable to receive requests. Please retry your request.",
        )
    }

    /// What is said with a status, whatever was asked for.
    pub(super) const fn with_status(status: u16) -> Self {
        match status {
            403 => Self::unauthenticated("Signature not valid in the specified time frame."),
            404 => Self::not_found(),
            503 => Self::busy(),
            _ => Self { status, ..Self::internal() },
        }
    }

    /// The error as an answer. Who asked with HEAD gets the headers of it alone.
    pub(super) fn answer(&self, now: Timestamp) -> Response<Body> {
        let request = Uuid::new_v4();
        let detail = self.detail.map_or_else(String::new, |detail| {
            format!("<AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail>")
        });
        let xml = format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{}</Code><Message>{}\n\
             RequestId:{request}\nTime:{now}</Message>{detail}</Error>",
            self.code, self.message
        );
        let mut answer = answer(self.status, Body::from(xml));
        let headers = answer.headers_mut();
        headers.insert("x-ms-error-code", HeaderValue::from_static(self.code));
        headers.insert("x-ms-request-id", value(&request.to_string()));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        answer
    }
}

/// An answer with the headers that every answer has.
pub(super) fn answer(status: u16, body: Body) -> Response<Body> {
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status of this module is one");
    let headers = answer.headers_mut();
    headers.insert("x-ms-request-id", value(&Uuid::new_v4().to_string()));
    headers.insert("x-ms-version", HeaderValue::from_static(VERSION));
    headers.insert("server", HeaderValue::from_static("Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0"));
    answer
}

/// Adds what tells one content of a blob from another.
pub(super) fn stamp(answer: &mut Response<Body>, record: &Record) {
    let modified = record.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    answer.headers_mut().insert(ETAG, value(&record.etag));
    answer.headers_mut().insert(LAST_MODIFIED, value(&modified));
}

/// A header value that the sandbox made or was sent in a header.
pub(super) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// A block list as `Get Block List` answers it; a list that was not asked for is left out.
pub(super) fn block_list(committed: Option<&[Listed]>, uncommitted: Option<&[Listed]>) -> String {
    let list = |name: &str, blocks: Option<&[Listed]>| {
        let Some(blocks) = blocks else {
            return String::new();
        };
        let block = |block: &Listed| {
            ["<Block><Name>", &block.id, "</Name><Size>", &block.size.to_string(), "</Size></Block>"].concat()
        };
        let blocks: String = blocks.iter().map(block).collect();
        format!("<{name}>{blocks}</{name}>")
    };
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{}{}</BlockList>",
        list("CommittedBlocks", committed),
        list("UncommittedBlocks", uncommitted)
    )
}

/// Where a block of a new list is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Committed,
    Uncommitted,
    Latest,
}

/// Reads the body of `Put Block List`.
pub(super) fn read_block_list(xml: &str) -> Result<Vec<(Source, String)>, Problem> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let mut blocks = Vec::new();
    let mut depth = 0;
    let mut source = None;
    loop {
        match reader.read_event().map_err(|_| Problem::invalid_xml())? {
            Event::Start(start) => {
                depth += 1;
                source = match (depth, start.local_name().as_ref()) {
                    (1, b"BlockList") => None,
                    (2, b"Committed") => Some(Source::Committed),
                    (2, b"Uncommitted") => Some(Source::Uncommitted),
                    (2, b"Latest") => Some(Source::Latest),
                    _ => return Err(Problem::invalid_xml()),
                };
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|_| Problem::invalid_xml())?;
                match source {
                    Some(source) => blocks.push((source, text.trim().to_owned())),
                    None if text.trim().is_empty() => {}
                    None => return Err(Problem::invalid_xml()),
                }
            }
            Event::End(_) => {
                depth -= 1;
                source = None;
            }
            Event::Eof if depth == 0 => return Ok(blocks),
            Event::Eof | Event::DocType(_) | Event::GeneralRef(_) => return Err(Problem::invalid_xml()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_list_is_read_in_order() {
        let xml = "\u{feff}<?xml version=\"1.0\"?>\n<BlockList>\n <Latest>QQ==</Latest><Committed>Qg==</Committed>\n\
                   <Uncommitted> Qw== </Uncommitted></BlockList>";
        let expected = [(Source::Latest, "QQ=="), (Source::Committed, "Qg=="), (Source::Uncommitted, "Qw==")];
        let read = read_block_list(xml).unwrap();
        assert_eq!(read.iter().map(|(s, id)| (*s, id.as_str())).collect::<Vec<_>>(), expected);
        assert!(read_block_list("<BlockList/>").unwrap().is_empty());
        for bad in [
            "<BlockList>", "<List/><x>", "<BlockList>QQ==</BlockList>", "<BlockList><Old>Q</Old></BlockList>",
        ] {
            assert!(read_block_list(bad).is_err(), "{bad}");
        }
    }
}
