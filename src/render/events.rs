//! The events of an apply as plain lines.

use std::collections::HashMap;
use std::time::Duration;

use crate::apply::{Event, Why};
use crate::plan::StepKind;

use super::bytes;
use super::hygiene::visible_line;
use super::page::{BOLD, DIM, GREEN, Line, Look, PLAIN, Page, RED, YELLOW};
use super::standing::{clock, time_of_day};

/// Turns events into lines, each with the time since the start.
#[derive(Debug)]
pub struct EventLines {
    look: Look,
    /// The last tenth of each upload that was told.
    tenths: HashMap<String, u64>,
    /// Until when the Store asked for a pause that was told: every resource hears of it.
    pause: String,
}

impl EventLines {
    /// Lines that look like this.
    pub fn new(look: Look) -> Self {
        Self { look, tenths: HashMap::new(), pause: String::new() }
    }

    /// The line for an event, `elapsed` after the start; `None` where there is nothing new to say.
    pub fn line(&mut self, event: &Event, elapsed: Duration) -> Option<String> {
        let (address, line) = match event {
            Event::Step { address, step, detail } => {
                let verb = verb(*step)?;
                let detail = if *step == StepKind::Upload {
                    String::new()
                } else {
                    format!("  {}", visible_line(detail))
                };
                (address, Line::new(BOLD, verb).and(PLAIN, detail))
            }
            Event::Draft { address, submission, adopted, .. } => {
                let word = if *adopted { "draft taken up" } else { "draft made" };
                (
                    address,
                    Line::new(PLAIN, format!("         {word}: submission {}", visible_line(submission))),
                )
            }
            Event::Uploaded { address, bytes: sent, of } => {
                let tenth = if *of == 0 { 10 } else { sent * 10 / of };
                let told = self.tenths.entry(address.clone()).or_insert(0);
                if tenth <= *told {
                    return None;
                }
                *told = tenth;
                let words = format!("         {} of {} ({}0 %)", bytes(*sent), bytes(*of), tenth);
                (address, Line::new(DIM, words.replace("(00 %)", "(0 %)")))
            }
            Event::Status { address, submission, status } => (
                address,
                Line::new(GREEN, "status ")
                    .and(PLAIN, format!("  {}", visible_line(status.as_str())))
                    .and(DIM, format!("  submission {}", visible_line(submission))),
            ),
            Event::Waiting { address, why, until } => match why {
                // The lines of a status say it, and that of a long silence.
                Why::Status { .. } => return None,
                Why::Busy { detail, .. } => {
                    let words = format!("  {}", visible_line(detail));
                    (address, Line::new(YELLOW, "waiting").and(PLAIN, words))
                }
                Why::Throttled => {
                    let until = time_of_day(until);
                    if self.pause == until {
                        return None;
                    }
                    until.clone_into(&mut self.pause);
                    let words = format!("  the Store asks for a pause; all calls wait until {until}Z");
                    (address, Line::new(YELLOW, "waiting").and(PLAIN, words))
                }
                Why::Retry { message, .. } => {
                    let words = format!("  {}; again at {}Z", visible_line(message), time_of_day(until));
                    (address, Line::new(YELLOW, "again  ").and(PLAIN, words))
                }
            },
            Event::Done { address, submission, status, .. } => {
                let words = match (submission, status) {
                    (Some(submission), Some(status)) => format!(
                        "  submission {} is {}",
                        visible_line(submission),
                        visible_line(status.as_str())
                    ),
                    _ => String::new(),
                };
                (address, Line::new(GREEN, "done   ").and(PLAIN, words))
            }
            Event::Failed { address, message, .. } => {
                let first = message.lines().next().unwrap_or_default();
                (address, Line::new(RED, "failed ").and(PLAIN, format!("  {}", visible_line(first))))
            }
            // What is blocked is said at the end, with what can be done; the others are for programs.
            Event::Started { .. }
            | Event::Finished { .. }
            | Event::Blocked { .. }
            | Event::Changed { .. }
            | Event::Verified { .. } => return None,
            Event::Remark { address, text } => {
                (address, Line::new(YELLOW, "note   ").and(PLAIN, format!("  {}", visible_line(text))))
            }
        };
        let elapsed = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let mut page = Page::new(self.look);
        let head = Line::new(DIM, format!("{:>6}  ", clock(elapsed))).and(DIM, format!("{address}  "));
        page.line(head.join(line));
        Some(page.finish())
    }
}

/// What a step is called; `None` for steps whose outcome says it all.
fn verb(step: StepKind) -> Option<&'static str> {
    Some(match step {
        StepKind::Rollout => "rollout",
        StepKind::Create => "create ",
        StepKind::Delete => "delete ",
        StepKind::Discard => "discard",
        StepKind::Clone => "clone  ",
        StepKind::Check => "check  ",
        StepKind::Update => "update ",
        StepKind::Upload => "upload ",
        StepKind::Verify => "verify ",
        StepKind::Commit => "commit ",
        StepKind::Wait => return None,
    })
}
