//! What is answered in the place of the service.

use axum::body::Body as Content;
use axum::http::{Response, StatusCode};

use super::fault::{Body, Told};
use crate::sandbox::answer::Refusal;
use crate::sandbox::request::{Head, Surface};
use crate::sandbox::{blob, login, response};

/// The answer of a fault to a request.
pub(super) fn answer(told: &Told, request: &Head) -> Response<Content> {
    let status = response::status(told.status);
    let mut answer = match (&told.body, request.surface) {
        (Body::Empty, _) => response::plain(status),
        (Body::Html, _) => response::typed(status, "text/html; charset=us-ascii", page(status)),
        (Body::Exactly(value), _) => response::json(status, value),
        (Body::Words, Surface::Api) => {
            let refusal = Refusal::with_status(told.status, told.try_again_in);
            response::api(Err(refusal), &request.correlation)
        }
        (Body::Words, Surface::Login) => response::json(status, &login::trouble(told.status, request.at)),
        (Body::Words, Surface::Blob) => blob::trouble(told.status, request.at),
    };
    response::retry_after(&mut answer, told.retry_after);
    answer
}

fn page(status: StatusCode) -> String {
    let title = status.to_string();
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n"
    )
}
