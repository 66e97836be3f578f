//! Parts of a CI log that fold.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::render::{visible_line, without_commands};

use super::args::Global;
use super::out;
use super::settings::variable;

/// The service whose log standard error goes to.
#[derive(Debug)]
enum Service {
    /// With the word that lets it obey again, where it was told not to.
    Github(Option<String>),
    Azure,
    Gitlab,
}

/// Folds text in the log of a CI service; elsewhere it stands as it is.
#[derive(Debug)]
pub(super) struct Folds {
    service: Option<Service>,
    count: AtomicU32,
}

impl Folds {
    pub(super) fn of(global: &Global) -> Self {
        let is = |name: &str| variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let service = match () {
            () if std::io::stderr().is_terminal() => None,
            () if is("GITHUB_ACTIONS") => Some(Service::Github(global.stopped_by.clone())),
            () if is("TF_BUILD") => Some(Service::Azure),
            () if is("GITLAB_CI") => Some(Service::Gitlab),
            () => None,
        };
        Self { service, count: AtomicU32::new(0) }
    }

    /// Whether anything folds here.
    pub(super) fn fold(&self) -> bool {
        self.service.is_some()
    }

    /// Prints text below a title, all of it at once: nothing else comes in between.
    pub(super) fn print(&self, title: &str, text: &str) {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let text = without_commands(text);
        match &self.service {
            None => out::command(&text),
            Some(service) => {
                let now = jiff::Timestamp::now().as_second();
                out::command(&service.folded(&visible_line(title), &text, number, now));
            }
        }
    }
}

impl Service {
    fn folded(&self, title: &str, text: &str, number: u32, now: i64) -> String {
        match self {
            Self::Github(None) => format!("::group::{title}\n{text}::endgroup::\n"),
            Self::Github(Some(word)) => format!(
                "::{word}::\n::group::{title}\n::stop-commands::{word}\n{text}::{word}::\n::endgroup::\n::stop-commands::{word}\n"
            ),
            Self::Azure => format!("##[group]{title}\n{text}##[endgroup]\n"),
            Self::Gitlab => format!(
                "\u{1b}[0Ksection_start:{now}:storeward_{number}[collapsed=true]\r\u{1b}[0K{title}\n{text}\
                 \u{1b}[0Ksection_end:{now}:storeward_{number}\r\u{1b}[0K\n"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_folds_in_its_own_words() {
        let folded = |service: Service| service.folded("Plan", "text\n", 3, 17);
        assert_eq!(folded(Service::Github(None)), "::group::Plan\ntext\n::endgroup::\n");
        assert_eq!(
            folded(Service::Github(Some("w".to_owned()))),
            "::w::\n::group::Plan\n::stop-commands::w\ntext\n::w::\n::endgroup::\n::stop-commands::w\n",
            "what is quoted is never obeyed"
        );
        assert_eq!(folded(Service::Azure), "##[group]Plan\ntext\n##[endgroup]\n");
        assert_eq!(
            folded(Service::Gitlab),
            "\u{1b}[0Ksection_start:17:storeward_3[collapsed=true]\r\u{1b}[0KPlan\ntext\n\u{1b}[0Ksection_end:17:storeward_3\r\u{1b}[0K\n"
        );
    }
}
