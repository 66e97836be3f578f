//! The answers of the API and its errors, in the words of the service.

use serde_json::{Value, json};

/// What a request to the API is answered with.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Content,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u64>,
}

/// The body of an answer.
#[derive(Debug)]
pub(super) enum Content {
    Empty,
    Json(Value),
    /// What the web server in front of the service says by itself.
    Html(&'static str),
}

/// An answer that refuses.
#[derive(Debug)]
pub(super) struct Refusal(pub Answer);

/// What a request comes to.
pub(super) type Reply = Result<Answer, Refusal>;

impl Answer {
    pub(super) fn json(status: u16, body: impl Into<Value>) -> Self {
        Self { status, body: Content::Json(body.into()), retry_after: None }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, body: Content::Empty, retry_after: None }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        refusal.0
    }
}

impl Refusal {
    /// An error of the ingestion service itself.
    fn service(status: u16, code: &str, message: &str, target: Option<&str>) -> Self {
        let mut body = json!({
            "code": code,
            "data": [],
            "details": [],
            "message": message,
            "source": "Ingestion Api",
        });
        if let Some(target) = target {
            body["target"] = target.into();
        }
        Self(Answer::json(status, body))
    }

    /// An error of the gateway in front of the service.
    fn gateway(status: u16, message: &str) -> Self {
        Self(Answer::json(status, json!({ "statusCode": status, "message": message })))
    }

    /// 400: a value that cannot be taken.
    pub(super) fn invalid(target: &str, message: impl AsRef<str>) -> Self {
        Self::service(400, "InvalidParameterValue", message.as_ref(), Some(target))
    }

    /// 400: a person's submission, which the API leaves alone (`MicrosoftDocs/windows-dev-docs#2641`; the status is
    /// quoted in `microsoft/windows-dev-center-vsts-extension#107`).
    pub(super) fn made_in_portal() -> Self {
        Self::service(
            400,
            "InvalidOperation",
            "Ingestion API can only update, delete, and commit submissions that are created through the API. \
             Please delete the current in-progress submission and create one using the API",
            Some("applicationSubmission"),
        )
    }

    /// 401: no token, or one that is no longer good (`microsoft/msstore-cli#50`).
    pub(super) fn unauthorized() -> Self {
        Self::gateway(401, "APIM: Unauthorized. Access token is missing or invalid.")
    }

    /// 404: something that does not exist.
    pub(super) fn missing(target: &str, message: &str) -> Self {
        Self::service(404, "ResourceNotFound", message, Some(target))
    }

    /// 404: a path that names nothing.
    pub(super) fn no_such_path() -> Self {
        Self::gateway(404, "Resource not found")
    }

    /// 405: a method that a path does not have.
    pub(super) fn no_such_method(method: &str) -> Self {
        let message = format!("The requested resource does not support http method '{method}'.");
        Self(Answer::json(405, json!({ "message": message })))
    }

    /// 409: not in this state.
    pub(super) fn state(target: &str, message: impl AsRef<str>) -> Self {
        Self::service(409, "InvalidState", message.as_ref(), Some(target))
    }

    /// 409 on every call for a product that uses what the API does not know (`microsoft/StoreBroker#192`).
    pub(super) fn unsupported() -> Self {
        Self::service(
            409,
            "InvalidState",
            "This application uses features that are not supported by the submission API. To perform this operation, \
             use the Dev Center dashboard.",
            None,
        )
    }

    /// 411, from the web server: a request with a body must say how long it is, also when it is empty
    /// (`MicrosoftDocs/windows-driver-docs#2732`).
    pub(super) fn length_required() -> Self {
        Self(Answer {
            status: 411,
            body: Content::Html(
                "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n\
                 <HTML><HEAD><TITLE>Length Required</TITLE></HEAD>\r\n\
                 <BODY><h2>Length Required</h2>\r\n\
                 <hr><p>HTTP Error 411. The request must be chunked or have a content length.</p>\r\n\
                 </BODY></HTML>\r\n",
            ),
            retry_after: None,
        })
    }

    /// 413: a body larger than any submission.
    pub(super) fn too_large() -> Self {
        Self::gateway(413, "Request body is too large.")
    }

    /// 429 (`microsoft/msstore-cli#125`).
    pub(super) fn throttled(seconds: u64) -> Self {
        let mut refusal =
            Self::gateway(429, &format!("Rate limit is exceeded. Try again in {seconds} seconds."));
        refusal.0.retry_after = Some(seconds);
        refusal
    }

    /// 503 (`Documentation/USAGE.md` of `microsoft/StoreBroker`).
    fn busy() -> Self {
        let message = "The service is busy. Please retry the request with an exponential back-off.";
        Self::service(503, "InvalidOperation", message, None)
    }

    /// What is said with a status, whatever was asked for. `seconds` are those that a 429 names.
    pub(super) fn with_status(status: u16, seconds: Option<u64>) -> Self {
        match status {
            400 => Self::invalid("request", "The request is invalid."),
            401 => Self::unauthorized(),
            404 => Self::no_such_path(),
            409 => Self::unsupported(),
            429 => match seconds {
                Some(seconds) => Self(Answer { retry_after: None, ..Self::throttled(seconds).0 }),
                None => Self::gateway(429, "Rate limit is exceeded."),
            },
            500 => Self::internal(),
            503 => Self::busy(),
            504 => Self::gateway(504, "The request has timed out."),
            _ => Self::gateway(status, "The request cannot be answered."),
        }
    }

    /// 500 (`MicrosoftDocs/windows-dev-docs#1887`).
    pub(super) fn internal() -> Self {
        Self(Answer::json(
            500,
            json!({
                "code": "InternalServerError",
                "data": [],
                "details": [],
                "innererror": {
                    "code": "UnknownInternalFailure",
                    "data": [],
                    "details": [],
                    "message": "The service has encountered an unknown internal server error: "
                },
                "message": "An internal server error occurred while processing the operation.",
                "source": "Ingestion Api"
            }),
        ))
    }
}
