//! Findings about values that several languages share: what stands below `$each`, or in a file that several of them
//! include. The place of such a finding tells nothing of the language, so the message does.

use std::collections::HashMap;

use super::Diagnostic;

/// How many languages a message names; more are counted.
const MAX_NAMED: usize = 5;

/// Keeps findings about shared values until it is known of how many languages each is true.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// The language that is looked at, and how many share the value that is looked at.
    about: Option<(String, usize)>,
    findings: Vec<(Diagnostic, Of)>,
    /// Where each finding stands in the list.
    places: HashMap<Diagnostic, usize>,
}

/// Of which languages a finding is true.
#[derive(Debug, Default)]
struct Of {
    languages: Vec<String>,
    /// How many share its place.
    sharing: usize,
}

impl Sharing {
    /// See [`Diagnostics::about`](super::Diagnostics).
    pub(super) fn about(&mut self, language: Option<&str>, sharing: usize) {
        self.about = language.filter(|_| sharing > 1).map(|language| (language.to_owned(), sharing));
    }

    /// Takes a finding that is about a shared value; gives any other back, and one for which there is no room.
    pub(super) fn take(&mut self, diagnostic: Diagnostic, room: bool) -> Result<(), Diagnostic> {
        let Some((language, sharing)) = &self.about else { return Err(diagnostic) };
        let place = match self.places.get(&diagnostic) {
            Some(known) => *known,
            None if room => {
                self.places.insert(diagnostic.clone(), self.findings.len());
                self.findings.push((diagnostic, Of::default()));
                self.findings.len() - 1
            }
            None => return Err(diagnostic),
        };
        let of = &mut self.findings[place].1;
        of.sharing = of.sharing.max(*sharing);
        if !of.languages.contains(language) {
            of.languages.push(language.clone());
        }
        Ok(())
    }

    /// How many findings are kept.
    pub(super) fn count(&self) -> usize {
        self.findings.len()
    }

    /// The findings; one that is not true of all who share its place names those of whom it is.
    pub(super) fn settle(&mut self) -> Vec<Diagnostic> {
        self.about = None;
        self.places.clear();
        let named = |(diagnostic, of): (Diagnostic, Of)| match of.words() {
            Some(languages) => {
                let message = format!("in {languages}: {}", diagnostic.message);
                Diagnostic { message, ..diagnostic }
            }
            None => diagnostic,
        };
        std::mem::take(&mut self.findings).into_iter().map(named).collect()
    }
}

impl Of {
    fn words(&self) -> Option<String> {
        if self.languages.len() >= self.sharing {
            return None;
        }
        let named: Vec<String> =
            self.languages.iter().take(MAX_NAMED).map(|own| format!("`{own}`")).collect();
        let more = self.languages.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("{}{more}", named.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::code::Code;
    use super::super::Diagnostics;
    use super::*;

    #[test]
    fn a_finding_names_its_languages_where_others_share_the_place() {
        let mut diagnostics = Diagnostics::default();
        let say = |diagnostics: &mut Diagnostics, message: &str| {
            diagnostics.push(Diagnostic::error(Code::TooLong, None, message));
        };
        for language in ["de", "en", "fr"] {
            diagnostics.about(Some(language), 3);
            say(&mut diagnostics, "all");
            diagnostics.about((language != "fr").then_some(language), 3);
            say(&mut diagnostics, if language == "fr" { "none" } else { "two" });
        }
        diagnostics.about(Some("it"), 1);
        say(&mut diagnostics, "own");
        for i in 0..7 {
            diagnostics.about(Some(&format!("l{i}")), 8);
            say(&mut diagnostics, "many");
        }
        diagnostics.settle();
        say(&mut diagnostics, "later");
        let messages: Vec<_> = diagnostics.sorted().iter().map(|said| said.message.clone()).collect();
        let many = "in `l0`, `l1`, `l2`, `l3`, `l4` and 2 more: many";
        assert_eq!(messages, ["none", "own", "all", "in `de`, `en`: two", many, "later"]);
    }
}
