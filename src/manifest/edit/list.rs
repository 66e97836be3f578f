//! A list of texts, item by item: those that stay keep their lines, with the comments in them.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::super::yaml::{Node, Yaml};
use super::spot::Documents;
use super::style::{Quotes, scalar};
use super::{Edit, Refusal};

/// The edits that make these texts of a list in a document.
pub(super) fn edits(documents: &Documents<'_>, list: &Node, wanted: &[&str]) -> Result<Vec<Edit>, Refusal> {
    let Yaml::List(items) = &list.value else { return Err("it is no list there") };
    let written: Option<Vec<&str>> = items
        .iter()
        .map(|item| match &item.value {
            Yaml::Scalar { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let written = written.ok_or("an item of the list is no text")?;
    let edit = |range, text| Edit { source: documents.source, range, text };
    let in_flow = documents.is_flow(list);
    let quotes = |item: Option<&Node>| {
        if documents.is_json {
            Quotes::Double
        } else {
            item.map_or(Quotes::Plain, |item| Quotes::of(&documents.text[item.span.range()]))
        }
    };
    let operations = capture_diff_slices(Algorithm::Myers, &written, wanted);
    let is_pairwise = |operation: &DiffOp| match operation {
        DiffOp::Equal { .. } => true,
        DiffOp::Replace { old_len, new_len, .. } => old_len == new_len,
        DiffOp::Delete { .. } | DiffOp::Insert { .. } => false,
    };
    if in_flow && !(operations.iter().all(is_pairwise) && written.len() == wanted.len()) {
        let texts: Vec<String> =
            wanted.iter().map(|text| scalar(text, quotes(items.first()), true)).collect();
        return Ok(vec![edit(list.span.range(), format!("[{}]", texts.join(", ")))]);
    }
    if wanted.is_empty() {
        return Err("an empty list takes another form");
    }
    let Some(first) = items.first() else { return Err("the list is empty there") };
    let indent = documents.text[documents.line_start(first.span.start)..first.span.start].to_owned();
    if !in_flow && indent.trim() != "-" {
        return Err("the list begins in a line with something else");
    }
    let mut edits = Vec::new();
    // A line of its own for each item; one that is taken away takes its comment along.
    let line = |text: &str, like: Option<&Node>| format!("{indent}{}\n", scalar(text, quotes(like), false));
    let starts = |at: usize| match items.get(at) {
        Some(item) => documents.line_start(item.span.start),
        None => (documents.line_end(documents.content_end(&items[items.len() - 1], None)) + 1)
            .min(documents.text.len()),
    };
    for operation in operations {
        match operation {
            DiffOp::Equal { .. } => {}
            DiffOp::Replace { old_index, old_len, new_index, new_len } if old_len == new_len => {
                edits.extend((0..old_len).map(|at| {
                    let item = &items[old_index + at];
                    edit(
                        documents.extent(item, None),
                        scalar(wanted[new_index + at], quotes(Some(item)), in_flow),
                    )
                }));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let texts = wanted[new_index..new_index + new_len].iter();
                let lines: String = texts.map(|text| line(text, items.get(old_index))).collect();
                edits.push(edit(starts(old_index)..starts(old_index + old_len), lines));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                edits.push(edit(starts(old_index)..starts(old_index + old_len), String::new()));
            }
            DiffOp::Insert { old_index, new_index, new_len } => {
                let at = starts(old_index);
                let texts = wanted[new_index..new_index + new_len].iter();
                let like = items.get(old_index.saturating_sub(1));
                let lines: String = texts.map(|text| line(text, like)).collect();
                // The last line of a file may have no end.
                let broken = at == documents.text.len() && !documents.text.ends_with('\n');
                let lines = if broken { format!("\n{}", lines.trim_end_matches('\n')) } else { lines };
                edits.push(edit(at..at, lines));
            }
        }
    }
    Ok(edits)
}
