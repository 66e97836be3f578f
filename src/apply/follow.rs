//! Following a committed submission to the point that was asked for.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;

use crate::manifest::Desired;
use crate::partner_center::{Connection, Place, Reader, StatusReport, StoreError};
use crate::submission::{Phase, Status};

use super::complaint::Complaint;
use super::error::ApplyError;
use super::event::{Event, Why};

/// How far to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaitFor {
    /// Not at all.
    None,
    /// Until the Store has taken the commit.
    Committed,
    /// Until it is certified.
    Certified,
    /// Until it is published.
    Published,
}

impl WaitFor {
    fn is_reached(self, phase: Phase) -> bool {
        match self {
            Self::None => true,
            Self::Committed => phase >= Phase::Accepted && phase != Phase::Dead,
            Self::Certified => phase >= Phase::Certified && phase != Phase::Dead,
            Self::Published => phase == Phase::Published,
        }
    }
}

const FIRST: Duration = Duration::from_secs(1);
const WHILE_COMMITTING: Duration = Duration::from_secs(30);
const AFTERWARDS: Duration = Duration::from_mins(5);
/// How long a committed submission may still show itself as a draft: no source says that the status call sees a
/// commit at once.
const SETTLING: Duration = Duration::from_secs(5);
/// How long the last question is waited for when the time is up.
const ONE_ANSWER: Duration = Duration::from_secs(30);

/// How long a service may fail to answer while a submission is followed, beside the tries of each question.
const OUTAGE: Duration = Duration::from_mins(10);

/// A committed submission that is followed.
pub(super) struct Followed<'a> {
    pub(super) connection: &'a Connection,
    pub(super) reader: &'a Reader,
    pub(super) address: &'a str,
    pub(super) place: &'a Place,
    pub(super) submission: &'a str,
    /// What its manifest owns, which errors of the Store are about.
    pub(super) desired: &'a Desired,
}

/// Follows the status of a committed submission. `timeout` is scaled like every wait of the run; one that ends beyond
/// what the clock can tell is none. The status is asked once more when the time is up; a service that does not answer, or
/// throttles, gets no more time than one that answers.
pub(super) async fn follow(
    followed: Followed<'_>,
    wait: WaitFor,
    timeout: Option<Duration>,
    emit: impl Fn(Event),
) -> Result<StatusReport, ApplyError> {
    let Followed { connection, reader, address, place, submission, desired } = followed;
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(connection.scaled(timeout)));
    let mut settled: Option<Instant> = None;
    let mut silent_since: Option<Instant> = None;
    let mut was_taken = false;
    let mut last: Option<Status> = None;
    let mut pause = FIRST;
    loop {
        let time_out = |status: Option<Status>| ApplyError::Timeout {
            submission: submission.to_owned(),
            status: status.unwrap_or_else(|| Status::new("CommitStarted")),
        };
        // Once more when the time is up, and then as long as one answer takes.
        let patience = deadline.map(|deadline| deadline.max(Instant::now() + connection.scaled(ONE_ANSWER)));
        let asked = reader.status(place, submission);
        let asked = match patience {
            Some(patience) => tokio::time::timeout_at(patience, asked).await,
            None => Ok(asked.await),
        };
        let report = match asked {
            Err(_) => return Err(time_out(last)),
            Ok(Ok(report)) => report,
            Ok(Err(StoreError::Refused { status: 404, .. })) => {
                return Err(ApplyError::Gone { submission: submission.to_owned() });
            }
            // Hours of certification outlast a bad minute of the network, or of the service.
            Ok(Err(error)) if error.passes() => {
                let now = Instant::now();
                let since = *silent_since.get_or_insert(now);
                if deadline.is_some_and(|deadline| now >= deadline) {
                    return Err(time_out(last));
                }
                if now.duration_since(since) >= connection.scaled(OUTAGE) {
                    return Err(error.into());
                }
                let next = now + connection.scaled(WHILE_COMMITTING);
                let next = deadline.map_or(next, |deadline| next.min(deadline));
                let correlation_id = error.correlation_id().map(str::to_owned);
                emit(Event::Waiting {
                    address: address.to_owned(),
                    why: Why::Retry { message: error.to_string(), correlation_id },
                    until: connection.time_of(next),
                });
                tokio::time::sleep_until(next).await;
                continue;
            }
            Ok(Err(error)) => return Err(error.into()),
        };
        silent_since = None;
        let phase = report.status.phase();
        if last.as_ref() != Some(&report.status) {
            emit(Event::Status {
                address: address.to_owned(),
                submission: submission.to_owned(),
                status: report.status.clone(),
            });
            pause = FIRST;
        }
        match phase {
            Phase::Dead => {
                return Err(ApplyError::Rejected {
                    submission: submission.to_owned(),
                    status: report.status,
                    errors: Complaint::all(report.errors, desired),
                    reports: report.reports,
                });
            }
            // A draft again: the commit was lost (`mozilla-releng/scriptworker-scripts#1273`).
            Phase::Draft => {
                let settled = *settled.get_or_insert_with(|| Instant::now() + connection.scaled(SETTLING));
                if was_taken || Instant::now() >= settled {
                    return Err(ApplyError::FellBack {
                        submission: submission.to_owned(),
                        errors: Complaint::all(report.errors, desired),
                    });
                }
            }
            _ if wait.is_reached(phase) => return Ok(report),
            _ => {}
        }
        was_taken |= phase != Phase::Draft;
        let now = Instant::now();
        if deadline.is_some_and(|deadline| now >= deadline) {
            return Err(time_out(Some(report.status)));
        }
        let longest = if phase <= Phase::Committing { WHILE_COMMITTING } else { AFTERWARDS };
        let next = now + connection.scaled(pause.min(longest));
        let next = deadline.map_or(next, |deadline| next.min(deadline));
        emit(Event::Waiting {
            address: address.to_owned(),
            why: Why::Status {
                submission: submission.to_owned(),
                status: report.status.clone(),
                wanted: wait,
            },
            until: connection.time_of(next),
        });
        tokio::time::sleep_until(next).await;
        pause = (pause * 2).min(longest);
        last = Some(report.status);
    }
}
