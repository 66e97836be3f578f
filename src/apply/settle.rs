//! Changes that must not be made twice.
//!
//! A call that failed ambiguously (no answer, 408, 5xx) often did its work (`microsoft/StoreBroker#123`,
//! `prof18/feed-flow`), also late. So the Store is read before a change is tried again.

use std::time::Duration;

use crate::partner_center::StoreError;

use super::error::ApplyError;
use super::work::Work;

/// How often a change is tried.
const TRIES: u32 = 3;
/// How often the Store is read after a change that is tried once.
const LOOKS: u32 = 4;

/// What may be done about a change that was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It is tried again: the service takes it once only, whoever asks.
    Try,
    /// It is not: the service would take it twice. It is looked for longer instead.
    Never,
}

impl Work<'_> {
    /// Makes a change. After an ambiguous failure, or a conflict, which may be the echo of an earlier try, `look` reads
    /// whether it was made.
    pub(super) async fn settle<T>(
        &self,
        again: Again,
        call: impl AsyncFn() -> Result<T, StoreError>,
        look: impl AsyncFn() -> Result<Option<T>, ApplyError>,
    ) -> Result<T, ApplyError> {
        let mut tries = 0;
        loop {
            let error = match call().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let is_conflict = error.status() == Some(409);
            if !error.is_ambiguous() && !is_conflict {
                return Err(error.into());
            }
            tries += 1;
            self.remark(format!("{error}; looking whether it was done"));
            let looks = if again == Again::Never && !is_conflict { LOOKS } else { 1 };
            for looked in 0..looks {
                self.pause(tries + looked).await;
                if let Some(done) = look().await? {
                    return Ok(done);
                }
            }
            if is_conflict || again == Again::Never || tries == TRIES {
                return Err(error.into());
            }
        }
    }

    /// The pause before the first, second, … look or try: 1, 2, 4, … s.
    pub(super) async fn pause(&self, number: u32) {
        let seconds = 1 << number.saturating_sub(1).min(5);
        tokio::time::sleep(self.job.connection.scaled(Duration::from_secs(seconds))).await;
    }
}
