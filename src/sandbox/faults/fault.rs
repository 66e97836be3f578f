//! What a fault is: data.

use std::num::NonZeroU32;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::matching::On;
use crate::sandbox::state::Document;

/// Something that goes wrong.
///
/// Of the requests that `on` describes, the first `skip` pass; then every `every`-th meets the fault, until that was
/// `times` times.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Storeward sandbox fault")]
pub(super) struct Fault {
    /// Which requests.
    #[serde(default)]
    pub on: On,
    /// How many of them pass before the first that meets the fault.
    #[serde(default)]
    pub skip: u32,
    /// From then on every how manieth meets it.
    #[serde(default = "always_the_next")]
    pub every: NonZeroU32,
    /// How often it happens; null is for ever.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// What happens, in this order.
    #[serde(rename = "do")]
    pub acts: Vec<Act>,
}

fn always_the_next() -> NonZeroU32 {
    NonZeroU32::MIN
}

#[expect(clippy::unnecessary_wraps, reason = "is what an absent member stands for; null stands for none")]
fn once() -> Option<u32> {
    Some(1)
}

/// One thing that happens when a request meets a fault.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Act {
    /// Another answer than that of the service.
    Answer(Told),
    /// The connection is reset.
    Reset(Reset),
    /// No answer for a while. Then all goes on, unless the client has given up.
    Hang(Hang),
    /// The request is held until the admin surface releases it. Then all goes on, also when the client is gone.
    Hold(When),
    /// The access token of the request is no longer good, from this request on.
    ExpireToken,
    /// The upload URL that the request is for, or that the draft of its product has, is no longer good, from this
    /// request on.
    ExpireUpload(ExpireUpload),
    /// Members of an update, as JSON pointers, that the service does not take: they stay as they were, and the
    /// answer is that of a good update.
    Untaken(Vec<String>),
    /// Somebody else works on the product of the request at the same time.
    Meanwhile(Meanwhile),
    /// How the submission fares that the request commits.
    Course(Course),
    /// For a while after the request the service publishes the product anew, as it does when a rollout was finalized:
    /// new submissions are refused with 400, as if they had no listings.
    Republish(Millis),
}

/// Before a request is carried out, or after it, before it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum When {
    /// Nothing of the request has been carried out.
    Before,
    /// It is carried out and written down; nobody has been told.
    After,
}

/// An answer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Told {
    /// The HTTP status.
    #[schemars(range(min = 200, max = 599))]
    pub status: u16,
    /// Whether the request is carried out all the same.
    #[serde(default)]
    pub applied: Applied,
    /// The body.
    #[serde(default)]
    pub body: Body,
    /// Seconds for a `Retry-After` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Seconds that the words of a 429 name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub try_again_in: Option<u64>,
}

/// Whether a request is carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Applied {
    /// Not at all.
    #[default]
    No,
    /// Before it is answered.
    Yes,
    /// So many milliseconds after it was answered.
    Late(u64),
}

/// The body of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Body {
    /// What the surface says with this status.
    #[default]
    Words,
    /// A page of the gateway in front of it.
    Html,
    /// None.
    Empty,
    /// This JSON.
    Exactly(Value),
}

/// When a connection is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Reset {
    /// Before the request is carried out.
    Before,
    /// When half of its body has arrived. It is not carried out.
    InBody,
    /// After it was carried out, before it is answered.
    After,
    /// When half of the body of the answer was sent.
    InAnswer,
}

/// A time without an answer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Hang {
    /// Before or after the request is carried out. A client that gives up before, has asked for nothing.
    pub when: When,
    /// How long; until the client gives up when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<u64>,
}

/// A time.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Millis {
    /// How long.
    pub millis: u64,
}

/// An upload URL that is no longer good.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ExpireUpload {
    /// Whether reading the draft gives it a new one, whatever the rule `renewUploadUrl` of the seed says.
    pub renewed: bool,
}

/// What somebody else does.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Meanwhile {
    /// Before or after the request is carried out.
    pub when: When,
    /// One after the other.
    pub events: Vec<Event>,
}

