//! Logging commands of Azure Pipelines.
//!
//! <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning>; the
//! escapes are those of `azure-pipelines-task-lib` (`escape` and `escapedata` in its `taskcommand.ts`).

use crate::render::hygiene::visible_line;

use super::{Annotation, Level, escape};

const IN_MESSAGE: &[(char, &str)] = &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A")];
const IN_PROPERTY: &[(char, &str)] =
    &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A"), (']', "%5D"), (';', "%3B")];

/// One command for each annotation. A notice is a warning here: issues have no other type.
pub fn azure(annotations: &[Annotation]) -> String {
    let mut text = String::new();
    for annotation in annotations {
        let kind = match annotation.level {
            Level::Error => "error",
            Level::Warning | Level::Notice => "warning",
        };
        text.push_str(&format!("##vso[task.logissue type={kind};"));
        if let Some(at) = &annotation.at {
            let file = escape(&visible_line(&at.file), IN_PROPERTY);
            text.push_str(&format!("sourcepath={file};linenumber={};columnnumber={};", at.line, at.column));
        }
        let code = escape(&visible_line(&annotation.code), IN_PROPERTY);
        text.push_str(&format!("code={code};]{}\n", escape(&annotation.words(), IN_MESSAGE)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::annotation;
    use super::*;

    #[test]
    fn places_and_texts_are_escaped() {
        assert_eq!(
            azure(&[annotation("a;b]50%.yaml", "100 %; [x]")]),
            "##vso[task.logissue type=error;sourcepath=a%3Bb%5D50%AZP25.yaml;linenumber=6;columnnumber=15;code=SW1203;]100 %AZP25; [x]\n"
        );
        let placeless = Annotation { at: None, ..annotation("", "m") };
        assert_eq!(azure(&[placeless]), "##vso[task.logissue type=error;code=SW1203;]m\n");
        let notice = Annotation { at: None, level: Level::Notice, ..annotation("", "m") };
        assert_eq!(azure(&[notice]), "##vso[task.logissue type=warning;code=SW1203;]m\n");
    }
}
