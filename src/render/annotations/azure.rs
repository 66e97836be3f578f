//! Logging commands of Azure Pipelines.
//!
//! <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning>; the
//! escapes are those of `azure-pipelines-task-lib` (`escape` and `escapedata` in its `taskcommand.ts`).

use crate::manifest::Finding;
use crate::render::hygiene::visible_line;

use super::{escape, level, words};

const IN_MESSAGE: &[(char, &str)] = &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A")];
const IN_PROPERTY: &[(char, &str)] =
    &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A"), (']', "%5D"), (';', "%3B")];

/// One command for each finding.
pub fn azure(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        text.push_str(&format!("##vso[task.logissue type={};", level(finding.severity)));
        if let Some(at) = &finding.at {
            let file = escape(&visible_line(&at.file), IN_PROPERTY);
            text.push_str(&format!("sourcepath={file};linenumber={};columnnumber={};", at.line, at.column));
        }
        let code = escape(&finding.code, IN_PROPERTY);
        text.push_str(&format!("code={code};]{}\n", escape(&words(finding), IN_MESSAGE)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::finding;
    use super::*;

    #[test]
    fn places_and_texts_are_escaped() {
        assert_eq!(
            azure(&[finding("a;b]50%.yaml", "100 %; [x]")]),
            "##vso[task.logissue type=error;sourcepath=a%3Bb%5D50%AZP25.yaml;linenumber=6;columnnumber=15;code=SW1203;]100 %AZP25; [x]\n"
        );
        let placeless = Finding { at: None, ..finding("", "m") };
        assert_eq!(azure(&[placeless]), "##vso[task.logissue type=error;code=SW1203;]m\n");
    }
}
