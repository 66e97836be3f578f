//! Where the resources of a run stand, in words: while it goes on, and where it was interrupted.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::apply::{End, Standing, Stands, WaitFor, Why};
use crate::plan::StepKind;

use super::bytes;
use super::glyphs::{DOT, ELLIPSIS, drawn};
use super::hygiene::visible_line;
use super::page::{BOLD, DIM, Line, Look, PLAIN, Page};

/// The time since the start of a run, as every line of it begins: `3:07`.
pub(super) fn clock(elapsed_ms: u64) -> String {
    let seconds = elapsed_ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The time of day of an instant in RFC 3339, which the run began or ends a wait at.
pub(super) fn time_of_day(instant: &str) -> &str {
    instant.get(11..19).unwrap_or(instant)
}

/// What is being done with a resource, or waited for.
fn doing(stands: &Stands) -> String {
    let step = stands.step();
    let since = |at: u64| format!("since {}", clock(at));
    match (&stands.waiting, step) {
        (Some((Why::Busy { detail, .. }, _, at)), _) => {
            format!("waiting {}: {}", since(*at), visible_line(detail))
        }
        (Some((Why::Throttled, until, _)), _) => {
            format!("the Store asks for a pause until {}Z", time_of_day(until))
        }
        (Some((Why::Retry { message, .. }, until, _)), _) => {
            format!("trying again at {}Z: {}", time_of_day(until), visible_line(message))
        }
        (Some((Why::Status { status, wanted, .. }, until, _)), _) => {
            let (_, at) = stands.status.clone().unwrap_or_else(|| (status.clone(), 0));
            format!(
                "{} {}, {}; looking again at {}Z",
                visible_line(status.as_str()),
                since(at),
                waits_for(*wanted),
                time_of_day(until)
            )
        }
        (None, Some(step)) if step.step == StepKind::Upload => match stands.uploaded {
            Some((sent, of)) => format!(
                "upload {} % {DOT} {} of {} {DOT} {}",
                percent(sent, of),
                bytes(sent),
                bytes(of),
                since(step.since)
            ),
            None => format!("upload {}", since(step.since)),
        },
        (None, Some(step)) => format!("{} {}", at_step(step.step), since(step.since)),
        (None, None) => "begins".to_owned(),
    }
}

fn waits_for(wanted: WaitFor) -> &'static str {
    match wanted {
        WaitFor::None => "not waited for",
        WaitFor::Committed => "waiting until the commit is taken",
        WaitFor::Certified => "waiting until it is certified",
        WaitFor::Published => "waiting until it is published",
    }
}

fn percent(part: u64, of: u64) -> u64 {
    (u128::from(part) * 100)
        .checked_div(u128::from(of))
        .map_or(100, |share| u64::try_from(share).unwrap_or(100))
}

fn at_step(step: StepKind) -> &'static str {
    match step {
        StepKind::Rollout => "changing the rollout",
        StepKind::Create => "creating it",
        StepKind::Delete => "deleting it",
        StepKind::Discard => "removing a draft",
        StepKind::Clone => "making the draft",
        StepKind::Check => "checking the draft",
        StepKind::Update => "sending the draft",
        StepKind::Upload => "uploading",
        StepKind::Verify => "reading the draft back",
        StepKind::Commit => "committing",
        StepKind::Wait => "asking for the status",
    }
}

/// The line of a resource that is being worked on, which fits so many columns and has no escape in it.
pub fn live_line(stands: &Stands, elapsed_ms: u64, look: Look) -> String {
    let line = format!("{:>6}  {}  {}", clock(elapsed_ms), stands.address, doing(stands));
    cut(&line, look)
}

/// A line about the run itself, before any resource is worked on.
pub fn live_words(words: &str, elapsed_ms: u64, look: Look) -> String {
    cut(&format!("{:>6}  {words}", clock(elapsed_ms)), look)
}

