//! A real terminal.

use std::fs::{File, OpenOptions};
use std::io::Read as _;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::json;

use super::story_of_two;

/// A terminal so many columns wide: what shows, and where a program writes.
fn terminal(columns: u16) -> (File, File) {
    let shown = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&shown).unwrap();
    unlockpt(&shown).unwrap();
    let name = ptsname(&shown, Vec::new()).unwrap();
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&shown, size).unwrap();
    let written = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    (File::from(shown), written)
}

/// What a terminal gets of an apply that looks at a status for a while.
fn seen(columns: u16, term: &str, arguments: &[&str]) -> String {
    let story = story_of_two();
    story.store.fault("hold", &json!({ "on": { "operation": "S5" }, "do": [{ "hold": "before" }] }));
    let (mut shown, written) = terminal(columns);
    let mut command = story.command(&[&["apply", "--yes"], arguments].concat());
    command.env_remove("COLUMNS").env("TERM", term).stdout(std::process::Stdio::null()).stderr(written);
    let mut child = command.spawn().unwrap();
    // Nobody but the program writes to it now.
    drop(command);
    let reader = std::thread::spawn(move || {
        let mut seen = Vec::new();
        let mut some = [0; 4096];
        // The end of a terminal is an error.
        while let Ok(count) = shown.read(&mut some) {
            seen.extend_from_slice(&some[..count]);
        }
        String::from_utf8(seen).unwrap()
    });
    story.store.held("hold");
    std::thread::sleep(std::time::Duration::from_millis(400));
    story.store.release("hold");
    assert!(child.wait().unwrap().success());
    reader.join().unwrap()
}

/// The text without what moves and colours.
fn plain(seen: &str) -> String {
    let mut plain = String::new();
    let mut rest = seen;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        let end = after.find(|c: char| c.is_ascii_alphabetic()).map_or(after.len(), |at| at + 1);
        rest = &after[end..];
    }
    plain + rest
}

#[test]
fn what_is_in_progress_changes_in_place_and_what_is_done_stays() {
    let seen = seen(100, "xterm-256color", &[]);
    assert!(
        seen.contains("\u{1b}[2K") || seen.contains("\u{1b}[K") || seen.contains("\u{1b}[1A"),
        "{seen:?}"
    );
    let text = plain(&seen);
    assert!(text.contains("app/harbor-notes  asking for the status since 0:00"), "{text:?}");
    assert_eq!(text.matches("add-on/harbor-notes/gold  done").count(), 1, "{text}");
    let redrawn = text.matches("asking for the status").count();
    assert!(redrawn <= 40, "drawn {redrawn} times");
    assert!(!text.contains("still waiting"), "the live lines say it");
}

#[test]
fn a_narrow_terminal_gets_lines_that_fit() {
    let seen = seen(46, "xterm", &[]);
    let text = plain(&seen);
    let live: Vec<&str> = text.split(['\r', '\n']).filter(|line| line.contains("asking")).collect();
    assert!(!live.is_empty(), "{text}");
    for line in live.iter().flat_map(|drawn| {
        drawn.chars().collect::<Vec<_>>().chunks(46).map(String::from_iter).collect::<Vec<_>>()
    }) {
        // Lines are filled up, one below the other; the last column stays free.
        assert!(line.starts_with("  0:0") && (line.ends_with(' ') || line.chars().count() < 46), "{line:?}");
    }
}

#[test]
fn a_terminal_that_cannot_move_gets_plain_lines() {
    let seen = seen(100, "dumb", &[]);
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
    assert!(seen.contains("app/harbor-notes  done"), "{seen}");
}

#[test]
fn who_wants_quiet_gets_it() {
    assert_eq!(seen(100, "xterm", &["--quiet"]), "");
}

#[test]
fn colours_are_none_where_none_are_wanted() {
    let seen = seen(100, "xterm", &["--color", "never"]);
    assert!(!seen.contains("\u{1b}[1m") && !seen.contains("\u{1b}[32m"), "{seen:?}");
}
