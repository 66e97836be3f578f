//! A key that is not there yet.

use serde_json::Value;

use super::super::yaml::{Entry, Node, Yaml};
use super::spot::Documents;
use super::style::{Quotes, block, in_line};
use super::{Edit, Refusal};

/// The edit that writes a value at these keys below a map, the last of which is not there.
pub(super) fn edit(
    documents: &Documents<'_>,
    map: &Node,
    keys: &[&str],
    value: &Value,
) -> Result<Edit, Refusal> {
    below(documents, map, None, false, keys, value)
}

fn below(
    documents: &Documents<'_>,
    node: &Node,
    entry: Option<&Entry>,
    in_flow: bool,
    keys: &[&str],
    value: &Value,
) -> Result<Edit, Refusal> {
    let edit = |at: usize, text| Edit { source: documents.source, range: at..at, text };
    let flow = |keys: &[&str]| {
        written_in_line(keys, value).ok_or("it takes more than one line, and brackets are around it")
    };
    match &node.value {
        Yaml::Map(entries) => {
            let is_key = |entry: &&Entry| entry.key.eq_ignore_ascii_case(keys[0]);
            if let Some(found) = entries.iter().find(is_key) {
                if keys.len() == 1 {
                    return Err("the key is there already, and says something else");
                }
                let inner = in_flow || documents.is_flow(node);
                return below(documents, &found.value, Some(found), inner, &keys[1..], value);
            }
            if documents.is_flow(node) {
                return Ok(match entries.last() {
                    None => edit(node.span.start + 1, flow(keys)?),
                    Some(last) => {
                        edit(documents.extent(&last.value, Some(last)).end, format!(", {}", flow(keys)?))
                    }
                });
            }
            let Some(first) = entries.first() else { return Err("the map is empty there") };
            let indent = documents.column(first.key_span.start);
            let at = documents.line_end(documents.content_end(node, entry));
            Ok(edit(at, format!("\n{}", lines(keys, value, indent)?)))
        }
        _ if node.is_null() => {
            let Some(entry) = entry else { return Err("the document is empty") };
            let at = documents.extent(node, Some(entry)).end;
            if in_flow {
                return Ok(edit(at, format!(" {{{}}}", flow(keys)?)));
            }
            if node.span.start != node.span.end {
                return Err("`null` stands there");
            }
            Ok(edit(at, format!("\n{}", lines(keys, value, documents.column(entry.key_span.start) + 2)?)))
        }
        _ => Err("something else than a map stands there"),
    }
}

fn written_in_line(keys: &[&str], value: &Value) -> Option<String> {
    match keys {
        [key] => Some(format!("{key}: {}", in_line(value, Quotes::Plain, true)?)),
        [key, rest @ ..] => Some(format!("{key}: {{{}}}", written_in_line(rest, value)?)),
        [] => None,
    }
}

/// Lines without the last line end.
fn lines(keys: &[&str], value: &Value, indent: usize) -> Result<String, Refusal> {
    let blanks = " ".repeat(indent);
    match keys {
        [key] => {
            let text = match value {
                Value::String(text) => block(text, indent + 2),
                _ => None,
            };
            let text = text
                .or_else(|| in_line(value, Quotes::Plain, false))
                .ok_or("no manifest says it in one value")?;
            Ok(format!("{blanks}{key}: {text}"))
        }
        [key, rest @ ..] => Ok(format!("{blanks}{key}:\n{}", lines(rest, value, indent + 2)?)),
        [] => Err("no key is named"),
    }
}