/// What fits of a line. The last column stays free: some terminals begin a new line once it is used.
fn cut(line: &str, look: Look) -> String {
    let line = drawn(line, look.ascii);
    let room = look.width.saturating_sub(1);
    if line.width() <= room {
        return line;
    }
    let end = drawn(&ELLIPSIS.to_string(), look.ascii);
    let room = room.saturating_sub(end.width());
    let mut used = 0;
    let kept = line.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used <= room
    });
    kept.chain(end.chars()).take(look.width).collect()
}

/// What is said where nothing else was said for a long time: what is waited for, and since when.
pub fn still(standing: &Standing, words: Option<&str>, elapsed_ms: u64, look: Look) -> Option<String> {
    let of_each = standing.in_progress().map(|stands| format!("{}: {}", stands.address, doing(stands)));
    let each: Vec<String> = words.map(str::to_owned).into_iter().chain(of_each).collect();
    if each.is_empty() {
        return None;
    }
    let mut page = Page::new(look);
    let head = Line::new(DIM, format!("{:>6}  ", clock(elapsed_ms)));
    page.line(head.and(PLAIN, format!("still waiting  {}", each.join(&format!(" {DOT} ")))));
    Some(page.finish())
}

/// Where a resource was left by a run that was interrupted. `stands` is none where it was not begun.
pub fn left(address: &str, stands: Option<&Stands>, look: Look) -> String {
    let mut page = Page::new(look);
    page.line(Line::new(BOLD, address.to_owned()).and(PLAIN, format!(": {}", where_left(stands))));
    page.finish()
}

