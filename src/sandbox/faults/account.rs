//! What happens in the account, in one go with the request that meets a fault.

use std::io;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::fault::{Act, Course, Event, ExpireUpload, Fault, Meanwhile, Millis, When};
use crate::sandbox::answer::Reply;
use crate::sandbox::api::{self, Call, Desk};
use crate::sandbox::clock;
use crate::sandbox::request::{Head, Surface, blob_name};
use crate::sandbox::server::Server;
use crate::sandbox::state::{Document, Place, Submission};

/// What a fault does to the account: all of it, or nothing where the first of it cannot happen.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Deeds {
    fault: String,
    before: Vec<Deed>,
    after: Vec<Deed>,
}

#[derive(Debug, Clone)]
enum Deed {
    Event(Event),
    ExpireUpload(ExpireUpload),
    Untaken(Vec<String>),
    Course(Course),
    Republish(Millis),
}

/// What a request is about, and how it was answered, if it was.
#[derive(Clone, Copy)]
struct Subject {
    place: Option<Place>,
    status: Option<u16>,
}

impl Subject {
    fn was_good(self) -> bool {
        self.status.is_some_and(|status| status < 300)
    }
}

impl Deeds {
    pub(super) fn of(name: &str, fault: &Fault) -> Self {
        let mut deeds = Self { fault: name.to_owned(), ..Self::default() };
        for act in &fault.acts {
            match act {
                Act::Meanwhile(Meanwhile { when, events }) => {
                    let deeds = if *when == When::Before { &mut deeds.before } else { &mut deeds.after };
                    deeds.extend(events.iter().cloned().map(Deed::Event));
                }
                Act::ExpireUpload(expire) => deeds.before.push(Deed::ExpireUpload(*expire)),
                Act::Untaken(pointers) => deeds.before.push(Deed::Untaken(pointers.clone())),
                Act::Course(course) => deeds.after.push(Deed::Course(course.clone())),
                Act::Republish(time) => deeds.after.push(Deed::Republish(*time)),
                Act::Answer(_) | Act::Reset(_) | Act::Hang(_) | Act::Hold(_) | Act::ExpireToken => {}
            }
        }
        deeds
    }

    pub(in crate::sandbox) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// What happens before a request that the account has no part in. Tells whether it could.
    pub(in crate::sandbox) async fn alone_before(
        &self,
        server: &Arc<Server>,
        request: &Head,
    ) -> io::Result<bool> {
        if self.before.is_empty() {
            return Ok(true);
        }
        let (deeds, surface, path) = (self.clone(), request.surface, request.path.clone());
        let work = move |desk: &mut Desk| deeds.before(desk, product(desk, surface, &path), None);
        server.at_desk(work).await
    }

    /// What happens after it.
    pub(in crate::sandbox) async fn alone_after(
        &self,
        server: &Arc<Server>,
        request: &Head,
        status: u16,
    ) -> io::Result<bool> {
        if self.after.is_empty() {
            return Ok(true);
        }
        let (deeds, surface, path) = (self.clone(), request.surface, request.path.clone());
        let work = move |desk: &mut Desk| deeds.after(desk, product(desk, surface, &path), status);
        server.at_desk(work).await
    }

    /// Carries a call out, with what happens before and after it. Tells whether it could happen.
    pub(in crate::sandbox) fn around(&self, desk: &mut Desk, call: &mut Call) -> io::Result<(Reply, bool)> {
        let happened = self.before(desk, api::product(desk, &call.path), Some(call))?;
        let reply = api::answer(desk, call);
        let status = reply.as_ref().map_or_else(|refusal| refusal.0.status, |answer| answer.status);
        // It may no longer be there.
        let place = api::product(desk, &call.path);
        let happened = happened && self.after(desk, place, status)?;
        Ok((reply, happened))
    }

    /// What happens before a request is carried out. Tells whether it could.
    fn before(&self, desk: &mut Desk, place: Option<Place>, mut call: Option<&mut Call>) -> io::Result<bool> {
        let subject = Subject { place, status: None };
        self.all(&self.before, false, |deed| self.happens(deed, desk, subject, call.as_deref_mut()))
    }

    /// What happens after it.
    fn after(&self, desk: &mut Desk, place: Option<Place>, status: u16) -> io::Result<bool> {
        let subject = Subject { place, status: Some(status) };
        self.all(&self.after, !self.before.is_empty(), |deed| self.happens(deed, desk, subject, None))
    }

    fn all(
        &self,
        deeds: &[Deed],
        mut begun: bool,
        mut happens: impl FnMut(&Deed) -> io::Result<bool>,
    ) -> io::Result<bool> {
        for deed in deeds {
            if !happens(deed)? {
                return if begun { Err(self.half()) } else { Ok(false) };
            }
            begun = true;
        }
        Ok(true)
    }

    fn half(&self) -> io::Error {
        io::Error::other(format!("the fault `{}` has happened by half: the rest of it cannot", self.fault))
    }

