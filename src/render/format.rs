//! The forms that results come in, and which of them each command has.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;

/// The form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For comments
    Markdown,
    /// Annotations of GitHub Actions
    Github,
    /// Annotations of Azure Pipelines
    Azure,
    /// A Code Quality report of GitLab
    Gitlab,
}

use Format::{Azure, Github, Gitlab, Json, Markdown, Text};

/// The forms of each command's result. ONE table: what is not in it is refused before a command starts.
const FORMS: &[(&str, &[Format])] = &[
    ("validate", &[Text, Json, Github, Azure, Gitlab]),
    ("plan", &[Text, Json, Markdown, Github, Azure, Gitlab]),
    ("drift", &[Text, Json, Markdown]),
    // A Code Quality report is compared between branches, and what an apply meets belongs to none.
    ("apply", &[Text, Json, Markdown, Github, Azure]),
    ("doctor", &[Text, Json]),
    ("status", &[Text, Json]),
    ("wait", &[Text, Json]),
    ("rollout", &[Text, Json]),
    ("discard", &[Text, Json]),
    ("init", &[Text, Json]),
    ("pull", &[Text, Json]),
    ("explain", &[Text]),
    // See `JSON_ONLY`.
    ("snapshot", &[Text, Json]),
    ("schema", &[Text, Json]),
    ("completions", &[Text]),
    ("sandbox", &[Text, Json]),
];

/// The commands whose result is JSON, whatever they are asked for: a file for it needs no form.
const JSON_ONLY: &[&str] = &["snapshot", "schema", "sandbox"];

/// The form of a file whose form is not named; `None` where it has to be.
pub fn form_of_files(command: &str) -> Option<Format> {
    JSON_ONLY.contains(&command).then_some(Json)
}

/// The forms that a command gives its result in; none for a command that does not exist.
pub fn forms_of(command: &str) -> &'static [Format] {
    FORMS.iter().find(|(name, _)| *name == command).map_or(&[], |(_, forms)| *forms)
}

impl Format {
    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Azure => "azure",
            Self::Gitlab => "gitlab",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all = Self::value_variants();
        all.iter().copied().find(|form| form.as_str() == word).ok_or_else(|| {
            let words: Vec<&str> = all.iter().map(|form| form.as_str()).collect();
            format!("there is no form `{word}`; forms are {}", words.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_help_text_and_found_again() {
        for form in Format::value_variants() {
            assert_eq!(form.to_possible_value().unwrap().get_name(), form.as_str());
            assert_eq!(form.as_str().parse(), Ok(*form));
        }
        assert!("yaml".parse::<Format>().unwrap_err().contains("text, json, markdown, github"));
    }
}