/// One thing that somebody else does.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Event {
    /// Creates a draft, as the API does.
    Create,
    /// Creates a draft in the portal: it has no upload URL.
    CreateInPortal,
    /// Changes the submission in progress: a JSON merge patch (RFC 7396).
    Edit(Document),
    /// Changes the published submission: a JSON merge patch.
    EditPublished(Document),
    /// Deletes the submission in progress.
    Delete,
    /// Commits the submission in progress, which is published at once.
    Publish,
}

/// How a submission fares after its commit.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Course {
    /// The statuses that follow on `CommitStarted`, known or not; it stays in the last one. Absent: the usual ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statuses: Option<Vec<String>>,
    /// The `statusDetails.errors` that it has with the last of `statuses`.
    pub errors: Vec<Value>,
    /// The same of `warnings`.
    pub warnings: Vec<Value>,
    /// The same of `certificationReports`.
    pub certification_reports: Vec<Value>,
    /// Other packages than those that were committed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packages: Option<OldPackages>,
    /// What becomes of the submission when it is published: a JSON merge patch.
    pub published: Document,
}

/// The packages of the submission before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox) enum OldPackages {
    /// New packages are dropped when the commit is processed, and the old ones kept (`daruyanagi/XTimelineViewer#150`).
    AfterCommit,
    /// The submission shows the new packages on its way, and the old ones once it is published
    /// (`microsoft/StoreBroker#280`).
    OncePublished,
}

/// How the handling of a request ends, where a fault ends it.
pub(super) enum Ending<'a> {
    Answer(&'a Told),
    Reset(Reset),
}

impl Ending<'_> {
    pub(super) fn applied(&self) -> Applied {
        match self {
            Self::Answer(told) => told.applied,
            Self::Reset(Reset::Before | Reset::InBody) => Applied::No,
            Self::Reset(Reset::After | Reset::InAnswer) => Applied::Yes,
        }
    }
}

/// A time without an answer.
pub(super) enum Pause {
    Hold,
    Hang(Option<Duration>),
}

impl Fault {
    /// How it ends the handling of a request, if it does.
    pub(super) fn ending(&self) -> Option<Ending<'_>> {
        self.acts.iter().find_map(ending)
    }

    /// Where it lets a request wait.
    pub(super) fn pauses(&self, at: When) -> impl Iterator<Item = Pause> {
        self.acts.iter().filter_map(move |act| match act {
            Act::Hold(when) if *when == at => Some(Pause::Hold),
            Act::Hang(Hang { when, millis }) if *when == at => {
                Some(Pause::Hang(millis.map(Duration::from_millis)))
            }
            _ => None,
        })
    }

    /// Everything by which it contradicts itself.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.acts.is_empty() {
            found.push("`do` says nothing".to_owned());
        }
        if self.acts.iter().filter_map(ending).count() > 1 {
            found.push("`do` ends a request twice; give one `answer` or `reset`".to_owned());
        }
        found.extend(self.acts.iter().filter_map(Act::mistake));
        found
    }
}

fn ending(act: &Act) -> Option<Ending<'_>> {
    match act {
        Act::Answer(told) => Some(Ending::Answer(told)),
        Act::Reset(reset) => Some(Ending::Reset(*reset)),
        _ => None,
    }
}

impl Act {
    fn mistake(&self) -> Option<String> {
        match self {
            Self::Answer(told) if !(200..=599).contains(&told.status) => {
                Some(format!("`status` {} is none of 200 to 599", told.status))
            }
            Self::Answer(told) if told.status < 400 && told.body == Body::Words => {
                Some(format!("with `status` {} there are no words; give another `body`", told.status))
            }
            Self::Answer(told)
                if told.try_again_in.is_some() && (told.status != 429 || told.body != Body::Words) =>
            {
                Some("`tryAgainIn` is for the words of a 429".to_owned())
            }
            Self::Untaken(pointers) => {
                let bad = pointers.iter().find(|pointer| !pointer.starts_with('/'))?;
                Some(format!("`{bad}` is no JSON pointer to a member; it begins with `/`"))
            }
            Self::Meanwhile(Meanwhile { events, .. }) if events.is_empty() => {
                Some("`events` says nothing".to_owned())
            }
            _ => None,
        }
    }
}