fn where_left(stands: Option<&Stands>) -> String {
    let Some(stands) = stands.filter(|stands| !stands.steps.is_empty() || stands.end.is_some()) else {
        return "not begun, nothing was sent".to_owned();
    };
    let submission = stands.submission.as_deref().map(visible_line);
    let submission = submission.as_deref().unwrap_or_default();
    let status = stands.status.as_ref().map(|(status, _)| visible_line(status.as_str()));
    match (&stands.end, stands.step().map(|step| step.step)) {
        (Some(End::Done { .. }), _) => match status {
            Some(status) => format!("done: submission {submission} is {status}"),
            None => "done".to_owned(),
        },
        (Some(End::Failed { message, .. }), _) => {
            format!("failed: {}", visible_line(message.lines().next().unwrap_or_default()))
        }
        (Some(End::Blocked { .. }), _) => "blocked, nothing was sent".to_owned(),
        (None, Some(StepKind::Commit)) if !stands.committed => format!(
            "the commit of submission {submission} was on its way; the next run finds out whether the Store took it"
        ),
        (None, _) if stands.committed => {
            let status = status.map(|status| format!(", last seen as {status}")).unwrap_or_default();
            format!("submission {submission} is committed{status}; the Store goes on with it by itself")
        }
        (None, step) => {
            let at = step.map(at_step).unwrap_or_default();
            let share = match (step, stands.uploaded) {
                (Some(StepKind::Upload), Some((sent, of))) => format!(" ({} %)", percent(sent, of)),
                _ => String::new(),
            };
            if submission.is_empty() {
                format!("stopped while {at}{share}; the next run finds out what the Store has done")
            } else {
                format!("stopped while {at}{share}; draft {submission} is kept, and was not committed")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::apply::{Event, Record};
    use crate::submission::Status;

    use super::*;

    fn look(width: usize, ascii: bool) -> Look {
        Look { colour: false, ascii, width }
    }

    fn heard(events: Vec<(u64, Event)>) -> Standing {
        let mut standing = Standing::default();
        for (elapsed_ms, event) in events {
            standing.hear(&Record { time: "2026-08-22T09:14:07.000Z".to_owned(), elapsed_ms, event });
        }
        standing
    }

    fn step(step: StepKind) -> Event {
        Event::Step { address: "app/東京".to_owned(), step, detail: String::new() }
    }

    fn uploading() -> Standing {
        let uploaded =
            Event::Uploaded { address: "app/東京".to_owned(), bytes: 118_200_000, of: 236_300_000 };
        heard(vec![(61_000, step(StepKind::Upload)), (62_000, uploaded)])
    }

    #[test]
    fn a_live_line_fits_and_moves_nothing() {
        let standing = uploading();
        let stands = standing.of("app/東京").unwrap();
        assert_eq!(
            live_line(stands, 75_000, look(100, false)),
            "  1:15  app/東京  upload 50 % · 118.2 MB of 236.3 MB · since 1:01"
        );
        assert_eq!(live_line(stands, 75_000, look(26, true)), "  1:15  app/東京  uplo...");
        for width in 0..90 {
            let line = live_line(stands, 75_000, look(width, false));
            assert!(line.width() <= width.max(1), "{width}: {line}");
            assert!(!line.contains(['\u{1b}', '\n', '\r']), "{line:?}");
        }
    }

    #[test]
    fn texts_of_the_store_move_nothing_either() {
        let why = Why::Retry { message: "\u{1b}[2J\n::error::x".to_owned(), correlation_id: None };
        let waiting =
            Event::Waiting { address: "app/a".to_owned(), why, until: "2026-08-22T09:14:09.000Z".to_owned() };
        let standing = heard(vec![(0, waiting)]);
        assert_eq!(
            live_line(standing.of("app/a").unwrap(), 1000, look(100, false)),
            "  0:01  app/a  trying again at 09:14:09Z: <U+001B>[2J⏎:\u{200b}:error::x"
        );
    }

    #[test]
    fn silence_is_broken_by_what_is_waited_for() {
        let status = Status::new("Certification");
        let (address, submission) = ("app/a".to_owned(), "7".to_owned());
        let seen = Event::Status {
            address: address.clone(),
            submission: submission.clone(),
            status: status.clone(),
        };
        let why = Why::Status { submission, status, wanted: WaitFor::Certified };
        let until = "2026-08-22T09:20:00.000Z".to_owned();
        let waits = Event::Waiting { address, why, until };
        let standing = heard(vec![(62_000, seen), (63_000, waits)]);
        assert_eq!(
            still(&standing, None, 183_000, look(200, true)).unwrap(),
            "  3:03  still waiting  app/a: Certification since 1:02, waiting until it is certified; looking again at 09:20:00Z\n"
        );
        assert_eq!(still(&Standing::default(), None, 0, look(100, true)), None, "nothing is waited for");
    }

    #[test]
    fn an_interrupted_run_says_where_it_stands() {
        let draft = || Event::Draft {
            address: "app/東京".to_owned(),
            submission: "7".to_owned(),
            name: String::new(),
            adopted: false,
        };
        let words = |events: Vec<Event>| {
            where_left(heard(events.into_iter().map(|event| (0, event)).collect()).of("app/東京"))
        };
        assert_eq!(where_left(None), "not begun, nothing was sent");
        assert_eq!(
            where_left(uploading().of("app/東京")),
            "stopped while uploading (50 %); the next run finds out what the Store has done"
        );
        assert_eq!(
            words(vec![step(StepKind::Clone), draft(), step(StepKind::Update)]),
            "stopped while sending the draft; draft 7 is kept, and was not committed"
        );
        assert_eq!(
            words(vec![step(StepKind::Clone), draft(), step(StepKind::Commit)]),
            "the commit of submission 7 was on its way; the next run finds out whether the Store took it"
        );
        let committed = Event::Changed {
            address: "app/東京".to_owned(),
            call: "POST x".to_owned(),
            correlation_id: "c".to_owned(),
        };
        assert_eq!(
            words(vec![draft(), step(StepKind::Commit), committed]),
            "submission 7 is committed; the Store goes on with it by itself"
        );
    }
}
