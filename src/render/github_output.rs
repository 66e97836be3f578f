//! The file in which GitHub Actions takes the outputs of a step.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter>

/// The lines that set these outputs. A value with line ends stands between two lines of `delimiter`, which must be
/// random, so that no value can hold it.
pub fn github_output(outputs: &[(&str, String)], delimiter: &str) -> String {
    let mut text = String::new();
    for (name, value) in outputs {
        if value.contains(['\n', '\r']) {
            text.push_str(&format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"));
        } else {
            text.push_str(&format!("{name}={value}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the runner makes of such a file, as `FileCommandManager` in `actions/runner` reads it.
    fn read(text: &str) -> Vec<(String, String)> {
        let mut lines = text.split_terminator('\n');
        let mut outputs = Vec::new();
        while let Some(line) = lines.next() {
            if line.is_empty() {
                continue;
            }
            let (equals, here) = (line.find('='), line.find("<<"));
            match (equals, here) {
                (Some(equals), here) if here.is_none_or(|here| equals < here) => {
                    let value = &line[equals + 1..];
                    outputs.push((
                        line[..equals].to_owned(),
                        value.strip_suffix('\r').unwrap_or(value).to_owned(),
                    ));
                }
                (_, Some(here)) => {
                    let delimiter = &line[here + 2..];
                    let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
                    outputs.push((line[..here].to_owned(), value.join("\n")));
                }
                _ => panic!("the runner refuses `{line}`"),
            }
        }
        outputs
    }

    #[test]
    fn every_value_is_read_as_it_is_and_sets_nothing_else() {
        let values = [
            "", "ok", "a=b", "a<<b", "x\nhas_changes=true", "a\r\nb", "<<EOF", "\nEOF\nresult=ok",
            "::set-output name=a::b", "{\"a\":\"b\"}", "\u{2028}x=y", "ghadelimiter",
        ];
        for value in values {
            let outputs = [("first", value.to_owned()), ("second", "2".to_owned())];
            let text = github_output(&outputs, "storeward-0b1c");
            let expected: Vec<(String, String)> =
                outputs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            assert_eq!(read(&text), expected, "{text:?}");
        }
        assert_eq!(github_output(&[("result", "ok".to_owned())], ""), "result=ok\n");
    }
}
