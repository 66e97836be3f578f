//! Where each resource of a run stands, as its events tell.

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::{BlockerKind, StepKind};
use crate::submission::{Phase, Status};

use super::event::{Event, PackageThere, Record, Why};

/// Where each resource of a run stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    resources: Vec<Stands>,
}

/// Where a resource stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stands {
    /// How the repository calls it.
    pub address: String,
    /// Its steps so far.
    pub steps: Vec<TimedStep>,
    /// Its submission.
    pub submission: Option<String>,
    /// The name that Partner Center shows for it.
    pub name: Option<String>,
    /// What was uploaded, and of how much.
    pub uploaded: Option<(u64, u64)>,
    /// Whether the Store took the commit.
    pub committed: bool,
    /// Its status, and since when in milliseconds from the start of the run.
    pub status: Option<(Status, u64)>,
    /// What is waited for, until when, and since when in milliseconds from the start of the run.
    pub waiting: Option<(Why, String, u64)>,
    /// What was in its way, and was waited for.
    pub waited: Vec<Waited>,
    /// The calls that changed something.
    pub calls: Vec<DoneCall>,
    /// The packages of its submission, as they were read once more at the end.
    pub packages: Vec<PackageThere>,
    /// How it ended.
    pub end: Option<End>,
}

/// A step, and when it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimedStep {
    /// What was done.
    pub step: StepKind,
    /// In words.
    pub detail: String,
    /// When it began, in RFC 3339, UTC.
    pub began: String,
    /// How long it took, in milliseconds; absent where it did not come to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// Milliseconds from the start of the run.
    #[serde(skip)]
    #[schemars(skip)]
    pub since: u64,
}

/// A draft or submission that was in the way, and was waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Waited {
    /// What kind of thing.
    pub blocker: BlockerKind,
    /// Which.
    pub detail: String,
    /// When it was begun, in RFC 3339, UTC.
    pub began: String,
    /// How long it was, in milliseconds; absent where the run ended meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// Milliseconds from the start of the run.
    #[serde(skip)]
    #[schemars(skip)]
    since: u64,
}

/// A call that changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DoneCall {
    /// When it was answered, in RFC 3339, UTC.
    pub time: String,
    /// Method and path.
    pub call: String,
    /// What Microsoft's support asks for.
    pub correlation_id: String,
}

/// How a resource ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It came to the point that was asked for.
    Done {
        /// Whether this run changed something.
        sent: bool,
    },
    /// It failed.
    Failed {
        /// What kind of failure it is.
        error: &'static str,
        /// In words.
        message: String,
    },
    /// It was left alone.
    Blocked {
        /// Why.
        message: String,
    },
}

impl Standing {
    /// Takes an event in.
    pub fn hear(&mut self, record: &Record) {
        if let Some(address) = record.event.address() {
            let known = self.resources.iter().position(|stands| stands.address == address);
            let at = known.unwrap_or_else(|| {
                self.resources.push(Stands { address: address.to_owned(), ..Stands::default() });
                self.resources.len() - 1
            });
            self.resources[at].hear(record);
        }
    }

    /// A resource; `None` where nothing has happened to it yet.
    pub fn of(&self, address: &str) -> Option<&Stands> {
        self.resources.iter().find(|stands| stands.address == address)
    }

    /// Those that are being worked on, in the order in which they were begun.
    pub fn in_progress(&self) -> impl Iterator<Item = &Stands> {
        self.resources.iter().filter(|stands| stands.end.is_none())
    }

    /// All that something has happened to, in the order in which they were begun.
    pub fn all(&self) -> impl Iterator<Item = &Stands> {
        self.resources.iter()
    }
}

impl Stands {
    /// The step that was begun last.
    pub fn step(&self) -> Option<&TimedStep> {
        self.steps.last()
    }

    fn hear(&mut self, record: &Record) {
        let elapsed = record.elapsed_ms;
        if !matches!(record.event, Event::Waiting { .. }) {
            self.waiting = None;
        }
        match &record.event {
            Event::Started { .. } | Event::Finished { .. } | Event::Remark { .. } => {}
            Event::Blocked { blocker, detail, .. } => {
                self.end = Some(End::Blocked { message: format!("{blocker}: {detail}") });
            }
            Event::Step { step, detail, .. } => {
                self.end_step(elapsed);
                self.end_wait(elapsed);
                self.steps.push(TimedStep {
                    step: *step,
                    detail: detail.clone(),
                    began: record.time.clone(),
                    took_ms: None,
                    since: elapsed,
                });
            }
            Event::Draft { submission, name, .. } => {
                self.submission = Some(submission.clone());
                self.name = Some(name.clone()).filter(|name| !name.is_empty());
            }
            Event::Uploaded { bytes, of, .. } => {
                let most = self.uploaded.map_or(0, |(bytes, _)| bytes);
                self.uploaded = Some((most.max(*bytes), *of));
            }
            Event::Changed { call, correlation_id, .. } => {
                self.committed |= self.step().is_some_and(|step| step.step == StepKind::Commit);
                let time = record.time.clone();
                self.calls.push(DoneCall {
                    time,
                    call: call.clone(),
                    correlation_id: correlation_id.clone(),
                });
            }
            Event::Status { submission, status, .. } => {
                self.submission = Some(submission.clone());
                self.committed |= status.phase() != Phase::Draft;
                self.status = Some((status.clone(), elapsed));
            }
            Event::Waiting { why, until, .. } => {
                if let Why::Busy { blocker, detail } = why {
                    self.end_wait(elapsed);
                    self.waited.push(Waited {
                        blocker: *blocker,
                        detail: detail.clone(),
                        began: record.time.clone(),
                        took_ms: None,
                        since: elapsed,
                    });
                }
                let since = self.waiting.as_ref().map_or(elapsed, |(_, _, since)| *since);
                self.waiting = Some((why.clone(), until.clone(), since));
            }
            Event::Verified { packages, .. } => self.packages.clone_from(packages),
            Event::Done { sent, status, submission, .. } => {
                self.end_step(elapsed);
                self.end_wait(elapsed);
                self.submission = submission.clone().or(self.submission.take());
                self.status = status.clone().map(|status| (status, elapsed)).or(self.status.take());
                self.end = Some(End::Done { sent: *sent });
            }
            Event::Failed { error, message, submission, .. } => {
                self.end_wait(elapsed);
                self.submission = submission.clone().or(self.submission.take());
                self.end = Some(End::Failed { error, message: message.clone() });
            }
        }
    }

    fn end_wait(&mut self, elapsed: u64) {
        if let Some(last) = self.waited.last_mut() {
            last.took_ms.get_or_insert(elapsed.saturating_sub(last.since));
        }
    }

    fn end_step(&mut self, elapsed: u64) {
        if let Some(last) = self.steps.last_mut() {
            last.took_ms.get_or_insert(elapsed.saturating_sub(last.since));
        }
    }
}
