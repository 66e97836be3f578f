//! Following a committed submission to the point that was asked for.

use std::time::Duration;

use tokio::time::Instant;

use crate::partner_center::{Connection, Reader, StatusReport, StoreError};
use crate::submission::{Phase, Status};

use super::error::ApplyError;
use super::event::Event;

/// How far to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

/// Follows the status of a committed submission. `timeout` is in real time, like every wait.
pub(super) async fn follow(
    connection: &Connection,
    reader: &Reader,
    (address, app, submission): (&str, &str, &str),
    wait: WaitFor,
    timeout: Option<Duration>,
    emit: &(dyn Fn(Event) + Sync),
) -> Result<StatusReport, ApplyError> {
    let deadline = timeout.map(|timeout| Instant::now() + connection.scaled(timeout));
    let mut last: Option<Status> = None;
    let mut pause = FIRST;
    loop {
        let report = match reader.status(app, submission).await {
            Ok(report) => report,
            Err(StoreError::Refused { status: 404, .. }) => {
                return Err(ApplyError::Gone { submission: submission.to_owned() });
            }
            Err(error) => return Err(error.into()),
        };
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
                    errors: report.errors,
                    reports: report.reports,
                });
            }
            // A draft again: the commit was lost (`mozilla-releng/scriptworker-scripts#1273`).
            Phase::Draft => {
                return Err(ApplyError::FellBack {
                    submission: submission.to_owned(),
                    errors: report.errors,
                });
            }
            _ if wait.is_reached(phase) => return Ok(report),
            _ => {}
        }
        let longest = if phase == Phase::Committing { WHILE_COMMITTING } else { AFTERWARDS };
        let next = Instant::now() + connection.scaled(pause.min(longest));
        if deadline.is_some_and(|deadline| next > deadline) {
            return Err(ApplyError::Timeout { submission: submission.to_owned(), status: report.status });
        }
        tokio::time::sleep_until(next).await;
        pause = (pause * 2).min(longest);
        last = Some(report.status);
    }
}
