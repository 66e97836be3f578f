//! Workflow commands of GitHub Actions.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message>; the
//! escapes are those of `@actions/core` (`escapeData` and `escapeProperty` in its `command.ts`).

use crate::render::hygiene::visible_line;
use crate::render::plural;

use super::{Annotation, Level, escape};

/// GitHub keeps ten annotations of a level for each step; the last one tells of the others.
const MAX_OF_LEVEL: usize = 9;

const IN_MESSAGE: &[(char, &str)] = &[('%', "%25"), ('\r', "%0D"), ('\n', "%0A")];
const IN_PROPERTY: &[(char, &str)] =
    &[('%', "%25"), ('\r', "%0D"), ('\n', "%0A"), (':', "%3A"), (',', "%2C")];

/// One command for each annotation, and for each level one that counts those beyond what GitHub keeps and says where
/// they are: `elsewhere`.
pub fn github(annotations: &[Annotation], elsewhere: &str) -> String {
    let mut text = String::new();
    for (level, word) in [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Notice, "notice")] {
        let own: Vec<&Annotation> =
            annotations.iter().filter(|annotation| annotation.level == level).collect();
        for annotation in own.iter().take(MAX_OF_LEVEL) {
            command(&mut text, word, &properties(annotation), &annotation.words());
        }
        if let Some(more) = own.len().checked_sub(MAX_OF_LEVEL).filter(|more| *more > 0) {
            let more = plural(more, &format!("more {word}"));
            let message = format!("{more} {elsewhere}");
            command(&mut text, word, &[("title", more)], &message);
        }
    }
    text
}

fn properties(annotation: &Annotation) -> Vec<(&'static str, String)> {
    let mut properties = Vec::new();
    if let Some(at) = &annotation.at {
        properties.push(("file", visible_line(&at.file)));
        properties.push(("line", at.line.to_string()));
        properties.extend(at.end_line.map(|line| ("endLine", line.to_string())));
        // Columns are refused where the lines differ.
        if at.end_line.is_none_or(|line| line == at.line) {
            properties.push(("col", at.column.to_string()));
            properties.extend(at.end_column.map(|column| ("endColumn", column.to_string())));
        }
    }
    let title = annotation.title.map_or(String::new(), |title| format!(" {title}"));
    properties.push(("title", format!("{}{title}", visible_line(&annotation.code))));
    properties
}

fn command(text: &mut String, level: &str, properties: &[(&str, String)], message: &str) {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", escape(value, IN_PROPERTY))).collect();
    let message = escape(message, IN_MESSAGE);
    text.push_str(&format!("::{level} {}::{message}\n", properties.join(",")));
}

#[cfg(test)]
mod tests {
    use super::super::tests::annotation;
    use super::*;

    #[test]
    fn places_and_texts_are_escaped() {
        assert_eq!(
            github(&[annotation("a,b: 50%.yaml", "100 % of it: a, b")], ""),
            "::error file=a%2Cb%3A 50%25.yaml,line=6,endLine=6,col=15,endColumn=21,title=SW1203 an image of the wrong size\
             ::100 %25 of it: a, b\n"
        );
        let mut two_lines = annotation("a.yaml", "m");
        two_lines.at.as_mut().unwrap().end_line = Some(7);
        assert!(github(&[two_lines], "").starts_with("::error file=a.yaml,line=6,endLine=7,title="));
        let placeless = Annotation { at: None, ..annotation("", "m") };
        assert_eq!(github(&[placeless], ""), "::error title=SW1203 an image of the wrong size::m\n");
    }

    #[test]
    fn no_more_than_github_keeps_and_the_rest_is_counted() {
        let errors = |count: usize| (0..count).map(|i| annotation("a.yaml", &format!("m{i}")));
        let warning = |annotation| Annotation { level: Level::Warning, ..annotation };
        assert_eq!(github(&errors(9).collect::<Vec<_>>(), "").lines().count(), 9);
        let notice = |annotation| Annotation { level: Level::Notice, ..annotation };
        let many: Vec<Annotation> =
            errors(3).map(notice).chain(errors(23).map(warning)).chain(errors(10)).collect();
        let text = github(&many, "in the log");
        let of = |level: &str| text.lines().filter(|line| line.starts_with(level)).collect::<Vec<_>>();
        assert_eq!((of("::error ").len(), of("::warning ").len()), (10, 10));
        assert!(text.starts_with("::error "), "errors come first");
        assert_eq!(of("::notice ").len(), 3);
        assert_eq!(of("::error ")[9], "::error title=1 more error::1 more error in the log");
        assert!(of("::warning ")[9].contains("::14 more warnings in the log"));
    }
}
