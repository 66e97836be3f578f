//! What lasts after the request that met a fault: it is forgotten when the fault is switched off.

use std::collections::HashMap;

use jiff::Timestamp;

use super::fault::{Course, OldPackages};
use crate::sandbox::state::Document;

/// A product and its submission.
type Key = (String, String);

/// Something, and the name of the fault that it came from.
struct Of<T> {
    fault: String,
    it: T,
}

/// What faults have left behind.
#[derive(Default)]
pub(in crate::sandbox) struct Aftermath {
    courses: HashMap<Key, Of<Scripted>>,
    /// Until when products publish anew.
    republishing: HashMap<String, Of<Timestamp>>,
    /// Uploads that expired, and whether reading the draft gives them another URL.
    renewals: HashMap<String, Of<bool>>,
    /// Tokens that are no longer good, as they stand in the header.
    expired_tokens: HashMap<String, Of<()>>,
}

/// A course, and how far a submission has come on it.
struct Scripted {
    course: Course,
    taken: usize,
}

/// What follows after the usual course, or a scripted one.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Next {
    /// The usual.
    Usual,
    /// This status.
    Status(String),
    /// Nothing.
    Nothing,
}

/// The details that a submission gets with its last status.
pub(in crate::sandbox) type Details = [(&'static str, Vec<serde_json::Value>); 3];

impl Aftermath {
    /// Forgets what came from a fault.
    pub(super) fn forget(&mut self, fault: &str) {
        self.courses.retain(|_, of| of.fault != fault);
        self.republishing.retain(|_, of| of.fault != fault);
        self.renewals.retain(|_, of| of.fault != fault);
        self.expired_tokens.retain(|_, of| of.fault != fault);
    }

    pub(super) fn follow(&mut self, fault: &str, product: &str, submission: &str, course: Course) {
        let scripted = Scripted { course, taken: 0 };
        self.courses.insert(
            (product.to_owned(), submission.to_owned()),
            Of { fault: fault.to_owned(), it: scripted },
        );
    }

    /// Lets a submission go the usual way again.
    pub(in crate::sandbox) fn leave_course(&mut self, product: &str, submission: &str) {
        self.courses.remove(&(product.to_owned(), submission.to_owned()));
    }

    fn course(&self, product: &str, submission: &str) -> Option<&Scripted> {
        self.courses.get(&(product.to_owned(), submission.to_owned())).map(|of| &of.it)
    }

    /// What follows for a submission that was committed.
    pub(in crate::sandbox) fn next(&self, product: &str, submission: &str) -> Next {
        let Some(Scripted { course: Course { statuses: Some(statuses), .. }, taken }) =
            self.course(product, submission)
        else {
            return Next::Usual;
        };
        statuses.get(*taken).cloned().map_or(Next::Nothing, Next::Status)
    }

    /// Takes the next step of a course; the details that come with it, when it is the last one.
    pub(in crate::sandbox) fn step(
        &mut self,
        product: &str,
        submission: &str,
        status: &str,
    ) -> Option<Details> {
        let of = self.courses.get_mut(&(product.to_owned(), submission.to_owned()))?;
        let Scripted { course, taken } = &mut of.it;
        *taken += 1;
        let is_last = match &course.statuses {
            Some(statuses) => statuses.len() == *taken,
            None => status == "Published",
        };
        is_last.then(|| {
            [
                ("errors", course.errors.clone()),
                ("warnings", course.warnings.clone()),
                ("certificationReports", course.certification_reports.clone()),
            ]
        })
    }

    /// Whose packages a submission has from some time on, if not its own.
    pub(in crate::sandbox) fn old_packages(&self, product: &str, submission: &str) -> Option<OldPackages> {
        self.course(product, submission)?.course.packages
    }

    /// What a submission becomes when it is published.
    pub(in crate::sandbox) fn published(&self, product: &str, submission: &str) -> Option<Document> {
        Some(self.course(product, submission)?.course.published.clone())
    }

    pub(super) fn republish(&mut self, fault: &str, product: &str, until: Timestamp) {
        self.republishing.insert(product.to_owned(), Of { fault: fault.to_owned(), it: until });
    }

    /// Whether a product is being published anew.
    pub(in crate::sandbox) fn is_republishing(&self, product: &str, now: Timestamp) -> bool {
        self.republishing.get(product).is_some_and(|of| now < of.it)
    }

    pub(super) fn renew(&mut self, fault: &str, upload: &str, renewed: bool) {
        self.renewals.insert(upload.to_owned(), Of { fault: fault.to_owned(), it: renewed });
    }

    /// Whether reading a draft renews its upload URL, where a fault has a say in it.
    pub(in crate::sandbox) fn renews(&self, upload: &str) -> Option<bool> {
        self.renewals.get(upload).map(|of| of.it)
    }

    /// Takes an `Authorization` header for no longer good.
    pub(in crate::sandbox) fn expire_token(&mut self, fault: &str, authorization: &str) {
        self.expired_tokens.insert(authorization.to_owned(), Of { fault: fault.to_owned(), it: () });
    }

    /// Whether an `Authorization` header is no longer good.
    pub(in crate::sandbox) fn is_expired(&self, authorization: Option<&str>) -> bool {
        authorization.is_some_and(|authorization| self.expired_tokens.contains_key(authorization))
    }
}
