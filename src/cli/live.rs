//! Lines on a terminal that change in place, one for each resource that is being worked on.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::out;
use super::settings::variable;

/// How often a second they are drawn at most.
const DRAWN_A_SECOND: u8 = 10;

/// The lines.
pub(super) struct Live {
    all: MultiProgress,
    shown: BTreeMap<String, ProgressBar>,
}

impl Live {
    /// Lines on standard error, where that is a terminal that can move its cursor.
    pub(super) fn on_stderr() -> Option<Self> {
        let can_move = variable("TERM").map_or(cfg!(windows), |terminal| terminal != "dumb");
        let draws = can_move && std::io::stderr().is_terminal();
        draws.then(|| Self::on(ProgressDrawTarget::stderr_with_hz(DRAWN_A_SECOND)))
    }

    fn on(target: ProgressDrawTarget) -> Self {
        Self { all: MultiProgress::with_draw_target(target), shown: BTreeMap::new() }
    }

    /// How wide the terminal is now.
    pub(super) fn width(or: usize) -> usize {
        terminal_size::terminal_size_of(std::io::stderr()).map_or(or, |(width, _)| usize::from(width.0))
    }

    /// Shows these lines, by what they are about, and no others.
    pub(super) fn show(&mut self, lines: &[(String, String)]) {
        let all = &self.all;
        self.shown.retain(|about, bar| {
            let stays = lines.iter().any(|(known, _)| known == about);
            if !stays {
                bar.finish_and_clear();
                all.remove(bar);
            }
            stays
        });
        for (about, line) in lines {
            let bar = self.shown.entry(about.clone()).or_insert_with(|| {
                let style = ProgressStyle::with_template("{msg}").expect("it is a template");
                all.add(ProgressBar::new_spinner().with_style(style))
            });
            if bar.message() != *line {
                bar.set_message(line.clone());
            }
        }
    }

    /// Prints text that stays, above them.
    pub(super) fn print_above(&self, text: &str) {
        self.all.suspend(|| out::progress(text));
    }
}
