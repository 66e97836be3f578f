//! Pieces of Markdown.

/// A text of the program in Markdown: words of manifests keep their marks, and nothing else is one.
pub(super) fn prose(text: &str) -> String {
    let mut written = String::new();
    for (i, part) in text.split('`').enumerate() {
        if i % 2 == 1 {
            written.push_str(&format!("`{part}`"));
            continue;
        }
        for c in part.chars() {
            if matches!(c, '\\' | '*' | '_' | '<' | '>' | '[' | ']' | '|') {
                written.push('\\');
            }
            written.push(c);
        }
    }
    written
}

pub(super) fn code(word: &str) -> String {
    format!("`{word}`")
}

/// Words as they are written, with commas.
pub(super) fn codes<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// A table; a cell's bars and line ends are harmless.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        let cells = cells.iter().map(|cell| cell.replace('\n', " "));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let head: Vec<String> = head.iter().map(|word| (*word).to_owned()).collect();
    let rule = vec!["---".to_owned(); head.len()];
    [line(&head), line(&rule)].into_iter().chain(rows.iter().map(|row| line(row))).collect()
}

/// What GitHub makes of a heading, without the number of those that are there already.
pub(super) fn anchor(heading: &str) -> String {
    heading
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            _ if c.is_alphanumeric() => Some(c.to_lowercase().next().unwrap_or(c)),
            _ => None,
        })
        .collect()
}

/// Words that start with a capital letter and end with a full stop.
pub(super) fn sentence(words: &str) -> String {
    let mut rest = words.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", rest.as_str())
}