    fn happens(
        &self,
        deed: &Deed,
        desk: &mut Desk,
        subject: Subject,
        call: Option<&mut Call>,
    ) -> io::Result<bool> {
        let Some(place) = subject.place else { return Ok(false) };
        let product = desk.store.product(place).id().to_owned();
        let now = desk.now;
        match deed {
            Deed::Event(event) => return happen(desk, place, event),
            Deed::ExpireUpload(ExpireUpload { renewed }) => {
                let Some(name) = pending(desk, place).and_then(|submission| submission.upload.clone()) else {
                    return Ok(false);
                };
                desk.store.edit().expire_upload(&name, now);
                desk.store.aftermath.renew(&self.fault, &name, *renewed);
            }
            Deed::Untaken(pointers) => {
                let (Some(call), Some(draft)) = (call, pending(desk, place)) else { return Ok(false) };
                return Ok(untaken(call, &draft.document, pointers).is_some());
            }
            Deed::Course(course) => {
                // Nothing else is answered like this.
                let is_commit = subject.status == Some(202);
                let committed = pending(desk, place).filter(|_| is_commit).map(|it| it.id().to_owned());
                let Some(id) = committed else { return Ok(false) };
                desk.store.aftermath.follow(&self.fault, &product, &id, course.clone());
            }
            Deed::Republish(Millis { millis }) => {
                if !subject.was_good() {
                    return Ok(false);
                }
                let time = SignedDuration::from_millis(i64::try_from(*millis).unwrap_or(i64::MAX));
                let until = now.saturating_add(time).unwrap_or(Timestamp::MAX);
                desk.store.aftermath.republish(&self.fault, &product, until);
            }
        }
        Ok(true)
    }
}

/// The product that a request is about.
fn product(desk: &Desk, surface: Surface, path: &[String]) -> Option<Place> {
    match surface {
        Surface::Api => api::product(desk, path),
        Surface::Blob => {
            let name = blob_name(path);
            let has_it = |place: &Place| {
                pending(desk, *place).is_some_and(|submission| submission.upload.as_deref() == Some(name))
            };
            desk.store.places().into_iter().find(has_it)
        }
        Surface::Login => None,
    }
}

/// The submission in progress of a product.
fn pending<'a>(desk: &'a Desk, place: Place) -> Option<&'a Submission> {
    let product = desk.store.product(place);
    product.submission(product.pending.as_deref()?)
}

/// Puts what the draft has into the place of what was sent.
fn untaken(call: &mut Call, draft: &Document, pointers: &[String]) -> Option<()> {
    let mut sent: Value = serde_json::from_slice(&call.body).ok().filter(Value::is_object)?;
    let draft = Value::Object(draft.clone());
    for pointer in pointers {
        let (parent, member) = pointer.rsplit_once('/')?;
        let parent = sent.pointer_mut(parent)?.as_object_mut()?;
        match draft.pointer(pointer) {
            Some(was) => parent.insert(member.to_owned(), was.clone()),
            None => parent.shift_remove(member),
        };
    }
    call.body = sent.to_string().into_bytes();
    Some(())
}

fn happen(desk: &mut Desk, place: Place, event: &Event) -> io::Result<bool> {
    let now = desk.now;
    let pending = pending(desk, place).map(|submission| submission.id().to_owned());
    let published = desk.store.product(place).published().map(|submission| submission.id().to_owned());
    Ok(match (event, pending, published) {
        (Event::Create, ..) => api::clone_published(desk, place).is_ok(),
        (Event::CreateInPortal, ..) => match api::clone_published(desk, place) {
            Ok(id) => {
                change(desk, place, &id, |submission| submission.upload = None);
                true
            }
            Err(_) => false,
        },
        (Event::Edit(patch), Some(id), _) | (Event::EditPublished(patch), _, Some(id)) => {
            if patch.contains_key("status") {
                let product = desk.store.product(place).id().to_owned();
                desk.store.aftermath.leave_course(&product, &id);
            }
            change(desk, place, &id, |submission| {
                let status = submission.status().to_owned();
                merge(&mut submission.document, patch);
                if submission.status() != status {
                    let status = submission.status().to_owned();
                    submission.enter(&status, now);
                }
            });
            true
        }
        (Event::Delete, Some(_), _) => {
            api::remove_pending(desk, place);
            true
        }
        (Event::Publish, Some(id), _) => {
            clock::publish_at_once(desk.store, desk.blobs, place, &id, now)?;
            true
        }
        (Event::Edit(_) | Event::EditPublished(_) | Event::Delete | Event::Publish, ..) => false,
    })
}

fn change(desk: &mut Desk, place: Place, id: &str, change: impl FnOnce(&mut Submission)) {
    if let Some(submission) = desk.store.edit().product_mut(place).submission_mut(id) {
        change(submission);
    }
}

/// Applies a JSON merge patch (RFC 7396).
pub(in crate::sandbox) fn merge(into: &mut Document, patch: &Document) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                into.shift_remove(name);
            }
            Value::Object(inner) => {
                let member = into.entry(name.clone()).or_insert(Value::Null);
                if !member.is_object() {
                    *member = Value::Object(Document::new());
                }
                if let Some(member) = member.as_object_mut() {
                    merge(member, inner);
                }
            }
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of RFC 7396, appendix A.
    #[test]
    fn patches_are_merged() {
        for (before, patch, after) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            (r"{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let read = |text: &str| serde_json::from_str::<Document>(text).unwrap();
            let mut document = read(before);
            merge(&mut document, &read(patch));
            assert_eq!(document, read(after), "{before} {patch}");
        }
    }
}
