//! Live state that was read once and kept, without anything secret: for plans without a credential.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::submission::Live;

use super::look::Subject;

/// What Partner Center held of some resources at one time. It holds no upload URL, and of notes for certification a
/// digest; all else is as the service answered it, also members that Storeward does not know.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Storeward snapshot")]
pub struct Snapshot {
    /// `MAJOR.MINOR` of this format. A reader of the same major understands it.
    pub format_version: String,
    /// When the live state was read: RFC 3339, in UTC.
    pub taken_at: String,
    /// The resources that were looked for.
    resources: Vec<Kept>,
}

/// A resource and what was there of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Kept {
    /// What was looked for.
    subject: Subject,
    /// What was there.
    live: Live,
}

impl Snapshot {
    /// The version of this format.
    pub const FORMAT_VERSION: &str = "1.0";

    /// A snapshot of what was found of each subject.
    pub fn of(found: impl IntoIterator<Item = (Subject, Live)>, taken_at: String) -> Self {
        let kept = |(subject, live): (Subject, Live)| Kept { subject, live: live.without_secrets() };
        let resources = found.into_iter().map(kept).collect();
        Self { format_version: Self::FORMAT_VERSION.to_owned(), taken_at, resources }
    }

    /// What was there of a resource; `None` where it was not looked for.
    pub fn live(&self, subject: &Subject) -> Option<&Live> {
        self.resources.iter().find(|kept| kept.is(subject)).map(|kept| &kept.live)
    }
}

impl Kept {
    /// Whether this is the resource. One that was looked for by its id may be asked for by its name, and the other way
    /// round: what was there tells both.
    fn is(&self, subject: &Subject) -> bool {
        if self.subject == *subject {
            return true;
        }
        let Live::Readable(product) = &self.live else { return false };
        let is_there = |member| subject.part.is_of_kind(&self.subject.part) && subject.part.is(member);
        self.subject.app == subject.app && product.member.as_ref().is_some_and(is_there)
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::{By, Part};
    use super::*;
    use crate::submission::{LiveProduct, Member};

    fn add_on(by: By) -> Subject {
        Subject { app: "9NBLGGH4R315".to_owned(), part: Part::AddOn(by) }
    }

    fn name(name: &str) -> By {
        By::Name(name.to_owned())
    }

    #[test]
    fn a_resource_is_found_by_whatever_tells_it() {
        let there = Live::Readable(Box::new(LiveProduct {
            member: Some(Member::from_json(br#"{"id": "9NGOLD", "productId": "contoso.gold"}"#).unwrap()),
            ..LiveProduct::default()
        }));
        let not_there = Live::Readable(Box::default());
        let snapshot = Snapshot::of(
            [(add_on(name("contoso.gold")), there), (add_on(name("contoso.silver")), not_there)],
            String::new(),
        );
        for by in [name("contoso.gold"), By::Id("9NGOLD".to_owned())] {
            assert!(
                matches!(snapshot.live(&add_on(by)), Some(Live::Readable(live)) if live.member.is_some())
            );
        }
        let missing = snapshot.live(&add_on(name("contoso.silver")));
        assert!(matches!(missing, Some(Live::Readable(live)) if live.member.is_none()));
        assert!(snapshot.live(&add_on(name("contoso.bronze"))).is_none());
        let itself = Subject { app: "9NBLGGH4R315".to_owned(), part: Part::Itself };
        assert!(snapshot.live(&itself).is_none());
        let flight = Subject { part: Part::Flight(name("contoso.gold")), ..itself };
        assert!(snapshot.live(&flight).is_none());
        let elsewhere = Subject { app: "9NOTHER".to_owned(), ..add_on(name("contoso.gold")) };
        assert!(snapshot.live(&elsewhere).is_none());
    }
}
